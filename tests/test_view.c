/*
 * The view: a fold over the trace, the same whether made on the way or when looking back, and
 * frames of it that keep to their screen.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "tests/scene.h"
#include "ui/labs.h"

#include <stdlib.h>
#include <string.h>

/* A connection, and two lines of text from A to B. */
static const char talk[] = "title a talk\n"
                           "host A client\n"
                           "host B server\n"
                           "say Good morning.\n"
                           "B: s = socket()\n"
                           "B: bind(s, :7788)\n"
                           "B: listen(s, 5)\n"
                           "B: d = accept(s)\n"
                           "A: c = socket()\n"
                           "A: connect(c, B:7788)\n"
                           "say One.\n"
                           "say Two.\n"
                           "[model] run\n"
                           "A: send(c, \"hello\")\n"
                           "A: send(c, \"world\")\n";

static const struct {
    int width, height;
} sizes[] = { { 80, 24 }, { 109, 60 }, { 110, 33 }, { 120, 40 }, { 200, 60 } };

enum {
    SIZES = sizeof sizes / sizeof sizes[0]
};

/* A play up to the first segment on the wire, its view made. */
static struct play *play_with_syn(void)
{
    struct play *play = play_begin(talk, ON_MODEL);
    play_to_segment(play, 0);
    return play;
}

static const struct view *view_of(struct play *play)
{
    view_make(&play->view, session_trace(play->session), play_last(play));
    return &play->view;
}

static const struct view_row *row_at(struct play *play, size_t i)
{
    const struct view_row *row = view_row(view_of(play), i);
    ck_assert_ptr_nonnull(row);
    return row;
}

/* A segment is on the wire from A to B until it is delivered. */
START_TEST(row_is_delivered)
{
    struct play *play = play_with_syn();
    const struct view_row *row = row_at(play, 0);
    ck_assert_int_eq(row->fate, ROW_ON_WIRE);
    ck_assert_int_eq(row->from, 0);
    ck_assert_int_eq(row->to, 1);
    ck_assert(row->fresh);
    ck_assert_str_eq(row->label, "SYN seq=0 win=16384 mss=1460");
    ck_assert_uint_eq(view_waiting_count(&play->view), 1);
    ck_assert(play_step(play));
    row = row_at(play, 0);
    ck_assert_int_eq(row->fate, ROW_DELIVERED);
    ck_assert_uint_eq(row->end_usec - row->sent_usec, 100000);
    ck_assert_uint_eq(play->view.row_count, 2);
    ck_assert_int_eq(row_at(play, 1)->from, 1);
    ck_assert_str_eq(row_at(play, 1)->label, "SYN,ACK seq=0 ack=1 win=16384 mss=1460");
    play_end(play);
}
END_TEST

/* A dropped one stays on the ladder as lost; the one sent again stands below it. */
START_TEST(row_is_lost)
{
    struct play *play = play_with_syn();
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, play_waiting(play, SYN), 0));
    ck_assert_int_eq(row_at(play, 0)->fate, ROW_DROPPED);
    ck_assert_uint_eq(view_waiting_count(&play->view), 0);
    ck_assert_uint_eq(play->view.why_count, 1);
    ck_assert_str_eq(play->view.whys[0].words, "The wire has lost SYN seq=0 win=16384 mss=1460.");
    play_to_segment(play, SYN);
    ck_assert_int_eq(row_at(play, 0)->fate, ROW_DROPPED);
    ck_assert(row_at(play, 1)->again);
    ck_assert(!row_at(play, 0)->again);
    play_end(play);
}
END_TEST

/* A held one waits until it is released. */
START_TEST(row_is_held)
{
    struct play *play = play_with_syn();
    uint32_t syn = play_waiting(play, SYN);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_HOLD, syn, 0));
    ck_assert_int_eq(row_at(play, 0)->fate, ROW_HELD);
    ck_assert_uint_eq(view_waiting(&play->view, 0)->id, syn);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_RELEASE, syn, 0));
    ck_assert_int_eq(row_at(play, 0)->fate, ROW_ON_WIRE);
    ck_assert_uint_eq(play->view.row_count, 1);
    play_end(play);
}
END_TEST

