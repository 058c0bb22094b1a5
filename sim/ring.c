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

uint32_t ring_put(struct ring *ring, uint8_t *space, uint32_t space_len, const uint8_t *text,
                  uint32_t len)
{
    len = least(len, space_len - ring->len);
    if (!space)
        ring->len += len;
    if (len == 0 || !space)
        return len;
    uint32_t end = (ring->start + ring->len) % space_len;
    uint32_t first = least(len, space_len - end);
    memcpy(space + end, text, first);
    memcpy(space, text + first, len - first);
    ring->len += len;
    return len;
}

uint32_t ring_peek(const struct ring *ring, const uint8_t *space, uint32_t space_len, uint32_t at,
                   uint8_t *into, uint32_t len)
{
    if (at >= ring->len)
        return 0;
    len = least(len, ring->len - at);
    if (!space) {
        if (into)
            memset(into, 0, len);
        return len;
    }
    uint32_t from = (ring->start + at) % space_len;
    uint32_t first = least(len, space_len - from);
    memcpy(into, space + from, first);
    memcpy(into + first, space, len - first);
    return len;
}

void ring_drop(struct ring *ring, uint32_t space_len, uint32_t len)
{
    assert(len <= ring->len);
    ring->start = space_len ? (ring->start + len) % space_len : 0;
    ring->len -= len;
}
