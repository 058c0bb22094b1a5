/*
 * A queue of octets in a space that somebody else owns: where it starts and how long it is. The
 * space is given with each call, so that a ring can be copied with its world. Without a space
 * (NULL) octets are counted and not kept: they read as zeros.
 */
#ifndef SIM_RING_H
#define SIM_RING_H

#include <stdint.h>

struct ring {
    uint32_t start; /* of the first octet within the space */
    uint32_t len;   /* octets queued */
};

/* Appends up to len octets; returns how many there was room for. */
uint32_t ring_put(struct ring *ring, uint8_t *space, uint32_t space_len, const uint8_t *text,
                  uint32_t len);

/* Copies up to len octets, starting `at` octets behind the first; returns how many there were. */
uint32_t ring_peek(const struct ring *ring, const uint8_t *space, uint32_t space_len, uint32_t at,
                   uint8_t *into, uint32_t len);

/* Forgets the first len octets; len =< ring->len. */
void ring_drop(struct ring *ring, uint32_t space_len, uint32_t len);

#endif
