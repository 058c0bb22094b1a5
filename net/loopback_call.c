/*
 * Calls on the lane: told, made, their return told, and then what they have led to looked at.
 */
#include "net/address.h"
#include "net/kernel_call.h"
#include "net/loopback_parts.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void tell_call(struct loopback *lo, unsigned host, int32_t sock, const struct call *call)
{
    struct event event = loopback_event(lo, EV_CALL, (int)host, sock);
    event.u.call = *call;
    event.u.call.text = NULL;
    event.text = call->text;
    event.text_len = call->text_len;
    emit(&lo->lane.sink, &event);
}

static void tell_return(struct loopback *lo, unsigned host, const struct call *call,
                        const struct call_result *result, const uint8_t *received)
{
    struct event event = loopback_event(lo, EV_RETURN, (int)host, result->sock);
    event.u.done.op = call->op;
    event.u.done.result = *result;
    event.u.done.fd = call->fd;
    event.u.done.option = call->option;
    event.u.done.asked = call->value;
    bool shown =
        (call->op == CALL_RECV || call->op == CALL_RECVFROM) && !(call->flags & MESSAGE_TRUNC);
    if (shown && result->ret > 0) {
        event.text = received;
        event.text_len = (uint32_t)result->ret;
    }
    emit(&lo->lane.sink, &event);
}

static struct call_result refused(int32_t err)
{
    return (struct call_result){ .ret = -1, .err = err, .sock = -1 };
}

static void take_name(struct loopback_sock *sock, const struct call *call)
{
    memcpy(sock->name, call->name, sizeof sock->name);
    sock->name[sizeof sock->name - 1] = '\0';
}

static void take_descriptor(struct loopback_sock *sock, int32_t fd, const struct call *call)
{
    sock->fd = fd;
    sock->had_fd = true;
    take_name(sock, call);
}

static struct call_result make_socket(struct loopback *lo, unsigned host, const struct call *call)
{
    struct loopback_sock *sock = loopback_sock_new(host, -1);
    if (!sock)
        return refused(ENOMEM);
    struct call_result result = kernel_call(call, NULL);
    if (result.ret < 0) {
        free(sock);
        return result;
    }
    take_descriptor(sock, result.ret, call);
    loopback_sock_add(lo, sock);
    loopback_tell_socket(lo, sock);
    result.sock = sock->id;
    return result;
}

/* The connection may have been seen while it waited; then that is who it is. */
static struct call_result make_accept(struct loopback *lo, const struct loopback_sock *listening,
                                      const struct call *call)
{
    struct loopback_sock *spare = loopback_sock_new((unsigned)listening->host, listening->id);
    if (!spare)
        return refused(ENOMEM);
    struct call_result result = kernel_call(call, NULL);
    result.sock = listening->id;
    if (result.ret < 0) {
        free(spare);
        return result;
    }
    struct loopback_sock *sock = loopback_waiting(lo, listening->id, &result.peer);
    if (sock) {
        free(spare);
    } else {
        sock = spare;
        sock->local = address_local(result.ret);
        sock->remote = result.peer;
        loopback_sock_add(lo, sock);
    }
    take_descriptor(sock, result.ret, call);
    loopback_tell_socket(lo, sock);
    result.sock = sock->id;
    return result;
}

/* What the call has changed of the socket's descriptor and names. */
static void update(struct loopback *lo, struct loopback_sock *sock, const struct call *call,
                   const struct call_result *result)
{
    bool began = result->ret == 0 || result->err == EINPROGRESS;
    const struct endpoint local = sock->local, remote = sock->remote;
    if (call->op == CALL_CLOSE) { /* Linux has let go of it whatever it answers */
        sock->fd = -1;
        loopback_tell_socket(lo, sock);
        return;
    }
    if (call->op != CALL_BIND && call->op != CALL_LISTEN && call->op != CALL_CONNECT)
        return;
    sock->local = address_local(sock->fd);
    if (call->op == CALL_CONNECT && began)
        sock->remote = call->addr;
    if (!endpoint_eq(&local, &sock->local) || !endpoint_eq(&remote, &sock->remote))
        loopback_tell_socket(lo, sock);
}

static struct call_result make(struct loopback *lo, unsigned host, struct loopback_sock *sock,
                               const struct call *call, uint8_t *into)
{
    if (call->op == CALL_SOCKET)
        return make_socket(lo, host, call);
    if (!sock)
        return refused(EBADF);
    if (call->op == CALL_ACCEPT)
        return make_accept(lo, sock, call);
    struct call_result result = kernel_call(call, into);
    result.sock = sock->id;
    update(lo, sock, call, &result);
    return result;
}

/* Else the kernel would connect from 127.0.0.1 whoever connects, and would listen on every
 * address of the machine, the network's among them. */
static void bind_before(struct loopback *lo, unsigned host, const struct loopback_sock *sock,
                        const struct call *call)
{
    if (!sock || sock->local.ip.family != 0 ||
        (call->op != CALL_CONNECT && call->op != CALL_LISTEN))
        return;
    struct call bind = { .op = CALL_BIND, .fd = call->fd, .addr = { .ip = lo->ip[host] } };
    loopback_call(&lo->lane, host, &bind, NULL);
}

struct call_result loopback_call(struct lane *lane, unsigned host, const struct call *call,
                                 uint8_t *into)
{
    struct loopback *lo = loopback_of(lane);
    struct call made = *call;
    assert(host < lo->hosts && call->op < CALL_OP_COUNT);
    struct loopback_sock *sock = NULL;
    if (call->op != CALL_SOCKET)
        sock = loopback_by_fd(lo, host, call->fd);
    if (call->op == CALL_BIND && made.addr.ip.family == 0)
        made.addr.ip = lo->ip[host];
    bind_before(lo, host, sock, &made);
    tell_call(lo, host, sock ? sock->id : -1, &made);
    struct call_result result = make(lo, host, sock, &made, into);
    tell_return(lo, host, &made, &result, into);
    loopback_settle(lo);
    return result;
}

bool loopback_ready(struct lane *lane, unsigned host, int32_t fd, enum readiness what)
{
    short events = what == READY_TO_READ ? POLLIN : POLLOUT;
    struct pollfd poll_fd = { .fd = fd, .events = events };
    if (!loopback_by_fd(loopback_of(lane), host, fd))
        return false;
    return poll(&poll_fd, 1, 0) > 0;
}
