/*
 * Sessions: steps back and forth, the user's acts on the wire, expectations that do not hold, and
 * a kernel that cannot be taken back.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "ui/labs.h"

#include <stdlib.h>
#include <string.h>

/* A connection, and a line of text from A to B. */
static const char talk[] = "host A client\n"
                           "host B server\n"
                           "wire delay 100 ms\n"
                           "B: s = socket()\n"
                           "B: bind(s, :7788)\n"
                           "B: listen(s, 5)\n"
                           "B: d = accept(s)\n"
                           "A: c = socket()\n"
                           "A: connect(c, B:7788)\n"
                           "[model] run\n"
                           "A: send(c, \"hello\")\n"
                           "[model] run\n"
                           "B: recv(d, 100) = \"hello\"\n";

/* Stepping back to any step, and on again, gives the same trace as never having gone back. */
START_TEST(back_and_on_again)
{
    if ((uint32_t)_i % play_stride() != 0)
        return; /* it has been asked without the sanitizer */
    struct play *play = play_builtin(builtin_labs[_i].name, ON_MODEL);
    play_to_end(play);
    char *whole = play_ndjson(play);
    uint32_t last = play_last(play), stride = play_is_long(play) ? last / 5 : play_stride();
    for (uint32_t step = last; step >= stride;) {
        step -= stride;
        session_back(play->session, step);
        ck_assert_uint_eq(play_last(play), step);
        play_to_end(play);
        char *again = play_ndjson(play);
        ck_assert_msg(strcmp(again, whole) == 0, "back at step %u the trace went another way",
                      step);
        free(again);
    }
    ck_assert_uint_eq(session_failures(play->session), 0);
    free(whole);
    play_end(play);
}
END_TEST

/* Going back takes the trace back too: it is the beginning of what it was. */
START_TEST(back_cuts_the_trace)
{
    struct play *play = play_begin(talk, ON_MODEL);
    play_to_end(play);
    char *whole = play_ndjson(play);
    for (uint32_t step = play_last(play); step-- > 0;) {
        session_back(play->session, step);
        char *part = play_ndjson(play);
        ck_assert_int_eq(strncmp(whole, part, strlen(part)), 0);
        ck_assert_uint_lt(strlen(part), strlen(whole));
        free(part);
    }
    free(whole);
    play_end(play);
}
END_TEST

/* Going back to where one is, or further than one has been, changes nothing. */
START_TEST(back_to_here)
{
    struct play *play = play_begin(talk, ON_BOTH);
    play_to(play, 3);
    size_t events = session_trace(play->session)->count;
    session_back(play->session, 3);
    session_back(play->session, 4);
    session_back(play->session, 1000);
    ck_assert_uint_eq(play_last(play), 3);
    ck_assert_uint_eq(session_trace(play->session)->count, events);
    ck_assert(session_runs(play->session, LANE_KERNEL));
    play_end(play);
}
END_TEST

/* When a lab is over it stays so: no further step, no further event. */
START_TEST(over_is_over)
{
    struct play *play = play_begin(talk, ON_BOTH);
    play_to_end(play);
    uint32_t last = play_last(play);
    size_t events = session_trace(play->session)->count;
    ck_assert(session_lab_is_over(play->session));
    for (int i = 0; i < 3; i++)
        ck_assert(!play_step(play));
    ck_assert_uint_eq(play_last(play), last);
    ck_assert_uint_eq(session_trace(play->session)->count, events);
    play_end(play);
}
END_TEST

/* Every event belongs to a step that was done, in order. */
START_TEST(events_belong_to_steps)
{
    struct play *play = play_builtin(builtin_labs[_i].name, ON_BOTH);
    play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        ck_assert_uint_le(trace->events[i].step, play_last(play));
        ck_assert(i == 0 || trace->events[i].step >= trace->events[i - 1].step);
    }
    ck_assert(!trace->full);
    play_end(play);
}
END_TEST

static bool drop(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_DROP, id, 0);
}

static bool duplicate(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_DUPLICATE, id, 0);
}

static bool hold(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_HOLD, id, 0);
}

static bool hold_and_release(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_HOLD, id, 0) &&
           session_wire(session, LANE_MODEL, WIRE_RELEASE, id, 0);
}

