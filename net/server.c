/*
 * A server's listeners, who comes and who may stay, and time.
 */
#include "net/server_parts.h"

#include "net/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS_MOST = 64,    /* in a row: clients wait, too */
    REFUSING_MOST = 64,   /* being told at once that they are too many */
    FIN_WAIT_MSEC = 5000, /* for a FIN behind ours */
    SHORT_MSEC = 100      /* until accept() is tried again where it lacked something */
};

uint32_t server_msec(void)
{
    return (uint32_t)(clock_usec() / 1000);
}

static void hold_back(struct server *server, bool held)
{
    if (server->holds_back == held || server->stopped)
        return;
    server->holds_back = held;
    for (unsigned i = 0; i < server->listener_count; i++)
        loop_want(server->loop, &server->listeners[i].source, held ? 0 : LOOP_READ);
}

static bool is_full(const struct server *server)
{
    return server->setup->max_clients > 0 && server->count.now >= server->setup->max_clients;
}

void server_accept_again(struct server *server)
{
    if (!is_full(server) || server->setup->too_many)
        hold_back(server, false);
}

/* One too many: told so, as long as not too many are being told. */
static void refuse(struct server *server, int fd)
{
    const char *words = server->setup->too_many;
    server->count.refused++;
    if (server->refusing >= REFUSING_MOST) {
        told_end(server->setup->told, fd);
        return;
    }
    struct client *client = client_new(server, fd, true);
    if (!client)
        return;
    server->refusing++;
    if (client_send(client, words, (uint32_t)strlen(words)))
        client_end(client);
}

static void take_in(struct server *server, int fd)
{
    const struct service *service = server->setup->service;
    if (is_full(server) && server->setup->too_many) {
        refuse(server, fd);
        return;
    }
    struct client *client = client_new(server, fd, false);
    if (!client)
        return;
    server->count.served++;
    if (++server->count.now > server->count.most)
        server->count.most = server->count.now;
    if (service->opened && !service->opened(server, client))
        client_end(client);
}

/* false: nobody is there any more, or nobody can be taken in. */
static bool accept_one(struct server *server, int listener)
{
    if (is_full(server) && !server->setup->too_many) {
        hold_back(server, true);
        return false;
    }
    struct call_result result = told_accept(server->setup->told, listener);
    if (result.ret >= 0) {
        take_in(server, result.ret);
        return true;
    }
    bool lacks = result.err == EMFILE || result.err == ENFILE || result.err == ENOBUFS ||
                 result.err == ENOMEM;
    if (lacks) /* until somebody goes: who is there is served all the same */
        hold_back(server, true);
    return result.err == ECONNABORTED;
}

static void on_listener(struct source *source, uint32_t events)
{
    struct server *server = ((struct listener *)source)->server;
    (void)events;
    for (unsigned i = 0; i < ACCEPTS_MOST && accept_one(server, source->fd); i++)
        ;
    clients_free_gone(server);
}

static bool fail(struct net_error *error, const char *operation, int err)
{
    *error = (struct net_error){ .operation = operation, .err = err };
    return false;
}

static bool listen_at(struct server *server, const struct endpoint *at, struct net_error *error)
{
    const struct server_setup *setup = server->setup;
    struct told *told = setup->told;
    struct call_result made = told_socket(told, at->ip.family, TYPE_STREAM, false);
    if (made.ret < 0)
        return fail(error, "socket", made.err);
    struct call bind = { .op = CALL_BIND, .fd = made.ret, .addr = *at };
    struct call listen = { .op = CALL_LISTEN, .fd = made.ret, .value = setup->backlog };
    struct call_result result = { .ret = 0 };
    const char *operation = "setsockopt SO_REUSEADDR";
    if (!setup->no_reuseaddr)
        result = told_option(told, made.ret, OPTION_REUSEADDR, 1);
    if (result.ret >= 0) {
        operation = "bind";
        result = told_call(told, &bind, NULL);
    }
    if (result.ret >= 0) {
        operation = "listen";
        result = told_call(told, &listen, NULL);
    }
    struct listener *listener = &server->listeners[server->listener_count];
    *listener =
        (struct listener){ .source = { .fd = made.ret, .ready = on_listener }, .server = server };
    if (result.ret >= 0 &&
        loop_add(server->loop, &listener->source, setup->no_accept ? 0 : LOOP_READ)) {
        server->listener_count++;
        return true;
    }
    if (result.ret >= 0)
        result.err = errno;
    told_end(told, made.ret);
    return fail(error, operation, result.err);
}

