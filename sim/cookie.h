/*
 * SYN cookies: an ISS that holds what a listener would have to remember of a half-open connection,
 * so that it need not. RFC 4987, 3.6.
 */
#ifndef SIM_COOKIE_H
#define SIM_COOKIE_H

#include "sim/endpoint.h"
#include "sim/seq.h"

/* A cookie holds for the period it was made in and the next one. */
#define COOKIE_PERIOD_USEC ((uint64_t)64000000)

/* The connection that a cookie is for, from the listener's side. */
struct cookie_of {
    struct endpoint local, remote;
    struct seq irs;
};

/* The ISS that answers a SYN which offered this MSS. */
struct seq cookie_make(const uint64_t key[2], const struct cookie_of *of, uint16_t mss,
                       uint64_t now_usec);

/* The MSS that the cookie holds: the one offered, or the nearest below it that it has a class for.
 * 0: it is none of ours, or too old. */
uint16_t cookie_mss(const uint64_t key[2], const struct cookie_of *of, struct seq cookie,
                    uint64_t now_usec);

/* The timestamp that goes with a cookie: not later than the clock, of which it takes 64 ticks at
 * most, and it holds which options (HAS_...) there are, and the peer's window scale. */
uint32_t cookie_stamp(uint32_t clock, uint8_t has, uint8_t wscale);

/* The options that such a timestamp holds. */
uint8_t cookie_options(uint32_t stamp, uint8_t *wscale);

#endif
