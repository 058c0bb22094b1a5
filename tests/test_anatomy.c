/*
 * Segments taken apart: octets, options, and checksums against sums made by hand.
 */
#include "tests/suites.h"

#include "sim/checksum.h"
#include "sim/octets.h"
#include "tests/play.h"
#include "ui/anatomy.h"

#include <stdlib.h>
#include <string.h>

/* A trace of one segment that is sent, and perhaps changed. */
static struct event wire_event(enum event_kind kind, const struct segment *seg, const char *text)
{
    struct event event = { .kind = (uint8_t)kind, .lane = LANE_MODEL, .sock = -1 };
    event.u.wire.seg = *seg;
    event.u.wire.id = 1;
    event.text = (const uint8_t *)text;
    event.text_len = text ? (uint32_t)strlen(text) : 0;
    return event;
}

static void tell(struct trace *trace, struct event event)
{
    struct sink sink = trace_sink(trace);
    emit(&sink, &event);
}

static struct segment small_syn(void)
{
    struct segment seg = { .src = { ip4(192, 0, 2, 1), 1 },
                           .dst = { ip4(192, 0, 2, 2), 2 },
                           .seq = seq_of(3),
                           .flags = SYN,
                           .wnd = 4 };
    return seg;
}

static struct anatomy anatomy_of(const struct trace *trace, size_t sent, size_t touched)
{
    struct anatomy anatomy;
    ck_assert(anatomy_make(&anatomy, trace, sent, touched, ORDER_LINUX));
    return anatomy;
}

/* Added up by hand: c000 + 0201 + c000 + 0202 for the addresses, 0006 + 0014 for protocol and
 * length, 0001 + 0002 + 0000 + 0003 + 5002 + 0004 is 1d429; its carry added is d42a. */
START_TEST(sum_by_hand)
{
    struct trace trace;
    struct segment seg = small_syn();
    trace_init(&trace);
    tell(&trace, wire_event(EV_SENT, &seg, NULL));
    struct anatomy anatomy = anatomy_of(&trace, 0, 0);
    ck_assert_uint_eq(anatomy_checksum(&anatomy), 0x2bd5);
    ck_assert_uint_eq(anatomy_field(&anatomy), 0x2bd5);
    ck_assert_uint_eq(anatomy_words(&anatomy, PART_PSEUDO_HEADER), 6);
    ck_assert_uint_eq(anatomy_word(&anatomy, PART_PSEUDO_HEADER, 5), 20);
    ck_assert_uint_eq(anatomy_word(&anatomy, PART_HEADER, 6), 0x5002);
    ck_assert_uint_eq(anatomy_word(&anatomy, PART_HEADER, 8), 0);
    ck_assert(!anatomy.from_wire && anatomy.has_checksum && anatomy.changed == -1);
    trace_free(&trace);
}
END_TEST

/* An odd octet of text counts as if a zero followed: 6100 and one more for the length. */
START_TEST(sum_of_odd_text)
{
    struct trace trace;
    struct segment seg = small_syn();
    seg.text_len = 1;
    trace_init(&trace);
    tell(&trace, wire_event(EV_SENT, &seg, "a"));
    struct anatomy anatomy = anatomy_of(&trace, 0, 0);
    ck_assert_uint_eq(anatomy_words(&anatomy, PART_TEXT), 1);
    ck_assert_uint_eq(anatomy_word(&anatomy, PART_TEXT, 0), 0x6100);
    ck_assert_uint_eq(anatomy_checksum(&anatomy), 0xcad3);
    trace_free(&trace);
}
END_TEST

/* The datagram of the checksum's own test, over IPv4 and IPv6. */
START_TEST(sum_of_datagram)
{
    struct trace trace;
    struct segment seg = small_syn();
    seg.protocol = SEGMENT_OF_UDP;
    seg.text_len = 1;
    trace_init(&trace);
    tell(&trace, wire_event(EV_SENT, &seg, "a"));
    seg.src.ip = (struct ip){ .family = 6, .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
    seg.dst.ip = (struct ip){ .family = 6, .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } };
    tell(&trace, wire_event(EV_SENT, &seg, "a"));
    struct anatomy of_four = anatomy_of(&trace, 0, 0), of_six = anatomy_of(&trace, 1, 1);
    ck_assert_uint_eq(anatomy_field(&of_four), 0x1ad5);
    ck_assert_uint_eq(of_four.header_len, 8);
    ck_assert_uint_eq(anatomy_field(&of_six), 0x4364);
    ck_assert_uint_eq(anatomy_words(&of_six, PART_PSEUDO_HEADER), 20);
    trace_free(&trace);
}
END_TEST

