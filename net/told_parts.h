/*
 * The inside of what tells of sockets, for told.c (calls and names) and told_look.c (states,
 * variables, timers).
 */
#ifndef NET_TOLD_PARTS_H
#define NET_TOLD_PARTS_H

#include "net/diag.h"
#include "net/told.h"

enum {
    BUCKETS = 1024,
    GONE_KEPT = 64 /* connections that are over, whose last segments may still be seen */
};

struct told_timer {
    bool runs;
    uint8_t id; /* enum timer_id */
    uint64_t at_usec;
};

struct told_sock {
    struct told_sock *next;
    struct told_sock *beside; /* the next one of its bucket */
    int32_t id, fd, parent;   /* fd -1: closed; parent -1: none */
    bool datagrams;
    struct endpoint local, remote;
    enum tcp_state state; /* as last told */
    struct tcp_vars vars; /* likewise */
    bool has_vars;
    struct told_timer timer; /* likewise */
};

struct told {
    struct sink sink;
    uint64_t began_usec;
    struct diag *diag; /* NULL: not to be had; closed sockets stay as last seen */
    bool tells_timers;
    struct told_sock *first;
    struct told_sock *look_next; /* where the next look begins; NULL: at the first */
    unsigned count;
    int32_t next_id;
    struct told_sock *buckets[BUCKETS]; /* by the peer's port */
    struct ends {
        struct endpoint local, remote;
    } gone[GONE_KEPT];
    unsigned gone_count;      /* of all; the last are kept */
    struct told_sock **by_fd; /* NULL: none that is known */
    size_t fds;
};

/* told.c */
struct event told_event(const struct told *told, enum event_kind kind, int32_t sock);
void told_tell_names(struct told *told, const struct told_sock *sock);
/* Out of its bucket: before the peer's name changes, and where it is forgotten. */
void told_take_out(struct told *told, const struct told_sock *sock);

/* told_look.c */
void told_tell_state(struct told *told, struct told_sock *sock, enum tcp_state state,
                     enum state_source source);
void told_look_at(struct told *told, struct told_sock *sock);
/* Frees those that are over. */
void told_forget(struct told *told);

#endif
