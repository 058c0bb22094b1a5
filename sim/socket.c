/*
 * The sockets of a model host: the calls of a program, with the errors a Linux socket gives, on
 * top of the user calls of RFC 9293, 3.9.1. None waits; that its program would is said.
 */
#include "sim/socket_parts.h"

#include "sim/isn.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    EPHEMERAL_FIRST = 32768, /* as Linux picks them: 32768 to 60999 */
    EPHEMERAL_COUNT = 28232,
    BACKLOG_MOST = 4096 /* somaxconn */
};

struct call_result failed(const struct calling *c, int32_t err)
{
    return (struct call_result){ .ret = -1, .err = err, .sock = c->sock ? c->sock->id : -1 };
}

struct call_result returned(const struct calling *c, int32_t ret)
{
    return (struct call_result){ .ret = ret, .sock = c->sock->id };
}

/* Where octets are counted nobody could tell where a datagram ends. */
static struct call_result do_socket(struct calling *c)
{
    bool datagram = c->call->value == TYPE_DATAGRAM;
    if (datagram && c->act->world->limits.counted)
        return failed(c, EPROTONOSUPPORT);
    struct sock *sock = sock_new(c->act, c->host);
    if (!sock)
        return failed(c, EMFILE);
    sock->datagram = datagram;
    fd_give(c->act->world, sock);
    sock->accepted = true;
    memcpy(sock->name, c->call->name, sizeof sock->name);
    c->sock = sock;
    emit_socket(c->act, sock);
    return returned(c, sock->fd);
}

/* As Linux decides it: a port is taken by whatever socket has it, one in TIME-WAIT included,
 * unless both have SO_REUSEADDR and the other one does not listen. */
static bool port_is_taken(const struct world *world, const struct sock *by, uint16_t number)
{
    const struct port *port = port_find(world, by->host, by->datagram, number);
    if (!port)
        return false;
    unsigned own = by->tcb.local.port == number ? by->on_port : 0;
    uint32_t others = port->owners - ((own & OWNS) != 0);
    uint32_t strict = port->strict - ((own & STRICT) != 0);
    return others > 0 &&
           (!by->reuse || strict > 0 || (port->listener && !by->datagram && !(own & LISTENS)));
}

/* Where connect() picks a port, other connections may have it too, as long as they go elsewhere. */
static bool port_serves(const struct calling *c, const struct endpoint *local,
                        const struct endpoint *remote)
{
    const struct world *world = c->act->world;
    if (!remote)
        return !port_is_taken(world, c->sock, local->port);
    const struct port *port = port_find(world, c->host, false, local->port);
    return !port || (port->asked == 0 && !sock_of_connection(world, c->host, local, remote));
}

/* First a port that nobody guesses (RFC 6056, 3.3), and where that is taken those behind the last
 * one found so, which most often are free. */
static bool choose_port(struct calling *c, struct endpoint *local, const struct endpoint *remote)
{
    struct host *host = host_at(c->act->world, c->host);
    uint64_t key[2] = { c->act->world->seed, c->host };
    uint8_t id[4] = { (uint8_t)c->sock->id, (uint8_t)(c->sock->id >> 8),
                      (uint8_t)(c->sock->id >> 16), (uint8_t)(c->sock->id >> 24) };
    uint64_t guess = siphash(key, id, c->sock->id <= UINT8_MAX ? 1 : sizeof id);
    local->port = (uint16_t)(EPHEMERAL_FIRST + guess % EPHEMERAL_COUNT);
    for (uint32_t i = 0; i <= EPHEMERAL_COUNT; i++) {
        if (port_serves(c, local, remote)) {
            host->last_port = i > 0 ? local->port : host->last_port;
            return true;
        }
        uint16_t last = i == 0 && host->last_port ? host->last_port : local->port;
        local->port = last + 1 < EPHEMERAL_FIRST + EPHEMERAL_COUNT ? (uint16_t)(last + 1)
                                                                   : (uint16_t)EPHEMERAL_FIRST;
    }
    return false;
}

int32_t bind_to(struct calling *c, const struct endpoint *to, const struct endpoint *remote)
{
    struct endpoint local = *to;
    struct ip own = world_ip(c->act->world, c->host);
    if (local.ip.family != 0 && !ip_eq(&local.ip, &own))
        return EADDRNOTAVAIL;
    local.ip = own;
    if (local.port == 0 && !choose_port(c, &local, remote))
        return remote ? EADDRNOTAVAIL : EADDRINUSE;
    if (!remote && port_is_taken(c->act->world, c->sock, local.port))
        return EADDRINUSE;
    c->sock->tcb.local = local;
    emit_socket(c->act, c->sock);
    return 0;
}

