/*
 * The program's commands without a terminal: what they print, what they refuse, and with which
 * status they end.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "ui/labs.h"
#include "ui/tui/grid.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Runs a command and checks that it ends so, that this is on standard output (or nothing, for
 * NULL), and this on standard error. */
static void command_tells(const char *command, int status, const char *out, const char *err)
{
    struct ran ran = run_expecting(status, command);
    ck_assert_msg(out ? strstr(ran.out, out) != NULL : ran.out[0] == '\0', "%s\nprinted\n%.2000s",
                  command, ran.out);
    ck_assert_msg(err ? strstr(ran.err, err) != NULL : ran.err[0] == '\0',
                  "%s\ncomplained\n%.2000s", command, ran.err);
    ran_free(&ran);
}

/* Unknown words are refused with status 2 and the nearest known one. */
static const struct {
    const char *command, *complaint;
} refusals[] = {
    { "$TCPSTEP rum", "tcpstep: there is no command 'rum'; did you mean 'run'?\n" },
    { "$TCPSTEP quantum", "tcpstep: there is no command 'quantum'. See --help.\n" },
    { "$TCPSTEP run handshak",
      "tcpstep: no lab is called 'handshak'; did you mean 'handshake'?\n" },
    { "$TCPSTEP run handshake --hedless", "'--hedless'; did you mean '--headless'?\n" },
    { "$TCPSTEP --hedless", "'--hedless'; did you mean '--headless'?\n" },
    { "$TCPSTEP run", "tcpstep: run needs a lab" },
    { "$TCPSTEP run close life --headless", "'life' is one too many\n" },
    { "$TCPSTEP run close --on both,model", "--on: 'both,model' is no lane" },
    { "$TCPSTEP run close --on", "--on needs a value: LANES\n" },
    { "$TCPSTEP run close --profile beos", "--profile: there is no 'beos'; see --help" },
    { "$TCPSTEP run close --profile lnux", "there is no 'lnux'; did you mean 'linux'?" },
    { "$TCPSTEP run close --profile rfc+two-wya", "'two-wya'; did you mean 'two-way'?" },
    { "$TCPSTEP frame close --profile two-way+rfc", "'rfc' is a whole profile: it comes first" },
    { "$TCPSTEP drill --profile isn-zeros x.pkt", "'isn-zeros'; did you mean 'isn-zero'?" },
    { "$TCPSTEP run close --profile rfc+", "--profile: there is no ''; see --help" },
    { "$TCPSTEP run close --seed -1", "--seed: '-1' is not a number from 0 to " },
    { "$TCPSTEP run close --seed 9223372036854775808", "is not a number from 0 to " },
    { "$TCPSTEP run ./no-such.lab --headless", "./no-such.lab: No such file or directory\n" },
    { "$TCPSTEP run close --key x=stats",
      "--key: There is no command 'stats'; did you mean 'states'" },
    { "$TCPSTEP run close --key xy=states", "--key: There is no key 'xy'" },
    { "$TCPSTEP run close --speed faster", "--speed: 'faster' is none of 1 to 7, slow, normal" },
    { "$TCPSTEP run close --speed 8", "--speed: '8' is none of 1 to 7" },
    { "$TCPSTEP run close --no-mouse=1", "--no-mouse takes no value" },
    { "$TCPSTEP run close --theme pink", "--theme: there is no 'pink'; there are auto, dark" },
    { "$TCPSTEP frame", "tcpstep: frame needs a lab" },
    { "$TCPSTEP frame close --at x", "--at: 'x' is not a number" },
    { "$TCPSTEP frame close --on model --at 1000", "--at: the lab has " },
    { "$TCPSTEP frame close --size 120", "--size: '120' is not WIDTHxHEIGHT" },
    { "$TCPSTEP frame close --size 79x24", "--size: '79' is not a number from 80 to " },
    { "$TCPSTEP frame close --size 80x24x", "--size: '24x' is not a number from 24 to " },
    { "$TCPSTEP frame close --screen stag", "--screen: there is no 'stag'" },
    { "$TCPSTEP frame close --tab sock", "--tab: there is no 'sock'" },
    { "$TCPSTEP rules --state SYN-SEND", "'SYN-SEND'; did you mean 'SYN-SENT'?\n" },
    { "$TCPSTEP rules all", "rules takes no argument: 'all'\n" },
    { "$TCPSTEP labs all", "labs takes no argument: 'all'\n" },
};

