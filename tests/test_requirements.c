/*
 * Statements of RFC 9293 that no other test shows, each by itself: docs/REQUIREMENTS.md has all of
 * them. Here is what one connection does.
 */
#include "tests/bench.h"
#include "tests/suites.h"

#include <stdio.h>

/* ---- segments and options */

/* A window of 65535 octets is filled to the last of them: the field has no sign (MUST-1). */
START_TEST(window_has_no_sign)
{
    check_trace("hide segments rules states\n"
                "A queue 70000\n"
                "B window 65535\n"
                "given A in ESTABLISHED\n"
                "A has SND.WND=65535\n"
                "A send 66000*x\n"
                "A has SND.NXT=SND.UNA+64240\n" /* 44 full segments; the next does not fit */
                "B > A <SEQ=301><ACK=SND.UNA+1460><CTL=ACK><WIN=65535>\n"
                "A has SND.NXT=SND.UNA+64540\n");
}
END_TEST

/* With scaling a window has more than 16 bits, and sums with it too (PLAIN-1). */
START_TEST(windows_of_32_bits)
{
    check_trace("setting window_scaling 1\n"
                "hide segments rules states\n"
                "given A in ESTABLISHED with WS 14\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=65535>\n"
                "A has SND.WND=1073725440\n");
}
END_TEST

/* Options on a segment with text do no harm, and MSS, window scale and SACK-permitted mean nothing
 * there (MUST-5). */
START_TEST(options_anywhere)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=MSS 10,WS 3,SACKOK,TS 1:0><DATA=hello>\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK><OPT=none>\n"
                "A send 100*x\n"
                "    A > B <SEQ=101><ACK=306><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=306><ACK=201><CTL=FIN,ACK><OPT=TS 2:0>\n"
                "    A told \"connection closing\"\n"
                "    A ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
                "    A > B <SEQ=201><ACK=307><CTL=ACK><OPT=none>\n");
}
END_TEST

/* Nobody is told of an MSS larger than a packet has room for, whatever the user asks for
 * (MUST-67). */
START_TEST(announced_mss)
{
    check_trace("A mss 500\n"
                "A maxseg 1000\n"
                "A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN><MSS=500>\n");
}
END_TEST

/* The segment with FIN, the RST of ABORT and text have no MSS (MUST-65). */
START_TEST(mss_with_syn_only)
{
    check_trace("given A in ESTABLISHED\n"
                "hide states rules\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><MSS=0><DATA=x>\n"
                "A close\n"
                "    A > B <SEQ=102><ACK=301><CTL=FIN,ACK><MSS=0>\n"
                "A abort\n"
                "    A > B <SEQ=103><CTL=RST><MSS=0>\n");
}
END_TEST

/* ---- opening and closing */

/* The end of a connection and its reset are told in different words (MUST-12). */
START_TEST(closed_or_reset)
{
    check_trace("given A in ESTABLISHED\n"
                "show told\n"
                "hide segments states rules\n"
                "B > A <SEQ=301><ACK=101><CTL=FIN,ACK>\n"
                "    A told \"connection closing\"\n");
    check_trace("given A in ESTABLISHED\n"
                "hide segments states rules\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A told \"connection reset\"\n");
}
END_TEST

/* Text given to SEND before a SYN,ACK comes goes with the ACK of it (PLAIN-4). */
START_TEST(text_with_the_third_segment)
{
    check_trace("given A in SYN-SENT\n"
                "A send hello\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=hello>\n");
}
END_TEST

/* SEND in LISTEN with no room for its text changes nothing (3.10.2). */
START_TEST(send_without_room)
{
    check_trace("A queue 0\n"
                "A listen\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "A send x\n"
                "    A answers insufficient resources\n"
                "A is LISTEN\n");
}
END_TEST

/* TIME-WAIT makes way for a SYN with a newer timestamp, whatever its number (SHLD-4), and for none
 * with an older one. */
