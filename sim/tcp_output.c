/*
 * Sending: SYN, text and FIN as windows and the algorithms against small segments allow, ACK, RST.
 * RFC 9293, 3.4, 3.7.4, 3.8.6 and the segments that 3.10 prints.
 */
#include "sim/tcp_parts.h"

#include "sim/isn.h"

#include <assert.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct seq first_text(const struct tcb *tcb)
{
    return tcb->syn_acked ? tcb->snd.una : seq_add(tcb->snd.iss, 1);
}

static uint32_t flight(const struct tcb *tcb)
{
    return seq_from(tcb->snd.una, tcb->snd.nxt);
}

/* Octets of snd.text that have been sent and wait for their ACK. */
static uint32_t text_in_flight(const struct tcb *tcb)
{
    uint32_t fin = tcb->fin_sent && !our_fin_acked(tcb) ? 1 : 0;
    if (seq_lt(tcb->snd.nxt, first_text(tcb)))
        return 0;
    uint32_t in_flight = seq_from(first_text(tcb), tcb->snd.nxt);
    return in_flight - least(in_flight, fin);
}

static uint32_t text_unsent(const struct tcb *tcb)
{
    return tcb->snd.text.len - least(tcb->snd.text.len, text_in_flight(tcb));
}

uint32_t tcp_unsent(const struct tcb *tcb)
{
    return text_unsent(tcb) + (tcb->close_asked && !tcb->fin_sent ? 1 : 0);
}

bool our_fin_acked(const struct tcb *tcb)
{
    return tcb->fin_sent && seq_eq(tcb->snd.una, tcb->snd.nxt);
}

static void acknowledge(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx)
{
    open_window(tcb, ctx);
    seg->ack = tcb->rcv.nxt;
    tcb->rcv.acked = tcb->rcv.nxt;
    if (tcb->ack_delayed)
        timer_stop(tcb, TIMER_DELAYED_ACK, ctx);
    tcb->ack_due = tcb->ack_delayed = false;
}

static void put_on_wire(struct tcb *tcb, struct segment *seg, const uint8_t *text, bool again,
                        struct tcp_ctx *ctx)
{
    seg->src = tcb->local;
    seg->dst = tcb->remote;
    if (seg_has(seg, RST)) {
        seg->ack = seg_has(seg, ACK) ? tcb->rcv.nxt : seq_of(0);
    } else {
        if (seg_has(seg, ACK))
            acknowledge(tcb, seg, ctx);
        uint8_t scale = seg_has(seg, SYN) ? 0 : tcb->rcv.scale;
        seg->wnd = (uint16_t)least(rcv_wnd(tcb) >> scale, UINT16_MAX);
    }
    write_options(tcb, seg, ctx);
    ctx->send(ctx->send_to, seg, text, again);
}

/* A TCB may have stood for another connection before: one that went back to LISTEN, or ended. */
static void forget_connection(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct tcb fresh;
    tcb_init(&fresh);
    tcb->close_asked = tcb->no_reader = tcb->fin_sent = tcb->ack_due = tcb->ack_delayed = false;
    tcb->syn_acked = tcb->no_user = false;
    tcb->notices = 0;
    tcb->agreed = 0;
    ranges_clear(&ctx->ranges, &tcb->rcv.beyond);
    tcb->snd = fresh.snd;
    tcb->rcv = fresh.rcv;
    tcb->ts = fresh.ts;
    tcb->peer = fresh.peer;
    tcb->probes = 0;
}

void begin_with(struct tcb *tcb, struct seq iss, struct tcp_ctx *ctx)
{
    forget_connection(tcb, ctx);
    tcb->snd.iss = iss;
    tcb->snd.una = tcb->snd.pushed = tcb->snd.small = tcb->snd.iss;
    tcb->snd.nxt = seq_add(tcb->snd.iss, 1);
    tcb->rcv.offered = wanted_scale(ctx);
    rtx_init(tcb, ctx);
    recovery_init(tcb, ctx);
}

void choose_iss(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct seq iss = seq_of(0);
    if (ctx->set->isn_zero)
        take(tcb, ISS_IS_ZERO, ctx);
    else
        iss = isn_choose(ctx->isn_key, &tcb->local, &tcb->remote, ctx->now_usec);
    begin_with(tcb, iss, ctx);
}

