/*
 * Sets of sequence numbers as sorted lists of ranges, from one pool for all connections of a world:
 * what came out of order, and what the peer said it has beyond a gap. A set that is empty takes no
 * memory, and a set that finds no more of it forgets what it was told, which is always allowed.
 */
#ifndef SIM_RANGES_H
#define SIM_RANGES_H

#include "sim/seq.h"

/* From start up to but not with end. */
struct range {
    struct seq start, end;
    uint32_t next; /* place in the pool plus 1 of the range behind it in its list; 0: none */
};

struct range_pool {
    struct range *at;
    uint32_t *free; /* heads the list of those in no set */
};

/* A set is the place plus 1 of its first range, 0 where it is empty. */

/* Puts count ranges into the list of the free ones. */
void ranges_init(struct range_pool *pool, uint32_t count);

/* The first range of a set, or the one behind another; NULL where there is none. */
const struct range *ranges_first(const struct range_pool *pool, uint32_t set);
const struct range *ranges_next(const struct range_pool *pool, const struct range *range);

/* The range of a set that this number lies in, or NULL. */
const struct range *ranges_with(const struct range_pool *pool, uint32_t set, struct seq seq);

/* Adds start up to end; *added are the octets that were not in the set before. False, and the set
 * as it was, where the pool has no more. */
bool ranges_add(const struct range_pool *pool, uint32_t *set, struct seq start, struct seq end,
                uint32_t *added);

/* Takes out everything before `seq`; returns how many octets that were. */
uint32_t ranges_cut(const struct range_pool *pool, uint32_t *set, struct seq seq);

/* Empties the set. */
void ranges_clear(const struct range_pool *pool, uint32_t *set);

#endif
