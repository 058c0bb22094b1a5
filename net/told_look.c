/*
 * Looks at sockets: their states, variables and timers, by TCP_INFO where there is a descriptor, by
 * sock_diag for what that does not tell.
 */
#include "net/told_parts.h"

#include "net/clock.h"
#include "net/kernel_tcp.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MOST = 256, /* sockets that one look looks at: the program has other things to do */
    TIMER_SLACK_USEC = 100000 /* between two readings of one timer: the kernel counts in ticks */
};

void told_tell_state(struct told *told, struct told_sock *sock, enum tcp_state state,
                     enum state_source source)
{
    if (state == sock->state)
        return;
    struct event event = told_event(told, EV_STATE, sock->id);
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
    struct event event = told_event(told, EV_VARS, sock->id);
    sock->vars = *vars;
    sock->has_vars = true;
    event.u.vars = *vars;
    emit(&told->sink, &event);
}

static void tell_timer(struct told *told, const struct told_sock *sock, enum timer_change change)
{
    struct event event = told_event(told, EV_TIMER, sock->id);
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

static bool is_near(uint64_t a, uint64_t b)
{
    return (a < b ? b - a : a - b) <= TIMER_SLACK_USEC;
}

/* Armed, armed anew, or gone: whether it ran out or was stopped is not to be seen by a look, but
 * for what nobody stops. */
static void follow_timer(struct told *told, struct told_sock *sock, struct told_timer seen)
{
    struct told_timer *timer = &sock->timer;
    uint64_t now = clock_usec() - told->began_usec;
    bool same = seen.runs && timer->runs && seen.id == timer->id;
    if (same && is_near(seen.at_usec, timer->at_usec))
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
        told_tell_state(told, sock, CLOSED, BY_ABSENCE);
        return true;
    }
    told_tell_state(told, sock, seen.state, BY_SOCK_DIAG);
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

void told_look_at(struct told *told, struct told_sock *sock)
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
    told_tell_state(told, sock, state, BY_TCP_INFO);
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

void told_forget(struct told *told)
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
        told_take_out(told, sock);
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
        told_look_at(told, sock);
    }
    told_forget(told);
}

static void tell_again(struct told *told, const struct told_sock *sock)
{
    struct event state = told_event(told, EV_STATE, sock->id);
    struct event vars = told_event(told, EV_VARS, sock->id);
    state.u.state.from = state.u.state.to = (uint8_t)sock->state;
    state.u.state.source = sock->fd >= 0 ? BY_TCP_INFO : BY_SOCK_DIAG;
    state.u.state.first = true;
    vars.u.vars = sock->vars;
    told_tell_names(told, sock);
    if (sock->state != CLOSED)
        emit(&told->sink, &state);
    if (sock->has_vars)
        emit(&told->sink, &vars);
    if (sock->timer.runs)
        tell_timer(told, sock, TIMER_ARMED);
}

static void turn_list(struct told *told)
{
    struct told_sock *turned = NULL;
    while (told->first) {
        struct told_sock *sock = told->first;
        told->first = sock->next;
        sock->next = turned;
        turned = sock;
    }
    told->first = turned;
}

/* The oldest one first, as they were told before: identities grow, and who forgets some counts on
 * that. */
void told_again(struct told *told, struct sink sink)
{
    struct sink before = told->sink;
    told->sink = sink;
    turn_list(told);
    for (const struct told_sock *sock = told->first; sock; sock = sock->next)
        tell_again(told, sock);
    turn_list(told);
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
