/*
 * Opening a connection: RFC 9293, 3.10.1 (OPEN), 3.10.7.1 to 3.10.7.3 (segments in CLOSED, LISTEN
 * and SYN-SENT) and what is particular to SYN-RECEIVED.
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* A passive OPEN sends nothing; an active one sends SYN with the MSS it can take and the whole of
 * its window, for there is no RCV.NXT yet (MUST-14, SHLD-5, MAY-3). */
START_TEST(passive_and_active)
{
    check_trace("A listen\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n");
    check_trace("A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN><WIN=1000><MSS=1460>\n"
                "A has SND.UNA=100 SND.NXT=101 ISS=100\n");
}
END_TEST

/* An active OPEN needs to know with whom, and no OPEN can be given to a connection. */
START_TEST(open_refused)
{
    check_trace("A open nobody\n"
                "    A answers remote socket unspecified\n"
                "A listen\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "A listen\n"
                "    A answers connection already exists\n"
                "A open nobody\n"
                "    A answers remote socket unspecified\n"
                "A is LISTEN\n");
    check_trace("given A in SYN-SENT\n"
                "A open\n"
                "    A answers connection already exists\n"
                "A listen\n"
                "    A answers connection already exists\n");
}
END_TEST

/* What listens can be told to open actively instead, or does so when it is given text to send,
 * which then waits for the connection. */
START_TEST(from_passive_to_active)
{
    check_trace("given A in LISTEN\n"
                "A open\n"
                "    A LISTEN -> SYN-SENT  OPEN_ACTIVE_IN_LISTEN\n"
                "    A > B <SEQ=100><CTL=SYN>\n");
    check_trace("given A in LISTEN\n"
                "A send hello\n"
                "    A LISTEN -> SYN-SENT  SEND_IN_LISTEN\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n");
}
END_TEST

/* In CLOSED every segment but RST is answered by RST: with SEG.ACK as its number where there was
 * an ACK, else acknowledging all that the segment takes of the sequence space, SYN and FIN too. */
START_TEST(segments_in_closed)
{
    check_trace("B > A <SEQ=300><CTL=RST>\n"
                "    A CLOSED  CLOSED_GOT_RST\n"
                "B > A <SEQ=300><ACK=5><CTL=RST,ACK>\n"
                "    A CLOSED  CLOSED_GOT_RST\n"
                "B > A <SEQ=300><ACK=500><CTL=ACK><DATA=hello>\n"
                "    A CLOSED  CLOSED_GOT_ACK\n"
                "    A > B <SEQ=500><CTL=RST>\n"
                "B > A <SEQ=300><CTL=SYN>\n"
                "    A CLOSED  CLOSED_GOT_OTHER\n"
                "    A > B <SEQ=0><ACK=301><CTL=RST,ACK>\n"
                "B > A <SEQ=4294967290><CTL=SYN,FIN><DATA=hello>\n"
                "    A CLOSED  CLOSED_GOT_OTHER\n"
                "    A > B <SEQ=0><ACK=1><CTL=RST,ACK>\n"
                "B > A <SEQ=300><CTL=none><DATA=hello>\n"
                "    A CLOSED  CLOSED_GOT_OTHER\n"
                "    A > B <SEQ=0><ACK=305><CTL=RST,ACK>\n");
}
END_TEST

/* In LISTEN the bits are looked at in the order RST, ACK, SYN: a SYN,ACK is answered by RST, and
 * text or FIN with neither is dropped without one, unlike in CLOSED. */
START_TEST(segments_in_listen)
{
    check_trace("given A in LISTEN\n"
                "B > A <SEQ=300><CTL=SYN,RST>\n"
                "    A LISTEN  LISTEN_GOT_RST\n"
                "B > A <SEQ=300><ACK=7><CTL=SYN,ACK>\n"
                "    A LISTEN  LISTEN_GOT_ACK\n"
                "    A > B <SEQ=7><CTL=RST>\n"
                "B > A <SEQ=300><ACK=8><CTL=ACK>\n"
                "    A LISTEN  LISTEN_GOT_ACK\n"
                "    A > B <SEQ=8><CTL=RST>\n"
                "B > A <SEQ=300><CTL=FIN><DATA=hello>\n"
                "    A LISTEN  LISTEN_GOT_OTHER\n"
                "B > A <SEQ=300><CTL=none><DATA=hello>\n"
                "    A LISTEN  LISTEN_GOT_OTHER\n");
}
END_TEST

