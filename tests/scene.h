/*
 * Traces made by hand, of lanes whose clock is real: frames of them are the same on each run.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "ui/tui/panels.h"

struct scene {
    struct trace trace;
    struct lab lab;
    struct view view;
    struct history history;
    struct event_list list;
    struct picture picture;
};

enum scene_lanes {
    SCENE_BOTH, /* the model's, and the kernel's with its wire in hand */
    SCENE_LOOPBACK,
    SCENE_MIXED /* A is the model's, B the kernel's */
};

/* A has connected to B: its SYN is on the wire of each lane, as number 1, the kernel's for 2 s now
 * and sent again meanwhile, as number 2. All that in step 1. To be ended. */
struct scene *scene_begin(enum scene_lanes lanes);
void scene_end(struct scene *scene);

/* Something that happened in step 1; of a segment by its number and its control bits. */
void scene_emit(struct scene *scene, const struct event *event);
struct event scene_wire(enum event_kind kind, enum lane_id lane, int host, uint32_t id,
                        uint64_t usec);

/* Folds what there is, and chooses. */
void scene_fold(struct scene *scene);

/* The frame as text; to be freed. */
char *scene_frame(struct scene *scene, int width, int height);
/* Compares it with tests/golden/NAME-WIDTHxHEIGHT.txt. */
void scene_golden(struct scene *scene, const char *name, int width, int height);

#endif
