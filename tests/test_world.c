/*
 * sim/world: a run is its seed and its commands, and a copy of the block is a world of its own.
 * The wire, and what a world says of what is next.
 */
#include "tests/recording.h"
#include "tests/suites.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COMMANDS = 250
};

static const uint8_t octets[] = "the quick brown fox jumps over the lazy dog, and again and again";

struct run {
    struct world_setup setup;
    void *mem;
    size_t size;
    struct world *world;
    struct recording recording;
    size_t count;
    struct command commands[COMMANDS];
};

static struct run *run_new(uint64_t seed)
{
    struct run *run = calloc(1, sizeof *run);
    ck_assert_ptr_nonnull(run);
    run->setup = (struct world_setup){ .limits = { .hosts = 2,
                                                   .sockets = 8,
                                                   .segments = 8,
                                                   .snd_space_len = 32,
                                                   .rcv_space_len = 24,
                                                   .text_len = 16 },
                                       .profile = profile_find("rfc"),
                                       .seed = seed,
                                       .delay_usec = 1000 };
    run->size = world_size(&run->setup.limits);
    run->mem = malloc(run->size);
    ck_assert_ptr_nonnull(run->mem);
    run->world = world_create(run->mem, &run->setup);
    return run;
}

static void run_free(struct run *run)
{
    free(run->recording.text);
    free(run->mem);
    free(run);
}

static enum command_outcome apply(struct run *run, const struct command *command)
{
    struct sink sink = recording_sink(&run->recording);
    uint8_t into[64];
    return world_apply(run->world, command, &sink, NULL, into);
}

/* Gives a world random commands and keeps them. */
static struct run *run_at_random(uint64_t seed)
{
    struct run *run = run_new(seed);
    uint64_t state = seed * 2 + 1;
    run->count = opening_commands(run->commands);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (i == run->count)
            run->commands[run->count++] = random_command(&state, &run->recording, octets);
        apply(run, &run->commands[i]);
    }
    return run;
}

/* The same seed and the same commands give the same events, octet by octet, and the same digest,
 * whatever stood in the memory before. */
START_TEST(same_again)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct run *first = run_at_random(seed), *second = run_new(seed);
        memset(second->mem, 0xa5, second->size);
        second->world = world_create(second->mem, &second->setup);
        for (size_t i = 0; i < COMMANDS; i++)
            apply(second, &first->commands[i]);
        ck_assert_str_eq(first->recording.text, second->recording.text);
        ck_assert_uint_eq(world_digest(first->world), world_digest(second->world));
        run_free(first);
        run_free(second);
    }
}
END_TEST

/* Another seed gives other initial sequence numbers, and another digest. */
START_TEST(another_seed)
{
    struct run *first = run_new(1), *second = run_new(2);
    ck_assert_uint_ne(world_digest(first->world), world_digest(second->world));
    static const struct call calls[] = {
        { .op = CALL_SOCKET },
        { .op = CALL_BIND, .fd = 3, .addr = { .port = 5000 } },
        { .op = CALL_CONNECT, .fd = 3, .addr = { .ip = { 4, { 10, 9, 0, 2 } }, .port = 80 } },
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct command command = { .kind = COMMAND_CALL, .call = calls[i] };
        apply(first, &command);
        apply(second, &command);
    }
    ck_assert_str_ne(first->recording.text, second->recording.text);
    run_free(first);
    run_free(second);
}
END_TEST

/* A snapshot taken before any command, restored and run on, comes to where the world came to
 * without it, and says the same on the way. */
START_TEST(snapshot_at_every_step)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct run *run = run_at_random(seed), *copy = run_new(seed);
        uint8_t *snapshot = malloc(run->size);
        ck_assert_ptr_nonnull(snapshot);
        for (size_t at = 0; at < COMMANDS; at++) {
            memcpy(snapshot, copy->mem, copy->size);
            size_t said = copy->recording.len;
            for (size_t i = at; i < COMMANDS; i++)
                apply(copy, &run->commands[i]);
            ck_assert_uint_eq(world_digest(copy->world), world_digest(run->world));
            ck_assert_str_eq(copy->recording.text, run->recording.text);
            memcpy(copy->mem, snapshot, copy->size);
            copy->recording.len = said;
            apply(copy, &run->commands[at]);
        }
        free(snapshot);
        run_free(run);
        run_free(copy);
    }
}
END_TEST

