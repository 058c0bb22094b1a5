/*
 * The sentences that the log and the stage are made of: calls, results, segments, rules.
 */
#include "tests/suites.h"

#include "ui/words.h"

#include <errno.h>
#include <string.h>

static const struct endpoint client = { { 4, { 10, 9, 0, 1 } }, 40000 };
static const struct endpoint server = { { 4, { 10, 9, 0, 2 } }, 7788 };

static struct event call_of(enum call_op op, int32_t value)
{
    struct event event = { .kind = EV_CALL };
    event.u.call = (struct call){ .op = op, .fd = 3, .value = value };
    return event;
}

static void says_call(const struct event *event, const char *expected)
{
    char text[WORDS_MAX];
    ck_assert_str_eq(words_call(event, text, sizeof text), expected);
}

/* Each call reads as a line of C. */
START_TEST(calls)
{
    struct event event = call_of(CALL_SOCKET, 0);
    says_call(&event, "socket()");
    event = call_of(CALL_LISTEN, 128);
    says_call(&event, "listen(3, 128)");
    event = call_of(CALL_ACCEPT, 0);
    says_call(&event, "accept(3)");
    event = call_of(CALL_RECV, 100);
    says_call(&event, "recv(3, 100)");
    event.u.call.flags = MESSAGE_PEEK | MESSAGE_DONTWAIT;
    says_call(&event, "recv(3, 100, MSG_PEEK|MSG_DONTWAIT)");
    event = call_of(CALL_CLOSE, 0);
    says_call(&event, "close(3)");
    event = call_of(CALL_SHUTDOWN, HOW_WR);
    says_call(&event, "shutdown(3, SHUT_WR)");
    event = call_of(CALL_SHUTDOWN, HOW_RDWR);
    says_call(&event, "shutdown(3, SHUT_RDWR)");
    event = call_of(CALL_SETSOCKOPT, 1);
    event.u.call.option = OPTION_REUSEADDR;
    says_call(&event, "setsockopt(3, SO_REUSEADDR, 1)");
    event = call_of(CALL_GETSOCKOPT, 0);
    event.u.call.option = OPTION_ERROR;
    says_call(&event, "getsockopt(3, SO_ERROR)");
    event = call_of(CALL_BIND, 0);
    event.u.call.addr = (struct endpoint){ .port = 7788 };
    says_call(&event, "bind(3, *:7788)");
    event = call_of(CALL_CONNECT, 0);
    event.u.call.addr = server;
    says_call(&event, "connect(3, 10.9.0.2:7788)");
}
END_TEST

/* What is sent stands in its call, escaped, and cut where it is long; the length is whole. */
START_TEST(text_that_is_sent)
{
    uint8_t octets[500];
    char text[WORDS_MAX];
    struct event event = call_of(CALL_SEND, 0);
    event.text = (const uint8_t *)"hi \x1b\n你好";
    event.text_len = (uint32_t)strlen((const char *)event.text);
    says_call(&event, "send(3, \"hi \\x1b\\n你好\", 11)");
    memset(octets, 'x', sizeof octets);
    event.text = octets;
    event.text_len = sizeof octets;
    words_call(&event, text, sizeof text);
    ck_assert_uint_lt(strlen(text), 80);
    ck_assert_ptr_nonnull(strstr(text, "xxx...\", 500)"));
}
END_TEST

static void says_result(enum call_op op, struct call_result result, const char *octets,
                        const char *expected)
{
    char text[WORDS_MAX];
    struct event event = { .kind = EV_RETURN, .text = (const uint8_t *)octets };
    event.text_len = (uint32_t)strlen(octets);
    event.u.done.op = op;
    event.u.done.result = result;
    event.u.done.asked = 100;
    ck_assert_str_eq(words_result(&event, text, sizeof text), expected);
}

/* A result is a number; an error has its name and its words; some results say what they mean. */
START_TEST(results)
{
    says_result(CALL_SOCKET, (struct call_result){ .ret = 3 }, "", "3");
    says_result(CALL_BIND, (struct call_result){ .ret = 0 }, "", "0");
    says_result(CALL_BIND, (struct call_result){ .ret = -1, .err = EADDRINUSE }, "",
                "-1 EADDRINUSE (Address already in use)");
    says_result(CALL_CONNECT, (struct call_result){ .ret = -1, .err = EINPROGRESS }, "",
                "-1 EINPROGRESS (Operation now in progress)");
    says_result(CALL_SEND, (struct call_result){ .ret = -1, .err = 9999 }, "",
                "-1 errno 9999 (errno 9999)");
    says_result(CALL_ACCEPT, (struct call_result){ .ret = 4, .peer = client }, "",
                "4, from 10.9.0.1:40000");
    says_result(CALL_RECV, (struct call_result){ .ret = 7 }, "hello\n\x07", "7 \"hello\\n\\x07\"");
    says_result(CALL_RECV, (struct call_result){ .ret = 0 }, "", "0 (the peer has closed)");
}
END_TEST