void send_syn(struct tcb *tcb, struct tcp_ctx *ctx, bool again)
{
    struct segment seg;
    segment_begin(&seg, tcb->snd.iss, SYN);
    if (tcb->state != SYN_SENT)
        seg.flags |= ACK;
    else if (!again) /* the whole buffer is offered; there is no RCV.NXT yet to count from */
        tcb->rcv.right = seq_add(tcb->rcv.nxt, least(ctx->rcv_limit, UINT16_MAX));
    if (tcb->state == SYN_RECEIVED && ctx->set->four_way) { /* each direction by itself */
        struct segment ack;
        segment_begin(&ack, tcb->snd.iss, ACK);
        put_on_wire(tcb, &ack, NULL, again, ctx);
        seg.flags = SYN;
    }
    put_on_wire(tcb, &seg, NULL, again, ctx);
    if (!again)
        rtx_sent(tcb, ctx);
}

void send_syn_ack_once(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg = { .seq = tcb->snd.iss, .flags = SYN | ACK };
    put_on_wire(tcb, &seg, NULL, false, ctx);
}

void send_ack(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg;
    segment_begin(&seg, tcb->snd.nxt, ACK);
    put_on_wire(tcb, &seg, NULL, false, ctx);
}

static bool may_challenge(const struct tcp_ctx *ctx)
{
    struct throttle *throttle = ctx->challenges;
    if (!throttle || ctx->set->challenge_acks == 0)
        return true;
    if (ctx->now_usec - throttle->since_usec >= 1000000)
        *throttle = (struct throttle){ .since_usec = ctx->now_usec };
    if (throttle->sent >= ctx->set->challenge_acks)
        return false;
    throttle->sent++;
    return true;
}

/* Two that take each other's segments for wrong could go on for ever. */
static bool has_just_answered(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint64_t last = tcb->peer.invalid_usec;
    if (ctx->set->invalid_pause_usec == 0)
        return false;
    if (last != 0 && ctx->now_usec - last < ctx->set->invalid_pause_usec)
        return true;
    tcb->peer.invalid_usec = ctx->now_usec ? ctx->now_usec : 1;
    return false;
}

void answer_invalid(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx)
{
    bool has_text = seg_len(seg) > 0 && !seg_has(seg, SYN);
    if (!has_text && has_just_answered(tcb, ctx))
        take(tcb, ANSWER_KEPT_BACK, ctx);
    else
        send_ack(tcb, ctx);
}

void challenge(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    take(tcb, rule, ctx);
    if (has_just_answered(tcb, ctx))
        take(tcb, ANSWER_KEPT_BACK, ctx);
    else if (may_challenge(ctx))
        send_ack(tcb, ctx);
    else
        take(tcb, CHALLENGE_KEPT_BACK, ctx);
}

/* SEG.SEQ is SND.NXT, but the window's edge where more is under way than the window takes (a probe,
 * or a window that shrank): a RST counts only where the peer expects the next octet. */
void send_rst(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct seq edge = seq_add(first_text(tcb), tcb->snd.wnd);
    struct segment seg = { .flags = RST };
    seg.seq = seq_lt(edge, tcb->snd.nxt) ? edge : tcb->snd.nxt;
    if (ctx->set->reset_has_ack)
        seg.flags |= ACK;
    put_on_wire(tcb, &seg, NULL, false, ctx);
}

/* The ends are the segment's own: in CLOSED and LISTEN no connection has any. */
void send_rst_in_answer(const struct segment *seg, struct tcp_ctx *ctx)
{
    struct segment rst = { .src = seg->dst, .dst = seg->src, .flags = RST };
    if (seg_has(seg, ACK)) {
        rst.seq = seg->ack;
    } else {
        rst.ack = seq_add(seg->seq, seg_len(seg));
        rst.flags |= ACK;
    }
    ctx->send(ctx->send_to, &rst, NULL, false);
}

/* 3.8.5: the pointer names the octet after the urgent text (MUST-62). */
static void mark_urgent(const struct tcb *tcb, struct segment *seg)
{
    uint32_t ahead = seq_from(seg->seq, tcb->snd.up);
    if (!tcb->snd.urgent || seq_le(tcb->snd.up, seg->seq) || ahead > UINT16_MAX)
        return;
    seg->flags |= URG;
    seg->urgent = (uint16_t)ahead;
}

/* Sends up to len octets of text from SEG.SEQ on, with FIN where they are the last and it is
 * due; returns SEG.LEN. */
static uint32_t send_text(struct tcb *tcb, struct segment *seg, uint32_t len, bool fin, bool again,
                          struct tcp_ctx *ctx)
{
    uint32_t at = seq_from(first_text(tcb), seg->seq);
    seg->flags |= ACK;
    seg->text_len = ring_peek(&tcb->snd.text, ctx->snd_space, ctx->snd_space_len, at, ctx->scratch,
                              least(len, send_mss(tcb)));
    struct seq end = seq_add(seg->seq, seg->text_len);
    bool last = at + seg->text_len == tcb->snd.text.len;
    if (seq_lt(seg->seq, tcb->snd.pushed) && seq_ge(end, tcb->snd.pushed))
        seg->flags |= PSH; /* MUST-60 */
    if (last && fin)
        seg->flags |= FIN;
    mark_urgent(tcb, seg);
    put_on_wire(tcb, seg, ctx->scratch, again, ctx);
    return seg_len(seg);
}

