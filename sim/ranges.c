/*
 * Ranges of sequence numbers, sorted and apart from each other.
 */
#include "sim/ranges.h"

#include <assert.h>
#include <stddef.h>

void ranges_init(struct range_pool *pool, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        pool->at[i].next = i + 2;
    if (count > 0)
        pool->at[count - 1].next = 0;
    *pool->free = count > 0 ? 1 : 0;
}

static struct range *range_at(const struct range_pool *pool, uint32_t place)
{
    return place ? &pool->at[place - 1] : NULL;
}

const struct range *ranges_first(const struct range_pool *pool, uint32_t set)
{
    return range_at(pool, set);
}

const struct range *ranges_next(const struct range_pool *pool, const struct range *range)
{
    return range_at(pool, range->next);
}

const struct range *ranges_with(const struct range_pool *pool, uint32_t set, struct seq seq)
{
    const struct range *range = ranges_first(pool, set);
    while (range && seq_le(range->end, seq))
        range = ranges_next(pool, range);
    return range && seq_le(range->start, seq) ? range : NULL;
}

/* Takes the range that *link names out of its list. */
static void let_go(const struct range_pool *pool, uint32_t *link)
{
    uint32_t place = *link;
    struct range *range = range_at(pool, place);
    *link = range->next;
    range->next = *pool->free;
    *pool->free = place;
}

/* Puts a new range before the one that *link names. */
static bool put(const struct range_pool *pool, uint32_t *link, struct seq start, struct seq end)
{
    uint32_t place = *pool->free;
    struct range *range = range_at(pool, place);
    if (!range)
        return false;
    *pool->free = range->next;
    *range = (struct range){ start, end, *link };
    *link = place;
    return true;
}

/* The range takes in those behind it that it has come to touch. */
static uint32_t join(const struct range_pool *pool, struct range *range)
{
    uint32_t joined = 0;
    const struct range *next = range_at(pool, range->next);
    while (next && seq_le(next->start, range->end)) {
        struct seq end = seq_lt(range->end, next->end) ? next->end : range->end;
        joined += seq_from(next->start, next->end);
        range->end = end;
        let_go(pool, &range->next);
        next = range_at(pool, range->next);
    }
    return joined;
}

bool ranges_add(const struct range_pool *pool, uint32_t *set, struct seq start, struct seq end,
                uint32_t *added)
{
    assert(seq_le(start, end));
    *added = 0;
    uint32_t *link = set;
    while (*link && seq_lt(range_at(pool, *link)->end, start))
        link = &range_at(pool, *link)->next;
    struct range *range = range_at(pool, *link);
    if (seq_eq(start, end))
        return true;
    if (!range || seq_lt(end, range->start)) {
        bool done = put(pool, link, start, end);
        *added = done ? seq_from(start, end) : 0;
        return done;
    }
    uint32_t before = seq_from(range->start, range->end);
    if (seq_lt(start, range->start))
        range->start = start;
    if (seq_lt(range->end, end))
        range->end = end;
    before += join(pool, range);
    *added = seq_from(range->start, range->end) - before;
    return true;
}

uint32_t ranges_cut(const struct range_pool *pool, uint32_t *set, struct seq seq)
{
    uint32_t cut = 0;
    struct range *range = range_at(pool, *set);
    while (range && seq_le(range->end, seq)) {
        cut += seq_from(range->start, range->end);
        let_go(pool, set);
        range = range_at(pool, *set);
    }
    if (range && seq_lt(range->start, seq)) {
        cut += seq_from(range->start, seq);
        range->start = seq;
    }
    return cut;
}

void ranges_clear(const struct range_pool *pool, uint32_t *set)
{
    while (*set)
        let_go(pool, set);
}
