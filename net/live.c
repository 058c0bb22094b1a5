/*
 * The lane itself: opened, asked for the time, closed. Its wire and its clock run by themselves,
 * so there is never a thing that would wait to be stepped.
 */
#include "net/clock.h"
#include "net/live_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t live_now(struct lane *lane)
{
    return clock_usec() - live_of(lane)->began_usec;
}

struct event live_event(struct live *live, enum event_kind kind, int host, int32_t sock)
{
    return (struct event){ .usec = live_now(&live->lane),
                           .kind = (uint8_t)kind,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = sock };
}

void live_say(struct live *live, int host, const char *words)
{
    struct event event = live_event(live, EV_SAY, host, -1);
    event.text = (const uint8_t *)words;
    event.text_len = (uint32_t)strlen(words);
    emit(&live->lane.sink, &event);
}

static enum lane_progress live_step(struct lane *lane, uint64_t until_usec)
{
    live_look(lane);
    if (until_usec == UINT64_MAX || live_now(lane) >= until_usec)
        return LANE_IDLE;
    return LANE_NOT_YET;
}

static void live_next(struct lane *lane, struct event *event)
{
    *event = live_event(live_of(lane), EV_NEXT, -1, -1);
    event->u.next.what = NEXT_NOTHING;
}

static bool live_wire(struct lane *lane, enum wire_act act, uint32_t id)
{
    (void)lane, (void)act, (void)id;
    return false;
}

static uint32_t live_find(struct lane *lane, int host, unsigned flags)
{
    (void)lane, (void)host, (void)flags;
    return 0;
}

static void live_close(struct lane *lane)
{
    struct live *live = live_of(lane);
    for (struct live_sock *sock = live->first, *next; sock; sock = next) {
        next = sock->next;
        if (sock->fd >= 0)
            close(sock->fd);
        free(sock);
    }
    diag_close(live->diag);
    free(live);
}

/* No mark and no way back: what the kernel has done stays done. */
static const struct lane_ops live_ops = {
    .resolve = live_resolve,
    .call = live_call,
    .ready = live_ready,
    .step = live_step,
    .next = live_next,
    .look = live_look,
    .wire = live_wire,
    .find = live_find,
    .now = live_now,
    .close = live_close,
};

static void open_diag(struct live *live)
{
    struct net_error error = { .err = 0 };
    live->diag = diag_open(&error);
    if (!live->diag)
        live_say(live, -1,
                     "this machine has no sock_diag: the kernel lane shows the states of open "
                     "descriptors only, neither SYN-RECEIVED before accept() nor TIME-WAIT");
}

struct lane *live_open(const struct sink *sink, unsigned hosts, struct net_error *error)
{
    if (hosts == 0 || hosts > LIVE_HOSTS_MAX) {
        *error = (struct net_error){ .err = EINVAL, .operation = "number of hosts" };
        return NULL;
    }
    struct live *live = calloc(1, sizeof *live);
    if (!live) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "calloc" };
        return NULL;
    }
    live->lane.ops = &live_ops;
    live->lane.id = LANE_KERNEL;
    if (sink)
        live->lane.sink = *sink;
    live->began_usec = clock_usec();
    live->hosts = hosts;
    live->next_id = 1;
    if (!live_give_addresses(live, error)) {
        free(live);
        return NULL;
    }
    open_diag(live);
    return &live->lane;
}
