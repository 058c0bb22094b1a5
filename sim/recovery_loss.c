/*
 * What has left the network, and what is held for lost: by SACK (RFC 6675), by duplicate ACKs (RFC
 * 6582), by time (RFC 8985).
 */
#include "sim/recovery_parts.h"

enum {
    TICK_USEC = 4000, /* Linux waits for whole ticks, here of 250 a second, */
    LEAST_USEC = 2000 /* and for so much more: TCP_TIMEOUT_MIN_US since Linux 6.7 */
};

/* The octets from start to end that the peer has not said it has. */
static uint32_t gaps(const struct tcb *tcb, struct seq start, struct seq end,
                     const struct tcp_ctx *ctx)
{
    if (seq_ge(start, end))
        return 0;
    uint32_t octets = seq_from(start, end);
    const struct range *range = ranges_first(&ctx->ranges, tcb->rec.sacked);
    for (; range; range = ranges_next(&ctx->ranges, range)) {
        struct seq from = seq_lt(range->start, start) ? start : range->start;
        struct seq to = seq_lt(end, range->end) ? end : range->end;
        if (seq_lt(from, to))
            octets -= seq_from(from, to);
    }
    return octets;
}

uint32_t recovery_lost(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    return gaps(tcb, tcb->snd.una, tcb->rec.lost, ctx);
}

uint32_t recovery_pipe(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct recovery *rec = &tcb->rec;
    uint32_t out = flight(tcb);
    out -= least(out, rec->departed);
    if (seq_le(rec->lost, tcb->snd.una))
        return out;
    return out - least(out, gaps(tcb, later(rec->again, tcb->snd.una), rec->lost, ctx));
}

/* RACK.rtt: of what was sent last and has arrived. */
static void note_round_trip(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t age;
    struct seq last = tcb->snd.una;
    const struct range_pool *pool = &ctx->ranges;
    for (const struct range *r = ranges_first(pool, tcb->rec.sacked); r; r = ranges_next(pool, r))
        last = seq_of(r->end.n - 1);
    if (sent_age(&tcb->rec.sent, seq_from(tcb->snd.una, last), ctx->now_usec, &age))
        tcb->rec.rtt_ticks = (uint16_t)(age / SENT_TICK_USEC);
}

void recovery_measured(struct tcb *tcb, uint64_t rtt_usec)
{
    struct recovery *rec = &tcb->rec;
    uint64_t ticks = rtt_usec / SENT_TICK_USEC;
    uint16_t rtt = ticks < UINT16_MAX ? (uint16_t)ticks : UINT16_MAX;
    if (rec->least_ticks == 0 || rtt < rec->least_ticks)
        rec->least_ticks = rtt;
}

/* Notes what the SACK blocks say; returns the octets that are news. */
static uint32_t note_sacked(struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx)
{
    uint32_t news = 0;
    for (unsigned i = 0; with_sack(tcb) && i < seg->sack_count; i++) {
        const struct sack_block *block = &seg->sack[i];
        if (seq_ge(block->start, block->end) || seq_le(block->start, tcb->snd.una) ||
            seq_gt(block->end, tcb->snd.nxt))
            continue; /* D-SACK, old, never sent, or what the ACK itself denies */
        uint32_t added;
        ranges_add(&ctx->ranges, &tcb->rec.sacked, block->start, block->end, &added);
        news += added;
    }
    tcb->rec.departed += news;
    if (news > 0)
        note_round_trip(tcb, ctx);
    return news;
}

/* Without SACK: one segment fills the hole, the others that are acknowledged had been counted, as
 * full ones each: no more of them are left than is in flight. */
static uint32_t uncount(struct tcb *tcb, uint32_t newly)
{
    struct recovery *rec = &tcb->rec;
    uint32_t hole = least(newly, smss(tcb));
    uint32_t counted = least(rec->departed, newly);
    rec->departed -= least(rec->departed, newly - hole);
    rec->departed = least(rec->departed, flight(tcb));
    return most(newly - counted, hole);
}

/* What this ACK tells to have left the network, in octets. */
uint32_t delivered_by(struct tcb *tcb, const struct segment *seg, uint32_t newly, bool duplicate,
                      const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (with_sack(tcb)) {
        uint32_t cut = ranges_cut(&ctx->ranges, &rec->sacked, tcb->snd.una);
        rec->departed -= least(rec->departed, cut);
        return newly - least(newly, cut) + note_sacked(tcb, seg, ctx);
    }
    if (newly > 0)
        return rec->departed > 0 ? uncount(tcb, newly) : newly;
    bool held_for_lost = rec->phase > RECOVERY_FAST; /* what left is not in `pipe` any more */
    if (duplicate && !held_for_lost && rec->departed + smss(tcb) <= flight(tcb))
        rec->departed += smss(tcb);
    return duplicate ? smss(tcb) : 0;
}

/* Up to where enough is SACKed behind for what is not to be held for lost: IsLost() of RFC 6675. */
struct seq lost_up_to(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct range_pool *pool = &ctx->ranges;
    uint32_t enough = (uint32_t)(ctx->set->dup_acks - 1) * smss(tcb);
    uint32_t octets = tcb->rec.departed;
    unsigned count = 0, passed = 0;
    struct seq lost = tcb->snd.una;
    for (const struct range *r = ranges_first(pool, tcb->rec.sacked); r; r = ranges_next(pool, r))
        count++;
    for (const struct range *r = ranges_first(pool, tcb->rec.sacked); r; r = ranges_next(pool, r)) {
        if (octets <= enough && count - passed < ctx->set->dup_acks)
            break;
        lost = r->start;
        octets -= seq_from(r->start, r->end);
        passed++;
    }
    return lost;
}

/* The end of what is missing before the last that was SACKed. */
static struct seq last_gap(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct seq seq = tcb->snd.una;
    if (!ctx->set->loss_by_time || !with_sack(tcb))
        return seq;
    const struct range_pool *pool = &ctx->ranges;
    for (const struct range *r = ranges_first(pool, tcb->rec.sacked); r; r = ranges_next(pool, r))
        seq = r->start;
    return seq;
}

/* RFC 8985, 6.2, step 4: part of a round trip is left to what was only overtaken. */
static uint32_t late_after(const struct tcb *tcb)
{
    return (tcb->rec.rtt_ticks + most(tcb->rec.least_ticks / 4u, 1)) * SENT_TICK_USEC;
}

/* Step 5: what was sent so long before the last that has arrived; or at all before it, where there
 * are other signs of loss. */
struct seq overtaken(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct seq end = last_gap(tcb, ctx);
    if (seq_eq(end, tcb->snd.una) || tcb->rec.phase >= RECOVERY_FAST ||
        seq_gt(lost_up_to(tcb, ctx), tcb->snd.una))
        return end;
    struct seq late =
        seq_add(tcb->snd.una, sent_before(&tcb->rec.sent, ctx->now_usec, late_after(tcb)));
    return seq_lt(late, end) ? late : end;
}

void mark_lost(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (with_sack(tcb))
        rec->lost = later(rec->lost, lost_up_to(tcb, ctx));
    rec->lost = later(rec->lost, overtaken(tcb, ctx));
}

uint64_t recovery_wait(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t age, until = late_after(tcb);
    bool missing = seq_gt(last_gap(tcb, ctx), tcb->snd.una);
    if (!missing || tcb->rec.phase >= RECOVERY_FAST ||
        !sent_age(&tcb->rec.sent, 0, ctx->now_usec, &age))
        return 0;
    uint32_t rest = age < until ? until - age : 0;
    return (rest + LEAST_USEC + TICK_USEC - 1) / TICK_USEC * TICK_USEC;
}
