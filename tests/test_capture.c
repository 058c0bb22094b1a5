/*
 * Captures read: packets taken apart, sorted into connections, the states of both ends inferred,
 * and the command on whole files, good and bad.
 */
#include "net/capture_replay.h"
#include "sim/codec.h"
#include "sim/octets.h"
#include "tests/capture.h"
#include "tests/suites.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    STEPS_MAX = 24,
    A = 0,
    B = 1,
    ISN_A = 1000,
    ISN_B = 70000,
    LINK_RAW = 12,
    NO_WINDOW = 0x100, /* among a step's flags: its window is zero */
    PACKET_ROOM = 9000
};

/* A segment of a captured connection, numbers relative. */
struct step {
    int from;
    unsigned flags;
    uint32_t seq, ack, len;
    unsigned msec;
    unsigned port; /* of A; 0: 40000 */
};

static struct segment segment_of(const struct step *step)
{
    struct endpoint a = { ip4(192, 0, 2, 1), (uint16_t)(step->port ? step->port : 40000) };
    struct endpoint b = { ip4(192, 0, 2, 2), 80 };
    bool back = step->from == B;
    struct segment seg = { .src = back ? b : a,
                           .dst = back ? a : b,
                           .flags = (uint8_t)step->flags,
                           .seq = seq_of(step->seq + (back ? ISN_B : ISN_A)),
                           .wnd = step->flags & NO_WINDOW ? 0 : 8000,
                           .text_len = step->len };
    if (step->flags & ACK)
        seg.ack = seq_of(step->ack + (back ? ISN_A : ISN_B));
    return seg;
}

static size_t octets_of(const struct step *step, uint8_t *octets)
{
    struct segment seg = segment_of(step);
    size_t len = segment_encode(&seg, ORDER_RFC, NULL, octets, PACKET_ROOM);
    ck_assert_uint_gt(len, 0);
    return len;
}

static void take(struct flows *flows, const struct step *step, uint64_t number)
{
    uint8_t octets[PACKET_ROOM];
    size_t len = octets_of(step, octets);
    struct capture_packet packet = {
        .number = number, .usec = step->msec * 1000, .octets = octets, .len = len, .wire_len = len
    };
    flows_take(flows, &packet);
}

/* The connections that so many steps make; the last step is one without flags. */
static struct flows *flows_of(const struct step *steps)
{
    struct flows *flows = flows_new();
    ck_assert_ptr_nonnull(flows);
    for (unsigned i = 0; steps[i].flags; i++)
        take(flows, &steps[i], i + 1);
    return flows;
}

/* One connection and what is told of it. */
struct told {
    struct flows *flows;
    struct trace trace;
};

static struct told tell(const struct step *steps)
{
    struct told told = { .flows = flows_of(steps) };
    ck_assert_uint_ge(told.flows->count, 1);
    trace_init(&told.trace);
    ck_assert(flow_replay(told.flows->list[0], told.flows->last_usec, &told.trace));
    return told;
}

static void told_free(struct told *told)
{
    trace_free(&told->trace);
    flows_free(told->flows);
}

static bool says(const struct told *told, enum event_kind kind, const char *part)
{
    for (size_t i = 0; i < told->trace.count; i++) {
        const struct event *event = &told->trace.events[i];
        if (event->kind == kind && memmem(event->text, event->text_len, part, strlen(part)))
            return true;
    }
    return false;
}

/* The states that an end went through, "SYN-SENT ESTABLISHED ". */
static const char *ways(const struct told *told, int host, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < told->trace.count; i++) {
        const struct event *event = &told->trace.events[i];
        if (event->kind != EV_STATE || event->host != host)
            continue;
        ck_assert_uint_eq(event->u.state.source, BY_INFERENCE);
        strcat(strcat(text, state_name((enum tcp_state)event->u.state.to)), " ");
    }
    return text;
}

static void went(const struct told *told, const char *a, const char *b)
{
    char text[400];
    ck_assert_str_eq(ways(told, A, text), a);
    ck_assert_str_eq(ways(told, B, text), b);
}

