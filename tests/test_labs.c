/*
 * The built-in labs, on the model and on real sockets; and how labs are found and refused.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/play.h"
#include "ui/complain.h"
#include "ui/labs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void ended_as_expected(struct play *play, const char *name, const char *where)
{
    ck_assert(session_lab_is_over(play->session));
    ck_assert_msg(session_failures(play->session) == 0, "%s on %s: an expectation does not hold",
                  name, where);
    ck_assert_msg(session_differences(play->session) == 0, "%s on %s: the lanes differ", name,
                  where);
    ck_assert_uint_gt(play_last(play), 3);
    play_end(play);
}

static void ends_as_expected(struct play *play, const char *name, const char *where)
{
    play_to_end(play);
    ended_as_expected(play, name, where);
}

/* On real sockets a timer may run out beside what it was to come after, where the machine is busy:
 * what did not end as expected beside nine others has to do so alone, in one run of three. */
static void ended_or_ends_alone(struct play *play, const char *name, enum play_lanes lanes,
                                const char *where)
{
    bool model = lanes == ON_MODEL || lanes == ON_MODEL_6;
    for (unsigned tries = 1;; tries++) {
        bool good = session_lab_is_over(play->session) && session_failures(play->session) == 0 &&
                    session_differences(play->session) == 0;
        if (good || model || tries > 3)
            break;
        printf("%s on %s: tried again alone\n", name, where);
        play_end(play);
        play = play_builtin(name, lanes);
        play_to_end(play);
    }
    ended_as_expected(play, name, where);
}

/* Can the lab be run there? Only on the model what is not TCP, and the kernel's wire where that is
 * allowed. */
static bool runs_on(enum play_lanes lanes, bool is_tcp, bool wire_allowed)
{
    if (lanes == ON_MODEL || lanes == ON_MODEL_6)
        return true;
    return is_tcp && (wire_allowed || lanes == ON_KERNEL || lanes == ON_BOTH);
}

/* Every built-in lab ends as it expects: on the model, and on real sockets, on both and on some of
 * each where it is about TCP. */
START_TEST(each_lab_holds)
{
    static const char *const names[] = {
        [ON_MODEL] = "model",
        [ON_KERNEL] = "loopback",
        [ON_BOTH] = "model and loopback",
        [ON_WIRE] = "the kernel's wire",
        [ON_BOTH_ON_WIRE] = "model and the kernel's wire",
        [ON_MODEL_AND_KERNEL] = "A=model,B=kernel",
        [ON_KERNEL_AND_MODEL] = "A=kernel,B=model",
        [ON_MODEL_6] = "model, IPv6",
        [ON_WIRE_6] = "the kernel's wire, IPv6",
        [ON_BOTH_ON_WIRE_6] = "model and the kernel's wire, IPv6",
    };
    const char *name = builtin_labs[_i].name;
    struct play *first = play_builtin(name, ON_MODEL), *plays[PLAY_LANES];
    bool is_tcp = session_profile(first->session)->variants == 0;
    bool wire_allowed = is_tcp && !play_is_long(first) && play_wire_allowed();
    unsigned where[PLAY_LANES], count = 0;
    play_end(first); /* (of a long one, less of it on the wire: transfers_on_the_wire) */
    for (unsigned lanes = 0; lanes < PLAY_LANES; lanes++) {
        if (!runs_on((enum play_lanes)lanes, is_tcp, wire_allowed))
            continue;
        where[count] = lanes;
        plays[count++] = play_builtin(name, (enum play_lanes)lanes);
    }
    play_all_to_end(plays, count);
    for (unsigned i = 0; i < count; i++)
        ended_or_ends_alone(plays[i], name, (enum play_lanes)where[i], names[where[i]]);
}
END_TEST

/* On the model it does so with any initial sequence numbers, and with each profile's timers, unless
 * it names a profile itself. */
START_TEST(each_lab_holds_with_any_seed)
{
    const char *name = builtin_labs[_i].name;
    struct play *first = play_builtin(name, ON_MODEL);
    bool names_one = first->lab.profile[0] != '\0';
    uint64_t seeds = play_is_long(first) ? 3 : 25;
    play_end(first);
    for (size_t i = 0; i < (names_one ? 1 : tcp_profile_count); i++) {
        const char *profile = names_one ? NULL : tcp_profiles[i].name;
        for (uint64_t seed = 0; seed < seeds; seed++)
            ends_as_expected(play_on_model(name, profile, seed * seed * 7919), name,
                             profile ? profile : "its own profile");
    }
}
END_TEST

/* What `transfer` does, less of it: text through loss and reordering arrives whole where one end is
 * real, the other one, and both. */
