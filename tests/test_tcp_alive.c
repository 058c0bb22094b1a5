/*
 * A connection that may be dead, or has to make way: keep-alives (RFC 9293, 3.8.4), the user
 * timeout (3.9.1.1, RFC 5482), FIN-WAIT-2, TIME-WAIT (RFC 6191, RFC 1337), and how many challenge
 * ACKs a host sends (RFC 5961, 7).
 */
#include "tests/bench.h"
#include "tests/suites.h"

/* Nobody who did not ask for them gets keep-alives (MUST-25). */
START_TEST(not_by_default)
{
    check_trace("given A in ESTABLISHED\n"
                "wait 10000 min\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* After two hours of silence (MUST-28) it asks for an ACK, with a number that the peer has
 * acknowledged already; the answer begins the two hours anew (SHLD-12, MAY-5). */
START_TEST(keep_alive)
{
    check_trace("given A in ESTABLISHED\n"
                "A keepalive 1\n"
                "wait 119 min\n"
                "wait 1 min\n"
                "    A ESTABLISHED  KEEP_ALIVE_TIMEOUT\n"
                "    A > B <SEQ=100><ACK=301><CTL=ACK>\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "wait 119 min\n"
                "wait 2 min\n"
                "    A > B <SEQ=100><ACK=301><CTL=ACK>\n");
    for (size_t i = 0; i < tcp_profile_count; i++)
        ck_assert_uint_ge(tcp_profiles[i].set.keep_idle_usec, 7200000000u);
}
END_TEST

/* Any segment shows that the peer is there, and something unacknowledged has its own timer
 * (MUST-26). */
START_TEST(only_when_idle)
{
    check_trace("A keepalive 1\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "wait 100 min\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "wait 119 min\n"
                "wait 1 min\n"
                "    A > B <SEQ=100><ACK=301><CTL=ACK>\n");
}
END_TEST

/* In FIN-WAIT-1 the FIN has a timer of its own; in FIN-WAIT-2 keep-alives go on. */
START_TEST(after_close)
{
    check_trace("A keepalive 1\n"
                "given A in ESTABLISHED\n"
                "hide rules segments states\n"
                "wait 7199 s\n"
                "A close\n"
                "wait 2 s\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "A is FIN-WAIT-2\n"
                "show segments\n"
                "wait 7200 s\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n");
}
END_TEST

/* One keep-alive without an answer says nothing (MUST-29); after nine the connection is reset and
 * its user told. */
START_TEST(nobody_answers)
{
    check_trace("A keepalive 1\n"
                "given A in ESTABLISHED\n"
                "hide rules segments\n"
                "wait 7200 s\n"
                "wait 74 s\n"
                "A is ESTABLISHED\n"
                "wait 600 s\n"
                "A is ESTABLISHED\n"
                "show segments\n"
                "wait 1 s\n"
                "    A told \"connection aborted due to user timeout\"\n"
                "    A ESTABLISHED -> CLOSED  KEEP_ALIVE_FAILS\n"
                "    A > B <SEQ=101><CTL=RST>\n");
}
END_TEST

/* An answer in between makes them all count for nothing. */
START_TEST(answered_late)
{
    check_trace("A keepalive 1\n"
                "given A in ESTABLISHED\n"
                "hide rules segments\n"
                "wait 7200 s\n"
                "wait 500 s\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "wait 7200 s\n"
                "wait 660 s\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* A user who says how long text may go unacknowledged means just that. */
START_TEST(user_timeout)
{
    check_trace("A usertimeout 5000\n"
                "given A in ESTABLISHED\n"
                "hide rules segments\n"
                "A send x\n"
                "wait 4.999999 s\n"
                "A is ESTABLISHED\n"
                "wait 1 us\n"
                "    A told \"connection aborted due to user timeout\"\n"
                "    A ESTABLISHED -> CLOSED  USER_TIMEOUT\n");
    check_trace("A usertimeout 5000\n"
                "given A in SYN-SENT\n"
                "hide rules segments told\n"
                "wait 5 s\n"
                "    A SYN-SENT -> CLOSED  USER_TIMEOUT\n");
    check_trace("A usertimeout 5000\n"
                "given A in ESTABLISHED\n"
                "hide rules segments\n"
                "A send x\n"
                "wait 4 s\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "wait 100 s\n"
                "A send y\n"
                "wait 4 s\n"
                "A is ESTABLISHED\n");
}
END_TEST

/* Linux: a connection in FIN-WAIT-2 that no user holds is given up after a minute; one whose user
 * still reads is not. */
START_TEST(fin_wait_2)
{
    check_trace("profile linux\n"
                "given A in ESTABLISHED\n"
                "hide segments\n"
                "A close both\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
                "wait 59.999999 s\n"
                "wait 1 us\n"
                "    A FIN-WAIT-2 -> CLOSED  FIN_WAIT_2_TIMEOUT\n");
    check_trace("profile linux\n"
                "given A in FIN-WAIT-2\n"
                "wait 100 min\n"
                "A is FIN-WAIT-2\n");
    check_trace("profile linux\n"
                "given A in FIN-WAIT-2\n"
                "hide calls\n"
                "A close both\n"
                "wait 1 min\n"
                "    A FIN-WAIT-2 -> CLOSED  FIN_WAIT_2_TIMEOUT\n");
}
END_TEST

/* RFC 6191, 2: a SYN that begins after the old connection's numbers, or with a newer timestamp,
 * surely is of a new one; an older one is answered as in any other state. */
START_TEST(time_wait_gives_way)
{
    check_trace("A serves\n"
                "given A in TIME-WAIT\n"
                "A iss 5000\n"
                "B > A <SEQ=302><CTL=SYN>\n"
                "    A TIME-WAIT  SYN_CHALLENGED\n"
                "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                "B > A <SEQ=303><CTL=SYN>\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_REUSED\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
                "    A > B <SEQ=5000><ACK=304><CTL=SYN,ACK>\n");
    check_trace("setting timestamps 1\n"
                "setting drop_no_timestamp 0\n"
                "A serves\n"
                "given A in TIME-WAIT with TS 1000:0\n"
                "hide segments\n"
                "B > A <SEQ=10><CTL=SYN><OPT=TS 1000:0>\n"
                "    A TIME-WAIT  OUTSIDE_WINDOW\n"
                "B > A <SEQ=10><CTL=SYN><OPT=TS 1001:0>\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_REUSED\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n");
}
END_TEST

/* RFC 1337, 3: TIME-WAIT need not be ended by a RST, which may be of the old connection. */
START_TEST(time_wait_keeps)
{
    check_trace("setting time_wait_keeps 1\n"
                "given A in TIME-WAIT\n"
                "B > A <SEQ=302><CTL=RST>\n"
                "    A TIME-WAIT  RST_IN_TIME_WAIT\n"
                "wait 239.999999 s\n"
                "wait 1 us\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
    check_trace("given A in TIME-WAIT\n"
                "B > A <SEQ=302><CTL=RST>\n"
                "    A TIME-WAIT -> CLOSED  RST_ENDS_CLOSING\n");
}
END_TEST

/* RFC 5961, 7: no more challenge ACKs than so many in a second; the next second has its own. */
START_TEST(throttle)
{
    check_trace("setting challenge_acks 2\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=302><CTL=RST>\n"
                "    A ESTABLISHED  RST_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><CTL=SYN>\n"
                "    A ESTABLISHED  SYN_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=999><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_NOT_SENT_YET\n"
                "    A ESTABLISHED  CHALLENGE_KEPT_BACK\n"
                "wait 1 s\n"
                "B > A <SEQ=302><CTL=RST>\n"
                "    A ESTABLISHED  RST_CHALLENGED\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n");
}
END_TEST

/* A FIN that is long not acknowledged is no end to keep-alives: FIN-WAIT-2 has them again. */
START_TEST(half_closed)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules segments told\n"
                "setting keep_idle_usec 60000000\n"
                "A keepalive 1\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=0>\n"
                "A close\n"
                "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
                "wait 100 s\n"
                "B > A <SEQ=301><ACK=102><CTL=ACK><WIN=100>\n"
                "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
                "wait 59 s\n"
                "show rules\n"
                "wait 1 s\n"
                "    A FIN-WAIT-2  KEEP_ALIVE_TIMEOUT\n");
}
END_TEST

/* RFC 6191, 2: an older timestamp speaks against a SYN, whatever its number; and where only the new
 * connection has timestamps, its SYN can be no old one. */
START_TEST(time_wait_by_timestamps)
{
    check_trace("setting timestamps 1\n"
                "setting drop_no_timestamp 0\n"
                "A serves\n"
                "given A in TIME-WAIT with TS 1000:0\n"
                "hide segments\n"
                "B > A <SEQ=303><CTL=SYN><OPT=TS 999:0>\n"
                "    A TIME-WAIT  OLD_TIMESTAMP\n"
                "B > A <SEQ=303><CTL=SYN><OPT=TS 1000:0>\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_REUSED\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n");
    check_trace("setting timestamps 1\n"
                "A serves\n"
                "given A in TIME-WAIT\n"
                "hide segments\n"
                "B > A <SEQ=10><CTL=SYN><OPT=TS 1:0>\n"
                "    A TIME-WAIT -> CLOSED  TIME_WAIT_REUSED\n"
                "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
                "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n");
}
END_TEST

Suite *tcp_alive_suite(void)
{
    Suite *suite = suite_create("tcp alive");
    TCase *keep = tcase_create("keep-alive");
    tcase_add_test(keep, not_by_default);
    tcase_add_test(keep, keep_alive);
    tcase_add_test(keep, only_when_idle);
    tcase_add_test(keep, after_close);
    tcase_add_test(keep, nobody_answers);
    tcase_add_test(keep, answered_late);
    tcase_add_test(keep, half_closed);
    suite_add_tcase(suite, keep);
    TCase *ends = tcase_create("ends");
    tcase_add_test(ends, user_timeout);
    tcase_add_test(ends, fin_wait_2);
    tcase_add_test(ends, time_wait_gives_way);
    tcase_add_test(ends, time_wait_by_timestamps);
    tcase_add_test(ends, time_wait_keeps);
    suite_add_tcase(suite, ends);
    TCase *host = tcase_create("challenges");
    tcase_add_test(host, throttle);
    suite_add_tcase(suite, host);
    return suite;
}