static bool took(const struct told *told, int host, enum rule_id rule)
{
    for (size_t i = 0; i < told->trace.count; i++) {
        const struct event *event = &told->trace.events[i];
        if ((event->kind == EV_RULE || event->kind == EV_STATE) && event->host == host &&
            event->u.state.rule == rule)
            return true;
    }
    return false;
}

static unsigned count_of(const struct told *told, enum event_kind kind)
{
    unsigned count = 0;
    for (size_t i = 0; i < told->trace.count; i++)
        count += told->trace.events[i].kind == kind;
    return count;
}

#define OPENS                                                                                      \
    { A, SYN, 0, 0, 0, 0, 0 }, { B, SYN | ACK, 0, 1, 0, 1, 0 },                                    \
    {                                                                                              \
        A, ACK, 1, 1, 0, 2, 0                                                                      \
    }

#define END                                                                                        \
    {                                                                                              \
        0, 0, 0, 0, 0, 0, 0                                                                        \
    }

/* ---- states */

/* FIN and ACK in one segment: three segments, and the reason is said. */
START_TEST(closed_in_three)
{
    static const struct step steps[] = { OPENS,
                                         { A, FIN | ACK, 1, 1, 0, 10, 0 },
                                         { B, FIN | ACK, 1, 2, 0, 11, 0 },
                                         { A, ACK, 2, 2, 0, 12, 0 },
                                         END };
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ",
         "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ");
    ck_assert(says(&told, EV_SAY, "in three segments and not in four: B's FIN is also the ACK"));
    ck_assert_uint_eq(count_of(&told, EV_DIFFERS), 0);
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ",
         "LISTEN SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ");
    ck_assert(says(&told, EV_SAY, "Closed in four segments: B's FIN"));
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT ",
         "LISTEN SYN-RECEIVED ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT ");
    ck_assert(says(&told, EV_SAY, "Both closed at once"));
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT SYN-RECEIVED ESTABLISHED ", "SYN-SENT SYN-RECEIVED ESTABLISHED ");
    told_free(&told);
}
END_TEST

START_TEST(refused)
{
    static const struct step steps[] = { { A, SYN, 0, 0, 0, 0, 0 },
                                         { B, RST | ACK, (uint32_t)-ISN_B, 1, 0, 1, 0 },
                                         END };
    struct told told = tell(steps);
    went(&told, "SYN-SENT CLOSED ", "");
    ck_assert(took(&told, B, CLOSED_GOT_OTHER));
    ck_assert(took(&told, A, SYN_SENT_REFUSED));
    ck_assert_uint_eq(told.flows->list[0]->side[B].resets, 1);
    told_free(&told);
}
END_TEST

/* Nobody answers: nothing is claimed of the other side. */
START_TEST(unanswered)
{
    static const struct step steps[] = {
        { A, SYN, 0, 0, 0, 0, 0 }, { A, SYN, 0, 0, 0, 1000, 0 }, { A, SYN, 0, 0, 0, 3000, 0 }, END
    };
    struct told told = tell(steps);
    went(&told, "SYN-SENT ", "");
    ck_assert(says(&told, EV_SAY, "its states are not known"));
    ck_assert(says(&told, EV_SAY, "Nobody answered in this capture"));
    ck_assert_uint_eq(told.flows->list[0]->side[A].again, 2);
    told_free(&told);
}
END_TEST

/* Aborted: the program is said to have asked for it, and the peer's rule is RST_RESETS. */
START_TEST(aborted)
{
    static const struct step steps[] = { OPENS, { B, RST | ACK, 1, 1, 0, 10, 0 }, END };
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED CLOSED ", "LISTEN SYN-RECEIVED ESTABLISHED CLOSED ");
    ck_assert(took(&told, A, RST_RESETS));
    ck_assert(took(&told, B, ABORT_RESETS));
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED ", "LISTEN SYN-RECEIVED ESTABLISHED ");
    ck_assert(says(&told, EV_SAY, "It goes on after this RST"));
    ck_assert(took(&told, A, OUTSIDE_WINDOW_RST));
    ck_assert(!says(&told, EV_SAY, "Ended by a RST"));
    ck_assert_uint_eq(count_of(&told, EV_DIFFERS), 0);
    ck_assert(!told.flows->list[0]->side[B].saw_rst);
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert_uint_eq(told.flows->count, 2);
    ck_assert(took(&told, A, SYN_SENT_BAD_ACK));
    trace_free(&told.trace);
    trace_init(&told.trace);
    ck_assert(flow_replay(told.flows->list[1], told.flows->last_usec, &told.trace));
    went(&told, "SYN-SENT ESTABLISHED ", "LISTEN SYN-RECEIVED ESTABLISHED ");
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert(says(&told, EV_SAY, "its host has forgotten the connection"));
    told_free(&told);
    told = tell(aborts);
    ck_assert(says(&told, EV_SAY, "another rule made it send RST"));
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert_uint_lt(told.trace.count, 100);
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert(says(&told, EV_SAY, "no ACK of B's FIN is in the capture"));
    ck_assert(!says(&told, EV_SAY, "Closed in four"));
    told_free(&told);
}
END_TEST

