/*
 * What `tcpstep udp` is made of: a wire of chance, numbered pieces and their tally, a relay, and
 * one exchange over TCP and UDP with what is counted of it.
 */
#include "tests/suites.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/udp.h"
#include "net/udp_compare.h"
#include "net/udp_piece.h"
#include "net/udp_relay.h"
#include "tests/play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MANY = 20000
};

static void put(struct udp_wire *wire, uint64_t now, const char *text)
{
    udp_wire_put(wire, now, UDP_THERE, 7, (const uint8_t *)text, (uint32_t)strlen(text));
}

/* What arrives by then, in its order, joined by blanks; returns text. */
static char *arrives(struct udp_wire *wire, uint64_t now, char *text, size_t len)
{
    struct udp_kept *kept;
    size_t used = 0;
    text[0] = '\0';
    while ((kept = udp_wire_take(wire, now))) {
        ck_assert_uint_eq(kept->owner, 7);
        used += (size_t)snprintf(text + used, len - used, "%s%.*s", used ? " " : "", (int)kept->len,
                                 (const char *)kept->octets);
        free(kept);
    }
    return text;
}

/* Without chances what goes in comes out, once, in order, and not before its delay is over. */
START_TEST(plain_wire)
{
    struct udp_wire wire;
    const struct udp_chances none = { .delay_usec = 500 };
    char text[64];
    udp_wire_init(&wire, &none);
    ck_assert(udp_wire_due(&wire) == UINT64_MAX);
    put(&wire, 1000, "a");
    put(&wire, 1100, "b");
    put(&wire, 1100, "");
    put(&wire, 1100, "c");
    ck_assert_uint_eq(udp_wire_due(&wire), 1500);
    ck_assert_str_eq(arrives(&wire, 1499, text, sizeof text), "");
    ck_assert_str_eq(arrives(&wire, 1500, text, sizeof text), "a");
    ck_assert_str_eq(arrives(&wire, 1600, text, sizeof text), "b  c");
    ck_assert_uint_eq(wire.count[UDP_THERE].came, 4);
    ck_assert_uint_eq(wire.count[UDP_THERE].octets, 3);
    ck_assert_uint_eq(wire.kept, 0);
    udp_wire_free(&wire);
}
END_TEST

/* What is to be overtaken goes behind the next one that is not; where none comes it waits no longer
 * than so long, and was not overtaken. */
START_TEST(goes_behind)
{
    struct udp_wire wire;
    const struct udp_chances all = { .reorder = UDP_CERTAIN };
    char text[64];
    udp_wire_init(&wire, &all);
    put(&wire, 0, "a");
    put(&wire, 0, "b");
    wire.chances.reorder = 0;
    ck_assert_str_eq(arrives(&wire, 10, text, sizeof text), "");
    put(&wire, 10, "c");
    put(&wire, 10, "d");
    ck_assert_str_eq(arrives(&wire, 10, text, sizeof text), "c a b d");
    ck_assert_uint_eq(wire.count[UDP_THERE].overtaken, 2);
    wire.chances.reorder = UDP_CERTAIN;
    put(&wire, 20, "e");
    ck_assert_str_eq(arrives(&wire, 20 + UDP_HELD_USEC - 1, text, sizeof text), "");
    ck_assert_str_eq(arrives(&wire, 20 + UDP_HELD_USEC, text, sizeof text), "e");
    ck_assert_uint_eq(wire.count[UDP_THERE].overtaken, 2);
    udp_wire_free(&wire);
}
END_TEST

/* All are lost, or come twice; and what there is no room for is counted. */
START_TEST(lost_twice_full)
{
    struct udp_wire wire;
    const struct udp_chances lossy = { .loss = UDP_CERTAIN, .duplicate = UDP_CERTAIN };
    static uint8_t large[65507];
    char text[64];
    udp_wire_init(&wire, &lossy);
    put(&wire, 0, "a");
    ck_assert_str_eq(arrives(&wire, 0, text, sizeof text), "");
    wire.chances.loss = 0;
    put(&wire, 0, "b");
    ck_assert_str_eq(arrives(&wire, 0, text, sizeof text), "b b");
    ck_assert_uint_eq(wire.count[UDP_THERE].lost, 1);
    ck_assert_uint_eq(wire.count[UDP_THERE].copied, 1);
    for (int i = 0; i < 100; i++)
        udp_wire_put(&wire, 0, UDP_BACK, 1, large, sizeof large);
    ck_assert_uint_le(wire.kept, UDP_KEPT_MAX);
    ck_assert_uint_gt(wire.count[UDP_BACK].no_room, 100);
    ck_assert_uint_eq(wire.count[UDP_THERE].no_room, 0);
    udp_wire_free(&wire);
}
END_TEST