/* A CLOSE that waited is served at the moment its FIN can go; cwnd does not hold it back. */
static bool fin_may_go(struct tcb *tcb, uint32_t len, uint32_t window, struct tcp_ctx *ctx)
{
    uint32_t unsent = text_unsent(tcb);
    if (!tcb->close_asked || tcb->fin_sent || unsent > len || unsent + 1 > window)
        return false;
    if (tcb->state == CLOSE_WAIT)
        take(tcb, QUEUED_CLOSE_IN_CLOSE_WAIT, ctx);
    return true;
}

bool may_send_text(enum tcp_state state)
{
    return state == ESTABLISHED || state == CLOSE_WAIT || state == FIN_WAIT_1 || state == CLOSING ||
           state == LAST_ACK;
}

/* What of the peer's window is not yet filled; 0 where it has shrunk below what is in flight. */
static uint32_t usable_window(const struct tcb *tcb)
{
    return tcb->snd.wnd - least(tcb->snd.wnd, flight(tcb));
}

static bool nagle_waits(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    if (!ctx->set->nagle || tcb->user.nodelay || tcb->close_asked)
        return false;
    if (ctx->set->nagle_minshall) /* only one small segment waits for another */
        return seq_gt(tcb->snd.small, tcb->snd.una) && seq_le(tcb->snd.small, tcb->snd.nxt);
    return flight(tcb) > 0;
}

/* May `len` octets go that do not fill a segment? They are the last of the text, or all that a
 * window lets through. 3.8.6.2.1, (2) and (3). */
static bool small_may_go(const struct tcb *tcb, uint32_t len, bool last, uint32_t window,
                         const struct tcp_ctx *ctx)
{
    bool held = !tcb->close_asked && (tcb->user.cork || tcb->snd.more);
    if (nagle_waits(tcb, ctx))
        return false;
    return last ? !held : window < text_unsent(tcb) && len >= tcb->snd.max_wnd / 2;
}

/* Octets of whole segments that go as one (a NIC cuts them up): what a millisecond's share of the
 * sending rate holds, and no more than half of cwnd, as Linux has it. */
static uint32_t burst_most(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t cwnd = tcb->rec.cwnd, mss = send_mss(tcb), min = ctx->set->burst_min;
    uint64_t srtt = tcb->rtx.srtt_usec;
    if (min <= 1 || ctx->set->stop_and_wait)
        return mss;
    uint64_t percent = cwnd < tcb->rec.ssthresh / 2 ? 200 : 120;
    uint64_t share = srtt ? cwnd * percent * 10000 / srtt / 1024 : UINT16_MAX;
    uint32_t octets = share < UINT16_MAX ? (uint32_t)share : UINT16_MAX;
    octets = octets < min * mss ? min * mss : octets;
    octets = least(octets, least(UINT16_MAX, cwnd / 2));
    return octets > mss ? octets - octets % mss : mss;
}

/* How many octets of new text may go now. */
static uint32_t sendable(const struct tcb *tcb, uint32_t window, const struct tcp_ctx *ctx)
{
    uint32_t mss = send_mss(tcb);
    uint32_t unsent = text_unsent(tcb);
    uint32_t room = least(window, recovery_room(tcb, ctx));
    uint32_t len = least(unsent, room);
    if (len == 0)
        return 0;
    uint32_t burst = len > mss ? burst_most(tcb, ctx) : mss;
    if (len >= burst)
        return burst;
    uint32_t small = len % mss;
    return small > 0 && !small_may_go(tcb, small, len == unsent, window, ctx) ? len - small : len;
}

static void send_new(struct tcb *tcb, uint32_t len, bool fin, bool push, struct tcp_ctx *ctx)
{
    struct segment seg;
    segment_begin(&seg, tcb->snd.nxt, push ? PSH : 0);
    uint32_t sent = send_text(tcb, &seg, len, fin, false, ctx);
    tcb->snd.nxt = seq_add(tcb->snd.nxt, sent);
    tcb->fin_sent = tcb->fin_sent || fin;
    if (seg.text_len < send_mss(tcb))
        tcb->snd.small = tcb->snd.nxt;
    timer_stop(tcb, TIMER_PERSIST, ctx); /* its ACK will bring us back here */
    rtx_sent(tcb, ctx);
}

static bool send_burst(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint32_t window = usable_window(tcb);
    uint32_t mss = send_mss(tcb);
    uint32_t len = sendable(tcb, window, ctx);
    bool fin = fin_may_go(tcb, len, window, ctx);
    bool many = len > mss;
    if (len == 0 && !fin)
        return false;
    for (; len > mss; len -= mss)
        send_new(tcb, mss, false, false, ctx);
    send_new(tcb, len, fin, many, ctx);
    return true;
}

