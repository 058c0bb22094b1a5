/*
 * sim/segment, sim/endpoint and the names in sim/state and sim/call: values as they are counted
 * and written.
 */
#include "sim/call.h"
#include "sim/event.h"
#include "tests/suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* SYN and FIN take a sequence number each, as every octet of text does. */
START_TEST(length_counts_syn_and_fin)
{
    struct segment seg = { .text_len = 5 };
    ck_assert_uint_eq(seg_len(&seg), 5);
    seg.flags = ACK | PSH | RST | URG;
    ck_assert_uint_eq(seg_len(&seg), 5);
    seg.flags = SYN;
    ck_assert_uint_eq(seg_len(&seg), 6);
    seg.flags = SYN | FIN;
    seg.text_len = 0;
    ck_assert_uint_eq(seg_len(&seg), 2);
}
END_TEST

/* A segment has some control bits when it has all of them. */
START_TEST(all_the_bits)
{
    struct segment seg = { .flags = SYN | ACK };
    ck_assert(seg_has(&seg, SYN));
    ck_assert(seg_has(&seg, SYN | ACK));
    ck_assert(!seg_has(&seg, SYN | FIN));
}
END_TEST

/* Control bits are joined by commas; where there is no room the text is cut, not overrun. */
START_TEST(written_flags)
{
    char text[FLAGS_TEXT_MAX], small[6];
    ck_assert_str_eq(flags_text(0, text, sizeof text), "none");
    ck_assert_str_eq(flags_text(SYN, text, sizeof text), "SYN");
    ck_assert_str_eq(flags_text(SYN | ACK, text, sizeof text), "SYN,ACK");
    ck_assert_str_eq(flags_text(FIN | PSH | ACK, text, sizeof text), "FIN,PSH,ACK");
    ck_assert_str_eq(flags_text(0x3f, text, sizeof text), "SYN,FIN,RST,PSH,ACK,URG");
    ck_assert_str_eq(flags_text(0x3f, small, sizeof small), "SYN,F");
}
END_TEST

static struct endpoint endpoint6(const char *text, uint16_t port)
{
    struct endpoint at = { .ip = { .family = 6 }, .port = port };
    ck_assert_int_eq(inet_pton(AF_INET6, text, at.ip.octet), 1);
    return at;
}

/* An address of IPv4 or none at all is written with its port. */
START_TEST(written_ipv4)
{
    char text[ENDPOINT_TEXT_MAX];
    struct endpoint at = { .ip = ip4(10, 9, 0, 255), .port = 7788 };
    ck_assert_str_eq(endpoint_text(&at, text, sizeof text), "10.9.0.255:7788");
    at = (struct endpoint){ .port = 65535 };
    ck_assert_str_eq(endpoint_text(&at, text, sizeof text), "*:65535");
}
END_TEST

/* IPv6 is written by RFC 5952: the first of the longest runs of zeros becomes "::", a single zero
 * never; no leading zeros, small letters; an IPv4 address within it as such. */
START_TEST(written_ipv6)
{
    static const struct {
        const char *address, *written;
    } cases[] = {
        { "::", "[::]:65535" },
        { "::1", "[::1]:65535" },
        { "1::", "[1::]:65535" },
        { "2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:65535" },
        { "2001:0db8:0000:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:65535" },
        { "2001:0:0:1:0:0:0:1", "[2001:0:0:1::1]:65535" },
        { "2001:db8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:65535" },
        { "1:2:3:4:5:6:0:0", "[1:2:3:4:5:6::]:65535" },
        { "::2:3:4:5:6:7:8", "[0:2:3:4:5:6:7:8]:65535" },
        { "1:0:2:0:3:0:4:0", "[1:0:2:0:3:0:4:0]:65535" },
        { "::ffff:c000:201", "[::ffff:192.0.2.1]:65535" },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[ENDPOINT_TEXT_MAX];
        struct endpoint at = endpoint6(cases[i].address, 65535);
        ck_assert_str_eq(endpoint_text(&at, text, sizeof text), cases[i].written);
    }
}
END_TEST

/* What is written reads back as the same address, for every pattern of zero groups. */
START_TEST(ipv6_reads_back)
{
    for (unsigned pattern = 0; pattern < 256; pattern++) {
        struct endpoint at = { .ip = { .family = 6 }, .port = 1 };
        char text[ENDPOINT_TEXT_MAX];
        uint8_t octets[16];
        for (unsigned i = 0; i < 8; i++) {
            if (pattern & 1u << i)
                at.ip.octet[2 * i + 1] = (uint8_t)(i + 1);
        }
        endpoint_text(&at, text, sizeof text);
        *strchr(text, ']') = '\0';
        ck_assert_msg(inet_pton(AF_INET6, text + 1, octets) == 1, "%s", text + 1);
        ck_assert_mem_eq(octets, at.ip.octet, 16);
    }
}
END_TEST

