/*
 * The states of the lane's sockets, read from the kernel and told as they change. Nothing here is
 * concluded from a call that was made: a state between two looks was not seen, and is not told.
 */
#include "net/clock.h"
#include "net/kernel_tcp.h"
#include "net/live_parts.h"

#include <string.h>

enum {
    PAUSE_USEC = 1000,
    SETTLE_USEC = 5000,
    DELAYED_ACK_USEC = 100000,
    TIMER_SLACK_USEC = 100000 /* between two readings of one timer: the kernel counts in ticks */
};

/* What one look at one socket says. */
struct reading {
    enum tcp_state state;
    enum state_source source;
    struct tcp_vars vars;
    uint64_t time_wait_usec; /* when the kernel will forget it; 0: no such timer */
};

/* No connection goes back there once it has begun to close: another one has its names now. */
static bool is_another(enum tcp_state told, enum tcp_state seen)
{
    bool young = seen == SYN_SENT || seen == SYN_RECEIVED || seen == ESTABLISHED;
    return young && told != CLOSED && told != LISTEN && told != SYN_SENT && told != SYN_RECEIVED &&
           told != ESTABLISHED;
}

static bool has_successor(struct live *live, const struct live_sock *sock)
{
    const struct live_sock *last = live_by_names(live, &sock->local, &sock->remote);
    return last && last->id > sock->id;
}

/* false: nothing could be learnt */
static bool read_diag(struct live *live, const struct live_sock *sock, struct reading *out)
{
    struct net_error error;
    struct diag_socket seen;
    if (!live->diag)
        return false;
    enum diag_answer answer = diag_find(live->diag, &sock->local, &sock->remote, &seen, &error);
    if (answer == DIAG_FAILED)
        return false;
    *out = (struct reading){ .state = CLOSED, .source = BY_SOCK_DIAG };
    if (answer == DIAG_NOT_THERE || is_another(sock->state, seen.state) ||
        has_successor(live, sock)) {
        out->source = BY_ABSENCE;
        return true;
    }
    out->state = seen.state;
    out->vars = seen.vars;
    if (seen.timer == DIAG_TIMER_TIME_WAIT)
        out->time_wait_usec = live_now(&live->lane) + seen.expires_usec;
    return true;
}

/* TCP_INFO says CLOSE of a descriptor whose connection stands in TIME-WAIT: there sock_diag knows
 * better. What is unread can still be read, and stays known. */
static bool read_descriptor(struct live *live, const struct live_sock *sock,
                            struct reading *out)
{
    *out = (struct reading){ .source = BY_TCP_INFO };
    if (!kernel_info(sock->fd, &out->state, &out->vars))
        return false;
    if (out->state != CLOSED || sock->state == CLOSED || sock->remote.port == 0)
        return true;
    struct reading diag;
    if (!read_diag(live, sock, &diag) || diag.state == CLOSED)
        return true;
    diag.vars.unread = out->vars.unread;
    diag.vars.known |= KNOWS_QUEUES;
    *out = diag;
    return true;
}

static bool read_socket(struct live *live, const struct live_sock *sock, struct reading *out)
{
    if (sock->fd >= 0)
        return read_descriptor(live, sock, out);
    return sock->state != CLOSED && read_diag(live, sock, out);
}

static void tell_timer(struct live *live, struct live_sock *sock, enum timer_change change,
                       uint64_t at_usec)
{
    struct event event = live_event(live, EV_TIMER, sock->host, sock->id);
    event.u.timer.timer = TIMER_TIME_WAIT;
    event.u.timer.change = (uint8_t)change;
    event.u.timer.at_usec = at_usec;
    emit(&live->lane.sink, &event);
}

/* A timer that has gone with its socket, before the state is told. */
static void timer_gone(struct live *live, struct live_sock *sock, const struct reading *seen)
{
    uint64_t at = sock->time_wait_usec;
    if (at == 0 || seen->time_wait_usec != 0)
        return;
    bool ran_out = live_now(&live->lane) + TIMER_SLACK_USEC >= at;
    tell_timer(live, sock, ran_out ? TIMER_RAN_OUT : TIMER_STOPPED, at);
    sock->time_wait_usec = 0;
}

/* The timer of TIME-WAIT (an orphan in FIN-WAIT-2 has one too, which is not 2 MSL), armed or armed
 * anew, after the state was told. One that is overdue reads as
 * due now, look after look: Linux may be a second late with it. */
static void timer_armed(struct live *live, struct live_sock *sock, const struct reading *seen,
                        bool state_is_new)
{
    uint64_t at = seen->time_wait_usec;
    bool anew = at > sock->time_wait_usec + TIMER_SLACK_USEC &&
                at > live_now(&live->lane) + TIMER_SLACK_USEC;
    if (at == 0 || seen->state != TIME_WAIT || (!state_is_new && !anew))
        return;
    tell_timer(live, sock, TIMER_ARMED, at);
    sock->time_wait_usec = at;
}

