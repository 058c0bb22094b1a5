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

#include <stddef.h>
#include <string.h>

/* The control bits, as they stand in the header. */
enum {
    FIN = 0x01,
    SYN = 0x02,
    RST = 0x04,
    PSH = 0x08,
    ACK = 0x10,
    URG = 0x20
};

/* The options that a segment has, besides the maximum segment size. */
enum {
    HAS_WSCALE = 1,         /* RFC 7323, 2 */
    HAS_SACK_PERMITTED = 2, /* RFC 2018, 2 */
    HAS_TIMESTAMPS = 4      /* RFC 7323, 3 */
};

enum protocol {
    SEGMENT_OF_TCP,
    SEGMENT_OF_UDP /* RFC 768: of the fields below only the ends and the text are its own */
};

enum {
    FLAGS_TEXT_MAX = 32,
    SACK_BLOCKS_MAX = 4, /* as many as 40 octets of options hold; 3 beside timestamps */
    WSCALE_MAX = 14
};

/* Octets from start up to but not with end, that came beyond a gap. RFC 2018, 3. */
struct sack_block {
    struct seq start, end;
};

struct segment {
    struct endpoint src, dst;
    struct seq seq;
    struct seq ack;   /* meaningful with ACK only */
    uint16_t wnd;     /* as it stands in the header: not yet scaled */
    uint16_t urgent;  /* the urgent pointer, meaningful with URG only */
    uint16_t mss;     /* the maximum segment size option; 0 where it is absent */
    uint8_t protocol; /* enum protocol */
    uint8_t flags;
    uint8_t has;    /* HAS_... */
    uint8_t wscale; /* with HAS_WSCALE */
    uint8_t sack_count;
    bool corrupted;          /* an octet was changed on its way: its checksum does not hold */
    uint32_t ts_val, ts_ecr; /* with HAS_TIMESTAMPS */
    uint32_t text_len;       /* octets */
    struct sack_block sack[SACK_BLOCKS_MAX]; /* sack_count of them: segments seldom have any */
};

/* A segment without anything else: a header of zeros. */
static inline void segment_begin(struct segment *seg, struct seq seq, unsigned flags)
{
    memset(seg, 0, offsetof(struct segment, sack));
    seg->seq = seq;
    seg->flags = (uint8_t)flags;
}

/* Copies what there is of a segment. */
static inline void segment_copy(struct segment *to, const struct segment *from)
{
    memcpy(to, from, offsetof(struct segment, sack));
    for (unsigned i = 0; i < from->sack_count; i++)
        to->sack[i] = from->sack[i];
}

static inline bool seg_has(const struct segment *seg, unsigned flags)
{
    return (seg->flags & flags) == flags;
}

/* SEG.LEN: the octets it takes of the sequence space, SYN and FIN included. RFC 9293, 3.4. */
static inline uint32_t seg_len(const struct segment *seg)
{
    return seg->text_len + (seg_has(seg, SYN) ? 1 : 0) + (seg_has(seg, FIN) ? 1 : 0);
}

/* Writes "SYN", "SYN,ACK", "FIN,ACK" or "none"; returns text. */
char *flags_text(unsigned flags, char *text, size_t len);

#endif
