/*
 * Everything that happens, in the model or in a kernel, is one of these. The ladder, the stage,
 * the log and the comparison of lanes are each a fold over a stream of them: docs/trace.md.
 */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include "sim/call.h"
#include "sim/rules.h"
#include "sim/segment.h"

enum event_kind {
    EV_CALL,       /* a socket call is made */
    EV_RETURN,     /* it returns */
    EV_SOCKET,     /* a socket has come to be, or its names have changed */
    EV_STATE,      /* a connection has gone from one state to another */
    EV_RULE,       /* the model has taken a decision that leaves the state as it is */
    EV_SENT,       /* a segment is put on the wire */
    EV_DELIVERED,  /* the wire hands it to its receiver */
    EV_DROPPED,    /* the wire loses it */
    EV_DUPLICATED, /* the wire makes a copy of it */
    EV_HELD,       /* the wire keeps it until it is released */
    EV_RELEASED,   /* it goes on, due at another time than before */
    EV_CORRUPTED,  /* the wire changes an octet of it */
    EV_TIMER,      /* a timer is armed, stopped, or has run out */
    EV_SIGNAL,     /* the user of TCP is told something outside a call */
    EV_VARS,       /* a connection's variables, whenever they have changed */
    EV_SAY,        /* a sentence of the lab, or about the lane */
    EV_EXPECT,     /* an expectation of the lab was looked at */
    EV_DIFFERS,    /* the lanes do not agree */
    EV_NEXT,       /* what the next step would do */
    EVENT_KIND_COUNT
};

/* Is it about a segment on a wire? Then the event has `wire`. */
static inline bool event_has_segment(enum event_kind kind)
{
    return kind >= EV_SENT && kind <= EV_CORRUPTED;
}

enum lane_id {
    LANE_MODEL,
    LANE_KERNEL,
    LANE_MIXED, /* hosts of both kinds on one wire */
    LANE_COUNT,
    LANE_ALL = LANE_COUNT /* what is said to the reader, in no lane */
};

/* How a state was learnt. */
enum state_source {
    BY_RULE,      /* the model took a rule */
    BY_TCP_INFO,  /* the kernel said so of a descriptor */
    BY_SOCK_DIAG, /* the kernel said so of its table */
    BY_ABSENCE,   /* the kernel's table has it no more */
    BY_INFERENCE, /* the model took a rule where a captured host must have */
    SOURCE_COUNT
};

enum timer_id {
    TIMER_RETRANSMISSION,
    TIMER_PERSIST,
    TIMER_TIME_WAIT,
    TIMER_DELAYED_ACK,
    TIMER_KEEP_ALIVE,
    TIMER_FIN_WAIT_2,
    TIMER_COUNT
};

enum timer_change {
    TIMER_ARMED,
    TIMER_STOPPED,
    TIMER_RAN_OUT
};

/* What TCP tells its user outside a call, in the RFC's words: tcp_notice_words(). */
enum tcp_notice {
    NOTICE_CONNECTION_RESET,
    NOTICE_CONNECTION_REFUSED,
    NOTICE_CONNECTION_CLOSING,
    NOTICE_USER_TIMEOUT,
    NOTICE_RETRANSMITTING, /* R1 reached (SHLD-9) */
    NOTICE_URGENT,
    NOTICE_COUNT
};

/* A connection's variables. What a lane cannot tell is 0 and not in `known`. */
enum {
    KNOWS_SEND = 1,        /* iss una nxt */
    KNOWS_RECEIVE = 2,     /* irs rcv_nxt */
    KNOWS_WINDOWS = 4,     /* snd_wnd rcv_wnd */
    KNOWS_RTO = 8,         /* rto_usec */
    KNOWS_CONGESTION = 32, /* cwnd and what follows it */
    KNOWS_BEYOND = 64,     /* beyond and how many */
    KNOWS_QUEUES = 16,     /* unsent, unread; on a listening socket accept queue and its limit */
    KNOWS_LISTENS = 128    /* which of the two those are: it listens */
};

struct tcp_vars {
    struct seq iss, una, nxt, irs, rcv_nxt;
    uint32_t snd_wnd, rcv_wnd;
    uint32_t unsent, unread; /* octets; LISTEN: backlog limit, connections waiting for accept */
    uint64_t rto_usec;
    uint64_t srtt_usec, rttvar_usec; /* 0: no round trip was measured yet */
    uint32_t cwnd, ssthresh;         /* octets; ssthresh UINT32_MAX: none yet */
    uint32_t mss;                    /* octets of text a segment to the peer carries at most */
    uint32_t resent;                 /* segments sent again without an ACK of new text so far */
    struct sack_block beyond[SACK_BLOCKS_MAX]; /* what came beyond a gap: the first of them, */
    uint32_t beyond_count;                     /* of so many */
    uint8_t known;
};

