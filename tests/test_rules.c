/*
 * sim/rules: the table of decisions says what it should, and no more than what can happen: each
 * rule is taken in each state that its row names, by user calls, segments and timers.
 */
#include "sim/world.h"
#include "tests/bench.h"
#include "tests/rule_ways.h"
#include "tests/siege.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

#define BIT(state) (1u << (state))

/* Pairs that a row names and nothing can lead to, each with its reason. There is none: a row that
 * named such a state was put right. */
static const struct {
    enum rule_id rule;
    enum tcp_state from;
    const char *reason;
} unreachable[] = { { RULE_COUNT, CLOSED, NULL } };

/* Writes the lines with the state's name for every "@". */
static void fill_in(const char *lines, enum tcp_state state, char *out, size_t len)
{
    const char *name = state_name(state);
    size_t used = 0;
    for (; *lines && used + 1 < len; lines++) {
        if (*lines != '@') {
            out[used++] = *lines;
            continue;
        }
        for (const char *at = name; *at && used + 1 < len; at++)
            out[used++] = *at;
    }
    out[used] = '\0';
}

static void go(const struct rule_way *way, enum tcp_state from, uint16_t reached[RULE_COUNT])
{
    struct bench *bench = malloc(sizeof *bench);
    char lines[512];
    ck_assert_ptr_nonnull(bench);
    fill_in(way->lines, from, lines, sizeof lines);
    bench_init(bench, false);
    bench_do(bench, lines);
    ck_assert_msg(bench->seen[way->rule] & BIT(from), "%s is not taken in %s by\n%s",
                  tcp_rules[way->rule].name, state_name(from), lines);
    for (unsigned i = 0; i < RULE_COUNT; i++)
        reached[i] |= bench->seen[i];
    free(bench);
}

static void go_all(uint16_t reached[RULE_COUNT])
{
    for (size_t i = 0; i < rule_way_count; i++) {
        for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
            if (rule_ways[i].from & BIT(state))
                go(&rule_ways[i], (enum tcp_state)state, reached);
        }
    }
}

static void note_rule(void *to, const struct event *event)
{
    uint16_t *reached = to;
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        reached[event->u.state.rule] |= (uint16_t)BIT(event->u.state.from);
}

/* LISTEN_IS_FULL is a host's decision: there is no room for another socket. */
static void go_to_a_full_host(uint16_t reached[RULE_COUNT])
{
    static const struct call calls[] = {
        { .op = CALL_SOCKET },
        { .op = CALL_LISTEN, .fd = 3, .value = 5 },
        { .op = CALL_SOCKET },
        { .op = CALL_CONNECT, .fd = 3, .addr = { .ip = { 4, { 10, 9, 0, 1 } }, .port = 80 } },
    };
    struct world_setup setup = { .limits = { 2, 2, 4, 16, 16, 16, 0, false } };
    struct sink sink = { .emit = note_rule, .to = reached };
    setup.profile = profile_find("rfc");
    void *mem = malloc(world_size(&setup.limits));
    ck_assert_ptr_nonnull(mem);
    struct world *world = world_create(mem, &setup);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct command command = { .kind = COMMAND_CALL, .host = i < 2 ? 0 : 1, .call = calls[i] };
        if (i == 1) {
            struct command bind = { .kind = COMMAND_CALL,
                                    .call = { .op = CALL_BIND, .fd = 3, .addr = { .port = 80 } } };
            world_apply(world, &bind, &sink, NULL, NULL);
        }
        world_apply(world, &command, &sink, NULL, NULL);
    }
    struct command step = { .kind = COMMAND_STEP };
    world_apply(world, &step, &sink, NULL, NULL);
    free(mem);
}

/* A listener of one half-open connection gets two SYNs, and the ACK of what it answers. */
static void go_to_a_flooded_host(uint16_t reached[RULE_COUNT])
{
    for (unsigned cookies = 0; cookies < 2; cookies++) {
        struct siege *siege = siege_new("rfc", 0);
        siege_set(siege, "syn_cookies", cookies);
        siege_flood(siege, 0, 2);
        struct segment ack = siege_answer(siege, 1);
        siege_arrives(siege, &ack, NULL);
        for (unsigned i = 0; i < RULE_COUNT; i++)
            reached[i] |= siege->from[i];
        siege_end(siege);
    }
}

static const char *why_not(enum rule_id rule, unsigned state)
{
    for (size_t i = 0; i < sizeof unreachable / sizeof unreachable[0]; i++) {
        if (unreachable[i].rule == rule && unreachable[i].from == (enum tcp_state)state)
            return unreachable[i].reason;
    }
    return NULL;
}

#define COUNT(array) (sizeof array / sizeof array[0])

/* Every pair of a rule and a state that its row names is reached by somebody who only calls,
 * sends and waits, or stands in the list with a reason; and no pair of that list is reached. */
