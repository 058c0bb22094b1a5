/*
 * sim/isn: SipHash-2-4, and initial sequence numbers made with it (RFC 6528).
 */
#include "sim/isn.h"
#include "tests/suites.h"

static const uint64_t key[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };

/* The vectors that its authors publish: the key 00 to 0f, and the octets 00, 01, 02 and so on,
 * from none of them upwards. */
START_TEST(published_vectors)
{
    static const uint64_t vectors[] = {
        0x726fdb47dd0e0e31u, 0x74f839c593dc67fdu, 0x0d6c8009d9a94f5au, 0x85676696d7fb7e2du,
        0xcf2794e0277187b7u, 0x18765564cd99a68du, 0xcbc9466e58fee3ceu, 0xab0200f58b01d137u,
        0x93f5f5799a932462u, 0x9e0082df0ba9e4b0u, 0x7a5dbbc594ddb9f3u, 0xf4b32f46226bada7u,
        0x751e8fbc860ee5fbu, 0x14ea5627c0843d90u, 0xf723ca908e7af2eeu, 0xa129ca6149be45e5u,
    };
    uint8_t octets[sizeof vectors / sizeof vectors[0]];
    for (size_t len = 0; len < sizeof octets; len++) {
        octets[len] = (uint8_t)len;
        ck_assert_uint_eq(siphash(key, octets, len), vectors[len]);
    }
}
END_TEST

static const struct endpoint a = { .ip = { 4, { 10, 9, 0, 1 } }, .port = 40000 };
static const struct endpoint b = { .ip = { 4, { 10, 9, 0, 2 } }, .port = 80 };

/* For the same two ends the number goes up by one every four microseconds (MUST-8). */
START_TEST(clock_of_four_microseconds)
{
    struct seq first = isn_choose(key, &a, &b, 0);
    ck_assert_uint_eq(seq_from(first, isn_choose(key, &a, &b, 3)), 0);
    ck_assert_uint_eq(seq_from(first, isn_choose(key, &a, &b, 4)), 1);
    ck_assert_uint_eq(seq_from(first, isn_choose(key, &a, &b, 1000000)), 250000);
    ck_assert_uint_eq(seq_from(first, isn_choose(key, &a, &b, 4 * (1ull << 32))), 0);
}
END_TEST

/* Another address, another port, another direction or another secret gives another number
 * (SHLD-1). */
START_TEST(differs_by_ends_and_secret)
{
    static const uint64_t secret[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0909u };
    struct endpoint port = b, address = b;
    port.port++;
    address.ip.octet[3]++;
    uint32_t numbers[] = { isn_choose(key, &a, &b, 0).n, isn_choose(key, &b, &a, 0).n,
                           isn_choose(key, &a, &port, 0).n, isn_choose(key, &a, &address, 0).n,
                           isn_choose(secret, &a, &b, 0).n };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(numbers[i], numbers[j]);
    }
}
END_TEST

Suite *isn_suite(void)
{
    Suite *suite = suite_create("isn");
    TCase *tcase = tcase_create("isn");
    tcase_add_test(tcase, published_vectors);
    tcase_add_test(tcase, clock_of_four_microseconds);
    tcase_add_test(tcase, differs_by_ends_and_secret);
    suite_add_tcase(suite, tcase);
    return suite;
}