static bool deliver(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_DELIVER, id, 0);
}

static bool duplicate_twice(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_DUPLICATE, id, 0) &&
           session_wire(session, LANE_MODEL, WIRE_DUPLICATE, id, 0);
}

static bool reorder(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_REORDER, id, 0);
}

static bool delay(struct session *session, uint32_t id)
{
    return session_wire(session, LANE_MODEL, WIRE_DELAY, id, 500000);
}

static bool (*const acts[])(struct session *session, uint32_t id) = {
    drop, duplicate, duplicate_twice, hold, hold_and_release, reorder, delay, deliver,
};

enum {
    ACTS = sizeof acts / sizeof acts[0]
};

/* Whatever is done to any segment of any lab, the lab comes to its end: no step hangs, nothing
 * goes on for ever. (What it expects need not hold: a copy of a FIN may end a TIME-WAIT by RST.) */
START_TEST(acts_on_each_segment)
{
    if ((uint32_t)_i % play_stride() != 0)
        return; /* it has been asked without the sanitizer */
    struct play *play = play_builtin(builtin_labs[_i / ACTS].name, ON_MODEL);
    unsigned tried = 0;
    for (uint32_t step = 1; !play_is_long(play) || step < 8; step++) {
        session_back(play->session, step - 1);
        if (!play_step(play))
            break;
        view_make(&play->view, session_trace(play->session), step);
        size_t waiting = view_waiting_count(&play->view);
        for (size_t i = 0; i < waiting; i++) {
            session_back(play->session, step);
            view_make(&play->view, session_trace(play->session), step);
            uint32_t id = view_waiting(&play->view, i)->id;
            ck_assert_msg(acts[_i % ACTS](play->session, id), "step %u, segment %u", step, id);
            play_to_end(play);
            ck_assert(session_lab_is_over(play->session));
            tried++;
        }
    }
    ck_assert_uint_gt(tried, 0);
    play_end(play);
}
END_TEST

/* A SYN that the user drops is sent again, and the handshake comes to its end all the same. */
START_TEST(dropped_syn_comes_again)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    uint32_t syn = play_to_segment(play, SYN);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, syn, 0));
    ck_assert_uint_eq(play_waiting(play, SYN), 0);
    play_to_end(play);
    const struct event *sent = play_event(play, 0, EV_DROPPED);
    ck_assert_ptr_nonnull(sent);
    while (sent && !(sent->kind == EV_SENT && sent->u.wire.again))
        sent = play_event(play, (size_t)(sent - session_trace(play->session)->events) + 1, EV_SENT);
    ck_assert_msg(sent != NULL, "nothing was sent again");
    ck_assert_uint_eq(session_failures(play->session), 0);
    ck_assert(session_lab_is_over(play->session));
    play_end(play);
}
END_TEST

/* Of the handshake any segment may be lost, copied or held back: it is sent again, or thrown away
 * as a copy, and all that the lab expects holds. */
START_TEST(handshake_survives)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    unsigned tried = 0;
    for (uint32_t step = 1; session_back(play->session, step - 1), play_step(play); step++) {
        uint32_t id = play_waiting(play, 0);
        if (id == 0)
            continue;
        ck_assert(acts[_i](play->session, id));
        play_to_end(play);
        ck_assert(session_lab_is_over(play->session));
        ck_assert_msg(session_failures(play->session) == 0, "segment %u after step %u", id, step);
        tried++;
    }
    ck_assert_uint_ge(tried, 3);
    play_end(play);
}
END_TEST

/* Any mixture of steps, acts and ways back leaves a session that still comes to an end, and that
 * from its beginning runs as a new one does. */
START_TEST(any_mixture)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to_end(play);
    char *whole = play_ndjson(play);
    uint32_t dice = 12345;
    for (unsigned i = 0; i < 600; i++) {
        dice = dice * 1664525 + 1013904223;
        uint32_t what = dice >> 16, last = play_last(play);
        uint32_t id = play_waiting(play, 0);
        if (what % 7 == 0)
            session_back(play->session, what / 7 % (last + 1));
        else if (what % 7 < 3 && id != 0)
            acts[what / 7 % ACTS](play->session, id);
        else
            play_step(play);
    }
    play_to_end(play);
    session_back(play->session, 0);
    play_to_end(play);
    char *again = play_ndjson(play);
    ck_assert_str_eq(again, whole);
    free(whole);
    free(again);
    play_end(play);
}
END_TEST

