/*
 * The screens of lists: sockets, hosts, trace and lesson, compared as text with tests/golden, and
 * scrolled.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "tests/scene.h"

#include <stdlib.h>
#include <string.h>

/* In the three sizes, and the smallest one in ASCII. */
static void frames_are(const char *lab, enum stage_screen screen, const char *name, uint32_t step)
{
    struct play *play = play_builtin(lab, ON_MODEL);
    play_to_end(play);
    play->picture.screen = screen;
    play_golden_sizes(play, name, step);
    play_golden(play, name, step, 80, 24, true);
    play_end(play);
}

START_TEST(sockets)
{
    frames_are("retransmission", SCREEN_SOCKETS, "sockets-37", 37);
}
END_TEST

START_TEST(hosts)
{
    frames_are("backlog", SCREEN_HOSTS, "hosts-44", 44);
}
END_TEST

START_TEST(trace)
{
    frames_are("life", SCREEN_TRACE, "trace-12", 12);
}
END_TEST

START_TEST(lesson)
{
    frames_are("life", SCREEN_LESSON, "lesson-12", 12);
}
END_TEST

/* Every listener with its queues, and what is closing or in TIME-WAIT, by the numbers. */
START_TEST(groups)
{
    struct play *play = play_builtin("syn-flood", ON_MODEL);
    char *frame;
    uint32_t step = 1;
    play->picture.screen = SCREEN_HOSTS;
    do
        play_to(play, step++);
    while (!play_says(play, "a socket of B in SYN-RECEIVED"));
    frame = play_frame(play, play_last(play), 120, 40, false);
    ck_assert_ptr_nonnull(strstr(frame, "SYN queue     1        █"));
    ck_assert_ptr_nonnull(strstr(frame, "accept queue  0 of 1"));
    ck_assert_ptr_nonnull(strstr(frame, "-   SYN-RECEIVED 10.9.0.1:"));
    free(frame);
    play_end(play);
    play = play_builtin("server-first", ON_MODEL);
    play->picture.screen = SCREEN_HOSTS;
    play_to(play, 22);
    frame = play_frame(play, 22, 120, 40, false);
    ck_assert_ptr_nonnull(strstr(frame, "in TIME-WAIT  1        █"));
    free(frame);
    play_end(play);
}
END_TEST

/* A listener of many: a bar that is scaled, and how many are not named. */
START_TEST(many_connections)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event event = { .kind = EV_SOCKET, .lane = LANE_KERNEL, .host = 1, .sock = 1 };
    scene->picture.screen = SCREEN_HOSTS;
    for (int32_t sock = 10; sock < 90; sock++) {
        event.sock = sock;
        event.kind = EV_SOCKET;
        event.u.socket.fd = -1;
        event.u.socket.parent = 1;
        event.u.socket.remote.port = (uint16_t)(1000 + sock);
        event.u.socket.remote.ip = ip4(10, 9, 0, 1);
        event.u.socket.name[0] = '\0';
        scene_emit(scene, &event);
        event.kind = EV_STATE;
        event.u.state.from = event.u.state.to = sock < 85 ? SYN_RECEIVED : ESTABLISHED;
        event.u.state.source = BY_SOCK_DIAG;
        event.u.state.first = true;
        event.u.state.rule = RULE_NONE;
        scene_emit(scene, &event);
    }
    char *frame = scene_frame(scene, 120, 40);
    ck_assert_ptr_nonnull(strstr(frame, "SYN queue     75       █"));
    ck_assert_ptr_nonnull(strstr(frame, "... and 69 more"));
    ck_assert_ptr_nonnull(strstr(frame, "accept queue  5        █"));
    free(frame);
    scene_end(scene);
}
END_TEST

/* Options that were set or asked for, and queues, of each socket. */
START_TEST(options)
{
    struct play *play = play_begin("title options\nhost A client\nhost B server\n"
                                   "B: s = socket()\n"
                                   "B: setsockopt(s, SO_REUSEADDR, 1)\n"
                                   "B: bind(s, :7788)\nB: listen(s, 5)\n"
                                   "A: c = socket()\n"
                                   "A: setsockopt(c, TCP_NODELAY, 1)\n"
                                   "A: connect(c, B:7788)\nrun\n"
                                   "A: getsockopt(c, SO_RCVBUF) = 16384\n"
                                   "A: u = socket(SOCK_DGRAM)\n",
                                   ON_MODEL);
    play_to_end(play);
    play->picture.screen = SCREEN_SOCKETS;
    play_golden(play, "sockets-options", play_last(play), 80, 24, false);
    char *frame = play_frame(play, 1, 80, 24, false);
    ck_assert_ptr_null(strstr(frame, "SO_REUSEADDR=1"));
    free(frame);
    play_end(play);
}
END_TEST

