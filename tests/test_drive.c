/*
 * The stage without a terminal: keys and command lines become orders, orders are carried out, and
 * what a person does to hosts in the middle of a lab is a step like others.
 */
#include "tests/suites.h"

#include "net/clock.h"
#include "tests/capture.h"
#include "tests/golden.h"
#include "tests/play.h"
#include "ui/tui/acts.h"
#include "ui/tui/stage_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void grid_row_text(const struct grid *grid, int y, char *text, size_t len)
{
    size_t at = 0;
    for (int x = 0; x < grid->width && at + 8 < len; x++) {
        uint32_t code = grid->cells[y * grid->width + x].code;
        at += code ? utf8_encode(code, text + at) : 0;
    }
    text[at] = '\0';
}

struct rig {
    struct run_options run;
    struct stage_setup setup;
    struct stage *stage;
    struct grid grid;
};

static void rig_draw(struct rig *rig)
{
    stage_draw(rig->stage, &rig->grid);
}

static struct rig *rig_begin(const char *lab, const char *lanes)
{
    struct rig *rig = calloc(1, sizeof *rig);
    int status;
    ck_assert_ptr_nonnull(rig);
    run_options_init(&rig->run);
    ck_assert(run_options_lanes(&rig->run, lanes));
    rig->setup = (struct stage_setup){ .run = &rig->run, .lab = lab_load(lab, &status) };
    ck_assert_ptr_nonnull(rig->setup.lab);
    rig->stage = stage_new(&rig->setup, &status);
    ck_assert_ptr_nonnull(rig->stage);
    ck_assert(grid_make(&rig->grid, 80, 24));
    rig_draw(rig);
    return rig;
}

static void rig_end(struct rig *rig)
{
    stage_free(rig->stage);
    grid_free(&rig->grid);
    free(rig);
}

/* A command line, and all that is under way because of it. */
static void rig_do(struct rig *rig, const char *line)
{
    uint64_t deadline = clock_usec() + 8000000;
    rig->stage->message[0] = '\0';
    stage_do(rig->stage, line);
    while ((rig->stage->seek.on || rig->stage->busy) && clock_usec() < deadline) {
        if (rig->stage->busy)
            clock_pause(1000);
        stage_pass_time(rig->stage);
    }
    rig_draw(rig);
}

static void says(const struct rig *rig, const char *part)
{
    ck_assert_msg(strstr(rig->stage->message, part) != NULL, "'%s', not '%s'", rig->stage->message,
                  part);
}

static const struct sock_row *sock(const struct rig *rig, int host)
{
    const struct sock_row *row = socks_main(&rig->stage->view.socks, LANE_MODEL, host);
    if (!row)
        row = socks_main(&rig->stage->view.socks, LANE_KERNEL, host);
    ck_assert_ptr_nonnull(row);
    return row;
}

/* until and goto run as far as they say; break stops a run wherever it is met, forwards through the
 * record too; a run to what never comes says so at the end. */
START_TEST(stops)
{
    struct rig *rig = rig_begin("handshake", "model");
    rig_do(rig, "until ESTABLISHED B");
    ck_assert_int_eq(sock(rig, 1)->state, ESTABLISHED);
    says(rig, "B entered ESTABLISHED by the rule SYN_ACKED");
    uint32_t there = rig->stage->at;
    rig_do(rig, "first");
    rig_do(rig, "break SYN-SENT");
    says(rig, "A run stops at: SYN-SENT.");
    rig_do(rig, "until ESTABLISHED B");
    ck_assert_uint_lt(rig->stage->at, there);
    ck_assert_int_eq(sock(rig, 0)->state, SYN_SENT);
    rig_do(rig, "until rule SYN_ACKED");
    ck_assert_uint_eq(rig->stage->at, there);
    rig_do(rig, "until TIME-WAIT");
    says(rig, "never came to TIME-WAIT");
    rig_do(rig, "unbreak LISTEN");
    says(rig, "anyway");
    rig_do(rig, "unbreak");
    says(rig, "stops nowhere");
    rig_do(rig, "restart");
    ck_assert_uint_eq(rig->stage->at, 0);
    rig_do(rig, "goto 6");
    ck_assert_uint_eq(rig->stage->at, 6);
    rig_do(rig, "change");
    ck_assert_uint_eq(rig->stage->at, 7);
    rig_do(rig, "back 3");
    ck_assert_uint_eq(rig->stage->at, 4);
    rig_do(rig, "step 2");
    ck_assert_uint_eq(rig->stage->at, 6);
    rig_end(rig);
}
END_TEST

