/*
 * Windows that shut and open: RFC 9293, 3.8.6. The offer of a receiver that avoids silly windows
 * (MUST-39), its updates, and the probing of a zero window (MUST-36, 3.8.6.1).
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* The window offered shrinks with every octet nobody has read; its right edge never goes back. */
START_TEST(edge_stays)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=400*x>\n"
                "    A > B <SEQ=101><ACK=701><CTL=ACK><WIN=600>\n"
                "B > A <SEQ=701><ACK=101><CTL=ACK><DATA=600*x>\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=0>\n"
                "A has UNREAD=1000\n");
}
END_TEST

/* Reading a little opens the window by nothing; it opens when half of the buffer is free
 * (MUST-39). */
START_TEST(no_silly_window)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules calls\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=1000*x>\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=0>\n"
                "A receive 499\n"
                "A has RCV.WND=0\n"
                "A receive 1\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=500>\n");
}
END_TEST

/* Or by a full segment, where that is less (MUST-39). */
START_TEST(no_silly_window_of_a_segment)
{
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "hide rules calls\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=1000*x>\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=0>\n"
                "A receive 99\n"
                "A receive 1\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=100>\n");
}
END_TEST

/* The peer is told of an open window at once only where that matters to it: not when it had room
 * for a full segment before, unless half of the buffer has opened; and not after its FIN. */
START_TEST(update_only_when_needed)
{
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "hide rules calls\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=500*x>\n"
                "    A > B <SEQ=101><ACK=801><CTL=ACK><WIN=500>\n"
                "A receive 499\n"
                "A has RCV.WND=500\n"
                "A receive 1\n"
                "    A > B <SEQ=101><ACK=801><CTL=ACK><WIN=1000>\n"
                "B > A <SEQ=801><ACK=101><CTL=ACK><DATA=1>\n"
                "    A > B <SEQ=101><ACK=802><CTL=ACK><WIN=999>\n");
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "hide rules calls states told\n"
                "B > A <SEQ=301><ACK=101><CTL=FIN,ACK><DATA=999*x>\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=0>\n"
                "A receive 999\n");
}
END_TEST

/* No window is larger than 65535 octets, for there is no scaling, however large the buffer. */
START_TEST(largest_window)
{
    check_trace("A window 70000\n"
                "given A in LISTEN\n"
                "hide rules states\n"
                "B > A <SEQ=300><CTL=SYN>\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK><WIN=65535>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=1000*x>\n"
                "    A > B <SEQ=101><ACK=1301><CTL=ACK><WIN=64535>\n"
                "B > A <SEQ=1301><ACK=101><CTL=ACK><DATA=500*x>\n"
                "    A > B <SEQ=101><ACK=1801><CTL=ACK><WIN=65535>\n");
}
END_TEST

/* A window that shuts over text in flight is probed; the connection is not given up (MUST-35). */
START_TEST(shut_over_text)
{
    check_trace("given A in ESTABLISHED\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A timer\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=9>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n");
}
END_TEST

/* Into a zero window nothing is sent; after an RTO it is probed with one octet, which takes a
 * number, and again with the same octet, each time after twice as long (MUST-36, SHLD-29,
 * SHLD-30). */
START_TEST(probes)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send hello\n"
                "wait 999 ms\n"
                "wait 1 ms\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "A has SND.UNA=101 SND.NXT=102 UNSENT=4\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "wait 1999 ms\n"
                "wait 1 ms\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "wait 4 s\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n");
}
END_TEST

/* When the window opens, the octet that was refused goes first, then the rest. */
START_TEST(window_opens)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send hello\n"
                "A timer\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=100>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "    A > B <SEQ=102><ACK=301><CTL=ACK><DATA=ello>\n"
                "B > A <SEQ=301><ACK=106><CTL=ACK><WIN=100>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "wait 1000 s\n");
}
END_TEST

/* A probe that is accepted counts as sent text, and what waits goes on waiting. */
START_TEST(probe_is_taken)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send hello\n"
                "A timer\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "A timer\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B <SEQ=102><ACK=301><CTL=ACK><DATA=e>\n");
}
END_TEST

/* The waits between probes go up to RTO's limit, a minute, and the connection stays for as long as
 * they are answered (MUST-37). The RTO for text is not what they have grown to. */
START_TEST(probes_for_ever)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A send hello\n"
                "A timer\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "wait 50 s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "wait 280 s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "wait 280 s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "wait 280 s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A is ESTABLISHED\n"
                "show rules\n"
                "wait 60 s\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=100>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A has RTO=1s\n"
                "wait 1 s\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n");
}
END_TEST

/* A peer that no longer answers the probes is given up after the user timeout. */
START_TEST(probes_unanswered)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A send hello\n"
                "wait 300 s\n"
                "wait 61 s\n"
                "    A told \"connection aborted due to user timeout\"\n"
                "    A ESTABLISHED -> CLOSED  USER_TIMEOUT\n");
}
END_TEST

