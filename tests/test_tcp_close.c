/*
 * Ending a connection: CLOSE and ABORT (RFC 9293, 3.10.4 and 3.10.5), the eighth step of 3.10.7.4,
 * TIME-WAIT (3.6.1), and text that nobody will read.
 */
#include "tests/bench.h"
#include "tests/suites.h"

#include <stdio.h>

/* CLOSE in ESTABLISHED enters FIN-WAIT-1 at once, though its FIN has to wait for the window. */
START_TEST(state_before_fin)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=2>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send hello\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "A has UNSENT=6\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=100>\n"
                "    A FIN-WAIT-1  ACK_OF_NOTHING_NEW\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK><DATA=hello>\n"
                "B > A <SEQ=301><ACK=106><CTL=ACK>\n"
                "    A FIN-WAIT-1  ACK_ADVANCES\n"
                "B > A <SEQ=301><ACK=107><CTL=ACK>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n");
}
END_TEST

/* CLOSE in CLOSE-WAIT waits until its FIN is sent, and the state changes only then. */
START_TEST(fin_before_state)
{
    check_trace("given A in CLOSE-WAIT\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><WIN=2>\n"
                "    A CLOSE-WAIT  ACK_OF_NOTHING_NEW\n"
                "A send hello\n"
                "A close\n"
                "    A CLOSE-WAIT  CLOSE_IS_QUEUED\n"
                "A close\n"
                "    A answers connection closing\n"
                "A send x\n"
                "    A answers connection closing\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><WIN=5>\n"
                "    A CLOSE-WAIT  ACK_OF_NOTHING_NEW\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=302><ACK=106><CTL=ACK><WIN=3>\n"
                "    A CLOSE-WAIT  ACK_ADVANCES\n"
                "    A CLOSE-WAIT -> LAST-ACK  QUEUED_CLOSE_IN_CLOSE_WAIT\n"
                "    A > B <SEQ=106><ACK=302><CTL=FIN,ACK>\n"
                "B > A <SEQ=302><ACK=107><CTL=ACK>\n"
                "    A LAST-ACK -> CLOSED  LAST_FIN_ACKED\n");
}
END_TEST

/* A FIN goes with the last of the text only where that is one segment's worth. */
START_TEST(fin_with_the_last_segment)
{
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "hide segments\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send 150*x\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "show segments\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=1000>\n"
                "    A FIN-WAIT-1  ACK_OF_NOTHING_NEW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=201><ACK=301><CTL=FIN,ACK><DATA=50*x>\n");
}
END_TEST

/* Once CLOSE was said it is said; nothing more can be sent. */
START_TEST(close_twice)
{
    check_trace("given A in FIN-WAIT-1\n"
                "A close\n"
                "    A answers connection closing\n"
                "A send x\n"
                "    A answers connection closing\n");
    check_trace("given A in TIME-WAIT\n"
                "A close\n"
                "    A answers connection closing\n");
}
END_TEST

/* FIN and the ACK of ours in one segment lead from FIN-WAIT-1 through FIN-WAIT-2 to TIME-WAIT. */
START_TEST(two_steps_in_one)
{
    check_trace("given A in FIN-WAIT-1\n"
                "B > A <SEQ=301><ACK=102><CTL=FIN,ACK><DATA=bye>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
                "    A FIN-WAIT-2  TEXT_IN_ORDER\n"
                "    A told \"connection closing\"\n"
                "    A FIN-WAIT-2 -> TIME-WAIT  FIN_ENDS_BOTH\n"
                "    A > B <SEQ=102><ACK=305><CTL=ACK>\n");
}
END_TEST

/* A FIN counts only when all the text before it has come; one that came before that waits. */
START_TEST(fin_out_of_order)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=303><ACK=101><CTL=FIN,ACK>\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hi>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A told \"connection closing\"\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=101><ACK=304><CTL=ACK>\n");
}
END_TEST

