/*
 * The record of what a program does by itself, and how screens and words tell of it.
 */
#include "tests/suites.h"

#include "net/clock.h"
#include "net/session.h"
#include "net/told.h"
#include "net/trace.h"
#include "tests/play.h"
#include "ui/diagram_marks.h"
#include "ui/said.h"
#include "ui/socks.h"
#include "ui/view.h"
#include "ui/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What has gone from a program has gone: it is called `sent` on all screens, and only that of a lab
 * is on the wire. */
START_TEST(sent)
{
    static const enum stage_screen screens[] = { SCREEN_STAGE, SCREEN_LARGE, SCREEN_SEGMENT };
    struct program_picture program = { .no_wire = NULL };
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_segment(play, SYN);
    for (size_t i = 0; i < 2 * sizeof screens / sizeof screens[0]; i++) {
        bool is_lab = i % 2 == 0;
        play->picture.screen = screens[i / 2];
        play->picture.program = is_lab ? NULL : &program;
        char *frame = play_frame(play, play_last(play), 120, 40, false);
        bool on_wire = strstr(frame, "on wire") || strstr(frame, ", on the wire");
        ck_assert_msg(on_wire == is_lab, "%s", frame);
        ck_assert_msg(is_lab || strstr(frame, "sent"), "%s", frame);
        free(frame);
    }
    play_end(play);
}
END_TEST

/* Lines are stamped by the record's clock, calls by told's: it is one. */
START_TEST(one_clock)
{
    static struct lab lab;
    static struct trace trace;
    trace_init(&trace);
    struct told *told = told_open(trace_sink(&trace));
    struct session *session = session_record(&lab, clock_usec() - 5000000);
    session_record_since(session, told_began(told));
    uint64_t before = session_now(session, LANE_KERNEL);
    told_end(told, -1);
    uint64_t after = session_now(session, LANE_KERNEL);
    ck_assert_uint_eq(trace.count, 2);
    ck_assert_uint_le(before, trace.events[0].usec);
    ck_assert_uint_le(trace.events[0].usec, after);
    session_close(session);
    told_close(told);
    trace_free(&trace);
}
END_TEST

/* It is bounded, in events and in octets, and can begin anew. */
START_TEST(record)
{
    static struct lab lab;
    static const uint8_t text[4096];
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_CALL, .lane = LANE_KERNEL };
    ck_assert_uint_eq(session_last_step(session), 0);
    for (int i = 0; i < 300000; i++) {
        if (i % 3 == 0)
            session_record_step(session);
        emit(&sink, &event);
    }
    ck_assert(session_record_is_full(session));
    ck_assert_uint_eq(session_trace(session)->count, 200000);
    ck_assert_uint_eq(session_last_step(session), (200000 + 2) / 3);
    session_record_anew(session);
    ck_assert_uint_eq(session_last_step(session), 0);
    event.text = text;
    event.text_len = sizeof text;
    for (int i = 0; i < 100000; i++)
        emit(&sink, &event);
    ck_assert(session_record_is_full(session));
    ck_assert_uint_lt(session_trace(session)->count, 100000);
    ck_assert_uint_eq(session_trace(session)->events[0].text_len, 256);
    session_record_anew(session);
    event.kind = EV_SAY;
    event.text_len = SAID_LINE_MAX - 1;
    emit(&sink, &event);
    ck_assert_uint_eq(session_trace(session)->events[0].text_len, SAID_LINE_MAX - 1);
    for (int i = 0; i < 100000; i++)
        emit(&sink, &event);
    ck_assert_int_eq(session_step(session), SESSION_OVER);
    session_close(session);
}
END_TEST

static void tell_socket(struct socks *socks, int32_t id, int32_t fd, enum tcp_state from,
                        enum tcp_state to)
{
    struct event event = { .kind = EV_SOCKET, .lane = LANE_KERNEL, .sock = id };
    event.u.socket.fd = fd;
    event.u.socket.parent = -1;
    socks_take(socks, &event);
    event = (struct event){ .kind = EV_STATE, .lane = LANE_KERNEL, .sock = id };
    event.u.state.from = (uint8_t)from;
    event.u.state.to = (uint8_t)to;
    socks_take(socks, &event);
}

/* Of more sockets than are remembered the listener stays, and the others are forgotten once each,
 * whatever is told of them later. */
