/*
 * TCP of one connection: user calls, arriving segments and timeouts in, segments and events out.
 * RFC 9293, 3.10. Knows no sockets, no hosts and no wire; whoever calls it lends it those.
 */
#ifndef SIM_TCP_H
#define SIM_TCP_H

#include "sim/profile.h"
#include "sim/ranges.h"
#include "sim/tcb.h"

/* How many challenge ACKs a host has sent in this second (RFC 5961, 7). */
struct throttle {
    uint64_t since_usec;
    uint32_t sent;
};

/* What a call works in. Valid during the call only. */
struct tcp_ctx {
    const struct settings *set;
    const struct sink *sink;
    uint64_t now_usec;
    uint64_t isn_key[2]; /* the host's secret (RFC 6528) */
    int8_t host;         /* for events */
    int32_t sock;
    uint16_t mss_max; /* octets of text that this host's segments can carry, either way */

    /* Behind the rings of the connection; NULL where octets are counted and not kept. The limits
     * are what the user allows of them (SO_SNDBUF, SO_RCVBUF). */
    uint8_t *snd_space, *rcv_space;
    uint32_t snd_space_len, rcv_space_len;
    uint32_t snd_limit, rcv_limit;
    uint32_t rcv_most; /* what the window may come to: the window scale is chosen for it */
    uint8_t *scratch;  /* mss_max octets to put a segment's text together; NULL likewise */

    struct range_pool ranges;
    struct throttle *challenges; /* of the host; NULL: none is kept back */

    const uint8_t *text; /* of the segment that arrives */

    /* What the host says of a listener, whose queues are its own. */
    bool syn_queue_full; /* a SYN finds no room for its connection */
    uint16_t cookie_mss; /* the segment acknowledges a SYN cookie, with this MSS; 0: it doesn't */

    /* Takes a segment to send and its text; `again` for a retransmission. */
    void (*send)(void *to, const struct segment *seg, const uint8_t *text, bool again);
    void *send_to;
};

/* The answers of user calls, in the RFC's words: tcp_error_words(). */
enum tcp_error {
    TCP_OK,
    TCP_NO_CONNECTION,      /* "connection does not exist" */
    TCP_CONNECTION_EXISTS,  /* "connection already exists" */
    TCP_CONNECTION_CLOSING, /* "connection closing" */
    TCP_NO_RESOURCES,       /* "insufficient resources": no room for the text now */
    TCP_REMOTE_UNSPECIFIED, /* "remote socket unspecified" */
    TCP_QUEUED              /* RECEIVE: nothing to give yet; the request would wait */
};

const char *tcp_error_words(enum tcp_error error);

/* OPEN, 3.10.1. The TCB's local (and for an active OPEN remote) end are filled in by the caller. */
enum tcp_error tcp_open(struct tcb *tcb, bool active, struct tcp_ctx *ctx);

enum send_flags {
    SEND_MORE = 1,  /* not pushed: more is to come */
    SEND_URGENT = 2 /* 3.8.5: the last octet of it is urgent */
};

/* SEND, 3.10.2. Takes what there is room for, *taken octets; TCP_NO_RESOURCES where none. */
enum tcp_error tcp_send(struct tcb *tcb, const uint8_t *text, uint32_t len, unsigned flags,
                        uint32_t *taken, struct tcp_ctx *ctx);

/* RECEIVE, 3.10.3. Text that has arrived is given out in every state (practice; the letter
 * refuses it in CLOSING, LAST-ACK and TIME-WAIT). `into` may be NULL to throw it away. */
enum tcp_error tcp_receive(struct tcb *tcb, uint8_t *into, uint32_t len, uint32_t *got,
                           struct tcp_ctx *ctx);

/* CLOSE, 3.10.4: no more SENDs; RECEIVE goes on. */
enum tcp_error tcp_close(struct tcb *tcb, struct tcp_ctx *ctx);

/* CLOSE by a user who will not RECEIVE either: with text unread the connection is reset, and with
 * text that comes later too (3.6.1, SHLD-3). */
enum tcp_error tcp_close_both(struct tcb *tcb, struct tcp_ctx *ctx);

/* The user will not RECEIVE any more, which counts once he has said CLOSE as well. */
void tcp_no_reader(struct tcb *tcb);

/* ABORT, 3.10.5. */
enum tcp_error tcp_abort(struct tcb *tcb, struct tcp_ctx *ctx);

/* tcb->user has been changed: what was kept back may go now. */
void tcp_options_changed(struct tcb *tcb, struct tcp_ctx *ctx);

/* What was kept back goes out now, as far as windows let it, whatever the user said before. */
void tcp_push(struct tcb *tcb, struct tcp_ctx *ctx);

/* SEGMENT ARRIVES, 3.10.7, with its text in ctx->text. For a segment that belongs to no
 * connection the TCB is one in CLOSED with its ends filled in. */
void tcp_segment_arrives(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);

/* Does a connection in TIME-WAIT end for this SYN, because it is surely a new one (RFC 6191, 2)? It
 * has then gone to CLOSED, and the SYN is the listener's. */
bool tcp_gives_way(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);

/* Does a connection in TIME-WAIT end for a new one that its own host opens in its place? */
bool tcp_makes_way(struct tcb *tcb, struct tcp_ctx *ctx);

/* The next time at which tcp_timeout() is to be called; UINT64_MAX: never. */
uint64_t tcp_deadline(const struct tcb *tcb);

/* Which timer that is; only where there is one. */
enum timer_id tcp_next_timer(const struct tcb *tcb);

/* 3.10.8: runs the one timer that is due first. */
void tcp_timeout(struct tcb *tcb, struct tcp_ctx *ctx);

/* STATUS, 3.10.6, as the variables; the state is tcb->state. */
struct tcp_vars tcp_status(const struct tcb *tcb);

/* A figure of TCP_INFO by its name on Linux without "tcpi_", in Linux's units, the state as an enum
 * tcp_state. False: the model has no such figure. */
bool tcp_info(const struct tcb *tcb, const struct tcp_ctx *ctx, const char *name, int64_t *value);

/* SND.NXT would move over these when the window allows: octets of text (and FIN) not yet sent. */
uint32_t tcp_unsent(const struct tcb *tcb);

#endif
