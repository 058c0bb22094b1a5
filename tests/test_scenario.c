/*
 * Random scenarios: what the generator writes, that two runs of the model agree on all of it, and
 * that a fault put into one of them is found and made short.
 */
#include "tests/suites.h"

#include "net/sandbox.h"
#include "tests/chance.h"
#include "tests/duel.h"
#include "tests/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SEEDS = 150
};

static bool run(struct duel *duel, const char *text, const struct settings *fault)
{
    return duel_run(
        duel,
        &(struct duel_setup){
            .source = { text }, .settings = { NULL, fault }, .profile = "linux", .seed = { 1, 2 } },
        NULL);
}

/* Every seed gives a lab, always the same one, and hardly ever that of another seed. */
START_TEST(seeds_give_labs)
{
    char *text = malloc(SCENARIO_LEN_MAX), *again = malloc(SCENARIO_LEN_MAX);
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error wrong;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        scenario_write(seed, true, text);
        ck_assert_msg(lab_read(text, strlen(text), lab, &wrong), "seed %u, line %u: %s",
                      (unsigned)seed, wrong.line, wrong.wrong);
        ck_assert_str_eq(scenario_write(seed, true, again), text);
        ck_assert_str_ne(strchr(scenario_write(seed + 1, true, again), '\n'), strchr(text, '\n'));
        ck_assert_uint_eq(scenario_lines(text), lab->line_count);
    }
    free(text);
    free(again);
    free(lab);
}
END_TEST

/* Those for real time are labs, too; a slower wire changes nothing else in them. */
START_TEST(wires_can_be_slower)
{
    char *text = malloc(SCENARIO_LEN_MAX), *slower = malloc(SCENARIO_LEN_MAX);
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error wrong;
    for (uint64_t seed = 0; seed < 500; seed++) {
        scenario_write(seed, false, text);
        ck_assert_msg(lab_read(text, strlen(text), lab, &wrong), "seed %u, line %u: %s",
                      (unsigned)seed, wrong.line, wrong.wrong);
        uint64_t delay = lab->delay_usec;
        strcpy(slower, text);
        scenario_slow_down(slower, 90);
        ck_assert(lab_read(slower, strlen(slower), lab, &wrong));
        ck_assert_uint_eq(lab->delay_usec, delay + 90000);
        ck_assert_str_eq(strstr(slower, " ms\n"), strstr(text, " ms\n"));
    }
    free(text);
    free(slower);
    free(lab);
}
END_TEST

/* What has happened in some scenario. */
struct reached {
    unsigned kinds[EVENT_KIND_COUNT];
    unsigned states[TCP_STATE_COUNT];
    unsigned rules[RULE_COUNT];
    unsigned resets, pushed_back; /* RST sent; a window of zero told */
};

static void note(struct reached *reached, const struct event *event)
{
    reached->kinds[event->kind]++;
    if (event->kind == EV_STATE)
        reached->states[event->u.state.to]++;
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        reached->rules[event->u.state.rule]++;
    if (event->kind != EV_SENT)
        return;
    reached->resets += seg_has(&event->u.wire.seg, RST);
    reached->pushed_back += event->u.wire.seg.wnd == 0 && !seg_has(&event->u.wire.seg, RST);
}

/* Scenarios come to everything that they are there for, and the seed of the model (initial numbers,
 * ports) makes no difference in any of them. */
