/*
 * A listening socket: made, and made deaf before it is closed.
 */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "net/error.h"
#include "net/told.h"

struct listen_setup {
    struct told *told; /* NULL: quiet */
    int backlog;
    bool no_reuseaddr; /* "Address already in use", to see it */
};

/* Listens at an end, port 0: one that the kernel chooses. Connections inherit keep-alive from it,
 * so that a peer which is no more is found out, and on the loopback that they are not paced.
 * Returns the descriptor, -1: *error says why. */
int listen_at(const struct listen_setup *setup, const struct endpoint *at, struct net_error *error);

/* Nobody gets into its queue any more: SYNs, and the last ACKs of handshakes, are dropped. Who is
 * in the queue stays, and can be accepted; then close() resets nobody. */
void listen_deaf(int fd);

#endif
