/*
 * The program itself in real terminals: keys in, the screen out, and the terminal as it was
 * afterwards.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/play.h"
#include "tests/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int width, height;
} sizes[] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

enum {
    SIZES = sizeof sizes / sizeof sizes[0]
};

/* A terminal in which the command runs; to be closed by done(). */
static struct terminal *begin(int width, int height, const char *command)
{
    struct terminal *terminal = malloc(sizeof *terminal);
    ck_assert_ptr_nonnull(terminal);
    terminal_open(terminal, width, height, command);
    return terminal;
}

/* The same with a lab on the stage, its first frame drawn. */
static struct terminal *stage(int size, const char *command)
{
    struct terminal *terminal = begin(sizes[size].width, sizes[size].height, command);
    terminal_await(terminal, "q quit");
    terminal_await(terminal, "step 0 ");
    return terminal;
}

static void done(struct terminal *terminal)
{
    terminal_close(terminal);
    free(terminal);
}

/* Waits until the program has ended with this status, and the terminal is as it was before. */
static void ends(struct terminal *terminal, const char *status)
{
    terminal_await(terminal, status);
    terminal_await(terminal, "stty is as before");
    terminal_await(terminal, "this was here before");
    ck_assert_ptr_null(strstr(terminal->screen, "q quit"));
    ck_assert_str_eq(terminal_fact(terminal, "#{cursor_flag} #{alternate_on}"), "1 0");
}

/* A copy of the screen when it has settled; to be freed. */
static char *screen_now(struct terminal *terminal)
{
    char *copy = strdup(terminal_settled(terminal));
    ck_assert_ptr_nonnull(copy);
    return copy;
}

/* The first frame has title, hosts and keys; q leaves with status 0 and the terminal as it was. */
START_TEST(begins_and_quits)
{
    struct terminal *terminal = stage(_i, "\"$TCPSTEP\"");
    terminal_await(terminal, "tcpstep  open, talk, close");
    terminal_await(terminal, "A  client");
    terminal_await(terminal, "B  server");
    terminal_await(terminal, "space step");
    ck_assert_str_eq(terminal_fact(terminal, "#{cursor_flag} #{alternate_on}"), "0 1");
    terminal_keys(terminal, "q");
    ends(terminal, "status 0");
    done(terminal);
}
END_TEST

/* Space does a step, b takes it back to the very same screen (the title then says that it is
 * recorded), and space comes to the very same screen again. */
START_TEST(steps_and_back)
{
    struct terminal *terminal = stage(_i, "\"$TCPSTEP\" run handshake --on model");
    char *screens[9];
    screens[0] = screen_now(terminal);
    for (int step = 1; step < 9; step++) {
        char title[32];
        snprintf(title, sizeof title, "step %d ", step);
        terminal_keys(terminal, "Space");
        terminal_await(terminal, title);
        screens[step] = screen_now(terminal);
        ck_assert_str_ne(screens[step], screens[step - 1]);
    }
    for (int step = 7; step >= 0; step--) {
        char title[32];
        snprintf(title, sizeof title, "step %d of 8 ", step);
        terminal_keys(terminal, "b");
        terminal_await(terminal, title);
        terminal_await(terminal, "recorded");
        terminal_await_below(terminal, screens[step]);
    }
    for (int step = 1; step < 8; step++) {
        terminal_keys(terminal, "Space");
        terminal_await_below(terminal, screens[step]);
    }
    terminal_keys(terminal, "Space");
    terminal_await_screen(terminal, screens[8]);
    terminal_keys(terminal, "g");
    terminal_await_below(terminal, screens[0]);
    terminal_keys(terminal, "G");
    terminal_await_screen(terminal, screens[8]);
    for (int step = 0; step < 9; step++)
        free(screens[step]);
    done(terminal);
}
END_TEST

