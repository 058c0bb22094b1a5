/*
 * The socket calls that the programs can make now, each with what it would do. Pure: from what the
 * stage shows.
 */
#ifndef UI_TUI_ACTS_H
#define UI_TUI_ACTS_H

#include "sim/lab.h"
#include "ui/view.h"

enum {
    ACTS_MAX = 96,
    ACT_CALL_MAX = 64
};

struct act {
    char call[ACT_CALL_MAX]; /* in the notation of labs: "A: close(c)" */
    char does[120];          /* "sends FIN; FIN-WAIT-1 (3.10.4)" */
};

/* Writes them, `max` at most; returns how many. */
size_t acts_possible(const struct view *view, const struct lab *lab, struct act *acts, size_t max);

#endif