/* A copy is a row of its own, that names what it is a copy of. */
START_TEST(row_is_copied)
{
    struct play *play = play_with_syn();
    uint32_t syn = play_waiting(play, SYN);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DUPLICATE, syn, 0));
    ck_assert_uint_eq(row_at(play, 1)->of, syn);
    ck_assert_uint_eq(row_at(play, 0)->of, 0);
    ck_assert_str_eq(row_at(play, 1)->label, row_at(play, 0)->label);
    ck_assert_uint_eq(view_waiting_count(&play->view), 2);
    ck_assert_uint_eq(view_waiting(&play->view, 0)->id, syn);
    ck_assert_ptr_null(view_waiting(&play->view, 2));
    play_end(play);
}
END_TEST

/* Rows are fresh in the step that touches them, and not in the next one. */
START_TEST(fresh_rows)
{
    struct play *play = play_with_syn();
    ck_assert(row_at(play, 0)->fresh);
    ck_assert(play_step(play));
    ck_assert(row_at(play, 0)->fresh && row_at(play, 1)->fresh);
    ck_assert(play_step(play));
    ck_assert(!row_at(play, 0)->fresh);
    ck_assert(row_at(play, 1)->fresh && row_at(play, 2)->fresh);
    play_end(play);
}
END_TEST

static const struct view_call *call_at(struct play *play, size_t i)
{
    const struct view_call *call = view_call(view_of(play), i);
    ck_assert_ptr_nonnull(call);
    return call;
}

/* How many of a frame's rows have this in them. */
static unsigned rows_with(const char *frame, const char *part)
{
    unsigned count = 0;
    for (const char *at = frame; (at = strstr(at, part)); at++)
        count++;
    return count;
}

/* A call that would block waits; when it returns it is listed once, with what it returned. */
START_TEST(call_waits_and_returns)
{
    struct play *play = play_begin(talk, ON_MODEL);
    play_to(play, 4);
    ck_assert_str_eq(call_at(play, 3)->call, "accept(3)");
    ck_assert(call_at(play, 3)->waits && call_at(play, 3)->done);
    char *frame = play_frame(play, 4, 120, 40, false);
    ck_assert_uint_eq(rows_with(frame, "accept(3) ..."), 1);
    free(frame);
    play_to_end(play);
    frame = play_frame(play, play_last(play), 120, 40, false);
    ck_assert_uint_eq(rows_with(frame, "accept(3)"), 1);
    ck_assert_uint_eq(rows_with(frame, "accept(3) = 4"), 1);
    ck_assert_uint_eq(rows_with(frame, "connect(3, "), 1);
    ck_assert_uint_eq(rows_with(frame, "getsockopt("), 0);
    ck_assert_uint_eq(rows_with(frame, "..."), 0);
    free(frame);
    play_end(play);
}
END_TEST

/* A call that waits on another socket is another call: neither hides the other. */
START_TEST(calls_wait_beside_each_other)
{
    struct play *play = play_begin("host A client\nhost B server\n"
                                   "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
                                   "B: t = socket()\nB: bind(t, :7789)\nB: listen(t, 5)\n"
                                   "B: d = accept(s)\nB: e = accept(t)\n",
                                   ON_MODEL);
    play_to_end(play);
    char *frame = play_frame(play, play_last(play), 120, 60, false);
    ck_assert_uint_eq(rows_with(frame, "accept(3) ..."), 1);
    ck_assert_uint_eq(rows_with(frame, "accept(4) ..."), 1);
    free(frame);
    play_end(play);
}
END_TEST

