/*
 * An internet address and a port: one end of a connection. RFC 9293, 3.1 and its "socket".
 */
#ifndef SIM_ENDPOINT_H
#define SIM_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    ENDPOINT_TEXT_MAX = 56 /* "[ffff:...]:65535" with its final NUL */
};

/* family 0: unspecified; 4: the first four octets count; 6: all sixteen. Network order. */
struct ip {
    uint8_t family;
    uint8_t octet[16];
};

/* port 0: unspecified. Host order. */
struct endpoint {
    struct ip ip;
    uint16_t port;
};

struct ip ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
/* Can it be one end of a connection: neither broadcast, multicast nor no address? */
bool ip_is_unicast(const struct ip *ip);

static inline bool ip_eq(const struct ip *a, const struct ip *b)
{
    if (a->family != b->family)
        return false;
    return a->family == 4 ? memcmp(a->octet, b->octet, 4) == 0
                          : memcmp(a->octet, b->octet, 16) == 0;
}

static inline bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && ip_eq(&a->ip, &b->ip);
}

/* Writes "10.9.0.1:7788", "[::1]:7788", or "*:7788" for no address; returns text. */
char *endpoint_text(const struct endpoint *at, char *text, size_t len);

#endif
