/*
 * What comes in has arrived when it is seen, and so has all on a loopback. What goes out to another
 * machine has arrived, as far as can be known here, when an acknowledgement of it has come.
 */
#include "ui/tui/segments_seen.h"

#include "net/clock.h"
#include "net/names.h"
#include "net/sniff.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPEN_MAX_HERE = 256, /* segments that went out and were not acknowledged yet */
    A_SECOND = 500,  /* segments told, and as many at once: an exchange is whole, a flood is not */
    TEXT_MOST = 256, /* octets of a text that are told; of a longer one none are */
    HEADER_MAX = 60,
    WAYS = 1024,
    SAY_USEC = 1000000
};

struct gone_out {
    uint32_t id; /* 0: none */
    struct sniffed as;
    uint8_t header[HEADER_MAX]; /* as.header, where that is not NULL */
};

/* One direction of a connection: how far its text has been seen. */
struct way {
    struct endpoint from, to; /* port 0: none */
    struct seq end;
};

struct segments_seen {
    struct sniff *sniff;
    struct told *told; /* these two while segments are taken */
    const struct sink *sink;
    unsigned now;           /* told in this go */
    unsigned may;           /* be told, before they are too many */
    uint64_t may_usec;      /* as of then */
    unsigned long left_out; /* of ours, since it was said last */
    unsigned long dropped;  /* of anybody's, likewise */
    uint64_t said_usec;
    uint32_t last_id;
    struct gone_out out[OPEN_MAX_HERE]; /* by their ids */
    struct way ways[WAYS];              /* by their ports; another one may have the place since */
};

struct segments_seen *segments_seen_open(struct net_error *error)
{
    struct segments_seen *seen = calloc(1, sizeof *seen);
    *error = (struct net_error){ .operation = "calloc", .err = ENOMEM };
    if (!seen)
        return NULL;
    seen->sniff = sniff_open(error);
    if (seen->sniff)
        return seen;
    free(seen);
    return NULL;
}

void segments_seen_close(struct segments_seen *seen)
{
    if (!seen)
        return;
    sniff_close(seen->sniff);
    free(seen);
}

static void tell(struct segments_seen *seen, enum event_kind kind, int host, uint32_t id,
                 const struct sniffed *sniffed, uint64_t usec, bool again)
{
    uint64_t began = told_began(seen->told);
    struct event event = { .usec = usec > began ? usec - began : 0,
                           .kind = (uint8_t)kind,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = -1 };
    if (sniffed->text && sniffed->seg.text_len <= TEXT_MOST) {
        event.text = sniffed->text;
        event.text_len = sniffed->seg.text_len;
    }
    event.u.wire.seg = sniffed->seg;
    event.u.wire.id = id;
    event.u.wire.header = sniffed->header;
    event.u.wire.header_len = sniffed->header_len;
    event.u.wire.no_checksum = sniffed->no_checksum;
    event.u.wire.again = again;
    emit(seen->sink, &event);
}

/* An acknowledgement that came in: what it covers of its connection has arrived there. */
static void heed_ack(struct segments_seen *seen, const struct sniffed *came)
{
    const struct segment *ack = &came->seg;
    if (!(ack->flags & ACK))
        return;
    for (unsigned i = 0; i < OPEN_MAX_HERE; i++) {
        struct gone_out *out = &seen->out[i];
        const struct segment *seg = &out->as.seg;
        if (out->id == 0 || !endpoint_eq(&seg->src, &ack->dst) ||
            !endpoint_eq(&seg->dst, &ack->src) ||
            !seq_le(seq_add(seg->seq, seg_len(seg)), ack->ack))
            continue;
        tell(seen, EV_DELIVERED, 1, out->id, &out->as, came->usec, false);
        out->id = 0;
    }
}

/* Does it begin before what was seen already? A SYN of another number
 * begins anew. */
