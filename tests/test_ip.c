/*
 * sim/checksum and sim/ip: the Internet checksum, and IP for whatever it carries.
 */
#include "sim/checksum.h"
#include "sim/ip.h"
#include "tests/recording.h"
#include "tests/suites.h"

#include <string.h>

/* The example of RFC 1071, 3; an odd octet; nothing; many carries; a header of IPv4 that holds. */
START_TEST(internet_checksum)
{
    static const uint8_t example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
    static const uint8_t header[] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                      0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7 };
    static uint8_t ones[65535];
    memset(ones, 0xff, sizeof ones);
    ck_assert_uint_eq(inet_checksum(example, sizeof example), 0x220d);
    ck_assert_uint_eq(inet_checksum(example, 3), 0x0dfe);
    ck_assert_uint_eq(inet_checksum(example, 0), 0xffff);
    ck_assert_uint_eq(inet_checksum(ones, sizeof ones), 0x00ff);
    ck_assert_uint_eq(inet_checksum(ones, sizeof ones - 1), 0x0000);
    ck_assert_uint_eq(inet_checksum(header, sizeof header), 0);
}
END_TEST

/* A datagram of UDP with the text "a" from port 1 to port 2, added up by hand. Of IPv4: c000 + 0201
 * + c000 + 0202 for the addresses, 0011 + 0009 for protocol and length, 0001 + 0002 + 0009 + 6100.
 */
START_TEST(checksum_of_udp)
{
    static const uint8_t datagram[] = { 0, 1, 0, 2, 0, 9, 0, 0, 'a' };
    struct ip src = ip4(192, 0, 2, 1), dst = ip4(192, 0, 2, 2);
    src.octet[9] = 1; /* is no part of an address of IPv4 */
    ck_assert_uint_eq(transport_checksum(&src, &dst, PROTOCOL_UDP, datagram, sizeof datagram),
                      0x1ad5);
    src = (struct ip){ .family = 6, .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
    dst = (struct ip){ .family = 6, .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } };
    ck_assert_uint_eq(transport_checksum(&src, &dst, PROTOCOL_UDP, datagram, sizeof datagram),
                      0x4364);
}
END_TEST

static struct ip random_address(uint64_t *random, uint8_t family)
{
    struct ip ip = { .family = family };
    for (size_t i = 0; i < (family == 4 ? 4 : 16); i++)
        ip.octet[i] = (uint8_t)(random_next(random) >> 20);
    return ip;
}

/* IP alone is read and written for whatever it carries. */
START_TEST(ip_alone)
{
    static const uint8_t families[] = { 4, 6 };
    uint64_t random = 768;
    for (size_t i = 0; i < 2; i++) {
        struct ip src = random_address(&random, families[i]),
                  dst = random_address(&random, families[i]);
        struct ip_packet sent = { src, dst, PROTOCOL_UDP, NULL, 9 }, got;
        uint8_t octets[49];
        size_t header_len = ip_encode_header(&sent, octets, sizeof octets);
        ck_assert_uint_eq(header_len, ip_header_len(families[i]));
        ck_assert_int_eq(ip_decode(octets, header_len + 9, &got), DECODE_OK);
        ck_assert(ip_eq(&got.src, &src) && ip_eq(&got.dst, &dst));
        ck_assert_uint_eq(got.protocol, PROTOCOL_UDP);
        ck_assert_ptr_eq(got.payload, octets + header_len);
        ck_assert_uint_eq(got.payload_len, 9);
    }
}
END_TEST

/* Each outcome has words of its own. */
START_TEST(words_of_outcomes)
{
    for (unsigned i = 0; i < DECODE_OUTCOME_COUNT; i++) {
        const char *words = decode_outcome_words((enum decode_outcome)i);
        ck_assert_ptr_nonnull(words);
        for (unsigned k = 0; k < i; k++)
            ck_assert_str_ne(words, decode_outcome_words((enum decode_outcome)k));
    }
}
END_TEST

Suite *ip_suite(void)
{
    Suite *suite = suite_create("ip");
    TCase *tcase = tcase_create("ip");
    tcase_add_test(tcase, internet_checksum);
    tcase_add_test(tcase, checksum_of_udp);
    tcase_add_test(tcase, ip_alone);
    tcase_add_test(tcase, words_of_outcomes);
    suite_add_tcase(suite, tcase);
    return suite;
}