enum next_what {
    NEXT_NOTHING, /* the lab is over and nothing is due */
    NEXT_CALL,    /* event.text is the call, as written */
    NEXT_DELIVER,
    NEXT_TIMER,
    NEXT_LINE, /* another line of the lab; event.text is it */
    NEXT_WAIT  /* time passes; event.text is how long */
};

/* Why the wire did something to a segment. */
enum wire_cause {
    CAUSE_NONE, /* it was told to, or has no room */
    CAUSE_RULE, /* a rule of the lab */
    CAUSE_CHANCE,
    CAUSE_COUNT
};

/* Why lanes that are run side by side are not compared here. */
enum apart {
    APART_NOT,
    APART_LINE,    /* a line of the lab for one of them alone */
    APART_TRANSFER /* many octets at once: their segments hang on memory and on real time */
};

enum {
    FORM_END = '\x1f'
};

struct event {
    uint64_t usec; /* the lane's clock: virtual for a model, real since its start for a kernel */
    uint32_t step; /* the step it belongs to; set by who keeps the trace */
    uint32_t line; /* of the lab, which it is done for; 0: none; likewise */
    uint8_t apart; /* enum apart; likewise */
    uint8_t kind;  /* event_kind */
    uint8_t lane;  /* lane_id */
    int8_t host;   /* 0 is A; -1: none */
    uint8_t cause; /* wire_cause; set by who keeps the trace */
    int32_t sock;  /* identity of the socket within its lane; -1: none */
    const uint8_t *text; /* octets sent or received, or words; valid during emit only */
    uint32_t text_len;
    const char *form; /* EV_SAY, EV_EXPECT, EV_DIFFERS: the formats that the words were made by,
                         with FORM_END between them, to tell them in another language; NULL: the
                         words are one fixed sentence, or the lab's. Valid during emit only */
    union {
        struct call call; /* without its text, which is the event's */
        struct {
            enum call_op op;
            struct call_result result;
            int32_t fd;
            int32_t asked;           /* recv: how many octets */
            enum sock_option option; /* getsockopt: result.ret is its value */
        } done;
        struct {
            int32_t fd;     /* -1: no descriptor (any more, or not yet) */
            int32_t parent; /* the listening socket it came from, or -1 */
            struct endpoint local, remote;
            char name[NAME_MAX_LEN]; /* as the lab calls it, or "" */
        } socket;
        struct {
            enum rule_id rule;
            uint8_t from, to, source;
            bool first; /* first seen in that state: from is the same */
        } state;        /* EV_RULE: from == to */
        struct {
            struct segment seg;
            uint32_t id; /* of this copy on its wire */
            uint32_t of; /* EV_DUPLICATED: the copied one; EV_SENT again: 0 */
            uint64_t due_usec;
            bool again;         /* EV_SENT: a retransmission */
            bool no_checksum;   /* with header: the field is not filled in (yet), by a card's work
                                   or on a loopback */
            uint8_t header_len; /* octets */
            const uint8_t *header; /* of TCP, with its options, as it stands on the wire; valid
                                      during emit only. NULL: the wire carries values */
        } wire;
        struct {
            uint64_t at_usec;
            uint8_t timer, change;
        } timer;
        enum tcp_notice notice;
        struct tcp_vars vars;
        struct {
            uint32_t line; /* of the lab */
            bool holds;
        } expect;
        struct {
            int64_t at[2]; /* the events of the trace that differ, of LANE_MODEL and LANE_KERNEL;
                            * -1: that lane has none */
        } differs;
        struct {
            struct segment seg;
            uint32_t id;
            uint64_t at_usec;
            uint8_t what, timer;
        } next;
    } u;
};

/* Where events go. `emit` must copy what it keeps. */
struct sink {
    void (*emit)(void *to, const struct event *event);
    void *to;
};

static inline void emit(const struct sink *sink, const struct event *event)
{
    if (sink && sink->emit)
        sink->emit(sink->to, event);
}

const char *event_kind_name(enum event_kind kind);
const char *lane_name(enum lane_id lane);
const char *source_name(enum state_source source);
/* "rule", "chance", or "" */
const char *cause_name(enum wire_cause cause);
const char *timer_name(enum timer_id timer);
const char *timer_change_name(enum timer_change change);
const char *tcp_notice_words(enum tcp_notice notice);

#endif
