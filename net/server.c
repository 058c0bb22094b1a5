/*
 * A server's listeners, who comes and who may stay, and time.
 */
#include "net/server_parts.h"

#include "net/clock.h"
#include "net/listen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ACCEPTS_MOST = 64,    /* in a row: clients wait, too */
    REFUSING_MOST = 64,   /* being told at once that they are too many */
    FIN_WAIT_MSEC = 5000, /* for a FIN behind ours */
    SHORT_MSEC = 100,     /* until accept() is tried again where it lacked something */
    QUIET_MSEC = 200      /* behind octets without an end of line: there is no more to come */
};

uint32_t server_msec(void)
{
    return (uint32_t)(clock_usec() / 1000);
}

static void hold_back(struct server *server, bool held)
{
    if (server->holds_back == held || server->setup->no_accept)
        return;
    server->holds_back = held;
    server->lacks = false;
    for (unsigned i = 0; i < server->listener_count; i++) {
        if (server->listeners[i].source.fd >= 0)
            loop_want(server->loop, &server->listeners[i].source, held ? 0 : LOOP_READ);
    }
}

static bool is_full(const struct server *server)
{
    return server->setup->max_clients > 0 && server->count.now >= server->setup->max_clients;
}

/* Does the next one stay in the queue? Not when the listeners are about to go: he would be reset.
 */
static bool lets_wait(const struct server *server)
{
    return is_full(server) && !server->setup->too_many && !server->stopped;
}

void server_accept_again(struct server *server)
{
    if (!lets_wait(server))
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

static bool take_in(struct server *server, int fd)
{
    const struct service *service = server->setup->service;
    if (is_full(server) && server->setup->too_many) {
        refuse(server, fd);
        return false;
    }
    struct client *client = client_new(server, fd, false);
    if (!client)
        return false;
    server->count.served++;
    if (++server->count.now > server->count.most)
        server->count.most = server->count.now;
    if (service->opened && !service->opened(server, client))
        client_end(client);
    return true;
}

bool server_adopt(struct server *server, int fd)
{
    return take_in(server, fd);
}

enum accepted {
    ACCEPTED,
    NOBODY, /* there is nobody any more */
    NO_ROOM /* nobody can be taken in for the moment */
};

static enum accepted accept_one(struct server *server, int listener)
{
    if (lets_wait(server)) {
        hold_back(server, true);
        return NO_ROOM;
    }
    struct call_result result = told_accept(server->setup->told, listener);
    if (result.ret >= 0) {
        take_in(server, result.ret);
        return ACCEPTED;
    }
    if (result.err == ECONNABORTED)
        return ACCEPTED; /* and gone again */
    if (result.err == EAGAIN)
        return NOBODY;
    hold_back(server, true); /* EMFILE and the like: who is there is served all the same */
    server->lacks = true;
    server->lacked_msec = server_msec();
    return NO_ROOM;
}

static void close_listener(struct server *server, struct source *source)
{
    if (source->fd < 0)
        return;
    loop_remove(server->loop, source);
    told_end(server->setup->told, source->fd);
    source->fd = -1;
    server->listening--;
}

static void on_listener(struct source *source, uint32_t events)
{
    struct server *server = ((struct listener *)source)->server;
    enum accepted came = ACCEPTED;
    (void)events;
    for (unsigned i = 0; i < ACCEPTS_MOST && came == ACCEPTED; i++)
        came = accept_one(server, source->fd);
    clients_free_gone(server);
}

static bool begin_listening(struct server *server, const struct endpoint *at,
                            struct net_error *error)
{
    const struct server_setup *setup = server->setup;
    struct listen_setup wanted = { .told = setup->told,
                                   .backlog = setup->backlog,
                                   .no_reuseaddr = setup->no_reuseaddr };
    struct listener *listener = &server->listeners[server->listener_count];
    int fd = listen_at(&wanted, at, error);
    *listener = (struct listener){ .source = { .fd = fd, .ready = on_listener }, .server = server };
    if (fd < 0)
        return false;
    if (loop_add(server->loop, &listener->source, setup->no_accept ? 0 : LOOP_READ)) {
        server->listener_count++;
        server->listening++;
        return true;
    }
    *error = (struct net_error){ .operation = "epoll_ctl", .err = errno };
    told_end(setup->told, fd);
    return false;
}

/* The port that the kernel has chosen for the first counts for all. */
static struct endpoint next_end(const struct server *server, const struct endpoint *wanted)
{
    struct endpoint at = *wanted, first;
    if (at.port == 0 && server_ends(server, &first, 1) > 0)
        at.port = first.port;
    return at;
}

/* At all that can be had: a machine without IPv6 has no ::1. */
static bool listen_everywhere(struct server *server, struct net_error *error)
{
    const struct names *names = &server->setup->at;
    for (unsigned i = 0; i < names->count; i++) {
        struct endpoint at = next_end(server, &names->at[i]);
        if (!begin_listening(server, &at, error) && error->err != EAFNOSUPPORT &&
            error->err != EADDRNOTAVAIL)
            return false;
    }
    return server->listener_count > 0 || names->count == 0; /* (server_adopt) */
}

struct server *server_open(const struct server_setup *setup, struct loop *loop,
                           struct net_error *error)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        *error = (struct net_error){ .operation = "memory", .err = ENOMEM };
        return NULL;
    }
    server->setup = setup;
    server->loop = loop;
    if (listen_everywhere(server, error))
        return server;
    server_close(server);
    return NULL;
}

