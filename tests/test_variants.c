/*
 * Protocols for teaching that are not TCP: what each leaves out, and what comes of that; and the
 * letter of older texts that a setting brings back.
 */
#include "tests/bench.h"
#include "tests/siege.h"
#include "tests/suites.h"

#include <check.h>

/* Two-way: the server is open once it has answered, so text of the client's first flight finds it
 * open even if the third segment is lost. */
START_TEST(two_way)
{
    check_pair("setting two_way 1\n"
               "B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "A open\n"
               "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               "A > B\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               "    B SYN-RECEIVED -> ESTABLISHED  TWO_WAY_OPENS\n"
               "B > A\n"
               "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
               "A send hello\n"
               "A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
               "B receive 9\n"
               "    B receives hello\n"
               "B > A\n");
}
END_TEST

/* What the third step is for: without it an old SYN opens a connection that nobody wants, and it
 * stays open; with it a RST ends that at once. */
START_TEST(old_syn)
{
    check_pair("setting two_way 1\n"
               "B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "old A > B <SEQ=90><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               "    B SYN-RECEIVED -> ESTABLISHED  TWO_WAY_OPENS\n"
               "B > lost\n"
               "wait 1000 s\n"
               "B is ESTABLISHED\n");
    check_pair("B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "old A > B <SEQ=90><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               "B > A\n"
               "A > B\n"
               "    B SYN-RECEIVED -> LISTEN  RST_BACK_TO_LISTEN\n");
}
END_TEST

/* Four-way: the server's ACK and its SYN go apart, and each is needed. */
START_TEST(four_way)
{
    check_pair("setting four_way 1\n"
               "B listen\n"
               "    B CLOSED -> LISTEN  OPEN_PASSIVE\n"
               "A open\n"
               "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
               "A > B <SEQ=100><CTL=SYN>\n"
               "    B LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
               "B > A <SEQ=300><ACK=101><CTL=ACK>\n"
               "A is SYN-SENT\n"
               "B > A <SEQ=300><CTL=SYN>\n"
               "    A SYN-SENT -> ESTABLISHED  FOUR_WAY_OPENS\n"
               "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
               "    B SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n");
}
END_TEST

/* Without TIME-WAIT a last ACK that is lost leaves the other side with nobody to send it again. */
START_TEST(no_time_wait)
{
    check_pair("setting no_time_wait 1\n"
               "given connected\n"
               "A close\n"
               "    A ESTABLISHED -> FIN-WAIT-1  CLOSE_ESTABLISHED\n"
               "A > B\n"
               "    B told \"connection closing\"\n"
               "    B ESTABLISHED -> CLOSE-WAIT  FIN_FROM_PEER\n"
               "B close\n"
               "    B CLOSE-WAIT -> LAST-ACK  CLOSE_AFTER_FIN\n"
               "B > A\n"
               "    A FIN-WAIT-1 -> FIN-WAIT-2  FIN_ACKED\n"
               "B > A\n"
               "    A told \"connection closing\"\n"
               "    A FIN-WAIT-2 -> CLOSED  FIN_ENDS_ALL\n"
               "A > lost\n"
               "wait 1 s\n"
               "B > A <SEQ=301><ACK=102><CTL=FIN,ACK>\n"
               "A > B <SEQ=102><CTL=RST>\n"
               "    B LAST-ACK -> CLOSED  RST_ENDS_CLOSING\n");
}
END_TEST

/* With an ISS of 0 for every connection, an old segment of the last one fits into the next. */
START_TEST(isn_zero)
{
    check_trace("setting isn_zero 1\n"
                "hide states rules\n"
                "A listen\n"
                "B > A <SEQ=300><CTL=SYN>\n"
                "    A > B <SEQ=0><ACK=301><CTL=SYN,ACK>\n"
                "A abort\n"
                "    A > B <SEQ=1><CTL=RST>\n"
                "A open\n"
                "    A > B <SEQ=0><CTL=SYN>\n");
}
END_TEST

