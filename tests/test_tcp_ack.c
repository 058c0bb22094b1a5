/*
 * When to acknowledge: RFC 9293, 3.8.6.3 and RFC 5681, 4.2.
 */
#include "tests/bench.h"
#include "tests/suites.h"

#define DELAYED                                                                                    \
    "setting ack_delay_usec 200000\n"                                                              \
    "setting quick_acks 0\n"                                                                       \
    "given A in ESTABLISHED\n"                                                                     \
    "hide rules calls\n"

/* An ACK waits for text to go with, but no longer than it is set to (MUST-40, SHLD-18). */
START_TEST(waits)
{
    check_trace(DELAYED "show rules\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                        "    A ESTABLISHED  TEXT_IN_ORDER\n"
                        "wait 199.999 ms\n"
                        "wait 1 us\n"
                        "    A ESTABLISHED  DELAYED_ACK_TIMEOUT\n"
                        "    A > B <SEQ=101><ACK=306><CTL=ACK><WIN=995>\n"
                        "wait 10 s\n");
}
END_TEST

/* No profile's delay is half a second or more (MUST-40). */
START_TEST(under_half_a_second)
{
    for (size_t i = 0; i < tcp_profile_count; i++) {
        ck_assert_uint_gt(tcp_profiles[i].set.ack_delay_usec, 0);
        ck_assert_uint_lt(tcp_profiles[i].set.ack_delay_usec, 500000);
    }
}
END_TEST

/* It is the oldest text that waits: more of it does not begin the delay anew. */
START_TEST(not_begun_anew)
{
    check_trace(DELAYED "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "wait 150 ms\n"
                        "B > A <SEQ=401><ACK=101><CTL=ACK><DATA=x>\n"
                        "wait 50 ms\n"
                        "    A > B <SEQ=101><ACK=402><CTL=ACK>\n");
}
END_TEST

/* Every second full segment is acknowledged at once (SHLD-19), or as much in smaller ones. */
START_TEST(every_second_segment)
{
    check_trace(DELAYED "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "B > A <SEQ=401><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "    A > B <SEQ=101><ACK=501><CTL=ACK>\n"
                        "B > A <SEQ=501><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "B > A <SEQ=601><ACK=101><CTL=ACK><DATA=60*x>\n"
                        "B > A <SEQ=661><ACK=101><CTL=ACK><DATA=40*x>\n"
                        "    A > B <SEQ=101><ACK=701><CTL=ACK>\n");
}
END_TEST

/* Text beyond a gap is acknowledged at once, and so is what fills the gap or some of it. */
START_TEST(gaps)
{
    check_trace(DELAYED "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "B > A <SEQ=601><ACK=101><CTL=ACK><DATA=10*x>\n"
                        "    A > B <SEQ=101><ACK=401><CTL=ACK>\n"
                        "B > A <SEQ=611><ACK=101><CTL=ACK><DATA=10*x>\n"
                        "    A > B <SEQ=101><ACK=401><CTL=ACK>\n"
                        "B > A <SEQ=401><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "    A > B <SEQ=101><ACK=501><CTL=ACK>\n"
                        "B > A <SEQ=501><ACK=101><CTL=ACK><DATA=100*x>\n"
                        "    A > B <SEQ=101><ACK=621><CTL=ACK>\n"
                        "B > A <SEQ=621><ACK=101><CTL=ACK><DATA=10*x>\n"
                        "A has RCV.NXT=631\n");
}
END_TEST

/* Text that came before is acknowledged at once: the ACK of it must have been lost. */
START_TEST(old_text)
{
    check_trace(DELAYED "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                        "    A > B <SEQ=101><ACK=306><CTL=ACK>\n"
                        "wait 10 s\n");
}
END_TEST

/* Text that goes the other way takes the ACK along, and nothing waits any more. */
START_TEST(goes_with_text)
{
    check_trace(DELAYED "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=hello>\n"
                        "wait 100 ms\n"
                        "A send hi\n"
                        "    A > B <SEQ=101><ACK=306><CTL=ACK><DATA=hi>\n"
                        "B > A <SEQ=306><ACK=103><CTL=ACK>\n"
                        "wait 10 s\n");
}
END_TEST

/* A FIN is acknowledged at once. */
START_TEST(fin)
{
    check_trace(DELAYED "hide states told\n"
                        "B > A <SEQ=301><ACK=101><CTL=FIN,ACK><DATA=hello>\n"
                        "    A > B <SEQ=101><ACK=307><CTL=ACK>\n"
                        "wait 10 s\n");
}
END_TEST

/* A young connection acknowledges so many segments at once, for its sender is in slow start. */
START_TEST(quick_at_first)
{
    check_trace("setting ack_delay_usec 200000\n"
                "setting quick_acks 2\n"
                "given A in ESTABLISHED\n"
                "hide rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=101><ACK=401><CTL=ACK>\n"
                "B > A <SEQ=401><ACK=101><CTL=ACK><DATA=x>\n"
                "    A > B <SEQ=101><ACK=402><CTL=ACK>\n"
                "B > A <SEQ=402><ACK=101><CTL=ACK><DATA=x>\n"
                "wait 200 ms\n"
                "    A > B <SEQ=101><ACK=403><CTL=ACK>\n");
}
END_TEST

/* A window update is an ACK too. */
START_TEST(goes_with_a_window_update)
{
    check_trace(DELAYED "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=600*x>\n"
                        "A receive 600\n"
                        "    A > B <SEQ=101><ACK=901><CTL=ACK><WIN=1000>\n"
                        "wait 10 s\n");
}
END_TEST

Suite *tcp_ack_suite(void)
{
    Suite *suite = suite_create("tcp ack");
    TCase *delayed = tcase_create("delayed");
    tcase_add_test(delayed, waits);
    tcase_add_test(delayed, under_half_a_second);
    tcase_add_test(delayed, not_begun_anew);
    tcase_add_test(delayed, goes_with_text);
    tcase_add_test(delayed, goes_with_a_window_update);
    suite_add_tcase(suite, delayed);
    TCase *at_once = tcase_create("at once");
    tcase_add_test(at_once, every_second_segment);
    tcase_add_test(at_once, gaps);
    tcase_add_test(at_once, old_text);
    tcase_add_test(at_once, fin);
    tcase_add_test(at_once, quick_at_first);
    suite_add_tcase(suite, at_once);
    return suite;
}
