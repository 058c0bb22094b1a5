/*
 * The inside of a server, for server.c (listeners, who comes, time) and server_client.c (octets).
 */
#ifndef NET_SERVER_PARTS_H
#define NET_SERVER_PARTS_H

#include "net/server.h"

enum {
    LISTENERS_MAX = 2 * NAMES_MAX,
    READ_MAX = 65536
};

/* Octets that could not be sent yet. */
struct kept {
    uint32_t at, len, room; /* those from `at` to `len` are still to go */
    uint8_t octets[];
};

struct listener {
    struct source source;
    struct server *server;
};

struct server {
    const struct server_setup *setup;
    struct loop *loop;
    struct listener listeners[LISTENERS_MAX];
    unsigned listener_count; /* closed ones among them, whose descriptor is -1 */
    unsigned listening;      /* of them */
    bool stopped;
    bool holds_back; /* nobody is accepted for the moment */
    bool lacks;      /* because accept() lacked something, at lacked_msec */
    uint32_t lacked_msec;
    struct client *first, *last; /* who was longest silent is first */
    struct client *gone;         /* to be freed */
    struct server_count count;
    unsigned refusing;   /* of the clients, those that are one too many */
    unsigned closing;    /* those whose FIN is waited for, FIN_WAIT_MSEC from ours on */
    unsigned keeping;    /* those that octets are kept for */
    unsigned unfinished; /* those whose message has no end yet */
    unsigned hushed;     /* those that may not speak now */
    uint32_t last_number;
    uint8_t read[READ_MAX];
};

/* server.c */
uint32_t server_msec(void);
/* There is room again. */
void server_accept_again(struct server *server);

/* server_client.c */
/* A client for an accepted descriptor; NULL: out of memory, the descriptor is closed. */
struct client *client_new(struct server *server, int fd, bool refused);
void client_heard(struct client *client);
/* Frees those that are gone. */
void clients_free_gone(struct server *server);

#endif
