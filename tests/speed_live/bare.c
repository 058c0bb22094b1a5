/*
 * What a file's way over the loopback costs at least: sendfile() there, splice() here, no protocol,
 * no digest, nothing to go on with.
 */
#include "tests/speed_live/live.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    AT_ONCE = 4 * 1024 * 1024,
    PIPE_SIZE = 1024 * 1024
};

/* Listens, without pacing; where is in *at. */
static int listen_somewhere(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen("reno"));
    if (fd < 0 || bind(fd, (struct sockaddr *)at, len) < 0 || listen(fd, 1) < 0 ||
        getsockname(fd, (struct sockaddr *)at, &len) < 0)
        bench_fail("no listening socket");
    return fd;
}

static _Noreturn void send_all(int listener, const char *from, uint64_t len)
{
    int fd = accept(listener, NULL, NULL), file = open(from, O_RDONLY | O_CLOEXEC);
    for (off_t at = 0; at < (off_t)len;) {
        if (sendfile(fd, file, &at, AT_ONCE) <= 0)
            _exit(1);
    }
    _exit(0);
}

static void receive_all(int fd, int file, const int *pipe_ends)
{
    loff_t at = 0;
    ssize_t got;
    while ((got = splice(fd, NULL, pipe_ends[1], NULL, PIPE_SIZE, SPLICE_F_MOVE)) > 0) {
        while (got > 0) {
            ssize_t put = splice(pipe_ends[0], NULL, file, &at, (size_t)got, SPLICE_F_MOVE);
            if (put <= 0)
                bench_fail("splice");
            got -= put;
        }
    }
}

double bare_run(const char *from, const char *to, uint64_t len)
{
    struct sockaddr_in at;
    int ends[2], status, listener = listen_somewhere(&at);
    double begun = now_seconds();
    pid_t sender = fork();
    if (sender < 0)
        bench_fail("fork");
    if (sender == 0)
        send_all(listener, from, len);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int file = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || pipe2(ends, O_CLOEXEC) < 0 ||
        connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
        bench_fail("connect");
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    receive_all(fd, file, ends);
    double took = now_seconds() - begun;
    if (waitpid(sender, &status, 0) != sender || status != 0 ||
        lseek(file, 0, SEEK_END) != (off_t)len)
        bench_fail("not all has come");
    const int all[] = { listener, fd, file, ends[0], ends[1] };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        close(all[i]);
    return (double)len / took;
}
