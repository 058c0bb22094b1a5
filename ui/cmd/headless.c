/*
 * Stepping to the end, writing on the way, and the verdict.
 */
#include "ui/cmd/headless.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/export/log.h"
#include "ui/export/ndjson.h"
#include "ui/export/pcapng.h"
#include "ui/text.h"

#include <errno.h>
#include <string.h>

enum {
    BUSY_PAUSE_USEC = 500,
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
            fprintf(to, _("differs: %s\n"),
                    escape_text(event->text, event->text_len, words, sizeof words));
    }
    if (compare_allowed_text(session_compare(session), words, sizeof words)[0])
        fprintf(to, _("allowed: %s\n"), words);
}

static void verdict(const struct session *session, FILE *to)
{
    unsigned failures = session_failures(session), differences = session_differences(session);
    uint32_t steps = session_last_step(session);
    fputc('\n', to);
    fprintf(to, tr_n("%u step", "%u steps", steps), steps);
    if (failures)
        fprintf(to,
                tr_n(", %u expectation did not hold", ", %u expectations did not hold", failures),
                failures);
    if (differences)
        fprintf(to,
                tr_n(", model and kernel differ %u time", ", model and kernel differ %u times",
                     differences),
                differences);
    fprintf(to, "%s\n", failures || differences ? "" : _(", all as expected"));
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
    complain(_("stopped after %d steps: the lab has not come to its end"), STEPS_MAX);
    w->cut_off = true;
    return true;
}

/* NULL with *failed unchanged: it is not asked for. */
static FILE *open_output(const char *path, bool *failed)
{
    if (!path)
        return NULL;
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!file) {
        complain("%s: %s", path, strerror(errno));
        *failed = true;
    }
    return file;
}

static bool close_output(FILE *file)
{
    return !file || (file == stdout ? fflush(file) : fclose(file)) == 0;
}

static bool write_all(struct writer *w, struct session *session, const struct headless_setup *setup,
                      FILE *pcap)
{
    const struct pcapng_about about = { .title = setup->lab->name,
                                        .lab = &setup->lab->lab,
                                        .profile = session_profile(session) };
    if (w->trace && !ndjson_head(setup->lab->name, setup->run->lanes, about.profile,
                                 setup->run->seed, session_trace(session), w->trace))
        return false;
    if (!write_new(w, session) || !run_to_end(w, session))
        return false;
    if (w->with_log && !w->cut_off)
        verdict(session, stdout);
    return !pcap || pcapng_write(session_trace(session), &about, pcap);
}

int headless_run(struct session *session, const struct headless_setup *setup)
{
    struct writer w = { .with_log = setup->with_log };
    bool failed = false;
    log_begin(&w.log);
    w.trace = open_output(setup->trace_path, &failed);
    FILE *pcap = failed ? NULL : open_output(setup->pcap_path, &failed);
    errno = 0;
    bool good = failed || write_all(&w, session, setup, pcap);
    good = fflush(stdout) == 0 && good;
    good = close_output(w.trace) && good;
    good = close_output(pcap) && good;
    if (!good)
        complain(_("the trace could not be written whole: %s"),
                 session_trace(session)->full ? "out of memory" : strerror(errno));
    if (failed || !good)
        return STATUS_NOT_ALLOWED;
    bool holds = session_failures(session) == 0 && session_differences(session) == 0;
    return holds && !w.cut_off ? STATUS_DONE : STATUS_DOES_NOT_HOLD;
}