START_TEST(refused)
{
    command_tells(refusals[_i].command, 2, NULL, refusals[_i].complaint);
}
END_TEST

/* Every command has --help, which is not a complaint, and names its options. */
START_TEST(helps)
{
    command_tells("$TCPSTEP --help", 0, "\ncommands:\n", NULL);
    command_tells("$TCPSTEP -h", 0, "usage: tcpstep [COMMAND]", NULL);
    command_tells("$TCPSTEP --version", 0, "tcpstep ", NULL);
    command_tells("$TCPSTEP run --help", 0, "usage: tcpstep run LAB", NULL);
    command_tells("$TCPSTEP run --help", 0, "--headless", NULL);
    command_tells("$TCPSTEP frame --help", 0, "--size WxH", NULL);
    command_tells("$TCPSTEP labs --help", 0, "usage: tcpstep labs", NULL);
    command_tells("$TCPSTEP rules --help", 0, "--state STATE", NULL);
}
END_TEST

/* The help names every command, and each of them has a help of its own. */
START_TEST(help_lists_all)
{
    struct ran ran = run_expecting(
        0, "for c in $($TCPSTEP --help | sed -n '/^commands:/,$s/^  \\([a-z]*\\) .*/\\1/p'); do "
           "$TCPSTEP $c --help | head -1; done");
    static const char *const names[] = { "run", "frame", "labs", "rules" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char usage[48];
        snprintf(usage, sizeof usage, "usage: tcpstep %s", names[i]);
        ck_assert_msg(strstr(ran.out, usage) != NULL, "%s is not in\n%s", usage, ran.out);
    }
    ran_free(&ran);
}
END_TEST

/* A lab with an error is refused with file, line, what is wrong and what was expected; nothing of
 * it is run. */
START_TEST(bad_lab)
{
    command_tells("cd \"$(mktemp -d)\"; printf 'host A client\\nA: c = socket()\\nA: clse(c)\\n' "
                  ">bad.lab; $TCPSTEP run bad.lab --headless --on model; s=$?; rm bad.lab; rmdir "
                  "\"$PWD\"; exit $s",
                  2, NULL, "tcpstep: bad.lab:3: no such call: 'clse'; expected: socket bind ");
}
END_TEST

/* A lab whose expectation does not hold ends with status 1, and says which line, what was
 * expected and what was seen. */
START_TEST(failing_lab)
{
    command_tells("cd \"$(mktemp -d)\"; printf 'host A client\\nA: c = socket()\\nexpect A.c "
                  "LISTEN\\n' >bad.lab; $TCPSTEP run ./bad.lab --headless --on both; s=$?; rm "
                  "bad.lab; rmdir \"$PWD\"; exit $s",
                  1, "FAILS line 3: expected A.c LISTEN, seen CLOSED\n", NULL);
}
END_TEST

/* A run whose every expectation holds says so at its end. */
START_TEST(good_lab)
{
    command_tells("$TCPSTEP run handshake --headless --on model", 0, "all as expected\n", NULL);
    command_tells("$TCPSTEP run handshake --headless", 0, "all as expected\n", NULL);
    command_tells("$TCPSTEP run --headless -- handshake", 0, "all as expected\n", NULL);
}
END_TEST

/* What a handshake must show: the states of the model and, beside them, what the kernel shows. */
START_TEST(handshake_shows)
{
    struct ran ran = run_expecting(0, "$TCPSTEP run handshake --on both --headless");
    static const char *const shown[] = { "CLOSED -> SYN-SENT", "LISTEN -> SYN-RECEIVED",
                                         "SYN-SENT -> ESTABLISHED", "SYN-RECEIVED -> ESTABLISHED" };
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        ck_assert_msg(strstr(ran.out, shown[i]) != NULL, "%s", shown[i]);
    ck_assert_ptr_nonnull(strstr(ran.out, " kernel A "));
    ck_assert_ptr_nonnull(strstr(ran.out, "read from TCP_INFO"));
    ran_free(&ran);
}
END_TEST

/* What a close must show: every state of it on the model, and on the kernel those that stay long
 * enough to be read. */
