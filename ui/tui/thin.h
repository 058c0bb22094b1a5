/*
 * A stream of events made thinner where it is a flood: of calls that only move octets, so many a
 * second are let through whole, and of the others those that failed or met an end; the rest is
 * counted. Nothing else is left out, but variables come late, the last ones of a socket for all
 * before. Time is that of the events: pure.
 */
#ifndef UI_TUI_THIN_H
#define UI_TUI_THIN_H

#include "sim/event.h"

struct thin {
    struct sink to;
    unsigned may;      /* such calls that go through, before they are too many */
    uint64_t may_usec; /* as of then */
    bool skips;        /* the call under way is left out, */
    struct event call; /* which is this; its text lasts until its return (net/told.h) */
    bool has_vars;
    struct event vars;      /* that come late */
    unsigned long left_out; /* calls, since somebody set it to 0 */
};

void thin_begin(struct thin *thin, struct sink to);
void thin_take(struct thin *thin, const struct event *event);
/* Lets go what comes late. */
void thin_flush(struct thin *thin);

#endif
