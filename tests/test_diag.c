/*
 * net/diag: what the kernel's table says of sockets that these tests hold still with plain calls.
 */
#include "net/address.h"
#include "net/clock.h"
#include "net/diag.h"
#include "net/kernel_tcp.h"
#include "tests/suites.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PATIENCE_USEC = 2000000
};

static struct diag *open_or_fail(void)
{
    struct net_error error = { .err = 0 };
    struct diag *diag = diag_open(&error);
    ck_assert_msg(diag != NULL, "%s: errno %d", error.operation, error.err);
    return diag;
}

/* What the table says of one connection; fails the test where it cannot be asked. */
static bool find(struct diag *diag, const struct endpoint *local, const struct endpoint *remote,
                 struct diag_socket *out)
{
    struct net_error error = { .err = 0 };
    enum diag_answer answer = diag_find(diag, local, remote, out, &error);
    ck_assert_msg(answer != DIAG_FAILED, "%s: errno %d", error.operation, error.err);
    return answer == DIAG_FOUND;
}

/* Asks until the connection is in that state, which the kernel may need a moment for. */
static struct diag_socket await(struct diag *diag, const struct endpoint *local,
                                const struct endpoint *remote, enum tcp_state state)
{
    struct diag_socket seen = { .state = CLOSED };
    uint64_t end = clock_usec() + PATIENCE_USEC;
    while (clock_usec() < end) {
        if (find(diag, local, remote, &seen) && seen.state == state)
            return seen;
        clock_pause(1000);
    }
    ck_abort_msg("not in %s but in %s", state_name(state), state_name(seen.state));
}

static int stream_socket(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static struct endpoint listen_at(int fd, struct ip ip)
{
    struct endpoint at = { .ip = ip };
    struct sockaddr_storage name;
    socklen_t len = address_of(&at, &name);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, len), 0);
    ck_assert_int_eq(listen(fd, 3), 0);
    return address_local(fd);
}

static struct endpoint connect_to(int fd, const struct endpoint *to)
{
    struct sockaddr_storage name;
    socklen_t len = address_of(to, &name);
    int failed = connect(fd, (struct sockaddr *)&name, len);
    (void)failed; /* EINPROGRESS */
    return address_local(fd);
}

static const struct endpoint nobody = { .port = 0 };

/* A listening socket is found by its local name alone, with its backlog. */
START_TEST(a_listening_socket)
{
    struct diag_socket seen;
    struct diag *diag = open_or_fail();
    int fd = stream_socket(AF_INET);
    struct endpoint local = listen_at(fd, ip4(127, 0, 0, 1));
    ck_assert(find(diag, &local, &nobody, &seen));
    ck_assert_int_eq(seen.state, LISTEN);
    ck_assert_uint_eq(seen.wqueue, 3);
    ck_assert_uint_eq(seen.rqueue, 0);
    ck_assert_uint_eq(seen.vars.unsent, 3);
    ck_assert_uint_ne(seen.inode, 0);
    close(fd);
    ck_assert(!find(diag, &local, &nobody, &seen));
    diag_close(diag);
}
END_TEST

/* A connection that does not exist is not there, though its local name listens. */
START_TEST(not_there)
{
    struct diag_socket seen;
    struct diag *diag = open_or_fail();
    int fd = stream_socket(AF_INET);
    struct endpoint local = listen_at(fd, ip4(127, 0, 0, 1));
    struct endpoint remote = { .ip = ip4(127, 9, 9, 9), .port = 9 };
    ck_assert(!find(diag, &local, &remote, &seen));
    close(fd);
    diag_close(diag);
}
END_TEST

/* Before accept() the server's end is in the table without an inode; what it was sent and has
 * not read is counted. */
START_TEST(established_before_accept)
{
    struct diag *diag = open_or_fail();
    int server = stream_socket(AF_INET), client = stream_socket(AF_INET);
    struct endpoint b = listen_at(server, ip4(127, 0, 0, 1));
    struct endpoint a = connect_to(client, &b);
    ck_assert_uint_ne(await(diag, &a, &b, ESTABLISHED).inode, 0);
    ck_assert_uint_eq(await(diag, &b, &a, ESTABLISHED).inode, 0);
    ck_assert_int_eq(send(client, "hello", 5, MSG_NOSIGNAL), 5);
    uint64_t end = clock_usec() + PATIENCE_USEC;
    while (await(diag, &b, &a, ESTABLISHED).rqueue < 5 && clock_usec() < end)
        clock_pause(1000);
    struct diag_socket seen = await(diag, &b, &a, ESTABLISHED);
    ck_assert_uint_eq(seen.rqueue, 5);
    ck_assert_uint_eq(seen.vars.unread, 5);
    ck_assert(seen.vars.known & KNOWS_RTO);
    ck_assert_uint_gt(seen.vars.rto_usec, 0);
    close(client);
    close(server);
    diag_close(diag);
}
END_TEST

/* A request that TCP_DEFER_ACCEPT keeps in SYN-RECEIVED has no socket yet, and is found by its
 * names all the same. */