/* A SYN in LISTEN is answered by SYN,ACK, and sets the variables from both. */
START_TEST(listen_syn)
{
    check_trace("given A in LISTEN\n"
                "B > A <SEQ=300><CTL=SYN><WIN=700><MSS=1460>\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK><WIN=1000><MSS=1460>\n"
                "A has ISS=100 SND.UNA=100 SND.NXT=101 SND.WND=700 IRS=300 RCV.NXT=301\n");
}
END_TEST

/* Text that comes with a SYN is left to be sent again: nothing of it is acknowledged. */
START_TEST(text_with_syn)
{
    check_trace("given A in LISTEN\n"
                "B > A <SEQ=300><CTL=SYN><DATA=hello>\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n");
}
END_TEST

/* In SYN-SENT an ACK of anything but the SYN is answered by RST with its number, and not answered
 * where it is a RST itself. */
START_TEST(syn_sent_bad_ack)
{
    check_trace("given A in SYN-SENT\n"
                "B > A <SEQ=300><ACK=100><CTL=SYN,ACK>\n"
                "    A SYN-SENT  SYN_SENT_BAD_ACK\n"
                "    A > B <SEQ=100><CTL=RST>\n"
                "B > A <SEQ=300><ACK=102><CTL=ACK>\n"
                "    A SYN-SENT  SYN_SENT_BAD_ACK\n"
                "    A > B <SEQ=102><CTL=RST>\n"
                "B > A <SEQ=300><ACK=102><CTL=RST,ACK>\n"
                "    A SYN-SENT  SYN_SENT_BAD_ACK_RST\n"
                "A is SYN-SENT\n");
}
END_TEST

/* A RST refuses the connection if it acknowledges the SYN; without ACK nothing shows that it is
 * meant. It leads to CLOSED, as 3.10.7.3 has it (3.5.3 says LISTEN), and needs no RCV.NXT to
 * compare with, for there is none yet (erratum 8167; PLAIN-3). */
START_TEST(syn_sent_rst)
{
    check_trace("given A in SYN-SENT\n"
                "B > A <SEQ=0><CTL=RST>\n"
                "    A SYN-SENT  SYN_SENT_RST_NO_ACK\n"
                "B > A <SEQ=77><ACK=101><CTL=RST,ACK>\n"
                "    A told \"connection reset\"\n"
                "    A SYN-SENT -> CLOSED  SYN_SENT_REFUSED\n"
                "B > A <SEQ=0><ACK=101><CTL=RST,ACK>\n"
                "    A CLOSED  CLOSED_GOT_RST\n");
}
END_TEST

/* A SYN,ACK opens the connection, and its window counts, which 3.10.7.3 forgets to say. */
START_TEST(syn_sent_syn_ack)
{
    check_trace("given A in SYN-SENT\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><WIN=4>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><WIN=1000><MSS=0>\n"
                "A has SND.UNA=101 SND.NXT=101 SND.WND=4 IRS=300 RCV.NXT=301\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hell>\n");
}
END_TEST

/* Text and FIN that come with a SYN,ACK are taken at once. */
START_TEST(syn_ack_with_text_and_fin)
{
    check_trace("given A in SYN-SENT\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,FIN,ACK><DATA=bye>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A told \"connection closing\"\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=101><ACK=305><CTL=ACK>\n"
                "A receive 10\n"
                "    A receives bye\n");
}
END_TEST

/* A segment with neither SYN nor RST is dropped, even one that acknowledges the SYN. */
START_TEST(syn_sent_other)
{
    check_trace("given A in SYN-SENT\n"
                "B > A <SEQ=300><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A SYN-SENT  SYN_SENT_GOT_OTHER\n"
                "B > A <SEQ=300><CTL=FIN>\n"
                "    A SYN-SENT  SYN_SENT_GOT_OTHER\n");
}
END_TEST

