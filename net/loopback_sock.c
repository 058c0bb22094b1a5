/*
 * The lane's table of sockets. A list, for a lab has a handful of them at a time, and pointers
 * into it must stay good while it grows.
 */
#include "net/loopback_parts.h"

#include <stdlib.h>
#include <string.h>

struct loopback_sock *loopback_sock_new(unsigned host, int32_t parent)
{
    struct loopback_sock *sock = calloc(1, sizeof *sock);
    if (!sock)
        return NULL;
    sock->id = -1;
    sock->fd = -1;
    sock->parent = parent;
    sock->host = (int8_t)host;
    sock->state = parent < 0 ? CLOSED : LISTEN;
    return sock;
}

void loopback_sock_add(struct loopback *lo, struct loopback_sock *sock)
{
    struct loopback_sock **end = &lo->first;
    while (*end)
        end = &(*end)->next;
    sock->id = lo->next_id++;
    *end = sock;
}

struct loopback_sock *loopback_by_fd(struct loopback *lo, unsigned host, int32_t fd)
{
    struct loopback_sock *sock = lo->first;
    while (sock && (fd < 0 || sock->fd != fd || sock->host != (int)host))
        sock = sock->next;
    return sock;
}

struct loopback_sock *loopback_by_id(struct loopback *lo, int32_t id)
{
    struct loopback_sock *sock = lo->first;
    while (sock && sock->id != id)
        sock = sock->next;
    return sock;
}

struct loopback_sock *loopback_by_names(struct loopback *lo, const struct endpoint *local,
                                        const struct endpoint *remote)
{
    struct loopback_sock *found = NULL;
    for (struct loopback_sock *sock = lo->first; sock; sock = sock->next) {
        if (sock->state != CLOSED && endpoint_eq(&sock->local, local) &&
            endpoint_eq(&sock->remote, remote))
            found = sock;
    }
    return found;
}

struct loopback_sock *loopback_waiting(struct loopback *lo, int32_t parent,
                                       const struct endpoint *remote)
{
    struct loopback_sock *found = NULL;
    for (struct loopback_sock *sock = lo->first; sock; sock = sock->next) {
        if (!sock->had_fd && sock->parent == parent && endpoint_eq(&sock->remote, remote))
            found = sock;
    }
    return found;
}

void loopback_tell_socket(struct loopback *lo, const struct loopback_sock *sock)
{
    struct event event = loopback_event(lo, EV_SOCKET, sock->host, sock->id);
    event.u.socket.fd = sock->fd;
    event.u.socket.parent = sock->parent;
    event.u.socket.local = sock->local;
    event.u.socket.remote = sock->remote;
    memcpy(event.u.socket.name, sock->name, sizeof event.u.socket.name);
    emit(&lo->lane.sink, &event);
}

/* A connection that was reset before accept() stays: accept() still returns it. Without sock_diag
 * nothing can be seen of a socket that has no descriptor. */
static bool is_over(struct loopback *lo, const struct loopback_sock *sock)
{
    if (sock->fd >= 0)
        return false;
    if (sock->state != CLOSED && lo->diag)
        return false;
    return sock->had_fd || !loopback_by_id(lo, sock->parent);
}

void loopback_forget(struct loopback *lo)
{
    struct loopback_sock **at = &lo->first;
    while (*at) {
        struct loopback_sock *sock = *at;
        if (!is_over(lo, sock)) {
            at = &sock->next;
            continue;
        }
        *at = sock->next;
        free(sock);
    }
}