/* A call by hand is a step, does what the menu says, and is undone; a lab that stood on something
 * else says that it goes no further, and that is no failure. */
START_TEST(call_by_hand)
{
    struct rig *rig = rig_begin("life", "model");
    rig_do(rig, "until ESTABLISHED B");
    uint32_t before = rig->stage->at;
    rig_do(rig, "call A: close(c)");
    ck_assert_str_eq(rig->stage->message, "");
    ck_assert_uint_eq(rig->stage->at, before + 1);
    ck_assert_int_eq(sock(rig, 0)->state, FIN_WAIT_1);
    rig_do(rig, "undo");
    ck_assert_uint_eq(rig->stage->at, before);
    ck_assert_int_eq(sock(rig, 0)->state, ESTABLISHED);
    rig_do(rig, "call A: close(c)");
    rig_do(rig, "goto 400");
    ck_assert(session_script_is_over(rig->stage->session));
    ck_assert_uint_eq(session_failures(rig->stage->session), 0);
    rig_end(rig);
}
END_TEST

/* Calls that cannot be are refused with the reason, and change nothing. */
START_TEST(refusals)
{
    static const struct {
        const char *line, *why;
    } rows[] = {
        { "call A: close(nobody)", "no such socket here: 'nobody'" },
        { "call A: clos(c)", "no such call: 'clos'" },
        { "call C: close(c)", "unknown word: 'C'" },
        { "call wait 5 s", "no call" },
        { "call B: close(d)", "No call has made that socket yet" },
        { "set A no_such 1", "There is no setting 'no_such'" },
        { "set A nagle 7", "No host takes that value" },
        { "set A nagle", "set needs a host" },
        { "drop 99", "No such segment" },
        { "release", "No segment is on the wire" },
        { "lab no-such", "no lab is called 'no-such'" },
        { "lab handshak", "did you mean 'handshake'" },
        { "on modell", "did you mean 'model'" },
        { "undo", "Nothing has been done yet" },
        { "next", "Nothing has been searched" },
        { "write /no/such/place", "Not written" },
    };
    struct rig *rig = rig_begin("handshake", "model");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rig_do(rig, rows[i].line);
        says(rig, rows[i].why);
        ck_assert_uint_eq(session_last_step(rig->stage->session), 0);
    }
    rig_end(rig);
}
END_TEST

/* An accept by hand waits beside the lab, and returns when somebody has come. */
START_TEST(waits_by_hand)
{
    static const char source[] = "host A client\nhost B server\nB: s = socket()\n"
                                 "B: bind(s, :7788)\nB: listen(s, 8)\nA: c = socket()\n"
                                 "A: connect(c, B:7788)\nrun\n";
    struct lab_error error;
    struct play *play = play_begin(source, ON_MODEL);
    play_to(play, 3);
    ck_assert_int_eq(session_user_call(play->session, "B: x = accept(s)", &error), USER_DONE);
    ck_assert_int_eq(session_user_call(play->session, "B: close(x)", &error), USER_NO_SOCKET);
    play_to_end(play);
    ck_assert_int_eq(session_user_call(play->session, "B: send(x, \"hi\")", &error), USER_DONE);
    play_to_end(play);
    ck_assert_int_eq(session_user_call(play->session, "A: recv(c, 9) = \"hi\"", &error), USER_DONE);
    ck_assert_uint_eq(session_failures(play->session), 0);
    ck_assert_int_eq(session_user_call(play->session, "A: close(c)", &error), USER_DONE);
    ck_assert(trace_has_state(session_trace(play->session), LANE_MODEL, 0, FIN_WAIT_1));
    play_end(play);
}
END_TEST

/* On real sockets as well. */
START_TEST(call_by_hand_on_the_kernel)
{
    struct lab_error error;
    if (_i == 1 && !play_wire_allowed())
        return;
    struct play *play = play_builtin("handshake", _i == 0 ? ON_KERNEL : ON_WIRE);
    play_to_end(play);
    ck_assert_int_eq(session_user_call(play->session, "A: close(c)", &error), USER_DONE);
    ck_assert(!trace_has_state(session_trace(play->session), LANE_KERNEL, 0, ESTABLISHED));
    play_to_end(play);
    ck_assert(trace_has_state(session_trace(play->session), LANE_KERNEL, 1, CLOSE_WAIT));
    enum user_outcome set = session_user_set(play->session, 0, "net.ipv4.tcp_sack", "0");
    ck_assert_int_eq(set, _i == 0 ? USER_NOT_TAKEN : USER_DONE);
    play_end(play);
}
END_TEST