/* LAST-ACK ends in CLOSED at once, but not before all the text is acknowledged as well. */
START_TEST(last_ack_with_text)
{
    check_trace("given A in CLOSE-WAIT\n"
                "hide segments\n"
                "A send hello\n"
                "A close\n"
                "    A CLOSE-WAIT -> LAST-ACK  CLOSE_AFTER_FIN\n"
                "B > A <SEQ=302><ACK=104><CTL=ACK>\n"
                "    A LAST-ACK  ACK_ADVANCES\n"
                "B > A <SEQ=302><ACK=107><CTL=ACK>\n"
                "    A LAST-ACK -> CLOSED  LAST_FIN_ACKED\n");
}
END_TEST

/* TIME-WAIT lasts 2 MSL, 240 seconds; the peer's FIN that comes again is acknowledged and begins it
 * anew, though its number is behind the window; anything else does not (MUST-13). */
START_TEST(time_wait)
{
    check_trace("given A in TIME-WAIT\n"
                "wait 200 s\n"
                "B > A <SEQ=301><ACK=102><CTL=FIN,ACK>\n"
                "    A TIME-WAIT  FIN_AGAIN_IN_TIME_WAIT\n"
                "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                "wait 200 s\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "    A TIME-WAIT  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                "wait 39.999999 s\n"
                "wait 1 us\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
}
END_TEST

/* The FIN that comes again may bring the last of the text again. */
START_TEST(time_wait_fin_with_text)
{
    check_trace("given A in FIN-WAIT-2\n"
                "B > A <SEQ=301><ACK=102><CTL=FIN,ACK><DATA=bye>\n"
                "    A FIN-WAIT-2  TEXT_IN_ORDER\n"
                "    A told \"connection closing\"\n"
                "    A FIN-WAIT-2 -> TIME-WAIT  FIN_ENDS_BOTH\n"
                "    A > B <SEQ=102><ACK=305><CTL=ACK>\n"
                "wait 200 s\n"
                "B > A <SEQ=301><ACK=102><CTL=FIN,ACK><DATA=bye>\n"
                "    A TIME-WAIT  FIN_AGAIN_IN_TIME_WAIT\n"
                "    A > B <SEQ=102><ACK=305><CTL=ACK>\n"
                "wait 239 s\n"
                "A is TIME-WAIT\n");
}
END_TEST

/* Two that are both in TIME-WAIT do not acknowledge each other's ACKs for ever. */
START_TEST(time_wait_is_silent)
{
    check_trace("given A in TIME-WAIT\n"
                "B > A <SEQ=302><ACK=102><CTL=ACK>\n"
                "    A TIME-WAIT  ACK_OF_NOTHING_NEW\n"
                "A is TIME-WAIT\n");
}
END_TEST

/* FIN-WAIT-2 has no timer of its own: it waits for the peer's FIN as long as that takes. */
START_TEST(fin_wait_2_waits)
{
    check_trace("given A in FIN-WAIT-2\n"
                "wait 10000 min\n"
                "A is FIN-WAIT-2\n");
}
END_TEST

/* ABORT sends RST only where the peer may still take the connection for open; its number is
 * SND.NXT. Elsewhere it is silent. */
START_TEST(abort_by_state)
{
    check_trace("A abort\n"
                "    A answers connection does not exist\n");
    check_trace("given A in SYN-SENT\n"
                "A abort\n"
                "    A SYN-SENT -> CLOSED  ABORT_SILENT\n");
    check_trace("given A in SYN-RECEIVED\n"
                "A abort\n"
                "    A SYN-RECEIVED -> CLOSED  ABORT_RESETS\n"
                "    A > B <SEQ=101><CTL=RST>\n");
    check_trace("given A in CLOSE-WAIT\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK><DATA=hello>\n"
                "A abort\n"
                "    A CLOSE-WAIT -> CLOSED  ABORT_RESETS\n"
                "    A > B <SEQ=106><CTL=RST>\n");
    check_trace("given A in TIME-WAIT\n"
                "A abort\n"
                "    A TIME-WAIT -> CLOSED  ABORT_SILENT\n");
}
END_TEST

/* Who closes for good with text unread resets the connection, for that text is lost (SHLD-3); who
 * only says CLOSE goes on reading. */
START_TEST(close_with_text_unread)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                "A close both\n"
                "    A ESTABLISHED -> CLOSED  CLOSE_UNREAD_TEXT\n"
                "    A > B <SEQ=101><CTL=RST>\n");
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "    A > B <SEQ=101><ACK=306><CTL=FIN,ACK>\n"
                "A receive 9\n"
                "    A receives hello\n");
}
END_TEST

