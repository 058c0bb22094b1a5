/*
 * Which direction of which connection begins where.
 */
#include "ui/numbering.h"

static int find(const struct numbering *numbering, const struct endpoint *src,
                const struct endpoint *dst)
{
    unsigned kept = numbering->count < NUMBERING_MAX ? numbering->count : NUMBERING_MAX;
    for (unsigned i = 0; i < kept; i++) {
        if (endpoint_eq(&numbering->seen[i].src, src) && endpoint_eq(&numbering->seen[i].dst, dst))
            return (int)i;
    }
    return -1;
}

void numbering_learn(struct numbering *numbering, const struct event *event)
{
    const struct segment *seg = &event->u.wire.seg;
    if (event->kind != EV_SENT || !seg_has(seg, SYN))
        return;
    int at = find(numbering, &seg->src, &seg->dst);
    unsigned slot = at >= 0 ? (unsigned)at : numbering->count++ % NUMBERING_MAX;
    numbering->seen[slot].src = seg->src;
    numbering->seen[slot].dst = seg->dst;
    numbering->seen[slot].isn = seg->seq;
    numbering->seen[slot].scales = (seg->has & HAS_WSCALE) != 0;
    numbering->seen[slot].shift = seg->wscale;
}

uint32_t numbering_seq(const struct numbering *numbering, const struct segment *seg)
{
    int at = find(numbering, &seg->src, &seg->dst);
    return at < 0 ? seg->seq.n : seq_from(numbering->seen[at].isn, seg->seq);
}

uint32_t numbering_ack(const struct numbering *numbering, const struct segment *seg)
{
    int at = find(numbering, &seg->dst, &seg->src);
    return at < 0 ? seg->ack.n : seq_from(numbering->seen[at].isn, seg->ack);
}

int numbering_shift(const struct numbering *numbering, const struct segment *seg)
{
    int there = find(numbering, &seg->src, &seg->dst), back = find(numbering, &seg->dst, &seg->src);
    if (seg_has(seg, SYN))
        return 0;
    if (there < 0 || back < 0)
        return -1;
    bool agreed = numbering->seen[there].scales && numbering->seen[back].scales;
    return agreed ? numbering->seen[there].shift : 0;
}
