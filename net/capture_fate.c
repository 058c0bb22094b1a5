/*
 * For each segment the first of the other side that acknowledges it, the last before that, and the
 * next that carries its first octet again.
 */
#include "net/capture_fate.h"

#include <stdlib.h>

enum {
    LOOK_MAX = 256 /* segments looked at for a retransmission or a SACK block */
};

#define NONE UINT32_MAX

struct fates {
    const struct flow *flow;
    struct fate *fate;
    int64_t *acked[2];   /* [side][i]: the most that this side has acknowledged up to i */
    uint32_t *before[2]; /* [side][i]: the last segment of this side before i, or NONE */
    uint32_t *again[2];  /* segments of this side that repeat something, in order */
    uint32_t again_count[2];
};

static bool fates_begin(struct fates *fates, const struct flow *flow)
{
    *fates = (struct fates){ .flow = flow };
    fates->fate = calloc(flow->count + 1, sizeof fates->fate[0]);
    bool good = fates->fate != NULL;
    for (unsigned side = 0; side < 2; side++) {
        fates->acked[side] = calloc(flow->count + 1, sizeof(int64_t));
        fates->before[side] = calloc(flow->count + 1, sizeof(uint32_t));
        fates->again[side] = calloc(flow->count + 1, sizeof(uint32_t));
        good = good && fates->acked[side] && fates->before[side] && fates->again[side];
    }
    return good;
}

static void fates_end(struct fates *fates)
{
    for (unsigned side = 0; side < 2; side++) {
        free(fates->acked[side]);
        free(fates->before[side]);
        free(fates->again[side]);
    }
}

static void index_side(struct fates *fates, unsigned side)
{
    int64_t acked = -1;
    uint32_t last = NONE;
    for (uint32_t i = 0; i < fates->flow->count; i++) {
        const struct seen *seen = &fates->flow->seen[i];
        fates->before[side][i] = last;
        if (seen->from == side) {
            last = i;
            acked = seen->ack > acked ? seen->ack : acked;
            if (seen->marks & (MARK_AGAIN | MARK_FILLS | MARK_PROBE))
                fates->again[side][fates->again_count[side]++] = i;
        }
        fates->acked[side][i] = acked;
    }
    fates->before[side][fates->flow->count] = last;
}

/* The first segment from `peer` behind i whose side has acknowledged up to `end`; NONE. */
static uint32_t acked_at(const struct fates *fates, unsigned peer, uint32_t i, int64_t end)
{
    const int64_t *acked = fates->acked[peer];
    uint32_t low = i, high = fates->flow->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (acked[middle] >= end)
            high = middle;
        else
            low = middle + 1;
    }
    return low < fates->flow->count ? low : NONE;
}

