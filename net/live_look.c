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
    struct live_timer timer;
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

static struct live_timer timer_of(const struct live *live, const struct diag_socket *seen)
{
    static const enum timer_id ids[DIAG_TIMER_COUNT] = {
        [DIAG_TIMER_RETRANSMISSION] = TIMER_RETRANSMISSION,
        [DIAG_TIMER_KEEPALIVE] = TIMER_KEEP_ALIVE,
        [DIAG_TIMER_TIME_WAIT] = TIMER_TIME_WAIT,
        [DIAG_TIMER_PROBE] = TIMER_PERSIST,
    };
    struct live_timer timer = { .runs = seen->timer != DIAG_TIMER_NONE,
                                .id = ids[seen->timer],
                                .count = seen->retransmits };
    timer.at_usec = clock_usec() - live->began_usec + seen->expires_usec;
    if (timer.id == TIMER_TIME_WAIT && seen->state == FIN_WAIT_2)
        timer.id = TIMER_FIN_WAIT_2; /* of an orphan */
    return timer;
}

/* false: nothing could be learnt */
static bool read_diag(struct live *live, const struct live_sock *sock, struct reading *out)
{
    struct net_error error;
    struct diag_socket seen;
    struct diag *diag = live_diag(live, sock->host);
    if (!diag)
        return false;
    enum diag_answer answer = diag_find(diag, &sock->local, &sock->remote, &seen, &error);
    if (answer == DIAG_NOT_THERE) /* once may be the moment in which TIME-WAIT takes its place */
        answer = diag_find(diag, &sock->local, &sock->remote, &seen, &error);
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
    out->timer = timer_of(live, &seen);
    return true;
}

/* TCP_INFO says CLOSE of a descriptor whose connection stands in TIME-WAIT: there sock_diag knows
 * better. What is unread can still be read, and stays known. */
static bool read_descriptor(struct live *live, const struct live_sock *sock, struct reading *out)
{
    struct reading diag;
    *out = (struct reading){ .source = BY_TCP_INFO };
    if (!kernel_info(sock->fd, &out->state, &out->vars))
        return false;
    bool may_be_gone = out->state == CLOSED && sock->state != CLOSED;
    bool has_timers = live->lane.wire_in_hand && out->state != CLOSED && out->state != LISTEN;
    if (sock->remote.port == 0 || !(may_be_gone || has_timers) || !read_diag(live, sock, &diag))
        return true;
    if (has_timers && diag.state == out->state)
        out->timer = diag.timer;
    if (!may_be_gone || diag.state == CLOSED)
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

static void tell_timer(struct live *live, struct live_sock *sock, const struct live_timer *timer,
                       enum timer_change change)
{
    struct event event = live_event(live, EV_TIMER, sock->host, sock->id);
    event.u.timer.timer = (uint8_t)timer->id;
    event.u.timer.change = (uint8_t)change;
    event.u.timer.at_usec = timer->at_usec;
    emit(&live->lane.sink, &event);
}

/* A timer that counts is one that the kernel says it has acted upon; the others end a socket. */
static bool ran_out(struct live *live, const struct live_timer *told, const struct live_timer *seen)
{
    if (told->id == TIMER_TIME_WAIT || told->id == TIMER_FIN_WAIT_2)
        return live_now(&live->lane) + TIMER_SLACK_USEC >= told->at_usec;
    return seen->runs && seen->id == told->id && seen->count > told->count;
}

/* A timer that has gone, before the state is told. */
static void timer_gone(struct live *live, struct live_sock *sock, const struct live_timer *seen)
{
    struct live_timer *told = &sock->timer;
    bool same = seen->runs && seen->id == told->id;
    if (!told->runs || (same && !ran_out(live, told, seen)))
        return;
    if (same && (told->id == TIMER_TIME_WAIT || told->id == TIMER_FIN_WAIT_2))
        return; /* overdue: Linux may be a second late with it, and it reads as due now */
    tell_timer(live, sock, told, ran_out(live, told, seen) ? TIMER_RAN_OUT : TIMER_STOPPED);
    told->runs = false;
}

/* Armed, or armed anew, after the state was told. */
static void timer_armed(struct live *live, struct live_sock *sock, const struct live_timer *seen)
{
    struct live_timer *told = &sock->timer;
    uint64_t now = live_now(&live->lane);
    bool anew =
        seen->at_usec > told->at_usec + TIMER_SLACK_USEC && seen->at_usec > now + TIMER_SLACK_USEC;
    if (!seen->runs || (told->runs && !anew))
        return;
    *told = *seen;
    tell_timer(live, sock, told, TIMER_ARMED);
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
           told->rcv_wnd != seen->rcv_wnd || told->cwnd != seen->cwnd ||
           told->ssthresh != seen->ssthresh || told->resent != seen->resent ||
           rto_moved(told->rto_usec, seen->rto_usec);
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
    timer_gone(live, sock, &seen.timer);
    if (state_is_new)
        tell_state(live, sock, &seen);
    timer_armed(live, sock, &seen.timer);
    if (sock->fd >= 0 || sock->state != CLOSED)
        tell_vars(live, sock, &seen);
}

void live_look_for(struct live *live, const struct endpoint *local, const struct endpoint *remote)
{
    struct diag_socket seen;
    struct net_error error;
    if (live_by_names(live, local, remote))
        return;
    const struct live_sock *listening = live_listening(live, local);
    struct diag *diag = listening ? live_diag(live, listening->host) : NULL;
    if (!diag || diag_find(diag, local, remote, &seen, &error) != DIAG_FOUND)
        return;
    struct live_sock *child = live_sock_new((unsigned)listening->host, listening->id);
    if (!child)
        return;
    child->local = *local;
    child->remote = *remote;
    live_sock_add(live, child);
    live_tell_socket(live, child);
    look_at(live, child);
}

/* Every connection of the lane has its other end there too, where accept() may not have returned it
 * yet: the kernel's table has it under the same names the other way round. */
void live_look_at_sockets(struct live *live)
{
    for (struct live_sock *sock = live->first; sock; sock = sock->next) {
        look_at(live, sock);
        if (sock->state != CLOSED && sock->remote.port != 0)
            live_look_for(live, &sock->remote, &sock->local);
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
    live_look_at_sockets(live);
    while (!settled(live, clock_usec() - began)) {
        clock_pause(PAUSE_USEC);
        live_look_at_sockets(live);
    }
}
