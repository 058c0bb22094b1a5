/*
 * The user's calls. RFC 9293, 3.10.1 to 3.10.6, state by state as they stand there.
 */
#include "sim/tcp_parts.h"

#include <assert.h>

const char *tcp_error_words(enum tcp_error error)
{
    switch (error) {
    case TCP_OK:
        return "ok";
    case TCP_NO_CONNECTION:
        return "connection does not exist";
    case TCP_CONNECTION_EXISTS:
        return "connection already exists";
    case TCP_CONNECTION_CLOSING:
        return "connection closing";
    case TCP_NO_RESOURCES:
        return "insufficient resources";
    case TCP_REMOTE_UNSPECIFIED:
        return "remote socket unspecified";
    case TCP_QUEUED:
        return "queued";
    }
    return "";
}

static enum tcp_error go_active(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    if (tcb->remote.port == 0 || tcb->remote.ip.family == 0)
        return TCP_REMOTE_UNSPECIFIED;
    tcb->passive = false;
    choose_iss(tcb, ctx);
    take(tcb, rule, ctx);
    send_syn(tcb, ctx, false);
    return TCP_OK;
}

enum tcp_error tcp_open(struct tcb *tcb, bool active, struct tcp_ctx *ctx)
{
    if (tcb->state == CLOSED && active)
        return go_active(tcb, OPEN_ACTIVE, ctx);
    if (tcb->state == LISTEN && active)
        return go_active(tcb, OPEN_ACTIVE_IN_LISTEN, ctx);
    if (tcb->state != CLOSED)
        return TCP_CONNECTION_EXISTS;
    tcb->passive = true;
    take(tcb, OPEN_PASSIVE, ctx);
    return TCP_OK;
}

static enum tcp_error keep_text(struct tcb *tcb, const uint8_t *text, uint32_t len, unsigned flags,
                                uint32_t *taken, struct tcp_ctx *ctx)
{
    uint32_t full = ctx->snd_limit < tcb->snd.text.len ? tcb->snd.text.len : ctx->snd_limit;
    uint32_t room = full - tcb->snd.text.len;
    if (tcb->close_asked)
        return TCP_CONNECTION_CLOSING;
    if (flags & SEND_MORE && len > 0 && room > 0 && ctx->set->more_unpushes &&
        seq_gt(tcb->snd.pushed, tcb->snd.nxt))
        tcb->snd.pushed = tcb->snd.nxt;
    *taken =
        ring_put(&tcb->snd.text, ctx->snd_space, ctx->snd_space_len, text, len < room ? len : room);
    struct seq end = seq_add(first_text(tcb), tcb->snd.text.len);
    tcb->snd.more = (flags & SEND_MORE) != 0;
    if (!tcb->snd.more)
        tcb->snd.pushed = end;
    if (flags & SEND_URGENT && *taken == len) {
        tcb->snd.urgent = true;
        tcb->snd.up = end;
    }
    return *taken == 0 && len > 0 ? TCP_NO_RESOURCES : TCP_OK;
}

enum tcp_error tcp_send(struct tcb *tcb, const uint8_t *text, uint32_t len, unsigned flags,
                        uint32_t *taken, struct tcp_ctx *ctx)
{
    enum tcp_error error;
    *taken = 0;
    switch (tcb->state) {
    case CLOSED:
        return TCP_NO_CONNECTION;
    case LISTEN:
        if (len > 0 && ctx->snd_limit == 0)
            return TCP_NO_RESOURCES;
        error = go_active(tcb, SEND_IN_LISTEN, ctx);
        return error ? error : keep_text(tcb, text, len, flags, taken, ctx);
    case SYN_SENT:
    case SYN_RECEIVED:
        return keep_text(tcb, text, len, flags, taken, ctx);
    case ESTABLISHED:
    case CLOSE_WAIT:
        error = keep_text(tcb, text, len, flags, taken, ctx);
        tcp_output(tcb, ctx);
        return error;
    case FIN_WAIT_1:
    case FIN_WAIT_2:
    case CLOSING:
    case LAST_ACK:
    case TIME_WAIT:
        return TCP_CONNECTION_CLOSING;
    case TCP_STATE_COUNT:
        break;
    }
    assert(false && "a state");
    return TCP_NO_CONNECTION;
}

