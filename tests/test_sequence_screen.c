/*
 * The sequence space: frames as they are to be, the scale, and numbers that wrap.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "ui/tui/sequence_parts.h"

#include <stdlib.h>
#include <string.h>

static void frames_are(struct play *play, const char *name, uint32_t step)
{
    play_golden_sizes(play, name, step);
    play_golden(play, name, step, 80, 24, true);
}

static struct play *begin(const char *lab, const char *profile)
{
    struct play *play = play_on_model(lab, profile, 1);
    play->picture.screen = SCREEN_SEQUENCE;
    return play;
}

/* No connection; a SYN; text on its way; a FIN. */
START_TEST(life)
{
    struct play *play = begin("life", "rfc");
    char *frame = play_frame(play, 0, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "There is no connection yet."));
    free(frame);
    play_to_segment(play, SYN);
    frames_are(play, "sequence-syn", play_last(play));
    play_to_segment(play, SYN | ACK);
    frames_are(play, "sequence-syn-ack", play_last(play));
    while (!play_says(play, "hello"))
        ck_assert(play_step(play));
    play_to_segment(play, ACK);
    frames_are(play, "sequence-text", play_last(play));
    play_to_segment(play, FIN | ACK);
    frames_are(play, "sequence-fin", play_last(play));
    play_end(play);
}
END_TEST

START_TEST(zero_window)
{
    struct play *play = begin("zero-window", "rfc");
    while (!play_says(play, "one line more") || play_waiting(play, ACK) != 0)
        ck_assert(play_step(play));
    frames_are(play, "sequence-zero-window", play_last(play));
    play_to_segment(play, ACK); /* the probe */
    ck_assert_int_eq(sequence_scroll_most(&play->picture, 80, 20), 0);
    ck_assert_int_eq(sequence_scroll_most(&play->picture, 80, 16), 5);
    play_golden(play, "sequence-probe", play_last(play), 80, 24, false);
    play_end(play);
}
END_TEST

/* The first step in which something is there beyond a gap, and one with several such ranges. */
START_TEST(lossy)
{
    static const char *const names[] = { "sequence-gap", "sequence-gaps" };
    struct play *play = begin("transfer", "linux");
    size_t seen = 0;
    for (uint32_t wanted = 1; wanted <= 2; wanted++) {
        for (bool found = false; !found;) {
            const struct trace *trace = session_trace(play->session);
            for (; seen < trace->count && !found; seen++)
                found = trace->events[seen].kind == EV_VARS &&
                        trace->events[seen].u.vars.beyond_count >= wanted;
            ck_assert(found || play_step(play));
        }
        frames_are(play, names[wanted - 1], play_last(play));
    }
    play_end(play);
}
END_TEST

/* A RST: what is closed has no variables any more, and what the wire has shown is told as that. */
START_TEST(reset)
{
    struct play *play = begin("reset", "rfc");
    while (!play_says(play, "Nobody waits in TIME-WAIT"))
        ck_assert(play_step(play));
    char *frame = play_frame(play, play_last(play), 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "as seen on the wire"));
    ck_assert_ptr_null(strstr(frame, "SND.UNA"));
    free(frame);
    play_end(play);
}
END_TEST

/* Both lanes: on plain loopback the kernel tells no number, and none is drawn for it. */
START_TEST(kernel_without_wire)
{
    struct play *play = play_builtin("life", ON_BOTH);
    play->picture.screen = SCREEN_SEQUENCE;
    while (!play_says(play, "hello"))
        ck_assert(play_step(play));
    char *frame = play_frame(play, play_last(play), 120, 40, false);
    const char *kernel = strstr(frame, "kernel: no number of it is known here.");
    ck_assert_ptr_nonnull(strstr(frame, "SND.UNA"));
    ck_assert_ptr_nonnull(kernel);
    ck_assert_ptr_null(strstr(kernel, "SND.UNA"));
    ck_assert_ptr_null(strstr(kernel, "▒▒"));
    free(frame);
    play_end(play);
}
END_TEST

/* On both lanes the same connection is looked at, whichever was touched last there. */
START_TEST(same_connection)
{
    static const char lab[] = "title two\nhost A a\nhost B b\n"
                              "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
                              "A: c = socket()\nA: connect(c, B:7788)\n[model] run\n"
                              "A: e = socket()\nA: connect(e, B:7788)\n[model] run\n"
                              "[model] A: close(c)\n";
    struct play *play = play_begin(lab, ON_BOTH);
    const struct sock_row *model[2], *kernel[2];
    play_to_end(play);
    free(play_frame(play, play_last(play), 80, 24, false));
    for (int n = 0; n < 2; n++) {
        ck_assert(space_ends(&play->view, LANE_MODEL, n, model));
        ck_assert(space_same_ends(&play->view, LANE_KERNEL, model[0], kernel));
        ck_assert_str_eq(model[0]->name, n == 0 ? "c" : "e");
        ck_assert_str_eq(kernel[0]->name, model[0]->name);
    }
    ck_assert(!space_same_ends(&play->view, LANE_KERNEL, NULL, kernel));
    play_end(play);
}
END_TEST

