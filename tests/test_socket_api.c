/*
 * The rest of what a program can ask of a model's socket: names, flags, options, poll, ioctl, and
 * calls that wait. What each returns is what Linux returns to the same.
 */
#include "sim/blocking.h"

#include "tests/host_rig.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What poll says of a socket before there is a connection, and while one comes to be. */
START_TEST(poll_while_opening)
{
    check_hosts("B: s = socket()\n"
                "B: poll(s) = POLLOUT|POLLHUP\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "B: poll(s) = 0\n"
                "A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "[model] A: poll(c) = 0\n"
                "[model] deliver SYN from A\n"
                "[model] deliver SYN,ACK from B\n"
                "[model] A: poll(c) = POLLOUT\n"
                "[model] B: poll(s) = 0\n"
                "run\n"
                "B: poll(s) = POLLIN\n"
                "B: d = accept(s)\n"
                "B: poll(s) = 0\n"
                "B: poll(d) = POLLOUT\n");
}
END_TEST

/* An attempt that failed shows as everything at once, until it has been reported. */
START_TEST(poll_after_refusal)
{
    check_hosts("A: c = socket()\n"
                "A: connect(c, B:99) = EINPROGRESS\n"
                "run\n"
                "A: poll(c) = POLLIN|POLLOUT|POLLERR|POLLHUP|POLLRDHUP\n"
                "A: getsockopt(c, SO_ERROR) = 111\n"
                "A: poll(c) = POLLIN|POLLOUT|POLLHUP|POLLRDHUP\n"
                "A: connect(c, B:99) = ECONNABORTED\n"
                "A: poll(c) = POLLOUT|POLLHUP\n");
}
END_TEST

/* Text to read, the peer's FIN, the own one: and both together, which is the end. */
START_TEST(poll_while_closing)
{
    check_hosts_after(hosts_connected, "A: send(c, \"hi\")\n"
                                       "A: shutdown(c, SHUT_WR)\n"
                                       "run\n"
                                       "A: poll(c) = POLLOUT\n"
                                       "B: poll(d) = POLLIN|POLLOUT|POLLRDHUP\n"
                                       "B: recv(d, 5) = \"hi\"\n"
                                       "B: poll(d) = POLLIN|POLLOUT|POLLRDHUP\n"
                                       "B: shutdown(d, SHUT_WR)\n"
                                       "B: poll(d) = POLLIN|POLLOUT|POLLHUP|POLLRDHUP\n"
                                       "run\n"
                                       "expect A.c TIME-WAIT\n"
                                       "A: poll(c) = POLLIN|POLLOUT|POLLHUP|POLLRDHUP\n");
}
END_TEST

/* A reset is an error until it has been reported. */
START_TEST(poll_after_reset)
{
    check_hosts_after(hosts_connected, "A: setsockopt(c, SO_LINGER, 0)\n"
                                       "A: close(c)\n"
                                       "run\n"
                                       "B: poll(d) = POLLIN|POLLOUT|POLLERR|POLLHUP|POLLRDHUP\n"
                                       "B: recv(d, 1) = ECONNRESET\n"
                                       "B: poll(d) = POLLIN|POLLOUT|POLLHUP|POLLRDHUP\n");
}
END_TEST

/* Writing is ready while the buffer has half as much room as it holds, not before. */
START_TEST(poll_of_a_full_buffer)
{
    check_hosts_after(hosts_connected,
                      "[model] A: send(c, \"123456789012345678901234567890123456789012\")\n"
                      "[model] A: poll(c) = POLLOUT\n"
                      "[model] A: send(c, \"34\")\n"
                      "[model] A: poll(c) = 0\n"
                      "[model] run\n"
                      "[model] A: poll(c) = POLLOUT\n");
}
END_TEST

/* Urgent text is a matter of urgency until it has been read (3.8.5). */
START_TEST(poll_for_urgent_text)
{
    check_hosts_after(hosts_connected, "[model] A: send(c, \"hi!\", MSG_OOB)\n"
                                       "[model] run\n"
                                       "[model] B: poll(d) = POLLIN|POLLPRI|POLLOUT\n"
                                       "[model] B: recv(d, 2) = \"hi\"\n"
                                       "[model] B: poll(d) = POLLIN|POLLPRI|POLLOUT\n"
                                       "[model] B: recv(d, 2) = \"!\"\n"
                                       "[model] B: poll(d) = POLLOUT\n");
}
END_TEST

/* SIOCINQ counts what is unread, without the FIN behind it; SIOCOUTQ what is not acknowledged,
 * with the FIN. */
