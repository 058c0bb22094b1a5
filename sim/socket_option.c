/*
 * The options of a socket of a model host, and its O_NONBLOCK.
 */
#include "sim/socket_parts.h"

#include <errno.h>

enum {
    /* where buffers are doubled: net.core.wmem_max and rmem_max, and what the kernel needs */
    BUFFER_MOST = 212992,
    SND_BUFFER_LEAST = 4608,
    RCV_BUFFER_LEAST = 2304,
    MSS_LEAST = 88, /* of TCP_MAXSEG */
    MSS_MOST = 32767,
    MSS_UNKNOWN = 536 /* before there is a connection: the default of MUST-15 */
};

static uint32_t buffer_of(const struct calling *c, uint32_t least)
{
    uint32_t asked = (uint32_t)c->call->value;
    if (!world_settings(c->act->world, c->host)->buffer_doubles)
        return c->call->value < 1 ? 1 : asked;
    asked = asked < BUFFER_MOST ? asked * 2 : BUFFER_MOST * 2;
    return asked < least ? least : asked;
}

/* The TCB's own options: what they kept back may go now. */
static struct call_result told_to_tcp(struct calling *c)
{
    struct tcp_use use;
    tcp_use_begin(&use, c->act, c->sock);
    tcp_options_changed(&c->sock->tcb, &use.ctx);
    tcp_use_end(&use);
    return returned(c, 0);
}

/* TCP_NODELAY pushes what TCP_CORK and MSG_MORE have kept back, once. */
static struct call_result pushed_by_tcp(struct calling *c)
{
    struct tcp_use use;
    tcp_use_begin(&use, c->act, c->sock);
    tcp_push(&c->sock->tcb, &use.ctx);
    tcp_use_end(&use);
    return returned(c, 0);
}

static struct call_result set_mss(struct calling *c)
{
    int32_t mss = c->call->value;
    if (mss != 0 && (mss < MSS_LEAST || mss > MSS_MOST))
        return failed(c, EINVAL);
    c->sock->tcb.user.mss = (uint16_t)mss;
    return told_to_tcp(c);
}

static struct call_result set_user_timeout(struct calling *c)
{
    if (c->call->value < 0)
        return failed(c, EINVAL);
    c->sock->tcb.user.user_timeout_msec = (uint32_t)c->call->value;
    return told_to_tcp(c);
}

static bool is_of_tcp(enum sock_option option)
{
    return option == OPTION_NODELAY || option == OPTION_CORK || option == OPTION_MAXSEG ||
           option == OPTION_USER_TIMEOUT || option == OPTION_QUICKACK;
}

struct call_result do_setsockopt(struct calling *c)
{
    struct sock *sock = c->sock;
    bool on = c->call->value != 0;
    if (sock->datagram && is_of_tcp(c->call->option))
        return failed(c, ENOPROTOOPT);
    switch (c->call->option) {
    case OPTION_REUSEADDR:
        sock->reuse = on;
        sock_is_listed(c->act->world, sock);
        return returned(c, 0);
    case OPTION_LINGER:
        sock->linger_sec = c->call->value < 0 ? -1 : c->call->value;
        return returned(c, 0);
    case OPTION_RCVBUF:
        sock->rcv_buffer = buffer_of(c, RCV_BUFFER_LEAST);
        sock->rcv_said = true;
        return returned(c, 0);
    case OPTION_SNDBUF:
        sock->snd_buffer = buffer_of(c, SND_BUFFER_LEAST);
        return returned(c, 0);
    case OPTION_KEEPALIVE:
        sock->tcb.user.keep_alive = on;
        return told_to_tcp(c);
    case OPTION_NODELAY:
        sock->tcb.user.nodelay = on;
        return on ? pushed_by_tcp(c) : told_to_tcp(c);
    case OPTION_CORK:
        sock->tcb.user.cork = on;
        return on ? told_to_tcp(c) : pushed_by_tcp(c);
    case OPTION_MAXSEG:
        return set_mss(c);
    case OPTION_USER_TIMEOUT:
        return set_user_timeout(c);
    case OPTION_BROADCAST:
        sock->broadcast = on;
        return returned(c, 0);
    case OPTION_QUICKACK:
        return returned(c, 0);
    case OPTION_NONE:
    case OPTION_ERROR:
    case OPTION_TYPE:
    case OPTION_ACCEPTCONN:
    case OPTION_DEFER_ACCEPT:
    case OPTION_COUNT:
        break;
    }
    return failed(c, ENOPROTOOPT);
}

static int32_t mss_of(const struct sock *sock)
{
    const struct tcb *tcb = &sock->tcb;
    if (tcb->state != CLOSED && tcb->state != LISTEN && tcb->snd.mss)
        return tcb->snd.mss;
    return tcb->user.mss ? tcb->user.mss : MSS_UNKNOWN;
}

struct call_result do_getsockopt(struct calling *c)
{
    struct sock *sock = c->sock;
    const struct user_options *user = &sock->tcb.user;
    if (sock->datagram && is_of_tcp(c->call->option))
        return failed(c, ENOPROTOOPT);
    switch (c->call->option) {
    case OPTION_REUSEADDR:
        return returned(c, sock->reuse);
    case OPTION_LINGER:
        return returned(c, sock->linger_sec);
    case OPTION_ERROR:
        return returned(c, take_error(sock));
    case OPTION_RCVBUF:
        return returned(c, (int32_t)rcv_buffer(c->act->world, sock));
    case OPTION_SNDBUF:
        return returned(c, (int32_t)sock->snd_buffer);
    case OPTION_KEEPALIVE:
        return returned(c, user->keep_alive);
    case OPTION_TYPE:
        return returned(c, sock->datagram ? TYPE_DATAGRAM : TYPE_STREAM);
    case OPTION_ACCEPTCONN:
        return returned(c, sock->listening);
    case OPTION_NODELAY:
        return returned(c, user->nodelay);
    case OPTION_CORK:
        return returned(c, user->cork);
    case OPTION_MAXSEG:
        return returned(c, mss_of(sock));
    case OPTION_USER_TIMEOUT:
        return returned(c, (int32_t)user->user_timeout_msec);
    case OPTION_BROADCAST:
        return returned(c, sock->broadcast);
    case OPTION_QUICKACK:
        return returned(c, 1);
    case OPTION_NONE:
    case OPTION_DEFER_ACCEPT:
    case OPTION_COUNT:
        break;
    }
    return failed(c, ENOPROTOOPT);
}

struct call_result do_fcntl(struct calling *c)
{
    if (c->call->flags == REQUEST_GETFL)
        return returned(c, FILE_RDWR | (c->sock->nonblock ? FILE_NONBLOCK : 0));
    if (c->call->flags != REQUEST_SETFL)
        return failed(c, EINVAL);
    c->sock->nonblock = (c->call->value & FILE_NONBLOCK) != 0;
    return returned(c, 0);
}

struct call_result do_ioctl(struct calling *c)
{
    const struct world *world = c->act->world;
    bool in = c->call->flags == REQUEST_INQ;
    if (!in && c->call->flags != REQUEST_OUTQ)
        return failed(c, EINVAL);
    int32_t octets =
        in ? world_inq(world, c->host, c->sock->fd) : world_outq(world, c->host, c->sock->fd);
    return octets < 0 ? failed(c, EINVAL) : returned(c, octets);
}
