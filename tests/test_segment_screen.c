/*
 * The screen of a segment: frames as they are to be, and that it shows each segment of a run.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "ui/words.h"

#include <stdlib.h>
#include <string.h>

static void frames_are(struct play *play, const char *name, uint32_t step)
{
    play_golden_sizes(play, name, step);
    play_golden(play, name, step, 120, 40, true);
}

/* A play whose segments are looked at. */
static struct play *begin(const char *lab, const char *profile)
{
    struct play *play = play_on_model(lab, profile, 1);
    play->picture.screen = SCREEN_SEGMENT;
    return play;
}

/* Steps until a segment with these bits is on the wire, and chosen. */
static void choose(struct play *play, unsigned bits)
{
    play->picture.chosen = play_to_segment(play, bits);
    play->picture.chosen_lane = LANE_MODEL;
}

/* A SYN with all options that Linux sends, its answer, and an ACK with none. */
START_TEST(handshake)
{
    struct play *play = begin("handshake", "linux");
    choose(play, SYN);
    frames_are(play, "segment-syn", play_last(play));
    choose(play, SYN | ACK);
    frames_are(play, "segment-syn-ack", play_last(play));
    play_end(play);
    play = begin("handshake", "rfc");
    choose(play, ACK);
    frames_are(play, "segment-ack", play_last(play));
    play_end(play);
}
END_TEST

START_TEST(text)
{
    struct play *play = begin("life", "rfc");
    while (play_waiting(play, ACK) == 0 || !play_says(play, "hello"))
        ck_assert(play_step(play));
    choose(play, ACK);
    frames_are(play, "segment-text", play_last(play));
    play_end(play);
}
END_TEST

START_TEST(fin)
{
    struct play *play = begin("close", "freebsd");
    choose(play, FIN | ACK);
    frames_are(play, "segment-fin", play_last(play));
    play_end(play);
}
END_TEST

START_TEST(reset)
{
    struct play *play = begin("reset", "rfc");
    choose(play, RST | ACK);
    frames_are(play, "segment-rst", play_last(play));
    play_end(play);
}
END_TEST

/* What does not fit: with text, and without. */
START_TEST(corrupted)
{
    struct play *play = begin("no-checksum", "rfc");
    while (!play_event(play, 0, EV_CORRUPTED))
        ck_assert(play_step(play));
    frames_are(play, "segment-corrupted", play_last(play));
    play_end(play);
    play = begin("handshake", "rfc");
    choose(play, SYN);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_CORRUPT, play->picture.chosen, 0));
    char *frame = play_frame(play, play_last(play), 120, 40, false);
    ck_assert_ptr_nonnull(strstr(frame, "it does not fit"));
    ck_assert_ptr_nonnull(strstr(frame, "octet 16 (counted from 0)"));
    free(frame);
    play_end(play);
}
END_TEST

/* The first segment of a run that has SACK blocks, of a transfer whose text is not kept. */
START_TEST(sack)
{
    struct play *play = begin("transfer", "linux");
    const struct event *event;
    size_t seen = 0;
    for (bool found = false; !found;) {
        const struct trace *trace = session_trace(play->session);
        for (; seen < trace->count && !found; seen++) {
            event = &trace->events[seen];
            found = event->kind == EV_SENT && event->u.wire.seg.sack_count > 0;
            play->picture.chosen = found ? event->u.wire.id : 0;
        }
        ck_assert(found || play_step(play));
    }
    frames_are(play, "segment-sack", play_last(play));
    play_end(play);
}
END_TEST

START_TEST(zero_window)
{
    struct play *play = begin("zero-window", "rfc");
    const struct event *last = NULL;
    while (!last || last->u.wire.seg.wnd != 0) {
        const struct trace *trace = session_trace(play->session);
        last = NULL;
        for (size_t i = 0; i < trace->count; i++) {
            if (trace->events[i].kind == EV_SENT)
                last = &trace->events[i];
        }
        ck_assert(last || play_step(play));
        if (last && last->u.wire.seg.wnd != 0)
            ck_assert(play_step(play));
    }
    play->picture.chosen = last->u.wire.id;
    play_golden(play, "segment-zero-window", play_last(play), 120, 40, false);
    play_end(play);
}
END_TEST

