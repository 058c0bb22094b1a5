/*
 * Against small segments: Nagle's algorithm (RFC 9293, 3.7.4), PUSH (3.9.1.2), TCP_CORK and
 * MSG_MORE, and a sender that avoids silly windows (3.8.6.2.1).
 */
#include "tests/bench.h"
#include "tests/suites.h"

#include <string.h>

#define NAGLE                                                                                      \
    "setting nagle 1\n"                                                                            \
    "A mss 100\n"                                                                                  \
    "given A in ESTABLISHED\n"                                                                     \
    "hide rules calls\n"
#define NO_NAGLE                                                                                   \
    "A mss 100\n"                                                                                  \
    "given A in ESTABLISHED\n"                                                                     \
    "hide rules calls\n"

/* SHLD-7: while something is unacknowledged, text waits until a segment is full or all is
 * acknowledged. */
START_TEST(nagle)
{
    check_trace(NAGLE "A send a\n"
                      "    A > B <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=a>\n"
                      "A send b\n"
                      "A send c\n"
                      "B > A <SEQ=301><ACK=102><CTL=ACK>\n"
                      "    A > B <SEQ=102><ACK=301><CTL=PSH,ACK><DATA=bc>\n"
                      "A send 150*x\n"
                      "    A > B <SEQ=104><ACK=301><CTL=ACK><DATA=100*x>\n"
                      "B > A <SEQ=301><ACK=104><CTL=ACK>\n"
                      "A has UNSENT=50\n"
                      "B > A <SEQ=301><ACK=204><CTL=ACK>\n"
                      "    A > B <SEQ=204><ACK=301><CTL=PSH,ACK><DATA=50*x>\n");
}
END_TEST

/* MUST-17: an application can switch it off, and then what had to wait goes. */
START_TEST(nodelay)
{
    check_trace(NAGLE "A send a\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=a>\n"
                      "A send b\n"
                      "A nodelay 1\n"
                      "    A > B <SEQ=102><ACK=301><CTL=ACK><DATA=b>\n"
                      "A send c\n"
                      "    A > B <SEQ=103><ACK=301><CTL=ACK><DATA=c>\n"
                      "A nodelay 0\n"
                      "A send d\n"
                      "A has UNSENT=1\n");
}
END_TEST

/* Minshall's change: a small segment waits for another small one, not for full ones. */
START_TEST(minshall)
{
    check_trace("setting nagle_minshall 1\n" NAGLE "A send 150*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=50*x>\n"
                "A send y\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "A has UNSENT=1\n"
                "B > A <SEQ=301><ACK=251><CTL=ACK>\n"
                "    A > B <SEQ=251><ACK=301><CTL=ACK><DATA=y>\n");
}
END_TEST

/* Who closes has nothing to add: the last of the text goes with FIN and waits for nobody. */
START_TEST(close_lets_go)
{
    check_trace(NAGLE "hide states\n"
                      "A send a\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=a>\n"
                      "A send b\n"
                      "A close\n"
                      "    A > B <SEQ=102><ACK=301><CTL=FIN,PSH,ACK><DATA=b>\n");
}
END_TEST

/* MUST-60, MUST-61: PSH stands where a SEND without "more" has ended, and nowhere else. */
START_TEST(push)
{
    check_trace(NO_NAGLE "A send 250*x\n"
                         "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                         "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                         "    A > B <SEQ=301><ACK=301><CTL=PSH,ACK><DATA=50*x>\n"
                         "A send more 200*y\n"
                         "    A > B <SEQ=351><ACK=301><CTL=ACK><DATA=100*y>\n"
                         "    A > B <SEQ=451><ACK=301><CTL=ACK><DATA=100*y>\n"
                         "A send 100*z\n"
                         "    A > B <SEQ=551><ACK=301><CTL=PSH,ACK><DATA=100*z>\n");
    struct bench bench;
    bench_init(&bench, false);
    bench_run(&bench, NO_NAGLE "A send more 200*y\n"
                               "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*y>\n"
                               "    A > B <SEQ=201><ACK=301><CTL=ACK><DATA=100*y>\n");
    ck_assert(!strstr(bench.outcomes[0], "PSH") && !strstr(bench.outcomes[1], "PSH"));
}
END_TEST

/* Linux: "more" joins text that waits, which has then not been pushed. */
START_TEST(more_unpushes)
{
    check_trace(NO_NAGLE "hide states\n"
                         "setting more_unpushes 1\n"
                         "A cork 1\n"
                         "A send hel\n"
                         "A send more lo\n"
                         "A close\n"
                         "    A > B <SEQ=101><ACK=301><CTL=FIN,ACK><DATA=hello>\n");
    check_trace(NO_NAGLE "hide states\n"
                         "A cork 1\n"
                         "A send hel\n"
                         "A send more lo\n"
                         "A close\n"
                         "    A > B <SEQ=101><ACK=301><CTL=FIN,PSH,ACK><DATA=hello>\n");
}
END_TEST

