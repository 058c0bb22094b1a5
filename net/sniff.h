/*
 * TCP segments that pass this machine's interfaces, by a packet socket. Needs CAP_NET_RAW.
 * packet(7)
 */
#ifndef NET_SNIFF_H
#define NET_SNIFF_H

#include "net/error.h"
#include "sim/segment.h"

struct sniff;

/* A segment as it passed. What it points to is valid during the call only. */
struct sniffed {
    struct segment seg;
    uint64_t usec;         /* as clock_usec() */
    const uint8_t *header; /* of TCP, with its options; NULL: not to be found */
    uint8_t header_len;
    const uint8_t *text;
    bool no_checksum; /* it is left to the card, and not there yet */
};

typedef void sniff_take(void *to, const struct sniffed *seen);

/* NULL: `error`. */
struct sniff *sniff_open(struct net_error *error);
void sniff_close(struct sniff *sniff);

/* Gives what has passed since. A segment over the loopback
 * comes once. A large one may stand for several, which a network card will cut. Returns how many
 * were not seen because this came too late. */
uint64_t sniff_drain(struct sniff *sniff, sniff_take *take, void *to);

#endif