/* Text of many octets: what is above and below is said, and all of it can be reached. */
START_TEST(scrolling)
{
    struct play *play = play_with_text("transfer");
    bool last_seen = false;
    play->picture.screen = SCREEN_SEGMENT;
    while (!play_event(play, 0, EV_DROPPED))
        ck_assert(play_step(play));
    choose(play, ACK);
    play_golden(play, "segment-long-text", play_last(play), 80, 24, false);
    for (int scroll = 0; scroll < 200; scroll += 10) {
        play->picture.looks[SCREEN_SEGMENT].scroll = scroll;
        char *frame = play_frame(play, play_last(play), 80, 24, false);
        last_seen = last_seen || strstr(frame, "it fits.");
        ck_assert(scroll == 0 || strstr(frame, "▲"));
        free(frame);
    }
    ck_assert(last_seen);
    struct grid size = { .width = 80, .height = 24 };
    int rows = screen_area(&size, &play->picture).height;
    int most = segment_scroll_most(&play->picture, 80, rows);
    play->picture.looks[SCREEN_SEGMENT].scroll = most - 1;
    char *before = play_frame(play, play_last(play), 80, 24, false);
    ck_assert_ptr_nonnull(strstr(before, "▼ lines below: 1\n"));
    free(before);
    play->picture.looks[SCREEN_SEGMENT].scroll = 1000000;
    play_golden(play, "segment-long-text-end", play_last(play), 80, 24, false);
    play_end(play);
}
END_TEST

/* Nothing was sent yet. */
START_TEST(no_segment)
{
    struct play *play = begin("handshake", "rfc");
    char *frame = play_frame(play, 0, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "No segment has been sent yet"));
    free(frame);
    play_end(play);
}
END_TEST

/* Is this line of the frame, the second, the segment that was sent as the n-th? */
static void shows(struct play *play, size_t back, size_t number, size_t count)
{
    char wanted[64], label[WORDS_MAX];
    const struct trace *trace = session_trace(play->session);
    size_t at = 0;
    for (size_t seen = 0; seen < number; at++)
        seen += trace->events[at].kind == EV_SENT || trace->events[at].kind == EV_DUPLICATED;
    play->picture.looks[SCREEN_SEGMENT].row = (int)back;
    char *frame = play_frame(play, play_last(play), 120, 40, false);
    const char *line = strchr(frame, '\n') + 2;
    words_segment(&trace->events[at - 1].u.wire.seg, &play->view.numbering[LANE_MODEL], label,
                  sizeof label);
    ck_assert_msg(strncmp(line, label, strlen(label)) == 0, "%zu back: %.100s, not %s", back, line,
                  label);
    snprintf(wanted, sizeof wanted, "segment %zu of %zu\n", number, count);
    ck_assert_msg(strstr(line, wanted) != NULL, "%zu back: %.119s, not %s", back, line, wanted);
    free(frame);
}

/* Each segment of a run of more than are kept for the ladder can be come back to; also where ids do
 * not count them, for there are two wires. */
static void check_all_segments(struct play *play)
{
    free(play_frame(play, play_last(play), 120, 40, false));
    size_t most = segments_back(&play->picture), count = play->view.row_count;
    ck_assert_uint_gt(most, 2 * VIEW_ROWS);
    for (size_t back = 0; back <= most; back += back + 7 < most ? 7 : 1)
        shows(play, back, most + 1 - back, count);
    shows(play, most + 1000, 1, count);
    play->picture.looks[SCREEN_SEGMENT].row = 0;
}

START_TEST(all_segments)
{
    struct play *play = begin("transfer", "rfc");
    play_to(play, 900);
    struct trace *trace = (struct trace *)(uintptr_t)session_trace(play->session);
    check_all_segments(play);
    trace->in_hand[LANE_KERNEL] = true;
    check_all_segments(play);
    play_end(play);
}
END_TEST

Suite *seg_screen_suite(void)
{
    Suite *suite = suite_create("segment_screen");
    TCase *tests = tcase_create("segment_screen");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, handshake);
    tcase_add_test(tests, text);
    tcase_add_test(tests, fin);
    tcase_add_test(tests, reset);
    tcase_add_test(tests, corrupted);
    tcase_add_test(tests, sack);
    tcase_add_test(tests, zero_window);
    tcase_add_test(tests, scrolling);
    tcase_add_test(tests, no_segment);
    tcase_add_test(tests, all_segments);
    suite_add_tcase(suite, tests);
    return suite;
}
