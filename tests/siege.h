/*
 * A listener on port 80 of B, a client on A, and segments from senders that are no part of the
 * world: a world in which a SYN queue can be filled.
 */
#ifndef TESTS_SIEGE_H
#define TESTS_SIEGE_H

#include "sim/world.h"

enum {
    LISTENER = 3, /* descriptors of B, */
    SERVED = 4,
    CLIENT = 3, /* and of A */
    PORT = 80
};

struct siege {
    void *mem;
    struct world *world;
    unsigned taken[RULE_COUNT]; /* how often */
    uint16_t from[RULE_COUNT];  /* a bit (1 << state) for each it was taken in */
    struct segment sent;        /* the last of B */
};

/* B listens with that backlog. */
struct siege *siege_new(const char *profile, int32_t backlog);
void siege_end(struct siege *siege);

/* A setting of B. */
void siege_set(struct siege *siege, const char *name, uint64_t value);
struct call_result siege_call(struct siege *siege, unsigned host, const struct call *call);
/* A has one more socket, and connects it to B. */
void siege_connect(struct siege *siege);
struct call_result siege_accept(struct siege *siege);
int64_t siege_figure(const struct siege *siege, unsigned host, int32_t fd, const char *name);

bool siege_step(struct siege *siege);
/* Steps as long as something is on the wire. */
void siege_settles(struct siege *siege);
/* Lets so much time pass, with what is due in it. */
void siege_goes_on(struct siege *siege, uint64_t usec);

/* A segment to B from one of 2^16 senders. */
struct segment siege_segment(unsigned who, unsigned flags);
void siege_arrives(struct siege *siege, const struct segment *seg, const char *text);
/* SYNs from so many senders, one after the other. */
void siege_flood(struct siege *siege, unsigned first, unsigned count);
/* The ACK that `who` would answer B's last segment with. */
struct segment siege_answer(const struct siege *siege, unsigned who);

#endif
