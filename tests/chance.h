/*
 * Scenarios in which chance has a say: a kernel's timers run out late, by how much depends on its
 * clock, and where one of them races with something else, either may come first. Whether it makes a
 * difference is asked of the model, whose timers can be as late.
 */
#ifndef TESTS_CHANCE_H
#define TESTS_CHANCE_H

#include "tests/scenario.h"

/* Does anything else come of a scenario, which has to be a lab, where timers run out late? */
bool chance_decides(const char *text, const char *profile);

/* Makes the wire of a scenario slower until chance has no say in it, and returns how often; leaves
 * it as it is, and returns 0, where that cannot be had. */
unsigned chance_avoid(char text[static SCENARIO_LEN_MAX], const char *profile);

#endif