static void tell_state(struct live *live, struct live_sock *sock, const struct reading *seen)
{
    struct event event = live_event(live, EV_STATE, sock->host, sock->id);
    event.u.state.rule = RULE_NONE;
    event.u.state.first = sock->parent >= 0 && !sock->told_state;
    event.u.state.from = (uint8_t)(event.u.state.first ? seen->state : sock->state);
    event.u.state.to = (uint8_t)seen->state;
    sock->told_state = true;
    event.u.state.source = (uint8_t)seen->source;
    sock->state = seen->state;
    emit(&live->lane.sink, &event);
}

/* Measured anew with every round trip, an RTO is a few milliseconds this way or that; only when
 * it backs off, or comes back from there, is that worth a line. */
static bool rto_moved(uint64_t told, uint64_t seen)
{
    return seen > told + told / 2 || told > seen + seen / 2;
}

static bool vars_changed(const struct tcp_vars *told, const struct tcp_vars *seen)
{
    return told->known != seen->known || told->unsent != seen->unsent ||
           told->unread != seen->unread || told->snd_wnd != seen->snd_wnd ||
           told->rcv_wnd != seen->rcv_wnd || rto_moved(told->rto_usec, seen->rto_usec);
}

static void tell_vars(struct live *live, struct live_sock *sock, const struct reading *seen)
{
    if (!vars_changed(&sock->vars, &seen->vars))
        return;
    struct event event = live_event(live, EV_VARS, sock->host, sock->id);
    event.u.vars = seen->vars;
    sock->vars = seen->vars;
    emit(&live->lane.sink, &event);
}

static void look_at(struct live *live, struct live_sock *sock)
{
    struct reading seen;
    if (!read_socket(live, sock, &seen))
        return;
    bool state_is_new = seen.state != sock->state;
    timer_gone(live, sock, &seen);
    if (state_is_new)
        tell_state(live, sock, &seen);
    timer_armed(live, sock, &seen, state_is_new);
    if (sock->fd >= 0 || sock->state != CLOSED)
        tell_vars(live, sock, &seen);
}

/* The other end of a connection, where a listening socket of the lane has it and accept() has not
 * returned it: the kernel's table has it under the same names the other way round. */
static void look_for_child(struct live *live, const struct live_sock *sock)
{
    const struct endpoint nobody = { .port = 0 };
    struct diag_socket seen;
    struct net_error error;
    if (!live->diag || sock->state == CLOSED || sock->remote.port == 0 ||
        live_by_names(live, &sock->remote, &sock->local))
        return;
    const struct live_sock *listening = live_by_names(live, &sock->remote, &nobody);
    if (!listening || diag_find(live->diag, &sock->remote, &sock->local, &seen, &error) != DIAG_FOUND)
        return;
    struct live_sock *child = live_sock_new((unsigned)listening->host, listening->id);
    if (!child)
        return;
    child->local = sock->remote;
    child->remote = sock->local;
    live_sock_add(live, child);
    live_tell_socket(live, child);
}

void live_look(struct lane *lane)
{
    struct live *live = live_of(lane);
    for (struct live_sock *sock = live->first; sock; sock = sock->next) {
        look_at(live, sock);
        look_for_child(live, sock);
    }
    live_forget(live);
}

/* How long the state is worth waiting for the next one, which loopback reaches in no time. A FIN
 * that is out may have to wait for a delayed ACK: 40 ms on an idle Linux. One that is stuck behind
 * text will not move. */
static uint64_t worth_waiting(const struct live_sock *sock)
{
    switch (sock->state) {
    case SYN_SENT:
    case SYN_RECEIVED:
        return SETTLE_USEC;
    case FIN_WAIT_1:
    case CLOSING:
    case LAST_ACK:
        if ((sock->vars.known & KNOWS_QUEUES) && sock->vars.unsent == 0)
            return DELAYED_ACK_USEC;
        return SETTLE_USEC;
    case CLOSED:
    case LISTEN:
    case ESTABLISHED:
    case FIN_WAIT_2:
    case CLOSE_WAIT:
    case TIME_WAIT:
    case TCP_STATE_COUNT:
        break;
    }
    return 0;
}

static bool settled(const struct live *live, uint64_t waited_usec)
{
    for (const struct live_sock *sock = live->first; sock; sock = sock->next) {
        if (waited_usec < worth_waiting(sock))
            return false;
    }
    return true;
}

void live_settle(struct live *live)
{
    uint64_t began = clock_usec();
    live_look(&live->lane);
    while (!settled(live, clock_usec() - began)) {
        clock_pause(PAUSE_USEC);
        live_look(&live->lane);
    }
}