/* Text that comes to one who has closed for good is lost too, and the connection is reset (SHLD-3,
 * MAY-1). */
START_TEST(text_to_one_who_closed)
{
    check_trace("given A in ESTABLISHED\n"
                "A close both\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><DATA=hello>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
                "    A told \"connection reset\"\n"
                "    A FIN-WAIT-2 -> CLOSED  TEXT_AFTER_CLOSE\n"
                "    A > B <SEQ=102><CTL=RST>\n");
    check_trace("given A in FIN-WAIT-1\n"
                "A close both\n"
                "    A answers connection closing\n"
                "B > A <SEQ=301><ACK=101><CTL=FIN,ACK><DATA=hello>\n"
                "    A told \"connection reset\"\n"
                "    A FIN-WAIT-1 -> CLOSED  TEXT_AFTER_CLOSE\n"
                "    A > B <SEQ=101><CTL=RST>\n");
}
END_TEST

/* So it is beyond a gap; and a FIN there shows Linux that text has gone before it. */
START_TEST(text_beyond_a_gap_to_one_who_closed)
{
    check_trace("given A in FIN-WAIT-2\n"
                "A close both\n"
                "    A answers connection closing\n"
                "B > A <SEQ=306><ACK=102><CTL=ACK><DATA=hello>\n"
                "    A told \"connection reset\"\n"
                "    A FIN-WAIT-2 -> CLOSED  TEXT_AFTER_CLOSE\n"
                "    A > B <SEQ=102><CTL=RST>\n");
    check_trace("setting gap_is_text 1\n"
                "given A in FIN-WAIT-2\n"
                "A close both\n"
                "    A answers connection closing\n"
                "B > A <SEQ=306><ACK=102><CTL=FIN,ACK>\n"
                "    A told \"connection reset\"\n"
                "    A FIN-WAIT-2 -> CLOSED  TEXT_AFTER_CLOSE\n"
                "    A > B <SEQ=102><CTL=RST>\n");
}
END_TEST

/* FIN-WAIT-2 that nobody holds is no more than a number to wait for, in Linux: any RST in the
 * window ends it. */
START_TEST(reset_of_an_orphan)
{
    check_trace("setting orphans_reset 1\n"
                "given A in FIN-WAIT-2\n"
                "A close both\n"
                "    A answers connection closing\n"
                "B > A <SEQ=310><CTL=RST>\n"
                "    A told \"connection reset\"\n"
                "    A FIN-WAIT-2 -> CLOSED  RST_RESETS\n");
}
END_TEST

