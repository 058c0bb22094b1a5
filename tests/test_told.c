/*
 * The loop of real programs, and their calls as events: one connection over loopback, from both
 * ends, with what the kernel says of it.
 */
#include "tests/suites.h"

#include "net/clock.h"
#include "net/loop.h"
#include "net/told.h"
#include "net/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A source that counts how often it was ready, and removes another one then. */
struct counter {
    struct source source;
    struct loop *loop;
    struct counter *other;
    unsigned times;
};

static void count(struct source *source, uint32_t events)
{
    struct counter *counter = (struct counter *)source;
    ck_assert(events & LOOP_READ);
    counter->times++;
    if (counter->other)
        loop_remove(counter->loop, &counter->other->source);
}

static void write_octet(int fd)
{
    ck_assert_int_eq(write(fd, "x", 1), 1);
}

/* What is ready is called, as long as it is; what is removed is not, also not in the same batch. */
START_TEST(loop_calls_what_is_ready)
{
    struct loop loop;
    int a[2], b[2];
    ck_assert(loop_open(&loop));
    ck_assert_int_eq(pipe(a), 0);
    ck_assert_int_eq(pipe(b), 0);
    struct counter one = { .source = { .fd = a[0], .ready = count }, .loop = &loop };
    struct counter two = { .source = { .fd = b[0], .ready = count }, .loop = &loop };
    ck_assert(loop_add(&loop, &one.source, LOOP_READ));
    ck_assert(loop_add(&loop, &two.source, LOOP_READ));
    ck_assert(loop_once(&loop, 0));
    ck_assert_uint_eq(one.times + two.times, 0);
    write_octet(a[1]);
    ck_assert(loop_once(&loop, 1000) && loop_once(&loop, 1000));
    ck_assert_uint_eq(one.times, 2);
    ck_assert(loop_want(&loop, &one.source, 0));
    ck_assert(loop_once(&loop, 0));
    ck_assert_uint_eq(one.times, 2);
    ck_assert(loop_want(&loop, &one.source, LOOP_READ));
    write_octet(b[1]);
    one.other = &two;
    two.other = &one;
    ck_assert(loop_once(&loop, 1000));
    ck_assert_uint_eq(one.times + two.times, 3); /* whoever came first removed the other */
    struct source file = { .fd = open("/proc/self/exe", O_RDONLY), .ready = count };
    ck_assert(!loop_add(&loop, &file, LOOP_READ) && errno == EPERM);
    close(file.fd);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
    loop_close(&loop);
}
END_TEST

/* The states that the trace has of a socket, in their order: "CLOSED LISTEN". */
static char *path_of(const struct trace *trace, int32_t sock, char *path, size_t len)
{
    size_t used = 0;
    path[0] = '\0';
    for (size_t i = 0; i < trace->count && used < len; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind == EV_STATE && event->sock == sock)
            used += (size_t)snprintf(path + used, len - used, "%s%s", used ? " " : "",
                                     state_name((enum tcp_state)event->u.state.to));
    }
    return path;
}

static struct endpoint loopback(uint16_t port)
{
    return (struct endpoint){ ip4(127, 0, 0, 1), port };
}

static struct call_result call(struct told *told, enum call_op op, int fd, struct endpoint addr)
{
    struct call made = { .op = op, .fd = fd, .addr = addr, .value = 8 };
    return told_call(told, &made, NULL);
}

/* Waits until `told` has no socket left but those with descriptors. */
static void wait_for(struct told *told, unsigned left)
{
    uint64_t until = clock_usec() + 5000000;
    do {
        clock_pause(5000);
        told_look(told);
    } while (told_count(told) > left && clock_usec() < until);
    ck_assert_uint_eq(told_count(told), left);
}

/* A life from both ends: the calls, their results, and the states that were seen. Who closed first
 * stays in TIME-WAIT, and is told of as long. */
