/*
 * What the files of the loopback lane share, and nobody else includes.
 */
#ifndef NET_LOOPBACK_PARTS_H
#define NET_LOOPBACK_PARTS_H

#include "net/diag.h"
#include "net/loopback.h"

/* The port that stands for a lab's port on a host. */
struct loopback_port {
    uint8_t host;
    uint16_t of_lab, real;
};

/* From the call that made it until neither a descriptor nor the kernel's table has it. */
struct loopback_sock {
    struct loopback_sock *next; /* in the order of their identities */
    int32_t id;
    int32_t fd;     /* -1: none any more, or none yet */
    int32_t parent; /* the listening socket it came from, or -1 */
    int8_t host;
    bool had_fd;
    bool told_state; /* or, where nothing was told yet, state is only what it counts from */
    struct endpoint local, remote;
    char name[NAME_MAX_LEN];
    enum tcp_state state;    /* as last told */
    struct tcp_vars vars;    /* as last told */
    uint64_t time_wait_usec; /* when the kernel will forget it; 0: no such timer was told */
};

enum {
    LOOPBACK_PORTS_MAX = 64
};

struct loopback {
    struct lane lane;
    uint64_t began_usec;
    struct diag *diag; /* NULL: this machine has none */
    struct loopback_sock *first;
    int32_t next_id;
    unsigned hosts;
    struct ip ip[LOOPBACK_HOSTS_MAX];
    bool one_address; /* all hosts share 127.0.0.1 */
    unsigned port_count;
    struct loopback_port ports[LOOPBACK_PORTS_MAX];
};

static inline struct loopback *loopback_of(struct lane *lane)
{
    return (struct loopback *)lane; /* its first member */
}

/* loopback.c */
uint64_t loopback_now(struct lane *lane);
struct event loopback_event(struct loopback *lo, enum event_kind kind, int host, int32_t sock);
void loopback_say(struct loopback *lo, int host, const char *words);

/* loopback_address.c */
bool loopback_give_addresses(struct loopback *lo, struct net_error *error);
void loopback_resolve(struct lane *lane, unsigned host, struct endpoint *at);

/* loopback_sock.c */
/* A new socket, in CLOSED or in LISTEN if it has a parent, in no table yet; NULL: no memory. */
struct loopback_sock *loopback_sock_new(unsigned host, int32_t parent);
/* Gives it its identity and puts it into the table. */
void loopback_sock_add(struct loopback *lo, struct loopback_sock *sock);
struct loopback_sock *loopback_by_fd(struct loopback *lo, unsigned host, int32_t fd);
struct loopback_sock *loopback_by_id(struct loopback *lo, int32_t id);
/* The last one that has these names and is not in CLOSED, or NULL. */
struct loopback_sock *loopback_by_names(struct loopback *lo, const struct endpoint *local,
                                        const struct endpoint *remote);
/* The one without a descriptor that accept() on `parent` has given a descriptor for, or NULL. */
struct loopback_sock *loopback_waiting(struct loopback *lo, int32_t parent,
                                       const struct endpoint *remote);
void loopback_tell_socket(struct loopback *lo, const struct loopback_sock *sock);
/* Frees those that nobody can see or use any more. */
void loopback_forget(struct loopback *lo);

/* loopback_look.c */
void loopback_look(struct lane *lane);
/* Looks until no socket is in a state that it is about to leave, for 100 ms at most. */
void loopback_settle(struct loopback *lo);

/* loopback_call.c */
struct call_result loopback_call(struct lane *lane, unsigned host, const struct call *call,
                                 uint8_t *into);
bool loopback_ready(struct lane *lane, unsigned host, int32_t fd, enum readiness what);

#endif
