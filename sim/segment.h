/*
 * A segment: the header fields that the model works with. RFC 9293, 3.1.
 *
 * The text itself travels beside it as a pointer, so that a segment is a plain value which can be
 * stored on the wire, copied with its world and put into an event.
 */
#ifndef SIM_SEGMENT_H
#define SIM_SEGMENT_H

#include "sim/endpoint.h"
#include "sim/seq.h"

/* The control bits, as they stand in the header. */
enum {
    FIN = 0x01,
    SYN = 0x02,
    RST = 0x04,
    PSH = 0x08,
    ACK = 0x10,
    URG = 0x20
};

enum {
    FLAGS_TEXT_MAX = 32
};

struct segment {
    struct endpoint src, dst;
    struct seq seq;
    struct seq ack; /* meaningful with ACK only */
    uint16_t wnd;
    uint16_t mss; /* the maximum segment size option; 0 where it is absent */
    uint8_t flags;
    uint32_t text_len; /* octets */
};

static inline bool seg_has(const struct segment *seg, unsigned flags)
{
    return (seg->flags & flags) == flags;
}

/* SEG.LEN: the octets it takes of the sequence space, SYN and FIN included. RFC 9293, 3.4. */
uint32_t seg_len(const struct segment *seg);

/* Writes "SYN", "SYN,ACK", "FIN,ACK" or "none"; returns text. */
char *flags_text(unsigned flags, char *text, size_t len);

#endif
