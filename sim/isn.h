/*
 * Initial sequence numbers by RFC 6528: a clock of 4 microseconds plus a keyed hash of both ends.
 */
#ifndef SIM_ISN_H
#define SIM_ISN_H

#include "sim/endpoint.h"
#include "sim/seq.h"

enum {
    ENDPOINT_OCTETS = 1 + 16 + 2
};

/* Writes the end as so many octets to be hashed; returns where they end. */
uint8_t *put_endpoint(uint8_t *at, const struct endpoint *end);

/* SipHash-2-4 of len octets under a key of 128 bits (Aumasson and Bernstein, 2012). */
uint64_t siphash(const uint64_t key[2], const uint8_t *octets, size_t len);

/* ISS for a new connection between the two ends at that time. */
struct seq isn_choose(const uint64_t key[2], const struct endpoint *local,
                      const struct endpoint *remote, uint64_t now_usec);

#endif
