/*
 * The one place where a connection changes its state, and what entering a state brings about.
 */
#include "sim/tcp_parts.h"

#include <assert.h>

struct event tcp_event(enum event_kind kind, const struct tcp_ctx *ctx)
{
    return (struct event){ .usec = ctx->now_usec,
                           .kind = (uint8_t)kind,
                           .lane = LANE_MODEL,
                           .host = ctx->host,
                           .sock = ctx->sock };
}

void tell(struct tcb *tcb, enum tcp_notice notice, struct tcp_ctx *ctx)
{
    uint8_t bit = (uint8_t)(1u << notice);
    if (tcb->notices & bit)
        return;
    tcb->notices |= bit;
    if (!ctx->sink)
        return;
    struct event event = tcp_event(EV_SIGNAL, ctx);
    event.u.notice = notice;
    emit(ctx->sink, &event);
}

static void stop_timers(struct tcb *tcb, struct tcp_ctx *ctx)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        timer_stop(tcb, (enum timer_id)i, ctx);
}

/* Text that was received stays for its user to read, even in CLOSED. */
static void flush(struct tcb *tcb, struct tcp_ctx *ctx)
{
    stop_timers(tcb, ctx);
    recovery_clear(tcb, ctx);
    ranges_clear(&ctx->ranges, &tcb->rcv.beyond);
    tcb->snd.text = (struct ring){ 0 };
    tcb->ack_due = tcb->ack_delayed = false;
}

static void enter(struct tcb *tcb, enum tcp_state state, struct tcp_ctx *ctx)
{
    switch (state) {
    case CLOSED:
    case LISTEN:
        flush(tcb, ctx);
        break;
    case TIME_WAIT:
        stop_timers(tcb, ctx);
        timer_arm(tcb, TIMER_TIME_WAIT, ctx->set->two_msl_usec, ctx);
        break;
    case SYN_SENT:
    case SYN_RECEIVED:
    case ESTABLISHED:
    case FIN_WAIT_1:
    case FIN_WAIT_2:
    case CLOSE_WAIT:
    case CLOSING:
    case LAST_ACK:
        break;
    case TCP_STATE_COUNT:
        assert(false && "a state");
    }
}

static void show(enum rule_id rule, enum tcp_state from, enum tcp_state to,
                 const struct tcp_ctx *ctx)
{
    struct event event = tcp_event(from == to ? EV_RULE : EV_STATE, ctx);
    event.u.state.rule = rule;
    event.u.state.from = (uint8_t)from;
    event.u.state.to = (uint8_t)to;
    event.u.state.source = BY_RULE;
    emit(ctx->sink, &event);
}

void take(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx)
{
    enum tcp_state from = tcb->state;
    enum tcp_state to = rule_leads_to(rule, from);
    tcb->state = to;
    if (ctx->sink)
        show(rule, from, to, ctx);
    if (from != to)
        enter(tcb, to, ctx);
}