/* A world in other memory is the same world: nothing in it points anywhere. */
START_TEST(moves_in_memory)
{
    struct run *run = run_at_random(7), *moved = run_new(7);
    for (size_t i = 0; i < COMMANDS; i++) {
        void *elsewhere = malloc(moved->size);
        ck_assert_ptr_nonnull(elsewhere);
        memcpy(elsewhere, moved->mem, moved->size);
        memset(moved->mem, 0xff, moved->size);
        free(moved->mem);
        moved->mem = moved->world = elsewhere;
        apply(moved, &run->commands[i]);
    }
    ck_assert_str_eq(moved->recording.text, run->recording.text);
    ck_assert_uint_eq(world_digest(moved->world), world_digest(run->world));
    run_free(run);
    run_free(moved);
}
END_TEST

/* A step that nothing asked for changes the digest, and asking changes nothing. */
START_TEST(digest_sees_steps)
{
    struct run *run = run_at_random(3);
    for (unsigned i = 0; i < 100; i++) {
        struct event next;
        struct command step = { .kind = COMMAND_STEP };
        uint64_t before = world_digest(run->world);
        world_next(run->world, &next);
        world_ready(run->world, 0, 3, READY_TO_READ);
        world_find(run->world, -1, 0);
        ck_assert_uint_eq(world_digest(run->world), before);
        ck_assert_uint_eq(world_due(run->world),
                          next.u.next.what == NEXT_NOTHING ? UINT64_MAX : next.u.next.at_usec);
        if (apply(run, &step) == COMMAND_DONE)
            ck_assert_uint_ne(world_digest(run->world), before);
    }
    run_free(run);
}
END_TEST

/* world_next() says what the next step does: the same segment to the same host, or the timer. */
START_TEST(next_is_next)
{
    struct run *run = run_at_random(5);
    for (unsigned i = 0; i < 60; i++) {
        struct event next;
        struct command step = { .kind = COMMAND_STEP };
        char expected[64] = "";
        world_next(run->world, &next);
        size_t said = run->recording.len;
        enum command_outcome outcome = apply(run, &step);
        ck_assert_int_eq(outcome == COMMAND_DONE, next.u.next.what != NEXT_NOTHING);
        if (next.u.next.what == NEXT_DELIVER)
            snprintf(expected, sizeof expected, "%" PRIu64 " delivered %d -1 %" PRIu32 " ",
                     next.u.next.at_usec, next.host, next.u.next.id);
        else if (next.u.next.what == NEXT_TIMER)
            snprintf(expected, sizeof expected, "%" PRIu64 " timer %d %d %s ran out",
                     next.u.next.at_usec, next.host, next.sock,
                     timer_name((enum timer_id)next.u.next.timer));
        if (outcome == COMMAND_DONE)
            ck_assert_int_eq(strncmp(run->recording.text + said, expected, strlen(expected)), 0);
    }
    run_free(run);
}
END_TEST

/* A world may be as small as two hosts with three sockets, buffers of 16 octets and few segments;
 * then it takes no more than a page of memory. */
START_TEST(tiny)
{
    const struct world_limits limits = { .hosts = 2,
                                         .sockets = 3,
                                         .segments = 4,
                                         .snd_space_len = 16,
                                         .rcv_space_len = 16,
                                         .text_len = 16,
                                         .ranges = 8 };
    ck_assert_uint_eq(world_size(&limits) % 8, 0);
    ck_assert_uint_le(world_size(&limits), 4096);
}
END_TEST

/* A million sockets are a matter of memory alone. */
START_TEST(size_of_many)
{
    const struct world_limits limits = { .hosts = 2,
                                         .sockets = 2000000,
                                         .segments = 1000000,
                                         .snd_space_len = 4096,
                                         .rcv_space_len = 4096,
                                         .text_len = 1460 };
    ck_assert_uint_gt(world_size(&limits), 2000000u * 8192u);
}
END_TEST

Suite *world_suite(void)
{
    Suite *suite = suite_create("world");
    TCase *tcase = tcase_create("runs");
    tcase_add_test(tcase, same_again);
    tcase_add_test(tcase, another_seed);
    tcase_add_test(tcase, snapshot_at_every_step);
    tcase_add_test(tcase, moves_in_memory);
    tcase_add_test(tcase, digest_sees_steps);
    tcase_add_test(tcase, next_is_next);
    suite_add_tcase(suite, tcase);
    TCase *sizes = tcase_create("sizes");
    tcase_add_test(sizes, tiny);
    tcase_add_test(sizes, size_of_many);
    suite_add_tcase(suite, sizes);
    return suite;
}
