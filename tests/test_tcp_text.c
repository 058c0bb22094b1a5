/*
 * Text both ways: SEND and RECEIVE (RFC 9293, 3.10.2 and 3.10.3), the seventh step of 3.10.7.4,
 * and the size of segments (3.7.1).
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* Text is numbered, sent, acknowledged and given to who asks for it. */
START_TEST(both_ways)
{
    check_pair("given connected\n"
               "A send hello\n"
               "A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
               "B > A <SEQ=301><ACK=106><CTL=ACK>\n"
               "B receive 100\n"
               "    B receives hello\n"
               "B send hi there\n"
               "B > A <SEQ=301><ACK=106><CTL=ACK><DATA=hi there>\n"
               "A receive 2\n"
               "    A receives hi\n"
               "A receive 100\n"
               "    A receives  there\n"
               "A receive 100\n"
               "    A answers queued\n"
               "A > B <SEQ=106><ACK=309><CTL=ACK>\n"
               "A has SND.UNA=106 UNSENT=0 UNREAD=0\n"
               "B has SND.UNA=309 UNSENT=0 UNREAD=0\n");
}
END_TEST

/* Much text goes out in segments of the peer's MSS, as far as its window has room for full ones,
 * and the last of what there is to send carries PSH (MUST-61, MUST-14, SHLD-28). */
START_TEST(cut_into_segments)
{
    check_trace("A queue 5000\n"
                "A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><WIN=2500><MSS=1000>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "A send 2600*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=1000*x>\n"
                "    A > B <SEQ=1101><ACK=301><CTL=ACK><DATA=1000*x>\n"
                "A has UNSENT=600\n"
                "B > A <SEQ=301><ACK=1101><CTL=ACK><WIN=2500>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A > B <SEQ=2101><ACK=301><CTL=PSH,ACK><DATA=600*x>\n");
}
END_TEST

/* A peer that announces no MSS can take 536 octets over IPv4, and 1220 over IPv6 (MUST-15,
 * MUST-65, SHLD-5). */
START_TEST(mss_by_default)
{
    check_trace("A queue 5000\n"
                "A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN><MSS=1460>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><WIN=5000>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><MSS=0>\n"
                "A send 600*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=536*x>\n"
                "    A > B <SEQ=637><ACK=301><CTL=ACK><DATA=64*x>\n");
    check_trace("ipv6\n"
                "A queue 5000\n"
                "A listen\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "B > A <SEQ=300><CTL=SYN><WIN=5000>\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK><MSS=1460>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=5000>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "A send 1300*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=1220*x>\n"
                "    A > B <SEQ=1321><ACK=301><CTL=ACK><DATA=80*x>\n");
}
END_TEST

/* It sends no more in a segment than it could take itself, whatever the peer announces
 * (MUST-16). */
START_TEST(own_mss)
{
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "A send 150*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=50*x>\n");
}
END_TEST

/* SEND takes what there is room for and says so; with no room at all it refuses. */
START_TEST(queue_is_full)
{
    check_trace("A queue 10\n"
                "given A in ESTABLISHED\n"
                "A send hello world!\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello worl>\n"
                "    A takes 10\n"
                "A send d!\n"
                "    A answers insufficient resources\n"
                "B > A <SEQ=301><ACK=105><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "A send d!\n"
                "    A > B <SEQ=111><ACK=301><CTL=ACK><DATA=d!>\n");
}
END_TEST

/* SEND and RECEIVE by state, where there is no connection or no more text to come or go. */
START_TEST(refused_by_state)
{
    check_trace("A send x\n"
                "    A answers connection does not exist\n"
                "A receive 1\n"
                "    A answers connection does not exist\n");
    check_trace("given A in SYN-SENT\n"
                "A receive 1\n"
                "    A answers queued\n");
    check_trace("given A in FIN-WAIT-2\n"
                "A send x\n"
                "    A answers connection closing\n"
                "A receive 1\n"
                "    A answers queued\n");
    check_trace("given A in CLOSE-WAIT\n"
                "A receive 1\n"
                "    A answers connection closing\n");
    check_trace("given A in TIME-WAIT\n"
                "A send x\n"
                "    A answers connection closing\n"
                "A receive 1\n"
                "    A answers connection closing\n");
}
END_TEST

/* Text that was received before the end can be read in every state, though 3.10.3 refuses it in
 * CLOSING, LAST-ACK and TIME-WAIT, and even after the connection was reset. */
START_TEST(unread_text_stays)
{
    check_trace("given A in FIN-WAIT-2\n"
                "hide segments rules states told\n"
                "B > A <SEQ=301><ACK=102><CTL=FIN,ACK><DATA=hello>\n"
                "A is TIME-WAIT\n"
                "A receive 2\n"
                "    A receives he\n"
                "A timer\n"
                "A is CLOSED\n"
                "A receive 9\n"
                "    A receives llo\n"
                "A receive 9\n"
                "    A answers connection does not exist\n");
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules states told\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "B > A <SEQ=306><CTL=RST>\n"
                "A is CLOSED\n"
                "A receive 9\n"
                "    A receives hello\n");
}
END_TEST

/* Text beyond RCV.NXT is kept (SHLD-31), what is missing asked for; it counts once that has come
 * (MAY-13). */
START_TEST(out_of_order)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=306><ACK=101><CTL=ACK><DATA=world>\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "A receive 20\n"
                "    A answers queued\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=311><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives helloworld\n");
}
END_TEST