void server_close(struct server *server)
{
    for (unsigned i = 0; i < server->listener_count; i++)
        close_listener(server, &server->listeners[i].source);
    server->stopped = true;
    for (struct client *client = server->first; client; client = client->next)
        client_drop(client, 0);
    clients_free_gone(server);
    free(server);
}

/* Accepts who is left, and closes the listeners that have nobody left. accept() may want for a
 * descriptor also where nobody is there: then it is tried again. */
static void empty_queues(struct server *server)
{
    hold_back(server, false);
    for (unsigned i = 0; i < server->listener_count; i++) {
        struct source *source = &server->listeners[i].source;
        enum accepted came = source->fd >= 0 ? ACCEPTED : NOBODY;
        while (came == ACCEPTED && !server->setup->no_accept)
            came = accept_one(server, source->fd);
        if (came != NO_ROOM)
            close_listener(server, source);
    }
}

void server_stop(struct server *server)
{
    if (server->stopped)
        return;
    server->stopped = true;
    for (unsigned i = 0; i < server->listener_count; i++)
        listen_deaf(server->listeners[i].source.fd);
    empty_queues(server);
    clients_free_gone(server);
}

bool server_is_done(const struct server *server)
{
    return server->stopped && server->listening == 0 && !server->first;
}

static uint32_t sooner(uint32_t a, uint32_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

/* How long a client may be silent; 0: for ever. */
static uint32_t patience(const struct server *server, const struct client *client)
{
    if (client->fin_sent || client->refused)
        return FIN_WAIT_MSEC;
    return sooner(server->setup->idle_msec, client->kept ? server->setup->stall_msec : 0);
}

/* The shortest that somebody may be silent now; 0: nobody has to speak. */
static uint32_t shortest_patience(const struct server *server)
{
    uint32_t shortest = server->first ? server->setup->idle_msec : 0;
    if (server->closing > 0)
        shortest = sooner(shortest, FIN_WAIT_MSEC);
    if (server->keeping > 0)
        shortest = sooner(shortest, server->setup->stall_msec);
    return shortest;
}

static void reap(struct client *client)
{
    struct server *server = client->server;
    client->reaped = !client->fin_sent && !client->refused;
    server->count.reaped += client->reaped;
    client_drop(client, 0);
}

/* Who was longest silent is first. */
static void reap_silent(struct server *server, uint32_t now)
{
    uint32_t shortest = shortest_patience(server);
    for (struct client *client = server->first; client && shortest > 0; client = client->next) {
        uint32_t silent = now - client->heard_msec, most = patience(server, client);
        if (silent < shortest)
            return;
        if (!client->gone && most > 0 && silent >= most)
            reap(client);
    }
}

/* Those whose message has no end yet. Who was heard last is last. */
static void tell_quiet(struct server *server, uint32_t now)
{
    unsigned left = server->unfinished;
    struct client *before;
    for (struct client *client = server->last; client && left > 0; client = before) {
        before = client->prev;
        if (!client->unfinished)
            continue;
        left--;
        if (client->gone || client->hushed || now - client->spoke_msec < QUIET_MSEC)
            continue;
        client_unfinished(client, false);
        server->setup->service->quiet(server, client);
    }
}

/* What accept() lacked is not there at once, unless a client goes: the next try would fail, too. */
static bool still_lacks(const struct server *server)
{
    return server->lacks && server_msec() - server->lacked_msec < SHORT_MSEC;
}

int server_tick(struct server *server)
{
    bool full = server->holds_back && lets_wait(server); /* until somebody goes */
    if (server->stopped && server->listening > 0)
        empty_queues(server);
    else if (server->holds_back && !full && !still_lacks(server))
        hold_back(server, false);
    if (server->setup->service->tick)
        server->setup->service->tick(server);
    if (server->unfinished > 0 && server->setup->service->quiet)
        tell_quiet(server, server_msec());
    reap_silent(server, server_msec());
    clients_free_gone(server);
    uint32_t shortest = shortest_patience(server);
    if (server->unfinished > 0 || server->hushed > 0)
        shortest = sooner(shortest, QUIET_MSEC);
    if ((server->holds_back && !full) || (server->stopped && server->listening > 0))
        shortest = sooner(shortest, SHORT_MSEC);
    if (shortest == 0)
        return -1;
    return shortest < 4 * SHORT_MSEC ? (int)(shortest / 4 + 1) : SHORT_MSEC;
}

unsigned server_ends(const struct server *server, struct endpoint *at, unsigned room)
{
    unsigned count = 0;
    for (unsigned i = 0; i < server->listener_count && count < room; i++) {
        struct call call = { .op = CALL_GETSOCKNAME, .fd = server->listeners[i].source.fd };
        if (call.fd >= 0)
            at[count++] = told_call(NULL, &call, NULL).peer;
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
    struct client *next = client ? client->next : server->first;
    while (next && (next->gone || next->refused))
        next = next->next;
    return next;
}
