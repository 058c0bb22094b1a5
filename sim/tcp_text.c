/*
 * SEGMENT ARRIVES: urgent text, text and FIN, in order or beyond a gap. RFC 9293, 3.10.7.4, sixth
 * to eighth; when to acknowledge them: 3.8.6.3 and RFC 5681, 4.2.
 */
#include "sim/tcp_parts.h"

/* How far past the window's edge RCV.NXT may have come: a FIN takes no room. */
static void advance(struct tcb *tcb, uint32_t octets)
{
    tcb->rcv.nxt = seq_add(tcb->rcv.nxt, octets);
    if (seq_lt(tcb->rcv.right, tcb->rcv.nxt))
        tcb->rcv.right = tcb->rcv.nxt;
}

static void delay_ack(struct tcb *tcb, uint64_t usec, struct tcp_ctx *ctx)
{
    if (tcb->ack_delayed)
        return;
    tcb->ack_delayed = true;
    timer_arm(tcb, TIMER_DELAYED_ACK, usec, ctx);
}

/* A young connection's sender is in slow start and lives of ACKs; then every second full segment
 * is acknowledged at once (SHLD-19), and others before long (SHLD-18, MUST-40). */
static void acknowledge_soon(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    uint32_t waiting = seq_from(tcb->rcv.acked, tcb->rcv.nxt);
    if (seg->text_len > tcb->rcv.mss)
        tcb->rcv.mss = (uint16_t)(seg->text_len < UINT16_MAX ? seg->text_len : UINT16_MAX);
    if (tcb->rcv.quick < ctx->set->quick_acks || ctx->set->ack_delay_usec == 0 ||
        waiting >= 2 * (uint32_t)tcb->rcv.mss) {
        tcb->ack_due = true;
        if (tcb->rcv.quick < UINT8_MAX)
            tcb->rcv.quick++;
        return;
    }
    delay_ack(tcb, ctx->set->ack_delay_usec, ctx);
}

/* Sixth: the pointer names the octet after the urgent text (MUST-62). */
static void sixth_check_urg(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    struct seq up = seq_add(seg->seq, seg->urgent);
    if (!seg_has(seg, URG) || !rule_allows(URGENT_TEXT, tcb->state))
        return;
    if (seq_le(up, tcb->rcv.nxt) || (tcb->rcv.urgent && seq_le(up, tcb->rcv.up)))
        return;
    take(tcb, URGENT_TEXT, ctx);
    tcb->rcv.urgent = true;
    tcb->rcv.up = up;
    tcb->notices &= (uint8_t) ~(1u << NOTICE_URGENT);
    tell(tcb, NOTICE_URGENT, ctx); /* MUST-32 */
}

/* What had come beyond the gap that is now filled. */
static void join_beyond(struct tcb *tcb, struct tcp_ctx *ctx)
{
    const struct range_pool *pool = &ctx->ranges;
    ranges_cut(pool, &tcb->rcv.beyond, tcb->rcv.nxt);
    const struct range *first = ranges_first(pool, tcb->rcv.beyond);
    if (first && seq_eq(first->start, tcb->rcv.nxt)) {
        bool ends = tcb->rcv.fin_beyond && seq_lt(tcb->rcv.fin, first->end);
        uint32_t len = seq_from(first->start, ends ? tcb->rcv.fin : first->end);
        tcb->rcv.text.len += len;
        advance(tcb, len);
        if (!ends || !ctx->set->fin_sacked_again)
            ranges_cut(pool, &tcb->rcv.beyond, tcb->rcv.nxt);
    }
}

static void seventh_process_text(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (seg->text_len == 0)
        return;
    if (!rule_allows(TEXT_IN_ORDER, tcb->state)) {
        take(tcb, TEXT_AFTER_FIN, ctx);
        tcb->ack_due = true;
        return;
    }
    uint32_t kept =
        ring_put(&tcb->rcv.text, ctx->rcv_space, ctx->rcv_space_len, ctx->text, seg->text_len);
    take(tcb, TEXT_IN_ORDER, ctx);
    tcb->peer.text_usec = ctx->now_usec;
    advance(tcb, kept);
    if (tcb->rcv.beyond) {
        join_beyond(tcb, ctx);
        tcb->ack_due = true; /* RFC 5681, 4.2: all or part of a gap is filled */
    }
    acknowledge_soon(tcb, seg, ctx);
}

void keep_early_text(struct tcb *tcb, const struct segment *syn, struct tcp_ctx *ctx)
{
    uint32_t wnd = rcv_wnd(tcb), added;
    uint32_t len = syn->text_len < wnd ? syn->text_len : wnd;
    struct seq end = seq_add(tcb->rcv.nxt, len);
    if (!ranges_add(&ctx->ranges, &tcb->rcv.beyond, tcb->rcv.nxt, end, &added))
        return; /* it will be sent again */
    ring_place(&tcb->rcv.text, ctx->rcv_space, ctx->rcv_space_len, 0, ctx->text, len);
}

void take_early_text(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (!tcb->rcv.beyond)
        return;
    join_beyond(tcb, ctx);
    delay_ack(tcb, ctx->set->ack_delay_usec, ctx);
}

/* Text for a user who has closed for good is lost, beyond a gap too, which the peer has to know
 * (3.6.1, SHLD-3). */
static enum verdict text_is_lost(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    bool gap = ctx->set->gap_is_text && seq_gt(seg->seq, tcb->rcv.nxt);
    bool text = seg->text_len > 0 || gap;
    if (!tcb->no_reader || !text || !rule_allows(TEXT_AFTER_CLOSE, tcb->state))
        return GO_ON;
    tell(tcb, NOTICE_CONNECTION_RESET, ctx);
    take(tcb, TEXT_AFTER_CLOSE, ctx);
    send_rst_in_answer(seg, ctx);
    return DROP;
}

