/*
 * Whether a captured segment has arrived, and between which others, as far as the capture shows:
 * a host that had got text or FIN in order acknowledges it in all that it sends afterwards.
 */
#ifndef NET_CAPTURE_FATE_H
#define NET_CAPTURE_FATE_H

#include "net/capture_flow.h"

enum fate_kind {
    FATE_ARRIVES,
    FATE_LOST,    /* sent again before anything acknowledged it */
    FATE_UNKNOWN, /* nothing was seen that tells */
    FATE_REFUSED, /* beyond the window, and not acknowledged */
    FATE_UNHEARD, /* an ACK, and the SYN or FIN that it acknowledges is sent again */
    FATE_COPY     /* a packet that is there twice */
};

struct fate {
    uint8_t kind;
    uint32_t after; /* ARRIVES: when this segment of the flow (itself or a later one) was sent */
};

/* One for each of flow->seen; to be freed. NULL: out of memory. */
struct fate *flow_fates(const struct flow *flow);

#endif
