/*
 * What the tests of the loopback lane stand on: one lane of two hosts, all that it has told, and
 * calls in a line each. A call answers its return value, or the negative errno.
 */
#ifndef TESTS_LOOPBACK_RIG_H
#define TESTS_LOOPBACK_RIG_H

#include "net/live.h"

enum {
    A,
    B,
    PORT = 7788,
    EVENTS_MAX = 2000,
    WORDS_MAX = 160,
    PATIENCE_USEC = 8000000
};

/* One lane and all that it has told. */
struct rig {
    struct lane *lane;
    unsigned count;
    struct event events[EVENTS_MAX];
    char words[EVENTS_MAX][WORDS_MAX]; /* the beginning of each event's text */
};

/* A connection from A to B, as most tests begin. */
struct pair {
    int32_t listening, client, server; /* descriptors */
    int32_t client_sock, server_sock;  /* identities */
};

/* A lane of hosts A and B, and its end. */
struct rig *rig_begin(void);
/* Any other lane; NULL and *error where this machine does not allow it. */
struct rig *rig_begin_on(struct live_setup setup, struct net_error *error);
void rig_end(struct rig *rig);

/* Port PORT of a host, as the lane has it. */
struct endpoint rig_at(struct rig *rig, unsigned host);

struct call_result rig_make(struct rig *rig, unsigned host, struct call call);
int32_t rig_socket(struct rig *rig, unsigned host, const char *name);
int32_t rig_call(struct rig *rig, unsigned host, enum call_op op, int32_t fd, int32_t value);
int32_t rig_set(struct rig *rig, unsigned host, int32_t fd, enum sock_option option, int32_t value);
int32_t rig_send(struct rig *rig, unsigned host, int32_t fd, const char *text, uint32_t text_len);

/* bind() to rig_at(host); connect() from A to rig_at(B); a socket of B that listens there. */
int32_t rig_bind(struct rig *rig, unsigned host, int32_t fd);
int32_t rig_connect(struct rig *rig, int32_t fd);
int32_t rig_listen(struct rig *rig, int32_t backlog);

/* Small receive buffers, accepted, both ends ESTABLISHED; SO_REUSEADDR at the listening socket. */
struct pair rig_connected(struct rig *rig, bool reuse);

/* Sends until the peer, who does not read, has closed its window and no room is left. */
void rig_fill(struct rig *rig, unsigned host, int32_t fd);

/* The last event of a kind about a socket, or NULL. */
const struct event *rig_last(const struct rig *rig, enum event_kind kind, int32_t sock);

/* The socket that a descriptor was last told to be of; the last that came from `parent`, or -1. */
int32_t rig_sock_of(const struct rig *rig, int32_t fd);
int32_t rig_child_of(const struct rig *rig, int32_t parent);

/* Looks until the socket was told to be in that state; gives the event that told so. */
const struct event *rig_await(struct rig *rig, int32_t sock, enum tcp_state state);

/* Has the lane said a sentence with this in it? */
bool rig_was_said(const struct rig *rig, const char *part);

#endif
