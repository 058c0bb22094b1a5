/*
 * A server of many clients at once, in one thread: its listeners, its clients, what it holds for
 * those that do not read yet. What it does with what they say is a service's business.
 *
 * A client that is waited for takes the memory of a struct client and none else. What cannot be
 * sent at once is kept, up to a limit; who does not read it away is dropped, or not read from
 * meanwhile, as the service wants it.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net/loop.h"
#include "net/names.h"
#include "net/told.h"

struct server;
struct client;

/* What a service is asked; each may be NULL. */
struct service {
    /* A client has come; `of` of its own may be put into client->of. false: it is closed again. */
    bool (*opened)(struct server *server, struct client *client);
    /* Octets have come from it; false: it is closed. */
    bool (*came)(struct server *server, struct client *client, const uint8_t *octets, uint32_t len);
    /* It sends no more (FIN); false: it is closed once all is sent. NULL: likewise. */
    bool (*ended)(struct server *server, struct client *client);
    /* It has said no more for a moment since client_unfinished(). */
    void (*quiet)(struct server *server, struct client *client);
    /* Now and then, every 50 ms while somebody is hushed. */
    void (*tick)(struct server *server);
    /* All that was kept for it is sent; false: it is closed. */
    bool (*drained)(struct server *server, struct client *client);
    /* It is about to be gone; err: why, an errno, or 0. */
    void (*closed)(struct server *server, struct client *client, int err);
};

struct client {
    struct source source; /* first: a source that is ready is a client */
    struct server *server;
    struct client *next, *prev; /* by when they were last heard: who was longest silent is first */
    struct kept *kept;          /* what is still to be sent; NULL: nothing */
    void *of;                   /* the service's */
    uint32_t heard_msec;        /* on the server's clock */
    uint32_t spoke_msec;        /* when it last said something, or was let speak again */
    uint32_t took_msec; /* when it last took anything that was kept, or was first kept for */
    uint32_t number;    /* counts clients, from 1 */
    bool refused;       /* one too many: told so, and closed */
    bool peer_ended;    /* its FIN has come */
    bool ending;        /* what still comes is not heard; our FIN goes when all is sent */
    bool fin_sent;
    bool paused;     /* it is not read from until it has read */
    bool hushed;     /* client_hush() */
    bool unfinished; /* client_unfinished() */
    bool reaped;     /* closed because it was silent, or did not read, for too long */
    bool gone;       /* closed: its memory goes when nobody has it in hand any more */
    struct client *next_gone;
};

struct server_setup {
    struct names at;
    const struct service *service;
    void *of;             /* the service's */
    struct told *told;    /* NULL: quiet */
    int backlog;          /* of listen() */
    bool no_reuseaddr;    /* "Address already in use", to see it */
    bool no_accept;       /* nobody is accepted: the queues fill */
    unsigned max_clients; /* 0: as many as there are descriptors */
    const char *too_many; /* said to who is one too many, who is then closed; NULL: he is left in
                           * the accept queue */
    uint32_t idle_msec;   /* a client silent for so long is closed; 0: never */
    uint32_t stall_msec;  /* likewise one that for so long takes nothing of what is kept for it */
    bool close_first;     /* close() when the first message was answered */
    uint32_t keep_most;   /* octets kept for a client that does not read */
    uint32_t read_most;   /* octets of a client at a time; 0: as many as there is room for */
    bool pause_readers;   /* beyond that it is not read from; else it is dropped */
};

struct server_count {
    unsigned now, most;       /* clients */
    uint64_t served;          /* of all */
    uint64_t refused, reaped; /* one too many; silent or not reading for too long */
    uint64_t dropped;         /* did not read, or broke off */
    uint64_t in, out;         /* octets */
};

/* NULL: *error says what could not be had; the setup must outlive it. */
struct server *server_open(const struct server_setup *setup, struct loop *loop,
                           struct net_error *error);
/* Closes all that is left at once. */
void server_close(struct server *server);

/* Accepts nobody any more: the listeners are closed, whoever was in their queues is served, also
 * where that is more than max_clients allow to be served at a time. */
void server_stop(struct server *server);

/* Has it been stopped, and is nobody left? */
bool server_is_done(const struct server *server);

/* What time has made due; how long until it does so again, in ms, -1: never. */
int server_tick(struct server *server);

/* The ends it listens at, with the ports that the kernel has chosen where 0 was asked for. */
unsigned server_ends(const struct server *server, struct endpoint *at, unsigned room);

const struct server_count *server_count(const struct server *server);
const struct server_setup *server_setup(const struct server *server);

/* All clients, NULL at the end: first of all, and the one after `client`. Clients may be dropped on
 * the way. */
struct client *server_next(const struct server *server, const struct client *client);

/* For services. false: the client is gone, or will be when they return false. */
bool client_send(struct client *client, const void *octets, uint32_t len);
/* What it has said so far has no end; service->quiet is called when no more comes. */
void client_unfinished(struct client *client, bool unfinished);
/* It is not read from, until it may speak again. */
void client_hush(struct client *client, bool hushed);
/* For how long it has taken nothing of what is kept for it, in ms; 0 where nothing is kept. */
uint32_t client_stalled_ms(const struct client *client);
/* Octets kept for it. */
uint32_t client_kept(const struct client *client);
/* Our FIN goes once all is sent, and it is closed when the peer's has come: a close() while octets
 * lie there unread would be a RST, which takes from the peer what it has not read yet (RFC 2525,
 * 2.17). */
void client_end(struct client *client);
/* Closes it now. */
void client_drop(struct client *client, int err);
struct endpoint client_peer(const struct client *client);

#endif
