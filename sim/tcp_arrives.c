/*
 * SEGMENT ARRIVES. RFC 9293, 3.10.7: in CLOSED, LISTEN and SYN-SENT, and the order of the steps in
 * the other states, which are in tcp_check.c, tcp_ack.c and tcp_text.c.
 */
#include "sim/tcp_parts.h"

#include "sim/cookie.h"

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

/* IRS and RCV.NXT from a SYN. Its text is left to be sent again: no buffer is owed before the
 * connection is open. */
static void take_irs(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    tcb->rcv.irs = seg->seq;
    tcb->rcv.nxt = tcb->rcv.right = tcb->rcv.acked = seq_add(seg->seq, 1);
    agree_on_options(tcb, seg, ctx);
    open_window(tcb, ctx);
}

/* Without the third step of the handshake nothing shows that the SYN was not an old one. */
static void open_at_once(struct tcb *tcb, struct tcp_ctx *ctx)
{
    take(tcb, TWO_WAY_OPENS, ctx);
    tcb->snd.una = tcb->snd.nxt;
    tcb->syn_acked = true;
    tcb->rtx.timing = false;
    timer_stop(tcb, TIMER_RETRANSMISSION, ctx);
    recovery_open(tcb, false, ctx);
    after_opening(tcb, ctx);
}

static bool is_syn_fin(const struct segment *seg, const struct tcp_ctx *ctx)
{
    return ctx->set->drop_syn_fin && seg_has(seg, SYN | FIN);
}

/* There is no room to keep what the SYN says: it is dropped, or all goes into a cookie. */
static void syn_finds_no_room(struct tcb *tcb, const struct segment *syn, struct tcp_ctx *ctx)
{
    struct segment bare = *syn;
    if (!ctx->set->cookie_stamps || !ctx->set->timestamps || !(syn->has & HAS_TIMESTAMPS))
        bare.has = 0; /* what has no place in a cookie cannot be agreed on */
    if (!ctx->set->syn_cookies) {
        take(tcb, SYN_QUEUE_IS_FULL, ctx);
        return;
    }
    take(tcb, SYN_COOKIE_SENT, ctx);
    begin_with(tcb, seq_of(0), ctx);
    take_irs(tcb, &bare, ctx);
    struct cookie_of of = { tcb->local, tcb->remote, tcb->rcv.irs };
    tcb->snd.iss = cookie_make(ctx->isn_key, &of, tcb->snd.mss, ctx->now_usec);
    send_syn_ack_once(tcb, ctx);
}

/* The connection as it would be had the listener kept it. The ACK may carry text, and more. */
static void open_by_cookie(struct tcb *tcb, const struct segment *ack, struct tcp_ctx *ctx)
{
    struct segment syn = { .seq = seq_of(ack->seq.n - 1), .mss = ctx->cookie_mss };
    struct segment rest = *ack;
    if (ctx->set->cookie_stamps && ack->has & HAS_TIMESTAMPS) {
        syn.has = cookie_options(timestamp_as_clock(ack->ts_ecr, ctx), &syn.wscale);
        syn.ts_val = ack->ts_val;
    }
    begin_with(tcb, seq_of(ack->ack.n - 1), ctx);
    take_irs(tcb, &syn, ctx);
    take(tcb, SYN_COOKIE_VALID, ctx);
    tcb->snd.una = tcb->snd.nxt;
    tcb->syn_acked = true;
    take_window(tcb, ack, ack->ack);
    recovery_open(tcb, false, ctx);
    after_opening(tcb, ctx);
    if (first_check_sequence(tcb, &rest, ctx) == GO_ON)
        process_text(tcb, &rest, ctx);
    tcp_output(tcb, ctx);
}

