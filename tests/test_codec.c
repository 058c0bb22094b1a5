/*
 * sim/codec: segments as packets. The judge besides the RFCs is the kernel: its packets are read
 * and written again as they were.
 */
#include "sim/checksum.h"
#include "sim/codec.h"
#include "sim/octets.h"
#include "tests/recording.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PACKET_MAX = 2000,
    TEXT_MAX = 600
};

struct packet {
    uint8_t octets[PACKET_MAX];
    size_t len;
};

/* ---- packets of the kernel */

/* Linux made these between two network namespaces: options of a SYN and of a SYN,ACK without
 * timestamps, text, blocks with and without timestamps, an urgent octet, a connection refused. */
static const struct {
    const char *hex, *says;
} of_linux[] = {
    { "4500003cec54400040063a530a0900010a090002e4961b5936a9d8c300000000a002faf0e11f0000020405b4"
      "0402080a30b617c5000000000103030a",
      "10.9.0.1:58518 10.9.0.2:7001 SYN seq 917100739 ack 0 wnd 64240 urg 0 len 0 "
      "[mss 1460,sackOK,TS val 817240005 ecr 0,nop,wscale 10]" },
    { "600a9a6500200640fd090000000000000000000000000002fd0900000000000000000000000000011b6a9156"
      "98651c8cbec4c9038012fd208e600000020405a0010104020103030a",
      "[fd09::2]:7018 [fd09::1]:37206 SYN,ACK seq 2556763276 ack 3200567555 wnd 64800 urg 0 len 0 "
      "[mss 1440,nop,nop,sackOK,nop,wscale 10]" },
    { "45000039ec56400040063a540a0900010a090002e4961b5936a9d8c4757de50d8018003f7fae00000101080a"
      "30b617c561c78ab068656c6c6f",
      "10.9.0.1:58518 10.9.0.2:7001 PSH,ACK seq 917100740 ack 1971184909 wnd 63 urg 0 len 5 "
      "[nop,nop,TS val 817240005 ecr 1640467120]" },
    { "6006890a003c0640fd090000000000000000000000000002fd0900000000000000000000000000011b5a98e0"
      "ee7c287cf7a526e7f010004b4aec00000101080a4dd596ed61665edb0101051af7a542cbf7a5485ff7a537a3"
      "f7a53d37f7a52c7bf7a5320f",
      "[fd09::2]:7002 [fd09::1]:39136 ACK seq 4001114236 ack 4154795751 wnd 75 urg 0 len 0 "
      "[nop,nop,TS val 1305843437 ecr 1634098907,nop,nop,sack 4154802891:4154804319 "
      "4154800035:4154801463 4154797179:4154798607]" },
    { "4500004cb4144000400672830a0900020a0900011b69cbfae0c2b2dfbede38f0e010004befbf000001010522"
      "bede6690bede71f8bede5574bede60dcbede4a0cbede4fc0bede3ea4bede4458",
      "10.9.0.2:7017 10.9.0.1:52218 ACK seq 3770856159 ack 3202234608 wnd 75 urg 0 len 0 "
      "[nop,nop,sack 3202246288:3202249208 3202241908:3202244828 3202238988:3202240448 "
      "3202236068:3202237528]" },
    { "45000035647840004006c2360a0900020a0900011b59e496757de9be36aa4df98038004cd44500010101080a"
      "61c78ac530b617da75",
      "10.9.0.2:7001 10.9.0.1:58518 PSH,ACK,URG seq 1971186110 ack 917130745 wnd 76 urg 1 len 1 "
      "[nop,nop,TS val 1640467141 ecr 817240026]" },
    { "600c7eb000140640fd090000000000000000000000000002fd09000000000000000000000000000100018e66"
      "000000001f4c06d950140000012e0000",
      "[fd09::2]:1 [fd09::1]:36454 RST,ACK seq 0 ack 525076185 wnd 0 urg 0 len 0 []" },
};

enum {
    OF_LINUX = sizeof of_linux / sizeof of_linux[0]
};

