/*
 * The comparison of lanes: two runs of the model are the same whatever their seed, and what one
 * does otherwise is found, once, where it was.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/duel.h"
#include "ui/labs.h"

#include <errno.h>
#include <stdlib.h>

/* A connection with text both ways and a close that waits for both. */
static const char talk[] = "host A client\nhost B server\n" /* 1, 2 */
                           "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
                           "B: d = accept(s)\n"                                    /* 6 */
                           "A: c = socket()\nA: connect(c, B:7788)\n[model] run\n" /* 9 */
                           "A: send(c, \"hello\")\n[model] run\n"                  /* 11 */
                           "B: recv(d, 100)\nB: send(d, \"good day\")\n[model] run\n"
                           "A: recv(c, 100)\n" /* 15 */
                           "A: close(c)\n[model] run\nB: recv(d, 100)\nB: close(d)\n[model] run\n"
                           "B: close(s)\n";

/* The same with one step of the wire between the SEND of B and its delivery. */
static const char talk_with[] =
    "host A client\nhost B server\n"
    "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\nB: d = accept(s)\n"
    "A: c = socket()\nA: connect(c, B:7788)\n[model] run\n"
    "A: send(c, \"hello\")\n[model] run\n"
    "B: recv(d, 100)\nB: send(d, \"good day\")\n%s\n[model] run\nwait 2 s\n"
    "A: recv(c, 100)\nA: close(c)\n[model] run\nB: recv(d, 100)\nB: close(d)\n[model] run\n"
    "B: close(s)\n";

static void fight(struct duel *duel, const struct duel_setup *setup)
{
    struct lab_error wrong = { .line = 0 };
    ck_assert_msg(duel_run(duel, setup, &wrong), "line %u: %s", wrong.line, wrong.wrong);
    ck_assert(!duel->compare.full && !duel->trace.full);
}

static void list(const struct duel *duel)
{
    char words[256];
    for (size_t i = 0; i < duel->compare.difference_count; i++)
        printf("  %s\n", duel->compare.differences[i].words);
    printf("  allowed: %s\n", compare_allowed_text(&duel->compare, words, sizeof words));
}

static void differs(const struct duel *duel, size_t times)
{
    if (duel->compare.difference_count != times)
        list(duel);
    ck_assert_uint_eq(duel->compare.difference_count, times);
}

/* The first difference has these words in it, and points to events of the lanes. */
static void says(const struct duel *duel, const char *part)
{
    ck_assert_uint_gt(duel->compare.difference_count, 0);
    const struct difference *it = &duel->compare.differences[0];
    ck_assert_msg(strstr(it->words, part) != NULL, "'%s' says nothing of '%s'", it->words, part);
    ck_assert(it->at[LANE_MODEL] >= 0 || it->at[LANE_KERNEL] >= 0);
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        if (it->at[lane] < 0)
            continue;
        ck_assert_uint_lt((size_t)it->at[lane], duel->trace.count);
        ck_assert_uint_eq(duel->trace.events[it->at[lane]].lane, lane);
        ck_assert_int_eq(duel->trace.events[it->at[lane]].host, it->host);
    }
    size_t first = (size_t)it->at[it->at[LANE_MODEL] < 0 ? LANE_KERNEL : LANE_MODEL];
    ck_assert_uint_eq(duel->trace.events[first].line, it->line);
}

/* Does the wire do by chance what it does? That depends on the seed. */
static bool leaves_to_chance(const char *source)
{
    struct lab lab;
    struct lab_error wrong;
    bool any = false;
    ck_assert(lab_read(source, strlen(source), &lab, &wrong));
    for (uint32_t i = 0; i < lab.line_count; i++)
        any = any || lab.lines[i].kind == LAB_CHANCE;
    return any;
}

/* Every built-in lab is the same whatever the initial numbers and ports are, but where the wire
 * goes by chance. */
START_TEST(seeds_make_no_difference)
{
    char *source = strndup((const char *)builtin_labs[_i].text, builtin_labs[_i].len);
    if (leaves_to_chance(source)) {
        free(source);
        return;
    }
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct duel duel;
        struct duel_setup setup = { .source = { source }, .seed = { seed, seed * 7919 + 5 } };
        fight(&duel, &setup);
        differs(&duel, 0);
        ck_assert_uint_gt(duel.trace.count, 10);
        duel_end(&duel);
    }
    free(source);
}
END_TEST