/* Has our FIN to come with what is sent again? */
static bool fin_is_missing(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    return tcb->fin_sent && !ranges_with(&ctx->ranges, tcb->rec.sacked, seq_of(tcb->snd.nxt.n - 1));
}

static bool send_again(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg;
    struct seq from;
    uint32_t len;
    if (timer_runs(tcb, TIMER_PERSIST) || !recovery_next(tcb, &from, &len, ctx))
        return false;
    if (!tcb->syn_acked && seq_eq(from, tcb->snd.iss)) { /* closed before: FIN is behind it */
        send_syn(tcb, ctx, true);
        recovery_again(tcb, first_text(tcb));
        return true;
    }
    uint32_t at = seq_from(first_text(tcb), from);
    uint32_t text = at < tcb->snd.text.len ? least(len, tcb->snd.text.len - at) : 0;
    bool small = text > 0 && text < send_mss(tcb);
    segment_begin(&seg, from, small && ctx->set->small_is_pushed ? PSH : 0);
    uint32_t sent = send_text(tcb, &seg, len, fin_is_missing(tcb, ctx), true, ctx);
    recovery_again(tcb, seq_add(from, sent));
    tcb->rtx.timing = false; /* Karn */
    return sent > 0;
}

static void send_fin_again(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg = { .seq = seq_of(tcb->snd.nxt.n - 1), .flags = FIN | ACK };
    put_on_wire(tcb, &seg, NULL, true, ctx);
}

/* Nothing is in flight whose ACK would bring us back here. */
static void wait_for_better_times(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (flight(tcb) > 0 || tcp_unsent(tcb) == 0 || timer_runs(tcb, TIMER_PERSIST))
        return;
    if (tcb->snd.wnd == 0)
        wait_at_zero_window(tcb, ctx);
    else
        timer_arm(tcb, TIMER_PERSIST,
                  ctx->set->override_usec ? ctx->set->override_usec : tcb->rtx.rto_usec, ctx);
}

static void tell_of_stop_and_wait(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (ctx->set->stop_and_wait && flight(tcb) > 0 && text_unsent(tcb) > 0 &&
        rule_allows(STOP_AND_WAIT_HOLDS, tcb->state))
        take(tcb, STOP_AND_WAIT_HOLDS, ctx);
}

void tcp_output(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (may_send_text(tcb->state)) {
        struct seq before = tcb->snd.nxt;
        if (flight(tcb) == 0 && tcb->snd.text.len > 0)
            recovery_idle(tcb, ctx);
        while (send_again(tcb, ctx))
            continue;
        while (tcp_unsent(tcb) > 0 && send_burst(tcb, ctx))
            continue;
        if (!seq_eq(before, tcb->snd.nxt))
            recovery_sent(tcb, ctx);
        wait_for_better_times(tcb, ctx);
        tell_of_stop_and_wait(tcb, ctx);
    }
    if (!tcb->ack_due)
        return;
    bool both_closed = tcb->state == CLOSING || tcb->state == LAST_ACK;
    if (ctx->set->ack_repeats_fin && tcb->fin_sent && both_closed)
        send_fin_again(tcb, ctx); /* earlier, two that both do so could go on for ever */
    else
        send_ack(tcb, ctx);
}

/* What has been sent into the shut window already goes again, as little as there can be of it. */
void send_probe(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg = { .seq = tcb->snd.una, .flags = 0 };
    bool again = flight(tcb) > 0;
    if (ctx->set->probe_is_old) {
        seg = (struct segment){ .seq = seq_of(tcb->snd.una.n - 1), .flags = ACK };
        put_on_wire(tcb, &seg, NULL, false, ctx);
        return;
    }
    bool fin = tcb->fin_sent || (!again && fin_may_go(tcb, 0, 1, ctx));
    uint32_t sent = send_text(tcb, &seg, 1, fin, again, ctx);
    if (!again)
        tcb->snd.nxt = seq_add(tcb->snd.nxt, sent);
    tcb->fin_sent = fin;
}

void send_small(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint32_t window = usable_window(tcb);
    uint32_t len = least(least(text_unsent(tcb), window), send_mss(tcb));
    tcb->snd.more = false;
    send_new(tcb, len, fin_may_go(tcb, len, window, ctx), true, ctx);
    recovery_sent(tcb, ctx);
    tcp_output(tcb, ctx);
}

void send_keep_alive(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg = { .seq = seq_of(tcb->snd.nxt.n - 1), .flags = ACK };
    put_on_wire(tcb, &seg, NULL, false, ctx);
}
