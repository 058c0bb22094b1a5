/*
 * Who has which name: connections by both ends, sockets by descriptor, ports with the sockets that
 * have them. Hash tables with chains through the sockets themselves, so that finding one costs the
 * same however many there are.
 */
#include "sim/world_parts.h"

#include <assert.h>

static uint32_t mixed(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);
}

/* The end of an address tells hosts apart. */
static uint32_t address_tail(const struct ip *ip)
{
    const uint8_t *end = ip->octet + (ip->family == 6 ? 12 : 0);
    return (uint32_t)end[0] << 24 | (uint32_t)end[1] << 16 | (uint32_t)end[2] << 8 | end[3];
}

/* ---- connections */

static uint32_t *connection_chain(const struct world *world, unsigned host,
                                  const struct endpoint *local, const struct endpoint *remote)
{
    uint64_t key = (uint64_t)address_tail(&remote->ip) << 32 | (uint32_t)local->port << 16;
    uint32_t hash = mixed((key | remote->port) + ((uint64_t)host << 40));
    return word_at(world, world->at.connections, hash & world->sock_mask);
}

static void connection_enters(struct world *world, struct sock *sock)
{
    const struct tcb *tcb = &sock->tcb;
    uint32_t *chain = connection_chain(world, sock->host, &tcb->local, &tcb->remote);
    sock->next_connection = *chain;
    *chain = sock_index(world, sock) + 1;
}

static void connection_leaves(struct world *world, struct sock *sock)
{
    const struct tcb *tcb = &sock->tcb;
    uint32_t *link = connection_chain(world, sock->host, &tcb->local, &tcb->remote);
    while (*link != sock_index(world, sock) + 1)
        link = &sock_at(world, *link - 1)->next_connection;
    *link = sock->next_connection;
}

struct sock *sock_of_connection(const struct world *world, unsigned host,
                                const struct endpoint *local, const struct endpoint *remote)
{
    uint32_t place = *connection_chain(world, host, local, remote);
    while (place) {
        struct sock *sock = sock_at(world, place - 1);
        if (sock->host == host && endpoint_eq(&sock->tcb.local, local) &&
            endpoint_eq(&sock->tcb.remote, remote))
            return sock;
        place = sock->next_connection;
    }
    return NULL;
}

/* ---- descriptors */

static uint32_t *fd_chain(const struct world *world, unsigned host, int32_t fd)
{
    uint32_t hash = mixed((uint64_t)host << 32 | (uint32_t)fd);
    return word_at(world, world->at.descriptors, hash & world->sock_mask);
}

struct sock *sock_of_fd(const struct world *world, unsigned host, int32_t fd)
{
    uint32_t place = *fd_chain(world, host, fd);
    while (place) {
        struct sock *sock = sock_at(world, place - 1);
        if (sock->host == host && sock->fd == fd)
            return sock;
        place = sock->next_descriptor;
    }
    return NULL;
}

void fd_give(struct world *world, struct sock *sock)
{
    struct host *host = host_at(world, sock->host);
    while (sock_of_fd(world, sock->host, host->lowest_fd))
        host->lowest_fd++;
    sock->fd = host->lowest_fd++;
    uint32_t *chain = fd_chain(world, sock->host, sock->fd);
    sock->next_descriptor = *chain;
    *chain = sock_index(world, sock) + 1;
}

void fd_take_back(struct world *world, struct sock *sock)
{
    struct host *host = host_at(world, sock->host);
    uint32_t *link = fd_chain(world, sock->host, sock->fd);
    while (*link != sock_index(world, sock) + 1)
        link = &sock_at(world, *link - 1)->next_descriptor;
    *link = sock->next_descriptor;
    if (sock->fd < host->lowest_fd)
        host->lowest_fd = sock->fd;
    sock->fd = -1;
}

/* ---- ports */