START_TEST(newer_by_timestamp)
{
    check_trace("setting timestamps 1\n"
                "setting drop_no_timestamp 0\n" /* on the walk */
                "A serves\n"
                "given A in TIME-WAIT with TS 50:0\n"
                "B > A <SEQ=RCV.NXT-100><CTL=SYN><OPT=MSS 1460,TS 49:0>\n"
                "    A TIME-WAIT  OLD_TIMESTAMP\n"
                "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                "hide segments\n"
                "B > A <SEQ=RCV.NXT-100><CTL=SYN><OPT=MSS 1460,TS 51:0>\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_REUSED\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n");
}
END_TEST

/* Without timestamps it makes way for a SYN with a higher number (MAY-2). */
START_TEST(newer_by_number)
{
    check_trace("A serves\n"
                "given A in TIME-WAIT\n"
                "hide segments\n"
                "B > A <SEQ=RCV.NXT><CTL=SYN>\n"
                "    A TIME-WAIT  SYN_CHALLENGED\n"
                "B > A <SEQ=RCV.NXT+1><CTL=SYN>\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_REUSED\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n");
}
END_TEST

/* A SYN that nobody answers is sent again, its user told after three times and the OPEN given up
 * after more than three minutes, as it is with text (MUST-22). */
START_TEST(syn_is_given_up)
{
    check_trace("given A in SYN-SENT\n"
                "hide segments\n"
                "wait 1 s\n"
                "    A SYN-SENT  RETRANSMISSION_TIMEOUT\n"
                "wait 2 s\n"
                "    A SYN-SENT  RETRANSMISSION_TIMEOUT\n"
                "wait 4 s\n"
                "    A SYN-SENT  RETRANSMISSION_TIMEOUT\n"
                "    A told \"excessive retransmission\"\n"
                "hide rules\n"
                "wait 173 s\n"
                "A is SYN-SENT\n"
                "wait 200 s\n"
                "    A told \"connection aborted due to user timeout\"\n"
                "    A SYN-SENT -> CLOSED  USER_TIMEOUT\n");
}
END_TEST

/* The user can say how long, for less and for more than the five minutes it would be (MUST-21). */
START_TEST(user_sets_r2)
{
    check_trace("given A in ESTABLISHED\n"
                "A usertimeout 120000\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                "hide segments rules\n"
                "hide told\n"
                "wait 119.999999 s\n"
                "A is ESTABLISHED\n"
                "wait 1 us\n"
                "    A ESTABLISHED -> CLOSED  USER_TIMEOUT\n");
    check_trace("given A in ESTABLISHED\n"
                "A usertimeout 4294967295\n"
                "hide segments rules told\n"
                "A send x\n"
                "wait 71582 min\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* ---- congestion */

/* In slow start cwnd grows by a segment with each ACK, in congestion avoidance by one in a window's
 * time, and a timeout sets it to one segment (MUST-19). */
START_TEST(slow_start_and_avoidance)
{
    check_trace("setting congestion_control 1\n"
                "setting initial_window 2\n"
                "A queue 30000\n"
                "B window 60000\n"
                "given A in ESTABLISHED\n"
                "hide segments rules\n"
                "A has CWND=2920\n"
                "A send 30000*x\n"
                "A has SND.NXT=SND.UNA+2920\n"
                "B > A <SEQ=301><ACK=SND.UNA+1460><CTL=ACK>\n"
                "A has CWND=4380 SND.NXT=SND.UNA+4380\n"
                "B > A <SEQ=301><ACK=SND.UNA+1460><CTL=ACK>\n"
                "A has CWND=5840 SND.NXT=SND.UNA+5840\n"
                "wait 1 s\n"
                "A has CWND=1460 SSTHRESH=2920\n"
                "B > A <SEQ=301><ACK=SND.UNA+1460><CTL=ACK>\n"
                "A has CWND=2920\n"
                "B > A <SEQ=301><ACK=SND.UNA+1460><CTL=ACK>\n"
                "A has CWND=2920\n"
                "B > A <SEQ=301><ACK=SND.UNA+1460><CTL=ACK>\n"
                "A has CWND=4380\n");
}
END_TEST

/* ---- PUSH */

/* Text given without PUSH (MAY-15) waits for more, with which it makes one segment (MAY-16), and
 * goes half a second later if none comes (MUST-60). */
START_TEST(not_pushed)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "A send more a\n"
                "A send more b\n"
                "A send c\n"
                "    A > B <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=abc>\n"
                "B > A <SEQ=301><ACK=104><CTL=ACK>\n"
                "A send more d\n"
                "wait 499 ms\n"
                "wait 1 ms\n"
                "    A > B <SEQ=104><ACK=301><CTL=ACK><DATA=d>\n");
}
END_TEST

