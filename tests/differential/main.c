/*
 * Random scenarios on both lanes: `differential FROM COUNT FOLDER [kernel | SETTING=VALUE...]`.
 * Where the lanes differ, the seed and what differs are printed, and the scenario, reduced, is
 * written into the folder as a lab. Status 1 where there was one.
 *
 * The second lane is the kernel's, or the model once more, with another seed. A setting is a
 * fault: the second lane alone has it, to see that it is found.
 */
#include "tests/duel.h"
#include "tests/scenario.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char profile[] = "linux";

struct totals {
    uint64_t allowed[ALLOWANCE_COUNT];
    unsigned differ;
    struct settings fault;
    bool has_fault, kernel;
};

/* Runs a scenario on both lanes: the kernel's, or in its place the model with another seed. */
static bool run_on_both(struct duel *duel, const char *text, const struct totals *totals)
{
    static struct lab lab;
    struct lab_error wrong;
    struct net_error error;
    if (totals->kernel)
        return lab_read(text, strlen(text), &lab, &wrong) &&
               duel_run_lanes(duel, &lab, profile, 1, &error);
    struct duel_setup setup = { .source = { text }, .profile = profile, .seed = { 1, 2 } };
    setup.settings[LANE_KERNEL] = totals->has_fault ? &totals->fault : NULL;
    return duel_run(duel, &setup, NULL);
}

static bool shows_difference(const char *text, void *with)
{
    struct duel duel;
    if (!run_on_both(&duel, text, with))
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
static void report(uint64_t seed, char *text, struct totals *totals, const char *folder)
{
    struct duel duel;
    unsigned before = scenario_lines(text);
    unsigned tried = scenario_reduce(text, shows_difference, totals);
    printf("seed %" PRIu64 ": %u of %u lines, after %u tries\n", seed, scenario_lines(text), before,
           tried);
    if (run_on_both(&duel, text, totals)) {
        print_differences(&duel);
        duel_end(&duel);
    }
    write_lab(folder, seed, text);
    fflush(stdout);
}

static bool try_seed(uint64_t seed, struct totals *totals, const char *folder)
{
    static char text[SCENARIO_LEN_MAX];
    struct duel duel;
    if (!run_on_both(&duel, scenario_write(seed, text), totals)) {
        fprintf(stderr, "seed %" PRIu64 ": no lab, or no lanes\n", seed);
        return false;
    }
    bool differ = duel.found->difference_count > 0;
    for (unsigned i = 0; i < ALLOWANCE_COUNT; i++)
        totals->allowed[i] += duel.found->allowed[i];
    duel_end(&duel);
    totals->differ += differ;
    if (differ)
        report(seed, text, totals, folder);
    return true;
}

static bool take_fault(struct totals *totals, char *word)
{
    char *value = strchr(word, '=');
    if (value)
        *value++ = '\0';
    const struct setting *setting = setting_find(word);
    if (!totals->has_fault)
        totals->fault = profile_find(profile)->set;
    totals->has_fault = true;
    return value && setting && setting_put(&totals->fault, setting, strtoull(value, NULL, 10));
}

static bool take_word(struct totals *totals, char *word)
{
    if (strcmp(word, "kernel") != 0)
        return take_fault(totals, word);
    totals->kernel = true;
    return true;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct totals totals = { .differ = 0 };
    bool good = argc >= 4;
    for (int i = 4; i < argc; i++)
        good = good && take_word(&totals, argv[i]);
    if (!good) {
        fprintf(stderr, "differential FROM COUNT FOLDER [kernel | SETTING=VALUE...]\n");
        return 2;
    }
    uint64_t from = strtoull(argv[1], NULL, 10), count = strtoull(argv[2], NULL, 10);
    double began = now();
    for (uint64_t seed = from; seed < from + count; seed++) {
        if (!try_seed(seed, &totals, argv[3]))
            return 2;
    }
    printf("%" PRIu64 " scenarios, %u differ, %.0f a second\n", count, totals.differ,
           (double)count / (now() - began));
    for (unsigned i = 0; i < ALLOWANCE_COUNT; i++) {
        if (totals.allowed[i])
            printf("allowed: %s %" PRIu64 " times\n", compare_allowances[i].name,
                   totals.allowed[i]);
    }
    return totals.differ > 0;
}
