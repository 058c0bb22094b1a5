/*
 * What of a run is marked on the diagram: where each host is, which way it came, where it can go.
 */
#ifndef UI_DIAGRAM_MARKS_H
#define UI_DIAGRAM_MARKS_H

#include "ui/diagram.h"
#include "ui/view.h"

enum {
    MARKS_WHO_MAX = 8
};

struct arrow_marks {
    bool passed;   /* a connection that is followed came along it */
    bool moved;    /* in the step shown */
    bool possible; /* it leads away from where one is */
};

struct box_marks {
    bool been;
    char moved[MARKS_WHO_MAX]; /* who came there in the step shown: "A", "b" */
    char stays[MARKS_WHO_MAX]; /* who was there before */
};

struct diagram_marks {
    struct arrow_marks arrows[DIAGRAM_ARROWS];
    struct box_marks boxes[BOX_COUNT];
};

/* Followed is one connection of each host and lane: socks_main(). */
void diagram_mark(struct diagram_marks *marks, const struct view *view);

/* 'A', 'B' for hosts of the model, 'a', 'b' for those of a kernel. */
char diagram_letter(const struct view *view, unsigned lane, int host);

/* Is the move one of the connection that is followed there? */
bool diagram_follows(const struct view *view, const struct move *move);

/* "● A model, step 12: ESTABLISHED → CLOSED (RFC 9293, 3.10.7.4, second): got RST; it ..."; returns
 * text, for which WORDS_MAX and 240 octets more are enough. */
char *move_words(const struct view *view, const struct move *move, char *text, size_t len);

/* The n-th of the moves that the figure does not have, newest first: those of the step shown, and
 * `earlier` ones of connections that are followed. NULL: there are no more. */
const struct move *diagram_outside_move(const struct view *view, unsigned n, unsigned earlier);

/* "●A b": writes into text (len octets, 16 is enough) and returns it. */
char *box_who(const struct box_marks *box, char *text, size_t len);

#endif
