/*
 * Ways to have each rule taken, for the bench (tests/bench.h): user calls, segments and timers.
 */
#ifndef TESTS_RULE_WAYS_H
#define TESTS_RULE_WAYS_H

#include "sim/rules.h"

#include <stddef.h>

/* A way to have a rule taken in some states; "@" stands for the state's name. */
struct rule_way {
    enum rule_id rule;
    unsigned from; /* a bit (1 << state) each */
    const char *lines;
};

extern const struct rule_way rule_ways[];
extern const size_t rule_way_count;

#endif
