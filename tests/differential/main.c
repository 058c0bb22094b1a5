/*
 * Random scenarios on both lanes: `differential FROM COUNT FOLDER [JOBS=N] [plain]
 * [model | SETTING=VALUE...]`. Where the lanes differ, the seed and what differs are printed, and
 * the scenario, reduced (not with `plain`), is written into the folder as a lab. Status 1 where
 * there was one, 3 where this machine does not allow it.
 *
 * The second lane is the kernel's, or the model once more, with another seed. A setting is a
 * fault: the second lane alone has it, to see that it is found.
 *
 * A scenario waits for real time more than it computes: so many are under way at once, each in a
 * process of its own. Where the kernel has to wait for a processor, its timers come before what
 * they were to wait for: so what differs then is run again alone, and agrees only where two runs of
 * three do; and where chance has a say in it, on a slower wire, where it has none (tests/chance.h).
 */
#include "tests/chance.h"
#include "tests/duel.h"
#include "tests/scenario.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    STATUS_DIFFERS = 1,
    STATUS_WRONG = 2,
    STATUS_NOT_ALLOWED = 3,
    JOBS = 16,
    JOBS_MAX = 64,
    RUNS_ALONE = 3,    /* of a scenario that has differed beside others, at most */
    RUNS_AGREE = 2,    /* that have to agree */
    OUTPUT_MAX = 65536 /* what a process has to say it says at once */
};

static const char profile[] = "linux";

/* What all processes add to. */
struct totals {
    _Atomic uint64_t allowed[ALLOWANCE_COUNT];
    atomic_uint differ, again, alone; /* again: differed beside others; alone: and then not */
    atomic_uint slower;               /* on another wire */
};

/* The seeds that have differed beside others. */
struct seeds {
    uint64_t *of;
    size_t count;
};

/* A process, and what it tries. */
struct job {
    pid_t process;
    uint64_t seed;
};

