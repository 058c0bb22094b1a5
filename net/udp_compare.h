/*
 * One exchange over TCP and over UDP, through the same chances of loss, reordering and copies, and
 * what was counted on the way. Nothing here is assumed: each number is of what was seen.
 *
 * UDP goes from one socket of this machine to another one, through a relay (net/udp_relay). TCP
 * goes between two hosts on a wire of ours (net/live.h), whose segments meet the same fates by
 * their numbers; or between two hosts of the model, whose clock is virtual.
 */
#ifndef NET_UDP_COMPARE_H
#define NET_UDP_COMPARE_H

#include "net/error.h"
#include "net/loop.h"
#include "net/udp_wire.h"

#include <stdbool.h>

enum {
    UDP_COMPARE_MESSAGE_LEN = 32, /* octets of a message's own; a line stands before them */
    UDP_COMPARE_MESSAGES_MAX = 10000,
    UDP_COMPARE_SIZE_MAX = 4 * 1024 * 1024
};

struct udp_compare_setup {
    uint32_t messages;  /* of UDP_COMPARE_MESSAGE_LEN octets */
    uint32_t size;      /* octets of the file behind them */
    uint32_t piece_len; /* octets of it that are written at a time */
    struct udp_chances chances;
    bool model;         /* TCP of the model */
    uint32_t wait_msec; /* UDP: how long nothing has to come until it is over */
    struct loop *loop;
    /* Waits on that loop for at most so many ms. False: it is to end. */
    bool (*wait)(void *of, int msec);
    void *of;
};

struct udp_compare_side {
    /* of the programs */
    uint64_t written, written_octets; /* writes that were meant as one each */
    uint64_t reads, whole_reads;      /* that returned something; exactly one write */
    uint64_t read_octets;
    /* Of the writes, to who reads: not there, twice, behind a later one. The stream of TCP is
     * compared octet by octet: where it is `same`, none of it was twice or late. */
    uint64_t missing, again, late;
    uint64_t calls;
    bool same; /* what was read is what was written, octet by octet */
    /* of the wire, both ways */
    uint64_t packets, wire_octets; /* that the hosts sent, IPv4 headers included */
    uint64_t lost, overtaken, copied;
    uint64_t resent; /* retransmissions */
    uint64_t usec;   /* from the first call of a peer to the last octet read */
};

/* False: *error says why it could not be run to its end; ECANCELED: `wait` ended it. */
bool udp_compare_over_udp(const struct udp_compare_setup *setup, struct udp_compare_side *side,
                          struct net_error *error);
bool udp_compare_over_tcp(const struct udp_compare_setup *setup, struct udp_compare_side *side,
                          struct net_error *error);

#endif
