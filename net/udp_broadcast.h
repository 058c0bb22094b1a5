/*
 * A broadcast on a network of our own (net/sandbox): one datagram, and every host of it hears it.
 * Nothing of it leaves the sandbox.
 */
#ifndef NET_UDP_BROADCAST_H
#define NET_UDP_BROADCAST_H

#include "net/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    UDP_BROADCAST_HOSTS = 4 /* the first one speaks */
};

/* What was seen. */
struct udp_broadcast {
    int32_t before;   /* errno of sendto() without SO_BROADCAST */
    int32_t tcp;      /* errno of connect() of TCP to the same address */
    int32_t sent;     /* octets that sendto() took with it; or an errno, negative */
    unsigned packets; /* that were on the wire: our wire gave each to all the others */
    int32_t got[UDP_BROADCAST_HOSTS]; /* octets that came to each, -1: nothing */
    uint8_t octets[64];               /* those of the last one who got any */
};

/* False and *error where namespaces are not allowed. */
bool udp_broadcast(const void *octets, uint32_t len, struct udp_broadcast *seen,
                   struct net_error *error);

#endif
