/*
 * Sending and receiving on a socket of a model host. RFC 9293, 3.10.2 and 3.10.3.
 */
#include "sim/socket_parts.h"

#include <errno.h>

struct call_result do_send(struct calling *c)
{
    struct sock *sock = c->sock;
    uint32_t taken;
    unsigned flags = (c->call->flags & MESSAGE_MORE ? SEND_MORE : 0u) |
                     (c->call->flags & MESSAGE_OOB ? SEND_URGENT : 0u);
    struct tcp_use use;
    /* Linux leaves the error for the next call where it has taken something of this one */
    int32_t err = c->call->taken_before && sock->pending_err ? EPIPE : take_error(sock);
    if (err)
        return failed(c, err);
    bool opens = sock->tcb.state == SYN_SENT || sock->tcb.state == SYN_RECEIVED;
    if (sock->write_shut && opens && sock->tcb.close_asked)
        return failed(c, EAGAIN); /* the program would wait for the connection first */
    if (sock->write_shut || (sock->opened && sock->tcb.state == CLOSED))
        return failed(c, EPIPE);
    if (opens)
        return failed(c, EAGAIN);
    if (sock->tcb.state == CLOSED || sock->tcb.state == LISTEN)
        return failed(c, EPIPE);
    tcp_use_begin(&use, c->act, sock);
    enum tcp_error error =
        tcp_send(&sock->tcb, c->call->text, c->call->text_len, flags, &taken, &use.ctx);
    tcp_use_end(&use);
    if (error == TCP_NO_RESOURCES)
        return failed(c, EAGAIN);
    return error == TCP_OK ? returned(c, (int32_t)taken) : failed(c, EPIPE);
}

static uint32_t peek(const struct calling *c)
{
    const struct world *world = c->act->world;
    const struct ring *text = &c->sock->tcb.rcv.text;
    uint32_t asked = (uint32_t)c->call->value, len = asked < text->len ? asked : text->len;
    if (c->into)
        ring_peek(text, rcv_space(world, sock_index(world, c->sock)), world->limits.rcv_space_len,
                  0, c->into, len);
    return len;
}

struct call_result do_recv(struct calling *c)
{
    struct sock *sock = c->sock;
    uint32_t got = 0;
    struct tcp_use use;
    if (c->call->value < 0 || c->call->flags & MESSAGE_OOB)
        return failed(c, EINVAL); /* urgent text is not taken out of the stream */
    if (sock->tcb.rcv.text.len == 0) {
        if (sock_at_end(sock))
            return returned(c, 0);
        int32_t err = take_error(sock);
        if (err)
            return failed(c, err);
        if (sock->read_shut || (sock->connecting && sock->tcb.state == CLOSED))
            return returned(c, 0);
    }
    if (sock->tcb.state == LISTEN || (sock->tcb.state == CLOSED && !sock->opened))
        return failed(c, ENOTCONN);
    if (c->call->flags & MESSAGE_TRUNC)
        c->into = NULL; /* counted, and thrown away */
    if (c->call->flags & MESSAGE_PEEK && sock->tcb.rcv.text.len > 0)
        return returned(c, (int32_t)peek(c));
    tcp_use_begin(&use, c->act, sock);
    enum tcp_error error =
        tcp_receive(&sock->tcb, c->into, (uint32_t)c->call->value, &got, &use.ctx);
    tcp_use_end(&use);
    if (error == TCP_QUEUED)
        return failed(c, EAGAIN);
    return returned(c, (int32_t)got); /* 0: "connection closing", the end of the stream */
}