/* A setting that one of the runs has otherwise, and what comes of it. */
static const struct {
    const char *setting;
    uint64_t value;
    size_t times; /* how many segments tell of it: the SYN of each side */
    const char *words;
} settings[] = {
    { "sack", 0, 2,
      "A.c sends SYN seq=0 mss=1460 ws=7 sackok ts: mss=1460 ws=7 sackok ts on the "
      "model, mss=1460 ws=7 ts on the kernel (RFC 9293, 3.10.1)" },
    { "window_scaling", 0, 2, " mss=1460 sackok ts on the kernel" },
    { "timestamps", 0, 2, " mss=1460 ws=7 sackok on the kernel" },
    { "mss", 1000, 2, " mss=1000 ws=7 sackok ts on the kernel" },
};

START_TEST(settings_are_found)
{
    struct settings other = profile_find("linux")->set;
    struct duel duel;
    ck_assert(setting_put(&other, setting_find(settings[_i].setting), settings[_i].value));
    fight(&duel, &(struct duel_setup){ .source = { talk },
                                       .settings = { NULL, &other },
                                       .profile = "linux",
                                       .seed = { 1, 2 } });
    differs(&duel, settings[_i].times);
    says(&duel, settings[_i].words);
    duel_end(&duel);
}
END_TEST

/* How long an ACK waits, and how large a window is, is let pass, and counted by name. */
START_TEST(delayed_acks_are_allowed)
{
    static const char answers[] =
        "host A client\nhost B server\n"
        "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\nB: d = accept(s)\n"
        "A: c = socket()\nA: connect(c, B:7788)\n[model] run\n"
        "A: send(c, \"hello\")\n[model] deliver ACK from A\n"
        "B: recv(d, 100)\nB: send(d, \"good day\")\n[model] run\nA: close(c)\nB: close(d)\n";
    struct settings other = profile_find("linux")->set;
    struct duel duel;
    other.quick_acks = 0;
    other.ack_delay_usec = 150000;
    for (unsigned turn = 0; turn < 2; turn++) {
        struct duel_setup setup = { .source = { answers }, .profile = "linux", .seed = { 1, 2 } };
        char words[256];
        setup.settings[turn] = &other;
        fight(&duel, &setup);
        differs(&duel, 0);
        ck_assert_uint_gt(duel.compare.allowed[ALLOWED_DELAYED_ACK], 0);
        compare_allowed_text(&duel.compare, words, sizeof words);
        ck_assert_ptr_nonnull(strstr(words, "delayed ACK "));
        duel_end(&duel);
    }
}
END_TEST

START_TEST(windows_are_allowed)
{
    struct settings other = profile_find("linux")->set;
    struct duel duel;
    other.rcv_buffer = 8192;
    fight(&duel, &(struct duel_setup){ .source = { talk },
                                       .settings = { NULL, &other },
                                       .profile = "linux",
                                       .seed = { 1, 2 } });
    differs(&duel, 0);
    ck_assert_uint_gt(duel.compare.allowed[ALLOWED_WINDOW], 3);
    duel_end(&duel);
}
END_TEST

/* What the wire does to one of the runs alone. */
static const struct {
    const char *act;
    const char *words;
} acts[] = {
    { "drop ACK from B", "line 15, B.d sends ACK seq=1 ack=6 len=8 on the kernel, and not on "
                         "the model" },
    { "duplicate ACK from B", "sends ACK seq=6 ack=9" },
};

START_TEST(acts_on_the_wire_are_found)
{
    char with[2][1024];
    struct duel duel;
    snprintf(with[0], sizeof with[0], talk_with, "# nothing");
    snprintf(with[1], sizeof with[1], talk_with, acts[_i].act);
    fight(&duel, &(struct duel_setup){
                     .source = { with[0], with[1] }, .profile = "linux", .seed = { 1, 2 } });
    differs(&duel, 1);
    duel_end(&duel);
}
END_TEST

/* ---- single events, altered in one of the runs */

struct alteration {
    unsigned skip; /* such events before the one that is meant */
    unsigned done;
};

static bool is_the_one(struct alteration *it, bool kind)
{
    return kind && it->skip-- == 0 && ++it->done == 1;
}

static bool is_sent(const struct event *event, int host, unsigned flags)
{
    return event->kind == EV_SENT && event->host == host &&
           (event->u.wire.seg.flags & ~(unsigned)PSH) == flags;
}

static bool lose_fin_wait_2(struct event *event, void *with)
{
    return !is_the_one(with, event->kind == EV_STATE && event->u.state.to == FIN_WAIT_2);
}

/* From ESTABLISHED to CLOSED a RST leads, too. */
static bool lose_passive_close(struct event *event, void *with)
{
    (void)with;
    return event->kind != EV_STATE ||
           (event->u.state.to != CLOSE_WAIT && event->u.state.to != LAST_ACK);
}

