/*
 * The SYN queue of a listening socket, and SYN cookies once it is full: sim/cookie, sim/host.
 */
#include "sim/cookie.h"
#include "tests/siege.h"
#include "tests/suites.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- cookies by themselves */

static const uint64_t secret[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };

static struct cookie_of somebody(void)
{
    return (struct cookie_of){ { ip4(10, 9, 0, 2), 80 }, { ip4(192, 0, 2, 7), 4321 }, { 999 } };
}

/* What was put into a cookie comes out of it: the MSS, or the nearest below it. */
START_TEST(cookie_holds_mss)
{
    static const uint16_t offered[][2] = { { 1460, 1460 }, { 9000, 1460 }, { 1459, 1440 },
                                           { 1220, 1220 }, { 536, 536 },   { 100, 64 },
                                           { 1, 64 } };
    struct cookie_of of = somebody();
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++) {
        struct seq cookie = cookie_make(secret, &of, offered[i][0], 5000000);
        ck_assert_uint_eq(cookie_mss(secret, &of, cookie, 5000001), offered[i][1]);
    }
}
END_TEST

/* A cookie is good for the period it was made in and the next one, and then no more. */
START_TEST(cookie_ages)
{
    struct cookie_of of = somebody();
    for (uint64_t period = 0; period < 70; period++) {
        uint64_t made = period * COOKIE_PERIOD_USEC + 10;
        struct seq cookie = cookie_make(secret, &of, 1460, made);
        ck_assert_uint_eq(cookie_mss(secret, &of, cookie, made), 1460);
        ck_assert_uint_eq(cookie_mss(secret, &of, cookie, made + COOKIE_PERIOD_USEC), 1460);
        for (uint64_t age = 2; age < 70; age++)
            ck_assert_uint_eq(cookie_mss(secret, &of, cookie, made + age * COOKIE_PERIOD_USEC), 0);
        if (period > 0)
            ck_assert_uint_eq(cookie_mss(secret, &of, cookie, made - COOKIE_PERIOD_USEC), 0);
    }
}
END_TEST

/* It is for one connection under one secret, and no bit of it can be changed. */
START_TEST(cookie_of_another)
{
    struct cookie_of of = somebody(), other = of;
    uint64_t guess[2] = { secret[0], secret[1] ^ 1 };
    struct seq cookie = cookie_make(secret, &of, 1460, 0);
    for (unsigned bit = 0; bit < 32; bit++)
        ck_assert_uint_eq(cookie_mss(secret, &of, seq_of(cookie.n ^ 1u << bit), 0), 0);
    ck_assert_uint_eq(cookie_mss(guess, &of, cookie, 0), 0);
    other.irs.n++;
    ck_assert_uint_eq(cookie_mss(secret, &other, cookie, 0), 0);
    other = of;
    other.remote.port++;
    ck_assert_uint_eq(cookie_mss(secret, &other, cookie, 0), 0);
    other = of;
    other.local.ip.octet[3]++;
    ck_assert_uint_eq(cookie_mss(secret, &other, cookie, 0), 0);
}
END_TEST

/* ---- a listener under siege */

/* As many connections may be half open as wait for accept, one more than the backlog; what comes
 * then is dropped, and leaves nothing behind. */
START_TEST(queue_is_limited)
{
    struct siege *siege = siege_new("rfc", 2);
    siege_flood(siege, 0, 3);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 3);
    struct segment syn = siege_segment(9, SYN);
    siege_arrives(siege, &syn, NULL);
    ck_assert_uint_eq(siege->taken[SYN_QUEUE_IS_FULL], 1);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 3);
    ck_assert_uint_eq(world_find(siege->world, 1, 0), 0);
    siege_end(siege);
}
END_TEST

/* The limit can be a host's own. */
START_TEST(limit_of_host)
{
    struct siege *siege = siege_new("rfc", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 2);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 1);
    ck_assert_uint_eq(siege->taken[SYN_QUEUE_IS_FULL], 1);
    siege_end(siege);
}
END_TEST

/* A half-open connection that opens, is reset or is given up leaves its place to the next. */
START_TEST(places_come_free)
{
    struct siege *siege = siege_new("rfc", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 1);
    struct segment ack = siege_answer(siege, 0);
    siege_arrives(siege, &ack, NULL);
    siege_flood(siege, 1, 1);
    struct segment rst = siege_answer(siege, 1);
    rst.flags = RST;
    siege_arrives(siege, &rst, NULL);
    ck_assert_uint_eq(siege->taken[RST_BACK_TO_LISTEN], 1);
    siege_flood(siege, 2, 1);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 3);
    siege_goes_on(siege, 400000000);
    siege_flood(siege, 3, 1);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 4);
    ck_assert_uint_eq(siege->taken[SYN_QUEUE_IS_FULL], 0);
    siege_end(siege);
}
END_TEST