/* r runs, step after step, and pauses, and then nothing moves any more. */
START_TEST(runs_and_pauses)
{
    struct terminal *terminal = stage(_i, "\"$TCPSTEP\" run server-first --on model");
    terminal_keys(terminal, "+ + + r");
    terminal_await(terminal, "running");
    terminal_await_gone(terminal, "step 0 ");
    terminal_keys(terminal, "r");
    terminal_await(terminal, "paused");
    char *screen = screen_now(terminal);
    ck_assert_ptr_null(strstr(screen, "step 0 "));
    free(screen);
    terminal_keys(terminal, "+ r");
    terminal_await(terminal, "The lab is over");
    terminal_await(terminal, "paused");
    done(terminal);
}
END_TEST

/* --auto runs at once, to the end. */
START_TEST(runs_at_once)
{
    struct terminal *terminal = begin(80, 24, "\"$TCPSTEP\" run handshake --auto --on model");
    terminal_await(terminal, "running");
    terminal_keys(terminal, "+ + + +");
    terminal_await(terminal, "The lab is over");
    done(terminal);
}
END_TEST

/* A stage of `handshake` on the model with its SYN on the wire. */
static struct terminal *stage_with_syn(int size, const char *command)
{
    struct terminal *terminal = stage(size, command);
    terminal_keys(terminal, "Space Space Space Space Space Space");
    terminal_await(terminal, "step 6 ");
    terminal_await(terminal, "on wire");
    return terminal;
}

/* The wire is in the user's hands: w holds the SYN back, u copies it, d loses it. */
START_TEST(wire_in_hand)
{
    struct terminal *terminal = stage_with_syn(_i, "\"$TCPSTEP\" run handshake --on model");
    terminal_keys(terminal, "w");
    terminal_await(terminal, "held");
    terminal_keys(terminal, "w");
    terminal_await_gone(terminal, "held");
    terminal_keys(terminal, "u");
    terminal_await(terminal, "copy: SYN");
    terminal_keys(terminal, "d");
    terminal_await(terminal, "lost");
    terminal_await(terminal, "The wire has lost SYN");
    terminal_keys(terminal, "d");
    terminal_await_gone(terminal, "on wire");
    terminal_keys(terminal, "Space");
    terminal_await(terminal, "again: SYN");
    terminal_keys(terminal, "Enter");
    terminal_await(terminal, "SYN,ACK");
    done(terminal);
}
END_TEST

/* So is the kernel's. While a segment is held its sender's timer counts, and what that sends again
 * appears without any key. */
START_TEST(kernel_in_hand)
{
    if (!play_wire_allowed())
        return;
    struct terminal *terminal = stage_with_syn(_i, "\"$TCPSTEP\" run handshake --on kernel");
    terminal_keys(terminal, "w");
    terminal_await(terminal, "held");
    terminal_await(terminal, "retransmission in 0.");
    terminal_await(terminal, "again: SYN");
    terminal_await(terminal, "next deliver SYN");
    terminal_await(terminal, "step 7 ");
    terminal_keys(terminal, "d");
    terminal_await(terminal, "lost");
    terminal_await(terminal, "step 8 ");
    terminal_keys(terminal, "Up Enter");
    terminal_await(terminal, "SYN,ACK");
    terminal_await(terminal, "SYN-RECEIVED");
    terminal_keys(terminal, "b");
    terminal_await(terminal, "recorded");
    terminal_keys(terminal, "d");
    terminal_await(terminal, "A kernel cannot be taken back");
    terminal_keys(terminal, "q");
    ends(terminal, "status 0");
    done(terminal);
}
END_TEST

/* With both wires in hand a key acts on the lane of the chosen segment, and on no other. */
START_TEST(both_in_hand)
{
    if (!play_wire_allowed())
        return;
    struct terminal *terminal = stage_with_syn(0, "\"$TCPSTEP\" run handshake --on both");
    terminal_await(terminal, "paused");
    terminal_await(terminal, "\nm    0.");
    terminal_await(terminal, "\nk    ");
    terminal_keys(terminal, "Down d");
    terminal_await(terminal, "lost");
    ck_assert_ptr_nonnull(strstr(terminal->screen, "on wire"));
    const char *lost = strstr(terminal->screen, "lost");
    while (lost > terminal->screen && lost[-1] != '\n')
        lost--;
    ck_assert_int_eq(*lost, 'k');
    terminal_keys(terminal, "u");
    terminal_await(terminal, "copy: SYN");
    done(terminal);
}
END_TEST