/* What is not pushed waits for more, and goes with it in one segment (MAY-15, MAY-16). */
START_TEST(more)
{
    check_trace(NO_NAGLE "A send more hello\n"
                         "A has UNSENT=5\n"
                         "A send  world\n"
                         "    A > B <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=hello world>\n");
}
END_TEST

/* A cork lets full segments through; pulled, it lets out what it kept. */
START_TEST(cork)
{
    check_trace(NO_NAGLE "A cork 1\n"
                         "A send 60*x\n"
                         "A send 60*x\n"
                         "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                         "A send 70*x\n"
                         "A has UNSENT=90\n"
                         "A cork 0\n"
                         "    A > B <SEQ=201><ACK=301><CTL=PSH,ACK><DATA=90*x>\n");
}
END_TEST

/* 3.8.6.2.1: what waits for more, or for a larger window, does not wait for ever (the override
 * timeout, 0.1 to 1 s). */
START_TEST(override)
{
    check_trace(NO_NAGLE "A send more hello\n"
                         "wait 499.999 ms\n"
                         "show rules\n"
                         "wait 1 us\n"
                         "    A ESTABLISHED  OVERRIDE_TIMEOUT\n"
                         "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n");
    for (size_t i = 0; i < tcp_profile_count; i++) {
        bool by_rto = tcp_profiles[i].set.override_usec == 0; /* as Linux has it */
        ck_assert_int_eq(by_rto, strcmp(tcp_profiles[i].name, "linux") == 0);
        ck_assert(by_rto || tcp_profiles[i].set.override_usec >= 100000);
        ck_assert_uint_le(tcp_profiles[i].set.override_usec, 1000000);
    }
}
END_TEST

/* 3.8.6.2.1, (3): less than a segment and than half of the largest window ever offered does not go
 * into a small window; it goes when the override timeout ends, or the window opens. */
START_TEST(silly_window)
{
    check_trace("given A in ESTABLISHED\n"
                "hide rules calls\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=500>\n"
                "A send 600*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=500*x>\n");
    check_trace("given A in ESTABLISHED\n"
                "hide rules calls\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=499>\n"
                "A send 600*x\n"
                "wait 499 ms\n"
                "wait 1 ms\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=499*x>\n");
    check_trace("given A in ESTABLISHED\n"
                "hide rules calls\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=499>\n"
                "A send 600*x\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=600>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=600*x>\n");
}
END_TEST

/* The override timer has nothing left to do once the text went another way: a window that is open
 * is not probed. */
START_TEST(no_override_once_sent)
{
    check_trace("given A in ESTABLISHED\n"
                "A send more hello\n"
                "A send world\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=helloworld>\n"
                "wait 999 ms\n"
                "wait 1 ms\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=PSH,ACK><DATA=helloworld>\n");
}
END_TEST

/* A small segment of 2^31 octets ago comes to have a number that lies ahead; it was acknowledged.
 */
START_TEST(small_one_of_long_ago)
{
    struct bench bench;
    bench_init(&bench, false);
    bench_run(&bench, "setting nagle 1\n"
                      "setting nagle_minshall 1\n"
                      "given A in ESTABLISHED\n"
                      "hide rules\n");
    bench.end[0].tcb.snd.small = seq_of(101u - 0x80000001u);
    bench_run(&bench, "A send hello\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n");
}
END_TEST

Suite *tcp_nagle_suite(void)
{
    Suite *suite = suite_create("tcp nagle");
    TCase *tcase = tcase_create("Nagle");
    tcase_add_test(tcase, nagle);
    tcase_add_test(tcase, nodelay);
    tcase_add_test(tcase, minshall);
    tcase_add_test(tcase, close_lets_go);
    suite_add_tcase(suite, tcase);
    TCase *user = tcase_create("PUSH");
    tcase_add_test(user, push);
    tcase_add_test(user, more);
    tcase_add_test(user, more_unpushes);
    tcase_add_test(user, cork);
    suite_add_tcase(suite, user);
    TCase *silly = tcase_create("silly window");
    tcase_add_test(silly, override);
    tcase_add_test(silly, silly_window);
    tcase_add_test(silly, no_override_once_sent);
    tcase_add_test(silly, small_one_of_long_ago);
    suite_add_tcase(suite, silly);
    return suite;
}
