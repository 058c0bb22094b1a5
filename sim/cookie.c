/*
 * SYN cookies as D. J. Bernstein laid them out: 5 bits that count periods of 64 s, 3 bits that name
 * an MSS, 24 bits of a keyed hash over both and over the connection. RFC 4987, 3.6 and A.
 *
 * Who answers a SYN so has no state to run out of; whoever sends the ACK has seen the cookie, and
 * so is where he says he is. The price: of the options only a rough MSS survives, but where the
 * peer sends timestamps. As Linux has it, ours then says what else was agreed on, in its last 6
 * bits, and comes back with the ACK.
 */
#include "sim/cookie.h"

#include "sim/isn.h"
#include "sim/segment.h"

enum {
    CLASS_BITS = 3,
    HASH_BITS = 24,
    COUNT_MASK = 31, /* of the counter, in the top 5 bits */
    CLASS_MASK = 7,
    PERIODS_VALID = 2,
    STAMP_MASK = 63,  /* of a timestamp: */
    STAMP_SCALE = 15, /* the window scale; all bits: none */
    STAMP_SACK = 16   /* (the next one is for ECN) */
};

/* What peers mostly offer; 536 and 1220 are for a SYN without the option (MUST-15). */
static const uint16_t mss_of_class[CLASS_MASK + 1] = { 64, 536, 940, 1220, 1300, 1400, 1440, 1460 };

static uint32_t class_of_mss(uint16_t mss)
{
    uint32_t mss_class = CLASS_MASK;
    while (mss_class > 0 && mss_of_class[mss_class] > mss)
        mss_class--;
    return mss_class;
}

static uint8_t *put_number(uint8_t *at, uint64_t number, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        *at++ = (uint8_t)(number >> (8 * i));
    return at;
}

static struct seq cookie(const uint64_t key[2], const struct cookie_of *of, uint64_t count,
                         uint32_t mss_class)
{
    uint8_t octets[2 * ENDPOINT_OCTETS + 4 + 8 + 1];
    uint8_t *end = put_endpoint(put_endpoint(octets, &of->local), &of->remote);
    end = put_number(end, of->irs.n, 4);
    end = put_number(end, count, 8);
    end = put_number(end, mss_class, 1);
    uint32_t hash = (uint32_t)(siphash(key, octets, (size_t)(end - octets)) >> (64 - HASH_BITS));
    uint32_t head = (uint32_t)(count & COUNT_MASK) << CLASS_BITS | mss_class;
    return seq_of(head << HASH_BITS | hash);
}

struct seq cookie_make(const uint64_t key[2], const struct cookie_of *of, uint16_t mss,
                       uint64_t now_usec)
{
    return cookie(key, of, now_usec / COOKIE_PERIOD_USEC, class_of_mss(mss));
}

uint16_t cookie_mss(const uint64_t key[2], const struct cookie_of *of, struct seq got,
                    uint64_t now_usec)
{
    uint64_t now = now_usec / COOKIE_PERIOD_USEC;
    uint32_t head = got.n >> HASH_BITS, mss_class = head & CLASS_MASK;
    uint64_t age = (now - (head >> CLASS_BITS)) & COUNT_MASK;
    if (age >= PERIODS_VALID || age > now)
        return 0;
    return seq_eq(cookie(key, of, now - age, mss_class), got) ? mss_of_class[mss_class] : 0;
}

uint32_t cookie_stamp(uint32_t clock, uint8_t has, uint8_t wscale)
{
    uint32_t options = has & HAS_WSCALE ? wscale & (uint32_t)STAMP_SCALE : STAMP_SCALE;
    options |= has & HAS_SACK_PERMITTED ? STAMP_SACK : 0;
    uint32_t stamp = (clock & ~(uint32_t)STAMP_MASK) | options;
    return stamp > clock ? stamp - STAMP_MASK - 1 : stamp;
}

uint8_t cookie_options(uint32_t stamp, uint8_t *wscale)
{
    unsigned has = HAS_TIMESTAMPS;
    *wscale = (uint8_t)(stamp & STAMP_SCALE);
    has |= *wscale != STAMP_SCALE ? HAS_WSCALE : 0;
    has |= stamp & STAMP_SACK ? HAS_SACK_PERMITTED : 0;
    return (uint8_t)has;
}
