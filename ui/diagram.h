/*
 * The state diagram as data: the arrows of RFC 9293, 3.3.2, Figure 5, the rules that go along each,
 * the moves that the figure does not have, and where all stands in a drawing of it.
 */
#ifndef UI_DIAGRAM_H
#define UI_DIAGRAM_H

#include "sim/rules.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DIAGRAM_ARROWS = 20,
    ARROW_RULES = 2,
    NO_ARROW = -1,
    ROUTE_CELLS_MAX = 128
};

/* Boxes: one for each state, by its number; CLOSED stands twice, where a connection begins and,
 * below, where it ends. */
enum {
    BOX_CLOSED_AT_END = TCP_STATE_COUNT,
    BOX_COUNT
};

struct arrow {
    uint8_t from, to;
    const char *event, *action; /* as the figure has them; action "": none stands there */
    uint8_t rules[ARROW_RULES]; /* RULE_NONE: no more */
};

/* In the order of the drawing, from above. */
extern const struct arrow diagram_arrows[DIAGRAM_ARROWS];

/* Why the figure does not have a move. */
enum outside_reason {
    OUTSIDE_TEXT,    /* the RFC has it in its text only */
    OUTSIDE_NOTE_3,  /* a RST */
    OUTSIDE_ERRATUM, /* as the figure is to be corrected */
    OUTSIDE_OTHER,   /* of another RFC */
    OUTSIDE_STACKS,  /* of no RFC */
    OUTSIDE_NOT_TCP
};

/* A rule that changes the state along no arrow of the figure. */
struct outside_move {
    uint8_t rule;
    uint8_t reason;
};

extern const struct outside_move diagram_outside[];
extern const size_t diagram_outside_count;

/* The figure's notes 1 to 3, in short. */
enum {
    DIAGRAM_NOTES = 3
};
extern const char *const diagram_notes[DIAGRAM_NOTES];

/* The arrow that a rule goes along from a state, or NO_ARROW. */
int diagram_arrow_of(enum rule_id rule, enum tcp_state from);
/* The arrow from one state to another, whatever the rule; or NO_ARROW. */
int diagram_arrow_between(enum tcp_state from, enum tcp_state to);
/* Why the figure does not have it; NULL where it has. */
const char *diagram_outside_why(enum rule_id rule);

/* The box that a move leads to. A connection that ends regularly comes to the lower CLOSED, and one
 * that is `gone`: a kernel has it no more, whatever it was last seen in. */
unsigned diagram_box(enum tcp_state from, enum tcp_state to, bool gone);
enum tcp_state diagram_box_state(unsigned box);
unsigned diagram_arrow_end(const struct arrow *arrow);

/* Where things stand in a drawing, in cells. */
struct box_at {
    int8_t x, y, width, height; /* height 1: a name without a box */
};

/* The way of an arrow: its first cell, then directions and how many cells, as "R28D7". A length of
 * 0 at the beginning or the end only turns. */
struct route {
    int8_t x, y;
    const char *path;
    int8_t label_x, label_y;
    int8_t action_x, action_y; /* 0, 0: behind the event, in its line */
};

struct layout {
    int width, height;
    struct box_at boxes[BOX_COUNT];
    struct route routes[DIAGRAM_ARROWS];
};

extern const struct layout layout_wide, layout_compact;

struct route_cell {
    int x, y;
    char in, out; /* U D L R: how the arrow comes and goes; the last one points to `out` */
};

/* Returns how many cells it has: 1 to ROUTE_CELLS_MAX. */
size_t route_cells(const struct route *route, struct route_cell *cells);

/* "rcv SYN / snd SYN,ACK"; returns text. */
char *arrow_label(const struct arrow *arrow, char *text, size_t len);

#endif