/* In SYN-RECEIVED Linux keeps the FIN of shutdown() until the connection is open. */
START_TEST(shutdown_before_it_is_open)
{
    check_trace("setting shutdown_waits 1\n"
                "given A in SYN-RECEIVED by passive OPEN\n"
                "A close\n"
                "    A SYN-RECEIVED  CLOSE_IS_QUEUED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "    A ESTABLISHED -> FIN-WAIT-1  QUEUED_CLOSE\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK>\n");
}
END_TEST

/* Linux has the window begin at what was last acknowledged: the RST of one who has not been told of
 * our peer's FIN is in it, and challenged. */
START_TEST(reset_before_the_ack)
{
    static const char of_a_peer[] = "given A in ESTABLISHED\n"
                                    "B > A <SEQ=301><ACK=101><CTL=FIN,ACK>\n"
                                    "    A told \"connection closing\"\n"
                                    "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                                    "B > A <SEQ=301><CTL=RST>\n";
    char trace[700];
    snprintf(trace, sizeof trace, "setting fin_ack_delay_usec 100000\n%s%s", of_a_peer,
             "    A CLOSE-WAIT  OUTSIDE_WINDOW_RST\n");
    check_trace(trace);
    snprintf(trace, sizeof trace,
             "setting fin_ack_delay_usec 100000\nsetting window_from_acked 1\n%s%s", of_a_peer,
             "    A CLOSE-WAIT  RST_CHALLENGED\n"
             "    A > B <SEQ=101><ACK=302><CTL=ACK>\n");
    check_trace(trace);
}
END_TEST

/* A FIN beyond a gap takes its number in the SACK blocks, and needs not go again. */
START_TEST(fin_in_sack_blocks)
{
    check_trace("setting sack 1\n"
                "setting fin_is_sacked 1\n"
                "given A in ESTABLISHED with SACKOK\n"
                "B > A <SEQ=306><ACK=101><CTL=FIN,ACK>\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=SACK 306:307>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A told \"connection closing\"\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=101><ACK=307><CTL=ACK>\n");
}
END_TEST

/* Where we have closed already, Linux's ACK of it repeats the block that it was SACKed by. */
START_TEST(fin_sacked_again)
{
    static const char *const blocks[] = { "", "<OPT=SACK 306:307>" };
    char trace[512];
    for (unsigned again = 0; again < 2; again++) {
        snprintf(trace, sizeof trace,
                 "setting sack 1\n"
                 "setting fin_is_sacked 1\n"
                 "setting fin_sacked_again %u\n"
                 "given A in FIN-WAIT-2 with SACKOK\n"
                 "hide rules states told\n"
                 "B > A <SEQ=306><ACK=102><CTL=FIN,ACK>\n"
                 "    A > B <SEQ=102><ACK=301><CTL=ACK><OPT=SACK 306:307>\n"
                 "B > A <SEQ=301><ACK=102><CTL=ACK><DATA=hello>\n"
                 "    A > B <SEQ=102><ACK=307><CTL=ACK>%s\n"
                 "A is TIME-WAIT\n",
                 again, blocks[again]);
        check_trace(trace);
    }
}
END_TEST

/* All of it fits across the end of the sequence space: the FIN is number 2^32 - 1. */
START_TEST(fin_across_zero)
{
    check_trace("A iss 4294967294\n"
                "A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=4294967294><CTL=SYN>\n"
                "B > A <SEQ=4294967294><ACK=4294967295><CTL=SYN,ACK>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=4294967295><ACK=4294967295><CTL=ACK>\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "    A > B <SEQ=4294967295><ACK=4294967295><CTL=FIN,ACK>\n"
                "B > A <SEQ=4294967295><ACK=4294967295><CTL=FIN,ACK>\n"
                "    A told \"connection closing\"\n"
                "    A FIN-WAIT-1 -> CLOSING  FIN_SIMULTANEOUS\n"
                "    A > B <SEQ=0><ACK=0><CTL=ACK>\n"
                "B > A <SEQ=0><ACK=0><CTL=ACK>\n"
                "    A CLOSING -> TIME-WAIT  CLOSING_FIN_ACKED\n");
}
END_TEST

Suite *tcp_close_suite(void)
{
    Suite *suite = suite_create("tcp close");
    TCase *calls = tcase_create("CLOSE and ABORT");
    tcase_add_test(calls, state_before_fin);
    tcase_add_test(calls, fin_before_state);
    tcase_add_test(calls, fin_with_the_last_segment);
    tcase_add_test(calls, close_twice);
    tcase_add_test(calls, abort_by_state);
    tcase_add_test(calls, close_with_text_unread);
    tcase_add_test(calls, text_to_one_who_closed);
    tcase_add_test(calls, text_beyond_a_gap_to_one_who_closed);
    tcase_add_test(calls, reset_of_an_orphan);
    tcase_add_test(calls, shutdown_before_it_is_open);
    tcase_add_test(calls, fin_in_sack_blocks);
    tcase_add_test(calls, fin_sacked_again);
    tcase_add_test(calls, reset_before_the_ack);
    suite_add_tcase(suite, calls);
    TCase *eighth = tcase_create("eighth");
    tcase_add_test(eighth, two_steps_in_one);
    tcase_add_test(eighth, fin_out_of_order);
    tcase_add_test(eighth, last_ack_with_text);
    tcase_add_test(eighth, fin_across_zero);
    suite_add_tcase(suite, eighth);
    TCase *waiting = tcase_create("waiting");
    tcase_add_test(waiting, time_wait);
    tcase_add_test(waiting, time_wait_fin_with_text);
    tcase_add_test(waiting, time_wait_is_silent);
    tcase_add_test(waiting, fin_wait_2_waits);
    suite_add_tcase(suite, waiting);
    return suite;
}
