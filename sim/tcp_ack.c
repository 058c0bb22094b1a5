/*
 * SEGMENT ARRIVES: the fifth step of RFC 9293, 3.10.7.4: what the ACK says of our own text, SYN and
 * FIN, and of the window. What it means for congestion is recovery.c's.
 */
#include "sim/tcp_parts.h"

static bool acks_something_new(const struct tcb *tcb, const struct segment *seg)
{
    return seq_lt(tcb->snd.una, seg->ack) && seq_le(seg->ack, tcb->snd.nxt);
}

void take_window(struct tcb *tcb, const struct segment *seg, struct seq wl2)
{
    uint8_t scale = seg_has(seg, SYN) ? 0 : tcb->snd.scale;
    tcb->snd.wnd = (uint32_t)seg->wnd << scale;
    tcb->snd.wl1 = seg->seq;
    tcb->snd.wl2 = wl2;
    if (tcb->snd.wnd > tcb->snd.max_wnd)
        tcb->snd.max_wnd = tcb->snd.wnd;
}

void acked(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    struct seq text = first_text(tcb);
    uint32_t len = seq_le(text, seg->ack) ? seq_from(text, seg->ack) : 0;
    ring_drop(&tcb->snd.text, ctx->snd_space_len,
              len < tcb->snd.text.len ? len : tcb->snd.text.len);
    tcb->snd.una = seg->ack;
    tcb->syn_acked = true;
    if (tcb->snd.urgent && seq_le(tcb->snd.up, seg->ack))
        tcb->snd.urgent = false;
    rtx_acked(tcb, seg, ctx);
}

/* SND.WND from a segment that is not older than the one it was last taken from; else what is
 * `newly` acknowledged comes off it, for the edge has not moved. */
static void update_window(struct tcb *tcb, const struct segment *seg, uint32_t newly,
                          struct tcp_ctx *ctx)
{
    bool newer = seq_lt(tcb->snd.wl1, seg->seq) ||
                 (seq_eq(tcb->snd.wl1, seg->seq) && seq_le(tcb->snd.wl2, seg->ack));
    if (!newer)
        tcb->snd.wnd -= newly < tcb->snd.wnd ? newly : tcb->snd.wnd;
    if (seq_lt(seg->ack, tcb->snd.una) || !newer)
        return;
    bool in_flight = !seq_eq(tcb->snd.una, tcb->snd.nxt);
    uint32_t before = tcb->snd.wnd;
    take_window(tcb, seg, seg->ack);
    if (tcb->snd.wnd == 0 && in_flight)
        wait_at_zero_window(tcb, ctx);
    if (tcb->snd.wnd == 0 || tcb->snd.wnd <= before)
        return;
    timer_stop(tcb, TIMER_PERSIST, ctx); /* what waits for room looks anew */
    if (before > 0)
        return;
    tcb->rtx.count = 0;
    if (in_flight) {
        tcb->rtx.timing = false;
        recovery_refused(tcb, ctx);
        timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
    }
}

void after_opening(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->state != ESTABLISHED)
        return;
    tcb->peer.text_usec = ctx->now_usec;
    if (tcb->user.keep_alive)
        timer_arm(tcb, TIMER_KEEP_ALIVE, ctx->set->keep_idle_usec, ctx);
    if (!tcb->close_asked)
        return;
    take(tcb, QUEUED_CLOSE, ctx);
    if (tcb->ack_due && ctx->set->shutdown_waits) { /* the FIN goes at once, its ACK behind it */
        tcp_output(tcb, ctx);
        tcb->ack_due = true;
    }
}

static enum verdict syn_received_check_ack(struct tcb *tcb, const struct segment *seg,
                                           struct tcp_ctx *ctx)
{
    if (!acks_something_new(tcb, seg)) {
        take(tcb, SYN_RECEIVED_BAD_ACK, ctx);
        tcb->ack_due = false;
        send_rst_in_answer(seg, ctx);
        return DROP;
    }
    take(tcb, SYN_ACKED, ctx);
    bool syn_lost = syns_were_lost(tcb, ctx);
    acked(tcb, seg, ctx);
    take_window(tcb, seg, seg->ack);
    recovery_open(tcb, syn_lost, ctx);
    take_early_text(tcb, ctx);
    after_opening(tcb, ctx);
    return GO_ON;
}

/* What the ACK of our FIN leads to. */
static enum verdict fin_acked(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (!our_fin_acked(tcb))
        return GO_ON;
    if (tcb->state == FIN_WAIT_1) {
        take(tcb, FIN_ACKED, ctx);
        limit_fin_wait_2(tcb, ctx);
    } else if (tcb->state == CLOSING && ctx->set->no_time_wait) {
        take(tcb, CLOSING_ENDS, ctx);
        return DROP;
    } else if (tcb->state == CLOSING) {
        take(tcb, CLOSING_FIN_ACKED, ctx);
    } else if (tcb->state == LAST_ACK) {
        take(tcb, LAST_FIN_ACKED, ctx);
        return DROP;
    }
    return GO_ON;
}

