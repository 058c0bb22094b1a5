/*
 * From a loss to its end: NewReno (RFC 6582) and recovery with SACK (RFC 6675). How large cwnd is
 * says recovery_cwnd.c; what is lost, recovery_loss.c.
 *
 * Both kinds of recovery are the same sum here: what is in flight (`pipe`) is what was sent and not
 * acknowledged, less what is known to have left the network, less what is lost and not yet sent
 * again. With SACK the receiver says what has left; without it each duplicate ACK stands for one
 * segment, which is what RFC 5681 does by inflating cwnd.
 *
 * Not here: tail-loss probe, D-SACK, and rules (3) and (4) of NextSeg() in RFC 6675.
 */
#include "sim/recovery.h"

#include "sim/recovery_parts.h"

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

void recovery_open(struct tcb *tcb, bool syn_lost, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    rec->cwnd = syn_lost ? smss(tcb) : cwnd_at_first(tcb, ctx);
    rec->lost = rec->again = rec->usage = tcb->snd.una;
    rec->point = seq_of(tcb->snd.una.n - 1); /* RFC 6582, 3.2, (1): ISS */
    rec->phase = RECOVERY_OPEN;              /* whatever became of the SYN */
    rec->must = false;
    rec->dup_acks = 0;
    rec->sent_usec = ctx->now_usec;
}

uint32_t recovery_segment(const struct tcb *tcb, struct seq seq, uint32_t len,
                          const struct tcp_ctx *ctx)
{
    return ctx->set->segments_stay
               ? sent_together(&tcb->rec.sent, seq_from(tcb->snd.una, seq), len, smss(tcb))
               : least(len, smss(tcb));
}

/* The first segment is lost, whatever else is, and sent again whatever cwnd says. */
static void front_is_lost(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    struct seq end = seq_add(tcb->snd.una, recovery_segment(tcb, tcb->snd.una, flight(tcb), ctx));
    rec->must = true;
    rec->lost = later(rec->lost, end);
    mark_lost(tcb, ctx);
}

static enum recovery_news fast_retransmit(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    cwnd_is_cut(tcb, ctx);
    rec->point = tcb->snd.nxt;
    rec->again = rec->lost = tcb->snd.una;
    front_is_lost(tcb, ctx);
    rec->phase = RECOVERY_FAST; /* from now on nothing is waited for */
    return NEWS_LOSS;
}

static bool is_loss(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    const struct recovery *rec = &tcb->rec;
    if (with_sack(tcb) && seq_gt(lost_up_to(tcb, ctx), tcb->snd.una))
        return true;
    if (seq_gt(overtaken(tcb, ctx), tcb->snd.una))
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
    if (rec->phase == RECOVERY_FAST) {
        rec->cwnd = rec->ssthresh;
        rec->partly = 0;
    }
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

/* What an ACK means where something is missing, or was. */
static enum recovery_news acked_out_of_order(struct tcb *tcb, uint32_t newly, bool duplicate,
                                             const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
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

enum recovery_news recovery_acked(struct tcb *tcb, const struct segment *seg, uint32_t newly,
                                  bool duplicate, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (newly > 0)
        sent_forget(&rec->sent, newly);
    if (rec->phase < RECOVERY_FAST)
        keep_close(tcb);
    if (rec->phase == RECOVERY_OPEN && newly > 0 && rec->departed == 0 && seg->sack_count == 0) {
        cwnd_grows(tcb, newly, ctx); /* nearly always */
        return NEWS_NONE;
    }
    uint32_t before = rec->departed;
    uint32_t delivered = delivered_by(tcb, seg, newly, duplicate, ctx);
    struct seq lost = rec->lost;
    if (with_sack(tcb)) /* RFC 6675, 2: an ACK is a duplicate by the news in its blocks */
        duplicate = newly == 0 && rec->departed > before;
    if (newly > 0 && rec->phase != RECOVERY_FAST)
        cwnd_grows(tcb, delivered, ctx);
    enum recovery_news news = acked_out_of_order(tcb, newly, duplicate, ctx);
    if (rec->phase == RECOVERY_FAST)
        cwnd_follows(tcb, delivered, newly > 0 && !seq_gt(rec->lost, lost), ctx);
    return news;
}

bool recovery_waited(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    if (recovery_wait(tcb, ctx) == 0)
        return false;
    fast_retransmit(tcb, ctx);
    mark_lost(tcb, ctx);
    cwnd_follows(tcb, smss(tcb), false, ctx);
    return true;
}

static void all_is_lost(struct tcb *tcb, enum recovery_phase phase, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    if (!ctx->set->sack_outlasts_rto || !with_sack(tcb))
        recovery_clear(tcb, ctx); /* RFC 2018, 8: the peer may have thrown it away */
    rec->phase = (uint8_t)(phase & 15u);
    rec->point = rec->lost = tcb->snd.nxt;
    rec->again = tcb->snd.una;
    rec->dup_acks = 0;
    rec->partly = 0;
    rec->must = true;
}

void recovery_timed_out(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    struct recovery *rec = &tcb->rec;
    bool was_cut = ctx->set->cwnd_in_proportion && rec->phase == RECOVERY_FAST;
    if (tcb->rtx.count <= 1 && !was_cut) /* of the same segment: RFC 5681, 3.1 */
        cwnd_halves(tcb, ctx);
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

void recovery_note(struct tcb *tcb, uint32_t len, bool small, const struct tcp_ctx *ctx)
{
    if (tcb->rec.phase == RECOVERY_FAST)
        tcb->rec.out++;
    if (ctx->set->loss_by_time || ctx->set->segments_stay)
        sent_note(&tcb->rec.sent, len, small, ctx->now_usec);
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
    if (tcb->rec.phase == RECOVERY_FAST)
        tcb->rec.out++;
    tcb->rec.again = later(tcb->rec.again, end);
}
