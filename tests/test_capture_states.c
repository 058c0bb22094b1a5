/*
 * Captures of connections that open and close: the states of both ends, inferred, and by which
 * rules.
 */
#include "tests/captured.h"
#include "tests/suites.h"

/* FIN and ACK in one segment: three segments, and the reason is said. */
START_TEST(closed_in_three)
{
    static const struct step steps[] = { OPENS,
                                         { A, FIN | ACK, 1, 1, 0, 10, 0 },
                                         { B, FIN | ACK, 1, 2, 0, 11, 0 },
                                         { A, ACK, 2, 2, 0, 12, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ",
              "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ");
    ck_assert(
        tale_says(&tale, EV_SAY, "in three segments and not in four: B's FIN is also the ACK"));
    ck_assert_uint_eq(tale_count(&tale, EV_DIFFERS), 0);
    tale_free(&tale);
}
END_TEST

START_TEST(closed_in_four)
{
    static const struct step steps[] = { OPENS,
                                         { B, FIN | ACK, 1, 1, 0, 10, 0 },
                                         { A, ACK, 1, 2, 0, 11, 0 },
                                         { A, PSH | ACK, 1, 2, 5, 12, 0 },
                                         { B, ACK, 2, 6, 0, 13, 0 },
                                         { A, FIN | ACK, 6, 2, 0, 14, 0 },
                                         { B, ACK, 2, 7, 0, 15, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ",
              "LISTEN SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ");
    ck_assert(tale_says(&tale, EV_SAY, "Closed in four segments: B's FIN"));
    tale_free(&tale);
}
END_TEST

/* A FIN that its peer's FIN does not acknowledge had not come when that was sent. */
START_TEST(closed_at_once)
{
    static const struct step steps[] = { OPENS,
                                         { A, FIN | ACK, 1, 1, 0, 10, 0 },
                                         { B, FIN | ACK, 1, 1, 0, 11, 0 },
                                         { A, ACK, 2, 2, 0, 12, 0 },
                                         { B, ACK, 2, 2, 0, 13, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT ",
              "LISTEN SYN-RECEIVED ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT ");
    ck_assert(tale_says(&tale, EV_SAY, "Both closed at once"));
    tale_free(&tale);
}
END_TEST

START_TEST(opened_at_once)
{
    static const struct step steps[] = { { A, SYN, 0, 0, 0, 0, 0 },
                                         { B, SYN, 0, 0, 0, 1, 0 },
                                         { A, SYN | ACK, 0, 1, 0, 2, 0 },
                                         { B, SYN | ACK, 0, 1, 0, 3, 0 },
                                         { A, PSH | ACK, 1, 1, 3, 4, 0 },
                                         { B, ACK, 1, 4, 0, 5, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT SYN-RECEIVED ESTABLISHED ", "SYN-SENT SYN-RECEIVED ESTABLISHED ");
    tale_free(&tale);
}
END_TEST

START_TEST(refused)
{
    static const struct step steps[] = { { A, SYN, 0, 0, 0, 0, 0 },
                                         { B, RST | ACK, (uint32_t)-ISN_B, 1, 0, 1, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT CLOSED ", "");
    ck_assert(tale_took(&tale, B, CLOSED_GOT_OTHER));
    ck_assert(tale_took(&tale, A, SYN_SENT_REFUSED));
    ck_assert_uint_eq(tale.flows->list[0]->side[B].resets, 1);
    tale_free(&tale);
}
END_TEST

/* Nobody answers: nothing is claimed of the other side. */
START_TEST(unanswered)
{
    static const struct step steps[] = {
        { A, SYN, 0, 0, 0, 0, 0 }, { A, SYN, 0, 0, 0, 1000, 0 }, { A, SYN, 0, 0, 0, 3000, 0 }, END
    };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ", "");
    ck_assert(tale_says(&tale, EV_SAY, "its states are not known"));
    ck_assert(tale_says(&tale, EV_SAY, "Nobody answered in this capture"));
    ck_assert_uint_eq(tale.flows->list[0]->side[A].again, 2);
    tale_free(&tale);
}
END_TEST

/* Aborted: the program is said to have asked for it, and the peer's rule is RST_RESETS. */
START_TEST(aborted)
{
    static const struct step steps[] = { OPENS, { B, RST | ACK, 1, 1, 0, 10, 0 }, END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED CLOSED ", "LISTEN SYN-RECEIVED ESTABLISHED CLOSED ");
    ck_assert(tale_took(&tale, A, RST_RESETS));
    ck_assert(tale_took(&tale, B, ABORT_RESETS));
    tale_free(&tale);
}
END_TEST

/* A RST in the window but not at its left edge, and the host that it names goes on: it has not
 * aborted (RFC 5961, 3.2), and the list does not say so. */
START_TEST(reset_by_another)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 1, 1, 10, 10, 0 },
                                         { B, RST, 500, 0, 0, 11, 0 },
                                         { B, RST, 9000, 0, 0, 11, 0 },
                                         { B, ACK, 1, 11, 0, 12, 0 },
                                         { B, PSH | ACK, 1, 11, 5, 20, 0 },
                                         { A, ACK, 11, 6, 0, 21, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED ", "LISTEN SYN-RECEIVED ESTABLISHED ");
    ck_assert(tale_says(&tale, EV_SAY, "It goes on after this RST"));
    ck_assert(tale_took(&tale, A, OUTSIDE_WINDOW_RST));
    ck_assert(!tale_says(&tale, EV_SAY, "Ended by a RST"));
    ck_assert_uint_eq(tale_count(&tale, EV_DIFFERS), 0);
    ck_assert(!tale.flows->list[0]->side[B].saw_rst);
    tale_free(&tale);
}
END_TEST

/* Figure 9: the SYN finds the peer in an old connection, is answered by an ACK, and a RST clears
 * it. The same SYN opens a connection then, and is its first segment. */
START_TEST(half_open_found)
{
    static const struct step steps[] = { { A, SYN, 0, 0, 0, 0, 0 },
                                         { B, ACK, 300, 500, 0, 1, 0 },
                                         { A, RST, 500, 0, 0, 2, 0 },
                                         { A, SYN, 0, 0, 0, 1000, 0 },
                                         { B, SYN | ACK, 7000, 1, 0, 1001, 0 },
                                         { A, ACK, 1, 7001, 0, 1002, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert_uint_eq(tale.flows->count, 2);
    ck_assert(tale_took(&tale, A, SYN_SENT_BAD_ACK));
    trace_free(&tale.trace);
    tale_replay(&tale, tale.flows->list[1]);
    tale_went(&tale, "SYN-SENT ESTABLISHED ", "LISTEN SYN-RECEIVED ESTABLISHED ");
    tale_free(&tale);
}
END_TEST

/* A RST with the number that was acknowledged last, and without ACK: of a host that was restarted,
 * perhaps; one with ACK is not. */
START_TEST(forgotten)
{
    static const struct step steps[] = {
        OPENS, { A, PSH | ACK, 1, 1, 5, 90, 0 }, { B, RST, 1, 0, 0, 91, 0 }, END
    };
    static const struct step aborts[] = {
        OPENS, { A, PSH | ACK, 1, 1, 5, 90, 0 }, { B, RST | ACK, 1, 6, 0, 91, 0 }, END
    };
    struct tale tale = tale_of(steps);
    ck_assert(tale_says(&tale, EV_SAY, "its host has forgotten the connection"));
    tale_free(&tale);
    tale = tale_of(aborts);
    ck_assert(tale_says(&tale, EV_SAY, "another rule made it send RST"));
    tale_free(&tale);
}
END_TEST

/* What a host without the connection acknowledges is not told octet by octet. */
START_TEST(acks_behind_a_reset)
{
    static const struct step steps[] = { OPENS,
                                         { B, RST | ACK, 1, 1, 0, 10, 0 },
                                         { A, PSH | ACK, 1, 1, 10, 11, 0 },
                                         { B, RST | ACK, 1, 11, 0, 12, 0 },
                                         { B, ACK, 1, 1, 0, 13, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert_uint_lt(tale.trace.count, 100);
    tale_free(&tale);
}
END_TEST

/* The last FIN is never acknowledged: no four segments then. */
START_TEST(last_ack_missing)
{
    static const struct step steps[] = { OPENS,
                                         { A, FIN | ACK, 1, 1, 0, 10, 0 },
                                         { B, ACK, 1, 2, 0, 11, 0 },
                                         { B, FIN | ACK, 1, 2, 0, 12, 0 },
                                         { B, FIN | ACK, 1, 2, 0, 400, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert(tale_says(&tale, EV_SAY, "no ACK of B's FIN is in the capture"));
    ck_assert(!tale_says(&tale, EV_SAY, "Closed in four"));
    tale_free(&tale);
}
END_TEST

Suite *capture_states_suite(void)
{
    Suite *suite = suite_create("capture_states");
    TCase *tcase = tcase_create("states");
    tcase_add_test(tcase, closed_in_three);
    tcase_add_test(tcase, closed_in_four);
    tcase_add_test(tcase, closed_at_once);
    tcase_add_test(tcase, opened_at_once);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, unanswered);
    tcase_add_test(tcase, aborted);
    tcase_add_test(tcase, reset_by_another);
    tcase_add_test(tcase, half_open_found);
    tcase_add_test(tcase, forgotten);
    tcase_add_test(tcase, acks_behind_a_reset);
    tcase_add_test(tcase, last_ack_missing);
    suite_add_tcase(suite, tcase);
    return suite;
}
