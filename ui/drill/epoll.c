/*
 * epoll of a script, over what poll() says of a socket. Level-triggered items are looked at anew
 * with each epoll_wait(); edge-triggered ones are reported once for each thing that has happened.
 */
#include "ui/drill/runner.h"

#include <inttypes.h>
#include <stdio.h>

#define EDGE    ((uint32_t)1 << 31) /* EPOLLET */
#define ONESHOT ((uint32_t)1 << 30)

enum {
    EPOLL_BASE = 1000000 /* their numbers are no descriptors of the host */
};

void epoll_happened(struct runner *run, int32_t fd)
{
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        struct epoll_item *item = &run->items[i];
        if (fd >= 0 && item->fd >= 0 && live_fd(run, item->fd) == fd)
            item->edge = true;
    }
}

static uint32_t ready(const struct runner *run, const struct epoll_item *item)
{
    uint32_t always = POLL_BIT_ERR | POLL_BIT_HUP;
    if (item->spent || (item->events & EDGE && !item->edge))
        return 0;
    return world_poll(run->world, 0, live_fd(run, item->fd)) & (item->events | always);
}

static bool unknown(struct runner *run, const struct script_event *event)
{
    return is_not_modelled(run, event->first_line, "epoll with other arguments");
}

static bool create(struct runner *run, const struct script_event *event)
{
    int64_t fd;
    if (!event->call.result || !script_number(event->call.result, &fd) || fd < 0 || fd >= DRILL_FDS)
        return unknown(run, event);
    run->fds[fd] = EPOLL_BASE + (int32_t)fd;
    return true;
}

static struct epoll_item *item_of(struct runner *run, int64_t epoll_fd, int64_t fd)
{
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        if (run->items[i].epoll_fd == epoll_fd && run->items[i].fd == fd)
            return &run->items[i];
    }
    return NULL;
}

static struct epoll_item *free_item(struct runner *run)
{
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        if (run->items[i].fd < 0)
            return &run->items[i];
    }
    return NULL;
}

static bool events_of(const struct value *event, struct epoll_item *item)
{
    const struct value *events = event ? value_field(event, "events", 0) : NULL;
    const struct value *data = event ? value_field(event, "fd", 1) : NULL;
    int64_t bits;
    if (!events || !script_number(events, &bits))
        return false;
    item->events = (uint32_t)bits;
    return !data || script_number(data, &item->data);
}

static bool control(struct runner *run, const struct script_event *event)
{
    int64_t epoll_fd, fd, op, add, del;
    const struct value *what = script_arg(&event->call, 3);
    if (!script_arg(&event->call, 2) || !script_number(script_arg(&event->call, 0), &epoll_fd) ||
        !script_number(script_arg(&event->call, 1), &op) ||
        !script_number(script_arg(&event->call, 2), &fd))
        return unknown(run, event);
    script_constant((struct script_text){ "EPOLL_CTL_ADD", 13 }, &add);
    script_constant((struct script_text){ "EPOLL_CTL_DEL", 13 }, &del);
    struct epoll_item *item = op == add ? free_item(run) : item_of(run, epoll_fd, fd);
    if (!item)
        return unknown(run, event);
    *item = (struct epoll_item){ .epoll_fd = (int32_t)epoll_fd, .fd = (int32_t)fd, .edge = true };
    if (op == del)
        item->fd = -1;
    return op == del || events_of(what, item) || unknown(run, event);
}

static bool reported(struct runner *run, const struct script_event *event, int64_t want_count,
                     struct epoll_item *found, uint32_t bits)
{
    struct epoll_item want = { .events = 0 };
    char expected[64], got[64];
    if (!events_of(script_arg(&event->call, 1), &want))
        return unknown(run, event);
    if ((found != NULL) == (want_count == 1) &&
        (!found || (want.events == bits && want.data == found->data)))
        return true;
    snprintf(expected, sizeof expected, "%" PRId64 " ready, events 0x%x", want_count, want.events);
    snprintf(got, sizeof got, "%d ready, events 0x%x", found != NULL, bits);
    return differs(run, event, "epoll_wait() finds something else", expected, got);
}

static bool wait(struct runner *run, const struct script_event *event)
{
    int64_t epoll_fd, count;
    struct epoll_item *found = NULL;
    uint32_t bits = 0;
    if (!script_number(script_arg(&event->call, 0), &epoll_fd) || event->time.blocks ||
        !script_number(event->call.result, &count) || count < 0 || count > 1)
        return unknown(run, event);
    for (unsigned i = 0; i < DRILL_FDS && !found; i++) {
        struct epoll_item *item = &run->items[i];
        bits = item->fd >= 0 && item->epoll_fd == epoll_fd ? ready(run, item) : 0;
        found = bits ? item : NULL;
    }
    if (found) {
        found->edge = false;
        found->spent = (found->events & ONESHOT) != 0;
    }
    return reported(run, event, count, found, bits);
}

bool epoll_call(struct runner *run, const struct script_event *event, bool *done)
{
    struct script_text name = event->call.name;
    *done = true;
    if (script_text_is(name, "epoll_create") || script_text_is(name, "epoll_create1"))
        return create(run, event);
    if (script_text_is(name, "epoll_ctl"))
        return control(run, event);
    if (script_text_is(name, "epoll_wait"))
        return wait(run, event);
    *done = false;
    return true;
}