START_TEST(octets_in_queues)
{
    check_hosts_after(hosts_connected, "B: ioctl(s, SIOCINQ) = EINVAL\n"
                                       "B: ioctl(s, SIOCOUTQ) = EINVAL\n"
                                       "A: send(c, \"hello\")\n"
                                       "[model] A: ioctl(c, SIOCOUTQ) = 5\n"
                                       "run\n"
                                       "A: ioctl(c, SIOCOUTQ) = 0\n"
                                       "B: ioctl(d, SIOCINQ) = 5\n"
                                       "A: shutdown(c, SHUT_WR)\n"
                                       "[model] A: ioctl(c, SIOCOUTQ) = 1\n"
                                       "run\n"
                                       "A: ioctl(c, SIOCOUTQ) = 0\n"
                                       "B: ioctl(d, SIOCINQ) = 5\n"
                                       "B: recv(d, 5) = \"hello\"\n"
                                       "B: ioctl(d, SIOCINQ) = 0\n"
                                       "A: e = socket()\n"
                                       "A: ioctl(e, SIOCINQ) = 0\n"
                                       "A: ioctl(e, SIOCOUTQ) = 0\n");
}
END_TEST

/* MSG_PEEK leaves what it shows; MSG_TRUNC throws away without showing; MSG_OOB finds nothing out
 * of band. */
START_TEST(flags_of_recv)
{
    check_hosts_after(hosts_connected, "A: send(c, \"hello\", MSG_NOSIGNAL)\n"
                                       "run\n"
                                       "B: recv(d, 3, MSG_PEEK) = \"hel\"\n"
                                       "B: recv(d, 9, MSG_PEEK|MSG_DONTWAIT) = \"hello\"\n"
                                       "[model] B: recv(d, 3, MSG_PEEK|MSG_TRUNC) = \"\\0\\0\\0\"\n"
                                       "B: recv(d, 3, MSG_TRUNC) = 3\n"
                                       "B: recv(d, 9) = \"lo\"\n"
                                       "B: recv(d, 9, MSG_PEEK) = EAGAIN\n"
                                       "B: recv(d, 9, MSG_OOB) = EINVAL\n");
}
END_TEST

/* getpeername() needs a peer. */
START_TEST(peer_or_none)
{
    check_hosts("B: s = socket()\n"
                "B: getsockname(s) = 0\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "B: getpeername(s) = ENOTCONN\n"
                "A: c = socket()\n"
                "A: getpeername(c) = ENOTCONN\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "[model] A: getpeername(c) = ENOTCONN\n"
                "run\n"
                "A: getpeername(c) = 0\n"
                "B: d = accept(s)\n"
                "B: close(d)\n"
                "run\n"
                "A: getpeername(c) = 0\n"
                "A: shutdown(c, SHUT_WR)\n"
                "run\n"
                "expect A.c CLOSED\n"
                "A: getpeername(c) = ENOTCONN\n"
                "A: close(c)\n"
                "A: getsockname(c) = EBADF\n"
                "A: poll(c) = EBADF\n");
}
END_TEST

/* O_NONBLOCK is kept; what a listener has is not given on. */
START_TEST(file_flags)
{
    check_hosts_after(hosts_connected, "[model] B: fcntl(s, F_GETFL) = 2\n"
                                       "B: fcntl(s, F_SETFL, O_NONBLOCK) = 0\n"
                                       "B: fcntl(s, F_GETFL) = 2050\n"
                                       "[model] B: fcntl(d, F_GETFL) = 2\n"
                                       "[model] B: fcntl(s, F_SETFL, 0) = 0\n"
                                       "[model] B: fcntl(s, F_GETFL) = 2\n");
}
END_TEST

