/*
 * Rules and chances of a lab: which segment they are about, what becomes of it, and that a step
 * back counts again as before; and transfers, which such wires are for.
 */
#include "tests/suites.h"

#include "net/wire_rules.h"
#include "tests/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENS                                                                                      \
    "B: s = socket()\n"                                                                            \
    "B: bind(s, :7788)\n"                                                                          \
    "B: listen(s, 5)\n"                                                                            \
    "B: d = accept(s)\n"                                                                           \
    "A: c = socket()\n"                                                                            \
    "A: connect(c, B:7788)\n"                                                                      \
    "run\n"
#define TALKS                                                                                      \
    "A: send(c, \"hello\")\n"                                                                      \
    "run\n"                                                                                        \
    "wait 10 s\n"                                                                                  \
    "B: recv(d, 9) = \"hello\"\n"

/* The n-th event of that kind, from 1. */
static const struct event *nth(const struct play *play, enum event_kind kind, unsigned n)
{
    const struct trace *trace = session_trace(play->session);
    const struct event *event = NULL;
    for (size_t at = 0; n-- > 0; at = (size_t)(event - trace->events) + 1) {
        event = play_event(play, at, kind);
        ck_assert_msg(event != NULL, "no such event");
    }
    return event;
}

static struct play *played(char *source, size_t len, const char *before, const char *between)
{
    snprintf(source, len, "host A\nhost B\n%s\nwire delay 100 ms\n" OPENS "%s\n" TALKS, before,
             between);
    struct play *play = play_begin(source, ON_MODEL);
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), 0);
    return play;
}

/* Each act by a rule: on that segment and no other, as it is sent, with its cause in the trace. */
static const struct {
    const char *before, *between;
    enum event_kind kind;
    uint32_t id;   /* of the segment; a copy has one of its own */
    uint64_t usec; /* when it was done, to that segment */
    unsigned times;
} cases[] = {
    { "rule drop segment 1 from A", "", EV_DROPPED, 1, 0, 1 },
    { "rule drop SYN 1 from A", "", EV_DROPPED, 1, 0, 1 },
    { "rule drop SYN 2 from A", "", EV_DROPPED, 0, 0, 0 },
    { "rule drop segment 3 from A", "", EV_DROPPED, 4, 300000, 1 },
    { "", "rule drop segment 1 from A", EV_DROPPED, 4, 300000, 1 },
    { "rule drop SYN,ACK 1 from B", "", EV_DROPPED, 2, 100000, 1 },
    { "rule corrupt SYN,ACK 1 from B", "", EV_CORRUPTED, 2, 100000, 1 },
    { "rule duplicate SYN 1 from A", "", EV_DUPLICATED, 2, 0, 1 },
    { "rule delay SYN,ACK 1 from B 300 ms", "", EV_RELEASED, 2, 100000, 1 },
    { "rule reorder segment 2 from A", "", EV_HELD, 3, 200000, 1 },
    { "[kernel] rule drop segment 1 from A", "", EV_DROPPED, 0, 0, 0 },
};

START_TEST(acts)
{
    char source[1024];
    struct play *play = played(source, sizeof source, cases[_i].before, cases[_i].between);
    const struct trace *trace = session_trace(play->session);
    unsigned times = 0;
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind != cases[_i].kind || event->cause != CAUSE_RULE)
            continue;
        times++;
        ck_assert_uint_eq(event->u.wire.id, cases[_i].id);
        ck_assert_uint_eq(event->usec, cases[_i].usec);
    }
    ck_assert_uint_eq(times, cases[_i].times);
    play_end(play);
}
END_TEST

/* A retransmission counts as a segment of its own, a copy made by the wire does not. */
START_TEST(what_counts)
{
    char source[1024];
    struct play *play = played(source, sizeof source,
                               "rule duplicate SYN 1 from A\nrule drop SYN,ACK 1 from B\n"
                               "rule drop SYN 2 from A",
                               "");
    const struct event *lost = nth(play, EV_DROPPED, 2);
    ck_assert_uint_eq(lost->u.wire.seg.flags, SYN);
    ck_assert_uint_eq(lost->usec, 1000000); /* sent again */
    play_end(play);
}
END_TEST

/* A segment that a rule delays arrives so much later; one that it reorders arrives behind the next
 * one. */
START_TEST(when_it_arrives)
{
    char source[1024];
    struct play *play = played(source, sizeof source, "rule delay SYN 1 from A 300 ms", "");
    ck_assert_uint_eq(nth(play, EV_DELIVERED, 1)->usec, 400000);
    play_end(play);
    play = played(source, sizeof source, "rule reorder segment 2 from A", "");
    ck_assert_uint_eq(nth(play, EV_DELIVERED, 3)->u.wire.seg.text_len, 5);
    ck_assert_uint_eq(nth(play, EV_DELIVERED, 4)->u.wire.id, 3);
    play_end(play);
}
END_TEST

