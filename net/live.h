/*
 * The live lane: hosts in real time, their sockets real sockets, or those of a model whose clock is
 * the real one. net/lane.h says what a lane is. What joins the hosts is one of two:
 *
 * LIVE_WIRE: each host has a network namespace of its own (net/sandbox.h), and every packet waits
 * on a wire of ours until it is told to go on. Hosts are the kernel's, or the model's, or some of
 * each (LANE_MIXED); the model's alone need no namespace. Addresses are those of a world. The
 * kernel's own timers run on while a segment waits. What is no TCP segment is not carried.
 *
 * LIVE_LOOPBACK: hosts are addresses of this machine. Needs no privilege; the wire is the kernel's
 * own and out of our hands.
 * - Host h is 127.x.y.(h+1), x.y new for every run, so that neither what an earlier run left in
 *   TIME-WAIT nor another program is in the way. Where a machine has 127.0.0.1 only, all hosts
 *   share that, and the lane says so.
 * - connect() and listen() on a socket without a name are preceded by a bind() to the host's
 *   address, port 0: the kernel would take another address. It is in the trace as a call, for it
 *   is one.
 * - A call returns when the states have come to rest, after 100 ms at most: Linux may wait 40 ms
 *   before it acknowledges a FIN. What is held still (a full backlog, a zero window) costs 5 ms.
 *
 * On both:
 * - A call is made on descriptors of the lane and of that host only; any other is EBADF, and not
 *   touched. Addresses in bind() that are not specified become the host's own.
 * - States are read from TCP_INFO, and from sock_diag where no descriptor is left or none is there
 *   yet. What was not seen is not told: a handshake on loopback is over before anybody can look.
 * - A connection that waits for accept() is a socket of its own, fd -1, that comes from the
 *   listening one; its first state counts from LISTEN, where it came to be.
 * - What a call has led to is looked at when it has returned, and stands behind its return.
 * - call_result: `sock` is the socket the call was made on, or the new one (socket, accept).
 *   getsockopt() answers the value in `ret`: see net/kernel_call.h.
 * - Congestion control is Reno's, which every kernel has and allows, and which the model has.
 */
#ifndef NET_LIVE_H
#define NET_LIVE_H

#include "net/error.h"
#include "net/lane.h"
#include "net/sandbox.h"
#include "sim/profile.h"

enum {
    LIVE_HOSTS_MAX = 64 /* on loopback; on a wire SANDBOX_HOSTS_MAX */
};

enum live_kind {
    LIVE_LOOPBACK,
    LIVE_WIRE
};

struct live_setup {
    struct sink sink;
    enum live_kind kind;
    unsigned hosts;
    bool model[LIVE_HOSTS_MAX]; /* LIVE_WIRE: hosts of the model */
    /* LIVE_WIRE: */
    uint8_t family;                /* of addresses: 6, or 4 (also 0) */
    uint64_t delay_usec;           /* on the wire, where it goes on by itself */
    const struct profile *profile; /* of the model's hosts; the kernel's go by it where they can */
    uint64_t seed;                 /* of the model's hosts */
    enum sandbox_link link;
};

/*
 * Opens a lane of 1 to LIVE_HOSTS_MAX hosts. What it has to say of this machine goes to the sink
 * before this returns. NULL and *error where sockets or namespaces cannot be had, EINVAL for a
 * wrong number of hosts.
 */
struct lane *live_open(const struct live_setup *setup, struct net_error *error);

#endif
