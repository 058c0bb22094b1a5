/*
 * The inside of a world, for the files that make it up: world.c (layout, clock), wire.c, host.c
 * (segments and timers of sockets), socket.c (the calls).
 */
#ifndef SIM_WORLD_PARTS_H
#define SIM_WORLD_PARTS_H

#include "sim/tcp.h"
#include "sim/world.h"

enum {
    FIRST_FD = 3,
    NO_SOCKET = -1
};

struct sock {
    int32_t id;     /* its identity in the lane; 0: the slot is free */
    int32_t fd;     /* -1: closed by its user, or not accepted yet */
    int32_t parent; /* id of the listening socket it came from, or NO_SOCKET */
    int32_t backlog;
    int32_t pending_err; /* errno to be reported once, by SO_ERROR or the next call */
    uint32_t opened;     /* order in which connections were completed, for accept */
    uint8_t host;
    bool accepted; /* handed out by accept, or not from a listening socket at all */
    bool listening;
    bool bound;      /* its port was asked for by bind(), and stays its own while it is open */
    bool connecting; /* connect() has begun and has not reported its outcome */
    bool reuse;      /* SO_REUSEADDR */
    bool linger_0;   /* SO_LINGER with a time of 0: close() is an ABORT */
    bool write_shut, read_shut;
    char name[NAME_MAX_LEN];
    struct tcb tcb;
};

struct wire_slot {
    uint32_t id; /* 0: free */
    bool held;
    uint64_t due_usec;
    struct segment seg;
};

struct world {
    struct world_limits limits;
    uint32_t profile; /* index into tcp_profiles */
    uint32_t last_segment_id;
    int32_t last_sock_id;
    uint32_t last_opened;
    uint64_t seed;
    uint64_t delay_usec;
    uint64_t now_usec;
};

/* Lends what a command works with; lives on the stack of world_apply(). */
struct act {
    struct world *world;
    const struct sink *sink;
};

/* world.c */
struct sock *sock_at(const struct world *world, uint32_t index);
uint32_t sock_index(const struct world *world, const struct sock *sock);
struct wire_slot *slot_at(const struct world *world, uint32_t index);
uint8_t *slot_text(const struct world *world, uint32_t index);
uint8_t *snd_space(const struct world *world, uint32_t index);
uint8_t *rcv_space(const struct world *world, uint32_t index);
uint8_t *sending_space(const struct world *world);
uint8_t *arriving_space(const struct world *world);
struct event world_event(const struct act *act, enum event_kind kind, int host, int32_t sock);

/* wire.c */
void wire_send(struct act *act, int host, const struct segment *seg, const uint8_t *text,
               bool again);
/* The index of the segment due first, or -1. */
int32_t wire_first(const struct world *world);
int32_t wire_index(const struct world *world, uint32_t id);
void wire_deliver(struct act *act, uint32_t index);
void wire_drop(struct act *act, uint32_t index);
enum command_outcome wire_duplicate(struct act *act, uint32_t index);
void wire_hold(struct act *act, uint32_t index, bool hold);

/* host.c */
void host_arrives(struct act *act, unsigned host, const struct segment *seg, const uint8_t *text);
int32_t host_of_address(const struct world *world, const struct ip *ip);
/* The socket whose timer is due first, or NULL. */
struct sock *host_first_timer(const struct world *world);
void host_timeout(struct act *act, struct sock *sock);
struct sock *sock_new(struct act *act, unsigned host);
void sock_free(struct sock *sock);
/* Brackets a use of the TCB: fills ctx in; afterwards emits EV_VARS if they have changed. */
struct tcp_use {
    struct act *act;
    struct sock *sock;
    struct tcp_vars before;
    struct tcp_ctx ctx;
};
void tcp_use_begin(struct tcp_use *use, struct act *act, struct sock *sock);
void tcp_use_end(struct tcp_use *use);
void emit_socket(struct act *act, const struct sock *sock);
/* Lets go of a socket that neither its user nor TCP needs any more. */
void sock_settle(struct sock *sock);
/* Has the peer's FIN come? */
bool sock_at_end(const struct sock *sock);
/* Is it a connection that waits to be handed out by accept? */
bool sock_waits_for_accept(const struct sock *sock, const struct sock *listener);

/* socket.c */
struct call_result socket_call(struct act *act, unsigned host, const struct call *call,
                               uint8_t *into);

#endif
