/*
 * Timers: retransmission by RFC 6298, giving up (RFC 9293, 3.8.3 and 3.10.8).
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* The first RTO is a second; it doubles with each retransmission and goes up to a minute
 * (MUST-19). */
START_TEST(doubles_to_a_minute)
{
    check_trace("given A in SYN-SENT\n"
                "hide segments rules told\n"
                "show timers\n"
                "wait 1 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 2 s\n"
                "wait 2 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 4 s\n"
                "wait 4 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 8 s\n"
                "wait 8 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 16 s\n"
                "wait 16 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 32 s\n"
                "wait 32 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 60 s\n"
                "wait 60 s\n"
                "    A runs out retransmission\n"
                "    A arms retransmission for 60 s\n");
}
END_TEST

/* What was in flight at a timeout is sent again as the ACKs come, without a timeout each. */
START_TEST(recovers_ack_by_ack)
{
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "A send 300*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=301><ACK=301><CTL=ACK><DATA=100*x>\n"
                "A timer\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  ACK_IS_PARTIAL\n"
                "    A > B again <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=401><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  LOSS_RECOVERED\n");
}
END_TEST

/* What is sent again is the front of the queue: SYN, SYN,ACK, text, FIN as they were. */
START_TEST(sends_the_front_again)
{
    check_trace("given A in SYN-SENT\n"
                "A timer\n"
                "    A SYN-SENT  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=100><CTL=SYN><WIN=1000><MSS=1460>\n");
    check_trace("given A in SYN-RECEIVED\n"
                "A timer\n"
                "    A SYN-RECEIVED  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=100><ACK=301><CTL=SYN,ACK><WIN=1000><MSS=1460>\n");
    check_trace("A mss 100\n"
                "given A in ESTABLISHED\n"
                "A send 150*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=50*x>\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "    A > B <SEQ=251><ACK=301><CTL=FIN,ACK>\n"
                "A timer\n"
                "    A FIN-WAIT-1  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "    A FIN-WAIT-1  ACK_ADVANCES\n"
                "    A FIN-WAIT-1  ACK_IS_PARTIAL\n"
                "    A > B again <SEQ=201><ACK=301><CTL=FIN,ACK><DATA=50*x>\n"
                "A timer\n"
                "    A FIN-WAIT-1  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=201><ACK=301><CTL=FIN,ACK><DATA=50*x>\n");
}
END_TEST

/* An unacknowledged SYN goes first, even when a FIN is under way too. */
START_TEST(syn_before_fin)
{
    check_trace("given A in SYN-RECEIVED\n"
                "A close\n"
                "    A SYN-RECEIVED -> FIN-WAIT-1  CLOSE_SYN_RECEIVED\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "A timer\n"
                "    A FIN-WAIT-1  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "    A FIN-WAIT-1  ACK_ADVANCES\n"
                "    A FIN-WAIT-1  ACK_IS_PARTIAL\n"
                "    A > B again <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "A timer\n"
                "    A FIN-WAIT-1  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=FIN,ACK>\n");
}
END_TEST

/* (5.1) to (5.3): sending arms the timer if it is not armed, an ACK of something new arms it anew,
 * the ACK of all stops it. */
START_TEST(armed_and_stopped)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules\n"
                "show timers\n"
                "A send one\n"
                "    A arms retransmission for 1 s\n"
                "wait 300 ms\n"
                "A send two\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=104><CTL=ACK>\n"
                "    A arms retransmission for 1 s\n"
                "B > A <SEQ=301><ACK=107><CTL=ACK>\n"
                "    A stops retransmission\n"
                "A send three\n"
                "    A arms retransmission for 1 s\n");
}
END_TEST

/* (2.2) and (2.3): SRTT, RTTVAR and RTO = SRTT + 4 RTTVAR of round trips of 500, 100 and 100 ms
 * (MUST-18). */
START_TEST(known_round_trips)
{
    check_trace("A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "hide segments rules states\n"
                "wait 500 ms\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "A has RTO=1500ms\n" /* 0.5 and 0.25 */
                "A send x\n"
                "wait 100 ms\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "A has RTO=1600ms\n" /* 0.45 and 0.2875 */
                "A send x\n"
                "wait 100 ms\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK>\n"
                "A has RTO=1618750us\n"); /* 0.40625 and 0.303125 */
}
END_TEST

