/*
 * Octets round and round.
 */
#include "sim/ring.h"

#include <assert.h>
#include <string.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Where the octet lies that is `at` octets behind the first; less than a round. */
static uint32_t place_of(const struct ring *ring, uint32_t space_len, uint32_t at)
{
    uint32_t rest = space_len - ring->start;
    return at < rest ? ring->start + at : at - rest;
}

uint32_t ring_put(struct ring *ring, uint8_t *space, uint32_t space_len, const uint8_t *text,
                  uint32_t len)
{
    len = least(len, space_len - ring->len);
    ring_place(ring, space, space_len, ring->len, text, len);
    ring->len += len;
    return len;
}

void ring_place(const struct ring *ring, uint8_t *space, uint32_t space_len, uint32_t at,
                const uint8_t *text, uint32_t len)
{
    assert(at <= space_len && len <= space_len - at);
    if (len == 0 || !space)
        return;
    uint32_t start = place_of(ring, space_len, at);
    uint32_t first = least(len, space_len - start);
    memcpy(space + start, text, first);
    if (first < len) /* round the end, which is rare */
        memcpy(space, text + first, len - first);
}

uint32_t ring_peek(const struct ring *ring, const uint8_t *space, uint32_t space_len, uint32_t at,
                   uint8_t *into, uint32_t len)
{
    if (at >= ring->len)
        return 0;
    len = least(len, ring->len - at);
    if (!space || !into) {
        if (into)
            memset(into, 0, len);
        return len;
    }
    uint32_t from = place_of(ring, space_len, at);
    uint32_t first = least(len, space_len - from);
    memcpy(into, space + from, first);
    if (first < len)
        memcpy(into + first, space, len - first);
    return len;
}

void ring_drop(struct ring *ring, uint32_t space_len, uint32_t len)
{
    assert(len <= ring->len);
    uint32_t start = ring->start + len;
    ring->len -= len;
    ring->start = start < space_len ? start : start - space_len;
}
