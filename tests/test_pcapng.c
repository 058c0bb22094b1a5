/*
 * The trace as a capture: read back block by block, segment by segment, and by tshark where that
 * is installed.
 */
#include "sim/checksum.h"
#include "sim/codec.h"
#include "tests/capture.h"
#include "tests/play.h"
#include "tests/suites.h"
#include "ui/export/pcapng.h"
#include "ui/labs.h"

#include <stdlib.h>
#include <string.h>

enum {
    FILE_PACKET = 6,
    FILE_INTERFACE = 1,
    FILE_NAMES = 4,
    COMMENT = 1
};

/* Writes what the play has come to; to be freed. */
static uint8_t *written(const struct play *play, size_t *len)
{
    struct pcapng_about about = { .title = "test",
                                  .lab = &play->lab,
                                  .profile = session_profile(play->session) };
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert(pcapng_write(session_trace(play->session), &about, file));
    char *octets = read_whole(file, len);
    fclose(file);
    return (uint8_t *)octets;
}

static uint32_t little32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The next block of this type at or behind `at`; NULL where there is none. Every block on the way
 * must be whole, its two lengths the same. */
static const uint8_t *next_block(const uint8_t *at, const uint8_t *end, uint32_t type)
{
    while (at < end) {
        uint32_t len = little32(at + 4);
        ck_assert_uint_eq(len % 4, 0);
        ck_assert_uint_ge(len, 12);
        ck_assert_uint_le(len, (size_t)(end - at));
        ck_assert_uint_eq(little32(at + len - 4), len);
        if (little32(at) == type)
            return at;
        at += len;
    }
    return NULL;
}

static const uint8_t *behind(const uint8_t *block)
{
    return block + little32(block + 4);
}

static const uint8_t *options_of(const uint8_t *packet)
{
    return packet + 28 + (little32(packet + 20) + 3) / 4 * 4;
}

/* How many of the packet's comments have this in them. */
static unsigned comments_with(const uint8_t *packet, const char *part)
{
    unsigned count = 0;
    for (const uint8_t *at = options_of(packet); little32(at) != 0;) {
        size_t len = little32(at) >> 16;
        ck_assert_uint_eq(little32(at) & 0xffff, COMMENT);
        count += memmem(at + 4, len, part, strlen(part)) != NULL;
        at += 4 + (len + 3) / 4 * 4;
        ck_assert(at < behind(packet));
    }
    return count;
}

static bool is_a_packet(const struct event *event)
{
    return event->kind == EV_SENT || event->kind == EV_DUPLICATED;
}

/* The id was changed by the wire at some time. */
static bool was_corrupted(const struct trace *trace, const struct event *sent)
{
    bool corrupted = sent->u.wire.seg.corrupted;
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        corrupted =
            corrupted || (event->kind == EV_CORRUPTED && event->u.wire.id == sent->u.wire.id);
    }
    return corrupted;
}

static void packet_is(const uint8_t *packet, const struct event *event, bool corrupted)
{
    struct segment seg;
    const uint8_t *text;
    uint64_t usec = (uint64_t)little32(packet + 12) << 32 | little32(packet + 16);
    uint32_t len = little32(packet + 20);
    ck_assert_uint_eq(usec, event->usec);
    ck_assert_int_eq((int)little32(packet + 8), event->host);
    ck_assert_uint_eq(little32(packet + 24), len);
    enum decode_outcome outcome = segment_decode(packet + 28, len, &seg, &text);
    ck_assert_int_eq(outcome, corrupted ? DECODE_TCP_CHECKSUM : DECODE_OK);
    ck_assert(endpoint_eq(&seg.src, &event->u.wire.seg.src));
    ck_assert(endpoint_eq(&seg.dst, &event->u.wire.seg.dst));
    ck_assert_uint_eq(seg.flags, event->u.wire.seg.flags);
    ck_assert_uint_eq(seg.mss, event->u.wire.seg.mss);
    ck_assert_uint_eq(seg.text_len, event->u.wire.seg.text_len);
    if (!corrupted)
        ck_assert_mem_eq(text, event->text, seg.text_len);
}

/* Every segment of every lab stands in the file once, as it was sent, at the time it was sent; only
 * what the wire has changed has a wrong checksum. */
