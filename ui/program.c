/*
 * Loop, signals and reports of a socket program.
 */
#include "ui/program.h"

#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    LOOK_MS = 50, /* between two looks at connections whose calls are told */
    SHOWN_MAX = 4096
};

void program_wish(struct program_wishes *wishes, size_t index, const char *value)
{
    if (index == PROGRAM_EXPLAIN)
        wishes->explain = true;
    if (index == PROGRAM_TRACE)
        wishes->trace_path = value;
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

static bool take_signals(struct program *program)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &ends, NULL) < 0)
        return false;
    program->signals = (struct source){ .fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC),
                                        .ready = on_signal };
    return program->signals.fd >= 0 && loop_add(&program->loop, &program->signals, LOOP_READ);
}

static void on_event(void *to, const struct event *event)
{
    struct program *program = to;
    struct sink keep = trace_sink(&program->trace);
    if (program->trace_to)
        emit(&keep, event);
    if (program->wishes.explain)
        explain_event(&program->explain, event);
}

static bool open_trace(struct program *program)
{
    const char *path = program->wishes.trace_path;
    if (path)
        program->trace_to = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (path && !program->trace_to)
        complain("%s: %s", path, strerror(errno));
    return !path || program->trace_to;
}

bool program_open(struct program *program, const struct program_wishes *wishes)
{
    bool told = wishes->explain || wishes->trace_path;
    memset(program, 0, sizeof *program);
    program->wishes = *wishes;
    program->signals.fd = -1;
    program->loop.epoll = -1;
    trace_init(&program->trace);
    program->trace.on[LANE_KERNEL] = true;
    explain_begin(&program->explain, stderr);
    if (!open_trace(program))
        return false;
    if (!loop_open(&program->loop) || !take_signals(program)) {
        complain(_("the event loop: %s"), strerror(errno));
        return false;
    }
    if (told)
        program->told = told_open((struct sink){ .emit = on_event, .to = program });
    if (told && !program->told)
        complain(_("out of memory"));
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

bool program_wait(struct program *program, int timeout_ms)
{
    bool watched = told_count(program->told) > 0;
    explain_flush(&program->explain);
    write_trace(program);
    if (watched && (timeout_ms < 0 || timeout_ms > LOOK_MS))
        timeout_ms = LOOK_MS;
    bool good = loop_once(&program->loop, timeout_ms);
    if (watched)
        told_look(program->told);
    return good;
}

int program_close(struct program *program, int status)
{
    explain_flush(&program->explain);
    write_trace(program);
    if (program->trace_to && program->trace_to != stdout && fclose(program->trace_to) != 0)
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

void program_print_text(const char *before, const uint8_t *octets, size_t len)
{
    char shown[SHOWN_MAX];
    while (len > 0 && (octets[len - 1] == '\n' || octets[len - 1] == '\r'))
        len--;
    printf("%s%s\n", before, escape_text(octets, len, shown, sizeof shown));
    fflush(stdout);
}
