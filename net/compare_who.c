/*
 * Which socket and which connection of one lane is which of the other. Ports, addresses and
 * descriptors differ between lanes; the order in which a host makes its sockets, and opens its
 * connections, is the lab's.
 */
#include "net/compare_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    /* Numbers further than this from both beginnings belong to neither (the SEQ=0 of a RST). */
    FAR_AWAY = 1 << 26
};

static const struct seq far_seq = { 0x80000000u };

void side_free(struct compare_side *side)
{
    if (!side)
        return;
    free(side->socks);
    free(side->flows);
    free(side);
}

static struct flow *find_flow(struct compare_side *side, const struct endpoint *from,
                              const struct endpoint *to)
{
    for (size_t i = side->flow_count; i-- > 0;) {
        struct flow *flow = &side->flows[i];
        for (unsigned end = 0; end < 2; end++) {
            if (endpoint_eq(&flow->end[end], from) && endpoint_eq(&flow->end[1 - end], to))
                return flow;
        }
    }
    return NULL;
}

static struct flow *add_flow(struct compare *compare, struct compare_side *side, int host,
                             const struct endpoint *from, const struct endpoint *to)
{
    void *flows = side->flows;
    if (!compare_room(compare, &flows, &side->flow_cap, side->flow_count, sizeof *side->flows))
        return NULL;
    side->flows = flows;
    struct flow *flow = &side->flows[side->flow_count++];
    *flow = (struct flow){ .end = { *from, *to }, .opener = (int8_t)host };
    flow->ordinal = host < 0 ? side->unopened++ : side->opened[host]++;
    return flow;
}

static struct base *base_of(struct flow *flow, const struct endpoint *end)
{
    return &flow->base[endpoint_eq(&flow->end[0], end) ? 0 : 1];
}

struct flow *side_flow(struct compare *compare, struct compare_side *side,
                       const struct event *event)
{
    const struct segment *seg = &event->u.wire.seg;
    struct flow *old = find_flow(side, &seg->src, &seg->dst);
    bool opens = seg_has(seg, SYN) && !seg_has(seg, ACK);
    struct base *known = old ? base_of(old, &seg->src) : NULL;
    bool again = known && (!known->known[0] || seq_eq(known->isn[0], seg->seq));
    if (old && (!opens || again))
        return old;
    /* The same two ends once more: segments of the connection before may still be answered. */
    struct base before[2] = { { { false, false }, { { 0 }, { 0 } } } };
    for (unsigned end = 0; old && end < 2; end++) {
        const struct base *base = base_of(old, end == 0 ? &seg->src : &seg->dst);
        before[end].known[1] = base->known[0];
        before[end].isn[1] = base->isn[0];
    }
    struct flow *flow = add_flow(compare, side, event->host, &seg->src, &seg->dst);
    for (unsigned end = 0; flow && end < 2; end++)
        flow->base[end] = before[end];
    return flow;
}

static uint32_t distance(struct seq a, struct seq b)
{
    return seq_lt(a, b) ? seq_from(a, b) : seq_from(b, a);
}

/* Relative to the beginning that is nearer; without any, this is one. */
static struct seq relate(struct base *base, struct seq seq)
{
    uint32_t least = UINT32_MAX;
    struct seq related = far_seq;
    if (!base->known[0] && !base->known[1]) {
        base->known[1] = true;
        base->isn[1] = seq;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (base->known[i] && distance(seq, base->isn[i]) < least) {
            least = distance(seq, base->isn[i]);
            related = seq_of(seq.n - base->isn[i].n);
        }
    }
    return least <= FAR_AWAY ? related : far_seq;
}

/* That timestamps are not used is told with the SYN, and not with each segment behind it. */
static void relate_timestamps(struct flow *flow, struct item *item)
{
    struct segment *seg = &item->seg;
    item->has_clock = (seg->has & HAS_TIMESTAMPS) != 0;
    seg->ts_val = seg->ts_ecr = 0;
    if (seg_has(seg, SYN)) {
        flow->no_timestamps = flow->no_timestamps || !item->has_clock;
    } else {
        item->breaks_word = item->has_clock == flow->no_timestamps;
        seg->has &= (uint8_t)~HAS_TIMESTAMPS;
    }
}

