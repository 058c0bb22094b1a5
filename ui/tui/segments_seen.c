/*
 * What comes in has arrived when it is seen, and so has all on a loopback. What goes out to another
 * machine has arrived, as far as can be known here, when an acknowledgement of it has come; of
 * several copies of the same octets the one that it is likely to be for, and of the others nothing
 * is known.
 */
#include "ui/tui/segments_seen.h"

#include "net/clock.h"
#include "net/names.h"
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
    RANGES = 8,     /* of a way that are known, and one more while another is added */
    NEAR = 1 << 30, /* octets: no window is larger (RFC 7323, 2.3), and so far numbers compare */
    SAY_USEC = 1000000
};

struct gone_out {
    uint32_t id;      /* 0: none */
    struct seq acked; /* so far, */
    bool arrived;     /* and some of that was of this copy */
    struct sniffed as;
    uint8_t header[HEADER_MAX]; /* as.header, where that is not NULL */
};

/* One direction of a connection: what has been seen of its text. */
struct way {
    struct endpoint from, to; /* port 0: none */
    bool began;               /* with a SYN that was seen, */
    struct seq syn;           /* of this number */
    unsigned count;
    struct sack_block seen[RANGES + 1]; /* in their order, with gaps between */
};

struct segments_seen {
    struct sniff *sniff; /* NULL: the source is somebody else's */
    struct segments_source source;
    struct told *told; /* these two while segments are taken */
    const struct sink *sink;
    unsigned may;           /* be told, before they are too many */
    uint64_t may_usec;      /* as of then */
    unsigned long left_out; /* of ours, since it was said last */
    unsigned long dropped;  /* of anybody's, likewise */
    bool had_sockets;       /* when segments were taken last */
    uint64_t said_usec;
    uint32_t last_id;
    unsigned open;                      /* of `out` that are in use */
    struct gone_out out[OPEN_MAX_HERE]; /* by their ids */
    struct way ways[WAYS];              /* by their ports; another one may have the place since */
};

struct segments_seen *segments_seen_of(struct segments_source source)
{
    struct segments_seen *seen = calloc(1, sizeof *seen);
    if (seen)
        seen->source = source;
    return seen;
}

static uint64_t drain(void *of, sniff_take *take, void *to)
{
    return sniff_drain(of, take, to);
}

