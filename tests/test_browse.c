/*
 * Looking about on the stage without a terminal: clicks, pasted text, searching, and screens that
 * scroll.
 */
#include "tests/suites.h"

#include "tests/stage_rig.h"

#include <string.h>

/* Clicks: on a key of the footer, a tab, a segment, a row of a menu; twice delivers. */
START_TEST(clicks)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    for (int i = 0; i < 6; i++)
        stage_rig_click(rig, "step", false);
    ck_assert_uint_eq(rig->stage->at, 6);
    stage_rig_click(rig, "tab calls", false);
    ck_assert_int_eq(rig->stage->picture.tab, TAB_CALLS);
    stage_rig_click(rig, "tab wire", false);
    stage_rig_do(rig, "duplicate");
    uint32_t first = rig->stage->picture.chosen;
    stage_rig_do(rig, "down");
    uint32_t second = rig->stage->picture.chosen;
    ck_assert_uint_ne(first, second);
    stage_rig_click(rig, "choose m1", false);
    ck_assert_uint_eq(rig->stage->picture.chosen, first);
    stage_rig_click(rig, "choose m1", true);
    ck_assert_int_eq(stage_rig_sock(rig, 1)->state, SYN_RECEIVED);
    stage_rig_click(rig, "labs", false);
    stage_rig_click(rig, "choose 0", false);
    ck_assert_uint_eq(rig->stage->picture.lab_chosen, 0);
    stage_rig_click(rig, "choose 0", true);
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_STAGE);
    ck_assert_str_eq(rig->stage->lab->name, rig->stage->catalogue.labs[0].name);
    stage_rig_do(rig, "help");
    const struct mouse wheel = { 5, 5, MOUSE_WHEEL_DOWN };
    stage_mouse(rig->stage, &wheel);
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_HELP].scroll, 3);
    stage_rig_do(rig, "bottom");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_HELP].scroll,
                     rig->stage->zones.lines - rig->stage->zones.shown);
    stage_rig_end(rig);
}
END_TEST

/* What is pasted is text for a line, and no key is in it; esc ends a paste whose end was lost. */
START_TEST(pasting)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    static const uint32_t keys[] = { KEYS_PASTE, 'q', ' ', KEYS_ENTER, KEYS_PASTE_END };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        stage_key(rig->stage, keys[i]);
    stage_rig_says(rig, "press : before");
    ck_assert(!rig->stage->over && rig->stage->at == 0);
    stage_key(rig->stage, ':');
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        stage_key(rig->stage, keys[i]);
    ck_assert_str_eq(rig->stage->line.text, "q ");
    stage_key(rig->stage, KEYS_ESCAPE);
    stage_key(rig->stage, KEYS_PASTE);
    stage_key(rig->stage, KEYS_ESCAPE);
    stage_key(rig->stage, ' ');
    ck_assert_uint_eq(rig->stage->at, 1);
    stage_rig_end(rig);
}
END_TEST

/* Searching goes to the step whose events have the text, forwards and back. */
START_TEST(searching)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    stage_rig_do(rig, "goto 400");
    stage_rig_do(rig, "first");
    stage_rig_do(rig, "search syn-sent");
    uint32_t first = rig->stage->at;
    ck_assert_int_eq(stage_rig_sock(rig, 0)->state, SYN_SENT);
    stage_rig_do(rig, "next");
    ck_assert_uint_gt(rig->stage->at, first);
    stage_rig_do(rig, "previous");
    ck_assert_uint_eq(rig->stage->at, first);
    stage_rig_do(rig, "search quantum");
    stage_rig_says(rig, "'quantum' is in no step");
    ck_assert_uint_eq(rig->stage->at, first);
    stage_rig_end(rig);
}
END_TEST

/* Each screen has a row of the table, and its keys scroll it as far as it goes and no further. */
START_TEST(screens_scroll)
{
    static const char *const names[] = { "states", "segment", "sequence", "sockets", "hosts",
                                         "trace",  "lesson",  "large",    "help" };
    struct stage_rig *rig = stage_rig_begin("life", "model");
    stage_rig_do(rig, "goto 12");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        stage_rig_do(rig, names[i]);
        ck_assert_str_eq(screen_rows[rig->stage->picture.screen].name, names[i]);
        const struct look *look = &rig->stage->picture.looks[rig->stage->picture.screen];
        const struct zones *zones = &rig->stage->zones;
        bool menu = zones->rows > 0 && zones->rows == zones->lines;
        int most = menu ? zones->rows - 1 : zones->lines - zones->shown;
        most = most < 0 ? 0 : most;
        for (int key = 0; key < 40; key++) {
            stage_key(rig->stage, key % 2 ? KEYS_PAGE_DOWN : KEYS_END);
            stage_rig_draw(rig);
        }
        ck_assert_msg((menu ? look->row : look->scroll) == most, "%s: %d, not %d", names[i],
                      menu ? look->row : look->scroll, most);
        stage_key(rig->stage, KEYS_HOME);
        ck_assert_int_eq(menu ? look->row : look->scroll, 0);
        stage_rig_draw(rig);
    }
    ck_assert_uint_eq(rig->stage->at, 12);
    stage_rig_do(rig, "segment"); /* up is an earlier one, as on the wire */
    int most = rig->stage->zones.rows - 1;
    ck_assert_int_gt(most, 1);
    stage_rig_do(rig, "up");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_SEGMENT].row, 1);
    for (int i = 0; i < 40; i++)
        stage_rig_do(rig, "up");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_SEGMENT].row, most);
    stage_rig_do(rig, "down");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_SEGMENT].row, most - 1);
    stage_rig_end(rig);
}
END_TEST

