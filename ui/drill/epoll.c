/*
 * epoll of a script, over what poll() says of a socket. Level-triggered items are looked at anew
 * with each epoll_wait(); edge-triggered ones are reported once for each thing that has happened.
 */
#include "ui/drill/calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define EDGE    ((uint32_t)1 << 31) /* EPOLLET */
#define ONESHOT ((uint32_t)1 << 30)

enum {
    CTL_ADD = 1,
    CTL_DEL = 2,
    CTL_MOD = 3,
    TIMEOUT_ARG = 3
};

void epoll_happened(struct runner *run, int32_t fd)
{
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        struct epoll_item *item = &run->items[i];
        if (fd >= 0 && item->fd >= 0 && live_fd(run, item->fd) == fd)
            item->edge = true;
    }
}

void epoll_forget(struct runner *run, int64_t fd)
{
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        struct epoll_item *item = &run->items[i];
        if (item->fd == fd || (item->fd >= 0 && item->epoll_fd == fd))
            item->fd = NO_FD;
    }
}

static bool unknown(struct runner *run, const struct script_event *event)
{
    return call_refuse(run, event, "its arguments");
}

static bool number_of(const struct script_event *event, size_t index, int64_t *number)
{
    const struct value *value = script_arg(&event->call, index);
    return value && script_number(value, number);
}

static bool create(struct runner *run, const struct script_event *event, bool *waits)
{
    int64_t fd;
    int32_t err;
    *waits = false;
    if (!expected_result(&event->call, &fd, &err) || fd >= DRILL_FDS)
        return unknown(run, event);
    return fd < 0 ? returns(run, event, 0, 0) : fd_keep(run, event, EPOLL_BASE + (int32_t)fd);
}

/* ---- epoll_ctl() */