static struct segment segment_of(unsigned flags, uint32_t seq, uint32_t ack)
{
    struct segment seg = { .src = client, .dst = server, .flags = (uint8_t)flags };
    seg.seq = seq_of(seq);
    seg.ack = seq_of(ack);
    seg.wnd = 16384;
    return seg;
}

static void learn(struct numbering *numbering, struct segment seg)
{
    struct event event = { .kind = EV_SENT };
    event.u.wire.seg = seg;
    numbering_learn(numbering, &event);
}

static void says_segment(const struct segment *seg, const struct numbering *numbering,
                         const char *expected)
{
    char text[WORDS_MAX];
    ck_assert_str_eq(words_segment(seg, numbering, text, sizeof text), expected);
}

static struct segment answer_to(struct segment seg)
{
    struct endpoint src = seg.src;
    seg.src = seg.dst;
    seg.dst = src;
    return seg;
}

/* Options stand behind the window; the blocks of SACK are counted as the ACK is. */
START_TEST(options_of_a_segment)
{
    struct numbering numbering = { .count = 0 };
    struct segment syn = segment_of(SYN, 500, 0);
    struct segment sack = answer_to(segment_of(ACK, 0, 501));
    syn.mss = 1460;
    syn.has = HAS_WSCALE | HAS_SACK_PERMITTED | HAS_TIMESTAMPS;
    syn.wscale = 7;
    learn(&numbering, syn);
    says_segment(&syn, &numbering, "SYN seq=0 win=16384 mss=1460 ws=7 sackok ts");
    sack.sack_count = 2;
    sack.sack[0] = (struct sack_block){ seq_of(701), seq_of(801) };
    sack.sack[1] = (struct sack_block){ seq_of(601), seq_of(651) };
    sack.flags |= URG;
    sack.urgent = 5;
    sack.corrupted = true;
    says_segment(&sack, &numbering,
                 "ACK,URG seq=0 ack=1 win=16384 urg=5 sack=201:301,101:151 wrong checksum");
}
END_TEST

/* Sequence numbers count from the two SYNs, as people read them, also where they wrap. */
START_TEST(relative_numbers)
{
    struct numbering numbering = { .count = 0 };
    struct segment syn = segment_of(SYN, 4294967295u, 0);
    struct segment syn_ack = answer_to(segment_of(SYN | ACK, 1000, 0));
    struct segment text = segment_of(PSH | ACK, 0, 1001);
    syn.mss = 1460;
    text.text_len = 5;
    learn(&numbering, syn);
    says_segment(&syn, &numbering, "SYN seq=0 win=16384 mss=1460");
    learn(&numbering, syn_ack);
    says_segment(&syn_ack, &numbering, "SYN,ACK seq=0 ack=1 win=16384");
    says_segment(&text, &numbering, "PSH,ACK seq=1 ack=1 len=5 win=16384");
}
END_TEST

/* Where the SYN was not seen numbers stay as they are. */
START_TEST(raw_numbers)
{
    struct numbering numbering = { .count = 0 };
    struct segment fin = segment_of(FIN | ACK, 70000, 80000);
    says_segment(&fin, &numbering, "FIN,ACK seq=70000 ack=80000 win=16384");
    learn(&numbering, fin);
    says_segment(&fin, &numbering, "FIN,ACK seq=70000 ack=80000 win=16384");
}
END_TEST

/* A new connection between the same names counts from its own SYN. */
START_TEST(numbers_of_a_new_connection)
{
    struct numbering numbering = { .count = 0 };
    struct segment syn = segment_of(SYN, 500, 0);
    learn(&numbering, syn);
    syn.seq = seq_of(90000);
    learn(&numbering, syn);
    says_segment(&syn, &numbering, "SYN seq=0 win=16384");
    ck_assert_uint_eq(numbering.count, 1);
}
END_TEST

