/*
 * The panels, compared as text with tests/golden. On the model only: there every octet of a frame
 * is the same on each run and each machine.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "tests/scene.h"
#include "ui/tui/command.h"

#include <stdlib.h>
#include <string.h>

/* The stage in each size: before the first step, with a SYN on the wire, half open, and open. */
START_TEST(handshake)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    play_golden_sizes(play, "handshake-0", 0);
    play_golden_sizes(play, "handshake-6", 6);
    play_golden_sizes(play, "handshake-7", 7);
    play_golden_sizes(play, "handshake-9", 9);
    play_end(play);
}
END_TEST

/* The same without a character beyond ASCII. */
START_TEST(handshake_in_ascii)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    play_golden(play, "handshake-7", 7, 80, 24, true);
    play_golden(play, "handshake-7", 7, 120, 40, true);
    play_end(play);
}
END_TEST

/* The tabs of a narrow stage. */
START_TEST(tabs)
{
    static const char *const names[] = { "wire", "calls", "variables", "sockets" };
    struct play *play = play_builtin("life", ON_MODEL);
    char file[64];
    play_to_end(play);
    for (int tab = TAB_WIRE; tab < TAB_COUNT; tab++) {
        play->picture.tab = (enum stage_tab)tab;
        snprintf(file, sizeof file, "life-14-%s", names[tab]);
        play_golden(play, file, 14, 80, 24, false);
    }
    play_end(play);
}
END_TEST

/* The state diagram: at the start, in the midst, in TIME-WAIT, and in ASCII. */
START_TEST(states)
{
    struct play *play = play_builtin("close", ON_MODEL);
    play_to_end(play);
    play->picture.screen = SCREEN_STATES;
    play_golden(play, "states-0", 0, 80, 24, false);
    play_golden_sizes(play, "states-8", 8);
    play_golden(play, "states-last", play_last(play) - 2, 80, 24, false);
    play_golden(play, "states-8", 8, 80, 24, true);
    play_end(play);
}
END_TEST

/* TIME-WAIT counts down, and the last step is the timer that runs out. */
START_TEST(time_wait)
{
    struct play *play = play_builtin("close", ON_MODEL);
    play_to_end(play);
    play_golden(play, "close-time-wait", play_last(play) - 1, 80, 24, false);
    play_golden(play, "close-over", play_last(play), 80, 24, false);
    play_end(play);
}
END_TEST

/* "Address already in use", as the stage says it. */
START_TEST(address_in_use)
{
    struct play *play = play_builtin("server-first", ON_MODEL);
    uint32_t step = 1;
    do
        play_to(play, step++);
    while (!play_says(play, "EADDRINUSE, as expected"));
    play_golden(play, "address-in-use", play_last(play), 80, 24, false);
    play_golden(play, "address-in-use", play_last(play), 120, 40, false);
    play_end(play);
}
END_TEST

/* A play of `handshake` with its SYN on the wire. */
static struct play *with_syn(uint32_t *syn)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    *syn = play_to_segment(play, SYN);
    return play;
}

/* A segment that is lost, and the one that is sent again for it. */
START_TEST(lost)
{
    uint32_t syn;
    struct play *play = with_syn(&syn);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, syn, 0));
    play_golden(play, "lost", play_last(play), 80, 24, false);
    play_golden(play, "lost", play_last(play), 80, 24, true);
    ck_assert(play_step(play));
    play_golden(play, "sent-again", play_last(play), 80, 24, false);
    play_golden(play, "sent-again", play_last(play), 120, 40, false);
    play_end(play);
}
END_TEST

/* A segment and its copy, both on the wire; then the one of them held. */
START_TEST(copied_and_held)
{
    uint32_t syn;
    struct play *play = with_syn(&syn);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DUPLICATE, syn, 0));
    play_golden(play, "copied", play_last(play), 80, 24, false);
    play_golden(play, "copied", play_last(play), 200, 60, false);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_HOLD, syn, 0));
    play_golden(play, "held", play_last(play), 80, 24, false);
    play_end(play);
}
END_TEST

/* Expectations that do not hold, in words, with their lines. */
START_TEST(failed)
{
    struct play *play = play_begin("title  a lab with faults\n"
                                   "host   A client\n"
                                   "host   B server\n"
                                   "say    Not everything that is expected comes true.\n"
                                   "B: s = socket()\n"
                                   "B: bind(s, :7788) = EADDRINUSE\n"
                                   "expect B.s LISTEN\n",
                                   ON_MODEL);
    play_to_end(play);
    play_golden(play, "failed", play_last(play), 80, 24, false);
    play_golden(play, "failed", play_last(play), 120, 40, false);
    play_end(play);
}
END_TEST

