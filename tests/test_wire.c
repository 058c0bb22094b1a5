/*
 * The wire of a world, and its clock: what is due when, and what can be done to a segment.
 */
#include "tests/recording.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

enum {
    DELAY = 1000
};

struct wire {
    void *mem;
    struct world *world;
    struct recording recording;
};

/* Two hosts, of which A has sent SYN to a port of B where nobody listens. */
static void wire_init(struct wire *wire, uint32_t segments)
{
    static const struct call calls[] = {
        { .op = CALL_SOCKET },
        { .op = CALL_CONNECT, .fd = 3, .addr = { .ip = { 4, { 10, 9, 0, 2 } }, .port = 80 } },
    };
    const struct world_setup setup = { .limits = { .hosts = 2,
                                                   .sockets = 4,
                                                   .segments = segments,
                                                   .snd_space_len = 16,
                                                   .rcv_space_len = 16,
                                                   .text_len = 16 },
                                       .profile = profile_find("rfc"),
                                       .delay_usec = DELAY };
    *wire = (struct wire){ .mem = malloc(world_size(&setup.limits)) };
    ck_assert_ptr_nonnull(wire->mem);
    wire->world = world_create(wire->mem, &setup);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct command command = { .kind = COMMAND_CALL, .call = calls[i] };
        world_apply(wire->world, &command, NULL, NULL, NULL);
    }
}

static void wire_free(struct wire *wire)
{
    free(wire->recording.text);
    free(wire->mem);
}

static enum command_outcome act(struct wire *wire, enum command_kind kind, uint32_t id)
{
    struct command command = { .kind = kind, .id = id };
    struct sink sink = recording_sink(&wire->recording);
    return world_apply(wire->world, &command, &sink, NULL, NULL);
}

static enum command_outcome until(struct wire *wire, uint64_t usec)
{
    struct command command = { .kind = COMMAND_UNTIL, .usec = usec };
    return world_apply(wire->world, &command, NULL, NULL, NULL);
}

static bool said(const struct wire *wire, const char *words)
{
    return wire->recording.text && strstr(wire->recording.text, words) != NULL;
}

static uint32_t the_syn(const struct wire *wire)
{
    uint32_t id = world_find(wire->world, 0, SYN);
    ck_assert_uint_ne(id, 0);
    return id;
}

/* A segment is due one delay after it was sent, and the clock stands at that time when it is
 * delivered. */
START_TEST(due_after_the_delay)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_uint_eq(world_due(wire.world), DELAY);
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE);
    ck_assert_uint_eq(world_now(wire.world), DELAY);
    ck_assert(said(&wire, "1000 delivered 1 -1 1 "));
    ck_assert_uint_eq(world_due(wire.world), 2 * DELAY); /* the RST that answers */
    wire_free(&wire);
}
END_TEST

/* The clock goes to any time before the next thing due, and not beyond. */
START_TEST(clock_waits_for_what_is_due)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(until(&wire, DELAY - 1), COMMAND_DONE);
    ck_assert_uint_eq(world_now(wire.world), DELAY - 1);
    ck_assert_int_eq(until(&wire, DELAY), COMMAND_NOTHING_DUE);
    ck_assert_int_eq(until(&wire, 5), COMMAND_DONE);
    ck_assert_uint_eq(world_now(wire.world), DELAY - 1);
    wire_free(&wire);
}
END_TEST

/* Delivered by hand it arrives now, before it is due. */
START_TEST(delivered_early)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_DELIVER, the_syn(&wire)), COMMAND_DONE);
    ck_assert_uint_eq(world_now(wire.world), 0);
    ck_assert(said(&wire, "0 delivered 1 -1 1 "));
    ck_assert_uint_eq(world_find(wire.world, 0, SYN), 0);
    wire_free(&wire);
}
END_TEST

