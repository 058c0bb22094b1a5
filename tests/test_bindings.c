/*
 * Keys with a meaning of one's own.
 */
#include "tests/suites.h"

#include "tests/stage_rig.h"

#include <string.h>

static void grid_row_text(const struct grid *grid, int y, char *text, size_t len)
{
    size_t at = 0;
    for (int x = 0; x < grid->width && at + 8 < len; x++) {
        uint32_t code = grid->cells[y * grid->width + x].code;
        at += code ? utf8_encode(code, text + at) : 0;
    }
    text[at] = '\0';
}

/* Keys with another meaning: read, done, told of in footer and help; a menu keeps its own. */
START_TEST(keys_of_ones_own)
{
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    struct bindings *bindings = &rig->setup.bindings;
    char wrong[200], footer[400], help[8000];
    ck_assert(bindings_add(bindings, "X=states", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "==until ESTABLISHED A", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "space=goto 0", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "space=goto 2", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "s=search", wrong, sizeof wrong));
    ck_assert_uint_eq(bindings->count, 4);
    ck_assert(grid_make(&rig->grid, 120, 40));
    stage_rig_draw(rig);
    grid_row_text(&rig->grid, rig->grid.height - 1, footer, sizeof footer);
    ck_assert_ptr_nonnull(strstr(footer, "X states"));
    ck_assert_ptr_nonnull(strstr(footer, "= until ESTABLISHED A"));
    ck_assert_ptr_null(strstr(footer, "space step"));
    ck_assert_ptr_null(strstr(footer, "s states"));
    stage_key(rig->stage, 'X');
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_STATES);
    stage_key(rig->stage, 's');
    ck_assert_int_eq(rig->stage->line.kind, LINE_SEARCH);
    stage_key(rig->stage, KEYS_ESCAPE);
    stage_key(rig->stage, '=');
    ck_assert(rig->stage->seek.on);
    stage_rig_do(rig, "stage");
    stage_key(rig->stage, ' ');
    ck_assert_uint_eq(rig->stage->at, 2);
    stage_rig_do(rig, "labs");
    stage_key(rig->stage, ' '); /* takes the lab, as ever */
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_STAGE);
    ck_assert_uint_eq(rig->stage->at, 0);
    stage_rig_do(rig, "help");
    help[0] = '\0';
    for (int y = 0; y < rig->grid.height; y++) {
        grid_row_text(&rig->grid, y, footer, sizeof footer);
        snprintf(help + strlen(help), sizeof help - strlen(help), "%s\n", footer);
    }
    ck_assert_ptr_nonnull(strstr(help, " X     states "));
    ck_assert_ptr_nonnull(strstr(help, " space goto 2 "));
    ck_assert_ptr_null(strstr(help, " space step"));
    stage_rig_end(rig);
}
END_TEST

static const struct {
    const char *words, *wrong;
} bad_keys[] = {
    { "", "is no key and its command" },
    { "x", "'x' is no key and its command" },
    { "xy=states", "There is no key 'xy'" },
    { "\x1b=states", "There is no key" },
    { "x=stats", "did you mean 'states'" },
    { "x=", "A key needs a command" },
    { "x=goto", "goto needs STEP" },
    { "x=call A: send(c, \"a text that is much too long for any key of any keyboard at all\")",
      "is too long" },
};

START_TEST(wrong_keys)
{
    struct bindings bindings = { .count = 0 };
    char wrong[240] = "";
    ck_assert(!bindings_add(&bindings, bad_keys[_i].words, wrong, sizeof wrong));
    ck_assert_msg(strstr(wrong, bad_keys[_i].wrong) != NULL, "%s: %s", bad_keys[_i].words, wrong);
    ck_assert_uint_eq(bindings.count, 0);
}
END_TEST

Suite *bindings_suite(void)
{
    Suite *suite = suite_create("bindings");
    TCase *tcase = tcase_create("keys");
    tcase_add_test(tcase, keys_of_ones_own);
    tcase_add_loop_test(tcase, wrong_keys, 0, sizeof bad_keys / sizeof bad_keys[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