static struct call_result do_bind(struct calling *c)
{
    if (c->sock->on_port)
        return failed(c, EINVAL);
    int32_t err = bind_to(c, &c->call->addr, NULL);
    if (err)
        return failed(c, err);
    c->sock->bound = true;
    sock_is_listed(c->act->world, c->sock);
    return returned(c, 0);
}

static struct call_result do_listen(struct calling *c)
{
    struct endpoint any = { .port = 0 };
    struct sock *sock = c->sock;
    bool most = c->call->value < 0 || c->call->value > BACKLOG_MOST;
    uint16_t backlog = most ? BACKLOG_MOST : (uint16_t)c->call->value;
    if (sock->listening) { /* may be said again, to change the backlog */
        sock->queue.backlog = backlog;
        return returned(c, 0);
    }
    if (sock->tcb.state != CLOSED || sock->connecting || sock->opened)
        return failed(c, EINVAL);
    int32_t err = sock->on_port ? 0 : bind_to(c, &any, NULL);
    if (err)
        return failed(c, err);
    if (port_is_taken(c->act->world, sock, sock->tcb.local.port))
        return failed(c, EADDRINUSE);
    sock->listening = true;
    memset(&sock->queue, 0, sizeof sock->queue);
    sock->queue.backlog = backlog;
    struct tcp_use use;
    tcp_use_begin(&use, c->act, sock);
    tcp_open(&sock->tcb, false, &use.ctx);
    tcp_use_end(&use);
    return returned(c, 0);
}

static struct call_result do_accept(struct calling *c)
{
    struct world *world = c->act->world;
    struct sock *listener = c->sock;
    if (!listener->listening)
        return failed(c, EINVAL);
    if (!listener->queue.to_accept.first)
        return failed(c, EAGAIN);
    struct sock *next = sock_at(world, listener->queue.to_accept.first - 1);
    row_remove(world, &listener->queue.to_accept, next);
    listener->queue.waiting--;
    next->accepted = true;
    fd_give(world, next);
    memcpy(next->name, c->call->name, sizeof next->name);
    emit_socket(c->act, next);
    return (struct call_result){ .ret = next->fd, .sock = next->id, .peer = next->tcb.remote };
}

int32_t take_error(struct sock *sock)
{
    int32_t err = sock->pending_err;
    sock->pending_err = 0;
    return err;
}

/* connect() on a socket that has been told to before: reports how far that has come. What failed
 * is reported as "aborted" where somebody else has taken the error, and can be tried anew. */
static struct call_result connect_again(struct calling *c)
{
    struct sock *sock = c->sock;
    if (sock->tcb.state == SYN_SENT || sock->tcb.state == SYN_RECEIVED)
        return failed(c, EALREADY);
    if (!sock->connecting)
        return failed(c, EISCONN);
    sock->connecting = false;
    if (sock->tcb.state != CLOSED)
        return returned(c, 0);
    sock->opened = 0;
    int32_t err = take_error(sock);
    return failed(c, err ? err : ECONNABORTED);
}

/* Is there a connection between these ends already, that does not make way? */
static bool is_connected(struct calling *c, const struct endpoint *remote)
{
    struct sock *other = sock_of_connection(c->act->world, c->host, &c->sock->tcb.local, remote);
    if (!other)
        return false;
    struct tcp_use use;
    tcp_use_begin(&use, c->act, other);
    bool stays = !tcp_makes_way(&other->tcb, &use.ctx);
    tcp_use_end(&use);
    if (!stays)
        sock_settle(c->act, other);
    return stays;
}

static struct call_result do_connect(struct calling *c)
{
    struct endpoint any = { .port = 0 };
    struct sock *sock = c->sock;
    if (sock->listening)
        return failed(c, EISCONN);
    if (sock->connecting || sock->tcb.state != CLOSED || sock->opened)
        return connect_again(c);
    const struct endpoint *remote = &c->call->addr;
    if (remote->ip.family != 0 && !ip_is_unicast(&remote->ip)) /* MUST-46 */
        return failed(c, ENETUNREACH);
    int32_t err = sock->on_port ? 0 : bind_to(c, &any, remote);
    if (err)
        return failed(c, err);
    if (is_connected(c, remote))
        return failed(c, EADDRNOTAVAIL);
    sock->tcb.remote = *remote;
    emit_socket(c->act, sock);
    sock->connecting = true;
    sock->pending_err = 0;
    struct tcp_use use;
    tcp_use_begin(&use, c->act, sock);
    if (tcp_open(&sock->tcb, true, &use.ctx) != TCP_OK)
        sock->pending_err = ECONNREFUSED; /* nobody is at port 0 */
    tcp_use_end(&use);
    return failed(c, EINPROGRESS);
}

