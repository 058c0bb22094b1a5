/*
 * The lane's table of sockets. A list, for a lab has a handful of them at a time, and pointers
 * into it must stay good while it grows.
 */
#include "net/live_parts.h"

#include <stdlib.h>
#include <string.h>

struct live_sock *live_sock_new(unsigned host, int32_t parent)
{
    struct live_sock *sock = calloc(1, sizeof *sock);
    if (!sock)
        return NULL;
    sock->id = -1;
    sock->fd = -1;
    sock->parent = parent;
    sock->host = (int8_t)host;
    sock->state = parent < 0 ? CLOSED : LISTEN;
    return sock;
}

void live_sock_add(struct live *live, struct live_sock *sock)
{
    struct live_sock **end = &live->first;
    while (*end)
        end = &(*end)->next;
    sock->id = live->next_id;
    live->next_id += 2;
    *end = sock;
}

struct live_sock *live_by_fd(struct live *live, unsigned host, int32_t fd)
{
    struct live_sock *sock = live->first;
    while (sock && (fd < 0 || sock->fd != fd || sock->host != (int)host))
        sock = sock->next;
    return sock;
}

struct live_sock *live_by_id(struct live *live, int32_t id)
{
    struct live_sock *sock = live->first;
    while (sock && sock->id != id)
        sock = sock->next;
    return sock;
}

struct live_sock *live_by_names(struct live *live, const struct endpoint *local,
                                const struct endpoint *remote)
{
    struct live_sock *found = NULL;
    for (struct live_sock *sock = live->first; sock; sock = sock->next) {
        if (sock->state != CLOSED && endpoint_eq(&sock->local, local) &&
            endpoint_eq(&sock->remote, remote))
            found = sock;
    }
    return found;
}

/* bind() to no address in particular is to all of the host's. */
struct live_sock *live_listening(struct live *live, const struct endpoint *local)
{
    static const uint8_t any[16] = { 0 };
    for (struct live_sock *sock = live->first; sock; sock = sock->next) {
        bool all = sock->local.ip.family == 0 || memcmp(sock->local.ip.octet, any, 16) == 0;
        if (sock->state == LISTEN && sock->fd >= 0 && sock->local.port == local->port &&
            ip_eq(&live->ip[sock->host], &local->ip) && (all || ip_eq(&sock->local.ip, &local->ip)))
            return sock;
    }
    return NULL;
}

struct live_sock *live_waiting(struct live *live, int32_t parent, const struct endpoint *remote)
{
    struct live_sock *found = NULL;
    for (struct live_sock *sock = live->first; sock; sock = sock->next) {
        if (!sock->had_fd && sock->parent == parent && endpoint_eq(&sock->remote, remote))
            found = sock;
    }
    return found;
}

void live_tell_socket(struct live *live, const struct live_sock *sock)
{
    struct event event = live_event(live, EV_SOCKET, sock->host, sock->id);
    event.u.socket.fd = sock->fd;
    event.u.socket.parent = sock->parent;
    event.u.socket.local = sock->local;
    event.u.socket.remote = sock->remote;
    memcpy(event.u.socket.name, sock->name, sizeof event.u.socket.name);
    emit(&live->lane.sink, &event);
}

/* A connection that was reset before accept() stays: accept() still returns it. Without sock_diag
 * nothing can be seen of a socket that has no descriptor. */
static bool is_over(struct live *live, const struct live_sock *sock)
{
    if (sock->fd >= 0)
        return false;
    if (sock->state != CLOSED && live_diag(live, sock->host))
        return false;
    return sock->had_fd || !live_by_id(live, sock->parent);
}

void live_forget(struct live *live)
{
    struct live_sock **at = &live->first;
    while (*at) {
        struct live_sock *sock = *at;
        if (!is_over(live, sock)) {
            at = &sock->next;
            continue;
        }
        *at = sock->next;
        free(sock);
    }
}
