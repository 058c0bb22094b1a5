/*
 * The window we offer, and what of the peer's segments we look at. RFC 9293, 3.8.6; RFC 7323, 2.
 */
#include "sim/tcp_parts.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The window of a SYN is not scaled, whatever was agreed on. */
static bool is_opening(const struct tcb *tcb)
{
    return tcb->state < ESTABLISHED;
}

uint32_t window_most(const struct tcb *tcb)
{
    return is_opening(tcb) ? UINT16_MAX : (uint32_t)UINT16_MAX << tcb->rcv.scale;
}

static uint32_t room(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    return ctx->rcv_limit - least(ctx->rcv_limit, tcb->rcv.text.len);
}

uint32_t accepted_wnd(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t offered = rcv_wnd(tcb);
    bool half_open = tcb->state == SYN_RECEIVED && tcb->passive; /* has no buffer yet */
    uint32_t free = ctx->set->window_is_buffer && !half_open ? room(tcb, ctx) : 0;
    return free > offered ? free : offered;
}

void open_window(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t free = least(room(tcb, ctx), window_most(tcb));
    uint32_t offered = rcv_wnd(tcb);
    uint32_t step = least(ctx->rcv_limit / 2, ctx->mss_max);
    bool silly = ctx->set->window_is_buffer ? free < step : free - offered < step;
    if (free > offered && !silly)
        tcb->rcv.right = seq_add(tcb->rcv.nxt, free);
}
