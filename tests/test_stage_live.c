/*
 * The socket programs on the stage (--stage), in real terminals: what they do is read from the
 * screen while they do it.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/program.h"
#include "tests/serving.h"
#include "tests/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct terminal *begin(int width, int height, const char *format, unsigned port)
{
    char command[512];
    struct terminal *terminal = malloc(sizeof *terminal);
    ck_assert_ptr_nonnull(terminal);
    snprintf(command, sizeof command, format, port);
    terminal_open(terminal, width, height, command);
    terminal_await(terminal, "q quit");
    return terminal;
}

/* The program has ended with this status, and the terminal is as it was before. */
static void ends(struct terminal *terminal, const char *status)
{
    terminal_await(terminal, status);
    terminal_await(terminal, "stty is as before");
    terminal_await(terminal, "this was here before");
    ck_assert_ptr_null(strstr(terminal->screen, "q quit"));
    ck_assert_str_eq(terminal_fact(terminal, "#{cursor_flag} #{alternate_on}"), "1 0");
    terminal_close(terminal);
    free(terminal);
}

/* Where it says on the stage that it listens. */
static unsigned port_of(struct terminal *terminal)
{
    static const char words[] = "listening at 127.0.0.1:";
    terminal_await(terminal, words);
    return (unsigned)atoi(strstr(terminal->screen, words) + strlen(words));
}

static uint16_t echo_server(struct ran_program *server)
{
    program_start(server, "serve 0");
    return program_port(server);
}

static void stop(struct ran_program *server)
{
    program_signal(server, SIGTERM);
    ck_assert_int_eq(program_end(server), 0);
    program_free(server);
}

/* A server from LISTEN over a client's connection to its end: each call and state is to be seen, as
 * long as it lasts and by looking back. */
START_TEST(serve)
{
    char heard[8];
    struct terminal *terminal = begin(120, 40, "\"$TCPSTEP\" serve 0 --stage", 0);
    unsigned port = port_of(terminal);
    terminal_await(terminal, "kernel   LISTEN");
    int client = dial(port);
    terminal_await(terminal, "kernel   ESTABLISHED");
    terminal_await(terminal, "client 1 has connected:");
    ck_assert_int_eq(send(client, "hi\n", 3, 0), 3);
    terminal_await(terminal, ", 65536) = 3 \"hi\\n\"");
    terminal_await(terminal, ", \"hi\\n\", 3) = 3");
    ck_assert_int_eq(recv(client, heard, sizeof heard, 0), 3);
    close(client);
    terminal_await(terminal, "client 1 is gone");
    terminal_await(terminal, "kernel   LISTEN"); /* which is still open */
    terminal_await_gone(terminal, "ESTABLISHED ");
    terminal_keys(terminal, "t");
    terminal_await(terminal, "ESTABLISHED -> CLOSE-WAIT");
    terminal_keys(terminal, "t g");
    terminal_await(terminal, "step 0 of ");
    terminal_await(terminal, "no socket");
    terminal_await(terminal, "an earlier step is looked at");
    terminal_keys(terminal, ": until Space ESTABLISHED Enter");
    terminal_await(terminal, "kernel   ESTABLISHED");
    terminal_await(terminal, "recorded");
    terminal_keys(terminal, "G");
    terminal_await(terminal, "live");
    terminal_keys(terminal, "q");
    terminal_await(terminal, "client 1 is gone");
    ends(terminal, "status 0");
}
END_TEST

/* Ctrl-C closes the listener and serves who is left; another one ends it at once. */
START_TEST(ctrl_c)
{
    char heard[8];
    struct terminal *terminal = begin(120, 40, "\"$TCPSTEP\" serve 0 --stage", 0);
    int client = dial(port_of(terminal));
    terminal_await(terminal, "client 1 has connected:");
    terminal_keys(terminal, _i ? "q" : "C-c");
    terminal_await(terminal, "it was asked to end");
    terminal_await_gone(terminal, "LISTEN       :");
    ck_assert_int_eq(send(client, "still\n", 6, 0), 6);
    ck_assert_int_eq(recv(client, heard, sizeof heard, 0), 6);
    terminal_await(terminal, "\"still\\n\"");
    terminal_keys(terminal, _i ? "q" : "C-c");
    ends(terminal, "status 0");
    close(client);
}
END_TEST

START_TEST(terminated)
{
    struct terminal *terminal = begin(80, 24, "\"$TCPSTEP\" serve 0 --stage", 0);
    port_of(terminal);
    terminal_signal(terminal, "TERM");
    ends(terminal, "status 0");
}
END_TEST

/* At a crash the terminal is given back, and what was printed is to be seen there. */
START_TEST(crashed)
{
    static const struct {
        const char *name, *status;
    } rows[] = { { "SEGV", "status 139" }, { "ABRT", "status 134" } };
    struct terminal *terminal = begin(80, 24, "\"$TCPSTEP\" serve 0 --stage", 0);
    port_of(terminal);
    terminal_signal(terminal, rows[_i].name);
    terminal_await(terminal, rows[_i].status);
    port_of(terminal);
    ends(terminal, rows[_i].status);
}
END_TEST

/* Lines are typed on the stage, in any script, and come back; the end of input ends it, and what
 * was is still to be seen. */