/* (2.4): no RTO is below a second. On Linux it is SRTT and at least 200 ms more. */
START_TEST(bounds)
{
    static const char open_then[] = "A open\n"
                                    "wait 1 ms\n"
                                    "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n";
    struct bench bench;
    bench_init(&bench, false);
    bench_do(&bench, open_then);
    bench_run(&bench, "A has RTO=1s\n");
    bench_init(&bench, false);
    bench_do(&bench, "profile linux\n");
    bench_do(&bench, open_then);
    bench_run(&bench, "A has RTO=201ms\n");
}
END_TEST

/* Only one segment is measured at a time, the first of those under way. */
START_TEST(one_measurement_at_a_time)
{
    check_trace("A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "hide segments rules states\n"
                "wait 100 ms\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "A send one\n"
                "wait 400 ms\n"
                "A send two\n"
                "wait 400 ms\n"
                "B > A <SEQ=301><ACK=107><CTL=ACK>\n"
                "A has RTO=1037500us\n"); /* 0.1875 and 0.2125, from 100 and 800 ms */
}
END_TEST

/* Karn: the ACK of what was sent twice measures nothing, and the RTO stays what it has grown to
 * until something is measured that was sent once (MUST-18). */
START_TEST(karn)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules\n"
                "A send x\n"
                "wait 1.2 s\n"
                "A has RTO=2s\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "A has RTO=2s\n"
                "A send y\n"
                "wait 100 ms\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK>\n"
                "A has RTO=1s\n");
}
END_TEST

/* (5.7): where a SYN had to be sent again, text begins with an RTO of 3 seconds. */
START_TEST(after_a_lost_syn)
{
    check_trace("given A in SYN-SENT\n"
                "hide segments rules states\n"
                "wait 1 s\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "A has RTO=3s\n"
                "A send x\n"
                "show rules\n"
                "wait 2.999999 s\n"
                "wait 1 us\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n");
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "hide segments rules states\n"
                "wait 1 s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "A has RTO=3s\n");
}
END_TEST

/* After three retransmissions the user is told once (R1, SHLD-9); after five minutes without any
 * ACK it is given up (R2; MUST-20, MUST-47, SHLD-10, SHLD-11, PLAIN-2). */
START_TEST(gives_up)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules\n"
                "A send x\n"
                "wait 6.999999 s\n"
                "wait 1 us\n"
                "    A told \"excessive retransmission\"\n"
                "wait 292 s\n"
                "A is ESTABLISHED\n"
                "wait 60 s\n"
                "    A told \"connection aborted due to user timeout\"\n"
                "    A ESTABLISHED -> CLOSED  USER_TIMEOUT\n"
                "A send x\n"
                "    A answers connection does not exist\n"
                "wait 1000 s\n");
}
END_TEST

/* A SYN is tried for no less than three minutes (MUST-23). */
START_TEST(gives_up_opening)
{
    check_trace("given A in SYN-SENT\n"
                "hide segments rules told\n"
                "wait 180 s\n"
                "A is SYN-SENT\n"
                "wait 200 s\n"
                "    A SYN-SENT -> CLOSED  USER_TIMEOUT\n");
}
END_TEST

/* An ACK of something new begins the five minutes anew. */
START_TEST(patience_begins_anew)
{
    check_trace("given A in ESTABLISHED\n"
                "hide segments rules told\n"
                "A send hello\n"
                "wait 299 s\n"
                "B > A <SEQ=301><ACK=103><CTL=ACK>\n"
                "wait 299 s\n"
                "A is ESTABLISHED\n"
                "wait 61 s\n"
                "    A ESTABLISHED -> CLOSED  USER_TIMEOUT\n");
}
END_TEST