struct segments_seen *segments_seen_open(struct net_error *error)
{
    struct sniff *sniff = sniff_open(error);
    if (!sniff)
        return NULL;
    struct segments_seen *seen =
        segments_seen_of((struct segments_source){ .drain = drain, .of = sniff });
    if (seen) {
        seen->sniff = sniff;
        return seen;
    }
    sniff_close(sniff);
    *error = (struct net_error){ .operation = "calloc", .err = ENOMEM };
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

/* ---- what went out, and is acknowledged */

static struct seq end_of(const struct segment *seg)
{
    return seq_add(seg->seq, seg_len(seg));
}

static bool goes_from_to(const struct gone_out *out, const struct endpoint *src,
                         const struct endpoint *dst)
{
    return out->id != 0 && endpoint_eq(&out->as.seg.src, src) && endpoint_eq(&out->as.seg.dst, dst);
}

static void let_go(struct segments_seen *seen, struct gone_out *out)
{
    out->id = 0;
    seen->open--;
}

/* Was the acknowledgement made after this copy had gone out? RFC 3522, 3.2: by the timestamp that
 * it echoes; where there is none, it may have been. */
static bool may_be_for(const struct segment *ack, const struct segment *copy)
{
    return !(ack->has & copy->has & HAS_TIMESTAMPS) ||
           seq_le(seq_of(copy->ts_val), seq_of(ack->ts_ecr));
}

/* Of two copies: is it rather for this one? */
static bool is_rather_for(const struct segment *ack, const struct gone_out *one,
                          const struct gone_out *other)
{
    bool may_one = may_be_for(ack, &one->as.seg), may_other = may_be_for(ack, &other->as.seg);
    return may_one != may_other ? may_one : one->id > other->id;
}

/* Are there copies of all these octets that it is rather for? */
static bool is_for_others(const struct segments_seen *seen, const struct segment *ack,
                          const struct gone_out *out, struct seq at, struct seq end)
{
    while (seq_lt(at, end)) {
        struct seq reached = at;
        for (unsigned i = 0; i < OPEN_MAX_HERE; i++) {
            const struct gone_out *other = &seen->out[i];
            const struct segment *seg = &other->as.seg;
            if (other != out && goes_from_to(other, &ack->dst, &ack->src) && seq_le(seg->seq, at) &&
                seq_lt(reached, end_of(seg)) && is_rather_for(ack, other, out))
                reached = end_of(seg);
        }
        if (seq_eq(reached, at))
            return false;
        at = reached;
    }
    return true;
}

static void heed_for(const struct segments_seen *seen, const struct segment *ack,
                     struct gone_out *out)
{
    struct seq end = end_of(&out->as.seg);
    struct seq upto = seq_lt(ack->ack, end) ? ack->ack : end;
    if (seq_le(upto, out->acked))
        return;
    out->arrived |= !is_for_others(seen, ack, out, out->acked, upto);
    out->acked = upto;
}

/* An acknowledgement that came in: what it covers of its connection has arrived there. */
static void heed_ack(struct segments_seen *seen, const struct sniffed *came)
{
    const struct segment *ack = &came->seg;
    if (!(ack->flags & ACK) || seen->open == 0)
        return;
    for (unsigned i = 0; i < OPEN_MAX_HERE; i++) {
        if (goes_from_to(&seen->out[i], &ack->dst, &ack->src))
            heed_for(seen, ack, &seen->out[i]);
    }
    for (unsigned i = 0; i < OPEN_MAX_HERE; i++) {
        struct gone_out *out = &seen->out[i];
        if (!goes_from_to(out, &ack->dst, &ack->src) || !seq_eq(out->acked, end_of(&out->as.seg)))
            continue;
        if (out->arrived)
            tell(seen, EV_DELIVERED, 1, out->id, &out->as, came->usec, false);
        let_go(seen, out);
    }
}

/* A copy goes out that is not told: which of them arrives will not be known. */
static void lose_copies(struct segments_seen *seen, const struct segment *seg)
{
    for (unsigned i = 0; i < OPEN_MAX_HERE; i++) {
        struct gone_out *out = &seen->out[i];
        if (goes_from_to(out, &seg->src, &seg->dst) && seq_lt(out->as.seg.seq, end_of(seg)) &&
            seq_lt(seg->seq, end_of(&out->as.seg)))
            let_go(seen, out);
    }
}

/* Its text is not kept. */
static void keep(struct segments_seen *seen, uint32_t id, const struct sniffed *sniffed)
{
    struct gone_out *out = &seen->out[id % OPEN_MAX_HERE];
    seen->open += out->id == 0;
    *out = (struct gone_out){ .id = id, .acked = sniffed->seg.seq, .as = *sniffed };
    out->as.text = NULL;
    if (!sniffed->header || sniffed->header_len > HEADER_MAX)
        out->as.header = NULL;
    else
        out->as.header = memcpy(out->header, sniffed->header, sniffed->header_len);
}

/* ---- what was seen before */

/* Of the connection that the way was seen of? A SYN of another number begins anew, and so does what
 * is too far away to be of it. */
static bool goes_on(const struct way *way, const struct segment *seg)
{
    if (way->count == 0 || !endpoint_eq(&way->from, &seg->src) || !endpoint_eq(&way->to, &seg->dst))
        return false;
    if (seg->flags & SYN)
        return way->began && seq_eq(way->syn, seg->seq);
    struct seq end = way->seen[way->count - 1].end;
    return seq_from(end, seg->seq) < NEAR || seq_from(seg->seq, end) < NEAR;
}

static bool has_seen(const struct way *way, struct seq start, struct seq end)
{
    for (unsigned i = 0; i < way->count; i++) {
        if (seq_lt(way->seen[i].start, end) && seq_lt(start, way->seen[i].end))
            return true;
    }
    return false;
}

static void forget_first(struct way *way)
{
    way->count--;
    memmove(&way->seen[0], &way->seen[1], way->count * sizeof way->seen[0]);
}

/* Where there are too many gaps, what is farthest back is forgotten: then it is not told that it
 * comes again, which is less wrong than telling it of what does not. */
static void see(struct way *way, struct sack_block range)
{
    struct sack_block *seen = way->seen;
    unsigned at = 0, behind;
    while (at < way->count && seq_lt(seen[at].end, range.start))
        at++;
    for (behind = at; behind < way->count && seq_le(seen[behind].start, range.end); behind++) {
        if (seq_lt(seen[behind].start, range.start))
            range.start = seen[behind].start;
        if (seq_lt(range.end, seen[behind].end))
            range.end = seen[behind].end;
    }
    memmove(&seen[at + 1], &seen[behind], (way->count - behind) * sizeof seen[0]);
    way->count = at + 1 + way->count - behind;
    seen[at] = range;
    if (way->count > RANGES)
        forget_first(way);
}

/* Numbers that are farther back than any window come to be those of octets to come. */
static void forget_old(struct way *way)
{
    struct seq oldest = seq_of(way->seen[way->count - 1].end.n - NEAR);
    while (seq_lt(way->seen[0].end, oldest))
        forget_first(way);
    if (seq_lt(way->seen[0].start, oldest))
        way->seen[0].start = oldest;
}

/* Was any of it seen before? What goes out is in its order, so that there all is again that begins
 * before the end; what comes in may have been overtaken on its way. */
static bool is_again(struct segments_seen *seen, const struct segment *seg, bool goes_out)
{
    struct way *way = &seen->ways[(seg->src.port * 31u + seg->dst.port) % WAYS];
    bool again = false;
    if (seg_len(seg) == 0)
        return false;
    if (!goes_on(way, seg))
        *way = (struct way){
            .from = seg->src, .to = seg->dst, .began = seg->flags & SYN, .syn = seg->seq
        };
    else if (goes_out || seg->flags & SYN)
        again = seq_lt(seg->seq, way->seen[way->count - 1].end);
    else
        again = has_seen(way, seg->seq, end_of(seg));
    see(way, (struct sack_block){ .start = seg->seq, .end = end_of(seg) });
    forget_old(way);
    return again;
}

/* ---- segments */

static void on_segment(void *to, const struct sniffed *sniffed)
{
    struct segments_seen *seen = to;
    const struct segment *seg = &sniffed->seg;
    bool goes_out = told_knows(seen->told, &seg->src, &seg->dst);
    if (!goes_out && !told_knows(seen->told, &seg->dst, &seg->src))
        return;
    bool again = is_again(seen, seg, goes_out);
    bool has_come = !goes_out || ip_is_loopback(&seg->dst.ip) || ip_eq(&seg->src.ip, &seg->dst.ip);
    if (!goes_out)
        heed_ack(seen, sniffed);
    if (seen->may == 0) {
        seen->left_out++;
        if (again && !has_come)
            lose_copies(seen, seg);
        return;
    }
    seen->may--;
    uint32_t id = ++seen->last_id;
    tell(seen, EV_SENT, goes_out ? 0 : 1, id, sniffed, sniffed->usec, again);
    if (has_come)
        tell(seen, EV_DELIVERED, goes_out ? 1 : 0, id, sniffed, sniffed->usec, false);
    else if (seg_len(seg) > 0)
        keep(seen, id, sniffed);
}

/* ---- what is left out */

static void say(struct segments_seen *seen, uint64_t now, const char *words)
{
    struct event event = { .usec = now - told_began(seen->told),
                           .kind = EV_SAY,
                           .lane = LANE_KERNEL,
                           .host = -1,
                           .sock = -1,
                           .text = (const uint8_t *)words,
                           .text_len = (uint32_t)strlen(words) };
    emit(seen->sink, &event);
}

/* Not more often than once a second, and then also where nothing passes any more. */
static void say_left_out(struct segments_seen *seen)
{
    char words[160];
    uint64_t now = clock_usec();
    if (seen->left_out + seen->dropped == 0 || now - seen->said_usec < SAY_USEC)
        return;
    seen->said_usec = now;
    if (seen->left_out > 0) {
        snprintf(words, sizeof words,
                 tr_n("(%lu segment more has passed: too many for the ladder)",
                      "(%lu segments more have passed: too many for the ladder)", seen->left_out),
                 seen->left_out);
        seen->left_out = 0;
        say(seen, now, words);
    }
    if (seen->dropped > 0) {
        snprintf(words, sizeof words,
                 tr_n("(%lu segment of this machine came too fast to be looked at)",
                      "(%lu segments of this machine came too fast to be looked at)",
                      seen->dropped),
                 seen->dropped);
        seen->dropped = 0;
        say(seen, now, words);
    }
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

/* What was dropped before it was looked at may have been anybody's, of ours as well where there are
 * sockets, or were before. */
void segments_seen_take(struct segments_seen *seen, struct told *told, const struct sink *sink)
{
    bool has_sockets = told_count(told) > 0;
    seen->told = told;
    seen->sink = sink;
    allow(seen);
    uint64_t dropped = seen->source.drain(seen->source.of, on_segment, seen);
    if (has_sockets || seen->had_sockets)
        seen->dropped += (unsigned long)dropped;
    seen->had_sockets = has_sockets;
    say_left_out(seen);
}