static struct packet packet_of(const char *hex)
{
    struct packet packet = { .len = strlen(hex) / 2 };
    ck_assert_uint_le(packet.len, PACKET_MAX);
    for (size_t i = 0; i < packet.len; i++) {
        char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
        packet.octets[i] = (uint8_t)strtoul(two, NULL, 16);
    }
    return packet;
}

/* Reads a copy that ends where its memory ends; *text then points into the packet itself. */
static enum decode_outcome decode(const struct packet *packet, struct segment *seg,
                                  const uint8_t **text)
{
    uint8_t *exact = malloc(packet->len + (packet->len == 0));
    const uint8_t *at = NULL;
    memcpy(exact, packet->octets, packet->len);
    enum decode_outcome outcome = segment_decode(exact, packet->len, seg, &at);
    if (at)
        *text = packet->octets + (at - exact);
    free(exact);
    return outcome;
}

static enum decode_outcome outcome_of(const struct packet *packet)
{
    struct segment seg;
    const uint8_t *text;
    return decode(packet, &seg, &text);
}

static void says(const struct segment *seg, char *line, size_t len)
{
    char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX], flags[FLAGS_TEXT_MAX];
    char options[OPTIONS_TEXT_MAX];
    uint8_t octets[OPTIONS_MAX];
    options_text(octets, options_write(seg, ORDER_LINUX, octets), options, sizeof options);
    snprintf(line, len, "%s %s %s seq %u ack %u wnd %u urg %u len %u [%s]",
             endpoint_text(&seg->src, src, sizeof src), endpoint_text(&seg->dst, dst, sizeof dst),
             flags_text(seg->flags, flags, sizeof flags), seg->seq.n, seg->ack.n, seg->wnd,
             seg->urgent, seg->text_len, options);
}

/* The kernel's packets say what they are. */
START_TEST(kernel_is_read)
{
    for (size_t i = 0; i < OF_LINUX; i++) {
        struct packet packet = packet_of(of_linux[i].hex);
        struct segment seg;
        const uint8_t *text;
        char line[512];
        ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_OK);
        says(&seg, line, sizeof line);
        ck_assert_str_eq(line, of_linux[i].says);
        ck_assert_ptr_eq(text + seg.text_len, packet.octets + packet.len);
    }
}
END_TEST

/* Written again in Linux's order they are the same, octet by octet, but for IPv4's identification
 * (and so its checksum) and IPv6's flow label (MUST-2). */
START_TEST(kernel_is_written)
{
    for (size_t i = 0; i < OF_LINUX; i++) {
        struct packet packet = packet_of(of_linux[i].hex), again = packet;
        struct segment seg;
        const uint8_t *text;
        ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_OK);
        again.len = segment_encode(&seg, ORDER_LINUX, text, again.octets, PACKET_MAX);
        ck_assert_uint_eq(again.len, packet.len);
        if (seg.src.ip.family == 4) {
            put16(packet.octets + 4, 0);
            put16(packet.octets + 10, 0);
            put16(packet.octets + 10, inet_checksum(packet.octets, 20));
        } else {
            memset(packet.octets + 1, 0, 3);
        }
        ck_assert_mem_eq(again.octets, packet.octets, packet.len);
    }
}
END_TEST

/* ---- there and back */

static uint32_t below(uint64_t *random, uint32_t limit)
{
    return (uint32_t)(random_next(random) >> 20) % limit;
}

static struct endpoint random_end(uint64_t *random, uint8_t family)
{
    struct endpoint end = { .ip.family = family, .port = (uint16_t)random_next(random) };
    for (size_t i = 0; i < (family == 4 ? 4 : 16); i++)
        end.ip.octet[i] = (uint8_t)below(random, 256);
    return end;
}

