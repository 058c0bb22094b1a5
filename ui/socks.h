/*
 * The sockets of a run as its events tell of them: a fold, for the log and the stage.
 */
#ifndef UI_SOCKS_H
#define UI_SOCKS_H

#include "sim/event.h"

enum {
    SOCKS_MAX = 128 /* remembered, of all lanes; those longest closed are forgotten first,
                      and those that listen last */
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
    uint16_t been;         /* a bit for each box of the diagram (ui/diagram.h) it has been in */
    uint32_t path;         /* a bit for each arrow that it went along; both anew from CLOSED on */
    bool connected;        /* it is or has been a connection: neither fresh nor listening */
    uint32_t moved_step;   /* the step in which the state was entered */
    uint64_t changed_usec; /* when */
    uint64_t timer_usec[TIMER_COUNT]; /* when it runs out; 0: it does not run */
    struct endpoint local, remote;
    struct tcp_vars vars;
    int32_t backlog;      /* of listen(); -1: it was not called */
    uint8_t type;         /* socket_type; 0: not told, as of what was not made by socket() */
    uint32_t options_set; /* a bit for each sock_option that was set, or asked for */
    int32_t option[OPTION_COUNT];
    uint32_t last_event; /* counts events, to tell what was touched last */
    char name[NAME_MAX_LEN];
};

struct socks {
    struct sock_row rows[SOCKS_MAX];
    struct call asked[LANE_COUNT][2]; /* a host's last call, without its text */
    unsigned count;
    int32_t newest[LANE_COUNT][2]; /* the highest identity of a host that was seen */
    uint32_t forgotten;            /* rows that were given to other sockets */
    uint32_t events;
    bool open_first; /* for socks_main(): what is still open goes before what is over */
};

void socks_take(struct socks *socks, const struct event *event);

/* A socket has gone along an arrow of the diagram, or NO_ARROW; behind socks_take(). */
void socks_walk(struct socks *socks, const struct event *event, int arrow);

/* The row, or NULL. */
const struct sock_row *socks_find(const struct socks *socks, unsigned lane, int host, int32_t id);

/* What to show of a host when there is room for one: the connection that was touched last, be it
 * over; else a listening socket, else any; NULL where there is none. With `open_first` a connection
 * that is over comes last, so that a server is seen to listen. */
const struct sock_row *socks_main(const struct socks *socks, unsigned lane, int host);

/* When the first timer of socks_main() runs out, and which one that is; 0: none runs. */
uint64_t socks_timer(const struct socks *socks, unsigned lane, int host, enum timer_id *timer);

/* Its state by name; that it has none, of one for datagrams. */
const char *sock_state(const struct sock_row *row);

/* "c", "3" or "(not accepted)"; returns text. */
char *sock_label(const struct sock_row *row, char *text, size_t len);

#endif