/* The ACK in a segment beyond RCV.NXT counts at once, though its text has to wait. */
START_TEST(ack_out_of_order)
{
    check_trace("given A in ESTABLISHED\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                "B > A <SEQ=306><ACK=102><CTL=ACK><DATA=world>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=102><ACK=301><CTL=ACK>\n");
}
END_TEST

/* Text that comes again gets an ACK, and is not read twice. */
START_TEST(comes_again)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello you>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=310><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives hello you\n");
}
END_TEST

/* An ACK that is due travels with text that goes the same way (3.10.7.4, seventh; MUST-58). */
START_TEST(ack_with_text)
{
    check_trace("given A in ESTABLISHED\n"
                "A send 2000*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=1000*x>\n"
                "    A takes 1000\n"
                "B > A <SEQ=301><ACK=1101><CTL=ACK><WIN=0>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "A send yes\n"
                "B > A <SEQ=301><ACK=1101><CTL=ACK><WIN=100><DATA=hello>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=1101><ACK=306><CTL=ACK><DATA=yes>\n");
}
END_TEST

/* Text that comes after the peer's FIN is ignored, and a second FIN too: RCV.NXT stays. */
START_TEST(text_after_fin)
{
    check_trace("given A in CLOSE-WAIT\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><DATA=more>\n"
                "    A CLOSE-WAIT  TEXT_AFTER_FIN\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK>\n"
                "B > A <SEQ=302><ACK=101><CTL=FIN,ACK>\n"
                "    A CLOSE-WAIT  FIN_AGAIN\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK>\n"
                "B > A <SEQ=302><ACK=101><CTL=FIN,ACK><DATA=more>\n"
                "    A CLOSE-WAIT  TEXT_AFTER_FIN\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK>\n"
                "A has RCV.NXT=302 UNREAD=0\n");
}
END_TEST

/* In CLOSE-WAIT text still goes the other way. */
START_TEST(send_in_close_wait)
{
    check_trace("given A in CLOSE-WAIT\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK><DATA=x>\n"
                "B > A <SEQ=302><ACK=102><CTL=ACK>\n"
                "    A CLOSE-WAIT  ACK_ADVANCES\n");
}
END_TEST

/* In FIN-WAIT-1 and FIN-WAIT-2 text still comes in. */
START_TEST(receive_in_fin_wait)
{
    check_trace("given A in FIN-WAIT-1\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=one>\n"
                "    A FIN-WAIT-1  TEXT_IN_ORDER\n"
                "    A > B <SEQ=102><ACK=304><CTL=ACK>\n"
                "B > A <SEQ=304><ACK=102><CTL=ACK><DATA=two>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
                "    A FIN-WAIT-2  TEXT_IN_ORDER\n"
                "    A > B <SEQ=102><ACK=307><CTL=ACK>\n"
                "A receive 9\n"
                "    A receives onetwo\n");
}
END_TEST

/* The number of a FIN is where the text ends, though it is known before the text is: what a peer
 * sends there all the same is dropped, and the FIN still counts. */
START_TEST(text_behind_a_fin)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=305><ACK=101><CTL=FIN,ACK><DATA=e>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=abcdeXYZ>\n"
                "    A told \"connection closing\"\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=101><ACK=307><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives abcde\n");
    check_trace("setting sack 1\n"
                "given A in ESTABLISHED with SACKOK\n"
                "hide rules\n"
                "B > A <SEQ=303><ACK=101><CTL=ACK><DATA=cdeXYZ>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=SACK 303:309>\n"
                "B > A <SEQ=304><ACK=101><CTL=FIN,ACK><DATA=de>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=SACK 303:309>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=ab>\n"
                "    A told \"connection closing\"\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=101><ACK=307><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives abcde\n");
}
END_TEST

/* What a step drops leaves no ACK due behind. */
START_TEST(nothing_due_for_what_is_dropped)
{
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=305><ACK=101><CTL=FIN,ACK><DATA=e>\n"
                "    A ESTABLISHED  TEXT_BEYOND\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><CTL=PSH><DATA=abcdeXYZ>\n"
                "    A ESTABLISHED  NO_ACK\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n");
}
END_TEST

Suite *tcp_text_suite(void)
{
    Suite *suite = suite_create("tcp text");
    TCase *calls = tcase_create("SEND and RECEIVE");
    tcase_add_test(calls, both_ways);
    tcase_add_test(calls, queue_is_full);
    tcase_add_test(calls, refused_by_state);
    tcase_add_test(calls, unread_text_stays);
    suite_add_tcase(suite, calls);
    TCase *size = tcase_create("size");
    tcase_add_test(size, cut_into_segments);
    tcase_add_test(size, mss_by_default);
    tcase_add_test(size, own_mss);
    suite_add_tcase(suite, size);
    TCase *seventh = tcase_create("seventh");
    tcase_add_test(seventh, out_of_order);
    tcase_add_test(seventh, ack_out_of_order);
    tcase_add_test(seventh, comes_again);
    tcase_add_test(seventh, ack_with_text);
    tcase_add_test(seventh, text_after_fin);
    tcase_add_test(seventh, text_behind_a_fin);
    tcase_add_test(seventh, nothing_due_for_what_is_dropped);
    tcase_add_test(seventh, send_in_close_wait);
    tcase_add_test(seventh, receive_in_fin_wait);
    suite_add_tcase(suite, seventh);
    return suite;
}