static void random_options(uint64_t *random, struct segment *seg)
{
    bool syn = seg_has(seg, SYN);
    seg->has = (uint8_t)(below(random, 8) & (syn ? 7u : HAS_TIMESTAMPS));
    if (syn)
        seg->mss = (uint16_t)random_next(random);
    if (seg->has & HAS_WSCALE)
        seg->wscale = (uint8_t)below(random, WSCALE_MAX + 1);
    if (seg->has & HAS_TIMESTAMPS) {
        seg->ts_val = (uint32_t)random_next(random);
        seg->ts_ecr = (uint32_t)random_next(random);
    }
    if (!syn)
        seg->sack_count = (uint8_t)below(random, seg->has & HAS_TIMESTAMPS ? 4 : 5);
    for (unsigned i = 0; i < seg->sack_count; i++) {
        seg->sack[i].start = seq_of((uint32_t)random_next(random));
        seg->sack[i].end = seq_of((uint32_t)random_next(random));
    }
}

/* A segment as it comes out of a packet: what has no meaning in it is 0. */
static struct segment random_segment(uint64_t *random)
{
    uint8_t family = below(random, 2) ? 4 : 6;
    struct segment seg = { .src = random_end(random, family),
                           .dst = random_end(random, family),
                           .seq = seq_of((uint32_t)random_next(random)),
                           .wnd = (uint16_t)random_next(random),
                           .flags = (uint8_t)random_next(random),
                           .text_len = below(random, 3) ? below(random, TEXT_MAX) : 0 };
    if (seg_has(&seg, ACK))
        seg.ack = seq_of((uint32_t)random_next(random));
    if (seg_has(&seg, URG))
        seg.urgent = (uint16_t)random_next(random);
    random_options(random, &seg);
    return seg;
}

static void random_text(uint64_t *random, uint8_t *text)
{
    for (size_t i = 0; i < TEXT_MAX; i++)
        text[i] = (uint8_t)below(random, 256);
}

static enum option_order order_of(unsigned i)
{
    static const enum option_order orders[] = { ORDER_RFC, ORDER_LINUX, ORDER_BSD };
    return orders[i % 3];
}

static void same(const struct segment *a, const struct segment *b)
{
    ck_assert(endpoint_eq(&a->src, &b->src) && endpoint_eq(&a->dst, &b->dst));
    ck_assert(seq_eq(a->seq, b->seq) && seq_eq(a->ack, b->ack));
    ck_assert_uint_eq(a->wnd, b->wnd);
    ck_assert_uint_eq(a->urgent, b->urgent);
    ck_assert_uint_eq(a->flags, b->flags);
    ck_assert_uint_eq(a->mss, b->mss);
    ck_assert_uint_eq(a->has, b->has);
    ck_assert_uint_eq(a->wscale, b->wscale);
    ck_assert_uint_eq(a->ts_val, b->ts_val);
    ck_assert_uint_eq(a->ts_ecr, b->ts_ecr);
    ck_assert_uint_eq(a->text_len, b->text_len);
    ck_assert_uint_eq(a->sack_count, b->sack_count);
    for (unsigned i = 0; i < a->sack_count; i++)
        ck_assert(seq_eq(a->sack[i].start, b->sack[i].start) &&
                  seq_eq(a->sack[i].end, b->sack[i].end));
}

/* Random segments come out of a packet as they went in, by every order and both versions of IP; a
 * corrupted one too, but for one octet of its text, or for its checksum. */
START_TEST(there_and_back)
{
    uint64_t random = 9293;
    for (unsigned i = 0; i < 6000; i++) {
        uint8_t text[TEXT_MAX];
        const uint8_t *got;
        struct packet packet;
        struct segment sent = random_segment(&random), seg;
        sent.corrupted = below(&random, 4) == 0;
        random_text(&random, text);
        packet.len = segment_encode(&sent, order_of(i), text, packet.octets, PACKET_MAX);
        ck_assert_uint_gt(packet.len, sent.text_len);
        enum decode_outcome outcome = decode(&packet, &seg, &got);
        ck_assert_int_eq(outcome, sent.corrupted ? DECODE_TCP_CHECKSUM : DECODE_OK);
        ck_assert(seg.corrupted == sent.corrupted);
        same(&sent, &seg);
        unsigned differ = 0;
        for (size_t k = 0; k < sent.text_len; k++)
            differ += got[k] != text[k];
        ck_assert_uint_eq(differ, sent.corrupted && sent.text_len > 0);
    }
}
END_TEST

