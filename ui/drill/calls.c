/*
 * The program of a script: its system calls, made on the host's sockets. A call may wait
 * ("0...0.2") while the script goes on; others have to return at once.
 */
#include "ui/drill/calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

int32_t live_fd(const struct runner *run, int64_t fd)
{
    return fd >= 0 && fd < DRILL_FDS ? run->fds[fd] : NO_FD;
}

/* ---- descriptors: the script has its own numbers for them */

static bool first_number(const struct script_event *event, int64_t *number)
{
    const struct value *value = script_arg(&event->call, 0);
    return value && script_number(value, number);
}

static bool wants_nonblock(const struct script_event *event)
{
    bool accepts = script_text_is(event->call.name, "accept4");
    bool opens = script_text_is(event->call.name, "socket");
    int64_t bits;
    return (accepts || opens) && script_number(script_arg(&event->call, accepts ? 3 : 1), &bits) &&
           (bits & DRILL_NONBLOCK) != 0;
}

bool fd_keep(struct runner *run, const struct script_event *event, int32_t live)
{
    int64_t fd;
    int32_t err;
    if (!expected_result(&event->call, &fd, &err) || fd < 0)
        return true; /* a failure, and reported as one; or "...", and nobody can name it */
    if (fd >= DRILL_FDS)
        return call_refuse(run, event, "a descriptor as high as that");
    if (run->fds[fd] != NO_FD)
        return fails(run, event->first_line, "descriptor %" PRId64 " is open already", fd);
    run->fds[fd] = live;
    run->inq[fd] = false;
    return true;
}

static void fd_drop(struct runner *run, const struct script_event *event)
{
    int64_t fd;
    if (!first_number(event, &fd) || live_fd(run, fd) == NO_FD)
        return;
    run->fds[fd] = NO_FD;
    epoll_forget(run, fd);
}

static bool descriptors_follow(struct runner *run, const struct script_event *event,
                               const struct call *call, const struct call_result *result)
{
    bool makes = call->op == CALL_SOCKET || call->op == CALL_ACCEPT;
    struct command set = { .kind = COMMAND_CALL, .call = { .op = CALL_FCNTL, .fd = result->ret } };
    if (call->op == CALL_CLOSE && result->ret == 0)
        fd_drop(run, event);
    if (!makes || result->ret < 0)
        return true;
    run->last_fd = result->ret;
    set.call.flags = REQUEST_SETFL;
    set.call.value = FILE_NONBLOCK;
    if (wants_nonblock(event))
        runner_apply(run, &set, NULL, NULL);
    return fd_keep(run, event, result->ret);
}

/* ---- waiting */

static bool returned_in_time(struct runner *run, const struct script_event *event)
{
    char want[32], got[32];
    uint64_t now = world_now(run->world), end = run->waiting.end_usec;
    uint64_t off = now > end ? now - end : end - now;
    uint64_t length = (uint64_t)(event->time.end_usec - event->time.usec);
    if (off <= tolerance_of(run, length))
        return true;
    snprintf(want, sizeof want, "%.6f s", (double)end / 1e6);
    snprintf(got, sizeof got, "%.6f s", (double)now / 1e6);
    return differs(run, event, "the call returned at another time", want, got);
}

uint64_t deadline_after(const struct runner *run, int64_t msec)
{
    return msec < 0 ? UINT64_MAX : world_now(run->world) + (uint64_t)msec * 1000;
}

bool call_start(struct runner *run, const struct script_event *event, call_again_fn *again)
{
    bool waits = false;
    uint64_t base = event->time.kind == SCRIPT_AFTER ? run->last_usec : 0;
    run->waiting.again = again;
    run->waiting.event = NULL;
    run->waiting.end_usec = base + (uint64_t)event->time.end_usec;
    if (!again(run, event, &waits))
        return false;
    if (waits && !event->time.blocks)
        return fails(run, event->first_line, "the call waits, and the script does not say so");
    if (waits)
        run->waiting.event = event;
    return waits || !event->time.blocks || returned_in_time(run, event);
}

bool call_again(struct runner *run)
{
    const struct script_event *event = run->waiting.event;
    bool waits = false;
    if (!event)
        return true;
    if (!run->waiting.again(run, event, &waits))
        return false;
    if (waits)
        return true;
    run->waiting.event = NULL;
    return returned_in_time(run, event);
}

bool call_must_be_over(struct runner *run, uint32_t line)
{
    const struct script_event *event = run->waiting.event;
    if (event && !runner_until(run, run->waiting.end_usec, true))
        return false;
    if (run->waiting.event &&
        !runner_until(run, run->waiting.end_usec + tolerance_of(run, 0), true))
        return false;
    if (!run->waiting.event)
        return true;
    return fails(run, line ? line : event->first_line, "the call of line %" PRIu32 " still waits",
                 event->first_line);
}

/* ---- making them */

static bool model_call(struct runner *run, const struct script_event *event, bool *waits)
{
    struct command command = { .kind = COMMAND_CALL, .call = run->waiting.blocking.call };
    struct call_result result;
    runner_apply(run, &command, &result, NULL);
    *waits = blocking_again(&run->waiting.blocking, &result);
    if (*waits)
        return true;
    const struct call *call = &run->waiting.blocking.call;
    return descriptors_follow(run, event, call, &result) &&
           outcome_holds(run, event, call, &result);
}

/* The kernel looks at the buffer once there is something to be copied. */
static bool meets_no_buffer(const struct making *m)
{
    uint32_t needs = m->call.op == CALL_SEND ? POLL_BIT_OUT : POLL_BIT_IN;
    return m->no_buffer && (world_poll(m->run->world, 0, m->call.fd) & needs) != 0;
}

static bool no_buffer_call(struct runner *run, const struct script_event *event, bool *waits)
{
    *waits = false;
    return returns(run, event, -1, EFAULT);
}

static bool ignored_call(struct runner *run, const struct script_event *event, bool *waits)
{
    int64_t fd = NO_FD;
    bool is_open = first_number(event, &fd) && live_fd(run, fd) != NO_FD;
    *waits = false;
    return returns(run, event, is_open ? 0 : -1, EBADF);
}

/* close() of a descriptor of epoll. */
static bool close_epoll(struct runner *run, const struct script_event *event, bool *waits)
{
    *waits = false;
    fd_drop(run, event);
    return returns(run, event, 0, 0);
}

static call_again_fn *kind_of(const struct making *m)
{
    if (m->is_ignored)
        return ignored_call;
    if (m->call.op == CALL_CLOSE && m->call.fd >= EPOLL_BASE)
        return close_epoll;
    return meets_no_buffer(m) ? no_buffer_call : model_call;
}

bool call_event(struct runner *run, const struct script_event *event)
{
    struct making m = { .run = run, .event = event, .in_script = &event->call };
    call_again_fn *again = NULL;
    if (!call_must_be_over(run, event->first_line))
        return false;
    run->waiting.deadline_usec = UINT64_MAX;
    if (!poll_make(run, event, &again) || !epoll_make(run, event, &again))
        return false;
    if (again)
        return call_start(run, event, again);
    if (!call_make(&m))
        return false;
    blocking_begin(&run->waiting.blocking, &m.call);
    return call_start(run, event, kind_of(&m));
}