/* SENDs that come to lie in one segment have one PSH bit together (SHLD-27). */
START_TEST(one_push_bit)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A send ab\n"
                "A send cd\n"
                "A send efg\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=100>\n"
                "    A > B <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=abcdefg>\n");
}
END_TEST

/* ---- acknowledgments */

/* The segment that fills a gap is acknowledged together with all that waited behind it, by one ACK
 * (MUST-58, MUST-59). */
START_TEST(one_ack_for_all)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules segments\n"
                "B > A <SEQ=306><ACK=101><CTL=ACK><DATA=67890>\n"
                "B > A <SEQ=311><ACK=101><CTL=ACK><DATA=abcde>\n"
                "B > A <SEQ=321><ACK=101><CTL=ACK><DATA=klmno>\n"
                "B > A <SEQ=316><ACK=101><CTL=ACK><DATA=fghij>\n"
                "show segments\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=12345>\n"
                "    A > B <SEQ=101><ACK=326><CTL=ACK>\n");
}
END_TEST

/* ---- windows */

/* Into a window that opens a little at a time nothing goes before it has room for a full segment,
 * or for half of the largest that was ever offered (MUST-38). */
START_TEST(no_silly_segments)
{
    check_trace("A queue 5000\n"
                "B window 4000\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A send 3000*x\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=10>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=1459>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=1460>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=1460*x>\n");
    check_trace("B window 1000\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A send 800*x\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=499>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=500>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=500*x>\n");
}
END_TEST

/* A user who takes some of his buffer back while it is offered changes the window by nothing: its
 * right edge stays (SHLD-14). */
START_TEST(edge_of_a_smaller_buffer)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "A window 500\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=101><ACK=401><CTL=ACK><WIN=900>\n");
}
END_TEST

/* What a window that shrank still covers is sent again by timeout (SHLD-16), and what it does not
 * cover once that is acknowledged (MAY-7). */
START_TEST(shrunk_and_sent_again)
{
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "A send 300*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=301><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=100>\n"
                "wait 1 s\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK><WIN=50>\n"
                "    A > B again <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n");
}
END_TEST

/* Text in flight beyond a window that shrank to nothing does not end the connection, however long
 * ago it was sent (SHLD-17). */
START_TEST(beyond_a_shrunken_window)
{
    struct bench bench;
    bench_init(&bench, false);
    bench_do(&bench, "given A in ESTABLISHED\n"
                     "A send 300*x\n"
                     "B > A <SEQ=301><ACK=201><CTL=ACK><WIN=0>\n");
    for (unsigned i = 0; i < 60; i++)
        bench_do(&bench, "A timer\n"
                         "B > A <SEQ=301><ACK=201><CTL=ACK><WIN=0>\n");
    ck_assert_uint_gt(bench.now_usec, UINT64_C(3000000000)); /* 50 minutes */
    bench_do(&bench, "A is ESTABLISHED\n"
                     "A has SND.UNA=201 SND.NXT=401\n");
}
END_TEST

