/*
 * The socket programs on the stage (--stage), in real terminals: what they do is read from the
 * screen while they do it; and what lies below: caught lines, and the record.
 */
#include "tests/suites.h"

#include "net/clock.h"
#include "net/session.h"
#include "net/told.h"
#include "net/trace.h"
#include "tests/capture.h"
#include "tests/play.h"
#include "tests/program.h"
#include "tests/serving.h"
#include "tests/terminal.h"
#include "ui/diagram_marks.h"
#include "ui/said.h"
#include "ui/socks.h"
#include "ui/tui/thin.h"
#include "ui/view.h"
#include "ui/words.h"

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

/* ---- below */

static void add_line(void *of, const char *line)
{
    char *all = of;
    snprintf(all + strlen(all), 4096 - strlen(all), "[%s]", line);
}

/* Both streams in order, by lines; what is written over itself; nothing that harms a terminal. */
START_TEST(caught)
{
    char all[4096] = "", open[SAID_LINE_MAX];
    struct said said = { .line = add_line, .of = all };
    ck_assert(said_begin(&said));
    printf("one\n");
    fflush(stdout);
    fprintf(stderr, "\rhalf\033[K");
    said_take(&said);
    ck_assert_str_eq(all, "[one]");
    ck_assert_str_eq(said_open_line(&said, open, sizeof open), "half");
    fprintf(stderr, "\r\033[Kwhole\r\n\nbad \033]0;x\a 世\\n\n> ");
    said_take(&said);
    ck_assert_str_eq(all, "[one][whole][][bad \\x1b]0;x\\x07 世\\n]");
    said_type(&said, "typed");
    said_type(&said, "more");
    ck_assert_ptr_nonnull(strstr(all, "[> typed][> more]"));
    all[0] = '\0';
    for (int i = 0; i < 200; i++)
        printf("世");
    printf("\n");
    said_take(&said);
    ck_assert_uint_eq(strlen(all), 600 + 2 * strlen("[]")); /* two lines, no character cut */
    ck_assert_ptr_null(strstr(all, "\\x"));
    int was = said.out;
    ck_assert_int_ge(was, 0);
    said.count = 0; /* they need not be seen again here */
    said_end(&said);
    ck_assert_int_eq(said.out, -1);
}
END_TEST

static void ignore_line(void *of, const char *line)
{
    (void)of;
    (void)line;
}

/* Catches many lines, of which the last were not taken yet when it crashes. */
static void catch_and_crash(int lines, int not_taken)
{
    struct said said = { .line = ignore_line };
    ck_assert(said_begin(&said));
    for (int i = 0; i < lines; i++)
        fprintf(stderr, "line %d\n", i);
    fprintf(stderr, "> ");
    said_take(&said);
    for (int i = 0; i < not_taken; i++)
        fprintf(stderr, "more %d\n", i);
    fprintf(stderr, "Assertion failed\n");
    said_crash(&said);
    fprintf(stderr, "behind it\n"); /* goes where it went before */
    close(said.file);
    close(said.out);
    close(said.err);
}

/* Of what was caught the last lines come out, and above all what was printed last. */
START_TEST(caught_at_a_crash)
{
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    catch_and_crash(2, 0);
    char *all = capture_end(&capture);
    ck_assert_str_eq(all, "line 0\nline 1\n> Assertion failed\nbehind it\n");
    free(all);
    capture_begin(&capture, STDERR_FILENO);
    catch_and_crash(100, 10000);
    all = capture_end(&capture);
    ck_assert_uint_lt(strlen(all), 10000);
    ck_assert_ptr_null(strstr(all, "line 75\n"));
    ck_assert_ptr_nonnull(strstr(all, "line 76\n"));
    ck_assert_ptr_nonnull(strstr(all, "more 9999\nAssertion failed\nbehind it\n"));
    free(all);
}
END_TEST

static void add_length(void *of, const char *line)
{
    char *all = of;
    ck_assert_ptr_null(strstr(line, "\\x8")); /* the rest of a character */
    snprintf(all + strlen(all), 4096 - strlen(all), "%zu ", strlen(line));
}

/* Lines of up to 511 octets are given out as they are, longer ones as several; a character is not
 * broken, nor how an octet is spelt out, and no empty line is left behind. */
