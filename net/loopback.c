/*
 * The lane itself: opened, asked for the time, closed. Its wire and its clock run by themselves,
 * so there is never a thing that would wait to be stepped.
 */
#include "net/clock.h"
#include "net/loopback_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t loopback_now(struct lane *lane)
{
    return clock_usec() - loopback_of(lane)->began_usec;
}

struct event loopback_event(struct loopback *lo, enum event_kind kind, int host, int32_t sock)
{
    return (struct event){ .usec = loopback_now(&lo->lane),
                           .kind = (uint8_t)kind,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = sock };
}

void loopback_say(struct loopback *lo, int host, const char *words)
{
    struct event event = loopback_event(lo, EV_SAY, host, -1);
    event.text = (const uint8_t *)words;
    event.text_len = (uint32_t)strlen(words);
    emit(&lo->lane.sink, &event);
}

static enum lane_progress loopback_step(struct lane *lane, uint64_t until_usec)
{
    loopback_look(lane);
    if (until_usec == UINT64_MAX || loopback_now(lane) >= until_usec)
        return LANE_IDLE;
    return LANE_NOT_YET;
}

static void loopback_next(struct lane *lane, struct event *event)
{
    *event = loopback_event(loopback_of(lane), EV_NEXT, -1, -1);
    event->u.next.what = NEXT_NOTHING;
}

static bool loopback_wire(struct lane *lane, enum wire_act act, uint32_t id, uint64_t usec)
{
    (void)lane, (void)act, (void)id, (void)usec;
    return false;
}

static uint32_t loopback_find(struct lane *lane, int host, unsigned flags)
{
    (void)lane, (void)host, (void)flags;
    return 0;
}

static void loopback_close(struct lane *lane)
{
    struct loopback *lo = loopback_of(lane);
    for (struct loopback_sock *sock = lo->first, *next; sock; sock = next) {
        next = sock->next;
        if (sock->fd >= 0)
            close(sock->fd);
        free(sock);
    }
    diag_close(lo->diag);
    free(lo);
}

/* No mark and no way back: what the kernel has done stays done. */
static const struct lane_ops loopback_ops = {
    .resolve = loopback_resolve,
    .call = loopback_call,
    .ready = loopback_ready,
    .step = loopback_step,
    .next = loopback_next,
    .look = loopback_look,
    .wire = loopback_wire,
    .find = loopback_find,
    .now = loopback_now,
    .close = loopback_close,
};

static void open_diag(struct loopback *lo)
{
    struct net_error error = { .err = 0 };
    lo->diag = diag_open(&error);
    if (!lo->diag)
        loopback_say(lo, -1,
                     "this machine has no sock_diag: the kernel lane shows the states of open "
                     "descriptors only, neither SYN-RECEIVED before accept() nor TIME-WAIT");
}

struct lane *loopback_open(const struct sink *sink, unsigned hosts, struct net_error *error)
{
    if (hosts == 0 || hosts > LOOPBACK_HOSTS_MAX) {
        *error = (struct net_error){ .err = EINVAL, .operation = "number of hosts" };
        return NULL;
    }
    struct loopback *lo = calloc(1, sizeof *lo);
    if (!lo) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "calloc" };
        return NULL;
    }
    lo->lane.ops = &loopback_ops;
    lo->lane.id = LANE_KERNEL;
    if (sink)
        lo->lane.sink = *sink;
    lo->began_usec = clock_usec();
    lo->hosts = hosts;
    lo->next_id = 1;
    if (!loopback_give_addresses(lo, error)) {
        free(lo);
        return NULL;
    }
    open_diag(lo);
    return &lo->lane;
}