/* What the lab says stands until something else is said, and is fresh in its own step only. */
START_TEST(says)
{
    struct play *play = play_begin(talk, ON_MODEL);
    ck_assert_str_eq(view_of(play)->say, "Good morning.");
    ck_assert(play->view.say_is_fresh);
    play_to(play, 1);
    view_make(&play->view, session_trace(play->session), 1);
    ck_assert_str_eq(play->view.say, "Good morning.");
    play_to(play, 6);
    ck_assert_str_eq(view_of(play)->say, "One.\nTwo.");
    ck_assert(play->view.say_is_fresh);
    play_end(play);
}
END_TEST

/* Why: the rules of the step, each with its place in the RFC; what a call returned only where
 * there is no other reason. */
START_TEST(whys)
{
    struct play *play = play_with_syn();
    const struct view *view = view_of(play);
    ck_assert_uint_eq(view->why_count, 1);
    ck_assert_ptr_eq(strstr(view->whys[0].words, "A in CLOSED was told active OPEN: it "),
                     view->whys[0].words);
    ck_assert_str_eq(view->whys[0].where, "RFC 9293, 3.10.1");
    ck_assert(!view->whys[0].bad);
    view_make(&play->view, session_trace(play->session), 1);
    ck_assert_uint_eq(view->why_count, 1);
    ck_assert_str_eq(view->whys[0].words, "model: socket of B returned 3");
    play_end(play);
}
END_TEST

/* A failed expectation is a reason that no other one pushes out, and is counted. */
START_TEST(why_it_failed)
{
    struct play *play = play_begin("host A client\nA: c = socket()\nexpect A.c LISTEN\n"
                                   "expect A.c CLOSED\n",
                                   ON_MODEL);
    play_to_end(play);
    const struct view *view = view_of(play);
    ck_assert_uint_eq(view->failed, 1);
    ck_assert_uint_eq(view->held, 1);
    ck_assert_uint_eq(view->why_count, 1);
    ck_assert(view->whys[0].bad);
    ck_assert_str_eq(view->whys[0].words, "line 3: expected A.c LISTEN, seen CLOSED");
    play_end(play);
}
END_TEST

/* Looked at from further on, the view after a step is the same in every octet as it was then. */
START_TEST(the_past_does_not_change)
{
    struct play *play = play_builtin(builtin_labs[_i].name, ON_BOTH);
    struct view *then = NULL;
    uint32_t count = 0;
    do {
        then = realloc(then, (count + 1) * sizeof *then);
        ck_assert_ptr_nonnull(then);
        view_make(&then[count], session_trace(play->session), count);
        count++;
    } while (play_step(play) && !(play_is_long(play) && count == 50));
    for (uint32_t step = 0; step < count; step++) {
        view_make(&play->view, session_trace(play->session), step);
        ck_assert_msg(memcmp(&play->view, &then[step], sizeof play->view) == 0, "step %u", step);
    }
    free(then);
    play_end(play);
}
END_TEST

/* Takes the time line out, which has the steps behind as well. */
static char *without_timeline(char *frame)
{
    char *line = strstr(frame, "\n steps "), *behind = line ? strstr(line, "\n next ") : NULL;
    ck_assert_ptr_nonnull(behind);
    memmove(line, behind, strlen(behind) + 1);
    return frame;
}

/* What is drawn after each step of `life` is drawn again when looking back there; only the title
 * then says that it is recorded, and the time line has more steps. */
START_TEST(frames_of_the_past)
{
    struct play *play = play_builtin("life", ON_MODEL);
    int width = sizes[_i].width, height = sizes[_i].height;
    char *frames[100];
    uint32_t count = 0;
    do
        frames[count] = without_timeline(play_frame(play, count, width, height, false));
    while (++count < 100 && play_step(play));
    ck_assert_uint_lt(count, 100);
    for (uint32_t step = 0; step < count; step++) {
        char *again = without_timeline(play_frame(play, step, width, height, false));
        ck_assert_str_eq(strchr(again, '\n'), strchr(frames[step], '\n'));
        bool past = step < count - 1;
        ck_assert_int_eq(past, strstr(again, "recorded\n") != NULL);
        ck_assert(past || strcmp(again, frames[step]) == 0);
        free(again);
        free(frames[step]);
    }
    play_end(play);
}
END_TEST