static bool ack_too_old(const struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx)
{
    struct seq oldest = seq_of(tcb->snd.una.n - tcb->snd.max_wnd);
    return ctx->set->ack_is_bounded && seq_lt(seg->ack, oldest);
}

/* RFC 5681, 2: an ACK of the same octet and window, without text, while something is in flight.
 * Where an ACK is due already, the segment had text that our window refused. */
static bool is_duplicate(const struct tcb *tcb, const struct segment *seg)
{
    return seg_len(seg) == 0 && !tcb->ack_due && !timer_runs(tcb, TIMER_PERSIST) &&
           seq_eq(seg->ack, tcb->snd.una) && !seq_eq(tcb->snd.una, tcb->snd.nxt) &&
           (uint32_t)seg->wnd << tcb->snd.scale == tcb->snd.wnd;
}

/* What is missing may only be late: that is waited for, but not for long. */
static void wait_for_late(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint64_t usec = recovery_wait(tcb, ctx);
    if ((usec > 0) == tcb->rec.waits)
        return;
    tcb->rec.waits = usec > 0;
    timer_arm(tcb, TIMER_RETRANSMISSION, usec > 0 ? usec : tcb->rtx.rto_usec, ctx);
}

/* Congestion control hears of every ACK; what it makes of it is a decision like others. */
static void recover(struct tcb *tcb, const struct segment *seg, uint32_t newly, struct tcp_ctx *ctx)
{
    bool duplicate = newly == 0 && is_duplicate(tcb, seg);
    switch (recovery_acked(tcb, seg, newly, duplicate, ctx)) {
    case NEWS_NONE:
        break;
    case NEWS_DUPLICATE:
        take(tcb, ACK_IS_DUPLICATE, ctx);
        break;
    case NEWS_LOSS:
        take(tcb, FAST_RETRANSMIT, ctx);
        break;
    case NEWS_PARTIAL:
        take(tcb, ACK_IS_PARTIAL, ctx);
        break;
    case NEWS_RECOVERED:
        take(tcb, LOSS_RECOVERED, ctx);
        break;
    }
    if (timer_runs(tcb, TIMER_RETRANSMISSION))
        wait_for_late(tcb, ctx);
}

static enum verdict take_ack(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (acks_something_new(tcb, seg)) {
        uint32_t newly = seq_from(tcb->snd.una, seg->ack);
        bool all_of_fin = tcb->fin_sent && seq_eq(seg->ack, tcb->snd.nxt);
        if (!all_of_fin)
            take(tcb, ACK_ADVANCES, ctx);
        acked(tcb, seg, ctx);
        recover(tcb, seg, newly, ctx);
        return fin_acked(tcb, ctx);
    }
    if (seg_len(seg) == 0)
        take(tcb, ACK_OF_NOTHING_NEW, ctx);
    recover(tcb, seg, 0, ctx);
    return GO_ON;
}

/* What is kept back has room in the window: it waits for more text, not for the peer. */
static bool renews_wait(const struct tcb *tcb, const struct segment *seg)
{
    bool only_kept_back = seq_eq(tcb->snd.una, tcb->snd.nxt) && tcp_unsent(tcb) > 0 &&
                          tcb->snd.wnd >= tcp_unsent(tcb);
    return only_kept_back && timer_runs(tcb, TIMER_PERSIST) &&
           (seg->text_len == 0 || seg_has(seg, FIN));
}

enum verdict fifth_check_ack(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (!seg_has(seg, ACK)) {
        take(tcb, NO_ACK, ctx);
        return DROP;
    }
    if (tcb->state == SYN_RECEIVED)
        return syn_received_check_ack(tcb, seg, ctx);
    if (ack_too_old(tcb, seg, ctx)) {
        challenge(tcb, ACK_OUT_OF_RANGE, ctx);
        return DROP;
    }
    if (seq_gt(seg->ack, tcb->snd.nxt)) {
        challenge(tcb, ACK_NOT_SENT_YET, ctx);
        return DROP;
    }
    if (timer_runs(tcb, TIMER_PERSIST))
        tcb->rtx.unacked_usec = ctx->now_usec; /* the peer is there, its window shut */
    struct seq before = tcb->snd.una;
    if (take_ack(tcb, seg, ctx) == DROP)
        return DROP;
    update_window(tcb, seg, seq_from(before, tcb->snd.una), ctx);
    if (ctx->set->acks_renew_wait && renews_wait(tcb, seg))
        timer_stop(tcb, TIMER_PERSIST, ctx); /* tcp_output() arms it */
    return GO_ON;
}
