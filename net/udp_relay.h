/*
 * A relay of datagrams with a wire of chance inside (net/udp_wire): who sends to it is passed on to
 * one place, from a socket of his own, and what comes back to that goes back to him.
 */
#ifndef NET_UDP_RELAY_H
#define NET_UDP_RELAY_H

#include "net/error.h"
#include "net/loop.h"
#include "net/told.h"
#include "net/udp_wire.h"

enum {
    UDP_RELAY_CLIENTS = 64 /* remembered; the one silent for longest is forgotten first */
};

struct udp_relay;

struct udp_relay_setup {
    struct endpoint at; /* where it is sent to; port 0: the kernel chooses */
    struct endpoint to; /* where that goes */
    struct udp_chances chances;
    struct told *told; /* NULL: quiet */
    /* What becomes of a datagram, from 1 of its way; may be NULL. */
    void (*met)(void *of, unsigned way, uint64_t number, uint32_t len, unsigned fate);
    void *of;
};

struct udp_relay_count {
    uint64_t out[UDP_WAYS]; /* datagrams passed on */
    uint64_t refused;       /* ICMP said of one that nobody was there */
    uint64_t failed;        /* send() failed otherwise, and the datagram is lost */
    uint64_t forgotten;     /* clients */
};

/* NULL and *error. */
struct udp_relay *udp_relay_open(const struct udp_relay_setup *setup, struct loop *loop,
                                 struct net_error *error);
void udp_relay_close(struct udp_relay *relay);

/* Where it is sent to. */
struct endpoint udp_relay_end(const struct udp_relay *relay);

/* Passes on what is due; in how many ms something is again, -1: nothing is under way. */
int udp_relay_tick(struct udp_relay *relay);

const struct udp_wire *udp_relay_wire(const struct udp_relay *relay);
const struct udp_relay_count *udp_relay_count(const struct udp_relay *relay);

#endif