/* Where only a FIN waits for the window, it is what probes. */
START_TEST(fin_probes)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "A timer\n"
                "    A FIN-WAIT-1  PROBE_TIMEOUT\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "A timer\n"
                "    A FIN-WAIT-1  PROBE_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><WIN=0>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
                "wait 1000 s\n");
}
END_TEST

/* In CLOSE-WAIT the CLOSE waits with its FIN until a probe sends it. */
START_TEST(fin_probes_in_close_wait)
{
    check_trace("given A in CLOSE-WAIT\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><WIN=0>\n"
                "    A CLOSE-WAIT  ACK_OF_NOTHING_NEW\n"
                "A close\n"
                "    A CLOSE-WAIT  CLOSE_IS_QUEUED\n"
                "A timer\n"
                "    A CLOSE-WAIT  PROBE_TIMEOUT\n"
                "    A CLOSE-WAIT -> LAST-ACK  QUEUED_CLOSE_IN_CLOSE_WAIT\n"
                "    A > B <SEQ=101><ACK=302><CTL=FIN,ACK>\n"
                "B > A <SEQ=302><ACK=102><CTL=ACK><WIN=0>\n"
                "    A LAST-ACK -> CLOSED  LAST_FIN_ACKED\n");
}
END_TEST

/* A FIN that follows the last octet waits while that octet probes, and is not taken for sent with
 * it. */
START_TEST(fin_behind_a_probe)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send x\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "A timer\n"
                "    A FIN-WAIT-1  PROBE_TIMEOUT\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                "A timer\n"
                "    A FIN-WAIT-1  PROBE_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><WIN=0>\n"
                "    A FIN-WAIT-1  ACK_ADVANCES\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><WIN=9>\n"
                "    A FIN-WAIT-1  ACK_OF_NOTHING_NEW\n"
                "    A > B <SEQ=102><ACK=301><CTL=FIN,ACK>\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK><WIN=9>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n");
}
END_TEST

/* With its window at zero it drops the text and takes the ACK that comes with it (MUST-66). */
START_TEST(receiver_at_zero)
{
    check_trace("A window 4\n"
                "given A in ESTABLISHED\n"
                "hide told\n"
                "A send hi\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hi>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=abcd>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=103><ACK=305><CTL=ACK><WIN=0>\n"
                "B > A <SEQ=305><ACK=103><CTL=FIN,ACK><DATA=e>\n"
                "    A ESTABLISHED  ZERO_WINDOW_ACK\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A > B <SEQ=103><ACK=305><CTL=ACK><WIN=0>\n"
                "A receive 4\n"
                "    A > B <SEQ=103><ACK=305><CTL=ACK><WIN=4>\n"
                "    A receives abcd\n"
                "B > A <SEQ=305><ACK=103><CTL=FIN,ACK><DATA=e>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=103><ACK=307><CTL=ACK>\n");
}
END_TEST

/* The RST of an ABORT while a probe is under way carries the number that the peer expects if it
 * refuses the probe, so that it counts there. */
START_TEST(abort_behind_a_probe)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A send hello\n"
                "A timer\n"
                "    A ESTABLISHED  PROBE_TIMEOUT\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0><DATA=x>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                "A abort\n"
                "    A ESTABLISHED -> CLOSED  ABORT_RESETS\n"
                "    A > B <SEQ=101><CTL=RST>\n");
}
END_TEST

