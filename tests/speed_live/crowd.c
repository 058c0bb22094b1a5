/*
 * Many clients at once on `serve --echo`: each gets its answer, and what the server's memory grows
 * by.
 */
#include "tests/speed_live/live.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CLIENTS = 9000,
    SPARE = 64, /* descriptors for all else */
    OCTETS_MOST = 1024,
    LINE_MOST = 32,
    TURNS = 3 /* that each says something in */
};

static unsigned clients_allowed(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= CLIENTS + SPARE)
        return CLIENTS;
    return limit.rlim_cur > SPARE ? (unsigned)limit.rlim_cur - SPARE : 0;
}

/* What is the process's alone, in octets. */
static double own_memory(pid_t pid)
{
    char path[64], line[256];
    unsigned long kib, sum = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *from = fopen(path, "re");
    if (!from)
        bench_fail(path);
    while (fgets(line, sizeof line, from)) {
        if (sscanf(line, "Private_Clean: %lu", &kib) == 1 ||
            sscanf(line, "Private_Dirty: %lu", &kib) == 1)
            sum += kib;
    }
    fclose(from);
    return (double)sum * 1024;
}

static int connect_one(unsigned port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
        bench_fail("connect");
    return fd;
}

static int line_of(char *line, unsigned client, unsigned turn)
{
    return snprintf(line, LINE_MOST, "client %u turn %u\n", client, turn);
}

/* All say something, and then each hears it. */
static unsigned turn(const int *fds, unsigned count, unsigned number)
{
    char line[LINE_MOST], heard[LINE_MOST];
    unsigned answered = 0;
    for (unsigned i = 0; i < count; i++) {
        int len = line_of(line, i, number);
        if (send(fds[i], line, (size_t)len, MSG_NOSIGNAL) != len)
            bench_fail("send");
    }
    for (unsigned i = 0; i < count; i++) {
        size_t len = (size_t)line_of(line, i, number);
        answered +=
            recv(fds[i], heard, len, MSG_WAITALL) == (ssize_t)len && memcmp(heard, line, len) == 0;
    }
    return answered;
}

void measure_crowd(struct bench *bench)
{
    static const char *const words[] = { "--echo", "--quiet", "--backlog", "1024", NULL };
    unsigned port, count = clients_allowed(), answered = 0;
    struct child server = serve_begin(bench, words, &port);
    int *fds = calloc(CLIENTS, sizeof *fds);
    if (!fds)
        bench_fail("no memory");
    double before = own_memory(server.pid);
    for (unsigned i = 0; i < count; i++)
        fds[i] = connect_one(port);
    for (unsigned i = 0; i < TURNS; i++)
        answered += turn(fds, count, i);
    double after = own_memory(server.pid);
    if (count < CLIENTS)
        printf("crowd_clients: no more descriptors are allowed (ulimit -Hn)\n");
    figure("crowd_clients", count, "clients");
    figure_at_least(bench, "crowd_answered", answered / (double)TURNS, "clients", count);
    if (count > 0)
        figure_at_most(bench, "crowd_octets", (after - before) / count, "octets/client",
                       OCTETS_MOST);
    for (unsigned i = 0; i < count; i++)
        close(fds[i]);
    free(fds);
    if (child_end(&server, SIGTERM, NULL) != 0)
        bench_fail("serve did not end well");
}
