/*
 * How fast the model is, and how small: what `make bench` prints. docs/bench.md says of each figure
 * what it means.
 *
 * Segments are counted by their events, in a run that is not timed. Nobody listens to those that
 * are: they are shown to be the same run by the digest of what they end in.
 */
#ifndef TESTS_SPEED_SPEED_H
#define TESTS_SPEED_SPEED_H

#include "sim/world.h"

enum {
    RUNS = 7, /* timed, of which the median counts */
    PORT = 80
};

/* What the events of a run said. */
struct tally {
    uint64_t segments; /* delivered or lost */
    uint64_t lost;
    uint64_t opened; /* ends of connections that came to ESTABLISHED */
    uint64_t closed; /* ends that went to CLOSED after both FINs */
};

/* A world with the wire that loses, by a seed. */
struct net {
    struct world *world;
    size_t len; /* of its block */
    struct tally tally;
    struct sink sink; /* emit is NULL where nobody listens */
    uint64_t random;
    uint32_t lose; /* of 1000 segments */
};

/* Something to be timed: `run` is the same each time. */
struct load {
    struct world_limits limits;
    uint64_t delay_usec;
    uint32_t lose;
    void (*run)(struct net *net);
    void (*check)(const struct net *net); /* after the run that was listened to; may be NULL */
};

/* Counts into a tally. */
void net_note(void *to, const struct event *event);

/* A world of the profile linux. */
void net_init(struct net *net, const struct world_limits *limits, uint64_t delay_usec, bool heard);
void net_free(struct net *net);

struct call_result net_call(struct net *net, unsigned host, const struct call *call, uint8_t *into);
/* The same, and it must not fail. */
struct call_result net_must(struct net *net, unsigned host, const struct call *call);
/* A socket that listens at a port; returns its descriptor. */
int32_t net_listen(struct net *net, unsigned host, uint16_t port);
/* A socket that connects to the next host's port, without waiting for it. */
int32_t net_connect(struct net *net, unsigned host, unsigned to, uint16_t port);
/* Does what is due next, or loses the segment that is. False: nothing is due. */
bool net_step(struct net *net);
/* The next step, and up to `count` in all within so long a time from then on: a program that waits
 * does not look after each segment, and not late either. */
void net_steps(struct net *net, unsigned count, uint64_t usec);

/* Segments per second of CPU time, in the median. */
double load_speed(const struct load *load);

/* Of this process. */
double cpu_seconds(void);
double median(double *values, unsigned count);

/* A line of the output. */
void figure(const char *name, double value, const char *unit);
_Noreturn void speed_fail(const char *what);

/* The figures. */
void measure_bulk(void);
void measure_lifecycle(void);
void measure_many(void);
void measure_small(void);
void measure_drill(void);
void measure_watch(void);
void measure_stage(void);

#endif