/* A segment that was dropped is gone; the next thing due is the timer of its sender. */
START_TEST(dropped)
{
    struct wire wire;
    struct event next;
    wire_init(&wire, 4);
    uint32_t id = the_syn(&wire);
    ck_assert_int_eq(act(&wire, COMMAND_DROP, id), COMMAND_DONE);
    ck_assert(said(&wire, "0 dropped 1 -1 1 "));
    ck_assert_int_eq(act(&wire, COMMAND_DROP, id), COMMAND_NO_SUCH_SEGMENT);
    world_next(wire.world, &next);
    ck_assert_int_eq(next.u.next.what, NEXT_TIMER);
    ck_assert_uint_eq(next.u.next.at_usec, 1000000);
    wire_free(&wire);
}
END_TEST

/* A copy has a number of its own, names the one it was made of, and is due one delay from now; on
 * a full wire there is no room for it. */
START_TEST(duplicated)
{
    struct wire wire;
    wire_init(&wire, 2);
    ck_assert_int_eq(until(&wire, 400), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_DUPLICATE, 1), COMMAND_DONE);
    ck_assert(said(&wire, "400 duplicated 0 -1 2 of 1 due 1400"));
    ck_assert_int_eq(act(&wire, COMMAND_DUPLICATE, 1), COMMAND_NO_ROOM);
    ck_assert_int_eq(act(&wire, COMMAND_DROP, 1), COMMAND_DONE);
    ck_assert_uint_eq(the_syn(&wire), 2);
    ck_assert_uint_eq(world_due(wire.world), 1400);
    wire_free(&wire);
}
END_TEST

/* What is held is not due, until it is released; then it is due one delay later. */
START_TEST(held_and_released)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_uint_eq(world_due(wire.world), 1000000); /* A's timer */
    ck_assert_int_eq(until(&wire, 500000), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_RELEASE, 1), COMMAND_DONE);
    ck_assert(said(&wire, "0 held 0 -1 1 "));
    ck_assert(said(&wire, "500000 released 0 -1 1 of 0 due 501000"));
    ck_assert_uint_eq(world_due(wire.world), 501000);
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_DELIVER, 1), COMMAND_DONE);
    ck_assert(said(&wire, "500000 delivered 1 -1 1 "));
    wire_free(&wire);
}
END_TEST

/* With all held and no timer there is nothing to step to. */
START_TEST(nothing_due)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE); /* SYN */
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE); /* RST */
    ck_assert_uint_eq(world_due(wire.world), UINT64_MAX);
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_NOTHING_DUE);
    ck_assert_int_eq(until(&wire, 99000000), COMMAND_DONE);
    ck_assert_uint_eq(world_now(wire.world), 99000000);
    wire_free(&wire);
}
END_TEST

/* No act is known on a segment that there is not, 0 among them. */
START_TEST(no_such_segment)
{
    struct wire wire;
    wire_init(&wire, 4);
    for (unsigned kind = COMMAND_DELIVER; kind <= COMMAND_REORDER; kind++) {
        ck_assert_int_eq(act(&wire, (enum command_kind)kind, 0), COMMAND_NO_SUCH_SEGMENT);
        ck_assert_int_eq(act(&wire, (enum command_kind)kind, 99), COMMAND_NO_SUCH_SEGMENT);
    }
    ck_assert_uint_eq(world_find(wire.world, 1, 0), 0);
    ck_assert_uint_eq(world_find(wire.world, -1, 0), 1);
    ck_assert_uint_eq(world_find(wire.world, 0, ACK), 0);
    ck_assert_uint_eq(world_find(wire.world, 0, SYN | ACK), 0);
    wire_free(&wire);
}
END_TEST

/* A segment sent onto a full wire is lost as it is sent, and is sent again when its timer runs
 * out. */
START_TEST(full_wire)
{
    struct wire wire;
    wire_init(&wire, 1);
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE);
    ck_assert(said(&wire, "1000000 sent 0 -1 2 of 0 due 0 again"));
    ck_assert(said(&wire, "1000000 dropped 1 -1 2 "));
    ck_assert_int_eq(act(&wire, COMMAND_DROP, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE);
    ck_assert(said(&wire, "3000000 sent 0 -1 3 of 0 due 3001000 again"));
    wire_free(&wire);
}
END_TEST

/* What was sent first is delivered first, also at the same time; the wire comes before a timer of
 * the same time. */
