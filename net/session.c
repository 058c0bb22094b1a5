/*
 * Steps forwards, steps back, and the acts of the user on the wire.
 */
#include "net/session_parts.h"

#include "net/loopback.h"
#include "net/model_lane.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODEL_SOCKETS = 16,
    MODEL_SEGMENTS = 32,
    MODEL_RANGES = 64,       /* gaps of all its connections together */
    MODEL_SPACE_LEN = 16384, /* the window that is offered, too */
    MODEL_TEXT_LEN = 1460
};

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

static bool keep_state(struct session *s)
{
    void *states = s->states;
    if (s->state_count > 0 && memcmp(&s->states[s->state_count - 1], &s->now, sizeof s->now) == 0)
        return true;
    if (!grow(&states, &s->state_cap, s->state_count, sizeof s->now))
        return false;
    s->states = states;
    memcpy(&s->states[s->state_count++], &s->now, sizeof s->now);
    return true;
}

static void keep_mark(struct session *s)
{
    void *marks = s->marks;
    if (!keep_state(s) || !grow(&marks, &s->mark_cap, s->mark_count, sizeof *s->marks)) {
        s->trace.full = true;
        return;
    }
    s->marks = marks;
    struct mark *mark = &s->marks[s->mark_count++];
    *mark = (struct mark){ .events = s->trace.count, .state = (uint32_t)(s->state_count - 1) };
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = s->lanes[i];
        mark->lane[i] = lane && lane->ops->mark ? lane->ops->mark(lane) : 0;
    }
}

/* Is the line for this lane, and is that run? */
static bool is_for(const struct session *s, const struct lab_line *line, unsigned lane)
{
    const struct lane *on = s->lanes[lane];
    return on && line->lanes & 1u << lane &&
           (line->wire == WIRE_OF_ANY_KIND || (line->wire == WIRE_IN_HAND) == on->wire_in_hand);
}

static bool is_for_lanes(const struct session *s, const struct lab_line *line)
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

static uint64_t time_for_all(struct session *s)
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
                  "Something else has happened than the lab expects, so it says no more.");
    s->now.off_script = true;
}

static void say(struct session *s, const struct lab_line *line)
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

/* What the model's lane has due, where it is run. */
static bool next_of_model(struct session *s, struct event *event)
{
    struct lane *lane = s->lanes[LANE_MODEL];
    if (!lane)
        return false;
    lane->ops->next(lane, event);
    return event->u.next.what != NEXT_NOTHING;
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

/* Whether the line lets the model's wire go on before it can do what it says. */
static bool line_lets_go_on(struct session *s, const struct lab_line *line)
{
    return line->kind == LAB_DELIVER || line->kind == LAB_RUN ||
           (line->kind == LAB_TRANSFER && s->now.transfers[LANE_MODEL].under_way) ||
           (line->kind == LAB_CALL && !line_has_socket(s, LANE_MODEL, line));
}

static void foretell(struct session *s, struct event *event)
{
    for (uint32_t i = s->now.line; i < s->lab->line_count; i++) {
        const struct lab_line *line = &s->lab->lines[i];
        if (line->kind == LAB_SAY || line->kind == LAB_EXPECT || !is_for_lanes(s, line))
            continue;
        struct event due = *event;
        bool comes = line_lets_go_on(s, line) && next_of_model(s, &due);
        if (comes && (line->kind != LAB_RUN || is_run_by_itself(&due))) {
            *event = due;
            return;
        }
        if (line->kind == LAB_RUN || (is_of_wire(line) && !is_for_a_wire(s, line)))
            continue;
        next_is_line(event, line);
        return;
    }
    next_of_model(s, event);
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

static void begin_step(struct session *s)
{
    if (s->now.in_step)
        return;
    s->now.in_step = true;
    s->now.acted = 0;
    s->trace.step = (uint32_t)s->mark_count;
}

static void look_at_lanes(struct session *s)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            session_look_at(s, (enum lane_id)i);
    }
}

static void end_step(struct session *s)
{
    look_at_lanes(s);
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            run_pending(s, (enum lane_id)i);
    }
    s->now.in_step = false;
    emit_next(s);
    keep_mark(s);
}

/* Does the line on each lane that has not done it yet. False: real time has to pass. */
static bool do_line(struct session *s, const struct lab_line *line)
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
    while (s->now.line < s->lab->line_count) {
        const struct lab_line *line = &s->lab->lines[s->now.line];
        bool passive = line->kind == LAB_SAY || line->kind == LAB_EXPECT;
        if (!passive && s->now.acted && s->now.acted_line != s->now.line)
            return LINES_STEP;
        if (line->kind == LAB_SAY && is_for_lanes(s, line))
            say(s, line);
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

/* After the lab: segments and timers of the model that are still due. */
static enum session_progress do_rest(struct session *s)
{
    struct lane *model = s->lanes[LANE_MODEL];
    if (s->now.acted || (model && session_go(s, LANE_MODEL, UINT64_MAX) == LANE_DID)) {
        end_step(s);
        return SESSION_STEPPED;
    }
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (!s->lanes[i])
            continue;
        run_pending(s, (enum lane_id)i);
        if (run_out_of_patience(s, (enum lane_id)i))
            return SESSION_BUSY;
    }
    if (s->trace.count > s->marks[s->mark_count - 1].events) { /* a call returned, or never will */
        end_step(s);
        return SESSION_STEPPED;
    }
    s->now.in_step = false;
    s->trace.step = session_last_step(s); /* what is seen from now on belongs there */
    return SESSION_OVER;
}

enum session_progress session_step(struct session *s)
{
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
    if (s->now.in_step)
        return;
    look_at_lanes(s);
    s->marks[s->mark_count - 1].events = s->trace.count;
}