/* Long traces: the wire and the trace go up and down, and follow the step that is looked at. */
START_TEST(long_ones_scroll)
{
    struct stage_rig *rig = stage_rig_begin("transfer", "model");
    struct look *looks = rig->stage->picture.looks;
    stage_rig_do(rig, "goto 120");
    stage_key(rig->stage, KEYS_PAGE_UP);
    stage_rig_draw(rig);
    int page = looks[SCREEN_STAGE].scroll;
    ck_assert_int_gt(page, 1);
    const struct mouse wheel = { 5, 5, MOUSE_WHEEL_UP };
    stage_mouse(rig->stage, &wheel);
    ck_assert_int_eq(looks[SCREEN_STAGE].scroll, page + 3);
    for (int i = 0; i < 400; i++)
        stage_key(rig->stage, KEYS_PAGE_UP);
    ck_assert_int_eq(looks[SCREEN_STAGE].scroll, rig->stage->zones.lines - rig->stage->zones.shown);
    stage_rig_do(rig, "back");
    ck_assert_int_eq(looks[SCREEN_STAGE].scroll, 0);
    stage_rig_do(rig, "trace");
    int scroll = looks[SCREEN_TRACE].scroll;
    ck_assert_int_gt(scroll, 10);
    stage_key(rig->stage, KEYS_UP);
    stage_rig_draw(rig);
    ck_assert_int_eq(looks[SCREEN_TRACE].scroll, scroll - 1);
    stage_rig_end(rig);
}
END_TEST

/* On the trace a search goes from line to line, a filter leaves lines away, a click on a line or on
 * the time line looks at its step. */
START_TEST(in_the_trace)
{
    struct stage_rig *rig = stage_rig_begin("life", "model");
    stage_rig_do(rig, "goto 400");
    stage_rig_do(rig, "goto 12");
    stage_rig_do(rig, "trace");
    struct look *look = &rig->stage->picture.looks[SCREEN_TRACE];
    stage_rig_do(rig, "find fin");
    int first = look->row;
    const struct event_list *list = &rig->stage->list;
    const struct event *events = session_trace(rig->stage->session)->events;
    ck_assert_uint_ge(events[list->rows[first]].step, 12);
    stage_key(rig->stage, 'n');
    stage_rig_draw(rig);
    ck_assert_int_gt(look->row, first);
    stage_key(rig->stage, 'N');
    stage_rig_draw(rig);
    ck_assert_int_eq(look->row, first);
    ck_assert_uint_eq(rig->stage->at, 12);
    for (int i = 0; i < 100 && !rig->stage->message[0]; i++) {
        stage_key(rig->stage, 'N');
        stage_rig_draw(rig);
    }
    stage_rig_says(rig, "'fin' is in no line before this one");
    stage_rig_do(rig, "stage");
    stage_rig_do(rig, "filter kind:state");
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_TRACE);
    ck_assert_uint_gt(list->count, 5);
    for (size_t i = 0; i < list->count; i++)
        ck_assert_int_eq(events[list->rows[i]].kind, EV_STATE);
    stage_rig_do(rig, "filter");
    ck_assert_uint_gt(list->count, 100);
    stage_rig_click(rig, "goto 11", false);
    ck_assert_uint_eq(rig->stage->at, 11);
    stage_rig_do(rig, "stage");
    stage_rig_click(rig, "goto 3", false);
    ck_assert_uint_eq(rig->stage->at, 3);
    stage_rig_end(rig);
}
END_TEST

/* A search that is quicker than the list waits for it, and ends. */
START_TEST(search_in_parts)
{
    struct stage_rig *rig = stage_rig_begin("transfer", "model");
    stage_rig_do(rig, "goto 5000");
    stage_rig_do(rig, "first");
    stage_rig_do(rig, "trace");
    stage_do(rig->stage, "find in no line at all");
    for (int i = 0; i < 1000 && rig->stage->finding != FIND_NOTHING; i++)
        stage_rig_draw(rig);
    stage_rig_says(rig, "is in no line behind");
    ck_assert(!rig->stage->behind);
    stage_rig_do(rig, "lab reset"); /* and nothing of it is left for another lab */
    stage_rig_do(rig, "trace");
    ck_assert_uint_lt(rig->stage->list.total, 20);
    stage_rig_end(rig);
}
END_TEST

Suite *browse_suite(void)
{
    Suite *suite = suite_create("browse");
    TCase *tcase = tcase_create("stage");
    tcase_add_test(tcase, clicks);
    tcase_add_test(tcase, pasting);
    tcase_add_test(tcase, searching);
    tcase_add_test(tcase, screens_scroll);
    tcase_add_test(tcase, long_ones_scroll);
    tcase_add_test(tcase, in_the_trace);
    tcase_add_test(tcase, search_in_parts);
    suite_add_tcase(suite, tcase);
    return suite;
}
