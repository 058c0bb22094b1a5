/*
 * Time and order of a script: each event at its time, all that the host has to do in between.
 */
#include "ui/drill/runner.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* README of packetdrill's times: a few milliseconds, or an eighth of the gap before. */
uint64_t tolerance(const struct runner *run)
{
    uint64_t eighth = run->gap_usec / 8;
    return eighth > run->tolerance_usec ? eighth : run->tolerance_usec;
}

static struct seen_socket *seen_of(struct runner *run, int32_t id)
{
    struct seen_socket *free_one = NULL;
    for (unsigned i = 0; i < DRILL_SOCKETS; i++) {
        if (run->seen[i].id == id)
            return &run->seen[i];
        if (run->seen[i].id == 0 && !free_one)
            free_one = &run->seen[i];
    }
    if (free_one)
        *free_one = (struct seen_socket){ .id = id, .fd = -1, .state = CLOSED };
    return free_one;
}

static void keep_sent(struct runner *run, const struct event *event)
{
    uint32_t at = (run->queue_first + run->queue_len) % DRILL_QUEUE;
    if (run->id_count < DRILL_QUEUE)
        run->ids[run->id_count++] = event->u.wire.id;
    if (run->queue_len == DRILL_QUEUE) /* a script that looks at none of so many */
        return;
    run->queue[at] = (struct sent_segment){ event->u.wire.seg, event->usec };
    run->queue_len++;
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

bool runner_apply(struct runner *run, const struct command *command, struct call_result *result,
                  uint8_t *into)
{
    struct sink sink = { happened, run };
    world_apply(run->world, command, &sink, result, into);
    clear_wire(run);
    return true;
}

bool runner_step(struct runner *run)
{
    struct command step = { .kind = COMMAND_STEP };
    runner_apply(run, &step, NULL, NULL);
    return call_again(run);
}

bool runner_until(struct runner *run, uint64_t usec, bool at_it)
{
    struct command until = { .kind = COMMAND_UNTIL, .usec = usec };
    while (world_due(run->world) < usec || (at_it && world_due(run->world) == usec)) {
        if (!runner_step(run))
            return false;
    }
    if (usec > world_now(run->world))
        world_apply(run->world, &until, NULL, NULL, NULL);
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

static bool one_event(struct runner *run, const struct script_event *event)
{
    bool outbound = event->kind == SCRIPT_PACKET && event->packet.is_outbound;
    uint64_t at = event->time.kind == SCRIPT_ANY ? world_now(run->world)
                                                 : time_of(run, &event->time, event->time.usec);
    if (event->not_modelled)
        return is_not_modelled(run, event->first_line, event->not_modelled);
    if (at < run->last_usec)
        return fails(run, event->first_line, "its time is before that of the event before");
    run->gap_usec = at - run->last_usec;
    if (!outbound && !runner_until(run, at, false))
        return false;
    if (!run_event(run, event))
        return false;
    run->last_usec = event->time.kind == SCRIPT_ANY ? world_now(run->world) : at;
    return true;
}

static bool take_option(struct runner *run, const struct script_option *option)
{
    char value[32] = "";
    if (option->value.at)
        snprintf(value, sizeof value, "%.*s", (int)option->value.len, option->value.at);
    if (script_text_is(option->name, "tolerance_usecs"))
        run->tolerance_usec = strtoull(value, NULL, 10);
    else if (script_text_is(option->name, "tcp_ts_tick_usecs"))
        run->ts_tick_usec = strtoull(value, NULL, 10);
    else if (script_text_is(option->name, "ip_version"))
        run->family = strcmp(value, "ipv4") == 0 ? 4 : 6;
    else if (script_text_is(option->name, "mtu"))
        run->set.mss = (uint16_t)(strtoul(value, NULL, 10) - 40);
    else
        note_skipped(run, value[0] ? "an option" : "a switch");
    return true;
}

static void begin(struct runner *run)
{
    const struct profile *named = profile_named(run->script);
    run->profile = run->options->profile ? run->options->profile
                   : named               ? named
                                         : profile_find("linux");
    run->set = run->profile->set;
    run->family = 4;
    run->tolerance_usec = TOLERANCE_USEC;
    run->last_fd = -1;
    for (unsigned i = 0; i < DRILL_FDS; i++) {
        run->fds[i] = -1;
        run->items[i].fd = -1;
    }
    for (const struct script_option *o = run->script->options; o; o = o->next)
        take_option(run, o);
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

static bool run_all(struct runner *run)
{
    begin(run);
    if (run->script->init.at && !command_event(run, run->script->init, run->script->init_line))
        return false;
    if (!make_world(run))
        return false;
    for (size_t i = 0; i < run->script->event_count; i++) {
        if (!one_event(run, &run->script->events[i]))
            return false;
    }
    return call_must_be_over(run, 0);
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
    bool good = run->script
                    ? run_all(run)
                    : fails(run, error.line, "column %" PRIu32 ": %s", error.column, error.message);
    bool skipped = run->not_modelled;
    script_free(run->script);
    free(run->world);
    free(run);
    return good ? DRILL_PASSED : skipped ? DRILL_SKIPPED : DRILL_FAILED;
}
