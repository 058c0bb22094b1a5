/*
 * A connection to the first address of a name that answers, without waiting in a call: each is
 * tried in turn, for so long.
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "net/loop.h"
#include "net/names.h"
#include "net/told.h"

struct dial_setup {
    struct told *told;   /* NULL: quiet */
    struct names to;     /* tried in this order */
    struct names from;   /* ends to bind to, one a family; none: as the kernel chooses */
    uint32_t timeout_ms; /* for each address; 0: as long as the kernel tries */
    /* That address, by its index, did not answer; may be NULL. */
    void (*failed)(void *of, unsigned index, int err);
    void *of;
};

enum dial_state {
    DIAL_TRYING,
    DIAL_DONE,  /* fd is connected, and the caller's to close */
    DIAL_FAILED /* by all addresses */
};

struct dial {
    struct source source; /* its fd: the one that is connecting, or is connected */
    const struct dial_setup *setup;
    struct loop *loop;
    enum dial_state state;
    unsigned at;         /* index of the address */
    uint64_t until_usec; /* 0: no end */
};

/* Begins with the first address; the setup must outlive it. */
void dial_begin(struct dial *dial, const struct dial_setup *setup, struct loop *loop);
/* Gives up an address whose time is over; returns how long until that may be so, in ms, -1: never.
 */
int dial_tick(struct dial *dial);
/* Gives up altogether. */
void dial_stop(struct dial *dial);

#endif
