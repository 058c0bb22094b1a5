/*
 * Steps forwards and back, runs at a speed, runs as fast as can be up to something, and stops.
 */
#include "ui/tui/stage_parts.h"

#include "net/clock.h"
#include "ui/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BUSY_MS = 5,
    LOOK_MS = 50,     /* a kernel's states and timers run by themselves */
    SEEK_USEC = 10000 /* of a run as fast as can be, between two looks at the keys */
};

static const struct {
    int pause_ms;
    const char *words;
} speeds[] = { { 4000, N_("running, a step in 4 s") },   { 2000, N_("running, a step in 2 s") },
               { 1000, N_("running, 1 step a second") }, { 500, N_("running, 2 steps a second") },
               { 250, N_("running, 4 steps a second") }, { 100, N_("running, 10 steps a second") },
               { 20, N_("running, 50 steps a second") } };

enum {
    SPEEDS = sizeof speeds / sizeof speeds[0]
};

const char *stage_speed_words(const struct stage *stage)
{
    return _(speeds[stage->speed].words);
}

void stage_rest(struct stage *stage)
{
    stage->step_usec = clock_usec() + (uint64_t)speeds[stage->speed].pause_ms * 1000;
}

static void halt(struct stage *stage)
{
    stage->seek.on = false;
    stage->picture.running = false;
}

/* The step that is looked at has been come to from the one before: does a run stop there? */
static void arrive(struct stage *stage)
{
    const struct trace *trace = session_trace(stage->session);
    size_t from = stage->at > 0 ? trace_step_end(trace, stage->at - 1) : 0;
    size_t to = trace_step_end(trace, stage->at);
    char reason[120];
    const struct event *event = NULL;
    bool moves = stage->seek.on || stage->picture.running;
    for (unsigned i = 0; moves && i < stage->break_count && !event; i++)
        event = stop_find(&stage->breaks[i], trace, from, to);
    if (!event && stage->seek.on)
        event = stop_find(&stage->seek.stop, trace, from, to);
    if (event) {
        halt(stage);
        stage_report(stage, _("Step %" PRIu32 ": %s"), stage->at,
                     stop_reason(event, reason, sizeof reason));
    }
    if (stage->seek.on && stage->seek.has_step && stage->at >= stage->seek.step)
        halt(stage);
}

static void at_the_end(struct stage *stage)
{
    char what[64];
    const struct stage_program *program = stage->setup->program;
    if (program)
        stage_report(stage, "%s",
                     program->picture.over ? _("This is the end: the program is over. q leaves.")
                                           : _("This is the newest: what comes is shown as it "
                                               "comes."));
    else if (stage->seek.on && stage->seek.stop.kind != STOP_NEVER)
        stage_tell(stage, _("The lab is over and it never came to %s. R begins anew."),
                   stop_words(&stage->seek.stop, what, sizeof what));
    else
        stage_report(
            stage, "%s",
            _("The lab is over and nothing is due any more. R begins anew, m has more labs."));
    halt(stage);
}

/* Lets the session go on behind the last step. */
static void go_on(struct stage *stage)
{
    bool at_last = stage->at == session_last_step(stage->session);
    switch (session_step(stage->session)) {
    case SESSION_STEPPED:
        stage->busy = false;
        if (at_last) {
            stage->at = session_last_step(stage->session);
            arrive(stage);
        }
        stage_rest(stage);
        break;
    case SESSION_BUSY:
        stage->busy = true;
        break;
    case SESSION_OVER:
        stage->busy = false;
        at_the_end(stage);
        break;
    }
    if (session_trace(stage->session)->full)
        stage_tell(stage, "%s", _("Memory has run out: from here on the trace is not whole."));
}

static void step(struct stage *stage)
{
    if (stage->at < session_last_step(stage->session)) {
        stage->at++;
        arrive(stage);
    } else {
        go_on(stage);
    }
    stage_rest(stage);
}

static void seek_step(struct stage *stage, uint64_t to)
{
    halt(stage);
    stage->seek = (struct seek){ .on = true, .has_step = true };
    stage->seek.step = to < UINT32_MAX ? (uint32_t)to : UINT32_MAX;
    stage->seek.stop.kind = STOP_NEVER;
}

void stage_goto(struct stage *stage, uint64_t to)
{
    if (to > session_last_step(stage->session)) {
        seek_step(stage, to);
        return;
    }
    halt(stage);
    stage->at = (uint32_t)to;
}

