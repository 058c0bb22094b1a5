/*
 * Programs that are measured, as children.
 */
#include "tests/speed_live/live.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(const char *const *words, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* nginx takes its workers with it */
    dup2(out, STDOUT_FILENO);
    execv(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
}

struct child child_begin(const char *const *words, bool heard)
{
    struct child child = { .out = -1 };
    int ends[2];
    if (heard ? pipe2(ends, O_CLOEXEC) < 0 : (ends[1] = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
        bench_fail("no pipe");
    child.pid = fork();
    if (child.pid < 0)
        bench_fail("fork");
    if (child.pid == 0)
        become(words, ends[1]);
    close(ends[1]);
    if (heard)
        child.out = ends[0];
    return child;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int child_end(struct child *child, int signal, double *cpu_seconds)
{
    struct rusage used;
    int status;
    if (signal)
        kill(child->pid, signal);
    while (wait4(child->pid, &status, 0, &used) < 0) {
        if (errno != EINTR)
            bench_fail("wait4");
    }
    if (child->out >= 0)
        close(child->out);
    child->out = -1;
    if (cpu_seconds)
        *cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool child_says(const struct child *child, const char *text, char *said, size_t room)
{
    size_t len = 0;
    said[0] = '\0';
    while (!strstr(said, text) && len + 1 < room) {
        ssize_t got = read(child->out, said + len, room - 1 - len);
        if (got <= 0)
            return false;
        len += (size_t)got;
        said[len] = '\0';
    }
    return strstr(said, text) != NULL;
}

struct child serve_begin(const struct bench *bench, const char *const *words, unsigned *port)
{
    const char *all[WORDS_MOST] = { bench->tcpstep, "serve" };
    char said[PATH_MOST];
    size_t count = 2;
    while (*words && count < WORDS_MOST - 2)
        all[count++] = *words++;
    all[count] = "127.0.0.1:0";
    struct child child = child_begin(all, true);
    if (!child_says(&child, "127.0.0.1:", said, sizeof said))
        bench_fail("serve does not say where it listens");
    *port = (unsigned)strtoul(strstr(said, "127.0.0.1:") + strlen("127.0.0.1:"), NULL, 10);
    return child;
}