/* Of very many connections the oldest are forgotten, and their numbers are raw again. */
START_TEST(numbers_that_are_forgotten)
{
    struct numbering numbering = { .count = 0 };
    struct segment syn = segment_of(SYN, 500, 0);
    for (unsigned i = 0; i <= NUMBERING_MAX; i++) {
        syn.src.port = (uint16_t)(1000 + i);
        learn(&numbering, syn);
    }
    syn.src.port = 1000;
    ck_assert_uint_eq(numbering_seq(&numbering, &syn), 500);
    syn.src.port = 1001;
    ck_assert_uint_eq(numbering_seq(&numbering, &syn), 0);
    syn.src.port = 1000 + NUMBERING_MAX;
    ck_assert_uint_eq(numbering_seq(&numbering, &syn), 0);
}
END_TEST

static struct event rule_event(enum rule_id rule, enum tcp_state from, enum tcp_state to)
{
    struct event event = { .kind = from == to ? EV_RULE : EV_STATE, .host = 1 };
    event.u.state.rule = rule;
    event.u.state.from = (uint8_t)from;
    event.u.state.to = (uint8_t)to;
    event.u.state.source = BY_RULE;
    return event;
}

/* Why something happened is a sentence: who, where, when, then, and the new state. */
START_TEST(whys)
{
    char text[WORDS_MAX];
    struct event event = rule_event(SYN_SENT_GOT_SYN_ACK, SYN_SENT, ESTABLISHED);
    ck_assert_str_eq(words_why(&event, text, sizeof text),
                     "B in SYN-SENT got SYN,ACK: it keeps IRS and the window, answers ACK; "
                     "now ESTABLISHED");
    event = rule_event(TEXT_AFTER_FIN, CLOSE_WAIT, CLOSE_WAIT);
    ck_assert_str_eq(words_why(&event, text, sizeof text),
                     "B in CLOSE-WAIT got text after the peer's FIN: it drops it and acknowledges "
                     "what it has");
}
END_TEST

/* Every rule, in every state it allows, makes a whole sentence that fits, and has its place. */
START_TEST(every_rule_has_words)
{
    char text[WORDS_MAX], where[48];
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        enum rule_id rule = (enum rule_id)i;
        for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
            enum tcp_state from = (enum tcp_state)state;
            if (!rule_allows(rule, from))
                continue;
            struct event event = rule_event(rule, from, rule_leads_to(rule, from));
            words_why(&event, text, sizeof text);
            ck_assert_uint_lt(strlen(text), sizeof text - 1);
            ck_assert_ptr_eq(strstr(text, "B in "), text);
            ck_assert_ptr_nonnull(strstr(text, ": it "));
        }
        words_where(rule, where, sizeof where);
        ck_assert_uint_lt(strlen(where), 40);
        ck_assert_msg(strncmp(where, "RFC ", 4) == 0 || strncmp(where, "not ", 4) == 0, "%s: '%s'",
                      tcp_rules[i].name, where);
    }
}
END_TEST

/* The place is in RFC 9293 unless another RFC is named, or none. */
START_TEST(wheres)
{
    char where[48];
    ck_assert_str_eq(words_where(SYN_SENT_GOT_SYN_ACK, where, sizeof where), "RFC 9293, 3.10.7.3");
    ck_assert_str_eq(words_where(SYN_CHALLENGED, where, sizeof where), "RFC 5961, 4.2");
    ck_assert_str_eq(words_where(TWO_WAY_OPENS, where, sizeof where), "not TCP");
}
END_TEST

static void says_event(const struct event *event, const char *expected)
{
    char text[WORDS_MAX];
    struct numbering none = { .count = 0 };
    ck_assert_str_eq(words_event(event, &none, text, sizeof text), expected);
}

/* A state that was read from the kernel says so instead of giving a reason. */
START_TEST(states_read_from_the_kernel)
{
    struct event event = { .kind = EV_STATE, .lane = LANE_KERNEL, .host = 0 };
    event.u.state.from = FIN_WAIT_2;
    event.u.state.to = TIME_WAIT;
    event.u.state.source = BY_SOCK_DIAG;
    says_event(&event, "FIN-WAIT-2 -> TIME-WAIT  (read from sock_diag)");
}
END_TEST

/* A datagram has a port and a length, and no numbers. */
START_TEST(datagram)
{
    struct numbering numbering = { .count = 0 };
    struct segment seg = { .dst = { .port = 53 }, .protocol = SEGMENT_OF_UDP, .text_len = 7 };
    says_segment(&seg, &numbering, "UDP port=53 len=7");
}
END_TEST

