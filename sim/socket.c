/*
 * The sockets of a model host: the calls of a program, with the errors a Linux socket gives, on
 * top of the user calls of RFC 9293, 3.9.1. Every socket is non-blocking.
 */
#include "sim/world_parts.h"

#include "sim/isn.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    EPHEMERAL_FIRST = 32768, /* as Linux picks them: 32768 to 60999 */
    EPHEMERAL_COUNT = 28232,
    BACKLOG_MOST = 4096 /* somaxconn */
};

/* What one call works with. */
struct calling {
    struct act *act;
    unsigned host;
    const struct call *call;
    struct sock *sock; /* the descriptor's; NULL for socket() */
    uint8_t *into;
};

static struct call_result failed(const struct calling *c, int32_t err)
{
    return (struct call_result){ .ret = -1, .err = err, .sock = c->sock ? c->sock->id : -1 };
}

static struct call_result returned(const struct calling *c, int32_t ret)
{
    return (struct call_result){ .ret = ret, .sock = c->sock->id };
}

static struct sock *sock_of_fd(const struct world *world, unsigned host, int32_t fd)
{
    for (uint32_t i = 0; fd >= 0 && i < world->limits.sockets; i++) {
        struct sock *sock = sock_at(world, i);
        if (sock->id != 0 && sock->host == host && sock->fd == fd)
            return sock;
    }
    return NULL;
}

static int32_t lowest_free_fd(const struct world *world, unsigned host)
{
    int32_t fd = FIRST_FD;
    while (sock_of_fd(world, host, fd))
        fd++;
    return fd;
}

static struct call_result do_socket(struct calling *c)
{
    struct sock *sock = sock_new(c->act, c->host);
    if (!sock)
        return failed(c, EMFILE);
    sock->fd = lowest_free_fd(c->act->world, c->host);
    sock->accepted = true;
    memcpy(sock->name, c->call->name, sizeof sock->name);
    c->sock = sock;
    emit_socket(c->act, sock);
    return returned(c, sock->fd);
}

static bool may_share_port(const struct sock *a, const struct sock *b)
{
    return a->reuse && b->reuse && !b->listening && b->tcb.state != LISTEN;
}

/* A port that was not asked for goes with the connection it was for. */
static bool has_port(const struct sock *sock)
{
    return sock->tcb.local.port != 0 && (sock->bound || sock->tcb.state != CLOSED);
}

/* As Linux decides it: a port is taken by whatever socket has it, one in TIME-WAIT included,
 * unless both have SO_REUSEADDR and the other one does not listen. */
static bool port_is_taken(const struct world *world, const struct sock *by, uint16_t port)
{
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        const struct sock *other = sock_at(world, i);
        if (other->id == 0 || other == by || other->host != by->host || !has_port(other) ||
            other->tcb.local.port != port)
            continue;
        if (!may_share_port(by, other))
            return true;
    }
    return false;
}

static bool choose_port(struct calling *c, struct endpoint *local)
{
    uint64_t key[2] = { c->act->world->seed, c->host };
    uint8_t id = (uint8_t)c->sock->id;
    uint32_t start = (uint32_t)(siphash(key, &id, 1) % EPHEMERAL_COUNT);
    for (uint32_t i = 0; i < EPHEMERAL_COUNT; i++) {
        uint16_t port = (uint16_t)(EPHEMERAL_FIRST + (start + i) % EPHEMERAL_COUNT);
        if (!port_is_taken(c->act->world, c->sock, port)) {
            local->port = port;
            return true;
        }
    }
    return false;
}

static int32_t bind_to(struct calling *c, const struct endpoint *to)
{
    struct endpoint local = *to;
    struct ip own = world_address(c->host);
    if (local.ip.family != 0 && !ip_eq(&local.ip, &own))
        return EADDRNOTAVAIL;
    local.ip = own;
    if (local.port == 0 && !choose_port(c, &local))
        return EADDRINUSE;
    if (port_is_taken(c->act->world, c->sock, local.port))
        return EADDRINUSE;
    c->sock->tcb.local = local;
    emit_socket(c->act, c->sock);
    return 0;
}

static struct call_result do_bind(struct calling *c)
{
    if (has_port(c->sock))
        return failed(c, EINVAL);
    int32_t err = bind_to(c, &c->call->addr);
    if (err)
        return failed(c, err);
    c->sock->bound = true;
    return returned(c, 0);
}