/* (Check writes a note for each of its assertions that holds: hence the plain ifs here.) */
static void is_as_wide(const char *line, int width)
{
    if (text_width(line) > width)
        ck_abort_msg("more than %d columns: %s", width, line);
    if (strpbrk(line, "\x1b\t\r"))
        ck_abort_msg("a control: %s", line);
}

static void copy_line(char *line, size_t cap, const char *from)
{
    size_t len = strcspn(from, "\n");
    if (len >= cap)
        ck_abort_msg("a line of %zu octets", len);
    memcpy(line, from, len);
    line[len] = '\0';
}

/* A frame has its rows, none of them wider than the screen, and the keys to help and to quit. */
static void keeps_to_its_screen(const char *frame, int width, int height)
{
    char line[2000];
    int rows = 0;
    for (const char *at = frame; *at; at += strcspn(at, "\n") + 1, rows++) {
        copy_line(line, sizeof line, at);
        is_as_wide(line, width);
    }
    if (rows != height)
        ck_abort_msg("%d rows, not %d:\n%s", rows, height, frame);
    if (!strstr(frame, "? help") || !strstr(frame, "q quit"))
        ck_abort_msg("no keys to help and to quit in\n%s", frame);
}

/* In ASCII a frame is ASCII only, and has as many columns in each row, but for the blank that
 * stands for the right half of a wide character at the end. */
static void is_ascii(const char *ascii, const char *frame)
{
    char line[2000], ascii_line[2000];
    for (; *ascii; ascii += strcspn(ascii, "\n") + 1, frame += strcspn(frame, "\n") + 1) {
        copy_line(line, sizeof line, frame);
        copy_line(ascii_line, sizeof ascii_line, ascii);
        int missing = text_width(line) - (int)strlen(ascii_line);
        if (missing != 0 && missing != 1)
            ck_abort_msg("the columns differ:\n%s\n%s", line, ascii_line);
        for (const char *at = ascii_line; *at; at++) {
            if (*at < 0x20 || *at >= 0x7f)
                ck_abort_msg("not ASCII: %s", ascii_line);
        }
    }
}

static void every_screen_keeps(struct play *play, uint32_t step, int width, int height)
{
    int screens = step == 0 ? SCREEN_COUNT : SCREEN_HELP; /* help and menu know no steps */
    for (int screen = SCREEN_STAGE; screen < screens; screen++) {
        if (!screen_rows[screen].draw)
            continue;
        int tabs = screen == SCREEN_STAGE && width < WIDE_FROM ? TAB_COUNT : 1;
        for (int tab = 0; tab < tabs; tab++) {
            play->picture.screen = (enum stage_screen)screen;
            play->picture.tab = (enum stage_tab)tab;
            char *frame = play_frame(play, step, width, height, false);
            char *ascii = play_frame(play, step, width, height, true);
            keeps_to_its_screen(frame, width, height);
            is_ascii(ascii, frame);
            free(frame);
            free(ascii);
        }
    }
}

/* Every frame of every built-in lab, in each screen, tab and size, keeps to its screen. */
START_TEST(frames_keep_to_the_screen)
{
    if ((uint32_t)_i / SIZES % play_stride() != 0)
        return; /* it has been asked without the sanitizer */
    struct play *play = play_builtin(builtin_labs[_i / SIZES].name, ON_MODEL);
    play_to_end(play);
    uint32_t stride = play_is_long(play) ? play_last(play) / 4 : play_stride();
    for (uint32_t step = 0; step <= play_last(play); step += stride)
        every_screen_keeps(play, step, sizes[_i % SIZES].width, sizes[_i % SIZES].height);
    play_end(play);
}
END_TEST

