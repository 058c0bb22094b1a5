/*
 * The plain loopback lane: the hosts of a lab as addresses of this machine, their sockets real
 * sockets of this process. Needs no privilege. The wire is the kernel's own and out of our hands;
 * net/lane.h says what a lane is.
 *
 * - Host h is 127.x.y.(h+1), x.y new for every run, so that neither what an earlier run left in
 *   TIME-WAIT nor another program is in the way. Where a machine has 127.0.0.1 only, all hosts
 *   share that, and the lane says so.
 * - A call is made on descriptors of the lane and of that host only; any other is EBADF, and not
 *   touched. Addresses in bind() that are not specified become the host's own.
 * - connect() and listen() on a socket without a name are preceded by a bind() to the host's
 *   address, port 0: the kernel would take another address. It is in the trace as a call, for it
 *   is one.
 * - States are read from TCP_INFO, and from sock_diag where no descriptor is left or none is there
 *   yet. What was not seen is not told: a handshake on loopback is over before anybody can look.
 * - A call returns when the states have come to rest, after 100 ms at most: Linux may wait 40 ms
 *   before it acknowledges a FIN. What is held still (a full backlog, a zero window) costs 5 ms.
 * - A connection that waits for accept() is a socket of its own, fd -1, that comes from the
 *   listening one; its first state counts from LISTEN, where it came to be.
 * - What a call has led to is looked at when it has returned, and stands behind its return.
 * - call_result: `sock` is the socket the call was made on, or the new one (socket, accept).
 *   getsockopt() answers the value in `ret`: see net/kernel_call.h.
 */
#ifndef NET_LIVE_H
#define NET_LIVE_H

#include "net/error.h"
#include "net/lane.h"

enum {
    LIVE_HOSTS_MAX = 64
};

/*
 * Opens a lane of that many hosts, 1 to LIVE_HOSTS_MAX. What it has to say of this machine
 * goes to the sink before this returns. NULL and *error where sockets cannot be had, EINVAL for
 * a wrong number of hosts.
 */
struct lane *live_open(const struct sink *sink, unsigned hosts, struct net_error *error);

#endif