/* A setting by hand, by a name of Linux or of the model, is a step that says what has changed. */
START_TEST(settings_by_hand)
{
    struct rig *rig = rig_begin("handshake", "model");
    rig_do(rig, "set A nagle 0");
    ck_assert_uint_eq(rig->stage->at, 1);
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "nagle was 1, is 0"));
    rig_do(rig, "set A nagle 1");
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "nagle was 0, is 1"));
    rig_do(rig, "undo");
    rig_do(rig, "set A nagle 1");
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "nagle was 0, is 1"));
    rig_do(rig, "set B net.ipv4.tcp_fin_timeout 7");
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "is 7000000"));
    rig_end(rig);
}
END_TEST

/* Where the menu names a state, the socket is in it behind the call; or in CLOSED, where it names
 * that as well. */
static void does_as_said(const struct act *act, const struct sock_row *row)
{
    const char *to = strstr(act->does, "sends FIN; "), *is = state_name((enum tcp_state)row->state);
    bool may_close = strstr(act->does, "RST; CLOSED") != NULL;
    if (!to || strncmp(to + 11, is, strlen(is)) == 0 || (may_close && row->state == CLOSED))
        return;
    ck_abort_msg("%s: %s: %s", act->call, act->does, is);
}

/* Every call of the menu can be made, in every state that a lab leads through, and does to the
 * state what its sentence says. */
START_TEST(acts_do_what_they_say)
{
    static const char *const labs[] = { "life", "close", "simultaneous-close", "half-close" };
    static struct act acts[ACTS_MAX];
    struct rig *rig = rig_begin(labs[_i], "model");
    for (uint32_t step = 0; step < 40; step++) {
        uint32_t at = rig->stage->at;
        size_t count = acts_possible(&rig->stage->view, &rig->stage->lab->lab, acts, ACTS_MAX);
        for (size_t i = 0; i < count; i++) {
            char line[ORDER_MAX];
            snprintf(line, sizeof line, "call %.63s", acts[i].call);
            rig_do(rig, line);
            ck_assert_msg(rig->stage->at == at + 1, "%s: %s", line, rig->stage->message);
            does_as_said(&acts[i], sock(rig, acts[i].call[0] - 'A'));
            rig_do(rig, "undo");
            ck_assert_uint_eq(rig->stage->at, at);
        }
        rig_do(rig, "step");
    }
    rig_end(rig);
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
    struct rig *rig = rig_begin(builtin_labs[_i].name, "model");
    for (uint32_t step = 1; step < 300; step++) {
        rig_do(rig, "step");
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
    rig_end(rig);
}
END_TEST

START_TEST(menu_of_acts)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to(play, 10);
    play->picture.screen = SCREEN_ACTS;
    play->picture.looks[SCREEN_ACTS].row = 3;
    char *frame = play_frame(play, 10, 80, 24, false);
    golden("acts-80x24", frame);
    free(frame);
    play_end(play);
}
END_TEST

static void click_on(struct rig *rig, const char *order, bool twice)
{
    for (unsigned i = 0; i < rig->stage->zones.count; i++) {
        const struct zone *zone = &rig->stage->zones.all[i];
        if (strncmp(zone->click, order, strlen(order)) != 0)
            continue;
        const struct mouse mouse = { zone->at.x, zone->at.y, twice ? MOUSE_TWICE : MOUSE_CLICK };
        stage_mouse(rig->stage, &mouse);
        rig_draw(rig);
        return;
    }
    ck_abort_msg("no place for '%s'", order);
}

