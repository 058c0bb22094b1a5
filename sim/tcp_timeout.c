/*
 * Timers: the retransmission timer of RFC 6298 with Karn's rule, zero-window probes, 2 MSL, and
 * giving up. RFC 9293, 3.8 and 3.10.8.
 */
#include "sim/tcp_parts.h"

#include <assert.h>
#include <string.h>

enum {
    CLOCK_GRANULARITY_USEC = 1000, /* G of RFC 6298, 2 */
    R1_RETRANSMISSIONS = 3         /* SHLD-10 */
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
    struct event event = tcp_event(EV_TIMER, ctx);
    event.u.timer.at_usec = tcb->deadline[timer];
    event.u.timer.timer = (uint8_t)timer;
    event.u.timer.change = (uint8_t)change;
    emit(ctx->sink, &event);
}

void timer_arm(struct tcb *tcb, enum timer_id timer, uint64_t usec, struct tcp_ctx *ctx)
{
    tcb->deadline[timer] = ctx->now_usec + usec;
    timer_event(tcb, timer, TIMER_ARMED, ctx);
}

void timer_stop(struct tcb *tcb, enum timer_id timer, struct tcp_ctx *ctx)
{
    if (tcb->deadline[timer] == NO_DEADLINE)
        return;
    tcb->deadline[timer] = NO_DEADLINE;
    timer_event(tcb, timer, TIMER_STOPPED, ctx);
}

void rtx_init(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    memset(&tcb->rtx, 0, sizeof tcb->rtx);
    tcb->rtx.rto_usec = ctx->set->rto_initial_usec;
}

static uint64_t within(uint64_t usec, uint64_t min, uint64_t max)
{
    return usec < min ? min : usec > max ? max : usec;
}

/* (2.2) and (2.3) */
static void rtt_measured(struct tcb *tcb, uint64_t rtt, const struct tcp_ctx *ctx)
{
    uint64_t *srtt = &tcb->rtx.srtt_usec;
    uint64_t *rttvar = &tcb->rtx.rttvar_usec;
    if (*srtt == 0) {
        *srtt = rtt;
        *rttvar = rtt / 2;
    } else {
        uint64_t off = *srtt > rtt ? *srtt - rtt : rtt - *srtt;
        *rttvar = (3 * *rttvar + off) / 4;
        *srtt = (7 * *srtt + rtt) / 8;
    }
    uint64_t spread = 4 * *rttvar;
    if (spread < CLOCK_GRANULARITY_USEC)
        spread = CLOCK_GRANULARITY_USEC;
    tcb->rtx.rto_usec = within(*srtt + spread, ctx->set->rto_min_usec, ctx->set->rto_max_usec);
}

/* (5.1), and the start of a measurement where none is under way */
void rtx_sent(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (!tcb->rtx.timing && tcb->rtx.count == 0) {
        tcb->rtx.timing = true;
        tcb->rtx.timed = tcb->snd.nxt;
        tcb->rtx.sent_usec = ctx->now_usec;
    }
    if (tcb->deadline[TIMER_RETRANSMISSION] != NO_DEADLINE)
        return;
    tcb->rtx.unacked_usec = ctx->now_usec;
    timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
}

/* (5.2), (5.3) and, when the ACK of a SYN that was lost comes, (5.7) */
void rtx_acked(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (tcb->rtx.timing && seq_ge(tcb->snd.una, tcb->rtx.timed)) {
        tcb->rtx.timing = false;
        rtt_measured(tcb, ctx->now_usec - tcb->rtx.sent_usec, ctx);
    }
    if (tcb->rtx.syn_lost && ctx->set->rto_syn_lost_usec)
        tcb->rtx.rto_usec = ctx->set->rto_syn_lost_usec;
    tcb->rtx.syn_lost = false;
    tcb->rtx.count = 0;
    timer_stop(tcb, TIMER_PERSIST, ctx);
    tcb->rtx.unacked_usec = ctx->now_usec;
    tcb->notices &= (uint8_t) ~(1u << NOTICE_RETRANSMITTING);
    tcb->rtx.recovering = tcb->rtx.recovering && seq_lt(tcb->snd.una, tcb->rtx.recover);
    if (seq_eq(tcb->snd.una, tcb->snd.nxt))
        timer_stop(tcb, TIMER_RETRANSMISSION, ctx);
    else
        timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
}

