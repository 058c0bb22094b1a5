/*
 * sim/ranges: sets of sequence numbers, against a plain row of octets.
 */
#include "sim/ranges.h"
#include "tests/recording.h"
#include "tests/suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    PLACES = 8,
    SPAN = 60, /* octets that a set of these tests reaches over */
    SETS = 2
};

struct rig {
    struct range at[PLACES];
    uint32_t free;
    struct range_pool pool;
    uint32_t set;
};

static void rig_init(struct rig *rig, uint32_t places)
{
    memset(rig, 0, sizeof *rig);
    rig->pool = (struct range_pool){ rig->at, &rig->free };
    ranges_init(&rig->pool, places);
}

static bool add(struct rig *rig, uint32_t start, uint32_t end, uint32_t *added)
{
    return ranges_add(&rig->pool, &rig->set, seq_of(start), seq_of(end), added);
}

/* Adds where there must be room, and looks at how many octets are new. */
static void adds(struct rig *rig, uint32_t start, uint32_t end, uint32_t news)
{
    uint32_t added;
    ck_assert(add(rig, start, end, &added));
    ck_assert_uint_eq(added, news);
}

/* "5:9 11:13" */
static void holds(const struct rig *rig, const char *expected)
{
    char seen[200] = "";
    size_t used = 0;
    const struct range *r = ranges_first(&rig->pool, rig->set);
    for (; r; r = ranges_next(&rig->pool, r))
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%s%" PRIu32 ":%" PRIu32,
                                 used ? " " : "", r->start.n, r->end.n);
    ck_assert_str_eq(seen, expected);
}

/* Ranges lie in their order, apart from each other, whatever the order they come in. */
START_TEST(sorted_and_apart)
{
    struct rig rig;
    rig_init(&rig, PLACES);
    holds(&rig, "");
    adds(&rig, 30, 40, 10);
    adds(&rig, 10, 20, 10);
    adds(&rig, 50, 60, 10);
    holds(&rig, "10:20 30:40 50:60");
    ck_assert_uint_eq(ranges_with(&rig.pool, rig.set, seq_of(30))->end.n, 40);
    ck_assert_uint_eq(ranges_with(&rig.pool, rig.set, seq_of(59))->start.n, 50);
    ck_assert_ptr_null(ranges_with(&rig.pool, rig.set, seq_of(40)));
    ck_assert_ptr_null(ranges_with(&rig.pool, rig.set, seq_of(9)));
    ck_assert_ptr_null(ranges_with(&rig.pool, rig.set, seq_of(60)));
}
END_TEST

/* Those that touch or overlap become one; what was there before is no news. */
START_TEST(joined)
{
    struct rig rig;
    rig_init(&rig, PLACES);
    adds(&rig, 10, 20, 10);
    adds(&rig, 20, 25, 5);
    holds(&rig, "10:25");
    adds(&rig, 5, 10, 5);
    holds(&rig, "5:25");
    adds(&rig, 8, 12, 0);
    adds(&rig, 30, 35, 5);
    adds(&rig, 40, 45, 5);
    adds(&rig, 20, 42, 10);
    holds(&rig, "5:45");
    adds(&rig, 0, 50, 10);
    holds(&rig, "0:50");
}
END_TEST

/* An empty range is no news and takes no place. */
START_TEST(empty_range)
{
    struct rig rig;
    rig_init(&rig, PLACES);
    adds(&rig, 7, 7, 0);
    holds(&rig, "");
    adds(&rig, 5, 9, 4);
    adds(&rig, 20, 20, 0);
    adds(&rig, 9, 9, 0);
    holds(&rig, "5:9");
}
END_TEST

/* Cutting takes away all before a number, and says how much that was. */
START_TEST(cut)
{
    struct rig rig;
    rig_init(&rig, PLACES);
    adds(&rig, 10, 20, 10);
    adds(&rig, 30, 40, 10);
    ck_assert_uint_eq(ranges_cut(&rig.pool, &rig.set, seq_of(10)), 0);
    ck_assert_uint_eq(ranges_cut(&rig.pool, &rig.set, seq_of(15)), 5);
    holds(&rig, "15:20 30:40");
    ck_assert_uint_eq(ranges_cut(&rig.pool, &rig.set, seq_of(31)), 6);
    holds(&rig, "31:40");
    ck_assert_uint_eq(ranges_cut(&rig.pool, &rig.set, seq_of(100)), 9);
    ck_assert_uint_eq(rig.set, 0);
}
END_TEST

