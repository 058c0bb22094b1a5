/*
 * Loss by time (RFC 8985, RACK): a segment is lost where one that was sent later, by some part of a
 * round trip, has arrived. Part of recovery.c; what was sent when is kept for a few bursts, not for
 * each segment. Not here: tail-loss probes, windows that adapt to reordering, retransmissions that
 * are lost again.
 */
#ifndef SIM_RACK_H
#define SIM_RACK_H

#include "sim/seq.h"

#include <stdbool.h>
#include <stdint.h>

struct tcb;
struct tcp_ctx;

enum {
    RACK_BURSTS_MAX = 4
};

/* What was sent from a number on, up to that of the next one. */
struct rack_burst {
    struct seq from;
    uint64_t usec;
};

struct rack {
    struct rack_burst bursts[RACK_BURSTS_MAX]; /* those that are not all acknowledged, the oldest
                                                  first; where there are more, two become one */
    uint64_t rtt_usec;                         /* of the last that has arrived; 0: none yet */
    uint64_t min_rtt_usec;                     /* 0: likewise */
    struct seq newest;                         /* behind the last octet that has arrived */
    uint8_t count;                             /* of bursts */
    bool waits; /* the retransmission timer runs for what may only be late */
};

/* Text is sent for the first time, from SND.NXT on. */
void rack_sent(struct tcb *tcb, const struct tcp_ctx *ctx);
/* An ACK has said what has arrived. */
void rack_acked(struct tcb *tcb, const struct tcp_ctx *ctx);
/* A round trip was measured. */
void rack_measured(struct tcb *tcb, uint64_t rtt_usec);
/* Up to where all that is missing is held for lost; SND.UNA: nothing is. `sure`: without waiting
 * for what may only be late. */
struct seq rack_lost(const struct tcb *tcb, bool sure, const struct tcp_ctx *ctx);
/* In how many microseconds more will be lost, if it has not come by then; 0: nothing will. */
uint64_t rack_wait(const struct tcb *tcb, const struct tcp_ctx *ctx);

#endif
