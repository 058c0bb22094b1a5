/*
 * The inside of a replay, for capture_replay.c (which segment arrives when), capture_end.c (the
 * model's hosts and the calls of their programs) and capture_verdict.c (what is said of it).
 */
#ifndef NET_CAPTURE_REPLAY_PARTS_H
#define NET_CAPTURE_REPLAY_PARTS_H

#include "net/capture_fate.h"
#include "net/capture_replay.h"
#include "sim/world.h"

enum {
    REPLAY_IDS_MAX = 128,
    EXPECTED_MAX = 64,
    TIMERS_MAX = 8 /* let run where the model keeps back what a captured host has sent */
};

/* One end of the connection, as a host of the model. */
struct replay_end {
    bool runs; /* the model still stands where the captured host does */
    bool listens, uses_close;
    int32_t listen_fd, fd; /* -1: none */
    int32_t sock;          /* of the connection; -1: none yet */
    enum tcp_state state;
    struct seq iss, una, nxt, rcv_nxt; /* the model's; rcv_nxt is the captured peer's own number */
    bool has_vars, has_peer;           /* the above are known: of its own, of the peer */
    struct seq queued;                 /* behind what its program has sent */
    bool fin_queued;
};

/* An answer of the model that its captured host is to give as well. */
struct expected {
    uint8_t host, flags;
    bool given;
    struct seq ack;
    uint32_t cause; /* the segment that it answers: index into flow->seen */
    enum rule_id rule;
};

struct replay {
    const struct flow *flow;
    struct fate *fates;
    uint32_t *first_after, *next_after; /* segments that arrive after one, from 1; 0: none */
    struct sink sink;                   /* of the trace */
    struct trace *trace;
    struct world *world;
    struct replay_end end[2];
    struct expected expected[EXPECTED_MAX];
    unsigned expected_count;
    uint32_t ids[REPLAY_IDS_MAX]; /* on the model's wire, to be taken off it */
    unsigned id_count;
    struct segment answer; /* the first that the model sent in the command under way */
    bool answered, silent;
    enum rule_id rule; /* the last one taken */
    uint64_t usec, end_usec;
};

/* capture_end.c */
bool end_begin_world(struct replay *run);
void end_end_world(struct replay *run);
/* Its calls before the first segment. */
void end_begin(struct replay *run, unsigned host);
/* A connection that was open before the capture. */
void end_open_silently(struct replay *run);
/* A segment with the captured numbers arrives at a host. */
void end_arrive(struct replay *run, unsigned host, const struct segment *seg);
/* What its program must have called, so that it could send this. */
void end_calls(struct replay *run, const struct seen *seen);
/* Its program closes. */
void end_close_by_program(struct replay *run, unsigned host);
/* The captured host's numbers are no longer the model's: it says why, and stops. */
void end_lose(struct replay *run, unsigned host, const char *why);
/* From a number of the captured host to that of its model. */
struct seq end_shift(const struct replay *run, unsigned host, struct seq number);

/* capture_verdict.c */
void say(struct replay *run, enum event_kind kind, int host, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void expect_answer(struct replay *run, unsigned host, uint32_t cause);
void look_at_answer(struct replay *run, const struct seen *seen);
void verdict_of(struct replay *run);

#endif
