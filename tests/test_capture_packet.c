/*
 * Packets of captures taken apart: what is a whole segment, what is a part, what lies; and the
 * headers of links before them.
 */
#include "sim/codec.h"
#include "tests/captured.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

static enum packet_kind kind_of(const uint8_t *octets, size_t len, size_t wire_len,
                                struct packet_view *view)
{
    uint8_t *copy = malloc(len + 1); /* so that a read beyond it is seen */
    memcpy(copy, octets, len);
    enum packet_kind kind = packet_read(copy, len, wire_len, view);
    free(copy);
    return kind;
}

/* Lengths that lie, parts, tunnels, and what the capture has cut. */
START_TEST(odd_packets)
{
    static const struct step step = { A, PSH | ACK, 1, 1, 20, 0, 0 };
    uint8_t octets[PACKET_ROOM], odd[PACKET_ROOM];
    struct packet_view view;
    size_t len = step_octets(&step, octets);
    static const struct {
        size_t at;
        uint8_t value;
        enum packet_kind kind;
    } changes[] = {
        { 2, 0xff, PACKET_LYING },  { 3, 10, PACKET_LYING },    { 0, 0x44, PACKET_LYING },
        { 32, 0x40, PACKET_LYING }, { 32, 0xf0, PACKET_LYING }, { 6, 0x20, PACKET_FRAGMENT },
        { 7, 1, PACKET_FRAGMENT },  { 9, 17, PACKET_NOT_TCP },  { 9, 47, PACKET_TUNNEL },
        { 9, 4, PACKET_TUNNEL },    { 3, 59, PACKET_SEGMENT },
    };
    ck_assert_int_eq(kind_of(octets, len, len, &view), PACKET_SEGMENT);
    ck_assert(!view.seg.corrupted && !view.is_cut);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(odd, octets, len);
        odd[changes[i].at] = changes[i].value;
        ck_assert_msg(kind_of(odd, len, len, &view) == changes[i].kind, "octet %zu = %u",
                      changes[i].at, changes[i].value);
    }
    for (size_t cut = 0; cut < len; cut++) {
        enum packet_kind kind = kind_of(octets, cut, len, &view);
        ck_assert_int_eq(kind, cut < 40 ? PACKET_CUT : PACKET_SEGMENT);
        if (kind == PACKET_SEGMENT) {
            ck_assert(view.is_cut && !view.seg.corrupted);
            ck_assert_uint_eq(view.seg.text_len, 20);
        }
    }
}
END_TEST

/* IPv6: a fragment header says a part, or with neither offset nor M a whole packet (RFC 6946). */
START_TEST(fragment_headers)
{
    static const struct {
        uint8_t octets[8]; /* next header, reserved, offset and M, identification */
        enum packet_kind kind;
    } headers[] = {
        { { 6, 0, 0, 0, 0, 0, 0, 7 }, PACKET_SEGMENT },
        { { 6, 9, 0, 6, 0, 0, 0, 7 }, PACKET_SEGMENT }, /* reserved: not looked at */
        { { 6, 0, 0, 1, 0, 0, 0, 7 }, PACKET_FRAGMENT },
        { { 6, 0, 0, 8, 0, 0, 0, 7 }, PACKET_FRAGMENT },
    };
    const struct ip six = { .family = 6, .octet = { [15] = 1 } };
    const struct segment syn = { .src = { six, 1 }, .dst = { six, 2 }, .flags = SYN };
    uint8_t octets[PACKET_ROOM];
    struct packet_view view;
    size_t len = segment_encode(&syn, ORDER_RFC, NULL, octets, sizeof octets);
    memmove(octets + 48, octets + 40, len - 40);
    octets[5] = (uint8_t)(octets[5] + 8);
    octets[6] = 44;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        memcpy(octets + 40, headers[i].octets, 8);
        ck_assert_int_eq(kind_of(octets, len + 8, len + 8, &view), headers[i].kind);
        if (headers[i].kind == PACKET_SEGMENT)
            ck_assert(!view.seg.corrupted && view.seg.flags == SYN && view.seg.text_len == 0);
    }
    ck_assert_int_eq(kind_of(octets, 44, len + 8, &view), PACKET_CUT);
}
END_TEST

/* A length of 0 is one that the network card would have filled in, and a checksum likewise. */
START_TEST(offloaded)
{
    static const struct step step = { A, PSH | ACK, 1, 1, 20, 0, 0 };
    uint8_t octets[PACKET_ROOM];
    struct packet_view view;
    size_t len = step_octets(&step, octets);
    octets[2] = octets[3] = octets[36] = 0;
    ck_assert_int_eq(kind_of(octets, len, len, &view), PACKET_SEGMENT);
    ck_assert(view.seg.corrupted);
    ck_assert_uint_eq(view.seg.text_len, 20);
}
END_TEST

/* Each link's header is taken off, VLAN tags too. */
START_TEST(links_are_known)
{
    static const struct step step = { A, SYN, 0, 0, 0, 0, 0 };
    uint8_t octets[PACKET_ROOM];
    memcpy(octets, link_headers[_i].octets, link_headers[_i].len);
    size_t len = link_headers[_i].len + step_octets(&step, octets + link_headers[_i].len);
    ck_assert(link_is_known(link_headers[_i].link));
    ck_assert_int_eq(link_header_len(link_headers[_i].link, octets, len),
                     (long)link_headers[_i].len);
    for (size_t cut = 0; cut <= link_headers[_i].len; cut++)
        ck_assert_int_eq(link_header_len(link_headers[_i].link, octets, cut), -1);
}
END_TEST

Suite *capture_packet_suite(void)
{
    Suite *suite = suite_create("capture_packet");
    TCase *tcase = tcase_create("packets");
    tcase_add_test(tcase, odd_packets);
    tcase_add_test(tcase, fragment_headers);
    tcase_add_test(tcase, offloaded);
    tcase_add_loop_test(tcase, links_are_known, 0, LINK_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}
