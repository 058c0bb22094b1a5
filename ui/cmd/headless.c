/*
 * Stepping to the end, writing on the way, and the verdict.
 */
#include "ui/cmd/headless.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/export/log.h"
#include "ui/export/ndjson.h"

#include <errno.h>
#include <string.h>

enum {
    BUSY_PAUSE_USEC = 2000,
    STEPS_MAX = 1000000 /* no lab needs more; a lab that never ends is stopped */
};

struct writer {
    struct log log;
    struct ndjson ndjson;
    FILE *trace; /* NULL: not asked for */
    bool with_log;
    bool cut_off; /* the run was stopped before its end */
};

static bool write_new(struct writer *w, const struct session *session)
{
    const struct trace *trace = session_trace(session);
    if (w->with_log)
        log_write(&w->log, trace, stdout);
    if (w->trace && !ndjson_write(&w->ndjson, trace, w->trace))
        return false;
    return fflush(stdout) == 0 && !ferror(stdout) && !trace->full;
}

/* What the lanes differed in once more, each by itself, and what was let pass. */
static void list_differences(const struct session *session, FILE *to)
{
    const struct trace *trace = session_trace(session);
    char words[512];
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind == EV_DIFFERS)
            fprintf(to, "differs: %s\n",
                    escape_text(event->text, event->text_len, words, sizeof words));
    }
    if (compare_allowed_text(session_compare(session), words, sizeof words)[0])
        fprintf(to, "allowed: %s\n", words);
}

static void verdict(const struct session *session, FILE *to)
{
    unsigned failures = session_failures(session), differences = session_differences(session);
    fprintf(to, "\n%u step%s", session_last_step(session),
            session_last_step(session) == 1 ? "" : "s");
    if (failures)
        fprintf(to, ", %u expectation%s did not hold", failures, failures == 1 ? "" : "s");
    if (differences)
        fprintf(to, ", model and kernel differ %u time%s", differences,
                differences == 1 ? "" : "s");
    fprintf(to, failures || differences ? "\n" : ", all as expected\n");
    list_differences(session, to);
}

static bool run_to_end(struct writer *w, struct session *session)
{
    for (unsigned steps = 0; steps < STEPS_MAX;) {
        enum session_progress progress = session_step(session);
        if (!write_new(w, session))
            return false;
        if (progress == SESSION_OVER)
            return true;
        if (progress == SESSION_BUSY)
            clock_pause(BUSY_PAUSE_USEC);
        else
            steps++;
    }
    complain("stopped after %d steps: the lab has not come to its end", STEPS_MAX);
    w->cut_off = true;
    return true;
}

int headless_run(struct session *session, const struct run_options *run, const char *lab,
                 const char *trace_path, bool with_log)
{
    struct writer w = { .with_log = with_log };
    bool to_stdout = trace_path && strcmp(trace_path, "-") == 0;
    log_begin(&w.log);
    if (trace_path)
        w.trace = to_stdout ? stdout : fopen(trace_path, "w");
    if (trace_path && !w.trace) {
        complain("%s: %s", trace_path, strerror(errno));
        return STATUS_NOT_ALLOWED;
    }
    errno = 0;
    bool good =
        !w.trace || ndjson_head(lab, run->lanes, session_profile(session), run->seed, w.trace);
    good = good && write_new(&w, session) && run_to_end(&w, session);
    if (good && with_log && !w.cut_off)
        verdict(session, stdout);
    good = fflush(stdout) == 0 && good;
    if (w.trace && !to_stdout)
        good = fclose(w.trace) == 0 && good;
    if (!good) {
        complain("the trace could not be written whole: %s",
                 session_trace(session)->full ? "out of memory" : strerror(errno));
        return STATUS_NOT_ALLOWED;
    }
    bool holds = session_failures(session) == 0 && session_differences(session) == 0;
    return holds && !w.cut_off ? STATUS_DONE : STATUS_DOES_NOT_HOLD;
}
