/*
 * What the files of the live lane share, and nobody else includes.
 */
#ifndef NET_LIVE_PARTS_H
#define NET_LIVE_PARTS_H

#include "net/diag.h"
#include "net/live.h"
#include "sim/text.h"
#include "sim/world.h"

/* The port that stands for a lab's port on a host. */
struct live_port {
    uint8_t host;
    uint16_t of_lab, real;
};

/* A timer of the kernel's, as it was told last. */
struct live_timer {
    bool runs;
    enum timer_id id;
    uint64_t at_usec;
    uint8_t count; /* of retransmissions or probes since the last ACK */
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
    enum tcp_state state; /* as last told */
    struct tcp_vars vars; /* as last told */
    struct live_timer timer;
};

/* A packet on the wire. */
struct live_packet {
    struct live_packet *next; /* in the order of their ids */
    uint32_t id;
    int8_t from, to; /* to: -1, nobody's address */
    bool held;
    bool yields; /* held until there is another of its sender to go behind */
    uint64_t due_usec;
    struct segment seg;
    uint32_t text_at;   /* where its text begins in the octets, */
    uint32_t header_at; /* and TCP's header, which ends there */
    size_t len;
    uint8_t octets[];
};

/* One direction of a connection, as far as the wire has seen it. */
struct live_flow {
    struct live_flow *next;
    struct endpoint src, dst;
    struct seq isn;  /* of the SYN that began it */
    struct seq sent; /* behind the last octet that has been sent */
    bool any_sent, any_acked;
    struct seq acked;  /* the last acknowledgement number sent */
    bool any_got;      /* delivered to src: */
    struct seq got;    /* behind the last octet of its peer's */
    uint64_t got_usec; /* when that came */
};

struct live_wire {
    struct live_packet *first;
    struct live_flow *flows;
    uint32_t last_id, count;
};

struct live_model {
    struct world *world;
    uint32_t *ids; /* of segments on its own wire, which is left at once for ours */
    size_t id_count, id_cap;
};

enum {
    LIVE_PORTS_MAX = 64,
    LIVE_PACKETS_MAX = 4096
};

struct live {
    struct lane lane;
    uint64_t began_usec;
    struct diag *diags[LIVE_HOSTS_MAX]; /* the first stands for all on loopback; NULL: none */
    struct live_sock *first;
    int32_t next_id;
    unsigned hosts;
    struct ip ip[LIVE_HOSTS_MAX];
    bool one_address; /* on loopback: all hosts share 127.0.0.1 */
    unsigned port_count;
    struct live_port ports[LIVE_PORTS_MAX];
    struct sandbox *sandbox; /* NULL: on loopback, or no host is the kernel's */
    uint8_t family;
    uint64_t delay_usec;
    enum option_order order; /* of options, in the model's segments */
    struct live_wire wire;
    bool is_model[LIVE_HOSTS_MAX];
    struct live_model model; /* world NULL: no host of the model */
    uint8_t packet[SANDBOX_PACKET_MAX];
};

static inline struct live *live_of(struct lane *lane)
{
    return (struct live *)lane; /* its first member */
}

static inline struct diag *live_diag(const struct live *live, int host)
{
    return live->diags[live->sandbox ? host : 0];
}

/* live.c */
uint64_t live_now(struct lane *lane);
struct event live_event(struct live *live, enum event_kind kind, int host, int32_t sock);
void live_say(struct live *live, int host, const char *words);
void live_tell(struct live *live, int host, const char *form, ...)
    __attribute__((format(printf, 3, 4)));

/* live_address.c */
bool live_give_addresses(struct live *live, struct net_error *error);
void live_resolve(struct lane *lane, unsigned host, struct endpoint *at);

/* live_sandbox.c */
/* Which hosts are whose, and their addresses on the wire. */
void live_give_hosts(struct live *live, const struct live_setup *setup);
/* Namespaces, and what the kernel's hosts go by. */
bool live_open_sandbox(struct live *live, const struct live_setup *setup, struct net_error *error);
/* As socket(2) for TCP, on that host. */
int live_socket(struct live *live, unsigned host);
bool live_set(struct lane *lane, unsigned host, const char *name, const char *value);

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
/* The one that listens at that end, or at that port of any address of the host; or NULL. */
struct live_sock *live_listening(struct live *live, const struct endpoint *local);
/* The one without a descriptor that accept() on `parent` has given a descriptor for, or NULL. */
struct live_sock *live_waiting(struct live *live, int32_t parent, const struct endpoint *remote);
void live_tell_socket(struct live *live, const struct live_sock *sock);
/* Frees those that nobody can see or use any more. */
void live_forget(struct live *live);

/* live_look.c */
/* Reads and tells the states of the kernel's sockets. */
void live_look_at_sockets(struct live *live);
/* The same for a connection that may have come to be at `local` without a call of its host. */
void live_look_for(struct live *live, const struct endpoint *local, const struct endpoint *remote);
/* On loopback: looks until no socket is in a state that it is about to leave, for 100 ms at most.
 */
void live_settle(struct live *live);

/* live_call.c */
struct call_result live_call(struct lane *lane, unsigned host, const struct call *call,
                             uint8_t *into);
bool live_ready(struct lane *lane, unsigned host, int32_t fd, enum readiness what);

/* live_wire.c */
/* A packet that a host has sent. */
void live_put(struct live *live, unsigned from, const uint8_t *octets, size_t len, bool again);
/* What the kernel's hosts have sent comes onto the wire. */
void live_take_sent(struct live *live);
/* What goes on first: NULL where nothing does by itself. */
struct live_packet *live_first(const struct live *live);
struct live_packet *live_packet(const struct live *live, uint32_t id);
void live_deliver(struct live *live, struct live_packet *packet);
bool live_wire_act(struct lane *lane, enum wire_act act, uint32_t id, uint64_t usec);
uint32_t live_find(struct lane *lane, int host, unsigned flags);
/* When at the latest an ACK will come that somebody owes; 0: nobody does. */
uint64_t live_ack_owed(const struct live *live);
void live_wire_free(struct live_wire *wire);

/* live_model.c */
bool live_open_model(struct live *live, const struct live_setup *setup, struct net_error *error);
/* Lets the model's clock come up to the real one, with all that is due on the way. */
void live_model_advance(struct live *live);
/* The lane's identity of a socket that has this one in the model's world. */
int32_t live_model_identity(int32_t sock);
struct call_result live_model_call(struct live *live, unsigned host, const struct call *call,
                                   uint8_t *into);
bool live_model_set(struct live *live, unsigned host, const char *name, const char *value);
void live_model_arrive(struct live *live, unsigned host, const struct live_packet *packet);
void live_model_free(struct live_model *model);

#endif