START_TEST(each_segment_once)
{
    struct play *play = play_with_text(builtin_labs[_i].name);
    size_t len;
    play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    uint8_t *octets = written(play, &len);
    const uint8_t *end = octets + len, *packet = next_block(octets, end, FILE_PACKET);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (!is_a_packet(event))
            continue;
        ck_assert_ptr_nonnull(packet);
        packet_is(packet, event, was_corrupted(trace, event));
        packet = next_block(behind(packet), end, FILE_PACKET);
    }
    ck_assert_ptr_null(packet);
    free(octets);
    play_end(play);
}
END_TEST

/* The octets of a transfer are not kept where nobody asks for them: its packets are whole all the
 * same, of as many octets as they had. */
START_TEST(text_that_was_not_kept)
{
    static const char source[] =
        "host A client\nhost B server\nB: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
        "B: d = accept(s)\nA: c = socket()\nA: connect(c, B:7788)\nrun\n"
        "transfer A.c B.d 100 kB\n";
    struct play *play = play_begin(source, ON_MODEL);
    size_t len;
    uint64_t carried = 0;
    play_to_end(play);
    uint8_t *octets = written(play, &len);
    const uint8_t *end = octets + len, *packet = next_block(octets, end, FILE_PACKET);
    for (; packet; packet = next_block(behind(packet), end, FILE_PACKET)) {
        struct segment seg;
        const uint8_t *text;
        ck_assert_int_eq(segment_decode(packet + 28, little32(packet + 20), &seg, &text),
                         DECODE_OK);
        carried += seg.text_len;
    }
    ck_assert_uint_eq(carried, 100000);
    free(octets);
    play_end(play);
}
END_TEST

/* What became of a segment, the rule of its receiver and what the lab says are its comments. */
START_TEST(comments)
{
    static const char source[] =
        "host A client\nhost B server\nB: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
        "A: c = socket()\nA: connect(c, B:7788)\nsay This is a SYN.\nhold SYN\nrelease SYN\n"
        "duplicate SYN\nrun\nA: send(c, \"abc\")\ncorrupt from A\nrun\n";
    struct play *play = play_begin(source, ON_MODEL);
    size_t len;
    play_to_end(play);
    uint8_t *octets = written(play, &len);
    const uint8_t *syn = next_block(octets, octets + len, FILE_PACKET);
    ck_assert_uint_eq(comments_with(syn, "This is a SYN."), 1);
    ck_assert_uint_eq(comments_with(syn, "held back by the wire"), 1);
    ck_assert_uint_eq(comments_with(syn, "released by the wire"), 1);
    ck_assert_uint_eq(comments_with(syn, "delivered to B at 0."), 1);
    ck_assert_uint_eq(comments_with(syn, "B in LISTEN got SYN: it keeps IRS"), 1);
    ck_assert_uint_eq(comments_with(syn, "RFC 9293, 3.10.7.2"), 1);
    const uint8_t *copy = next_block(behind(syn), octets + len, FILE_PACKET);
    ck_assert_uint_eq(comments_with(copy, "a copy made by the wire"), 1);
    unsigned changed = 0, wrong = 0, again = 0;
    for (const uint8_t *at = copy; at; at = next_block(behind(at), octets + len, FILE_PACKET)) {
        changed += comments_with(at, "an octet was changed by the wire");
        wrong += comments_with(at, "whose checksum is wrong (MUST-3)");
        again += comments_with(at, "sent again by A");
    }
    ck_assert_uint_eq(changed, 1);
    ck_assert_uint_eq(wrong, 1);
    ck_assert_uint_eq(again, 1);
    free(octets);
    play_end(play);
}
END_TEST

/* A sentence before the first segment goes with that one, and none is lost. */
START_TEST(early_sentence)
{
    static const char source[] =
        "host A client\nhost B server\nsay At first.\nA: c = socket()\nA: connect(c, B:7788)\n";
    struct play *play = play_begin(source, ON_MODEL);
    size_t len;
    play_to_end(play);
    uint8_t *octets = written(play, &len);
    const uint8_t *first = next_block(octets, octets + len, FILE_PACKET);
    ck_assert_uint_eq(comments_with(first, "At first."), 1);
    free(octets);
    play_end(play);
}
END_TEST