static bool lose_last_state(struct event *event, void *with)
{
    return !is_the_one(with, event->kind == EV_STATE && event->u.state.to == TIME_WAIT) &&
           !(event->kind == EV_STATE && event->u.state.from == TIME_WAIT);
}

static bool other_state(struct event *event, void *with)
{
    if (is_the_one(with, event->kind == EV_STATE && event->u.state.to == FIN_WAIT_2))
        event->u.state.to = CLOSING;
    return true;
}

static bool other_result(struct event *event, void *with)
{
    if (is_the_one(with, event->kind == EV_RETURN && event->u.done.op == CALL_LISTEN)) {
        event->u.done.result.ret = -1;
        event->u.done.result.err = EADDRINUSE;
    }
    return true;
}

static bool other_text_received(struct event *event, void *with)
{
    if (is_the_one(with, event->kind == EV_RETURN && event->u.done.op == CALL_RECV &&
                             event->text_len > 0))
        event->text = (const uint8_t *)"hallo";
    return true;
}

static bool other_octet(struct event *event, void *with)
{
    if (is_the_one(with, event->kind == EV_SENT && event->text_len == 5))
        event->text = (const uint8_t *)"hallo";
    return true;
}

static bool rst_for_fin(struct event *event, void *with)
{
    if (is_the_one(with, is_sent(event, 0, FIN | ACK)))
        event->u.wire.seg.flags = RST | ACK;
    return true;
}

static bool lose_segment(struct event *event, void *with)
{
    return !is_the_one(with, event->kind == EV_SENT && event->text_len == 8);
}

static bool lose_last_ack(struct event *event, void *with)
{
    return !is_the_one(with, is_sent(event, 0, ACK) && event->text_len == 0);
}

static bool other_ack(struct event *event, void *with)
{
    if (is_the_one(with, event->kind == EV_SENT && event->text_len == 8))
        event->u.wire.seg.ack.n--;
    return true;
}

static bool other_push(struct event *event, void *with)
{
    if (is_the_one(with, event->kind == EV_SENT && event->text_len == 5))
        event->u.wire.seg.flags ^= PSH;
    return true;
}

static const struct {
    bool (*alter)(struct event *event, void *with);
    unsigned skip;
    size_t times;
    const char *words;
} alterations[] = {
    { other_state, 0, 1, "A.c goes to FIN-WAIT-2 on the model, to CLOSING on the kernel" },
    { lose_passive_close, 0, 1,
      "B.d goes from ESTABLISHED to CLOSED on the kernel, and by way of CLOSE-WAIT on the model" },
    { lose_last_state, 0, 1,
      "A.c comes to TIME-WAIT on the model, and not on the kernel, nor 1 "
      "that follows" },
    { other_result, 0, 1, "line 5, listen: the model says 0, the kernel EADDRINUSE" },
    { other_text_received, 0, 1, "line 12, recv: the model says 5, the kernel 5, of other text" },
    { other_octet, 0, 1, "octet 1 of its text is 0x65 on the model, 0x61 on the kernel" },
    { rst_for_fin, 0, 1,
      "A.c sends FIN,ACK seq=6 ack=9 on the model, RST,ACK seq=6 ack=9 on the kernel (RFC "
      "9293, 3.10.4)" },
    { lose_segment, 0, 1, "seq=1 ack=6 len=8 on the model, and not on the kernel" },
    { lose_last_ack, 2, 1, "A.c sends ACK seq=7 ack=10 on the model, and not on the kernel" },
    { other_ack, 0, 1, ": ack=6 on the model, ack=5 on the kernel" },
    { other_push, 0, 1, "PSH,ACK on the model, ACK on the kernel" },
};

/* One thing that is otherwise is one difference, with its words and its place. */
START_TEST(alterations_are_found)
{
    struct alteration it = { .skip = alterations[_i].skip };
    struct duel duel;
    fight(&duel, &(struct duel_setup){ .source = { talk },
                                       .profile = "linux",
                                       .seed = { 1, 2 },
                                       .alter = alterations[_i].alter,
                                       .with = &it });
    ck_assert_uint_le(it.done, 1);
    differs(&duel, alterations[_i].times);
    says(&duel, alterations[_i].words);
    duel_end(&duel);
}
END_TEST

