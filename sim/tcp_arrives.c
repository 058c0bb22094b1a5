/*
 * SEGMENT ARRIVES. RFC 9293, 3.10.7: one function for each state or step, in the RFC's order.
 *
 * Not here yet: text out of order is asked for again, not kept (SHLD-31); urgent data (the sixth
 * step) and security (the third, which A.1.2 lets systems without it skip).
 */
#include "sim/tcp_parts.h"

enum verdict {
    GO_ON,
    DROP
};

/* 3.10.7.1 */
static void in_closed(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (seg_has(seg, RST)) {
        take(tcb, CLOSED_GOT_RST, ctx);
        return;
    }
    take(tcb, seg_has(seg, ACK) ? CLOSED_GOT_ACK : CLOSED_GOT_OTHER, ctx);
    send_rst_in_answer(seg, ctx);
}

static void take_peer_mss(struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx)
{
    uint16_t unsaid = tcb->remote.ip.family == 6 ? 1220 : 536; /* MUST-15 */
    uint16_t mss = seg->mss ? seg->mss : unsaid;
    tcb->snd.mss = mss < ctx->mss_max ? mss : ctx->mss_max;
}

static void take_window(struct tcb *tcb, const struct segment *seg, struct seq wl2)
{
    tcb->snd.wnd = seg->wnd;
    tcb->snd.wl1 = seg->seq;
    tcb->snd.wl2 = wl2;
    if (tcb->snd.wnd > tcb->snd.max_wnd)
        tcb->snd.max_wnd = tcb->snd.wnd;
}

/* IRS and RCV.NXT from a SYN. Its text is left to be sent again: no buffer is owed before the
 * connection is open. */
static void take_irs(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    tcb->rcv.irs = seg->seq;
    tcb->rcv.nxt = seq_add(seg->seq, 1);
    tcb->rcv.right = tcb->rcv.nxt;
    take_peer_mss(tcb, seg, ctx);
    open_window(tcb, ctx);
}

/* 3.10.7.2 */
static void in_listen(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (seg_has(seg, RST)) {
        take(tcb, LISTEN_GOT_RST, ctx);
    } else if (seg_has(seg, ACK)) {
        take(tcb, LISTEN_GOT_ACK, ctx);
        send_rst_in_answer(seg, ctx);
    } else if (seg_has(seg, SYN)) {
        choose_iss(tcb, ctx);
        take_irs(tcb, seg, ctx);
        take_window(tcb, seg, tcb->snd.iss);
        take(tcb, LISTEN_GOT_SYN, ctx);
        send_syn(tcb, ctx, false);
    } else {
        take(tcb, LISTEN_GOT_OTHER, ctx);
    }
}

static bool acks_something_new(const struct tcb *tcb, const struct segment *seg)
{
    return seq_lt(tcb->snd.una, seg->ack) && seq_le(seg->ack, tcb->snd.nxt);
}

/* First: check the ACK bit. */
static enum verdict syn_sent_check_ack(struct tcb *tcb, const struct segment *seg,
                                       struct tcp_ctx *ctx)
{
    if (!seg_has(seg, ACK))
        return GO_ON;
    if (seq_gt(seg->ack, tcb->snd.iss) && seq_le(seg->ack, tcb->snd.nxt))
        return GO_ON;
    if (seg_has(seg, RST)) {
        take(tcb, SYN_SENT_BAD_ACK_RST, ctx);
        return DROP;
    }
    take(tcb, SYN_SENT_BAD_ACK, ctx);
    send_rst_in_answer(seg, ctx);
    return DROP;
}

/* Second: check the RST bit. Erratum 8167 strikes the RFC 5961 check: there is no RCV.NXT yet. */
static enum verdict syn_sent_check_rst(struct tcb *tcb, const struct segment *seg,
                                       struct tcp_ctx *ctx)
{
    if (!seg_has(seg, RST))
        return GO_ON;
    if (!seg_has(seg, ACK)) {
        take(tcb, SYN_SENT_RST_NO_ACK, ctx);
        return DROP;
    }
    tell(tcb, NOTICE_CONNECTION_RESET, ctx);
    take(tcb, SYN_SENT_REFUSED, ctx);
    return DROP;
}

