/*
 * The segments of a program's own connections, as this machine sees them pass, told as events: for
 * the ladder of a program on the stage.
 */
#ifndef UI_TUI_SEGMENTS_SEEN_H
#define UI_TUI_SEGMENTS_SEEN_H

#include "net/error.h"
#include "net/told.h"

struct segments_seen;

/* NULL: `error`. */
struct segments_seen *segments_seen_open(struct net_error *error);
void segments_seen_close(struct segments_seen *seen);

/* Tells those that have passed since, of the sockets that `told` knows: EV_SENT, and EV_DELIVERED
 * of what has arrived here or was acknowledged. Where there are too many at once, how many were
 * left out is said (EV_SAY). */
void segments_seen_take(struct segments_seen *seen, struct told *told, const struct sink *sink);

#endif
