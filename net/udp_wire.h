/*
 * A wire that loses, reorders and copies datagrams by chance, seeded: values in, values out. It
 * calls nothing and reads no clock; net/udp_relay passes real datagrams through it.
 *
 * What happens to the n-th datagram of a direction depends on the seed, the direction, n, and on
 * what may happen to it, and on nothing else.
 */
#ifndef NET_UDP_WIRE_H
#define NET_UDP_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum {
    UDP_CERTAIN = 1000000,          /* a chance of 100 % */
    UDP_KEPT_MAX = 4 * 1024 * 1024, /* octets on the wire; what comes beyond is lost */
    UDP_HELD_USEC = 100000          /* one that is to be overtaken waits no longer for that */
};

struct udp_chances {
    uint32_t loss, reorder, duplicate; /* of UDP_CERTAIN */
    uint64_t delay_usec;               /* of all */
    uint64_t seed;
};

enum udp_fate { /* a bit each; one that is lost meets no other */
    UDP_LOST = 1,
    UDP_OVERTAKEN = 2, /* it goes behind the next one */
    UDP_TWICE = 4
};

/* Which way: from who begins, and back. */
enum {
    UDP_THERE,
    UDP_BACK,
    UDP_WAYS
};

/* What becomes of the datagram `number` of that way. */
unsigned udp_fate(const struct udp_chances *chances, unsigned way, uint64_t number);

/* A datagram on the wire. */
struct udp_kept {
    struct udp_kept *next;
    uint64_t due_usec;
    uint32_t owner; /* the caller's */
    uint32_t len;
    uint8_t way;
    uint8_t held; /* until the next one of its way is there */
    uint8_t octets[];
};

struct udp_wire_count {
    uint64_t came, lost, overtaken, copied;
    uint64_t no_room; /* lost, too: the wire was full */
    uint64_t octets;  /* of those that came */
};

struct udp_wire {
    struct udp_chances chances;
    struct udp_wire_count count[UDP_WAYS];
    struct udp_kept *first; /* what is due first */
    size_t kept;            /* octets */
};

void udp_wire_init(struct udp_wire *wire, const struct udp_chances *chances);
void udp_wire_free(struct udp_wire *wire);

/* A datagram comes; returns its fate (udp_fate). */
unsigned udp_wire_put(struct udp_wire *wire, uint64_t now_usec, unsigned way, uint32_t owner,
                      const uint8_t *octets, uint32_t len);

/* When the next one is due; UINT64_MAX: none is there. */
uint64_t udp_wire_due(const struct udp_wire *wire);

/* The next one that is due by now, to be freed; NULL: none. */
struct udp_kept *udp_wire_take(struct udp_wire *wire, uint64_t now_usec);

#endif
