/*
 * How much may be in flight: the congestion window (RFC 5681, 3; RFC 6928; RFC 7661).
 */
#include "sim/recovery_parts.h"

/* RFC 6928, 2; RFC 5681, 3.1 where the SYN was lost. */
uint32_t cwnd_at_first(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t segments = ctx->set->initial_window;
    return least(segments * smss(tcb), most(2 * smss(tcb), segments * 1460));
}

/* RFC 5681, 4.1: all at once; RFC 2861, 2: a half for each RTO of silence. */
void recovery_idle(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint64_t silent = ctx->now_usec - rec->sent_usec;
    uint32_t restart = least(cwnd_at_first(tcb, ctx), rec->cwnd);
    if (!ctx->set->restart_after_idle || silent <= tcb->rtx.rto_usec || flight(tcb) > 0)
        return;
    if (!ctx->set->cwnd_is_validated)
        rec->cwnd = restart;
    while (silent > tcb->rtx.rto_usec && rec->cwnd > restart) {
        silent -= tcb->rtx.rto_usec;
        rec->cwnd /= 2;
    }
    rec->cwnd = most(rec->cwnd, restart);
    rec->sent_usec = ctx->now_usec;
}

uint32_t recovery_room(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    if (ctx->set->stop_and_wait)
        return flight(tcb) > 0 ? 0 : smss(tcb);
    if (!ctx->set->congestion_control)
        return UINT32_MAX;
    uint32_t pipe = recovery_pipe(tcb, ctx);
    return tcb->rec.cwnd - least(tcb->rec.cwnd, pipe);
}

/* RFC 7661 asks for much the same: cwnd may not grow beyond what was made use of. */
void recovery_sent(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    rec->sent_usec = ctx->now_usec;
    if (!ctx->set->cwnd_is_validated)
        return;
    uint32_t out = flight(tcb);
    bool limited = recovery_room(tcb, ctx) < smss(tcb);
    if (seq_ge(tcb->snd.una, rec->usage) || limited || (!rec->limited && out > rec->most_out)) {
        rec->limited = limited;
        rec->most_out = out;
        rec->usage = tcb->snd.nxt;
    }
}

static uint32_t whole_segments(const struct tcb *tcb, uint32_t octets)
{
    return (octets + smss(tcb) - 1) / smss(tcb) * smss(tcb);
}

static bool may_grow(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct recovery *rec = &tcb->rec;
    if (!ctx->set->cwnd_is_validated || rec->limited)
        return true;
    uint32_t out = ctx->set->cwnd_by_segments ? whole_segments(tcb, rec->most_out) : rec->most_out;
    return rec->cwnd < rec->ssthresh && rec->cwnd / 2 < out;
}

/* Slow start and congestion avoidance, RFC 5681, 3.1. */
void cwnd_grows(struct tcb *tcb, uint32_t delivered, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint32_t limit = ctx->set->slow_start_most * smss(tcb);
    if (!may_grow(tcb, ctx) || rec->cwnd > UINT32_MAX / 2)
        return;
    if (ctx->set->cwnd_by_segments)
        delivered = whole_segments(tcb, delivered);
    if (rec->cwnd < rec->ssthresh) {
        uint32_t step = limit ? least(delivered, limit) : delivered;
        uint32_t before = rec->cwnd;
        rec->cwnd = least(rec->cwnd + step, rec->ssthresh);
        delivered -= rec->cwnd - before;
        if (limit || delivered == 0)
            return;
    }
    rec->partly += delivered;
    if (rec->partly >= rec->cwnd) { /* once a window: (3) in its form that counts octets */
        rec->partly -= rec->cwnd;
        rec->cwnd += smss(tcb);
    }
}

void cwnd_halves(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint32_t out = ctx->set->halves_cwnd ? rec->cwnd : least(flight(tcb), rec->cwnd);
    rec->ssthresh = most(out / 2, 2 * smss(tcb));
}

void cwnd_is_cut(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint32_t before = rec->cwnd;
    cwnd_halves(tcb, ctx);
    rec->cwnd = rec->ssthresh;
    rec->partly = ctx->set->cwnd_in_proportion ? before : 0;
    rec->arrived = rec->out = 0;
}

/* RFC 6937, 3, in segments, with the reduction bound that makes up for what is missing (SSRB). */
void cwnd_follows(struct tcb *tcb, uint32_t delivered, bool advanced, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint32_t mss = smss(tcb), news = (delivered + mss - 1) / mss;
    uint32_t pipe = recovery_pipe(tcb, ctx), before = most(rec->partly / mss, 1);
    int64_t sent, room = (int64_t)(rec->ssthresh / mss) - (pipe + mss - 1) / mss;
    if (!ctx->set->cwnd_in_proportion || news == 0)
        return;
    rec->arrived = (uint16_t)(rec->arrived + news);
    if (room < 0) {
        sent = (int64_t)(((uint64_t)rec->ssthresh / mss * rec->arrived + before - 1) / before);
        sent -= rec->out;
    } else {
        sent = most(rec->arrived > rec->out ? rec->arrived - rec->out : 0, news) + advanced;
        sent = sent < room ? sent : room;
    }
    if (sent < 1)
        sent = rec->out > 0 ? 0 : 1; /* a fast retransmit is sent whatever else is */
    rec->cwnd = pipe + (uint32_t)sent * mss;
}