/* So do the frames of both lanes. */
START_TEST(frames_of_both_lanes)
{
    struct play *play = play_builtin("life", ON_BOTH);
    play_to_end(play);
    for (uint32_t step = 0; step <= play_last(play); step += play_stride())
        every_screen_keeps(play, step, sizes[_i].width, sizes[_i].height);
    play_end(play);
}
END_TEST

/* And those of a lab whose every word is long, wide, or meant to harm. */
START_TEST(frames_of_long_words)
{
    struct play *play = play_begin(
        "title 三次握手与四次挥手：一个连接的一生，从第一个报文段到最后一个，每一步都看得见，"
        "每一步都可以倒退，还可以再来一次，直到看懂为止，直到全班都看懂为止\n"
        "host A 客户端客户端客户端客户端客户端\n"
        "host B \x1b[2J\xc2\x9b\xe2\x80\xae a server with a name that is far too long for a box\n"
        "say "
        "这是一个很长很长的句子，没有空格，也没有换行，一直写下去，直到把三行都写满，然后再写一点，"
        "再写一点，再写一点，再写一点，再写一点，再写一点，再写一点，再写一点，再写一点，再写一点。"
        "\n"
        "B: averylongname1 = socket()\n"
        "B: bind(averylongname1, :65535)\n"
        "B: listen(averylongname1, 65535)\n"
        "B: averylongname2 = accept(averylongname1)\n"
        "A: averylongname3 = socket()\n"
        "A: connect(averylongname3, B:65535)\n"
        "[model] run\n"
        "say \x1b]0;title\x07\n"
        "A: send(averylongname3, \"三次握手三次握手三次握手三次握手三次握手三次握手三次握手\")\n"
        "[model] run\n"
        "B: recv(averylongname2, 16384)\n"
        "expect B.averylongname2 LAST-ACK\n",
        ON_MODEL);
    play_to_end(play);
    for (uint32_t step = 0; step <= play_last(play); step += play_stride())
        every_screen_keeps(play, step, sizes[_i].width, sizes[_i].height);
    play_end(play);
}
END_TEST

/* Two lanes number their segments alike: what happens to one's is not the other's, and numbers are
 * counted from each lane's own SYN. */
START_TEST(lanes_are_apart)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event lost = scene_wire(EV_DROPPED, LANE_KERNEL, 1, 1, 1500000);
    scene_emit(scene, &lost);
    scene_fold(scene);
    const struct view *view = &scene->view;
    ck_assert_uint_eq(view->row_count, 3);
    ck_assert_int_eq(view_row(view, 0)->lane, LANE_MODEL);
    ck_assert_int_eq(view_row(view, 0)->fate, ROW_ON_WIRE);
    ck_assert_int_eq(view_row(view, 1)->lane, LANE_KERNEL);
    ck_assert_int_eq(view_row(view, 1)->fate, ROW_DROPPED);
    ck_assert_str_eq(view_row(view, 0)->label, "SYN seq=0 win=16384 mss=1460");
    ck_assert_str_eq(view_row(view, 1)->label, "SYN seq=0 win=64240 mss=1460");
    ck_assert_uint_eq(view_waiting_count(view), 2);
    scene_end(scene);
}
END_TEST

static void chosen_is(const struct scene *scene, enum lane_id lane, uint32_t id)
{
    ck_assert_int_eq(scene->picture.chosen_lane, lane);
    ck_assert_uint_eq(scene->picture.chosen, id);
}

/* Up and down go through the segments of both lanes; one that is held is chosen last; none of a
 * lane of which only the record is left. */
