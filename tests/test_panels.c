/*
 * The panels, compared as text with tests/golden. On the model only: there every octet of a frame
 * is the same on each run and each machine.
 */
#include "tests/suites.h"

#include "tests/golden.h"
#include "tests/play.h"
#include "tests/scene.h"
#include "ui/tui/command.h"

#include <stdlib.h>
#include <string.h>

enum form {
    IN_UTF8,
    IN_ASCII
};

/* Compares the frame after a step with its golden file. */
static void frame_is(struct play *play, const char *name, uint32_t step, int width, int height,
                     enum form form)
{
    char *frame = play_frame(play, step, width, height, form == IN_ASCII);
    golden(name, frame);
    free(frame);
}

/* The three sizes that the stage is made for. */
static void frames_are(struct play *play, const char *name, uint32_t step)
{
    static const struct {
        int width, height;
    } sizes[] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
    char file[96];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        snprintf(file, sizeof file, "%s-%dx%d", name, sizes[i].width, sizes[i].height);
        frame_is(play, file, step, sizes[i].width, sizes[i].height, IN_UTF8);
    }
}

/* The stage in each size: before the first step, with a SYN on the wire, half open, and open. */
START_TEST(handshake)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    frames_are(play, "handshake-0", 0);
    frames_are(play, "handshake-6", 6);
    frames_are(play, "handshake-7", 7);
    frames_are(play, "handshake-9", 9);
    play_end(play);
}
END_TEST

/* The same without a character beyond ASCII. */
START_TEST(handshake_in_ascii)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    frame_is(play, "handshake-7-80x24-ascii", 7, 80, 24, IN_ASCII);
    frame_is(play, "handshake-7-120x40-ascii", 7, 120, 40, IN_ASCII);
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
        snprintf(file, sizeof file, "life-14-%s-80x24", names[tab]);
        frame_is(play, file, 14, 80, 24, IN_UTF8);
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
    frame_is(play, "states-0-80x24", 0, 80, 24, IN_UTF8);
    frames_are(play, "states-8", 8);
    frame_is(play, "states-last-80x24", play_last(play) - 2, 80, 24, IN_UTF8);
    frame_is(play, "states-8-80x24-ascii", 8, 80, 24, IN_ASCII);
    play_end(play);
}
END_TEST

/* TIME-WAIT counts down, and the last step is the timer that runs out. */
START_TEST(time_wait)
{
    struct play *play = play_builtin("close", ON_MODEL);
    play_to_end(play);
    frame_is(play, "close-time-wait-80x24", play_last(play) - 1, 80, 24, IN_UTF8);
    frame_is(play, "close-over-80x24", play_last(play), 80, 24, IN_UTF8);
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
    frame_is(play, "address-in-use-80x24", play_last(play), 80, 24, IN_UTF8);
    frame_is(play, "address-in-use-120x40", play_last(play), 120, 40, IN_UTF8);
    play_end(play);
}
END_TEST

/* A play of `handshake` with its SYN on the wire. */
static struct play *with_syn(uint32_t *syn)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    while ((*syn = play_waiting(play, SYN)) == 0)
        ck_assert(play_step(play));
    return play;
}

/* A segment that is lost, and the one that is sent again for it. */
START_TEST(lost)
{
    uint32_t syn;
    struct play *play = with_syn(&syn);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, syn, 0));
    frame_is(play, "lost-80x24", play_last(play), 80, 24, IN_UTF8);
    frame_is(play, "lost-80x24-ascii", play_last(play), 80, 24, IN_ASCII);
    ck_assert(play_step(play));
    frame_is(play, "sent-again-80x24", play_last(play), 80, 24, IN_UTF8);
    frame_is(play, "sent-again-120x40", play_last(play), 120, 40, IN_UTF8);
    play_end(play);
}
END_TEST

