/*
 * The inside of a world, for the files that make it up: world.c (layout, clock), world_timers.c,
 * wire.c, host.c (segments and timers of sockets), lookup.c (who has which name), socket*.c (the
 * calls).
 *
 * What is listed is linked by places: the index plus 1, so that 0 is nothing and fresh memory is
 * empty.
 */
#ifndef SIM_WORLD_PARTS_H
#define SIM_WORLD_PARTS_H

#include "sim/tcp.h"
#include "sim/world.h"

#include <assert.h>

#define COUNTED_SPACE (UINT32_MAX / 2) /* room for octets that are not kept */

enum {
    FIRST_FD = 3,
    NO_SOCKET = -1,
    SPARE_SLOTS = 2 /* for the segment that is put together, and the one that arrives */
};

/* Sockets in a row, by their places. */
struct row {
    uint32_t first, last;
};

/* What a port counts a socket as. */
enum {
    OWNS = 1,
    STRICT = 2, /* has no SO_REUSEADDR */
    ASKED = 4,  /* by bind(), its own or its listener's: connect() picks no such port */
    LISTENS = 8
};

struct sock {
    int32_t id;          /* its identity in the lane; 0: the slot is free */
    int32_t fd;          /* -1: closed by its user, or not accepted yet */
    int32_t parent;      /* id of the listening socket it came from, or NO_SOCKET */
    int32_t pending_err; /* errno to be reported once, by SO_ERROR or the next call */
    uint32_t opened;     /* order in which connections were completed, for accept */
    uint8_t host;
    uint8_t on_port;   /* OWNS and so on, as its port has it counted */
    bool accepted : 1; /* handed out by accept, or not from a listening socket at all */
    bool listening : 1;
    bool bound : 1;      /* its port was asked for by bind(), and stays its own while it is open */
    bool connecting : 1; /* connect() has begun and has not reported its outcome */
    bool connected : 1;  /* stands in the table of connections */
    bool reuse : 1;      /* SO_REUSEADDR */
    bool rcv_said : 1;   /* SO_RCVBUF was set */
    bool nonblock : 1;   /* O_NONBLOCK */
    bool write_shut : 1, read_shut : 1;
    bool datagram : 1;  /* UDP: its TCB has nothing but its ends, and whole datagrams in rcv.text */
    bool broadcast : 1; /* SO_BROADCAST */
    int32_t linger_sec; /* SO_LINGER: with 0 close() is an ABORT; -1: it is off */
    uint32_t snd_buffer; /* SO_SNDBUF, SO_RCVBUF */
    uint32_t rcv_buffer;
    char name[NAME_MAX_LEN];

    uint32_t next_connection; /* of the same hash, or of the free ones */
    uint32_t next_descriptor; /* of the same hash */
    uint32_t timer;           /* place among the timers */
    uint64_t timer_usec;      /* no later than it is due */
    union {
        struct {
            uint16_t backlog, waiting; /* connections for accept */
            uint32_t opening;          /* connections that are half open */
            struct row half_open, to_accept;
        } queue; /* listening */
        struct {
            uint32_t listener, before, behind;
        } in; /* not accepted: where it waits */
    };
    struct tcb tcb;
};

/* A port that some socket of a host has. */
struct port {
    uint16_t number;
    uint8_t host;
    bool datagram; /* of UDP, whose ports are others */
    uint32_t next; /* of the same hash, or of the free ones */
    uint32_t owners, strict, asked;
    uint32_t listener; /* UDP: the first that receives, and next_connection of each the next one */
};

struct host {
    struct settings set;
    uint64_t isn_key[2];         /* its secret (RFC 6528) */
    struct throttle challenges;  /* RFC 5961, 7 */
    uint64_t cookies_until_usec; /* ACKs before it may be of SYN cookies */
    int32_t lowest_fd;           /* no descriptor below it is free */
    uint16_t last_port;          /* the last that it has picked in turn */
};

