/*
 * One lab run twice, each time by a session on the model, and compared as if the second were the
 * kernel: what the comparison is tested with, and what random scenarios are tried on.
 */
#ifndef TESTS_DUEL_H
#define TESTS_DUEL_H

#include "net/compare.h"
#include "net/session.h"

struct duel_setup {
    const char *source[COMPARED_LANES];              /* labs; the second may be NULL: the first */
    const struct settings *settings[COMPARED_LANES]; /* NULL: the profile's */
    const char *profile;
    uint64_t seed[COMPARED_LANES];
    bool ends; /* the end of the lab is told: what comes of timers then may be missing */
    /* Changes an event of the second run before it is compared; false: it never was. May be
     * NULL. */
    bool (*alter)(struct event *event, void *with);
    void *with;
};

struct duel {
    struct trace trace; /* of both runs, the second as LANE_KERNEL */
    struct compare compare;
    struct session *session;     /* of duel_run_lanes() */
    const struct compare *found; /* what came of it */
    unsigned failures;           /* of what the lab expects, in both */
    uint32_t steps;
};

/* False, and nothing to end, where the lab can't be read or opened; *wrong says why (may be
 * NULL). */
bool duel_run(struct duel *duel, const struct duel_setup *setup, struct lab_error *wrong);

/* The same by one session on both lanes, the kernel's included, both in real time; *error says
 * why that cannot be had. The lab must outlive the duel. */
bool duel_run_lanes(struct duel *duel, const struct lab *lab, const char *profile, uint64_t seed,
                    struct net_error *error);

void duel_end(struct duel *duel);

#endif