/* Clicks: on a key of the footer, a tab, a segment, a row of a menu; twice delivers. */
START_TEST(clicks)
{
    struct rig *rig = rig_begin("handshake", "model");
    for (int i = 0; i < 6; i++)
        click_on(rig, "step", false);
    ck_assert_uint_eq(rig->stage->at, 6);
    click_on(rig, "tab calls", false);
    ck_assert_int_eq(rig->stage->picture.tab, TAB_CALLS);
    click_on(rig, "tab wire", false);
    rig_do(rig, "duplicate");
    uint32_t first = rig->stage->picture.chosen;
    rig_do(rig, "down");
    uint32_t second = rig->stage->picture.chosen;
    ck_assert_uint_ne(first, second);
    click_on(rig, "choose m1", false);
    ck_assert_uint_eq(rig->stage->picture.chosen, first);
    click_on(rig, "choose m1", true);
    ck_assert_int_eq(sock(rig, 1)->state, SYN_RECEIVED);
    click_on(rig, "labs", false);
    click_on(rig, "choose 0", false);
    ck_assert_uint_eq(rig->stage->picture.lab_chosen, 0);
    click_on(rig, "choose 0", true);
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_STAGE);
    ck_assert_str_eq(rig->stage->lab->name, rig->stage->catalogue.labs[0].name);
    rig_do(rig, "help");
    const struct mouse wheel = { 5, 5, MOUSE_WHEEL_DOWN };
    stage_mouse(rig->stage, &wheel);
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_HELP].scroll, 3);
    rig_do(rig, "bottom");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_HELP].scroll,
                     rig->stage->zones.lines - rig->stage->zones.shown);
    rig_end(rig);
}
END_TEST

/* What is pasted is text for a line, and no key is in it; esc ends a paste whose end was lost. */
START_TEST(pasting)
{
    struct rig *rig = rig_begin("handshake", "model");
    static const uint32_t keys[] = { KEYS_PASTE, 'q', ' ', KEYS_ENTER, KEYS_PASTE_END };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        stage_key(rig->stage, keys[i]);
    says(rig, "press : before");
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
    rig_end(rig);
}
END_TEST

/* Searching goes to the step whose events have the text, forwards and back. */
START_TEST(searching)
{
    struct rig *rig = rig_begin("handshake", "model");
    rig_do(rig, "goto 400");
    rig_do(rig, "first");
    rig_do(rig, "search syn-sent");
    uint32_t first = rig->stage->at;
    ck_assert_int_eq(sock(rig, 0)->state, SYN_SENT);
    rig_do(rig, "next");
    ck_assert_uint_gt(rig->stage->at, first);
    rig_do(rig, "previous");
    ck_assert_uint_eq(rig->stage->at, first);
    rig_do(rig, "search quantum");
    says(rig, "'quantum' is in no step");
    ck_assert_uint_eq(rig->stage->at, first);
    rig_end(rig);
}
END_TEST

/* Each screen has a row of the table, and its keys scroll it as far as it goes and no further. */
START_TEST(screens_scroll)
{
    static const char *const names[] = { "states", "segment", "sequence", "sockets", "hosts",
                                         "trace",  "lesson",  "large",    "help" };
    struct rig *rig = rig_begin("life", "model");
    rig_do(rig, "goto 12");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        rig_do(rig, names[i]);
        ck_assert_str_eq(screen_rows[rig->stage->picture.screen].name, names[i]);
        const struct look *look = &rig->stage->picture.looks[rig->stage->picture.screen];
        const struct zones *zones = &rig->stage->zones;
        bool menu = zones->rows > 0 && zones->rows == zones->lines;
        int most = menu ? zones->rows - 1 : zones->lines - zones->shown;
        most = most < 0 ? 0 : most;
        for (int key = 0; key < 40; key++) {
            stage_key(rig->stage, key % 2 ? KEYS_PAGE_DOWN : KEYS_END);
            rig_draw(rig);
        }
        ck_assert_msg((menu ? look->row : look->scroll) == most, "%s: %d, not %d", names[i],
                      menu ? look->row : look->scroll, most);
        stage_key(rig->stage, KEYS_HOME);
        ck_assert_int_eq(menu ? look->row : look->scroll, 0);
        rig_draw(rig);
    }
    ck_assert_uint_eq(rig->stage->at, 12);
    rig_do(rig, "segment"); /* up is an earlier one, as on the wire */
    int most = rig->stage->zones.rows - 1;
    ck_assert_int_gt(most, 1);
    rig_do(rig, "up");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_SEGMENT].row, 1);
    for (int i = 0; i < 40; i++)
        rig_do(rig, "up");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_SEGMENT].row, most);
    rig_do(rig, "down");
    ck_assert_int_eq(rig->stage->picture.looks[SCREEN_SEGMENT].row, most - 1);
    rig_end(rig);
}
END_TEST

