/*
 * What a person does to hosts in the middle of a lab is a step like others: calls and settings by
 * hand, and the menu of them.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "tests/stage_rig.h"
#include "ui/tui/acts.h"

#include <string.h>

/* A call by hand is a step, does what the menu says, and is undone; a lab that stood on something
 * else says that it goes no further, and that is no failure. */
START_TEST(call_by_hand)
{
    struct stage_rig *rig = stage_rig_begin("life", "model");
    stage_rig_do(rig, "until ESTABLISHED B");
    uint32_t before = rig->stage->at;
    stage_rig_do(rig, "call A: close(c)");
    ck_assert_str_eq(rig->stage->message, "");
    ck_assert_uint_eq(rig->stage->at, before + 1);
    ck_assert_int_eq(stage_rig_sock(rig, 0)->state, FIN_WAIT_1);
    stage_rig_do(rig, "undo");
    ck_assert_uint_eq(rig->stage->at, before);
    ck_assert_int_eq(stage_rig_sock(rig, 0)->state, ESTABLISHED);
    stage_rig_do(rig, "call A: close(c)");
    stage_rig_do(rig, "goto 400");
    ck_assert(session_script_is_over(rig->stage->session));
    ck_assert_uint_eq(session_failures(rig->stage->session), 0);
    stage_rig_end(rig);
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
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        stage_rig_do(rig, rows[i].line);
        stage_rig_says(rig, rows[i].why);
        ck_assert_uint_eq(session_last_step(rig->stage->session), 0);
    }
    stage_rig_end(rig);
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
    struct stage_rig *rig = stage_rig_begin("handshake", "model");
    stage_rig_do(rig, "set A nagle 0");
    ck_assert_uint_eq(rig->stage->at, 1);
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "nagle was 1, is 0"));
    stage_rig_do(rig, "set A nagle 1");
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "nagle was 0, is 1"));
    stage_rig_do(rig, "undo");
    stage_rig_do(rig, "set A nagle 1");
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "nagle was 0, is 1"));
    stage_rig_do(rig, "set B net.ipv4.tcp_fin_timeout 7");
    ck_assert_ptr_nonnull(strstr(rig->stage->view.say, "is 7000000"));
    stage_rig_end(rig);
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
    struct stage_rig *rig = stage_rig_begin(labs[_i], "model");
    for (uint32_t step = 0; step < 40; step++) {
        uint32_t at = rig->stage->at;
        size_t count = acts_possible(&rig->stage->view, &rig->stage->lab->lab, acts, ACTS_MAX);
        for (size_t i = 0; i < count; i++) {
            char line[ORDER_MAX];
            snprintf(line, sizeof line, "call %.63s", acts[i].call);
            stage_rig_do(rig, line);
            ck_assert_msg(rig->stage->at == at + 1, "%s: %s", line, rig->stage->message);
            does_as_said(&acts[i], stage_rig_sock(rig, acts[i].call[0] - 'A'));
            stage_rig_do(rig, "undo");
            ck_assert_uint_eq(rig->stage->at, at);
        }
        stage_rig_do(rig, "step");
    }
    stage_rig_end(rig);
}
END_TEST

START_TEST(menu_of_acts)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to(play, 10);
    play->picture.screen = SCREEN_ACTS;
    play->picture.looks[SCREEN_ACTS].row = 3;
    play_golden(play, "acts", 10, 80, 24, false);
    play_end(play);
}
END_TEST

Suite *acts_suite(void)
{
    Suite *suite = suite_create("acts");
    TCase *tcase = tcase_create("by hand");
    tcase_add_test(tcase, call_by_hand);
    tcase_add_test(tcase, refusals);
    tcase_add_test(tcase, waits_by_hand);
    tcase_add_loop_test(tcase, call_by_hand_on_the_kernel, 0, 2);
    tcase_add_test(tcase, settings_by_hand);
    tcase_add_loop_test(tcase, acts_do_what_they_say, 0, 4);
    tcase_add_test(tcase, menu_of_acts);
    suite_add_tcase(suite, tcase);
    return suite;
}
