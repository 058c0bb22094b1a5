/*
 * What is typed on the stage: keys and command lines become orders, by one table that docs/stage.md
 * has as well; and how a line is edited.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/golden.h"
#include "tests/play.h"
#include "ui/tui/command_line.h"

#include <stdlib.h>
#include <string.h>

/* Each key does one thing on each screen, and that thing can be typed as well. */
START_TEST(keys_are_unique)
{
    for (unsigned screen = 0; screen < SCREEN_COUNT; screen++) {
        for (size_t i = 0; i < command_row_count; i++) {
            const struct command_row *row = &command_rows[i];
            struct order order;
            if (!row->key || !command_exists(row) ||
                (row->screens && !(row->screens & 1u << screen)))
                continue;
            const struct command_row *found = command_of_key(row->key, (enum stage_screen)screen);
            bool first = !found->screens || found->screens & 1u << screen;
            ck_assert_msg(found == row || (found < row && first), "%s on screen %u", row->name,
                          screen);
            order_of_row(row, &order);
            ck_assert_int_eq(order.command, row->command);
        }
        ck_assert_ptr_null(command_of_key(KEYS_NONE, (enum stage_screen)screen));
        ck_assert_ptr_null(command_of_key(KEYS_RESIZE, (enum stage_screen)screen));
        ck_assert_ptr_null(command_of_key(0x4e09, (enum stage_screen)screen));
    }
    ck_assert_int_eq(command_of_key('n', SCREEN_TRACE)->command, STAGE_AGAIN);
    ck_assert_int_eq(command_of_key('\r', SCREEN_LABS)->command, STAGE_TAKE);
    ck_assert_int_eq(command_of_key('\r', SCREEN_STAGE)->command, STAGE_DELIVER);
}
END_TEST

/* A name is used once, every row has a help, and the footer names only what has a key. */
START_TEST(table_is_whole)
{
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        ck_assert(row->help && row->help[0]);
        ck_assert(!row->rank == !row->footer);
        ck_assert(!row->footer || row->key);
        ck_assert(!row->key == !row->label[0]);
        for (size_t j = 0; row->name && j < i; j++)
            ck_assert(!command_rows[j].name || strcmp(command_rows[j].name, row->name) != 0);
    }
}
END_TEST

/* The table of docs/stage.md is the table of the program. */
START_TEST(documented)
{
    char *table = NULL;
    size_t len;
    FILE *to = open_memstream(&table, &len), *file = fopen("docs/stage.md", "r");
    ck_assert(to && file);
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        if (row->name)
            fprintf(to, "| %s | `%s%s%s` | %s |\n", row->label, row->name, row->usage[0] ? " " : "",
                    row->usage, row->help);
        else
            fprintf(to, "\n**%s**\n\n| key | command | |\n| --- | --- | --- |\n", row->help);
    }
    fclose(to);
    char *doc = read_whole(file, NULL);
    fclose(file);
    golden("stage-commands", table);
    ck_assert_msg(strstr(doc, table) != NULL,
                  "docs/stage.md has not tests/golden/stage-commands.txt");
    free(doc);
    free(table);
}
END_TEST

static const struct {
    const char *line;
    enum stage_command command;
    uint64_t number;
    const char *words;
} good[] = {
    { "step", STAGE_STEP, 0, "" },
    { " step  12 ", STAGE_STEP, 12, "12" },
    { ":goto 7", STAGE_GOTO, 7, "7" },
    { "until time-wait B", STAGE_UNTIL, 0, "time-wait B" },
    { "until rule fin_from_peer", STAGE_UNTIL, 0, "rule fin_from_peer" },
    { "break SYN_SENT", STAGE_BREAK, 0, "SYN_SENT" },
    { "break", STAGE_BREAK, 0, "" },
    { "change", STAGE_UNTIL, 0, "state" },
    { "drop k3", STAGE_DROP, 3, "k3" },
    { "delay 20 ms m4", STAGE_DELAY, 4, "20 ms m4" },
    { "delay 4", STAGE_NOTHING, 0, NULL }, /* a time needs its unit */
    { "view states", STAGE_VIEW, SCREEN_STATES, "states" },
    { "states", STAGE_VIEW, SCREEN_STATES, "states" },
    { "tab calls", STAGE_TAB, TAB_CALLS, "calls" },
    { "profile linux+two-way", STAGE_PROFILE, 0, "linux+two-way" },
    { "call A: send(c, \"a b\")", STAGE_CALL, 0, "A: send(c, \"a b\")" },
    { "seed 9", STAGE_SEED, 9, "9" },
    { "", STAGE_NOTHING, 0, "" },
};

START_TEST(lines_are_read)
{
    struct order order;
    char wrong[160] = "";
    bool read = order_read(good[_i].line, &order, wrong, sizeof wrong);
    if (!good[_i].words) {
        ck_assert(!read && wrong[0]);
        return;
    }
    ck_assert_msg(read, "%s: %s", good[_i].line, wrong);
    ck_assert_int_eq(order.command, good[_i].command);
    ck_assert_uint_eq(order.number, good[_i].number);
    ck_assert_str_eq(order.words, good[_i].words);
}
END_TEST