/* The kernel's figures stand under the name of the tool that shows them, and the model's not. */
START_TEST(figures_of_kernel)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event event = { .kind = EV_VARS, .lane = LANE_KERNEL, .host = 0, .sock = 1 };
    event.u.vars = (struct tcp_vars){ .rto_usec = 204000,
                                      .srtt_usec = 1500,
                                      .rttvar_usec = 750,
                                      .cwnd = 14480,
                                      .ssthresh = UINT32_MAX,
                                      .mss = 1448,
                                      .resent = 2,
                                      .unread = 7,
                                      .known = KNOWS_RTO | KNOWS_CONGESTION | KNOWS_QUEUES };
    scene->picture.screen = SCREEN_SOCKETS;
    scene_emit(scene, &event);
    char *frame = scene_frame(scene, 120, 40);
    ck_assert_ptr_nonnull(strstr(
        frame, "ss -tieo   rto:204  rtt:1.5/0.75  mss:1448  cwnd:10 (14480 octets)  resent:2"));
    ck_assert_ptr_nonnull(strstr(frame, "receive: 7 octets unread"));
    ck_assert_ptr_null(strstr(frame, "ssthresh"));
    ck_assert_ptr_nonnull(strstr(frame, "retransmission in 2.249 s"));
    free(frame);
    scene_end(scene);
}
END_TEST

/* Filtered and searched: what passes, what is marked, and the next match. */
START_TEST(trace_search)
{
    struct play *play = play_builtin("life", ON_MODEL);
    struct look *look = &play->picture.looks[SCREEN_TRACE];
    struct rect area = { 0, 1, 80, 19 };
    play_to_end(play);
    play->picture.screen = SCREEN_TRACE;
    strcpy(look->filter, "host:A kind:wire");
    strcpy(look->search, "fin");
    free(play_frame(play, 12, 80, 24, false));
    ck_assert(!trace_find(&play->picture, area, false));
    ck_assert(trace_find(&play->picture, area, true));
    int first = look->row;
    play_golden(play, "trace-found", 12, 80, 24, false);
    ck_assert(trace_find(&play->picture, area, true));
    ck_assert_int_gt(look->row, first);
    ck_assert(trace_find(&play->picture, area, false));
    ck_assert_int_eq(look->row, first);
    while (trace_find(&play->picture, area, true))
        continue;
    char *frame = play_frame(play, 12, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "search \"fin\": 2 of 2"));
    free(frame);
    strcpy(look->filter, "host:A hots:B");
    frame = play_frame(play, 12, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "filter: 'hots:B' is none of host: kind: lane: conn:"));
    free(frame);
    play_end(play);
}
END_TEST

/* The step shown is in sight wherever one goes, until one scrolls. */
START_TEST(follows)
{
    struct play *play = play_builtin("backlog", ON_MODEL);
    play_to_end(play);
    for (unsigned screen = SCREEN_TRACE; screen <= SCREEN_LESSON; screen++) {
        play->picture.screen = (enum stage_screen)screen;
        for (uint32_t step = 1; step <= play_last(play); step += 3) {
            char *frame = play_frame(play, step, 80, 24, false);
            ck_assert_msg(strstr(frame, "\n▶") || strstr(frame, "\n ▶"), "step %u on screen %u",
                          step, screen);
            free(frame);
        }
        play->picture.looks[screen].scroll = 0;
        char *frame = play_frame(play, play->view.step, 80, 24, false);
        ck_assert_ptr_nonnull(strstr(frame, "lines 1 to "));
        free(frame);
    }
    play_end(play);
}
END_TEST

/* Where the list of events is still made, the trace goes on to the step shown as soon as it can;
 * and again where another filter lets other lines pass. */