/* A fate depends on seed, way and number alone, and comes about as often as its chance says. */
START_TEST(dice)
{
    const struct udp_chances chances = { .loss = UDP_CERTAIN / 20,
                                         .reorder = UDP_CERTAIN / 10,
                                         .duplicate = UDP_CERTAIN / 100,
                                         .seed = 42 };
    struct udp_chances other = chances;
    unsigned lost = 0, overtaken = 0, twice = 0, ways_differ = 0, seeds_differ = 0;
    other.seed = 43;
    for (uint64_t n = 1; n <= MANY; n++) {
        unsigned fate = udp_fate(&chances, UDP_THERE, n);
        ck_assert_uint_eq(fate, udp_fate(&chances, UDP_THERE, n));
        ck_assert(!(fate & UDP_LOST) || fate == UDP_LOST);
        lost += (fate & UDP_LOST) != 0;
        overtaken += (fate & UDP_OVERTAKEN) != 0;
        twice += (fate & UDP_TWICE) != 0;
        ways_differ += fate != udp_fate(&chances, UDP_BACK, n);
        seeds_differ += fate != udp_fate(&other, UDP_THERE, n);
    }
    ck_assert(lost > MANY / 25 && lost < MANY / 16);
    ck_assert(overtaken > MANY / 13 && overtaken < MANY / 8);
    ck_assert(twice > MANY / 140 && twice < MANY / 70);
    ck_assert_uint_gt(ways_differ, MANY / 10);
    ck_assert_uint_gt(seeds_differ, MANY / 10);
}
END_TEST

/* Piece `number` of 20, as a datagram; its length. */
static uint32_t datagram(uint32_t number, char *into)
{
    struct udp_piece piece = {
        .number = number, .of = 20, .at = number - 1, .size = 20, .digest = 0xabc
    };
    uint32_t len = udp_piece_line(&piece, into);
    into[len] = (char)('a' + number - 1);
    return len + 1;
}

