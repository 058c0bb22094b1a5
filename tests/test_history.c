/*
 * The index of steps: the same whether made on the way or at once, also where steps were taken
 * back; and the time line that is drawn from it.
 */
#include "tests/suites.h"

#include "tests/play.h"

#include <stdlib.h>
#include <string.h>

/* Compares with a history that is made of the whole trace at once. */
static void is_as_made_anew(const struct history *history, const struct trace *trace)
{
    struct history whole = { .count = 0 };
    history_update(&whole, trace);
    ck_assert(!history->full && !whole.full);
    ck_assert_uint_eq(history->count, whole.count);
    ck_assert_uint_eq(history->expect_count, whole.expect_count);
    for (uint32_t step = 0; step < whole.count; step++) {
        const struct history_step *seen = &history->steps[step], *wanted = &whole.steps[step];
        ck_assert_msg(seen->marks == wanted->marks && seen->line == wanted->line &&
                          memcmp(seen->state, wanted->state, sizeof seen->state) == 0,
                      "step %u is not the same", step);
        ck_assert_uint_eq(history_marks(history, step, step + 1), wanted->marks);
    }
    for (size_t i = 0; i < whole.expect_count; i++)
        ck_assert_uint_eq(history->expects[i], whole.expects[i]);
    ck_assert_uint_eq(history_marks(history, 0, whole.count), history_marks(&whole, 0, 1u << 30));
    history_reset(&whole);
}

/* After each step it has what the view has, and in the end what one at once has. */
START_TEST(as_the_view)
{
    static const char *const labs[] = { "life", "backlog", "server-first", "retransmission" };
    struct play *play = play_builtin(labs[_i], ON_MODEL);
    do {
        uint32_t step = play_last(play);
        history_update(&play->history, session_trace(play->session));
        view_make(&play->view, session_trace(play->session), step);
        for (int host = 0; host < 2; host++) {
            enum tcp_state state = CLOSED;
            const struct sock_row *row = socks_main(&play->view.socks, LANE_MODEL, host);
            ck_assert_int_eq(history_state(&play->history, step, LANE_MODEL, host, &state),
                             row != NULL);
            ck_assert(!row || row->state == state);
        }
    } while (play_step(play));
    is_as_made_anew(&play->history, session_trace(play->session));
    play_end(play);
}
END_TEST

/* What kind of step each of a lab's is. */
START_TEST(marks)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    const struct history *history = &play->history;
    unsigned all = 0;
    play_to(play, 6);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, play_waiting(play, SYN), 0));
    play_to_end(play);
    history_update(&play->history, session_trace(play->session));
    ck_assert_uint_eq(history->steps[1].marks, STEP_CALL);
    ck_assert_uint_eq(history->steps[6].marks, STEP_SAID | STEP_CALL | STEP_MOVED);
    ck_assert_uint_eq(history->steps[7].marks, STEP_DROPPED);
    ck_assert_uint_eq(history->steps[8].marks, STEP_TIMER);
    ck_assert_uint_eq(history->steps[9].marks & (STEP_TO_A | STEP_TO_B), STEP_TO_B);
    ck_assert_uint_eq(history->steps[10].marks & (STEP_TO_A | STEP_TO_B), STEP_TO_A);
    for (uint32_t step = 0; step < history->count; step++)
        all |= history->steps[step].marks;
    ck_assert_uint_eq(history_marks(history, 0, history->count), all);
    ck_assert_uint_eq(history_marks(history, 3, 3), 0);
    ck_assert_uint_lt(0, history_line(history, 1));
    ck_assert_uint_le(history_line(history, 1), history_line(history, 6));
    play_end(play);
}
END_TEST

/* Steps taken back, and others done instead: once between two looks, and more often. */
START_TEST(taken_back)
{
    struct play *play = play_builtin("life", ON_MODEL);
    const struct trace *trace = session_trace(play->session);
    play_to(play, 20);
    history_update(&play->history, trace);
    session_back(play->session, 8);
    uint32_t id = play_waiting(play, 0);
    ck_assert_uint_ne(id, 0);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, id, 0));
    play_to(play, 25);
    history_update(&play->history, trace);
    ck_assert_uint_eq(history_marks(&play->history, 9, 10), STEP_DROPPED);
    is_as_made_anew(&play->history, trace);
    session_back(play->session, 5);
    play_to(play, 12);
    session_back(play->session, 10);
    play_to(play, 18);
    history_update(&play->history, trace);
    is_as_made_anew(&play->history, trace);
    session_back(play->session, 2);
    history_update(&play->history, trace);
    is_as_made_anew(&play->history, trace);
    play_end(play);
}
END_TEST

