/*
 * Time and order of a script: each event at its time, all that the host has to do in between.
 */
#include "sim/ip.h"
#include "ui/drill/runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TCP_HEADER_LEN = 20
};

/* 100 years: no clock of the model comes to an end before. */
#define DRILL_END_USEC ((uint64_t)100 * 366 * 86400 * 1000000)

static const struct world_limits limits = {
    .hosts = 1,
    .sockets = DRILL_SOCKETS,
    .segments = 64,
    .text_len = UINT16_MAX,
    .ranges = 1024,
    .counted = true,
};

bool fails(struct runner *run, uint32_t line, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    run->report->line = line;
    vsnprintf(run->report->what, sizeof run->report->what, format, list);
    va_end(list);
    return false;
}

bool differs(struct runner *run, const struct script_event *event, const char *what,
             const char *expected, const char *got)
{
    snprintf(run->report->expected, sizeof run->report->expected, "%s", expected);
    snprintf(run->report->got, sizeof run->report->got, "%s", got);
    return fails(run, event->first_line, "%s", what);
}

bool is_not_modelled(struct runner *run, uint32_t line, const char *what)
{
    run->not_modelled = true;
    return fails(run, line, "not modelled: %s", what);
}

void note_skipped(struct runner *run, const char *what)
{
    char *skipped = run->report->skipped;
    size_t used = strlen(skipped);
    if (strstr(skipped, what))
        return;
    snprintf(skipped + used, sizeof run->report->skipped - used, "%s%s", used ? ", " : "", what);
}

/* A few milliseconds, or an eighth of the time gone by: what scripts allow a real machine. */
uint64_t tolerance_of(const struct runner *run, uint64_t gap_usec)
{
    uint64_t part = gap_usec / 8;
    return part > run->tolerance_usec ? part : run->tolerance_usec;
}

static struct seen_socket *seen_of(struct runner *run, int32_t id)
{
    struct seen_socket *free_one = NULL;
    for (unsigned i = 0; i < DRILL_SOCKETS; i++) {
        const struct seen_socket *seen = &run->seen[i];
        if (seen->id == id)
            return &run->seen[i];
        if (!free_one && (seen->id == 0 || (seen->fd < 0 && seen->state == CLOSED)))
            free_one = &run->seen[i];
    }
    if (free_one)
        *free_one = (struct seen_socket){ .id = id, .fd = -1, .state = CLOSED };
    return free_one;
}

static void keep_sent(struct runner *run, const struct event *event)
{
    uint32_t at = (run->queue_first + run->queue_len) % DRILL_QUEUE;
    if (run->queue_len == DRILL_QUEUE || run->id_count == DRILL_QUEUE) {
        run->overflows = true; /* a script that looks at none of so many */
        return;
    }
    run->ids[run->id_count++] = event->u.wire.id;
    run->queue[at] = (struct sent_segment){ event->u.wire.seg, event->usec };
    run->queue_len++;
}

/* A connection that waits to be accepted makes its listener ready. */
static void listeners_happened(struct runner *run)
{
    for (unsigned i = 0; i < DRILL_SOCKETS; i++) {
        if (run->seen[i].id != 0 && run->seen[i].state == LISTEN)
            epoll_happened(run, run->seen[i].fd);
    }
}

static void keep_socket(struct runner *run, const struct event *event)
{
    struct seen_socket *seen = event->sock > 0 ? seen_of(run, event->sock) : NULL;
    if (!seen)
        return;
    if (event->kind == EV_SOCKET) {
        seen->fd = event->u.socket.fd;
        seen->local = event->u.socket.local;
        seen->remote = event->u.socket.remote;
    } else if (event->kind == EV_STATE) {
        seen->state = (enum tcp_state)event->u.state.to;
        epoll_happened(run, seen->fd);
        if (seen->state == ESTABLISHED && seen->fd < 0)
            listeners_happened(run);
    } else if (event->kind == EV_VARS) {
        if (event->u.vars.unread > seen->unread)
            epoll_happened(run, seen->fd);
        seen->unread = event->u.vars.unread;
    }
}

static void happened(void *to, const struct event *event)
{
    struct runner *run = to;
    if (event->kind == EV_SENT)
        keep_sent(run, event);
    else
        keep_socket(run, event);
    emit(&run->options->ladder, event);
}

/* What the host sends is the script's now; the wire is to forget it. */
static void clear_wire(struct runner *run)
{
    for (uint32_t i = 0; i < run->id_count; i++) {
        struct command drop = { .kind = COMMAND_DROP, .id = run->ids[i] };
        world_apply(run->world, &drop, NULL, NULL, NULL);
    }
    run->id_count = 0;
}

void runner_apply(struct runner *run, const struct command *command, struct call_result *result,
                  uint8_t *into)
{
    struct sink sink = { happened, run };
    world_apply(run->world, command, &sink, result, into);
    clear_wire(run);
}

static void clock_to(struct runner *run, uint64_t usec)
{
    struct command until = { .kind = COMMAND_UNTIL, .usec = usec };
    if (usec > world_now(run->world))
        world_apply(run->world, &until, NULL, NULL, NULL);
}