/* ---- loss and order */

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
    struct told told = tell(steps);
    const struct flow *flow = told.flows->list[0];
    ck_assert_uint_eq(count_of(&told, EV_DROPPED), 1);
    ck_assert(took(&told, B, TEXT_BEYOND));
    ck_assert(took(&told, B, TEXT_IN_ORDER));
    ck_assert_uint_eq(flow->side[A].octets, 20);
    ck_assert_uint_eq(flow->side[A].again, 1);
    ck_assert_uint_eq(flow->seen[6].marks, MARK_DUPLICATE_ACK);
    ck_assert_uint_eq(flow->seen[7].marks, MARK_AGAIN);
    ck_assert_uint_eq(count_of(&told, EV_DIFFERS), 0);
    told_free(&told);
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
    struct told told = tell(steps);
    const struct flow *flow = told.flows->list[0];
    ck_assert_uint_eq(flow->seen[3].marks, MARK_AHEAD);
    ck_assert_uint_eq(flow->seen[4].marks, MARK_FILLS);
    ck_assert_uint_eq(flow->side[A].again, 0);
    ck_assert_uint_eq(flow->side[A].octets, 20);
    told_free(&told);
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
    struct told told = tell(steps);
    bool beyond = false;
    for (size_t i = 0; i < told.trace.count; i++) {
        const struct event *event = &told.trace.events[i];
        beyond = beyond || (event->kind == EV_RULE && event->u.state.rule == TEXT_BEYOND);
        ck_assert(beyond || event->kind != EV_SENT || event->u.wire.id != 5);
    }
    ck_assert(beyond);
    told_free(&told);
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
    struct segment seg = segment_of(&second);
    uint8_t octets[PACKET_ROOM];
    seg.sack[0] = (struct sack_block){ seq_of(ISN_A + 1), seq_of(ISN_A + 11) };
    seg.sack_count = 1;
    size_t len = segment_encode(&seg, ORDER_RFC, NULL, octets, sizeof octets);
    struct capture_packet packet = {
        .number = 7, .usec = 302000, .octets = octets, .len = len, .wire_len = len
    };
    flows_take(flows, &packet);
    struct told told = { .flows = flows };
    trace_init(&told.trace);
    ck_assert(flow_replay(flows->list[0], flows->last_usec, &told.trace));
    ck_assert_uint_eq(count_of(&told, EV_DROPPED), 0);
    ck_assert(took(&told, B, OUTSIDE_WINDOW));
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ",
         "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ");
    ck_assert(took(&told, A, FIN_AGAIN_IN_TIME_WAIT));
    ck_assert(!took(&told, B, LISTEN_GOT_ACK));
    ck_assert_uint_eq(count_of(&told, EV_DROPPED), 1);
    told_free(&told);
}
END_TEST

