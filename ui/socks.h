/*
 * The sockets of a run as its events tell of them: a fold, for the log and the stage.
 */
#ifndef UI_SOCKS_H
#define UI_SOCKS_H

#include "sim/event.h"

enum {
    SOCKS_MAX = 128 /* remembered, of all lanes; those longest closed are forgotten first */
};

struct sock_row {
    int32_t id;
    int32_t fd; /* -1: none */
    int32_t parent;
    uint8_t lane;
    uint8_t host;
    uint8_t state;
    uint8_t from;   /* the state before; the same where it was first seen in this one */
    uint8_t source; /* how the state was learnt */
    bool has_vars;
    bool datagrams;        /* it has no state, and never will */
    bool connected;        /* it is or has been a connection: neither fresh nor listening */
    uint32_t moved_step;   /* the step in which the state was entered */
    uint64_t changed_usec; /* when */
    uint64_t timer_usec[TIMER_COUNT]; /* when it runs out; 0: it does not run */
    struct endpoint local, remote;
    struct tcp_vars vars;
    uint32_t last_event; /* counts events, to tell what was touched last */
    char name[NAME_MAX_LEN];
};

struct socks {
    struct sock_row rows[SOCKS_MAX];
    unsigned count;
    uint32_t events;
};

void socks_take(struct socks *socks, const struct event *event);

/* The row, or NULL. */
const struct sock_row *socks_find(const struct socks *socks, unsigned lane, int host, int32_t id);

/* What to show of a host when there is room for one: the connection that was touched last, be it
 * over; else a listening socket, else any; NULL where there is none. */
const struct sock_row *socks_main(const struct socks *socks, unsigned lane, int host);

/* When the first of a host's timers runs out, and which one that is; 0: none runs. */
uint64_t socks_timer(const struct socks *socks, unsigned lane, int host, enum timer_id *timer);

/* "c", "3" or "(not accepted)"; returns text. */
char *sock_label(const struct sock_row *row, char *text, size_t len);

#endif
