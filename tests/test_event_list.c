/*
 * The list of events: what filters let pass, what is found in it, and that it is the same whether
 * made at once or as the trace grows.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "ui/event_list.h"
#include "ui/words.h"

#include <stdlib.h>
#include <string.h>

static void update(struct event_list *list, const struct trace *trace, const char *filter,
                   const char *search)
{
    while (!event_list_update(list, trace, filter, search))
        continue;
}

static struct play *backlog(void)
{
    struct play *play = play_builtin("backlog", ON_MODEL);
    play_to_end(play);
    return play;
}

/* Every event in the list is such a one, and every such one is in the list. */
static void list_is(const struct play *play, const char *filter,
                    bool (*wanted)(const struct event *event))
{
    const struct trace *trace = session_trace(play->session);
    struct event_list list = { .count = 0 };
    size_t row = 0;
    update(&list, trace, filter, "");
    ck_assert_str_eq(list.passes.wrong, "");
    for (size_t i = 0; i < trace->count; i++) {
        if (!wanted(&trace->events[i]))
            continue;
        ck_assert_msg(row < list.count && list.rows[row] == i, "%s: event %zu is not there", filter,
                      i);
        row++;
    }
    ck_assert_uint_gt(row, 0);
    ck_assert_uint_eq(row, list.count);
    event_list_reset(&list);
}

static bool any(const struct event *event)
{
    return event != NULL;
}

static bool is_of_a(const struct event *event)
{
    return event->host == 0;
}

static bool is_of_nobody(const struct event *event)
{
    return event->host < 0;
}

static bool is_state(const struct event *event)
{
    return event->kind == EV_STATE;
}

static bool is_call_or_return_of_b(const struct event *event)
{
    return event->host == 1 && (event->kind == EV_CALL || event->kind == EV_RETURN);
}

static bool is_on_wire(const struct event *event)
{
    return event_has_segment(event->kind);
}

static bool is_in_steps(const struct event *event)
{
    return event->step >= 5 && event->step <= 9;
}

static bool is_late(const struct event *event)
{
    return event->step >= 40 && event->lane == LANE_ALL;
}

START_TEST(filters)
{
    struct play *play = backlog();
    list_is(play, "", any);
    list_is(play, "  ", any);
    list_is(play, "host:A", is_of_a);
    list_is(play, "host:a", is_of_a);
    list_is(play, "host:-", is_of_nobody);
    list_is(play, "host:A host:B host:-", any);
    list_is(play, "kind:state", is_state);
    list_is(play, "host:B  kind:call kind:return", is_call_or_return_of_b);
    list_is(play, "kind:wire", is_on_wire);
    list_is(play, "step:5-9", is_in_steps);
    list_is(play, "lane:all step:40-", is_late);
    play_end(play);
}
END_TEST

/* By descriptor or name, and by an end: a socket stays what it is when it has lost its descriptor,
 * and its segments are found by their ends. */
START_TEST(filters_of_sockets)
{
    struct play *play = play_builtin("close", ON_MODEL);
    const struct trace *trace = session_trace(play->session);
    struct event_list list = { .count = 0 };
    unsigned states = 0, segments = 0;
    play_to_end(play);
    update(&list, trace, "host:A sock:c", "");
    for (size_t i = 0; i < list.count; i++) {
        const struct event *event = &trace->events[list.rows[i]];
        ck_assert_int_eq(event->host, 0);
        ck_assert_int_eq(event->sock, trace->events[list.rows[0]].sock);
        states += event->kind == EV_STATE;
    }
    ck_assert_uint_eq(states, 6); /* SYN-SENT to CLOSED */
    update(&list, trace, "conn::7788 kind:delivered kind:dropped", "");
    for (size_t i = 0; i < list.count; i++)
        segments += is_on_wire(&trace->events[list.rows[i]]);
    ck_assert_uint_eq(segments, list.count);
    ck_assert_uint_gt(segments, 6);
    update(&list, trace, "conn:10.9.0.1:1", "");
    ck_assert_uint_eq(list.count, 0);
    event_list_reset(&list);
    play_end(play);
}
END_TEST

/* A word that is none is named; the others count. */
START_TEST(wrong_filters)
{
    static const char *const wrong[] = {
        "host:C",          "host:",   "kind:stat",        "lane:wire",
        "conn:1.2.3:4",    "conn:",   "conn:1.2.3.4:",    "conn:[::1:5",
        "sock:",           "step:x",  "step:1-2-3",       "state",
        "conn::99999",     "step:-4", "conn:[1.2.3.4]:5", "sock:a-name-that-is-too-long",
        "step:99999999999"
    };
    struct event_filter filter;
    char words[128];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(words, sizeof words, "host:A %s lane:model", wrong[i]);
        event_filter_read(&filter, words);
        ck_assert_str_eq(filter.wrong, wrong[i]);
        ck_assert_uint_eq(filter.hosts, 1);
        ck_assert_uint_eq(filter.lanes, 1u << LANE_MODEL);
    }
    event_filter_read(&filter, "conn:[fd00::1]:5 conn:10.9.0.1:6 conn:7 conn::8");
    ck_assert_str_eq(filter.wrong, "");
    ck_assert_uint_eq(filter.end_count, 4);
    event_filter_read(&filter, "conn:1 conn:2 conn:3 conn:4 conn:5");
    ck_assert_str_eq(filter.wrong, "conn:5");
}
END_TEST