/* Hosts of both kinds on one wire: the title says which is whose. */
START_TEST(mixed_in_hand)
{
    if (!play_wire_allowed())
        return;
    struct terminal *terminal =
        stage_with_syn(_i, "\"$TCPSTEP\" run handshake --on A=model,B=kernel");
    terminal_await(terminal, "A=model, B=kernel  step 6 ");
    terminal_await(terminal, "model    SYN-SENT");
    terminal_await(terminal, "kernel   LISTEN");
    terminal_keys(terminal, "Enter");
    terminal_await(terminal, "SYN,ACK");
    done(terminal);
}
END_TEST

/* A step that waits for real time is under way: the stage says so, and heeds keys. */
START_TEST(under_way)
{
    if (!play_wire_allowed())
        return;
    struct terminal *terminal = stage(
        _i, "sh -c 'printf \"host A client\\nhost B server\\nA: c = socket()\\nwait 300 s\\n\" "
            "> w.lab; exec \"$TCPSTEP\" run ./w.lab --on kernel'");
    terminal_keys(terminal, "Space Space");
    terminal_await(terminal, "under way");
    terminal_await(terminal, "now  wait 300 s");
    terminal_keys(terminal, "d");
    terminal_await(terminal, "A step is under way");
    terminal_keys(terminal, "?");
    terminal_await(terminal, "look at the step before");
    terminal_keys(terminal, "q");
    ends(terminal, "status 0");
    done(terminal);
}
END_TEST

/* s shows the state diagram, ? the keys, and each goes back to the very same stage. */
START_TEST(screens)
{
    struct terminal *terminal = stage(_i, "\"$TCPSTEP\" run handshake");
    terminal_keys(terminal, "Space Space Space");
    terminal_await(terminal, "step 3 ");
    char *screen = screen_now(terminal);
    terminal_keys(terminal, "s");
    terminal_await(terminal, "FIN-WAIT-1");
    terminal_keys(terminal, "s");
    terminal_await_screen(terminal, screen);
    terminal_keys(terminal, "?");
    terminal_await(terminal, "look at the step before");
    terminal_keys(terminal, "Escape");
    terminal_await_screen(terminal, screen);
    terminal_keys(terminal, "m");
    terminal_await(terminal, "Labs:");
    terminal_keys(terminal, "m");
    terminal_await_screen(terminal, screen);
    free(screen);
    done(terminal);
}
END_TEST

/* m lists the labs, down and enter begin another one; R begins it anew. */
START_TEST(menu_and_restart)
{
    struct terminal *terminal = stage(_i, "\"$TCPSTEP\" run handshake --on model");
    terminal_keys(terminal, "Space Space m");
    terminal_await(terminal, "> handshake ");
    terminal_await(terminal, "server-first");
    terminal_keys(terminal, "Up");
    terminal_await(terminal, "> life ");
    terminal_keys(terminal, "Enter");
    terminal_await(terminal, "tcpstep  open, talk, close");
    terminal_await(terminal, "step 0 ");
    char *screen = screen_now(terminal);
    terminal_keys(terminal, "Space Space");
    terminal_await(terminal, "step 2 ");
    terminal_keys(terminal, "R");
    terminal_await_screen(terminal, screen);
    terminal_keys(terminal, "q");
    ends(terminal, "status 0");
    free(screen);
    done(terminal);
}
END_TEST