/* Tells the peer of the room that reading has made, once it is worth a segment, where it may be
 * waiting for that. Others learn of it with the next ACK. */
static void window_may_have_opened(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint32_t before = rcv_wnd(tcb);
    uint32_t free = ctx->rcv_limit - tcb->rcv.text.len;
    if (tcb->state != ESTABLISHED && tcb->state != FIN_WAIT_1 && tcb->state != FIN_WAIT_2)
        return;
    if (before >= ctx->mss_max && (free < before || free - before < ctx->rcv_limit / 2))
        return;
    open_window(tcb, ctx);
    if (rcv_wnd(tcb) > before)
        send_ack(tcb, ctx);
}

/* Has the user read all of the urgent text? (MUST-33) A FIN stands behind the text. */
static void urgent_text_is_read(struct tcb *tcb)
{
    bool fin = (tcb->notices & 1u << NOTICE_CONNECTION_CLOSING) != 0;
    struct seq unread = seq_of(tcb->rcv.nxt.n - fin - tcb->rcv.text.len);
    if (seq_le(tcb->rcv.up, unread))
        tcb->rcv.urgent = false;
}

enum tcp_error tcp_receive(struct tcb *tcb, uint8_t *into, uint32_t len, uint32_t *got,
                           struct tcp_ctx *ctx)
{
    *got = 0;
    if (tcb->rcv.text.len > 0) {
        *got = len < tcb->rcv.text.len ? len : tcb->rcv.text.len;
        if (into)
            ring_peek(&tcb->rcv.text, ctx->rcv_space, ctx->rcv_space_len, 0, into, *got);
        ring_drop(&tcb->rcv.text, ctx->rcv_space_len, *got);
        if (tcb->rcv.urgent)
            urgent_text_is_read(tcb);
        window_may_have_opened(tcb, ctx);
        return TCP_OK;
    }
    switch (tcb->state) {
    case CLOSED:
        return TCP_NO_CONNECTION;
    case LISTEN:
    case SYN_SENT:
    case SYN_RECEIVED:
    case ESTABLISHED:
    case FIN_WAIT_1:
    case FIN_WAIT_2:
        return TCP_QUEUED;
    case CLOSE_WAIT:
    case CLOSING:
    case LAST_ACK:
    case TIME_WAIT:
        return TCP_CONNECTION_CLOSING;
    case TCP_STATE_COUNT:
        break;
    }
    assert(false && "a state");
    return TCP_NO_CONNECTION;
}

static enum tcp_error send_fin(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    tcb->close_asked = true;
    take(tcb, rule, ctx);
    tcp_output(tcb, ctx);
    return TCP_OK;
}

static enum tcp_error end(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    take(tcb, rule, ctx);
    return TCP_OK;
}

static enum tcp_error close_queued(struct tcb *tcb, struct tcp_ctx *ctx)
{
    tcb->close_asked = true;
    take(tcb, CLOSE_IS_QUEUED, ctx);
    tcp_output(tcb, ctx); /* at a zero window it is now the FIN that has to be probed with */
    return TCP_OK;
}

