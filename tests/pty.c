/*
 * The child reports each frame over a pipe and waits; by then all of the frame has been written, so
 * that what is read up to there belongs to it.
 */
#include "tests/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    REPORT = 3, /* descriptors of the child */
    GO = 4,
    PIECE = 16384
};

static double cpu_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void draw_all(unsigned count, pty_draw *draw, void *to)
{
    struct screen screen = { .theme = THEME_DARK };
    const char *why;
    char go;
    if (!screen_open(&screen, false, &why))
        _exit(1);
    for (unsigned i = 0; i < count; i++) {
        double before = cpu_time();
        draw(to, &screen, i);
        double seconds = cpu_time() - before;
        if (write(REPORT, &seconds, sizeof seconds) != sizeof seconds || read(GO, &go, 1) != 1)
            _exit(1);
    }
    screen_close(&screen);
    _exit(0);
}

/* In the child: the terminal becomes its own. */
static void take_terminal(const char *name, const int report[2], const int go[2])
{
    setsid();
    int fd = open(name, O_RDWR);
    if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
        _exit(1);
    int ends[] = { fd, fd, STDERR_FILENO, report[1], go[0] };
    int high[sizeof ends / sizeof ends[0]];
    for (int i = 0; i < GO + 1; i++)
        high[i] = fcntl(ends[i], F_DUPFD, 10);
    for (int i = 0; i < GO + 1; i++)
        dup2(high[i], i);
    for (int i = GO + 1; i < 64; i++)
        close(i);
    setenv("TERM", "xterm-256color", 1);
    unsetenv("NO_COLOR");
}

/* Counts what comes until the report does. */
static bool count_frame(int terminal, int report, struct pty_frame *frame)
{
    char piece[PIECE];
    struct pollfd fds[] = { { .fd = report, .events = POLLIN },
                            { .fd = terminal, .events = POLLIN } };
    frame->octets = 0;
    for (;;) {
        if (poll(fds, 2, 30000) <= 0)
            return false;
        ssize_t len = fds[1].revents & POLLIN ? read(terminal, piece, sizeof piece) : 0;
        if (len > 0)
            frame->octets += (uint64_t)len;
        else if (fds[0].revents & POLLIN)
            return read(report, &frame->seconds, sizeof frame->seconds) == sizeof frame->seconds;
        else
            return false;
    }
}

static bool count_all(int terminal, int report, int go, unsigned count, struct pty_frame *frames)
{
    char piece[1024];
    for (unsigned i = 0; i < count; i++) {
        if (!count_frame(terminal, report, &frames[i]) || write(go, "", 1) != 1)
            return false;
    }
    while (read(terminal, piece, sizeof piece) > 0)
        continue; /* the terminal is given back */
    return true;
}

bool pty_count(int width, int height, unsigned count, pty_draw *draw, void *to,
               struct pty_frame *frames)
{
    struct winsize size = { .ws_col = (unsigned short)width, .ws_row = (unsigned short)height };
    int report[2], go[2], status = 1;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0 ||
        ioctl(terminal, TIOCSWINSZ, &size) < 0 || pipe(report) < 0 || pipe(go) < 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        take_terminal(ptsname(terminal), report, go);
        draw_all(count, draw, to);
    }
    close(report[1]);
    close(go[0]);
    bool good = child > 0 && count_all(terminal, report[0], go[1], count, frames);
    close(report[0]);
    close(go[1]);
    close(terminal);
    if (child > 0)
        waitpid(child, &status, 0);
    return good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