/* Two ends are the same by family, address and port; of IPv4 only four octets count. */
START_TEST(equal_endpoints)
{
    struct endpoint a = { .ip = ip4(10, 9, 0, 1), .port = 80 }, b = a;
    b.ip.octet[15] = 9;
    ck_assert(endpoint_eq(&a, &b));
    b.port = 81;
    ck_assert(!endpoint_eq(&a, &b));
    struct endpoint six = endpoint6("a09:1::", 80), other = endpoint6("a09:1::9", 80);
    ck_assert(!endpoint_eq(&six, &other));
    ck_assert(!endpoint_eq(&a, &six));
}
END_TEST

/* States are found by the RFC's names and by nothing shorter, longer or like them. */
START_TEST(names_of_states)
{
    enum tcp_state found;
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++) {
        const char *name = state_name((enum tcp_state)i);
        ck_assert(state_of_name(name, strlen(name), &found) && found == i);
        ck_assert(!state_of_name(name, strlen(name) - 1, &found));
    }
    ck_assert(!state_of_name("FIN_WAIT_1", 10, &found));
    ck_assert(!state_of_name("", 0, &found));
}
END_TEST

/* Calls, options and errors are found by the names they are written with. */
START_TEST(names_of_calls)
{
    char buf[16];
    int32_t err;
    for (unsigned i = 0; i < CALL_OP_COUNT; i++) { /* the last ones are not for labs */
        enum call_op op;
        const char *name = call_name((enum call_op)i);
        ck_assert(call_of_name(name, strlen(name), &op) ? op == i : i >= CALL_SENDFILE);
    }
    for (unsigned i = OPTION_NONE + 1; i < OPTION_COUNT; i++) {
        enum sock_option option;
        const char *name = option_name((enum sock_option)i);
        ck_assert(option_of_name(name, strlen(name), &option) && option == i);
    }
    ck_assert(errno_of_name("EADDRINUSE", 10, &err) && err == EADDRINUSE);
    ck_assert(!errno_of_name("0", 1, &err));
    ck_assert_str_eq(errno_name(ECONNRESET, buf, sizeof buf), "ECONNRESET");
    ck_assert_str_eq(errno_words(ECONNRESET, buf, sizeof buf), "Connection reset by peer");
    ck_assert_str_eq(errno_name(9999, buf, sizeof buf), "errno 9999");
    ck_assert_str_eq(errno_words(9999, buf, sizeof buf), "errno 9999");
}
END_TEST

/* The words for an error are those of the C library. */
START_TEST(words_of_errors)
{
    for (int32_t err = 1; err < 200; err++) {
        char buf[16];
        const char *words = errno_words(err, buf, sizeof buf);
        if (words != buf)
            ck_assert_str_eq(words, strerror(err));
    }
}
END_TEST

/* Everything that an event can name has a name. */
START_TEST(names_in_events)
{
    for (unsigned i = 0; i < EVENT_KIND_COUNT; i++)
        ck_assert_ptr_nonnull(event_kind_name((enum event_kind)i));
    for (unsigned i = 0; i <= LANE_ALL; i++)
        ck_assert_ptr_nonnull(lane_name((enum lane_id)i));
    for (unsigned i = 0; i < SOURCE_COUNT; i++)
        ck_assert_ptr_nonnull(source_name((enum state_source)i));
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        ck_assert_ptr_nonnull(timer_name((enum timer_id)i));
    for (unsigned i = 0; i < NOTICE_COUNT; i++)
        ck_assert_ptr_nonnull(tcp_notice_words((enum tcp_notice)i));
}
END_TEST

Suite *segment_suite(void)
{
    Suite *suite = suite_create("segment");
    TCase *tcase = tcase_create("segment");
    tcase_add_test(tcase, length_counts_syn_and_fin);
    tcase_add_test(tcase, all_the_bits);
    tcase_add_test(tcase, written_flags);
    suite_add_tcase(suite, tcase);
    TCase *endpoint = tcase_create("endpoint");
    tcase_add_test(endpoint, written_ipv4);
    tcase_add_test(endpoint, written_ipv6);
    tcase_add_test(endpoint, ipv6_reads_back);
    tcase_add_test(endpoint, equal_endpoints);
    suite_add_tcase(suite, endpoint);
    TCase *names = tcase_create("names");
    tcase_add_test(names, names_of_states);
    tcase_add_test(names, names_of_calls);
    tcase_add_test(names, words_of_errors);
    tcase_add_test(names, names_in_events);
    suite_add_tcase(suite, names);
    return suite;
}
