/*
 * sim/journal: going back to any point, with many snapshots and with hardly any.
 */
#include "sim/journal.h"

#include "tests/recording.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

enum {
    COMMANDS = 120
};

static const uint8_t octets[] = "the quick brown fox jumps over the lazy dog, and again and again";

struct travel {
    struct journal journal;
    struct recording recording;
    void *world;
    uint8_t *snapshots;
    struct command given[COMMANDS]; /* what the journal is given, to compare with */
    struct command commands[COMMANDS];
    uint64_t digests[COMMANDS + 1]; /* after so many commands */
};

static struct travel *travel_new(size_t snapshot_cap)
{
    struct travel *travel = calloc(1, sizeof *travel);
    ck_assert_ptr_nonnull(travel);
    const struct world_setup setup = { .limits = { .hosts = 2,
                                                   .sockets = 8,
                                                   .segments = 8,
                                                   .snd_space_len = 32,
                                                   .rcv_space_len = 24,
                                                   .text_len = 16 },
                                       .profile = profile_find("rfc"),
                                       .seed = 5,
                                       .delay_usec = 1000 };
    size_t size = world_size(&setup.limits);
    travel->world = malloc(size);
    travel->snapshots = malloc(size * snapshot_cap);
    ck_assert(travel->world && travel->snapshots);
    journal_init(&travel->journal, world_create(travel->world, &setup), size, travel->commands,
                 COMMANDS, travel->snapshots, snapshot_cap);
    return travel;
}

static void travel_free(struct travel *travel)
{
    free(travel->recording.text);
    free(travel->world);
    free(travel->snapshots);
    free(travel);
}

static void give(struct travel *travel, size_t i)
{
    struct sink sink = recording_sink(&travel->recording);
    uint8_t into[64];
    travel->digests[i] = world_digest(travel->journal.world);
    journal_apply(&travel->journal, &travel->given[i], &sink, NULL, into);
    travel->digests[i + 1] = world_digest(travel->journal.world);
}

/* Gives random commands from the start, which are the same each time. */
static void go_out(struct travel *travel)
{
    uint64_t state = 11;
    size_t opening = opening_commands(travel->given);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (i >= opening)
            travel->given[i] = random_command(&state, &travel->recording, octets);
        give(travel, i);
    }
}

static void check_at(const struct travel *travel, size_t count)
{
    ck_assert_uint_eq(travel->journal.count, count);
    ck_assert_uint_eq(world_digest(travel->journal.world), travel->digests[count]);
}

/* From the end back to every point, the world is what it was there. */
START_TEST(back_to_every_point)
{
    static const size_t caps[] = { 2, 3, 4, 7, 32, COMMANDS + 5 };
    for (size_t c = 0; c < sizeof caps / sizeof caps[0]; c++) {
        struct travel *travel = travel_new(caps[c]);
        go_out(travel);
        for (size_t count = COMMANDS; count-- > 0;) {
            journal_back(&travel->journal, count);
            check_at(travel, count);
        }
        travel_free(travel);
    }
}
END_TEST

/* Back by any number and out again by the same commands leads to the same place, and again, with
 * few snapshots as with many. */
START_TEST(back_and_forth)
{
    for (size_t cap = 2; cap <= 9; cap++) {
        struct travel *travel = travel_new(cap);
        uint64_t state = cap;
        go_out(travel);
        for (unsigned trip = 0; trip < 60; trip++) {
            size_t count = (size_t)(random_next(&state) >> 11) % (COMMANDS + 1);
            size_t target = (size_t)(random_next(&state) >> 11) % (COMMANDS + 1);
            if (count < travel->journal.count)
                journal_back(&travel->journal, count);
            check_at(travel, travel->journal.count);
            while (travel->journal.count < target)
                give(travel, travel->journal.count);
            check_at(travel, travel->journal.count);
        }
        travel_free(travel);
    }
}
END_TEST

/* What was given after the point one goes back to is forgotten: another way from there is taken,
 * and going back on it leads nowhere else. */
START_TEST(another_way)
{
    struct travel *travel = travel_new(4);
    struct command step = { .kind = COMMAND_STEP };
    go_out(travel);
    journal_back(&travel->journal, 40);
    for (size_t i = 40; i < 80; i++) {
        travel->given[i] = step;
        give(travel, i);
    }
    for (size_t count = 80; count-- > 0;) {
        journal_back(&travel->journal, count);
        check_at(travel, count);
    }
    travel_free(travel);
}
END_TEST

/* A snapshot is given up only when its place is needed: while the journal is no longer than its
 * places, each point has its own. */
START_TEST(keeps_what_it_can)
{
    struct travel *travel = travel_new(8);
    uint64_t state = 3;
    for (size_t i = 0; i < 64; i++) {
        travel->given[i] = random_command(&state, &travel->recording, octets);
        give(travel, i);
        ck_assert_uint_le(travel->journal.snapshot_count, 8);
        ck_assert_uint_ge(travel->journal.snapshot_count, i < 8 ? i + 1 : 5);
        ck_assert_uint_le(travel->journal.stride * 4, i < 8 ? 4 : i + 1);
    }
    travel_free(travel);
}
END_TEST

Suite *journal_suite(void)
{
    Suite *suite = suite_create("journal");
    TCase *tcase = tcase_create("journal");
    tcase_add_test(tcase, back_to_every_point);
    tcase_add_test(tcase, back_and_forth);
    tcase_add_test(tcase, another_way);
    tcase_add_test(tcase, keeps_what_it_can);
    suite_add_tcase(suite, tcase);
    return suite;
}