/* An interface for each lane and host by its name, and both hosts' names by their addresses. */
START_TEST(interfaces_and_names)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    size_t len;
    play_to_end(play);
    uint8_t *octets = written(play, &len);
    const uint8_t *end = octets + len;
    const uint8_t *a = next_block(octets, end, FILE_INTERFACE);
    const uint8_t *b = next_block(behind(a), end, FILE_INTERFACE);
    const uint8_t *names = next_block(octets, end, FILE_NAMES);
    ck_assert_ptr_null(next_block(behind(b), end, FILE_INTERFACE));
    ck_assert_ptr_nonnull(memmem(a, (size_t)(b - a), "model A client", 14));
    ck_assert_ptr_nonnull(memmem(b, (size_t)(behind(b) - b), "model B server", 14));
    ck_assert_uint_eq(little32(a + 8), 228); /* LINKTYPE_IPV4 */
    ck_assert_ptr_nonnull(memmem(names, (size_t)(behind(names) - names),
                                 "\x0a\x09\x00\x01"
                                 "client.model",
                                 17));
    ck_assert_ptr_nonnull(memmem(names, (size_t)(behind(names) - names),
                                 "\x0a\x09\x00\x02"
                                 "server.model",
                                 17));
    free(octets);
    play_end(play);
}
END_TEST

static bool names_have(const uint8_t *octets, size_t len, const char *name)
{
    const uint8_t *names = next_block(octets, octets + len, FILE_NAMES);
    ck_assert_ptr_nonnull(names);
    return memmem(names, (size_t)(behind(names) - names), name, strlen(name) + 1) != NULL;
}

static const struct {
    enum play_lanes lanes;
    const char *client, *server, *interface;
} real_lanes[] = {
    { ON_WIRE, "client.kernel", "server.kernel", "kernel A client" },
    { ON_BOTH_ON_WIRE,
      "\x01"
      "client",
      "\x02"
      "server",
      "kernel B server" },
    { ON_MODEL_AND_KERNEL, "client.model", "server.kernel", "mixed A client, model" },
    { ON_KERNEL_AND_MODEL, "client.kernel", "server.model", "mixed B server, model" }
};

/* Real hosts' segments stand in the file whole, with checksums that hold; names say whose a host
 * is, but where two lanes share its address. */
START_TEST(segments_of_real_hosts)
{
    size_t len, count = 0, sent = 0;
    if (!play_wire_allowed())
        return;
    struct play *play = play_builtin("handshake", real_lanes[_i].lanes);
    play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++)
        sent += is_a_packet(&trace->events[i]);
    uint8_t *octets = written(play, &len);
    const uint8_t *end = octets + len, *packet = next_block(octets, end, FILE_PACKET);
    for (; packet; packet = next_block(behind(packet), end, FILE_PACKET), count++) {
        struct segment seg;
        const uint8_t *text;
        ck_assert_int_eq(segment_decode(packet + 28, little32(packet + 20), &seg, &text),
                         DECODE_OK);
    }
    ck_assert_uint_ge(count, 3);
    ck_assert_uint_eq(count, sent);
    ck_assert(names_have(octets, len, real_lanes[_i].client));
    ck_assert(names_have(octets, len, real_lanes[_i].server));
    ck_assert_ptr_nonnull(
        memmem(octets, len, real_lanes[_i].interface, strlen(real_lanes[_i].interface)));
    free(octets);
    play_end(play);
}
END_TEST

/* A datagram goes as UDP, of IPv6 too, with a checksum that holds. */
START_TEST(datagrams)
{
    static const struct lab lab = { .host_count = 0 };
    struct pcapng_about about = { "x", &lab, profile_find("rfc") };
    struct trace trace;
    struct ip_packet packet;
    size_t len;
    trace_init(&trace);
    struct event event = { .kind = EV_SENT, .text = (const uint8_t *)"hello", .text_len = 5 };
    event.u.wire.id = 1;
    event.u.wire.seg = (struct segment){ .src = { { 6, { 0xfd, 9 } }, 53 },
                                         .dst = { { 6, { 0xfd, 8 } }, 1053 },
                                         .protocol = SEGMENT_OF_UDP,
                                         .text_len = 5 };
    struct sink sink = trace_sink(&trace);
    emit(&sink, &event);
    FILE *file = tmpfile();
    ck_assert(pcapng_write(&trace, &about, file));
    uint8_t *octets = (uint8_t *)read_whole(file, &len);
    const uint8_t *at = next_block(octets, octets + len, FILE_PACKET);
    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(ip_decode(at + 28, little32(at + 20), &packet), DECODE_OK);
    ck_assert_uint_eq(packet.protocol, PROTOCOL_UDP);
    ck_assert_uint_eq(packet.payload_len, 13);
    ck_assert_mem_eq(packet.payload + 8, "hello", 5);
    ck_assert_uint_eq(transport_checksum(&packet.src, &packet.dst, PROTOCOL_UDP, packet.payload,
                                         packet.payload_len),
                      0);
    free(octets);
    fclose(file);
    trace_free(&trace);
}
END_TEST