/* What is looked for is found in the words of the lines that pass, in small letters as well. */
START_TEST(search)
{
    struct play *play = backlog();
    const struct trace *trace = session_trace(play->session);
    struct event_list list = { .count = 0 };
    char words[WORDS_MAX];
    size_t found = 0;
    update(&list, trace, "host:B", "syn-received");
    for (size_t row = 0; row < list.count; row++) {
        event_list_words(&list, trace, row, words, sizeof words);
        if (!strstr(words, "SYN-RECEIVED"))
            continue;
        ck_assert_uint_lt(found, list.match_count);
        ck_assert_uint_eq(list.matches[found], row);
        ck_assert_uint_eq(event_list_match(&list, row), found);
        ck_assert_uint_eq(event_list_match(&list, row + 1), found + 1);
        found++;
    }
    ck_assert_uint_gt(found, 3);
    ck_assert_uint_eq(found, list.match_count);
    update(&list, trace, "host:B", "nothing of that kind");
    ck_assert_uint_eq(list.match_count, 0);
    update(&list, trace, "host:A", "syn-sent");
    ck_assert_uint_gt(list.match_count, 0);
    event_list_reset(&list);
    play_end(play);
}
END_TEST

static void is_as_made_anew(const struct event_list *list, const struct trace *trace)
{
    struct event_list whole = { .count = 0 };
    update(&whole, trace, list->filter, list->search);
    ck_assert_uint_eq(list->count, whole.count);
    ck_assert_uint_eq(list->match_count, whole.match_count);
    ck_assert(whole.count == 0 ||
              memcmp(list->rows, whole.rows, whole.count * sizeof *whole.rows) == 0);
    ck_assert(whole.match_count == 0 ||
              memcmp(list->matches, whole.matches, whole.match_count * sizeof *whole.rows) == 0);
    event_list_reset(&whole);
}

/* It grows with the trace, and is cut with it. */
START_TEST(grows_and_is_cut)
{
    struct play *play = play_builtin("life", ON_MODEL);
    const struct trace *trace = session_trace(play->session);
    struct event_list list = { .count = 0 };
    for (uint32_t step = 1; step < 25; step++) {
        play_to(play, step);
        update(&list, trace, "host:A", "seq");
        is_as_made_anew(&list, trace);
    }
    ck_assert_uint_gt(list.match_count, 2);
    session_back(play->session, 8);
    ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, play_waiting(play, 0), 0));
    play_to(play, 15);
    update(&list, trace, "host:A", "seq");
    is_as_made_anew(&list, trace);
    session_back(play->session, 12);
    session_back(play->session, 3);
    play_to(play, 10);
    update(&list, trace, "host:A", "seq");
    is_as_made_anew(&list, trace);
    event_list_reset(&list);
    play_end(play);
}
END_TEST

/* A million events: one call looks at a part of them only, and what there is by then is right. */
START_TEST(many_events)
{
    struct trace trace;
    struct sink sink = trace_sink(&trace);
    struct event_list list = { .count = 0 };
    unsigned calls = 1;
    trace_init(&trace);
    for (uint32_t i = 0; i < 1000000; i++) {
        struct event event = { .kind = EV_CALL, .host = (int8_t)(i % 2), .sock = 1 };
        event.u.call.op = i % 1000 == 0 ? CALL_SHUTDOWN : CALL_RECV;
        trace.step = i / 10;
        emit(&sink, &event);
    }
    ck_assert(!event_list_update(&list, &trace, "host:A", "SHUT"));
    ck_assert_uint_lt(list.events, trace.count);
    ck_assert_uint_lt(list.searched, list.count);
    ck_assert_uint_eq(list.count, list.events / 2);
    for (; !event_list_update(&list, &trace, "host:A", "SHUT"); calls++)
        ck_assert_uint_lt(calls, 1000);
    ck_assert_uint_eq(list.count, 500000);
    ck_assert_uint_eq(list.match_count, 1000);
    ck_assert_uint_eq(event_list_row(&list, 500), 250);
    event_list_reset(&list);
    trace_free(&trace);
}
END_TEST

Suite *event_list_suite(void)
{
    Suite *suite = suite_create("event_list");
    TCase *tcase = tcase_create("event_list");
    tcase_add_test(tcase, filters);
    tcase_add_test(tcase, filters_of_sockets);
    tcase_add_test(tcase, wrong_filters);
    tcase_add_test(tcase, search);
    tcase_add_test(tcase, grows_and_is_cut);
    tcase_add_test(tcase, many_events);
    suite_add_tcase(suite, tcase);
    return suite;
}
