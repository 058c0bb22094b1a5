/*
 * FNV-1a of 64 bits (RFC 9923): a digest that tells octets which came out otherwise, and no more.
 */
#ifndef SIM_FNV_H
#define SIM_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

/* Of octets behind those that `digest` is of; FNV_START: of none. */
static inline uint64_t fnv_add(uint64_t digest, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        digest = (digest ^ octets[i]) * FNV_PRIME;
    return digest;
}

#endif