/* Stop and wait: one segment in flight, however large the window. */
START_TEST(stop_and_wait)
{
    check_trace("setting stop_and_wait 1\n"
                "A mss 100\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "A send 250*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=301><CTL=ACK>\n"
                "    A > B <SEQ=301><ACK=301><CTL=ACK><DATA=50*x>\n");
}
END_TEST

/* The time that 500 octets in five segments take from B to A, one way being 1 ms. */
static uint64_t time_of_five_segments(bool one_at_a_time)
{
    struct siege *siege = siege_new("rfc", 5);
    struct call send = { .op = CALL_SEND, .fd = SERVED, .text_len = 500 };
    static const uint8_t octets[500];
    send.text = octets;
    siege_set(siege, "stop_and_wait", one_at_a_time);
    siege_set(siege, "mss", 100);
    siege_connect(siege);
    siege_settles(siege);
    ck_assert_int_eq(siege_accept(siege).ret, SERVED);
    uint64_t began = world_now(siege->world);
    ck_assert_int_eq(siege_call(siege, 1, &send).ret, 500);
    siege_settles(siege);
    ck_assert_int_eq(siege_figure(siege, 1, SERVED, "unacked"), 0);
    uint64_t took = world_now(siege->world) - began;
    ck_assert(one_at_a_time == (siege->taken[STOP_AND_WAIT_HOLDS] > 0));
    siege_end(siege);
    return took;
}

/* So each segment takes a round trip, where a window takes one for all of them. */
START_TEST(one_segment_a_round_trip)
{
    ck_assert_uint_eq(time_of_five_segments(true), 5 * 2000);
    ck_assert_uint_eq(time_of_five_segments(false), 2000);
}
END_TEST

/* Without a look at the checksum what the wire has changed reaches the user; with it, it is as if
 * nothing had come (MUST-3). */
START_TEST(no_checksum)
{
    check_trace("setting no_checksum 1\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=4 crowns><SUM=wrong>\n"
                "    A ESTABLISHED  CHECKSUM_IGNORED\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=309><CTL=ACK>\n"
                "A receive 20\n"
                "    A receives 4 crowns\n");
    check_trace("given A in ESTABLISHED\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=4 crowns><SUM=wrong>\n"
                "    A ESTABLISHED  CHECKSUM_WRONG\n"
                "A receive 20\n"
                "    A answers queued\n");
}
END_TEST

/* RFC 793: any RST in the window resets, and so does a SYN, with a RST in answer. */
START_TEST(before_rfc_5961)
{
    check_trace("setting insecure_rst 1\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=700><CTL=RST>\n"
                "    A told \"connection reset\"\n"
                "    A ESTABLISHED -> CLOSED  RST_RESETS\n");
    check_trace("setting insecure_syn 1\n"
                "given A in ESTABLISHED\n"
                "B > A <SEQ=10><CTL=SYN>\n"
                "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "B > A <SEQ=700><CTL=SYN>\n"
                "    A told \"connection reset\"\n"
                "    A ESTABLISHED -> CLOSED  SYN_RESETS\n"
                "    A > B <SEQ=101><CTL=RST>\n");
}
END_TEST

Suite *variants_suite(void)
{
    Suite *suite = suite_create("variants");
    TCase *tcase = tcase_create("variants");
    tcase_add_test(tcase, two_way);
    tcase_add_test(tcase, old_syn);
    tcase_add_test(tcase, four_way);
    tcase_add_test(tcase, no_time_wait);
    tcase_add_test(tcase, isn_zero);
    tcase_add_test(tcase, stop_and_wait);
    tcase_add_test(tcase, one_segment_a_round_trip);
    tcase_add_test(tcase, no_checksum);
    tcase_add_test(tcase, before_rfc_5961);
    suite_add_tcase(suite, tcase);
    return suite;
}
