/*
 * What differs between stacks, as data: never an `if` on a name.
 */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct profile {
    const char *name;
    const char *says; /* one line for `--help` */
    uint64_t two_msl_usec;
    uint64_t rto_initial_usec;  /* RFC 6298, (2.1) */
    uint64_t rto_min_usec;      /* (2.4) */
    uint64_t rto_max_usec;      /* (2.5) */
    uint64_t rto_syn_lost_usec; /* (5.7): the RTO for text after a SYN was lost; 0: unchanged */
    uint64_t user_timeout_usec; /* RFC 9293, 3.9.1.1; serves as R2 as well */
    uint64_t
        user_timeout_syn_usec; /* R2 for a SYN; MUST-23 asks for 3 minutes, Linux waits 127 s */
    uint16_t mss;              /* offered, and the largest it sends */
    bool time_wait_restarts;   /* a FIN that comes again restarts 2 MSL (practice) */
    bool early_syn_ack;        /* in SYN-RECEIVED take a SYN,ACK at IRS, as Figure 7 draws it */
    bool window_edges;         /* beyond Table 6: an ACK at the right edge, text over both edges */
    bool ack_is_bounded;       /* RFC 5961, 5.2 (MAY-12) */
};

extern const struct profile tcp_profiles[];
extern const size_t tcp_profile_count;

/* The profile of that name, or NULL. */
const struct profile *profile_find(const char *name);

#endif