static struct call_result do_getsockname(struct calling *c)
{
    struct call_result result = returned(c, 0);
    result.peer = c->sock->tcb.local;
    return result;
}

static struct call_result do_getpeername(struct calling *c)
{
    enum tcp_state state = c->sock->tcb.state;
    if (state == CLOSED || state == LISTEN || state == SYN_SENT || state == TIME_WAIT)
        return failed(c, ENOTCONN);
    struct call_result result = returned(c, 0);
    result.peer = c->sock->tcb.remote;
    return result;
}

static struct call_result do_poll(struct calling *c)
{
    return returned(c, (int32_t)world_poll(c->act->world, c->host, c->sock->fd));
}

static struct call_result dispatch(struct calling *c)
{
    struct call_result result;
    if (c->sock && c->sock->datagram && udp_call(c, &result))
        return result;
    switch (c->call->op) {
    case CALL_SOCKET:
        return do_socket(c);
    case CALL_BIND:
        return do_bind(c);
    case CALL_LISTEN:
        return do_listen(c);
    case CALL_ACCEPT:
        return do_accept(c);
    case CALL_CONNECT:
        return do_connect(c);
    case CALL_SEND:
    case CALL_SENDTO: /* a stream goes where it goes */
        return do_send(c);
    case CALL_RECV:
    case CALL_RECVFROM:
        return do_recv(c);
    case CALL_SHUTDOWN:
        return do_shutdown(c);
    case CALL_CLOSE:
        return do_close(c);
    case CALL_SETSOCKOPT:
        return do_setsockopt(c);
    case CALL_GETSOCKOPT:
        return do_getsockopt(c);
    case CALL_GETSOCKNAME:
        return do_getsockname(c);
    case CALL_GETPEERNAME:
        return do_getpeername(c);
    case CALL_FCNTL:
        return do_fcntl(c);
    case CALL_IOCTL:
        return do_ioctl(c);
    case CALL_POLL:
        return do_poll(c);
    case CALL_SENDFILE:
    case CALL_SPLICE:
    case CALL_OP_COUNT:
        break;
    }
    return failed(c, EINVAL);
}

static void emit_call(const struct calling *c)
{
    if (!is_heard(c->act))
        return;
    struct event event =
        world_event(c->act, EV_CALL, (int)c->host, c->sock ? c->sock->id : NO_SOCKET);
    event.text = c->call->text;
    event.text_len = c->call->text_len;
    event.u.call = *c->call;
    event.u.call.text = NULL;
    emit(c->act->sink, &event);
}

static void emit_return(const struct calling *c, const struct call_result *result)
{
    if (!is_heard(c->act))
        return;
    struct event event = world_event(c->act, EV_RETURN, (int)c->host, result->sock);
    event.u.done.op = c->call->op;
    event.u.done.result = *result;
    event.u.done.fd = c->call->fd;
    event.u.done.option = c->call->option;
    event.u.done.asked = c->call->value;
    bool received = c->call->op == CALL_RECV || c->call->op == CALL_RECVFROM;
    if (received && result->ret > 0 && c->into) {
        event.text = c->into;
        event.text_len = (uint32_t)(result->ret < c->call->value ? result->ret : c->call->value);
    }
    emit(c->act->sink, &event);
}

/* Would the program still wait? A send does as long as any of it is not taken. */
static bool would_wait(const struct calling *c, const struct call_result *result)
{
    if (!c->sock || c->sock->nonblock || c->call->flags & MESSAGE_DONTWAIT)
        return false;
    if ((c->call->op == CALL_SEND || c->call->op == CALL_SENDTO) && result->ret >= 0)
        return (uint32_t)result->ret < c->call->text_len;
    bool connecting = c->call->op == CALL_CONNECT && result->err == EALREADY;
    return result->ret < 0 && (connecting || result->err == EAGAIN || result->err == EINPROGRESS);
}

struct call_result socket_call(struct act *act, unsigned host, const struct call *call,
                               uint8_t *into)
{
    struct calling c = { .act = act, .host = host, .call = call, .into = into };
    struct call_result result;
    assert(host < act->world->limits.hosts);
    c.sock = call->op == CALL_SOCKET ? NULL : sock_of_fd(act->world, host, call->fd);
    emit_call(&c);
    result = call->op != CALL_SOCKET && !c.sock ? failed(&c, EBADF) : dispatch(&c);
    result.blocks = would_wait(&c, &result);
    emit_return(&c, &result);
    return result;
}
