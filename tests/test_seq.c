/*
 * sim/seq: comparing modulo 2^32.
 */
#include "sim/seq.h"
#include "tests/suites.h"

/* One number is before another when it is less than 2^31 behind it, wherever zero lies. */
START_TEST(order_across_zero)
{
    static const struct {
        uint32_t before, after;
    } pairs[] = { { 0, 1 },
                  { 100, 101 },
                  { UINT32_MAX, 0 },
                  { UINT32_MAX - 5, 5 },
                  { 0, INT32_MAX },
                  { 0x80000000u, UINT32_MAX },
                  { 0x7fffffffu, 0x80000000u },
                  { 0xc0000000u, 0x3fffffffu } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct seq a = seq_of(pairs[i].before), b = seq_of(pairs[i].after);
        ck_assert_msg(seq_lt(a, b) && seq_le(a, b) && seq_gt(b, a) && seq_ge(b, a), "%u %u", a.n,
                      b.n);
        ck_assert_msg(!seq_lt(b, a) && !seq_le(b, a) && !seq_gt(a, b) && !seq_ge(a, b), "%u %u",
                      a.n, b.n);
        ck_assert(!seq_eq(a, b));
    }
}
END_TEST

/* A number is neither before nor after itself. */
START_TEST(order_of_equals)
{
    static const uint32_t numbers[] = { 0, 1, 0x7fffffffu, 0x80000000u, UINT32_MAX };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct seq a = seq_of(numbers[i]);
        ck_assert(seq_eq(a, a) && seq_le(a, a) && seq_ge(a, a));
        ck_assert(!seq_lt(a, a) && !seq_gt(a, a));
    }
}
END_TEST

/* Adding goes round at 2^32, and counting from one number to another undoes it. */
START_TEST(adding_wraps)
{
    ck_assert_uint_eq(seq_add(seq_of(UINT32_MAX), 1).n, 0);
    ck_assert_uint_eq(seq_add(seq_of(UINT32_MAX - 9), 20).n, 10);
    ck_assert_uint_eq(seq_from(seq_of(UINT32_MAX - 9), seq_of(10)), 20);
    ck_assert_uint_eq(seq_from(seq_of(7), seq_of(7)), 0);
}
END_TEST

/* A window takes in its left edge and not its right one, also where it lies across zero. */
START_TEST(edges_of_a_window)
{
    struct seq left = seq_of(UINT32_MAX - 4);
    ck_assert(seq_in(left, left, 10));
    ck_assert(seq_in(seq_of(0), left, 10));
    ck_assert(seq_in(seq_of(4), left, 10));
    ck_assert(!seq_in(seq_of(5), left, 10));
    ck_assert(!seq_in(seq_of(UINT32_MAX - 5), left, 10));
}
END_TEST

/* Nothing lies in a window of no octets. */
START_TEST(empty_window)
{
    ck_assert(!seq_in(seq_of(5), seq_of(5), 0));
    ck_assert(!seq_in(seq_of(4), seq_of(5), 0));
}
END_TEST

Suite *seq_suite(void)
{
    Suite *suite = suite_create("seq");
    TCase *tcase = tcase_create("seq");
    tcase_add_test(tcase, order_across_zero);
    tcase_add_test(tcase, order_of_equals);
    tcase_add_test(tcase, adding_wraps);
    tcase_add_test(tcase, edges_of_a_window);
    tcase_add_test(tcase, empty_window);
    suite_add_tcase(suite, tcase);
    return suite;
}
