/*
 * Loop, signals and reports of a socket program.
 */
#include "ui/program.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/outputs.h"
#include "ui/text.h"
#include "ui/tui/stage_live.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    LOOK_MS = 50,        /* between two looks at connections whose calls are told */
    LOOK_OFTEN_MAX = 16, /* up to so many are looked at whenever anything has happened */
    SHOWN_MAX = 4096,
    STUCK_SECONDS = 1,      /* between two looks at signals that were not heard */
    EXPLAINED_MOST = 262144 /* octets of --explain that are kept for who does not read them */
};

void program_wish(struct program_wishes *wishes, size_t index, const char *value)
{
    if (index == PROGRAM_EXPLAIN)
        wishes->explain = true;
    if (index == PROGRAM_TRACE)
        wishes->trace_path = value;
    if (index == PROGRAM_STAGE)
        wishes->stage = true;
}

bool program_spares(const struct program_wishes *wishes, const char *file)
{
    bool to_file = wishes->trace_path && strcmp(wishes->trace_path, "-") != 0;
    if (!to_file || !is_same_file(wishes->trace_path, file))
        return true;
    complain(_("--trace would write over %s"), file);
    return false;
}

static void on_signal(struct source *source, uint32_t events)
{
    struct program *program =
        (struct program *)((char *)source - offsetof(struct program, signals));
    struct signalfd_siginfo info;
    (void)events;
    while (read(source->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        program->asked_to_end++;
        program->signal = (int)info.ssi_signo;
    }
}

/* What a signal's handler remembers from one time to the next. */
static volatile sig_atomic_t unheard;

/* Whoever has been asked to end and has not heard it since the last time ends here: he waits in a
 * write to what nobody reads. */
static void on_stuck(int alarm)
{
    sigset_t pending, ends;
    (void)alarm;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    bool asked = sigpending(&pending) == 0 &&
                 (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
    if (asked && unheard)
        sigprocmask(SIG_UNBLOCK, &ends, NULL); /* their action is the default one */
    unheard = asked;
}

static void heed_stuck(void)
{
    struct sigaction action = { .sa_handler = on_stuck, .sa_flags = SA_RESTART };
    struct itimerval each = { .it_value.tv_sec = STUCK_SECONDS,
                              .it_interval.tv_sec = STUCK_SECONDS };
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &each, NULL);
}

static bool take_signals(struct program *program)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    if (program->wishes.stage) { /* else the terminal would be left as it is */
        sigaddset(&ends, SIGHUP);
        sigaddset(&ends, SIGQUIT);
    }
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &ends, NULL) < 0)
        return false;
    program->signals = (struct source){ .fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC),
                                        .ready = on_signal };
    heed_stuck();
    return program->signals.fd >= 0 && loop_add(&program->loop, &program->signals, LOOP_READ);
}

static void say_unsaid(struct program *program)
{
    char words[80];
    if (program->unsaid == 0)
        return;
    snprintf(words, sizeof words,
             tr_n("(%lu line was not shown)", "(%lu lines were not shown)", program->unsaid),
             program->unsaid);
    outlet_print(&program->outlet, words);
    outlet_print(&program->outlet, "\n");
    program->unsaid = 0;
}

/* Nothing waits for who reads what is explained; lines that have no room are left out, and that is
 * said. */
static ssize_t explained(void *of, const char *octets, size_t len)
{
    struct program *program = of;
    if (outlet_kept(&program->outlet) > EXPLAINED_MOST) {
        program->unsaid++;
    } else {
        say_unsaid(program);
        outlet_write(&program->outlet, octets, len);
    }
    return (ssize_t)len;
}

static bool open_explanation(struct program *program)
{
    cookie_io_functions_t functions = { .write = explained };
    if (!program->wishes.explain)
        return true;
    outlet_open(&program->outlet, &program->loop, STDERR_FILENO);
    program->explain_to = fopencookie(program, "w", functions);
    if (!program->explain_to) {
        complain(_("out of memory"));
        return false;
    }
    setvbuf(program->explain_to, NULL, _IOLBF, BUFSIZ);
    explain_begin(&program->explain, program->explain_to);
    return true;
}

static void close_explanation(struct program *program)
{
    if (!program->explain_to)
        return;
    explain_flush(&program->explain);
    fclose(program->explain_to);
    say_unsaid(program);
    outlet_close(&program->outlet, program->asked_to_end < 2);
}

static void on_event(void *to, const struct event *event)
{
    struct program *program = to;
    struct sink keep = trace_sink(&program->trace);
    if (program->trace_to)
        emit(&keep, event);
    if (program->wishes.explain)
        explain_event(&program->explain, event);
    if (program->stage) {
        struct sink shown = live_stage_sink(program->stage);
        emit(&shown, event);
    }
}

/* What the stage leaves no room for. */
static bool wishes_agree(struct program *program)
{
    const struct program_wishes *wishes = &program->wishes;
    bool to_stdout = wishes->trace_path && strcmp(wishes->trace_path, "-") == 0;
    if (!wishes->stage || (!wishes->explain && !to_stdout))
        return true;
    program->wrong_wishes = true;
    complain(wishes->explain
                 ? _("--stage shows each call: --explain is for who has no stage")
                 : _("--stage and --trace -: the terminal is the stage's; name a file"));
    return false;
}