struct wire_slot {
    uint32_t id; /* 0: free */
    bool held;
    bool yields; /* held until its sender sends another one, and due right behind that */
    uint32_t before, behind; /* of those that go on, or of those held; in the order they are due */
    uint32_t next;           /* of the same hash, or of the free ones */
    uint64_t due_usec;
    struct segment seg;
};

/* Where the parts of the block begin, in octets. */
struct layout {
    size_t hosts, socks, slots, ports, timers;
    size_t connections, descriptors, port_names, slot_names; /* hash tables: heads of chains */
    size_t ranges, spaces, texts, end;
};

/* Slots in use: those never used begin at `fresh`, those given back are in a list. */
struct pool {
    uint32_t fresh, free;
};

struct world {
    struct world_limits limits;
    struct layout at;
    struct pool socks, slots, ports;
    uint32_t sock_mask, port_mask, slot_mask; /* of the hash tables */
    uint32_t free_range;                      /* heads the list */
    uint32_t timers;
    uint32_t on_wire;
    struct row going, held; /* slots */
    uint32_t last_segment_id;
    int32_t last_sock_id;
    uint32_t last_opened;
    uint8_t family; /* of addresses: 6, or 4 */
    uint64_t seed;
    uint64_t delay_usec;
    uint64_t now_usec;
};

/* Lends what a command works with; lives on the stack of world_apply(). */
struct act {
    struct world *world;
    const struct sink *sink; /* NULL where nobody listens */
};

/* A part of the block. What is reached through a const world is not changed by who holds it const.
 */
static inline void *world_part(const struct world *world, size_t start, size_t index, size_t len)
{
    return (uint8_t *)(uintptr_t)world + start + index * len;
}

static inline struct host *host_at(const struct world *world, uint32_t index)
{
    assert(index < world->limits.hosts);
    return world_part(world, world->at.hosts, index, sizeof(struct host));
}

static inline struct sock *sock_at(const struct world *world, uint32_t index)
{
    assert(index < world->limits.sockets);
    return world_part(world, world->at.socks, index, sizeof(struct sock));
}

static inline uint32_t sock_index(const struct world *world, const struct sock *sock)
{
    return (uint32_t)(sock - sock_at(world, 0));
}

static inline struct port *port_at(const struct world *world, uint32_t index)
{
    return world_part(world, world->at.ports, index, sizeof(struct port));
}

static inline struct wire_slot *slot_at(const struct world *world, uint32_t index)
{
    assert(index < world->limits.segments + SPARE_SLOTS);
    return world_part(world, world->at.slots, index, sizeof(struct wire_slot));
}

/* Four octets of a part: the head of a chain, or a timer. */
static inline uint32_t *word_at(const struct world *world, size_t start, uint32_t index)
{
    return world_part(world, start, index, sizeof(uint32_t));
}

static inline size_t spaces_len(const struct world_limits *limits)
{
    return (size_t)limits->snd_space_len + limits->rcv_space_len;
}

/* Spaces and texts are NULL where octets are counted and not kept. */
static inline uint8_t *snd_space(const struct world *world, uint32_t index)
{
    const struct world_limits *limits = &world->limits;
    return limits->counted ? NULL : world_part(world, world->at.spaces, index, spaces_len(limits));
}

static inline uint8_t *rcv_space(const struct world *world, uint32_t index)
{
    return world->limits.counted ? NULL : snd_space(world, index) + world->limits.snd_space_len;
}

static inline uint8_t *slot_text(const struct world *world, uint32_t index)
{
    const struct world_limits *limits = &world->limits;
    return limits->counted ? NULL : world_part(world, world->at.texts, index, limits->text_len);
}

static inline struct range_pool world_ranges(struct world *world)
{
    return (struct range_pool){ .at = world_part(world, world->at.ranges, 0, 0),
                                .free = &world->free_range };
}

/* Does anybody listen to the events? If not, none is made. */
static inline bool is_heard(const struct act *act)
{
    return act->sink != NULL;
}

/* world.c */
int32_t host_of_address(const struct world *world, const struct ip *ip);
struct event world_event(const struct act *act, enum event_kind kind, int host, int32_t sock);