static struct epoll_item *item_of(struct runner *run, int64_t epoll_fd, int64_t fd)
{
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        if (run->items[i].fd == fd && run->items[i].epoll_fd == epoll_fd)
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

/* {events=EPOLLIN, fd=4}, or with ptr, u32 or u64 for fd. */
static bool events_of(const struct value *event, struct epoll_item *item)
{
    const struct value *events = value_field(event, "events", 0);
    const struct value *data = event->item_count == 2 ? value_item(event, 1) : NULL;
    int64_t bits;
    if (event->kind != VALUE_STRUCT || event->item_count > 2 || !events ||
        !script_number(events, &bits) || bits < 0 || bits > UINT32_MAX)
        return false;
    item->events = (uint32_t)bits;
    if (data && data->kind == VALUE_FIELD)
        data = data->is;
    return !data || script_number(data, &item->data);
}

static int32_t control_error(struct runner *run, int64_t epoll_fd, int64_t op, int64_t fd)
{
    bool is_there = item_of(run, epoll_fd, fd) != NULL;
    if (live_fd(run, epoll_fd) == NO_FD || live_fd(run, fd) == NO_FD)
        return EBADF;
    if (live_fd(run, epoll_fd) < EPOLL_BASE || (op != CTL_ADD && op != CTL_DEL && op != CTL_MOD))
        return EINVAL;
    if (op == CTL_ADD)
        return is_there ? EEXIST : 0;
    return is_there ? 0 : ENOENT;
}

static bool control(struct runner *run, const struct script_event *event, bool *waits)
{
    int64_t epoll_fd, fd, op;
    const struct value *what = script_arg(&event->call, 3);
    struct epoll_item item = { .edge = true };
    *waits = false;
    if (!number_of(event, 0, &epoll_fd) || !number_of(event, 1, &op) || !number_of(event, 2, &fd) ||
        live_fd(run, fd) >= EPOLL_BASE)
        return unknown(run, event);
    if (op != CTL_DEL && (!what || !events_of(what, &item)))
        return unknown(run, event);
    int32_t err = control_error(run, epoll_fd, op, fd);
    struct epoll_item *at = op == CTL_ADD ? free_item(run) : item_of(run, epoll_fd, fd);
    if (err)
        return returns(run, event, -1, err);
    if (!at)
        return call_refuse(run, event, "so many descriptors");
    item.epoll_fd = (int32_t)epoll_fd;
    item.fd = op == CTL_DEL ? NO_FD : (int32_t)fd;
    *at = item;
    return returns(run, event, 0, 0);
}

/* ---- epoll_wait() */

static uint32_t ready(const struct runner *run, const struct epoll_item *item)
{
    uint32_t always = POLL_BIT_ERR | POLL_BIT_HUP;
    if (item->spent || (item->events & EDGE && !item->edge))
        return 0;
    return world_poll(run->world, 0, live_fd(run, item->fd)) & (item->events | always);
}

/* Which of the expected ones is this? One that was found before is not found again. */
static bool is_expected(const struct value *expected, uint64_t *seen, uint32_t bits, int64_t data)
{
    size_t count = expected->kind == VALUE_ARRAY ? expected->item_count : 1;
    for (size_t i = 0; i < count && i < DRILL_FDS; i++) {
        const struct value *one =
            expected->kind == VALUE_ARRAY ? value_item(expected, i) : expected;
        struct epoll_item want = { .events = 0 };
        bool same = events_of(one, &want) && want.events == bits && want.data == data;
        if (same && !(*seen >> i & 1)) {
            *seen |= (uint64_t)1 << i;
            return true;
        }
    }
    return false;
}

static bool found(struct runner *run, const struct script_event *event, struct epoll_item *item,
                  uint32_t bits, uint64_t *seen)
{
    const struct value *expected = script_arg(&event->call, 1);
    char got[64];
    item->edge = false;
    item->spent = (item->events & ONESHOT) != 0;
    if (expected->kind == VALUE_ELLIPSIS || is_expected(expected, seen, bits, item->data))
        return true;
    snprintf(got, sizeof got, "events 0x%" PRIx32 " of %" PRId64, bits, item->data);
    char want[DRILL_WORDS];
    snprintf(want, sizeof want, "%.*s",
             expected->source.len > 300 ? 300 : (int)expected->source.len, expected->source.at);
    return differs(run, event, "epoll_wait() finds something else", want, got);
}

/* Where nothing is found the kernel writes nothing: packetdrill sees zeros. */
static bool nothing_found(struct runner *run, const struct script_event *event)
{
    const struct value *expected = script_arg(&event->call, 1);
    uint64_t seen = 0;
    bool empty = expected->kind == VALUE_ELLIPSIS ||
                 (expected->kind == VALUE_ARRAY && expected->item_count == 0) ||
                 is_expected(expected, &seen, 0, 0);
    if (!returns(run, event, 0, 0))
        return false;
    return empty || differs(run, event, "epoll_wait() finds something else", "an event", "none");
}

static bool wait_again(struct runner *run, const struct script_event *event, bool *waits)
{
    int64_t epoll_fd = 0, most = 0;
    uint64_t seen = 0;
    int32_t count = 0;
    number_of(event, 0, &epoll_fd);
    number_of(event, 2, &most);
    for (unsigned i = 0; i < DRILL_FDS && count < most; i++) {
        struct epoll_item *item = &run->items[i];
        bool mine = item->fd >= 0 && item->epoll_fd == epoll_fd;
        uint32_t bits = mine ? ready(run, item) : 0;
        if (bits && !found(run, event, item, bits, &seen))
            return false;
        count += bits != 0;
    }
    *waits = count == 0 && world_now(run->world) < run->waiting.deadline_usec;
    if (*waits)
        return true;
    return count == 0 ? nothing_found(run, event) : returns(run, event, count, 0);
}

static bool wait_error(struct runner *run, const struct script_event *event, bool *waits)
{
    int64_t epoll_fd = 0;
    *waits = false;
    number_of(event, 0, &epoll_fd);
    return returns(run, event, -1, live_fd(run, epoll_fd) == NO_FD ? EBADF : EINVAL);
}

static bool wait_make(struct runner *run, const struct script_event *event, call_again_fn **again)
{
    int64_t epoll_fd, most, msec;
    const struct value *events = script_arg(&event->call, 1);
    if (!number_of(event, 0, &epoll_fd) || !number_of(event, 2, &most) ||
        !number_of(event, TIMEOUT_ARG, &msec) || msec > INT32_MAX ||
        (events->kind != VALUE_STRUCT && events->kind != VALUE_ARRAY &&
         events->kind != VALUE_ELLIPSIS))
        return unknown(run, event);
    bool is_right = live_fd(run, epoll_fd) >= EPOLL_BASE && most > 0;
    run->waiting.deadline_usec = deadline_after(run, msec);
    *again = is_right ? wait_again : wait_error;
    return true;
}

bool epoll_make(struct runner *run, const struct script_event *event, call_again_fn **again)
{
    struct script_text name = event->call.name;
    if (script_text_is(name, "epoll_create") || script_text_is(name, "epoll_create1"))
        *again = create;
    else if (script_text_is(name, "epoll_ctl"))
        *again = control;
    else if (script_text_is(name, "epoll_wait"))
        return wait_make(run, event, again);
    return true;
}