/* On a narrow screen tab turns to calls, variables, sockets, and back to the wire. */
START_TEST(tabs)
{
    struct terminal *terminal = stage(0, "\"$TCPSTEP\" run handshake --on model");
    char *screen = screen_now(terminal);
    terminal_keys(terminal, "Tab");
    terminal_await(terminal, "[calls]");
    terminal_keys(terminal, "Tab Tab");
    terminal_await(terminal, "[sockets]");
    terminal_keys(terminal, "Tab");
    terminal_await_screen(terminal, screen);
    free(screen);
    done(terminal);
}
END_TEST

/* A window that becomes too small says so; when it is large enough again the stage is back, at
 * once and in the new size. */
START_TEST(resizing)
{
    struct terminal *terminal = stage(0, "\"$TCPSTEP\" run handshake");
    terminal_keys(terminal, "Space Space");
    terminal_await(terminal, "step 2 ");
    char *screen = screen_now(terminal);
    terminal_resize(terminal, 60, 20);
    terminal_await(terminal, "60 x 20");
    terminal_await(terminal, "80 x 24");
    terminal_resize(terminal, 80, 24);
    terminal_await_screen(terminal, screen);
    terminal_resize(terminal, 120, 40);
    terminal_await(terminal, "the wire");
    terminal_resize(terminal, 80, 24);
    terminal_await_screen(terminal, screen);
    terminal_keys(terminal, "q");
    ends(terminal, "status 0");
    free(screen);
    done(terminal);
}
END_TEST

/* In a window that is too small from the start q still leaves. */
START_TEST(too_small)
{
    struct terminal *terminal = begin(40, 10, "\"$TCPSTEP\"");
    terminal_await(terminal, "40 x 10");
    terminal_keys(terminal, "q");
    ends(terminal, "status 0");
    done(terminal);
}
END_TEST

/* Ctrl-C leaves cleanly, with the status that a shell gives it. */
START_TEST(ctrl_c)
{
    struct terminal *terminal = stage(0, "\"$TCPSTEP\" run handshake");
    terminal_keys(terminal, "Space C-c");
    ends(terminal, "status 130");
    done(terminal);
}
END_TEST

/* So do the signals that ask a program to end, and those of a crash; also while it runs. */
START_TEST(signals)
{
    static const struct {
        const char *name, *status;
    } rows[] = { { "TERM", "status 143" }, { "HUP", "status 129" },  { "INT", "status 130" },
                 { "SEGV", "status 139" }, { "ABRT", "status 134" }, { "BUS", "status 135" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct terminal *terminal = stage(0, "\"$TCPSTEP\" run handshake");
        if (i % 2 == 1) {
            terminal_keys(terminal, "r");
            terminal_await(terminal, "running");
        }
        terminal_signal(terminal, rows[i].name);
        ends(terminal, rows[i].status);
        done(terminal);
    }
}
END_TEST

/* Without TERM, or with one that nobody knows or that cannot place a cursor, the stage says what is
 * wrong and names the way without a terminal. (For the unknown one ncurses itself leaks.) */
START_TEST(unknown_terminal)
{
    static const char *const commands[] = { "env -u TERM \"$TCPSTEP\" run handshake",
                                            "env TERM= \"$TCPSTEP\" run handshake",
                                            ("env TERM=no-such-one ASAN_OPTIONS=detect_leaks=0 "
                                             "\"$TCPSTEP\" run handshake"),
                                            "env TERM=dumb \"$TCPSTEP\" run handshake" };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct terminal *terminal = begin(200, 24, commands[i]);
        ends(terminal, "status 3");
        terminal_await(terminal, "--headless");
        terminal_await(terminal, "TERM");
        done(terminal);
    }
}
END_TEST

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

/* --ascii, and a locale that is not UTF-8, draw with ASCII only, and the same picture. */
START_TEST(ascii)
{
    static const char *const commands[] = { "\"$TCPSTEP\" run handshake --ascii --on model",
                                            "env LC_ALL=C \"$TCPSTEP\" run handshake --on model",
                                            ("env LC_ALL= LANG=C \"$TCPSTEP\" run handshake "
                                             "--on model") };
    char *first = NULL;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct terminal *terminal = stage_with_syn(_i, commands[i]);
        ck_assert_msg(is_ascii(terminal->screen), "%s:\n%s", commands[i], terminal->screen);
        ck_assert_ptr_nonnull(strstr(terminal->screen, "+ A  client"));
        if (!first)
            first = screen_now(terminal);
        terminal_await_screen(terminal, first);
        done(terminal);
    }
    free(first);
}
END_TEST