/* Options are kept as they were set; a connection has those of the socket it came from. */
START_TEST(kept_options)
{
    check_hosts("B: s = socket()\n"
                "B: getsockopt(s, SO_TYPE) = 1\n"
                "B: getsockopt(s, SO_ACCEPTCONN) = 0\n"
                "B: getsockopt(s, TCP_MAXSEG) = 536\n"
                "B: setsockopt(s, TCP_MAXSEG, 87) = EINVAL\n"
                "B: setsockopt(s, TCP_MAXSEG, 32768) = EINVAL\n"
                "B: setsockopt(s, TCP_MAXSEG, 1000) = 0\n"
                "B: getsockopt(s, TCP_MAXSEG) = 1000\n"
                "B: setsockopt(s, SO_KEEPALIVE, 7) = 0\n"
                "B: setsockopt(s, TCP_NODELAY, 7) = 0\n"
                "B: setsockopt(s, TCP_USER_TIMEOUT, 5000) = 0\n"
                "B: setsockopt(s, TCP_QUICKACK, 1) = 0\n"
                "[model] B: setsockopt(s, SO_LINGER, 5) = 0\n"
                "[model] B: setsockopt(s, SO_RCVBUF, 5000) = 0\n"
                "[model] B: setsockopt(s, SO_SNDBUF, 7000) = 0\n"
                "[model] B: setsockopt(s, TCP_DEFER_ACCEPT, 5) = ENOPROTOOPT\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "B: getsockopt(s, SO_ACCEPTCONN) = 1\n"
                "A: c = socket()\n"
                "A: getsockopt(c, SO_KEEPALIVE) = 0\n"
                "A: getsockopt(c, TCP_NODELAY) = 0\n"
                "A: getsockopt(c, TCP_CORK) = 0\n"
                "A: setsockopt(c, TCP_CORK, 2) = 0\n"
                "A: getsockopt(c, TCP_CORK) = 1\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "B: d = accept(s)\n"
                "B: getsockopt(d, SO_ACCEPTCONN) = 0\n"
                "B: getsockopt(d, SO_KEEPALIVE) = 1\n"
                "B: getsockopt(d, TCP_NODELAY) = 1\n"
                "B: getsockopt(d, TCP_USER_TIMEOUT) = 5000\n"
                "[model] B: getsockopt(d, SO_LINGER) = 5\n"
                "[model] B: getsockopt(d, SO_RCVBUF) = 5000\n"
                "[model] B: getsockopt(d, SO_SNDBUF) = 7000\n");
}
END_TEST

/* ---- what lines of a lab can't say */

struct pair {
    void *mem;
    struct world *world;
};

static struct call_result call_of(const struct pair *pair, unsigned host, const struct call *call,
                                  uint8_t *into)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result;
    world_apply(pair->world, &command, NULL, &result, into);
    return result;
}

static struct call_result ask(const struct pair *pair, unsigned host, enum call_op op, int32_t fd,
                              int32_t value)
{
    struct call call = { .op = op, .fd = fd, .value = value };
    if (op == CALL_BIND || op == CALL_CONNECT)
        call.addr = (struct endpoint){ world_address(1), 80 };
    return call_of(pair, host, &call, NULL);
}

static bool step(const struct pair *pair)
{
    struct command command = { .kind = COMMAND_STEP };
    return world_apply(pair->world, &command, NULL, NULL, NULL) == COMMAND_DONE;
}

/* B listens on descriptor 3; A has a socket, 3. */
static struct pair pair_new(const char *profile)
{
    struct world_setup setup = { .limits = { .hosts = 2,
                                             .sockets = 6,
                                             .segments = 16,
                                             .snd_space_len = 500,
                                             .rcv_space_len = 300,
                                             .text_len = 100 },
                                 .profile = profile_find(profile),
                                 .delay_usec = 1000 };
    struct pair pair = { .mem = malloc(world_size(&setup.limits)) };
    ck_assert_ptr_nonnull(pair.mem);
    pair.world = world_create(pair.mem, &setup);
    ask(&pair, 1, CALL_SOCKET, 0, 0);
    ck_assert_int_eq(ask(&pair, 1, CALL_BIND, 3, 0).ret, 0);
    ck_assert_int_eq(ask(&pair, 1, CALL_LISTEN, 3, 5).ret, 0);
    ask(&pair, 0, CALL_SOCKET, 0, 0);
    return pair;
}

static struct pair pair_connected(void)
{
    struct pair pair = pair_new("rfc");
    ck_assert_int_eq(ask(&pair, 0, CALL_CONNECT, 3, 0).err, EINPROGRESS);
    for (unsigned i = 0; i < 3; i++)
        step(&pair);
    ck_assert_int_eq(ask(&pair, 1, CALL_ACCEPT, 3, 0).ret, 4);
    return pair;
}

/* Each end is told the same two names (MUST-44). */
START_TEST(names_of_ends)
{
    struct pair pair = pair_connected();
    struct call_result own = ask(&pair, 0, CALL_GETSOCKNAME, 3, 0);
    struct call_result peer = ask(&pair, 0, CALL_GETPEERNAME, 3, 0);
    struct call_result its_own = ask(&pair, 1, CALL_GETSOCKNAME, 4, 0);
    struct call_result its_peer = ask(&pair, 1, CALL_GETPEERNAME, 4, 0);
    struct ip a = world_address(0);
    ck_assert(ip_eq(&own.peer.ip, &a) && own.peer.port >= 32768);
    ck_assert(endpoint_eq(&peer.peer, &(struct endpoint){ world_address(1), 80 }));
    ck_assert(endpoint_eq(&own.peer, &its_peer.peer));
    ck_assert(endpoint_eq(&peer.peer, &its_own.peer));
    free(pair.mem);
}
END_TEST

