/*
 * RACK as Linux has it, which waits a quarter of the least round trip for what may only be late.
 */
#include "sim/rack.h"

#include "sim/tcp_parts.h"

enum {
    TIMER_LEAST_USEC = 2000, /* what Linux adds to the wait */
    TIMER_TICK_USEC = 4000
};

static bool is_used(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    return ctx->set->loss_by_time && tcb->agreed & HAS_SACK_PERMITTED;
}

static void remove_burst(struct rack *rack, unsigned which)
{
    rack->count--;
    for (unsigned i = which; i < rack->count; i++)
        rack->bursts[i] = rack->bursts[i + 1];
}

void rack_sent(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct rack *rack = &tcb->rec.rack;
    if (!is_used(tcb, ctx))
        return;
    while (rack->count > 1 && seq_le(rack->bursts[1].from, tcb->snd.una))
        remove_burst(rack, 0);
    if (rack->count > 0 && rack->bursts[rack->count - 1].usec == ctx->now_usec)
        return;
    if (rack->count == RACK_BURSTS_MAX) { /* as if the older one had been sent with the other */
        rack->bursts[1].from = rack->bursts[0].from;
        remove_burst(rack, 0);
    }
    rack->bursts[rack->count++] =
        (struct rack_burst){ .from = tcb->snd.nxt, .usec = ctx->now_usec };
}

/* When the octet before this number was sent; 0: not known. */
static uint64_t sent_usec(const struct rack *rack, struct seq end)
{
    for (unsigned i = rack->count; i-- > 0;) {
        if (seq_lt(rack->bursts[i].from, end))
            return rack->bursts[i].usec;
    }
    return 0;
}

static const struct range *last_sacked(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct range *last = ranges_first(&ctx->ranges, tcb->rec.sacked);
    for (const struct range *r = last; r; r = ranges_next(&ctx->ranges, r))
        last = r;
    return last;
}

void rack_acked(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct rack *rack = &tcb->rec.rack;
    if (!is_used(tcb, ctx))
        return;
    const struct range *last = last_sacked(tcb, ctx);
    struct seq end = last ? last->end : tcb->snd.una;
    uint64_t usec = sent_usec(rack, end);
    bool again = seq_le(end, tcb->rec.again); /* whose ACK it is nobody knows (Karn) */
    if (usec == 0 || seq_le(end, rack->newest) || again)
        return;
    rack->newest = end;
    rack->rtt_usec = ctx->now_usec - usec;
    rack_measured(tcb, rack->rtt_usec);
}

void rack_measured(struct tcb *tcb, uint64_t rtt_usec)
{
    uint64_t *least = &tcb->rec.rack.min_rtt_usec;
    if (*least == 0 || rtt_usec < *least)
        *least = rtt_usec;
}

/* What was sent before this time, and has not arrived, is lost. */
static uint64_t horizon(const struct tcb *tcb, bool sure, const struct tcp_ctx *ctx)
{
    const struct rack *rack = &tcb->rec.rack;
    uint64_t patience = sure ? 0 : rack->min_rtt_usec / 4;
    uint64_t back = rack->rtt_usec + patience;
    return ctx->now_usec > back ? ctx->now_usec - back : 0;
}

/* The first octet that was sent later than that. */
static struct seq first_sent_after(const struct tcb *tcb, uint64_t usec)
{
    const struct rack *rack = &tcb->rec.rack;
    for (unsigned i = 0; i < rack->count; i++) {
        if (rack->bursts[i].usec > usec)
            return rack->bursts[i].from;
    }
    return tcb->snd.nxt;
}

struct seq rack_lost(const struct tcb *tcb, bool sure, const struct tcp_ctx *ctx)
{
    const struct range *last = is_used(tcb, ctx) ? last_sacked(tcb, ctx) : NULL;
    if (!last || tcb->rec.rack.rtt_usec == 0)
        return tcb->snd.una;
    struct seq late = first_sent_after(tcb, horizon(tcb, sure, ctx));
    struct seq lost = seq_lt(late, last->start) ? late : last->start;
    return seq_lt(lost, tcb->snd.una) ? tcb->snd.una : lost;
}

/* The first number from `from` on that has not arrived. */
static struct seq first_missing(const struct tcb *tcb, struct seq from, const struct tcp_ctx *ctx)
{
    const struct range *r = ranges_with(&ctx->ranges, tcb->rec.sacked, from);
    return r ? r->end : from;
}

uint64_t rack_wait(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct rack *rack = &tcb->rec.rack;
    const struct range *last = is_used(tcb, ctx) ? last_sacked(tcb, ctx) : NULL;
    struct seq missing = first_missing(tcb, rack_lost(tcb, false, ctx), ctx);
    if (!last || rack->rtt_usec == 0 || seq_ge(missing, last->start))
        return 0;
    uint64_t until = sent_usec(rack, seq_add(missing, 1)) + rack->rtt_usec + rack->min_rtt_usec / 4;
    uint64_t rest = until > ctx->now_usec ? until - ctx->now_usec : 0;
    return rest + TIMER_LEAST_USEC + TIMER_TICK_USEC;
}
