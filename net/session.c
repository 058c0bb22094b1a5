/*
 * Steps forwards, steps back, and the acts of the user on the wire.
 */
#include "net/session_parts.h"

#include "net/clock.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool grow(void **items, size_t *cap, size_t count, size_t item_len)
{
    if (count < *cap)
        return true;
    size_t larger = *cap ? *cap * 2 : 64;
    void *moved = realloc(*items, larger * item_len);
    if (!moved)
        return false;
    *items = moved;
    *cap = larger;
    return true;
}

static void keep_mark(struct session *s)
{
    void *marks = s->marks;
    if (!versions_add(&s->states, &s->now) ||
        !grow(&marks, &s->mark_cap, s->mark_count, sizeof *s->marks)) {
        s->trace.full = true;
        return;
    }
    s->marks = marks;
    struct mark *mark = &s->marks[s->mark_count++];
    *mark = (struct mark){ .events = s->trace.count, .state = (uint32_t)(s->states.count - 1) };
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = s->lanes[i];
        mark->lane[i] = lane && lane->ops->mark ? lane->ops->mark(lane) : 0;
    }
}

/* Is the line for this lane, and is that run? */
bool is_for(const struct session *s, const struct lab_line *line, unsigned lane)
{
    const struct lane *on = s->lanes[lane];
    return on && line->lanes & 1u << lane &&
           (line->wire == WIRE_OF_ANY_KIND || (line->wire == WIRE_IN_HAND) == on->wire_in_hand);
}

bool is_apart(const struct session *s, const struct lab_line *line)
{
    return compares(s) && is_for(s, line, LANE_MODEL) != is_for(s, line, LANE_KERNEL);
}

bool is_for_lanes(const struct session *s, const struct lab_line *line)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (is_for(s, line, i))
            return true;
    }
    return false;
}

static bool is_of_wire(const struct lab_line *line)
{
    return line->kind >= LAB_DELIVER && line->kind <= LAB_CHANCE;
}

/* Is the line for a lane on whose wire segments wait? */
static bool is_for_a_wire(const struct session *s, const struct lab_line *line)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (is_for(s, line, i) && s->lanes[i]->wire_in_hand)
            return true;
    }
    return false;
}

uint64_t time_for_all(struct session *s)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            return s->lanes[i]->ops->now(s->lanes[i]);
    }
    return 0;
}

/* A lab speaks of what it expects to happen: once something else has, its words may be false. */
static void leave_script(struct session *s)
{
    if (!s->now.off_script)
        trace_say(&s->trace, LANE_ALL, time_for_all(s),
                  N_("Something else has happened than the lab expects, so it says no more."));
    s->now.off_script = true;
}

void say_line(struct session *s, const struct lab_line *line)
{
    if (s->now.failures > 0) {
        leave_script(s);
        return;
    }
    struct sink sink = trace_sink(&s->trace);
    struct event event = { .usec = time_for_all(s),
                           .kind = EV_SAY,
                           .lane = LANE_ALL,
                           .host = -1,
                           .sock = -1,
                           .text = line->text.octets,
                           .text_len = line->text.len };
    emit(&sink, &event);
}

/* What is due on the first lane whose wire is in our hands. */
static bool next_of_lanes(struct session *s, struct event *event)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = s->lanes[i];
        if (!lane || !lane->wire_in_hand)
            continue;
        lane->ops->next(lane, event);
        return event->u.next.what != NEXT_NOTHING;
    }
    return false;
}

static void next_is_line(struct event *event, const struct lab_line *line)
{
    event->u.next.what = line->kind == LAB_CALL   ? NEXT_CALL
                         : line->kind == LAB_WAIT ? NEXT_WAIT
                                                  : NEXT_LINE;
    event->host = line->kind == LAB_CALL ? (int8_t)line->host : -1;
    event->text = line->source.octets;
    event->text_len = line->source.len;
}

/* Whether the line lets the wire go on before it can do what it says. */
static bool line_lets_go_on(struct session *s, const struct lab_line *line)
{
    if (line->kind == LAB_DELIVER || line->kind == LAB_RUN)
        return true;
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (!s->lanes[i] || !s->lanes[i]->wire_in_hand)
            continue;
        if (line->kind == LAB_TRANSFER)
            return s->now.transfers[i].under_way;
        return line->kind == LAB_CALL && !line_has_socket(s, (enum lane_id)i, line);
    }
    return false;
}

static void foretell(struct session *s, struct event *event)
{
    for (uint32_t i = s->now.line; i < s->lab->line_count && !s->now.script_over; i++) {
        const struct lab_line *line = &s->lab->lines[i];
        if (line->kind == LAB_SAY || line->kind == LAB_EXPECT || !is_for_lanes(s, line))
            continue;
        struct event due = *event;
        bool comes = line_lets_go_on(s, line) && next_of_lanes(s, &due);
        if (comes && (line->kind != LAB_RUN || is_run_by_itself(&due))) {
            *event = due;
            return;
        }
        if (line->kind == LAB_RUN || (is_of_wire(line) && !is_for_a_wire(s, line)))
            continue;
        next_is_line(event, line);
        return;
    }
    next_of_lanes(s, event);
}

