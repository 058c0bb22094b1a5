/*
 * What can be seen of a socket of a model host without changing it.
 */
#include "sim/world_parts.h"

/* Does Linux hold it for closed? Its connection has ended, could not be opened, or is in TIME-WAIT,
 * which there is no business of a socket's. */
static bool is_over(const struct sock *sock)
{
    enum tcp_state state = sock->tcb.state;
    return state == TIME_WAIT || (state == CLOSED && (sock->opened || sock->connecting));
}

/* So that a program is not woken for every octet, there has to be half as much room as is taken. */
static bool has_room(const struct world *world, const struct sock *sock)
{
    uint32_t limit = snd_limit(world, sock), taken = sock->tcb.snd.text.len;
    return taken < limit && limit - taken >= taken / 2;
}

static uint32_t poll_connection(const struct world *world, const struct sock *sock)
{
    enum tcp_state state = sock->tcb.state;
    bool over = is_over(sock);
    bool no_more_in = over || sock->read_shut || sock_at_end(sock);
    bool no_more_out = over || sock->write_shut;
    bool opening = state == SYN_SENT || state == SYN_RECEIVED;
    uint32_t bits = sock->pending_err ? POLL_BIT_ERR : 0;
    if ((no_more_in && no_more_out) || state == CLOSED)
        bits |= POLL_BIT_HUP;
    if (no_more_in)
        bits |= POLL_BIT_IN | POLL_BIT_RDHUP;
    if (opening)
        return bits;
    if (sock->tcb.rcv.text.len > 0)
        bits |= POLL_BIT_IN;
    if (no_more_out || has_room(world, sock))
        bits |= POLL_BIT_OUT;
    return bits | (sock->tcb.rcv.urgent ? POLL_BIT_PRI : 0);
}

static uint32_t poll_datagrams(const struct sock *sock)
{
    uint32_t bits = POLL_BIT_OUT;
    if (sock->tcb.rcv.text.len > 0 || sock->read_shut)
        bits |= POLL_BIT_IN;
    if (sock->read_shut)
        bits |= POLL_BIT_RDHUP | (sock->write_shut ? POLL_BIT_HUP : 0);
    return bits;
}

uint32_t world_poll(const struct world *world, unsigned host, int32_t fd)
{
    const struct sock *sock = sock_of_fd(world, host, fd);
    if (!sock)
        return POLL_BIT_NVAL;
    if (sock->datagram)
        return poll_datagrams(sock);
    if (sock->listening)
        return sock->queue.waiting > 0 ? POLL_BIT_IN : 0;
    return poll_connection(world, sock);
}

bool world_ready(const struct world *world, unsigned host, int32_t fd, enum readiness what)
{
    uint32_t asked = what == READY_TO_READ ? POLL_BIT_IN : POLL_BIT_OUT;
    return (world_poll(world, host, fd) & (asked | POLL_BIT_ERR | POLL_BIT_HUP)) != 0;
}

int32_t world_inq(const struct world *world, unsigned host, int32_t fd)
{
    const struct sock *sock = sock_of_fd(world, host, fd);
    return !sock || sock->tcb.state == LISTEN ? -1 : (int32_t)sock->tcb.rcv.text.len;
}

int32_t world_outq(const struct world *world, unsigned host, int32_t fd)
{
    const struct sock *sock = sock_of_fd(world, host, fd);
    if (!sock || sock->tcb.state == LISTEN)
        return -1;
    const struct tcb *tcb = &sock->tcb;
    bool opening = tcb->state == SYN_SENT || tcb->state == SYN_RECEIVED;
    if (opening || tcb->state == CLOSED || tcb->state == TIME_WAIT)
        return 0;
    bool fin_acked = tcb->fin_sent && seq_eq(tcb->snd.una, tcb->snd.nxt);
    return (int32_t)tcb->snd.text.len + (tcb->close_asked && !fin_acked ? 1 : 0);
}
