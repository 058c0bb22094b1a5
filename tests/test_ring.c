/*
 * sim/ring: octets round and round.
 */
#include "sim/ring.h"
#include "tests/suites.h"

#include <string.h>

enum {
    SPACE = 8
};

struct tube {
    struct ring ring;
    uint8_t space[SPACE];
};

static uint32_t put(struct tube *tube, const char *text)
{
    return ring_put(&tube->ring, tube->space, SPACE, (const uint8_t *)text, (uint32_t)strlen(text));
}

static void holds(const struct tube *tube, const char *text)
{
    char seen[SPACE + 1] = "";
    ring_peek(&tube->ring, tube->space, SPACE, 0, (uint8_t *)seen, SPACE);
    ck_assert_str_eq(seen, text);
    ck_assert_uint_eq(tube->ring.len, strlen(text));
}

/* What was put in first comes out first, also where it lies across the end of the space. */
START_TEST(first_in_first_out)
{
    struct tube tube = { .ring = { 0 } };
    ck_assert_uint_eq(put(&tube, "abcdef"), 6);
    ring_drop(&tube.ring, SPACE, 4);
    ck_assert_uint_eq(put(&tube, "ghijk"), 5);
    holds(&tube, "efghijk");
}
END_TEST

/* It takes what there is room for and says how much that was. */
START_TEST(takes_what_fits)
{
    struct tube tube = { .ring = { 0 } };
    ck_assert_uint_eq(put(&tube, "abcdefghij"), SPACE);
    holds(&tube, "abcdefgh");
    ck_assert_uint_eq(put(&tube, "x"), 0);
    ring_drop(&tube.ring, SPACE, 1);
    ck_assert_uint_eq(put(&tube, "xy"), 1);
    holds(&tube, "bcdefghx");
}
END_TEST

/* Looking takes nothing away, begins wherever it is told to and ends with what is there. */
START_TEST(peeks_from_anywhere)
{
    struct tube tube = { .ring = { .start = 6 } };
    char seen[SPACE + 1] = "";
    put(&tube, "abcde");
    ck_assert_uint_eq(ring_peek(&tube.ring, tube.space, SPACE, 3, (uint8_t *)seen, 8), 2);
    ck_assert_str_eq(seen, "de");
    ck_assert_uint_eq(ring_peek(&tube.ring, tube.space, SPACE, 5, (uint8_t *)seen, 8), 0);
    ck_assert_uint_eq(ring_peek(&tube.ring, tube.space, SPACE, 99, (uint8_t *)seen, 8), 0);
    holds(&tube, "abcde");
}
END_TEST

/* Every start and every length behave alike. */
START_TEST(every_position)
{
    for (uint32_t start = 0; start < SPACE; start++) {
        for (uint32_t len = 0; len <= SPACE; len++) {
            struct tube tube = { .ring = { .start = start } };
            char text[SPACE + 1] = "abcdefgh";
            text[len] = '\0';
            ck_assert_uint_eq(put(&tube, text), len);
            holds(&tube, text);
            ring_drop(&tube.ring, SPACE, len);
            holds(&tube, "");
            ck_assert_uint_lt(tube.ring.start, SPACE);
        }
    }
}
END_TEST

/* A space of no octets takes none. */
START_TEST(no_space_at_all)
{
    struct ring ring = { .start = 0 };
    uint8_t octet = 'x';
    ck_assert_uint_eq(ring_put(&ring, &octet, 0, (const uint8_t *)"a", 1), 0);
    ck_assert_uint_eq(ring_peek(&ring, &octet, 0, 0, &octet, 1), 0);
    ring_drop(&ring, 0, 0);
    ck_assert_uint_eq(ring.len, 0);
}
END_TEST

/* Where there is room but no space octets are counted, and read as zeros. */
START_TEST(counted_and_not_kept)
{
    struct ring ring = { .start = 0 };
    uint8_t seen[4] = "xxx";
    ck_assert_uint_eq(ring_put(&ring, NULL, 100, NULL, 60), 60);
    ck_assert_uint_eq(ring_put(&ring, NULL, 100, NULL, 60), 40);
    ck_assert_uint_eq(ring_peek(&ring, NULL, 100, 98, seen, 4), 2);
    ck_assert_mem_eq(seen, "\0\0x", 4);
    ck_assert_uint_eq(ring_peek(&ring, NULL, 100, 0, NULL, 70), 70);
    ring_drop(&ring, 100, 70);
    ck_assert_uint_eq(ring.len, 30);
}
END_TEST

Suite *ring_suite(void)
{
    Suite *suite = suite_create("ring");
    TCase *tcase = tcase_create("ring");
    tcase_add_test(tcase, first_in_first_out);
    tcase_add_test(tcase, takes_what_fits);
    tcase_add_test(tcase, peeks_from_anywhere);
    tcase_add_test(tcase, every_position);
    tcase_add_test(tcase, no_space_at_all);
    tcase_add_test(tcase, counted_and_not_kept);
    suite_add_tcase(suite, tcase);
    return suite;
}
