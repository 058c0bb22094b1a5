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
#include "ui/retell.h"
#include "ui/text.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum {
    BUSY_PAUSE_USEC = 500,
    STEPS_MAX = 1000000 /* no lab needs more; a lab that never ends is stopped */
};

struct writer {
    const struct headless_setup *setup;
    struct log log;
    struct ndjson ndjson;
    FILE *trace, *pcap; /* NULL: not asked for */
    sigset_t ending;    /* signals that end the run, and what is written stays whole */
    bool cut_off;       /* the run was stopped before its end */
    const char *lost;   /* what could not be written first; NULL: nothing */
    int lost_err;       /* errno, or 0 */
};

static bool lose(struct writer *w, const char *what)
{
    if (!w->lost)
        w->lost_err = errno;
    w->lost = w->lost ? w->lost : what;
    return false;
}

static bool write_new(struct writer *w, const struct session *session)
{
    const struct trace *trace = session_trace(session);
    errno = trace->full ? ENOMEM : 0;
    if (trace->full)
        return lose(w, _("the trace"));
    if (w->setup->with_log)
        log_write(&w->log, trace, stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        return lose(w, "-");
    return !w->trace || ndjson_write(&w->ndjson, trace, w->trace) || lose(w, w->setup->trace_path);
}

/* ---- signals */

/* Where files are written, a signal waits until they are whole. One that is ignored stays so. */
static void hold_signals(struct writer *w, sigset_t *before)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction now;
    sigemptyset(&w->ending);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if ((w->trace || w->pcap) && sigaction(numbers[i], NULL, &now) == 0 &&
            now.sa_handler != SIG_IGN)
            sigaddset(&w->ending, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &w->ending, before);
}

static bool is_to_end(const struct writer *w)
{
    sigset_t pending, both;
    sigpending(&pending);
    sigandset(&both, &pending, &w->ending);
    return !sigisemptyset(&both);
}

/* ---- the run */

/* By the names that docs/compare.md has for them. */
static void list_allowed(const struct compare *compare, FILE *to)
{
    char words[512] = "";
    for (unsigned i = 0; i < ALLOWANCE_COUNT; i++) {
        size_t used = strlen(words);
        unsigned times = compare->allowed[i];
        if (times > 0)
            snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "",
                     compare_allowances[i].name);
        used = strlen(words);
        if (times > 0)
            snprintf(words + used, sizeof words - used, tr_n(" %u time", " %u times", times),
                     times);
    }
    if (words[0])
        fprintf(to, _("allowed: %s\n"), words);
}

/* What the lanes differed in once more, each by itself, and what was let pass. */
static void list_differences(const struct session *session, FILE *to)
{
    const struct trace *trace = session_trace(session);
    char words[512];
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind == EV_DIFFERS)
            fprintf(to, _("differs: %s\n"), retell_event(event, words, sizeof words));
    }
    list_allowed(session_compare(session), to);
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
        w->cut_off = is_to_end(w);
        if (w->cut_off)
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

static void close_output(struct writer *w, FILE *file, const char *path)
{
    errno = 0;
    if (file && (file == stdout ? fflush(file) : fclose(file)) != 0)
        lose(w, path);
}

static bool write_all(struct writer *w, struct session *session)
{
    const struct headless_setup *setup = w->setup;
    const struct pcapng_about about = { .title = setup->lab->name,
                                        .lab = &setup->lab->lab,
                                        .profile = session_profile(session) };
    errno = 0;
    if (w->trace && !ndjson_head(setup->lab->name, setup->run->lanes, about.profile,
                                 setup->run->seed, session_trace(session), w->trace))
        return lose(w, setup->trace_path);
    if (!write_new(w, session) || !run_to_end(w, session))
        return false;
    if (setup->with_log && !w->cut_off)
        verdict(session, stdout);
    errno = 0;
    return !w->pcap || pcapng_write(session_trace(session), &about, w->pcap) ||
           lose(w, setup->pcap_path);
}

/* Of standard output the program complains as it ends. */
static void complain_of_lost(const struct writer *w)
{
    if (strcmp(w->lost, "-") != 0 || !ferror(stdout))
        complain(_("%s: could not be written whole: %s"), w->lost,
                 w->lost_err ? strerror(w->lost_err) : _("error"));
}

int headless_run(struct session *session, const struct headless_setup *setup)
{
    struct writer w = { .setup = setup };
    sigset_t before;
    bool failed = false;
    log_begin(&w.log);
    w.trace = open_output(setup->trace_path, &failed);
    w.pcap = failed ? NULL : open_output(setup->pcap_path, &failed);
    hold_signals(&w, &before);
    if (!failed)
        write_all(&w, session);
    close_output(&w, stdout, "-");
    close_output(&w, w.trace, setup->trace_path);
    close_output(&w, w.pcap, setup->pcap_path);
    if (w.lost)
        complain_of_lost(&w);
    if (is_to_end(&w))
        complain(_("stopped after %u steps; what happened until then is written"),
                 session_last_step(session));
    sigprocmask(SIG_SETMASK, &before, NULL); /* and here such a signal ends the program */
    if (failed || w.lost)
        return STATUS_NOT_ALLOWED;
    bool holds = session_failures(session) == 0 && session_differences(session) == 0;
    return holds && !w.cut_off ? STATUS_DONE : STATUS_DOES_NOT_HOLD;
}
