/*
 * "HOST:PORT" as people write it, to endpoints: numbers or names, IPv4 and IPv6, "[::1]:80", ":80",
 * "80", "host:http".
 */
#ifndef NET_NAMES_H
#define NET_NAMES_H

#include "sim/endpoint.h"

enum {
    NAMES_MAX = 8 /* addresses of one name */
};

struct names {
    struct endpoint at[NAMES_MAX]; /* in the order in which they should be tried */
    unsigned count;
};

/* A host that is not said is loopback: 127.0.0.1 and ::1. `datagrams`: the port is one of UDP.
 * False: *why says why not, in words. */
bool names_find(const char *text, bool datagrams, struct names *names, const char **why);

/* Is it an address of this machine's loopback? */
bool ip_is_loopback(const struct ip *ip);

#endif
