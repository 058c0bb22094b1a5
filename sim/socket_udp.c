/*
 * Datagram sockets of a model host: UDP, RFC 768, which has no states. A datagram goes out as a
 * whole at once and is read as a whole; one that finds no room or nobody is lost.
 *
 * Not here: ICMP, which would tell the sender of a port where nobody is, and fragments: what does
 * not fit a segment is refused as too long.
 */
#include "sim/socket_parts.h"

#include <errno.h>
#include <string.h>

enum {
    LENGTH_MOST = 65507, /* with the headers of UDP and IP it makes 65,535 */
    HEAD_LEN = 8         /* in front of each datagram that waits: length, port, address */
};

bool is_broadcast(const struct ip *ip)
{
    struct ip all = ip4(10, 9, 0, 255);
    return ip_eq(ip, &all);
}

/* ---- arriving */

static void put_in_queue(struct world *world, struct sock *sock, const struct segment *seg,
                         const uint8_t *text)
{
    uint8_t *space = rcv_space(world, sock_index(world, sock));
    uint8_t head[HEAD_LEN] = { (uint8_t)(seg->text_len >> 8), (uint8_t)seg->text_len,
                               (uint8_t)(seg->src.port >> 8), (uint8_t)seg->src.port };
    memcpy(head + 4, seg->src.ip.octet, 4);
    ring_put(&sock->tcb.rcv.text, space, world->limits.rcv_space_len, head, HEAD_LEN);
    ring_put(&sock->tcb.rcv.text, space, world->limits.rcv_space_len, text, seg->text_len);
}

static bool takes(const struct world *world, const struct sock *sock, const struct segment *seg)
{
    const struct endpoint *remote = &sock->tcb.remote;
    if (remote->port != 0 && !endpoint_eq(remote, &seg->src))
        return false;
    uint32_t limit = rcv_limit(world, sock), taken = sock->tcb.rcv.text.len;
    return !sock->read_shut && taken + HEAD_LEN + seg->text_len <= limit;
}

/* One socket takes it, who is connected to its sender before who is not; a broadcast all do. */
bool udp_arrives(struct act *act, unsigned host, const struct segment *seg, const uint8_t *text)
{
    const struct port *port = port_find(act->world, host, true, seg->dst.port);
    bool to_all = is_broadcast(&seg->dst.ip), taken = false;
    struct sock *best = NULL;
    for (uint32_t place = port ? port->listener : 0; place;) {
        struct sock *sock = sock_at(act->world, place - 1);
        place = sock->next_connection;
        if (!takes(act->world, sock, seg))
            continue;
        if (to_all)
            put_in_queue(act->world, sock, seg, text);
        else if (!best || (best->tcb.remote.port == 0 && sock->tcb.remote.port != 0))
            best = sock;
        taken = true;
    }
    if (best)
        put_in_queue(act->world, best, seg, text);
    return taken;
}

/* ---- calls */

/* A datagram socket has its port until it is closed. */
static int32_t bind_if_unbound(struct calling *c)
{
    struct endpoint any = { .port = 0 };
    int32_t err = c->sock->on_port ? 0 : bind_to(c, &any, NULL);
    if (err)
        return err;
    c->sock->bound = true;
    sock_is_listed(c->act->world, c->sock);
    return 0;
}

static struct call_result udp_connect(struct calling *c)
{
    if (is_broadcast(&c->call->addr.ip) && !c->sock->broadcast)
        return failed(c, EACCES);
    int32_t err = bind_if_unbound(c);
    if (err)
        return failed(c, err);
    c->sock->tcb.remote = c->call->addr;
    emit_socket(c->act, c->sock);
    return returned(c, 0);
}

static int32_t may_send(const struct calling *c, const struct endpoint *to)
{
    uint32_t carried = c->act->world->limits.text_len;
    if (c->sock->write_shut)
        return EPIPE;
    if (c->call->text_len > LENGTH_MOST || c->call->text_len > carried)
        return EMSGSIZE;
    if (to->ip.family == 0)
        return EDESTADDRREQ;
    if (to->port == 0)
        return EINVAL;
    return is_broadcast(&to->ip) && !c->sock->broadcast ? EACCES : 0;
}

