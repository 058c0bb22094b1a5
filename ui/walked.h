/*
 * The moves from state to state of a run, along the arrows of the diagram and beside them: a fold
 * over the trace.
 */
#ifndef UI_WALKED_H
#define UI_WALKED_H

#include "net/trace.h"
#include "ui/diagram.h"

enum {
    WALKED_MOVES = 64
};

struct move {
    uint8_t lane, host, from, to, rule, source;
    int8_t arrow; /* or NO_ARROW */
    int32_t sock;
    uint32_t step;
};

/* How often an arrow was taken, by any socket. */
struct taken {
    uint32_t times, first, last; /* steps */
};

struct walked {
    struct taken arrows[DIAGRAM_ARROWS][2]; /* by hosts of the model; of a kernel */
    struct move moves[WALKED_MOVES];
    size_t count; /* of all moves; the last WALKED_MOVES are kept */
};

/* Takes the trace's event `at`, an EV_STATE. Returns the arrow that it went along, or NO_ARROW.
 *
 * A kernel tells states, not why they changed. Its move is taken for the figure's arrow between
 * the two, unless the same step has something else that leads there: a RST, a SYN, or no close().
 */
int walked_take(struct walked *walked, const struct trace *trace, size_t at);

/* Move i of all, 0 =< i < count; NULL where it is no longer kept. */
const struct move *walked_move(const struct walked *walked, size_t i);

#endif