/* 3.10.7.2 */
static void in_listen(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (seg_has(seg, RST)) {
        take(tcb, LISTEN_GOT_RST, ctx);
    } else if (seg_has(seg, SYN | ACK) && ctx->set->drop_syn_ack) {
        take(tcb, LISTEN_GOT_SYN_ACK, ctx);
    } else if (seg_has(seg, ACK) && ctx->cookie_mss) {
        open_by_cookie(tcb, seg, ctx);
    } else if (seg_has(seg, ACK)) {
        take(tcb, LISTEN_GOT_ACK, ctx);
        send_rst_in_answer(seg, ctx);
    } else if (is_syn_fin(seg, ctx)) {
        take(tcb, SYN_FIN_IGNORED, ctx);
    } else if (seg_has(seg, SYN) && ctx->syn_queue_full) {
        syn_finds_no_room(tcb, seg, ctx);
    } else if (seg_has(seg, SYN)) {
        choose_iss(tcb, ctx);
        take_irs(tcb, seg, ctx);
        take_window(tcb, seg, tcb->snd.iss);
        take(tcb, LISTEN_GOT_SYN, ctx);
        send_syn(tcb, ctx, false);
        if (ctx->set->two_way)
            open_at_once(tcb, ctx);
    } else {
        take(tcb, LISTEN_GOT_OTHER, ctx);
    }
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

/* The segment as it goes on behind its SYN, for the steps from the sixth on. */
static struct segment behind_syn(const struct segment *seg)
{
    struct segment rest = *seg;
    rest.flags = (uint8_t)(rest.flags & ~(unsigned)SYN);
    rest.seq = seq_add(rest.seq, 1);
    rest.urgent = rest.urgent > 0 ? (uint16_t)(rest.urgent - 1) : 0;
    return rest;
}

static void open_with(struct tcb *tcb, const struct segment *seg, enum rule_id rule,
                      struct tcp_ctx *ctx)
{
    bool syn_lost = syns_were_lost(tcb, ctx);
    struct segment rest = behind_syn(seg);
    take(tcb, rule, ctx);
    if (seg_has(seg, ACK))
        acked(tcb, seg, ctx);
    take_window(tcb, seg, tcb->snd.una); /* RFC 1122, 4.2.2.20(c); RFC 9293 forgets it here */
    recovery_open(tcb, syn_lost, ctx);
    tcb->ack_due = !ctx->set->two_way;
    process_text(tcb, &rest, ctx);
    after_opening(tcb, ctx);
}

/* Fourth: check the SYN bit. */
static void syn_sent_check_syn(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    take_irs(tcb, seg, ctx);
    if (seg_has(seg, ACK)) {
        open_with(tcb, seg, SYN_SENT_GOT_SYN_ACK, ctx);
    } else if (tcb->syn_acked) {
        open_with(tcb, seg, FOUR_WAY_OPENS, ctx);
    } else {
        take_window(tcb, seg, tcb->snd.iss);
        take(tcb, SYN_SENT_GOT_SYN, ctx);
        keep_early_text(tcb, seg, ctx);
        send_syn(tcb, ctx, false);
        tcb->rtx.timing = false; /* Karn: the SYN went out a second time */
    }
}

/* 3.10.7.3; the third step, security, is not used */
static void in_syn_sent(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (syn_sent_check_ack(tcb, seg, ctx) == DROP)
        return;
    if (syn_sent_check_rst(tcb, seg, ctx) == DROP)
        return;
    if (is_syn_fin(seg, ctx)) {
        take(tcb, SYN_FIN_IGNORED, ctx);
    } else if (seg_has(seg, SYN)) {
        syn_sent_check_syn(tcb, seg, ctx);
    } else if (ctx->set->four_way && seg_has(seg, ACK) && !tcb->syn_acked) {
        take(tcb, FOUR_WAY_SYN_ACKED, ctx);
        acked(tcb, seg, ctx);
    } else {
        take(tcb, SYN_SENT_GOT_OTHER, ctx);
    }
}

/* First, second, fourth and fifth; the third step, security, is not used. */
static enum verdict check_segment(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx)
{
    if (first_check_sequence(tcb, seg, ctx) == DROP)
        return DROP;
    if (second_check_rst(tcb, seg, ctx) == DROP)
        return DROP;
    if (fourth_check_syn(tcb, seg, ctx) == DROP)
        return DROP;
    return fifth_check_ack(tcb, seg, ctx);
}

/* 3.10.7.4 */
static void in_other_states(struct tcb *tcb, const struct segment *arrived, struct tcp_ctx *ctx)
{
    struct segment seg; /* to be trimmed */
    segment_copy(&seg, arrived);
    bool opening = tcb->state == SYN_RECEIVED;
    if (check_segment(tcb, &seg, ctx) == DROP) {
        tcb->ack_due = false; /* whatever it asks for, it was answered, or deserves no answer */
        return;
    }
    if (seg_has(&seg, SYN))
        seg = behind_syn(&seg);
    if (opening) /* some of it may have come early, with the SYN */
        cut_to_window(tcb, &seg, ctx);
    process_text(tcb, &seg, ctx);
    if (ctx->set->more_is_brief)
        tcb->snd.more = false;
    tcp_output(tcb, ctx);
}

/* 3.1: MUST-3 */
static bool checksum_holds(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (seg->corrupted)
        take(tcb, ctx->set->no_checksum ? CHECKSUM_IGNORED : CHECKSUM_WRONG, ctx);
    return !seg->corrupted || ctx->set->no_checksum;
}

void tcp_segment_arrives(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (!checksum_holds(tcb, seg, ctx))
        return;
    tcb->peer.heard_usec = ctx->now_usec;
    tcb->probes = 0;
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

bool tcp_makes_way(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->state != TIME_WAIT || !ctx->set->time_wait_connects || !(tcb->agreed & HAS_TIMESTAMPS))
        return false;
    take(tcb, TIME_WAIT_REUSED, ctx);
    return true;
}

bool tcp_gives_way(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    if (tcb->state != TIME_WAIT || !ctx->set->time_wait_reuse || !seg_has(seg, SYN) ||
        seg_has(seg, ACK) || seg_has(seg, RST))
        return false;
    bool stamps = ctx->set->timestamps && seg->has & HAS_TIMESTAMPS;
    bool had_stamps = (tcb->agreed & HAS_TIMESTAMPS) != 0;
    struct seq last = seq_of(tcb->ts.recent), now = seq_of(seg->ts_val);
    bool newer = stamps && (!had_stamps || seq_gt(now, last));
    bool older = stamps && had_stamps && seq_lt(now, last);
    if (older || (!newer && !seq_gt(seg->seq, tcb->rcv.nxt)))
        return false;
    take(tcb, TIME_WAIT_REUSED, ctx);
    return true;
}