/* An act on a segment that is not there, or where the wire is the kernel's, is no step. */
START_TEST(acts_on_nothing)
{
    struct play *play = play_begin(talk, ON_MODEL);
    uint32_t last = play_last(play);
    ck_assert(!session_wire(play->session, LANE_MODEL, WIRE_DROP, 0, 0));
    ck_assert(!session_wire(play->session, LANE_MODEL, WIRE_DUPLICATE, 4711, 0));
    ck_assert_uint_eq(play_last(play), last);
    play_end(play);
    play = play_begin(talk, ON_KERNEL);
    play_to_end(play);
    last = play_last(play);
    ck_assert(!session_wire(play->session, LANE_MODEL, WIRE_DROP, 1, 0));
    ck_assert_uint_eq(play_last(play), last);
    play_end(play);
}
END_TEST

/* On a wire that is full of copies there is no room for one more, which is said, and what TCP
 * sends then is lost as it is sent; the lab still comes to its end. */
START_TEST(full_wire)
{
    struct play *play = play_begin(talk, ON_MODEL);
    unsigned copies = 0;
    uint32_t syn = play_to_segment(play, SYN);
    while (copies < 1000 && session_wire(play->session, LANE_MODEL, WIRE_DUPLICATE, syn, 0))
        copies++;
    ck_assert_uint_lt(copies, 1000);
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), 0);
    play_end(play);
}
END_TEST

/* What a lab expects and does not find, with the line and the words for it. */
static const struct {
    const char *line;
    unsigned lanes; /* how many of them find it missing */
    const char *words;
} misses[] = {
    { "expect A.c CLOSE-WAIT", 2, "expected A.c CLOSE-WAIT, seen ESTABLISHED" },
    { "expect B SYN-SENT", 2, "expected a socket of B in SYN-SENT" },
    { "B: recv(d, 9) = \"hallo\"", 2, "recv: expected the 5 octets given, seen others" },
    { "B: recv(d, 9) = 4", 2, "recv: expected 4, seen 5" },
    { "B: recv(d, 9) = ECONNRESET", 2, "recv: expected ECONNRESET, seen 5" },
    { "B: bind(s, :7789)", 2, "bind: expected success, seen EINVAL" },
    { "A: recv(c, 9) = 0", 2, "the call has not returned" },
    { "[model] drop FIN,ACK from A", 1, "no such segment is on the wire" },
    { "[model] deliver RST from B", 1, "deliver: no such segment comes any more" },
};

/* An expectation that does not hold is counted, on each lane, and named with its line. */
START_TEST(failures_are_named)
{
    char source[1024];
    unsigned seen = 0;
    snprintf(source, sizeof source, "%.*s%s\n", (int)(strstr(talk, "B: recv") - talk), talk,
             misses[_i].line);
    struct play *play = play_begin(source, ON_BOTH);
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), misses[_i].lanes);
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind != EV_EXPECT || event->u.expect.holds)
            continue;
        ck_assert_uint_eq(event->u.expect.line, 13);
        ck_assert_uint_eq(event->text_len, strlen(misses[_i].words));
        ck_assert_int_eq(memcmp(event->text, misses[_i].words, event->text_len), 0);
        ck_assert_uint_le(event->step, play_last(play));
        seen++;
    }
    ck_assert_uint_eq(seen, misses[_i].lanes);
    play_end(play);
}
END_TEST

/* A line that needs the socket of a call that never returns is passed over, and says so. */
START_TEST(socket_that_never_comes)
{
    struct play *play = play_begin("host A client\nhost B server\n"
                                   "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 1)\n"
                                   "B: d = accept(s)\nB: close(d)\nB: close(s)\n",
                                   ON_BOTH);
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), 2);
    ck_assert(play_says(play, "the call that is to make this socket has not returned"));
    ck_assert(session_lab_is_over(play->session));
    play_end(play);
}
END_TEST