START_TEST(scenarios_reach_everything)
{
    static const enum rule_id wanted[] = {
        SYN_SENT_GOT_SYN, LISTEN_IS_FULL,   CLOSE_UNREAD_TEXT,      ABORT_RESETS,
        RST_RESETS,       FIN_SIMULTANEOUS, RETRANSMISSION_TIMEOUT, PROBE_TIMEOUT,
        TEXT_BEYOND,      OUTSIDE_WINDOW,   TEXT_AFTER_CLOSE,       CLOSED_GOT_OTHER,
        ACK_IS_DUPLICATE, FIN_ENDS_BOTH,    CLOSING_FIN_ACKED,      LAST_FIN_ACKED,
    };
    static const enum event_kind kinds[] = { EV_DROPPED, EV_DUPLICATED, EV_HELD, EV_RELEASED };
    struct reached reached = { .resets = 0 };
    char *text = malloc(SCENARIO_LEN_MAX);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct duel duel;
        ck_assert(run(&duel, scenario_write(seed, true, text), NULL));
        ck_assert_msg(duel.compare.difference_count == 0, "seed %u: %s", (unsigned)seed,
                      duel.compare.differences[0].words);
        for (size_t i = 0; i < duel.trace.count; i++)
            note(&reached, &duel.trace.events[i]);
        duel_end(&duel);
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        ck_assert_msg(reached.rules[wanted[i]] > 0, "never %s", tcp_rules[wanted[i]].name);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        ck_assert_msg(reached.kinds[kinds[i]] > 0, "never %s", event_kind_name(kinds[i]));
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++)
        ck_assert_msg(reached.states[i] > 0, "never %s", state_name((enum tcp_state)i));
    ck_assert_uint_gt(reached.resets, 10);
    ck_assert_uint_gt(reached.pushed_back, 0);
    free(text);
}
END_TEST

static bool differs(const char *text, void *with)
{
    struct duel duel;
    if (!run(&duel, text, with))
        return false;
    bool shows = duel.compare.difference_count > 0;
    duel_end(&duel);
    return shows;
}

/* A fault, and a word of what is said of it once the scenario is as short as it can be. */
static const struct {
    const char *setting;
    uint64_t value;
    unsigned lines; /* at most, that are left */
    const char *word;
} faults[] = {
    { "sack", 0, 2, " sackok" },          { "reset_has_ack", 0, 10, "RST" },
    { "nagle", 0, 13, "len=" },           { "initial_window", 2, 13, "len=" },
    { "probe_is_old", 0, 13, "3.8.6.1" }, { "ack_repeats_fin", 1, 13, "FIN,ACK" },
    { "syn_backlog", 1, 13, "SYN" },
};

/* No line can be left out of a reduced scenario, or it shows no difference any more. */
static void is_minimal(const char *text, struct settings *fault)
{
    char *shorter = malloc(SCENARIO_LEN_MAX);
    const char *heading = strstr(text, "\n\n") + 2;
    for (const char *line = heading; *line; line = strchr(line, '\n') + 1) {
        size_t before = (size_t)(line - text);
        memcpy(shorter, text, before);
        strcpy(shorter + before, strchr(line, '\n') + 1);
        ck_assert_msg(!differs(shorter, fault), "this can go as well: %s", line);
    }
    free(shorter);
}

/* A fault in one of the lanes is found before long, and its scenario becomes a short lab that is
 * about it. */
START_TEST(faults_are_found_and_reduced)
{
    struct settings fault = profile_find("linux")->set;
    char *text = malloc(SCENARIO_LEN_MAX);
    struct duel duel;
    uint64_t seed = 0;
    ck_assert(setting_put(&fault, setting_find(faults[_i].setting), faults[_i].value));
    while (!differs(scenario_write(seed, true, text), &fault))
        ck_assert_uint_lt(++seed, 500);
    unsigned before = scenario_lines(text);
    ck_assert_uint_gt(scenario_reduce(text, differs, &fault), 1);
    ck_assert_uint_lt(scenario_lines(text), before);
    ck_assert_msg(scenario_lines(text) <= faults[_i].lines, "%u lines are left: %.3000s",
                  scenario_lines(text), text);
    is_minimal(text, &fault);
    ck_assert(run(&duel, text, &fault));
    ck_assert_uint_gt(duel.compare.difference_count, 0);
    const char *words = duel.compare.differences[0].words;
    ck_assert_msg(strstr(words, faults[_i].word) != NULL, "'%s': %s", faults[_i].word, words);
    duel_end(&duel);
    free(text);
}
END_TEST

/* ---- against the kernel */

/* Enough for a check; `make differential` runs a thousand. */
static const uint16_t kernel_seeds[] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10,   11,   12,  13,
                                         14, 15, 16, 17, 18, 19, 24, 54, 82, 1200, 1213, 1228 };

enum {
    KERNEL_SEEDS = sizeof kernel_seeds / sizeof kernel_seeds[0],
    SECONDS_OF_SEED = 40,
    RUNS_ALONE = 3,
    RUNS_AGREE = 2 /* of these */
};

