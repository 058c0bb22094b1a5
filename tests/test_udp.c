/*
 * Datagram sockets of a model host: what each call returns is what Linux returns to the same. The
 * lane of real sockets has none.
 */
#include "tests/host_rig.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char two[] = "[model] B: s = socket(SOCK_DGRAM)\n"
                          "[model] B: bind(s, :53)\n"
                          "[model] A: c = socket(SOCK_DGRAM)\n";

/* Each datagram comes as a whole, in order, and without one there is nothing to read. */
START_TEST(whole_datagrams)
{
    check_hosts_after(two, "[model] B: recvfrom(s, 9) = EAGAIN\n"
                           "[model] A: sendto(c, \"one\", B:53) = 3\n"
                           "[model] A: sendto(c, \"\", B:53) = 0\n"
                           "[model] A: sendto(c, \"three\", B:53) = 5\n"
                           "[model] run\n"
                           "[model] B: ioctl(s, SIOCINQ) = 3\n"
                           "[model] B: recvfrom(s, 9) = \"one\"\n"
                           "[model] B: recv(s, 9) = 0\n"
                           "[model] B: recv(s, 9) = \"three\"\n"
                           "[model] B: recv(s, 9) = EAGAIN\n");
}
END_TEST

/* What of a datagram is not read is lost; MSG_TRUNC tells how long it was, MSG_PEEK leaves it. */
START_TEST(cut_off)
{
    check_hosts_after(two, "[model] A: sendto(c, \"a long one\", B:53)\n"
                           "[model] A: sendto(c, \"next\", B:53)\n"
                           "[model] run\n"
                           "[model] B: recv(s, 4, MSG_PEEK) = \"a lo\"\n"
                           "[model] B: recv(s, 4, MSG_PEEK|MSG_TRUNC) = 10\n"
                           "[model] B: recv(s, 4) = \"a lo\"\n"
                           "[model] B: recv(s, 9) = \"next\"\n");
}
END_TEST

/* A datagram that finds no room is lost, and those before it are not. */
START_TEST(full_queue)
{
    check_hosts_after(two, "[model] A: sendto(c, \"123456789012345678901234567890\", B:53)\n"
                           "[model] A: sendto(c, \"123456789012345678901234567890\", B:53)\n"
                           "[model] A: sendto(c, \"small\", B:53)\n"
                           "[model] run\n"
                           "[model] B: recv(s, 40) = \"123456789012345678901234567890\"\n"
                           "[model] B: recv(s, 40) = \"small\"\n"
                           "[model] B: recv(s, 40) = EAGAIN\n");
}
END_TEST

/* Who is connected sends without a name, and hears its peer alone. */
START_TEST(connected)
{
    check_hosts_after(two, "[model] A: send(c, \"x\") = EDESTADDRREQ\n"
                           "[model] A: sendto(c, \"x\", B:0) = EINVAL\n"
                           "[model] A: getpeername(c) = ENOTCONN\n"
                           "[model] A: shutdown(c, SHUT_RD) = ENOTCONN\n"
                           "[model] A: bind(c, :1000)\n"
                           "[model] A: connect(c, B:53) = 0\n"
                           "[model] A: getpeername(c) = 0\n"
                           "[model] A: send(c, \"hello\") = 5\n"
                           "[model] run\n"
                           "[model] B: recv(s, 9) = \"hello\"\n"
                           "[model] B: t = socket(SOCK_DGRAM)\n"
                           "[model] B: sendto(t, \"stranger\", A:1000) = 8\n"
                           "[model] B: sendto(s, \"peer\", A:1000) = 4\n"
                           "[model] run\n"
                           "[model] A: recv(c, 9) = \"peer\"\n"
                           "[model] A: recv(c, 9) = EAGAIN\n"
                           "[model] A: shutdown(c, SHUT_WR) = 0\n"
                           "[model] A: send(c, \"x\") = EPIPE\n");
}
END_TEST

/* It has no states: nothing to listen or to wait for. */
START_TEST(without_states)
{
    check_hosts_after(two, "[model] B: listen(s, 5) = EOPNOTSUPP\n"
                           "[model] B: d = accept(s) = EOPNOTSUPP\n"
                           "[model] B: getsockopt(s, SO_TYPE) = 2\n"
                           "[model] B: setsockopt(s, TCP_NODELAY, 1) = ENOPROTOOPT\n"
                           "[model] B: poll(s) = POLLOUT\n"
                           "[model] A: sendto(c, \"x\", B:53)\n"
                           "[model] A: sendto(c, \"x\", B:54)\n"
                           "[model] run\n"
                           "[model] B: poll(s) = POLLIN|POLLOUT\n"
                           "[model] B: close(s) = 0\n"
                           "[model] A: recv(c, 1) = EAGAIN\n"
                           "[model] A: close(c) = 0\n");
}
END_TEST

/* The ports of UDP are not those of TCP; two sockets share one where both say so, and the younger
 * one gets what comes. */