static bool is_again(struct segments_seen *seen, const struct segment *seg)
{
    struct way *way = &seen->ways[(seg->src.port * 31u + seg->dst.port) % WAYS];
    struct seq end = seq_add(seg->seq, seg_len(seg));
    bool known = endpoint_eq(&way->from, &seg->src) && endpoint_eq(&way->to, &seg->dst);
    if (seg_len(seg) == 0)
        return false;
    if (seg->flags & SYN) /* nothing came behind it yet, or it is of another connection */
        known = known && seq_eq(end, way->end);
    bool again = known && seq_lt(seg->seq, way->end);
    if (!known)
        *way = (struct way){ .from = seg->src, .to = seg->dst, .end = end };
    else if (seq_lt(way->end, end))
        way->end = end;
    return again;
}

/* Its text is not kept. */
static void keep(struct segments_seen *seen, uint32_t id, const struct sniffed *sniffed)
{
    struct gone_out *out = &seen->out[id % OPEN_MAX_HERE];
    *out = (struct gone_out){ .id = id, .as = *sniffed };
    out->as.text = NULL;
    if (!sniffed->header || sniffed->header_len > HEADER_MAX)
        out->as.header = NULL;
    else
        out->as.header = memcpy(out->header, sniffed->header, sniffed->header_len);
}

static void on_segment(void *to, const struct sniffed *sniffed)
{
    struct segments_seen *seen = to;
    const struct segment *seg = &sniffed->seg;
    bool goes_out = told_knows(seen->told, &seg->src, &seg->dst);
    if (!goes_out && !told_knows(seen->told, &seg->dst, &seg->src))
        return;
    if (seen->may == 0) {
        seen->left_out++;
        return;
    }
    seen->may--;
    seen->now++;
    uint32_t id = ++seen->last_id;
    bool has_come = !goes_out || ip_is_loopback(&seg->dst.ip) || ip_eq(&seg->src.ip, &seg->dst.ip);
    if (!goes_out)
        heed_ack(seen, sniffed);
    tell(seen, EV_SENT, goes_out ? 0 : 1, id, sniffed, sniffed->usec, is_again(seen, seg));
    if (has_come)
        tell(seen, EV_DELIVERED, goes_out ? 1 : 0, id, sniffed, sniffed->usec, false);
    else if (seg_len(seg) > 0)
        keep(seen, id, sniffed);
}

/* Not more often than once a second, and only while any of ours pass: what was dropped before it
 * was looked at may have been anybody's. */
static void say_left_out(struct segments_seen *seen)
{
    char words[160];
    uint64_t now = clock_usec(), began = told_began(seen->told);
    if (seen->left_out + seen->dropped == 0 || seen->now == 0 || now - seen->said_usec < SAY_USEC)
        return;
    if (seen->left_out > 0)
        snprintf(words, sizeof words,
                 tr_n("(%lu segment more has passed: too many for the ladder)",
                      "(%lu segments more have passed: too many for the ladder)", seen->left_out),
                 seen->left_out);
    else
        snprintf(words, sizeof words,
                 tr_n("(%lu segment of this machine came too fast to be looked at)",
                      "(%lu segments of this machine came too fast to be looked at)",
                      seen->dropped),
                 seen->dropped);
    seen->said_usec = now;
    seen->left_out = seen->dropped = 0;
    struct event event = { .usec = now - began,
                           .kind = EV_SAY,
                           .lane = LANE_KERNEL,
                           .host = -1,
                           .sock = -1,
                           .text = (const uint8_t *)words,
                           .text_len = (uint32_t)strlen(words) };
    emit(seen->sink, &event);
}

/* So many a second, no more than those of one second together. */
static void allow(struct segments_seen *seen)
{
    uint64_t now = clock_usec(), more = (now - seen->may_usec) * A_SECOND / SAY_USEC;
    if (more == 0)
        return;
    seen->may = seen->may + more < A_SECOND ? seen->may + (unsigned)more : A_SECOND;
    seen->may_usec = now;
}

void segments_seen_take(struct segments_seen *seen, struct told *told, const struct sink *sink)
{
    seen->told = told;
    seen->sink = sink;
    seen->now = 0;
    allow(seen);
    uint64_t dropped = sniff_drain(seen->sniff, on_segment, seen);
    if (told_count(told) > 0)
        seen->dropped += (unsigned long)dropped;
    say_left_out(seen);
}