/* Numbers that no control bit gives a meaning are left out, and text that is not there is zeros. */
START_TEST(what_has_no_meaning)
{
    struct segment seg = { .src = { ip4(10, 9, 0, 1), 1 },
                           .dst = { ip4(10, 9, 0, 2), 2 },
                           .ack = seq_of(5),
                           .urgent = 6,
                           .mss = 1460,
                           .has = HAS_WSCALE | HAS_SACK_PERMITTED,
                           .text_len = 3 };
    static const uint8_t tcp[] = { 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0 };
    struct packet packet;
    memset(packet.octets, 0xaa, sizeof packet.octets);
    packet.len = segment_encode(&seg, ORDER_RFC, NULL, packet.octets, PACKET_MAX);
    ck_assert_uint_eq(packet.len, 43);
    ck_assert_mem_eq(packet.octets + 20, tcp, sizeof tcp);
    ck_assert_mem_eq(packet.octets + 38, "\0\0\0\0\0", 5);
    ck_assert_uint_eq(packet.octets[43], 0xaa);
    ck_assert_int_eq(outcome_of(&packet), DECODE_OK);
}
END_TEST

/* Nothing is written where there is no room for all of it, where IP has no number for the length,
 * or where the ends don't go together. */
START_TEST(does_not_fit)
{
    static uint8_t octets[70000];
    uint64_t random = 1;
    for (unsigned i = 0; i < 60; i++) {
        struct segment seg = random_segment(&random);
        size_t headers_len =
            segment_encode(&seg, order_of(i), NULL, octets, sizeof octets) - seg.text_len;
        size_t ip_len = ip_header_len(seg.src.ip.family);
        ck_assert_uint_le(headers_len, PACKET_HEADERS_MAX);
        memset(octets, 0, sizeof octets);
        ck_assert_uint_eq(
            segment_encode(&seg, order_of(i), NULL, octets, headers_len + seg.text_len - 1), 0);
        seg.text_len = (uint32_t)(65535 - headers_len + (ip_len == 40 ? 40 : 0) + 1);
        ck_assert_uint_eq(segment_encode(&seg, order_of(i), NULL, octets, sizeof octets), 0);
        ck_assert_uint_eq(octets[0], 0);
        seg.text_len--;
        ck_assert_uint_eq(segment_encode(&seg, order_of(i), NULL, octets, sizeof octets),
                          ip_len == 40 ? 65575 : 65535);
        seg.dst.ip.family = ip_len == 40 ? 4 : 6;
        ck_assert_uint_eq(segment_encode(&seg, order_of(i), NULL, octets, sizeof octets), 0);
        seg.dst.ip.family = seg.src.ip.family = 0;
        ck_assert_uint_eq(segment_encode(&seg, order_of(i), NULL, octets, sizeof octets), 0);
    }
}
END_TEST

/* ---- packets that are not as they should be */

/* A packet that ends early is refused wherever it ends, and nothing beyond its end is read. */
START_TEST(cut_short)
{
    for (size_t i = 0; i < OF_LINUX; i++) {
        struct packet packet = packet_of(of_linux[i].hex);
        while (packet.len-- > 0)
            ck_assert_int_eq(outcome_of(&packet), DECODE_SHORT);
    }
}
END_TEST

/* Whether a bit of IPv6's header says nothing about the segment and is in no checksum: traffic
 * class, flow label, hop limit. */
static bool is_unguarded(const struct packet *packet, size_t bit)
{
    bool six = packet->octets[0] >> 4 == 6;
    return six && ((bit >= 4 && bit < 32) || bit / 8 == 7);
}

/* No single bit can change unseen, but for those of IPv6's header that have no checksum
 * (MUST-3). */