START_TEST(close_shows)
{
    struct ran ran = run_expecting(0, "$TCPSTEP run close --on both --headless");
    static const char *const of_model[] = { "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT",
                                            "LAST-ACK" };
    static const char *const of_kernel[] = { "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT" };
    for (size_t i = 0; i < sizeof of_model / sizeof of_model[0]; i++)
        ck_assert_ptr_nonnull(strstr(ran.out, of_model[i]));
    ran_free(&ran);
    ran = run_expecting(0, "$TCPSTEP run close --on both --headless | grep 'kernel.*(read from'");
    for (size_t i = 0; i < sizeof of_kernel / sizeof of_kernel[0]; i++)
        ck_assert_ptr_nonnull(strstr(ran.out, of_kernel[i]));
    ran_free(&ran);
}
END_TEST

/* A disk that is full is not success, wherever the output goes. */
START_TEST(full_disk)
{
    static const char *const commands[] = {
        "$TCPSTEP run handshake --on model --headless >/dev/full",
        "$TCPSTEP run handshake --on model --trace - >/dev/full",
        "$TCPSTEP run handshake --on model --headless --trace /dev/full",
        "$TCPSTEP rules >/dev/full",
        "$TCPSTEP labs >/dev/full",
        "$TCPSTEP --help >/dev/full",
        "$TCPSTEP run --help >/dev/full",
        "$TCPSTEP frame handshake --on model --at 3 >/dev/full",
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct ran ran = run_expecting(3, commands[i]);
        ck_assert_msg(strstr(ran.err, "tcpstep: ") == ran.err, "%s: %s", commands[i], ran.err);
        ran_free(&ran);
    }
}
END_TEST

/* What could not be written is named, also where it is the capture and not the trace. */
START_TEST(lost_by_name)
{
    static const char *const files[] = { "--pcap /dev/full >/dev/null",
                                         "--trace /dev/full --pcap /dev/null >/dev/null" };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char command[160];
        snprintf(command, sizeof command, "$TCPSTEP run handshake --on model --headless %s",
                 files[i]);
        command_tells(command, 3, NULL,
                      "tcpstep: /dev/full: could not be written whole: No space left");
    }
    command_tells("$TCPSTEP run handshake --on model --headless --trace /dev/null >/dev/full", 3,
                  NULL, "tcpstep: standard output: could not be written\n");
}
END_TEST

/* A run that a signal ends leaves whole files: the trace's last line is one, the capture opens. One
 * that is ignored (nohup) ends nothing. */
START_TEST(ended_by_signal)
{
    static const struct {
        const char *before, *name;
        int status;
        const char *err;
    } signals[] = {
        { "", "TERM", 128 + 15, "what happened until then is written" },
        { "", "HUP", 128 + 1, "what happened until then is written" },
        { "trap '' HUP;", "HUP", 0, NULL },
    };
    char command[512];
    snprintf(command, sizeof command,
             "%s dir=$(mktemp -d) && { $TCPSTEP run backlog --on loopback --headless --trace "
             "$dir/t --pcap $dir/p >$dir/log & } && pid=$! && until grep -q listen $dir/log; do "
             "sleep 0.05; done; kill -%s $pid; wait $pid; status=$?; tail -c 2 $dir/t; "
             "$TCPSTEP open $dir/p | head -1; rm -r $dir; exit $status",
             signals[_i].before, signals[_i].name);
    struct ran ran = run_expecting(signals[_i].status, command);
    ck_assert_msg(strncmp(ran.out, "}\n", 2) == 0, "%s", ran.out);
    ck_assert_ptr_nonnull(strstr(ran.out, "TCP connection"));
    ck_assert_ptr_nonnull(strstr(ran.err, signals[_i].err ? signals[_i].err : ""));
    ran_free(&ran);
}
END_TEST

/* A trace that cannot be opened is said with its name. */
START_TEST(no_trace_file)
{
    command_tells("$TCPSTEP run handshake --on model --headless --trace /no/such/file", 3, NULL,
                  "tcpstep: /no/such/file: No such file or directory\n");
}
END_TEST

/* A reader who leaves early (head) ends the program without a word. */
START_TEST(early_reader)
{
    command_tells("$TCPSTEP run handshake --on model --headless | head -1", 0, "", NULL);
    command_tells("$TCPSTEP rules | head -1", 0, "", NULL);
}
END_TEST

