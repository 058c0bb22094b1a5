/*
 * --plain: a lab told in lines, driven by lines, in a pipe.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/golden.h"

#include <stdlib.h>
#include <string.h>

/* Gives commands to a lab on the model; what it prints has each of the parts, in that order. The
 * status is 1 where a lab that was led another way does not see what it expects. */
static void tells(int status, const char *lab, const char *commands, const char *const *parts)
{
    char command[512];
    snprintf(command, sizeof command, "printf '%s' | $TCPSTEP run %s --plain --on model", commands,
             lab);
    struct ran ran = run_expecting(status, command);
    const char *at = ran.out;
    for (size_t i = 0; parts[i]; i++) {
        const char *found = strstr(at, parts[i]);
        ck_assert_msg(found != NULL, "%s\ndoes not tell, behind the others: %s\n%.6000s", command,
                      parts[i], ran.out);
        at = found + strlen(parts[i]);
    }
    ck_assert_int_eq(ran.err[0] != '\0', status);
    ran_free(&ran);
}

/* A whole lab, word for word; no octet but letters, signs and ends of lines. */
START_TEST(whole_lab)
{
    struct ran ran =
        run_expecting(0, "echo run | $TCPSTEP run lost-syn --plain --on model --seed 1");
    for (const char *at = ran.out; *at; at++)
        ck_assert_msg(*at == '\n' || (*at >= ' ' && *at <= '~'), "octet %d", *at);
    golden("plain-lost-syn", ran.out);
    ran_free(&ran);
}
END_TEST

/* Empty lines are steps; the end of the input is the end, and no failure. */
START_TEST(steps)
{
    tells(0, "handshake", "\\n\\n",
          (const char *[]){ "Lab handshake: ", "Step 0, at 0.000 s.\n", "Next: B: s = socket().\n",
                            "Step 1, ", "B, model: socket returns 3.\n", "Step 2, ", NULL });
    tells(0, "handshake", "step 3\\nstates\\n",
          (const char *[]){ "Step 3,", "States, model: A no socket, B LISTEN.\n",
                            "States, model: A no socket, B LISTEN.\n", NULL });
    tells(0, "handshake", "", (const char *[]){ "Step 0", NULL });
}
END_TEST

/* From a recorded step another way is taken. */
START_TEST(another_way)
{
    tells(0, "handshake", "step 8\\nback 2\\nwire\\ndrop 1\\n\\n",
          (const char *[]){ "Step 8, ", "Step 6 of 8, at 0.000 s, recorded.\n",
                            "On the wire, model, number 1 from A: SYN seq=0",
                            "Step 7, at 0.000 s.\n", "Why: The wire has lost SYN",
                            "Step 8, at 1.000 s.\n", "A, model: sends again SYN seq=0", NULL });
    tells(0, "handshake", "step 6\\nhold\\nrelease 1\\nduplicate\\ndeliver 2\\n",
          (const char *[]){ "Held on the wire, model, number 1", "The wire lets SYN",
                            "The wire has made a copy", "Step 10, ", "B, model: gets SYN", NULL });
    tells(1, "handshake", "step 6\\ncorrupt\\ndelay 500 ms m1\\nstep\\n",
          (const char *[]){ "wrong checksum", "Next: deliver", "at 0.600 s",
                            "B, model: gets SYN seq=0", NULL });
}
END_TEST

/* What cannot be done is said, and nothing happens. */
START_TEST(refusals)
{
    tells(0, "handshake",
          "stpe\\nquantum\\nback\\nstep x\\nstep -1\\ndrop\\ndrop 77\\nview "
          "trace\\nup\\nquit\\nstep\\n",
          (const char *[]){ "There is no command 'stpe'; did you mean 'step'?\n",
                            "There is no command 'quantum'; help lists them.\n",
                            "This is the beginning: ", "'x' is no number that", "'-1' is no number",
                            "No segment is on the wire.", "No such segment",
                            "'tcpstep frame handshake --at 0 --screen trace'",
                            "That is of use on the stage only", NULL });
    struct ran ran = run_expecting(
        0,
        "printf 'drop kernel\\n\\033[2Jx\\nquit\\nstep\\n' | $TCPSTEP run life --plain --on model");
    ck_assert_ptr_null(strchr(ran.out, '\033'));
    ck_assert_ptr_null(strstr(ran.out, "Step 1"));
    ran_free(&ran);
}
END_TEST

