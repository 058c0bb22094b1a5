/*
 * sim/options: what stands where in the options of a segment, and what is made of those that others
 * wrote.
 */
#include "sim/options.h"
#include "tests/recording.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALL = HAS_WSCALE | HAS_SACK_PERMITTED | HAS_TIMESTAMPS
};

static struct segment segment(unsigned flags, unsigned has, unsigned sack_count)
{
    struct segment seg = { .mss = 1460,
                           .flags = (uint8_t)flags,
                           .has = (uint8_t)has,
                           .wscale = 8,
                           .sack_count = (uint8_t)sack_count,
                           .ts_val = 7,
                           .ts_ecr = 9 };
    for (unsigned i = 0; i < SACK_BLOCKS_MAX; i++)
        seg.sack[i] = (struct sack_block){ seq_of(2 * i + 1), seq_of(2 * i + 2) };
    return seg;
}

static void writes(const struct segment *seg, enum option_order order, const char *expected)
{
    uint8_t octets[OPTIONS_MAX];
    char text[OPTIONS_TEXT_MAX];
    size_t len = options_write(seg, order, octets);
    ck_assert_uint_eq(len % 4, 0);
    ck_assert_uint_eq(options_text(octets, len, text, sizeof text), strlen(text));
    ck_assert_str_eq(text, expected);
}