/* Long traces: the wire and the trace go up and down, and follow the step that is looked at. */
START_TEST(long_ones_scroll)
{
    struct rig *rig = rig_begin("transfer", "model");
    struct look *looks = rig->stage->picture.looks;
    rig_do(rig, "goto 120");
    stage_key(rig->stage, KEYS_PAGE_UP);
    rig_draw(rig);
    int page = looks[SCREEN_STAGE].scroll;
    ck_assert_int_gt(page, 1);
    const struct mouse wheel = { 5, 5, MOUSE_WHEEL_UP };
    stage_mouse(rig->stage, &wheel);
    ck_assert_int_eq(looks[SCREEN_STAGE].scroll, page + 3);
    for (int i = 0; i < 400; i++)
        stage_key(rig->stage, KEYS_PAGE_UP);
    ck_assert_int_eq(looks[SCREEN_STAGE].scroll, rig->stage->zones.lines - rig->stage->zones.shown);
    rig_do(rig, "back");
    ck_assert_int_eq(looks[SCREEN_STAGE].scroll, 0);
    rig_do(rig, "trace");
    int scroll = looks[SCREEN_TRACE].scroll;
    ck_assert_int_gt(scroll, 10);
    stage_key(rig->stage, KEYS_UP);
    rig_draw(rig);
    ck_assert_int_eq(looks[SCREEN_TRACE].scroll, scroll - 1);
    rig_end(rig);
}
END_TEST

/* On the trace a search goes from line to line, a filter leaves lines away, a click on a line or on
 * the time line looks at its step. */
START_TEST(in_the_trace)
{
    struct rig *rig = rig_begin("life", "model");
    rig_do(rig, "goto 400");
    rig_do(rig, "goto 12");
    rig_do(rig, "trace");
    struct look *look = &rig->stage->picture.looks[SCREEN_TRACE];
    rig_do(rig, "find fin");
    int first = look->row;
    const struct event_list *list = &rig->stage->list;
    const struct event *events = session_trace(rig->stage->session)->events;
    ck_assert_uint_ge(events[list->rows[first]].step, 12);
    stage_key(rig->stage, 'n');
    rig_draw(rig);
    ck_assert_int_gt(look->row, first);
    stage_key(rig->stage, 'N');
    rig_draw(rig);
    ck_assert_int_eq(look->row, first);
    ck_assert_uint_eq(rig->stage->at, 12);
    for (int i = 0; i < 100 && !rig->stage->message[0]; i++) {
        stage_key(rig->stage, 'N');
        rig_draw(rig);
    }
    says(rig, "'fin' is in no line before this one");
    rig_do(rig, "stage");
    rig_do(rig, "filter kind:state");
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_TRACE);
    ck_assert_uint_gt(list->count, 5);
    for (size_t i = 0; i < list->count; i++)
        ck_assert_int_eq(events[list->rows[i]].kind, EV_STATE);
    rig_do(rig, "filter");
    ck_assert_uint_gt(list->count, 100);
    click_on(rig, "goto 11", false);
    ck_assert_uint_eq(rig->stage->at, 11);
    rig_do(rig, "stage");
    click_on(rig, "goto 3", false);
    ck_assert_uint_eq(rig->stage->at, 3);
    rig_end(rig);
}
END_TEST

/* A search that is quicker than the list waits for it, and ends. */
START_TEST(search_in_parts)
{
    struct rig *rig = rig_begin("transfer", "model");
    rig_do(rig, "goto 5000");
    rig_do(rig, "first");
    rig_do(rig, "trace");
    stage_do(rig->stage, "find in no line at all");
    for (int i = 0; i < 1000 && rig->stage->finding != FIND_NOTHING; i++)
        rig_draw(rig);
    says(rig, "is in no line behind");
    ck_assert(!rig->stage->behind);
    rig_do(rig, "lab reset"); /* and nothing of it is left for another lab */
    rig_do(rig, "trace");
    ck_assert_uint_lt(rig->stage->list.total, 20);
    rig_end(rig);
}
END_TEST

