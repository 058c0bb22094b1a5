/*
 * The examples that RFC 9293 draws, figures 6 to 13, with two TCBs and segments carried by hand.
 * The numbers at the margin of each are the lines of the figure.
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* Figure 6: three segments open a connection, and its text can come with the next. */
START_TEST(figure_6)
{
    check_pair("B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "A open\n"
               "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               /* 2 */
               "A > B <SEQ=100><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               /* 3 */
               "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
               "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
               /* 4 */
               "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
               "    B SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
               /* 5 */
               "A send data\n"
               "A > B <SEQ=101><ACK=301><CTL=ACK><DATA=data>\n"
               "B > A <SEQ=301><ACK=105><CTL=ACK>\n"
               "B receive 10\n"
               "    B receives data\n");
}
END_TEST

/* Figure 7: both open at the same time, their SYNs cross, and one connection comes of it. The
 * SYN,ACK of line 6 stands at IRS, before RCV.NXT, and counts all the same (MUST-10). */
START_TEST(figure_7)
{
    check_pair("A open\n"
               "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               "B open\n"
               "    B CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               /* 3, while 2 is under way */
               "B > A <SEQ=300><CTL=SYN>\n"
               "    A SYN-SENT -> SYN-RECEIVED  SYN_SENT_GOT_SYN\n"
               /* 4 */
               "A > B <SEQ=100><CTL=SYN>\n"
               "    B SYN-SENT -> SYN-RECEIVED  SYN_SENT_GOT_SYN\n"
               /* 6, while 5 is under way */
               "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
               "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
               /* 7 */
               "A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
               "    B SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
               "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
               "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
               "A has SND.UNA=101 RCV.NXT=301\n"
               "B has SND.UNA=301 RCV.NXT=101\n");
}
END_TEST

/* Figure 8: an old duplicate SYN opens a half of a connection, which the RST of the one that it
 * did not come from undoes; then the true SYN opens it. */
START_TEST(figure_8)
{
    check_pair("B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "A open\n"
               "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               /* 3, while 2 is under way */
               "old A > B <SEQ=90><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               /* 4 */
               "B > A <SEQ=300><ACK=91><CTL=SYN,ACK>\n"
               /* 5 */
               "A > B <SEQ=91><CTL=RST>\n"
               "    B SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n"
               "B iss 400\n"
               /* 6 */
               "A > B <SEQ=100><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               /* 7 */
               "B > A <SEQ=400><ACK=101><CTL=SYN,ACK>\n"
               "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
               /* 8 */
               "A > B <SEQ=101><ACK=401><CTL=ACK>\n"
               "    B SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n");
}
END_TEST

/* Figure 9: A has forgotten the connection and opens it anew; B's answer shows it, A's RST ends
 * the old one, and the SYN that comes again finds nobody. */
START_TEST(figure_9)
{
    check_pair("A iss 99\n"
               "B iss 299\n"
               "given connected\n"
               "A reboot\n"
               "A iss 400\n"
               "A open\n"
               "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               /* 3 */
               "A > B <SEQ=400><CTL=SYN>\n"
               /* 4 */
               "B > A <SEQ=300><ACK=100><CTL=ACK>\n"
               /* 5 and 6 */
               "A > B <SEQ=100><CTL=RST>\n"
               "    B told \"connection reset\"\n"
               "    B ESTABLISHED -> CLOSED  RST_RESETS\n"
               /* 7 */
               "A timer\n"
               "A > B <SEQ=400><CTL=SYN>\n"
               "B > A <SEQ=0><ACK=401><CTL=RST,ACK>\n"
               "    A told \"connection reset\"\n"
               "    A SYN-SENT -> CLOSED  SYN_SENT_REFUSED\n");
}
END_TEST

/* Figure 10: A has forgotten the connection; the text that B sends to it is answered by RST. */
START_TEST(figure_10)
{
    check_pair("A iss 99\n"
               "B iss 299\n"
               "given connected\n"
               "A reboot\n"
               "B send 10*x\n"
               /* 2 */
               "B > A <SEQ=300><ACK=100><CTL=ACK><DATA=10*x>\n"
               /* 3 */
               "A > B <SEQ=100><CTL=RST>\n"
               "    B told \"connection reset\"\n"
               "    B ESTABLISHED -> CLOSED  RST_RESETS\n"
               "A is CLOSED\n");
}
END_TEST

/* Figure 11: an old duplicate SYN between two that listen ends where it began. */
START_TEST(figure_11)
{
    check_pair("A listen\n"
               "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               /* 2 */
               "old A > B <SEQ=50><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               /* 3 */
               "B > A <SEQ=300><ACK=51><CTL=SYN,ACK>\n"
               /* 4 and 5 */
               "A > B <SEQ=51><CTL=RST>\n"
               "    B SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n"
               "A is LISTEN\n");
}
END_TEST

/* Figure 12: each side closes with a FIN of its own; the one that closed first waits 2 MSL. */
START_TEST(figure_12)
{
    check_pair("A iss 99\n"
               "B iss 299\n"
               "given connected\n"
               "A close\n"
               "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
               /* 2 */
               "A > B <SEQ=100><ACK=300><CTL=FIN,ACK>\n"
               "    B told \"connection closing\"\n"
               "    B ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
               /* 3 */
               "B > A <SEQ=300><ACK=101><CTL=ACK>\n"
               "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
               /* 4 */
               "B close\n"
               "    B CLOSE-WAIT -> LAST-ACK  CLOSE_AFTER_FIN\n"
               "B > A <SEQ=300><ACK=101><CTL=FIN,ACK>\n"
               "    A told \"connection closing\"\n"
               "    A FIN-WAIT-2 -> TIME-WAIT  FIN_ENDS_BOTH\n"
               /* 5 */
               "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
               "    B LAST-ACK -> CLOSED  LAST_FIN_ACKED\n"
               /* 6 */
               "wait 239.999 s\n"
               "A is TIME-WAIT\n"
               "wait 1 ms\n"
               "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
}
END_TEST

/* Figure 13: both close at the same time, their FINs cross, and both wait 2 MSL. */
START_TEST(figure_13)
{
    check_pair("A iss 99\n"
               "B iss 299\n"
               "given connected\n"
               "A close\n"
               "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
               "B close\n"
               "    B ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
               /* 2 */
               "A > B <SEQ=100><ACK=300><CTL=FIN,ACK>\n"
               "    B told \"connection closing\"\n"
               "    B FIN-WAIT-1 -> CLOSING  FIN_SIMULTANEOUS\n"
               "B > A <SEQ=300><ACK=100><CTL=FIN,ACK>\n"
               "    A told \"connection closing\"\n"
               "    A FIN-WAIT-1 -> CLOSING  FIN_SIMULTANEOUS\n"
               /* 3 */
               "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
               "    B CLOSING -> TIME-WAIT  CLOSING_FIN_ACKED\n"
               "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
               "    A CLOSING -> TIME-WAIT  CLOSING_FIN_ACKED\n"
               /* 5 */
               "wait 240 s\n"
               "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n"
               "    B TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
}
END_TEST

Suite *figures_suite(void)
{
    Suite *suite = suite_create("figures");
    TCase *tcase = tcase_create("RFC 9293");
    tcase_add_test(tcase, figure_6);
    tcase_add_test(tcase, figure_7);
    tcase_add_test(tcase, figure_8);
    tcase_add_test(tcase, figure_9);
    tcase_add_test(tcase, figure_10);
    tcase_add_test(tcase, figure_11);
    tcase_add_test(tcase, figure_12);
    tcase_add_test(tcase, figure_13);
    suite_add_tcase(suite, tcase);
    return suite;
}