START_TEST(follows_the_list)
{
    struct scene *scene = scene_begin(SCENE_LOOPBACK);
    struct look *look = &scene->picture.looks[SCREEN_TRACE];
    struct event event = { .kind = EV_RULE, .lane = LANE_MODEL, .sock = 1 };
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 80, 24));
    scene->picture.screen = SCREEN_TRACE;
    for (int i = 0; i < 700000; i++) {
        event.host = i % 10 == 0;
        scene_emit(scene, &event);
    }
    view_make(&scene->view, &scene->trace, 1);
    history_update(&scene->history, &scene->trace);
    ck_assert(!event_list_update(&scene->list, &scene->trace, "", ""));
    picture_prepare(&scene->picture, &grid);
    ck_assert_int_lt(look->scroll, 600000);
    while (!event_list_update(&scene->list, &scene->trace, "", ""))
        picture_prepare(&scene->picture, &grid);
    picture_prepare(&scene->picture, &grid);
    ck_assert_int_gt(look->scroll, 699900);
    look->scroll = 17;
    picture_prepare(&scene->picture, &grid);
    ck_assert_int_eq(look->scroll, 17);
    while (!event_list_update(&scene->list, &scene->trace, "host:B", ""))
        continue;
    picture_prepare(&scene->picture, &grid);
    ck_assert_int_gt(look->scroll, 69900);
    look->scroll = 17;
    ck_assert(grid_make(&grid, 80, 20));
    picture_prepare(&scene->picture, &grid);
    ck_assert_int_eq(look->scroll, 17);
    ck_assert(grid_make(&grid, 80, 30));
    picture_prepare(&scene->picture, &grid);
    ck_assert_int_gt(look->scroll, 69900);
    grid_free(&grid);
    scene_end(scene);
}
END_TEST

/* Scrolled beyond the end a page shows its end; no line of it is out of reach, and none above its
 * area is drawn over. */
START_TEST(scrolls)
{
    static const enum stage_screen screens[] = { SCREEN_SOCKETS, SCREEN_TRACE, SCREEN_LESSON };
    struct play *play = play_builtin("backlog", ON_MODEL);
    play_to_end(play);
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        struct look *look = &play->picture.looks[screens[i]];
        play->picture.screen = screens[i];
        free(play_frame(play, 44, 80, 24, false));
        look->scroll = 100000;
        char *end = play_frame(play, 44, 80, 24, false);
        look->scroll = -5;
        char *start = play_frame(play, 44, 80, 24, false);
        ck_assert(strcmp(start, end) != 0);
        ck_assert_ptr_null(strstr(end, " ↓"));
        ck_assert_ptr_null(strstr(start, " ↑"));
        ck_assert_ptr_nonnull(strstr(end, " ↑"));
        ck_assert(strncmp(start, end, strcspn(start, "\n")) == 0);
        free(start);
        free(end);
    }
    play_end(play);
}
END_TEST

/* What the marks of the time line mean stands in the help, where there is room for it. */
START_TEST(help)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play->picture.screen = SCREEN_HELP;
    play_golden(play, "help-timeline", 0, 120, 40, false);
    play_end(play);
}
END_TEST

/* Every screen in every size, at every step, stays within its grid. */
START_TEST(all_sizes)
{
    static const struct {
        int width, height;
    } sizes[] = { { 80, 24 }, { 109, 33 }, { 110, 34 }, { 300, 100 }, { 81, 47 } };
    struct play *play = play_builtin(_i ? "time-wait" : "backlog", ON_MODEL);
    play_to_end(play);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (uint32_t step = 0; step <= play_last(play); step += 4) {
            for (unsigned screen = 0; screen < SCREEN_HELP; screen++) {
                play->picture.screen = (enum stage_screen)screen;
                if (screen_rows[screen].draw)
                    free(play_frame(play, step, sizes[i].width, sizes[i].height, step % 8 == 0));
            }
        }
    }
    play_end(play);
}
END_TEST

Suite *screens_suite(void)
{
    Suite *suite = suite_create("screens");
    TCase *tcase = tcase_create("frames");
    tcase_add_test(tcase, sockets);
    tcase_add_test(tcase, hosts);
    tcase_add_test(tcase, trace);
    tcase_add_test(tcase, lesson);
    tcase_add_test(tcase, options);
    tcase_add_test(tcase, help);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("lists");
    tcase_add_test(tcase, groups);
    tcase_add_test(tcase, many_connections);
    tcase_add_test(tcase, figures_of_kernel);
    tcase_add_test(tcase, trace_search);
    tcase_add_test(tcase, follows);
    tcase_add_test(tcase, follows_the_list);
    tcase_add_test(tcase, scrolls);
    tcase_add_loop_test(tcase, all_sizes, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