START_TEST(long_lines)
{
    static const struct {
        const char *one;
        int count;
        const char *lengths;
    } rows[] = {
        { "x", 127, "127 " },          { "x", 128, "128 " },
        { "x", 129, "129 " },          { "x", 510, "510 " },
        { "x", 511, "511 " },          { "x", 512, "511 1 " },
        { "x", 515, "511 4 " },        { "x", 1022, "511 511 " },
        { "x", 1023, "511 511 1 " },   { "世", 170, "510 " },
        { "世", 171, "510 3 " },       { "世", 400, "510 510 180 " },
        { "x世", 128, "509 3 " },      { "\xf0\x9f\x98\x80", 300, "508 508 184 " },
        { "\a", 127, "508 " },         { "\a", 128, "508 4 " },
        { "\a", 300, "508 508 184 " }, { "", 0, "0 " },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char all[4096] = "";
        struct said said = { .line = add_length, .of = all };
        ck_assert(said_begin(&said));
        for (int n = 0; n < rows[i].count; n++)
            printf("%s", rows[i].one);
        said_take(&said); /* also where the end comes later */
        printf("\n");
        said_take(&said);
        said.count = 0;
        said_end(&said);
        ck_assert_str_eq(all, rows[i].lengths);
    }
}
END_TEST

/* What has gone from a program has gone: it is called `sent` on all screens, and only that of a lab
 * is on the wire. */
START_TEST(sent)
{
    static const enum stage_screen screens[] = { SCREEN_STAGE, SCREEN_LARGE, SCREEN_SEGMENT };
    struct program_picture program = { .no_wire = NULL };
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_segment(play, SYN);
    for (size_t i = 0; i < 2 * sizeof screens / sizeof screens[0]; i++) {
        bool is_lab = i % 2 == 0;
        play->picture.screen = screens[i / 2];
        play->picture.program = is_lab ? NULL : &program;
        char *frame = play_frame(play, play_last(play), 120, 40, false);
        bool on_wire = strstr(frame, "on wire") || strstr(frame, ", on the wire");
        ck_assert_msg(on_wire == is_lab, "%s", frame);
        ck_assert_msg(is_lab || strstr(frame, "sent"), "%s", frame);
        free(frame);
    }
    play_end(play);
}
END_TEST

static void count_event(void *of, const struct event *event)
{
    unsigned *counts = of;
    counts[event->kind]++;
}

static void call_at(struct thin *thin, uint64_t usec, int32_t ret)
{
    struct event event = { .kind = EV_CALL, .usec = usec, .u.call.op = CALL_RECV };
    thin_take(thin, &event);
    event = (struct event){ .kind = EV_RETURN, .usec = usec };
    event.u.done.op = CALL_RECV;
    event.u.done.result.ret = ret;
    thin_take(thin, &event);
    event = (struct event){ .kind = EV_VARS, .usec = usec };
    thin_take(thin, &event);
}

/* Of a flood so many calls a second are let through, and all that matter; the others are counted.
 */
START_TEST(thinned)
{
    unsigned counts[EVENT_KIND_COUNT] = { 0 };
    struct thin thin;
    thin_begin(&thin, (struct sink){ .emit = count_event, .to = counts });
    for (int i = 0; i < 10000; i++)
        call_at(&thin, 0, 100);
    ck_assert_uint_eq(counts[EV_CALL], 2000);
    ck_assert_uint_eq(counts[EV_RETURN], 2000);
    ck_assert_uint_eq(counts[EV_VARS], 2000); /* the last ones of all the others are to come */
    ck_assert_uint_eq(thin.left_out, 8000);
    thin_flush(&thin);
    ck_assert_uint_eq(counts[EV_VARS], 2001);
    call_at(&thin, 0, 0); /* the end */
    ck_assert_uint_eq(counts[EV_CALL], 2001);
    ck_assert_uint_eq(counts[EV_RETURN], 2001);
    ck_assert_uint_eq(thin.left_out, 8000);
    struct event event = { .kind = EV_CALL, .u.call.op = CALL_CLOSE };
    thin_take(&thin, &event);
    ck_assert_uint_eq(counts[EV_CALL], 2002);
    for (int i = 0; i < 10000; i++)
        call_at(&thin, 500000, 100);
    ck_assert_uint_eq(counts[EV_CALL], 2502);
}
END_TEST

static void keep_text(void *of, const struct event *event)
{
    char *all = of;
    if (event->kind == EV_CALL)
        snprintf(all, 16, "%.*s/%u", (int)event->text_len, (const char *)event->text,
                 event->text_len);
}