START_TEST(a_bit_flipped)
{
    for (size_t i = 0; i < OF_LINUX; i++) {
        struct packet packet = packet_of(of_linux[i].hex);
        struct segment whole, seg;
        const uint8_t *text;
        ck_assert_int_eq(decode(&packet, &whole, &text), DECODE_OK);
        for (size_t bit = 0; bit < 8 * packet.len; bit++) {
            struct packet flipped = packet;
            flipped.octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            enum decode_outcome outcome = decode(&flipped, &seg, &text);
            ck_assert_msg((outcome == DECODE_OK) == is_unguarded(&packet, bit),
                          "packet %zu, bit %zu: %s", i, bit, decode_outcome_words(outcome));
            if (outcome == DECODE_OK)
                same(&seg, &whole);
            else if (outcome == DECODE_TCP_CHECKSUM)
                ck_assert(seg.corrupted);
        }
    }
}
END_TEST

/* Puts `count` octets in at a place of the packet. */
static void insert(struct packet *packet, size_t at, const uint8_t *octets, size_t count)
{
    memmove(packet->octets + at + count, packet->octets + at, packet->len - at);
    memcpy(packet->octets + at, octets, count);
    packet->len += count;
    size_t field = packet->octets[0] >> 4 == 4 ? 2 : 4;
    put16(packet->octets + field, (uint16_t)(get16(packet->octets + field) + count));
}

/* A change to an IPv4 header with its checksum made anew. */
static enum decode_outcome with_ip4(size_t at, uint16_t number)
{
    struct packet packet = packet_of(of_linux[0].hex);
    put16(packet.octets + at, number);
    put16(packet.octets + 10, 0);
    put16(packet.octets + 10, inet_checksum(packet.octets, 20));
    return outcome_of(&packet);
}

/* A change to a TCP header with its checksum made anew. */
static enum decode_outcome with_tcp(size_t at, uint8_t octet)
{
    struct packet packet = packet_of(of_linux[0].hex);
    struct ip src = ip4(10, 9, 0, 1), dst = ip4(10, 9, 0, 2);
    uint8_t *tcp = packet.octets + 20;
    tcp[at] = octet;
    put16(tcp + 16, 0);
    put16(tcp + 16, transport_checksum(&src, &dst, PROTOCOL_TCP, tcp, packet.len - 20));
    return outcome_of(&packet);
}

/* Each header's length is held against what is around it, and what is not TCP is not read as such.
 */
START_TEST(headers_are_checked)
{
    ck_assert_int_eq(with_ip4(0, 0x4400), DECODE_LENGTHS);
    ck_assert_int_eq(with_ip4(0, 0x5500), DECODE_NOT_IP);
    ck_assert_int_eq(with_ip4(2, 19), DECODE_LENGTHS);
    ck_assert_int_eq(with_ip4(2, 39), DECODE_LENGTHS);
    ck_assert_int_eq(with_ip4(2, 61), DECODE_SHORT);
    ck_assert_int_eq(with_ip4(6, 0x2000), DECODE_FRAGMENT);
    ck_assert_int_eq(with_ip4(6, 0x0001), DECODE_FRAGMENT);
    ck_assert_int_eq(with_ip4(6, 0x1000), DECODE_FRAGMENT);
    ck_assert_int_eq(with_ip4(6, 0x8000), DECODE_OK);
    ck_assert_int_eq(with_ip4(8, 64 << 8 | PROTOCOL_UDP), DECODE_NOT_TCP);
    ck_assert_int_eq(with_tcp(12, 4 << 4), DECODE_LENGTHS);
    ck_assert_int_eq(with_tcp(12, 11 << 4), DECODE_LENGTHS);
    ck_assert_int_eq(with_tcp(12, 5 << 4), DECODE_OK);
    ck_assert_int_eq(with_tcp(21, 0), DECODE_OPTIONS);
    ck_assert_int_eq(with_tcp(21, 21), DECODE_OPTIONS);
}
END_TEST

/* Options that lead nowhere: the segment is seen with those before them, and is not corrupted. */
START_TEST(malformed_options)
{
    struct packet packet = packet_of(of_linux[0].hex);
    struct segment seg;
    const uint8_t *text;
    packet.octets[45] = 1; /* SACK-permitted; its checksum made good by the octet beside it */
    packet.octets[59]++;
    ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_OPTIONS);
    ck_assert_uint_eq(seg.mss, 1460);
    ck_assert_uint_eq(seg.has, 0);
    ck_assert(!seg.corrupted);
    packet.octets[59]++;
    ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_TCP_CHECKSUM);
    ck_assert_uint_eq(seg.mss, 1460);
    ck_assert(seg.corrupted);
}
END_TEST