static void emit_next(struct session *s)
{
    struct sink sink = trace_sink(&s->trace);
    struct event event = { .kind = EV_NEXT, .host = -1, .sock = -1 };
    event.u.next.what = NEXT_NOTHING;
    foretell(s, &event);
    event.lane = LANE_ALL;
    event.usec = time_for_all(s);
    emit(&sink, &event);
}

void begin_step(struct session *s)
{
    if (s->now.in_step)
        return;
    s->now.in_step = true;
    s->now.acted = 0;
    s->trace.step = (uint32_t)s->mark_count;
}

/* What is seen when a step is done was led to by its line. */
static void look_at_lanes(struct session *s)
{
    if (s->now.acted && is_apart(s, &s->lab->lines[s->now.acted_line]))
        s->trace.apart = APART_LINE;
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            session_look_at(s, (enum lane_id)i);
    }
    s->trace.apart = APART_NOT;
}

void end_step(struct session *s)
{
    look_at_lanes(s);
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            run_pending(s, (enum lane_id)i);
    }
    feed_compare(s);
    if (compares(s))
        compare_step_ends(&s->compare);
    tell_differences(s, time_for_all(s));
    s->now.in_step = false;
    emit_next(s);
    keep_mark(s);
}

/* Does the line on each lane that has not done it yet. False: real time has to pass. */
bool do_line(struct session *s, const struct lab_line *line)
{
    bool busy = false;
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        uint8_t bit = (uint8_t)(1u << i);
        if (!is_for(s, line, i) || (s->now.done | s->now.acted) & bit)
            continue;
        enum line_outcome outcome = run_line(s, (enum lane_id)i, s->now.line);
        if (outcome == LINE_DONE || outcome == LINE_PASSED)
            s->now.done |= bit;
        if (outcome == LINE_DONE || outcome == LINE_MORE) {
            s->now.acted |= bit;
            s->now.acted_line = s->now.line;
            run_pending(s, (enum lane_id)i);
        }
        busy = busy || outcome == LINE_BUSY;
    }
    return !busy;
}

static bool line_is_done(const struct session *s, const struct lab_line *line)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        uint8_t bit = (uint8_t)(1u << i);
        if (is_for(s, line, i) && !(s->now.done & bit))
            return false;
    }
    return true;
}

/* An expectation is part of the step before it, whatever that has done. */
static bool do_expectation(struct session *s, const struct lab_line *line)
{
    uint8_t acted = s->now.acted;
    s->now.acted = 0;
    bool over = do_line(s, line);
    s->now.acted = acted;
    return over;
}

enum lines {
    LINES_STEP, /* a step is done: something was done and the next line is another step */
    LINES_BUSY,
    LINES_OVER /* no line is left */
};

static enum lines do_lines(struct session *s)
{
    while (!session_lab_is_over(s)) {
        const struct lab_line *line = &s->lab->lines[s->now.line];
        bool passive = line->kind == LAB_SAY || line->kind == LAB_EXPECT;
        if (!passive && s->now.acted && s->now.acted_line != s->now.line)
            return LINES_STEP;
        if (line->kind == LAB_SAY && is_for_lanes(s, line))
            say_line(s, line);
        else if (line->kind == LAB_EXPECT && !do_expectation(s, line))
            return LINES_BUSY;
        else if (!passive && !do_line(s, line))
            return LINES_BUSY;
        if (!passive && !line_is_done(s, line))
            return LINES_STEP;
        s->now.line++;
        s->now.done = 0;
    }
    return LINES_OVER;
}

/* What one lane has and the other has not by now belongs to the last step. */
static void end_compare(struct session *s)
{
    struct mark *last = &s->marks[s->mark_count - 1];
    feed_compare(s);
    if (!compares(s))
        return;
    compare_end(&s->compare);
    if (s->told == s->compare.difference_count)
        return;
    tell_differences(s, time_for_all(s));
    s->trace.full = s->trace.full || !versions_add(&s->states, &s->now);
    last->events = s->trace.count;
    last->state = (uint32_t)(s->states.count - 1);
}

/* Nothing is due any more: calls that wait return, or never will. */
static enum session_progress do_last(struct session *s)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (!s->lanes[i])
            continue;
        run_pending(s, (enum lane_id)i);
        if (run_out_of_patience(s, (enum lane_id)i))
            return SESSION_BUSY;
    }
    if (s->trace.count > s->marks[s->mark_count - 1].events) {
        end_step(s);
        return SESSION_STEPPED;
    }
    s->now.in_step = false;
    s->trace.step = session_last_step(s); /* what is seen from now on belongs there */
    end_compare(s);
    return SESSION_OVER;
}

enum rest {
    REST_NONE,
    REST_DID,
    REST_BUSY
};