static struct call_result do_listen(struct calling *c)
{
    struct endpoint any = { .port = 0 };
    struct sock *sock = c->sock;
    bool most = c->call->value < 0 || c->call->value > BACKLOG_MOST;
    int32_t backlog = most ? BACKLOG_MOST : c->call->value;
    if (sock->listening) { /* may be said again, to change the backlog */
        sock->backlog = backlog;
        return returned(c, 0);
    }
    if (sock->tcb.state != CLOSED || sock->connecting || sock->opened)
        return failed(c, EINVAL);
    int32_t err = has_port(sock) ? 0 : bind_to(c, &any);
    if (err)
        return failed(c, err);
    sock->listening = true;
    sock->backlog = backlog;
    if (port_is_taken(c->act->world, sock, sock->tcb.local.port)) {
        sock->listening = false;
        return failed(c, EADDRINUSE);
    }
    struct tcp_use use;
    tcp_use_begin(&use, c->act, sock);
    tcp_open(&sock->tcb, false, &use.ctx);
    tcp_use_end(&use);
    return returned(c, 0);
}

static struct call_result do_accept(struct calling *c)
{
    struct world *world = c->act->world;
    struct sock *next = NULL;
    if (!c->sock->listening)
        return failed(c, EINVAL);
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        struct sock *child = sock_at(world, i);
        if (sock_waits_for_accept(child, c->sock) && (!next || child->opened < next->opened))
            next = child;
    }
    if (!next)
        return failed(c, EAGAIN);
    next->accepted = true;
    next->fd = lowest_free_fd(world, c->host);
    memcpy(next->name, c->call->name, sizeof next->name);
    emit_socket(c->act, next);
    return (struct call_result){ .ret = next->fd, .sock = next->id, .peer = next->tcb.remote };
}

static bool same_connection_exists(const struct calling *c)
{
    const struct tcb *tcb = &c->sock->tcb;
    for (uint32_t i = 0; i < c->act->world->limits.sockets; i++) {
        const struct sock *other = sock_at(c->act->world, i);
        if (other->id != 0 && other != c->sock && other->host == c->sock->host &&
            other->tcb.state != CLOSED && endpoint_eq(&other->tcb.local, &tcb->local) &&
            endpoint_eq(&other->tcb.remote, &tcb->remote))
            return true;
    }
    return false;
}

static int32_t take_error(struct sock *sock)
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