/* Log and trace say that it was a rule, or chance. */
START_TEST(cause_is_told)
{
    char source[1024];
    struct play *play = played(source, sizeof source, "rule drop SYN 1 from A", "");
    char *trace = play_ndjson(play);
    ck_assert_ptr_nonnull(strstr(trace, "\"kind\":\"dropped\",\"id\":1,\"cause\":\"rule\""));
    ck_assert(play_says(play, "From here on: rule drop SYN 1 from A"));
    free(trace);
    play_end(play);
    play = played(source, sizeof source, "chance duplicate 100 % from A", "");
    trace = play_ndjson(play);
    ck_assert_ptr_nonnull(strstr(trace, "\"cause\":\"chance\""));
    free(trace);
    play_end(play);
}
END_TEST

/* Back to any step and on again: the same segments meet the same fates. */
START_TEST(back_and_on_again)
{
    char source[1024];
    struct play *play = played(source, sizeof source,
                               "rule drop SYN,ACK 1 from B\nchance loss 20 %\nchance reorder 20 %",
                               "rule drop segment 1 from A");
    char *whole = play_ndjson(play);
    for (uint32_t step = play_last(play); step-- > 0;) {
        session_back(play->session, step);
        play_to_end(play);
        char *again = play_ndjson(play);
        ck_assert_msg(strcmp(again, whole) == 0, "back at step %u it went another way", step);
        free(again);
    }
    free(whole);
    play_end(play);
}
END_TEST

static unsigned lost_of(struct wire_rules *rules, const struct lab *lab, uint64_t seed,
                        enum lane_id lane, int8_t host, char *which)
{
    struct event sent = { .kind = EV_SENT, .lane = (uint8_t)lane, .host = host };
    struct fate fates[FATES_MAX];
    unsigned lost = 0;
    for (unsigned i = 0; i < 10000; i++) {
        size_t count = wire_rules_see(rules, lab, seed, &sent, fates);
        which[i] = count > 0 ? '1' : '0';
        lost += count > 0;
    }
    which[10000] = '\0';
    return lost;
}

/* About so many in a hundred; the same ones on every lane, others of another host or seed; and the
 * last line said holds. */
START_TEST(chance)
{
    static const char source[] = "host A\nhost B\nchance loss 5 %\nchance loss 100 % from B\n"
                                 "chance loss 0 %\n";
    static char model[10001], kernel[10001], other[10001];
    struct wire_rules rules = { .count = 0 };
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error error;
    ck_assert(lab && lab_read(source, sizeof source - 1, lab, &error));
    wire_rules_add(&rules, 0, LANE_MODEL);
    wire_rules_add(&rules, 0, LANE_KERNEL);
    unsigned lost = lost_of(&rules, lab, 1, LANE_MODEL, 0, model);
    ck_assert_uint_gt(lost, 400);
    ck_assert_uint_lt(lost, 600);
    ck_assert_uint_eq(lost_of(&rules, lab, 1, LANE_KERNEL, 0, kernel), lost);
    ck_assert_str_eq(model, kernel);
    lost_of(&rules, lab, 1, LANE_MODEL, 1, other);
    ck_assert_str_ne(model, other);
    memset(rules.sent, 0, sizeof rules.sent);
    lost_of(&rules, lab, 2, LANE_MODEL, 0, other);
    ck_assert_str_ne(model, other);
    wire_rules_add(&rules, 1, LANE_MODEL);
    ck_assert_uint_eq(lost_of(&rules, lab, 1, LANE_MODEL, 1, other), 10000);
    wire_rules_add(&rules, 2, LANE_MODEL);
    ck_assert_uint_eq(lost_of(&rules, lab, 1, LANE_MODEL, 1, other), 0);
    free(lab);
}
END_TEST

/* Of a transfer: the verdict, its octets in the trace or not, and the way back into its midst. */
static struct play *transferred(char *source, size_t len, const char *before, const char *line,
                                enum play_lanes lanes)
{
    snprintf(source, len, "host A\nhost B\n%s\nwire delay 1 ms\n" OPENS "%s\n", before, line);
    struct play *play = play_begin(source, lanes);
    play_to_end(play);
    return play;
}

/* The FNV-1a that both sides have to have, by the first verdict on the model. */
static char *verdict_of(const struct play *play)
{
    const struct event *event = play_event(play, 0, EV_EXPECT);
    ck_assert_ptr_nonnull(event);
    return strndup((const char *)event->text, event->text_len);
}

/* All octets arrive whatever the wire does by chance, in either direction and on real sockets too;
 * the octets are the seed's, so the digest is the same everywhere. */
