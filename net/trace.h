/*
 * The trace: all events of a run in the order in which they happened, lane by lane within a step.
 */
#ifndef NET_TRACE_H
#define NET_TRACE_H

#include "sim/event.h"
#include "sim/lab.h"
#include "sim/text.h"

struct trace_chunk;

struct trace {
    struct event *events;
    size_t count, cap;
    uint32_t step, line;      /* given to each event that comes in */
    enum apart apart;         /* likewise */
    enum wire_cause cause;    /* likewise, where it is about a segment on the wire */
    bool on[LANE_COUNT];      /* the lanes that the run began on */
    bool in_hand[LANE_COUNT]; /* those of them on whose wire segments wait to be told */
    bool model[LANE_COUNT][LAB_HOSTS_MAX]; /* hosts of the model; all others are a kernel's */
    bool is_record;                        /* what a program did by itself: no lab */
    bool full;                             /* memory ran out: events after that are missing */
    struct trace_chunk *chunks;            /* the texts of events, newest first */
    uint32_t cuts;                         /* how often events were forgotten, for who keeps an */
    size_t cut_to;                         /* index of them: and how many were left the last time */
};

void trace_init(struct trace *trace);
void trace_free(struct trace *trace);

/* Takes events into the trace; valid as long as the trace stays where it is. */
struct sink trace_sink(struct trace *trace);

/* Forgets all events behind the first `count`. */
void trace_cut(struct trace *trace, size_t count);

/* Where the events behind `step` begin: steps only grow. */
size_t trace_step_end(const struct trace *trace, uint32_t step);

/* What a host of a lane is: "model" or "kernel". */
const char *trace_kind(const struct trace *trace, enum lane_id lane, unsigned host);

/* Appends words of the program's own: EV_SAY, in the step under way. */
void trace_say(struct trace *trace, enum lane_id lane, uint64_t usec, const char *words);
/* The same with values in them; the format is kept as the event's form. */
void trace_tell(struct trace *trace, enum lane_id lane, uint64_t usec, const char *form, ...)
    __attribute__((format(printf, 4, 5)));

/* The state of a socket after the events so far, CLOSED before the first. */
enum tcp_state trace_state(const struct trace *trace, enum lane_id lane, unsigned host,
                           int32_t sock);

/* Is any socket of the host in that state? */
bool trace_has_state(const struct trace *trace, enum lane_id lane, unsigned host,
                     enum tcp_state state);

#endif
