/*
 * Captures of wires that lose and reorder, and of hosts that probe: what became of each segment,
 * and what was sent again.
 */
#include "sim/codec.h"
#include "tests/captured.h"
#include "tests/suites.h"

/* The first copy is taken as lost, the second arrives; its octets count once. */
START_TEST(lost_and_sent_again)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 1, 1, 10, 10, 0 },
                                         { A, PSH | ACK, 11, 1, 10, 11, 0 },
                                         { B, ACK, 1, 1, 0, 12, 0 },
                                         { B, ACK, 1, 1, 0, 13, 0 },
                                         { A, PSH | ACK, 1, 1, 10, 300, 0 },
                                         { B, ACK, 1, 21, 0, 301, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    const struct flow *flow = tale.flows->list[0];
    ck_assert_uint_eq(tale_count(&tale, EV_DROPPED), 1);
    ck_assert(tale_took(&tale, B, TEXT_BEYOND));
    ck_assert(tale_took(&tale, B, TEXT_IN_ORDER));
    ck_assert_uint_eq(flow->side[A].octets, 20);
    ck_assert_uint_eq(flow->side[A].again, 1);
    ck_assert_uint_eq(flow->seen[6].marks, MARK_DUPLICATE_ACK);
    ck_assert_uint_eq(flow->seen[7].marks, MARK_AGAIN);
    ck_assert_uint_eq(tale_count(&tale, EV_DIFFERS), 0);
    tale_free(&tale);
}
END_TEST

/* A segment that was overtaken fills a gap, and is not counted as sent again. */
START_TEST(overtaken)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 11, 1, 10, 10, 0 },
                                         { A, PSH | ACK, 1, 1, 10, 11, 0 },
                                         { B, ACK, 1, 21, 0, 12, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    const struct flow *flow = tale.flows->list[0];
    ck_assert_uint_eq(flow->seen[3].marks, MARK_AHEAD);
    ck_assert_uint_eq(flow->seen[4].marks, MARK_FILLS);
    ck_assert_uint_eq(flow->side[A].again, 0);
    ck_assert_uint_eq(flow->side[A].octets, 20);
    tale_free(&tale);
}
END_TEST

/* Two gaps at once, the first filled from its middle: nothing of it was sent twice. */
START_TEST(overtaken_twice)
{
    static const struct step steps[] = { OPENS,
                                         { A, ACK, 31, 1, 10, 10, 0 },
                                         { A, ACK, 51, 1, 10, 11, 0 },
                                         { A, ACK, 11, 1, 10, 12, 0 },
                                         { A, ACK, 1, 1, 10, 13, 0 },
                                         { A, ACK, 21, 1, 10, 14, 0 },
                                         { A, ACK, 41, 1, 10, 15, 0 },
                                         { A, ACK, 41, 1, 10, 16, 0 },
                                         END };
    struct flows *flows = flows_of(steps);
    const struct flow *flow = flows->list[0];
    for (unsigned i = 5; i < 9; i++)
        ck_assert_uint_eq(flow->seen[i].marks, MARK_FILLS);
    ck_assert_uint_eq(flow->seen[9].marks, MARK_AGAIN);
    ck_assert_uint_eq(flow->side[A].octets, 60);
    ck_assert_uint_eq(flow->side[A].again, 1);
    flows_free(flows);
}
END_TEST

/* The duplicate ACK that a gap gives rise to is not sent before what tells of the gap arrives. */
START_TEST(overtaken_and_told)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 11, 1, 10, 10, 0 },
                                         { B, ACK, 1, 1, 0, 11, 0 },
                                         { A, PSH | ACK, 1, 1, 10, 12, 0 },
                                         { B, ACK, 1, 21, 0, 13, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    bool beyond = false;
    for (size_t i = 0; i < tale.trace.count; i++) {
        const struct event *event = &tale.trace.events[i];
        beyond = beyond || (event->kind == EV_RULE && event->u.state.rule == TEXT_BEYOND);
        ck_assert(beyond || event->kind != EV_SENT || event->u.wire.id != 5);
    }
    ck_assert(beyond);
    tale_free(&tale);
}
END_TEST

/* RFC 2883: the block below the ACK says that the text came twice, so the first has not been lost.
 */
START_TEST(sent_again_in_vain)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 1, 1, 10, 10, 0 },
                                         { A, PSH | ACK, 1, 1, 10, 300, 0 },
                                         { B, ACK, 1, 11, 0, 301, 0 },
                                         END };
    struct flows *flows = flows_of(steps);
    struct step second = { B, ACK, 1, 11, 0, 302, 0 };
    struct segment seg = step_segment(&second);
    uint8_t octets[PACKET_ROOM];
    seg.sack[0] = (struct sack_block){ seq_of(ISN_A + 1), seq_of(ISN_A + 11) };
    seg.sack_count = 1;
    size_t len = segment_encode(&seg, ORDER_RFC, NULL, octets, sizeof octets);
    struct capture_packet packet = {
        .number = 7, .usec = 302000, .octets = octets, .len = len, .wire_len = len
    };
    flows_take(flows, &packet);
    struct tale tale = { .flows = flows };
    tale_replay(&tale, flows->list[0]);
    ck_assert_uint_eq(tale_count(&tale, EV_DROPPED), 0);
    ck_assert(tale_took(&tale, B, OUTSIDE_WINDOW));
    tale_free(&tale);
}
END_TEST