START_TEST(every_pair_is_reached)
{
    uint16_t reached[RULE_COUNT] = { 0 };
    go_all(reached);
    go_to_a_full_host(reached);
    go_to_a_flooded_host(reached);
    for (unsigned rule = RULE_NONE + 1; rule < RULE_COUNT; rule++) {
        for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
            bool named = tcp_rules[rule].from & BIT(state), seen = reached[rule] & BIT(state);
            const char *reason = why_not((enum rule_id)rule, state);
            const char *name = tcp_rules[rule].name;
            const char *in = state_name((enum tcp_state)state);
            ck_assert_msg(!named || seen || reason, "%s in %s is not reached", name, in);
            ck_assert_msg(!seen || !reason, "%s in %s is reached after all", name, in);
            ck_assert_msg(!reason || named, "%s does not name %s", name, in);
        }
    }
}
END_TEST

/* Each row has a name of its own and says where it stands, when it is taken and what it does. */
START_TEST(rows_are_complete)
{
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        const struct rule *row = &tcp_rules[i];
        ck_assert_msg(row->name != NULL, "row %u is empty", i);
        ck_assert_msg(row->from != 0, "%s names no state", row->name);
        ck_assert_msg(row->from < BIT(TCP_STATE_COUNT), "%s names a state there is not", row->name);
        ck_assert_msg(row->to <= SAME_STATE, "%s leads nowhere", row->name);
        ck_assert_msg(row->when[0] && row->then[0] && row->section[0], "%s is silent", row->name);
        for (unsigned j = 1; j < i; j++)
            ck_assert_str_ne(row->name, tcp_rules[j].name);
    }
    ck_assert_str_eq(tcp_rules[RULE_NONE].name, "RULE_NONE");
    ck_assert_uint_eq(tcp_rules[RULE_NONE].from, 0);
}
END_TEST

/* A row that leads to a state does not start from it: that would be a decision, not a change. */
START_TEST(changes_change)
{
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        if (tcp_rules[i].to != SAME_STATE)
            ck_assert_msg(!(tcp_rules[i].from & BIT(tcp_rules[i].to)), "%s", tcp_rules[i].name);
    }
}
END_TEST

/* The sections are ones of RFC 9293 that speak of it (3.6.1, 3.8, 3.10.1 to 3.10.8), or another
 * RFC's; a segment's step is one of the eight, or what it is called that no RFC has. */
START_TEST(sections_and_steps)
{
    static const char *const sections[] = {
        "3.1",           "RFC 4987, 2",   "RFC 4987, 3.6", "3.6.1",          "3.8.4",
        "3.8.6.1",       "3.8.6.2.1",     "3.8.6.3",       "3.10.1",         "3.10.2",
        "3.10.4",        "3.10.5",        "3.10.7.1",      "3.10.7.2",       "3.10.7.3",
        "3.10.7.4",      "3.10.8",        "RFC 793, 3.9",  "RFC 1337, 3",    "RFC 5681, 3.2",
        "RFC 5961, 3.2", "RFC 5961, 4.2", "RFC 5961, 5.2", "RFC 5961, 7",    "RFC 6191, 2",
        "RFC 6582, 3.2", "RFC 7323, 3.2", "RFC 7323, 5.3", "not in the RFC", "not TCP"
    };
    static const char *const steps[] = { "",
                                         "first",
                                         "second",
                                         "third",
                                         "fourth",
                                         "fifth",
                                         "sixth",
                                         "seventh",
                                         "eighth",
                                         "OPEN",
                                         "SEND",
                                         "CLOSE",
                                         "ABORT",
                                         "SYN",
                                         "ACK",
                                         "USER",
                                         "TIME-WAIT",
                                         "KEEP-ALIVE",
                                         "RETRANSMISSION",
                                         "PERSIST",
                                         "FIN-WAIT-2",
                                         "two-way handshake",
                                         "four-way handshake",
                                         "no TIME-WAIT",
                                         "no checksum",
                                         "ISN of zero",
                                         "stop and wait" };
    unsigned used = 0;
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        unsigned section = 0, step = 0;
        while (section < COUNT(sections) && strcmp(sections[section], tcp_rules[i].section) != 0)
            section++;
        while (step < COUNT(steps) && strcmp(steps[step], tcp_rules[i].step) != 0)
            step++;
        ck_assert_msg(section < COUNT(sections) && step < COUNT(steps), "%s: %s, %s",
                      tcp_rules[i].name, tcp_rules[i].section, tcp_rules[i].step);
        used |= 1u << section;
    }
    ck_assert_uint_eq(used, (1u << COUNT(sections)) - 1);
}
END_TEST

/* What rule_allows() and rule_leads_to() say is what the row says. */
START_TEST(rows_are_read_right)
{
    ck_assert(rule_allows(FIN_ACKED, FIN_WAIT_1));
    ck_assert(!rule_allows(FIN_ACKED, FIN_WAIT_2));
    ck_assert_int_eq(rule_leads_to(FIN_ACKED, FIN_WAIT_1), FIN_WAIT_2);
    ck_assert_int_eq(rule_leads_to(OUTSIDE_WINDOW, CLOSING), CLOSING);
}
END_TEST

Suite *rules_suite(void)
{
    Suite *suite = suite_create("rules");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, rows_are_complete);
    tcase_add_test(tcase, changes_change);
    tcase_add_test(tcase, sections_and_steps);
    tcase_add_test(tcase, rows_are_read_right);
    suite_add_tcase(suite, tcase);
    TCase *reached = tcase_create("reached");
    tcase_add_test(reached, every_pair_is_reached);
    suite_add_tcase(suite, reached);
    return suite;
}