static int32_t buffer_after(const struct pair *pair, enum sock_option option, int32_t value)
{
    struct call set = { .op = CALL_SETSOCKOPT, .fd = 3, .option = option, .value = value };
    struct call get = { .op = CALL_GETSOCKOPT, .fd = 3, .option = option };
    ck_assert_int_eq(call_of(pair, 0, &set, NULL).ret, 0);
    return call_of(pair, 0, &get, NULL).ret;
}

/* Linux keeps twice what it is asked for, within bounds. */
START_TEST(doubled_buffers)
{
    struct pair pair = pair_new("linux");
    ck_assert_int_eq(buffer_after(&pair, OPTION_RCVBUF, 5000), 10000);
    ck_assert_int_eq(buffer_after(&pair, OPTION_RCVBUF, 1), 2304);
    ck_assert_int_eq(buffer_after(&pair, OPTION_SNDBUF, 1), 4608);
    ck_assert_int_eq(buffer_after(&pair, OPTION_SNDBUF, INT32_MAX), 425984);
    free(pair.mem);
    pair = pair_new("rfc");
    ck_assert_int_eq(buffer_after(&pair, OPTION_RCVBUF, 5000), 5000);
    free(pair.mem);
}
END_TEST

/* A call that would wait says so, but not with O_NONBLOCK or MSG_DONTWAIT. */
START_TEST(would_wait)
{
    struct pair pair = pair_new("rfc");
    struct call recv = { .op = CALL_RECV, .fd = 3, .value = 5 };
    ck_assert(ask(&pair, 1, CALL_ACCEPT, 3, 0).blocks);
    ck_assert(!ask(&pair, 0, CALL_ACCEPT, 3, 0).blocks); /* EINVAL */
    ck_assert(ask(&pair, 0, CALL_CONNECT, 3, 0).blocks);
    ck_assert(ask(&pair, 0, CALL_CONNECT, 3, 0).blocks); /* EALREADY */
    ck_assert(call_of(&pair, 0, &recv, NULL).blocks);
    recv.flags = MESSAGE_DONTWAIT;
    ck_assert(!call_of(&pair, 0, &recv, NULL).blocks);
    struct call set = { .op = CALL_FCNTL, .fd = 3, .flags = REQUEST_SETFL, .value = FILE_NONBLOCK };
    ck_assert_int_eq(call_of(&pair, 0, &set, NULL).ret, 0);
    ck_assert(!ask(&pair, 0, CALL_CONNECT, 3, 0).blocks);
    free(pair.mem);
}
END_TEST

/* Makes a call until it has come to its end, stepping on in between. */
static struct call_result wait_for(const struct pair *pair, unsigned host, const struct call *call,
                                   uint8_t *into)
{
    struct blocking it;
    struct call_result result;
    blocking_begin(&it, call);
    for (unsigned i = 0; i < 10000; i++) {
        result = call_of(pair, host, &it.call, into);
        if (!blocking_again(&it, &result))
            return result;
        ck_assert(step(pair));
    }
    ck_abort_msg("it waits for ever");
    return result;
}

/* connect() waits for the handshake, accept() for a connection, recv() for text. */
START_TEST(waiting_calls)
{
    struct pair pair = pair_new("rfc");
    uint8_t into[8] = "";
    struct call connect = { .op = CALL_CONNECT, .fd = 3, .addr = { world_address(1), 80 } };
    struct call send = { .op = CALL_SEND, .fd = 3, .text = (const uint8_t *)"hi", .text_len = 2 };
    struct call_result result = wait_for(&pair, 0, &connect, NULL);
    ck_assert_int_eq(result.ret, 0);
    ck_assert_uint_eq(world_now(pair.world), 2000);
    result = wait_for(&pair, 1, &(struct call){ .op = CALL_ACCEPT, .fd = 3 }, NULL);
    ck_assert_int_eq(result.ret, 4);
    ck_assert_uint_eq(world_now(pair.world), 3000);
    ck_assert_int_eq(wait_for(&pair, 0, &send, NULL).ret, 2);
    result = wait_for(&pair, 1, &(struct call){ .op = CALL_RECV, .fd = 4, .value = 8 }, into);
    ck_assert_int_eq(result.ret, 2);
    ck_assert_str_eq((const char *)into, "hi");
    free(pair.mem);
}
END_TEST