/* What a link fills a short frame up with is no text. */
START_TEST(octets_behind)
{
    for (size_t i = 0; i < OF_LINUX; i++) {
        struct packet packet = packet_of(of_linux[i].hex);
        struct segment whole, seg;
        const uint8_t *text;
        ck_assert_int_eq(decode(&packet, &whole, &text), DECODE_OK);
        memset(packet.octets + packet.len, 0xee, 6);
        packet.len += 6;
        ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_OK);
        same(&seg, &whole);
    }
}
END_TEST

/* Options of IPv4 are skipped (MUST-50). */
START_TEST(options_of_ip4)
{
    static const uint8_t router_alert[] = { 0x94, 4, 0, 0, 1, 1, 1, 0 };
    struct packet packet = packet_of(of_linux[0].hex);
    struct segment whole, seg;
    const uint8_t *text;
    ck_assert_int_eq(decode(&packet, &whole, &text), DECODE_OK);
    insert(&packet, 20, router_alert, sizeof router_alert);
    packet.octets[0] = 0x47;
    ck_assert_int_eq(outcome_of(&packet), DECODE_IP_CHECKSUM);
    put16(packet.octets + 10, 0);
    put16(packet.octets + 10, inet_checksum(packet.octets, 28));
    ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_OK);
    same(&seg, &whole);
}
END_TEST

/* Hop-by-hop, routing and destination headers of IPv6 are skipped, in any number; each must lie
 * within the packet. */
START_TEST(extensions_of_ip6)
{
    static const uint8_t extensions[] = { 43, 0, 1, 4, 0, 0, 0, 0, 60, 0,
                                          4,  0, 0, 0, 0, 0, 6, 1, 1,  12 };
    uint8_t octets[32] = { 0 };
    struct packet packet = packet_of(of_linux[3].hex), cut;
    struct segment whole, seg;
    const uint8_t *text;
    ck_assert_int_eq(decode(&packet, &whole, &text), DECODE_OK);
    memcpy(octets, extensions, sizeof extensions);
    insert(&packet, 40, octets, sizeof octets);
    packet.octets[6] = 0;
    ck_assert_int_eq(decode(&packet, &seg, &text), DECODE_OK);
    same(&seg, &whole);
    for (uint16_t len = 0; len < 32 + 20; len++) {
        cut = packet;
        put16(cut.octets + 4, len);
        cut.len = 40u + len;
        ck_assert_int_eq(outcome_of(&cut), DECODE_LENGTHS);
    }
    packet.octets[40 + 16] = 44;
    ck_assert_int_eq(outcome_of(&packet), DECODE_FRAGMENT);
    packet.octets[40 + 16] = 59;
    ck_assert_int_eq(outcome_of(&packet), DECODE_NOT_TCP);
    packet.octets[40 + 17] = 255;
    ck_assert_int_eq(outcome_of(&packet), DECODE_LENGTHS);
}
END_TEST

Suite *codec_suite(void)
{
    Suite *suite = suite_create("codec");
    TCase *there = tcase_create("there and back");
    tcase_add_test(there, kernel_is_read);
    tcase_add_test(there, kernel_is_written);
    tcase_add_test(there, there_and_back);
    tcase_add_test(there, what_has_no_meaning);
    tcase_add_test(there, does_not_fit);
    suite_add_tcase(suite, there);
    TCase *bad = tcase_create("not as it should be");
    tcase_add_test(bad, cut_short);
    tcase_add_test(bad, a_bit_flipped);
    tcase_add_test(bad, headers_are_checked);
    tcase_add_test(bad, malformed_options);
    tcase_add_test(bad, octets_behind);
    tcase_add_test(bad, options_of_ip4);
    tcase_add_test(bad, extensions_of_ip6);
    suite_add_tcase(suite, bad);
    return suite;
}
