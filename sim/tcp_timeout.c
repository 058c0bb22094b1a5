/*
 * Timers: retransmission, zero-window probes, delayed ACKs, keep-alives, 2 MSL, and giving up.
 * RFC 9293, 3.8 and 3.10.8.
 */
#include "sim/tcp_parts.h"

#include <assert.h>

enum {
    R1_RETRANSMISSIONS = 3, /* SHLD-10 */
    WHEEL_TICKS = 63,       /* of each level */
    WHEEL_COARSER = 8
};

void tcb_init(struct tcb *tcb)
{
    *tcb = (struct tcb){ .state = CLOSED };
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        tcb->deadline[i] = NO_DEADLINE;
}

static void timer_event(const struct tcb *tcb, enum timer_id timer, enum timer_change change,
                        const struct tcp_ctx *ctx)
{
    if (!ctx->sink)
        return;
    struct event event = tcp_event(EV_TIMER, ctx);
    event.u.timer.at_usec = tcb->deadline[timer];
    event.u.timer.timer = (uint8_t)timer;
    event.u.timer.change = (uint8_t)change;
    emit(ctx->sink, &event);
}

/* As Linux's wheel has it: never early, and eight times as coarse for each of its levels. */
static uint64_t whole_ticks(uint64_t at_usec, uint64_t usec, uint64_t tick_usec)
{
    while (usec / WHEEL_TICKS >= tick_usec)
        tick_usec *= WHEEL_COARSER;
    return (at_usec / tick_usec + 1) * tick_usec;
}

void timer_arm(struct tcb *tcb, enum timer_id timer, uint64_t usec, struct tcp_ctx *ctx)
{
    uint64_t at = ctx->now_usec + usec;
    tcb->deadline[timer] =
        ctx->set->tick_usec > 0 ? whole_ticks(at, usec, ctx->set->tick_usec) : at;
    timer_event(tcb, timer, TIMER_ARMED, ctx);
}

void timer_stop(struct tcb *tcb, enum timer_id timer, struct tcp_ctx *ctx)
{
    if (!timer_runs(tcb, timer))
        return;
    tcb->deadline[timer] = NO_DEADLINE;
    timer_event(tcb, timer, TIMER_STOPPED, ctx);
}

static bool is_opening(const struct tcb *tcb)
{
    return tcb->state == SYN_SENT || tcb->state == SYN_RECEIVED;
}

/* How long the peer may leave something unacknowledged; 0: for ever. */
static uint64_t patience(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    if (tcb->user.user_timeout_msec) /* RFC 5482 has the same for its user timeout */
        return (uint64_t)tcb->user.user_timeout_msec * 1000;
    return is_opening(tcb) ? ctx->set->user_timeout_syn_usec : ctx->set->user_timeout_usec;
}

static bool give_up(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint64_t most = patience(tcb, ctx);
    if (most == 0 || ctx->now_usec - tcb->rtx.unacked_usec < most)
        return false;
    tell(tcb, NOTICE_USER_TIMEOUT, ctx);
    take(tcb, USER_TIMEOUT, ctx);
    return true;
}

/* No longer than patience lasts: a user who said how long means it. */
static void arm_until_patience_ends(struct tcb *tcb, enum timer_id timer, uint64_t usec,
                                    struct tcp_ctx *ctx)
{
    uint64_t end = tcb->rtx.unacked_usec + patience(tcb, ctx);
    if (tcb->user.user_timeout_msec && end > ctx->now_usec && end - ctx->now_usec < usec)
        usec = end - ctx->now_usec;
    timer_arm(tcb, timer, usec, ctx);
}

/* (5.4) to (5.6) of RFC 6298 */
static void retransmission_timeout(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (give_up(tcb, ctx))
        return;
    take(tcb, RETRANSMISSION_TIMEOUT, ctx);
    tcb->rtx.timing = false; /* Karn: no measurement over a retransmission */
    tcb->rtx.syn_lost = tcb->rtx.syn_lost || is_opening(tcb);
    if (tcb->rtx.count < UINT8_MAX)
        tcb->rtx.count++;
    if (tcb->rtx.count == R1_RETRANSMISSIONS)
        tell(tcb, NOTICE_RETRANSMITTING, ctx);
    recovery_timed_out(tcb, ctx);
    if (is_opening(tcb))
        send_syn(tcb, ctx, true);
    else
        tcp_output(tcb, ctx);
    rto_back_off(tcb, ctx);
    arm_until_patience_ends(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
}

/* RFC 8985, 6.3: what has not come by now is lost. */
static void late_timeout(struct tcb *tcb, struct tcp_ctx *ctx)
{
    tcb->rec.waits = false;
    timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
    if (!rule_allows(FAST_RETRANSMIT, tcb->state) || !recovery_waited(tcb, ctx))
        return;
    take(tcb, FAST_RETRANSMIT, ctx);
    tcp_output(tcb, ctx);
}

/* The wait doubles with each probe; the RTO does not, for nothing was lost. */
static uint64_t probe_wait(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint64_t usec = tcb->rtx.rto_usec;
    for (unsigned i = 0; i < tcb->rtx.count && usec < ctx->set->rto_max_usec; i++)
        usec *= 2;
    return usec < ctx->set->rto_max_usec ? usec : ctx->set->rto_max_usec;
}

void wait_at_zero_window(struct tcb *tcb, struct tcp_ctx *ctx)
{
    timer_stop(tcb, TIMER_RETRANSMISSION, ctx);
    tcb->rtx.timing = false;
    recovery_pause(tcb);
    tcb->rtx.unacked_usec = ctx->now_usec;
    if (timer_runs(tcb, TIMER_PERSIST))
        return;
    tcb->rtx.count = 0; /* of probes, from now on: the first waits for one RTO (SHLD-29) */
    timer_arm(tcb, TIMER_PERSIST, probe_wait(tcb, ctx), ctx);
}

/* A zero window is probed for ever, as long as the probes are answered (MUST-37): each ACK sets
 * unacked_usec anew. */
static void probe(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (give_up(tcb, ctx))
        return;
    take(tcb, PROBE_TIMEOUT, ctx);
    send_probe(tcb, ctx);
    if (tcb->rtx.count < UINT8_MAX)
        tcb->rtx.count++;
    arm_until_patience_ends(tcb, TIMER_PERSIST, probe_wait(tcb, ctx), ctx);
}

static void persist_timeout(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->snd.wnd == 0 || !seq_eq(tcb->snd.una, tcb->snd.nxt)) {
        probe(tcb, ctx);
        return;
    }
    take(tcb, OVERRIDE_TIMEOUT, ctx);
    send_small(tcb, ctx);
}

