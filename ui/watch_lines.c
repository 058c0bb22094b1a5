/*
 * A loop that waits for signals and for the time of the next look. Signals come by signalfd(2), so
 * that nothing is cut off between two looks.
 */
#include "ui/watch_lines.h"

#include "net/clock.h"
#include "net/sniff.h"
#include "ui/complain.h"
#include "ui/text.h"
#include "ui/watch_child.h"
#include "ui/watch_words.h"
#include "ui/words.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    USEC_PER_MSEC = 1000,
    USEC_PER_SEC = 1000000,
    SIGNALLED = 128,
    OVER_KEPT_USEC = 1000000 /* a connection that is over and printed */
};

struct lines {
    const struct watch_setup *setup;
    struct watcher watcher;
    struct watch_child child;
    struct sniff *sniff; /* NULL: no segments are wanted */
    struct numbering numbering;
    int signals;
    uint64_t end_usec, next_usec;
    int ended_by; /* a signal, or 0 */
    bool over;
    uint64_t lost; /* of the tracepoint, that were told */
};

int watch_complain(const struct net_error *error)
{
    const char *hint = "";
    if (strcmp(error->operation, "netlink socket") == 0)
        hint = _("; a container's seccomp profile may forbid it, and 'tcpstep doctor' tells more");
    if (strcmp(error->operation, "packet socket") == 0)
        hint = _("; 'tcpstep doctor' says what would allow it");
    complain("%s: %s%s", error->operation, strerror(error->err), hint);
    return STATUS_NOT_ALLOWED;
}

/* Over the loopback both ends are here, and one of them may be asked for alone. */
static bool is_shown(const struct watcher *watcher, const struct endpoint *local,
                     const struct endpoint *remote)
{
    const struct watch_row *row = watch_find(&watcher->table, local, remote);
    return row && watcher_shows(watcher, row);
}

static void on_segment(void *to, const struct sniffed *seen)
{
    struct lines *lines = to;
    const struct segment *seg = &seen->seg;
    struct watcher *watcher = &lines->watcher;
    const struct event event = { .kind = EV_SENT, .u.wire.seg = *seg };
    char line[WATCH_LINE_MAX], words[WORDS_MAX];
    numbering_learn(&lines->numbering, &event);
    if (!is_shown(watcher, &seg->src, &seg->dst) && !is_shown(watcher, &seg->dst, &seg->src))
        return;
    words_segment(seg, &lines->numbering, words, sizeof words);
    puts(watch_segment_line(seg, words, seen->usec, watcher->begin_usec, line, sizeof line));
}

/* Those that passed up to this look. */
static void print_segments(struct lines *lines)
{
    uint64_t lost = lines->sniff ? sniff_drain(lines->sniff, on_segment, lines) : 0;
    if (lost)
        printf(_("(%llu segments were not seen)\n"), (unsigned long long)lost);
}

/* Each state that a connection has come to since is a line. */
static void print_changes(struct lines *lines)
{
    char line[WATCH_LINE_MAX];
    struct watch_row *row;
    while ((row = watcher_next_changed(&lines->watcher))) {
        for (; row->lines < row->path.count; row->lines++)
            puts(watch_line(row, row->lines, lines->watcher.begin_usec, line, sizeof line));
    }
    if (lines->watcher.lost > lines->lost)
        printf(_("(the tracepoint lost %llu changes: there is more than was seen)\n"),
               (unsigned long long)(lines->watcher.lost - lines->lost));
    lines->lost = lines->watcher.lost;
    fflush(stdout);
}

static bool look(struct lines *lines)
{
    struct watcher *watcher = &lines->watcher;
    if (!watcher_look(watcher))
        return false;
    print_segments(lines);
    print_changes(lines);
    if (watcher->now_usec > OVER_KEPT_USEC)
        watch_forget(&watcher->table, watcher->now_usec - OVER_KEPT_USEC);
    return !ferror(stdout);
}

/* A signal from the terminal has gone to the command as well; any other one is passed on. */
static void take_signal(struct lines *lines, const struct signalfd_siginfo *info)
{
    int number = (int)info->ssi_signo;
    if (number == SIGCHLD) {
        watch_child_reap(&lines->child);
        return;
    }
    if (lines->child.pid == 0) {
        lines->ended_by = number;
        lines->over = true;
    } else if (info->ssi_code != SI_KERNEL) {
        kill(lines->child.pid, number);
    }
}