/* A changed octet of the text, and of a copy of it; without text, of the checksum. */
START_TEST(changed_octets)
{
    struct trace trace;
    struct segment seg = small_syn();
    trace_init(&trace);
    seg.text_len = 5;
    tell(&trace, wire_event(EV_SENT, &seg, "hello"));
    seg.corrupted = true;
    tell(&trace, wire_event(EV_CORRUPTED, &seg, "iello"));
    struct event copy = wire_event(EV_DUPLICATED, &seg, "iello");
    copy.u.wire.id = 2;
    copy.u.wire.of = 1;
    tell(&trace, copy);
    for (size_t touched = 1; touched <= 2; touched++) {
        struct anatomy anatomy = anatomy_of(&trace, touched == 2 ? 2 : 0, touched);
        ck_assert_int_eq(anatomy.changed, 20);
        ck_assert_uint_eq(anatomy.was, 'h');
        ck_assert_uint_ne(anatomy_checksum(&anatomy), anatomy_field(&anatomy));
    }
    struct anatomy sound = anatomy_of(&trace, 0, 0);
    ck_assert_uint_eq(anatomy_checksum(&sound), anatomy_field(&sound));
    seg = small_syn();
    seg.corrupted = true;
    tell(&trace, wire_event(EV_SENT, &seg, NULL));
    struct anatomy bare = anatomy_of(&trace, 3, 3);
    ck_assert_int_eq(bare.changed, 16);
    ck_assert_uint_ne(anatomy_checksum(&bare), anatomy_field(&bare));
    trace_free(&trace);
}
END_TEST

/* Text that was not kept: nothing is said of the checksum. */
START_TEST(text_not_kept)
{
    struct trace trace;
    struct segment seg = small_syn();
    seg.text_len = 5;
    trace_init(&trace);
    tell(&trace, wire_event(EV_SENT, &seg, NULL));
    struct anatomy anatomy = anatomy_of(&trace, 0, 0);
    ck_assert(!anatomy_is_whole(&anatomy));
    ck_assert(!anatomy.has_checksum);
    ck_assert_uint_eq(anatomy_field(&anatomy), 0);
    trace_free(&trace);
}
END_TEST

/* Octets of a wire are taken as they are, with options that nobody knows and one of no length. */
START_TEST(strange_options)
{
    static const uint8_t options[] = {
        2, 4, 0x05, 0xb4, 254, 4, 0xca, 0xfe, 3, 4, 7, 1, 1, 5, 0, 0
    };
    static const uint8_t kinds[] = { 2, 254, 3, 1, 5 };
    uint8_t header[TCP_HEADER_LEN + sizeof options] = { [12] = 9 << 4, [16] = 0xab, [17] = 0xcd };
    struct trace trace;
    struct segment seg = small_syn();
    memcpy(header + TCP_HEADER_LEN, options, sizeof options);
    trace_init(&trace);
    struct event event = wire_event(EV_SENT, &seg, NULL);
    event.u.wire.header = header;
    event.u.wire.header_len = sizeof header;
    tell(&trace, event);
    header[16] = 0; /* the trace has a copy of its own */
    struct anatomy anatomy = anatomy_of(&trace, 0, 0);
    ck_assert(anatomy.from_wire);
    ck_assert_uint_eq(anatomy_field(&anatomy), 0xabcd);
    ck_assert_uint_eq(anatomy.option_count, sizeof kinds);
    for (unsigned i = 0; i < sizeof kinds; i++) {
        ck_assert_uint_eq(anatomy.options[i].kind, kinds[i]);
        ck_assert(anatomy.options[i].sound == (i == 0 || i == 3));
    }
    ck_assert_uint_eq(anatomy.options[4].len, 3);
    trace_free(&trace);
}
END_TEST

/* All that goes over a wire in a lab: what is not corrupted fits, by the codec as well; what is
 * corrupted does not. Returns how many were. */