/* connect() waits for its refusal, too. */
START_TEST(waiting_for_refusal)
{
    struct pair pair = pair_new("rfc");
    struct call connect = { .op = CALL_CONNECT, .fd = 3, .addr = { world_address(1), 81 } };
    struct call_result result = wait_for(&pair, 0, &connect, NULL);
    ck_assert_int_eq(result.ret, -1);
    ck_assert_int_eq(result.err, ECONNREFUSED);
    free(pair.mem);
}
END_TEST

/* A send of far more than the buffers hold returns once all was taken, as one call. */
START_TEST(long_send)
{
    enum {
        LEN = 61000
    };
    struct pair pair = pair_connected();
    uint8_t *text = malloc(LEN), *seen = malloc(LEN + 100);
    struct blocking it;
    struct call_result result = { .ret = 0 };
    int32_t got = 0;
    bool again = true;
    ck_assert(text && seen);
    for (unsigned i = 0; i < LEN; i++)
        text[i] = (uint8_t)(i * 7 + i / 256);
    blocking_begin(&it, &(struct call){ .op = CALL_SEND, .fd = 3, .text = text, .text_len = LEN });
    while (again || got < LEN) {
        struct call recv = { .op = CALL_RECV, .fd = 4, .value = 100 };
        if (again) {
            result = call_of(&pair, 0, &it.call, NULL);
            again = blocking_again(&it, &result);
        }
        int32_t ret = call_of(&pair, 1, &recv, seen + got).ret;
        got += ret > 0 ? ret : 0;
        ck_assert(step(&pair) || got == LEN);
    }
    ck_assert_int_eq(result.ret, LEN);
    ck_assert_mem_eq(seen, text, LEN);
    free(text);
    free(seen);
    free(pair.mem);
}
END_TEST

/* Where the connection ends on the way, a send returns what was taken of it; the next call has the
 * error. */
START_TEST(cut_off_send)
{
    static const uint8_t text[2000];
    struct pair pair = pair_connected();
    struct call send = { .op = CALL_SEND, .fd = 3, .text = text, .text_len = sizeof text };
    struct call linger = { .op = CALL_SETSOCKOPT, .fd = 4, .option = OPTION_LINGER };
    struct blocking it;
    blocking_begin(&it, &send);
    struct call_result result = call_of(&pair, 0, &it.call, NULL);
    ck_assert_int_eq(result.ret, 500);
    ck_assert(blocking_again(&it, &result));
    call_of(&pair, 1, &linger, NULL);
    ck_assert_int_eq(ask(&pair, 1, CALL_CLOSE, 4, 0).ret, 0);
    do {
        ck_assert(step(&pair));
        result = call_of(&pair, 0, &it.call, NULL);
    } while (blocking_again(&it, &result));
    ck_assert_int_ge(result.ret, 500);
    ck_assert_int_lt(result.ret, (int32_t)sizeof text);
    ck_assert_int_eq(result.err, 0);
    ck_assert_int_eq(call_of(&pair, 0, &send, NULL).err, ECONNRESET);
    ck_assert_int_eq(call_of(&pair, 0, &send, NULL).err, EPIPE);
    free(pair.mem);
}
END_TEST

Suite *socket_api_suite(void)
{
    Suite *suite = suite_create("socket api");
    TCase *look = tcase_create("looking");
    tcase_add_test(look, poll_while_opening);
    tcase_add_test(look, poll_after_refusal);
    tcase_add_test(look, poll_while_closing);
    tcase_add_test(look, poll_after_reset);
    tcase_add_test(look, poll_of_a_full_buffer);
    tcase_add_test(look, poll_for_urgent_text);
    tcase_add_test(look, octets_in_queues);
    tcase_add_test(look, peer_or_none);
    tcase_add_test(look, names_of_ends);
    suite_add_tcase(suite, look);
    TCase *options = tcase_create("flags and options");
    tcase_add_test(options, flags_of_recv);
    tcase_add_test(options, file_flags);
    tcase_add_test(options, kept_options);
    tcase_add_test(options, doubled_buffers);
    suite_add_tcase(suite, options);
    TCase *waiting = tcase_create("waiting");
    tcase_add_test(waiting, would_wait);
    tcase_add_test(waiting, waiting_calls);
    tcase_add_test(waiting, waiting_for_refusal);
    tcase_add_test(waiting, long_send);
    tcase_add_test(waiting, cut_off_send);
    suite_add_tcase(suite, waiting);
    return suite;
}