bool runner_next(struct runner *run, uint64_t latest, bool *any)
{
    struct command step = { .kind = COMMAND_STEP };
    uint64_t due = world_due(run->world);
    uint64_t wake = run->waiting.event ? run->waiting.deadline_usec : UINT64_MAX;
    *any = (due < wake ? due : wake) <= latest && (due < wake ? due : wake) != UINT64_MAX;
    if (!*any)
        return true;
    if (++run->steps > DRILL_STEPS)
        return fails(run, 0, "more than %d things happen in it", DRILL_STEPS);
    if (wake < due)
        clock_to(run, wake);
    else
        runner_apply(run, &step, NULL, NULL);
    return call_again(run);
}

bool runner_until(struct runner *run, uint64_t usec, bool at_it)
{
    bool any = usec > 0 || at_it;
    while (any) {
        if (!runner_next(run, at_it ? usec : usec - 1, &any))
            return false;
    }
    clock_to(run, usec);
    return true;
}

/* When the event is to happen, as the script has it. */
static uint64_t time_of(const struct runner *run, const struct script_time *time, int64_t usec)
{
    return (time->kind == SCRIPT_AFTER ? run->last_usec : 0) + (uint64_t)usec;
}

static bool run_event(struct runner *run, const struct script_event *event)
{
    switch (event->kind) {
    case SCRIPT_PACKET:
        return event->packet.is_outbound ? packet_out(run, event) : packet_in(run, event);
    case SCRIPT_CALL:
        return call_event(run, event);
    case SCRIPT_COMMAND:
        return command_event(run, event->text, event->text_line);
    case SCRIPT_CODE:
        return code_event(run, event);
    }
    return false;
}

static bool can_run(struct runner *run, const struct script_event *event, uint64_t at,
                    bool outbound)
{
    if (event->not_modelled)
        return is_not_modelled(run, event->first_line, event->not_modelled);
    if (event->time.is_range && !outbound)
        return fails(run, event->first_line,
                     "only a segment that is expected has a range of times");
    if (at < run->last_usec)
        return fails(run, event->first_line, "its time is before that of the event before");
    return at < DRILL_END_USEC || fails(run, event->first_line, "its time is too far away");
}

static bool one_event(struct runner *run, const struct script_event *event)
{
    bool outbound = event->kind == SCRIPT_PACKET && event->packet.is_outbound;
    bool any = event->time.kind == SCRIPT_ANY;
    uint64_t now = world_now(run->world);
    uint64_t at = any ? (now > run->last_usec ? now : run->last_usec)
                      : time_of(run, &event->time, event->time.usec);
    if (!can_run(run, event, at, outbound))
        return false;
    run->gap_usec = at - run->last_usec;
    if (!outbound && !runner_until(run, at, false))
        return false;
    if (!run_event(run, event))
        return false;
    if (run->overflows)
        return fails(run, event->first_line, "%d segments of the host have not been looked at",
                     DRILL_QUEUE);
    /* where the script leaves the time open, + counts from what it has been */
    run->last_usec = any || event->time.is_range ? world_now(run->world) : at;
    return true;
}

static bool begin(struct runner *run)
{
    const struct profile *named = profile_named(run->script);
    run->profile = run->options->profile ? run->options->profile
                   : named               ? named
                                         : profile_find("linux");
    run->set = run->profile->set;
    run->last_fd = -1;
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        run->fds[i] = -1;
        run->items[i].fd = -1;
    }
    if (!options_take(run))
        return false;
    run->set.mss = (uint16_t)(run->mtu - TCP_HEADER_LEN - ip_header_len(run->family));
    return true;
}

/* The world comes to be once the settings in front of the first event are known. */
static bool make_world(struct runner *run)
{
    struct world_setup setup = { .limits = limits, .profile = run->profile, .seed = 1 };
    setup.family = run->family;
    void *block = malloc(world_size(&setup.limits));
    if (!block)
        return fails(run, 0, "no memory for a world");
    run->world = world_create(block, &setup);
    for (uint32_t i = 0; i < tcp_setting_count; i++) {
        struct command command = { .kind = COMMAND_SETTING, .setting = i };
        command.value = setting_get(&run->set, &tcp_settings[i]);
        world_apply(run->world, &command, NULL, NULL, NULL);
    }
    return true;
}

/* A command in front of the first event, or behind the last: nothing is judged by it. */
static bool outer_command(struct runner *run, struct script_text text, uint32_t line)
{
    run->is_init = true;
    bool good = !text.at || command_event(run, text, line);
    run->is_init = false;
    return good;
}

static bool run_all(struct runner *run)
{
    const struct script *script = run->script;
    if (!begin(run) || !outer_command(run, script->init, script->init_line) || !make_world(run))
        return false;
    for (size_t i = 0; i < script->event_count; i++) {
        if (!one_event(run, &script->events[i]))
            return false;
    }
    return call_must_be_over(run, 0) && outer_command(run, script->cleanup, script->cleanup_line);
}

enum drill_outcome drill_run(const char *path, const char *text, size_t len,
                             const struct drill_options *options, struct drill_report *report)
{
    struct script_error error;
    struct runner *run = calloc(1, sizeof *run);
    *report = (struct drill_report){ .line = 0 };
    if (!run) {
        snprintf(report->what, sizeof report->what, "no memory");
        return DRILL_FAILED;
    }
    *run = (struct runner){ .options = options, .report = report, .path = path };
    run->script = script_parse(text, len, &error);
    bool good = run->script ? run_all(run)
                            : fails(run, error.line, "column %u: %s", error.column, error.message);
    bool skipped = run->not_modelled;
    script_free(run->script);
    free(run->world);
    free(run);
    return good ? DRILL_PASSED : skipped ? DRILL_SKIPPED : DRILL_FAILED;
}