/* Written and read again; what is no piece, or says of itself what can't be, is refused. */
START_TEST(pieces_are_read)
{
    char text[UDP_LINE_MAX + 1];
    struct udp_piece piece;
    uint32_t len = datagram(3, text);
    ck_assert_int_eq(strncmp(text, "piece 3 of 20 at 2 of 20 digest 0000000000000abc\nc", len), 0);
    ck_assert(udp_piece_read((uint8_t *)text, len, &piece));
    ck_assert(piece.number == 3 && piece.of == 20 && piece.at == 2 && piece.size == 20);
    ck_assert(piece.digest == 0xabc && piece.len == 1 && piece.octets[0] == 'c');
    for (uint32_t cut = 0; cut < len - 1; cut++)
        ck_assert(!udp_piece_read((uint8_t *)text, cut, &piece));
    static const char *const wrong[] = {
        "piece 0 of 20 at 2 of 20 digest 0000000000000abc\nc",
        "piece 21 of 20 at 2 of 20 digest 0000000000000abc\nc",
        "piece 3 of 20 at 20 of 20 digest 0000000000000abc\nc",
        "piece 3 of 20 at 21 of 20 digest 0000000000000abc\n",
        "piece 3 of 20 at -2 of 20 digest 0000000000000abc\nc",
        "piece 3 of 20 at  of 20 digest 0000000000000abc\nc",
        "piece 3 of 99999999 at 2 of 20 digest 0000000000000abc\nc",
        "piece 4294967299 of 20 at 2 of 20 digest 0000000000000abc\nc",
        "piece 3 of 20 at 2 of 99999999999999999999 digest 0000000000000abc\nc",
        "piece 3 of 20 at 2 of 20 digest 1230000000000000abc\nc",
        "piece 3 of 20 at 2 of 1310141 digest 0000000000000abc\nc", /* more than 20 can carry */
        "hello",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(
            !udp_piece_read((const uint8_t *)wrong[i], (uint32_t)strlen(wrong[i]), &piece), "%s",
            wrong[i]);
}
END_TEST

static enum udp_verdict take(struct udp_tally *tally, uint32_t number)
{
    char text[UDP_LINE_MAX + 1];
    struct udp_piece piece;
    return udp_tally_take(tally, (uint8_t *)text, datagram(number, text), &piece);
}

/* The tally knows what came, again, late, and what is missing. */
START_TEST(tally_counts)
{
    struct udp_tally tally = { .of = 0 };
    struct udp_piece piece;
    char text[40];
    static const char other[] = "piece 1 of 20 at 0 of 20 digest 0000000000000abd\nz";
    ck_assert_int_eq(udp_tally_take(&tally, (const uint8_t *)"x", 1, &piece), UDP_STRANGE);
    ck_assert(!udp_tally_is_whole(&tally));
    ck_assert_int_eq(take(&tally, 1), UDP_NEW);
    ck_assert_int_eq(take(&tally, 3), UDP_NEW);
    ck_assert_int_eq(take(&tally, 2), UDP_NEW);
    ck_assert_int_eq(take(&tally, 3), UDP_AGAIN);
    ck_assert_int_eq(udp_tally_take(&tally, (const uint8_t *)other, sizeof other - 1, &piece),
                     UDP_STRANGE);
    ck_assert_int_eq(take(&tally, 8), UDP_NEW);
    ck_assert_str_eq(udp_tally_missing(&tally, text, sizeof text), "4-7, 9-20");
    ck_assert_str_eq(udp_tally_missing(&tally, text, 10), "4-7 ...");
    for (uint32_t i = 4; i <= 20; i++)
        take(&tally, i);
    ck_assert(udp_tally_is_whole(&tally));
    ck_assert_str_eq(udp_tally_missing(&tally, text, sizeof text), "");
    ck_assert_uint_eq(tally.came, 20);
    ck_assert_uint_eq(tally.again, 2);
    ck_assert_uint_eq(tally.late, 5); /* 2, and 4 to 7 */
    ck_assert_uint_eq(tally.strange, 2);
    udp_tally_free(&tally);
}
END_TEST

/* Two clients of a relay, each with an answer of his own; what is not there is refused. */
START_TEST(relay_has_two_ways)
{
    struct loop loop;
    struct net_error error;
    uint8_t read[UDP_ROOM];
    const struct endpoint any = { ip4(127, 0, 0, 1), 0 };
    ck_assert(loop_open(&loop));
    int server = udp_bound(NULL, &any, &error), clients[2];
    struct udp_relay_setup setup = { .at = any, .to = address_local(server) };
    struct udp_relay *relay = udp_relay_open(&setup, &loop, &error);
    ck_assert_ptr_nonnull(relay);
    struct endpoint at = udp_relay_end(relay);
    for (int i = 0; i < 2; i++) {
        clients[i] = udp_connected(NULL, &at, &error);
        ck_assert_int_eq(udp_send(NULL, clients[i], NULL, (const uint8_t *)&"ab"[i], 1), 0);
        ck_assert(loop_once(&loop, 1000));
        udp_relay_tick(relay);
        struct udp_got got = udp_recv(NULL, server, read, UDP_ROOM);
        ck_assert(got.err == 0 && got.len == 1 && read[0] == "ab"[i]);
        ck_assert_int_eq(udp_send(NULL, server, &got.from, (const uint8_t *)&"AB"[i], 1), 0);
        ck_assert(loop_once(&loop, 1000));
        ck_assert_int_eq(udp_relay_tick(relay), -1);
    }
    for (int i = 0; i < 2; i++) {
        struct udp_got got = udp_recv(NULL, clients[i], read, UDP_ROOM);
        ck_assert(got.err == 0 && got.len == 1 && read[0] == "AB"[i]);
        ck_assert_int_eq(udp_recv(NULL, clients[i], read, UDP_ROOM).err, EAGAIN);
    }
    told_end(NULL, server);
    ck_assert_int_eq(udp_send(NULL, clients[0], NULL, read, 1), 0);
    ck_assert(loop_once(&loop, 1000));
    udp_relay_tick(relay);
    ck_assert(loop_once(&loop, 1000));
    ck_assert_uint_eq(udp_relay_count(relay)->refused, 1);
    ck_assert_uint_eq(udp_relay_count(relay)->out[UDP_THERE], 3);
    ck_assert_uint_eq(udp_relay_count(relay)->out[UDP_BACK], 2);
    udp_relay_close(relay);
    told_end(NULL, clients[0]);
    told_end(NULL, clients[1]);
    loop_close(&loop);
}
END_TEST

/* More clients than are remembered: the one silent for longest is forgotten, the last one served.
 */
START_TEST(relay_forgets)
{
    struct loop loop;
    struct net_error error;
    uint8_t read[UDP_ROOM];
    const struct endpoint any = { ip4(127, 0, 0, 1), 0 };
    ck_assert(loop_open(&loop));
    int server = udp_bound(NULL, &any, &error);
    struct udp_relay_setup setup = { .at = any, .to = address_local(server) };
    struct udp_relay *relay = udp_relay_open(&setup, &loop, &error);
    struct endpoint at = udp_relay_end(relay);
    for (unsigned i = 0; i < UDP_RELAY_CLIENTS + 3; i++) {
        int client = udp_connected(NULL, &at, &error);
        ck_assert_int_eq(udp_send(NULL, client, NULL, (const uint8_t *)"x", 1), 0);
        ck_assert(loop_once(&loop, 1000));
        udp_relay_tick(relay);
        ck_assert_int_eq(udp_recv(NULL, server, read, UDP_ROOM).err, 0);
        told_end(NULL, client);
    }
    ck_assert_uint_le(udp_relay_count(relay)->forgotten, 3); /* a port may come again */
    ck_assert_uint_gt(udp_relay_count(relay)->forgotten, 0);
    udp_relay_close(relay);
    told_end(NULL, server);
    loop_close(&loop);
}
END_TEST

/* ---- the same exchange over both */

static bool wait_on(void *of, int msec)
{
    return loop_once(of, msec);
}

static bool never(void *of, int msec)
{
    (void)of;
    (void)msec;
    return false;
}

static struct udp_compare_setup setup_with(struct loop *loop, uint32_t loss)
{
    ck_assert(loop_open(loop));
    return (struct udp_compare_setup){ .messages = 10,
                                       .size = 30000,
                                       .piece_len = 1200,
                                       .chances = { .loss = loss, .seed = 5, .delay_usec = 1000 },
                                       .wait_msec = 100,
                                       .loop = loop,
                                       .wait = wait_on,
                                       .of = loop };
}

/* UDP keeps the boundaries of what was written; without loss all of it is there. */
START_TEST(udp_without_loss)
{
    struct loop loop;
    struct udp_compare_setup setup = setup_with(&loop, 0);
    struct udp_compare_side side;
    struct net_error error;
    ck_assert(udp_compare_over_udp(&setup, &side, &error));
    ck_assert(side.same);
    ck_assert_uint_eq(side.written, 10 + 25);
    ck_assert_uint_eq(side.reads, side.written);
    ck_assert_uint_eq(side.whole_reads, side.written);
    ck_assert_uint_eq(side.read_octets, side.written_octets);
    ck_assert_uint_eq(side.packets, side.written);
    ck_assert_uint_eq(side.wire_octets, side.written_octets + 28 * side.written);
    ck_assert(side.missing == 0 && side.lost == 0 && side.resent == 0);
    ck_assert_uint_ge(side.calls, 2 * side.written + 6);
    loop_close(&loop);
}
END_TEST

/* What the wire loses is missing, and nothing else; copies and stragglers come as they come. */
START_TEST(udp_with_loss)
{
    struct loop loop;
    struct udp_compare_setup setup = setup_with(&loop, UDP_CERTAIN / 5);
    struct udp_compare_side side;
    struct net_error error;
    setup.chances.duplicate = setup.chances.reorder = UDP_CERTAIN / 5;
    ck_assert(udp_compare_over_udp(&setup, &side, &error));
    ck_assert(!side.same);
    ck_assert_uint_gt(side.lost, 0);
    ck_assert_uint_eq(side.missing, side.lost);
    ck_assert_uint_eq(side.reads, side.written - side.lost + side.copied);
    ck_assert_uint_eq(side.again, side.copied);
    ck_assert_uint_gt(side.late, 0);
    loop_close(&loop);
}
END_TEST

static void tcp_arrives(struct udp_compare_setup *setup)
{
    struct udp_compare_side side;
    struct net_error error;
    ck_assert_msg(udp_compare_over_tcp(setup, &side, &error), "%s: %s", error.operation,
                  strerror(error.err));
    ck_assert(side.same && side.missing == 0);
    ck_assert_uint_eq(side.written, 35);
    ck_assert_uint_eq(side.read_octets, side.written_octets);
    ck_assert_uint_gt(side.wire_octets, side.written_octets + 40 * side.packets - 1);
    ck_assert_uint_gt(side.reads, 0);
    ck_assert_uint_lt(side.whole_reads, side.written); /* it keeps no boundaries */
    if (setup->chances.loss == 0)
        ck_assert(side.lost == 0);
    else
        ck_assert(side.lost > 0 && side.resent > 0);
}

/* TCP of the model brings all of it in its order, lossy wire or not. */
START_TEST(tcp_of_the_model)
{
    struct loop loop;
    struct udp_compare_setup setup = setup_with(&loop, 0);
    setup.model = true;
    tcp_arrives(&setup);
    for (setup.chances.seed = 1; setup.chances.seed <= 10; setup.chances.seed++) {
        setup.chances.loss = UDP_CERTAIN / 5;
        setup.chances.duplicate = setup.chances.reorder = UDP_CERTAIN / 10;
        tcp_arrives(&setup);
    }
    loop_close(&loop);
}
END_TEST

/* So does the kernel's, where namespaces are allowed. */
START_TEST(tcp_of_the_kernel)
{
    struct loop loop;
    struct udp_compare_setup setup = setup_with(&loop, 0);
    if (play_wire_allowed()) {
        tcp_arrives(&setup);
        setup.chances.loss = UDP_CERTAIN / 12;
        tcp_arrives(&setup);
    }
    loop_close(&loop);
}
END_TEST

/* Whoever waits on the loop can end it. */
START_TEST(compare_is_cancelled)
{
    struct loop loop;
    struct udp_compare_setup setup = setup_with(&loop, 0);
    struct udp_compare_side side;
    struct net_error error;
    setup.model = true;
    setup.wait = never;
    ck_assert(!udp_compare_over_udp(&setup, &side, &error));
    ck_assert_int_eq(error.err, ECANCELED);
    ck_assert(!udp_compare_over_tcp(&setup, &side, &error));
    ck_assert_int_eq(error.err, ECANCELED);
    loop_close(&loop);
}
END_TEST

Suite *udp_wire_suite(void)
{
    Suite *suite = suite_create("udp_wire");
    TCase *tcase = tcase_create("wire");
    tcase_add_test(tcase, plain_wire);
    tcase_add_test(tcase, goes_behind);
    tcase_add_test(tcase, lost_twice_full);
    tcase_add_test(tcase, dice);
    tcase_add_test(tcase, pieces_are_read);
    tcase_add_test(tcase, tally_counts);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("relay");
    tcase_set_timeout(tcase, 20);
    tcase_add_test(tcase, relay_has_two_ways);
    tcase_add_test(tcase, relay_forgets);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("compare");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, udp_without_loss);
    tcase_add_test(tcase, udp_with_loss);
    tcase_add_test(tcase, tcp_of_the_model);
    tcase_add_test(tcase, tcp_of_the_kernel);
    tcase_add_test(tcase, compare_is_cancelled);
    suite_add_tcase(suite, tcase);
    return suite;
}