/* The order is that of sequence numbers: it goes on past 2^32. */
START_TEST(across_zero)
{
    struct rig rig;
    rig_init(&rig, PLACES);
    adds(&rig, 5, 10, 5);
    adds(&rig, UINT32_MAX - 9, UINT32_MAX - 4, 5);
    holds(&rig, "4294967286:4294967291 5:10");
    adds(&rig, UINT32_MAX - 4, 5, 10);
    holds(&rig, "4294967286:10");
    ck_assert_uint_eq(ranges_cut(&rig.pool, &rig.set, seq_of(2)), 12);
    holds(&rig, "2:10");
}
END_TEST

/* Without a place for one more range the set stays as it was; what only makes one longer goes. */
START_TEST(pool_is_empty)
{
    struct rig rig;
    uint32_t added = 9;
    rig_init(&rig, 2);
    adds(&rig, 10, 20, 10);
    adds(&rig, 30, 40, 10);
    ck_assert(!add(&rig, 50, 60, &added));
    ck_assert_uint_eq(added, 0);
    ck_assert(!add(&rig, 22, 25, &added));
    holds(&rig, "10:20 30:40");
    adds(&rig, 20, 22, 2);
    adds(&rig, 22, 30, 8);
    adds(&rig, 50, 60, 10);
    holds(&rig, "10:40 50:60");
    rig_init(&rig, 0);
    ck_assert(!add(&rig, 1, 2, &added));
}
END_TEST

struct plain {
    bool in[SPAN];
};

static uint32_t plain_set(struct plain *plain, uint32_t start, uint32_t end, bool in)
{
    uint32_t changed = 0;
    for (uint32_t i = start; i < end; i++) {
        changed += plain->in[i] != in;
        plain->in[i] = in;
    }
    return changed;
}

/* The set is what the row of octets is, sorted and apart; returns the places it takes. */
static uint32_t same(const struct range_pool *pool, uint32_t set, const struct plain *plain,
                     uint32_t base)
{
    struct plain seen = { { false } };
    uint32_t places = 0, last = 0;
    for (const struct range *r = ranges_first(pool, set); r; r = ranges_next(pool, r)) {
        uint32_t start = r->start.n - base, end = r->end.n - base;
        ck_assert_uint_lt(start, end);
        ck_assert_uint_le(end, SPAN);
        ck_assert(places == 0 || start > last);
        plain_set(&seen, start, end, true);
        last = end;
        places++;
    }
    ck_assert_mem_eq(seen.in, plain->in, sizeof seen.in);
    return places;
}

/* Two sets that share a pool are each what was put in and cut off, near 2^32 as elsewhere, and
 * give all their places back. */
START_TEST(as_a_row_of_octets)
{
    const uint32_t base = (uint32_t)_i * (UINT32_MAX / 4) - SPAN / 2;
    uint64_t random = (uint64_t)_i + 1;
    struct rig rig;
    struct plain plain[SETS] = { { { false } } };
    uint32_t set[SETS] = { 0 }, places[SETS] = { 0 };
    rig_init(&rig, PLACES);
    for (unsigned round = 0; round < 3000; round++) {
        unsigned which = random_next(&random) >> 40 & 1;
        uint32_t start = (uint32_t)(random_next(&random) >> 33) % SPAN;
        uint32_t end = start + (uint32_t)(random_next(&random) >> 33) % (SPAN - start) / 4;
        uint32_t changed = 0;
        if ((random_next(&random) >> 33) % 8 == 0) {
            changed = plain_set(&plain[which], 0, start, false);
            ck_assert_uint_eq(ranges_cut(&rig.pool, &set[which], seq_of(base + start)), changed);
        } else if (ranges_add(&rig.pool, &set[which], seq_of(base + start), seq_of(base + end),
                              &changed)) {
            ck_assert_uint_eq(plain_set(&plain[which], start, end, true), changed);
        } else {
            ck_assert_uint_eq(places[0] + places[1], PLACES);
        }
        places[which] = same(&rig.pool, set[which], &plain[which], base);
    }
    ranges_clear(&rig.pool, &set[0]);
    ranges_clear(&rig.pool, &set[1]);
    for (uint32_t i = 0; i < PLACES; i++)
        adds(&rig, 2 * i, 2 * i + 1, 1);
}
END_TEST

Suite *ranges_suite(void)
{
    Suite *suite = suite_create("ranges");
    TCase *tcase = tcase_create("ranges");
    tcase_add_test(tcase, sorted_and_apart);
    tcase_add_test(tcase, joined);
    tcase_add_test(tcase, empty_range);
    tcase_add_test(tcase, cut);
    tcase_add_test(tcase, across_zero);
    tcase_add_test(tcase, pool_is_empty);
    tcase_add_loop_test(tcase, as_a_row_of_octets, 0, 5);
    suite_add_tcase(suite, tcase);
    return suite;
}
