/*
 * Looks at the TCBs of a world as no user can.
 */
#include "tests/invariants.h"

#include "sim/tcp_parts.h"
#include "sim/world_parts.h"

/* Sorted, apart from each other, beyond `from` and up to `to`; *sum are its octets. */
static bool set_is_sound(const struct range_pool *pool, uint32_t set, struct seq from,
                         struct seq to, uint32_t *sum)
{
    struct seq last = from;
    *sum = 0;
    for (const struct range *r = ranges_first(pool, set); r; r = ranges_next(pool, r)) {
        if (seq_le(r->start, last) || seq_le(r->end, r->start) || seq_gt(r->end, to))
            return false;
        last = r->end;
        *sum += seq_from(r->start, r->end);
    }
    return true;
}

static bool is_synchronized(const struct tcb *tcb)
{
    return tcb->state >= ESTABLISHED;
}

static const char *sending_fault(const struct tcb *tcb, const struct range_pool *pool)
{
    uint32_t sacked;
    if (seq_lt(tcb->snd.una, tcb->snd.iss) || seq_lt(tcb->snd.nxt, tcb->snd.una))
        return "ISS =< SND.UNA =< SND.NXT";
    if (!set_is_sound(pool, tcb->rec.sacked, tcb->snd.una, tcb->snd.nxt, &sacked))
        return "what is SACKed lies in flight, sorted and apart";
    if (tcb->agreed & HAS_SACK_PERMITTED && sacked != tcb->rec.departed)
        return "what has left the network is what is SACKed";
    if (tcb->rec.departed > seq_from(tcb->snd.una, tcb->snd.nxt))
        return "no more has left the network than was sent";
    if (is_synchronized(tcb) && tcb->rec.cwnd < send_mss(tcb))
        return "cwnd has room for a segment";
    if (seq_gt(tcb->rec.lost, tcb->snd.nxt))
        return "nothing is lost that was not sent";
    return NULL;
}

static const char *receiving_fault(const struct tcb *tcb, const struct range_pool *pool,
                                   const struct world *world, const struct settings *set)
{
    uint32_t len, room = world->limits.rcv_space_len - tcb->rcv.text.len;
    struct seq end = seq_add(tcb->rcv.nxt, room);
    if (seq_gt(tcb->rcv.nxt, tcb->rcv.right) || seq_gt(tcb->rcv.acked, tcb->rcv.nxt))
        return "acknowledged =< RCV.NXT =< right edge";
    if (!set->window_is_buffer && seq_gt(tcb->rcv.right, seq_add(end, 1)))
        return "no more is offered than there is room for";
    if (!set_is_sound(pool, tcb->rcv.beyond, tcb->rcv.nxt, end, &len))
        return "what came beyond a gap lies in the window, sorted and apart";
    if (tcb->rcv.fin_beyond && seq_lt(tcb->rcv.fin, tcb->rcv.nxt))
        return "a FIN beyond a gap is beyond RCV.NXT";
    return NULL;
}

static const char *timer_fault(const struct tcb *tcb)
{
    bool in_flight = !seq_eq(tcb->snd.una, tcb->snd.nxt);
    bool covered = timer_runs(tcb, TIMER_RETRANSMISSION) || timer_runs(tcb, TIMER_PERSIST);
    if (tcb->state == TIME_WAIT)
        return timer_runs(tcb, TIMER_TIME_WAIT) ? NULL : "TIME-WAIT ends";
    if (in_flight && !covered)
        return "a timer waits for the ACK of what is in flight";
    if (may_send_text(tcb->state) && tcp_unsent(tcb) > 0 && !covered)
        return "a timer waits for what cannot go";
    if (tcb->ack_due)
        return "an ACK that is due is sent";
    if (is_synchronized(tcb) && !seq_eq(tcb->rcv.acked, tcb->rcv.nxt) && !tcb->ack_delayed)
        return "what came is acknowledged, or will be";
    return tcb->ack_delayed == timer_runs(tcb, TIMER_DELAYED_ACK) ? NULL
                                                                  : "a delayed ACK has a timer";
}

const char *world_fault(struct world *world)
{
    struct range_pool pool = world_ranges(world);
    const char *fault = NULL;
    for (uint32_t i = 0; i < world->socks.fresh && !fault; i++) {
        const struct sock *sock = sock_at(world, i);
        const struct tcb *tcb = &sock->tcb;
        if (sock->id == 0 || tcb->state == LISTEN)
            continue;
        if (tcb->state == CLOSED) {
            bool holds = tcb->rcv.beyond || tcb->rec.sacked || tcp_deadline(tcb) != NO_DEADLINE;
            fault = holds ? "CLOSED holds nothing and waits for nothing" : NULL;
            continue;
        }
        fault = sending_fault(tcb, &pool);
        if (!fault && tcb->state != SYN_SENT)
            fault = receiving_fault(tcb, &pool, world, world_settings(world, sock->host));
        if (!fault)
            fault = timer_fault(tcb);
    }
    return fault;
}

uint32_t world_free_ranges(struct world *world)
{
    struct range_pool pool = world_ranges(world);
    uint32_t count = 0;
    for (uint32_t place = *pool.free; place; place = pool.at[place - 1].next)
        count++;
    return count;
}