START_TEST(transfers_on_the_wire)
{
    static const char source[] =
        "host A client\nhost B server\nwire delay 2 ms\nchance loss 5 %\nchance reorder 5 %\n"
        "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\nB: d = accept(s)\n"
        "A: c = socket()\nA: connect(c, B:7788)\nB: ioctl(d, SIOCINQ) = 0\n"
        "transfer A.c B.d 100 kB\n";
    static const enum play_lanes lanes[] = { ON_WIRE, ON_BOTH_ON_WIRE, ON_MODEL_AND_KERNEL,
                                             ON_KERNEL_AND_MODEL };
    struct play *plays[sizeof lanes / sizeof lanes[0]];
    unsigned count = sizeof lanes / sizeof lanes[0];
    if (!play_wire_allowed())
        return;
    for (unsigned i = 0; i < count; i++)
        plays[i] = play_begin(source, lanes[i]);
    play_all_to_end(plays, count);
    for (unsigned i = 0; i < count; i++)
        ended_as_expected(plays[i], "a transfer", "the wire");
}
END_TEST

/* What a lab of a variant shows is the variant's doing: with TCP it does not come out so. */
START_TEST(tcp_does_better)
{
    for (size_t i = 0; i < tcp_variant_count; i++) {
        struct play *play = play_on_model(tcp_variants[i].name, "rfc", 1);
        play_to_end(play);
        ck_assert_msg(session_failures(play->session) > 0, "%s", tcp_variants[i].name);
        play_end(play);
        ends_as_expected(play_on_model(tcp_variants[i].name, NULL, 1), tcp_variants[i].name,
                         "the model");
    }
}
END_TEST

/* What is not TCP says so: before the lab's first sentence, in the title, and to who asks for it on
 * real sockets. */
START_TEST(not_tcp_says_so)
{
    struct play *play = play_builtin("two-way", ON_MODEL);
    const struct trace *trace = session_trace(play->session);
    const struct event *says = &trace->events[0];
    ck_assert_int_eq(says->kind, EV_SAY);
    ck_assert_int_eq(memcmp(says->text, "The model runs what is not TCP: two-way.", says->text_len),
                     0);
    char *frame = play_frame(play, 0, 100, 30, true);
    ck_assert_ptr_nonnull(strstr(frame, "tcpstep  not TCP: two-way  what the third"));
    struct net_error error;
    struct session_setup setup = { .lab = &play->lab, .on = { true, true } };
    ck_assert_ptr_null(session_open(&setup, &error));
    ck_assert_int_eq(error.err, EPROTONOSUPPORT);
    setup.kernel_if_allowed = true;
    struct session *alone = session_open(&setup, &error);
    ck_assert_ptr_nonnull(alone);
    ck_assert(session_runs(alone, LANE_MODEL) && !session_runs(alone, LANE_KERNEL));
    session_close(alone);
    free(frame);
    play_end(play);
}
END_TEST

/* What is built in is the document in docs/labs, octet by octet, and has a title. */
START_TEST(built_in_as_documented)
{
    char path[128];
    size_t len;
    int status;
    snprintf(path, sizeof path, "docs/labs/%s.lab", builtin_labs[_i].name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: run the tests from the repository's top folder", path);
    char *text = read_whole(file, &len);
    ck_assert_uint_eq(len, builtin_labs[_i].len);
    ck_assert_int_eq(memcmp(text, builtin_labs[_i].text, len), 0);
    fclose(file);
    free(text);
    struct loaded_lab *lab = lab_load(builtin_labs[_i].name, &status);
    ck_assert_ptr_nonnull(lab);
    ck_assert_uint_gt(lab->lab.title.len, 0);
    ck_assert_uint_le(lab->lab.title.len, 60);
    lab_unload(lab);
}
END_TEST

/* The labs that the program promises are there. */
START_TEST(promised_labs)
{
    static const char *const names[] = {
        "life",
        "handshake",
        "lost-syn",
        "held-ack",
        "close",
        "half-close",
        "simultaneous-open",
        "simultaneous-close",
        "lost-fin",
        "reset",
        "server-first",
        "time-wait",
        "backlog",
        "syn-flood",
        "syn-cookies",
        "zero-window",
        "retransmission",
        "transfer",
        "chat",
        "download",
        "many-clients",
        "long-and-short",
    };
    int status;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct loaded_lab *lab = lab_load(names[i], &status);
        ck_assert_msg(lab != NULL, "%s", names[i]);
        ck_assert_str_eq(lab->name, names[i]);
        lab_unload(lab);
    }
}
END_TEST

/* A file that holds this, in a folder of its own. */
struct lab_file {
    char folder[32], path[48];
};

