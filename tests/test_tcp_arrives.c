/*
 * Segments in the synchronized states, RFC 9293, 3.10.7.4, first to fifth: the sequence number,
 * RST, SYN and ACK. Text and FIN are in test_tcp_text.c and test_tcp_close.c.
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* The edges of Table 6: an octet before the window is not acceptable, the first and the last
 * octet of it are, the one behind is not. */
START_TEST(edges_of_the_window)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=RCV.NXT-1><ACK=101><CTL=ACK><DATA=x>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=RCV.NXT+RCV.WND-1><ACK=101><CTL=ACK><DATA=x>\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=RCV.NXT+RCV.WND><ACK=101><CTL=ACK><DATA=x>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=RCV.NXT><ACK=101><CTL=ACK><DATA=x>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK>\n");
}
END_TEST

/* A segment without text counts at the very edge of the window as well, as in every stack: it is
 * what a peer sends whose text has filled the window and is under way. */
START_TEST(ack_at_the_edge)
{
    check_trace("given A in ESTABLISHED\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                "B > A <SEQ=RCV.NXT+RCV.WND><ACK=102><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "B > A <SEQ=RCV.NXT+RCV.WND+1><ACK=102><CTL=ACK>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=102><ACK=301><CTL=ACK>\n");
}
END_TEST

/* Of a segment that straddles the window's edges only what lies within is taken, a FIN behind it
 * neither. */
START_TEST(trimmed_to_the_window)
{
    check_trace("A window 4\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=ab>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=303><CTL=ACK><WIN=2>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=abc>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=304><CTL=ACK><WIN=1>\n"
                "B > A <SEQ=304><ACK=101><CTL=FIN,ACK><DATA=defg>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=305><CTL=ACK><WIN=0>\n"
                "A receive 9\n"
                "    A > B <SEQ=101><ACK=305><CTL=ACK><WIN=4>\n"
                "    A receives abcd\n");
}
END_TEST

/* A segment that covers more than the whole window, with old octets before it and further ones
 * behind, has neither its first nor its last octet within. By the letter it would be thrown away;
 * what lies within is taken, as every stack does. */
START_TEST(covers_the_window)
{
    check_trace("A window 4\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=ab>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=303><CTL=ACK><WIN=2>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=abcdefgh>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=305><CTL=ACK><WIN=0>\n"
                "A receive 9\n"
                "    A > B <SEQ=101><ACK=305><CTL=ACK><WIN=4>\n"
                "    A receives abcd\n");
}
END_TEST

/* An unacceptable segment is answered by an ACK, a RST among them by nothing. */
START_TEST(rst_outside_the_window)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=RCV.NXT-1><CTL=RST>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW_RST\n"
                "B > A <SEQ=RCV.NXT+RCV.WND><CTL=RST>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW_RST\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* RST counts at RCV.NXT alone; elsewhere in the window it gets a challenge ACK, which a true peer
 * answers with a RST that counts (PLAIN-5, PLAIN-6, PLAIN-7). */
START_TEST(rst_in_the_window)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=RCV.NXT+1><CTL=RST>\n"
                "    A ESTABLISHED  RST_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A told \"connection reset\"\n"
                "    A ESTABLISHED -> CLOSED  RST_RESETS\n");
}
END_TEST

/* It is the number of the RST itself that counts: text in it does not move an old one into the
 * window (SHLD-2). */
START_TEST(rst_with_text)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=RCV.NXT-3><CTL=RST><DATA=hello>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW_RST\n"
                "B > A <SEQ=RCV.NXT><CTL=RST><DATA=hello>\n"
                "    A told \"connection reset\"\n"
                "    A ESTABLISHED -> CLOSED  RST_RESETS\n");
}
END_TEST

/* With a zero window a RST at RCV.NXT counts all the same (MUST-66). */
START_TEST(rst_at_a_zero_window)
{
    check_trace("A window 0\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=RCV.NXT+1><CTL=RST>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW_RST\n"
                "B > A <SEQ=RCV.NXT><CTL=RST><DATA=x>\n"
                "    A told \"connection reset\"\n"
                "    A ESTABLISHED -> CLOSED  RST_RESETS\n");
}
END_TEST

/* A RST ends every synchronized state; its user is told where there still is one to tell. */
START_TEST(rst_by_state)
{
    check_trace("given A in CLOSE-WAIT\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A told \"connection reset\"\n"
                "    A CLOSE-WAIT -> CLOSED  RST_RESETS\n");
    check_trace("given A in LAST-ACK\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A LAST-ACK -> CLOSED  RST_ENDS_CLOSING\n");
    check_trace("given A in TIME-WAIT\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A TIME-WAIT -> CLOSED  RST_ENDS_CLOSING\n");
}
END_TEST

/* A SYN gets a challenge ACK at any sequence number (RFC 5961, 4.2), its ACK or RST bit or not
 * (PLAIN-8, PLAIN-9). */
