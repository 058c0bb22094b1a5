/*
 * When what is in flight was sent, and where the segments end that were not full: of the last few
 * times that something was sent, as marks between sequence numbers. Bounded: where there are more,
 * the last mark stands for all of them, and a boundary or a time is forgotten.
 */
#ifndef SIM_SENT_H
#define SIM_SENT_H

#include "sim/seq.h"

#include <stdbool.h>

enum {
    SENT_MARKS = 6
};

struct sent {
    struct {
        struct seq end;
        uint32_t usec; /* the low 32 bits of the time: of the last that was sent up to `end` */
    } at[SENT_MARKS];  /* in the order of their ends; each begins where the last one ends */
    uint8_t count;
    uint8_t small; /* a bit for each mark: its end is that of a segment that was not full */
};

/* A segment was sent for the first time, up to `end`. */
void sent_note(struct sent *sent, struct seq end, bool small, uint64_t now_usec);

/* What is before `una` is acknowledged. */
void sent_forget(struct sent *sent, struct seq una);

/* How long ago the octet at `seq` was sent; false where that is not known. */
bool sent_age(const struct sent *sent, struct seq seq, uint64_t now_usec, uint64_t *age_usec);

/* Up to where all was sent `age_usec` ago or longer; `from` where nothing was. */
struct seq sent_before(const struct sent *sent, struct seq from, uint64_t now_usec,
                       uint64_t age_usec);

/* How many of `len` octets from `from` on go as one segment of at most `mss`, when they go again:
 * whole segments as they were, several small ones where all of each fits, as Linux has it. */
uint32_t sent_together(const struct sent *sent, struct seq from, uint32_t len, uint32_t mss);

#endif
