/*
 * Sockets, from what is said of them.
 */
#include "ui/socks.h"

#include "ui/diagram.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

static struct sock_row *find(struct socks *socks, unsigned lane, int host, int32_t id)
{
    for (unsigned i = 0; i < socks->count; i++) {
        struct sock_row *row = &socks->rows[i];
        if (row->id == id && row->lane == lane && row->host == host)
            return row;
    }
    return NULL;
}

const struct sock_row *socks_find(const struct socks *socks, unsigned lane, int host, int32_t id)
{
    for (unsigned i = 0; i < socks->count; i++) {
        const struct sock_row *row = &socks->rows[i];
        if (row->id == id && row->lane == lane && row->host == host)
            return row;
    }
    return NULL;
}

static bool is_gone(const struct sock_row *row)
{
    return row->state == CLOSED && row->fd < 0;
}

/* What is over is missed least, and most what listens, of which there are few. */
static int weight(const struct sock_row *row)
{
    return is_gone(row) ? 0 : row->state == LISTEN ? 2 : 1;
}

/* A free row, or that of the socket that is missed least, and was touched least lately. */
static struct sock_row *fresh(struct socks *socks)
{
    struct sock_row *oldest = &socks->rows[0];
    if (socks->count < SOCKS_MAX)
        return &socks->rows[socks->count++];
    for (unsigned i = 1; i < SOCKS_MAX; i++) {
        struct sock_row *row = &socks->rows[i];
        if (weight(row) < weight(oldest) ||
            (weight(row) == weight(oldest) && row->last_event < oldest->last_event))
            oldest = row;
    }
    socks->forgotten++;
    return oldest;
}

/* NULL: it is one of those forgotten. */
static struct sock_row *row_of(struct socks *socks, const struct event *event)
{
    struct sock_row *row = find(socks, event->lane, event->host, event->sock);
    int32_t *newest = &socks->newest[event->lane][event->host & 1];
    if (row)
        return row;
    if (socks->count == SOCKS_MAX && event->sock <= *newest)
        return NULL; /* it was forgotten: identities only grow */
    if (event->sock > *newest)
        *newest = event->sock;
    row = fresh(socks);
    *row = (struct sock_row){ .id = event->sock,
                              .fd = -1,
                              .parent = -1,
                              .lane = event->lane,
                              .host = (uint8_t)event->host,
                              .backlog = -1 };
    return row;
}

static void take_socket(struct sock_row *row, const struct event *event)
{
    row->fd = event->u.socket.fd;
    row->parent = event->u.socket.parent;
    row->local = event->u.socket.local;
    row->remote = event->u.socket.remote;
    memcpy(row->name, event->u.socket.name, sizeof row->name);
}

/* What a call that has succeeded says of its socket. */
static void take_return(struct socks *socks, const struct call *asked, const struct event *event)
{
    struct sock_row *row = find(socks, event->lane, event->host, event->sock);
    int32_t ret = event->u.done.result.ret;
    bool got = event->u.done.op == CALL_GETSOCKOPT && event->u.done.option != OPTION_ERROR;
    if (!row && asked->op == CALL_SOCKET && ret >= 0 && event->sock >= 0)
        row = row_of(socks, event); /* its names come later */
    if (!row || ret < 0 || event->u.done.op != asked->op)
        return;
    if (asked->op == CALL_SOCKET)
        row->type = asked->value == TYPE_DATAGRAM ? TYPE_DATAGRAM : TYPE_STREAM;
    if (asked->op == CALL_LISTEN)
        row->backlog = asked->value;
    if (asked->op != CALL_SETSOCKOPT && !got)
        return;
    row->options_set |= 1u << asked->option;
    row->option[asked->option] = got ? ret : asked->value;
}

static void take_call(struct socks *socks, const struct event *event)
{
    if (event->lane >= LANE_COUNT || event->host < 0 || event->host > 1)
        return;
    struct call *asked = &socks->asked[event->lane][event->host];
    if (event->kind == EV_RETURN) {
        take_return(socks, asked, event);
        return;
    }
    *asked = event->u.call;
    asked->text = NULL;
}

