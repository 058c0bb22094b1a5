/*
 * A world with many sockets: what it keeps in tables, rows and a heap has to say the same as a
 * walk over all there is would, and be small.
 */
#include "sim/world.h"

#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOSTS = 4,
    SOCKETS = 120,
    SEGMENTS = 40,
    IDS = 200000,
    STEPS = 6000
};

struct on_wire {
    bool there, held;
    uint64_t due;
};

/* A world, and what its events say of timers and segments, kept the simplest way there is. */
struct many {
    void *mem;
    struct world *world;
    uint64_t random;
    uint64_t deadline[IDS][TIMER_COUNT]; /* by identity of the socket */
    int32_t last_sock;
    struct on_wire wire[IDS]; /* by id of the segment */
    uint32_t last_segment;
};

static void note_segment(struct many *many, const struct event *event)
{
    ck_assert_uint_lt(event->u.wire.id, IDS);
    struct on_wire *it = &many->wire[event->u.wire.id];
    if (event->u.wire.id > many->last_segment)
        many->last_segment = event->u.wire.id;
    it->there = event->kind != EV_DELIVERED && event->kind != EV_DROPPED;
    if (event->kind != EV_CORRUPTED)
        it->held = event->kind == EV_HELD;
    it->due = event->u.wire.due_usec;
}

static void note_timer(struct many *many, const struct event *event)
{
    ck_assert_int_lt(event->sock, IDS);
    if (event->sock > many->last_sock)
        many->last_sock = event->sock;
    many->deadline[event->sock][event->u.timer.timer] =
        event->u.timer.change == TIMER_ARMED ? event->u.timer.at_usec : UINT64_MAX;
}

static void note(void *to, const struct event *event)
{
    if (event->kind == EV_TIMER)
        note_timer(to, event);
    else if (event_has_segment(event->kind))
        note_segment(to, event);
}

static struct call_result apply(struct many *many, const struct command *command)
{
    struct sink sink = { .emit = note, .to = many };
    struct call_result result = { .ret = 0 };
    uint8_t into[64];
    world_apply(many->world, command, &sink, &result, into);
    return result;
}

static struct call_result call(struct many *many, unsigned host, const struct call *asked)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *asked };
    return apply(many, &command);
}

static uint32_t pick(struct many *many, uint32_t count)
{
    many->random = many->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(many->random >> 33) % count;
}

static struct many *many_new(const struct world_limits *limits, uint64_t seed)
{
    struct many *many = calloc(1, sizeof *many);
    struct world_setup setup = { .limits = *limits, .seed = seed, .delay_usec = 50000 };
    ck_assert_ptr_nonnull(many);
    setup.profile = profile_find("rfc");
    many->mem = malloc(world_size(limits));
    ck_assert_ptr_nonnull(many->mem);
    many->world = world_create(many->mem, &setup);
    many->random = seed;
    memset(many->deadline, 0xff, sizeof many->deadline);
    for (unsigned host = 0; host < limits->hosts; host++) {
        call(many, host, &(struct call){ .op = CALL_SOCKET });
        call(many, host, &(struct call){ .op = CALL_BIND, .fd = 3, .addr = { .port = 80 } });
        call(many, host, &(struct call){ .op = CALL_LISTEN, .fd = 3, .value = 4 });
    }
    return many;
}

static void many_free(struct many *many)
{
    free(many->mem);
    free(many);
}

/* The segment due first, and 0 where there is none. */
static uint32_t first_segment(const struct many *many)
{
    uint32_t first = 0;
    for (uint32_t id = 1; id <= many->last_segment; id++) {
        const struct on_wire *it = &many->wire[id];
        if (it->there && !it->held && (first == 0 || it->due < many->wire[first].due))
            first = id;
    }
    return first;
}

static uint64_t deadline(const struct many *many, int32_t sock)
{
    uint64_t first = UINT64_MAX;
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        first = many->deadline[sock][i] < first ? many->deadline[sock][i] : first;
    return first;
}

