/*
 * Packets sorted into connections: ports used again, numbers that wrap, limits; and captures in
 * which something is missing.
 */
#include "tests/captured.h"
#include "tests/suites.h"

/* ---- incomplete captures */

/* Begun in the middle: what is assumed is said, and what follows is tale. */
START_TEST(mid_stream)
{
    static const struct step steps[] = {
        { B, PSH | ACK, 500, 90, 5, 0, 0 }, { A, ACK, 90, 505, 0, 1, 0 },
        { A, FIN | ACK, 90, 505, 0, 2, 0 }, { B, FIN | ACK, 505, 91, 0, 3, 0 },
        { A, ACK, 91, 506, 0, 4, 0 },       END
    };
    struct tale tale = tale_of(steps);
    ck_assert(tale.flows->list[0]->mid_stream);
    ck_assert(tale_says(&tale, EV_SAY, "begins in the middle"));
    tale_went(&tale, "ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ",
              "ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ");
    tale_free(&tale);
}
END_TEST

/* One direction only: the states of the side that was seen, and none of the other. */
START_TEST(one_sided)
{
    static const struct step steps[] = { { A, SYN, 0, 0, 0, 0, 0 },
                                         { A, ACK, 1, 1, 0, 2, 0 },
                                         { A, PSH | ACK, 1, 1, 100, 3, 0 },
                                         { A, FIN | ACK, 101, 51, 0, 5, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED FIN-WAIT-1 ", "");
    ck_assert(tale_says(&tale, EV_SAY, "The SYN,ACK that it got is not in the capture."));
    ck_assert(tale_says(&tale, EV_SAY, "acknowledges 50 octets of the other side"));
    ck_assert_uint_eq(tale_count(&tale, EV_DIFFERS), 0);
    tale_free(&tale);
}
END_TEST

/* Of a RST alone nothing is claimed. */
START_TEST(lonely_reset)
{
    static const struct step steps[] = { { A, RST, 7, 0, 0, 0, 0 }, END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "", "");
    ck_assert(tale_says(&tale, EV_SAY, "not seen enough"));
    tale_free(&tale);
}
END_TEST

/* A segment of each direction missing in the capture: FIN is still told apart from text. */
START_TEST(gap_in_the_capture)
{
    static const struct step steps[] = { OPENS,
                                         { A, FIN | ACK, 6, 1, 0, 10, 0 },
                                         { B, ACK, 1, 7, 0, 11, 0 },
                                         { B, FIN | ACK, 1, 7, 0, 12, 0 },
                                         { A, ACK, 7, 2, 0, 13, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ",
              "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ");
    ck_assert(tale_says(&tale, EV_SAY, "5 octets that it sent before are not in the capture"));
    tale_free(&tale);
}
END_TEST

/* One octet is one: what was not captured is counted as it is said. */
START_TEST(gap_of_one)
{
    static const struct step steps[] = { OPENS, { A, PSH | ACK, 2, 1, 5, 10, 0 }, END };
    struct tale tale = tale_of(steps);
    ck_assert(tale_says(&tale, EV_SAY, "1 octet that it sent before is not in the capture"));
    tale_free(&tale);
}
END_TEST

/* ---- connections */

/* A SYN with another number is a new connection of the same ends; the same SYN again is none. */
START_TEST(port_used_again)
{
    static const struct step steps[] = { OPENS,
                                         { A, RST | ACK, 1, 1, 0, 10, 0 },
                                         { A, SYN, 5000, 0, 0, 20, 0 },
                                         { A, SYN, 5000, 0, 0, 1020, 0 },
                                         { B, SYN | ACK, 9000, 5001, 0, 1021, 0 },
                                         END };
    struct flows *flows = flows_of(steps);
    ck_assert_uint_eq(flows->count, 2);
    ck_assert_uint_eq(flows->list[0]->count, 4);
    ck_assert_uint_eq(flows->list[1]->count, 3);
    ck_assert_uint_eq(flows->list[1]->side[A].again, 1);
    flows_free(flows);
}
END_TEST

/* Numbers that wrap are counted on. */
START_TEST(numbers_wrap)
{
    static const struct step steps[] = { { A, SYN, (uint32_t)-ISN_A - 3, 0, 0, 0, 0 },
                                         { B, SYN | ACK, 0, (uint32_t)-ISN_A - 2, 0, 1, 0 },
                                         { A, PSH | ACK, (uint32_t)-ISN_A - 2, 1, 10, 2, 0 },
                                         { B, ACK, 1, (uint32_t)-ISN_A + 8, 0, 3, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert_int_eq(tale.flows->list[0]->seen[2].start, 1);
    ck_assert_int_eq(tale.flows->list[0]->seen[3].ack, 11);
    ck_assert(tale_took(&tale, B, TEXT_IN_ORDER));
    tale_free(&tale);
}
END_TEST

/* Limits: what is not kept is counted. */
START_TEST(limits_are_told)
{
    static const struct step step = { A, SYN, 0, 0, 0, 0, 0 };
    struct flows *flows = flows_new();
    flows->seen_max = 10;
    for (unsigned i = 0; i < FLOWS_MAX + 5; i++) {
        struct step one = step;
        one.port = 1 + i;
        flows_step(flows, &one, i + 1);
    }
    ck_assert_uint_eq(flows->count, FLOWS_MAX);
    ck_assert_uint_eq(flows->flows_left_out, 5);
    ck_assert_uint_eq(flows->seen_count, 10);
    ck_assert_uint_eq(flows->list[10]->left_out, 1);
    flows_free(flows);
}
END_TEST

/* A wrong checksum is said once for all segments that have one. */
START_TEST(checksums_once)
{
    static const struct step steps[] = { OPENS, { A, PSH | ACK, 1, 1, 5, 5, 0 }, END };
    struct flows *flows = flows_new();
    for (unsigned i = 0; steps[i].flags; i++) {
        uint8_t octets[PACKET_ROOM];
        size_t len = step_octets(&steps[i], octets);
        octets[36] ^= steps[i].from == A;
        struct capture_packet packet = { i + 1, i, octets, len, len };
        flows_take(flows, &packet);
    }
    ck_assert_uint_eq(flows->wrong_checksums, 3);
    ck_assert_uint_eq(flows->wrong_of_first, 3);
    flows_free(flows);
}
END_TEST

Suite *capture_flows_suite(void)
{
    Suite *suite = suite_create("capture_flows");
    TCase *tcase = tcase_create("flows");
    tcase_add_test(tcase, mid_stream);
    tcase_add_test(tcase, one_sided);
    tcase_add_test(tcase, lonely_reset);
    tcase_add_test(tcase, gap_in_the_capture);
    tcase_add_test(tcase, gap_of_one);
    tcase_add_test(tcase, port_used_again);
    tcase_add_test(tcase, numbers_wrap);
    tcase_add_test(tcase, limits_are_told);
    tcase_add_test(tcase, checksums_once);
    suite_add_tcase(suite, tcase);
    return suite;
}