/* A segment and its copy, both on the wire; then the one of them held. */
START_TEST(copied_and_held)
{
    uint32_t syn;
    struct play *play = with_syn(&syn);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DUPLICATE, syn, 0));
    frame_is(play, "copied-80x24", play_last(play), 80, 24, IN_UTF8);
    frame_is(play, "copied-200x60", play_last(play), 200, 60, IN_UTF8);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_HOLD, syn, 0));
    frame_is(play, "held-80x24", play_last(play), 80, 24, IN_UTF8);
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
    frame_is(play, "failed-80x24", play_last(play), 80, 24, IN_UTF8);
    frame_is(play, "failed-120x40", play_last(play), 120, 40, IN_UTF8);
    play_end(play);
}
END_TEST

/* More segments than there are rows: the last ones are shown, and how many came before. */
START_TEST(many_segments)
{
    struct play *play = play_builtin("server-first", ON_MODEL);
    play_to_end(play);
    frame_is(play, "many-80x24", play_last(play), 80, 24, IN_UTF8);
    play_end(play);
}
END_TEST

/* Looking back: the title says which of how many steps it is, and that it is recorded. */
START_TEST(looking_back)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to(play, 12);
    frame_is(play, "back-80x24", 8, 80, 24, IN_UTF8);
    frame_is(play, "back-120x40", 8, 120, 40, IN_UTF8);
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
    frame_is(play, "running-80x24", 0, 80, 24, IN_UTF8);
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
    frame_is(play, "help-80x24", 0, 80, 24, IN_UTF8);
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
        struct order order;
        if (!row->name)
            continue;
        order_of_row(row, &order);
        if (command_exists(row) && order_is_for(&order, false))
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
    frame_is(play, "menu-80x24", 0, 80, 24, IN_UTF8);
    play->catalogue.count = 40;
    play->picture.lab_chosen = 33;
    frame_is(play, "menu-long-80x24", 0, 80, 24, IN_UTF8);
    play_end(play);
}
END_TEST

/* In a window that is too small the stage says so, and how large it has to be, down to a single
 * cell. */
START_TEST(too_small)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    frame_is(play, "small-60x20", 0, 60, 20, IN_UTF8);
    frame_is(play, "small-79x24", 0, 79, 24, IN_UTF8);
    frame_is(play, "small-200x23", 0, 200, 23, IN_UTF8);
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
    frame_is(play, "chinese-80x24", play_last(play), 80, 24, IN_UTF8);
    frame_is(play, "chinese-120x40", play_last(play), 120, 40, IN_UTF8);
    frame_is(play, "chinese-120x40-ascii", play_last(play), 120, 40, IN_ASCII);
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

static void scene_is(struct scene *scene, const char *name, int width, int height)
{
    char *frame = scene_frame(scene, width, height);
    golden(name, frame);
    free(frame);
}

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
    scene_is(scene, "both-wires-80x24", 80, 24);
    scene_is(scene, "both-wires-120x40", 120, 40);
    scene->picture.tab = TAB_CALLS;
    scene_is(scene, "both-wires-calls-80x24", 80, 24);
    scene_end(scene);
}
END_TEST

/* Hosts of both kinds on one wire: the title and the boxes say which is which. */
START_TEST(mixed_lane)
{
    struct scene *scene = scene_begin(SCENE_MIXED);
    scene_is(scene, "mixed-80x24", 80, 24);
    scene_is(scene, "mixed-120x40", 120, 40);
    scene->picture.screen = SCREEN_STATES;
    scene_is(scene, "mixed-states-80x24", 80, 24);
    scene_end(scene);
}
END_TEST

/* A step that waits for real time is under way; a timer that is late is due. */
START_TEST(under_way)
{
    struct scene *scene = scene_begin(SCENE_MIXED);
    scene->picture.busy = true;
    scene->picture.now_usec[LANE_MIXED] = 3300000;
    scene_is(scene, "under-way-80x24", 80, 24);
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