/* A send that fails in a flood is told with the text that it had. */
START_TEST(thinned_failure)
{
    char all[16] = "";
    struct thin thin;
    struct event call = { .kind = EV_CALL, .u.call.op = CALL_SEND };
    struct event done = { .kind = EV_RETURN, .u.done.op = CALL_SEND };
    thin_begin(&thin, (struct sink){ .emit = keep_text, .to = all });
    for (int i = 0; i < 3000; i++)
        call_at(&thin, 0, 100);
    call.text = (const uint8_t *)"lost";
    call.text_len = 4;
    all[0] = '\0';
    thin_take(&thin, &call);
    ck_assert_str_eq(all, ""); /* it may go well */
    done.u.done.result = (struct call_result){ .ret = -1, .err = ECONNRESET };
    thin_take(&thin, &done);
    ck_assert_str_eq(all, "lost/4");
}
END_TEST

/* Lines are stamped by the record's clock, calls by told's: it is one. */
START_TEST(one_clock)
{
    static struct lab lab;
    static struct trace trace;
    trace_init(&trace);
    struct told *told = told_open(trace_sink(&trace));
    struct session *session = session_record(&lab, clock_usec() - 5000000);
    session_record_since(session, told_began(told));
    uint64_t before = session_now(session, LANE_KERNEL);
    told_end(told, -1);
    uint64_t after = session_now(session, LANE_KERNEL);
    ck_assert_uint_eq(trace.count, 2);
    ck_assert_uint_le(before, trace.events[0].usec);
    ck_assert_uint_le(trace.events[0].usec, after);
    session_close(session);
    told_close(told);
    trace_free(&trace);
}
END_TEST

/* It is bounded, in events and in octets, and can begin anew. */
START_TEST(record)
{
    static struct lab lab;
    static const uint8_t text[4096];
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_CALL, .lane = LANE_KERNEL };
    ck_assert_uint_eq(session_last_step(session), 0);
    for (int i = 0; i < 300000; i++) {
        if (i % 3 == 0)
            session_record_step(session);
        emit(&sink, &event);
    }
    ck_assert(session_record_is_full(session));
    ck_assert_uint_eq(session_trace(session)->count, 200000);
    ck_assert_uint_eq(session_last_step(session), (200000 + 2) / 3);
    session_record_anew(session);
    ck_assert_uint_eq(session_last_step(session), 0);
    event.text = text;
    event.text_len = sizeof text;
    for (int i = 0; i < 100000; i++)
        emit(&sink, &event);
    ck_assert(session_record_is_full(session));
    ck_assert_uint_lt(session_trace(session)->count, 100000);
    ck_assert_uint_eq(session_trace(session)->events[0].text_len, 256);
    session_record_anew(session);
    event.kind = EV_SAY;
    event.text_len = SAID_LINE_MAX - 1;
    emit(&sink, &event);
    ck_assert_uint_eq(session_trace(session)->events[0].text_len, SAID_LINE_MAX - 1);
    for (int i = 0; i < 100000; i++)
        emit(&sink, &event);
    ck_assert_int_eq(session_step(session), SESSION_OVER);
    session_close(session);
}
END_TEST

static void tell_socket(struct socks *socks, int32_t id, int32_t fd, enum tcp_state from,
                        enum tcp_state to)
{
    struct event event = { .kind = EV_SOCKET, .lane = LANE_KERNEL, .sock = id };
    event.u.socket.fd = fd;
    event.u.socket.parent = -1;
    socks_take(socks, &event);
    event = (struct event){ .kind = EV_STATE, .lane = LANE_KERNEL, .sock = id };
    event.u.state.from = (uint8_t)from;
    event.u.state.to = (uint8_t)to;
    socks_take(socks, &event);
}

/* Of more sockets than are remembered the listener stays, and the others are forgotten once each,
 * whatever is told of them later. */
START_TEST(many_sockets)
{
    static struct socks socks;
    tell_socket(&socks, 0, 3, CLOSED, LISTEN);
    for (int32_t id = 1; id <= 1000; id++)
        tell_socket(&socks, id, id + 3, LISTEN, ESTABLISHED);
    ck_assert_uint_eq(socks.count, SOCKS_MAX);
    ck_assert_uint_eq(socks.forgotten, 1001 - SOCKS_MAX);
    ck_assert_ptr_nonnull(socks_find(&socks, LANE_KERNEL, 0, 0));
    for (int32_t id = 1; id <= 1000; id++)
        tell_socket(&socks, id, -1, ESTABLISHED, CLOSED);
    ck_assert_uint_eq(socks.forgotten, 1001 - SOCKS_MAX);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 1000);
    tell_socket(&socks, 1001, 5, LISTEN, ESTABLISHED);
    ck_assert_uint_eq(socks.forgotten, 1002 - SOCKS_MAX);
    ck_assert_ptr_null(socks_find(&socks, LANE_KERNEL, 0, 874)); /* longest closed */
    ck_assert_int_eq(socks_find(&socks, LANE_KERNEL, 0, 0)->state, LISTEN);
}
END_TEST

