/*
 * What the tests of captures stand on: connections written segment by segment, as packets, and what
 * is told of them.
 */
#ifndef TESTS_CAPTURED_H
#define TESTS_CAPTURED_H

#include "net/capture_replay.h"

enum {
    A = 0,
    B = 1,
    ISN_A = 1000,
    ISN_B = 70000,
    NO_WINDOW = 0x100, /* among a step's flags: its window is zero */
    PACKET_ROOM = 9000,
    LINK_COUNT = 9
};

/* A segment of a captured connection, numbers relative. */
struct step {
    int from;
    unsigned flags; /* 0: it stands behind the last step */
    uint32_t seq, ack, len;
    unsigned msec;
    unsigned port; /* of A; 0: 40000 */
};

/* Three segments open, at 0, 1 and 2 ms; and what stands behind the last step. */
#define OPENS                                                                                      \
    { A, SYN, 0, 0, 0, 0, 0 }, { B, SYN | ACK, 0, 1, 0, 1, 0 },                                    \
    {                                                                                              \
        A, ACK, 1, 1, 0, 2, 0                                                                      \
    }

#define END                                                                                        \
    {                                                                                              \
        0, 0, 0, 0, 0, 0, 0                                                                        \
    }

struct segment step_segment(const struct step *step);
/* The step as a packet; its length. */
size_t step_octets(const struct step *step, uint8_t octets[PACKET_ROOM]);

/* The connections that so many steps make; one step more of them. */
struct flows *flows_of(const struct step *steps);
void flows_step(struct flows *flows, const struct step *step, uint64_t number);

/* One connection and what is told of it. */
struct tale {
    struct flows *flows;
    struct trace trace;
};

/* Of the first connection; of any. */
struct tale tale_of(const struct step *steps);
void tale_replay(struct tale *tale, const struct flow *flow);
void tale_free(struct tale *tale);

bool tale_says(const struct tale *tale, enum event_kind kind, const char *part);
bool tale_took(const struct tale *tale, int host, enum rule_id rule);
unsigned tale_count(const struct tale *tale, enum event_kind kind);

/* Checks the states that both ends went through, as "SYN-SENT ESTABLISHED ". */
void tale_went(const struct tale *tale, const char *a, const char *b);

/* What stands before a packet, on each kind of link. */
struct link_header {
    int link;
    size_t len;
    const char *octets;
};

extern const struct link_header link_headers[LINK_COUNT];

#endif