/* On a wire of ours the segments show what the kernel does not tell. */
START_TEST(kernel_on_wire)
{
    if (!play_wire_allowed())
        return;
    struct play *play = play_builtin("life", ON_WIRE);
    const struct sock_row *ends[2];
    struct space space;
    play->picture.screen = SCREEN_SEQUENCE;
    while (!play_says(play, "hello") || play_waiting(play, ACK) == 0)
        ck_assert(play_step(play));
    free(play_frame(play, play_last(play), 80, 24, false));
    ck_assert(space_ends(&play->view, LANE_KERNEL, 0, ends));
    space_make(&space, &play->picture, LANE_KERNEL, ends, 0);
    ck_assert(space.sends && space.by_wire && space.receives && space.has_rcv_wnd);
    ck_assert_uint_eq(space.anchor, 1);
    ck_assert_int_eq(space.nxt, 5);
    ck_assert_uint_eq(space.bar_count, 1);
    ck_assert_int_eq(space.bars[0].end - space.bars[0].start, 5);
    play_end(play);
}
END_TEST

/* ---- numbers made up */

struct story {
    struct trace trace;
    struct view view;
    struct picture picture;
    const struct sock_row *ends[2];
};

static struct endpoint end_of(int host)
{
    return (struct endpoint){ ip4(10, 9, 0, (uint8_t)(1 + host)), host ? 7788 : 40000 };
}

static void tell(struct story *story, const struct event *event)
{
    struct sink sink = trace_sink(&story->trace);
    emit(&sink, event);
}

/* A connection of two hosts with these variables. */
static void tell_end(struct story *story, int host, const struct tcp_vars *vars)
{
    struct event event = { .kind = EV_SOCKET, .lane = LANE_MODEL, .host = (int8_t)host, .sock = 1 };
    event.u.socket.fd = 3;
    event.u.socket.parent = -1;
    event.u.socket.local = end_of(host);
    event.u.socket.remote = end_of(!host);
    tell(story, &event);
    event = (struct event){ .kind = EV_STATE, .lane = LANE_MODEL, .host = (int8_t)host, .sock = 1 };
    event.u.state.from = SYN_SENT;
    event.u.state.to = ESTABLISHED;
    tell(story, &event);
    event = (struct event){ .kind = EV_VARS, .lane = LANE_MODEL, .host = (int8_t)host, .sock = 1 };
    event.u.vars = *vars;
    tell(story, &event);
}

static void tell_sent(struct story *story, struct seq seq, unsigned flags, uint32_t len)
{
    struct event event = { .kind = EV_SENT, .lane = LANE_MODEL, .sock = -1 };
    segment_begin(&event.u.wire.seg, seq, flags);
    event.u.wire.seg.src = end_of(0);
    event.u.wire.seg.dst = end_of(1);
    event.u.wire.seg.text_len = len;
    event.u.wire.id = (uint32_t)story->trace.count;
    tell(story, &event);
}

static struct story *begin_story(void)
{
    struct story *story = calloc(1, sizeof *story);
    ck_assert_ptr_nonnull(story);
    trace_init(&story->trace);
    story->trace.on[LANE_MODEL] = story->trace.in_hand[LANE_MODEL] = true;
    story->trace.model[LANE_MODEL][0] = story->trace.model[LANE_MODEL][1] = true;
    return story;
}

static struct space space_of(struct story *story)
{
    struct space space;
    view_make(&story->view, &story->trace, 0);
    story->picture.view = &story->view;
    story->picture.trace = &story->trace;
    ck_assert(space_ends(&story->view, LANE_MODEL, 0, story->ends));
    ck_assert(!space_ends(&story->view, LANE_KERNEL, 0, story->ends));
    ck_assert(space_ends(&story->view, LANE_MODEL, 0, story->ends));
    space_make(&space, &story->picture, LANE_MODEL, story->ends, 0);
    return space;
}

static void end_story(struct story *story)
{
    trace_free(&story->trace);
    free(story);
}

/* A connection whose numbers pass 2^32, and one that has sent nearly as many octets: both look as
 * any other. */
