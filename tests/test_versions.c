/*
 * All versions of a value that changes a little at a time.
 */
#include "tests/suites.h"

#include "net/versions.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORDS = 281,
    MANY = 1000
};

struct value {
    uint64_t words[WORDS];
};

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Changes up to three words, or now and then all of them. */
static void change(struct value *value, uint64_t *seed)
{
    uint64_t count = next_random(seed) % 50 == 0 ? WORDS : 1 + next_random(seed) % 3;
    for (uint64_t i = 0; i < count; i++)
        value->words[count == WORDS ? i : next_random(seed) % WORDS] = next_random(seed) + 1;
}

static struct value *make(struct versions *versions)
{
    struct value *values = calloc(MANY, sizeof *values);
    uint64_t seed = 1;
    ck_assert_ptr_nonnull(values);
    versions_init(versions, sizeof *values);
    for (size_t i = 0; i < MANY; i++) {
        if (i > 0)
            values[i] = values[i - 1];
        change(&values[i], &seed);
        ck_assert(versions_add(versions, &values[i]));
        ck_assert_uint_eq(versions->count, i + 1);
    }
    return values;
}

static void has_all(const struct versions *versions, const struct value *values)
{
    struct value got;
    for (size_t i = 0; i < versions->count; i++) {
        versions_get(versions, i, &got);
        ck_assert_mem_eq(&got, &values[i], sizeof got);
    }
}

/* Each version is had again, in a tenth of the memory. */
START_TEST(has_each)
{
    struct versions versions;
    struct value *values = make(&versions);
    has_all(&versions, values);
    ck_assert_uint_lt(versions.used, MANY * sizeof *values / 10);
    versions_free(&versions);
    free(values);
}
END_TEST

/* The same once more is no other version. */
START_TEST(same_again)
{
    struct versions versions;
    struct value value = { .words = { 1 } };
    versions_init(&versions, sizeof value);
    for (int i = 0; i < 3; i++)
        ck_assert(versions_add(&versions, &value));
    ck_assert_uint_eq(versions.count, 1);
    versions_free(&versions);
}
END_TEST

/* Versions are forgotten and others come in their place, also where one is kept whole. */
START_TEST(cut)
{
    static const size_t left[] = { 900, 641, 640, 639, 65, 64, 63, 1 };
    struct versions versions;
    struct value *values = make(&versions);
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        size_t from = left[i];
        versions_cut(&versions, from);
        ck_assert_uint_eq(versions.count, from);
        for (size_t more = from; more < from + 70 && more < MANY; more++) {
            values[more] = values[more - 1];
            change(&values[more], &seed);
            ck_assert(versions_add(&versions, &values[more]));
        }
        has_all(&versions, values);
    }
    versions_free(&versions);
    free(values);
}
END_TEST

Suite *versions_suite(void)
{
    Suite *suite = suite_create("versions");
    TCase *tcase = tcase_create("versions");
    tcase_add_test(tcase, has_each);
    tcase_add_test(tcase, same_again);
    tcase_add_test(tcase, cut);
    suite_add_tcase(suite, tcase);
    return suite;
}