/* The same of the third segment: who sends its SYN,ACK again is in SYN-RECEIVED still. */
START_TEST(third_segment_lost)
{
    static const struct step steps[] = {
        OPENS, { B, SYN | ACK, 0, 1, 0, 1000, 0 }, { A, ACK, 1, 1, 0, 1001, 0 }, END
    };
    struct told told = tell(steps);
    ck_assert_uint_eq(told.flows->list[0]->seen[3].marks, MARK_AGAIN);
    for (size_t i = 0; i < told.trace.count; i++) {
        const struct event *event = &told.trace.events[i];
        if (event->kind == EV_STATE && event->host == B && event->u.state.to == ESTABLISHED)
            ck_assert_uint_eq(event->usec, 1001000);
    }
    went(&told, "SYN-SENT ESTABLISHED ", "LISTEN SYN-RECEIVED ESTABLISHED ");
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert(took(&told, B, ZERO_WINDOW_ACK));
    ck_assert(took(&told, B, TEXT_IN_ORDER));
    ck_assert_uint_eq(count_of(&told, EV_DROPPED), 0);
    ck_assert_uint_eq(told.flows->list[0]->seen[5].marks, MARK_BEYOND_WINDOW | MARK_PROBE);
    ck_assert_uint_eq(told.flows->list[0]->seen[6].marks, 0);
    ck_assert_uint_eq(told.flows->list[0]->seen[7].marks, MARK_BEYOND_WINDOW | MARK_PROBE);
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert_uint_eq(told.flows->list[0]->seen[5].marks, MARK_KEEP_ALIVE);
    ck_assert_uint_eq(told.flows->list[0]->side[A].again, 0);
    ck_assert_uint_eq(count_of(&told, EV_DIFFERS), 0);
    told_free(&told);
}
END_TEST

/* Of a side that has sent nothing yet: one before its first octet is the number of its SYN. */
START_TEST(keep_alive_without_text)
{
    static const struct step steps[] = {
        OPENS, { A, ACK, 0, 1, 0, 9000, 0 }, { B, ACK, 1, 1, 0, 9001, 0 }, END
    };
    struct told told = tell(steps);
    ck_assert_uint_eq(told.flows->list[0]->seen[3].marks, MARK_KEEP_ALIVE);
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert(took(&told, B, OUTSIDE_WINDOW));
    ck_assert(says(&told, EV_DIFFERS, "packet 6 gets no answer"));
    ck_assert(says(&told, EV_DIFFERS, "RFC 9293, 3.10.7.4"));
    told_free(&told);
}
END_TEST

/* ---- incomplete captures */

/* Begun in the middle: what is assumed is said, and what follows is told. */
START_TEST(mid_stream)
{
    static const struct step steps[] = {
        { B, PSH | ACK, 500, 90, 5, 0, 0 }, { A, ACK, 90, 505, 0, 1, 0 },
        { A, FIN | ACK, 90, 505, 0, 2, 0 }, { B, FIN | ACK, 505, 91, 0, 3, 0 },
        { A, ACK, 91, 506, 0, 4, 0 },       END
    };
    struct told told = tell(steps);
    ck_assert(told.flows->list[0]->mid_stream);
    ck_assert(says(&told, EV_SAY, "begins in the middle"));
    went(&told, "ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ",
         "ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ");
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED FIN-WAIT-1 ", "");
    ck_assert(says(&told, EV_SAY, "The SYN,ACK that it got is not in the capture."));
    ck_assert(says(&told, EV_SAY, "acknowledges 50 octets of the other side"));
    ck_assert_uint_eq(count_of(&told, EV_DIFFERS), 0);
    told_free(&told);
}
END_TEST

/* Of a RST alone nothing is claimed. */
START_TEST(lonely_reset)
{
    static const struct step steps[] = { { A, RST, 7, 0, 0, 0, 0 }, END };
    struct told told = tell(steps);
    went(&told, "", "");
    ck_assert(says(&told, EV_SAY, "not seen enough"));
    told_free(&told);
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
    struct told told = tell(steps);
    went(&told, "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ",
         "LISTEN SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED ");
    ck_assert(says(&told, EV_SAY, "5 octets that it sent before are not in the capture"));
    told_free(&told);
}
END_TEST

/* One octet is one: what was not captured is counted as it is said. */
START_TEST(gap_of_one)
{
    static const struct step steps[] = { OPENS, { A, PSH | ACK, 2, 1, 5, 10, 0 }, END };
    struct told told = tell(steps);
    ck_assert(says(&told, EV_SAY, "1 octet that it sent before is not in the capture"));
    told_free(&told);
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
    struct told told = tell(steps);
    ck_assert_int_eq(told.flows->list[0]->seen[2].start, 1);
    ck_assert_int_eq(told.flows->list[0]->seen[3].ack, 11);
    ck_assert(took(&told, B, TEXT_IN_ORDER));
    told_free(&told);
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
        take(flows, &one, i + 1);
    }
    ck_assert_uint_eq(flows->count, FLOWS_MAX);
    ck_assert_uint_eq(flows->flows_left_out, 5);
    ck_assert_uint_eq(flows->seen_count, 10);
    ck_assert_uint_eq(flows->list[10]->left_out, 1);
    flows_free(flows);
}
END_TEST

