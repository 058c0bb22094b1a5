/*
 * The lane itself: opened, stepped, asked for the time, closed.
 */
#include "net/clock.h"
#include "net/live_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
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
                           .lane = (uint8_t)live->lane.id,
                           .host = (int8_t)host,
                           .sock = sock };
}

static void say(struct live *live, int host, const char *words, const char *form)
{
    struct event event = live_event(live, EV_SAY, host, -1);
    event.text = (const uint8_t *)words;
    event.text_len = (uint32_t)strlen(words);
    event.form = form;
    emit(&live->lane.sink, &event);
}

void live_say(struct live *live, int host, const char *words)
{
    say(live, host, words, NULL);
}

void live_tell(struct live *live, int host, const char *form, ...)
{
    char words[200];
    va_list list;
    va_start(list, form);
    vsnprintf(words, sizeof words, form, list);
    va_end(list);
    say(live, host, words, form);
}

/* What has happened since the last look: timers have run out, and so segments were sent. */
static void live_look(struct lane *lane)
{
    struct live *live = live_of(lane);
    live_look_at_sockets(live);
    if (!lane->wire_in_hand)
        return;
    live_model_advance(live);
    live_take_sent(live);
}

/* The clock cannot be made to run: a segment is under way for as long as the lab says. Behind the
 * last one an ACK that is owed is worth waiting for. */
static enum lane_progress live_step(struct lane *lane, uint64_t until_usec)
{
    struct live *live = live_of(lane);
    live_look(lane);
    struct live_packet *first = live_first(live);
    uint64_t now = live_now(lane);
    if (first && first->due_usec <= now) {
        live_deliver(live, first);
        return LANE_DID;
    }
    if (until_usec == UINT64_MAX)
        return first || live_ack_owed(live) > 0 ? LANE_NOT_YET : LANE_IDLE;
    return now >= until_usec ? LANE_IDLE : LANE_NOT_YET;
}

/* The first timer of the model's hosts, where that is sooner. */
static void next_of_model(const struct live *live, struct event *event)
{
    struct event due;
    if (!live->model.world)
        return;
    world_next(live->model.world, &due);
    bool sooner = event->u.next.what == NEXT_NOTHING || due.u.next.at_usec < event->u.next.at_usec;
    if (due.u.next.what != NEXT_TIMER || !sooner)
        return;
    event->u.next = due.u.next;
    event->host = due.host;
    event->sock = live_model_identity(due.sock);
}

/* The kernel's timer that runs out first. */
static void next_timer(const struct live *live, struct event *event)
{
    for (const struct live_sock *sock = live->first; sock; sock = sock->next) {
        bool sooner =
            event->u.next.what == NEXT_NOTHING || sock->timer.at_usec < event->u.next.at_usec;
        if (!sock->timer.runs || !sooner)
            continue;
        event->u.next.what = NEXT_TIMER;
        event->u.next.timer = (uint8_t)sock->timer.id;
        event->u.next.at_usec = sock->timer.at_usec;
        event->host = sock->host;
        event->sock = sock->id;
    }
}

static void live_next(struct lane *lane, struct event *event)
{
    struct live *live = live_of(lane);
    const struct live_packet *first = live_first(live);
    uint64_t owed = live_ack_owed(live);
    *event = live_event(live, EV_NEXT, -1, -1);
    event->u.next.what = NEXT_NOTHING;
    if (first) {
        event->u.next.what = NEXT_DELIVER;
        event->host = first->to;
        event->u.next.seg = first->seg;
        event->u.next.id = first->id;
        event->u.next.at_usec = first->due_usec;
    } else if (owed > 0) {
        event->u.next.what = NEXT_TIMER;
        event->u.next.timer = TIMER_DELAYED_ACK;
        event->u.next.at_usec = owed;
    } else if (lane->wire_in_hand) {
        next_timer(live, event);
        next_of_model(live, event);
    }
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
    for (unsigned h = 0; h < LIVE_HOSTS_MAX; h++)
        diag_close(live->diags[h]);
    live_wire_free(&live->wire);
    live_model_free(&live->model);
    sandbox_close(live->sandbox);
    free(live);
}

/* No mark and no way back: what the kernel has done stays done. On loopback no settings either. */
static const struct lane_ops wire_ops = {
    .resolve = live_resolve,
    .call = live_call,
    .ready = live_ready,
    .step = live_step,
    .next = live_next,
    .look = live_look,
    .wire = live_wire_act,
    .set = live_set,
    .find = live_find,
    .now = live_now,
    .close = live_close,
};

static const struct lane_ops loopback_ops = {
    .resolve = live_resolve,
    .call = live_call,
    .ready = live_ready,
    .step = live_step,
    .next = live_next,
    .look = live_look,
    .wire = live_wire_act,
    .find = live_find,
    .now = live_now,
    .close = live_close,
};

static bool open_loopback(struct live *live, struct net_error *error)
{
    struct net_error none = { .err = 0 };
    if (!live_give_addresses(live, error))
        return false;
    live->diags[0] = diag_open(&none);
    if (!live->diags[0])
        live_say(live, -1,
                 N_("this machine has no sock_diag: the kernel lane shows the states of open "
                    "descriptors only, neither SYN-RECEIVED before accept() nor TIME-WAIT"));
    return true;
}

static bool open_wire(struct live *live, const struct live_setup *setup, struct net_error *error)
{
    bool any_model = false, any_kernel = false;
    for (unsigned h = 0; h < setup->hosts; h++) {
        any_model = any_model || setup->model[h];
        any_kernel = any_kernel || !setup->model[h];
    }
    live->lane.wire_in_hand = true;
    live->family = setup->family;
    live->delay_usec = setup->delay_usec;
    live->lane.id = !any_model ? LANE_KERNEL : any_kernel ? LANE_MIXED : LANE_MODEL;
    live->order = setup->profile ? setup->profile->set.option_order : ORDER_LINUX;
    live_give_hosts(live, setup);
    return (!any_kernel || live_open_sandbox(live, setup, error)) &&
           (!any_model || live_open_model(live, setup, error));
}

struct lane *live_open(const struct live_setup *setup, struct net_error *error)
{
    unsigned most = setup->kind == LIVE_WIRE ? SANDBOX_HOSTS_MAX : LIVE_HOSTS_MAX;
    if (setup->hosts == 0 || setup->hosts > most) {
        *error = (struct net_error){ .err = EINVAL, .operation = "number of hosts" };
        return NULL;
    }
    struct live *live = calloc(1, sizeof *live);
    if (!live) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "calloc" };
        return NULL;
    }
    live->lane = (struct lane){ .ops = setup->kind == LIVE_WIRE ? &wire_ops : &loopback_ops,
                                .sink = setup->sink,
                                .id = LANE_KERNEL };
    live->lane.own_clock = true;
    live->began_usec = clock_usec();
    live->hosts = setup->hosts;
    live->next_id = 1;
    if (setup->kind == LIVE_WIRE ? open_wire(live, setup, error) : open_loopback(live, error))
        return &live->lane;
    live_close(&live->lane);
    return NULL;
}
