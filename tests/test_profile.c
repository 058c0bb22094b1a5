/*
 * sim/profile: what differs between stacks is data, and each practice that is not the RFC's letter
 * can be switched off.
 */
#include "tests/bench.h"
#include "tests/suites.h"

#include <string.h>

/* A profile is found by its name; there is no other. */
START_TEST(found_by_name)
{
    for (size_t i = 0; i < tcp_profile_count; i++)
        ck_assert_ptr_eq(profile_find(tcp_profiles[i].name), &tcp_profiles[i]);
    ck_assert_ptr_null(profile_find("RFC"));
    ck_assert_ptr_null(profile_find(""));
}
END_TEST

/* The figures of each make sense together. */
START_TEST(figures_fit)
{
    for (size_t i = 0; i < tcp_profile_count; i++) {
        const struct profile *p = &tcp_profiles[i];
        ck_assert_uint_gt(strlen(p->says), 0);
        ck_assert_uint_le(p->set.rto_min_usec, p->set.rto_initial_usec);
        ck_assert_uint_le(p->set.rto_initial_usec, p->set.rto_max_usec);
        ck_assert_uint_gt(p->set.user_timeout_usec, p->set.rto_max_usec);
        ck_assert_uint_gt(p->set.two_msl_usec, 0);
        ck_assert_uint_ge(p->set.mss, 536);
    }
    ck_assert_uint_eq(profile_find("rfc")->set.two_msl_usec, 240000000);
    ck_assert_uint_ge(profile_find("rfc")->set.user_timeout_syn_usec, 180000000); /* MUST-23 */
}
END_TEST

static void check_letter(const struct settings *letter, bool pair, const char *trace)
{
    struct bench bench;
    bench_init(&bench, pair);
    bench.set = *letter;
    bench_run(&bench, trace);
}

/* By the letter a simultaneous open does not come to its end: each side finds the other's SYN,ACK
 * outside its window, and answers with an ACK; it is those that open the connection. */
START_TEST(letter_of_figure_7)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.early_syn_ack = false;
    check_letter(&letter, true,
                 "hide states\n"
                 "A open\n"
                 "B open\n"
                 "A > B\n"
                 "B > A\n"
                 "show rules\n"
                 "A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                 "    B SYN-RECEIVED  OUTSIDE_WINDOW\n"
                 "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                 "    A SYN-RECEIVED  OUTSIDE_WINDOW\n"
                 "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                 "B is ESTABLISHED\n");
}
END_TEST

/* By the letter a FIN that comes again into TIME-WAIT is acknowledged and restarts nothing. */
START_TEST(letter_of_time_wait)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.time_wait_restarts = false;
    check_letter(&letter, false,
                 "given A in TIME-WAIT\n"
                 "wait 200 s\n"
                 "B > A <SEQ=301><ACK=102><CTL=FIN,ACK>\n"
                 "    A TIME-WAIT  OUTSIDE_WINDOW\n"
                 "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                 "wait 40 s\n"
                 "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
}
END_TEST

/* By the letter of Table 6 an ACK at the right edge of the window is thrown away, and text that
 * covers the window too. */
START_TEST(letter_of_table_6)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.window_edges = false;
    check_letter(&letter, false,
                 "given A in ESTABLISHED\n"
                 "A send x\n"
                 "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                 "B > A <SEQ=RCV.NXT+RCV.WND><ACK=102><CTL=ACK>\n"
                 "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                 "    A > B <SEQ=102><ACK=301><CTL=ACK>\n"
                 "B > A <SEQ=RCV.NXT-1><ACK=102><CTL=ACK><DATA=1002*x>\n"
                 "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                 "    A > B <SEQ=102><ACK=301><CTL=ACK>\n");
}
END_TEST

/* Without RFC 5961 an ACK that is older than any window is a duplicate like others. */
START_TEST(letter_without_5961)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.ack_is_bounded = false;
    check_letter(&letter, false,
                 "given A in ESTABLISHED\n"
                 "B > A <SEQ=301><ACK=SND.UNA-5000><CTL=ACK><DATA=hi>\n"
                 "    A ESTABLISHED  TEXT_IN_ORDER\n"
                 "    A > B <SEQ=101><ACK=303><CTL=ACK>\n");
}
END_TEST

Suite *profile_suite(void)
{
    Suite *suite = suite_create("profile");
    TCase *table = tcase_create("table");
    tcase_add_test(table, found_by_name);
    tcase_add_test(table, figures_fit);
    suite_add_tcase(suite, table);
    TCase *letter = tcase_create("letter");
    tcase_add_test(letter, letter_of_figure_7);
    tcase_add_test(letter, letter_of_time_wait);
    tcase_add_test(letter, letter_of_table_6);
    tcase_add_test(letter, letter_without_5961);
    suite_add_tcase(suite, letter);
    return suite;
}