/* --trace - prints NDJSON and nothing else: the head, then an event a line. */
START_TEST(trace_to_output)
{
    struct ran ran = run_expecting(0, "$TCPSTEP run life --on both --trace -");
    unsigned lines = 0;
    ck_assert_str_eq(ran.err, "");
    for (char *line = strtok(ran.out, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        json_t *read = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json_is_object(read), "%s", line);
        const char *kind = json_string_value(json_object_get(read, "kind"));
        ck_assert_ptr_nonnull(kind);
        ck_assert_int_eq(lines == 0, strcmp(kind, "run") == 0);
        json_decref(read);
    }
    ck_assert_uint_gt(lines, 100);
    ran_free(&ran);
}
END_TEST

/* The same seed gives the same trace, another one another. */
START_TEST(seeds)
{
    struct ran one = run_expecting(0, "$TCPSTEP run life --on model --seed 5 --trace -");
    struct ran two = run_expecting(0, "$TCPSTEP run life --on=model --seed=5 --trace=-");
    struct ran other =
        run_expecting(0, "$TCPSTEP run life --on model --seed 6 --trace - | tail -n +2");
    ck_assert_str_eq(one.out, two.out);
    ck_assert_ptr_null(strstr(one.out, other.out));
    ran_free(&one);
    ran_free(&two);
    ran_free(&other);
}
END_TEST

/* `rules` prints the table; with --state only what can be taken there. */
START_TEST(rules)
{
    command_tells("$TCPSTEP rules", 0, "SYN_SENT_GOT_SYN_ACK  (RFC 9293, 3.10.7.3", NULL);
    command_tells("$TCPSTEP rules --state TIME-WAIT", 0, "TIME_WAIT_TIMEOUT", NULL);
    command_tells("$TCPSTEP rules --state TIME-WAIT | grep -c '^SYN_SENT'", 1, "0\n", NULL);
}
END_TEST

