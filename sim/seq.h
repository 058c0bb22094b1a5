/*
 * Sequence numbers and their arithmetic modulo 2^32. RFC 9293, 3.4.
 *
 * A type of their own, so that a raw `<` between two of them does not compile. Every comparison
 * holds for numbers less than 2^31 apart, which is all that TCP ever compares.
 */
#ifndef SIM_SEQ_H
#define SIM_SEQ_H

#include <stdbool.h>
#include <stdint.h>

struct seq {
    uint32_t n;
};

static inline struct seq seq_of(uint32_t n)
{
    return (struct seq){ n };
}

/* a + octets, modulo 2^32. */
static inline struct seq seq_add(struct seq a, uint32_t octets)
{
    return (struct seq){ a.n + octets };
}

/* The octets from b up to a, modulo 2^32: meant for a at or after b. */
static inline uint32_t seq_from(struct seq b, struct seq a)
{
    return a.n - b.n;
}

static inline bool seq_eq(struct seq a, struct seq b)
{
    return a.n == b.n;
}

static inline bool seq_lt(struct seq a, struct seq b)
{
    return a.n - b.n > UINT32_MAX / 2;
}

static inline bool seq_le(struct seq a, struct seq b)
{
    return !seq_lt(b, a);
}

static inline bool seq_gt(struct seq a, struct seq b)
{
    return seq_lt(b, a);
}

static inline bool seq_ge(struct seq a, struct seq b)
{
    return !seq_lt(a, b);
}

/* left =< a < left + len: is a within a window of len octets? */
static inline bool seq_in(struct seq a, struct seq left, uint32_t len)
{
    return seq_from(left, a) < len;
}

#endif