/* More segments than there are rows: the last ones are shown, and how many came before. */
START_TEST(many_segments)
{
    struct play *play = play_builtin("server-first", ON_MODEL);
    play_to_end(play);
    play_golden(play, "many", play_last(play), 80, 24, false);
    play_end(play);
}
END_TEST

/* Looking back: the title says which of how many steps it is, and that it is recorded. */
START_TEST(looking_back)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to(play, 12);
    play_golden(play, "back", 8, 80, 24, false);
    play_golden(play, "back", 8, 120, 40, false);
    play_end(play);
}
END_TEST

/* Running, and something that was said to the last key. */
START_TEST(running_with_a_message)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play->picture.running = true;
    play->picture.speed = "running, 2 steps a second";
    play->picture.message = "No segment is on the wire.";
    play_golden(play, "running", 0, 80, 24, false);
    play_end(play);
}
END_TEST

/* The list of keys and commands: it scrolls, and all of it can be seen. */
START_TEST(help)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    struct zones zones;
    char *all = calloc(1, 100000);
    play->picture.screen = SCREEN_HELP;
    play->picture.zones = &zones;
    play_golden(play, "help", 0, 80, 24, false);
    do {
        zones_clear(&zones);
        char *frame = play_frame(play, 0, 80, 24, false);
        strcat(all, frame);
        free(frame);
        play->picture.looks[SCREEN_HELP].scroll += zones.shown;
    } while (play->picture.looks[SCREEN_HELP].scroll < zones.lines);
    for (size_t i = 0; i < command_row_count; i++) {
        char part[32];
        const struct command_row *row = &command_rows[i];
        snprintf(part, sizeof part, "%s", row->help);
        if (!row->name || command_exists(row))
            ck_assert_msg(strstr(all, part) != NULL, "no help on '%s' in\n%s", part, all);
    }
    free(all);
    play_end(play);
}
END_TEST

/* The menu of labs; the chosen one stays in sight where there are more than rows. */
START_TEST(menu)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    static char names[40][16];
    play->picture.screen = SCREEN_LABS;
    for (size_t i = 0; i < 40; i++) {
        struct catalogue_lab *lab = &play->catalogue.labs[i];
        snprintf(names[i], sizeof names[i], "lab-%zu", i);
        snprintf(lab->title, sizeof lab->title, "what lab %zu shows", i);
        lab->name = names[i];
    }
    play->catalogue.count = 4;
    play->picture.lab_chosen = 1;
    play_golden(play, "menu", 0, 80, 24, false);
    play->catalogue.count = 40;
    play->picture.lab_chosen = 33;
    play_golden(play, "menu-long", 0, 80, 24, false);
    play_end(play);
}
END_TEST

/* In a window that is too small the stage says so, and how large it has to be, down to a single
 * cell. */
START_TEST(too_small)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_golden(play, "small", 0, 60, 20, false);
    play_golden(play, "small", 0, 79, 24, false);
    play_golden(play, "small", 0, 200, 23, false);
    for (int width = 1; width < 80; width += 13)
        free(play_frame(play, 0, width, 1 + width % 7, false));
    play_end(play);
}
END_TEST

/* A lab in Chinese: wide characters in titles, names, sentences and text. */
START_TEST(chinese)
{
    struct play *play =
        play_begin("title  三次握手\n"
                   "host   A 客户端\n"
                   "host   B 服务器\n"
                   "say    服务器先监听，客户端再连接。\n"
                   "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
                   "B: d = accept(s)\nA: c = socket()\nA: connect(c, B:7788)\n"
                   "run\nA: send(c, \"你好，世界\")\nrun\n"
                   "say    服务器收到了客户端发来的中文，每个汉字在 UTF-8 里占三个字节，"
                   "所以一共是十五个字节，对方按字节确认，而不是按汉字确认。\n"
                   "B: recv(d, 100) = \"你好，世界\"\n",
                   ON_MODEL);
    play_to_end(play);
    play_golden(play, "chinese", play_last(play), 80, 24, false);
    play_golden(play, "chinese", play_last(play), 120, 40, false);
    play_golden(play, "chinese", play_last(play), 120, 40, true);
    play_end(play);
}
END_TEST

/* The kernel alone: where the ladder would be the stage says why there is none. */
START_TEST(kernel_has_no_ladder)
{
    struct play *play = play_builtin("handshake", ON_KERNEL);
    play_to_end(play);
    char *frame = play_frame(play, play_last(play), 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "The kernel's own wire"));
    ck_assert_ptr_nonnull(strstr(frame, "kernel   ESTABLISHED"));
    ck_assert_ptr_null(strstr(frame, "model    "));
    free(frame);
    play_end(play);
}
END_TEST