/* The port that the kernel has chosen for the first counts for all. */
static struct endpoint next_end(const struct server *server, const struct endpoint *wanted)
{
    struct endpoint at = *wanted, first;
    if (at.port == 0 && server_ends(server, &first, 1) > 0)
        at.port = first.port;
    return at;
}

struct server *server_open(const struct server_setup *setup, struct loop *loop,
                           struct net_error *error)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        fail(error, "memory", ENOMEM);
        return NULL;
    }
    server->setup = setup;
    server->loop = loop;
    server->holds_back = setup->no_accept;
    for (unsigned i = 0; i < setup->at.count; i++) {
        struct endpoint at = next_end(server, &setup->at.at[i]);
        bool another = i > 0 && server->listener_count > 0;
        if (listen_at(server, &at, error) ||
            (another && (error->err == EAFNOSUPPORT || error->err == EADDRNOTAVAIL)))
            continue; /* a machine without IPv6 has no ::1 */
        server_close(server);
        return NULL;
    }
    return server;
}

static void close_listeners(struct server *server)
{
    for (unsigned i = 0; i < server->listener_count; i++) {
        loop_remove(server->loop, &server->listeners[i].source);
        told_end(server->setup->told, server->listeners[i].source.fd);
    }
    server->listener_count = 0;
}

void server_close(struct server *server)
{
    close_listeners(server);
    server->stopped = true;
    while (server->first)
        client_drop(server->first, 0);
    clients_free_gone(server);
    free(server);
}

void server_stop(struct server *server)
{
    if (server->stopped)
        return;
    for (unsigned i = 0; i < server->listener_count && !server->setup->no_accept; i++) {
        while (accept_one(server, server->listeners[i].source.fd))
            ; /* their handshakes are done: to close the queue would reset them */
    }
    close_listeners(server);
    server->stopped = true;
    clients_free_gone(server);
}

bool server_is_done(const struct server *server)
{
    return server->stopped && !server->first;
}

/* How long a client may be silent; 0: for ever. */
static uint32_t patience(const struct server *server, const struct client *client)
{
    return client->fin_sent || client->refused ? FIN_WAIT_MSEC : server->setup->idle_msec;
}

/* Who was longest silent is first. */
static void reap(struct server *server, uint32_t now)
{
    uint32_t idle = server->setup->idle_msec;
    uint32_t least = idle > 0 && idle < FIN_WAIT_MSEC ? idle : FIN_WAIT_MSEC;
    struct client *next;
    for (struct client *client = server->first; client; client = next) {
        uint32_t silent = now - client->heard_msec, most = patience(server, client);
        next = client->next;
        if (silent < least)
            return;
        if (most == 0 || silent < most)
            continue;
        server->count.reaped += !client->fin_sent && !client->refused;
        client_drop(client, 0);
    }
}

int server_tick(struct server *server)
{
    uint32_t idle = server->setup->idle_msec;
    if (server->holds_back && !server->setup->no_accept)
        server_accept_again(server);
    if (idle > 0 || server->closing > 0)
        reap(server, server_msec());
    clients_free_gone(server);
    if (!server->holds_back && server->closing == 0 && (idle == 0 || !server->first))
        return -1;
    return idle > 0 && idle < 4 * SHORT_MSEC ? (int)(idle / 4 + 1) : SHORT_MSEC;
}

unsigned server_ends(const struct server *server, struct endpoint *at, unsigned room)
{
    unsigned count = 0;
    for (; count < server->listener_count && count < room; count++) {
        struct call call = { .op = CALL_GETSOCKNAME, .fd = server->listeners[count].source.fd };
        at[count] = told_call(NULL, &call, NULL).peer;
    }
    return count;
}

const struct server_count *server_count(const struct server *server)
{
    return &server->count;
}

const struct server_setup *server_setup(const struct server *server)
{
    return server->setup;
}

struct client *server_next(const struct server *server, const struct client *client)
{
    return client ? client->next : server->first;
}