void socks_take(struct socks *socks, const struct event *event)
{
    socks->events++;
    if (event->kind == EV_CALL || event->kind == EV_RETURN)
        take_call(socks, event);
    bool of_sock = event->kind == EV_SOCKET || event->kind == EV_STATE || event->kind == EV_VARS ||
                   event->kind == EV_RULE || event->kind == EV_TIMER;
    if (event->sock < 0 || event->host < 0 || !of_sock)
        return;
    struct sock_row *row = row_of(socks, event);
    if (!row)
        return;
    row->last_event = socks->events;
    if (event->kind == EV_SOCKET)
        take_socket(row, event);
    if (event->kind == EV_STATE) {
        row->state = event->u.state.to;
        row->from = event->u.state.from;
        row->source = event->u.state.source;
        row->connected = row->connected || (row->state != LISTEN && row->state != CLOSED);
        row->moved_step = event->step;
        row->changed_usec = event->usec;
    }
    if (event->kind == EV_VARS) {
        row->vars = event->u.vars;
        row->has_vars = true;
    }
    if (event->kind == EV_TIMER)
        row->timer_usec[event->u.timer.timer] =
            event->u.timer.change == TIMER_ARMED ? event->u.timer.at_usec : 0;
}

/* What its listening socket has come by belongs to a connection that was accepted. */
static void begin_path(const struct socks *socks, struct sock_row *row)
{
    int listens = diagram_arrow_between(CLOSED, LISTEN);
    const struct sock_row *parent =
        row->parent < 0 ? NULL : socks_find(socks, row->lane, row->host, row->parent);
    row->path = parent ? parent->path & 1u << listens : 0;
    row->been = parent ? 1u << CLOSED | 1u << LISTEN : 0;
}

void socks_walk(struct socks *socks, const struct event *event, int arrow)
{
    struct sock_row *row = find(socks, event->lane, event->host, event->sock);
    if (!row)
        return;
    enum tcp_state from = (enum tcp_state)event->u.state.from;
    enum tcp_state to = (enum tcp_state)event->u.state.to;
    if (from == CLOSED || row->been == 0)
        begin_path(socks, row);
    row->been |= (uint16_t)(1u << diagram_box(from, to, event->u.state.source == BY_ABSENCE));
    if (!event->u.state.first)
        row->been |= (uint16_t)(1u << from);
    if (arrow != NO_ARROW)
        row->path |= 1u << arrow;
}

static unsigned rank(const struct socks *socks, const struct sock_row *row)
{
    if (socks->open_first && row->state == CLOSED)
        return 0;
    return row->connected ? 2 : row->state == LISTEN ? 1 : 0;
}

/* Of two of the same rank: what has a descriptor, where that matters, and then what was touched
 * last. */
static bool goes_before(const struct socks *socks, const struct sock_row *row,
                        const struct sock_row *best)
{
    unsigned mine = rank(socks, row), its = rank(socks, best);
    bool has_fd = row->fd >= 0, had_fd = best->fd >= 0;
    if (mine != its)
        return mine > its;
    if (socks->open_first && has_fd != had_fd)
        return has_fd;
    return row->last_event > best->last_event;
}

const struct sock_row *socks_main(const struct socks *socks, unsigned lane, int host)
{
    const struct sock_row *best = NULL;
    for (unsigned i = 0; i < socks->count; i++) {
        const struct sock_row *row = &socks->rows[i];
        if (row->lane != lane || row->host != host)
            continue;
        if (!best || goes_before(socks, row, best))
            best = row;
    }
    return best;
}

uint64_t socks_timer(const struct socks *socks, unsigned lane, int host, enum timer_id *timer)
{
    const struct sock_row *row = socks_main(socks, lane, host);
    uint64_t first = 0;
    if (!row || row->state == CLOSED)
        return 0;
    for (unsigned id = 0; id < TIMER_COUNT; id++) {
        uint64_t at = row->timer_usec[id];
        if (at == 0 || (first > 0 && at >= first))
            continue;
        first = at;
        *timer = (enum timer_id)id;
    }
    return first;
}

char *sock_label(const struct sock_row *row, char *text, size_t len)
{
    if (row && row->name[0])
        snprintf(text, len, "%s", row->name);
    else if (row && row->fd >= 0)
        snprintf(text, len, "%d", row->fd);
    else
        snprintf(text, len, "%s", row && row->parent >= 0 ? _("(not accepted)") : "-");
    return text;
}

const char *sock_state(const struct sock_row *row)
{
    return row->type == TYPE_DATAGRAM ? _("no state") : state_name((enum tcp_state)row->state);
}