static int32_t first_sock(const struct many *many)
{
    int32_t first = 0;
    for (int32_t sock = 1; sock <= many->last_sock; sock++) {
        if (deadline(many, sock) < (first ? deadline(many, first) : UINT64_MAX))
            first = sock;
    }
    return first;
}

static void next_is_as_known(const struct many *many)
{
    struct event next;
    world_next(many->world, &next);
    uint32_t id = first_segment(many);
    int32_t sock = first_sock(many);
    if (id && (!sock || many->wire[id].due <= deadline(many, sock))) {
        ck_assert_int_eq(next.u.next.what, NEXT_DELIVER);
        ck_assert_uint_eq(next.u.next.id, id);
    } else if (sock) {
        ck_assert_int_eq(next.u.next.what, NEXT_TIMER);
        ck_assert_int_eq(next.sock, sock);
        ck_assert_uint_eq(next.u.next.at_usec, deadline(many, sock));
    } else {
        ck_assert_int_eq(next.u.next.what, NEXT_NOTHING);
    }
}

static void random_call(struct many *many)
{
    static const uint8_t text[40] = "forty octets, more or less, to be sent ";
    unsigned host = pick(many, HOSTS), other = pick(many, HOSTS);
    int32_t fd = 3 + (int32_t)pick(many, 40);
    struct call asked = { .fd = fd };
    uint32_t choice = pick(many, 12);
    if (choice < 3) {
        asked.fd = call(many, host, &(struct call){ .op = CALL_SOCKET }).ret;
        asked.op = CALL_CONNECT;
        asked.addr = (struct endpoint){ world_address(other), 80 };
    } else if (choice < 5) {
        asked.op = CALL_ACCEPT;
        asked.fd = 3;
    } else if (choice < 9) {
        asked.op = CALL_SEND;
        asked.text = text;
        asked.text_len = 1 + pick(many, sizeof text);
    } else if (choice < 10) {
        asked.op = CALL_RECV;
        asked.value = 64;
    } else {
        asked.op = CALL_CLOSE;
        asked.fd = fd == 3 ? 4 : fd;
    }
    call(many, host, &asked);
}

static void random_act(struct many *many)
{
    struct command command = { .kind = COMMAND_STEP };
    uint32_t choice = pick(many, 20);
    if (choice < 6) {
        random_call(many);
        return;
    }
    if (choice < 9 && many->last_segment > 0) {
        command.kind = (enum command_kind)(COMMAND_DELIVER + (int)pick(many, 7));
        command.id = many->last_segment - pick(many, 20);
        command.usec = pick(many, 100000);
    }
    apply(many, &command);
}

static const struct world_limits plenty = { .hosts = HOSTS,
                                            .sockets = SOCKETS,
                                            .segments = SEGMENTS,
                                            .snd_space_len = 100,
                                            .rcv_space_len = 100,
                                            .text_len = 16 };

/* Of many segments and timers the world always knows the first: the earlier one, the wire before
 * timers, the lower id first. */
START_TEST(first_of_many)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct many *many = many_new(&plenty, seed);
        for (unsigned i = 0; i < STEPS; i++) {
            random_act(many);
            next_is_as_known(many);
        }
        ck_assert_uint_gt(many->last_segment, STEPS / 4);
        ck_assert_int_gt(many->last_sock, SOCKETS);
        many_free(many);
    }
}
END_TEST

static struct call_result connected(struct many *many, unsigned host, unsigned to, uint16_t port)
{
    struct call_result sock = call(many, host, &(struct call){ .op = CALL_SOCKET });
    ck_assert_int_ge(sock.ret, 0);
    struct call asked = { .op = CALL_CONNECT, .fd = sock.ret };
    asked.addr = (struct endpoint){ world_address(to), port };
    return call(many, host, &asked);
}

/* A host has 28,232 ports to connect from, each for one connection to the same place; to another
 * place it can have them all once more. */
