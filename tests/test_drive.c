/*
 * The stage without a terminal: orders are carried out, runs stop where they are to, and nothing
 * that is typed makes it fall over.
 */
#include "tests/suites.h"

#include "tests/stage_rig.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* until and goto run as far as they say; break stops a run wherever it is met, forwards through the
 * record too; a run to what never comes says so at the end. */
START_TEST(stops)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    stage_rig_do(rig, "until ESTABLISHED B");
    ck_assert_int_eq(stage_rig_sock(rig, 1)->state, ESTABLISHED);
    stage_rig_says(rig, "B entered ESTABLISHED by the rule SYN_ACKED");
    uint32_t there = rig->stage->at;
    stage_rig_do(rig, "first");
    stage_rig_do(rig, "break SYN-SENT");
    stage_rig_says(rig, "A run stops at: SYN-SENT.");
    stage_rig_do(rig, "until ESTABLISHED B");
    ck_assert_uint_lt(rig->stage->at, there);
    ck_assert_int_eq(stage_rig_sock(rig, 0)->state, SYN_SENT);
    stage_rig_do(rig, "until rule SYN_ACKED");
    ck_assert_uint_eq(rig->stage->at, there);
    stage_rig_do(rig, "until TIME-WAIT");
    stage_rig_says(rig, "never came to TIME-WAIT");
    stage_rig_do(rig, "unbreak LISTEN");
    stage_rig_says(rig, "anyway");
    stage_rig_do(rig, "unbreak");
    stage_rig_says(rig, "stops nowhere");
    stage_rig_do(rig, "restart");
    ck_assert_uint_eq(rig->stage->at, 0);
    stage_rig_do(rig, "goto 6");
    ck_assert_uint_eq(rig->stage->at, 6);
    stage_rig_do(rig, "change");
    ck_assert_uint_eq(rig->stage->at, 7);
    stage_rig_do(rig, "back 3");
    ck_assert_uint_eq(rig->stage->at, 4);
    stage_rig_do(rig, "step 2");
    ck_assert_uint_eq(rig->stage->at, 6);
    stage_rig_end(rig);
}
END_TEST

/* Does the line of the frame with this label say anything? */
static bool tells(const char *frame, const char *label)
{
    const char *at = strstr(frame, label);
    return at && at[strlen(label)] && at[strlen(label)] != '\n';
}

/* Behind each step of each lab stands what happened or why, and what comes next. */
START_TEST(each_step_is_told)
{
    struct stage_rig *rig = stage_rig_begin(builtin_labs[_i].name, "model");
    for (uint32_t step = 1; step < 300; step++) {
        stage_rig_do(rig, "step");
        if (rig->stage->at < step)
            break;
        char *frame = NULL;
        size_t len;
        FILE *to = open_memstream(&frame, &len);
        grid_print(&rig->grid, false, to);
        fclose(to);
        bool told = tells(frame, "\n why  ") || tells(frame, "\n did  ");
        ck_assert_msg(told && (tells(frame, "\n next ") || rig->stage->message[0]),
                      "%s, step %u:\n%s", builtin_labs[_i].name, step, frame);
        free(frame);
    }
    stage_rig_end(rig);
}
END_TEST

/* What was done is told in another ink than what could not be. */
START_TEST(inks_of_messages)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    int y = rig->grid.height - 2;
    stage_rig_do(rig, "speed 4");
    ck_assert_int_eq(rig->grid.cells[y * rig->grid.width + 1].ink, INK_GOOD);
    stage_rig_do(rig, "speed 9");
    ck_assert_int_eq(rig->grid.cells[y * rig->grid.width + 1].ink, INK_BAD);
    stage_rig_end(rig);
}
END_TEST