/* A SYN without ACK means that both open at once: the answer is SYN,ACK with the same ISS. */
START_TEST(syn_sent_syn)
{
    check_trace("given A in SYN-SENT\n"
                "B > A <SEQ=300><CTL=SYN><WIN=700>\n"
                "    A SYN-SENT -> SYN-RECEIVED  SYN_SENT_GOT_SYN\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "A has SND.UNA=100 SND.NXT=101 SND.WND=700 RCV.NXT=301\n");
}
END_TEST

/* Text given to SEND before the connection is open is sent once it is. */
START_TEST(send_while_opening)
{
    check_trace("given A in SYN-SENT\n"
                "A send one\n"
                "B > A <SEQ=300><CTL=SYN>\n"
                "    A SYN-SENT -> SYN-RECEIVED  SYN_SENT_GOT_SYN\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "A send two\n"
                "A has UNSENT=6\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=onetwo>\n");
}
END_TEST

/* In SYN-RECEIVED an ACK of anything but the SYN is answered by RST with its number. */
START_TEST(syn_received_bad_ack)
{
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "B > A <SEQ=301><ACK=100><CTL=ACK>\n"
                "    A SYN-RECEIVED  SYN_RECEIVED_BAD_ACK\n"
                "    A > B <SEQ=100><CTL=RST>\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "    A SYN-RECEIVED  SYN_RECEIVED_BAD_ACK\n"
                "    A > B <SEQ=102><CTL=RST>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n");
}
END_TEST

/* A SYN that comes again gets a plain ACK; another one within the window takes a passive OPEN back
 * to LISTEN without a word, and is challenged after an active one (MUST-11). */
START_TEST(syn_received_syn)
{
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "B > A <SEQ=300><CTL=SYN>\n"
                "    A SYN-RECEIVED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=350><CTL=SYN>\n"
                "    A SYN-RECEIVED -> LISTEN  SYN_BACK_TO_LISTEN\n");
    check_trace("given A in SYN-RECEIVED by active OPEN\n"
                "B > A <SEQ=350><CTL=SYN>\n"
                "    A SYN-RECEIVED  SYN_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n");
}
END_TEST

/* A RST takes a passive OPEN back to LISTEN, where its user need not know, and refuses an active
 * one (MUST-11). */
START_TEST(syn_received_rst)
{
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n");
    check_trace("given A in SYN-RECEIVED by active OPEN\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A told \"connection refused\"\n"
                "    A SYN-RECEIVED -> CLOSED  RST_REFUSES\n");
}
END_TEST

/* What is back in LISTEN opens its next connection as if nothing had been: with an ISS, an RTO
 * and a measurement of their own, though the first SYN,ACK had been sent again. */
START_TEST(listens_afresh)
{
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "A send x\n"
                "hide segments rules\n"
                "wait 20 s\n"
                "    A told \"excessive retransmission\"\n"
                "show segments rules\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n"
                "A iss 1000\n"
                "B > A <SEQ=700><CTL=SYN>\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
                "    A > B <SEQ=1000><ACK=701><CTL=SYN,ACK>\n"
                "A has RTO=1s UNSENT=0\n"
                "wait 500 ms\n"
                "B > A <SEQ=701><ACK=1001><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "A has RTO=1.5s\n");
}
END_TEST

/* The same, where the first SYN,ACK was never sent again: the round trip is measured from the
 * second one. */
START_TEST(measures_afresh)
{
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "wait 900 ms\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n"
                "wait 100 s\n"
                "A iss 1000\n"
                "B > A <SEQ=700><CTL=SYN>\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
                "    A > B <SEQ=1000><ACK=701><CTL=SYN,ACK>\n"
                "wait 500 ms\n"
                "B > A <SEQ=701><ACK=1001><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "A has RTO=1.5s\n");
}
END_TEST

/* CLOSE in SYN-RECEIVED sends FIN at once, unless text waits: then it waits too. What goes back
 * to LISTEN with a CLOSE waiting has been closed. */
START_TEST(close_in_syn_received)
{
    check_trace("given A in SYN-RECEIVED\n"
                "A close\n"
                "    A SYN-RECEIVED -> FIN-WAIT-1  CLOSE_SYN_RECEIVED\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n");
    check_trace("given A in SYN-RECEIVED\n"
                "A send text\n"
                "A close\n"
                "    A SYN-RECEIVED  CLOSE_IS_QUEUED\n"
                "A send more\n"
                "    A answers connection closing\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "    A ESTABLISHED -> FIN-WAIT-1  QUEUED_CLOSE\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK><DATA=text>\n");
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "A send text\n"
                "A close\n"
                "    A SYN-RECEIVED  CLOSE_IS_QUEUED\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n"
                "    A LISTEN -> CLOSED  CLOSE_LISTEN\n");
}
END_TEST