/* Going back counts failures back, too. */
START_TEST(failures_are_taken_back)
{
    struct play *play = play_begin("host A client\nA: c = socket()\nexpect A.c LISTEN\n"
                                   "A: close(c)\n",
                                   ON_MODEL);
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), 1);
    session_back(play->session, 0);
    ck_assert_uint_eq(session_failures(play->session), 0);
    play_end(play);
}
END_TEST

/* Calls that come out differently on the two lanes are counted and named with their line. */
START_TEST(differences_are_named)
{
    struct play *play = play_begin("host A client\nA: c = socket()\n"
                                   "A: setsockopt(c, TCP_DEFER_ACCEPT, 5)\n",
                                   ON_BOTH);
    play_to_end(play);
    ck_assert_uint_eq(session_differences(play->session), 1);
    ck_assert(play_says(play, "line 3, setsockopt: the model says "));
    ck_assert(play_says(play, ", the kernel 0"));
    play_end(play);
}
END_TEST

/* The kernel cannot be taken back: its lane is closed, says so, and its record stays up to the
 * step; the model goes on alone to the end. */
START_TEST(kernel_is_left_behind)
{
    struct play *play = play_begin(talk, ON_BOTH);
    play_to_end(play);
    session_back(play->session, 4);
    ck_assert(!session_runs(play->session, LANE_KERNEL));
    ck_assert(session_runs(play->session, LANE_MODEL));
    ck_assert(play_says(play, "the kernel cannot be taken back"));
    size_t recorded = session_trace(play->session)->count;
    play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    unsigned of_kernel = 0;
    for (size_t i = 0; i < trace->count; i++) {
        bool kernel = trace->events[i].lane == LANE_KERNEL;
        ck_assert(!kernel || i < recorded);
        of_kernel += kernel;
    }
    ck_assert_uint_gt(of_kernel, 10);
    ck_assert_uint_eq(session_failures(play->session), 0);
    play_end(play);
}
END_TEST

/* Where only the kernel ran nothing is left to run after a step back, and that is the end. */
START_TEST(kernel_alone_is_left_behind)
{
    struct play *play = play_begin(talk, ON_KERNEL);
    play_to(play, 3);
    session_back(play->session, 1);
    ck_assert(!session_runs(play->session, LANE_KERNEL));
    ck_assert(play_says(play, "the kernel cannot be taken back"));
    play_to_end(play);
    ck_assert_uint_eq(session_failures(play->session), 0);
    play_end(play);
}
END_TEST

/* What the kernel did after the step that was gone back to is forgotten: the model, which may now
 * go another way, is not compared with it. */
START_TEST(forgotten_future_is_not_compared)
{
    static const char begin[] = "host A client\nhost B server\n"
                                "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
                                "B: d = accept(s)\nA: c = socket()\nA: connect(c, B:7788)\n"
                                "[model] run\nA: send(c, \"";
    char lab[sizeof begin + 3000];
    memcpy(lab, begin, sizeof begin);
    memset(lab + sizeof begin - 1, 'x', 2 * 1460); /* two full segments, for Nagle's algorithm */
    strcpy(lab + sizeof begin - 1 + 2 * 1460, "\")\n[model] run\nB: recv(d, 9000)\n");
    struct play *play = play_begin(lab, ON_BOTH);
    uint32_t second = 0, step = 0;
    while (play_step(play)) {
        view_make(&play->view, session_trace(play->session), play_last(play));
        if (second == 0 && view_waiting_count(&play->view) == 2) {
            second = view_waiting(&play->view, 1)->id;
            step = play_last(play);
        }
    }
    ck_assert_uint_ne(second, 0);
    ck_assert_uint_eq(session_differences(play->session), 0);
    session_back(play->session, step);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_HOLD, second, 0));
    play_to_end(play);
    ck_assert_uint_eq(session_differences(play->session), 0);
    play_end(play);
}
END_TEST