/* The screen after the last step; to be freed. */
static char *record_frame(struct session *session, enum stage_screen screen)
{
    static struct view view;
    static struct lab lab = { .host_count = 1 };
    static struct program_picture program;
    struct picture picture = { .view = &view,
                               .trace = session_trace(session),
                               .lab = &lab,
                               .screen = screen,
                               .program = &program,
                               .profile = session_profile(session),
                               .speed = "",
                               .message = "" };
    struct grid grid = { .width = 0 };
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert(to && grid_make(&grid, 120, 40));
    view_make(&view, picture.trace, session_last_step(session));
    picture.last_step = session_last_step(session);
    draw_picture(&grid, &picture);
    grid_print(&grid, false, to);
    fclose(to);
    grid_free(&grid);
    return text;
}

static void tell_call(const struct sink *sink, enum call_op op, int32_t ret, int32_t err)
{
    struct event event = { .kind = EV_CALL, .lane = LANE_KERNEL, .sock = 1 };
    event.u.call.op = op;
    event.u.call.fd = 10;
    event.u.call.option = OPTION_ERROR;
    emit(sink, &event);
    event = (struct event){ .kind = EV_RETURN, .lane = LANE_KERNEL, .sock = 1 };
    event.u.done.op = op;
    event.u.done.option = OPTION_ERROR;
    event.u.done.result = (struct call_result){ .ret = ret, .err = err };
    emit(sink, &event);
}

/* No call of a program blocks: each stands with its own result, in the order of events. */
START_TEST(each_call_by_itself)
{
    static const struct {
        enum call_op op;
        int32_t ret, err;
        const char *result;
    } rows[] = { { CALL_CONNECT, -1, EINPROGRESS, "-1 EINPROGRESS" },
                 { CALL_GETSOCKOPT, ECONNREFUSED, 0, "0, ECONNREFUSED" },
                 { CALL_RECV, -1, EAGAIN, "-1 EAGAIN" },
                 { CALL_SEND, 2, 0, "2" },
                 { CALL_RECV, 2, 0, "2" },
                 { CALL_ACCEPT, -1, EAGAIN, "-1 EAGAIN" },
                 { CALL_CLOSE, 0, 0, "0" } };
    static struct lab lab;
    static struct view view;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        tell_call(&sink, rows[i].op, rows[i].ret, rows[i].err);
    view_make(&view, session_trace(session), 0);
    ck_assert_uint_eq(view.call_count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < view.call_count; i++) {
        const struct view_call *call = view_call(&view, i);
        ck_assert(call->done && !call->waits && !call->outcome);
        ck_assert_msg(strncmp(call->result, rows[i].result, strlen(rows[i].result)) == 0, "%s: %s",
                      call->call, call->result);
    }
    char *frame = record_frame(session, SCREEN_STAGE);
    ck_assert_ptr_nonnull(strstr(frame, " = -1 EINPROGRESS "));
    ck_assert_ptr_nonnull(strstr(frame, " = 0, ECONNREFUSED "));
    ck_assert_ptr_nonnull(strstr(frame, "accept(10) = -1 EAGAIN "));
    free(frame);
    session_close(session);
}
END_TEST

/* Of a socket of UDP no state is marked, and that is said. */
START_TEST(no_state_marked)
{
    static struct lab lab;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_CALL, .lane = LANE_KERNEL, .sock = 1 };
    struct diagram_marks marks;
    static struct view view;
    event.u.call.op = CALL_SOCKET;
    event.u.call.value = TYPE_DATAGRAM;
    emit(&sink, &event);
    event = (struct event){ .kind = EV_RETURN, .lane = LANE_KERNEL, .sock = 1 };
    event.u.done.op = CALL_SOCKET;
    event.u.done.result.ret = 10;
    emit(&sink, &event);
    view_make(&view, session_trace(session), 0);
    diagram_mark(&marks, &view);
    for (unsigned box = 0; box < BOX_COUNT; box++)
        ck_assert(!marks.boxes[box].stays[0] && !marks.boxes[box].been);
    for (unsigned arrow = 0; arrow < DIAGRAM_ARROWS; arrow++)
        ck_assert(!marks.arrows[arrow].possible);
    char *frame = record_frame(session, SCREEN_STATES);
    ck_assert_ptr_nonnull(strstr(frame, "state: nothing is marked"));
    free(frame);
    session_close(session);
}
END_TEST

