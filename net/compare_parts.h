/*
 * The inside of the comparison: compare.c (the fold, calls), compare_track.c (what was done on
 * both lanes, put side by side), compare_who.c (which connection of one lane is which of the
 * other), compare_words.c (a segment made comparable, and what is said of it).
 */
#ifndef NET_COMPARE_PARTS_H
#define NET_COMPARE_PARTS_H

#include "net/compare.h"

enum track_kind {
    TRACK_SEGMENTS,       /* sent by a host in a connection */
    TRACK_STATES,         /* of a socket that socket() made */
    TRACK_STATES_OF_CHILD /* of one that came of a listening one */
};

/* The same on both lanes: no port and no descriptor is in it. */
struct track_key {
    uint8_t kind; /* track_kind */
    int8_t host;
    int8_t opener;    /* the host that sent the first segment of the connection; -1: no segment */
    uint32_t ordinal; /* which of its connections; TRACK_STATES: which of the host's sockets */
};

/* A segment sent or a state entered. */
struct item {
    int64_t at;
    uint32_t line;
    uint8_t rule;       /* of the model */
    bool beyond;        /* done by the model alone, after the lab */
    uint8_t apart;      /* enum apart */
    uint8_t from, to;   /* states */
    uint32_t arrivals;  /* segments that its host had got by then */
    uint32_t cause;     /* which call, arrival or timer of its host has led to it */
    bool acks_news;     /* no more than an ACK, of what was not acknowledged before */
    bool moves_window;  /* no more than an ACK that says nothing new but its window */
    bool has_clock;     /* a timestamp, whose value is not compared */
    bool is_full;       /* its text fills a segment */
    bool breaks_word;   /* it has one where none was agreed on, or the other way round */
    struct segment seg; /* its numbers relative to the SYNs, its timestamps zero */
    const uint8_t *text;
    char label[NAME_MAX_LEN + 4]; /* "A.c", or "A" */
};

struct queue {
    struct item *items;
    size_t first, count, cap; /* items[first .. count) are not yet compared */
};

struct track {
    struct track_key key;
    struct queue of[COMPARED_LANES];   /* not yet aligned */
    struct queue owed[COMPARED_LANES]; /* ACKs that the other lane has not given yet */
    uint32_t acked[COMPARED_LANES];    /* the highest acknowledgment given */
    uint16_t wnd[COMPARED_LANES];      /* the last one told */
    bool has_acked[COMPARED_LANES];
    struct item met[COMPARED_LANES]; /* the last that both have sent */
    bool has_met;
    uint8_t state[COMPARED_LANES]; /* the last one that was compared */
    bool has_state;
};

struct known_sock {
    int8_t host;
    int32_t sock;
    bool child;
    struct endpoint local, remote;
    char name[NAME_MAX_LEN];
    uint8_t state;
    bool has_state;
    struct track_key key;
};

struct base { /* sequence numbers that one side has begun with: now, and in the connection before */
    bool known[2];
    struct seq isn[2];
};

/* A connection of one lane. Side 0 is that which sent first. */
struct flow {
    struct endpoint end[2];
    int8_t opener;
    uint32_t ordinal;
    struct base base[2];
    uint16_t mss;       /* the least that a SYN has told; 0: none yet */
    bool no_timestamps; /* one of its SYNs has none */
};

enum {
    COMPARED_HOSTS = 128 /* an int8_t tells them apart */
};

struct compare_side {
    struct known_sock *socks;
    size_t sock_count, sock_cap;
    struct flow *flows;
    size_t flow_count, flow_cap;
    uint32_t made[COMPARED_HOSTS];   /* sockets by socket() */
    uint32_t opened[COMPARED_HOSTS]; /* connections that the host has sent first in */
    uint32_t unopened;
    uint32_t flags; /* of the call under way */
    uint32_t arrivals[COMPARED_HOSTS];
    uint32_t causes[COMPARED_HOSTS]; /* calls, arrivals and timers so far */
    uint8_t rule[COMPARED_HOSTS];    /* the last one taken for what the host is doing */
};

/* Makes room for one more; false, and compare->full, where there is none. */
bool compare_room(struct compare *compare, void **items, size_t *cap, size_t count,
                  size_t item_len);

/* compare_who.c */
void side_free(struct compare_side *side);
struct known_sock *side_sock(struct compare *compare, struct compare_side *side, int host,
                             int32_t sock);
void side_take_socket(struct compare *compare, struct compare_side *side,
                      const struct event *event);
/* The connection of a segment; NULL where memory ran out. */
struct flow *side_flow(struct compare *compare, struct compare_side *side,
                       const struct event *event);
/* Makes the numbers of a segment relative, and what is no matter of TCP's zero. */
void flow_relate(struct flow *flow, struct item *item);
/* "A.c" by the name of the socket at that end of it. */
void side_label(const struct compare_side *side, int host, const struct segment *seg, char *text,
                size_t len);

/* compare_track.c */
struct track *track_of(struct compare *compare, const struct track_key *key);
void track_take(struct compare *compare, struct track *track, unsigned lane,
                const struct item *item);
void track_end(struct compare *compare, struct track *track);
void track_free(struct track *track);

/* compare_words.c */
bool is_only_ack(const struct segment *seg);
bool segments_same(const struct item *a, const struct item *b);
/* The same segment with something else in it. */
bool segments_near(const struct item *a, const struct item *b);
void allow_values(struct compare *compare, const struct item *a, const struct item *b);

/* Each makes one difference; `more`: how many go the same way behind it. */
void tell_missing(struct compare *compare, const struct track *track, unsigned lane,
                  const struct item *item, size_t more);
void tell_other(struct compare *compare, const struct track *track, const struct item *model,
                const struct item *kernel);
void tell_detour(struct compare *compare, enum tcp_state from, const struct item *model,
                 const struct item *kernel);
struct difference *tell_difference(struct compare *compare);

#endif
