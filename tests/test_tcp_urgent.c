/*
 * Urgent text: RFC 9293, 3.8.5, and the sixth step of 3.10.7.4.
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* The pointer names the octet after the urgent text (MUST-62), and goes with all the text before
 * it, too (MUST-30, MUST-31). */
START_TEST(sent)
{
    check_trace("A mss 4\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "A send urgent hello!\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><URG=6><DATA=hell>\n"
                "    A > B <SEQ=105><ACK=301><CTL=ACK><URG=2><DATA=o!>\n"
                "A send x\n"
                "    A > B <SEQ=107><ACK=301><CTL=ACK><DATA=x>\n"
                "B > A <SEQ=301><ACK=105><CTL=ACK>\n"
                "A timer\n"
                "    A > B again <SEQ=105><ACK=301><CTL=PSH,ACK><URG=2><DATA=o!x>\n"
                "B > A <SEQ=301><ACK=108><CTL=ACK>\n"
                "A send y\n"
                "    A > B <SEQ=108><ACK=301><CTL=ACK><DATA=y>\n");
}
END_TEST

/* The user is told when urgent text is announced, and again when the pointer moves on, not when
 * it comes again (MUST-32, PLAIN-2). */
START_TEST(told)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><URG=7><DATA=hello>\n"
                "    A ESTABLISHED  URGENT_TEXT\n"
                "    A told \"urgent text ahead\"\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "B > A <SEQ=306><ACK=101><CTL=ACK><URG=2><DATA=x>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "B > A <SEQ=307><ACK=101><CTL=ACK><URG=2><DATA=y>\n"
                "    A ESTABLISHED  URGENT_TEXT\n"
                "    A told \"urgent text ahead\"\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "A receive 9\n"
                "    A receives helloxy\n");
}
END_TEST

/* It is looked at with a zero window too, though the text is not taken (MUST-66). */
START_TEST(at_a_zero_window)
{
    check_trace("A window 0\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><URG=5><DATA=hello>\n"
                "    A ESTABLISHED  ZERO_WINDOW_ACK\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "    A ESTABLISHED  URGENT_TEXT\n"
                "    A told \"urgent text ahead\"\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><WIN=0>\n");
}
END_TEST

/* A pointer at or before what was received announces nothing; after the peer's FIN none counts. */
START_TEST(announces_nothing)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><URG=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n");
    check_trace("given A in CLOSE-WAIT\n"
                "hide segments\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><URG=5>\n"
                "    A CLOSE-WAIT  ACK_OF_NOTHING_NEW\n");
}
END_TEST

/* Across the end of the sequence space as elsewhere. */
START_TEST(across_zero)
{
    check_trace("A iss 4294967293\n"
                "hide rules states\n"
                "A open\n"
                "    A > B <SEQ=4294967293><CTL=SYN>\n"
                "B > A <SEQ=4294967293><ACK=4294967294><CTL=SYN,ACK><MSS=1460>\n"
                "    A > B <SEQ=4294967294><ACK=4294967294><CTL=ACK>\n"
                "A send urgent hello\n"
                "    A > B <SEQ=4294967294><ACK=4294967294><CTL=ACK><URG=5><DATA=hello>\n"
                "B > A <SEQ=4294967294><ACK=3><CTL=ACK><URG=5><DATA=a>\n"
                "    A told \"urgent text ahead\"\n"
                "    A > B <SEQ=3><ACK=4294967295><CTL=ACK>\n");
}
END_TEST

/* The pointer counts from where the segment began, though text at its front came before. */
START_TEST(over_the_left_edge)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><URG=6><DATA=hellox>\n"
                "    A ESTABLISHED  URGENT_TEXT\n"
                "    A told \"urgent text ahead\"\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=307><CTL=ACK>\n"
                "B > A <SEQ=307><ACK=101><CTL=ACK><URG=2><DATA=y>\n"
                "    A ESTABLISHED  URGENT_TEXT\n"
                "    A told \"urgent text ahead\"\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=308><CTL=ACK>\n");
}
END_TEST

Suite *tcp_urgent_suite(void)
{
    Suite *suite = suite_create("tcp urgent");
    TCase *tcase = tcase_create("urgent");
    tcase_add_test(tcase, sent);
    tcase_add_test(tcase, told);
    tcase_add_test(tcase, over_the_left_edge);
    tcase_add_test(tcase, at_a_zero_window);
    tcase_add_test(tcase, announces_nothing);
    tcase_add_test(tcase, across_zero);
    suite_add_tcase(suite, tcase);
    return suite;
}
