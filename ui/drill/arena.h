/*
 * Memory that is taken piece by piece and given back all at once.
 */
#ifndef UI_DRILL_ARENA_H
#define UI_DRILL_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest; /* {0} is an empty arena */
};

/* len octets of zeros, aligned for anything; NULL: no memory. */
void *arena_take(struct arena *arena, size_t len);

/* A copy with a NUL behind it; NULL: no memory. */
char *arena_copy(struct arena *arena, const char *at, size_t len);

void arena_free(struct arena *arena);

#endif