/* ---- packets */

static enum packet_kind kind_of(const uint8_t *octets, size_t len, size_t wire_len,
                                struct packet_view *view)
{
    uint8_t *copy = malloc(len + 1); /* so that a read beyond it is seen */
    memcpy(copy, octets, len);
    enum packet_kind kind = packet_read(copy, len, wire_len, view);
    free(copy);
    return kind;
}

/* Lengths that lie, parts, tunnels, and what the capture has cut. */
START_TEST(odd_packets)
{
    static const struct step step = { A, PSH | ACK, 1, 1, 20, 0, 0 };
    uint8_t octets[PACKET_ROOM], odd[PACKET_ROOM];
    struct packet_view view;
    size_t len = octets_of(&step, octets);
    static const struct {
        size_t at;
        uint8_t value;
        enum packet_kind kind;
    } changes[] = {
        { 2, 0xff, PACKET_LYING },  { 3, 10, PACKET_LYING },    { 0, 0x44, PACKET_LYING },
        { 32, 0x40, PACKET_LYING }, { 32, 0xf0, PACKET_LYING }, { 6, 0x20, PACKET_FRAGMENT },
        { 7, 1, PACKET_FRAGMENT },  { 9, 17, PACKET_NOT_TCP },  { 9, 47, PACKET_TUNNEL },
        { 9, 4, PACKET_TUNNEL },    { 3, 59, PACKET_SEGMENT },
    };
    ck_assert_int_eq(kind_of(octets, len, len, &view), PACKET_SEGMENT);
    ck_assert(!view.seg.corrupted && !view.is_cut);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(odd, octets, len);
        odd[changes[i].at] = changes[i].value;
        ck_assert_msg(kind_of(odd, len, len, &view) == changes[i].kind, "octet %zu = %u",
                      changes[i].at, changes[i].value);
    }
    for (size_t cut = 0; cut < len; cut++) {
        enum packet_kind kind = kind_of(octets, cut, len, &view);
        ck_assert_int_eq(kind, cut < 40 ? PACKET_CUT : PACKET_SEGMENT);
        if (kind == PACKET_SEGMENT) {
            ck_assert(view.is_cut && !view.seg.corrupted);
            ck_assert_uint_eq(view.seg.text_len, 20);
        }
    }
}
END_TEST

/* IPv6: a fragment header says a part, or with neither offset nor M a whole packet (RFC 6946). */
START_TEST(fragment_headers)
{
    static const struct {
        uint8_t octets[8]; /* next header, reserved, offset and M, identification */
        enum packet_kind kind;
    } headers[] = {
        { { 6, 0, 0, 0, 0, 0, 0, 7 }, PACKET_SEGMENT },
        { { 6, 9, 0, 6, 0, 0, 0, 7 }, PACKET_SEGMENT }, /* reserved: not looked at */
        { { 6, 0, 0, 1, 0, 0, 0, 7 }, PACKET_FRAGMENT },
        { { 6, 0, 0, 8, 0, 0, 0, 7 }, PACKET_FRAGMENT },
    };
    const struct ip six = { .family = 6, .octet = { [15] = 1 } };
    const struct segment syn = { .src = { six, 1 }, .dst = { six, 2 }, .flags = SYN };
    uint8_t octets[PACKET_ROOM];
    struct packet_view view;
    size_t len = segment_encode(&syn, ORDER_RFC, NULL, octets, sizeof octets);
    memmove(octets + 48, octets + 40, len - 40);
    octets[5] = (uint8_t)(octets[5] + 8);
    octets[6] = 44;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        memcpy(octets + 40, headers[i].octets, 8);
        ck_assert_int_eq(kind_of(octets, len + 8, len + 8, &view), headers[i].kind);
        if (headers[i].kind == PACKET_SEGMENT)
            ck_assert(!view.seg.corrupted && view.seg.flags == SYN && view.seg.text_len == 0);
    }
    ck_assert_int_eq(kind_of(octets, 44, len + 8, &view), PACKET_CUT);
}
END_TEST