/* Every set of options that a SYN can have, in the three orders (MUST-69). */
START_TEST(orders_of_a_syn)
{
    static const struct {
        unsigned has;
        const char *rfc, *gnu_linux, *bsd;
    } cases[] = {
        { 0, "mss 1460", "mss 1460", "mss 1460" },
        { HAS_WSCALE, "mss 1460,nop,wscale 8", "mss 1460,nop,wscale 8", "mss 1460,nop,wscale 8" },
        { HAS_SACK_PERMITTED, "mss 1460,nop,nop,sackOK", "mss 1460,nop,nop,sackOK",
          "mss 1460,sackOK,eol,eol" },
        { HAS_TIMESTAMPS, "mss 1460,nop,nop,TS val 7 ecr 9", "mss 1460,nop,nop,TS val 7 ecr 9",
          "mss 1460,nop,nop,TS val 7 ecr 9" },
        { HAS_WSCALE | HAS_SACK_PERMITTED, "mss 1460,nop,wscale 8,nop,nop,sackOK",
          "mss 1460,nop,nop,sackOK,nop,wscale 8", "mss 1460,nop,wscale 8,sackOK,eol,eol" },
        { HAS_WSCALE | HAS_TIMESTAMPS, "mss 1460,nop,wscale 8,nop,nop,TS val 7 ecr 9",
          "mss 1460,nop,nop,TS val 7 ecr 9,nop,wscale 8",
          "mss 1460,nop,wscale 8,nop,nop,TS val 7 ecr 9" },
        { HAS_SACK_PERMITTED | HAS_TIMESTAMPS, "mss 1460,nop,nop,sackOK,nop,nop,TS val 7 ecr 9",
          "mss 1460,sackOK,TS val 7 ecr 9", "mss 1460,sackOK,TS val 7 ecr 9" },
        { ALL, "mss 1460,nop,wscale 8,nop,nop,sackOK,nop,nop,TS val 7 ecr 9",
          "mss 1460,sackOK,TS val 7 ecr 9,nop,wscale 8",
          "mss 1460,nop,wscale 8,sackOK,TS val 7 ecr 9" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct segment seg = segment(SYN, cases[i].has, 2);
        writes(&seg, ORDER_RFC, cases[i].rfc);
        writes(&seg, ORDER_LINUX, cases[i].gnu_linux);
        writes(&seg, ORDER_BSD, cases[i].bsd);
    }
}
END_TEST

/* Without a SYN there are timestamps and SACK blocks, and all write them alike. Four blocks fit
 * only where there are no timestamps. */
START_TEST(without_a_syn)
{
    static const struct {
        unsigned has, sack_count;
        const char *written;
    } cases[] = {
        { 0, 0, "" },
        { ALL, 0, "nop,nop,TS val 7 ecr 9" },
        { 0, 1, "nop,nop,sack 1:2" },
        { 0, 4, "nop,nop,sack 1:2 3:4 5:6 7:8" },
        { ALL, 3, "nop,nop,TS val 7 ecr 9,nop,nop,sack 1:2 3:4 5:6" },
        { ALL, 4, "nop,nop,TS val 7 ecr 9,nop,nop,sack 1:2 3:4 5:6" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct segment seg = segment(ACK, cases[i].has, cases[i].sack_count);
        writes(&seg, ORDER_RFC, cases[i].written);
        writes(&seg, ORDER_LINUX, cases[i].written);
        writes(&seg, ORDER_BSD, cases[i].written);
    }
}
END_TEST

/* Without an MSS the rest still lies where it should. */
START_TEST(without_mss)
{
    struct segment seg = segment(SYN, ALL, 0);
    seg.mss = 0;
    writes(&seg, ORDER_LINUX, "sackOK,TS val 7 ecr 9,nop,wscale 8");
    writes(&seg, ORDER_BSD, "nop,wscale 8,sackOK,TS val 7 ecr 9");
    seg.has = HAS_SACK_PERMITTED;
    writes(&seg, ORDER_RFC, "nop,nop,sackOK");
    writes(&seg, ORDER_BSD, "sackOK,eol,eol");
}
END_TEST

/* The octets themselves, once for each option (MUST-68). */
START_TEST(octets_of_options)
{
    static const uint8_t of_syn[] = { 2, 4,  0x05, 0xb4, 1, 3, 3, 8, 4, 2,
                                      8, 10, 0,    0,    0, 7, 0, 0, 0, 9 };
    static const uint8_t of_ack[] = { 1, 1, 5,    18,   0,    0,    0,    1,    0,    0,
                                      0, 2, 0x12, 0x34, 0x56, 0x78, 0xff, 0xff, 0xff, 0xff };
    uint8_t octets[OPTIONS_MAX];
    struct segment seg = segment(SYN, ALL, 0);
    ck_assert_uint_eq(options_write(&seg, ORDER_BSD, octets), sizeof of_syn);
    ck_assert_mem_eq(octets, of_syn, sizeof of_syn);
    seg = segment(ACK, 0, 2);
    seg.sack[1] = (struct sack_block){ seq_of(0x12345678), seq_of(0xffffffff) };
    ck_assert_uint_eq(options_write(&seg, ORDER_RFC, octets), sizeof of_ack);
    ck_assert_mem_eq(octets, of_ack, sizeof of_ack);
}
END_TEST

/* ---- reading */

#define READS(octets, seg) options_read((octets), sizeof(octets), (seg))

/* MSS, window scale and SACK-permitted say something on a SYN only, blocks on all else
 * (MUST-64). */
START_TEST(what_counts_where)
{
    static const uint8_t octets[] = { 2, 4, 2, 24, 3, 3,  7, 4, 2, 5, 10, 0, 0, 0, 1,
                                      0, 0, 0, 2,  8, 10, 0, 0, 0, 3, 0,  0, 0, 4 };
    struct segment seg = segment(SYN | ACK, 0, 4);
    ck_assert(READS(octets, &seg));
    ck_assert_uint_eq(seg.mss, 536);
    ck_assert_uint_eq(seg.has, ALL);
    ck_assert_uint_eq(seg.wscale, 7);
    ck_assert_uint_eq(seg.sack_count, 0);
    ck_assert_uint_eq(seg.ts_val, 3);
    ck_assert_uint_eq(seg.ts_ecr, 4);
    seg.flags = ACK;
    ck_assert(READS(octets, &seg));
    ck_assert_uint_eq(seg.mss, 0);
    ck_assert_uint_eq(seg.has, HAS_TIMESTAMPS);
    ck_assert_uint_eq(seg.wscale, 0);
    ck_assert_uint_eq(seg.sack_count, 1);
    ck_assert_uint_eq(seg.sack[0].start.n, 1);
    ck_assert_uint_eq(seg.sack[0].end.n, 2);
}
END_TEST

/* A shift above 14 is taken as 14 (RFC 7323, 2.3); the text shows what stands there. */
START_TEST(shift_is_bounded)
{
    for (unsigned shift = 0; shift <= UINT8_MAX; shift++) {
        uint8_t octets[] = { 3, 3, (uint8_t)shift };
        char text[OPTIONS_TEXT_MAX], expected[16];
        struct segment seg = { .flags = SYN };
        ck_assert(READS(octets, &seg));
        ck_assert_uint_eq(seg.wscale, shift > 14 ? 14 : shift);
        options_text(octets, sizeof octets, text, sizeof text);
        snprintf(expected, sizeof expected, "wscale %u", shift);
        ck_assert_str_eq(text, expected);
    }
}
END_TEST

/* Options of no known kind are skipped by their length (MUST-6), and so are known kinds of a length
 * that is not theirs. Each kind is tried with each length it can have here, before an MSS
 * (MUST-64). */
START_TEST(unknown_is_skipped)
{
    for (unsigned kind = 2; kind <= UINT8_MAX; kind++) {
        for (uint8_t len = 2; len <= OPTIONS_MAX - 4; len++) {
            uint8_t octets[OPTIONS_MAX] = { (uint8_t)kind, len };
            struct segment seg = { .flags = SYN };
            bool takes =
                (kind == 3 && len == 3) || (kind == 4 && len == 2) || (kind == 8 && len == 10);
            memcpy(octets + len, (const uint8_t[]){ 2, 4, 5, 180 }, 4);
            ck_assert(options_read(octets, len + 4u, &seg));
            ck_assert_uint_eq(seg.mss, 1460);
            ck_assert_msg((seg.has != 0) == takes, "kind %u, length %u", kind, len);
        }
    }
}
END_TEST

/* Blocks are of 8 octets each, and at least one. */
START_TEST(blocks_of_whole_length)
{
    for (uint8_t len = 2; len <= OPTIONS_MAX; len++) {
        uint8_t octets[OPTIONS_MAX] = { 5, len };
        struct segment seg = { .flags = ACK };
        ck_assert(options_read(octets, len, &seg));
        ck_assert_uint_eq(seg.sack_count, len % 8 == 2 ? len / 8u : 0);
    }
}
END_TEST

/* An EOL ends the options; of two alike the later counts, and nothing is left of the other
 * (MUST-4). */
START_TEST(end_and_order)
{
    static const uint8_t ended[] = { 1, 2, 4, 0, 1, 0, 2, 4, 0, 2 };
    static const uint8_t twice[] = { 2, 4, 0, 1, 1, 2, 4, 0, 2 };
    static const uint8_t blocks[] = { 5, 18, 0, 0, 0, 1,  0, 0, 0, 2, 0, 0, 0, 3,
                                      0, 0,  0, 4, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6 };
    struct segment seg = { .flags = SYN };
    ck_assert(READS(ended, &seg));
    ck_assert_uint_eq(seg.mss, 1);
    ck_assert(READS(twice, &seg));
    ck_assert_uint_eq(seg.mss, 2);
    seg.flags = ACK;
    ck_assert(READS(blocks, &seg));
    ck_assert_uint_eq(seg.sack_count, 1);
    ck_assert_uint_eq(seg.sack[0].start.n, 5);
    ck_assert_uint_eq(seg.sack[1].start.n, 0);
}
END_TEST

/* Reads octets that end where their memory ends, and sees whether the text says the same. */
static bool reads_to_the_end(const uint8_t *octets, size_t len, struct segment *seg)
{
    char text[OPTIONS_TEXT_MAX];
    uint8_t *exact = malloc(len);
    memcpy(exact, octets, len);
    bool sound = options_read(exact, len, seg);
    options_text(exact, len, text, sizeof text);
    ck_assert((strstr(text, "malformed") == NULL) == sound);
    free(exact);
    return sound;
}

/* A length of 0 or 1, or beyond the end, leads nowhere (MUST-7), be the kind known or not; what
 * stood before it is read. */
START_TEST(lengths_that_lead_nowhere)
{
    static const uint8_t kinds[] = { 2, 3, 4, 5, 8, 254 };
    for (unsigned i = 0; i < sizeof kinds * 256 * 12; i++) {
        uint8_t kind = kinds[i % sizeof kinds], len = (uint8_t)(i / sizeof kinds);
        uint8_t octets[16] = { 2, 4, 5, 180, kind, len, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
        size_t left = 1 + i / (sizeof kinds * 256); /* with the kind */
        struct segment seg = { .flags = SYN };
        bool leads = left >= 2 && len >= 2 && len <= left;
        ck_assert_msg(reads_to_the_end(octets, 4 + left, &seg) == leads,
                      "kind %u, length %u of %zu", kind, len, left);
        ck_assert_uint_ne(seg.mss, 0);
    }
}
END_TEST

/* What is written is read as it was, by every order and with every set. */
START_TEST(written_and_read)
{
    static const enum option_order orders[] = { ORDER_RFC, ORDER_LINUX, ORDER_BSD };
    for (unsigned i = 0; i < 3 * 2 * 8 * 5; i++) {
        enum option_order order = orders[i % 3];
        unsigned flags = i / 3 % 2 ? SYN : ACK, has = i / 6 % 8, count = i / 48;
        uint8_t octets[OPTIONS_MAX];
        struct segment seg = segment(flags, has, count), read = { .flags = (uint8_t)flags };
        size_t len = options_write(&seg, order, octets);
        ck_assert(options_read(octets, len, &read));
        ck_assert_uint_eq(read.mss, flags == SYN ? 1460 : 0);
        ck_assert_uint_eq(read.has, flags == SYN ? has : has & HAS_TIMESTAMPS);
        unsigned fit = has & HAS_TIMESTAMPS && count > 3 ? 3 : count;
        ck_assert_uint_eq(read.sack_count, flags == SYN ? 0 : fit);
        for (unsigned k = 0; k < read.sack_count; k++) {
            ck_assert_uint_eq(read.sack[k].start.n, seg.sack[k].start.n);
            ck_assert_uint_eq(read.sack[k].end.n, seg.sack[k].end.n);
        }
    }
}
END_TEST

/* ---- text */

static void tells(const uint8_t *octets, size_t len, const char *expected)
{
    char text[OPTIONS_TEXT_MAX];
    ck_assert_uint_eq(options_text(octets, len, text, sizeof text), strlen(expected));
    ck_assert_str_eq(text, expected);
}

#define TELLS(expected, ...)                                                                       \
    tells((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), expected)

/* Each octet can be told from the text. */
START_TEST(told_as_text)
{
    tells(NULL, 0, "");
    TELLS("mss 65535,nop,sackOK", 2, 4, 255, 255, 1, 4, 2);
    TELLS("kind 34,kind 254 0xcafe00", 34, 2, 254, 5, 0xca, 0xfe, 0);
    TELLS("kind 2 0x01,kind 5", 2, 3, 1, 5, 2);
    TELLS("nop,eol,eol,eol", 1, 0, 0, 0);
    TELLS("eol,eol,padding 0x010002", 0, 0, 1, 0, 2);
    TELLS("nop,malformed", 1, 2, 0, 1);
    TELLS("TS val 4294967295 ecr 1", 8, 10, 255, 255, 255, 255, 0, 0, 0, 1);
}
END_TEST

/* 40 octets never fill OPTIONS_TEXT_MAX; where there is less room the text is cut, not overrun. */
START_TEST(text_has_room)
{
    uint64_t random = 7;
    uint8_t octets[OPTIONS_MAX];
    char text[2 * OPTIONS_TEXT_MAX];
    for (size_t i = 0; i < OPTIONS_MAX; i++)
        octets[i] = i % 3 == 1 ? 3 : 254; /* one value each: the longest words by the octet */
    octets[OPTIONS_MAX - 1] = 254;
    ck_assert_uint_lt(options_text(octets, OPTIONS_MAX, text, sizeof text), OPTIONS_TEXT_MAX);
    ck_assert_uint_gt(strlen(text), OPTIONS_TEXT_MAX * 4 / 5);
    for (size_t room = 1; room < 20; room++) {
        char *cut = malloc(room);
        ck_assert_uint_eq(options_text(octets, OPTIONS_MAX, cut, room), room - 1);
        ck_assert_uint_eq(strlen(cut), room - 1);
        free(cut);
    }
    for (unsigned i = 0; i < 20000; i++) {
        for (size_t k = 0; k < OPTIONS_MAX; k++)
            octets[k] = (uint8_t)((random_next(&random) >> 20) % (i % 250 + 4));
        ck_assert_uint_lt(options_text(octets, OPTIONS_MAX, text, sizeof text), OPTIONS_TEXT_MAX);
    }
}
END_TEST

Suite *options_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *writing = tcase_create("writing");
    tcase_add_test(writing, orders_of_a_syn);
    tcase_add_test(writing, without_a_syn);
    tcase_add_test(writing, without_mss);
    tcase_add_test(writing, octets_of_options);
    suite_add_tcase(suite, writing);
    TCase *reading = tcase_create("reading");
    tcase_add_test(reading, what_counts_where);
    tcase_add_test(reading, shift_is_bounded);
    tcase_add_test(reading, unknown_is_skipped);
    tcase_add_test(reading, blocks_of_whole_length);
    tcase_add_test(reading, end_and_order);
    tcase_add_test(reading, lengths_that_lead_nowhere);
    tcase_add_test(reading, written_and_read);
    suite_add_tcase(suite, reading);
    TCase *text = tcase_create("text");
    tcase_add_test(text, told_as_text);
    tcase_add_test(text, text_has_room);
    suite_add_tcase(suite, text);
    return suite;
}
