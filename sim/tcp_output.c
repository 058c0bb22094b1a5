/*
 * Sending: SYN, text and FIN as the window allows, ACK, RST. RFC 9293, 3.4, 3.8.6 and the
 * segments that 3.10 prints. No congestion control, Nagle or delayed ACK yet.
 */
#include "sim/tcp_parts.h"

#include "sim/isn.h"

#include <assert.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t rcv_wnd(const struct tcb *tcb)
{
    return seq_from(tcb->rcv.nxt, tcb->rcv.right);
}

void open_window(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t free = least(ctx->rcv_space_len - tcb->rcv.text.len, UINT16_MAX);
    uint32_t offered = rcv_wnd(tcb);
    uint32_t step = least(ctx->rcv_space_len / 2, ctx->mss_max);
    if (free > offered && free - offered >= step)
        tcb->rcv.right = seq_add(tcb->rcv.nxt, free);
}

struct seq first_text(const struct tcb *tcb)
{
    return tcb->syn_acked ? tcb->snd.una : seq_add(tcb->snd.iss, 1);
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

static void put_on_wire(struct tcb *tcb, struct segment *seg, const uint8_t *text, bool again,
                        struct tcp_ctx *ctx)
{
    seg->src = tcb->local;
    seg->dst = tcb->remote;
    if (seg_has(seg, ACK) && !seg_has(seg, RST)) {
        open_window(tcb, ctx);
        seg->ack = tcb->rcv.nxt;
        tcb->ack_due = false;
    }
    if (!seg_has(seg, RST))
        seg->wnd = (uint16_t)least(rcv_wnd(tcb), UINT16_MAX);
    ctx->send(ctx->send_to, seg, text, again);
}

/* A TCB may have stood for another connection before: one that went back to LISTEN, or ended. */
static void forget_connection(struct tcb *tcb)
{
    tcb->close_asked = tcb->no_reader = tcb->fin_sent = tcb->ack_due = false;
    tcb->syn_acked = false;
    tcb->notices = 0;
    tcb->snd.max_wnd = 0;
    tcb->snd.text = tcb->rcv.text = (struct ring){ 0 };
}

void choose_iss(struct tcb *tcb, struct tcp_ctx *ctx)
{
    forget_connection(tcb);
    tcb->snd.iss = isn_choose(ctx->isn_key, &tcb->local, &tcb->remote, ctx->now_usec);
    tcb->snd.una = tcb->snd.iss;
    tcb->snd.nxt = seq_add(tcb->snd.iss, 1);
    rtx_init(tcb, ctx);
}

void send_syn(struct tcb *tcb, struct tcp_ctx *ctx, bool again)
{
    struct segment seg = { .seq = tcb->snd.iss, .mss = ctx->mss_max, .flags = SYN };
    if (tcb->state != SYN_SENT)
        seg.flags |= ACK;
    else if (!again) /* the whole buffer is offered; there is no RCV.NXT yet to count from */
        tcb->rcv.right = seq_add(tcb->rcv.nxt, least(ctx->rcv_space_len, UINT16_MAX));
    put_on_wire(tcb, &seg, NULL, again, ctx);
    if (!again)
        rtx_sent(tcb, ctx);
}

void send_ack(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct segment seg = { .seq = tcb->snd.nxt, .flags = ACK };
    put_on_wire(tcb, &seg, NULL, false, ctx);
}

/* SEG.SEQ is SND.NXT, but the window's edge where more is under way than the window takes (a probe,
 * or a window that shrank): a RST counts only where the peer expects the next octet. */
void send_rst(struct tcb *tcb, struct tcp_ctx *ctx)
{
    struct seq edge = seq_add(first_text(tcb), tcb->snd.wnd);
    struct segment seg = { .flags = RST };
    seg.seq = seq_lt(edge, tcb->snd.nxt) ? edge : tcb->snd.nxt;
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

/* Sends up to len octets of text from SEG.SEQ on, with FIN where they are the last and it is
 * due; returns SEG.LEN. */
static uint32_t send_text(struct tcb *tcb, struct seq seq, uint32_t len, bool fin, bool again,
                          struct tcp_ctx *ctx)
{
    struct segment seg = { .seq = seq, .flags = ACK };
    uint32_t at = seq_from(first_text(tcb), seq);
    len = least(len, least(tcb->snd.mss, ctx->mss_max));
    seg.text_len =
        ring_peek(&tcb->snd.text, ctx->snd_space, ctx->snd_space_len, at, ctx->scratch, len);
    bool last = at + seg.text_len == tcb->snd.text.len;
    if (last && seg.text_len > 0)
        seg.flags |= PSH; /* MUST-61 */
    if (last && fin)
        seg.flags |= FIN;
    put_on_wire(tcb, &seg, ctx->scratch, again, ctx);
    return seg_len(&seg);
}

/* A CLOSE that waited is served at the moment its FIN can go. */
static bool fin_may_go(struct tcb *tcb, uint32_t room, struct tcp_ctx *ctx)
{
    uint32_t unsent = text_unsent(tcb);
    if (!tcb->close_asked || tcb->fin_sent || unsent + 1 > room || unsent > tcb->snd.mss)
        return false;
    if (tcb->state == CLOSE_WAIT)
        take(tcb, QUEUED_CLOSE_IN_CLOSE_WAIT, ctx);
    return true;
}

static bool may_send_text(enum tcp_state state)
{
    return state == ESTABLISHED || state == CLOSE_WAIT || state == FIN_WAIT_1 || state == CLOSING ||
           state == LAST_ACK;
}

/* What of the peer's window is not yet filled; 0 where it has shrunk below what is in flight. */
static uint32_t usable_window(const struct tcb *tcb)
{
    uint32_t in_flight = seq_from(tcb->snd.una, tcb->snd.nxt);
    return tcb->snd.wnd - least(tcb->snd.wnd, in_flight);
}

static bool send_next(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint32_t room = usable_window(tcb);
    uint32_t len = least(text_unsent(tcb), room);
    bool fin = fin_may_go(tcb, room, ctx);
    if (len == 0 && !fin)
        return false;
    uint32_t sent = send_text(tcb, tcb->snd.nxt, len, fin, false, ctx);
    tcb->snd.nxt = seq_add(tcb->snd.nxt, sent);
    tcb->fin_sent = tcb->fin_sent || fin;
    rtx_sent(tcb, ctx);
    return sent > 0;
}

void tcp_output(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (may_send_text(tcb->state)) {
        while (send_next(tcb, ctx))
            continue;
        bool stuck = tcb->snd.wnd == 0 && tcp_unsent(tcb) > 0 && seq_eq(tcb->snd.una, tcb->snd.nxt);
        if (stuck && tcb->deadline[TIMER_PERSIST] == NO_DEADLINE)
            wait_at_zero_window(tcb, ctx);
    }
    if (tcb->ack_due)
        send_ack(tcb, ctx);
}

void send_front(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (!tcb->syn_acked) {
        send_syn(tcb, ctx, true);
        return;
    }
    send_text(tcb, tcb->snd.una, text_in_flight(tcb), tcb->fin_sent, true, ctx);
}

void send_probe(struct tcb *tcb, struct tcp_ctx *ctx)
{
    bool again = !seq_eq(tcb->snd.una, tcb->snd.nxt);
    bool fin = tcb->fin_sent || (!again && text_unsent(tcb) == 0 && fin_may_go(tcb, 1, ctx));
    uint32_t sent = send_text(tcb, tcb->snd.una, 1, fin, again, ctx);
    if (!again)
        tcb->snd.nxt = seq_add(tcb->snd.nxt, sent);
    tcb->fin_sent = fin;
}