/* Only what is said before the first step is in step 0, and no lane has done anything. */
START_TEST(step_zero)
{
    struct play *play = play_begin("host A client\nsay One.\nsay Two.\nA: c = socket()\n", ON_BOTH);
    const struct trace *trace = session_trace(play->session);
    ck_assert_uint_eq(play_last(play), 0);
    ck_assert_uint_eq(trace->count, 3);
    ck_assert_int_eq(trace->events[0].kind, EV_SAY);
    ck_assert_int_eq(trace->events[1].kind, EV_SAY);
    ck_assert_int_eq(trace->events[2].kind, EV_NEXT);
    play_end(play);
}
END_TEST

static TCase *steps(void)
{
    TCase *tcase = tcase_create("steps");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, step_zero);
    tcase_add_loop_test(tcase, back_and_on_again, 0, (int)builtin_lab_count);
    tcase_add_loop_test(tcase, events_belong_to_steps, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, back_cuts_the_trace);
    tcase_add_test(tcase, back_to_here);
    tcase_add_test(tcase, over_is_over);
    tcase_add_test(tcase, kernel_is_left_behind);
    tcase_add_test(tcase, kernel_alone_is_left_behind);
    tcase_add_test(tcase, forgotten_future_is_not_compared);
    return tcase;
}

/* B closes, A does not: B is in FIN-WAIT-2, and for how long is a setting. */
static const char half_closed[] = "%s\n"
                                  "B: close(d)\n"
                                  "[model] run\n"
                                  "[model] expect B.d FIN-WAIT-2\n"
                                  "[model] wait %u s\n"
                                  "[model] expect B.d CLOSED\n";

static struct play *half_close(char *source, size_t len, const char *set, unsigned seconds,
                               enum play_lanes lanes)
{
    int used = snprintf(source, len, "profile linux\n%s", talk);
    snprintf(source + used, len - (size_t)used, half_closed, set, seconds);
    struct play *play = play_begin(source, lanes);
    play_to_end(play);
    return play;
}

/* A setting of a host holds from its line on; real sockets keep this machine's, which is said. */
START_TEST(settings)
{
    char source[1024];
    struct play *play =
        half_close(source, sizeof source, "set B net.ipv4.tcp_fin_timeout 5", 6, ON_BOTH);
    ck_assert_uint_eq(session_failures(play->session), 0);
    ck_assert(play_says(play, "B has net.ipv4.tcp_fin_timeout = 5"));
    ck_assert(play_says(play, "whose settings stay as they are"));
    play_end(play);
    play = half_close(source, sizeof source, "set A net.ipv4.tcp_fin_timeout 5", 6, ON_MODEL);
    ck_assert_uint_eq(session_failures(play->session), 1);
    play_end(play);
    play = half_close(source, sizeof source, "", 61, ON_MODEL);
    ck_assert_uint_eq(session_failures(play->session), 0);
    play_end(play);
}
END_TEST

/* A value that the model does not have is a failure of its line. */
START_TEST(setting_refused)
{
    char source[1024];
    struct play *play = half_close(source, sizeof source, "set A net.ipv4.tcp_ecn 1", 61, ON_MODEL);
    ck_assert_uint_eq(session_failures(play->session), 1);
    char *trace = play_ndjson(play);
    ck_assert_ptr_nonnull(strstr(trace, "A does not take net.ipv4.tcp_ecn = 1"));
    free(trace);
    play_end(play);
}
END_TEST

Suite *session_suite(void)
{
    Suite *suite = suite_create("session");
    suite_add_tcase(suite, steps());
    TCase *tcase = tcase_create("wire");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, dropped_syn_comes_again);
    tcase_add_loop_test(tcase, acts_on_each_segment, 0, (int)builtin_lab_count * ACTS);
    tcase_add_loop_test(tcase, handshake_survives, 0, ACTS - 1); /* but for deliver */
    tcase_add_test(tcase, any_mixture);
    tcase_add_test(tcase, acts_on_nothing);
    tcase_add_test(tcase, full_wire);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("expectations");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, failures_are_named, 0, (int)(sizeof misses / sizeof misses[0]));
    tcase_add_test(tcase, socket_that_never_comes);
    tcase_add_test(tcase, failures_are_taken_back);
    tcase_add_test(tcase, differences_are_named);
    tcase_add_test(tcase, settings);
    tcase_add_test(tcase, setting_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