/* What is wrong is named, with the nearest word where there is one. */
static const struct {
    const char *line, *wrong;
} bad[] = {
    { "stepp", "did you mean 'step'" },
    { "quantum", "There is no command 'quantum'" },
    { "step x", "'x' is no number" },
    { "goto", "goto needs STEP" },
    { "until TIME_WAITT", "TIME-WAIT" },
    { "until rule FIN_FROM_PER", "FIN_FROM_PEER" },
    { "break LISTEN C", "no host 'C'" },
    { "until LISTEN A B", "'B' is too much" },
    { "drop x", "is no segment" },
    { "delay 3 weeks", "is no time" },
    { "view stats", "did you mean 'states'" },
    { "speed 9", "A speed is" },
    { "profile linus", "did you mean 'linux'" },
    { "quit now", "'now' is too much" },
    { "tab wires", "did you mean 'wire'" },
    { "mouse away", "There is no 'away'" },
};

START_TEST(wrong_lines)
{
    struct order order;
    char wrong[200] = "";
    ck_assert(!order_read(bad[_i].line, &order, wrong, sizeof wrong));
    ck_assert_msg(strstr(wrong, bad[_i].wrong) != NULL, "%s: %s", bad[_i].line, wrong);
}
END_TEST

static void type(struct command_line *line, const struct lab *lab, const char *text)
{
    for (; *text; text++)
        line_key(line, (unsigned char)*text, false, lab);
}

/* Tab completes: commands, states, rules, hosts, labs, settings; again: the next; back tab: the
 * one before. */
START_TEST(completion)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    struct command_line *line = calloc(1, sizeof *line);
    line_open(line, LINE_COMMAND, "");
    type(line, &play->lab, "unt");
    line_key(line, KEYS_TAB, false, &play->lab);
    type(line, &play->lab, "TIM");
    line_key(line, KEYS_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "until TIME-WAIT ");
    line_open(line, LINE_COMMAND, "until rule FIN_FROM_P");
    line_key(line, KEYS_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "until rule FIN_FROM_PEER ");
    line_open(line, LINE_COMMAND, "sp");
    line_key(line, KEYS_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "speed ");
    line_open(line, LINE_COMMAND, "speed ");
    line_key(line, KEYS_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "speed faster");
    line_key(line, KEYS_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "speed slower");
    line_key(line, KEYS_BACK_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "speed faster");
    line_key(line, KEYS_BACK_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "speed fast");
    line_open(line, LINE_COMMAND, "set B net.ipv4.tcp_fin_t");
    line_key(line, KEYS_TAB, false, &play->lab);
    ck_assert_str_eq(line->text, "set B net.ipv4.tcp_fin_timeout ");
    free(line);
    play_end(play);
}
END_TEST

/* Editing is by characters, not octets; what was typed comes again with up. */
START_TEST(editing)
{
    struct command_line *line = calloc(1, sizeof *line);
    struct lab lab = { .host_count = 2 };
    line_open(line, LINE_COMMAND, "");
    type(line, &lab, "step");
    line_key(line, 0x4e09, false, &lab);
    line_key(line, KEYS_LEFT, false, &lab);
    type(line, &lab, "x");
    ck_assert_str_eq(line->text, "stepx\xe4\xb8\x89");
    line_key(line, KEYS_DELETE, false, &lab);
    line_key(line, KEYS_BACKSPACE, false, &lab);
    ck_assert_str_eq(line->text, "step");
    ck_assert_int_eq(line_key(line, KEYS_ENTER, false, &lab), LINE_DONE_WITH);
    line_open(line, LINE_COMMAND, "");
    type(line, &lab, "back 2");
    line_key(line, KEYS_ENTER, false, &lab);
    line_open(line, LINE_COMMAND, "");
    type(line, &lab, "go");
    line_key(line, KEYS_UP, false, &lab);
    ck_assert_str_eq(line->text, "back 2");
    line_key(line, KEYS_UP, false, &lab);
    line_key(line, KEYS_UP, false, &lab);
    ck_assert_str_eq(line->text, "step");
    line_key(line, KEYS_DOWN, false, &lab);
    line_key(line, KEYS_DOWN, false, &lab);
    ck_assert_str_eq(line->text, "go");
    line_key(line, KEYS_CTRL_U, false, &lab);
    ck_assert_str_eq(line->text, "");
    line_key(line, KEYS_ENTER, true, &lab); /* pasted: no key */
    line_key(line, 'q', true, &lab);
    ck_assert_str_eq(line->text, "q");
    for (int i = 0; i < 2 * ORDER_MAX; i++)
        line_key(line, 0x4e09, false, &lab);
    ck_assert_uint_lt(strlen(line->text), ORDER_MAX);
    ck_assert_int_eq(line_key(line, KEYS_ESCAPE, false, &lab), LINE_LEFT);
    free(line);
}
END_TEST

Suite *orders_suite(void)
{
    Suite *suite = suite_create("orders");
    TCase *tcase = tcase_create("orders");
    tcase_add_test(tcase, keys_are_unique);
    tcase_add_test(tcase, table_is_whole);
    tcase_add_test(tcase, documented);
    tcase_add_loop_test(tcase, lines_are_read, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tcase, wrong_lines, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tcase, completion);
    tcase_add_test(tcase, editing);
    suite_add_tcase(suite, tcase);
    return suite;
}
