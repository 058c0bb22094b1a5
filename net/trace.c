/*
 * Keeping events. Their texts lie in chunks that never move, so that an event can point there.
 */
#include "net/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_LEN = 16384,
    TELL_MAX = 320
};

struct trace_chunk {
    struct trace_chunk *older;
    size_t used, cap;
    uint8_t octets[];
};

void trace_init(struct trace *trace)
{
    *trace = (struct trace){ .step = 0 };
}

void trace_free(struct trace *trace)
{
    while (trace->chunks) {
        struct trace_chunk *older = trace->chunks->older;
        free(trace->chunks);
        trace->chunks = older;
    }
    free(trace->events);
    trace_init(trace);
}

static struct trace_chunk *chunk_with_room(struct trace *trace, size_t len)
{
    struct trace_chunk *chunk = trace->chunks;
    if (chunk && chunk->cap - chunk->used >= len)
        return chunk;
    size_t cap = len > CHUNK_LEN ? len : CHUNK_LEN;
    chunk = malloc(sizeof *chunk + cap);
    if (!chunk)
        return NULL;
    *chunk = (struct trace_chunk){ .older = trace->chunks, .cap = cap };
    trace->chunks = chunk;
    return chunk;
}

/* A copy that stays, or NULL. */
static const uint8_t *keep_octets(struct trace *trace, const uint8_t *octets, size_t len)
{
    struct trace_chunk *chunk = chunk_with_room(trace, len);
    if (!chunk)
        return NULL;
    uint8_t *kept = chunk->octets + chunk->used;
    memcpy(kept, octets, len);
    chunk->used += len;
    return kept;
}

static bool keep_text(struct trace *trace, struct event *event)
{
    if (!event->text) /* of a world that only counts octets */
        event->text_len = 0;
    if (event->text_len == 0)
        return true;
    event->text = keep_octets(trace, event->text, event->text_len);
    return event->text != NULL;
}

static bool keep_form(struct trace *trace, struct event *event)
{
    if (!event->form)
        return true;
    event->form =
        (const char *)keep_octets(trace, (const uint8_t *)event->form, strlen(event->form) + 1);
    return event->form != NULL;
}

static bool keep_header(struct trace *trace, struct event *event)
{
    bool of_wire = event_has_segment(event->kind);
    if (!of_wire || !event->u.wire.header)
        return true;
    event->u.wire.header = keep_octets(trace, event->u.wire.header, event->u.wire.header_len);
    return event->u.wire.header != NULL;
}

static bool has_room(struct trace *trace)
{
    if (trace->count < trace->cap)
        return true;
    size_t cap = trace->cap ? trace->cap * 2 : 256;
    struct event *events = realloc(trace->events, cap * sizeof *events);
    if (!events)
        return false;
    trace->events = events;
    trace->cap = cap;
    return true;
}

static void take_in(void *to, const struct event *event)
{
    struct trace *trace = to;
    struct event copy = *event;
    copy.step = trace->step;
    copy.line = trace->line;
    copy.apart = (uint8_t)trace->apart;
    copy.cause = (uint8_t)trace->cause;
    if (trace->full || !has_room(trace) || !keep_text(trace, &copy) || !keep_form(trace, &copy) ||
        !keep_header(trace, &copy)) {
        trace->full = true;
        return;
    }
    trace->events[trace->count++] = copy;
}

struct sink trace_sink(struct trace *trace)
{
    return (struct sink){ .emit = take_in, .to = trace };
}

void trace_cut(struct trace *trace, size_t count)
{
    if (count >= trace->count)
        return;
    trace->count = count;
    trace->cuts++;
    trace->cut_to = count;
}

size_t trace_step_end(const struct trace *trace, uint32_t step)
{
    size_t low = 0, high = trace->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trace->events[middle].step <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *trace_kind(const struct trace *trace, enum lane_id lane, unsigned host)
{
    return lane_name(trace->model[lane][host] ? LANE_MODEL : LANE_KERNEL);
}

static void say(struct trace *trace, enum lane_id lane, uint64_t usec, const char *words,
                const char *form)
{
    struct event event = { .usec = usec,
                           .kind = EV_SAY,
                           .lane = (uint8_t)lane,
                           .host = -1,
                           .sock = -1,
                           .text = (const uint8_t *)words,
                           .text_len = (uint32_t)strlen(words),
                           .form = form };
    take_in(trace, &event);
}

void trace_say(struct trace *trace, enum lane_id lane, uint64_t usec, const char *words)
{
    say(trace, lane, usec, words, NULL);
}

void trace_tell(struct trace *trace, enum lane_id lane, uint64_t usec, const char *form, ...)
{
    char words[TELL_MAX];
    va_list list;
    va_start(list, form);
    vsnprintf(words, sizeof words, form, list);
    va_end(list);
    say(trace, lane, usec, words, form);
}

static bool is_state_of(const struct event *event, enum lane_id lane, unsigned host)
{
    return event->kind == EV_STATE && event->lane == lane && event->host == (int)host;
}

enum tcp_state trace_state(const struct trace *trace, enum lane_id lane, unsigned host,
                           int32_t sock)
{
    for (size_t i = trace->count; i-- > 0;) {
        const struct event *event = &trace->events[i];
        if (is_state_of(event, lane, host) && event->sock == sock)
            return (enum tcp_state)event->u.state.to;
    }
    return CLOSED;
}

bool trace_has_state(const struct trace *trace, enum lane_id lane, unsigned host,
                     enum tcp_state state)
{
    for (size_t i = trace->count; i-- > 0;) {
        const struct event *event = &trace->events[i];
        if (is_state_of(event, lane, host) && event->u.state.to == state &&
            trace_state(trace, lane, host, event->sock) == state)
            return true;
    }
    return false;
}