/* A receiver whose user does not read keeps its window shut, and answers each probe (MAY-8). */
START_TEST(shut_for_ever)
{
    struct bench bench;
    bench_init(&bench, false);
    bench_do(&bench, "A window 5\n"
                     "given A in ESTABLISHED\n"
                     "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                     "hide rules\n");
    for (unsigned i = 0; i < 100; i++)
        bench_run(&bench, "wait 1 min\n"
                          "B > A <SEQ=306><ACK=101><CTL=ACK><DATA=x>\n"
                          "    A > B <SEQ=101><ACK=306><CTL=ACK><WIN=0>\n");
}
END_TEST

/* ---- keep-alives */

/* Where the user asked for it (MUST-24, MAY-5), a connection that was silent for two hours
 * (MUST-28) is asked for an ACK, without text (SHLD-12). */
START_TEST(keep_alive)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules\n"
                "A keepalive 1\n"
                "wait 7199.999999 s\n"
                "wait 1 us\n"
                "    A > B <SEQ=100><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "A keepalive 0\n"
                "wait 1000 min\n");
}
END_TEST

/* While something is in flight there is none (MUST-26). */
START_TEST(keep_alive_or_text)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments\n"
                "A keepalive 1\n"
                "A usertimeout 4294967295\n"
                "wait 7190 s\n"
                "A send x\n"
                "wait 1 s\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "wait 2 s\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "wait 4 s\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "    A told \"excessive retransmission\"\n"
                "wait 7 s\n");
}
END_TEST

/* How long it waits can be set (MUST-27); one that is not answered is followed by others, and as
 * long as one of nine is answered the connection lasts (MUST-29). */
START_TEST(keep_alive_unanswered)
{
    check_trace("setting keep_idle_usec 10000000\n"
                "given A in ESTABLISHED\n"
                "hide segments\n"
                "A keepalive 1\n"
                "wait 10 s\n"
                "    A ESTABLISHED  KEEP_ALIVE_TIMEOUT\n"
                "hide rules\n"
                "wait 600 s\n"
                "A is ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "wait 600 s\n"
                "A is ESTABLISHED\n");
}
END_TEST

static void add_opening(Suite *suite)
{
    TCase *options = tcase_create("segments and options");
    tcase_add_test(options, window_has_no_sign);
    tcase_add_test(options, windows_of_32_bits);
    tcase_add_test(options, options_anywhere);
    tcase_add_test(options, announced_mss);
    tcase_add_test(options, mss_with_syn_only);
    suite_add_tcase(suite, options);
    TCase *opening = tcase_create("opening and closing");
    tcase_add_test(opening, closed_or_reset);
    tcase_add_test(opening, text_with_the_third_segment);
    tcase_add_test(opening, send_without_room);
    tcase_add_test(opening, newer_by_timestamp);
    tcase_add_test(opening, newer_by_number);
    tcase_add_test(opening, syn_is_given_up);
    tcase_add_test(opening, user_sets_r2);
    suite_add_tcase(suite, opening);
}

static void add_text(Suite *suite)
{
    TCase *sending = tcase_create("sending and acknowledging");
    tcase_add_test(sending, slow_start_and_avoidance);
    tcase_add_test(sending, not_pushed);
    tcase_add_test(sending, one_push_bit);
    tcase_add_test(sending, one_ack_for_all);
    suite_add_tcase(suite, sending);
    TCase *windows = tcase_create("windows");
    tcase_add_test(windows, no_silly_segments);
    tcase_add_test(windows, edge_of_a_smaller_buffer);
    tcase_add_test(windows, shrunk_and_sent_again);
    tcase_add_test(windows, beyond_a_shrunken_window);
    tcase_add_test(windows, shut_for_ever);
    suite_add_tcase(suite, windows);
}

Suite *requirements_suite(void)
{
    Suite *suite = suite_create("requirements");
    add_opening(suite);
    add_text(suite);
    TCase *alive = tcase_create("keep-alive");
    tcase_add_test(alive, keep_alive);
    tcase_add_test(alive, keep_alive_or_text);
    tcase_add_test(alive, keep_alive_unanswered);
    suite_add_tcase(suite, alive);
    return suite;
}