/* Both wires in hand: each segment says whose it is, the kernel's timer counts, and what differs is
 * marked in the rows of both. */
START_TEST(both_wires)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event differs = { .kind = EV_DIFFERS, .lane = LANE_ALL, .host = 0, .sock = -1 };
    differs.text = (const uint8_t *)"A sends SYN, window 16384 on the model, 64240 on the kernel";
    differs.text_len = (uint32_t)strlen((const char *)differs.text);
    for (size_t i = 0; i < scene->trace.count; i++) {
        const struct event *event = &scene->trace.events[i];
        if (event->kind == EV_SENT && event->u.wire.id == 1)
            differs.u.differs.at[event->lane] = (int64_t)i;
    }
    scene_emit(scene, &differs);
    scene->picture.now_usec[LANE_KERNEL] = 2000000;
    scene_golden(scene, "both-wires", 80, 24);
    scene_golden(scene, "both-wires", 120, 40);
    scene->picture.tab = TAB_CALLS;
    scene_golden(scene, "both-wires-calls", 80, 24);
    scene_end(scene);
}
END_TEST

/* Hosts of both kinds on one wire: the title and the boxes say which is which. */
START_TEST(mixed_lane)
{
    struct scene *scene = scene_begin(SCENE_MIXED);
    scene_golden(scene, "mixed", 80, 24);
    scene_golden(scene, "mixed", 120, 40);
    scene->picture.screen = SCREEN_STATES;
    scene_golden(scene, "mixed-states", 80, 24);
    scene_end(scene);
}
END_TEST

/* A step that waits for real time is under way; a timer that is late is due. */
START_TEST(under_way)
{
    struct scene *scene = scene_begin(SCENE_MIXED);
    scene->picture.busy = true;
    scene->picture.now_usec[LANE_MIXED] = 3300000;
    scene_golden(scene, "under-way", 80, 24);
    scene_end(scene);
}
END_TEST

/* A chosen segment stays in sight, however many have come behind it. */
START_TEST(chosen_is_in_sight)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    for (uint32_t id = 3; id < 100; id++) {
        struct event sent = scene_wire(EV_SENT, LANE_KERNEL, 0, id, id * 1000000);
        scene_emit(scene, &sent);
    }
    char *frame = scene_frame(scene, 80, 24);
    ck_assert_ptr_nonnull(strstr(frame, "m    0.001"));
    ck_assert_ptr_null(strstr(frame, "k   99.000"));
    free(frame);
    scene->picture.chosen_lane = LANE_KERNEL;
    scene->picture.chosen = 99;
    frame = scene_frame(scene, 80, 24);
    ck_assert_ptr_null(strstr(frame, "m    0.001"));
    ck_assert_ptr_nonnull(strstr(frame, "k   99.000"));
    free(frame);
    scene_end(scene);
}
END_TEST

/* A kernel that was left behind is marked as recorded; what it had shown stays. */
START_TEST(kernel_is_recorded)
{
    struct play *play = play_builtin("handshake", ON_BOTH);
    play_to_end(play);
    session_back(play->session, 5);
    char *frame = play_frame(play, 5, 120, 40, false);
    ck_assert_ptr_nonnull(strstr(frame, "│ recorded LISTEN"));
    ck_assert_ptr_nonnull(strstr(frame, "the kernel cannot be taken back"));
    free(frame);
    play_end(play);
}
END_TEST

Suite *panels_suite(void)
{
    Suite *suite = suite_create("panels");
    TCase *tcase = tcase_create("stage");
    tcase_add_test(tcase, handshake);
    tcase_add_test(tcase, handshake_in_ascii);
    tcase_add_test(tcase, tabs);
    tcase_add_test(tcase, time_wait);
    tcase_add_test(tcase, address_in_use);
    tcase_add_test(tcase, lost);
    tcase_add_test(tcase, copied_and_held);
    tcase_add_test(tcase, failed);
    tcase_add_test(tcase, many_segments);
    tcase_add_test(tcase, looking_back);
    tcase_add_test(tcase, running_with_a_message);
    tcase_add_test(tcase, chinese);
    tcase_add_test(tcase, kernel_has_no_ladder);
    tcase_add_test(tcase, kernel_is_recorded);
    tcase_add_test(tcase, both_wires);
    tcase_add_test(tcase, mixed_lane);
    tcase_add_test(tcase, under_way);
    tcase_add_test(tcase, chosen_is_in_sight);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("screens");
    tcase_add_test(tcase, states);
    tcase_add_test(tcase, help);
    tcase_add_test(tcase, menu);
    tcase_add_test(tcase, too_small);
    suite_add_tcase(suite, tcase);
    return suite;
}