static void on_quit(void *of)
{
    struct program *program = of;
    program->asked_to_end++;
    program->signal = SIGINT;
}

static bool open_stage(struct program *program)
{
    struct live_stage_setup setup = { .name = program->wishes.name,
                                      .datagrams = program->wishes.datagrams,
                                      .loop = &program->loop,
                                      .quit = on_quit,
                                      .of = program };
    if (program->wishes.stage)
        program->stage = live_stage_open(&setup);
    return !program->wishes.stage || program->stage;
}

/* What else is printed goes to standard error: the trace is nobody's to mix with. */
static FILE *take_stdout(void)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    FILE *taken = fd >= 0 ? fdopen(fd, "w") : NULL;
    fflush(stdout);
    if (taken && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
        return taken;
    if (taken)
        fclose(taken);
    return NULL;
}

static bool open_trace(struct program *program)
{
    const char *path = program->wishes.trace_path;
    if (path)
        program->trace_to = strcmp(path, "-") == 0 ? take_stdout() : fopen(path, "we");
    if (path && !program->trace_to)
        complain("%s: %s", path, strerror(errno));
    return !path || program->trace_to;
}

bool program_open(struct program *program, const struct program_wishes *wishes)
{
    bool told = wishes->explain || wishes->trace_path || wishes->stage;
    memset(program, 0, sizeof *program);
    program->wishes = *wishes;
    program->signals.fd = -1;
    program->loop.epoll = -1;
    trace_init(&program->trace);
    program->trace.on[LANE_KERNEL] = true;
    if (!wishes_agree(program) || !open_trace(program))
        return false;
    if (!loop_open(&program->loop) || !take_signals(program)) {
        complain(_("the event loop: %s"), strerror(errno));
        return false;
    }
    if (!open_stage(program) || !open_explanation(program))
        return false;
    if (told)
        program->told = told_open((struct sink){ .emit = on_event, .to = program });
    if (told && !program->told)
        complain(_("out of memory"));
    if (program->told && program->stage)
        live_stage_watch(program->stage, program->told);
    return !told || program->told;
}

/* What is written is forgotten. */
static void write_trace(struct program *program)
{
    if (!program->trace_to || program->trace_failed)
        return;
    if (program->trace.full ||
        !ndjson_write(&program->written, &program->trace, program->trace_to) ||
        fflush(program->trace_to) != 0) {
        complain("%s: %s", program->wishes.trace_path,
                 errno ? strerror(errno) : _("not written whole"));
        program->trace_failed = true;
    }
    trace_free(&program->trace);
    trace_init(&program->trace);
    program->written.written = 0;
}

static int sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Many are looked at no more often than they would be if nothing happened. */
static void look(struct program *program)
{
    uint64_t now = clock_usec();
    bool often = told_count(program->told) <= LOOK_OFTEN_MAX;
    if (!often && now - program->looked_usec < LOOK_MS * UINT64_C(1000))
        return;
    program->looked_usec = now;
    told_look(program->told);
}

bool program_wait(struct program *program, int timeout_ms)
{
    bool watched = told_count(program->told) > 0;
    explain_flush(&program->explain);
    write_trace(program);
    if (watched)
        timeout_ms = sooner(timeout_ms, LOOK_MS);
    if (program->stage)
        timeout_ms = sooner(timeout_ms, live_stage_turn(program->stage, program->asked_to_end > 0));
    bool good = loop_once(&program->loop, timeout_ms);
    if (watched)
        look(program);
    return good;
}

/* Nobody has ended it: what happened is to be looked at, until somebody has seen enough. */
static void linger(struct program *program, int status)
{
    live_stage_over(program->stage, status);
    while (program->asked_to_end == 0 && program_wait(program, -1))
        continue;
}

int program_close(struct program *program, int status)
{
    if (program->wrong_wishes)
        status = STATUS_USAGE;
    if (program->stage && program->told)
        linger(program, status);
    if (program->stage)
        live_stage_close(program->stage);
    close_explanation(program);
    write_trace(program);
    if (program->trace_to && fclose(program->trace_to) != 0)
        program->trace_failed = true;
    if (program->trace_failed && status == STATUS_DONE)
        status = STATUS_NOT_ALLOWED;
    told_close(program->told);
    trace_free(&program->trace);
    if (program->signals.fd >= 0)
        close(program->signals.fd);
    loop_close(&program->loop);
    return status;
}

bool program_shows(const struct program *program, int fd)
{
    return program->stage || isatty(fd);
}

bool program_is_typed_for(const struct program *program)
{
    return program->stage && isatty(STDIN_FILENO);
}

void program_take_lines(struct program *program, const char *(*send)(void *of, const char *line),
                        void (*finish)(void *of), void *of)
{
    live_stage_lines(program->stage, send, finish, of);
}

void program_print_text(const char *before, const uint8_t *octets, size_t len)
{
    char shown[SHOWN_MAX];
    while (len > 0 && (octets[len - 1] == '\n' || octets[len - 1] == '\r'))
        len--;
    printf("%s%s\n", before, escape_text(octets, len, shown, sizeof shown));
    fflush(stdout);
}