/* In FIN-WAIT-1 nothing is asked for, since the FIN waits for its ACK; FIN-WAIT-2 may follow. */
bool is_kept_alive(const struct tcb *tcb)
{
    return tcb->user.keep_alive &&
           (tcb->state == FIN_WAIT_1 || rule_allows(KEEP_ALIVE_TIMEOUT, tcb->state));
}

/* 3.8.4 (MUST-24 to MUST-29). Segments that came meanwhile only move the time on. */
static void keep_alive_timeout(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint64_t idle = ctx->now_usec - tcb->peer.heard_usec;
    bool busy = tcb->state == FIN_WAIT_1 || !seq_eq(tcb->snd.una, tcb->snd.nxt);
    if (!is_kept_alive(tcb))
        return;
    if (idle < ctx->set->keep_idle_usec || busy) {
        uint64_t rest = idle < ctx->set->keep_idle_usec ? ctx->set->keep_idle_usec - idle
                                                        : ctx->set->keep_interval_usec;
        tcb->probes = 0;
        timer_arm(tcb, TIMER_KEEP_ALIVE, rest, ctx);
    } else if (tcb->probes >= ctx->set->keep_probes) {
        tell(tcb, NOTICE_USER_TIMEOUT, ctx);
        take(tcb, KEEP_ALIVE_FAILS, ctx);
        send_rst(tcb, ctx);
    } else {
        take(tcb, KEEP_ALIVE_TIMEOUT, ctx);
        tcb->probes++;
        send_keep_alive(tcb, ctx);
        timer_arm(tcb, TIMER_KEEP_ALIVE, ctx->set->keep_interval_usec, ctx);
    }
}

void limit_fin_wait_2(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->state == FIN_WAIT_2 && tcb->no_user && ctx->set->fin_wait_2_usec)
        timer_arm(tcb, TIMER_FIN_WAIT_2, ctx->set->fin_wait_2_usec, ctx);
}

static void run_out(struct tcb *tcb, enum timer_id timer, struct tcp_ctx *ctx)
{
    switch (timer) {
    case TIMER_RETRANSMISSION:
        if (tcb->rec.waits)
            late_timeout(tcb, ctx);
        else
            retransmission_timeout(tcb, ctx);
        break;
    case TIMER_PERSIST:
        persist_timeout(tcb, ctx);
        break;
    case TIMER_TIME_WAIT:
        take(tcb, TIME_WAIT_TIMEOUT, ctx);
        break;
    case TIMER_DELAYED_ACK:
        take(tcb, DELAYED_ACK_TIMEOUT, ctx);
        tcb->ack_delayed = false;
        send_ack(tcb, ctx);
        break;
    case TIMER_KEEP_ALIVE:
        keep_alive_timeout(tcb, ctx);
        break;
    case TIMER_FIN_WAIT_2:
        take(tcb, FIN_WAIT_2_TIMEOUT, ctx);
        break;
    case TIMER_COUNT:
        assert(false && "a timer");
    }
}

enum timer_id tcp_next_timer(const struct tcb *tcb)
{
    unsigned next = 0;
    for (unsigned i = 1; i < TIMER_COUNT; i++) {
        if (tcb->deadline[i] < tcb->deadline[next])
            next = i;
    }
    assert(tcb->deadline[next] != NO_DEADLINE);
    return (enum timer_id)next;
}

uint64_t tcp_deadline(const struct tcb *tcb)
{
    uint64_t first = NO_DEADLINE;
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (tcb->deadline[i] < first)
            first = tcb->deadline[i];
    }
    return first;
}

void tcp_timeout(struct tcb *tcb, struct tcp_ctx *ctx)
{
    enum timer_id timer = tcp_next_timer(tcb);
    timer_event(tcb, timer, TIMER_RAN_OUT, ctx);
    tcb->deadline[timer] = NO_DEADLINE;
    run_out(tcb, timer, ctx);
}