/* As the status of a process: 1 where something differs; `tells`: what. */
static int differs_from_kernel(uint64_t seed, bool tells)
{
    char *text = malloc(SCENARIO_LEN_MAX);
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error wrong;
    struct net_error error;
    struct duel duel;
    scenario_write(seed, false, text);
    chance_avoid(text, "linux");
    if (!lab_read(text, strlen(text), lab, &wrong) ||
        !duel_run_lanes(&duel, lab, "linux", 1, &error))
        return 2;
    size_t count = duel.found->difference_count;
    for (size_t i = 0; tells && i < count; i++)
        fprintf(stderr, "seed %u: %s\n", (unsigned)seed, duel.found->differences[i].words);
    duel_end(&duel);
    return count > 0;
}

static pid_t start_seed(uint64_t seed, bool tells)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(SECONDS_OF_SEED);
        _exit(differs_from_kernel(seed, tells));
    }
    return child;
}

static bool seed_is_good(pid_t child)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool agrees_alone(uint64_t seed)
{
    unsigned agreed = 0;
    for (unsigned run = 1; run <= RUNS_ALONE && agreed < RUNS_AGREE; run++)
        agreed += seed_is_good(start_seed(seed, true));
    return agreed == RUNS_AGREE;
}

/* Chance is what a kernel's late timers change: here a `wait` that ends when a SYN's timer runs
 * out, and one that ends long before; on a slower wire the first goes like the second. */
START_TEST(chance_is_seen_and_avoided)
{
    static const char format[] = "title  a race\n"
                                 "host   A client\n"
                                 "host   B server\n"
                                 "wire   delay 10 ms\n"
                                 "\n"
                                 "B: s = socket()\n"
                                 "B: bind(s, :7788)\n"
                                 "B: listen(s, 5)\n"
                                 "A: c = socket()\n"
                                 "rule drop SYN 1 from A\n"
                                 "A: connect(c, B:7788)\n"
                                 "wait %u ms\n"
                                 "B: close(s)\n"
                                 "run\n";
    char text[SCENARIO_LEN_MAX];
    snprintf(text, sizeof text, format, 500u);
    ck_assert(!chance_decides(text, "linux"));
    ck_assert_uint_eq(chance_avoid(text, "linux"), 0);
    snprintf(text, sizeof text, format, 1020u);
    ck_assert(chance_decides(text, "linux"));
    ck_assert_uint_gt(chance_avoid(text, "linux"), 0);
    ck_assert(!chance_decides(text, "linux"));
}
END_TEST

/* Model and kernel agree on all that the documented list does not name. They wait more than they
 * compute, so all run at once; one that differs may have met a busy machine, and runs alone. */
START_TEST(kernel_agrees)
{
    struct net_error error;
    struct sandbox *sandbox = sandbox_open(1, SANDBOX_TUN, &error);
    if (!sandbox) {
        fprintf(stderr, "skipped: scenarios against the kernel: %s: %s\n", error.operation,
                strerror(error.err));
        return;
    }
    sandbox_close(sandbox);
    pid_t children[KERNEL_SEEDS];
    for (unsigned i = 0; i < KERNEL_SEEDS; i++)
        children[i] = start_seed(kernel_seeds[i], false);
    bool good[KERNEL_SEEDS];
    for (unsigned i = 0; i < KERNEL_SEEDS; i++)
        good[i] = seed_is_good(children[i]);
    for (unsigned i = 0; i < KERNEL_SEEDS; i++)
        ck_assert_msg(good[i] || agrees_alone(kernel_seeds[i]), "seed %u", kernel_seeds[i]);
}
END_TEST

Suite *scenario_suite(void)
{
    Suite *suite = suite_create("scenario");
    TCase *tcase = tcase_create("scenario");
    tcase_add_test(tcase, seeds_give_labs);
    tcase_add_test(tcase, wires_can_be_slower);
    tcase_add_test(tcase, scenarios_reach_everything);
    tcase_add_test(tcase, chance_is_seen_and_avoided);
    tcase_add_loop_test(tcase, faults_are_found_and_reduced, 0, sizeof faults / sizeof faults[0]);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("kernel");
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, kernel_agrees);
    suite_add_tcase(suite, tcase);
    return suite;
}