START_TEST(ties)
{
    struct wire wire;
    struct event next;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_DUPLICATE, 1), COMMAND_DONE);
    world_next(wire.world, &next);
    ck_assert_uint_eq(next.u.next.id, 1);
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_DROP, 2), COMMAND_DONE);
    ck_assert_int_eq(until(&wire, 1000000 - DELAY), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_RELEASE, 1), COMMAND_DONE);
    ck_assert_uint_eq(world_due(wire.world), 1000000);
    world_next(wire.world, &next);
    ck_assert_int_eq(next.u.next.what, NEXT_DELIVER);
    wire_free(&wire);
}
END_TEST

/* A segment for an address that no host has is lost when it is due. */
START_TEST(to_nowhere)
{
    static const struct call calls[] = {
        { .op = CALL_SOCKET },
        { .op = CALL_CONNECT, .fd = 4, .addr = { .ip = { 4, { 192, 0, 2, 1 } }, .port = 80 } },
    };
    struct wire wire;
    wire_init(&wire, 4);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct command command = { .kind = COMMAND_CALL, .call = calls[i] };
        world_apply(wire.world, &command, NULL, NULL, NULL);
    }
    ck_assert_int_eq(act(&wire, COMMAND_DELIVER, 2), COMMAND_DONE);
    ck_assert(said(&wire, "0 dropped -1 -1 2 "));
    wire_free(&wire);
}
END_TEST

static enum command_outcome set(struct wire *wire, unsigned host, const char *name, uint64_t value)
{
    struct command command = { .kind = COMMAND_SETTING, .host = host, .value = value };
    command.setting = (uint32_t)(setting_find(name) - tcp_settings);
    return world_apply(wire->world, &command, NULL, NULL, NULL);
}

/* A segment that was delayed is due so much later, behind what was sent after it; one that was held
 * goes on. */
START_TEST(delayed)
{
    struct wire wire;
    struct event next;
    struct command delay = { .kind = COMMAND_DELAY, .id = 1, .usec = 500 };
    struct sink sink = recording_sink(&wire.recording);
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_DUPLICATE, 1), COMMAND_DONE);
    ck_assert_int_eq(world_apply(wire.world, &delay, &sink, NULL, NULL), COMMAND_DONE);
    ck_assert(said(&wire, "0 released 0 -1 1 of 0 due 1500"));
    world_next(wire.world, &next);
    ck_assert_uint_eq(next.u.next.id, 2);
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_DROP, 2), COMMAND_DONE);
    ck_assert_uint_eq(world_due(wire.world), 1000000); /* A's timer */
    ck_assert_int_eq(until(&wire, 2000), COMMAND_DONE);
    ck_assert_int_eq(world_apply(wire.world, &delay, &sink, NULL, NULL), COMMAND_DONE);
    ck_assert_uint_eq(world_due(wire.world), 2000 + DELAY + 500);
    wire_free(&wire);
}
END_TEST

/* A segment that is reordered becomes due right behind the next one of its sender that is on its
 * way; where there is none it waits for that, and goes then. A copy is no segment that was sent. */
START_TEST(reordered)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_REORDER, 1), COMMAND_DONE);
    ck_assert(said(&wire, "0 held 0 -1 1 "));
    ck_assert_int_eq(act(&wire, COMMAND_DUPLICATE, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_DROP, 2), COMMAND_DONE);
    ck_assert_uint_eq(world_due(wire.world), 1000000); /* A's timer */
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE);
    ck_assert(said(&wire, "1000000 sent 0 -1 3 of 0 due 1001000 again"));
    ck_assert(said(&wire, "1000000 released 0 -1 1 of 0 due 1001001"));
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_REORDER, 1), COMMAND_DONE); /* 3 is on its way already */
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE);
    ck_assert(said(&wire, "1001000 delivered 1 -1 3 "));
    ck_assert_uint_eq(world_due(wire.world), 1001001);
    wire_free(&wire);
}
END_TEST

