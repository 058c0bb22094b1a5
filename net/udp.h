/*
 * Sockets for datagrams, as the programs of `tcpstep udp` have them: RFC 768, udp(7).
 */
#ifndef NET_UDP_H
#define NET_UDP_H

#include "net/error.h"
#include "net/told.h"

enum {
    UDP_ROOM = 65536 /* octets: more than a datagram can have */
};

/* A socket with that name; -1 and *error. Port 0: the kernel chooses. */
int udp_bound(struct told *told, const struct endpoint *at, struct net_error *error);

/* A socket that sends to `to`, and hears nobody else; -1 and *error. The peer is not asked: of UDP
 * connect() only writes its name down. */
int udp_connected(struct told *told, const struct endpoint *to, struct net_error *error);

/* A datagram that was read, or why none was. */
struct udp_got {
    int32_t err; /* EAGAIN: none is there; ECONNREFUSED: ICMP says that nobody was at the port */
    struct endpoint from;
    uint32_t len;  /* octets read */
    uint32_t sent; /* octets it had: more than len where the room was too little for it, and the
                    * rest is gone (MSG_TRUNC) */
};

/* Reads one datagram into `into`, which has UDP_ROOM octets, as if it had `room`. */
struct udp_got udp_recv(struct told *told, int fd, uint8_t *into, uint32_t room);

/* Sends one datagram, to `to` where that is not NULL. 0, or an errno. */
int32_t udp_send(struct told *told, int fd, const struct endpoint *to, const uint8_t *octets,
                 uint32_t len);

#endif
