/*
 * Memory that is taken piece by piece and given back all at once.
 */
#include "ui/drill/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_LEN = 16 * 1024
};

struct arena_block {
    struct arena_block *older;
    size_t len, used;
    alignas(max_align_t) char octets[];
};

static struct arena_block *new_block(struct arena *arena, size_t at_least)
{
    size_t len = at_least > BLOCK_LEN ? at_least : BLOCK_LEN;
    struct arena_block *block = malloc(sizeof *block + len);
    if (!block)
        return NULL;
    *block = (struct arena_block){ .older = arena->newest, .len = len };
    arena->newest = block;
    return block;
}

void *arena_take(struct arena *arena, size_t len)
{
    const size_t unit = alignof(max_align_t);
    struct arena_block *block = arena->newest;
    if (len > SIZE_MAX / 2)
        return NULL;
    len = (len + unit - 1) / unit * unit;
    if (!block || block->len - block->used < len)
        block = new_block(arena, len);
    if (!block)
        return NULL;
    char *at = block->octets + block->used;
    block->used += len;
    return memset(at, 0, len);
}

char *arena_copy(struct arena *arena, const char *at, size_t len)
{
    char *copy = arena_take(arena, len + 1);
    if (copy && len > 0)
        memcpy(copy, at, len);
    return copy;
}

void arena_free(struct arena *arena)
{
    while (arena->newest) {
        struct arena_block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
}