START_TEST(many_sockets)
{
    static struct socks socks;
    tell_socket(&socks, 0, 3, CLOSED, LISTEN);
    for (int32_t id = 1; id <= 1000; id++)
        tell_socket(&socks, id, id + 3, LISTEN, ESTABLISHED);
    ck_assert_uint_eq(socks.count, SOCKS_MAX);
    ck_assert_uint_eq(socks.forgotten, 1001 - SOCKS_MAX);
    ck_assert_ptr_nonnull(socks_find(&socks, LANE_KERNEL, 0, 0));
    for (int32_t id = 1; id <= 1000; id++)
        tell_socket(&socks, id, -1, ESTABLISHED, CLOSED);
    ck_assert_uint_eq(socks.forgotten, 1001 - SOCKS_MAX);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 1000);
    tell_socket(&socks, 1001, 5, LISTEN, ESTABLISHED);
    ck_assert_uint_eq(socks.forgotten, 1002 - SOCKS_MAX);
    ck_assert_ptr_null(socks_find(&socks, LANE_KERNEL, 0, 874)); /* longest closed */
    ck_assert_int_eq(socks_find(&socks, LANE_KERNEL, 0, 0)->state, LISTEN);
}
END_TEST

/* The screen after the last step; to be freed. */
static char *record_frame(struct session *session, enum stage_screen screen)
{
    static struct view view;
    static struct lab lab = { .host_count = 1 };
    static struct program_picture program;
    struct picture picture = { .view = &view,
                               .trace = session_trace(session),
                               .lab = &lab,
                               .screen = screen,
                               .program = &program,
                               .profile = session_profile(session),
                               .speed = "",
                               .message = "" };
    struct grid grid = { .width = 0 };
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert(to && grid_make(&grid, 120, 40));
    view_make(&view, picture.trace, session_last_step(session));
    picture.last_step = session_last_step(session);
    draw_picture(&grid, &picture);
    grid_print(&grid, false, to);
    fclose(to);
    grid_free(&grid);
    return text;
}

static void tell_call(const struct sink *sink, enum call_op op, int32_t ret, int32_t err)
{
    struct event event = { .kind = EV_CALL, .lane = LANE_KERNEL, .sock = 1 };
    event.u.call.op = op;
    event.u.call.fd = 10;
    event.u.call.option = OPTION_ERROR;
    emit(sink, &event);
    event = (struct event){ .kind = EV_RETURN, .lane = LANE_KERNEL, .sock = 1 };
    event.u.done.op = op;
    event.u.done.option = OPTION_ERROR;
    event.u.done.result = (struct call_result){ .ret = ret, .err = err };
    emit(sink, &event);
}

/* No call of a program blocks: each stands with its own result, in the order of events. */
START_TEST(each_call_by_itself)
{
    static const struct {
        enum call_op op;
        int32_t ret, err;
        const char *result;
    } rows[] = { { CALL_CONNECT, -1, EINPROGRESS, "-1 EINPROGRESS" },
                 { CALL_GETSOCKOPT, ECONNREFUSED, 0, "0, ECONNREFUSED" },
                 { CALL_RECV, -1, EAGAIN, "-1 EAGAIN" },
                 { CALL_SEND, 2, 0, "2" },
                 { CALL_RECV, 2, 0, "2" },
                 { CALL_ACCEPT, -1, EAGAIN, "-1 EAGAIN" },
                 { CALL_CLOSE, 0, 0, "0" } };
    static struct lab lab;
    static struct view view;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        tell_call(&sink, rows[i].op, rows[i].ret, rows[i].err);
    view_make(&view, session_trace(session), 0);
    ck_assert_uint_eq(view.call_count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < view.call_count; i++) {
        const struct view_call *call = view_call(&view, i);
        ck_assert(call->done && !call->waits && !call->outcome);
        ck_assert_msg(strncmp(call->result, rows[i].result, strlen(rows[i].result)) == 0, "%s: %s",
                      call->call, call->result);
    }
    char *frame = record_frame(session, SCREEN_STAGE);
    ck_assert_ptr_nonnull(strstr(frame, " = -1 EINPROGRESS "));
    ck_assert_ptr_nonnull(strstr(frame, " = 0, ECONNREFUSED "));
    ck_assert_ptr_nonnull(strstr(frame, "accept(10) = -1 EAGAIN "));
    free(frame);
    session_close(session);
}
END_TEST

/* Of a socket of UDP no state is marked, and that is said. */
START_TEST(no_state_marked)
{
    static struct lab lab;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_CALL, .lane = LANE_KERNEL, .sock = 1 };
    struct diagram_marks marks;
    static struct view view;
    event.u.call.op = CALL_SOCKET;
    event.u.call.value = TYPE_DATAGRAM;
    emit(&sink, &event);
    event = (struct event){ .kind = EV_RETURN, .lane = LANE_KERNEL, .sock = 1 };
    event.u.done.op = CALL_SOCKET;
    event.u.done.result.ret = 10;
    emit(&sink, &event);
    view_make(&view, session_trace(session), 0);
    diagram_mark(&marks, &view);
    for (unsigned box = 0; box < BOX_COUNT; box++)
        ck_assert(!marks.boxes[box].stays[0] && !marks.boxes[box].been);
    for (unsigned arrow = 0; arrow < DIAGRAM_ARROWS; arrow++)
        ck_assert(!marks.arrows[arrow].possible);
    char *frame = record_frame(session, SCREEN_STATES);
    ck_assert_ptr_nonnull(strstr(frame, "state: nothing is marked"));
    free(frame);
    session_close(session);
}
END_TEST