/* Two files that are one are refused before anything is written. */
START_TEST(one_file_twice)
{
    static const struct {
        const char *command, *complaint;
    } rows[] = {
        { "run close --on model --headless --trace x --pcap x",
          "--trace and --pcap name the same" },
        { "run close --on model --trace $d/x --pcap ./x", "--trace and --pcap name the same" },
        { "run close --on model --plain --trace kept --pcap link", "the same file: link\n" },
        { "run close --on model --headless --trace to-x --pcap x", "name the same file: x\n" },
        { "run close --on model --headless --trace there/to-x --pcap x", "name the same file: x" },
        { "export close --on model --cast x --mermaid ./x", "--cast and --mermaid name the same" },
        { "open kept --trace x --ladder-svg ./x", "--trace and --ladder-svg name the same" },
        { "open kept --trace link", "--trace would write over the capture: kept\n" },
        { "get 127.0.0.1:9/kept --trace link", "--trace would write over kept\n" },
        { "send kept 127.0.0.1:9 --trace ./kept", "--trace would write over kept\n" },
        { "udp get kept --trace kept", "--trace would write over kept\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char command[320];
        snprintf(command, sizeof command,
                 "d=$(mktemp -d); cd $d; echo kept >kept; ln kept link; ln -s x to-x; mkdir there; "
                 "ln -s ../x there/to-x; $TCPSTEP %s; s=$?; "
                 "[ \"$(cat kept)\" = kept ] && [ ! -e x ] || s=99; rm -r $d; exit $s",
                 rows[i].command);
        command_tells(command, 2, NULL, rows[i].complaint);
    }
    command_tells("d=$(mktemp -d); cd $d; mkdir a; $TCPSTEP run close --on model --headless "
                  "--trace x --pcap a/x && [ -s x ] && [ -s a/x ]; s=$?; rm -r $d; exit $s",
                  0, "all as expected", NULL);
    command_tells("$TCPSTEP export close --on model --html /dev/null --mermaid /dev/null", 0, NULL,
                  NULL);
}
END_TEST

/* `labs` lists each lab with its title: all titles in one column, no line longer than 80. */
START_TEST(list_of_labs)
{
    struct ran ran = run_expecting(0, _i == 0 ? "$TCPSTEP labs" : "$TCPSTEP labs --lang zh_CN");
    size_t lines = 0, longest = 0;
    for (size_t i = 0; i < builtin_lab_count; i++) {
        size_t len = strlen(builtin_labs[i].name);
        longest = len > longest ? len : longest;
    }
    for (char *line = strtok(ran.out, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        ck_assert_int_le(text_width(line), 80);
        ck_assert_uint_gt(strlen(line), longest + 2);
        ck_assert_msg(line[longest + 1] == ' ' && line[longest + 2] != ' ', "%s", line);
    }
    ck_assert_uint_eq(lines, builtin_lab_count);
    ran_free(&ran);
}
END_TEST

/* By those names, each holds. */
START_TEST(listed_labs_run)
{
    command_tells("for lab in $($TCPSTEP labs | cut -d' ' -f1); do $TCPSTEP run $lab --on model "
                  "--headless | tail -1; done | grep -vc 'all as expected'",
                  1, "0\n", NULL);
}
END_TEST

/* `frame` prints the stage after a step, in the size and form that is asked for. */
START_TEST(frame)
{
    command_tells("$TCPSTEP frame handshake --on model --at 6 --size 80x24", 0,
                  "── SYN seq=0 win=16384 mss=1460 ──", NULL);
    command_tells("$TCPSTEP frame handshake --on model --at 6 --size 80x24 --ascii", 0,
                  "-- SYN seq=0 win=16384 mss=1460 --", NULL);
    command_tells("$TCPSTEP frame handshake --on model --at 6 --ascii | LC_ALL=C tr -d ' -~\\n' | "
                  "wc -c",
                  0, "0\n", NULL);
    command_tells("$TCPSTEP frame handshake --on model --at 0 --size 100x33 | wc -l", 0, "33\n",
                  NULL);
    command_tells("$TCPSTEP frame close --on model --screen states", 0, "snd SYN,ACK", NULL);
    command_tells("$TCPSTEP frame close --on model --tab calls --size 80x24", 0, "[calls]", NULL);
    command_tells("$TCPSTEP frame handshake --on model", 0, "nothing more is due", NULL);
    command_tells("$TCPSTEP frame handshake --on kernel --at 3 --size 80x24", 0, "kernel   LISTEN",
                  NULL);
}
END_TEST

/* Where there is no terminal the stage says so, names the way without one, and ends at once. */
START_TEST(no_terminal)
{
    static const char *const commands[] = { "$TCPSTEP", "$TCPSTEP run handshake",
                                            "$TCPSTEP run handshake --auto",
                                            "env -u TERM $TCPSTEP run handshake" };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        command_tells(commands[i], 3, NULL, "--headless");
}
END_TEST

/* Nothing of a lab file reaches the terminal as a control: not its title, not its words. */
START_TEST(harmless_output)
{
    static const char make[] =
        "cd \"$(mktemp -d)\"; printf 'title \\033[2J\\302\\233x\\nhost A \\033]0;x\\007\\nsay "
        "\\033[31m\\342\\200\\256\\nA: c = socket()\\n' >x.lab; %s | LC_ALL=C tr -d ' -~\\n' | "
        "LC_ALL=C sed 's/▼//; s/·//g' | LC_ALL=C tr -d "
        "'\\342\\224\\200\\202\\214\\220\\230\\234\\244\\224' | wc -c; rm x.lab; "
        "rmdir \"$PWD\"";
    static const char *const commands[] = { "$TCPSTEP run ./x.lab --on model --headless",
                                            "$TCPSTEP frame ./x.lab --on model --size 80x24" };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char command[512];
        snprintf(command, sizeof command, make, commands[i]);
        command_tells(command, 0, "0\n", NULL);
    }
}
END_TEST

Suite *cli_suite(void)
{
    Suite *suite = suite_create("cli");
    TCase *tcase = tcase_create("cli");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, refused, 0, (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(tcase, helps);
    tcase_add_test(tcase, help_lists_all);
    tcase_add_test(tcase, bad_lab);
    tcase_add_test(tcase, failing_lab);
    tcase_add_test(tcase, good_lab);
    tcase_add_test(tcase, handshake_shows);
    tcase_add_test(tcase, close_shows);
    tcase_add_test(tcase, full_disk);
    tcase_add_test(tcase, no_trace_file);
    tcase_add_test(tcase, lost_by_name);
    tcase_add_loop_test(tcase, ended_by_signal, 0, 3);
    tcase_add_test(tcase, early_reader);
    tcase_add_test(tcase, trace_to_output);
    tcase_add_test(tcase, seeds);
    tcase_add_test(tcase, rules);
    tcase_add_test(tcase, one_file_twice);
    tcase_add_loop_test(tcase, list_of_labs, 0, 2);
    tcase_add_test(tcase, listed_labs_run);
    tcase_add_test(tcase, frame);
    tcase_add_test(tcase, no_terminal);
    tcase_add_test(tcase, harmless_output);
    suite_add_tcase(suite, tcase);
    return suite;
}