/* CLOSE before anything was heard of the other side deletes the TCB. */
START_TEST(close_before_opening)
{
    check_trace("A close\n"
                "    A answers connection does not exist\n");
    check_trace("given A in LISTEN\n"
                "A close\n"
                "    A LISTEN -> CLOSED  CLOSE_LISTEN\n");
    check_trace("given A in SYN-SENT\n"
                "A close\n"
                "    A SYN-SENT -> CLOSED  CLOSE_SYN_SENT\n");
}
END_TEST

/* The SYN,ACK of a simultaneous open may bring text; it ends within the window like any other. */
START_TEST(early_syn_ack_with_text)
{
    check_trace("A window 4\n"
                "given A in SYN-RECEIVED\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><DATA=hello>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=305><CTL=ACK><WIN=0>\n");
}
END_TEST

/* Everything works across the end of the sequence space. */
START_TEST(across_zero)
{
    check_trace("A iss 4294967294\n"
                "A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=4294967294><CTL=SYN>\n"
                "B > A <SEQ=4294967295><ACK=4294967295><CTL=SYN,ACK>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=4294967295><ACK=0><CTL=ACK>\n"
                "A send hello\n"
                "    A > B <SEQ=4294967295><ACK=0><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=0><ACK=1><CTL=ACK><DATA=hi>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=4><ACK=2><CTL=ACK>\n"
                "B > A <SEQ=2><ACK=4><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "A has SND.UNA=4 SND.NXT=4 RCV.NXT=2\n");
}
END_TEST

/* Text that came with a SYN is taken once, though it comes again with the ACK of ours (3.10.7.3,
 * fourth). */
START_TEST(early_text_comes_again)
{
    check_trace("hide rules states\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "B > A <SEQ=300><CTL=SYN><DATA=hello>\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "wait 1 us\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives hello\n");
    check_trace("hide rules states\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "B > A <SEQ=300><CTL=SYN><DATA=hello>\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><DATA=hello you>\n"
                "    A > B <SEQ=101><ACK=310><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives hello you\n");
}
END_TEST

Suite *tcp_open_suite(void)
{
    Suite *suite = suite_create("tcp open");
    TCase *calls = tcase_create("OPEN");
    tcase_add_test(calls, passive_and_active);
    tcase_add_test(calls, open_refused);
    tcase_add_test(calls, from_passive_to_active);
    tcase_add_test(calls, send_while_opening);
    tcase_add_test(calls, close_before_opening);
    suite_add_tcase(suite, calls);
    TCase *listening = tcase_create("CLOSED and LISTEN");
    tcase_add_test(listening, segments_in_closed);
    tcase_add_test(listening, segments_in_listen);
    tcase_add_test(listening, listen_syn);
    tcase_add_test(listening, text_with_syn);
    tcase_add_test(listening, listens_afresh);
    tcase_add_test(listening, measures_afresh);
    suite_add_tcase(suite, listening);
    TCase *syn_sent = tcase_create("SYN-SENT");
    tcase_add_test(syn_sent, syn_sent_bad_ack);
    tcase_add_test(syn_sent, syn_sent_rst);
    tcase_add_test(syn_sent, syn_sent_syn_ack);
    tcase_add_test(syn_sent, syn_ack_with_text_and_fin);
    tcase_add_test(syn_sent, syn_sent_other);
    tcase_add_test(syn_sent, syn_sent_syn);
    tcase_add_test(syn_sent, across_zero);
    suite_add_tcase(suite, syn_sent);
    TCase *syn_received = tcase_create("SYN-RECEIVED");
    tcase_add_test(syn_received, syn_received_bad_ack);
    tcase_add_test(syn_received, syn_received_syn);
    tcase_add_test(syn_received, syn_received_rst);
    tcase_add_test(syn_received, close_in_syn_received);
    tcase_add_test(syn_received, early_syn_ack_with_text);
    tcase_add_test(syn_received, early_text_comes_again);
    suite_add_tcase(suite, syn_received);
    return suite;
}