/* A length of 0 is one that the network card would have filled in, and a checksum likewise. */
START_TEST(offloaded)
{
    static const struct step step = { A, PSH | ACK, 1, 1, 20, 0, 0 };
    uint8_t octets[PACKET_ROOM];
    struct packet_view view;
    size_t len = octets_of(&step, octets);
    octets[2] = octets[3] = octets[36] = 0;
    ck_assert_int_eq(kind_of(octets, len, len, &view), PACKET_SEGMENT);
    ck_assert(view.seg.corrupted);
    ck_assert_uint_eq(view.seg.text_len, 20);
}
END_TEST

/* Each link's header is taken off, VLAN tags too. */
static const struct {
    int link;
    size_t len;
    const char *header;
} links[] = {
    { DLT_RAW, 0, "" },
    { 228, 0, "" },
    { DLT_NULL, 4, "\x02\x00\x00\x00" },
    { DLT_LOOP, 4, "\x00\x00\x00\x02" },
    { DLT_EN10MB, 14, "aaaaaabbbbbb\x08\x00" },
    { DLT_EN10MB, 18, "aaaaaabbbbbb\x81\x00\x00\x05\x08\x00" },
    { DLT_EN10MB, 22, "aaaaaabbbbbb\x88\xa8\x00\x05\x81\x00\x00\x05\x08\x00" },
    { DLT_LINUX_SLL, 16, "\x00\x00\x00\x01\x00\x06mmmmmm\x00\x00\x08\x00" },
    { 276, 20, "\x08\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x06mmmmmmmm" },
};

START_TEST(links_are_known)
{
    static const struct step step = { A, SYN, 0, 0, 0, 0, 0 };
    uint8_t octets[PACKET_ROOM];
    memcpy(octets, links[_i].header, links[_i].len);
    size_t len = links[_i].len + octets_of(&step, octets + links[_i].len);
    ck_assert(link_is_known(links[_i].link));
    ck_assert_int_eq(link_header_len(links[_i].link, octets, len), (long)links[_i].len);
    for (size_t cut = 0; cut <= links[_i].len; cut++)
        ck_assert_int_eq(link_header_len(links[_i].link, octets, cut), -1);
}
END_TEST

/* ---- files */

/* A file by libpcap, in a new folder; its path is to be given to file_free(). */
static char *file_of(int link, const char *header, size_t header_len, const struct step *steps)
{
    char folder[] = "/tmp/tcpstep-capture-XXXXXX";
    char *path = malloc(64);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, 64, "%s/x.pcap", folder);
    pcap_t *pcap = pcap_open_dead(link, 65535);
    pcap_dumper_t *dumper = pcap_dump_open(pcap, path);
    ck_assert_ptr_nonnull(dumper);
    for (unsigned i = 0; steps[i].flags; i++) {
        uint8_t octets[PACKET_ROOM];
        memcpy(octets, header, header_len);
        size_t len = header_len + octets_of(&steps[i], octets + header_len);
        struct pcap_pkthdr head = { .caplen = (uint32_t)len, .len = (uint32_t)len };
        head.ts.tv_sec = 1700000000 + steps[i].msec / 1000;
        head.ts.tv_usec = (long)(steps[i].msec % 1000) * 1000;
        pcap_dump((u_char *)dumper, &head, octets);
    }
    pcap_dump_close(dumper);
    pcap_close(pcap);
    return path;
}

static void file_free(char *path)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    free(path);
}

static const struct step whole[] = { OPENS,
                                     { A, PSH | ACK, 1, 1, 5, 5, 0 },
                                     { B, ACK, 1, 6, 0, 6, 0 },
                                     { A, FIN | ACK, 6, 1, 0, 10, 0 },
                                     { B, FIN | ACK, 1, 7, 0, 11, 0 },
                                     { A, ACK, 7, 2, 0, 12, 0 },
                                     END };

