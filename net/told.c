/*
 * Calls with their events. The sockets that are known stand in a list, and by their descriptors.
 */
#include "net/told_parts.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/kernel_call.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    TEXT_MAX = 4096, /* octets of a text that are told */
    FDS_FIRST = 64
};

struct told *told_open(struct sink sink)
{
    struct net_error ignored;
    struct told *told = calloc(1, sizeof *told);
    if (!told)
        return NULL;
    *told = (struct told){ .sink = sink, .began_usec = clock_usec(), .diag = diag_open(&ignored) };
    return told;
}

void told_close(struct told *told)
{
    if (!told)
        return;
    while (told->first) {
        struct told_sock *sock = told->first;
        told->first = sock->next;
        free(sock);
    }
    if (told->diag)
        diag_close(told->diag);
    free(told->by_fd);
    free(told);
}

uint64_t told_began(const struct told *told)
{
    return told->began_usec;
}

void told_timers(struct told *told)
{
    told->tells_timers = true;
}

struct event told_event(const struct told *told, enum event_kind kind, int32_t sock)
{
    return (struct event){ .usec = clock_usec() - told->began_usec,
                           .kind = (uint8_t)kind,
                           .lane = LANE_KERNEL,
                           .host = 0,
                           .sock = sock };
}

static struct told_sock *by_fd(struct told *told, int32_t fd)
{
    return fd >= 0 && (size_t)fd < told->fds ? told->by_fd[fd] : NULL;
}

static bool keep_by_fd(struct told *told, int32_t fd, struct told_sock *sock)
{
    size_t fds = told->fds ? told->fds : FDS_FIRST;
    while (fds <= (size_t)fd)
        fds *= 2;
    if (fds > told->fds) {
        struct told_sock **moved = realloc(told->by_fd, fds * sizeof(struct told_sock *));
        if (!moved)
            return false;
        for (size_t i = told->fds; i < fds; i++)
            moved[i] = NULL;
        told->by_fd = moved;
        told->fds = fds;
    }
    told->by_fd[fd] = sock;
    return true;
}

static struct told_sock **bucket_of(struct told *told, const struct told_sock *sock)
{
    return &told->buckets[sock->remote.port % BUCKETS];
}

static void put_in_bucket(struct told *told, struct told_sock *sock)
{
    struct told_sock **at = bucket_of(told, sock);
    sock->beside = *at;
    *at = sock;
}

void told_take_out(struct told *told, const struct told_sock *sock)
{
    struct told_sock **at = bucket_of(told, sock);
    while (*at != sock)
        at = &(*at)->beside;
    *at = sock->beside;
}

void told_tell_names(struct told *told, const struct told_sock *sock)
{
    struct event event = told_event(told, EV_SOCKET, sock->id);
    event.u.socket.fd = sock->fd;
    event.u.socket.parent = sock->parent;
    event.u.socket.local = sock->local;
    event.u.socket.remote = sock->remote;
    emit(&told->sink, &event);
}

static struct told_sock *add(struct told *told, int32_t fd, int32_t parent, bool datagrams)
{
    struct told_sock *sock = calloc(1, sizeof *sock);
    if (!sock || !keep_by_fd(told, fd, sock)) {
        free(sock);
        return NULL;
    }
    *sock = (struct told_sock){ .next = told->first,
                                .id = told->next_id++,
                                .fd = fd,
                                .parent = parent,
                                .datagrams = datagrams,
                                .state = parent < 0 ? CLOSED : LISTEN };
    told->first = sock;
    put_in_bucket(told, sock);
    told->count++;
    return sock;
}

/* Names that the kernel has given since. */
static void learn_names(struct told *told, struct told_sock *sock)
{
    struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof name;
    struct endpoint local = address_local(sock->fd), remote = sock->remote;
    if (getpeername(sock->fd, (struct sockaddr *)&name, &len) == 0)
        remote = address_endpoint(&name);
    if (endpoint_eq(&local, &sock->local) && endpoint_eq(&remote, &sock->remote))
        return;
    told_take_out(told, sock);
    sock->local = local;
    sock->remote = remote;
    put_in_bucket(told, sock);
    told_tell_names(told, sock);
}