START_TEST(choosing)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    scene_fold(scene);
    chosen_is(scene, LANE_MODEL, 1);
    picture_choose_next(&scene->picture, false);
    chosen_is(scene, LANE_MODEL, 1);
    picture_choose_next(&scene->picture, true);
    chosen_is(scene, LANE_KERNEL, 1);
    picture_choose_next(&scene->picture, true);
    picture_choose_next(&scene->picture, true);
    chosen_is(scene, LANE_KERNEL, 2);
    picture_choose_next(&scene->picture, false);
    chosen_is(scene, LANE_KERNEL, 1);
    struct event held = scene_wire(EV_HELD, LANE_MODEL, 0, 1, 1000);
    scene_emit(scene, &held);
    scene_fold(scene);
    chosen_is(scene, LANE_KERNEL, 1);
    scene->picture.chosen = 0;
    scene_fold(scene);
    chosen_is(scene, LANE_KERNEL, 1);
    scene->picture.record_only[LANE_KERNEL] = true;
    ck_assert_ptr_null(picture_chosen(&scene->picture));
    scene_fold(scene);
    chosen_is(scene, LANE_MODEL, 1);
    ck_assert_int_eq(picture_chosen(&scene->picture)->fate, ROW_HELD);
    scene_end(scene);
}
END_TEST

/* What differs is marked in the rows of both lanes, be it a segment or a call, and nowhere else. */
START_TEST(differences_are_marked)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event differs = { .kind = EV_DIFFERS, .lane = LANE_ALL, .host = 0, .sock = -1 };
    for (size_t i = 0; i < scene->trace.count; i++) {
        const struct event *event = &scene->trace.events[i];
        if (event->kind == EV_RETURN)
            differs.u.differs.at[event->lane] = (int64_t)i;
    }
    scene_emit(scene, &differs);
    scene_fold(scene);
    const struct view *view = &scene->view;
    ck_assert(view_call(view, 0)->differs && view_call(view, 1)->differs);
    ck_assert(!view_row(view, 0)->differs && !view_row(view, 1)->differs);
    for (size_t i = 0; i < scene->trace.count; i++) {
        if (scene->trace.events[i].kind == EV_SENT && scene->trace.events[i].u.wire.id == 2)
            differs.u.differs.at[LANE_KERNEL] = (int64_t)i;
    }
    differs.u.differs.at[LANE_MODEL] = -1;
    scene_emit(scene, &differs);
    scene_fold(scene);
    ck_assert(view_row(view, 2)->differs);
    ck_assert(!view_row(view, 0)->differs && !view_row(view, 1)->differs);
    scene_end(scene);
}
END_TEST

/* A timer is known while it runs; the one that runs out first is told. */
START_TEST(timers)
{
    struct scene *scene = scene_begin(SCENE_MIXED);
    enum timer_id timer;
    struct event event = { .kind = EV_TIMER, .lane = LANE_MIXED, .host = 0, .sock = 1 };
    event.u.timer.timer = TIMER_KEEP_ALIVE;
    event.u.timer.at_usec = 3000000;
    scene_fold(scene);
    ck_assert_uint_eq(socks_timer(&scene->view.socks, LANE_MIXED, 0, &timer), 3250000);
    ck_assert_int_eq(timer, TIMER_RETRANSMISSION);
    ck_assert_uint_eq(socks_timer(&scene->view.socks, LANE_MIXED, 1, &timer), 0);
    scene_emit(scene, &event);
    scene_fold(scene);
    ck_assert_uint_eq(socks_timer(&scene->view.socks, LANE_MIXED, 0, &timer), 3000000);
    ck_assert_int_eq(timer, TIMER_KEEP_ALIVE);
    event.u.timer.change = TIMER_STOPPED;
    scene_emit(scene, &event);
    scene_fold(scene);
    ck_assert_uint_eq(socks_timer(&scene->view.socks, LANE_MIXED, 0, &timer), 3250000);
    scene_end(scene);
}
END_TEST

