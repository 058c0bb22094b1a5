/*
 * Addresses compared and written. The model never resolves a name.
 */
#include "sim/endpoint.h"

#include <stdio.h>
#include <string.h>

struct ip ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct ip){ .family = 4, .octet = { a, b, c, d } };
}

/* RFC 1122, 3.2.1.3; RFC 4291, 2.5.2 and 2.7. */
bool ip_is_unicast(const struct ip *ip)
{
    static const struct ip none = { .family = 6 };
    if (ip->family == 4)
        return ip->octet[0] > 0 && ip->octet[0] < 224;
    return ip->family == 6 && ip->octet[0] != 0xff && !ip_eq(ip, &none);
}

static unsigned group(const struct ip *ip, unsigned i)
{
    return (unsigned)ip->octet[2 * i] << 8 | ip->octet[2 * i + 1];
}

/* The longest run of zero groups, to be written "::" (RFC 5952, 4.2); len 0 if none of two. */
static void longest_zero_run(const struct ip *ip, unsigned *start, unsigned *len)
{
    *start = 8;
    *len = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned run = 0;
        while (i + run < 8 && group(ip, i + run) == 0)
            run++;
        if (run >= 2 && run > *len) {
            *start = i;
            *len = run;
        }
    }
}

/* ::ffff:0:0/96, an IPv4 address as IPv6 has it; written as such (RFC 5952, 5). */
static bool is_mapped_ip4(const struct ip *ip)
{
    static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };
    return memcmp(ip->octet, prefix, sizeof prefix) == 0;
}

static void ip6_text(const struct ip *ip, char *text, size_t len)
{
    unsigned start, run;
    size_t used = 0;
    if (is_mapped_ip4(ip)) {
        const uint8_t *o = ip->octet + 12;
        snprintf(text, len, "::ffff:%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
        return;
    }
    longest_zero_run(ip, &start, &run);
    text[0] = '\0';
    for (unsigned i = 0; i < 8 && used < len; i++) {
        if (i == start && run > 0) {
            used += (size_t)snprintf(text + used, len - used, "::");
            i += run - 1;
            continue;
        }
        const char *colon = i == 0 || i == start + run ? "" : ":";
        used += (size_t)snprintf(text + used, len - used, "%s%x", colon, group(ip, i));
    }
}

char *endpoint_text(const struct endpoint *at, char *text, size_t len)
{
    char six[40];
    if (at->ip.family == 0) {
        snprintf(text, len, "*:%u", at->port);
    } else if (at->ip.family == 4) {
        const uint8_t *o = at->ip.octet;
        snprintf(text, len, "%u.%u.%u.%u:%u", o[0], o[1], o[2], o[3], at->port);
    } else {
        ip6_text(&at->ip, six, sizeof six);
        snprintf(text, len, "[%s]:%u", six, at->port);
    }
    return text;
}