/* The commands of the stage, those that need its screen left away. */
START_TEST(help)
{
    tells(0, "life", "help\\nlabs\\nlab close\\nrestart\\nsay\\nwhy\\nwhere\\nfirst\\n",
          (const char *[]){ "step [N]: ", "back [N]: ", "run: ", "drop [ID]: ", "quit: leave.\n",
                            "handshake: ", "Lab close: ", "Lab close: ", "Step 0, ", NULL });
    struct ran ran = run_expecting(0, "echo help | $TCPSTEP run life --plain --on model");
    ck_assert_ptr_null(strstr(ran.out, "pageup"));
    ran_free(&ran);
}
END_TEST

/* All that the stage can do: runs that stop, calls and settings by hand, undoing; and its keys. */
START_TEST(all_of_the_table)
{
    tells(0, "handshake",
          "until SYN-RECEIVED B\\nact\\ncall A: close(c)\\nundo\\nset B nagle 0\\nprofile linux\\n",
          (const char *[]){ "States, model: A SYN-SENT, B SYN-RECEIVED.", "B entered SYN-RECEIVED",
                            "call A: close(c): ", "A, model: close(3).", "Undone: ", "nagle",
                            "Lab handshake: ", "begins anew, the model by 'linux'", NULL });
    tells(0, "handshake", "break rule LISTEN_GOT_SYN\\nr\\ng\\nx\\nR\\n",
          (const char *[]){ "A run stops at: ", "Step 7", "Step 0", "Step 3 of 7",
                            "Lab handshake: ", NULL });
    struct ran ran = run_expecting(0, "printf 'X\\n' | $TCPSTEP run handshake --plain --on model "
                                      "--key X='step 3'");
    ck_assert_ptr_nonnull(strstr(ran.out, "Step 3"));
    ran_free(&ran);
}
END_TEST

/* Something that the lab expects does not hold: that is the status, as on the stage. */
START_TEST(verdict)
{
    struct ran ran =
        run_expecting(1, "d=$(mktemp -d); printf 'host A\\nhost B\\nA: c = socket()\\nexpect A.c "
                         "LISTEN\\n' >$d/bad.lab; echo run | $TCPSTEP run $d/bad.lab --plain --on "
                         "model; s=$?; rm -r $d; exit $s");
    ck_assert_ptr_nonnull(strstr(ran.out, "Wrong: "));
    ck_assert_ptr_nonnull(strstr(ran.err, "1 expectations did not hold"));
    ran_free(&ran);
}
END_TEST

/* Both lanes, which are told apart by words. */
START_TEST(both_lanes)
{
    struct ran ran =
        run_expecting(0, "printf 'step 9\\n' | $TCPSTEP run handshake --plain --on both");
    ck_assert_ptr_nonnull(strstr(ran.out, "States, model: "));
    ck_assert_ptr_nonnull(strstr(ran.out, "States, kernel: "));
    ck_assert_ptr_nonnull(strstr(ran.out, "A, kernel: connect("));
    ran_free(&ran);
}
END_TEST

Suite *plain_suite(void)
{
    Suite *suite = suite_create("plain");
    TCase *tcase = tcase_create("plain");
    tcase_add_test(tcase, whole_lab);
    tcase_add_test(tcase, steps);
    tcase_add_test(tcase, another_way);
    tcase_add_test(tcase, refusals);
    tcase_add_test(tcase, help);
    tcase_add_test(tcase, all_of_the_table);
    tcase_add_test(tcase, verdict);
    tcase_add_test(tcase, both_lanes);
    suite_add_tcase(suite, tcase);
    return suite;
}