bool session_lab_is_over(const struct session *s)
{
    return s->now.line >= s->lab->line_count;
}

bool session_wire(struct session *s, enum wire_act act, uint32_t id, uint64_t usec)
{
    if (s->now.in_step || !s->lanes[LANE_MODEL])
        return false;
    begin_step(s);
    bool done = session_act(s, LANE_MODEL, act, id, usec);
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
              "the kernel cannot be taken back: its lane ends here, as recorded; restart to run "
              "both again");
}

void session_back(struct session *s, uint32_t step)
{
    if (step + 1 >= s->mark_count && !s->now.in_step)
        return;
    assert(step < s->mark_count);
    const struct mark *mark = &s->marks[step];
    trace_cut(&s->trace, mark->events);
    s->now = s->states[mark->state];
    s->state_count = mark->state + 1u;
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
}

uint32_t session_last_step(const struct session *s)
{
    return (uint32_t)(s->mark_count - 1);
}

bool session_runs(const struct session *s, enum lane_id lane)
{
    return s->lanes[lane] != NULL;
}

unsigned session_failures(const struct session *s)
{
    return s->now.failures;
}

unsigned session_differences(const struct session *s)
{
    return s->now.differences;
}

const struct profile *session_profile(const struct session *s)
{
    return &s->profile;
}

const struct trace *session_trace(const struct session *s)
{
    return &s->trace;
}

static void say_no_kernel(struct session *s, const struct net_error *error)
{
    char words[160], name[24];
    snprintf(words, sizeof words,
             "this machine allows no kernel lane (%s: %s): the model runs alone", error->operation,
             errno_words(error->err, name, sizeof name));
    trace_say(&s->trace, LANE_ALL, 0, words);
}

/* Real sockets speak TCP and nothing else. */
static bool refuse_kernel(struct net_error *error)
{
    *error = (struct net_error){ .err = EPROTONOSUPPORT,
                                 .operation = "a protocol that is not TCP, on real sockets" };
    return false;
}

/* What the model runs that is not TCP is said before anything else. */
static void say_not_tcp(struct session *s, const struct session_setup *setup)
{
    char names[PROFILE_WORDS_MAX + 16], words[160];
    if (!s->profile.variants)
        return;
    snprintf(words, sizeof words, "The model runs what is %s.%s",
             profile_not_tcp(&s->profile, names, sizeof names),
             setup->on[LANE_KERNEL] ? " It runs alone: real sockets speak TCP." : "");
    trace_say(&s->trace, LANE_ALL, 0, words);
    for (size_t i = 0; i < tcp_variant_count; i++) {
        if (s->profile.variants & 1u << i)
            trace_say(&s->trace, LANE_ALL, 0, tcp_variants[i].says);
    }
}

static bool open_lanes(struct session *s, const struct session_setup *setup,
                       struct net_error *error)
{
    struct sink sink = session_sink(s);
    struct world_setup world = { .limits = { .hosts = setup->lab->host_count,
                                             .sockets = MODEL_SOCKETS,
                                             .segments = MODEL_SEGMENTS,
                                             .snd_space_len = MODEL_SPACE_LEN,
                                             .rcv_space_len = MODEL_SPACE_LEN,
                                             .ranges = MODEL_RANGES,
                                             .text_len = MODEL_TEXT_LEN },
                                 .profile = &s->profile,
                                 .seed = setup->seed,
                                 .delay_usec = setup->lab->delay_usec };
    if (setup->on[LANE_MODEL] && !(s->lanes[LANE_MODEL] = model_lane_open(&sink, &world))) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "the model's world" };
        return false;
    }
    if (!setup->on[LANE_KERNEL])
        return true;
    if (s->profile.variants)
        return setup->kernel_if_allowed && s->lanes[LANE_MODEL] ? true : refuse_kernel(error);
    s->lanes[LANE_KERNEL] = loopback_open(&sink, setup->lab->host_count, error);
    if (s->lanes[LANE_KERNEL])
        return true;
    if (!setup->kernel_if_allowed || !s->lanes[LANE_MODEL])
        return false;
    say_no_kernel(s, error);
    return true;
}

/* What is said and set up before the first step. */
static void do_heading(struct session *s)
{
    for (; s->now.line < s->lab->line_count; s->now.line++) {
        const struct lab_line *line = &s->lab->lines[s->now.line];
        if (line->kind == LAB_SAY && is_for_lanes(s, line))
            say(s, line);
        else if (lab_sets_up((enum lab_kind)line->kind))
            do_line(s, line);
        else if (line->kind != LAB_SAY)
            return;
        s->now.done = s->now.acted = 0;
    }
}

struct session *session_open(const struct session_setup *setup, struct net_error *error)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "a session" };
        return NULL;
    }
    s->lab = setup->lab;
    s->seed = setup->seed;
    trace_init(&s->trace);
    const char *unknown = profile_compose(setup->profile       ? setup->profile
                                          : s->lab->profile[0] ? s->lab->profile
                                                               : "rfc",
                                          &s->profile);
    assert(!unknown && "a profile by its name");
    if (!open_lanes(s, setup, error)) {
        session_close(s);
        return NULL;
    }
    say_not_tcp(s, setup);
    do_heading(s);
    for (unsigned i = 0; i < LANE_COUNT; i++)
        s->trace.on[i] = s->lanes[i] != NULL;
    end_step(s);
    return s;
}

void session_close(struct session *s)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            s->lanes[i]->ops->close(s->lanes[i]);
    }
    trace_free(&s->trace);
    free(s->states);
    free(s->marks);
    free(s->fates);
    free(s->octets);
    free(s);
}
