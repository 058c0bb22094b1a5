/*
 * By getaddrinfo(3).
 */
#include "net/names.h"

#include "net/address.h"
#include "sim/text.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOST_MAX = 256,
    PORT_MAX = 32
};

static bool is_number(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0';
}

/* false: not of that form */
static bool take_apart(const char *text, char *host, char *port)
{
    const char *from = text, *end, *colon;
    size_t len;
    if (text[0] == '[') {
        end = strchr(text, ']');
        if (!end || end[1] != ':')
            return false;
        from = text + 1;
        len = (size_t)(end - from);
        colon = end + 1;
    } else {
        colon = strrchr(text, ':');
        if (!colon && is_number(text)) { /* a port alone */
            snprintf(port, PORT_MAX, "%s", text);
            host[0] = '\0';
            return strlen(text) < PORT_MAX;
        }
        if (!colon || memchr(text, ':', (size_t)(colon - text)))
            return false; /* IPv6 needs its brackets */
        len = (size_t)(colon - text);
    }
    if (len >= HOST_MAX || strlen(colon + 1) >= PORT_MAX || colon[1] == '\0')
        return false;
    memcpy(host, from, len);
    host[len] = '\0';
    snprintf(port, PORT_MAX, "%s", colon + 1);
    return true;
}

static void add(struct names *names, const struct addrinfo *found)
{
    struct sockaddr_storage address;
    if (names->count == NAMES_MAX || found->ai_addrlen > sizeof address)
        return;
    memset(&address, 0, sizeof address);
    memcpy(&address, found->ai_addr, found->ai_addrlen);
    struct endpoint at = address_endpoint(&address);
    if (at.ip.family != 0)
        names->at[names->count++] = at;
}

bool names_find(const char *text, bool datagrams, struct names *names, const char **why)
{
    struct addrinfo wanted = { .ai_socktype = datagrams ? SOCK_DGRAM : SOCK_STREAM };
    struct addrinfo *found;
    char host[HOST_MAX], port[PORT_MAX];
    names->count = 0;
    *why = N_("it is not HOST:PORT, as 127.0.0.1:7788, [::1]:7788, localhost:7788 or :7788");
    if (!take_apart(text, host, port))
        return false;
    if (is_number(port) && strtoul(port, NULL, 10) > UINT16_MAX) {
        *why = N_("a port is a number from 0 to 65535");
        return false;
    }
    int err = getaddrinfo(host[0] ? host : NULL, port, &wanted, &found);
    if (err != 0) {
        *why = gai_strerror(err);
        return false;
    }
    for (const struct addrinfo *one = found; one; one = one->ai_next)
        add(names, one);
    freeaddrinfo(found);
    *why = N_("the name has no address");
    return names->count > 0;
}

bool ip_is_loopback(const struct ip *ip)
{
    static const uint8_t one[16] = { [15] = 1 };
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (ip->family == 4)
        return ip->octet[0] == 127;
    return ip->family == 6 &&
           (memcmp(ip->octet, one, sizeof one) == 0 ||
            (memcmp(ip->octet, mapped, sizeof mapped) == 0 && ip->octet[12] == 127));
}