/* A file that takes no more is noticed, at the latest when it is closed. */
START_TEST(full_file)
{
    struct play *play = play_builtin("life", ON_MODEL);
    struct pcapng_about about = { .title = "x",
                                  .lab = &play->lab,
                                  .profile = session_profile(play->session) };
    play_to_end(play);
    FILE *file = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(file);
    bool good = pcapng_write(session_trace(play->session), &about, file);
    good = fclose(file) == 0 && good;
    ck_assert(!good);
    play_end(play);
}
END_TEST

/* The command: to a file, to standard output, and not both kinds there; what cannot be written is
 * said, and the status tells of it. */
START_TEST(option_pcap)
{
    struct ran ran = run_expecting(0, "$TCPSTEP run handshake --on model --pcap - | head -c 4 | "
                                      "od -An -tx1");
    ck_assert_str_eq(ran.out, " 0a 0d 0d 0a\n");
    ran_free(&ran);
    ran = run_expecting(2, "$TCPSTEP run handshake --on model --pcap - --trace -");
    ck_assert_ptr_nonnull(strstr(ran.err, "one of them at a time"));
    ran_free(&ran);
    ran = run_expecting(3, "$TCPSTEP run handshake --on model --headless --pcap /dev/full");
    ck_assert_ptr_nonnull(strstr(ran.err, "No space left"));
    ran_free(&ran);
    ran = run_expecting(3, "$TCPSTEP run handshake --on model --headless --pcap /no/such/file");
    ck_assert_ptr_nonnull(strstr(ran.err, "/no/such/file"));
    ran_free(&ran);
}
END_TEST

/* What tshark says of every lab: nothing malformed, no bad checksum but where an octet was changed,
 * as many segments as were sent. */
START_TEST(tshark_reads_it)
{
    const char *name = builtin_labs[_i].name;
    char command[512];
    if ((uint32_t)_i % play_stride() != 0)
        return; /* it is slow, and has been asked without the sanitizer */
    if (system("tshark --version >/dev/null 2>&1") != 0) {
        printf("pcapng: tshark is not installed, so it did not read %s\n", name);
        return;
    }
    snprintf(command, sizeof command,
             "f=$(mktemp) && $TCPSTEP run %s --on model --pcap $f --headless >/dev/null; "
             "tshark -r $f -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -q -z expert "
             "2>&1 | grep -E 'Malformed|Bad checksum|rror' ; rm $f",
             name);
    struct ran ran = run_shell(command);
    bool changed = strstr(ran.out, "Bad checksum") != NULL;
    ck_assert_msg(strstr(ran.out, "Malformed") == NULL, "%s: %s", name, ran.out);
    ck_assert_msg(changed == (strcmp(name, "no-checksum") == 0), "%s: %s", name, ran.out);
    ran_free(&ran);
}
END_TEST

Suite *pcapng_suite(void)
{
    Suite *suite = suite_create("pcapng");
    TCase *tcase = tcase_create("pcapng");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, each_segment_once, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, text_that_was_not_kept);
    tcase_add_test(tcase, comments);
    tcase_add_test(tcase, early_sentence);
    tcase_add_test(tcase, interfaces_and_names);
    tcase_add_loop_test(tcase, segments_of_real_hosts, 0,
                        (int)(sizeof real_lanes / sizeof real_lanes[0]));
    tcase_add_test(tcase, datagrams);
    tcase_add_test(tcase, full_file);
    tcase_add_test(tcase, option_pcap);
    tcase_add_loop_test(tcase, tshark_reads_it, 0, (int)builtin_lab_count);
    suite_add_tcase(suite, tcase);
    return suite;
}
