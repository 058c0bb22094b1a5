/*
 * The watch drawn: a pure function from what is to be seen to a grid of cells.
 */
#ifndef UI_TUI_PANEL_WATCH_H
#define UI_TUI_PANEL_WATCH_H

#include "ui/tui/grid.h"
#include "ui/watch.h"

struct watch_picture {
    const struct watch_row *const *rows; /* in order, those that the filter lets through */
    size_t count, total;                 /* total: without the filter */
    size_t chosen;                       /* index in rows */
    const char *detail;                  /* of the chosen one; NULL: not wanted */
    const char *filter;
    const char *sort;   /* "last change" */
    const char *source; /* from where it is known */
    uint64_t interval_msec;
    bool typing; /* the filter */
    bool paused;
    bool help;
};

void draw_watch(struct grid *grid, const struct watch_picture *picture);

#endif
