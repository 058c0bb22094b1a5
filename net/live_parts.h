/*
 * What the files of the loopback lane share, and nobody else includes.
 */
#ifndef NET_LIVE_PARTS_H
#define NET_LIVE_PARTS_H

#include "net/diag.h"
#include "net/live.h"

/* The port that stands for a lab's port on a host. */
struct live_port {
    uint8_t host;
    uint16_t of_lab, real;
};

/* From the call that made it until neither a descriptor nor the kernel's table has it. */
struct live_sock {
    struct live_sock *next; /* in the order of their identities */
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
    LIVE_PORTS_MAX = 64
};

struct live {
    struct lane lane;
    uint64_t began_usec;
    struct diag *diag; /* NULL: this machine has none */
    struct live_sock *first;
    int32_t next_id;
    unsigned hosts;
    struct ip ip[LIVE_HOSTS_MAX];
    bool one_address; /* all hosts share 127.0.0.1 */
    unsigned port_count;
    struct live_port ports[LIVE_PORTS_MAX];
};

static inline struct live *live_of(struct lane *lane)
{
    return (struct live *)lane; /* its first member */
}

/* loopback.c */
uint64_t live_now(struct lane *lane);
struct event live_event(struct live *live, enum event_kind kind, int host, int32_t sock);
void live_say(struct live *live, int host, const char *words);

/* loopback_address.c */
bool live_give_addresses(struct live *live, struct net_error *error);
void live_resolve(struct lane *lane, unsigned host, struct endpoint *at);

/* live_sock.c */
/* A new socket, in CLOSED or in LISTEN if it has a parent, in no table yet; NULL: no memory. */
struct live_sock *live_sock_new(unsigned host, int32_t parent);
/* Gives it its identity and puts it into the table. */
void live_sock_add(struct live *live, struct live_sock *sock);
struct live_sock *live_by_fd(struct live *live, unsigned host, int32_t fd);
struct live_sock *live_by_id(struct live *live, int32_t id);
/* The last one that has these names and is not in CLOSED, or NULL. */
struct live_sock *live_by_names(struct live *live, const struct endpoint *local,
                                        const struct endpoint *remote);
/* The one without a descriptor that accept() on `parent` has given a descriptor for, or NULL. */
struct live_sock *live_waiting(struct live *live, int32_t parent,
                                       const struct endpoint *remote);
void live_tell_socket(struct live *live, const struct live_sock *sock);
/* Frees those that nobody can see or use any more. */
void live_forget(struct live *live);

/* live_look.c */
void live_look(struct lane *lane);
/* Looks until no socket is in a state that it is about to leave, for 100 ms at most. */
void live_settle(struct live *live);

/* live_call.c */
struct call_result live_call(struct lane *lane, unsigned host, const struct call *call,
                                 uint8_t *into);
bool live_ready(struct lane *lane, unsigned host, int32_t fd, enum readiness what);

#endif
