/*
 * What can be seen of a socket of a model host without changing it.
 */
#include "sim/world_parts.h"

static bool ready_to_read(const struct sock *sock)
{
    if (sock->listening)
        return sock->queue.waiting > 0;
    return sock->tcb.rcv.text.len > 0 || sock->read_shut || sock_at_end(sock);
}

bool world_ready(const struct world *world, unsigned host, int32_t fd, enum readiness what)
{
    const struct sock *sock = sock_of_fd(world, host, fd);
    if (!sock)
        return false;
    enum tcp_state state = sock->tcb.state;
    if (sock->pending_err != 0 || (state == CLOSED && sock->opened))
        return true;
    if (what == READY_TO_READ)
        return ready_to_read(sock);
    bool open = state == ESTABLISHED || state == CLOSE_WAIT;
    return sock->write_shut || (open && sock->tcb.snd.text.len < world->limits.snd_space_len);
}
