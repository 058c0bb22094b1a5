/*
 * Prints each figure as `name value unit`, one a line, and behind it whether its goal holds.
 */
#include "tests/speed_live/live.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    STATUS_MISSED = 3 /* of a group */
};

double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double median(double *values, unsigned count)
{
    qsort(values, count, sizeof values[0], by_value);
    return values[count / 2];
}

static void print(const char *name, double value, const char *unit)
{
    printf("%s %.*f %s", name, value < 100 ? 2 : 0, value, unit);
}

void figure(const char *name, double value, const char *unit)
{
    print(name, value, unit);
    puts("");
    fflush(stdout);
}

static void say_goal(struct bench *bench, const char *word, double goal, bool holds)
{
    printf("  (%s %.*f: %s)\n", word, goal < 100 ? 2 : 0, goal, holds ? "holds" : "MISSED");
    fflush(stdout);
    bench->missed |= !holds;
}

void figure_at_least(struct bench *bench, const char *name, double value, const char *unit,
                     double goal)
{
    print(name, value, unit);
    say_goal(bench, "at least", goal, value >= goal);
}

void figure_at_most(struct bench *bench, const char *name, double value, const char *unit,
                    double goal)
{
    print(name, value, unit);
    say_goal(bench, "at most", goal, value <= goal);
}

void not_measured(const char *name, const char *why)
{
    printf("%s - not measured: %s\n", name, why);
    fflush(stdout);
}

_Noreturn void bench_fail(const char *what)
{
    fprintf(stderr, "bench-live: %s\n", what);
    exit(1);
}

/* The rival's program, where .make/rivals has found or fetched it. */
static void find_rival(const char *name, char *path)
{
    const char *folder = getenv("RIVALS");
    snprintf(path, PATH_MOST, "%s/%s", folder ? folder : ".", name);
    if (!folder || access(path, X_OK) < 0)
        path[0] = '\0';
}

static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static const struct {
    const char *name;
    void (*measure)(struct bench *bench);
} groups[] = { { "crowd", measure_crowd }, { "churn", measure_churn }, { "get", measure_get } };

static int remove_one(const char *path, const struct stat *seen, int kind, struct FTW *where)
{
    (void)seen, (void)kind, (void)where;
    remove(path);
    return 0;
}

/* In a process of its own, whose mounts and rights are its own, and which may fail: its programs
 * end with it, and what it wrote is removed. */
static void run_group(struct bench *bench, size_t group)
{
    int status = 0;
    strcpy(bench->folder, "/dev/shm/tcpstep-live-XXXXXX");
    if (!mkdtemp(bench->folder))
        bench_fail("no folder in /dev/shm");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        bench->missed = false;
        signal(SIGINT, SIG_DFL);
        groups[group].measure(bench);
        exit(bench->missed ? STATUS_MISSED : 0);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    nftw(bench->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    bench->missed |= pid < 0 || status != 0;
    if (pid < 0 || (status != 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != STATUS_MISSED)))
        not_measured(groups[group].name, "it has failed");
}

/* Without an argument all groups, else the one that it names. */
int main(int argc, char **argv)
{
    struct bench bench = { .tcpstep = getenv("TCPSTEP") };
    if (!bench.tcpstep)
        bench_fail("TCPSTEP has to be the program's path (make bench-live)");
    find_rival("nginx", bench.nginx);
    find_rival("iperf3", bench.iperf3);
    raise_descriptors();
    signal(SIGINT, SIG_IGN); /* the group hears it */
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (argc < 2 || strcmp(argv[1], groups[i].name) == 0)
            run_group(&bench, i);
    }
    return bench.missed ? 1 : 0;
}