enum {
    TIMESTAMPS_LEN = 12 /* octets of the option, filled up */
};

void flow_relate(struct flow *flow, struct item *item)
{
    struct segment *seg = &item->seg;
    struct base *ours = base_of(flow, &seg->src), *theirs = base_of(flow, &seg->dst);
    if (seg_has(seg, SYN)) {
        ours->known[0] = true;
        ours->isn[0] = seg->seq;
        flow->mss = flow->mss && flow->mss < seg->mss ? flow->mss : seg->mss;
    }
    uint32_t options = seg->has & HAS_TIMESTAMPS ? TIMESTAMPS_LEN : 0;
    item->is_full = seg->text_len > 0 && flow->mss > 0 && seg->text_len + options >= flow->mss;
    /* A RST at 0 answers what told no number to answer with: RFC 9293, 3.10.7.1. */
    bool at_zero = seg_has(seg, RST) && seg->seq.n == 0;
    seg->seq = at_zero ? far_seq : relate(ours, seg->seq);
    seg->ack = seg_has(seg, ACK) ? relate(theirs, seg->ack) : seq_of(0);
    for (unsigned i = 0; i < seg->sack_count; i++) {
        seg->sack[i].start = relate(theirs, seg->sack[i].start);
        seg->sack[i].end = relate(theirs, seg->sack[i].end);
    }
    if (!seg_has(seg, URG))
        seg->urgent = 0;
    relate_timestamps(flow, item);
}

struct known_sock *side_sock(struct compare *compare, struct compare_side *side, int host,
                             int32_t sock)
{
    void *socks = side->socks;
    for (size_t i = 0; i < side->sock_count; i++) {
        if (side->socks[i].host == host && side->socks[i].sock == sock)
            return &side->socks[i];
    }
    if (!compare_room(compare, &socks, &side->sock_cap, side->sock_count, sizeof *side->socks))
        return NULL;
    side->socks = socks;
    struct known_sock *known = &side->socks[side->sock_count++];
    *known = (struct known_sock){ .host = (int8_t)host, .sock = sock };
    known->key = (struct track_key){
        .kind = TRACK_STATES, .host = (int8_t)host, .opener = -1, .ordinal = side->made[host]++
    };
    return known;
}

/* A child is known by its connection, which was opened from outside. */
static void make_child(struct compare *compare, struct compare_side *side, struct known_sock *sock)
{
    struct flow *flow = find_flow(side, &sock->remote, &sock->local);
    if (!flow)
        flow = add_flow(compare, side, -1, &sock->remote, &sock->local);
    if (!flow)
        return;
    side->made[sock->host]--;
    sock->child = true;
    sock->key = (struct track_key){ .kind = TRACK_STATES_OF_CHILD,
                                    .host = sock->host,
                                    .opener = flow->opener,
                                    .ordinal = flow->ordinal };
}

void side_take_socket(struct compare *compare, struct compare_side *side, const struct event *event)
{
    size_t before = side->sock_count;
    struct known_sock *sock = side_sock(compare, side, event->host, event->sock);
    if (!sock)
        return;
    sock->local = event->u.socket.local;
    sock->remote = event->u.socket.remote;
    memcpy(sock->name, event->u.socket.name, sizeof sock->name);
    if (side->sock_count > before && event->u.socket.parent >= 0)
        make_child(compare, side, sock);
}

void side_label(const struct compare_side *side, int host, const struct segment *seg, char *text,
                size_t len)
{
    char letter = (char)('A' + host);
    for (size_t i = side->sock_count; i-- > 0;) {
        const struct known_sock *sock = &side->socks[i];
        if (sock->host == host && sock->name[0] && endpoint_eq(&sock->local, &seg->src) &&
            endpoint_eq(&sock->remote, &seg->dst)) {
            snprintf(text, len, "%c.%s", letter, sock->name);
            return;
        }
    }
    snprintf(text, len, "%c", letter);
}