enum tcp_error tcp_close(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->state != CLOSED && tcb->close_asked)
        return TCP_CONNECTION_CLOSING;
    switch (tcb->state) {
    case CLOSED:
        return TCP_NO_CONNECTION;
    case LISTEN:
        return end(tcb, CLOSE_LISTEN, ctx);
    case SYN_SENT:
        return end(tcb, CLOSE_SYN_SENT, ctx);
    case SYN_RECEIVED:
        return tcb->snd.text.len > 0 || (ctx->set->shutdown_waits && !tcb->no_user)
                   ? close_queued(tcb, ctx)
                   : send_fin(tcb, CLOSE_SYN_RECEIVED, ctx);
    case ESTABLISHED:
        return send_fin(tcb, CLOSE_ESTABLISHED, ctx);
    case CLOSE_WAIT:
        /* here the state changes when the FIN is sent, not before */
        return tcp_unsent(tcb) > 0 || tcb->snd.wnd <= seq_from(tcb->snd.una, tcb->snd.nxt)
                   ? close_queued(tcb, ctx)
                   : send_fin(tcb, CLOSE_AFTER_FIN, ctx);
    case FIN_WAIT_1:
    case FIN_WAIT_2:
    case CLOSING:
    case LAST_ACK:
    case TIME_WAIT:
        return TCP_CONNECTION_CLOSING;
    case TCP_STATE_COUNT:
        break;
    }
    assert(false && "a state");
    return TCP_NO_CONNECTION;
}

void tcp_no_reader(struct tcb *tcb)
{
    tcb->no_reader = true;
}

enum tcp_error tcp_close_both(struct tcb *tcb, struct tcp_ctx *ctx)
{
    tcp_no_reader(tcb);
    tcb->no_user = true;
    limit_fin_wait_2(tcb, ctx);
    if (tcb->rcv.text.len == 0 || !rule_allows(CLOSE_UNREAD_TEXT, tcb->state))
        return tcp_close(tcb, ctx);
    take(tcb, CLOSE_UNREAD_TEXT, ctx);
    send_rst(tcb, ctx);
    return TCP_OK;
}

enum tcp_error tcp_abort(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->state == CLOSED)
        return TCP_NO_CONNECTION;
    if (rule_allows(ABORT_SILENT, tcb->state))
        return end(tcb, ABORT_SILENT, ctx);
    if (tcb->state == SYN_RECEIVED && tcb->passive && ctx->set->abort_forgets)
        return end(tcb, ABORT_FORGETS, ctx);
    take(tcb, ABORT_RESETS, ctx);
    send_rst(tcb, ctx);
    return TCP_OK;
}

void tcp_options_changed(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (is_kept_alive(tcb) && !timer_runs(tcb, TIMER_KEEP_ALIVE))
        timer_arm(tcb, TIMER_KEEP_ALIVE, ctx->set->keep_idle_usec, ctx);
    if (may_send_text(tcb->state))
        tcp_output(tcb, ctx);
}

void tcp_push(struct tcb *tcb, struct tcp_ctx *ctx)
{
    bool cork = tcb->user.cork;
    if (!may_send_text(tcb->state))
        return;
    tcb->snd.more = tcb->user.cork = false;
    tcp_output(tcb, ctx);
    tcb->user.cork = cork;
}

struct tcp_vars tcp_status(const struct tcb *tcb)
{
    struct tcp_vars vars = { .known = 0 };
    if (tcb->state == CLOSED || tcb->state == LISTEN)
        return vars;
    vars.known = KNOWS_SEND | KNOWS_WINDOWS | KNOWS_RTO | KNOWS_QUEUES | KNOWS_CONGESTION;
    vars.iss = tcb->snd.iss;
    vars.una = tcb->snd.una;
    vars.nxt = tcb->snd.nxt;
    vars.snd_wnd = tcb->snd.wnd;
    vars.rcv_wnd = rcv_wnd(tcb);
    vars.rto_usec = tcb->rtx.rto_usec;
    vars.srtt_usec = tcb->rtx.srtt_usec;
    vars.rttvar_usec = tcb->rtx.rttvar_usec;
    vars.cwnd = tcb->rec.cwnd;
    vars.ssthresh = tcb->rec.ssthresh;
    vars.mss = send_mss(tcb);
    vars.resent = tcb->rtx.count;
    vars.unsent = tcp_unsent(tcb);
    vars.unread = tcb->rcv.text.len;
    if (tcb->state != SYN_SENT) {
        vars.known |= KNOWS_RECEIVE;
        vars.irs = tcb->rcv.irs;
        vars.rcv_nxt = tcb->rcv.nxt;
    }
    return vars;
}