/* A state that a look has missed is let pass where nothing leads past it. */
START_TEST(unseen_state_is_allowed)
{
    struct alteration it = { .skip = 0 };
    struct duel duel;
    fight(&duel, &(struct duel_setup){
                     .source = { talk }, .seed = { 1, 2 }, .alter = lose_fin_wait_2, .with = &it });
    ck_assert_uint_eq(it.done, 1);
    differs(&duel, 0);
    ck_assert_uint_eq(duel.compare.allowed[ALLOWED_UNSEEN_STATE], 1);
    duel_end(&duel);
}
END_TEST

static bool other_second_syn(struct event *event, void *with)
{
    if (is_the_one(with, is_sent(event, 0, SYN)))
        event->u.wire.seg.mss = 1400;
    return true;
}

/* A second connection between the same two ends, which makes TIME-WAIT give way, is one of its own,
 * whatever the numbers of the first were. */
START_TEST(same_ends_again)
{
    static const char source[] =
        "host A client\nhost B server\n"
        "B: s = socket()\nB: setsockopt(s, SO_REUSEADDR, 1)\nB: bind(s, :7788)\n"
        "B: listen(s, 5)\nB: d = accept(s)\nA: c = socket()\nA: bind(c, :4000)\n"
        "A: connect(c, B:7788)\nrun\nB: send(d, \"one\")\nrun\nA: recv(c, 9)\n"
        "B: close(d)\nrun\nA: close(c)\nrun\nexpect B.d TIME-WAIT\nwait 2 s\n"
        "B: e = accept(s)\nA: c2 = socket()\nA: bind(c2, :4000)\nA: connect(c2, B:7788)\nrun\n"
        "B: send(e, \"two\")\nrun\nexpect A.c2 ESTABLISHED\n";
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct alteration it = { .skip = 1 };
        struct duel_setup setup = {
            .source = { source }, .profile = "linux", .seed = { seed, seed + 100 }, .with = &it
        };
        struct duel duel;
        fight(&duel, &setup);
        ck_assert_uint_eq(duel.failures, 0);
        differs(&duel, 0);
        duel_end(&duel);
        setup.alter = other_second_syn;
        fight(&duel, &setup);
        differs(&duel, 1);
        says(&duel, "A.c2 sends SYN seq=0 mss=1460 ws=7 sackok ts: mss=1460 ws=7 sackok ts on the "
                    "model, mss=1400 ws=7 sackok ts on the kernel");
        duel_end(&duel);
    }
}
END_TEST

static bool never_returns(struct event *event, void *with)
{
    (void)with;
    return !(event->kind == EV_RETURN && event->line == 10) || event->u.done.result.ret < 0;
}

/* A call that returns on one lane and waits on the other. */
START_TEST(waiting_call_is_found)
{
    static const char waits[] = "host A client\nhost B server\n"
                                "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
                                "B: d = accept(s)\nA: c = socket()\nA: connect(c, B:7788)\n"
                                "[model] run\nA: recv(c, 9)\nB: send(d, \"x\")\n[model] run\n";
    struct duel duel;
    fight(&duel,
          &(struct duel_setup){ .source = { waits }, .seed = { 1, 2 }, .alter = never_returns });
    differs(&duel, 1);
    says(&duel, "line 10, recv: the model says 1, the kernel nothing yet");
    duel_end(&duel);
}
END_TEST

static bool stays_in_time_wait(struct event *event, void *with)
{
    (void)with;
    return event->kind != EV_STATE || event->u.state.from != TIME_WAIT;
}

/* What only time brings after the lab may be missing on the kernel, and is counted; within the lab,
 * or missing on the model, it is a difference. */
START_TEST(end_of_the_lab)
{
    struct duel duel;
    struct duel_setup setup = {
        .source = { talk }, .profile = "linux", .seed = { 1, 2 }, .alter = stays_in_time_wait
    };
    fight(&duel, &setup);
    differs(&duel, 1);
    says(&duel, "A.c comes to CLOSED on the model, and not on the kernel (RFC 9293, 3.10.8)");
    duel_end(&duel);
    setup.ends = true;
    fight(&duel, &setup);
    differs(&duel, 0);
    ck_assert_uint_eq(duel.compare.allowed[ALLOWED_AFTER_LAB], 1);
    duel_end(&duel);
    setup.alter = other_result;
    struct alteration it = { .skip = 0 };
    setup.with = &it;
    fight(&duel, &setup);
    differs(&duel, 1);
    ck_assert_uint_eq(duel.compare.allowed[ALLOWED_AFTER_LAB], 0);
    duel_end(&duel);
}
END_TEST

/* A session on both lanes hands its events to the comparison and tells what comes of it, each once,
 * in the step in which it was; also where a step was taken back before. */