START_TEST(ports)
{
    check_hosts_after(two, "[model] B: t = socket()\n"
                           "[model] B: bind(t, :53) = 0\n"
                           "[model] B: listen(t, 5) = 0\n"
                           "[model] B: u = socket(SOCK_DGRAM)\n"
                           "[model] B: bind(u, :53) = EADDRINUSE\n"
                           "[model] B: setsockopt(u, SO_REUSEADDR, 1)\n"
                           "[model] B: bind(u, :53) = EADDRINUSE\n"
                           "[model] B: setsockopt(s, SO_REUSEADDR, 1)\n"
                           "[model] B: bind(u, :53) = 0\n"
                           "[model] A: sendto(c, \"one\", B:53)\n"
                           "[model] run\n"
                           "[model] B: recv(s, 9) = EAGAIN\n"
                           "[model] B: recv(u, 9) = \"one\"\n"
                           "[model] B: close(u)\n"
                           "[model] A: sendto(c, \"two\", B:53)\n"
                           "[model] run\n"
                           "[model] B: recv(s, 9) = \"two\"\n"
                           "[model] A: d = socket()\n"
                           "[model] A: connect(d, B:53) = EINPROGRESS\n"
                           "[model] run\n"
                           "[model] B: e = accept(t)\n");
}
END_TEST

/* ---- what lines of a lab can't say */

static struct call_result call_of(struct world *world, unsigned host, const struct call *call,
                                  uint8_t *into)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result;
    world_apply(world, &command, NULL, &result, into);
    return result;
}

static struct world *world_of_datagrams(const struct world_limits *limits)
{
    struct world_setup setup = { .limits = *limits, .delay_usec = 1000 };
    void *mem = malloc(world_size(limits));
    ck_assert_ptr_nonnull(mem);
    setup.profile = profile_find("rfc");
    struct world *world = world_create(mem, &setup);
    for (unsigned host = 0; host < limits->hosts && !limits->counted; host++) {
        struct call bind = { .op = CALL_BIND, .fd = 3, .addr = { .port = 67 } };
        call_of(world, host, &(struct call){ .op = CALL_SOCKET, .value = TYPE_DATAGRAM }, NULL);
        ck_assert_int_eq(call_of(world, host, &bind, NULL).ret, 0);
    }
    return world;
}

static const struct world_limits roomy = { .hosts = 3,
                                           .sockets = 3,
                                           .segments = 4,
                                           .snd_space_len = 16,
                                           .rcv_space_len = 1000,
                                           .text_len = 100 };

/* A broadcast has to be allowed, and reaches every host, its sender too, who is named to each. */
START_TEST(broadcast)
{
    struct world *world = world_of_datagrams(&roomy);
    uint8_t into[8] = "";
    struct call recv = { .op = CALL_RECVFROM, .fd = 3, .value = 8 };
    struct call send = { .op = CALL_SENDTO,
                         .fd = 3,
                         .addr = { ip4(10, 9, 0, 255), 67 },
                         .text = (const uint8_t *)"all",
                         .text_len = 3 };
    struct call allow = { .op = CALL_SETSOCKOPT, .fd = 3, .option = OPTION_BROADCAST, .value = 1 };
    ck_assert_int_eq(call_of(world, 1, &send, NULL).err, EACCES);
    ck_assert_int_eq(call_of(world, 1, &allow, NULL).ret, 0);
    ck_assert_int_eq(call_of(world, 1, &send, NULL).ret, 3);
    world_apply(world, &(struct command){ .kind = COMMAND_STEP }, NULL, NULL, NULL);
    for (unsigned host = 0; host < 3; host++) {
        struct call_result result = call_of(world, host, &recv, into);
        ck_assert_int_eq(result.ret, 3);
        ck_assert_mem_eq(into, "all", 3);
        ck_assert(endpoint_eq(&result.peer, &(struct endpoint){ world_address(1), 67 }));
    }
    free(world);
}
END_TEST

/* There is a longest datagram: by UDP, and by what a segment carries. */
START_TEST(too_long)
{
    static const uint8_t text[65508];
    struct world_limits limits = roomy;
    struct call send = { .op = CALL_SENDTO, .fd = 3, .addr = { world_address(1), 67 } };
    send.text = text;
    send.text_len = 101;
    struct world *world = world_of_datagrams(&limits);
    ck_assert_int_eq(call_of(world, 0, &send, NULL).err, EMSGSIZE);
    free(world);
    limits.text_len = UINT16_MAX;
    world = world_of_datagrams(&limits);
    send.text_len = 65507;
    ck_assert_int_eq(call_of(world, 0, &send, NULL).ret, 65507);
    send.text_len = 65508;
    ck_assert_int_eq(call_of(world, 0, &send, NULL).err, EMSGSIZE);
    free(world);
}
END_TEST

/* Where octets are counted and not kept there are no datagrams. */
START_TEST(not_counted)
{
    struct world_limits limits = roomy;
    limits.counted = true;
    struct world *world = world_of_datagrams(&limits);
    struct call socket = { .op = CALL_SOCKET, .value = TYPE_DATAGRAM };
    ck_assert_int_eq(call_of(world, 0, &socket, NULL).err, EPROTONOSUPPORT);
    free(world);
}
END_TEST

Suite *udp_suite(void)
{
    Suite *suite = suite_create("udp");
    TCase *tcase = tcase_create("datagrams");
    tcase_add_test(tcase, whole_datagrams);
    tcase_add_test(tcase, cut_off);
    tcase_add_test(tcase, full_queue);
    tcase_add_test(tcase, connected);
    tcase_add_test(tcase, without_states);
    tcase_add_test(tcase, ports);
    tcase_add_test(tcase, broadcast);
    tcase_add_test(tcase, too_long);
    tcase_add_test(tcase, not_counted);
    suite_add_tcase(suite, tcase);
    return suite;
}