START_TEST(transfer_arrives)
{
    static const char *const wires[] = {
        "",
        "chance loss 10 %",
        "chance reorder 20 %",
        "chance duplicate 20 %",
        "chance corrupt 10 %",
        "chance loss 5 %\nchance reorder 5 %\nchance duplicate 5 %\nchance corrupt 5 %",
    };
    char source[1024], expected[256];
    for (size_t i = 0; i < sizeof wires / sizeof wires[0]; i++) {
        struct play *play = transferred(source, sizeof source, wires[i], "transfer A.c B.d 200 kB",
                                        i == 0 ? ON_BOTH : ON_MODEL);
        ck_assert_uint_eq(session_failures(play->session), 0);
        char *verdict = verdict_of(play);
        if (i == 0)
            snprintf(expected, sizeof expected, "%s", verdict);
        ck_assert_str_eq(verdict, expected);
        ck_assert_ptr_nonnull(strstr(verdict, "A.c has written 200000 octets, FNV-1a "));
        ck_assert_ptr_nonnull(strstr(verdict, "B.d has read 200000, FNV-1a "));
        free(verdict);
        play_end(play);
    }
}
END_TEST

/* The digests tell octets that came out otherwise: a receiver that does not look at checksums takes
 * what the wire has changed. */
START_TEST(transfer_differs)
{
    char source[1024];
    struct play *play =
        transferred(source, sizeof source, "profile no-checksum\nrule corrupt segment 20 from A",
                    "transfer A.c B.d 200 kB", ON_MODEL);
    ck_assert_uint_eq(session_failures(play->session), 1);
    char *verdict = verdict_of(play);
    ck_assert_ptr_nonnull(strstr(verdict, "B.d has read 200000, "));
    free(verdict);
    play_end(play);
}
END_TEST

/* One that cannot come to its end fails, with the reason: the connection is reset, or nothing ever
 * arrives. */
START_TEST(transfer_fails)
{
    static const struct {
        const char *before, *why;
    } ends[] = { { "A: shutdown(c, SHUT_WR)", "Broken pipe" },
                 { "B: setsockopt(d, SO_LINGER, 0)\nB: close(d)\nrun", "Connection reset by peer" },
                 { "A: setsockopt(c, TCP_USER_TIMEOUT, 5000)\nchance loss 100 %", "timed out" },
                 { "chance loss 100 %", "nothing has moved for 300 s" } };
    char source[1024], line[256];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(line, sizeof line, "%s\ntransfer A.c B.d 200 kB", ends[i].before);
        struct play *play = transferred(source, sizeof source, "", line, ON_MODEL);
        ck_assert_uint_eq(session_failures(play->session), 1);
        char *verdict = verdict_of(play);
        ck_assert_msg(strstr(verdict, ends[i].why) != NULL, "%s", verdict);
        free(verdict);
        play_end(play);
    }
}
END_TEST

/* Its calls are no events, and its segments stand in the trace without their octets. */
START_TEST(transfer_is_quiet)
{
    char source[1024];
    struct play *play = transferred(source, sizeof source, "", "transfer A.c B.d 200 kB", ON_MODEL);
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        ck_assert(event->kind != EV_CALL || event->u.call.op != CALL_RECV);
        ck_assert(event->kind != EV_SENT || event->text_len == 0);
    }
    play_end(play);
}
END_TEST

/* Into the midst of a transfer and on again gives the same trace. */
START_TEST(transfer_back)
{
    char source[1024];
    struct play *play = transferred(source, sizeof source, "chance loss 5 %\nchance reorder 5 %",
                                    "transfer A.c B.d 60 kB", ON_MODEL);
    char *whole = play_ndjson(play);
    for (uint32_t step = play_last(play); step >= 7; step -= 7) {
        session_back(play->session, step - 7);
        play_to_end(play);
        char *again = play_ndjson(play);
        ck_assert_msg(strcmp(again, whole) == 0, "back at step %u it went another way", step - 7);
        free(again);
    }
    free(whole);
    play_end(play);
}
END_TEST

/* On real sockets whose wire is not in hand they are passed over. */
START_TEST(on_the_loopback)
{
    static const char source[] = "host A\nhost B\nrule drop segment 1 from A\nchance loss 100 %\n"
                                 "delay SYN from A 300 ms\n" OPENS "expect A.c ESTABLISHED\n";
    struct play *play = play_begin(source, ON_KERNEL);
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), 0);
    ck_assert(!play_says(play, "From here on"));
    play_end(play);
}
END_TEST

Suite *wire_rules_suite(void)
{
    Suite *suite = suite_create("wire rules");
    TCase *tcase = tcase_create("rules");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, acts, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tcase, what_counts);
    tcase_add_test(tcase, when_it_arrives);
    tcase_add_test(tcase, cause_is_told);
    tcase_add_test(tcase, back_and_on_again);
    tcase_add_test(tcase, chance);
    tcase_add_test(tcase, on_the_loopback);
    tcase_add_test(tcase, transfer_arrives);
    tcase_add_test(tcase, transfer_differs);
    tcase_add_test(tcase, transfer_fails);
    tcase_add_test(tcase, transfer_is_quiet);
    tcase_add_test(tcase, transfer_back);
    suite_add_tcase(suite, tcase);
    return suite;
}
