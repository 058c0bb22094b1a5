/*
 * What must hold inside a world after every command, whatever was asked of it.
 */
#ifndef TESTS_INVARIANTS_H
#define TESTS_INVARIANTS_H

#include "sim/world.h"

/* What does not hold, or NULL. */
const char *world_fault(struct world *world);

/* How many ranges of the pool are in no set. */
uint32_t world_free_ranges(struct world *world);

#endif