START_TEST(typed)
{
    struct ran_program server;
    uint16_t port = echo_server(&server);
    struct terminal *terminal = begin(80, 24, "\"$TCPSTEP\" connect 127.0.0.1:%u --stage", port);
    terminal_await(terminal, "connected to 127.0.0.1");
    terminal_keys(terminal, "i h 世 界 Enter");
    terminal_await(terminal, "> h世界");
    terminal_await(terminal, "recv(");
    terminal_keys(terminal, "a g a i n Enter");
    terminal_await(terminal, "> again\n");
    terminal_keys(terminal, "Up");
    terminal_await(terminal, "\n > again"); /* in the line that is typed, too */
    terminal_keys(terminal, "Escape");
    terminal_resize(terminal, 120, 40);
    terminal_await(terminal, "printed and typed");
    terminal_resize(terminal, 80, 24);
    terminal_await(terminal, "[calls]");
    terminal_keys(terminal, "C-d");
    terminal_await(terminal, "The program is over, with the status 0");
    terminal_await(terminal, "= 0 (the peer");
    terminal_keys(terminal, "g");
    terminal_await(terminal, "step 0 of ");
    terminal_keys(terminal, "i");
    terminal_await(terminal, "The program is over: it takes no more lines");
    terminal_keys(terminal, "q");
    terminal_await(terminal, "> h世界");
    ends(terminal, "status 0");
    stop(&server);
}
END_TEST

/* What is typed too early, or by who takes no lines, is refused with the reason. */
START_TEST(refuses_lines)
{
    struct terminal *terminal = begin(80, 24, "\"$TCPSTEP\" chat --listen 0 --stage", 0);
    port_of(terminal);
    terminal_keys(terminal, "i x Enter");
    terminal_await(terminal, "nobody is connected yet");
    terminal_keys(terminal, "Escape d");
    terminal_await(terminal, "it is only looked at");
    terminal_keys(terminal, "q");
    ends(terminal, "status 130");
}
END_TEST

/* Input comes from a pipe, and keys from the terminal all the same. */
START_TEST(piped)
{
    struct ran_program server;
    uint16_t port = echo_server(&server);
    struct terminal *terminal =
        begin(80, 24, "sh -c 'printf \"one\\ntwo\\n\" | \"$TCPSTEP\" connect --stage %u'", port);
    terminal_await(terminal, "The program is over, with the status 0");
    terminal_await(terminal, "send(");
    terminal_keys(terminal, "b");
    terminal_await(terminal, "recorded");
    terminal_keys(terminal, "q");
    terminal_await(terminal, "one\ntwo\n");
    ends(terminal, "status 0");
    stop(&server);
}
END_TEST

/* A transfer ends by itself; the stage stays, and its trace is written beside it. */
START_TEST(get)
{
    static const char make[] = "d=$(mktemp -d /tmp/tcpstep-stage-XXXXXX); echo whole >$d/f; "
                               "printf %s $d";
    struct ran folder = run_expecting(0, make);
    struct ran_program server;
    char words[512];
    snprintf(words, sizeof words, "serve 0 --files %s", folder.out);
    program_start(&server, words);
    uint16_t port = program_port(&server);
    snprintf(words, sizeof words,
             "\"$TCPSTEP\" get 127.0.0.1:%%u/f -o %s/got --stage --trace %s/trace", folder.out,
             folder.out);
    struct terminal *terminal = begin(120, 40, words, port);
    terminal_await(terminal, "The program is over, with the status 0");
    terminal_await(terminal, "the digest");
    terminal_await(terminal, "close(");
    terminal_keys(terminal, "q");
    terminal_await(terminal, "the digest agrees");
    ends(terminal, "status 0");
    snprintf(words, sizeof words,
             "cd %s; cmp f got; grep -q '\"call\":\"connect\\|\"connect\"' trace; rm -r %s",
             folder.out, folder.out);
    struct ran ran = run_expecting(0, words);
    ran_free(&ran);
    ran_free(&folder);
    stop(&server);
}
END_TEST

/* Without a terminal, or together with what needs it, it is refused. */
START_TEST(refused)
{
    struct ran ran = run_expecting(3, "\"$TCPSTEP\" serve 0 --stage </dev/null | cat; "
                                      "\"$TCPSTEP\" serve 0 --stage");
    ck_assert_ptr_nonnull(strstr(ran.err, "standard output has to be a terminal"));
    ran_free(&ran);
    ran = run_expecting(2, "\"$TCPSTEP\" connect 1 --stage --explain");
    ran_free(&ran);
    ran = run_expecting(2, "\"$TCPSTEP\" udp compare --stage");
    ran_free(&ran);
    ran = run_expecting(2, "\"$TCPSTEP\" get 127.0.0.1:1/x --stage --trace -");
    ran_free(&ran);
}
END_TEST

/* On a terminal that cannot be drawn on it says so, before anything was taken over. (For the
 * unknown one ncurses itself leaks.) */
START_TEST(unknown_terminal)
{
    static const char *const commands[] = {
        "env TERM=dumb \"$TCPSTEP\" serve 0 --stage",
        "env TERM=no-such-one ASAN_OPTIONS=detect_leaks=0 \"$TCPSTEP\" serve 0 --stage"
    };
    struct terminal *terminal = malloc(sizeof *terminal);
    ck_assert_ptr_nonnull(terminal);
    terminal_open(terminal, 120, 24, commands[_i]);
    terminal_await(terminal, "--stage needs a terminal: TERM names");
    ends(terminal, "status 3");
}
END_TEST

Suite *stage_live_suite(void)
{
    Suite *suite = suite_create("stage_live");
    TCase *tcase = tcase_create("terminals");
    tcase_add_unchecked_fixture(tcase, terminals_begin, terminals_end);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, serve);
    tcase_add_loop_test(tcase, ctrl_c, 0, 2);
    tcase_add_test(tcase, terminated);
    tcase_add_loop_test(tcase, crashed, 0, 2);
    tcase_add_test(tcase, typed);
    tcase_add_test(tcase, refuses_lines);
    tcase_add_test(tcase, piped);
    tcase_add_test(tcase, get);
    tcase_add_loop_test(tcase, unknown_terminal, 0, 2);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("refusals");
    tcase_add_test(tcase, refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
