/*
 * The connections of a capture: which segment belongs to which, and what can be said of each from
 * the numbers alone. What the two ends made of it is net/capture_replay.h.
 *
 * Numbers of a flow are counted from its own beginnings (0 is the SYN, or what stood for it) and
 * do not wrap.
 */
#ifndef NET_CAPTURE_FLOW_H
#define NET_CAPTURE_FLOW_H

#include "net/capture_packet.h"
#include "net/capture_read.h"

enum {
    FLOWS_MAX = 4096,        /* connections kept */
    FLOWS_SEEN_MAX = 200000, /* segments kept, of all of them together */
    FLOWS_HEADS = 4096,
    GAPS_MAX = 16 /* of one side, kept at a time */
};

/* What a segment is among those before it. */
enum seen_mark {
    MARK_AGAIN = 1,          /* octets that were sent before */
    MARK_DUPLICATE = 2,      /* the very same packet once more (by its IP identification) */
    MARK_AHEAD = 4,          /* octets before it are missing */
    MARK_FILLS = 8,          /* ... and here they are: overtaken, or lost and sent again */
    MARK_DUPLICATE_ACK = 16, /* RFC 5681, 2 */
    MARK_KEEP_ALIVE = 32,    /* RFC 9293, 3.8.4 */
    MARK_BEYOND_WINDOW = 64, /* of the window that its receiver has offered */
    MARK_CHECKSUM = 128,     /* wrong */
    MARK_CUT = 256,          /* its text is not whole in the capture */
    MARK_PROBE = 1024,       /* RFC 9293, 3.8.6.1 */
    MARK_OPTIONS_CUT = 2048, /* some are not in the capture */
    MARK_FOREIGN = 4096,     /* a RST, and its sender goes on */
    MARK_UNSEEN = 512        /* acknowledges what is not in the capture */
};

struct seen {
    struct segment seg;
    uint64_t number, usec; /* of its packet */
    int64_t start, end;    /* in the sequence space of its sender; end: behind it */
    int64_t ack;           /* in that of its receiver; -1: it acknowledges nothing */
    uint16_t marks;
    uint16_t ip_id;
    uint8_t from; /* 0: end A, 1: end B */
};

/* Octets that were not seen among others that were. */
struct gap {
    int64_t start, end;
};

struct flow_side {
    struct endpoint at;
    struct seq base; /* of its numbers: the ISN, or one before the first that was seen */
    bool has_base;   /* something tells */
    bool saw_syn;    /* so the base is the ISN */
    bool syn_has_ack;
    bool saw_fin, saw_rst;
    bool options_known;        /* those of its SYN */
    uint8_t wscale;            /* of its windows */
    uint8_t has;               /* HAS_... of its SYN */
    uint16_t mss;              /* of its SYN */
    int64_t next;              /* behind all that it has sent */
    struct gap gaps[GAPS_MAX]; /* missing of that, in no order; where there are more, the latest */
    unsigned gap_count;
    int64_t acked;   /* of the other side, the most; -1: nothing */
    int64_t right;   /* the edge of the window that it has offered */
    int64_t fin_end; /* behind its FIN */
    uint32_t last_wnd;
    uint32_t first_reset; /* index of the first RST that it has not gone on after */
    uint64_t segments, octets, again, resets;
};

struct flow {
    unsigned number; /* from 1 */
    struct flow_side side[2];
    bool mid_stream;   /* its first segment is no SYN */
    bool reset_first;  /* ...but a RST, after which nothing can be told */
    uint8_t first_fin; /* the side whose FIN came first, where either has one */
    uint8_t reset_by;
    struct seen *seen;
    uint32_t count, cap;
    uint64_t left_out;  /* segments that belong here and are not kept */
    struct flow *older; /* of the same place in the table */
};

struct flows {
    struct flow *heads[FLOWS_HEADS];
    struct flow **list;
    unsigned count;
    uint64_t seen_count;     /* segments kept */
    uint64_t seen_max;       /* FLOWS_SEEN_MAX, or less in tests */
    uint64_t flows_left_out; /* segments of connections that are not kept */
    uint64_t packets, others, cut, options_broken;
    uint64_t kinds[PACKET_KIND_COUNT];
    uint64_t wrong_checksums, wrong_of_first; /* of the sender of the first wrong one */
    struct ip first_wrong;
    uint64_t last_usec;
    bool no_memory;
};

struct flows *flows_new(void);
void flows_free(struct flows *flows);

/* Takes a packet of a capture; packet->octets NULL: it carries no IP. */
void flows_take(struct flows *flows, const struct capture_packet *packet);

/* Has everything been said: both sides have closed and been acknowledged, or one has reset it? */
bool flow_is_over(const struct flow *flow);

#endif
