/*
 * net/sandbox: two Linux stacks in namespaces of their own, and their packets in our hands. Where
 * this machine allows no namespaces there is nothing to test, and it is said why.
 */
#include "net/sandbox.h"
#include "sim/codec.h"
#include "tests/suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PORT = 7788,
    PATIENCE_MSEC = 2000
};

static struct sandbox *box;

/* False where this machine does not allow it. */
static bool have(enum sandbox_link link)
{
    struct net_error error;
    box = sandbox_open(2, link, &error);
    if (!box)
        printf("sandbox: not tested here, %s: %s\n", error.operation, strerror(error.err));
    return box != NULL;
}

static void end(void)
{
    sandbox_close(box);
    box = NULL;
}

static struct sockaddr_in at(unsigned host, uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(0x0a090001u + host) };
}

static int tcp_socket(unsigned host)
{
    int fd = sandbox_socket(box, host, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_msg(fd >= 0, "socket on host %u: %s", host, strerror(errno));
    return fd;
}

static int listening(unsigned host)
{
    int fd = tcp_socket(host);
    struct sockaddr_in own = at(host, PORT);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

static int connecting(unsigned from, unsigned to)
{
    int fd = tcp_socket(from);
    struct sockaddr_in other = at(to, PORT);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&other, sizeof other), -1);
    ck_assert_int_eq(errno, EINPROGRESS);
    return fd;
}

/* The next TCP segment of a host, with its packet; what else it sends (neighbours, groups) is not.
 */
static struct segment next_segment(unsigned host, uint8_t *packet, size_t *len)
{
    struct segment seg;
    const uint8_t *text;
    for (;;) {
        struct pollfd wait = { .fd = sandbox_fd(box, host), .events = POLLIN };
        ck_assert_msg(poll(&wait, 1, PATIENCE_MSEC) == 1, "host %u sends nothing", host);
        *len = sandbox_take(box, host, packet, SANDBOX_PACKET_MAX);
        if (*len > 0 && segment_decode(packet, *len, &seg, &text) == DECODE_OK)
            return seg;
    }
}

static void pass(unsigned from, unsigned flags)
{
    static uint8_t packet[SANDBOX_PACKET_MAX];
    size_t len;
    struct segment seg = next_segment(from, packet, &len);
    ck_assert_uint_eq(seg.flags, flags);
    ck_assert(sandbox_give(box, 1 - from, packet, len));
}

static int state_of(int fd)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
    return info.tcpi_state;
}

/* The kernel's own handshake, a segment at a time: it waits in SYN-SENT for as long as its SYN is
 * held, and the server has nothing to accept until the third segment was handed over. */
static void handshake_in_hand(enum sandbox_link link)
{
    if (!have(link))
        return;
    int server = listening(1), client = connecting(0, 1);
    ck_assert_int_eq(state_of(client), TCP_SYN_SENT);
    pass(0, SYN);
    ck_assert_int_eq(state_of(client), TCP_SYN_SENT);
    pass(1, SYN | ACK);
    ck_assert_int_eq(accept(server, NULL, NULL), -1);
    ck_assert_int_eq(errno, EAGAIN);
    struct pollfd open = { .fd = client, .events = POLLOUT };
    ck_assert_int_eq(poll(&open, 1, PATIENCE_MSEC), 1);
    ck_assert_int_eq(state_of(client), TCP_ESTABLISHED);
    pass(0, ACK);
    struct pollfd come = { .fd = server, .events = POLLIN };
    ck_assert_int_eq(poll(&come, 1, PATIENCE_MSEC), 1);
    int accepted = accept(server, NULL, NULL);
    ck_assert_int_ge(accepted, 0);
    close(accepted);
    close(server);
    close(client);
    end();
}

START_TEST(handshake_by_tun)
{
    handshake_in_hand(SANDBOX_TUN);
}
END_TEST

START_TEST(handshake_by_veth)
{
    handshake_in_hand(SANDBOX_VETH);
}
END_TEST