/* world_timers.c: a heap of the sockets whose TCP waits for a time, the first due on top. */
/* A deadline may have changed. */
void timers_changed(struct world *world, struct sock *sock);
void timers_leave(struct world *world, struct sock *sock);
/* The socket whose timer is due first, or NULL; of two the one with the lower id. */
struct sock *timers_first(const struct world *world);

/* lookup.c */
/* Brings all tables up to date with a socket; due wherever its state, ends or options changed. */
void sock_is_listed(struct world *world, struct sock *sock);
void fd_give(struct world *world, struct sock *sock);
void fd_take_back(struct world *world, struct sock *sock);
struct sock *sock_of_fd(const struct world *world, unsigned host, int32_t fd);
struct sock *sock_of_connection(const struct world *world, unsigned host,
                                const struct endpoint *local, const struct endpoint *remote);
struct port *port_find(const struct world *world, unsigned host, bool datagram, uint16_t number);
struct sock *sock_of_listener(const struct world *world, unsigned host, uint16_t number);

/* wire.c */
void wire_send(struct act *act, int host, const struct segment *seg, const uint8_t *text,
               bool again);
/* Where the text of the next segment may be put together, so that it need not be copied. */
uint8_t *wire_scratch(const struct world *world);
/* The index of the segment due first, or -1. */
int32_t wire_first(const struct world *world);
int32_t wire_index(const struct world *world, uint32_t id);
void wire_deliver(struct act *act, uint32_t index);
void wire_drop(struct act *act, uint32_t index);
enum command_outcome wire_arrive(struct act *act, unsigned host, const struct segment *seg,
                                 const uint8_t *text);
enum command_outcome wire_duplicate(struct act *act, uint32_t index);
void wire_hold(struct act *act, uint32_t index, bool hold);
void wire_corrupt(struct act *act, uint32_t index);
void wire_delay(struct act *act, uint32_t index, uint64_t usec);
void wire_reorder(struct act *act, uint32_t index);

/* host.c */
/* False where a datagram is thrown away: its checksum does not hold, or no socket takes it. */
bool host_arrives(struct act *act, unsigned host, const struct segment *seg, const uint8_t *text);
void host_timeout(struct act *act, struct sock *sock);
void host_init(struct world *world, unsigned host, const struct settings *set);
struct sock *sock_new(struct act *act, unsigned host);
/* Puts a connection that nobody has accepted into one of its listener's rows, or out of it. */
void row_add(struct world *world, struct row *row, struct sock *sock);
void row_remove(struct world *world, struct row *row, struct sock *sock);
/* Brackets a use of the TCB: fills ctx in; afterwards emits EV_VARS if they have changed. */
struct tcp_use {
    struct act *act;
    struct sock *sock;
    struct tcp_ctx ctx;
    enum tcp_state from;
    struct tcp_vars before;
};
void tcp_use_begin(struct tcp_use *use, struct act *act, struct sock *sock);
void tcp_use_end(struct tcp_use *use);
void emit_socket(struct act *act, const struct sock *sock);
/* Lets go of a socket that neither its user nor TCP needs any more. */
void sock_settle(struct act *act, struct sock *sock);
/* Octets that a socket may keep until they are acknowledged, and until they are read. */
uint32_t snd_limit(const struct world *world, const struct sock *sock);
/* What SO_RCVBUF says. */
uint32_t rcv_buffer(const struct world *world, const struct sock *sock);
uint32_t rcv_limit(const struct world *world, const struct sock *sock);
/* Has the peer's FIN come? */
bool sock_at_end(const struct sock *sock);

/* socket_udp.c */
/* False where nobody takes it. */
bool udp_arrives(struct act *act, unsigned host, const struct segment *seg, const uint8_t *text);
bool is_broadcast(const struct ip *ip);

/* socket.c */
struct call_result socket_call(struct act *act, unsigned host, const struct call *call,
                               uint8_t *into);

#endif
