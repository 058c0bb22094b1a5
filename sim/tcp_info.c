/*
 * TCP_INFO of the model: the figures that Linux tells of a connection, under its names and in its
 * units, as far as the model has them.
 */
#include "sim/tcp_parts.h"

#include <string.h>

static int64_t segments(const struct tcb *tcb, uint32_t octets)
{
    uint32_t mss = send_mss(tcb);
    return (octets + mss - 1) / mss;
}

static int64_t window_in_segments(const struct tcb *tcb, uint32_t octets)
{
    return octets == UINT32_MAX ? INT32_MAX : octets / send_mss(tcb);
}

static int64_t msec_since(uint64_t usec, const struct tcp_ctx *ctx)
{
    return (int64_t)((ctx->now_usec - usec) / 1000);
}

/* The numbers of Linux: Open, Disorder, CWR, Recovery, Loss. */
static int64_t ca_state(const struct tcb *tcb)
{
    switch ((enum recovery_phase)tcb->rec.phase) {
    case RECOVERY_OPEN:
    case RECOVERY_REFUSED:
        return 0;
    case RECOVERY_DISORDER:
        return 1;
    case RECOVERY_FAST:
        return 3;
    case RECOVERY_LOSS:
        return 4;
    }
    return 0;
}

static int64_t options(const struct tcb *tcb)
{
    return (tcb->agreed & HAS_TIMESTAMPS ? 1 : 0) | (tcb->agreed & HAS_SACK_PERMITTED ? 2 : 0) |
           (tcb->agreed & HAS_WSCALE ? 4 : 0);
}

static uint32_t flight(const struct tcb *tcb)
{
    return seq_from(tcb->snd.una, tcb->snd.nxt);
}

/* Octets sent again that are still in flight. */
static uint32_t sent_again(const struct tcb *tcb)
{
    bool any = seq_lt(tcb->snd.una, tcb->rec.again) && tcb->rec.phase >= RECOVERY_FAST;
    return any ? seq_from(tcb->snd.una, tcb->rec.again) : 0;
}

static uint32_t advertised(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    return offered_mss(tcb, ctx);
}

static bool sender(const struct tcb *tcb, const struct tcp_ctx *ctx, const char *name,
                   int64_t *value)
{
    const struct {
        const char *name;
        int64_t value;
    } figures[] = {
        { "snd_cwnd", window_in_segments(tcb, tcb->rec.cwnd) },
        { "snd_ssthresh", window_in_segments(tcb, tcb->rec.ssthresh) },
        { "snd_mss", send_mss(tcb) },
        { "snd_wnd", tcb->snd.wnd },
        { "snd_wscale", tcb->snd.scale },
        { "unacked", segments(tcb, flight(tcb)) },
        { "sacked", segments(tcb, tcb->rec.departed) },
        { "lost", segments(tcb, recovery_lost(tcb, ctx)) },
        { "retrans", segments(tcb, sent_again(tcb)) },
        { "notsent_bytes", tcp_unsent(tcb) },
        { "ca_state", ca_state(tcb) },
        { "retransmits", tcb->rtx.count },
        { "probes", tcb->probes },
        { "rto", (int64_t)tcb->rtx.rto_usec },
        { "rtt", (int64_t)tcb->rtx.srtt_usec },
        { "rttvar", (int64_t)tcb->rtx.rttvar_usec },
        { "last_data_sent", msec_since(tcb->rec.sent_usec, ctx) },
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strcmp(figures[i].name, name) != 0)
            continue;
        *value = figures[i].value;
        return true;
    }
    return false;
}

bool tcp_info(const struct tcb *tcb, const struct tcp_ctx *ctx, const char *name, int64_t *value)
{
    const struct {
        const char *name;
        int64_t value;
    } figures[] = {
        { "state", tcb->state },
        { "options", options(tcb) },
        { "advmss", advertised(tcb, ctx) },
        { "rcv_mss", tcb->rcv.mss },
        { "rcv_wscale", tcb->rcv.scale },
        { "rcv_wnd", rcv_wnd(tcb) },
        { "last_data_recv", msec_since(tcb->peer.text_usec, ctx) },
        { "last_ack_recv", msec_since(tcb->peer.heard_usec, ctx) },
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strcmp(figures[i].name, name) != 0)
            continue;
        *value = figures[i].value;
        return true;
    }
    return sender(tcb, ctx, name, value);
}