/* Many steps, each with a change of state of one of some sockets. */
static void long_trace(struct trace *trace, uint32_t from, uint32_t to, unsigned salt)
{
    struct sink sink = trace_sink(trace);
    trace->on[LANE_MODEL] = true;
    for (uint32_t step = from; step < to; step++) {
        struct event event = { .kind = step % 7 == 0 ? EV_DROPPED : EV_STATE,
                               .host = (int8_t)(step % 2),
                               .sock = (int32_t)(step % 10 + 1) };
        event.u.state.from = ESTABLISHED;
        event.u.state.to = (uint8_t)((step + salt) % 977 < 500 ? ESTABLISHED : CLOSE_WAIT);
        trace->step = step;
        emit(&sink, &event);
        emit(&sink, &event);
    }
}

/* So many steps that there are several bases to go back to. */
START_TEST(long_runs)
{
    struct trace trace;
    struct history history = { .count = 0 };
    trace_init(&trace);
    long_trace(&trace, 0, 60000, 0);
    history_update(&history, &trace);
    ck_assert_uint_gt(history.base_count, 2);
    static const uint32_t cuts[] = { 59999, 40001, 33000, 16384, 130, 1 };
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        trace_cut(&trace, trace_step_end(&trace, cuts[i] - 1));
        long_trace(&trace, cuts[i], 50000, (unsigned)i + 1);
        history_update(&history, &trace);
        is_as_made_anew(&history, &trace);
    }
    ck_assert_uint_eq(history_marks(&history, 8, 14),
                      STEP_MOVED * !!history_marks(&history, 8, 14));
    ck_assert_uint_ne(history_marks(&history, 100, 40000) & STEP_DROPPED, 0);
    history_reset(&history);
    trace_free(&trace);
}
END_TEST

/* The first column of the row that has this character, -1 where there is none. */
static int column_of(const struct grid *grid, int y, uint32_t code)
{
    for (int x = 0; x < grid->width; x++) {
        if (grid->cells[y * grid->width + x].code == code)
            return x;
    }
    return -1;
}

/* A click on the mark of the step shown is that step, at each step, where a step has columns of its
 * own. */
START_TEST(clicks)
{
    static const int widths[] = { 80, 120, 300 };
    struct play *play = play_builtin("life", ON_MODEL);
    struct grid grid = { .width = 0 };
    play_to_end(play);
    ck_assert(grid_make(&grid, widths[_i], 40));
    for (uint32_t step = 0; step <= play_last(play); step++) {
        free(play_frame(play, step, grid.width, grid.height, false));
        grid_clear(&grid);
        draw_timeline(&grid, &play->picture);
        struct rect area = timeline_area(&grid, &play->picture);
        int x = column_of(&grid, area.y, 0x25bc);
        ck_assert_int_ge(x, 0);
        ck_assert_uint_eq(timeline_step_at(&play->picture, &grid, x), step);
    }
    ck_assert_uint_eq(timeline_step_at(&play->picture, &grid, 0), 0);
    ck_assert_uint_eq(timeline_step_at(&play->picture, &grid, grid.width - 1), play_last(play));
    grid_free(&grid);
    play_end(play);
}
END_TEST

/* More steps than columns: a column stands for several, says so, and a click leads to the first of
 * them; the ends are the ends. */
START_TEST(scaled)
{
    struct play *play = play_builtin("transfer", ON_MODEL);
    struct grid grid = { .width = 0 };
    play_to(play, 3000);
    char *frame = play_frame(play, 1500, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "\n 1:64 "));
    free(frame);
    ck_assert(grid_make(&grid, 80, 24));
    draw_timeline(&grid, &play->picture);
    int x = column_of(&grid, timeline_area(&grid, &play->picture).y, 0x25bc);
    ck_assert_uint_eq(timeline_step_at(&play->picture, &grid, x), 1500 / 64 * 64);
    ck_assert_uint_eq(timeline_step_at(&play->picture, &grid, 0), 0);
    ck_assert_uint_eq(timeline_step_at(&play->picture, &grid, 79), 3000);
    grid_free(&grid);
    play_end(play);
}
END_TEST

Suite *history_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tcase = tcase_create("history");
    tcase_add_loop_test(tcase, as_the_view, 0, 4);
    tcase_add_test(tcase, marks);
    tcase_add_test(tcase, taken_back);
    tcase_add_test(tcase, long_runs);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("time line");
    tcase_add_loop_test(tcase, clicks, 0, 3);
    tcase_add_test(tcase, scaled);
    suite_add_tcase(suite, tcase);
    return suite;
}