START_TEST(ports_are_shared)
{
    const struct world_limits limits = {
        .hosts = 2, .sockets = 2 * 28232 + 8, .segments = 1, .text_len = 16, .counted = true
    };
    struct many *many = many_new(&limits, 9);
    for (unsigned i = 0; i < 28232; i++)
        ck_assert_int_eq(connected(many, 0, 1, 81).err, EINPROGRESS);
    ck_assert_int_eq(connected(many, 0, 1, 81).err, EADDRNOTAVAIL);
    for (unsigned i = 0; i < 28232; i++)
        ck_assert_int_eq(connected(many, 0, 1, 82).err, EINPROGRESS);
    ck_assert_int_eq(connected(many, 0, 1, 82).err, EADDRNOTAVAIL);
    many_free(many);
}
END_TEST

/* A port that a program has asked for is not picked for another one's connection. */
START_TEST(bound_ports_are_kept)
{
    const struct world_limits limits = {
        .hosts = 2, .sockets = 28232 + 8, .segments = 1, .text_len = 16, .counted = true
    };
    struct many *many = many_new(&limits, 9);
    struct call_result own = call(many, 0, &(struct call){ .op = CALL_SOCKET });
    struct call bind = { .op = CALL_BIND, .fd = own.ret, .addr = { .port = 40000 } };
    ck_assert_int_eq(call(many, 0, &bind).ret, 0);
    for (unsigned i = 0; i < 28231; i++)
        ck_assert_int_eq(connected(many, 0, 1, 81).err, EINPROGRESS);
    ck_assert_int_eq(connected(many, 0, 1, 81).err, EADDRNOTAVAIL);
    many_free(many);
}
END_TEST

/* Where octets are counted and not kept, as many arrive as were sent, and they read as zeros. */
START_TEST(counted_octets)
{
    const struct world_limits limits = {
        .hosts = 2, .sockets = 8, .segments = 64, .text_len = 100, .counted = true
    };
    struct many *many = many_new(&limits, 2);
    struct command step = { .kind = COMMAND_STEP };
    uint8_t into[600];
    memset(into, 'x', sizeof into);
    ck_assert_int_eq(connected(many, 0, 1, 80).err, EINPROGRESS);
    for (unsigned i = 0; i < 3; i++)
        apply(many, &step);
    ck_assert_int_eq(call(many, 1, &(struct call){ .op = CALL_ACCEPT, .fd = 3 }).ret, 4);
    struct call send = { .op = CALL_SEND, .fd = 4, .text_len = 500 };
    ck_assert_int_eq(call(many, 0, &send).ret, 500);
    for (unsigned i = 0; i < 40; i++)
        apply(many, &step);
    struct command recv = { .kind = COMMAND_CALL, .host = 1 };
    struct call_result result;
    recv.call = (struct call){ .op = CALL_RECV, .fd = 4, .value = 600 };
    world_apply(many->world, &recv, NULL, &result, into);
    ck_assert_int_eq(result.ret, 500);
    for (unsigned i = 0; i < sizeof into; i++)
        ck_assert_uint_eq(into[i], i < 500 ? 0 : 'x');
    many_free(many);
}
END_TEST

/* A million connections, both of their ends, take less than 1,100 octets each. */
START_TEST(a_million_connections)
{
    const struct world_limits limits = {
        .hosts = 40, .sockets = 2000000, .segments = 4096, .text_len = 1460, .counted = true
    };
    ck_assert_uint_le(world_size(&limits), 1000000u * (size_t)1100);
}
END_TEST

Suite *scale_suite(void)
{
    Suite *suite = suite_create("scale");
    TCase *tcase = tcase_create("many");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, first_of_many);
    tcase_add_test(tcase, ports_are_shared);
    tcase_add_test(tcase, bound_ports_are_kept);
    tcase_add_test(tcase, counted_octets);
    tcase_add_test(tcase, a_million_connections);
    suite_add_tcase(suite, tcase);
    return suite;
}