/* The session says of each lane whether its wire is in hand and whose its hosts are. */
START_TEST(lanes_of_sessions)
{
    struct play *play = play_begin(talk, ON_BOTH);
    const struct trace *trace = session_trace(play->session);
    ck_assert(trace->in_hand[LANE_MODEL] && !trace->in_hand[LANE_KERNEL]);
    ck_assert_str_eq(trace_kind(trace, LANE_MODEL, 1), "model");
    ck_assert_str_eq(trace_kind(trace, LANE_KERNEL, 0), "kernel");
    play_end(play);
    if (!play_wire_allowed())
        return;
    play = play_begin(talk, ON_KERNEL_AND_MODEL);
    trace = session_trace(play->session);
    ck_assert(trace->in_hand[LANE_MIXED] && !trace->on[LANE_KERNEL]);
    ck_assert_str_eq(trace_kind(trace, LANE_MIXED, 0), "kernel");
    ck_assert_str_eq(trace_kind(trace, LANE_MIXED, 1), "model");
    play_end(play);
}
END_TEST

/* Of very long runs the last segments and calls are kept; the stage says how many came before. */
START_TEST(long_runs)
{
    struct trace trace;
    struct lab lab = { .host_count = 2 };
    struct view *view = malloc(sizeof *view);
    struct picture picture = {
        .view = view, .lab = &lab, .profile = &tcp_profiles[0], .speed = "", .message = ""
    };
    struct grid grid = { .width = 0 };
    ck_assert(view && grid_make(&grid, 120, 40));
    trace_init(&trace);
    struct sink sink = trace_sink(&trace);
    for (uint32_t i = 1; i <= VIEW_ROWS + 44; i++) {
        struct event event = { .kind = EV_SENT, .usec = i * 1000 };
        event.u.wire.id = i;
        emit(&sink, &event);
        event = (struct event){ .kind = EV_CALL, .usec = i * 1000 };
        event.u.call = (struct call){ .op = CALL_RECV, .fd = (int32_t)i, .value = 1 };
        emit(&sink, &event);
    }
    view_make(view, &trace, 0);
    ck_assert_uint_eq(view->row_count, VIEW_ROWS + 44);
    ck_assert_ptr_null(view_row(view, 43));
    ck_assert_uint_eq(view_row(view, 44)->id, 45);
    ck_assert_ptr_null(view_row(view, VIEW_ROWS + 44));
    ck_assert_ptr_null(view_call(view, VIEW_ROWS + 43 - VIEW_CALLS));
    ck_assert_ptr_nonnull(view_call(view, VIEW_ROWS + 43));
    ck_assert_uint_eq(view_waiting_count(view), VIEW_ROWS);
    draw_picture(&grid, &picture);
    FILE *file = tmpfile();
    grid_print(&grid, false, file);
    fclose(file);
    grid_free(&grid);
    trace_free(&trace);
    free(view);
}
END_TEST

Suite *view_suite(void)
{
    Suite *suite = suite_create("view");
    TCase *tcase = tcase_create("facts");
    tcase_add_test(tcase, row_is_delivered);
    tcase_add_test(tcase, row_is_lost);
    tcase_add_test(tcase, row_is_held);
    tcase_add_test(tcase, row_is_copied);
    tcase_add_test(tcase, fresh_rows);
    tcase_add_test(tcase, call_waits_and_returns);
    tcase_add_test(tcase, calls_wait_beside_each_other);
    tcase_add_test(tcase, says);
    tcase_add_test(tcase, whys);
    tcase_add_test(tcase, why_it_failed);
    tcase_add_test(tcase, lanes_are_apart);
    tcase_add_test(tcase, choosing);
    tcase_add_test(tcase, differences_are_marked);
    tcase_add_test(tcase, timers);
    tcase_add_test(tcase, lanes_of_sessions);
    tcase_add_test(tcase, long_runs);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("past");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_past_does_not_change, 0, (int)builtin_lab_count);
    tcase_add_loop_test(tcase, frames_of_the_past, 0, SIZES);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("frames");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, frames_keep_to_the_screen, 0, (int)builtin_lab_count * SIZES);
    tcase_add_loop_test(tcase, frames_of_both_lanes, 0, SIZES);
    tcase_add_loop_test(tcase, frames_of_long_words, 0, SIZES);
    suite_add_tcase(suite, tcase);
    return suite;
}