static void fin_again(struct tcb *tcb, struct tcp_ctx *ctx)
{
    take(tcb, FIN_AGAIN, ctx);
    if (tcb->state == TIME_WAIT)
        timer_arm(tcb, TIMER_TIME_WAIT, ctx->set->two_msl_usec, ctx);
}

static void fin_received(struct tcb *tcb, struct tcp_ctx *ctx)
{
    tell(tcb, NOTICE_CONNECTION_CLOSING, ctx);
    advance(tcb, 1);
    if (tcb->rcv.fin_beyond && ctx->set->fin_sacked_again && tcb->state != ESTABLISHED)
        send_ack(tcb, ctx); /* while its block still stands */
    tcb->rcv.fin_beyond = false;
    ranges_clear(&ctx->ranges, &tcb->rcv.beyond); /* what came behind it is no text */
    if (tcb->state == ESTABLISHED) {
        take(tcb, FIN_FROM_PEER, ctx);
    } else if (tcb->state == FIN_WAIT_1) {
        take(tcb, FIN_SIMULTANEOUS, ctx);
    } else if (ctx->set->no_time_wait) {
        send_ack(tcb, ctx); /* there will be nobody left to send it */
        take(tcb, FIN_ENDS_ALL, ctx);
    } else {
        take(tcb, FIN_ENDS_BOTH, ctx);
    }
}

/* Our own FIN may come before long, and carry the ACK of the peer's. */
static void acknowledge_with_fin(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint32_t waiting = seq_from(tcb->rcv.acked, tcb->rcv.nxt);
    tcb->ack_due = tcb->rcv.mss > 0 && waiting > tcb->rcv.mss;
    bool first = tcb->rcv.mss == 0 && tcb->rcv.quick == 0; /* that it acknowledges at all */
    if (!tcb->ack_due)
        delay_ack(tcb, first ? ctx->set->fin_ack_delay_usec : ctx->set->ack_delay_usec, ctx);
}

/* A FIN counts only where all the text before it was taken; one that came beyond a gap has waited
 * for that. */
static void eighth_check_fin(struct tcb *tcb, const struct segment *seg, bool at_once,
                             struct tcp_ctx *ctx)
{
    bool may_wait = ctx->set->fin_ack_delay_usec > 0 && tcb->state == ESTABLISHED && !at_once;
    bool here = seg_has(seg, FIN) && seq_eq(seq_add(seg->seq, seg->text_len), tcb->rcv.nxt);
    bool waited = tcb->rcv.fin_beyond && seq_eq(tcb->rcv.fin, tcb->rcv.nxt);
    if (!here && !waited)
        return;
    tcb->ack_due = true;
    if (rule_allows(FIN_AGAIN, tcb->state))
        fin_again(tcb, ctx);
    else
        fin_received(tcb, ctx);
    if (may_wait)
        acknowledge_with_fin(tcb, ctx);
}

/* Its range comes first, and is named once. */
static void note_recent(struct tcb *tcb, struct seq seq, const struct tcp_ctx *ctx)
{
    const struct range *range = ranges_with(&ctx->ranges, tcb->rcv.beyond, seq);
    for (unsigned i = 0; range && i < SACK_BLOCKS_MAX; i++) {
        struct seq moved = tcb->rcv.recent[i];
        tcb->rcv.recent[i] = seq;
        if (seq_ge(moved, range->start) && seq_lt(moved, range->end))
            return;
        seq = moved;
    }
}

/* SHLD-31: it is kept in its place behind what is in order. */
static void keep_beyond(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    uint32_t gap = seq_from(tcb->rcv.nxt, seg->seq);
    uint32_t at = tcb->rcv.text.len + gap;
    struct seq end = seq_add(seg->seq, seg->text_len), told = end;
    uint32_t added;
    if (seg_has(seg, FIN) && ctx->set->fin_is_sacked)
        told = seq_add(end, 1);
    bool fits = at <= ctx->rcv_space_len && seg->text_len <= ctx->rcv_space_len - at;
    if (!fits || !ranges_add(&ctx->ranges, &tcb->rcv.beyond, seg->seq, told, &added)) {
        take(tcb, BEYOND_NEXT, ctx);
        return;
    }
    take(tcb, TEXT_BEYOND, ctx);
    ring_place(&tcb->rcv.text, ctx->rcv_space, ctx->rcv_space_len, at, ctx->text, seg->text_len);
    note_recent(tcb, seg->seq, ctx);
    if (seg_has(seg, FIN)) {
        tcb->rcv.fin_beyond = true;
        tcb->rcv.fin = end;
    }
}

static void beyond_next(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (rule_allows(TEXT_BEYOND, tcb->state))
        keep_beyond(tcb, seg, ctx);
    else
        take(tcb, BEYOND_NEXT, ctx);
    tcb->ack_due = true; /* RFC 5681, 4.2: a duplicate ACK, at once */
}

void process_text(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (seg->flags & URG)
        sixth_check_urg(tcb, seg, ctx);
    if (seg_len(seg) == 0)
        return;
    if (text_is_lost(tcb, seg, ctx) == DROP)
        return;
    if (seq_gt(seg->seq, tcb->rcv.nxt)) {
        beyond_next(tcb, seg, ctx);
        return;
    }
    bool at_once = tcb->ack_due || tcb->rcv.beyond;
    seventh_process_text(tcb, seg, ctx);
    eighth_check_fin(tcb, seg, at_once, ctx);
}
