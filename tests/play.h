/*
 * What the tests of sessions and of the stage stand on: a lab played step by step, and the stage
 * as text after any step.
 */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "net/session.h"
#include "ui/tui/panels.h"

enum play_lanes {
    ON_MODEL,
    ON_KERNEL, /* these two on plain loopback, which every machine has */
    ON_BOTH,
    ON_WIRE, /* these in namespaces, where they are allowed: play_wire_allowed() */
    ON_BOTH_ON_WIRE,
    ON_MODEL_AND_KERNEL, /* A is the model's, B the kernel's */
    ON_KERNEL_AND_MODEL,
    ON_MODEL_6, /* these with addresses of IPv6 */
    ON_WIRE_6,
    ON_BOTH_ON_WIRE_6,
    PLAY_LANES
};

/* Whether this machine allows namespaces; where not, it is said why. */
bool play_wire_allowed(void);

struct play {
    struct lab lab;
    struct session *session;
    struct view view;
    struct catalogue catalogue;
    struct history history;
    struct event_list list;
    struct picture picture; /* what play_frame() draws; tests set what they want to see */
};

/* A lab by its source, which must outlive the play, or built in; fails where it can't begin. */
struct play *play_begin(const char *source, enum play_lanes lanes);
struct play *play_builtin(const char *name, enum play_lanes lanes);
/* On the model, with the text of every segment in the trace. */
struct play *play_with_text(const char *name);
struct play *play_on_model(const char *name, const char *profile, uint64_t seed);
void play_end(struct play *play);

/* Does the lab take thousands of steps, too many to go back to each of them? */
bool play_is_long(const struct play *play);

/* From which step to which the next look is taken where every step is drawn: 1, more where a
 * sanitizer makes drawing slow. */
uint32_t play_stride(void);

/* One step. False: the lab is over. Fails where real time passes and nothing comes of it. */
bool play_step(struct play *play);

/* Steps up to `step`, which must come; to the end, which must come as well. */
void play_to(struct play *play, uint32_t step);
void play_to_end(struct play *play);

/* All of them to their ends, side by side: the real time that they wait for passes once. */
void play_all_to_end(struct play *const *plays, unsigned count);

/* The last step done. */
uint32_t play_last(const struct play *play);

/* The picture as text, as it stands after `step`, with the first waiting segment chosen; to be
 * freed. */
char *play_frame(struct play *play, uint32_t step, int width, int height, bool ascii);

/* Compares that with tests/golden/NAME-WIDTHxHEIGHT.txt, or -ascii.txt. */
void play_golden(struct play *play, const char *name, uint32_t step, int width, int height,
                 bool ascii);
/* In the three sizes that the stage is made for: 80x24, 120x40, 200x60. */
void play_golden_sizes(struct play *play, const char *name, uint32_t step);

/* The id of the first segment waiting on the wire after the last step that has these control
 * bits (PSH aside), 0 where there is none; bits 0: of any. */
uint32_t play_waiting(const struct play *play, unsigned bits);

/* Steps until one of them is there, which must come; its id. */
uint32_t play_to_segment(struct play *play, unsigned bits);

/* The first event of the trace, from the `from`-th on, of that kind; NULL where there is none. */
const struct event *play_event(const struct play *play, size_t from, enum event_kind kind);

/* The whole trace as NDJSON; to be freed. */
char *play_ndjson(const struct play *play);

/* Is there a sentence in the trace with this in it? */
bool play_says(const struct play *play, const char *part);

#endif