static struct ran run_on(int status, const char *format, const char *path)
{
    char command[512];
    snprintf(command, sizeof command, format, path);
    return run_expecting(status, command);
}

/* The command on a file of each link: list, ladder, explanation. */
START_TEST(opens_each_link)
{
    char *path = file_of(links[_i].link, links[_i].header, links[_i].len, whole);
    struct ran ran = run_on(0, "$TCPSTEP open %s --explain", path);
    ck_assert_ptr_nonnull(strstr(ran.out, "8 packets, 1 TCP connection\n"));
    ck_assert_ptr_nonnull(strstr(ran.out, "closed, A first"));
    ck_assert_ptr_nonnull(strstr(ran.out, "A --> B  PSH,ACK seq=1 ack=1 len=5 win=8000\n"));
    ck_assert_ptr_nonnull(strstr(ran.out, "B in LISTEN got SYN: it keeps IRS, picks ISS"));
    ck_assert_ptr_nonnull(strstr(ran.out, "Closed in three segments and not in four"));
    ran_free(&ran);
    ran = run_on(0, "$TCPSTEP open - <%s", path);
    ck_assert_ptr_nonnull(strstr(ran.out, "A TIME-WAIT    B LAST-ACK\n"));
    ran_free(&ran);
    file_free(path);
}
END_TEST

/* NDJSON by --trace: what was inferred says so. */
START_TEST(trace_says_inferred)
{
    char *path = file_of(LINK_RAW, "", 0, whole);
    struct ran ran = run_on(0, "$TCPSTEP open %s --trace - --connection 1", path);
    ck_assert_ptr_eq(strstr(ran.out, "{\"kind\":\"run\""), ran.out);
    ck_assert_ptr_nonnull(strstr(ran.out, "\"kind\":\"state\",\"from\":\"LISTEN\",\"to\":"
                                          "\"SYN-RECEIVED\",\"by\":\"inferred\",\"rule\":"
                                          "\"LISTEN_GOT_SYN\""));
    ck_assert_ptr_nonnull(strstr(ran.out, "\"lane\":\"kernel\""));
    ran_free(&ran);
    ran = run_on(2, "$TCPSTEP open %s --connection 2", path);
    ck_assert_ptr_nonnull(strstr(ran.err, "there is no connection 2; there are 1"));
    ran_free(&ran);
    file_free(path);
}
END_TEST

/* Cut anywhere: what is whole is shown, the rest is a complaint, and nothing worse. */
START_TEST(cut_anywhere)
{
    char *path = file_of(LINK_RAW, "", 0, whole);
    char command[512];
    for (unsigned len = 0; len < 500; len += 13) {
        snprintf(command, sizeof command, "head -c %u %s | $TCPSTEP open - --explain", len, path);
        struct ran ran = run_shell(command);
        ck_assert_msg(ran.status == 0 || ran.status == 2, "%u octets: %d", len, ran.status);
        ck_assert((ran.status == 2) == (strstr(ran.err, "tcpstep: -: ") != NULL));
        ck_assert((len > 24 + 60) == (strstr(ran.out, "A --> B  SYN") != NULL));
        ran_free(&ran);
    }
    file_free(path);
}
END_TEST