/* The first of those that repeat something, of a side, which stands behind i: index into again. */
static uint32_t repeats_behind(const struct fates *fates, unsigned side, uint32_t i)
{
    uint32_t low = 0, high = fates->again_count[side];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (fates->again[side][middle] > i)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The next one behind i from the same side that carries its first octet. */
static uint32_t again_at(const struct fates *fates, uint32_t i)
{
    const struct seen *seen = &fates->flow->seen[i];
    const uint32_t *again = fates->again[seen->from];
    uint32_t count = fates->again_count[seen->from], low = repeats_behind(fates, seen->from, i);
    for (uint32_t looked = 0; low < count && looked < LOOK_MAX; low++, looked++) {
        const struct seen *other = &fates->flow->seen[again[low]];
        if (other->start <= seen->start && other->end > seen->start)
            return again[low];
    }
    return NONE;
}

/* Does a SACK block of the other side, sent between i and `until`, have all of it? RFC 2018, 3. */
static bool is_sacked(const struct fates *fates, uint32_t i, uint32_t until)
{
    const struct seen *seen = &fates->flow->seen[i];
    for (uint32_t at = i + 1; at < until && at - i < LOOK_MAX; at++) {
        const struct seen *other = &fates->flow->seen[at];
        for (unsigned k = 0; other->from != seen->from && k < other->seg.sack_count; k++) {
            if (seq_ge(seen->seg.seq, other->seg.sack[k].start) &&
                seq_le(seq_add(seen->seg.seq, seen->seg.text_len), other->seg.sack[k].end))
                return true;
        }
    }
    return false;
}

static struct fate arrives(uint32_t after)
{
    return (struct fate){ FATE_ARRIVES, after };
}

/* Does an ACK from `at` on tell of it as of text that came twice? RFC 2883, 4. */
static bool came_twice(const struct fates *fates, uint32_t i, uint32_t at)
{
    const struct seen *seen = &fates->flow->seen[i];
    for (uint32_t end = at + LOOK_MAX; at < fates->flow->count && at < end; at++) {
        const struct seen *other = &fates->flow->seen[at];
        const struct sack_block *block = other->seg.sack;
        if (other->from == seen->from || other->seg.sack_count == 0 ||
            seq_lt(seen->seg.seq, block[0].start) ||
            seq_gt(seq_add(seen->seg.seq, seen->seg.text_len), block[0].end))
            continue;
        if (seq_le(block[0].end, other->seg.ack) ||
            (other->seg.sack_count > 1 && seq_ge(block[0].start, block[1].start) &&
             seq_le(block[0].end, block[1].end)))
            return true;
    }
    return false;
}

/* An ACK of a SYN or FIN that its sender sends again afterwards has not come to it. */
static bool is_unheard(const struct fates *fates, uint32_t i)
{
    const struct seen *seen = &fates->flow->seen[i];
    unsigned peer = 1u - seen->from;
    uint32_t at = repeats_behind(fates, peer, i);
    if (seen->ack < 0 || seg_has(&seen->seg, RST))
        return false;
    for (uint32_t looked = 0; at < fates->again_count[peer] && looked < LOOK_MAX; at++, looked++) {
        const struct seen *other = &fates->flow->seen[fates->again[peer][at]];
        if (other->seg.flags & (SYN | FIN) && other->end <= seen->ack)
            return true;
    }
    return false;
}

static struct fate fate_of_empty(const struct fates *fates, uint32_t i)
{
    const struct seen *seen = &fates->flow->seen[i];
    if (seg_has(&seen->seg, RST) && seen->marks & MARK_BEYOND_WINDOW)
        return (struct fate){ FATE_REFUSED, 0 };
    return is_unheard(fates, i) ? (struct fate){ FATE_UNHEARD, 0 } : arrives(i);
}

/* A RST that answers this very segment: SEQ=SEG.ACK (RFC 9293, 3.10.7.1). */
static bool is_reset_by(const struct fates *fates, uint32_t i)
{
    const struct seen *seen = &fates->flow->seen[i];
    for (uint32_t at = i + 1; at < fates->flow->count && at - i < LOOK_MAX; at++) {
        const struct seen *other = &fates->flow->seen[at];
        if (other->from != seen->from && seg_has(&other->seg, RST) && seg_has(&seen->seg, ACK) &&
            seq_eq(other->seg.seq, seen->seg.ack))
            return true;
    }
    return false;
}

/* Text beyond the window, and an ACK behind it that does not have it. */
static bool is_refused(const struct fates *fates, uint32_t i, uint32_t until)
{
    const struct seen *seen = &fates->flow->seen[i];
    for (uint32_t at = i + 1; at < until && at - i < LOOK_MAX; at++) {
        const struct seen *other = &fates->flow->seen[at];
        if (other->from != seen->from && other->ack >= 0)
            return seen->marks & MARK_BEYOND_WINDOW && other->ack <= seen->start;
    }
    return false;
}

/* Text, SYN or FIN; `hole`: something before it is missing at its receiver. */
static struct fate fate_of_text(const struct fates *fates, uint32_t i, bool hole)
{
    const struct seen *seen = &fates->flow->seen[i];
    unsigned peer = 1u - seen->from;
    uint32_t acked = acked_at(fates, peer, i, seen->end), again = again_at(fates, i);
    if (acked == i) /* acknowledged before it was sent: sent again in vain */
        return arrives(i);
    if (again != NONE && came_twice(fates, i, again))
        return arrives(i);
    if (again != NONE && (acked == NONE || again < acked) && !is_sacked(fates, i, again))
        return (struct fate){ is_refused(fates, i, again) ? FATE_REFUSED : FATE_LOST, 0 };
    if (acked == NONE && !is_sacked(fates, i, fates->flow->count) && !is_reset_by(fates, i))
        return (struct fate){ FATE_UNKNOWN, 0 };
    uint32_t before = acked == NONE || hole ? NONE : fates->before[peer][acked];
    return arrives(before != NONE && before > i ? before : i);
}

struct fate *flow_fates(const struct flow *flow)
{
    struct fates fates;
    if (!fates_begin(&fates, flow)) {
        free(fates.fate);
        fates_end(&fates);
        return NULL;
    }
    int64_t hole[2] = { INT64_MAX, INT64_MAX }; /* the first octet that is missing */
    int64_t next[2] = { 0, 0 };                 /* behind all that was sent */
    uint32_t latest[2] = { 0, 0 };              /* segments of a side arrive in order */
    for (unsigned side = 0; side < 2; side++)
        index_side(&fates, side);
    for (uint32_t i = 0; i < flow->count; i++) {
        const struct seen *seen = &flow->seen[i];
        bool empty = seen->end == seen->start || seg_has(&seen->seg, RST);
        struct fate *fate = &fates.fate[i];
        if (seen->marks & MARK_AHEAD && next[seen->from] < hole[seen->from])
            hole[seen->from] = next[seen->from];
        if (!empty && seen->end > next[seen->from])
            next[seen->from] = seen->end;
        if (seen->marks & MARK_DUPLICATE)
            *fate = (struct fate){ FATE_COPY, 0 };
        else
            *fate = empty ? fate_of_empty(&fates, i)
                          : fate_of_text(&fates, i, hole[seen->from] < seen->start);
        if (fate->kind == FATE_LOST && seen->start < hole[seen->from])
            hole[seen->from] = seen->start;
        if (fate->kind != FATE_ARRIVES)
            continue;
        if (seen->start <= hole[seen->from] && seen->end > hole[seen->from])
            hole[seen->from] = INT64_MAX;
        fate->after = fate->after > latest[seen->from] ? fate->after : latest[seen->from];
        latest[seen->from] = fate->after;
    }
    fates_end(&fates);
    return fates.fate;
}
