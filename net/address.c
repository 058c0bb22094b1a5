/*
 * Endpoints and struct sockaddr_*. Copied octet by octet, so that no pointer is cast to a type
 * that the storage does not have.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

socklen_t address_of(const struct endpoint *at, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (at->ip.family == 6) {
        struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(at->port) };
        memcpy(&six.sin6_addr, at->ip.octet, 16);
        memcpy(out, &six, sizeof six);
        return sizeof six;
    }
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(at->port) };
    memcpy(&four.sin_addr, at->ip.octet, 4);
    memcpy(out, &four, sizeof four);
    return sizeof four;
}

struct endpoint address_endpoint(const struct sockaddr_storage *from)
{
    struct endpoint at = { .port = 0 };
    if (from->ss_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, from, sizeof four);
        at.ip.family = 4;
        memcpy(at.ip.octet, &four.sin_addr, 4);
        at.port = ntohs(four.sin_port);
    } else if (from->ss_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, from, sizeof six);
        at.ip.family = 6;
        memcpy(at.ip.octet, &six.sin6_addr, 16);
        at.port = ntohs(six.sin6_port);
    }
    return at;
}

struct endpoint address_local(int fd)
{
    const struct endpoint nameless = { .port = 0 };
    struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &len) < 0)
        return nameless;
    struct endpoint at = address_endpoint(&name);
    const struct ip any = { .family = at.ip.family };
    return at.port == 0 && ip_eq(&at.ip, &any) ? nameless : at;
}