/* A connection where nothing waits for an ACK has no timer, and lasts (MUST-25). */
START_TEST(idle)
{
    check_trace("given A in ESTABLISHED\n"
                "wait 100000 min\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* Entering CLOSED, LISTEN or TIME-WAIT stops the other timers. */
START_TEST(stopped_by_the_end)
{
    check_trace("given A in CLOSING\n"
                "hide segments\n"
                "show timers\n"
                "B > A <SEQ=302><ACK=102><CTL=ACK>\n"
                "    A stops retransmission\n"
                "    A CLOSING -> TIME-WAIT  CLOSING_FIN_ACKED\n"
                "    A arms 2 MSL for 240 s\n"
                "A abort\n"
                "    A TIME-WAIT -> CLOSED  ABORT_SILENT\n"
                "    A stops 2 MSL\n");
    check_trace("given A in SYN-RECEIVED by passive OPEN\n"
                "show timers\n"
                "B > A <SEQ=301><CTL=RST>\n"
                "    A SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n"
                "    A stops retransmission\n");
}
END_TEST

/* 2 MSL is a matter of the profile: Linux waits a minute. */
START_TEST(profile_of_linux)
{
    check_trace("profile linux\n"
                "given A in TIME-WAIT\n"
                "wait 59.999999 s\n"
                "wait 1 us\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
}
END_TEST

/* The SYN of a simultaneous open goes out a second time, with ACK: its ACK measures nothing. */
START_TEST(karn_of_both_syns)
{
    check_trace("hide rules states\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "wait 500 ms\n"
                "B > A <SEQ=300><CTL=SYN>\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "wait 400 ms\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "A has RTO=1s\n");
}
END_TEST

/* A user timeout of 0 is none. */
START_TEST(never_gives_up)
{
    check_trace("setting user_timeout_usec 0\n"
                "given A in ESTABLISHED\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                "hide segments rules told\n"
                "wait 100 min\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* (5.7) is for a SYN whose RTO was below 3 seconds: a longer one is not cut. */
START_TEST(patient_from_the_start)
{
    check_trace("setting rto_initial_usec 5000000\n"
                "given A in SYN-SENT\n"
                "hide segments rules states\n"
                "wait 5 s\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                "A has RTO=10s\n");
}
END_TEST

/* With room for both in cwnd, the FIN follows the SYN, each of them once. */
START_TEST(syn_and_fin_at_once)
{
    check_trace("setting congestion_control 1\n"
                "given A in SYN-RECEIVED\n"
                "A close\n"
                "    A SYN-RECEIVED -> FIN-WAIT-1  CLOSE_SYN_RECEIVED\n"
                "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK>\n"
                "wait 1 s\n"
                "    A FIN-WAIT-1  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "    A > B again <SEQ=101><ACK=301><CTL=FIN,ACK>\n");
}
END_TEST

Suite *tcp_timer_suite(void)
{
    Suite *suite = suite_create("tcp timer");
    TCase *rto = tcase_create("retransmission");
    tcase_add_test(rto, doubles_to_a_minute);
    tcase_add_test(rto, sends_the_front_again);
    tcase_add_test(rto, recovers_ack_by_ack);
    tcase_add_test(rto, syn_before_fin);
    tcase_add_test(rto, syn_and_fin_at_once);
    tcase_add_test(rto, armed_and_stopped);
    tcase_add_test(rto, known_round_trips);
    tcase_add_test(rto, bounds);
    tcase_add_test(rto, one_measurement_at_a_time);
    tcase_add_test(rto, karn);
    tcase_add_test(rto, karn_of_both_syns);
    tcase_add_test(rto, after_a_lost_syn);
    tcase_add_test(rto, patient_from_the_start);
    suite_add_tcase(suite, rto);
    TCase *patience = tcase_create("giving up");
    tcase_add_test(patience, gives_up);
    tcase_add_test(patience, never_gives_up);
    tcase_add_test(patience, gives_up_opening);
    tcase_add_test(patience, patience_begins_anew);
    tcase_add_test(patience, idle);
    suite_add_tcase(suite, patience);
    TCase *ends = tcase_create("ends");
    tcase_add_test(ends, stopped_by_the_end);
    tcase_add_test(ends, profile_of_linux);
    suite_add_tcase(suite, ends);
    return suite;
}
