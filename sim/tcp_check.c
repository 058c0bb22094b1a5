/*
 * SEGMENT ARRIVES: the first, second and fourth step of RFC 9293, 3.10.7.4: is the segment one of
 * this connection, now? The third, security, is not used (A.1.2).
 */
#include "sim/tcp_parts.h"

/* Table 6 allows an ACK without text no further than the window's last octet. Every stack takes it
 * at the right edge too: its sender has filled the window with text that is still under way. At a
 * zero window, where valid ACKs should be accepted all the same, it may be one further: its sender
 * has probed with an octet that was refused. */
static bool acceptable_without_text(const struct tcb *tcb, const struct segment *seg, uint32_t wnd)
{
    return seq_from(tcb->rcv.nxt, seg->seq) <= (wnd ? wnd : 1);
}

/* Some stacks reset with the number of a FIN of theirs that they take for not sent. */
static bool resets_behind_fin(const struct tcb *tcb, const struct segment *seg,
                              const struct tcp_ctx *ctx)
{
    bool has_fin = tcb->state == CLOSE_WAIT || tcb->state == LAST_ACK || tcb->state == CLOSING;
    return ctx->set->reset_behind_fin && has_fin && seg_has(seg, RST) &&
           seq_eq(seq_add(seg->seq, 1), tcb->rcv.nxt);
}

/* The peer may not know yet that we have got what comes behind it: Linux has the window begin
 * there. */
static bool is_unacknowledged(const struct tcb *tcb, const struct segment *seg,
                              const struct tcp_ctx *ctx)
{
    bool empty = seg_has(seg, RST) || seg_len(seg) == 0;
    return ctx->set->window_from_acked && empty && tcb->state >= ESTABLISHED &&
           seq_ge(seg->seq, tcb->rcv.acked) && seq_lt(seg->seq, tcb->rcv.nxt);
}

/* Table 6; a RST counts by SEG.SEQ alone (RFC 5961, 3.2), at a zero window too (MUST-66). Text that
 * begins before the window and ends behind it has no octet that the table looks at within, but
 * every stack takes what is. */
static bool acceptable(const struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx)
{
    if (is_unacknowledged(tcb, seg, ctx))
        return true;
    bool edges = ctx->set->window_edges;
    uint32_t len = seg_has(seg, RST) ? 0 : seg_len(seg), wnd = accepted_wnd(tcb, ctx);
    struct seq last = seq_add(seg->seq, len - 1);
    if (len == 0 && edges && !seg_has(seg, RST))
        return acceptable_without_text(tcb, seg, wnd);
    if (len == 0)
        return wnd == 0 ? seq_eq(seg->seq, tcb->rcv.nxt) : seq_in(seg->seq, tcb->rcv.nxt, wnd);
    if (wnd == 0)
        return false;
    if (seq_in(seg->seq, tcb->rcv.nxt, wnd) || seq_in(last, tcb->rcv.nxt, wnd))
        return true;
    return edges && seq_lt(seg->seq, tcb->rcv.nxt) && seq_ge(last, seq_add(tcb->rcv.nxt, wnd));
}

/* Two segments that the letter of the first check throws away and every stack takes: the SYN,ACK
 * of Figure 7, which stands at IRS, and the FIN that comes again into TIME-WAIT. */
static bool is_early_syn_ack(const struct tcb *tcb, const struct segment *seg,
                             const struct tcp_ctx *ctx)
{
    return ctx->set->early_syn_ack && tcb->state == SYN_RECEIVED && !tcb->passive &&
           seg_has(seg, SYN | ACK) && !seg_has(seg, RST) && seq_eq(seg->seq, tcb->rcv.irs);
}

static bool is_fin_again(const struct tcb *tcb, const struct segment *seg,
                         const struct tcp_ctx *ctx)
{
    struct seq after = seq_add(seg->seq, seg_len(seg));
    return ctx->set->time_wait_restarts && tcb->state == TIME_WAIT && seg_has(seg, FIN | ACK) &&
           !seg_has(seg, RST) && !seg_has(seg, SYN) && seq_eq(after, tcb->rcv.nxt);
}