static int real_socket(uint8_t family, enum socket_type type, bool both)
{
    int only = !both;
    int kind = type == TYPE_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;
    int fd = socket(family == 6 ? AF_INET6 : AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && family == 6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    return fd;
}

static void tell_call(struct told *told, int32_t sock, const struct call *call)
{
    struct event event = told_event(told, EV_CALL, sock);
    event.u.call = *call;
    event.text = call->text;
    event.text_len = call->text_len < TEXT_MAX ? call->text_len : TEXT_MAX;
    emit(&told->sink, &event);
}

static void tell_return(struct told *told, int32_t sock, const struct call *call,
                        const struct call_result *result, const uint8_t *into)
{
    struct event event = told_event(told, EV_RETURN, sock);
    event.u.done.op = call->op;
    event.u.done.fd = call->fd;
    event.u.done.result = *result;
    event.u.done.asked = call->value;
    event.u.done.option = call->option;
    if ((call->op == CALL_RECV || call->op == CALL_RECVFROM) && result->ret > 0) {
        int32_t read = result->ret < call->value ? result->ret : call->value; /* MSG_TRUNC */
        event.text = into;
        event.text_len = read < TEXT_MAX ? (uint32_t)read : TEXT_MAX;
    }
    emit(&told->sink, &event);
}

struct call_result told_socket(struct told *told, uint8_t family, enum socket_type type, bool both)
{
    struct call call = { .op = CALL_SOCKET, .fd = -1, .value = (int32_t)type };
    int fd = real_socket(family, type, both);
    struct call_result result = { .ret = fd, .err = fd < 0 ? errno : 0, .sock = -1 };
    if (!told)
        return result;
    tell_call(told, -1, &call);
    struct told_sock *sock = fd < 0 ? NULL : add(told, fd, -1, type == TYPE_DATAGRAM);
    result.sock = sock ? sock->id : -1;
    tell_return(told, result.sock, &call, &result, NULL);
    if (sock)
        told_tell_names(told, sock);
    return result;
}

/* What the call has led to. */
static void follow(struct told *told, struct told_sock *sock, const struct call *call,
                   const struct call_result *result)
{
    if (call->op == CALL_ACCEPT && result->ret >= 0) {
        struct told_sock *child = add(told, result->ret, sock ? sock->id : -1, false);
        if (child) {
            learn_names(told, child);
            told_look_at(told, child);
        }
    }
    if (sock && sock->fd >= 0) {
        learn_names(told, sock);
        told_look_at(told, sock);
    }
}

/* As a program that is interrupted makes it again. */
static struct call_result make(const struct call *call, uint8_t *into)
{
    struct call_result result;
    do
        result = kernel_call(call, into);
    while (result.ret < 0 && result.err == EINTR && call->op != CALL_CLOSE &&
           call->op != CALL_CONNECT);
    return result;
}

struct call_result told_call(struct told *told, const struct call *call, uint8_t *into)
{
    if (!told)
        return make(call, into);
    struct told_sock *sock = by_fd(told, call->fd);
    int32_t id = sock ? sock->id : -1;
    if (sock && call->op == CALL_CLOSE)
        told_look_at(told, sock); /* what it was before */
    tell_call(told, id, call);
    struct call_result result = make(call, into);
    result.sock = id;
    tell_return(told, id, call, &result, into);
    if (sock && call->op == CALL_CLOSE) {
        told->by_fd[sock->fd] = NULL;
        sock->fd = -1;
        if (sock->state == LISTEN)
            told_tell_state(told, sock, CLOSED, BY_ABSENCE);
        else
            told_look_at(told, sock);
        told_tell_names(told, sock);
        told_forget(told);
        return result;
    }
    follow(told, sock, call, &result);
    return result;
}

struct call_result told_accept(struct told *told, int fd)
{
    struct call call = { .op = CALL_ACCEPT, .fd = fd };
    return told_call(told, &call, NULL);
}

struct call_result told_send(struct told *told, int fd, const void *text, uint32_t len)
{
    struct call call = { .op = CALL_SEND, .fd = fd, .text = text, .text_len = len };
    return told_call(told, &call, NULL);
}

struct call_result told_recv(struct told *told, int fd, void *into, int32_t room)
{
    struct call call = { .op = CALL_RECV, .fd = fd, .value = room };
    return told_call(told, &call, into);
}

struct call_result told_end(struct told *told, int fd)
{
    struct call call = { .op = CALL_CLOSE, .fd = fd };
    return told_call(told, &call, NULL);
}

struct call_result told_option(struct told *told, int fd, enum sock_option option, int32_t value)
{
    struct call call = { .op = CALL_SETSOCKOPT, .fd = fd, .option = option, .value = value };
    return told_call(told, &call, NULL);
}