/* What the wire does reads as a sentence about a host and a segment. */
START_TEST(wire_events)
{
    static const struct {
        enum event_kind kind;
        bool again;
        const char *words;
    } rows[] = {
        { EV_SENT, false, "sends FIN seq=9 win=16384" },
        { EV_SENT, true, "sends again FIN seq=9 win=16384" },
        { EV_DELIVERED, false, "gets FIN seq=9 win=16384" },
        { EV_DROPPED, false, "never gets (dropped) FIN seq=9 win=16384" },
        { EV_DUPLICATED, false, "is copied by the wire: FIN seq=9 win=16384" },
        { EV_HELD, false, "is held by the wire: FIN seq=9 win=16384" },
        { EV_RELEASED, false, "goes on: FIN seq=9 win=16384" },
        { EV_CORRUPTED, false, "has an octet changed by the wire: FIN seq=9 win=16384" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct event event = { .kind = (uint8_t)rows[i].kind };
        event.u.wire.seg = segment_of(FIN, 9, 0);
        event.u.wire.again = rows[i].again;
        says_event(&event, rows[i].words);
    }
}
END_TEST

/* Timers, notices, sentences and verdicts read as what they are. */
START_TEST(other_events)
{
    struct event event = { .kind = EV_TIMER };
    event.u.timer.timer = TIMER_TIME_WAIT;
    event.u.timer.change = TIMER_ARMED;
    event.u.timer.at_usec = 240400000;
    says_event(&event, "2 MSL timer armed, due at 240.400 s");
    event.u.timer.change = TIMER_RAN_OUT;
    says_event(&event, "2 MSL timer ran out");
    event = (struct event){ .kind = EV_SIGNAL, .u.notice = NOTICE_CONNECTION_RESET };
    says_event(&event, "tells its user \"connection reset\"");
    event = (struct event){ .kind = EV_SAY, .text = (const uint8_t *)"a\x1b", .text_len = 2 };
    says_event(&event, "a\\x1b");
    event.kind = EV_EXPECT;
    event.u.expect.line = 12;
    says_event(&event, "line 12: a\\x1b");
}
END_TEST

/* What comes next: a segment with its time, a timer, a line of the lab, or nothing. */
START_TEST(nexts)
{
    struct event event = { .kind = EV_NEXT, .host = 1 };
    event.u.next.what = NEXT_DELIVER;
    event.u.next.seg = segment_of(SYN, 0, 0);
    event.u.next.at_usec = 1100000;
    says_event(&event, "deliver SYN seq=0 win=16384 to B at 1.100 s");
    event.u.next.what = NEXT_TIMER;
    event.u.next.timer = TIMER_RETRANSMISSION;
    says_event(&event, "the retransmission timer of B runs out at 1.100 s");
    event.u.next.what = NEXT_LINE;
    event.text = (const uint8_t *)"wait 4 min";
    event.text_len = 10;
    says_event(&event, "wait 4 min");
    event.u.next.what = NEXT_NOTHING;
    says_event(&event, "nothing more is due");
}
END_TEST

/* Hosts have letters, times are seconds to the millisecond. */
START_TEST(letters_and_times)
{
    char text[32];
    ck_assert_int_eq(host_letter(0), 'A');
    ck_assert_int_eq(host_letter(1), 'B');
    ck_assert_int_eq(host_letter(-1), '-');
    ck_assert_str_eq(words_time(0, text, sizeof text), "0.000 s");
    ck_assert_str_eq(words_time(240400999, text, sizeof text), "240.400 s");
    ck_assert_str_eq(words_time(UINT64_MAX, text, sizeof text), "18446744073709.551 s");
}
END_TEST

Suite *words_suite(void)
{
    Suite *suite = suite_create("words");
    TCase *tcase = tcase_create("calls");
    tcase_add_test(tcase, calls);
    tcase_add_test(tcase, text_that_is_sent);
    tcase_add_test(tcase, results);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("segments");
    tcase_add_test(tcase, relative_numbers);
    tcase_add_test(tcase, options_of_a_segment);
    tcase_add_test(tcase, raw_numbers);
    tcase_add_test(tcase, numbers_of_a_new_connection);
    tcase_add_test(tcase, numbers_that_are_forgotten);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("events");
    tcase_add_test(tcase, whys);
    tcase_add_test(tcase, every_rule_has_words);
    tcase_add_test(tcase, wheres);
    tcase_add_test(tcase, states_read_from_the_kernel);
    tcase_add_test(tcase, datagram);
    tcase_add_test(tcase, wire_events);
    tcase_add_test(tcase, other_events);
    tcase_add_test(tcase, nexts);
    tcase_add_test(tcase, letters_and_times);
    suite_add_tcase(suite, tcase);
    return suite;
}