static void steps(struct stage *stage, const struct order *order)
{
    if (order->said && order->number != 1) {
        if (order->number > 0)
            seek_step(stage, stage->at + order->number);
        return;
    }
    step(stage);
}

static void steps_back(struct stage *stage, const struct order *order)
{
    uint64_t count = order->said ? order->number : 1;
    halt(stage);
    if (stage->at == 0)
        stage_tell(stage, "%s", _("This is the beginning: nothing is before it."));
    stage->at = count < stage->at ? stage->at - (uint32_t)count : 0;
}

void stage_walk(struct stage *stage, const struct order *order)
{
    if (order->command == STAGE_STEP)
        steps(stage, order);
    if (order->command == STAGE_BACK)
        steps_back(stage, order);
    if (order->command == STAGE_RUN) {
        stage->picture.running = !stage->picture.running && !stage->seek.on;
        stage->seek.on = false;
        stage_rest(stage);
    }
    if (order->command == STAGE_PAUSE)
        halt(stage);
    if (order->command == STAGE_GOTO)
        stage_goto(stage, order->number);
    if (order->command == STAGE_FIRST)
        stage_goto(stage, 0);
    if (order->command == STAGE_LAST)
        stage_goto(stage, session_last_step(stage->session));
    if (order->command == STAGE_UNTIL) {
        halt(stage);
        stage->seek = (struct seek){ .on = true, .stop = order->stop };
    }
}

void stage_change_speed(struct stage *stage, const struct order *order)
{
    if (strcmp(order->words, "faster") == 0)
        stage->speed += stage->speed + 1 < SPEEDS;
    else if (strcmp(order->words, "slower") == 0)
        stage->speed -= stage->speed > 0;
    else if (order->number >= 1 && order->number <= SPEEDS)
        stage->speed = (size_t)order->number - 1;
    stage_rest(stage);
    stage_report(stage, "%s", stage_speed_words(stage));
}

static void tell_breaks(struct stage *stage)
{
    char all[160] = "", one[64];
    size_t at = 0;
    for (unsigned i = 0; i < stage->break_count && at < sizeof all; i++)
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? "; " : "",
                               stop_words(&stage->breaks[i], one, sizeof one));
    if (stage->break_count)
        stage_report(stage, _("A run stops at: %s."), all);
    else
        stage_report(stage, "%s",
                     _("A run stops nowhere: break STATE [HOST], or break rule NAME."));
}

static void remove_break(struct stage *stage, const struct order *order)
{
    unsigned kept = 0, before = stage->break_count;
    for (unsigned i = 0; i < before; i++) {
        if (order->said && !stop_is(&stage->breaks[i], &order->stop))
            stage->breaks[kept++] = stage->breaks[i];
    }
    stage->break_count = kept;
    if (order->said && kept == before)
        stage_tell(stage, _("A run does not stop at %s anyway."), order->words);
    else
        tell_breaks(stage);
}

void stage_break(struct stage *stage, const struct order *order)
{
    if (order->command == STAGE_UNBREAK) {
        remove_break(stage, order);
        return;
    }
    for (unsigned i = 0; i < stage->break_count && order->said; i++) {
        if (stop_is(&stage->breaks[i], &order->stop)) {
            tell_breaks(stage);
            return;
        }
    }
    if (order->said && stage->break_count == BREAKS_MAX) {
        stage_tell(stage, _("%d places to stop are the most; unbreak forgets them."), BREAKS_MAX);
        return;
    }
    if (order->said)
        stage->breaks[stage->break_count++] = order->stop;
    tell_breaks(stage);
}

/* As far as it comes in a moment. */
static void seek(struct stage *stage)
{
    uint64_t until = clock_usec() + SEEK_USEC;
    do {
        step(stage);
    } while (stage->seek.on && !stage->busy && clock_usec() < until);
}

void stage_pass_time(struct stage *stage)
{
    if (stage->busy)
        go_on(stage);
    else if (stage->seek.on)
        seek(stage);
    else if (stage->picture.running && clock_usec() >= stage->step_usec)
        step(stage);
    else
        session_look(stage->session);
}

int stage_wait(const struct stage *stage)
{
    uint64_t now = clock_usec();
    int look = stage_is_live(stage) ? LOOK_MS : -1;
    if (stage->behind)
        return 0;
    if (stage->busy)
        return BUSY_MS;
    if (stage->seek.on)
        return 0;
    if (!stage->picture.running)
        return look;
    int left = stage->step_usec > now ? (int)((stage->step_usec - now + 999) / 1000) : 0;
    return look >= 0 && look < left ? look : left;
}