static struct lab_file lab_file(const char *text, size_t len)
{
    struct lab_file made = { .folder = "/tmp/tcpstep-test-XXXXXX" };
    ck_assert_ptr_nonnull(mkdtemp(made.folder));
    snprintf(made.path, sizeof made.path, "%s/x.lab", made.folder);
    FILE *file = fopen(made.path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    fclose(file);
    return made;
}

static void lab_file_remove(const struct lab_file *made)
{
    unlink(made->path);
    rmdir(made->folder);
}

/* Loads, must fail with status 2, and gives the complaint, to be freed. */
static char *refusal(const char *word)
{
    int status = 99;
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    struct loaded_lab *lab = lab_load(word, &status);
    char *complaint = capture_end(&capture);
    ck_assert_ptr_null(lab);
    ck_assert_int_eq(status, STATUS_USAGE);
    return complaint;
}

static void refuses_text(const char *text, size_t len, const char *expected)
{
    char whole[256];
    struct lab_file made = lab_file(text, len);
    char *complaint = refusal(made.path);
    snprintf(whole, sizeof whole, "tcpstep: %s%s\n", made.path, expected);
    ck_assert_str_eq(complaint, whole);
    free(complaint);
    lab_file_remove(&made);
}

/* A file with an error is refused with its name, the line, what is wrong and what would be right.
 */
START_TEST(errors_name_file_and_line)
{
    static const char unknown_word[] = "host A client\n\nA: c = socket()\nA: c = sokket()\n";
    static const char control[] = "host A client\nA: c = \x1b[2J()\n";
    static const char nul[] = "host A client\nA: c =\0 socket()\n";
    refuses_text(
        unknown_word, sizeof unknown_word - 1,
        ":4: no such call: 'sokket'; expected: socket bind listen accept connect send recv "
        "shutdown close ...");
    refuses_text(control, sizeof control - 1,
                 ":2: no such call: '\\x1b'; expected: socket bind listen accept connect send recv "
                 "shutdown close ...");
    refuses_text(nul, sizeof nul - 1, ":2: a NUL octet; expected: text");
    refuses_text("", 0, ":1: no step in the whole lab; expected: a call as 'A: c = socket()'");
}
END_TEST

/* A good file loads, with its octets kept as long as the lab. */
START_TEST(file_loads)
{
    static const char text[] = "title 三次握手\nhost A 客户端\nA: c = socket()\n";
    struct lab_file made = lab_file(text, sizeof text - 1);
    int status;
    struct loaded_lab *lab = lab_load(made.path, &status);
    lab_file_remove(&made);
    ck_assert_ptr_nonnull(lab);
    ck_assert_uint_eq(lab->lab.title.len, strlen("三次握手"));
    ck_assert_int_eq(memcmp(lab->lab.title.octets, "三次握手", lab->lab.title.len), 0);
    ck_assert_str_eq(lab->name, made.path);
    lab_unload(lab);
}
END_TEST

/* A name that no lab has is refused with the nearest one and with the list of them. */
START_TEST(unknown_name)
{
    char *complaint = refusal("handshak");
    ck_assert_ptr_nonnull(
        strstr(complaint, "no lab is called 'handshak'; did you mean 'handshake'?"));
    ck_assert_ptr_nonnull(strstr(complaint, " server-first"));
    free(complaint);
    complaint = refusal("\x1b[31m");
    ck_assert_ptr_nonnull(strstr(complaint, "no lab is called '\\x1b[31m'\n"));
    free(complaint);
}
END_TEST

/* A file that is missing, a folder and a file too large for a lab are refused in words. */
START_TEST(unreadable_files)
{
    char *complaint = refusal("./missing.lab");
    ck_assert_str_eq(complaint, "tcpstep: ./missing.lab: No such file or directory\n");
    free(complaint);
    complaint = refusal("./docs/");
    ck_assert_str_eq(complaint, "tcpstep: ./docs/: Is a directory\n");
    free(complaint);
    complaint = refusal("/dev/zero");
    ck_assert_str_eq(complaint, "tcpstep: /dev/zero: File too large\n");
    free(complaint);
}
END_TEST

Suite *labs_suite(void)
{
    Suite *suite = suite_create("labs");
    TCase *tcase = tcase_create("run");
    tcase_set_timeout(tcase, 180);
    tcase_add_test(tcase, transfers_on_the_wire);
    tcase_add_loop_test(tcase, each_lab_holds, 0, (int)builtin_lab_count);
    tcase_add_loop_test(tcase, each_lab_holds_with_any_seed, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, tcp_does_better);
    tcase_add_test(tcase, not_tcp_says_so);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("found");
    tcase_add_loop_test(tcase, built_in_as_documented, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, promised_labs);
    tcase_add_test(tcase, file_loads);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("refused");
    tcase_add_test(tcase, errors_name_file_and_line);
    tcase_add_test(tcase, unknown_name);
    tcase_add_test(tcase, unreadable_files);
    suite_add_tcase(suite, tcase);
    return suite;
}