/* The peer has not got the SYN,ACK, or not yet. */
static bool is_syn_again(const struct tcb *tcb, const struct segment *seg,
                         const struct tcp_ctx *ctx)
{
    return ctx->set->syn_again && tcb->state == SYN_RECEIVED && tcb->passive &&
           (seg->flags & (SYN | ACK | FIN)) == SYN && seq_eq(seg->seq, tcb->rcv.irs);
}

static enum verdict not_acceptable(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    bool at_shut_window = accepted_wnd(tcb, ctx) == 0 && seq_eq(seg->seq, tcb->rcv.nxt);
    if (seg_has(seg, RST)) {
        take(tcb, OUTSIDE_WINDOW_RST, ctx);
        return DROP;
    }
    if (is_fin_again(tcb, seg, ctx)) {
        take(tcb, FIN_AGAIN_IN_TIME_WAIT, ctx);
        timer_arm(tcb, TIMER_TIME_WAIT, ctx->set->two_msl_usec, ctx);
        send_ack(tcb, ctx);
        return DROP;
    }
    if (at_shut_window && seg_has(seg, ACK) && !seg_has(seg, SYN)) {
        take(tcb, ZERO_WINDOW_ACK, ctx);
        tcb->ack_due = true;
        return GO_ON;
    }
    if (is_syn_again(tcb, seg, ctx)) {
        take(tcb, SYN_AGAIN, ctx);
        send_syn(tcb, ctx, true);
        timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
        return DROP;
    }
    take(tcb, OUTSIDE_WINDOW, ctx);
    answer_invalid(tcb, seg, ctx);
    return DROP;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The peer has said where its text ends: what it sends from there on is none. */
static void cut_behind_fin(struct tcb *tcb, struct segment *seg)
{
    uint32_t left = seq_lt(seg->seq, tcb->rcv.fin) ? seq_from(seg->seq, tcb->rcv.fin) : 0;
    if (seg->text_len <= left)
        return;
    seg->text_len = left;
    seg->flags = (uint8_t)(seg->flags & ~(unsigned)FIN);
    tcb->ack_due = true;
}

/* Cuts off what lies outside the window, so that the steps below see a segment that begins at
 * RCV.NXT or beyond and ends within the window. */
void cut_to_window(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx)
{
    if (seq_lt(seg->seq, tcb->rcv.nxt)) {
        uint32_t old = seq_from(seg->seq, tcb->rcv.nxt);
        if (seg_has(seg, SYN))
            old--;
        if (tcb->state == SYN_RECEIVED) /* elsewhere it counts wherever it stands (RFC 5961, 4.2) */
            seg->flags = (uint8_t)(seg->flags & ~(unsigned)SYN);
        old = least(old, seg->text_len);
        ctx->text = ctx->text ? ctx->text + old : NULL;
        seg->text_len -= old;
        seg->urgent =
            (uint16_t)(seg->urgent - least(seg->urgent, seq_from(seg->seq, tcb->rcv.nxt)));
        seg->seq = tcb->rcv.nxt;
    }
    uint32_t room = seq_from(seg->seq, seq_add(tcb->rcv.nxt, accepted_wnd(tcb, ctx)));
    if (seg->text_len + (seg_has(seg, FIN) ? 1 : 0) > room) {
        seg->flags = (uint8_t)(seg->flags & ~(unsigned)FIN);
        seg->text_len = least(seg->text_len, room);
    }
    if (tcb->rcv.fin_beyond)
        cut_behind_fin(tcb, seg);
}

/* RFC 7323, 5.3, R1 comes before the window is looked at; 3.2 has every segment carry them. */
static enum verdict check_timestamps(struct tcb *tcb, const struct segment *seg,
                                     struct tcp_ctx *ctx)
{
    bool ack = ctx->set->old_acks_pass && seg_len(seg) == 0 && !seg_has(seg, RST);
    if (is_old_by_timestamp(tcb, seg, ctx)) {
        if (ack && seq_eq(seg->seq, tcb->rcv.nxt) && seq_eq(seg->ack, tcb->snd.una))
            return GO_ON; /* one that was overtaken */
        take(tcb, OLD_TIMESTAMP, ctx);
        if (!ack || !seq_lt(seg->seq, tcb->rcv.nxt))
            answer_invalid(tcb, seg, ctx);
        return DROP;
    }
    if (ctx->set->drop_no_timestamp && tcb->agreed & ~(unsigned)seg->has & HAS_TIMESTAMPS &&
        !seg_has(seg, RST)) {
        take(tcb, NO_TIMESTAMP, ctx);
        return DROP;
    }
    return GO_ON;
}

enum verdict first_check_sequence(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx)
{
    if (is_early_syn_ack(tcb, seg, ctx)) {
        keep_timestamp(tcb, seg, ctx);
        tcb->ack_due = true;
        tcb->rcv.quick++; /* as of text, which has come before */
        return GO_ON;
    }
    if (tcb->state == TIME_WAIT && ctx->set->time_wait_asks_ack && !seg_has(seg, ACK)) {
        take(tcb, NO_ACK, ctx);
        return DROP;
    }
    if (check_timestamps(tcb, seg, ctx) == DROP)
        return DROP;
    if (resets_behind_fin(tcb, seg, ctx))
        return GO_ON;
    if (!acceptable(tcb, seg, ctx) && not_acceptable(tcb, seg, ctx) == DROP)
        return DROP;
    keep_timestamp(tcb, seg, ctx);
    if (!seg_has(seg, RST)) /* whose number says more than whether it is in the window */
        cut_to_window(tcb, seg, ctx);
    return GO_ON;
}

/* The CLOSE that waited for the connection closes what listens again instead. */
static void back_to_listen(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    take(tcb, rule, ctx);
    if (tcb->close_asked)
        take(tcb, CLOSE_LISTEN, ctx);
}

enum verdict second_check_rst(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (!seg_has(seg, RST))
        return GO_ON;
    bool orphan = ctx->set->orphans_reset && tcb->state == FIN_WAIT_2 && tcb->no_user;
    bool anywhere = ctx->set->insecure_rst || orphan;
    if (tcb->state == TIME_WAIT && ctx->set->time_wait_keeps) {
        take(tcb, RST_IN_TIME_WAIT, ctx);
    } else if (!seq_eq(seg->seq, tcb->rcv.nxt) && !anywhere && !resets_behind_fin(tcb, seg, ctx)) {
        challenge(tcb, RST_CHALLENGED, ctx);
    } else if (tcb->state == SYN_RECEIVED && tcb->passive) {
        back_to_listen(tcb, RST_BACK_TO_LISTEN, ctx);
    } else if (tcb->state == SYN_RECEIVED) {
        tell(tcb, NOTICE_CONNECTION_REFUSED, ctx);
        take(tcb, RST_REFUSES, ctx);
    } else if (rule_allows(RST_RESETS, tcb->state)) {
        tell(tcb, NOTICE_CONNECTION_RESET, ctx);
        take(tcb, RST_RESETS, ctx);
    } else {
        if (ctx->set->reset_always_told && tcb->state != TIME_WAIT)
            tell(tcb, NOTICE_CONNECTION_RESET, ctx);
        take(tcb, RST_ENDS_CLOSING, ctx);
    }
    return DROP;
}

enum verdict fourth_check_syn(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (!seg_has(seg, SYN) || is_early_syn_ack(tcb, seg, ctx))
        return GO_ON;
    if (tcb->state == SYN_RECEIVED && tcb->passive) {
        back_to_listen(tcb, SYN_BACK_TO_LISTEN, ctx);
        return DROP;
    }
    if (ctx->set->insecure_syn && rule_allows(SYN_RESETS, tcb->state)) {
        tell(tcb, NOTICE_CONNECTION_RESET, ctx);
        take(tcb, SYN_RESETS, ctx);
        send_rst(tcb, ctx);
    } else {
        challenge(tcb, SYN_CHALLENGED, ctx);
    }
    return DROP;
}
