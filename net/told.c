/*
 * Calls with their events. The sockets that are known stand in a list, and by their descriptors.
 */
#include "net/told.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/diag.h"
#include "net/kernel_call.h"
#include "net/kernel_tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    TEXT_MAX = 4096, /* octets of a text that are told */
    LOOK_MOST = 256, /* sockets that one look looks at: the program has other things to do */
    TIMER_SLACK_USEC = 100000, /* between two readings of one timer: the kernel counts in ticks */
    FDS_FIRST = 64,
    BUCKETS = 1024,
    GONE_KEPT = 64 /* connections that are over, whose last segments may still be seen */
};

struct told_timer {
    bool runs;
    uint8_t id; /* enum timer_id */
    uint64_t at_usec;
};

struct told_sock {
    struct told_sock *next;
    struct told_sock *beside; /* the next one of its bucket */
    int32_t id, fd, parent;   /* fd -1: closed; parent -1: none */
    bool datagrams;
    struct endpoint local, remote;
    enum tcp_state state; /* as last told */
    struct tcp_vars vars; /* likewise */
    bool has_vars;
    struct told_timer timer; /* likewise */
};

struct told {
    struct sink sink;
    uint64_t began_usec;
    struct diag *diag; /* NULL: not to be had; closed sockets stay as last seen */
    bool tells_timers;
    struct told_sock *first;
    struct told_sock *look_next; /* where the next look begins; NULL: at the first */
    unsigned count;
    int32_t next_id;
    struct told_sock *buckets[BUCKETS]; /* by the peer's port */
    struct ends {
        struct endpoint local, remote;
    } gone[GONE_KEPT];
    unsigned gone_count;      /* of all; the last are kept */
    struct told_sock **by_fd; /* NULL: none that is known */
    size_t fds;
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

static struct event event_of(const struct told *told, enum event_kind kind, int32_t sock)
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

static void take_from_bucket(struct told *told, const struct told_sock *sock)
{
    struct told_sock **at = bucket_of(told, sock);
    while (*at != sock)
        at = &(*at)->beside;
    *at = sock->beside;
}

static void tell_names(struct told *told, const struct told_sock *sock)
{
    struct event event = event_of(told, EV_SOCKET, sock->id);
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
    take_from_bucket(told, sock);
    sock->local = local;
    sock->remote = remote;
    put_in_bucket(told, sock);
    tell_names(told, sock);
}

static void tell_state(struct told *told, struct told_sock *sock, enum tcp_state state,
                       enum state_source source)
{
    if (state == sock->state)
        return;
    struct event event = event_of(told, EV_STATE, sock->id);
    event.u.state.from = (uint8_t)sock->state;
    event.u.state.to = (uint8_t)state;
    event.u.state.source = (uint8_t)source;
    sock->state = state;
    emit(&told->sink, &event);
}

static void tell_vars(struct told *told, struct told_sock *sock, const struct tcp_vars *vars)
{
    if (memcmp(vars, &sock->vars, sizeof *vars) == 0)
        return;
    struct event event = event_of(told, EV_VARS, sock->id);
    sock->vars = *vars;
    sock->has_vars = true;
    event.u.vars = *vars;
    emit(&told->sink, &event);
}

static void tell_timer(struct told *told, const struct told_sock *sock, enum timer_change change)
{
    struct event event = event_of(told, EV_TIMER, sock->id);
    event.u.timer.timer = sock->timer.id;
    event.u.timer.change = (uint8_t)change;
    event.u.timer.at_usec = sock->timer.at_usec;
    emit(&told->sink, &event);
}

static struct told_timer timer_of(const struct told *told, const struct diag_socket *seen)
{
    static const enum timer_id ids[DIAG_TIMER_COUNT] = {
        [DIAG_TIMER_RETRANSMISSION] = TIMER_RETRANSMISSION,
        [DIAG_TIMER_KEEPALIVE] = TIMER_KEEP_ALIVE,
        [DIAG_TIMER_TIME_WAIT] = TIMER_TIME_WAIT,
        [DIAG_TIMER_PROBE] = TIMER_PERSIST,
    };
    bool orphan = seen->timer == DIAG_TIMER_TIME_WAIT && seen->state == FIN_WAIT_2;
    return (struct told_timer){ .runs = seen->timer != DIAG_TIMER_NONE,
                                .id = (uint8_t)(orphan ? TIMER_FIN_WAIT_2 : ids[seen->timer]),
                                .at_usec = clock_usec() - told->began_usec + seen->expires_usec };
}

/* Armed, armed anew, or gone: whether it ran out or was stopped is not to be seen by a look, but
 * for what nobody stops. */
static void follow_timer(struct told *told, struct told_sock *sock, struct told_timer seen)
{
    struct told_timer *timer = &sock->timer;
    uint64_t now = clock_usec() - told->began_usec;
    bool same = seen.runs && timer->runs && seen.id == timer->id;
    if (same && seen.at_usec <= timer->at_usec + TIMER_SLACK_USEC)
        return;
    if (timer->runs && !same) {
        bool ends = timer->id == TIMER_TIME_WAIT || timer->id == TIMER_FIN_WAIT_2;
        bool due = now + TIMER_SLACK_USEC >= timer->at_usec;
        tell_timer(told, sock, ends && due ? TIMER_RAN_OUT : TIMER_STOPPED);
    }
    *timer = seen;
    if (seen.runs)
        tell_timer(told, sock, TIMER_ARMED);
}

/* By the names it had: where it has no descriptor, and where TCP_INFO says CLOSE of a connection
 * that stands in TIME-WAIT. */
static bool look_by_names(struct told *told, struct told_sock *sock)
{
    struct diag_socket seen;
    struct net_error ignored;
    if (!told->diag || sock->remote.port == 0)
        return false;
    enum diag_answer answer = diag_find(told->diag, &sock->local, &sock->remote, &seen, &ignored);
    if (answer == DIAG_FAILED)
        return false;
    if (answer == DIAG_NOT_THERE) {
        follow_timer(told, sock, (struct told_timer){ .runs = false });
        tell_state(told, sock, CLOSED, BY_ABSENCE);
        return true;
    }
    tell_state(told, sock, seen.state, BY_SOCK_DIAG);
    if (told->tells_timers)
        follow_timer(told, sock, timer_of(told, &seen));
    return true;
}

/* What TCP_INFO does not tell. */
static void look_at_timer(struct told *told, struct told_sock *sock)
{
    struct diag_socket seen;
    struct net_error ignored;
    if (told->tells_timers && told->diag && sock->remote.port != 0 &&
        diag_find(told->diag, &sock->local, &sock->remote, &seen, &ignored) == DIAG_FOUND &&
        seen.state == sock->state)
        follow_timer(told, sock, timer_of(told, &seen));
}

static void look_at(struct told *told, struct told_sock *sock)
{
    struct tcp_vars vars;
    enum tcp_state state;
    if (sock->datagrams)
        return;
    if (sock->fd < 0) {
        look_by_names(told, sock);
        return;
    }
    memset(&vars, 0, sizeof vars); /* it is compared octet by octet */
    if (!kernel_info(sock->fd, &state, &vars))
        return;
    bool was_open = sock->state != CLOSED && sock->state != LISTEN;
    if (state == CLOSED && was_open && look_by_names(told, sock))
        return;
    tell_state(told, sock, state, BY_TCP_INFO);
    if (state == CLOSED)
        return;
    tell_vars(told, sock, &vars);
    if (state != LISTEN)
        look_at_timer(told, sock);
}

/* Closed for good: of a stream that has no connection any more, of datagrams at once. */
static bool is_over(const struct told *told, const struct told_sock *sock)
{
    return sock->fd < 0 &&
           (sock->datagrams || sock->state == CLOSED || sock->remote.port == 0 || !told->diag);
}

static void forget(struct told *told)
{
    struct told_sock **at = &told->first;
    while (*at) {
        struct told_sock *sock = *at;
        if (!is_over(told, sock)) {
            at = &sock->next;
            continue;
        }
        *at = sock->next;
        if (told->look_next == sock)
            told->look_next = sock->next;
        told->count--;
        take_from_bucket(told, sock);
        told->gone[told->gone_count++ % GONE_KEPT] =
            (struct ends){ .local = sock->local, .remote = sock->remote };
        free(sock);
    }
}

void told_look(struct told *told)
{
    if (!told)
        return;
    for (unsigned left = told->count < LOOK_MOST ? told->count : LOOK_MOST; left > 0; left--) {
        struct told_sock *sock = told->look_next ? told->look_next : told->first;
        told->look_next = sock->next;
        look_at(told, sock);
    }
    forget(told);
}

static void tell_again(struct told *told, const struct told_sock *sock)
{
    struct event state = event_of(told, EV_STATE, sock->id);
    struct event vars = event_of(told, EV_VARS, sock->id);
    state.u.state.from = state.u.state.to = (uint8_t)sock->state;
    state.u.state.source = sock->fd >= 0 ? BY_TCP_INFO : BY_SOCK_DIAG;
    state.u.state.first = true;
    vars.u.vars = sock->vars;
    tell_names(told, sock);
    if (sock->state != CLOSED)
        emit(&told->sink, &state);
    if (sock->has_vars)
        emit(&told->sink, &vars);
    if (sock->timer.runs)
        tell_timer(told, sock, TIMER_ARMED);
}

void told_again(struct told *told, struct sink sink)
{
    struct sink before = told->sink;
    told->sink = sink;
    for (const struct told_sock *sock = told->first; sock; sock = sock->next)
        tell_again(told, sock);
    told->sink = before;
}

bool told_knows(const struct told *told, const struct endpoint *local,
                const struct endpoint *remote)
{
    const struct told_sock *sock = told->buckets[remote->port % BUCKETS];
    for (; sock; sock = sock->beside) {
        if (endpoint_eq(&sock->local, local) && endpoint_eq(&sock->remote, remote))
            return true;
    }
    for (sock = told->buckets[0]; sock; sock = sock->beside) {
        if (sock->state == LISTEN && sock->local.port == local->port)
            return true;
    }
    for (unsigned i = 0; i < GONE_KEPT && i < told->gone_count; i++) {
        if (endpoint_eq(&told->gone[i].local, local) && endpoint_eq(&told->gone[i].remote, remote))
            return true;
    }
    return false;
}

unsigned told_count(const struct told *told)
{
    return told ? told->count : 0;
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
    struct event event = event_of(told, EV_CALL, sock);
    event.u.call = *call;
    event.text = call->text;
    event.text_len = call->text_len < TEXT_MAX ? call->text_len : TEXT_MAX;
    emit(&told->sink, &event);
}

static void tell_return(struct told *told, int32_t sock, const struct call *call,
                        const struct call_result *result, const uint8_t *into)
{
    struct event event = event_of(told, EV_RETURN, sock);
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
        tell_names(told, sock);
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
            look_at(told, child);
        }
    }
    if (sock && sock->fd >= 0) {
        learn_names(told, sock);
        look_at(told, sock);
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
        look_at(told, sock); /* what it was before */
    tell_call(told, id, call);
    struct call_result result = make(call, into);
    result.sock = id;
    tell_return(told, id, call, &result, into);
    if (sock && call->op == CALL_CLOSE) {
        told->by_fd[sock->fd] = NULL;
        sock->fd = -1;
        if (sock->state == LISTEN)
            tell_state(told, sock, CLOSED, BY_ABSENCE);
        else
            look_at(told, sock);
        tell_names(told, sock);
        forget(told);
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