/* How many wait to be accepted the listener knows, and says so in the same words everywhere. */
START_TEST(accept_queue)
{
    static struct lab lab;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_STATE, .lane = LANE_KERNEL, .sock = 1 };
    char words[WORDS_MAX], *frame;
    event.u.state.to = LISTEN;
    emit(&sink, &event);
    event = (struct event){ .kind = EV_VARS, .lane = LANE_KERNEL, .sock = 1 };
    event.u.vars =
        (struct tcp_vars){ .unsent = 1, .unread = 2, .known = KNOWS_QUEUES | KNOWS_LISTENS };
    emit(&sink, &event);
    ck_assert_str_eq(words_event(&event, NULL, words, sizeof words), "accept queue 2 of 1");
    event.u.vars.known = KNOWS_QUEUES;
    ck_assert_str_eq(words_event(&event, NULL, words, sizeof words), "unsent 1, unread 2");
    frame = record_frame(session, SCREEN_HOSTS);
    ck_assert_ptr_nonnull(strstr(frame, "2 of 2 full"));
    free(frame);
    session_close(session);
}
END_TEST

/* Who sends is said; a line that was printed stands above, and needs no other words. */
START_TEST(did)
{
    static struct lab lab;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_SENT, .lane = LANE_KERNEL, .sock = -1 };
    static const char *const words[] = { "did  A sends SYN", "did  the peer sends SYN" };
    char *frame;
    event.u.wire.seg.flags = SYN;
    for (int host = 0; host < 2; host++) {
        session_record_step(session);
        event.host = (int8_t)host;
        event.u.wire.id = (uint32_t)host + 1;
        emit(&sink, &event);
        frame = record_frame(session, SCREEN_STAGE);
        ck_assert_ptr_nonnull(strstr(frame, words[host]));
        free(frame);
    }
    event = (struct event){ .kind = EV_SAY, .lane = LANE_KERNEL, .host = -1, .sock = -1 };
    event.text = (const uint8_t *)"printed";
    event.text_len = 7;
    session_record_step(session);
    emit(&sink, &event);
    frame = record_frame(session, SCREEN_STAGE);
    ck_assert(strstr(frame, "printed") && !strstr(frame, "did "));
    free(frame);
    session_close(session);
}
END_TEST

/* Of a program's sockets the one that is shown is open as long as one is, and its timer is shown.
 */
START_TEST(open_sockets_first)
{
    static struct socks socks;
    enum timer_id timer;
    struct event event = { .kind = EV_TIMER, .lane = LANE_KERNEL, .sock = 1 };
    event.u.timer.timer = TIMER_KEEP_ALIVE;
    event.u.timer.at_usec = 3000000;
    socks.open_first = true;
    tell_socket(&socks, 0, 3, CLOSED, LISTEN);
    tell_socket(&socks, 1, 4, LISTEN, ESTABLISHED);
    socks_take(&socks, &event);
    tell_socket(&socks, 2, 5, LISTEN, ESTABLISHED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 2);
    ck_assert_uint_eq(socks_timer(&socks, LANE_KERNEL, 0, &timer), 0); /* that of another */
    tell_socket(&socks, 2, -1, ESTABLISHED, CLOSED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 1);
    ck_assert_uint_eq(socks_timer(&socks, LANE_KERNEL, 0, &timer), 3000000);
    tell_socket(&socks, 1, -1, ESTABLISHED, CLOSED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 0);
    tell_socket(&socks, 0, -1, LISTEN, CLOSED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->state, CLOSED);
}
END_TEST

Suite *record_suite(void)
{
    Suite *suite = suite_create("record");
    TCase *tcase = tcase_create("record");
    tcase_add_test(tcase, sent);
    tcase_add_test(tcase, one_clock);
    tcase_add_test(tcase, record);
    tcase_add_test(tcase, many_sockets);
    tcase_add_test(tcase, each_call_by_itself);
    tcase_add_test(tcase, no_state_marked);
    tcase_add_test(tcase, accept_queue);
    tcase_add_test(tcase, did);
    tcase_add_test(tcase, open_sockets_first);
    suite_add_tcase(suite, tcase);
    return suite;
}