/* Segments that are still under way, on every lane. */
static enum rest rest_of_segments(struct session *s)
{
    enum rest rest = REST_NONE;
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = s->lanes[i];
        struct event next;
        if (!lane || !lane->wire_in_hand)
            continue;
        lane->ops->next(lane, &next);
        if (!is_run_by_itself(&next))
            continue;
        enum lane_progress progress = session_go(s, (enum lane_id)i, UINT64_MAX);
        if (progress == LANE_DID)
            rest = REST_DID;
        else if (progress == LANE_NOT_YET && rest == REST_NONE)
            rest = REST_BUSY;
    }
    return rest;
}

/* After the lab: segments that are still due, and timers where the clock is ours. */
static enum session_progress do_rest(struct session *s)
{
    struct lane *model = s->lanes[LANE_MODEL];
    feed_compare(s);
    compare_lab_ends(&s->compare);
    enum rest rest = s->now.acted ? REST_DID : rest_of_segments(s);
    if (rest == REST_BUSY)
        return SESSION_BUSY;
    if (rest == REST_DID || (model && session_go(s, LANE_MODEL, UINT64_MAX) == LANE_DID)) {
        end_step(s);
        return SESSION_STEPPED;
    }
    return do_last(s);
}

enum session_progress session_step(struct session *s)
{
    if (s->is_record)
        return SESSION_OVER;
    begin_step(s);
    switch (do_lines(s)) {
    case LINES_BUSY:
        return SESSION_BUSY;
    case LINES_STEP:
        end_step(s);
        return SESSION_STEPPED;
    case LINES_OVER:
        break;
    }
    return do_rest(s);
}

void session_look(struct session *s)
{
    if (s->now.in_step || s->is_record)
        return;
    size_t before = s->trace.count;
    look_at_lanes(s);
    if (s->trace.count > before)
        emit_next(s); /* something else may be due first now */
    s->marks[s->mark_count - 1].events = s->trace.count;
}

bool session_lab_is_over(const struct session *s)
{
    return s->now.script_over || s->now.line >= s->lab->line_count;
}

bool session_script_is_over(const struct session *s)
{
    return s->now.script_over;
}

bool session_wire(struct session *s, enum lane_id lane, enum wire_act act, uint32_t id,
                  uint64_t usec)
{
    if (s->now.in_step || !s->lanes[lane])
        return false;
    begin_step(s);
    bool done = session_act(s, lane, act, id, usec);
    s->now.in_step = false;
    if (done)
        end_step(s);
    else
        s->trace.step = session_last_step(s);
    return done;
}

/* What cannot be undone: from here on only its record up to this step is left. */
static void leave_lane(struct session *s, enum lane_id lane)
{
    s->lanes[lane]->ops->close(s->lanes[lane]);
    s->lanes[lane] = NULL;
    trace_say(&s->trace, lane, 0,
              N_("the kernel cannot be taken back: its lane ends here, as recorded; restart to run "
                 "both again"));
}

void session_back(struct session *s, uint32_t step)
{
    if (step + 1 >= s->mark_count && !s->now.in_step)
        return;
    assert(step < s->mark_count);
    const struct mark *mark = &s->marks[step];
    trace_cut(&s->trace, mark->events);
    versions_get(&s->states, mark->state, &s->now);
    versions_cut(&s->states, mark->state + 1u);
    s->mark_count = step + 1u;
    s->trace.step = step;
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = s->lanes[i];
        if (lane && lane->ops->back)
            lane->ops->back(lane, mark->lane[i]);
        else if (lane)
            leave_lane(s, (enum lane_id)i);
    }
    s->marks[step].events = s->trace.count;
    if (s->compare.taken > s->trace.count)
        compare_again(&s->compare, &s->trace);
    s->told = s->compare.difference_count;
}

uint32_t session_last_step(const struct session *s)
{
    return s->is_record ? s->trace.step : (uint32_t)(s->mark_count - 1);
}

uint64_t session_now(const struct session *s, enum lane_id lane)
{
    if (s->is_record)
        return clock_usec() - s->began_usec;
    return s->lanes[lane]->ops->now(s->lanes[lane]);
}

bool session_runs(const struct session *s, enum lane_id lane)
{
    return s->lanes[lane] != NULL || (s->is_record && lane == LANE_KERNEL);
}

unsigned session_failures(const struct session *s)
{
    return s->now.failures;
}

unsigned session_differences(const struct session *s)
{
    return s->now.differences;
}

const struct compare *session_compare(const struct session *s)
{
    return &s->compare;
}

const struct profile *session_profile(const struct session *s)
{
    return &s->profile;
}

const struct trace *session_trace(const struct session *s)
{
    return &s->trace;
}

void session_close(struct session *s)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            s->lanes[i]->ops->close(s->lanes[i]);
    }
    trace_free(&s->trace);
    compare_free(&s->compare);
    versions_free(&s->states);
    free(s->marks);
    free(s->fates);
    free(s->octets);
    user_lines_free(s);
    free(s);
}
