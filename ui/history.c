/*
 * Indexing a trace by its steps.
 */
#include "ui/history.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 64,         /* steps whose marks are kept together */
    BASE_EVENTS = 32768 /* from one base to the next */
};

void history_reset(struct history *history)
{
    free(history->steps);
    free(history->blocks);
    free(history->bases);
    free(history->expects);
    memset(history, 0, sizeof *history);
}

/* The rows with room for one more, of `size` octets each; NULL: out of memory, and they stay. */
static void *with_room(void *rows, size_t size, size_t count, size_t *cap)
{
    if (count < *cap)
        return rows;
    size_t more = *cap ? *cap * 2 : 16;
    void *moved = realloc(rows, more * size);
    if (moved)
        *cap = more;
    return moved;
}

static unsigned marks_of(const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EV_CALL:
        return STEP_CALL;
    case EV_STATE:
        return event->u.state.first || event->u.state.from != event->u.state.to ? STEP_MOVED : 0;
    case EV_DELIVERED:
        return event->host == 0 ? STEP_TO_A : STEP_TO_B;
    case EV_DROPPED:
        return STEP_DROPPED;
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        return STEP_WIRE;
    case EV_TIMER:
        return event->u.timer.change == TIMER_RAN_OUT ? STEP_TIMER : 0;
    case EV_SAY:
        return STEP_SAID;
    case EV_EXPECT:
        return event->u.expect.holds ? 0 : STEP_WRONG;
    case EV_DIFFERS:
        return STEP_WRONG;
    case EV_RETURN:
    case EV_SOCKET:
    case EV_RULE:
    case EV_SENT:
    case EV_SIGNAL:
    case EV_VARS:
    case EV_NEXT:
    case EVENT_KIND_COUNT:
        break;
    }
    return 0;
}

/* Writes the states as they are now into the last step. */
static void close_step(struct history *history, const struct trace *trace)
{
    if (history->count == 0)
        return;
    struct history_step *step = &history->steps[history->count - 1];
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        for (int host = 0; trace->on[lane] && host < LAB_HOSTS_MAX; host++) {
            const struct sock_row *row = socks_main(&history->socks, lane, host);
            step->state[lane][host] = row ? (uint8_t)(row->state + 1) : 0;
        }
    }
}

/* The sockets as they are before the event that a step begins with. */
static bool keep_base(struct history *history, uint32_t step)
{
    size_t last = history->base_count ? history->bases[history->base_count - 1].events : 0;
    if (history->events - last < BASE_EVENTS)
        return true;
    struct history_base *base =
        with_room(history->bases, sizeof *base, history->base_count, &history->base_cap);
    if (!base)
        return false;
    history->bases = base;
    base += history->base_count++;
    base->events = history->events;
    base->step = step;
    base->socks = history->socks;
    return true;
}

static bool grow(struct history *history)
{
    uint32_t cap = history->cap ? history->cap * 2 : 16 * BLOCK;
    struct history_step *steps = realloc(history->steps, cap * sizeof *steps);
    if (steps)
        history->steps = steps;
    uint16_t *blocks = realloc(history->blocks, cap / BLOCK * sizeof *blocks);
    if (blocks)
        history->blocks = blocks;
    if (steps && blocks)
        history->cap = cap;
    return steps && blocks;
}

/* Steps up to that one, in which nothing has happened yet. */
static bool begin_steps(struct history *history, const struct trace *trace, uint32_t step)
{
    close_step(history, trace);
    if (!keep_base(history, step))
        return false;
    while (history->count <= step) {
        if (history->count == history->cap && !grow(history))
            return false;
        struct history_step *fresh = &history->steps[history->count];
        *fresh = history->count ? fresh[-1] : (struct history_step){ .line = 0 };
        fresh->marks = 0;
        if (history->count % BLOCK == 0)
            history->blocks[history->count / BLOCK] = 0;
        history->count++;
    }
    return true;
}

static bool take(struct history *history, const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    if (event->step >= history->count && !begin_steps(history, trace, event->step))
        return false;
    struct history_step *step = &history->steps[event->step];
    step->marks |= (uint16_t)marks_of(event);
    history->blocks[event->step / BLOCK] |= step->marks;
    if (event->line > step->line)
        step->line = event->line;
    socks_take(&history->socks, event);
    if (event->kind != EV_EXPECT)
        return true;
    size_t *expects =
        with_room(history->expects, sizeof *expects, history->expect_count, &history->expect_cap);
    if (!expects)
        return false;
    history->expects = expects;
    expects[history->expect_count++] = at;
    return true;
}

/* Forgets the steps from `step` on, which begins with event `events`. */
static void cut(struct history *history, uint32_t step, size_t events)
{
    history->count = step;
    history->events = events;
    while (history->expect_count && history->expects[history->expect_count - 1] >= events)
        history->expect_count--;
    if (step % BLOCK == 0)
        return;
    history->blocks[step / BLOCK] = 0;
    for (uint32_t i = step - step % BLOCK; i < step; i++)
        history->blocks[step / BLOCK] |= history->steps[i].marks;
}

/* Goes back to the last base that the trace has still all events of. */
static void follow_cut(struct history *history, const struct trace *trace)
{
    bool heard_of_all = trace->cuts == history->cuts + 1;
    size_t left = heard_of_all ? trace->cut_to : 0;
    history->cuts = trace->cuts;
    if (heard_of_all && left >= history->events)
        return;
    while (history->base_count && history->bases[history->base_count - 1].events > left)
        history->base_count--;
    if (history->base_count == 0) {
        memset(&history->socks, 0, sizeof history->socks);
        cut(history, 0, 0);
        return;
    }
    const struct history_base *base = &history->bases[history->base_count - 1];
    history->socks = base->socks;
    cut(history, base->step, base->events);
}

void history_update(struct history *history, const struct trace *trace)
{
    if (trace->cuts != history->cuts)
        follow_cut(history, trace);
    history->socks.open_first = trace->is_record;
    if (history->full || history->events == trace->count)
        return;
    while (history->events < trace->count) {
        if (!take(history, trace, history->events)) {
            history->full = true;
            return;
        }
        history->events++;
    }
    close_step(history, trace);
}

unsigned history_marks(const struct history *history, uint32_t from, uint32_t to)
{
    unsigned marks = 0;
    if (to > history->count)
        to = history->count;
    while (from < to) {
        bool whole = from % BLOCK == 0 && to - from >= BLOCK;
        marks |= whole ? history->blocks[from / BLOCK] : history->steps[from].marks;
        from += whole ? BLOCK : 1;
    }
    return marks;
}

/* Behind the last step all is as it was after it. */
static const struct history_step *step_at(const struct history *history, uint32_t step)
{
    if (history->count == 0)
        return NULL;
    return &history->steps[step < history->count ? step : history->count - 1];
}

bool history_state(const struct history *history, uint32_t step, unsigned lane, int host,
                   enum tcp_state *state)
{
    const struct history_step *at = step_at(history, step);
    if (!at || at->state[lane][host] == 0)
        return false;
    *state = (enum tcp_state)(at->state[lane][host] - 1);
    return true;
}

uint32_t history_line(const struct history *history, uint32_t step)
{
    const struct history_step *at = step_at(history, step);
    return at ? at->line : 0;
}