/* With its window at zero it takes an ACK behind an octet that it has refused, too. */
START_TEST(ack_behind_a_refused_probe)
{
    check_trace("A window 4\n"
                "given A in ESTABLISHED\n"
                "A send hi\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hi>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=abcd>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=103><ACK=305><CTL=ACK><WIN=0>\n"
                "B > A <SEQ=306><ACK=103><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "B > A <SEQ=307><ACK=103><CTL=ACK>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=103><ACK=305><CTL=ACK><WIN=0>\n");
}
END_TEST

/* Two that have both shut their windows and probe each other do not answer each other for ever. */
START_TEST(both_shut)
{
    check_pair("A window 4\n"
               "B window 4\n"
               "given connected\n"
               "A send abcdefgh\n"
               "A > B\n"
               "B > A\n"
               "B send ijklmnop\n"
               "B > A\n"
               "A > B\n"
               "A has SND.WND=0 RCV.WND=0 UNSENT=4\n"
               "B has SND.WND=0 RCV.WND=0 UNSENT=4\n"
               "wait 1 s\n"
               "A > B <SEQ=105><ACK=305><CTL=ACK><DATA=e>\n"
               "B > A <SEQ=305><ACK=105><CTL=ACK><DATA=m>\n"
               "A > B <SEQ=106><ACK=305><CTL=ACK><WIN=0>\n"
               "B > A <SEQ=306><ACK=105><CTL=ACK><WIN=0>\n"
               "A receive 4\n"
               "    A receives ijkl\n"
               "A > B <SEQ=106><ACK=305><CTL=ACK><WIN=4>\n"
               "B > A <SEQ=305><ACK=105><CTL=ACK><DATA=m>\n"
               "B > A <SEQ=306><ACK=105><CTL=ACK><DATA=nop>\n"
               "A > B <SEQ=106><ACK=306><CTL=ACK>\n"
               "A > B <SEQ=106><ACK=309><CTL=ACK>\n"
               "A receive 4\n"
               "    A receives mnop\n"
               "A > B <SEQ=106><ACK=309><CTL=ACK><WIN=4>\n"
               "B has UNSENT=0 SND.UNA=309\n");
}
END_TEST

/* And where each has taken the other's probe, that is acknowledged as well. */
START_TEST(both_probes_taken)
{
    check_pair("A window 4\n"
               "B window 4\n"
               "given connected\n"
               "A send abcdefgh\n"
               "A > B\n"
               "B > A\n"
               "B send ijklmnop\n"
               "B > A\n"
               "A > B\n"
               "wait 1 s\n"
               "A receive 4\n"
               "    A receives ijkl\n"
               "B receive 4\n"
               "    B receives abcd\n"
               "A > lost <SEQ=106><ACK=305><CTL=ACK><WIN=4>\n"
               "B > lost <SEQ=306><ACK=105><CTL=ACK><WIN=4>\n"
               "A > B <SEQ=105><ACK=305><CTL=ACK><DATA=e>\n"
               "B > A <SEQ=305><ACK=105><CTL=ACK><DATA=m>\n"
               "hide states\n"
               "A > B <SEQ=106><ACK=306><CTL=ACK>\n"
               "B > A <SEQ=306><ACK=106><CTL=ACK>\n"
               "A has SND.UNA=106\n"
               "B has SND.UNA=306\n"
               "A > B <SEQ=106><ACK=306><CTL=ACK><DATA=fgh>\n"
               "B > A <SEQ=306><ACK=106><CTL=ACK><DATA=nop>\n"
               "A > B\n"
               "B > A\n"
               "A has SND.UNA=109 UNSENT=0\n"
               "B has SND.UNA=309 UNSENT=0\n");
}
END_TEST

/* Text that a shut window refuses is text: the ACKs it carries are no duplicates, and tell of no
 * loss (RFC 5681, 2). */
START_TEST(refused_probes_are_no_duplicates)
{
    check_trace("A window 0\n"
                "setting congestion_control 1\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=x>\n"
                "    A > B <SEQ=106><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=x>\n"
                "    A > B <SEQ=106><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=x>\n"
                "    A > B <SEQ=106><ACK=301><CTL=ACK>\n");
}
END_TEST

/* The first probe comes an RTO after the window has shut, however often the text went before
 * (SHLD-29). */
START_TEST(shut_over_what_was_sent_again)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "A send hello\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
                "wait 3 s\n"
                "    A > B again <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=hello>\n"
                "    A > B again <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=hello>\n"
                "A has RTO=4s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "wait 3999 ms\n"
                "wait 1 ms\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n"
                "wait 7999 ms\n"
                "wait 1 ms\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=h>\n");
}
END_TEST

/* An ACK in text that comes again, behind other text, says nothing of the window (SND.WL1); what it
 * acknowledges does not move the edge, beyond which nothing goes. */
START_TEST(edge_stays_for_the_sender)
{
    check_trace("B window 10\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "A send 20*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=10*x>\n"
                "B > A <SEQ=303><ACK=101><CTL=ACK><DATA=cd>\n"
                "    A > B <SEQ=111><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=106><CTL=ACK><WIN=5><DATA=ab>\n"
                "    A > B <SEQ=111><ACK=305><CTL=ACK>\n"
                "A has SND.WND=5\n"
                "B > A <SEQ=305><ACK=106><CTL=ACK><WIN=10>\n"
                "    A > B <SEQ=111><ACK=305><CTL=ACK><DATA=5*x>\n");
}
END_TEST

Suite *tcp_window_suite(void)
{
    Suite *suite = suite_create("tcp window");
    TCase *receiver = tcase_create("receiver");
    tcase_add_test(receiver, edge_stays);
    tcase_add_test(receiver, no_silly_window);
    tcase_add_test(receiver, no_silly_window_of_a_segment);
    tcase_add_test(receiver, update_only_when_needed);
    tcase_add_test(receiver, largest_window);
    tcase_add_test(receiver, receiver_at_zero);
    tcase_add_test(receiver, ack_behind_a_refused_probe);
    suite_add_tcase(suite, receiver);
    TCase *sender = tcase_create("sender");
    tcase_add_test(sender, shut_over_text);
    tcase_add_test(sender, shut_over_what_was_sent_again);
    tcase_add_test(sender, edge_stays_for_the_sender);
    tcase_add_test(sender, probes);
    tcase_add_test(sender, window_opens);
    tcase_add_test(sender, probe_is_taken);
    tcase_add_test(sender, probes_for_ever);
    tcase_add_test(sender, probes_unanswered);
    tcase_add_test(sender, fin_probes);
    tcase_add_test(sender, fin_probes_in_close_wait);
    tcase_add_test(sender, fin_behind_a_probe);
    tcase_add_test(sender, abort_behind_a_probe);
    tcase_add_test(sender, both_shut);
    tcase_add_test(sender, both_probes_taken);
    tcase_add_test(sender, refused_probes_are_no_duplicates);
    suite_add_tcase(suite, sender);
    return suite;
}
