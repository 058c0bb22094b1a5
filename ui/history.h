/*
 * What kind of step each step of a run was, and the state that each host was in after it: an index
 * over the trace for the time line and the lesson. It is brought up to date as the trace grows, and
 * cut where steps are taken back; nothing in it comes from elsewhere.
 */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include "net/trace.h"
#include "ui/socks.h"

/* What happened in a step. */
enum step_mark {
    STEP_SAID = 1,
    STEP_CALL = 2,
    STEP_TO_A = 4, /* a segment delivered */
    STEP_TO_B = 8,
    STEP_DROPPED = 16,
    STEP_WIRE = 32, /* copied, held back, let go, changed */
    STEP_TIMER = 64,
    STEP_MOVED = 128, /* a state has changed */
    STEP_WRONG = 256  /* an expectation did not hold, or the lanes differ */
};

struct history_step {
    uint16_t marks;
    uint8_t state[LANE_COUNT][LAB_HOSTS_MAX]; /* of what socks_main() names; 0: no socket, else 1
                                               * more than the state */
    uint32_t line;                            /* of the lab, the last one begun; 0: none */
};

/* The sockets at the beginning of a step, so that a cut need not go back to the first event. */
struct history_base {
    size_t events;
    uint32_t step;
    struct socks socks;
};

struct history {
    struct history_step *steps; /* `count` of them, from step 0 on */
    uint16_t *blocks;           /* the marks of so many steps together */
    uint32_t count, cap;
    struct history_base *bases;
    size_t base_count, base_cap;
    size_t *expects; /* which events of the trace are EV_EXPECT */
    size_t expect_count, expect_cap;
    struct socks socks; /* after `events` of the trace */
    size_t events;
    uint32_t cuts; /* of the trace, as far as heard of */
    bool full;     /* memory ran out: steps after that are missing */
};

/* An empty one is all 0. Frees what it keeps and makes it empty: for another trace. */
void history_reset(struct history *history);

/* Takes in what the trace has more, or has no longer, than it had the last time. */
void history_update(struct history *history, const struct trace *trace);

/* The marks of steps `from` to `to`, the latter not with them. */
unsigned history_marks(const struct history *history, uint32_t from, uint32_t to);

/* Of the host after the step; false: it has no socket. */
bool history_state(const struct history *history, uint32_t step, unsigned lane, int host,
                   enum tcp_state *state);

/* The last line of the lab begun by the end of the step; 0: none. */
uint32_t history_line(const struct history *history, uint32_t step);

#endif