static unsigned check_all(const struct play *play)
{
    const struct trace *trace = session_trace(play->session);
    unsigned corrupted = 0;
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind != EV_SENT && event->kind != EV_CORRUPTED)
            continue;
        size_t sent = i;
        while (trace->events[sent].kind != EV_SENT ||
               trace->events[sent].u.wire.id != event->u.wire.id ||
               trace->events[sent].lane != event->lane)
            sent--;
        struct anatomy anatomy = anatomy_of(trace, sent, i);
        struct segment *seg = &anatomy.seg;
        uint8_t octets[2048];
        ck_assert(anatomy_is_whole(&anatomy));
        ck_assert_uint_le(anatomy.header_len + seg->text_len, sizeof octets);
        memcpy(octets, anatomy.header, anatomy.header_len);
        memcpy(octets + anatomy.header_len, anatomy.text, seg->text_len);
        uint16_t rest = transport_checksum(&seg->src.ip, &seg->dst.ip, PROTOCOL_TCP, octets,
                                           anatomy.header_len + seg->text_len);
        ck_assert_int_eq(rest != 0, seg->corrupted);
        ck_assert_int_eq(anatomy_checksum(&anatomy) != anatomy_field(&anatomy), seg->corrupted);
        ck_assert_int_eq(anatomy.changed >= 0, seg->corrupted);
        ck_assert_uint_eq(get32(anatomy.header + 4), seg->seq.n);
        ck_assert_uint_eq(get16(anatomy.header + 14), seg->wnd);
        corrupted += seg->corrupted;
    }
    return corrupted;
}

START_TEST(labs_of_the_model)
{
    static const char *const labs[] = { "life", "retransmission", "zero-window", "reset" };
    for (size_t i = 0; i < sizeof labs / sizeof labs[0]; i++) {
        struct play *play = play_on_model(labs[i], "linux", 1);
        play_to_end(play);
        ck_assert_uint_eq(check_all(play), 0);
        play_end(play);
    }
    struct play *play = play_builtin("no-checksum", ON_MODEL);
    play_to_end(play);
    ck_assert_uint_eq(check_all(play), 1);
    play_end(play);
}
END_TEST

/* The kernel's own octets, one segment of it changed on the way. */
START_TEST(octets_of_the_kernel)
{
    if (!play_wire_allowed())
        return;
    struct play *play = play_builtin("handshake", ON_WIRE);
    play_to_end(play);
    uint32_t id = 0;
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        if (trace->events[i].kind == EV_SENT) {
            id = trace->events[i].u.wire.id;
            ck_assert_ptr_nonnull(trace->events[i].u.wire.header);
            ck_assert(anatomy_of(trace, i, i).from_wire);
        }
    }
    ck_assert_uint_ge(id, 3);
    ck_assert_uint_eq(check_all(play), 0);
    play_end(play);
    play = play_builtin("handshake", ON_WIRE);
    id = play_to_segment(play, SYN);
    ck_assert(session_wire(play->session, LANE_KERNEL, WIRE_CORRUPT, id, 0));
    ck_assert_uint_eq(check_all(play), 1);
    play_end(play);
}
END_TEST

/* A window is scaled where both SYNs say so, and never in a SYN. */
START_TEST(scale_of_windows)
{
    struct numbering numbering = { .count = 0 };
    struct segment syn = small_syn(), back = small_syn(), text = small_syn();
    back.src = syn.dst;
    back.dst = syn.src;
    text.flags = ACK;
    syn.has = back.has = HAS_WSCALE;
    syn.wscale = 7;
    back.wscale = 9;
    struct event there = wire_event(EV_SENT, &syn, NULL), answer = wire_event(EV_SENT, &back, NULL);
    ck_assert_int_eq(numbering_shift(&numbering, &text), -1);
    numbering_learn(&numbering, &there);
    ck_assert_int_eq(numbering_shift(&numbering, &text), -1);
    numbering_learn(&numbering, &answer);
    ck_assert_int_eq(numbering_shift(&numbering, &text), 7);
    ck_assert_int_eq(numbering_shift(&numbering, &syn), 0);
    answer.u.wire.seg.has = 0;
    numbering_learn(&numbering, &answer);
    ck_assert_int_eq(numbering_shift(&numbering, &text), 0);
}
END_TEST

Suite *anatomy_suite(void)
{
    Suite *suite = suite_create("anatomy");
    TCase *tests = tcase_create("anatomy");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, sum_by_hand);
    tcase_add_test(tests, sum_of_odd_text);
    tcase_add_test(tests, sum_of_datagram);
    tcase_add_test(tests, changed_octets);
    tcase_add_test(tests, text_not_kept);
    tcase_add_test(tests, strange_options);
    tcase_add_test(tests, labs_of_the_model);
    tcase_add_test(tests, octets_of_the_kernel);
    tcase_add_test(tests, scale_of_windows);
    suite_add_tcase(suite, tests);
    return suite;
}
