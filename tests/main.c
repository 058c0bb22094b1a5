/*
 * Runs every suite, and closes with Check's line.
 */
#include "tests/suites.h"

#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef Suite *make_suite(void);

static make_suite *const suites[] = {
    args_suite,
    cli_suite,
    diag_suite,
    e2e_suite,
    escape_suite,
    export_suite,
    figures_suite,
    grid_suite,
    isn_suite,
    journal_suite,
    lab_errors_suite,
    lab_suite,
    labs_suite,
    loopback_suite,
    lossy_suite,
    outside_suite,
    panels_suite,
    profile_suite,
    ring_suite,
    rules_suite,
    sandbox_suite,
    scale_suite,
    segment_suite,
    segments_seen_suite,
    seq_suite,
    session_suite,
    socket_end_suite,
    socket_suite,
    tcp_arrives_suite,
    tcp_close_suite,
    tcp_open_suite,
    tcp_text_suite,
    tcp_timer_suite,
    tcp_window_suite,
    view_suite,
    wire_suite,
    words_suite,
    world_suite,
    codec_suite,
    ip_suite,
    options_suite,
    drill_expr_suite,
    drill_parse_suite,
    socket_api_suite,
    udp_suite,
    ranges_suite,
    recovery_suite,
    tcp_options_suite,
    tcp_ack_suite,
    tcp_alive_suite,
    tcp_nagle_suite,
    tcp_urgent_suite,
    variants_suite,
    syn_queue_suite,
    requirements_suite,
    traps_suite,
    requirements_host_suite,
    drill_altered_suite,
    drill_suite,
    compare_suite,
    scenario_suite,
    wire_rules_suite,
    watch_suite,
    watch_real_suite,
    doctor_suite,
    pcapng_suite,
    capture_suite,
    live_suite,
    config_suite,
    told_suite,
    theme_suite,
    view_cache_suite,
    versions_suite,
    large_suite,
    plain_suite,
    frames_suite,
    cast_suite,
    page_suite,
    ladders_suite,
    diagram_suite,
    anatomy_suite,
    screen_suite,
    seg_screen_suite,
    seq_screen_suite,
    history_suite,
    event_list_suite,
    screens_suite,
    udp_wire_suite,
    udp_program_suite,
    server_suite,
    charset_suite,
    stage_live_suite,
    said_suite,
    record_suite,
    talk_suite,
    drive_suite,
    pty_suite,
    http_suite,
    files_suite,
    part_suite,
    chinese_suite,
    capture_fates_suite,
    capture_flows_suite,
    capture_packet_suite,
    capture_states_suite,
    acts_suite,
    bindings_suite,
    browse_suite,
    orders_suite,
};

enum {
    SUITES = sizeof suites / sizeof suites[0], /* 255 at most */
    JOBS_MAX = 8
};

/* What one process of the tests has come to. */
struct tally {
    int checks, failures, errors;
};

struct job {
    pid_t process;
    FILE *said;
    int from; /* its tally is read there */
};

static struct tally tally_of(SRunner *runner)
{
    struct tally tally = { .checks = srunner_ntests_run(runner) };
    int failed = srunner_ntests_failed(runner);
    TestResult **results = srunner_failures(runner);
    for (int i = 0; i < failed; i++) {
        tally.failures += tr_rtype(results[i]) == CK_FAILURE;
        tally.errors += tr_rtype(results[i]) == CK_ERROR;
    }
    free(results);
    return tally;
}

/* Numbers of suites, an octet each, for whoever is free to take the next. */
static int deck(void)
{
    int ends[2];
    uint8_t cards[SUITES];
    for (size_t i = 0; i < SUITES; i++)
        cards[i] = (uint8_t)i;
    if (pipe2(ends, O_CLOEXEC) < 0 || write(ends[1], cards, sizeof cards) != sizeof cards) {
        perror("tests");
        exit(EXIT_FAILURE);
    }
    close(ends[1]);
    return ends[0];
}

static void add(struct tally *all, const struct tally *more)
{
    all->checks += more->checks;
    all->failures += more->failures;
    all->errors += more->errors;
}

static struct tally run_suite(size_t suite)
{
    SRunner *runner = srunner_create(suites[suite]());
    srunner_run_all(runner, CK_ENV);
    struct tally tally = tally_of(runner);
    srunner_free(runner);
    return tally;
}

/* Suites as long as there are any. */
static struct tally run_share(int from)
{
    struct tally all = { .checks = 0 };
    uint8_t card;
    while (read(from, &card, 1) == 1) {
        struct tally one = run_suite(card);
        add(&all, &one);
    }
    return all;
}

static struct job start(int cards)
{
    int ends[2];
    struct job started = { .said = tmpfile() };
    if (!started.said || pipe2(ends, O_CLOEXEC) < 0) {
        perror("tests");
        exit(EXIT_FAILURE);
    }
    started.process = fork();
    if (started.process == 0) {
        dup2(fileno(started.said), STDOUT_FILENO);
        dup2(fileno(started.said), STDERR_FILENO);
        struct tally tally = run_share(cards);
        bool told = write(ends[1], &tally, sizeof tally) == sizeof tally;
        exit(told ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[1]);
    started.from = ends[0];
    return started;
}

/* One that has told nothing has died: that is an error. */
static struct tally finish(struct job *job)
{
    struct tally tally;
    char part[4096];
    size_t len;
    if (read(job->from, &tally, sizeof tally) != sizeof tally)
        tally = (struct tally){ .errors = 1 };
    waitpid(job->process, NULL, 0);
    rewind(job->said);
    while ((len = fread(part, 1, sizeof part, job->said)) > 0)
        fwrite(part, 1, len, stdout);
    fclose(job->said);
    close(job->from);
    return tally;
}

/* Most of the time tests wait, so there is more than one job for a processor. */
static unsigned jobs_wanted(void)
{
    const char *said = getenv("TCPSTEP_TEST_JOBS");
    long jobs = said ? strtol(said, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN) * 2;
    if (getenv("CK_RUN_SUITE") || getenv("CK_RUN_CASE") || jobs < 1)
        return 1;
    return jobs < JOBS_MAX ? (unsigned)jobs : JOBS_MAX;
}

static struct tally run_all(unsigned jobs)
{
    struct job job[JOBS_MAX];
    struct tally all = { .checks = 0 };
    int cards = deck();
    for (unsigned i = 0; i < jobs; i++)
        job[i] = start(cards);
    close(cards);
    for (unsigned i = 0; i < jobs; i++) {
        struct tally one = finish(&job[i]);
        add(&all, &one);
    }
    int bad = all.failures + all.errors;
    int percent = all.checks > 0 && bad <= all.checks ? 100 * (all.checks - bad) / all.checks : 0;
    printf("All together:\n%d%%: Checks: %d, Failures: %d, Errors: %d\n", percent, all.checks,
           all.failures, all.errors);
    return all;
}

/* All in this process, as a debugger wants it; Check leaves out what was not asked for. */
static struct tally run_one_by_one(void)
{
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < SUITES; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    struct tally tally = tally_of(runner);
    srunner_free(runner);
    return tally;
}

int main(void)
{
    unsigned jobs = jobs_wanted();
    setlocale(LC_ALL, "C.UTF-8");
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1); /* not what the user of this machine likes */
    setenv("LANGUAGE", "en", 1);
    setenv("CK_DEFAULT_TIMEOUT", "60", 0); /* seconds: sanitizers and busy machines are slow */
    struct tally all = jobs > 1 ? run_all(jobs) : run_one_by_one();
    return all.failures + all.errors > 0 || all.checks == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
