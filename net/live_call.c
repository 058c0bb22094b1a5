/*
 * Calls on the lane: told, made, their return told, and then what they have led to looked at.
 */
#include "net/address.h"
#include "net/kernel_call.h"
#include "net/live_parts.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void tell_call(struct live *live, unsigned host, int32_t sock, const struct call *call)
{
    struct event event = live_event(live, EV_CALL, (int)host, sock);
    event.u.call = *call;
    event.u.call.text = NULL;
    event.text = call->text;
    event.text_len = call->text_len;
    emit(&live->lane.sink, &event);
}

static void tell_return(struct live *live, unsigned host, const struct call *call,
                        const struct call_result *result, const uint8_t *received)
{
    struct event event = live_event(live, EV_RETURN, (int)host, result->sock);
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
    emit(&live->lane.sink, &event);
}

static struct call_result refused(int32_t err)
{
    return (struct call_result){ .ret = -1, .err = err, .sock = -1 };
}

static void take_name(struct live_sock *sock, const struct call *call)
{
    memcpy(sock->name, call->name, sizeof sock->name);
    sock->name[sizeof sock->name - 1] = '\0';
}

static void take_descriptor(struct live_sock *sock, int32_t fd, const struct call *call)
{
    sock->fd = fd;
    sock->had_fd = true;
    take_name(sock, call);
}

/* Where the kernel has none other than this, it takes this all the same. */
static const char reno[] = "reno";

static struct call_result make_socket(struct live *live, unsigned host, const struct call *call)
{
    struct live_sock *sock = live_sock_new(host, -1);
    if (!sock)
        return refused(ENOMEM);
    if (call->value == TYPE_DATAGRAM) { /* what is seen of sockets on this lane is TCP's */
        free(sock);
        return refused(EPROTONOSUPPORT);
    }
    struct call_result result = { .ret = live_socket(live, host), .sock = -1 };
    if (result.ret < 0) {
        result.err = errno;
        free(sock);
        return result;
    }
    (void)setsockopt(result.ret, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof reno - 1);
    take_descriptor(sock, result.ret, call);
    live_sock_add(live, sock);
    live_tell_socket(live, sock);
    result.sock = sock->id;
    return result;
}

/* The connection may have been seen while it waited; then that is who it is. */
static struct call_result make_accept(struct live *live, const struct live_sock *listening,
                                      const struct call *call)
{
    struct live_sock *spare = live_sock_new((unsigned)listening->host, listening->id);
    if (!spare)
        return refused(ENOMEM);
    struct call_result result = kernel_call(call, NULL);
    result.sock = listening->id;
    if (result.ret < 0) {
        free(spare);
        return result;
    }
    struct live_sock *sock = live_waiting(live, listening->id, &result.peer);
    if (sock) {
        free(spare);
    } else {
        sock = spare;
        sock->local = address_local(result.ret);
        sock->remote = result.peer;
        live_sock_add(live, sock);
    }
    take_descriptor(sock, result.ret, call);
    live_tell_socket(live, sock);
    result.sock = sock->id;
    return result;
}

/* What the call has changed of the socket's descriptor and names. */
static void update(struct live *live, struct live_sock *sock, const struct call *call,
                   const struct call_result *result)
{
    bool began = result->ret == 0 || result->err == EINPROGRESS;
    const struct endpoint local = sock->local, remote = sock->remote;
    if (call->op == CALL_CLOSE) { /* Linux has let go of it whatever it answers */
        sock->fd = -1;
        live_tell_socket(live, sock);
        return;
    }
    if (call->op != CALL_BIND && call->op != CALL_LISTEN && call->op != CALL_CONNECT)
        return;
    sock->local = address_local(sock->fd);
    if (call->op == CALL_CONNECT && began)
        sock->remote = call->addr;
    if (!endpoint_eq(&local, &sock->local) || !endpoint_eq(&remote, &sock->remote))
        live_tell_socket(live, sock);
}

static struct call_result make(struct live *live, unsigned host, struct live_sock *sock,
                               const struct call *call, uint8_t *into)
{
    if (call->op == CALL_SOCKET)
        return make_socket(live, host, call);
    if (!sock)
        return refused(EBADF);
    if (call->op == CALL_ACCEPT)
        return make_accept(live, sock, call);
    struct call_result result = kernel_call(call, into);
    result.sock = sock->id;
    update(live, sock, call, &result);
    return result;
}

/* On loopback: else the kernel would connect from 127.0.0.1 whoever connects, and would listen on
 * every address of the machine, the network's among them. */
static void bind_before(struct live *live, unsigned host, const struct live_sock *sock,
                        const struct call *call)
{
    if (live->lane.wire_in_hand || !sock || sock->local.ip.family != 0 ||
        (call->op != CALL_CONNECT && call->op != CALL_LISTEN))
        return;
    struct call bind = { .op = CALL_BIND, .fd = call->fd, .addr = { .ip = live->ip[host] } };
    live_call(&live->lane, host, &bind, NULL);
}

struct call_result live_call(struct lane *lane, unsigned host, const struct call *call,
                             uint8_t *into)
{
    struct live *live = live_of(lane);
    struct call made = *call;
    assert(host < live->hosts && call->op < CALL_OP_COUNT);
    if (live->is_model[host])
        return live_model_call(live, host, call, into);
    struct live_sock *sock = NULL;
    if (call->op != CALL_SOCKET)
        sock = live_by_fd(live, host, call->fd);
    if (call->op == CALL_BIND && made.addr.ip.family == 0)
        made.addr.ip = live->ip[host];
    bind_before(live, host, sock, &made);
    tell_call(live, host, sock ? sock->id : -1, &made);
    struct call_result result = make(live, host, sock, &made, into);
    if (lane->wire_in_hand)
        live_take_sent(live);
    tell_return(live, host, &made, &result, into);
    if (lane->wire_in_hand)
        live_look_at_sockets(live);
    else
        live_settle(live);
    return result;
}

bool live_ready(struct lane *lane, unsigned host, int32_t fd, enum readiness what)
{
    short events = what == READY_TO_READ ? POLLIN : POLLOUT;
    struct pollfd poll_fd = { .fd = fd, .events = events };
    if (live_of(lane)->is_model[host])
        return world_ready(live_of(lane)->model.world, host, fd, what);
    if (!live_by_fd(live_of(lane), host, fd))
        return false;
    return poll(&poll_fd, 1, 0) > 0;
}
