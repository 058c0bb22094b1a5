/*
 * The segments of a program's own connections, as this machine sees them pass, told as events: for
 * the ladder of a program on the stage.
 */
#ifndef UI_TUI_SEGMENTS_SEEN_H
#define UI_TUI_SEGMENTS_SEEN_H

#include "net/error.h"
#include "net/sniff.h"
#include "net/told.h"

struct segments_seen;

/* Where segments come from: gives `take` those that have passed since, and returns how many were
 * missed, as sniff_drain() does. */
struct segments_source {
    uint64_t (*drain)(void *of, sniff_take *take, void *to);
    void *of;
};

/* From another source than the interfaces of this machine. NULL: out of memory. */
struct segments_seen *segments_seen_of(struct segments_source source);
/* NULL: `error`. */
struct segments_seen *segments_seen_open(struct net_error *error);
void segments_seen_close(struct segments_seen *seen);

/* Tells those that have passed since, of the sockets that `told` knows: EV_SENT, and EV_DELIVERED
 * of what has arrived here or was acknowledged. Where there are too many at once, how many were
 * left out is said (EV_SAY), and how many the capture has missed: of both all that was not said
 * before, once a second, for which it is to be called after the last segment as well. */
void segments_seen_take(struct segments_seen *seen, struct told *told, const struct sink *sink);

#endif