/* Another profile, seed, lab; what is written can be read. */
START_TEST(begins_otherwise)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    stage_rig_do(rig, "profile two-way");
    ck_assert_str_eq(session_profile(rig->stage->session)->name, "two-way");
    stage_rig_do(rig, "seed 77");
    ck_assert_uint_eq(rig->stage->run.seed, 77);
    ck_assert_str_eq(session_profile(rig->stage->session)->name, "two-way");
    stage_rig_do(rig, "lab close");
    ck_assert_str_eq(rig->stage->lab->name, "close");
    stage_rig_do(rig, "on model");
    stage_rig_says(rig, "on model");
    stage_rig_do(rig, "step 5");
    char path[64], line[80];
    snprintf(path, sizeof path, "/tmp/tcpstep-test-%d.ndjson", (int)getpid());
    snprintf(line, sizeof line, "write %s", path);
    stage_rig_do(rig, line);
    stage_rig_says(rig, "Written");
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fgetc(file), '{');
    fclose(file);
    remove(path);
    stage_rig_end(rig);
}
END_TEST

static uint64_t chance(uint64_t *seed, uint64_t most)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % most;
}

static uint32_t any_key(uint64_t *seed)
{
    static const char letters[] =
        "    bbbrdduuwwcoyzxaasmhnktl12345678gGRe+-=/nNf:?j\t\r\r\r\x1b\x1b";
    if (chance(seed, 10) == 0)
        return KEYS_UP + (uint32_t)chance(seed, KEYS_RESIZE - KEYS_UP + 1);
    if (chance(seed, 40) == 0)
        return (uint32_t)chance(seed, 0x3000) + 1;
    return (unsigned char)letters[chance(seed, sizeof letters - 1)];
}

static void any_line(struct stage_rig *rig, uint64_t *seed)
{
    static const char *const lines[] = { "until ESTABLISHED",
                                         "step 9",
                                         "undo",
                                         "call A: close(c)",
                                         "set B nagle 0",
                                         "goto 3",
                                         "break LISTEN",
                                         "unbreak",
                                         "call B: x = socket()",
                                         "call B: send(d, \"abc\")",
                                         "change",
                                         "search FIN",
                                         "filter ACK",
                                         "lab reset",
                                         "lab lost-syn",
                                         "restart",
                                         "delay 20 ms",
                                         "profile linux",
                                         "call A: recv(c, 5)",
                                         "last",
                                         "until rule FIN_FROM_PEER" };
    stage_do(rig->stage, lines[chance(seed, sizeof lines / sizeof lines[0])]);
}

/* Ten thousand keys, lines, clicks, pastes and sizes, from a seed: nothing falls over, and what is
 * looked at is always there. */
START_TEST(anything_goes)
{
    struct stage_rig *rig = stage_rig_begin("life", "model");
    uint64_t seed = 20240701 + (uint64_t)_i;
    for (int i = 0; i < 5000; i++) {
        uint64_t what = chance(&seed, 20);
        struct mouse mouse = { (int)chance(&seed, 90) - 5, (int)chance(&seed, 30) - 3,
                               (enum mouse_act)chance(&seed, 4) };
        if (what == 0)
            stage_mouse(rig->stage, &mouse);
        else if (what == 1)
            any_line(rig, &seed);
        else if (what == 2)
            stage_pass_time(rig->stage);
        else
            stage_key(rig->stage, any_key(&seed));
        if (chance(&seed, 100) == 0)
            ck_assert(
                grid_make(&rig->grid, (int)chance(&seed, 300) + 1, (int)chance(&seed, 100) + 1));
        if (chance(&seed, 8) == 0)
            stage_rig_draw(rig);
        rig->stage->over = false;
        ck_assert_uint_le(rig->stage->at, session_last_step(rig->stage->session));
        ck_assert_ptr_nonnull(memchr(rig->stage->message, '\0', MESSAGE_MAX));
    }
    stage_rig_end(rig);
}
END_TEST

Suite *drive_suite(void)
{
    Suite *suite = suite_create("drive");
    TCase *tcase = tcase_create("stage");
    tcase_add_test(tcase, stops);
    tcase_add_loop_test(tcase, each_step_is_told, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, inks_of_messages);
    tcase_add_test(tcase, begins_otherwise);
    tcase_add_loop_test(tcase, anything_goes, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
