/*
 * fork, exec, sockets that block.
 */
#include "tests/serving.h"

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WORDS_MAX = 16,
    WAIT_S = 20
};

static void become(const char *const *words, int out)
{
    const char *argv[WORDS_MAX + 2] = { getenv("TCPSTEP") };
    for (size_t i = 0; words[i] && i < WORDS_MAX; i++)
        argv[i + 1] = words[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* The port of the last line that says where, until 127.0.0.1 is among them. */
static unsigned listening_port(int out)
{
    char said[1024];
    size_t len = 0;
    const char *at = NULL;
    while (!at) {
        ssize_t got = read(out, said + len, sizeof said - 1 - len);
        ck_assert_msg(got > 0, "it did not say where it listens");
        len += (size_t)got;
        said[len] = '\0';
        at = strstr(said, "127.0.0.1:");
        if (at && !strchr(at, '\n'))
            at = NULL;
    }
    return (unsigned)strtoul(at + strlen("127.0.0.1:"), NULL, 10);
}

struct serving serving_begin(const char *const *words, bool listens)
{
    int ends[2];
    struct serving serving = { .port = 0 };
    ck_assert_msg(getenv("TCPSTEP") != NULL, "TCPSTEP has to be the program's path (make check)");
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    fflush(NULL);
    serving.pid = fork();
    if (serving.pid == 0)
        become(words, ends[1]);
    ck_assert_int_gt(serving.pid, 0);
    close(ends[1]);
    serving.out = ends[0];
    if (listens)
        serving.port = listening_port(serving.out);
    return serving;
}

int serving_end(struct serving *serving, int signal)
{
    int status = 0;
    if (signal)
        kill(serving->pid, signal);
    ck_assert_int_eq(waitpid(serving->pid, &status, 0), serving->pid);
    close(serving->out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int dial(unsigned port)
{
    struct timeval wait = { .tv_sec = WAIT_S };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait), 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

size_t hear(int fd, char *into, size_t room)
{
    size_t len = 0;
    ssize_t got = 0;
    while (len < room && (got = read(fd, into + len, room - len)) > 0)
        len += (size_t)got;
    close(fd);
    return len;
}

size_t ask(unsigned port, const char *text, char *into, size_t room)
{
    int fd = dial(port);
    size_t len = strlen(text);
    ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
    len = hear(fd, into, room - 1);
    into[len] = '\0';
    return len;
}

int listen_here(unsigned *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

/* false: who was read from has ended, or enough has passed. */
static bool pass(struct relay *relay, int from, int to, bool counts)
{
    char part[16384];
    size_t room = sizeof part;
    if (counts && relay->most - relay->passed < room)
        room = (size_t)(relay->most - relay->passed);
    ssize_t got = read(from, part, room);
    if (got <= 0)
        return false;
    if (counts && relay->spoil > relay->passed && relay->spoil <= relay->passed + (size_t)got)
        part[relay->spoil - relay->passed - 1] ^= 1;
    if (counts)
        relay->passed += (size_t)got;
    if (send(to, part, (size_t)got, MSG_NOSIGNAL) != got)
        return false;
    return !counts || relay->passed < relay->most;
}

void relay_run(struct relay *relay, int listener, unsigned port)
{
    relay->passed = 0;
    relay->client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    relay->server = dial(port);
    struct pollfd ends[2] = { { .fd = relay->client, .events = POLLIN },
                              { .fd = relay->server, .events = POLLIN } };
    while (poll(ends, 2, WAIT_S * 1000) > 0) {
        if (ends[0].revents && !pass(relay, relay->client, relay->server, false))
            return;
        if (ends[1].revents && !pass(relay, relay->server, relay->client, true))
            return;
    }
}

void relay_close(struct relay *relay)
{
    close(relay->client);
    close(relay->server);
}