START_TEST(syn_is_challenged)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=RCV.NXT><CTL=SYN>\n"
                "    A ESTABLISHED  SYN_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=RCV.NXT+5><ACK=101><CTL=SYN,ACK>\n"
                "    A ESTABLISHED  SYN_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=5000><CTL=SYN>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* The SYN,ACK that comes again because our ACK was lost gets that ACK again. */
START_TEST(syn_ack_again)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n");
}
END_TEST

/* A segment without ACK is dropped, whatever else it has. */
START_TEST(no_ack)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><CTL=FIN><DATA=hello>\n"
                "    A ESTABLISHED  NO_ACK\n"
                "A receive 9\n"
                "    A answers queued\n");
}
END_TEST

/* An ACK that is old is ignored, but the text that comes with it is not. */
START_TEST(old_ack)
{
    check_trace("given A in ESTABLISHED\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=301><ACK=106><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hi>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=106><ACK=303><CTL=ACK>\n"
                "A has SND.UNA=106\n");
}
END_TEST

/* An ACK of what was never sent, or further back than any window reached, gets an ACK, and its
 * text is dropped (RFC 5961, 5.2; MAY-12, PLAIN-10, PLAIN-11). */
START_TEST(ack_out_of_range)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><DATA=hi>\n"
                "    A ESTABLISHED  ACK_NOT_SENT_YET\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=SND.UNA-1001><CTL=ACK><DATA=hi>\n"
                "    A ESTABLISHED  ACK_OUT_OF_RANGE\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=SND.UNA-1000><CTL=ACK><DATA=hi>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=303><CTL=ACK>\n");
}
END_TEST

/* An ACK of a part takes that part off the queue, and the rest is what is sent again. */
START_TEST(ack_of_a_part)
{
    check_trace("given A in ESTABLISHED\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "A timer\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=103><ACK=301><CTL=ACK><DATA=llo>\n");
}
END_TEST

/* The window is taken from the newest segment alone: by its sequence number, then by its ACK. */
START_TEST(window_from_the_newest)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules\n"
                "A send hello\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK><WIN=500>\n"
                "A has SND.WND=500\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><WIN=400>\n"
                "A has SND.WND=500\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK><WIN=300>\n"
                "A has SND.WND=300\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK><WIN=200><DATA=x>\n"
                "B > A <SEQ=302><ACK=103><CTL=ACK><WIN=100><DATA=x>\n"
                "A has SND.WND=100\n"
                "B > A <SEQ=301><ACK=104><CTL=ACK><WIN=900><DATA=xx>\n"
                "A has SND.WND=100\n");
}
END_TEST

/* What was sent stays sent when the window shrinks below it; nothing more is sent into it, and
 * nothing is counted as room (MUST-34, SHLD-15). */
START_TEST(window_shrinks)
{
    check_trace("given A in ESTABLISHED\n"
                "A send 100*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=50>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send y\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK><WIN=50>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=y>\n");
}
END_TEST

/* The same steps hold across the end of the sequence space. */
START_TEST(window_across_zero)
{
    check_trace("A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "B > A <SEQ=4294967290><ACK=101><CTL=SYN,ACK>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=4294967291><CTL=ACK>\n"
                "B > A <SEQ=990><ACK=101><CTL=ACK><DATA=x>\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=101><ACK=4294967291><CTL=ACK>\n"
                "B > A <SEQ=995><ACK=101><CTL=ACK><DATA=x>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=4294967291><CTL=ACK>\n"
                "B > A <SEQ=4294967291><ACK=101><CTL=ACK><DATA=hello world>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=6><CTL=ACK>\n"
                "B > A <SEQ=4294967291><ACK=101><CTL=ACK><DATA=hello world!>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=7><CTL=ACK>\n");
}
END_TEST

Suite *tcp_arrives_suite(void)
{
    Suite *suite = suite_create("tcp arrives");
    TCase *first = tcase_create("first");
    tcase_add_test(first, edges_of_the_window);
    tcase_add_test(first, ack_at_the_edge);
    tcase_add_test(first, trimmed_to_the_window);
    tcase_add_test(first, covers_the_window);
    tcase_add_test(first, window_across_zero);
    suite_add_tcase(suite, first);
    TCase *second = tcase_create("second");
    tcase_add_test(second, rst_outside_the_window);
    tcase_add_test(second, rst_in_the_window);
    tcase_add_test(second, rst_with_text);
    tcase_add_test(second, rst_at_a_zero_window);
    tcase_add_test(second, rst_by_state);
    suite_add_tcase(suite, second);
    TCase *fourth = tcase_create("fourth");
    tcase_add_test(fourth, syn_is_challenged);
    tcase_add_test(fourth, syn_ack_again);
    suite_add_tcase(suite, fourth);
    TCase *fifth = tcase_create("fifth");
    tcase_add_test(fifth, no_ack);
    tcase_add_test(fifth, old_ack);
    tcase_add_test(fifth, ack_out_of_range);
    tcase_add_test(fifth, ack_of_a_part);
    tcase_add_test(fifth, window_from_the_newest);
    tcase_add_test(fifth, window_shrinks);
    suite_add_tcase(suite, fifth);
    return suite;
}