static struct call_result do_connect(struct calling *c)
{
    struct endpoint any = { .port = 0 };
    struct sock *sock = c->sock;
    if (sock->listening)
        return failed(c, EISCONN);
    if (sock->connecting || sock->tcb.state != CLOSED || sock->opened)
        return connect_again(c);
    int32_t err = has_port(sock) ? 0 : bind_to(c, &any);
    if (err)
        return failed(c, err);
    sock->tcb.remote = c->call->addr;
    if (same_connection_exists(c)) {
        sock->tcb.remote = any;
        return failed(c, EADDRNOTAVAIL);
    }
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

static struct call_result do_send(struct calling *c)
{
    struct sock *sock = c->sock;
    uint32_t taken;
    struct tcp_use use;
    int32_t err = take_error(sock);
    if (err)
        return failed(c, err);
    if (sock->write_shut || (sock->opened && sock->tcb.state == CLOSED))
        return failed(c, EPIPE);
    if (sock->tcb.state == SYN_SENT || sock->tcb.state == SYN_RECEIVED)
        return failed(c, EAGAIN);
    if (sock->tcb.state == CLOSED || sock->tcb.state == LISTEN)
        return failed(c, EPIPE);
    tcp_use_begin(&use, c->act, sock);
    enum tcp_error error =
        tcp_send(&sock->tcb, c->call->text, c->call->text_len, 0, &taken, &use.ctx);
    tcp_use_end(&use);
    if (error == TCP_NO_RESOURCES)
        return failed(c, EAGAIN);
    return error == TCP_OK ? returned(c, (int32_t)taken) : failed(c, EPIPE);
}

static struct call_result do_recv(struct calling *c)
{
    struct sock *sock = c->sock;
    uint32_t got = 0;
    struct tcp_use use;
    if (c->call->value < 0)
        return failed(c, EINVAL);
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
    tcp_use_begin(&use, c->act, sock);
    enum tcp_error error =
        tcp_receive(&sock->tcb, c->into, (uint32_t)c->call->value, &got, &use.ctx);
    tcp_use_end(&use);
    if (error == TCP_QUEUED)
        return failed(c, EAGAIN);
    return returned(c, (int32_t)got); /* 0: "connection closing", the end of the stream */
}

static void end_connection(struct act *act, struct sock *sock, bool abort)
{
    struct tcp_use use;
    tcp_use_begin(&use, act, sock);
    if (abort)
        tcp_abort(&sock->tcb, &use.ctx);
    else
        tcp_close_both(&sock->tcb, &use.ctx);
    tcp_use_end(&use);
}

/* Connections that nobody has accepted end with their listener. */
static void stop_listening(struct act *act, struct sock *listener)
{
    for (uint32_t i = 0; i < act->world->limits.sockets; i++) {
        struct sock *child = sock_at(act->world, i);
        if (child->id == 0 || child->parent != listener->id || child->accepted)
            continue;
        end_connection(act, child, true);
        child->opened = 0;
        sock_settle(child);
    }
    end_connection(act, listener, false);
    listener->listening = false;
}

/* Before there is a connection, shutdown() on Linux ends the attempt at one. */
static struct call_result shutdown_unconnected(struct calling *c)
{
    struct sock *sock = c->sock;
    if (sock->tcb.state == LISTEN && c->call->value != HOW_WR) {
        stop_listening(c->act, sock);
    } else if (sock->tcb.state == SYN_SENT) {
        end_connection(c->act, sock, false);
        sock->connecting = false;
        sock->pending_err = ECONNRESET;
    }
    return returned(c, 0);
}

static struct call_result do_shutdown(struct calling *c)
{
    struct sock *sock = c->sock;
    enum tcp_state state = sock->tcb.state;
    if (c->call->value < HOW_RD || c->call->value > HOW_RDWR)
        return failed(c, EINVAL);
    if (state == CLOSED || state == TIME_WAIT) /* Linux: only the port is left in TIME-WAIT */
        return failed(c, ENOTCONN);
    if (state == LISTEN || state == SYN_SENT)
        return shutdown_unconnected(c);
    sock->connecting = false; /* who shuts it down knows that it is connected */
    if (c->call->value != HOW_WR) {
        sock->read_shut = true;
        tcp_no_reader(&sock->tcb);
    }
    if (c->call->value == HOW_RD || sock->write_shut)
        return returned(c, 0);
    sock->write_shut = true;
    struct tcp_use use;
    tcp_use_begin(&use, c->act, sock);
    tcp_close(&sock->tcb, &use.ctx);
    tcp_use_end(&use);
    return returned(c, 0);
}

static struct call_result do_close(struct calling *c)
{
    struct sock *sock = c->sock;
    struct call_result result = returned(c, 0);
    sock->fd = -1;
    emit_socket(c->act, sock);
    if (sock->listening)
        stop_listening(c->act, sock);
    else
        end_connection(c->act, sock, sock->linger_0);
    sock_settle(sock);
    return result;
}

static struct call_result do_setsockopt(struct calling *c)
{
    switch (c->call->option) {
    case OPTION_REUSEADDR:
        c->sock->reuse = c->call->value != 0;
        return returned(c, 0);
    case OPTION_LINGER:
        if (c->call->value != 0) /* a close() that blocks has no place here */
            return failed(c, ENOPROTOOPT);
        c->sock->linger_0 = true;
        return returned(c, 0);
    case OPTION_NONE:
    case OPTION_ERROR:
    case OPTION_DEFER_ACCEPT:
    case OPTION_RCVBUF:
    case OPTION_COUNT:
        break;
    }
    return failed(c, ENOPROTOOPT);
}

static struct call_result do_getsockopt(struct calling *c)
{
    if (c->call->option == OPTION_REUSEADDR)
        return returned(c, c->sock->reuse);
    if (c->call->option == OPTION_LINGER)
        return returned(c, c->sock->linger_0 ? 0 : -1);
    if (c->call->option != OPTION_ERROR)
        return failed(c, ENOPROTOOPT);
    return returned(c, take_error(c->sock));
}

static struct call_result dispatch(struct calling *c)
{
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
        return do_send(c);
    case CALL_RECV:
        return do_recv(c);
    case CALL_SHUTDOWN:
        return do_shutdown(c);
    case CALL_CLOSE:
        return do_close(c);
    case CALL_SETSOCKOPT:
        return do_setsockopt(c);
    case CALL_GETSOCKOPT:
        return do_getsockopt(c);
    case CALL_OP_COUNT:
        break;
    }
    return failed(c, EINVAL);
}

static void emit_call(const struct calling *c)
{
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
    struct event event = world_event(c->act, EV_RETURN, (int)c->host, result->sock);
    event.u.done.op = c->call->op;
    event.u.done.result = *result;
    event.u.done.fd = c->call->fd;
    event.u.done.option = c->call->option;
    event.u.done.asked = c->call->value;
    if (c->call->op == CALL_RECV && result->ret > 0 && c->into) {
        event.text = c->into;
        event.text_len = (uint32_t)result->ret;
    }
    emit(c->act->sink, &event);
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
    emit_return(&c, &result);
    return result;
}

static bool ready_to_read(const struct world *world, const struct sock *sock)
{
    if (!sock->listening)
        return sock->tcb.rcv.text.len > 0 || sock->read_shut || sock_at_end(sock);
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        if (sock_waits_for_accept(sock_at(world, i), sock))
            return true;
    }
    return false;
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
        return ready_to_read(world, sock);
    bool open = state == ESTABLISHED || state == CLOSE_WAIT;
    return sock->write_shut || (open && sock->tcb.snd.text.len < world->limits.snd_space_len);
}
