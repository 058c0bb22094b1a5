/*
 * The retransmission timer's time: RFC 6298 with Karn's rule, and timestamps where a measurement
 * would be ambiguous without (RFC 7323, 4.1).
 */
#include "sim/tcp_parts.h"

#include <string.h>

enum {
    CLOCK_GRANULARITY_USEC = 1000 /* G of RFC 6298, 2 */
};

void rtx_init(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    memset(&tcb->rtx, 0, sizeof tcb->rtx);
    tcb->rtx.rto_usec = ctx->set->rto_initial_usec;
}

static uint64_t within(uint64_t usec, uint64_t min, uint64_t max)
{
    return usec < min ? min : usec > max ? max : usec;
}

void rtt_measured(struct tcb *tcb, uint64_t rtt, const struct tcp_ctx *ctx)
{
    uint64_t *srtt = &tcb->rtx.srtt_usec;
    uint64_t *rttvar = &tcb->rtx.rttvar_usec;
    if (*srtt == 0) {
        *srtt = rtt;
        *rttvar = rtt / 2;
    } else {
        uint64_t off = *srtt > rtt ? *srtt - rtt : rtt - *srtt;
        *rttvar = (3 * *rttvar + off) / 4;
        *srtt = (7 * *srtt + rtt) / 8;
    }
    uint64_t least = ctx->set->rto_spread_min_usec;
    uint64_t spread = 4 * *rttvar;
    spread = spread < CLOCK_GRANULARITY_USEC ? CLOCK_GRANULARITY_USEC : spread;
    spread = spread < least ? least : spread;
    tcb->rtx.rto_usec = within(*srtt + spread, ctx->set->rto_min_usec, ctx->set->rto_max_usec);
}

bool syns_were_lost(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    return tcb->rtx.syn_lost && tcb->rtx.count > ctx->set->syns_lost;
}

void rto_back_off(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    tcb->rtx.rto_usec =
        within(tcb->rtx.rto_usec * 2, ctx->set->rto_min_usec, ctx->set->rto_max_usec);
}

/* (5.1), and the start of a measurement where none is under way */
void rtx_sent(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (!tcb->rtx.timing && tcb->rtx.count == 0) {
        tcb->rtx.timing = true;
        tcb->rtx.timed = tcb->snd.nxt;
        tcb->rtx.sent_usec = ctx->now_usec;
    }
    if (timer_runs(tcb, TIMER_RETRANSMISSION))
        return;
    tcb->rtx.unacked_usec = ctx->now_usec;
    tcb->rec.waits = false;
    timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
}

static void measure(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (tcb->rtx.timing && seq_ge(tcb->snd.una, tcb->rtx.timed)) {
        tcb->rtx.timing = false;
        rtt_measured(tcb, ctx->now_usec - tcb->rtx.sent_usec, ctx);
    } else if (!tcb->rtx.timing) {
        uint64_t rtt = rtt_by_timestamp(tcb, seg, ctx);
        if (rtt > 0)
            rtt_measured(tcb, rtt, ctx);
    }
}

/* (5.2), (5.3) and, when the ACK of a SYN that was lost comes, (5.7) */
void rtx_acked(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    measure(tcb, seg, ctx);
    if (tcb->rtx.syn_lost && ctx->set->rto_initial_usec < ctx->set->rto_syn_lost_usec)
        tcb->rtx.rto_usec = ctx->set->rto_syn_lost_usec;
    tcb->rtx.syn_lost = false;
    tcb->rtx.count = 0;
    timer_stop(tcb, TIMER_PERSIST, ctx);
    tcb->rtx.unacked_usec = ctx->now_usec;
    tcb->notices &= (uint8_t) ~(1u << NOTICE_RETRANSMITTING);
    if (seq_eq(tcb->snd.una, tcb->snd.nxt))
        timer_stop(tcb, TIMER_RETRANSMISSION, ctx);
    else
        timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
    tcb->rec.waits = false;
}