/* A setting of one host is its own: its SYN comes without timestamps, the other's with them. */
START_TEST(settings_of_a_host)
{
    static uint8_t packet[SANDBOX_PACKET_MAX];
    size_t len;
    if (!have(SANDBOX_TUN))
        return;
    ck_assert(sandbox_set(box, 0, "ipv4/tcp_timestamps", "0"));
    int from_0 = connecting(0, 1), from_1 = connecting(1, 0);
    ck_assert_int_eq(next_segment(0, packet, &len).has & HAS_TIMESTAMPS, 0);
    ck_assert_int_eq(next_segment(1, packet, &len).has & HAS_TIMESTAMPS, HAS_TIMESTAMPS);
    ck_assert(!sandbox_set(box, 0, "ipv4/no_such_setting", "0"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert(!sandbox_set(box, 0, "../kernel/hostname", "x"));
    ck_assert_int_eq(errno, EINVAL);
    close(from_0);
    close(from_1);
    end();
}
END_TEST

/* A host that is not there, and octets that are no packet, are refused. */
START_TEST(nonsense)
{
    if (!have(SANDBOX_TUN))
        return;
    ck_assert_int_eq(sandbox_socket(box, 2, AF_INET, SOCK_STREAM, 0), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(sandbox_socket(box, 0, 9999, SOCK_STREAM, 0), -1);
    ck_assert_int_eq(errno, EAFNOSUPPORT);
    ck_assert(!sandbox_give(box, 0, (const uint8_t *)"", 0));
    ck_assert(!sandbox_give(box, 0, (const uint8_t *)"0 packets", 9));
    struct net_error error;
    ck_assert_ptr_null(sandbox_open(0, SANDBOX_TUN, &error));
    ck_assert_ptr_null(sandbox_open(SANDBOX_HOSTS_MAX + 1, SANDBOX_TUN, &error));
    end();
}
END_TEST

/* A descriptor that finds no room here is an error with a name, not a socket without one. */
START_TEST(no_room_for_a_socket)
{
    struct rlimit before, none;
    if (!have(SANDBOX_TUN))
        return;
    int next = dup(0);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ (rlim_t)next, before.rlim_max };
    close(next);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    errno = 0;
    int fd = sandbox_socket(box, 0, AF_INET, SOCK_STREAM, 0), err = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(fd, -1);
    ck_assert_int_eq(err, EMFILE);
    fd = tcp_socket(0);
    close(fd);
    end();
}
END_TEST

/* A user's program that has got capabilities by its file (setcap) has namespaces as before. */
START_TEST(program_with_capabilities)
{
    if (!have(SANDBOX_VETH))
        return;
    end();
    pid_t user = fork();
    if (user == 0) {
        struct net_error error;
        if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
            _exit(2);
        prctl(PR_SET_DUMPABLE, 0);
        struct sandbox *made = sandbox_open(2, SANDBOX_VETH, &error);
        if (!made)
            fprintf(stderr, "%s: %s\n", error.operation, strerror(error.err));
        bool other = !made && strcmp(error.operation, "unshare") == 0; /* for root alone here */
        sandbox_close(made);
        _exit(made || other ? 0 : 1);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(user, &status, 0), user);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* Whoever opened a sandbox may be killed: its child, and with that the namespaces, end at once. */
START_TEST(nothing_is_left)
{
    int ends[2];
    char nothing;
    ck_assert_int_eq(pipe(ends), 0); /* the child of the sandbox has its writing end, too */
    pid_t owner = fork();
    if (owner == 0) {
        close(ends[0]);
        if (have(SANDBOX_TUN))
            (void)!write(ends[1], "", 1);
        pause();
        _exit(0);
    }
    close(ends[1]);
    struct pollfd made = { .fd = ends[0], .events = POLLIN };
    bool is_made = poll(&made, 1, PATIENCE_MSEC) == 1 && read(ends[0], &nothing, 1) == 1;
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    struct pollfd gone = { .fd = ends[0], .events = POLLIN };
    ck_assert_int_eq(poll(&gone, 1, PATIENCE_MSEC), 1);
    ck_assert_msg(read(ends[0], &nothing, 1) == 0, "somebody still has the pipe");
    if (!is_made)
        printf("sandbox: not tested here\n");
    close(ends[0]);
}
END_TEST

Suite *sandbox_suite(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *hosts = tcase_create("hosts");
    tcase_add_test(hosts, handshake_by_tun);
    tcase_add_test(hosts, handshake_by_veth);
    tcase_add_test(hosts, settings_of_a_host);
    tcase_add_test(hosts, nonsense);
    tcase_add_test(hosts, no_room_for_a_socket);
    tcase_add_test(hosts, program_with_capabilities);
    tcase_add_test(hosts, nothing_is_left);
    suite_add_tcase(suite, hosts);
    return suite;
}