/* A FIN that comes again says that its ACK did not come: LAST-ACK until the second one. */
START_TEST(last_ack_lost)
{
    static const struct step steps[] = { OPENS,
                                         { A, FIN | ACK, 1, 1, 0, 10, 0 },
                                         { B, FIN | ACK, 1, 2, 0, 11, 0 },
                                         { A, ACK, 2, 2, 0, 12, 0 },
                                         { B, FIN | ACK, 1, 2, 0, 300, 0 },
                                         { A, ACK, 2, 2, 0, 301, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    tale_went(&tale, "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ",
              "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ");
    ck_assert(tale_took(&tale, A, FIN_AGAIN_IN_TIME_WAIT));
    ck_assert(!tale_took(&tale, B, LISTEN_GOT_ACK));
    ck_assert_uint_eq(tale_count(&tale, EV_DROPPED), 1);
    tale_free(&tale);
}
END_TEST

/* The same of the third segment: who sends its SYN,ACK again is in SYN-RECEIVED still. */
START_TEST(third_segment_lost)
{
    static const struct step steps[] = {
        OPENS, { B, SYN | ACK, 0, 1, 0, 1000, 0 }, { A, ACK, 1, 1, 0, 1001, 0 }, END
    };
    struct tale tale = tale_of(steps);
    ck_assert_uint_eq(tale.flows->list[0]->seen[3].marks, MARK_AGAIN);
    for (size_t i = 0; i < tale.trace.count; i++) {
        const struct event *event = &tale.trace.events[i];
        if (event->kind == EV_STATE && event->host == B && event->u.state.to == ESTABLISHED)
            ck_assert_uint_eq(event->usec, 1001000);
    }
    tale_went(&tale, "SYN-SENT ESTABLISHED ", "LISTEN SYN-RECEIVED ESTABLISHED ");
    tale_free(&tale);
}
END_TEST

/* Text at a zero window, acknowledged without it: refused, and by which rule; not lost. What was
 * sent is not told any further by a model that would have sent one octet of it. */
START_TEST(zero_window)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 1, 1, 8000, 10, 0 },
                                         { B, NO_WINDOW | ACK, 1, 8001, 0, 11, 0 },
                                         { A, ACK, 8001, 1, 1, 300, 0 },
                                         { B, NO_WINDOW | ACK, 1, 8001, 0, 301, 0 },
                                         { A, ACK, 8001, 1, 1, 900, 0 },
                                         { B, ACK, 1, 8002, 0, 901, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert(tale_took(&tale, B, ZERO_WINDOW_ACK));
    ck_assert(tale_took(&tale, B, TEXT_IN_ORDER));
    ck_assert_uint_eq(tale_count(&tale, EV_DROPPED), 0);
    ck_assert_uint_eq(tale.flows->list[0]->seen[5].marks, MARK_BEYOND_WINDOW | MARK_PROBE);
    ck_assert_uint_eq(tale.flows->list[0]->seen[6].marks, 0);
    ck_assert_uint_eq(tale.flows->list[0]->seen[7].marks, MARK_BEYOND_WINDOW | MARK_PROBE);
    tale_free(&tale);
}
END_TEST

START_TEST(keep_alive)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 1, 1, 4, 10, 0 },
                                         { B, ACK, 1, 5, 0, 11, 0 },
                                         { A, ACK, 4, 1, 0, 9000, 0 },
                                         { B, ACK, 1, 5, 0, 9001, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert_uint_eq(tale.flows->list[0]->seen[5].marks, MARK_KEEP_ALIVE);
    ck_assert_uint_eq(tale.flows->list[0]->side[A].again, 0);
    ck_assert_uint_eq(tale_count(&tale, EV_DIFFERS), 0);
    tale_free(&tale);
}
END_TEST

/* Of a side that has sent nothing yet: one before its first octet is the number of its SYN. */
START_TEST(keep_alive_without_text)
{
    static const struct step steps[] = {
        OPENS, { A, ACK, 0, 1, 0, 9000, 0 }, { B, ACK, 1, 1, 0, 9001, 0 }, END
    };
    struct tale tale = tale_of(steps);
    ck_assert_uint_eq(tale.flows->list[0]->seen[3].marks, MARK_KEEP_ALIVE);
    tale_free(&tale);
}
END_TEST

/* The model acknowledges text that comes again; this host does not, although the capture goes on.
 */
START_TEST(no_answer_differs)
{
    static const struct step steps[] = { OPENS,
                                         { A, PSH | ACK, 1, 1, 4, 10, 0 },
                                         { B, ACK, 1, 5, 0, 11, 0 },
                                         { A, PSH | ACK, 1, 1, 4, 300, 0 },
                                         { A, ACK, 5, 1, 0, 5000, 0 },
                                         END };
    struct tale tale = tale_of(steps);
    ck_assert(tale_took(&tale, B, OUTSIDE_WINDOW));
    ck_assert(tale_says(&tale, EV_DIFFERS, "packet 6 gets no answer"));
    ck_assert(tale_says(&tale, EV_DIFFERS, "RFC 9293, 3.10.7.4"));
    tale_free(&tale);
}
END_TEST

Suite *capture_fates_suite(void)
{
    Suite *suite = suite_create("capture_fates");
    TCase *tcase = tcase_create("fates");
    tcase_add_test(tcase, lost_and_sent_again);
    tcase_add_test(tcase, overtaken);
    tcase_add_test(tcase, overtaken_twice);
    tcase_add_test(tcase, overtaken_and_told);
    tcase_add_test(tcase, sent_again_in_vain);
    tcase_add_test(tcase, last_ack_lost);
    tcase_add_test(tcase, third_segment_lost);
    tcase_add_test(tcase, zero_window);
    tcase_add_test(tcase, keep_alive);
    tcase_add_test(tcase, keep_alive_without_text);
    tcase_add_test(tcase, no_answer_differs);
    suite_add_tcase(suite, tcase);
    return suite;
}
