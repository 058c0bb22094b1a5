/*
 * The watch without a screen: a line for each change.
 */
#ifndef UI_WATCH_LINES_H
#define UI_WATCH_LINES_H

#include "ui/watch_look.h"

struct watch_setup {
    struct watch_wish wish;
    uint64_t interval_msec;
    uint64_t seconds; /* how long; 0: until it is ended */
    bool once;        /* one look, as a table */
    bool ladder;      /* the segments of the connections, too */
    bool ascii;
    char **command; /* with its arguments, ended by NULL; NULL: none is run */
};

/* Each returns the exit status; what failed is a complaint. */
int watch_lines_run(const struct watch_setup *setup);
int watch_once(const struct watch_setup *setup);

/* Says what a watcher could not do; returns the exit status. */
int watch_complain(const struct net_error *error);

#endif
