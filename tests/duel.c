/*
 * Two sessions step by step, their events in one trace.
 */
#include "tests/duel.h"

#include "net/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEPS_MAX = 5000, /* no scenario needs more */
    PAUSE_USEC = 1000
};

struct runner {
    struct lab lab;
    struct session *session;
    size_t copied; /* of its trace */
    bool over;
};

static bool open_runner(struct runner *runner, const struct duel_setup *setup, unsigned lane,
                        struct lab_error *wrong)
{
    struct net_error error;
    struct lab_error ignored;
    const char *source = setup->source[lane] ? setup->source[lane] : setup->source[0];
    if (!lab_read(source, strlen(source), &runner->lab, wrong ? wrong : &ignored))
        return false;
    struct session_setup session = { .lab = &runner->lab,
                                     .on = { [LANE_MODEL] = true },
                                     .profile = setup->profile,
                                     .settings = setup->settings[lane],
                                     .seed = setup->seed[lane] };
    runner->session = session_open(&session, &error);
    return runner->session != NULL;
}

/* Copies what is new in a runner's trace, as of that lane. */
static void copy_events(struct duel *duel, struct runner *runner, unsigned lane,
                        const struct duel_setup *setup)
{
    const struct trace *trace = session_trace(runner->session);
    struct sink sink = trace_sink(&duel->trace);
    for (; runner->copied < trace->count; runner->copied++) {
        struct event event = trace->events[runner->copied];
        if (event.lane != LANE_MODEL)
            continue;
        event.lane = (uint8_t)lane;
        if (lane == LANE_KERNEL && setup->alter && !setup->alter(&event, setup->with))
            continue;
        duel->trace.step = event.step;
        duel->trace.line = event.line;
        emit(&sink, &event);
    }
    while (duel->compare.taken < duel->trace.count)
        compare_take(&duel->compare, &duel->trace.events[duel->compare.taken]);
}

static void step_both(struct duel *duel, struct runner *runners, const struct duel_setup *setup)
{
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        struct runner *runner = &runners[lane];
        copy_events(duel, runner, lane, setup);
        runner->over = runner->over || session_step(runner->session) == SESSION_OVER;
        copy_events(duel, runner, lane, setup);
    }
    compare_step_ends(&duel->compare);
    if (setup->ends && session_lab_is_over(runners[0].session))
        compare_lab_ends(&duel->compare);
    duel->steps++;
}

bool duel_run(struct duel *duel, const struct duel_setup *setup, struct lab_error *wrong)
{
    struct runner *runners = calloc(COMPARED_LANES, sizeof *runners);
    bool opened = runners && open_runner(&runners[0], setup, 0, wrong) &&
                  open_runner(&runners[1], setup, 1, wrong);
    *duel = (struct duel){ .found = &duel->compare };
    if (opened) {
        trace_init(&duel->trace);
        compare_init(&duel->compare, true);
        while (!(runners[0].over && runners[1].over) && duel->steps < STEPS_MAX)
            step_both(duel, runners, setup);
        compare_end(&duel->compare);
    }
    for (unsigned lane = 0; runners && lane < COMPARED_LANES; lane++) {
        if (!runners[lane].session)
            continue;
        duel->failures += session_failures(runners[lane].session);
        session_close(runners[lane].session);
    }
    free(runners);
    return opened;
}

bool duel_run_lanes(struct duel *duel, const struct lab *lab, const char *profile, uint64_t seed,
                    struct net_error *error)
{
    struct session_setup setup = { .lab = lab,
                                   .on = { [LANE_MODEL] = true, [LANE_KERNEL] = true },
                                   .profile = profile,
                                   .seed = seed,
                                   .real_time = true };
    *duel = (struct duel){ .session = session_open(&setup, error) };
    if (!duel->session)
        return false;
    while (duel->steps < STEPS_MAX) {
        enum session_progress progress = session_step(duel->session);
        if (progress == SESSION_OVER)
            break;
        if (progress == SESSION_BUSY)
            clock_pause(PAUSE_USEC);
        else
            duel->steps++;
    }
    duel->failures = session_failures(duel->session);
    duel->found = session_compare(duel->session);
    return true;
}

void duel_end(struct duel *duel)
{
    if (duel->session)
        session_close(duel->session);
    compare_free(&duel->compare);
    trace_free(&duel->trace);
}