START_TEST(sessions_tell)
{
    static const char source[] = "host A client\nA: c = socket()\n"
                                 "A: setsockopt(c, TCP_DEFER_ACCEPT, 5)\nA: close(c)\n";
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error wrong;
    struct net_error error;
    struct duel duel;
    unsigned told = 0;
    ck_assert(lab_read(source, strlen(source), lab, &wrong));
    ck_assert(duel_run_lanes(&duel, lab, "linux", 1, &error));
    ck_assert_uint_eq(duel.found->difference_count, 1);
    const struct difference *it = &duel.found->differences[0];
    const struct trace *trace = session_trace(duel.session);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind != EV_DIFFERS)
            continue;
        told++;
        ck_assert_uint_eq(event->step, 2);
        ck_assert_int_eq(memcmp(event->text, it->words, event->text_len), 0);
        for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
            ck_assert_int_eq(event->u.differs.at[lane], it->at[lane]);
            ck_assert_int_eq(trace->events[it->at[lane]].kind, EV_RETURN);
            ck_assert_uint_eq(trace->events[it->at[lane]].lane, lane);
        }
    }
    ck_assert_uint_eq(told, 1);
    ck_assert_uint_eq(session_differences(duel.session), 1);
    session_back(duel.session, 1);
    ck_assert_uint_eq(session_differences(duel.session), 0);
    ck_assert_uint_eq(session_compare(duel.session)->difference_count, 0);
    duel_end(&duel);
    free(lab);
}
END_TEST

/* A trace that was cut and is folded anew is as it was there: at the end of every step. */
START_TEST(cut_trace_is_the_same)
{
    struct alteration it = { .skip = 0 };
    struct duel duel;
    struct compare again, grown;
    fight(&duel, &(struct duel_setup){ .source = { talk },
                                       .profile = "linux",
                                       .seed = { 1, 2 },
                                       .alter = other_octet,
                                       .with = &it });
    const struct trace *trace = &duel.trace;
    compare_init(&grown, true);
    for (size_t i = 0; i < trace->count; i++) {
        compare_init(&again, true);
        again.taken = i;
        compare_again(&again, trace);
        ck_assert_uint_eq(again.taken, i);
        compare_step_ends(&grown);
        ck_assert_uint_eq(again.difference_count, grown.difference_count);
        ck_assert_mem_eq(again.allowed, grown.allowed, sizeof again.allowed);
        compare_free(&again);
        compare_take(&grown, &trace->events[i]);
    }
    compare_end(&grown);
    ck_assert_uint_eq(grown.difference_count, 1);
    compare_free(&grown);
    duel_end(&duel);
}
END_TEST

/* docs/compare.md has the table of what may differ as the code has it. */
START_TEST(table_is_documented)
{
    FILE *file = fopen("docs/compare.md", "r");
    char row[640];
    ck_assert_ptr_nonnull(file);
    char *text = read_whole(file, NULL);
    unsigned rows = 0;
    for (const char *at = text; (at = strstr(at, "\n| ")); at++)
        rows++;
    for (unsigned i = 0; i < ALLOWANCE_COUNT; i++) {
        snprintf(row, sizeof row, "\n| %s | %s |\n", compare_allowances[i].name,
                 compare_allowances[i].words);
        ck_assert_msg(strstr(text, row) != NULL, "docs/compare.md has not:%s", row);
    }
    ck_assert_uint_eq(rows, ALLOWANCE_COUNT + 2); /* the heading and the line below it */
    free(text);
    fclose(file);
}
END_TEST

Suite *compare_suite(void)
{
    Suite *suite = suite_create("compare");
    TCase *tcase = tcase_create("same");
    tcase_add_loop_test(tcase, seeds_make_no_difference, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, delayed_acks_are_allowed);
    tcase_add_test(tcase, windows_are_allowed);
    tcase_add_test(tcase, unseen_state_is_allowed);
    tcase_add_test(tcase, cut_trace_is_the_same);
    tcase_add_test(tcase, table_is_documented);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("other");
    tcase_add_loop_test(tcase, settings_are_found, 0, sizeof settings / sizeof settings[0]);
    tcase_add_loop_test(tcase, acts_on_the_wire_are_found, 0, sizeof acts / sizeof acts[0]);
    tcase_add_loop_test(tcase, alterations_are_found, 0,
                        sizeof alterations / sizeof alterations[0]);
    tcase_add_test(tcase, waiting_call_is_found);
    tcase_add_test(tcase, end_of_the_lab);
    tcase_add_test(tcase, same_ends_again);
    tcase_add_test(tcase, sessions_tell);
    suite_add_tcase(suite, tcase);
    return suite;
}
