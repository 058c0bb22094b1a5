/*
 * poll() of a script: poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 100) = 1.
 */
#include "ui/drill/calls.h"

#include <string.h>

enum {
    TIMEOUT_ARG = 2
};

static bool field(const struct value *of, const char *name, size_t place, int64_t *number)
{
    const struct value *value = value_field(of, name, place);
    return value && script_number(value, number);
}

/* What it finds of one descriptor: 0 for a negative one, POLLNVAL for one that is not open. */
static int64_t found_of(const struct runner *run, const struct value *one)
{
    int64_t fd = -1, events = 0, always = POLL_BIT_ERR | POLL_BIT_HUP | POLL_BIT_NVAL;
    field(one, "fd", 0, &fd);
    field(one, "events", 1, &events);
    return fd < 0 ? 0 : world_poll(run->world, 0, live_fd(run, fd)) & (events | always);
}

static bool found_holds(struct runner *run, const struct script_event *event,
                        const struct value *one)
{
    const struct value *given = value_field(one, "revents", 2);
    int64_t want, got = found_of(run, one);
    if (!given || given->kind == VALUE_ELLIPSIS)
        return true;
    if (!script_number(given, &want))
        return call_refuse(run, event, "revents of that kind");
    return want == got || wrong_number(run, event, "poll() finds other events", want, got);
}

static bool poll_again(struct runner *run, const struct script_event *event, bool *waits)
{
    const struct value *all = script_arg(&event->call, 0);
    int32_t ready = 0;
    for (size_t i = 0; i < all->item_count; i++)
        ready += found_of(run, value_item(all, i)) != 0;
    *waits = ready == 0 && world_now(run->world) < run->waiting.deadline_usec;
    if (*waits)
        return true;
    for (size_t i = 0; i < all->item_count; i++) {
        if (!found_holds(run, event, value_item(all, i)))
            return false;
    }
    return returns(run, event, ready, 0);
}

static bool can_poll(struct runner *run, const struct script_event *event, const struct value *one)
{
    int64_t fd, events;
    if (one->kind != VALUE_STRUCT || !field(one, "fd", 0, &fd) || !field(one, "events", 1, &events))
        return call_refuse(run, event, "what it asks for");
    return live_fd(run, fd) < EPOLL_BASE || call_refuse(run, event, "a descriptor of epoll");
}

bool poll_make(struct runner *run, const struct script_event *event, call_again_fn **again)
{
    const struct value *all = script_arg(&event->call, 0);
    const struct value *timeout = script_arg(&event->call, TIMEOUT_ARG);
    int64_t count, msec;
    if (!script_text_is(event->call.name, "poll"))
        return true;
    if (!all || all->kind != VALUE_ARRAY || !timeout || !script_number(timeout, &msec) ||
        msec > INT32_MAX || !script_number(script_arg(&event->call, 1), &count) || count < 0 ||
        (size_t)count != all->item_count)
        return call_refuse(run, event, "its arguments");
    for (size_t i = 0; i < all->item_count; i++) {
        if (!can_poll(run, event, value_item(all, i)))
            return false;
    }
    run->waiting.deadline_usec = deadline_after(run, msec);
    *again = poll_again;
    return true;
}