static bool is_opening(const struct tcb *tcb)
{
    return tcb->state == SYN_SENT || tcb->state == SYN_RECEIVED;
}

static void back_off(struct tcb *tcb, const struct tcp_ctx *ctx)
{
    tcb->rtx.rto_usec =
        within(tcb->rtx.rto_usec * 2, ctx->set->rto_min_usec, ctx->set->rto_max_usec);
}

static bool give_up(struct tcb *tcb, struct tcp_ctx *ctx)
{
    uint64_t limit =
        is_opening(tcb) ? ctx->set->user_timeout_syn_usec : ctx->set->user_timeout_usec;
    if (ctx->now_usec - tcb->rtx.unacked_usec < limit)
        return false;
    tell(tcb, NOTICE_USER_TIMEOUT, ctx);
    take(tcb, USER_TIMEOUT, ctx);
    return true;
}

/* (5.4) to (5.6) */
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
    tcb->rtx.recovering = true;
    tcb->rtx.recover = tcb->snd.nxt;
    send_front(tcb, ctx);
    back_off(tcb, ctx);
    timer_arm(tcb, TIMER_RETRANSMISSION, tcb->rtx.rto_usec, ctx);
}

/* The wait doubles with each probe; the RTO does not, for nothing was lost. */
static uint64_t probe_wait(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint64_t usec = tcb->rtx.rto_usec;
    for (unsigned i = 0; i < tcb->rtx.count && usec < ctx->set->rto_max_usec; i++)
        usec *= 2;
    return within(usec, ctx->set->rto_min_usec, ctx->set->rto_max_usec);
}

void wait_at_zero_window(struct tcb *tcb, struct tcp_ctx *ctx)
{
    timer_stop(tcb, TIMER_RETRANSMISSION, ctx);
    tcb->rtx.timing = false;
    tcb->rtx.recovering = false;
    tcb->rtx.unacked_usec = ctx->now_usec;
    if (tcb->deadline[TIMER_PERSIST] == NO_DEADLINE)
        timer_arm(tcb, TIMER_PERSIST, probe_wait(tcb, ctx), ctx);
}

/* A zero window is probed for ever, as long as the probes are answered (MUST-37): each ACK sets
 * unacked_usec anew. */
static void persist_timeout(struct tcb *tcb, struct tcp_ctx *ctx)
{
    if (give_up(tcb, ctx))
        return;
    take(tcb, PROBE_TIMEOUT, ctx);
    send_probe(tcb, ctx);
    if (tcb->rtx.count < UINT8_MAX)
        tcb->rtx.count++;
    timer_arm(tcb, TIMER_PERSIST, probe_wait(tcb, ctx), ctx);
}

enum timer_id tcp_next_timer(const struct tcb *tcb)
{
    unsigned next = TIMER_COUNT;
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        bool armed = tcb->deadline[i] != NO_DEADLINE;
        if (armed && (next == TIMER_COUNT || tcb->deadline[i] < tcb->deadline[next]))
            next = i;
    }
    assert(next < TIMER_COUNT);
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
    switch (timer) {
    case TIMER_RETRANSMISSION:
        retransmission_timeout(tcb, ctx);
        break;
    case TIMER_PERSIST:
        persist_timeout(tcb, ctx);
        break;
    case TIMER_TIME_WAIT:
        take(tcb, TIME_WAIT_TIMEOUT, ctx);
        break;
    case TIMER_COUNT:
        assert(false && "a timer");
    }
}