START_TEST(wrapping)
{
    static const uint32_t isns[] = { 0xfffffff0, 5 }, unas[] = { 0xfffffff8, 1 };
    for (size_t i = 0; i < 2; i++) {
        struct story *story = begin_story();
        struct seq una = seq_of(unas[i]), iss = seq_of(isns[i]);
        struct tcp_vars sender = { .iss = iss,
                                   .una = una,
                                   .nxt = seq_add(una, 30),
                                   .snd_wnd = 100,
                                   .known = KNOWS_SEND | KNOWS_WINDOWS };
        struct tcp_vars receiver = { .irs = iss,
                                     .rcv_nxt = seq_add(una, 10),
                                     .rcv_wnd = 90,
                                     .unread = 4,
                                     .beyond = { { seq_add(una, 20), seq_add(una, 30) } },
                                     .beyond_count = 1,
                                     .known = KNOWS_RECEIVE | KNOWS_WINDOWS | KNOWS_QUEUES |
                                              KNOWS_BEYOND };
        tell_sent(story, iss, SYN, 0);
        tell_end(story, 0, &sender);
        tell_end(story, 1, &receiver);
        tell_sent(story, seq_add(una, 10), ACK, 10);
        struct space space = space_of(story);
        struct space_scale scale;
        ck_assert(space.sends && space.receives && !space.by_wire && !space.got_by_wire);
        ck_assert_uint_eq(space.anchor, una.n - iss.n);
        ck_assert_int_eq(space.nxt, 30);
        ck_assert_int_eq(space.rcv_nxt, 10);
        ck_assert_int_eq(space.beyond[0].start, 20);
        ck_assert_int_eq(space.beyond[0].end, 30);
        ck_assert_int_eq(space.bars[space.bar_count - 1].start, 10);
        ck_assert_int_eq(space.bars[space.bar_count - 1].end, 20);
        space_scale_make(&scale, &space, 60);
        ck_assert_int_ge(space_column(&scale, 0), 0);
        ck_assert_int_lt(space_column(&scale, 100), 60);
        end_story(story);
    }
}
END_TEST

static void check_scale(uint32_t window, int64_t text, int width)
{
    struct space space = { .sends = true, .has_snd_wnd = true, .anchor = 77 };
    struct space_scale scale;
    space.snd_wnd = window;
    space.nxt = text;
    space_scale_make(&scale, &space, width);
    int from = space_column(&scale, 0), to = space_column(&scale, space.nxt);
    int least = text <= 1 ? 8 * (int)text : width / 16;
    ck_assert_int_ge(from, 0);
    ck_assert_int_lt(to, width);
    ck_assert_int_ge(scale.columns, 1);
    ck_assert(scale.columns == 1 || scale.octets == 1);
    ck_assert_int_ge((int64_t)space.anchor + scale.first, 0);
    ck_assert_int_ge(to - from, least < width / 16 ? least : width / 16);
}

/* Whatever the windows: what was sent is seen, and no more than the width. */
START_TEST(scales)
{
    static const uint32_t windows[] = { 0, 1, 100, 65535, 1u << 30 };
    static const int64_t texts[] = { 0, 1, 10, 1000, 65535, 10000000 };
    static const int widths[] = { 40, 66, 106, 186, 286 };
    for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
                check_scale(windows[w], texts[t], widths[i]);
        }
    }
}
END_TEST

/* Another connection of the same hosts is looked at with the row before. */
START_TEST(other_connection)
{
    struct play *play = begin("retransmission", "rfc");
    const struct sock_row *first[2], *second[2], *third[2];
    play_to_end(play);
    free(play_frame(play, play_last(play), 80, 24, false));
    ck_assert(space_ends(&play->view, LANE_MODEL, 0, first));
    ck_assert(space_ends(&play->view, LANE_MODEL, 1, second));
    ck_assert(space_ends(&play->view, LANE_MODEL, 2, third)); /* there are two: the last again */
    ck_assert_uint_eq(connections_back(&play->picture), 1);
    ck_assert_ptr_ne(first[0], second[0]);
    ck_assert_ptr_eq(second[0], third[0]);
    ck_assert(endpoint_eq(&first[0]->local, &first[1]->remote));
    ck_assert(endpoint_eq(&second[0]->local, &second[1]->remote));
    play_end(play);
}
END_TEST

Suite *seq_screen_suite(void)
{
    Suite *suite = suite_create("sequence_screen");
    TCase *tests = tcase_create("sequence_screen");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, life);
    tcase_add_test(tests, zero_window);
    tcase_add_test(tests, lossy);
    tcase_add_test(tests, reset);
    tcase_add_test(tests, kernel_without_wire);
    tcase_add_test(tests, same_connection);
    tcase_add_test(tests, kernel_on_wire);
    tcase_add_test(tests, wrapping);
    tcase_add_test(tests, scales);
    tcase_add_test(tests, other_connection);
    suite_add_tcase(suite, tests);
    return suite;
}