/* One that waits for the next of its sender can be released before it, and waits no more. */
START_TEST(reordered_and_released)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_REORDER, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_RELEASE, 1), COMMAND_DONE);
    ck_assert_uint_eq(world_due(wire.world), DELAY);
    ck_assert_int_eq(act(&wire, COMMAND_HOLD, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_STEP, 0), COMMAND_DONE); /* A sends again */
    ck_assert(!said(&wire, "1000000 released"));
    wire_free(&wire);
}
END_TEST

/* A segment of which an octet was changed is thrown away by who gets it, without an answer; a host
 * without checksums takes it, and answers (MUST-3). */
START_TEST(corrupted)
{
    struct wire wire;
    wire_init(&wire, 4);
    ck_assert_int_eq(act(&wire, COMMAND_DUPLICATE, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_CORRUPT, 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_CORRUPT, 2), COMMAND_DONE);
    ck_assert(said(&wire, "0 corrupted 0 -1 1 "));
    ck_assert_int_eq(act(&wire, COMMAND_DELIVER, 1), COMMAND_DONE);
    ck_assert(said(&wire, "0 delivered 1 -1 1 "));
    ck_assert(said(&wire, "0 rule 1 -1 CHECKSUM_WRONG 0 0"));
    ck_assert_uint_eq(world_find(wire.world, 1, 0), 0);
    ck_assert_int_eq(set(&wire, 1, "no_checksum", 1), COMMAND_DONE);
    ck_assert_int_eq(act(&wire, COMMAND_DELIVER, 2), COMMAND_DONE);
    ck_assert(said(&wire, "0 rule 1 -1 CHECKSUM_IGNORED 0 0"));
    ck_assert(!said(&wire, "dropped"));
    ck_assert_uint_ne(world_find(wire.world, 1, RST | ACK), 0);
    wire_free(&wire);
}
END_TEST

/* A setting is one host's; it takes no more than it may be, and changes what the host does. */
START_TEST(settings)
{
    struct wire wire;
    struct command none = { .kind = COMMAND_SETTING, .setting = (uint32_t)tcp_setting_count };
    wire_init(&wire, 4);
    uint64_t before = world_digest(wire.world);
    ck_assert_int_eq(set(&wire, 0, "rto_max_usec", 1500000), COMMAND_DONE);
    ck_assert_uint_eq(world_settings(wire.world, 0)->rto_max_usec, 1500000);
    ck_assert_uint_eq(world_settings(wire.world, 1)->rto_max_usec, 60000000);
    ck_assert_uint_ne(world_digest(wire.world), before);
    ck_assert_int_eq(set(&wire, 0, "sack", 2), COMMAND_REFUSED);
    ck_assert_int_eq(set(&wire, 2, "sack", 1), COMMAND_REFUSED);
    ck_assert_int_eq(world_apply(wire.world, &none, NULL, NULL, NULL), COMMAND_REFUSED);
    act(&wire, COMMAND_DROP, 1);
    act(&wire, COMMAND_STEP, 0); /* SYN again, and the RTO grows to 1.5 s */
    act(&wire, COMMAND_DROP, 2);
    ck_assert_uint_eq(world_due(wire.world), 2500000);
    wire_free(&wire);
}
END_TEST

Suite *wire_suite(void)
{
    Suite *suite = suite_create("wire");
    TCase *clock = tcase_create("clock");
    tcase_add_test(clock, due_after_the_delay);
    tcase_add_test(clock, clock_waits_for_what_is_due);
    tcase_add_test(clock, nothing_due);
    tcase_add_test(clock, ties);
    suite_add_tcase(suite, clock);
    TCase *acts = tcase_create("acts");
    tcase_add_test(acts, delivered_early);
    tcase_add_test(acts, dropped);
    tcase_add_test(acts, duplicated);
    tcase_add_test(acts, held_and_released);
    tcase_add_test(acts, delayed);
    tcase_add_test(acts, reordered);
    tcase_add_test(acts, reordered_and_released);
    tcase_add_test(acts, corrupted);
    tcase_add_test(acts, settings);
    tcase_add_test(acts, no_such_segment);
    tcase_add_test(acts, full_wire);
    tcase_add_test(acts, to_nowhere);
    suite_add_tcase(suite, acts);
    return suite;
}