struct task {
    uint64_t from, count;
    const char *folder;
    unsigned jobs;
    struct settings fault;
    bool has_fault, model, plain;
    struct totals *totals; /* shared */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Runs a scenario on both lanes: the kernel's, or in its place the model with another seed. */
static bool run_on_both(struct duel *duel, const char *text, const struct task *task,
                        struct net_error *error)
{
    static struct lab lab;
    struct lab_error wrong;
    *error = (struct net_error){ .err = 0, .operation = "lab" };
    if (!task->model && !task->has_fault)
        return lab_read(text, strlen(text), &lab, &wrong) &&
               duel_run_lanes(duel, &lab, profile, 1, error);
    struct duel_setup setup = { .source = { text }, .profile = profile, .seed = { 1, 2 } };
    setup.settings[LANE_KERNEL] = task->has_fault ? &task->fault : NULL;
    return duel_run(duel, &setup, NULL);
}

static bool shows_difference(const char *text, void *with)
{
    struct duel duel;
    struct net_error error;
    if (!run_on_both(&duel, text, with, &error))
        return false;
    bool shows = duel.found->difference_count > 0;
    duel_end(&duel);
    return shows;
}

static void write_lab(const char *folder, uint64_t seed, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/seed-%" PRIu64 ".lab", folder, seed);
    FILE *file = fopen(path, "w");
    bool good = file && fputs(text, file) >= 0;
    if (file && fclose(file) != 0)
        good = false;
    printf(good ? "  %s\n" : "  %s: cannot be written\n", path);
}

static void print_differences(const struct duel *duel)
{
    for (size_t i = 0; i < duel->found->difference_count; i++)
        printf("  %s\n", duel->found->differences[i].words);
}

/* The scenario as short as it can be, with what differs in it then. */
static void report_reduced(uint64_t seed, char *text, struct task *task)
{
    struct duel duel;
    struct net_error error;
    unsigned before = scenario_lines(text);
    unsigned tried = scenario_reduce(text, shows_difference, task);
    printf("seed %" PRIu64 ": %u of %u lines, after %u tries\n", seed, scenario_lines(text), before,
           tried);
    if (run_on_both(&duel, text, task, &error)) {
        print_differences(&duel);
        duel_end(&duel);
    }
}

static bool is_in_real_time(const struct task *task)
{
    return !task->model && !task->has_fault;
}

static void count_allowed(const struct duel *duel, struct task *task)
{
    for (unsigned i = 0; i < ALLOWANCE_COUNT; i++)
        atomic_fetch_add(&task->totals->allowed[i], duel->found->allowed[i]);
}

/* Runs the scenario once; the status. `tells`: says what differs. */
static int try_once(uint64_t seed, const char *text, struct task *task, bool tells)
{
    struct duel duel;
    struct net_error error;
    if (!run_on_both(&duel, text, task, &error)) {
        printf("seed %" PRIu64 ": %s: %s\n", seed, error.operation, strerror(error.err));
        return STATUS_NOT_ALLOWED;
    }
    bool differ = duel.found->difference_count > 0;
    if (!differ)
        count_allowed(&duel, task);
    if (differ && tells) {
        printf("seed %" PRIu64 ":\n", seed);
        print_differences(&duel);
    }
    duel_end(&duel);
    return differ ? STATUS_DIFFERS : EXIT_SUCCESS;
}

/* Most of a few runs say what it is. */
static int try_alone_often(uint64_t seed, char *text, struct task *task)
{
    unsigned agreed = 0, differed = 0;
    atomic_fetch_add(&task->totals->slower, chance_avoid(text, profile) > 0);
    while (agreed < RUNS_AGREE && differed <= RUNS_ALONE - RUNS_AGREE) {
        bool tells = task->plain && differed == RUNS_ALONE - RUNS_AGREE;
        int status = try_once(seed, text, task, tells);
        if (status > STATUS_DIFFERS)
            return status;
        agreed += status == EXIT_SUCCESS;
        differed += status == STATUS_DIFFERS;
    }
    return agreed < RUNS_AGREE ? STATUS_DIFFERS : EXIT_SUCCESS;
}

/* What a process does: its status. `last`: what differs now is a difference. */
static int try_seed(uint64_t seed, struct task *task, bool last)
{
    static char text[SCENARIO_LEN_MAX], output[OUTPUT_MAX];
    setvbuf(stdout, output, _IOFBF, sizeof output);
    scenario_write(seed, !is_in_real_time(task), text);
    int status = last && is_in_real_time(task) ? try_alone_often(seed, text, task)
                                               : try_once(seed, text, task, last && task->plain);
    if (status != STATUS_DIFFERS || !last)
        return status;
    atomic_fetch_add(&task->totals->differ, 1);
    if (!task->plain)
        report_reduced(seed, text, task);
    write_lab(task->folder, seed, text);
    return STATUS_DIFFERS;
}

static bool start_seed(uint64_t seed, struct task *task, bool last, struct job *job)
{
    *job = (struct job){ .process = fork(), .seed = seed };
    if (job->process != 0)
        return job->process > 0;
    int status = try_seed(seed, task, last);
    fflush(stdout);
    _exit(status);
}

/* Waits for one that is over; its status, and its seed. */
static int wait_for_one(struct job *jobs, unsigned count, uint64_t *seed)
{
    int status;
    pid_t process = wait(&status);
    for (unsigned i = 0; i < count; i++) {
        if (jobs[i].process != process)
            continue;
        *seed = jobs[i].seed;
        jobs[i] = jobs[count - 1];
        return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_WRONG;
    }
    return STATUS_WRONG;
}

/* All seeds, so many at once; the worst status. Those that differ go to `again`, unless this is
 * the last that is heard of them. */
static int try_all(struct task *task, struct seeds *again)
{
    struct job jobs[JOBS_MAX];
    unsigned running = 0;
    int worst = EXIT_SUCCESS;
    bool last = !is_in_real_time(task);
    uint64_t seed = task->from, end = task->from + task->count, tried;
    while (running > 0 || (seed < end && worst <= STATUS_DIFFERS)) {
        if (running < task->jobs && seed < end && worst <= STATUS_DIFFERS) {
            if (!start_seed(seed++, task, last, &jobs[running]))
                worst = STATUS_WRONG;
            else
                running++;
            continue;
        }
        int status = wait_for_one(jobs, running--, &tried);
        if (status == STATUS_DIFFERS && !last)
            again->of[again->count++] = tried;
        else
            worst = status > worst ? status : worst;
    }
    return worst;
}

/* Those that have differed, one by one; the worst status. */
static int try_alone(struct task *task, const struct seeds *again)
{
    struct job job;
    uint64_t tried;
    int worst = EXIT_SUCCESS;
    for (size_t i = 0; i < again->count && worst <= STATUS_DIFFERS; i++) {
        if (!start_seed(again->of[i], task, true, &job))
            return STATUS_WRONG;
        int status = wait_for_one(&job, 1, &tried);
        worst = status > worst ? status : worst;
        atomic_fetch_add(&task->totals->again, 1);
        if (status == EXIT_SUCCESS) {
            atomic_fetch_add(&task->totals->alone, 1);
            printf("seed %" PRIu64 ": differed beside others, and agrees alone\n", tried);
            fflush(stdout);
        }
    }
    return worst;
}

static int try_both_ways(struct task *task)
{
    struct seeds again = { .of = calloc(task->count ? task->count : 1, sizeof *again.of) };
    if (!again.of)
        return STATUS_WRONG;
    int status = try_all(task, &again);
    int alone = status > STATUS_DIFFERS ? status : try_alone(task, &again);
    free(again.of);
    return alone > status ? alone : status;
}

static bool take_setting(struct task *task, char *word)
{
    char *value = strchr(word, '=');
    if (!value)
        return false;
    *value++ = '\0';
    uint64_t number = strtoull(value, NULL, 10);
    if (strcmp(word, "JOBS") == 0) {
        task->jobs = (unsigned)number;
        return number >= 1 && number <= JOBS_MAX;
    }
    const struct setting *setting = setting_find(word);
    if (!task->has_fault)
        task->fault = profile_find(profile)->set;
    task->has_fault = true;
    return setting && setting_put(&task->fault, setting, number);
}

static bool take_word(struct task *task, char *word)
{
    bool model = strcmp(word, "model") == 0, plain = strcmp(word, "plain") == 0;
    task->model = task->model || model;
    task->plain = task->plain || plain;
    return model || plain || strcmp(word, "kernel") == 0 || take_setting(task, word);
}

static void print_totals(const struct task *task, double seconds)
{
    printf("%" PRIu64 " scenarios, %u differ, %.0f s, %.1f a second\n", task->count,
           atomic_load(&task->totals->differ), seconds, (double)task->count / seconds);
    if (is_in_real_time(task))
        printf("tried again alone: %u, of which %u agreed in %d runs of %d, %u on a slower wire\n",
               atomic_load(&task->totals->again), atomic_load(&task->totals->alone), RUNS_AGREE,
               RUNS_ALONE, atomic_load(&task->totals->slower));
    for (unsigned i = 0; i < ALLOWANCE_COUNT; i++) {
        uint64_t times = atomic_load(&task->totals->allowed[i]);
        if (times)
            printf("allowed: %s %" PRIu64 " times\n", compare_allowances[i].name, times);
    }
}

int main(int argc, char **argv)
{
    struct task task = { .jobs = JOBS };
    bool good = argc >= 4;
    for (int i = 4; i < argc; i++)
        good = good && take_word(&task, argv[i]);
    if (!good) {
        fprintf(stderr, "differential FROM COUNT FOLDER [JOBS=N] [plain] "
                        "[model | SETTING=VALUE...]\n");
        return STATUS_WRONG;
    }
    task.from = strtoull(argv[1], NULL, 10);
    task.count = strtoull(argv[2], NULL, 10);
    task.folder = argv[3];
    task.totals =
        mmap(NULL, sizeof *task.totals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (task.totals == MAP_FAILED)
        return STATUS_WRONG;
    double began = now();
    int status = try_both_ways(&task);
    if (status > STATUS_DIFFERS)
        printf("ended early: a scenario could not be run\n");
    print_totals(&task, now() - began);
    return status;
}
