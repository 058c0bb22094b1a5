/*
 * Which address is which host, and which port of this machine stands for a port of the lab.
 */
#include "net/address.h"
#include "net/live_parts.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#define FIRST_FREE_PORT 1024u /* below, an ordinary user may bind none */
#define FREE_TWIN       8000u /* 80 becomes 8080 */

/* Binds a throw-away socket. 0, or why that could not be done. */
static struct net_error try_bind(const struct endpoint *at)
{
    struct net_error error = { .err = 0 };
    struct sockaddr_storage address;
    socklen_t len = address_of(at, &address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0)
        return (struct net_error){ .err = errno, .operation = "socket" };
    if (bind(fd, (struct sockaddr *)&address, len) < 0)
        error = (struct net_error){ .err = errno, .operation = "bind" };
    close(fd);
    return error;
}

/* 127.x.y.*, where x is never 0: there lives 127.0.0.1, which everybody uses. */
static bool choose_network(uint8_t network[2])
{
    if (getrandom(network, 2, 0) != 2)
        return false;
    network[0] = (uint8_t)(1 + network[0] % 254);
    return true;
}

bool live_give_addresses(struct live *live, struct net_error *error)
{
    uint8_t network[2];
    struct endpoint first = { .ip = ip4(127, 0, 0, 1) };
    if (!choose_network(network)) {
        *error = (struct net_error){ .err = errno, .operation = "getrandom" };
        return false;
    }
    for (unsigned h = 0; h < live->hosts; h++)
        live->ip[h] = ip4(127, network[0], network[1], (uint8_t)(h + 1));
    *error = try_bind(&(struct endpoint){ .ip = live->ip[0] });
    if (error->err != EADDRNOTAVAIL)
        return error->err == 0;
    *error = try_bind(&first);
    if (error->err)
        return false;
    for (unsigned h = 0; h < live->hosts; h++)
        live->ip[h] = first.ip;
    live->one_address = true;
    live_say(live, -1, N_("this machine has no other loopback address: all hosts are 127.0.0.1"));
    return true;
}

/* By another host of the lab, where all are one address, or for another of its ports. */
static bool stands_for_another(const struct live *live, unsigned host, uint16_t port)
{
    for (unsigned i = 0; i < live->port_count; i++) {
        if (live->ports[i].real == port && (live->one_address || live->ports[i].host == host))
            return true;
    }
    return false;
}

/* 0 where the port can be had, or the errno that says why not. */
static int32_t why_not(const struct live *live, unsigned host, uint16_t port)
{
    if (stands_for_another(live, host, port))
        return EEXIST;
    return try_bind(&(struct endpoint){ .ip = live->ip[host], .port = port }).err;
}

static void say_port(struct live *live, unsigned host, const struct live_port *port, int32_t why)
{
    const char *reason = N_("is taken on this machine by another program");
    if (why == EEXIST)
        reason = N_("already stands for another port of this lab");
    else if (why == EACCES || why == EPERM)
        reason = N_("may not be bound by an ordinary user of this machine");
    live_tell(live, (int)host, N_("port %u %s: the kernel lane uses %u"), port->of_lab, reason,
              port->real);
}

/* The port itself, or the next one that is free; itself again where no other is. */
static struct live_port probe(struct live *live, unsigned host, uint16_t of_lab)
{
    struct live_port port = { .host = (uint8_t)host, .of_lab = of_lab, .real = of_lab };
    int32_t why = why_not(live, host, of_lab);
    if (why != EADDRINUSE && why != EACCES && why != EPERM && why != EEXIST)
        return port; /* free, or another port would fare no better */
    uint32_t start = of_lab + (of_lab < FIRST_FREE_PORT ? FREE_TWIN : 1u);
    for (uint32_t next = start; next <= UINT16_MAX; next++) {
        if (why_not(live, host, (uint16_t)next))
            continue;
        port.real = (uint16_t)next;
        say_port(live, host, &port, why);
        break;
    }
    return port;
}

static uint16_t real_port(struct live *live, unsigned host, uint16_t of_lab)
{
    for (unsigned i = 0; i < live->port_count; i++) {
        if (live->ports[i].host == host && live->ports[i].of_lab == of_lab)
            return live->ports[i].real;
    }
    if (of_lab == 0 || live->port_count == LIVE_PORTS_MAX)
        return of_lab; /* more ports than any lab has are taken as they are */
    live->ports[live->port_count] = probe(live, host, of_lab);
    return live->ports[live->port_count++].real;
}

void live_resolve(struct lane *lane, unsigned host, struct endpoint *at)
{
    struct live *live = live_of(lane);
    assert(host < live->hosts);
    if (!lane->wire_in_hand) /* in a namespace of its own every port is free */
        at->port = real_port(live, host, at->port);
    at->ip = live->ip[host];
}
