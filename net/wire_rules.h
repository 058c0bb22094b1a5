/*
 * The rules and chances of a lab: what becomes of a segment by the time it is sent. They see each
 * segment that a host sends, retransmissions too; copies that the wire makes do not count.
 *
 * A chance depends on the seed, the host, the number of the segment among all that this host has
 * sent, and on what may happen: the n-th segment of A meets the same fate on every lane.
 */
#ifndef NET_WIRE_RULES_H
#define NET_WIRE_RULES_H

#include "net/lane.h"
#include "sim/lab.h"

enum {
    FATES_MAX = LAB_RULES_MAX /* of one segment */
};

struct wire_rule {
    uint16_t line;             /* index into the lab's lines */
    uint8_t lanes;             /* a bit for each lane that it is in force on */
    uint32_t seen[LANE_COUNT]; /* segments it is about, since then */
};

struct wire_rules {
    uint32_t sent[LANE_COUNT][LAB_HOSTS_MAX];
    uint32_t count;
    struct wire_rule rules[LAB_RULES_MAX];
};

/* What is to be done to a segment. */
struct fate {
    uint32_t id;
    enum wire_act act;
    enum wire_cause cause;
    uint64_t usec; /* WIRE_DELAY */
};

/* The line, a rule or a chance, is in force on a lane from now on. True: on no other one yet. */
bool wire_rules_add(struct wire_rules *rules, uint32_t line, enum lane_id lane);

/* Counts a segment (EV_SENT) and writes what becomes of it; how many fates that are. */
size_t wire_rules_see(struct wire_rules *rules, const struct lab *lab, uint64_t seed,
                      const struct event *sent, struct fate fates[FATES_MAX]);

/* Bits that look like chance (splitmix64). */
uint64_t wire_rules_mixed(uint64_t x);

/* What a line of a lab does to a segment: LAB_DROP is WIRE_DROP and so on. */
enum wire_act wire_act_of_kind(enum lab_kind kind);

#endif
