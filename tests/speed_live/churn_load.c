/*
 * A load that costs the same whoever is loaded: connect, send a request, read until the answer is
 * whole, close. Some connections are under way at a time; each process waits for the oldest.
 */
#include "tests/speed_live/live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    UNDER_WAY = 64,
    ADDRESSES = 250, /* 127.0.0.2 and on: each has ports of its own, and TIME-WAIT keeps them */
    FROM_EACH = 500, /* in a row */
    PROCESSES_MOST = 8,
    ANSWER_MOST = 2048
};

static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

static struct sockaddr_in loopback(unsigned number, unsigned port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number) };
}

unsigned port_free(void)
{
    struct sockaddr_in at = loopback(0, 0);
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0)
        bench_fail("no free port");
    close(fd);
    return ntohs(at.sin_port);
}

/* connect() does not wait; by its return the loopback has made the connection, and it can be sent
 * on. */
static int begin(const struct load *load, unsigned number)
{
    struct sockaddr_in from = loopback(1 + (load->first + number / FROM_EACH) % ADDRESSES, 0);
    struct sockaddr_in to = loopback(0, load->port);
    const int later = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        bench_fail("socket");
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof later);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
        bench_fail("bind");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        bench_fail("connect");
    fcntl(fd, F_SETFL, 0);
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
        bench_fail("send");
    return fd;
}

static bool is_whole(const char *answer, size_t len, const char *ending)
{
    size_t last = strlen(ending);
    return len >= last && memcmp(answer + len - last, ending, last) == 0;
}

static void finish(const struct load *load, int fd)
{
    char answer[ANSWER_MOST];
    size_t len = 0;
    while (!is_whole(answer, len, load->ending)) {
        ssize_t got = recv(fd, answer + len, sizeof answer - len, 0);
        if (got <= 0)
            bench_fail("an answer is not whole");
        len += (size_t)got;
    }
    close(fd);
}

static void run(const struct load *load)
{
    int under_way[UNDER_WAY];
    for (unsigned i = 0; i < load->connections + UNDER_WAY; i++) {
        int *slot = &under_way[i % UNDER_WAY];
        if (i >= UNDER_WAY)
            finish(load, *slot);
        if (i < load->connections)
            *slot = begin(load, i);
    }
}

double load_run(const struct load *load, unsigned processes)
{
    pid_t pids[PROCESSES_MOST];
    double begun = now_seconds();
    bool good = true;
    for (unsigned i = 0; i < processes; i++) {
        struct load own = *load;
        own.first += i * ADDRESSES / processes;
        pids[i] = fork();
        if (pids[i] < 0)
            bench_fail("fork");
        if (pids[i] == 0) {
            run(&own);
            _exit(0);
        }
    }
    for (unsigned i = 0; i < processes; i++) {
        int status;
        good = waitpid(pids[i], &status, 0) == pids[i] && status == 0 && good;
    }
    if (!good)
        bench_fail("the load has failed");
    return load->connections * processes / (now_seconds() - begun);
}