/* 10,000 SYNs from nowhere fill the queue of a listener without cookies, and nobody else gets in:
 * the client's SYN is dropped as often as it comes. */
START_TEST(flood_without_cookies)
{
    struct siege *siege = siege_new("rfc", 8);
    siege_flood(siege, 0, 10000);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 9);
    ck_assert_uint_eq(siege->taken[SYN_QUEUE_IS_FULL], 9991);
    siege_connect(siege);
    siege_goes_on(siege, 60000000);
    ck_assert_int_eq(siege_figure(siege, 0, CLIENT, "state"), SYN_SENT);
    ck_assert_uint_ge(siege->taken[SYN_QUEUE_IS_FULL], 9991 + 5);
    ck_assert_int_eq(siege_accept(siege).err, EAGAIN);
    siege_end(siege);
}
END_TEST

/* With cookies the same flood is answered, SYN by SYN, and the client gets in at once. */
START_TEST(flood_with_cookies)
{
    struct siege *siege = siege_new("rfc", 8);
    struct call send = { .op = CALL_SEND, .fd = CLIENT, .text_len = 5 };
    struct call recv = { .op = CALL_RECV, .fd = SERVED, .value = 10 };
    send.text = (const uint8_t *)"hello";
    siege_set(siege, "syn_cookies", 1);
    siege_flood(siege, 0, 10000);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_SYN], 9);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_SENT], 9991);
    uint64_t began = world_now(siege->world);
    siege_connect(siege);
    siege_settles(siege);
    ck_assert_uint_eq(world_now(siege->world), began + 3000);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_VALID], 1);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED, "state"), ESTABLISHED);
    ck_assert_int_eq(siege_call(siege, 0, &send).ret, 5);
    siege_settles(siege);
    ck_assert_int_eq(siege_call(siege, 1, &recv).ret, 5);
    siege_call(siege, 1, &(struct call){ .op = CALL_CLOSE, .fd = SERVED });
    siege_call(siege, 0, &(struct call){ .op = CALL_CLOSE, .fd = CLIENT });
    siege_settles(siege);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_ACK], 0);
    siege_end(siege);
}
END_TEST

/* A SYN that gets a cookie leaves nothing behind but the time until which cookies are believed. */
START_TEST(cookie_keeps_nothing)
{
    struct siege *siege = siege_new("linux", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 1);
    siege_goes_on(siege, 500000);
    siege_flood(siege, 1, 1);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_SENT], 1);
    ck_assert(seg_has(&siege->sent, SYN | ACK));
    ck_assert_uint_eq(siege->sent.ack.n, 77777u + 1);
    ck_assert_uint_eq(siege->sent.mss, 1460);
    ck_assert_uint_eq(siege->sent.has, 0);
    unsigned armed = siege->taken[RETRANSMISSION_TIMEOUT];
    siege_goes_on(siege, 10000000); /* what is kept is sent again: the first one's SYN,ACK alone */
    ck_assert_uint_gt(siege->taken[RETRANSMISSION_TIMEOUT], armed);
    ck_assert_uint_eq(siege->sent.dst.ip.octet[3], 0);
    siege_end(siege);
}
END_TEST

/* Options that a cookie has no place for are not agreed on; the MSS is. */
START_TEST(cookie_loses_options)
{
    struct siege *siege = siege_new("linux", 8);
    siege_connect(siege);
    siege_settles(siege);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED);
    ck_assert_int_ne(siege_figure(siege, 1, SERVED, "options"), 0);
    siege_set(siege, "syn_backlog", 1);
    siege_set(siege, "cookie_stamps", 0);
    siege_flood(siege, 0, 1);
    siege_connect(siege);
    siege_settles(siege);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_VALID], 1);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED + 1);
    ck_assert_int_eq(siege_figure(siege, 0, CLIENT + 1, "options"), 0);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED + 1, "options"), 0);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED + 1, "snd_mss"), 1460);
    siege_end(siege);
}
END_TEST

/* The timestamp that goes with a cookie holds the other options, as Linux has it. */
START_TEST(timestamp_keeps_options)
{
    struct siege *siege = siege_new("linux", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 1);
    siege_connect(siege);
    siege_settles(siege);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_VALID], 1);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED);
    int64_t options = siege_figure(siege, 0, CLIENT, "options");
    ck_assert_int_ne(options, 0);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED, "options"), options);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED, "snd_wscale"),
                     siege_figure(siege, 0, CLIENT, "snd_wscale"));
    siege_end(siege);
}
END_TEST

