/*
 * The log. A return that follows its call at once shares its line, as strace has it; what only a
 * program would miss (variables, timers armed and stopped) is left to the NDJSON trace.
 */
#include "ui/export/log.h"

#include "ui/text.h"
#include "ui/tui/grid.h"
#include "ui/words.h"

#include <inttypes.h>
#include <string.h>

enum {
    WRAP_AT = 96,
    LANE_WIDTH = 6 /* "kernel" */
};

void log_begin(struct log *log)
{
    memset(log, 0, sizeof *log);
}

static bool is_worth_a_line(const struct event *event)
{
    if (event->kind == EV_TIMER)
        return event->u.timer.change == TIMER_RAN_OUT ||
               (event->u.timer.change == TIMER_ARMED && event->u.timer.timer == TIMER_TIME_WAIT);
    return event->kind != EV_VARS && event->kind != EV_NEXT && event->kind != EV_SOCKET;
}

/* Sentences of the lab, wrapped, each line with a bar before it. */
static void write_saying(const struct event *event, FILE *to)
{
    char words[1024];
    struct numbering none = { .count = 0 };
    const char *at = words_event(event, &none, words, sizeof words);
    while (*at) {
        const char *next;
        size_t len = text_row(at, WRAP_AT, &next);
        fprintf(to, "     | %.*s\n", (int)len, at);
        at = next;
    }
}

/* On a lane of both kinds, which kind the host is of. */
static const char *lane_words(const struct trace *trace, const struct event *event)
{
    if (event->lane == LANE_ALL)
        return "";
    bool mixed = event->lane == LANE_MIXED && event->host >= 0;
    return _(mixed ? trace_kind(trace, LANE_MIXED, (unsigned)event->host)
                   : lane_name((enum lane_id)event->lane));
}

static void write_head(struct log *log, const struct trace *trace, const struct event *event,
                       FILE *to)
{
    char step[12] = "";
    if (!log->begun || event->step != log->step)
        snprintf(step, sizeof step, "%" PRIu32, event->step);
    log->begun = true;
    log->step = event->step;
    const char *lane = lane_words(trace, event);
    fprintf(to, "%4s %8" PRIu64 ".%03u  %-*s %c  ", step, event->usec / 1000000,
            (unsigned)(event->usec / 1000 % 1000), text_field(lane, LANE_WIDTH), lane,
            host_letter(event->host));
}

static const char *mark_of(const struct event *event)
{
    if (event->kind == EV_EXPECT)
        return event->u.expect.holds ? _("ok    ") : _("FAILS ");
    return event->kind == EV_DIFFERS ? _("DIFFERS ") : "";
}

/* Which of a host's sockets it is about, where there is a name to it. */
static void write_sock(const struct log *log, const struct event *event, FILE *to)
{
    char label[NAME_MAX_LEN + 8];
    const struct sock_row *row = socks_find(&log->socks, event->lane, event->host, event->sock);
    if (row && (event->kind == EV_STATE || event->kind == EV_RULE || event->kind == EV_SIGNAL ||
                event->kind == EV_TIMER))
        fprintf(to, "%s: ", sock_label(row, label, sizeof label));
}

static bool returns_at_once(const struct event *call, const struct event *next)
{
    return call->kind == EV_CALL && next && next->kind == EV_RETURN && next->lane == call->lane &&
           next->host == call->host;
}

static void write_event(struct log *log, const struct trace *trace, const struct event *event,
                        const struct event *next, FILE *to)
{
    char words[WORDS_MAX], result[WORDS_MAX];
    if (event->kind == EV_SAY) {
        write_saying(event, to);
        return;
    }
    write_head(log, trace, event, to);
    write_sock(log, event, to);
    fprintf(to, "%s%s", mark_of(event),
            words_event(event, &log->numbering[event->lane], words, sizeof words));
    if (returns_at_once(event, next))
        fprintf(to, " = %s", words_result(next, result, sizeof result));
    else if (event->kind == EV_CALL)
        fprintf(to, " ...");
    fprintf(to, "\n");
}

/* The next event that stands in the log. */
static const struct event *next_line(const struct trace *trace, size_t at)
{
    while (++at < trace->count) {
        if (is_worth_a_line(&trace->events[at]))
            return &trace->events[at];
    }
    return NULL;
}

void log_write(struct log *log, const struct trace *trace, FILE *to)
{
    bool joined = false;
    for (; log->written < trace->count; log->written++) {
        const struct event *event = &trace->events[log->written];
        numbering_learn(&log->numbering[event->lane], event);
        socks_take(&log->socks, event);
        if (!is_worth_a_line(event))
            continue;
        const struct event *next = next_line(trace, log->written);
        if (!joined)
            write_event(log, trace, event, next, to);
        joined = !joined && next && returns_at_once(event, next);
    }
}
