/*
 * Statements of RFC 9293 that no other test shows, as test_requirements.c has them, of hosts and
 * their sockets.
 */
#include "tests/host_rig.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>

/* A program that listens at a port of a connection makes something new, or is refused; the
 * connection goes on as it was (MUST-41). */
START_TEST(second_passive_open)
{
    check_hosts("B: s = socket()\n"
                "B: setsockopt(s, SO_REUSEADDR, 1)\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "B: d = accept(s)\n"
                "B: t = socket()\n"
                "B: setsockopt(t, SO_REUSEADDR, 1)\n"
                "B: bind(t, :7788) = EADDRINUSE\n"
                "expect B.s LISTEN\n"
                "expect B.d ESTABLISHED\n"
                "B: close(s) = 0\n"
                "B: bind(t, :7788) = 0\n"
                "B: listen(t, 5) = 0\n"
                "expect B.t LISTEN\n"
                "expect B.d ESTABLISHED\n"
                "A: send(c, \"still here\") = 10\n"
                "run\n"
                "B: recv(d, 99) = \"still here\"\n");
}
END_TEST

/* A port can be listened at while a connection of it is in SYN-SENT, or one in SYN-RECEIVED
 * (MUST-42). */
START_TEST(listens_while_opening)
{
    check_hosts("A: c = socket()\n"
                "A: setsockopt(c, SO_REUSEADDR, 1)\n"
                "A: bind(c, :5000)\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "A: s = socket()\n"
                "A: setsockopt(s, SO_REUSEADDR, 1)\n"
                "A: bind(s, :5000) = 0\n"
                "A: listen(s, 5) = 0\n"
                "[model] expect A.c SYN-SENT\n"
                "expect A.s LISTEN\n");
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "[model] deliver SYN from A\n"
                "[model] expect B SYN-RECEIVED\n"
                "expect B.s LISTEN\n"
                "B: listen(s, 7) = 0\n"
                "run\n"
                "expect A.c ESTABLISHED\n");
}
END_TEST

/* poll() tells of urgent text as long as some of it is unread (MUST-33, MUST-62). */
START_TEST(urgent_text_unread)
{
    check_hosts_after(hosts_connected, "A: send(c, \"abc\", MSG_OOB) = 3\n"
                                       "A: send(c, \"de\") = 2\n"
                                       "A: shutdown(c, SHUT_WR)\n"
                                       "run\n"
                                       "B: recv(d, 2) = \"ab\"\n"
                                       "B: poll(d) = POLLIN|POLLPRI|POLLOUT|POLLRDHUP\n"
                                       "B: recv(d, 1) = \"c\"\n"
                                       "B: poll(d) = POLLIN|POLLOUT|POLLRDHUP\n");
}
END_TEST

/* ---- addresses */

struct rig {
    void *mem;
    struct world *world;
};

/* B listens at port 80 with its descriptor 3, A has a socket as its 3. */
static struct rig rig_listening(void)
{
    static const struct call calls[] = { { .op = CALL_SOCKET },
                                         { .op = CALL_BIND, .fd = 3, .addr.port = 80 },
                                         { .op = CALL_LISTEN, .fd = 3, .value = 5 } };
    const struct world_setup setup = { .limits = { .hosts = 2,
                                                   .sockets = 8,
                                                   .segments = 8,
                                                   .snd_space_len = 16,
                                                   .rcv_space_len = 16,
                                                   .text_len = 16 },
                                       .profile = profile_find("rfc"),
                                       .delay_usec = 1000 };
    struct rig rig = { .mem = malloc(world_size(&setup.limits)) };
    ck_assert_ptr_nonnull(rig.mem);
    rig.world = world_create(rig.mem, &setup);
    struct command command = { .kind = COMMAND_CALL, .call = calls[0] };
    world_apply(rig.world, &command, NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        command = (struct command){ .kind = COMMAND_CALL, .host = 1, .call = calls[i] };
        world_apply(rig.world, &command, NULL, NULL, NULL);
    }
    return rig;
}

static int32_t connect_to(struct rig *rig, struct ip ip)
{
    struct command command = { .kind = COMMAND_CALL,
                               .call = { .op = CALL_CONNECT, .fd = 3, .addr = { ip, 80 } } };
    struct call_result result;
    world_apply(rig->world, &command, NULL, &result, NULL);
    return result.err;
}

static bool anything_sent(const struct rig *rig)
{
    return world_find(rig->world, 0, 0) != 0 || world_find(rig->world, 1, 0) != 0;
}

static const struct ip not_unicast[] = {
    { 4, { 255, 255, 255, 255 } },
    { 4, { 224, 0, 0, 1 } },
    { 4, { 239, 255, 255, 250 } },
    { 6, { 0xff, 0x02, [15] = 1 } },
};

enum {
    NOT_UNICAST = sizeof not_unicast / sizeof not_unicast[0]
};

/* connect() to a broadcast or multicast address is refused, and sends nothing (MUST-46). */
START_TEST(open_to_many)
{
    for (size_t i = 0; i < NOT_UNICAST; i++) {
        struct rig rig = rig_listening();
        ck_assert_int_eq(connect_to(&rig, not_unicast[i]), ENETUNREACH);
        ck_assert(!anything_sent(&rig));
        ck_assert_int_eq(connect_to(&rig, ip4(10, 9, 0, 2)), EINPROGRESS);
        ck_assert(anything_sent(&rig));
        free(rig.mem);
    }
}
END_TEST

static void note_sent(void *to, const struct event *event)
{
    bool *sent = to;
    *sent = *sent || event->kind == EV_SENT;
}

/* Does B answer a SYN with these addresses? */
static bool answers(struct ip from, struct ip to)
{
    struct rig rig = rig_listening();
    bool sent = false;
    struct sink sink = { .emit = note_sent, .to = &sent };
    struct segment syn = { .src = { from, 5000 }, .dst = { to, 80 }, .flags = SYN, .wnd = 1000 };
    struct command command = { .kind = COMMAND_ARRIVE, .host = 1, .seg = &syn };
    world_apply(rig.world, &command, &sink, NULL, NULL);
    free(rig.mem);
    return sent;
}

/* A SYN to a broadcast or multicast address is dropped without a word (MUST-57), and one from
 * there, or from no address (MUST-63). */
START_TEST(syn_of_wrong_addresses)
{
    const struct ip a = ip4(10, 9, 0, 1), b = ip4(10, 9, 0, 2);
    ck_assert(answers(a, b));
    for (size_t i = 0; i < NOT_UNICAST; i++) {
        ck_assert(!answers(a, not_unicast[i]));
        ck_assert(!answers(not_unicast[i], b));
    }
    ck_assert(!answers(ip4(0, 0, 0, 0), b));
    ck_assert(!answers((struct ip){ .family = 6 }, b));
}
END_TEST

Suite *requirements_host_suite(void)
{
    Suite *suite = suite_create("requirements host");
    TCase *sockets = tcase_create("sockets");
    tcase_add_test(sockets, second_passive_open);
    tcase_add_test(sockets, listens_while_opening);
    tcase_add_test(sockets, urgent_text_unread);
    suite_add_tcase(suite, sockets);
    TCase *addresses = tcase_create("addresses");
    tcase_add_test(addresses, open_to_many);
    tcase_add_test(addresses, syn_of_wrong_addresses);
    suite_add_tcase(suite, addresses);
    return suite;
}
