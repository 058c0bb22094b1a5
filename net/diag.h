/*
 * The kernel's own table of sockets, by NETLINK_SOCK_DIAG: what it says of one connection, whether
 * or not a descriptor is left. Needs no privilege. sock_diag(7).
 */
#ifndef NET_DIAG_H
#define NET_DIAG_H

#include "net/error.h"
#include "sim/event.h"

struct diag;

enum diag_answer {
    DIAG_FOUND,
    DIAG_NOT_THERE, /* the kernel has no such socket (any more, or yet) */
    DIAG_FAILED     /* it could not be asked: see the error */
};

/* What the socket is waiting for. */
enum diag_timer {
    DIAG_TIMER_NONE,
    DIAG_TIMER_RETRANSMISSION,
    DIAG_TIMER_KEEPALIVE,
    DIAG_TIMER_TIME_WAIT, /* the small socket that stands for TIME-WAIT, or an orphan's FIN-WAIT-2
                           */
    DIAG_TIMER_PROBE,     /* of a zero window */
    DIAG_TIMER_COUNT
};

struct diag_socket {
    enum tcp_state state;
    enum diag_timer timer;
    uint64_t expires_usec; /* from now; 0 where there is no timer */
    uint32_t rqueue;       /* octets not read, FIN included; LISTEN: waiting for accept() */
    uint32_t wqueue;       /* octets not acknowledged, FIN included; LISTEN: the backlog */
    uint32_t inode;        /* 0 where no descriptor is left, or there is none yet */
    uint8_t retransmits;   /* since the last acknowledgement; a request's SYN,ACK as well */
    struct tcp_vars vars;  /* nothing known in SYN-RECEIVED, TIME-WAIT, an orphan's FIN-WAIT-2 */
};

/*
 * Opens the netlink socket, and makes sure with a listening socket of its own on 127.0.0.1 that
 * the kernel does answer for TCP: one built without that answers "not there" to everything.
 * NULL and `error` where it cannot be had.
 */
struct diag *diag_open(struct net_error *error);
/* The same in another namespace: with a netlink socket (NETLINK_SOCK_DIAG) and a TCP socket over
 * IPv4 that were opened there. Both belong to it from then on, also where it fails. */
struct diag *diag_open_on(int netlink_fd, int tcp_fd, struct net_error *error);
void diag_close(struct diag *diag);

/*
 * Asks for the one socket with these names, IPv4 or IPv6: a single look-up in the kernel, never a
 * walk through its table. A `remote` that is not specified (port 0) asks for a listening socket.
 * Finds SYN-RECEIVED and TIME-WAIT as well. Fills `out` when found, `error` when failed.
 */
enum diag_answer diag_find(struct diag *diag, const struct endpoint *local,
                           const struct endpoint *remote, struct diag_socket *out,
                           struct net_error *error);

#endif