/* What was put into the timestamp comes out of it, and it is never later than the clock. */
START_TEST(stamp_holds_options)
{
    uint8_t wscale;
    for (uint32_t clock = 1000; clock < 1000 + 200; clock++) {
        uint32_t stamp = cookie_stamp(clock, HAS_WSCALE | HAS_SACK_PERMITTED, 14);
        ck_assert(stamp <= clock && clock - stamp < 64);
        ck_assert_uint_eq(cookie_options(stamp, &wscale),
                          HAS_TIMESTAMPS | HAS_WSCALE | HAS_SACK_PERMITTED);
        ck_assert_uint_eq(wscale, 14);
        ck_assert_uint_eq(cookie_options(cookie_stamp(clock, 0, 0), &wscale), HAS_TIMESTAMPS);
    }
}
END_TEST

/* Where the ACK of the cookie is lost, the first text does what it should have done. */
START_TEST(text_opens)
{
    struct siege *siege = siege_new("linux", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 2);
    struct segment text = siege_answer(siege, 1);
    text.text_len = 2;
    siege_arrives(siege, &text, "hi");
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_VALID], 1);
    ck_assert_uint_eq(siege->taken[TEXT_IN_ORDER], 1);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED);
    struct call recv = { .op = CALL_RECV, .fd = SERVED, .value = 10 };
    ck_assert_int_eq(siege_call(siege, 1, &recv).ret, 2);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED, "snd_mss"), 1400);
    siege_end(siege);
}
END_TEST

/* An ACK that holds no cookie of ours gets its RST, as any does in LISTEN. */
START_TEST(guesses_are_answered_with_rst)
{
    struct siege *siege = siege_new("linux", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 2);
    struct segment guess = siege_answer(siege, 1), other = siege_answer(siege, 2);
    guess.ack.n ^= 64;
    siege_arrives(siege, &guess, NULL);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_ACK], 1);
    ck_assert_uint_eq(siege->sent.flags, RST);
    ck_assert_uint_eq(siege->sent.seq.n, guess.ack.n);
    siege_arrives(siege, &other, NULL); /* a cookie of somebody else's */
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_ACK], 2);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_VALID], 0);
    siege_end(siege);
}
END_TEST

/* Once no cookie was sent for two periods none is looked for. */
START_TEST(cookies_run_out)
{
    struct siege *siege = siege_new("linux", 8);
    siege_set(siege, "syn_backlog", 1);
    siege_flood(siege, 0, 2);
    struct segment ack = siege_answer(siege, 1);
    siege_goes_on(siege, 2 * COOKIE_PERIOD_USEC);
    siege_arrives(siege, &ack, NULL);
    ck_assert_uint_eq(siege->taken[LISTEN_GOT_ACK], 1);
    siege_end(siege);
}
END_TEST

/* A full accept queue lets nobody in, with a cookie or without. */
START_TEST(accept_queue_is_full)
{
    struct siege *siege = siege_new("linux", 0);
    siege_flood(siege, 0, 1);
    struct segment kept = siege_answer(siege, 0);
    siege_flood(siege, 1, 1);
    struct segment cookie = siege_answer(siege, 1);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_SENT], 1);
    siege_arrives(siege, &kept, NULL);
    siege_arrives(siege, &cookie, NULL);
    ck_assert_uint_eq(siege->taken[LISTEN_IS_FULL], 1);
    siege_flood(siege, 2, 1);
    ck_assert_uint_eq(siege->taken[LISTEN_IS_FULL], 2);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED);
    siege_arrives(siege, &cookie, NULL);
    ck_assert_uint_eq(siege->taken[SYN_COOKIE_VALID], 1);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED + 1);
    siege_end(siege);
}
END_TEST

Suite *syn_queue_suite(void)
{
    Suite *suite = suite_create("syn_queue");
    TCase *cookie = tcase_create("cookie");
    tcase_add_test(cookie, cookie_holds_mss);
    tcase_add_test(cookie, cookie_ages);
    tcase_add_test(cookie, cookie_of_another);
    suite_add_tcase(suite, cookie);
    TCase *queue = tcase_create("queue");
    tcase_add_test(queue, queue_is_limited);
    tcase_add_test(queue, limit_of_host);
    tcase_add_test(queue, places_come_free);
    tcase_add_test(queue, flood_without_cookies);
    tcase_add_test(queue, flood_with_cookies);
    tcase_add_test(queue, cookie_keeps_nothing);
    tcase_add_test(queue, cookie_loses_options);
    tcase_add_test(queue, timestamp_keeps_options);
    tcase_add_test(queue, stamp_holds_options);
    tcase_add_test(queue, text_opens);
    tcase_add_test(queue, guesses_are_answered_with_rst);
    tcase_add_test(queue, cookies_run_out);
    tcase_add_test(queue, accept_queue_is_full);
    suite_add_tcase(suite, queue);
    return suite;
}