static struct call_result udp_send(struct calling *c)
{
    const struct endpoint *to = c->call->op == CALL_SENDTO ? &c->call->addr : &c->sock->tcb.remote;
    int32_t err = may_send(c, to);
    err = err ? err : bind_if_unbound(c);
    if (err)
        return failed(c, err);
    struct segment seg = { .src = c->sock->tcb.local,
                           .dst = *to,
                           .protocol = SEGMENT_OF_UDP,
                           .text_len = c->call->text_len };
    wire_send(c->act, (int)c->host, &seg, c->call->text, false);
    return returned(c, (int32_t)c->call->text_len);
}

/* MSG_TRUNC asks how long it was, whatever of it was read. */
static struct call_result udp_recv(struct calling *c)
{
    struct ring *queue = &c->sock->tcb.rcv.text;
    const struct world *world = c->act->world;
    uint32_t space_len = world->limits.rcv_space_len, asked = (uint32_t)c->call->value;
    const uint8_t *space = rcv_space(world, sock_index(world, c->sock));
    uint8_t head[HEAD_LEN];
    if (c->call->value < 0)
        return failed(c, EINVAL);
    if (queue->len == 0)
        return c->sock->read_shut ? returned(c, 0) : failed(c, EAGAIN);
    ring_peek(queue, space, space_len, 0, head, HEAD_LEN);
    uint32_t len = (uint32_t)head[0] << 8 | head[1], read = len < asked ? len : asked;
    if (c->into)
        ring_peek(queue, space, space_len, HEAD_LEN, c->into, read);
    if (!(c->call->flags & MESSAGE_PEEK))
        ring_drop(queue, space_len, HEAD_LEN + len);
    struct call_result result = returned(c, (int32_t)(c->call->flags & MESSAGE_TRUNC ? len : read));
    result.peer.ip = ip4(head[4], head[5], head[6], head[7]);
    result.peer.port = (uint16_t)(head[2] << 8 | head[3]);
    return result;
}

static struct call_result udp_shutdown(struct calling *c)
{
    if (c->call->value < HOW_RD || c->call->value > HOW_RDWR)
        return failed(c, EINVAL);
    if (c->sock->tcb.remote.port == 0)
        return failed(c, ENOTCONN);
    c->sock->read_shut = c->sock->read_shut || c->call->value != HOW_WR;
    c->sock->write_shut = c->sock->write_shut || c->call->value != HOW_RD;
    return returned(c, 0);
}

static struct call_result udp_peer(struct calling *c)
{
    if (c->sock->tcb.remote.port == 0)
        return failed(c, ENOTCONN);
    struct call_result result = returned(c, 0);
    result.peer = c->sock->tcb.remote;
    return result;
}

/* SIOCINQ is the length of the datagram that is read next. */
static struct call_result udp_ioctl(struct calling *c)
{
    const struct world *world = c->act->world;
    uint8_t head[2];
    if (c->call->flags == REQUEST_OUTQ || c->sock->tcb.rcv.text.len == 0)
        return returned(c, 0);
    ring_peek(&c->sock->tcb.rcv.text, rcv_space(world, sock_index(world, c->sock)),
              world->limits.rcv_space_len, 0, head, sizeof head);
    return returned(c, head[0] << 8 | head[1]);
}

bool udp_call(struct calling *c, struct call_result *result)
{
    switch (c->call->op) {
    case CALL_LISTEN:
    case CALL_ACCEPT:
        *result = failed(c, EOPNOTSUPP);
        return true;
    case CALL_CONNECT:
        *result = udp_connect(c);
        return true;
    case CALL_SEND:
    case CALL_SENDTO:
        *result = udp_send(c);
        return true;
    case CALL_RECV:
    case CALL_RECVFROM:
        *result = udp_recv(c);
        return true;
    case CALL_SHUTDOWN:
        *result = udp_shutdown(c);
        return true;
    case CALL_GETPEERNAME:
        *result = udp_peer(c);
        return true;
    case CALL_IOCTL:
        *result = udp_ioctl(c);
        return true;
    case CALL_SOCKET:
    case CALL_BIND:
    case CALL_CLOSE:
    case CALL_SETSOCKOPT:
    case CALL_GETSOCKOPT:
    case CALL_GETSOCKNAME:
    case CALL_FCNTL:
    case CALL_POLL:
    case CALL_SENDFILE:
    case CALL_SPLICE:
    case CALL_OP_COUNT:
        break;
    }
    return false;
}
