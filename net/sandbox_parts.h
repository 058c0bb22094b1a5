/*
 * What the sandbox's two processes say to each other, and what the child is made of.
 */
#ifndef NET_SANDBOX_PARTS_H
#define NET_SANDBOX_PARTS_H

#include "net/sandbox.h"

enum sandbox_ask {
    ASK_SOCKET,
    ASK_SET
};

struct sandbox_request {
    enum sandbox_ask ask;
    unsigned host;
    int domain, type, protocol;
    char name[96]; /* of a setting, and the value it is to have */
    char value[96];
};

/* The answer to a request, with a descriptor where there is one. The first comes without a request,
 * when all is made: one answer, and then one with a descriptor for each host. */
struct sandbox_answer {
    int32_t err; /* 0: done */
    char operation[32];
    enum sandbox_link link;
};

/* One message with at most one descriptor (-1: none). False and errno. */
bool message_send(int to, const void *message, size_t len, int fd);
/* -1 in *fd: there was none. False and errno, or errno 0 where the other side has gone. */
bool message_receive(int from, void *message, size_t len, int *fd);

/* The child: never returns. */
_Noreturn void sandbox_serve(int to_parent, unsigned hosts, enum sandbox_link link);

/* sandbox_link.c. In the namespace that the caller is in, each false with errno and the operation
 * that failed. A packet goes through the returned descriptor. */
int link_tun(unsigned host, struct net_error *error);
/* The host's end in the namespace of ns_host, ours in that of ns_wire. */
int link_veth(unsigned host, int ns_host, int ns_wire, struct net_error *error);
/* The loopback interface comes up. */
bool link_loopback(struct net_error *error);

enum {
    ETHERNET_HEADER = 14
};

/* The Ethernet header before a packet to the host. */
void link_header(unsigned host, uint8_t version, uint8_t header[ETHERNET_HEADER]);

#endif