/* What names the port, or would: the end of its chain. */
static uint32_t *port_link(const struct world *world, unsigned host, bool datagram, uint16_t number)
{
    uint32_t hash = mixed((uint64_t)host << 17 | (uint32_t)datagram << 16 | number);
    uint32_t *link = word_at(world, world->at.port_names, hash & world->port_mask);
    while (*link) {
        struct port *port = port_at(world, *link - 1);
        if (port->host == host && port->datagram == datagram && port->number == number)
            break;
        link = &port->next;
    }
    return link;
}

struct port *port_find(const struct world *world, unsigned host, bool datagram, uint16_t number)
{
    uint32_t place = *port_link(world, host, datagram, number);
    return place ? port_at(world, place - 1) : NULL;
}

struct sock *sock_of_listener(const struct world *world, unsigned host, uint16_t number)
{
    const struct port *port = port_find(world, host, false, number);
    return port && port->listener ? sock_at(world, port->listener - 1) : NULL;
}

static struct port *port_new(struct world *world, uint32_t *link, const struct sock *sock)
{
    struct pool *pool = &world->ports;
    uint32_t place = pool->free ? pool->free : ++pool->fresh;
    struct port *port = port_at(world, place - 1);
    pool->free = pool->free ? port->next : 0;
    *port = (struct port){ .number = sock->tcb.local.port,
                           .host = sock->host,
                           .datagram = sock->datagram };
    *link = place;
    return port;
}

static void port_free(struct world *world, uint32_t *link)
{
    uint32_t place = *link;
    struct port *port = port_at(world, place - 1);
    *link = port->next;
    port->next = world->ports.free;
    world->ports.free = place;
}

/* A port that was not asked for goes with the connection it was for. */
static uint8_t use_of_port(const struct sock *sock)
{
    bool has = sock->tcb.local.port != 0 && (sock->bound || sock->tcb.state != CLOSED);
    if (sock->id == 0 || !has)
        return 0;
    return (uint8_t)(OWNS | (sock->reuse ? 0 : STRICT) |
                     (sock->bound || sock->parent != NO_SOCKET ? ASKED : 0) |
                     (sock->listening && sock->tcb.state == LISTEN ? LISTENS : 0));
}

static uint32_t counted_anew(uint32_t count, unsigned was, unsigned is, unsigned what)
{
    return count - ((was & what) != 0) + ((is & what) != 0);
}

/* Those who receive on a port of UDP stand in its row, the youngest first. */
static void receives(const struct world *world, struct port *port, struct sock *sock, bool will)
{
    uint32_t place = sock_index(world, sock) + 1, *link = &port->listener;
    while (*link && *link != place && sock_at(world, *link - 1)->id > sock->id)
        link = &sock_at(world, *link - 1)->next_connection;
    if (*link == place && !will) {
        *link = sock->next_connection;
    } else if (*link != place && will) {
        sock->next_connection = *link;
        *link = place;
    }
}

static void port_counts(struct world *world, struct sock *sock, uint8_t use)
{
    uint8_t was = sock->on_port;
    uint32_t *link = port_link(world, sock->host, sock->datagram, sock->tcb.local.port);
    struct port *port = *link ? port_at(world, *link - 1) : port_new(world, link, sock);
    port->owners = counted_anew(port->owners, was, use, OWNS);
    port->strict = counted_anew(port->strict, was, use, STRICT);
    port->asked = counted_anew(port->asked, was, use, ASKED);
    if (sock->datagram)
        receives(world, port, sock, use != 0);
    else if (use & LISTENS)
        port->listener = sock_index(world, sock) + 1;
    else if (was & LISTENS)
        port->listener = 0;
    sock->on_port = use;
    if (port->owners == 0)
        port_free(world, link);
}

void sock_is_listed(struct world *world, struct sock *sock)
{
    enum tcp_state state = sock->tcb.state;
    bool connected = sock->id != 0 && state != CLOSED && state != LISTEN;
    uint8_t use = use_of_port(sock);
    if (connected && !sock->connected)
        connection_enters(world, sock);
    else if (!connected && sock->connected)
        connection_leaves(world, sock);
    sock->connected = connected;
    if (use != sock->on_port)
        port_counts(world, sock, use);
    timers_changed(world, sock);
}