START_TEST(life_is_told)
{
    struct trace trace;
    char path[160], octets[8];
    trace_init(&trace);
    struct told *told = told_open(trace_sink(&trace));
    int s = told_socket(told, 4, TYPE_STREAM, false).ret;
    ck_assert_int_eq(call(told, CALL_BIND, s, loopback(0)).ret, 0);
    ck_assert_int_eq(call(told, CALL_LISTEN, s, loopback(0)).ret, 0);
    struct endpoint at = call(told, CALL_GETSOCKNAME, s, loopback(0)).peer;
    int c = told_socket(told, 4, TYPE_STREAM, false).ret;
    struct call_result connected = call(told, CALL_CONNECT, c, at);
    ck_assert(connected.ret == 0 || connected.err == EINPROGRESS);
    struct call_result accepted = told_accept(told, s);
    ck_assert_int_ge(accepted.ret, 0);
    ck_assert_int_eq(told_send(told, c, "hello", 5).ret, 5);
    ck_assert_int_eq(told_recv(told, accepted.ret, octets, sizeof octets).ret, 5);
    ck_assert_int_eq(told_end(told, c).ret, 0);
    clock_pause(20000);
    ck_assert_int_eq(told_recv(told, accepted.ret, octets, sizeof octets).ret, 0);
    ck_assert_int_eq(told_end(told, accepted.ret).ret, 0);
    ck_assert_int_eq(told_end(told, s).ret, 0);
    wait_for(told, 1); /* the client's, in TIME-WAIT */
    ck_assert_str_eq(path_of(&trace, 0, path, sizeof path), "LISTEN CLOSED");
    ck_assert_ptr_nonnull(strstr(path_of(&trace, 1, path, sizeof path), "ESTABLISHED"));
    ck_assert_ptr_nonnull(strstr(path, "TIME-WAIT"));
    ck_assert_ptr_nonnull(strstr(path_of(&trace, 2, path, sizeof path), "ESTABLISHED CLOSE-WAIT"));
    ck_assert_str_eq(path + strlen(path) - 6, "CLOSED");
    told_close(told);
    trace_free(&trace);
}
END_TEST

/* Each call stands in the trace with its result and its octets; one that fails with its errno. */
START_TEST(calls_are_told)
{
    struct trace trace;
    trace_init(&trace);
    struct told *told = told_open(trace_sink(&trace));
    int c = told_socket(told, 4, TYPE_STREAM, false).ret;
    ck_assert_int_eq(told_send(told, c, "hi", 2).err, EPIPE);
    ck_assert_int_eq(told_option(told, c, OPTION_NODELAY, 1).ret, 0);
    ck_assert_int_eq(told_end(told, c).ret, 0);
    ck_assert_uint_eq(told_count(told), 0);
    const enum call_op expected[] = { CALL_SOCKET, CALL_SEND, CALL_SETSOCKOPT, CALL_CLOSE };
    size_t calls = 0;
    for (size_t i = 0; i < trace.count; i++) {
        if (trace.events[i].kind != EV_CALL)
            continue;
        ck_assert_uint_lt(calls, sizeof expected / sizeof expected[0]);
        ck_assert_int_eq(trace.events[i].u.call.op, expected[calls++]);
        ck_assert_int_eq(trace.events[i + 1].kind, EV_RETURN);
    }
    ck_assert_uint_eq(calls, sizeof expected / sizeof expected[0]);
    told_close(told);
    trace_free(&trace);
}
END_TEST

/* Without a listener it is the bare call. A file is sent and a socket spliced without a copy. */
START_TEST(bare_calls)
{
    int pair[2], into[2];
    uint8_t octets[64];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(pipe(into), 0);
    int file = open("tests/test_told.c", O_RDONLY | O_CLOEXEC);
    struct call send = {
        .op = CALL_SENDFILE, .fd = pair[0], .file = file, .offset = 3, .value = 40
    };
    ck_assert_int_eq(told_call(NULL, &send, NULL).ret, 40);
    struct call splice = { .op = CALL_SPLICE, .fd = pair[1], .file = into[1], .value = 64 };
    ck_assert_int_eq(told_call(NULL, &splice, NULL).ret, 40);
    ck_assert_int_eq(read(into[0], octets, sizeof octets), 40);
    ck_assert_int_eq(memcmp(octets, " * The loop of real", 19), 0);
    ck_assert_uint_eq(told_count(NULL), 0);
    told_look(NULL);
    close(file);
    for (int i = 0; i < 2; i++) {
        close(pair[i]);
        close(into[i]);
    }
}
END_TEST

Suite *told_suite(void)
{
    Suite *suite = suite_create("told");
    TCase *tcase = tcase_create("calls");
    tcase_set_timeout(tcase, 20);
    tcase_add_test(tcase, loop_calls_what_is_ready);
    tcase_add_test(tcase, life_is_told);
    tcase_add_test(tcase, calls_are_told);
    tcase_add_test(tcase, bare_calls);
    suite_add_tcase(suite, tcase);
    return suite;
}