START_TEST(a_request_socket)
{
    int seconds = 30;
    struct diag *diag = open_or_fail();
    int server = stream_socket(AF_INET), client = stream_socket(AF_INET);
    ck_assert_int_eq(setsockopt(server, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds),
                     0);
    struct endpoint b = listen_at(server, ip4(127, 0, 0, 1));
    struct endpoint a = connect_to(client, &b);
    await(diag, &a, &b, ESTABLISHED);
    struct diag_socket seen = await(diag, &b, &a, SYN_RECEIVED);
    ck_assert_uint_eq(seen.inode, 0);
    ck_assert_uint_eq(seen.vars.known, 0);
    close(client);
    close(server);
    diag_close(diag);
}
END_TEST

/* TIME-WAIT is found by its names, with the time that is left of 2 MSL, while TCP_INFO says CLOSE
 * of the descriptor that is still open. */
START_TEST(time_wait)
{
    struct diag *diag = open_or_fail();
    enum tcp_state by_info;
    struct tcp_vars vars;
    int server = stream_socket(AF_INET), client = stream_socket(AF_INET);
    struct endpoint b = listen_at(server, ip4(127, 0, 0, 1));
    struct endpoint a = connect_to(client, &b);
    await(diag, &b, &a, ESTABLISHED);
    int child = accept(server, NULL, NULL);
    ck_assert_int_ge(child, 0);
    ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
    await(diag, &a, &b, FIN_WAIT_2);
    await(diag, &b, &a, CLOSE_WAIT);
    close(child);
    struct diag_socket seen = await(diag, &a, &b, TIME_WAIT);
    ck_assert_int_eq(seen.timer, DIAG_TIMER_TIME_WAIT);
    ck_assert_uint_gt(seen.expires_usec, 0);
    ck_assert_uint_le(seen.expires_usec, 61000000);
    ck_assert(kernel_info(client, &by_info, &vars));
    ck_assert_int_eq(by_info, CLOSED);
    close(client);
    await(diag, &a, &b, TIME_WAIT);
    close(server);
    diag_close(diag);
}
END_TEST

/* The same over IPv6, where this machine has it. */
START_TEST(over_ipv6)
{
    struct endpoint b = { .ip = { .family = 6, .octet = { [15] = 1 } } };
    struct sockaddr_storage name;
    socklen_t len = address_of(&b, &name);
    struct diag *diag = open_or_fail();
    int server = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (server >= 0 && bind(server, (struct sockaddr *)&name, len) == 0) {
        int client = stream_socket(AF_INET6);
        ck_assert_int_eq(listen(server, 3), 0);
        b = address_local(server);
        struct endpoint a = connect_to(client, &b);
        ck_assert_int_eq(a.ip.family, 6);
        await(diag, &a, &b, ESTABLISHED);
        await(diag, &b, &a, ESTABLISHED);
        close(client);
    }
    if (server >= 0)
        close(server);
    diag_close(diag);
}
END_TEST

/* Linux's numbers of states stand for the RFC's states, and no others do. */
START_TEST(numbers_of_states)
{
    enum tcp_state state;
    ck_assert(kernel_state(TCP_ESTABLISHED, &state) && state == ESTABLISHED);
    ck_assert(kernel_state(TCP_SYN_SENT, &state) && state == SYN_SENT);
    ck_assert(kernel_state(TCP_SYN_RECV, &state) && state == SYN_RECEIVED);
    ck_assert(kernel_state(TCP_FIN_WAIT1, &state) && state == FIN_WAIT_1);
    ck_assert(kernel_state(TCP_FIN_WAIT2, &state) && state == FIN_WAIT_2);
    ck_assert(kernel_state(TCP_TIME_WAIT, &state) && state == TIME_WAIT);
    ck_assert(kernel_state(TCP_CLOSE, &state) && state == CLOSED);
    ck_assert(kernel_state(TCP_CLOSE_WAIT, &state) && state == CLOSE_WAIT);
    ck_assert(kernel_state(TCP_LAST_ACK, &state) && state == LAST_ACK);
    ck_assert(kernel_state(TCP_LISTEN, &state) && state == LISTEN);
    ck_assert(kernel_state(TCP_CLOSING, &state) && state == CLOSING);
    ck_assert(kernel_state(12, &state) && state == SYN_RECEIVED);
    ck_assert(kernel_state(13, &state) && state == CLOSED);
    ck_assert(!kernel_state(0, &state));
    ck_assert(!kernel_state(14, &state));
}
END_TEST

/* A receive queue counts a FIN as an octet; text unread does not. */
START_TEST(fin_is_no_text)
{
    ck_assert_uint_eq(kernel_unread(ESTABLISHED, 5), 5);
    ck_assert_uint_eq(kernel_unread(CLOSE_WAIT, 6), 5);
    ck_assert_uint_eq(kernel_unread(CLOSE_WAIT, 0), 0);
    ck_assert_uint_eq(kernel_unread(LAST_ACK, 1), 0);
}
END_TEST

Suite *diag_suite(void)
{
    Suite *suite = suite_create("diag");
    TCase *tcase = tcase_create("sock_diag");
    tcase_add_test(tcase, a_listening_socket);
    tcase_add_test(tcase, not_there);
    tcase_add_test(tcase, established_before_accept);
    tcase_add_test(tcase, a_request_socket);
    tcase_add_test(tcase, time_wait);
    tcase_add_test(tcase, over_ipv6);
    suite_add_tcase(suite, tcase);
    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, numbers_of_states);
    tcase_add_test(numbers, fin_is_no_text);
    suite_add_tcase(suite, numbers);
    return suite;
}