static void acked(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
static void after_opening(struct tcb *tcb, struct tcp_ctx *ctx);
static void seventh_process_text(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
static void eighth_check_fin(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);

/* The segment as it goes on behind its SYN, for the steps from the sixth on. */
static struct segment behind_syn(const struct segment *seg)
{
    struct segment rest = *seg;
    rest.flags = (uint8_t)(rest.flags & ~(unsigned)SYN);
    rest.seq = seq_add(rest.seq, 1);
    return rest;
}

/* Fourth: check the SYN bit. */
static void syn_sent_check_syn(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    take_irs(tcb, seg, ctx);
    if (!seg_has(seg, ACK)) {
        take_window(tcb, seg, tcb->snd.iss);
        take(tcb, SYN_SENT_GOT_SYN, ctx);
        tcb->rtx.timing = false; /* Karn: the SYN goes out a second time */
        send_syn(tcb, ctx, false);
        return;
    }
    take(tcb, SYN_SENT_GOT_SYN_ACK, ctx);
    acked(tcb, seg, ctx);
    take_window(tcb, seg, seg->ack); /* RFC 1122, 4.2.2.20(c); RFC 9293 forgets it here */
    tcb->ack_due = true;
    struct segment rest = behind_syn(seg);
    seventh_process_text(tcb, &rest, ctx);
    eighth_check_fin(tcb, &rest, ctx);
    after_opening(tcb, ctx);
}

/* 3.10.7.3; the third step, security, is not used */
static void in_syn_sent(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (syn_sent_check_ack(tcb, seg, ctx) == DROP)
        return;
    if (syn_sent_check_rst(tcb, seg, ctx) == DROP)
        return;
    if (!seg_has(seg, SYN)) {
        take(tcb, SYN_SENT_GOT_OTHER, ctx);
        return;
    }
    syn_sent_check_syn(tcb, seg, ctx);
}

/* Table 6 allows an ACK without text no further than the window's last octet. Every stack takes it
 * at the right edge too: its sender has filled the window with text that is still under way. At a
 * zero window, where valid ACKs should be accepted all the same, it may be one further: its sender
 * has probed with an octet that was refused. */
static bool acceptable_without_text(const struct tcb *tcb, const struct segment *seg)
{
    uint32_t wnd = rcv_wnd(tcb);
    return seq_from(tcb->rcv.nxt, seg->seq) <= (wnd ? wnd : 1);
}

/* Table 6; a RST counts by SEG.SEQ alone (RFC 5961, 3.2), at a zero window too (MUST-66). Text that
 * begins before the window and ends behind it has no octet that the table looks at within, but
 * every stack takes what is. */
static bool acceptable(const struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx)
{
    bool edges = ctx->set->window_edges;
    uint32_t len = seg_has(seg, RST) ? 0 : seg_len(seg), wnd = rcv_wnd(tcb);
    struct seq last = seq_add(seg->seq, len - 1);
    if (len == 0 && edges && !seg_has(seg, RST))
        return acceptable_without_text(tcb, seg);
    if (len == 0)
        return wnd == 0 ? seq_eq(seg->seq, tcb->rcv.nxt) : seq_in(seg->seq, tcb->rcv.nxt, wnd);
    if (wnd == 0)
        return false;
    if (seq_in(seg->seq, tcb->rcv.nxt, wnd) || seq_in(last, tcb->rcv.nxt, wnd))
        return true;
    return edges && seq_lt(seg->seq, tcb->rcv.nxt) && seq_ge(last, tcb->rcv.right);
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

static enum verdict not_acceptable(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    bool at_shut_window = rcv_wnd(tcb) == 0 && seq_eq(seg->seq, tcb->rcv.nxt);
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
    take(tcb, OUTSIDE_WINDOW, ctx);
    send_ack(tcb, ctx);
    return DROP;
}

/* Cuts off what lies outside the window, so that the steps below see a segment that begins at
 * RCV.NXT or beyond and ends within the window. */
static void trim(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx)
{
    if (seq_lt(seg->seq, tcb->rcv.nxt)) {
        uint32_t old = seq_from(seg->seq, tcb->rcv.nxt);
        if (seg_has(seg, SYN))
            old--;
        if (tcb->state == SYN_RECEIVED) /* elsewhere it counts wherever it stands (RFC 5961, 4.2) */
            seg->flags = (uint8_t)(seg->flags & ~(unsigned)SYN);
        old = old < seg->text_len ? old : seg->text_len;
        ctx->text = ctx->text ? ctx->text + old : NULL;
        seg->text_len -= old;
        seg->seq = tcb->rcv.nxt;
    }
    uint32_t room = seq_from(seg->seq, tcb->rcv.right);
    if (seg->text_len + (seg_has(seg, FIN) ? 1 : 0) > room) {
        seg->flags = (uint8_t)(seg->flags & ~(unsigned)FIN);
        seg->text_len = seg->text_len < room ? seg->text_len : room;
    }
}

static enum verdict first_check_sequence(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx)
{
    if (is_early_syn_ack(tcb, seg, ctx)) {
        *seg = behind_syn(seg);
        tcb->ack_due = true;
        return GO_ON;
    }
    if (!acceptable(tcb, seg, ctx) && not_acceptable(tcb, seg, ctx) == DROP)
        return DROP;
    trim(tcb, seg, ctx);
    return GO_ON;
}

/* The CLOSE that waited for the connection closes what listens again instead. */
static void back_to_listen(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    take(tcb, rule, ctx);
    if (tcb->close_asked)
        take(tcb, CLOSE_LISTEN, ctx);
}

static enum verdict second_check_rst(struct tcb *tcb, const struct segment *seg,
                                     struct tcp_ctx *ctx)
{
    if (!seg_has(seg, RST))
        return GO_ON;
    if (!seq_eq(seg->seq, tcb->rcv.nxt)) {
        take(tcb, RST_CHALLENGED, ctx);
        send_ack(tcb, ctx);
    } else if (tcb->state == SYN_RECEIVED && tcb->passive) {
        back_to_listen(tcb, RST_BACK_TO_LISTEN, ctx);
    } else if (tcb->state == SYN_RECEIVED) {
        tell(tcb, NOTICE_CONNECTION_REFUSED, ctx);
        take(tcb, RST_REFUSES, ctx);
    } else if (rule_allows(RST_RESETS, tcb->state)) {
        tell(tcb, NOTICE_CONNECTION_RESET, ctx);
        take(tcb, RST_RESETS, ctx);
    } else {
        take(tcb, RST_ENDS_CLOSING, ctx);
    }
    return DROP;
}

static enum verdict fourth_check_syn(struct tcb *tcb, const struct segment *seg,
                                     struct tcp_ctx *ctx)
{
    if (!seg_has(seg, SYN))
        return GO_ON;
    if (tcb->state == SYN_RECEIVED && tcb->passive) {
        back_to_listen(tcb, SYN_BACK_TO_LISTEN, ctx);
        return DROP;
    }
    take(tcb, SYN_CHALLENGED, ctx);
    send_ack(tcb, ctx);
    return DROP;
}

/* SND.UNA moves on; what is acknowledged leaves the retransmission queue. */
static void acked(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    struct seq text = first_text(tcb);
    uint32_t len = seq_le(text, seg->ack) ? seq_from(text, seg->ack) : 0;
    ring_drop(&tcb->snd.text, ctx->snd_space_len,
              len < tcb->snd.text.len ? len : tcb->snd.text.len);
    tcb->snd.una = seg->ack;
    tcb->syn_acked = true;
    rtx_acked(tcb, ctx);
    if (tcb->rtx.recovering)
        send_front(tcb, ctx);
}

/* SND.WND from a segment that is not older than the one it was last taken from. */
static void update_window(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    bool newer = seq_lt(tcb->snd.wl1, seg->seq) ||
                 (seq_eq(tcb->snd.wl1, seg->seq) && seq_le(tcb->snd.wl2, seg->ack));
    if (seq_lt(seg->ack, tcb->snd.una) || !newer)
        return;
    bool opens = tcb->snd.wnd == 0 && seg->wnd > 0;
    take_window(tcb, seg, seg->ack);
    if (seg->wnd == 0 && !seq_eq(tcb->snd.una, tcb->snd.nxt))
        wait_at_zero_window(tcb, ctx);
    if (!opens)
        return;
    timer_stop(tcb, TIMER_PERSIST, ctx);
    tcb->rtx.count = 0;
    if (!seq_eq(tcb->snd.una, tcb->snd.nxt)) { /* what was refused */
        tcb->rtx.timing = false;
        tcb->rtx.recovering = true;
        tcb->rtx.recover = tcb->snd.nxt;
        send_front(tcb, ctx);
        timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
    }
}

/* The CLOSE that was queued while the connection opened (3.10.4). */
static void after_opening(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->close_asked && tcb->state == ESTABLISHED)
        take(tcb, QUEUED_CLOSE, ctx);
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
    acked(tcb, seg, ctx);
    take_window(tcb, seg, seg->ack);
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

static enum verdict fifth_check_ack(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (!seg_has(seg, ACK)) {
        take(tcb, NO_ACK, ctx);
        return DROP;
    }
    if (tcb->state == SYN_RECEIVED)
        return syn_received_check_ack(tcb, seg, ctx);
    if (ack_too_old(tcb, seg, ctx)) {
        take(tcb, ACK_OUT_OF_RANGE, ctx);
        send_ack(tcb, ctx);
        return DROP;
    }
    if (seq_gt(seg->ack, tcb->snd.nxt)) {
        take(tcb, ACK_NOT_SENT_YET, ctx);
        send_ack(tcb, ctx);
        return DROP;
    }
    if (tcb->deadline[TIMER_PERSIST] != NO_DEADLINE)
        tcb->rtx.unacked_usec = ctx->now_usec; /* the peer is there, its window shut */
    if (acks_something_new(tcb, seg)) {
        bool all_of_fin = tcb->fin_sent && seq_eq(seg->ack, tcb->snd.nxt);
        if (!all_of_fin)
            take(tcb, ACK_ADVANCES, ctx);
        acked(tcb, seg, ctx);
        if (fin_acked(tcb, ctx) == DROP)
            return DROP;
    } else if (seg_len(seg) == 0) {
        take(tcb, ACK_OF_NOTHING_NEW, ctx);
    }
    update_window(tcb, seg, ctx);
    return GO_ON;
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
    tcb->rcv.nxt = seq_add(tcb->rcv.nxt, kept);
    tcb->ack_due = true;
}

/* Text for a user who has closed for good is lost, which the peer has to know (3.6.1, SHLD-3). */
static enum verdict text_is_lost(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (!tcb->no_reader || seg->text_len == 0 || !rule_allows(TEXT_AFTER_CLOSE, tcb->state))
        return GO_ON;
    tell(tcb, NOTICE_CONNECTION_RESET, ctx);
    take(tcb, TEXT_AFTER_CLOSE, ctx);
    send_rst_in_answer(seg, ctx);
    return DROP;
}

static void eighth_check_fin(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    /* a FIN counts only where all the text before it was taken */
    if (!seg_has(seg, FIN) || !seq_eq(seq_add(seg->seq, seg->text_len), tcb->rcv.nxt))
        return;
    tcb->ack_due = true;
    if (rule_allows(FIN_AGAIN, tcb->state)) {
        take(tcb, FIN_AGAIN, ctx);
        if (tcb->state == TIME_WAIT)
            timer_arm(tcb, TIMER_TIME_WAIT, ctx->set->two_msl_usec, ctx);
        return;
    }
    tell(tcb, NOTICE_CONNECTION_CLOSING, ctx);
    tcb->rcv.nxt = seq_add(tcb->rcv.nxt, 1);
    tcb->rcv.right = seq_lt(tcb->rcv.right, tcb->rcv.nxt) ? tcb->rcv.nxt : tcb->rcv.right;
    if (tcb->state == ESTABLISHED)
        take(tcb, FIN_FROM_PEER, ctx);
    else
        take(tcb, tcb->state == FIN_WAIT_1 ? FIN_SIMULTANEOUS : FIN_ENDS_BOTH, ctx);
}

/* 3.10.7.4; the third step, security, is not used */
static void in_other_states(struct tcb *tcb, const struct segment *arrived, struct tcp_ctx *ctx)
{
    struct segment seg = *arrived;
    if (first_check_sequence(tcb, &seg, ctx) == DROP)
        return;
    if (second_check_rst(tcb, &seg, ctx) == DROP)
        return;
    if (fourth_check_syn(tcb, &seg, ctx) == DROP)
        return;
    if (fifth_check_ack(tcb, &seg, ctx) == DROP)
        return;
    if (seg_len(&seg) > 0 && seq_gt(seg.seq, tcb->rcv.nxt)) {
        take(tcb, BEYOND_NEXT, ctx);
        tcb->ack_due = true;
    } else {
        if (text_is_lost(tcb, &seg, ctx) == DROP)
            return;
        seventh_process_text(tcb, &seg, ctx);
        eighth_check_fin(tcb, &seg, ctx);
    }
    tcp_output(tcb, ctx);
}

void tcp_segment_arrives(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (tcb->state == CLOSED) {
        in_closed(tcb, seg, ctx);
    } else if (tcb->state == LISTEN) {
        in_listen(tcb, seg, ctx);
    } else if (tcb->state == SYN_SENT) {
        in_syn_sent(tcb, seg, ctx);
        tcp_output(tcb, ctx);
    } else {
        in_other_states(tcb, seg, ctx);
    }
}