/* Is any letter of another colour than the terminal's own (which is 39)? */
static bool has_colours(const char *screen)
{
    for (const char *at = screen; (at = strstr(at, "\x1b[3")); at++) {
        if (at[3] >= '0' && at[3] <= '8')
            return true;
    }
    return false;
}

/* Colours are there where the terminal has them, none with NO_COLOR, and the words are the same. */
START_TEST(colours)
{
    struct terminal *with = stage(0, "\"$TCPSTEP\" run handshake --on model");
    struct terminal *without = stage(0, "env NO_COLOR=1 \"$TCPSTEP\" run handshake --on model");
    terminal_await_screen(with, terminal_settled(without));
    ck_assert(has_colours(terminal_colours(with)));
    ck_assert(!has_colours(terminal_colours(without)));
    done(with);
    done(without);
}
END_TEST

/* --trace and --pcap with the stage write their files when it ends. */
START_TEST(trace_of_a_stage)
{
    struct terminal *terminal =
        stage(0, "\"$TCPSTEP\" run handshake --on model --trace trace --pcap x");
    char path[80];
    terminal_keys(terminal, "Space Space q");
    ends(terminal, "status 0");
    snprintf(path, sizeof path, "%s/trace", terminal->folder);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    char *text = read_whole(file, NULL);
    fclose(file);
    ck_assert_ptr_eq(strstr(text, "{\"kind\":\"run\","), text);
    ck_assert_ptr_nonnull(strstr(text, "\"kind\":\"return\",\"call\":\"bind\""));
    free(text);
    snprintf(path, sizeof path, "%s/x", terminal->folder);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text = read_whole(file, NULL);
    fclose(file);
    ck_assert_int_eq(memcmp(text, "\x0a\x0d\x0d\x0a", 4), 0);
    free(text);
    done(terminal);
}
END_TEST

static TCase *with_terminals(const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_unchecked_fixture(tcase, terminals_begin, terminals_end);
    tcase_set_timeout(tcase, 60);
    return tcase;
}

Suite *e2e_suite(void)
{
    Suite *suite = suite_create("e2e");
    TCase *tcase = with_terminals("keys");
    tcase_add_loop_test(tcase, begins_and_quits, 0, SIZES);
    tcase_add_loop_test(tcase, steps_and_back, 0, SIZES);
    tcase_add_loop_test(tcase, runs_and_pauses, 0, SIZES);
    tcase_add_test(tcase, runs_at_once);
    tcase_add_loop_test(tcase, wire_in_hand, 0, SIZES);
    tcase_add_loop_test(tcase, kernel_in_hand, 0, SIZES);
    tcase_add_test(tcase, both_in_hand);
    tcase_add_loop_test(tcase, mixed_in_hand, 0, SIZES);
    tcase_add_loop_test(tcase, under_way, 0, SIZES);
    tcase_add_loop_test(tcase, screens, 0, SIZES);
    tcase_add_loop_test(tcase, menu_and_restart, 0, SIZES);
    tcase_add_test(tcase, tabs);
    suite_add_tcase(suite, tcase);
    tcase = with_terminals("terminal");
    tcase_add_test(tcase, resizing);
    tcase_add_test(tcase, too_small);
    tcase_add_test(tcase, ctrl_c);
    tcase_add_test(tcase, signals);
    tcase_add_test(tcase, unknown_terminal);
    tcase_add_loop_test(tcase, ascii, 0, SIZES);
    tcase_add_test(tcase, colours);
    tcase_add_test(tcase, trace_of_a_stage);
    suite_add_tcase(suite, tcase);
    return suite;
}