/* How many wait to be accepted the listener knows, and says so in the same words everywhere. */
START_TEST(accept_queue)
{
    static struct lab lab;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_STATE, .lane = LANE_KERNEL, .sock = 1 };
    char words[WORDS_MAX], *frame;
    event.u.state.to = LISTEN;
    emit(&sink, &event);
    event = (struct event){ .kind = EV_VARS, .lane = LANE_KERNEL, .sock = 1 };
    event.u.vars =
        (struct tcp_vars){ .unsent = 1, .unread = 2, .known = KNOWS_QUEUES | KNOWS_LISTENS };
    emit(&sink, &event);
    ck_assert_str_eq(words_event(&event, NULL, words, sizeof words), "accept queue 2 of 1");
    event.u.vars.known = KNOWS_QUEUES;
    ck_assert_str_eq(words_event(&event, NULL, words, sizeof words), "unsent 1, unread 2");
    frame = record_frame(session, SCREEN_HOSTS);
    ck_assert_ptr_nonnull(strstr(frame, "2 of 2 full"));
    free(frame);
    session_close(session);
}
END_TEST

/* Who sends is said; a line that was printed stands above, and needs no other words. */
START_TEST(did)
{
    static struct lab lab;
    struct session *session = session_record(&lab, 0);
    struct sink sink = session_recorder(session);
    struct event event = { .kind = EV_SENT, .lane = LANE_KERNEL, .sock = -1 };
    static const char *const words[] = { "did  A sends SYN", "did  the peer sends SYN" };
    char *frame;
    event.u.wire.seg.flags = SYN;
    for (int host = 0; host < 2; host++) {
        session_record_step(session);
        event.host = (int8_t)host;
        event.u.wire.id = (uint32_t)host + 1;
        emit(&sink, &event);
        frame = record_frame(session, SCREEN_STAGE);
        ck_assert_ptr_nonnull(strstr(frame, words[host]));
        free(frame);
    }
    event = (struct event){ .kind = EV_SAY, .lane = LANE_KERNEL, .host = -1, .sock = -1 };
    event.text = (const uint8_t *)"printed";
    event.text_len = 7;
    session_record_step(session);
    emit(&sink, &event);
    frame = record_frame(session, SCREEN_STAGE);
    ck_assert(strstr(frame, "printed") && !strstr(frame, "did "));
    free(frame);
    session_close(session);
}
END_TEST

/* Of a program's sockets the one that is shown is open as long as one is, and its timer is shown.
 */
START_TEST(open_sockets_first)
{
    static struct socks socks;
    enum timer_id timer;
    struct event event = { .kind = EV_TIMER, .lane = LANE_KERNEL, .sock = 1 };
    event.u.timer.timer = TIMER_KEEP_ALIVE;
    event.u.timer.at_usec = 3000000;
    socks.open_first = true;
    tell_socket(&socks, 0, 3, CLOSED, LISTEN);
    tell_socket(&socks, 1, 4, LISTEN, ESTABLISHED);
    socks_take(&socks, &event);
    tell_socket(&socks, 2, 5, LISTEN, ESTABLISHED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 2);
    ck_assert_uint_eq(socks_timer(&socks, LANE_KERNEL, 0, &timer), 0); /* that of another */
    tell_socket(&socks, 2, -1, ESTABLISHED, CLOSED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 1);
    ck_assert_uint_eq(socks_timer(&socks, LANE_KERNEL, 0, &timer), 3000000);
    tell_socket(&socks, 1, -1, ESTABLISHED, CLOSED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->id, 0);
    tell_socket(&socks, 0, -1, LISTEN, CLOSED);
    ck_assert_int_eq(socks_main(&socks, LANE_KERNEL, 0)->state, CLOSED);
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
    tcase = tcase_create("below");
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, caught);
    tcase_add_test(tcase, caught_at_a_crash);
    tcase_add_test(tcase, long_lines);
    tcase_add_test(tcase, sent);
    tcase_add_test(tcase, thinned);
    tcase_add_test(tcase, thinned_failure);
    tcase_add_test(tcase, one_clock);
    tcase_add_test(tcase, record);
    tcase_add_test(tcase, many_sockets);
    tcase_add_test(tcase, each_call_by_itself);
    tcase_add_test(tcase, no_state_marked);
    tcase_add_test(tcase, accept_queue);
    tcase_add_test(tcase, did);
    tcase_add_test(tcase, open_sockets_first);
    suite_add_tcase(suite, tcase);
    return suite;
}
