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
    /* Changes an event of the second run before it is compared; false: it never was. May be
     * NULL. */
    bool (*alter)(struct event *event, void *with);
    void *with;
};

struct duel {
    struct trace trace; /* of both runs, the second as LANE_KERNEL */
    struct compare compare;
    unsigned failures; /* of what the lab expects, in both */
    uint32_t steps;
};

/* False, and nothing to end, where the lab can't be read or opened; *wrong says why (may be
 * NULL). */
bool duel_run(struct duel *duel, const struct duel_setup *setup, struct lab_error *wrong);
void duel_end(struct duel *duel);

#endif