/* What is no capture is said with its name. */
START_TEST(no_capture)
{
    static const struct {
        const char *command, *says;
    } bad[] = {
        { "$TCPSTEP open /dev/null", "/dev/null: truncated dump file" },
        { "echo 'no capture, by no means' | $TCPSTEP open -", "unknown file format" },
        { "$TCPSTEP open /no/such/file", "/no/such/file: No such file" },
        { "$TCPSTEP open /tmp", "directory" },
        { "$TCPSTEP open", "open needs a capture" },
        { "$TCPSTEP open a b", "one too many" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ran ran = run_expecting(2, bad[i].command);
        ck_assert_msg(strstr(ran.err, bad[i].says) != NULL, "%s: %s", bad[i].command, ran.err);
        ran_free(&ran);
    }
}
END_TEST

/* A wrong checksum is said once for all segments that have one. */
START_TEST(checksums_once)
{
    static const struct step steps[] = { OPENS, { A, PSH | ACK, 1, 1, 5, 5, 0 }, END };
    struct flows *flows = flows_new();
    for (unsigned i = 0; steps[i].flags; i++) {
        uint8_t octets[PACKET_ROOM];
        size_t len = octets_of(&steps[i], octets);
        octets[36] ^= steps[i].from == A;
        struct capture_packet packet = { i + 1, i, octets, len, len };
        flows_take(flows, &packet);
    }
    ck_assert_uint_eq(flows->wrong_checksums, 3);
    ck_assert_uint_eq(flows->wrong_of_first, 3);
    flows_free(flows);
}
END_TEST

/* What we write ourselves, and what tcpdump and tshark make of it, reads the same. */
START_TEST(files_of_others)
{
    static const char *const makers[] = { "tcpdump -r $d/x -w $d/y", "tshark -r $d/x -w $d/y",
                                          "tshark -F pcap -r $d/x -w $d/y" };
    struct ran ran =
        run_expecting(0, "d=$(mktemp -d); $TCPSTEP run close --on model --headless --pcap $d/x "
                         ">/dev/null; $TCPSTEP open $d/x; rm -r $d");
    ck_assert_ptr_nonnull(strstr(ran.out, "A TIME-WAIT    B CLOSED"));
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        char command[512];
        snprintf(command, sizeof command,
                 "d=$(mktemp -d); $TCPSTEP run close --on model --headless --pcap $d/x >/dev/null; "
                 "chmod 777 $d; %s 2>/dev/null && $TCPSTEP open $d/y; rm -r $d",
                 makers[i]);
        struct ran other = run_shell(command);
        if (other.out_len == 0)
            printf("capture: %.7s is not here, or cannot write: not tested\n", makers[i]);
        else
            ck_assert_str_eq(other.out, ran.out);
        ran_free(&other);
    }
    ran_free(&ran);
}
END_TEST

static TCase *of_states(void)
{
    TCase *tcase = tcase_create("states");
    tcase_add_test(tcase, closed_in_three);
    tcase_add_test(tcase, closed_in_four);
    tcase_add_test(tcase, closed_at_once);
    tcase_add_test(tcase, opened_at_once);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, unanswered);
    tcase_add_test(tcase, aborted);
    tcase_add_test(tcase, reset_by_another);
    tcase_add_test(tcase, acks_behind_a_reset);
    tcase_add_test(tcase, forgotten);
    tcase_add_test(tcase, half_open_found);
    tcase_add_test(tcase, last_ack_missing);
    tcase_add_test(tcase, lost_and_sent_again);
    tcase_add_test(tcase, overtaken);
    tcase_add_test(tcase, overtaken_twice);
    tcase_add_test(tcase, overtaken_and_told);
    tcase_add_test(tcase, sent_again_in_vain);
    tcase_add_test(tcase, last_ack_lost);
    tcase_add_test(tcase, third_segment_lost);
    tcase_add_test(tcase, keep_alive);
    tcase_add_test(tcase, keep_alive_without_text);
    tcase_add_test(tcase, zero_window);
    tcase_add_test(tcase, no_answer_differs);
    tcase_add_test(tcase, mid_stream);
    tcase_add_test(tcase, one_sided);
    tcase_add_test(tcase, lonely_reset);
    tcase_add_test(tcase, gap_in_the_capture);
    tcase_add_test(tcase, gap_of_one);
    tcase_add_test(tcase, port_used_again);
    tcase_add_test(tcase, numbers_wrap);
    tcase_add_test(tcase, limits_are_told);
    return tcase;
}

Suite *capture_suite(void)
{
    Suite *suite = suite_create("capture");
    TCase *tcase = tcase_create("files");
    int link_count = (int)(sizeof links / sizeof links[0]);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, odd_packets);
    tcase_add_test(tcase, fragment_headers);
    tcase_add_test(tcase, offloaded);
    tcase_add_loop_test(tcase, links_are_known, 0, link_count);
    tcase_add_loop_test(tcase, opens_each_link, 0, link_count);
    tcase_add_test(tcase, trace_says_inferred);
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_test(tcase, no_capture);
    tcase_add_test(tcase, checksums_once);
    tcase_add_test(tcase, files_of_others);
    suite_add_tcase(suite, of_states());
    suite_add_tcase(suite, tcase);
    return suite;
}