/* Keys with another meaning: read, done, told of in footer and help; a menu keeps its own. */
START_TEST(keys_of_ones_own)
{
    struct rig *rig = rig_begin("handshake", "model");
    struct bindings *bindings = &rig->setup.bindings;
    char wrong[200], footer[400], help[8000];
    ck_assert(bindings_add(bindings, "X=states", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "==until ESTABLISHED A", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "space=goto 0", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "space=goto 2", wrong, sizeof wrong));
    ck_assert(bindings_add(bindings, "s=search", wrong, sizeof wrong));
    ck_assert_uint_eq(bindings->count, 4);
    ck_assert(grid_make(&rig->grid, 120, 40));
    rig_draw(rig);
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
    rig_do(rig, "stage");
    stage_key(rig->stage, ' ');
    ck_assert_uint_eq(rig->stage->at, 2);
    rig_do(rig, "labs");
    stage_key(rig->stage, ' '); /* takes the lab, as ever */
    ck_assert_int_eq(rig->stage->picture.screen, SCREEN_STAGE);
    ck_assert_uint_eq(rig->stage->at, 0);
    rig_do(rig, "help");
    help[0] = '\0';
    for (int y = 0; y < rig->grid.height; y++) {
        grid_row_text(&rig->grid, y, footer, sizeof footer);
        snprintf(help + strlen(help), sizeof help - strlen(help), "%s\n", footer);
    }
    ck_assert_ptr_nonnull(strstr(help, " X     states "));
    ck_assert_ptr_nonnull(strstr(help, " space goto 2 "));
    ck_assert_ptr_null(strstr(help, " space step"));
    rig_end(rig);
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

/* What was done is told in another ink than what could not be. */
START_TEST(inks_of_messages)
{
    struct rig *rig = rig_begin("handshake", "model");
    int y = rig->grid.height - 2;
    rig_do(rig, "speed 4");
    ck_assert_int_eq(rig->grid.cells[y * rig->grid.width + 1].ink, INK_GOOD);
    rig_do(rig, "speed 9");
    ck_assert_int_eq(rig->grid.cells[y * rig->grid.width + 1].ink, INK_BAD);
    rig_end(rig);
}
END_TEST

/* Another profile, seed, lab; what is written can be read. */
START_TEST(begins_otherwise)
{
    struct rig *rig = rig_begin("handshake", "model");
    rig_do(rig, "profile two-way");
    ck_assert_str_eq(session_profile(rig->stage->session)->name, "two-way");
    rig_do(rig, "seed 77");
    ck_assert_uint_eq(rig->stage->run.seed, 77);
    ck_assert_str_eq(session_profile(rig->stage->session)->name, "two-way");
    rig_do(rig, "lab close");
    ck_assert_str_eq(rig->stage->lab->name, "close");
    rig_do(rig, "on model");
    says(rig, "on model");
    rig_do(rig, "step 5");
    char path[64], line[80];
    snprintf(path, sizeof path, "/tmp/tcpstep-test-%d.ndjson", (int)getpid());
    snprintf(line, sizeof line, "write %s", path);
    rig_do(rig, line);
    says(rig, "Written");
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fgetc(file), '{');
    fclose(file);
    remove(path);
    rig_end(rig);
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

static void any_line(struct rig *rig, uint64_t *seed)
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
    struct rig *rig = rig_begin("life", "model");
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
            rig_draw(rig);
        rig->stage->over = false;
        ck_assert_uint_le(rig->stage->at, session_last_step(rig->stage->session));
        ck_assert_ptr_nonnull(memchr(rig->stage->message, '\0', MESSAGE_MAX));
    }
    rig_end(rig);
}
END_TEST

Suite *drive_suite(void)
{
    Suite *suite = suite_create("drive");
    TCase *tcase = tcase_create("orders");
    tcase_add_test(tcase, keys_are_unique);
    tcase_add_test(tcase, table_is_whole);
    tcase_add_test(tcase, documented);
    tcase_add_loop_test(tcase, lines_are_read, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tcase, wrong_lines, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tcase, completion);
    tcase_add_test(tcase, editing);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("stage");
    tcase_add_test(tcase, stops);
    tcase_add_test(tcase, call_by_hand);
    tcase_add_test(tcase, refusals);
    tcase_add_test(tcase, waits_by_hand);
    tcase_add_loop_test(tcase, call_by_hand_on_the_kernel, 0, 2);
    tcase_add_loop_test(tcase, each_step_is_told, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, settings_by_hand);
    tcase_add_loop_test(tcase, acts_do_what_they_say, 0, 4);
    tcase_add_test(tcase, menu_of_acts);
    tcase_add_test(tcase, clicks);
    tcase_add_test(tcase, pasting);
    tcase_add_test(tcase, searching);
    tcase_add_test(tcase, screens_scroll);
    tcase_add_test(tcase, long_ones_scroll);
    tcase_add_test(tcase, in_the_trace);
    tcase_add_test(tcase, search_in_parts);
    tcase_add_test(tcase, inks_of_messages);
    tcase_add_test(tcase, keys_of_ones_own);
    tcase_add_loop_test(tcase, wrong_keys, 0, sizeof bad_keys / sizeof bad_keys[0]);
    tcase_add_test(tcase, begins_otherwise);
    tcase_add_loop_test(tcase, anything_goes, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