/* Waits until it is time for the next look, or something has come. */
static void wait_for_next(struct lines *lines)
{
    struct pollfd input = { .fd = lines->signals, .events = POLLIN };
    struct signalfd_siginfo info;
    uint64_t now = clock_usec();
    uint64_t left = lines->next_usec > now ? lines->next_usec - now : 0;
    struct timespec limit = { .tv_sec = (time_t)(left / USEC_PER_SEC),
                              .tv_nsec = (long)(left % USEC_PER_SEC * 1000) };
    ppoll(&input, 1, &limit, NULL);
    while (read(lines->signals, &info, sizeof info) == (ssize_t)sizeof info)
        take_signal(lines, &info);
}

static void go_on(struct lines *lines)
{
    uint64_t interval = lines->setup->interval_msec * USEC_PER_MSEC;
    lines->next_usec = clock_usec() + interval;
    while (!lines->over && !lines->child.over && clock_usec() < lines->next_usec)
        wait_for_next(lines);
    bool late = lines->end_usec && clock_usec() >= lines->end_usec;
    if (late && lines->child.pid && !lines->child.over)
        kill(lines->child.pid, SIGTERM);
    if (late && lines->child.pid)
        lines->end_usec += USEC_PER_SEC; /* it is asked again */
    else if (late)
        lines->over = true;
}

/* The signals that end a watch are taken one by one; `before` is how they were. */
static int open_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, before);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int start(struct lines *lines, const sigset_t *before)
{
    struct net_error error;
    if (!lines->setup->command ||
        watch_child_start(&lines->child, lines->setup->command, before, &error))
        return STATUS_DONE;
    complain("%s: %s", lines->setup->command[0], strerror(error.err));
    return error.err == ENOENT ? STATUS_USAGE : STATUS_NOT_ALLOWED;
}

/* A process that was asked for may end. */
static bool is_there(const struct watch_wish *wish)
{
    if (!wish->pid || procs_is_there(wish->pid))
        return true;
    printf(_("(process %d has ended)\n"), (int)wish->pid);
    return false;
}

/* Why there was no look. Of standard output the program complains as it ends. */
static int gave_up(const struct lines *lines)
{
    return ferror(stdout) ? STATUS_NOT_ALLOWED : watch_complain(&lines->watcher.error);
}

static int run(struct lines *lines, const sigset_t *before)
{
    char source[160];
    const struct watch_setup *setup = lines->setup;
    uint64_t begin = lines->watcher.begin_usec;
    lines->end_usec = setup->seconds ? begin + setup->seconds * USEC_PER_SEC : 0;
    printf(_("(source: %s; a look each %llu ms)\n"),
           watcher_source(&lines->watcher, source, sizeof source),
           (unsigned long long)setup->interval_msec);
    fflush(stdout);
    if (!look(lines))
        return gave_up(lines);
    int status = start(lines, before);
    if (status != STATUS_DONE)
        return status;
    while (!lines->over && !lines->child.over && is_there(&setup->wish)) {
        if (!look(lines))
            return gave_up(lines);
        go_on(lines);
    }
    look(lines);
    if (lines->child.pid)
        return lines->child.status;
    return lines->ended_by ? SIGNALLED + lines->ended_by : STATUS_DONE;
}

int watch_lines_run(const struct watch_setup *setup)
{
    struct lines lines = { .setup = setup, .signals = -1 };
    struct net_error error;
    sigset_t before;
    int status;
    if (setup->ladder && !(lines.sniff = sniff_open(&error)))
        return watch_complain(&error);
    if (watcher_open(&lines.watcher, &setup->wish)) {
        lines.watcher.processes = UINT32_MAX;
        lines.signals = open_signals(&before);
        status = run(&lines, &before);
        close(lines.signals);
        sigprocmask(SIG_SETMASK, &before, NULL);
    } else {
        status = watch_complain(&lines.watcher.error);
    }
    watcher_close(&lines.watcher);
    sniff_close(lines.sniff);
    return status;
}

int watch_once(const struct watch_setup *setup)
{
    char line[WATCH_LINE_MAX];
    struct watcher watcher;
    int status = STATUS_DONE;
    if (!watcher_open(&watcher, &setup->wish)) {
        status = watch_complain(&watcher.error);
    } else {
        watcher.processes = UINT32_MAX;
        if (!watcher_look(&watcher))
            status = watch_complain(&watcher.error);
        puts(watch_head(line, sizeof line));
        for (struct watch_row *row; (row = watcher_next_changed(&watcher));)
            puts(watch_state_line(row, line, sizeof line));
    }
    watcher_close(&watcher);
    return status;
}
