/*
 * Relative sequence numbers: counted from the initial ones that the SYNs of a trace show, as
 * people read them. A number whose SYN was not seen stays as it is.
 */
#ifndef UI_NUMBERING_H
#define UI_NUMBERING_H

#include "sim/event.h"

enum {
    NUMBERING_MAX = 64 /* directions remembered; the oldest is forgotten first */
};

struct numbering {
    struct {
        struct endpoint src, dst;
        struct seq isn;
        bool scales;   /* its SYN has the window scale option, */
        uint8_t shift; /* with this shift count */
    } seen[NUMBERING_MAX];
    unsigned count;
};

/* Learns from a segment that is sent. */
void numbering_learn(struct numbering *numbering, const struct event *event);

/* seg->seq and seg->ack counted from the initial sequence numbers of the two directions. */
uint32_t numbering_seq(const struct numbering *numbering, const struct segment *seg);
uint32_t numbering_ack(const struct numbering *numbering, const struct segment *seg);

/* The shift count that the segment's window goes by (RFC 7323, 2.3); -1: the SYNs were not seen. */
int numbering_shift(const struct numbering *numbering, const struct segment *seg);

#endif
