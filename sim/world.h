/*
 * A world: hosts, their sockets, the wire between them and a clock, in one block of memory with
 * indices and no pointers inside. Copying the block is a snapshot.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim/command.h"
#include "sim/event.h"
#include "sim/profile.h"

struct world;

struct world_limits {
    uint32_t hosts;         /* 1 to 100; host 0 is A */
    uint32_t sockets;       /* of all hosts together, those in TIME-WAIT included */
    uint32_t segments;      /* on the wire at the same time */
    uint32_t snd_space_len; /* octets that wait for their ACK, a connection */
    uint32_t rcv_space_len; /* octets that wait for their reader, a connection */
    uint16_t text_len;      /* octets of text a segment can carry */
    uint32_t ranges;        /* gaps in what connections have of each other, of all together */
    bool counted; /* octets are counted and not kept: a recv gives zeros, an event has no text */
};

struct world_setup {
    struct world_limits limits;
    const struct profile *profile; /* each host goes by it */
    uint64_t seed;
    uint64_t delay_usec; /* from being sent to being due for delivery */
    uint8_t family;      /* of the hosts' addresses: 6, or 4 (also 0) */
};

enum command_outcome {
    COMMAND_DONE,
    COMMAND_NOTHING_DUE,     /* STEP: no segment and no timer; UNTIL: something is due before */
    COMMAND_NO_SUCH_SEGMENT, /* that id is not on the wire */
    COMMAND_NO_ROOM,         /* DUPLICATE: the wire is full */
    COMMAND_REFUSED          /* SETTING: there is none at that place, or it takes no such value */
};

/* Octets of memory a world of these limits takes; a multiple of 8. */
size_t world_size(const struct world_limits *limits);

/* Makes a world in mem, world_size() octets aligned to 8. Its clock stands at 0. */
struct world *world_create(void *mem, const struct world_setup *setup);

/* Does one command. What happens goes to sink (may be NULL). For COMMAND_CALL *result is filled
 * in (may be NULL), and octets received go to `into` (may be NULL), at most call.value. */
enum command_outcome world_apply(struct world *world, const struct command *command,
                                 const struct sink *sink, struct call_result *result,
                                 uint8_t *into);

/* usec since the world began. */
uint64_t world_now(const struct world *world);

/* When the next thing is due; UINT64_MAX: nothing is. */
uint64_t world_due(const struct world *world);

/* Fills *event in as EV_NEXT with what COMMAND_STEP would do. */
void world_next(const struct world *world, struct event *event);

/* What poll(2) says of a descriptor when asked for everything: of poll_bit. */
uint32_t world_poll(const struct world *world, unsigned host, int32_t fd);

/* SIOCINQ: octets that wait to be read. SIOCOUTQ: octets sent and not yet acknowledged, a FIN among
 * them. -1 where Linux has no answer: a socket that listens, or none. */
int32_t world_inq(const struct world *world, unsigned host, int32_t fd);
int32_t world_outq(const struct world *world, unsigned host, int32_t fd);

/* Is a descriptor ready, as poll(2) has it? An error or the end makes it ready for either. */
bool world_ready(const struct world *world, unsigned host, int32_t fd, enum readiness what);

/* What a host goes by: its profile's settings, and what COMMAND_SETTING has changed of them. */
const struct settings *world_settings(const struct world *world, unsigned host);

/* Of a host in a world of IPv4, and in one of IPv6. */
struct ip world_address(unsigned host);
struct ip world_address6(unsigned host);
struct ip world_ip(const struct world *world, unsigned host);

/* A figure of TCP_INFO of the socket, as tcp_info() has them. */
bool world_tcp_info(const struct world *world, unsigned host, int32_t fd, const char *name,
                    int64_t *value);

/* The id of the first segment on the wire from `host` (-1: any) that has these control bits and
 * no others but PSH (0: any); 0 where there is none. */
uint32_t world_find(const struct world *world, int host, unsigned flags);

/* Worlds of the same digest will behave alike; over fields, never over padding. */
uint64_t world_digest(const struct world *world);

#endif
