/*
 * When what is in flight was sent, and where the segments end that were not full: of the last few
 * times that something was sent, as marks from SND.UNA on. Small, for every connection has it:
 * where there are more, the last mark stands for all of them, and a boundary or a time is
 * forgotten.
 */
#ifndef SIM_SENT_H
#define SIM_SENT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SENT_MARKS = 5,
    SENT_TICK_USEC = 256 /* what times are counted in: 16 s, before they begin anew */
};

struct sent {
    uint16_t len[SENT_MARKS];  /* octets, each mark from the end of the last one on */
    uint16_t tick[SENT_MARKS]; /* when the last of them was sent */
    uint8_t count;
    uint8_t small; /* a bit for each mark: its end is that of a segment that was not full */
};

/* A segment was sent for the first time, of `len` octets. */
void sent_note(struct sent *sent, uint32_t len, bool small, uint64_t now_usec);

/* The first `len` octets are acknowledged. */
void sent_forget(struct sent *sent, uint32_t len);

/* How long ago the octet at that offset was sent; false where that is not known. */
bool sent_age(const struct sent *sent, uint32_t at, uint64_t now_usec, uint32_t *age_usec);

/* How many octets from the first on were sent `age_usec` ago or longer. */
uint32_t sent_before(const struct sent *sent, uint64_t now_usec, uint32_t age_usec);

/* How many of `len` octets from that offset on go as one segment of at most `mss`, when they go
 * again: whole segments as they were, several small ones where all of each fits, as Linux has it.
 */
uint32_t sent_together(const struct sent *sent, uint32_t at, uint32_t len, uint32_t mss);

#endif
