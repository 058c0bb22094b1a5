/*
 * Congestion control (RFC 5681, 3), NewReno (RFC 6582) and recovery with SACK (RFC 6675).
 *
 * Both kinds of recovery are the same sum here: what is in flight (`pipe`) is what was sent and not
 * acknowledged, less what is known to have left the network, less what is lost and not yet sent
 * again. With SACK the receiver says what has left; without it each duplicate ACK stands for one
 * segment, which is what RFC 5681 does by inflating cwnd.
 *
 * Not here: RACK with the time of each segment, tail-loss probe, PRR, D-SACK, and rules (3) and
 * (4) of NextSeg() in RFC 6675.
 */
#include "sim/recovery.h"

#include "sim/tcp_parts.h"

#include <string.h>

enum {
    LATE_USEC = 4000 /* by which Linux waits longer than it would have to */
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* SMSS */
static uint32_t smss(const struct tcb *tcb)
{
    return send_mss(tcb);
}

static uint32_t flight(const struct tcb *tcb)
{
    return seq_from(tcb->snd.una, tcb->snd.nxt);
}

static bool with_sack(const struct tcb *tcb)
{
    return (tcb->agreed & HAS_SACK_PERMITTED) != 0;
}

void recovery_clear(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    ranges_clear(&ctx->ranges, &tcb->rec.sacked);
    tcb->rec.departed = 0;
}

void recovery_init(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    recovery_clear(tcb, ctx);
    tcb->rec = (struct recovery){ .ssthresh = UINT32_MAX,
                                  .cwnd = UINT32_MAX,
                                  .point = tcb->snd.iss,
                                  .lost = tcb->snd.iss,
                                  .again = tcb->snd.iss,
                                  .usage = tcb->snd.iss };
}

/* RFC 6928, 2; RFC 5681, 3.1 where the SYN was lost. */
static uint32_t initial_window(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t segments = ctx->set->initial_window;
    return least(segments * smss(tcb), most(2 * smss(tcb), segments * 1460));
}

void recovery_open(struct tcb *tcb, bool syn_lost, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    rec->cwnd = syn_lost ? smss(tcb) : initial_window(tcb, ctx);
    rec->lost = rec->again = rec->usage = tcb->snd.una;
    rec->point = seq_of(tcb->snd.una.n - 1); /* RFC 6582, 3.2, (1): ISS */
    rec->phase = RECOVERY_OPEN;              /* whatever became of the SYN */
    rec->must = false;
    rec->dup_acks = 0;
    rec->sent_usec = ctx->now_usec;
}

/* RFC 5681, 4.1: all at once; RFC 2861, 2: a half for each RTO of silence. */
void recovery_idle(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint64_t silent = ctx->now_usec - rec->sent_usec;
    uint32_t restart = least(initial_window(tcb, ctx), rec->cwnd);
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

static struct seq later(struct seq a, struct seq b)
{
    return seq_lt(a, b) ? b : a;
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
static void grow(struct tcb *tcb, uint32_t delivered, const struct tcp_ctx *ctx)
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
static uint32_t delivered_by(struct tcb *tcb, const struct segment *seg, uint32_t newly,
                             bool duplicate, const struct tcp_ctx *ctx)
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
static struct seq lost_up_to(const struct tcb *tcb, const struct tcp_ctx *ctx)
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

/* RFC 8985, without times of each segment: what comes before the last that is SACKed was sent
 * before it. Nothing is, where loss is not told by time. */
static struct seq overtaken(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct seq seq = tcb->snd.una;
    if (!ctx->set->loss_by_time || !with_sack(tcb))
        return seq;
    const struct range_pool *pool = &ctx->ranges;
    for (const struct range *r = ranges_first(pool, tcb->rec.sacked); r; r = ranges_next(pool, r))
        seq = r->start;
    return seq;
}

/* Part of a round trip is left to what was sent together with what has arrived. */
static bool may_be_late(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint64_t srtt = tcb->rtx.srtt_usec;
    return ctx->now_usec - tcb->rec.sent_usec <= srtt + srtt / 4;
}

static void mark_lost(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (with_sack(tcb))
        rec->lost = later(rec->lost, lost_up_to(tcb, ctx));
    rec->lost = later(rec->lost, overtaken(tcb, ctx));
}

/* The first segment is lost, whatever else is, and sent again whatever cwnd says. */
static void front_is_lost(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    struct seq end = seq_add(tcb->snd.una, least(smss(tcb), flight(tcb)));
    rec->must = true;
    rec->lost = later(rec->lost, end);
    mark_lost(tcb, ctx);
}

static void halve(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    uint32_t out = ctx->set->halves_cwnd ? rec->cwnd : least(flight(tcb), rec->cwnd);
    rec->ssthresh = most(out / 2, 2 * smss(tcb));
}

static enum recovery_news fast_retransmit(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    halve(tcb, ctx);
    rec->cwnd = rec->ssthresh;
    rec->partly = 0;
    rec->phase = RECOVERY_FAST;
    rec->point = tcb->snd.nxt;
    rec->again = rec->lost = tcb->snd.una;
    front_is_lost(tcb, ctx);
    return NEWS_LOSS;
}

static bool is_loss(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct recovery *rec = &tcb->rec;
    if (with_sack(tcb) && seq_gt(lost_up_to(tcb, ctx), tcb->snd.una))
        return true;
    if (seq_gt(overtaken(tcb, ctx), tcb->snd.una) && !may_be_late(tcb, ctx))
        return true;
    /* RFC 6582, 3.2, (2): not for duplicates of what was sent before the last recovery's end */
    return rec->dup_acks >= ctx->set->dup_acks &&
           (with_sack(tcb) || seq_gt(tcb->snd.una, rec->point));
}

static enum recovery_news open_acked(struct tcb *tcb, bool duplicate, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (!duplicate) /* a cumulative ACK may say enough beyond it, too */
        return with_sack(tcb) && rec->departed > 0 && is_loss(tcb, ctx) ? fast_retransmit(tcb, ctx)
                                                                        : NEWS_NONE;
    if (rec->dup_acks < UINT8_MAX)
        rec->dup_acks++;
    rec->phase = RECOVERY_DISORDER;
    return is_loss(tcb, ctx) ? fast_retransmit(tcb, ctx) : NEWS_DUPLICATE;
}

static enum recovery_news recovered(struct tcb *tcb)
{
    struct recovery *rec = &tcb->rec;
    bool refused = rec->phase == RECOVERY_REFUSED;
    if (rec->phase == RECOVERY_FAST)
        rec->cwnd = rec->ssthresh;
    if (!with_sack(tcb))
        rec->departed = 0;
    rec->phase = RECOVERY_OPEN;
    rec->dup_acks = 0;
    rec->must = false;
    rec->lost = tcb->snd.una;
    return refused ? NEWS_NONE : NEWS_RECOVERED;
}

static enum recovery_news recovering_acked(struct tcb *tcb, uint32_t newly,
                                           const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (seq_ge(tcb->snd.una, rec->point))
        return recovered(tcb);
    if (newly == 0) {
        mark_lost(tcb, ctx);
        return NEWS_NONE;
    }
    if (rec->phase == RECOVERY_FAST && !with_sack(tcb))
        front_is_lost(tcb, ctx);
    mark_lost(tcb, ctx);
    return rec->phase == RECOVERY_REFUSED ? NEWS_NONE : NEWS_PARTIAL;
}

/* Numbers of long ago would come to lie ahead, after 2^31 octets: RFC 6582, 6. */
static void keep_close(struct tcb *tcb)
{
    struct recovery *rec = &tcb->rec;
    rec->point = later(rec->point, seq_of(tcb->snd.una.n - 1));
    rec->lost = later(rec->lost, tcb->snd.una);
    rec->again = later(rec->again, tcb->snd.una);
}

enum recovery_news recovery_acked(struct tcb *tcb, const struct segment *seg, uint32_t newly,
                                  bool duplicate, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (rec->phase < RECOVERY_FAST)
        keep_close(tcb);
    if (rec->phase == RECOVERY_OPEN && newly > 0 && rec->departed == 0 && seg->sack_count == 0) {
        grow(tcb, newly, ctx); /* nearly always */
        return NEWS_NONE;
    }
    uint32_t before = rec->departed;
    uint32_t delivered = delivered_by(tcb, seg, newly, duplicate, ctx);
    if (with_sack(tcb)) /* RFC 6675, 2: an ACK is a duplicate by the news in its blocks */
        duplicate = newly == 0 && rec->departed > before;
    if (newly > 0 && rec->phase != RECOVERY_FAST)
        grow(tcb, delivered, ctx);
    if (rec->phase >= RECOVERY_FAST)
        return recovering_acked(tcb, newly, ctx);
    if (newly > 0) {
        if (!with_sack(tcb))
            rec->departed = 0;
        rec->dup_acks = 0;
        rec->phase = rec->departed > 0 ? RECOVERY_DISORDER : RECOVERY_OPEN;
    }
    return open_acked(tcb, duplicate, ctx);
}

uint64_t recovery_wait(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    bool missing = seq_gt(overtaken(tcb, ctx), tcb->snd.una);
    return missing && tcb->rec.phase < RECOVERY_FAST ? tcb->rtx.srtt_usec / 4 + LATE_USEC : 0;
}

bool recovery_waited(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    if (tcb->rec.phase >= RECOVERY_FAST || seq_eq(overtaken(tcb, ctx), tcb->snd.una))
        return false;
    fast_retransmit(tcb, ctx);
    return true;
}

static void all_is_lost(struct tcb *tcb, enum recovery_phase phase, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (!ctx->set->sack_outlasts_rto || !with_sack(tcb))
        recovery_clear(tcb, ctx); /* RFC 2018, 8: the peer may have thrown it away */
    rec->phase = (uint8_t)phase;
    rec->point = rec->lost = tcb->snd.nxt;
    rec->again = tcb->snd.una;
    rec->dup_acks = 0;
    rec->partly = 0;
    rec->must = true;
}

void recovery_timed_out(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (tcb->rtx.count <= 1) /* of the same segment: RFC 5681, 3.1 */
        halve(tcb, ctx);
    rec->cwnd = smss(tcb);
    all_is_lost(tcb, RECOVERY_LOSS, ctx);
}

void recovery_refused(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    all_is_lost(tcb, RECOVERY_REFUSED, ctx);
}

void recovery_pause(struct tcb *tcb)
{
    struct recovery *rec = &tcb->rec;
    rec->phase = RECOVERY_OPEN;
    rec->lost = tcb->snd.una;
    rec->must = false;
    rec->dup_acks = 0;
}

static bool may_go_again(const struct tcb *tcb, struct seq at, uint32_t len,
                         const struct tcp_ctx *ctx)
{
    const struct recovery *rec = &tcb->rec;
    if (rec->must)
        return true;
    if (!ctx->set->congestion_control || ctx->set->stop_and_wait)
        return seq_le(at, tcb->snd.una);
    return recovery_pipe(tcb, ctx) + least(len, smss(tcb)) <= rec->cwnd;
}

bool recovery_next(const struct tcb *tcb, struct seq *seq, uint32_t *len, const struct tcp_ctx *ctx)
{
    const struct recovery *rec = &tcb->rec;
    struct seq at = later(rec->again, tcb->snd.una), end = rec->lost;
    if (seq_le(rec->lost, at))
        return false;
    const struct range *range = ranges_first(&ctx->ranges, rec->sacked);
    for (; range && seq_lt(range->start, end); range = ranges_next(&ctx->ranges, range)) {
        if (seq_ge(at, range->end))
            continue;
        if (seq_lt(at, range->start))
            end = range->start;
        else
            at = range->end;
    }
    if (seq_ge(at, end))
        return false;
    *seq = at;
    *len = seq_from(at, end);
    return may_go_again(tcb, at, *len, ctx);
}

void recovery_again(struct tcb *tcb, struct seq end)
{
    tcb->rec.must = false;
    tcb->rec.again = later(tcb->rec.again, end);
}
