/*
 * What was done on both lanes, side by side: the same is taken off both queues; what is not is
 * looked for a few places ahead, so that one segment too many is one difference and what follows
 * it is compared with what it belongs to.
 */
#include "net/compare_parts.h"

#include <stdlib.h>

enum {
    LOOK_AHEAD = 8 /* items of either lane */
};

struct track *track_of(struct compare *compare, const struct track_key *key)
{
    void *tracks = compare->tracks;
    for (size_t i = 0; i < compare->track_count; i++) {
        const struct track_key *has = &compare->tracks[i].key;
        if (has->kind == key->kind && has->host == key->host && has->opener == key->opener &&
            has->ordinal == key->ordinal)
            return &compare->tracks[i];
    }
    if (!compare_room(compare, &tracks, &compare->track_cap, compare->track_count,
                      sizeof *compare->tracks))
        return NULL;
    compare->tracks = tracks;
    struct track *track = &compare->tracks[compare->track_count++];
    *track = (struct track){ .key = *key };
    return track;
}

void track_free(struct track *track)
{
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        free(track->of[lane].items);
        free(track->owed[lane].items);
    }
}

static size_t left(const struct queue *queue)
{
    return queue->count - queue->first;
}

static struct item *at(struct queue *queue, size_t i)
{
    return &queue->items[queue->first + i];
}

static bool push(struct compare *compare, struct queue *queue, const struct item *item)
{
    void *items = queue->items;
    if (queue->first == queue->count)
        queue->first = queue->count = 0;
    if (!compare_room(compare, &items, &queue->cap, queue->count, sizeof *queue->items))
        return false;
    queue->items = items;
    queue->items[queue->count++] = *item;
    return true;
}

/* Does the other lane acknowledge as much, by now? */
static bool is_covered(const struct track *track, unsigned other, const struct item *item)
{
    return track->has_acked[other] && seq_ge(seq_of(track->acked[other]), item->seg.ack);
}

/* Is it the second of two ACKs, where the other lane's only one was sent when what this answers
 * had arrived there, too? Then it is the first that was only delayed. */
static bool was_answered_late(const struct track *track, unsigned lane, const struct item *item)
{
    const struct item *ours = &track->met[lane], *theirs = &track->met[1 - lane];
    return track->has_met && ours->acks_news && segments_same(ours, item) &&
           ours->arrivals < item->arrivals && theirs->arrivals >= item->arrivals;
}

/* May this be missing on the other lane? An ACK may come with what is sent later, or have come
 * before; whether it does may not be known yet. */
static bool may_be_missing(struct compare *compare, struct track *track, unsigned lane,
                           const struct item *item)
{
    if (item->beyond) {
        compare->allowed[ALLOWED_AFTER_LAB]++;
    } else if (item->rule == ABORT_FORGETS && track->key.kind != TRACK_SEGMENTS) {
        compare->allowed[ALLOWED_UNSEEN_STATE]++;
    } else if (item->moves_window) {
        compare->allowed[ALLOWED_WINDOW_UPDATE]++;
    } else if (was_answered_late(track, lane, item)) {
        compare->allowed[ALLOWED_DELAYED_ACK]++;
    } else if (item->acks_news) {
        if (is_covered(track, 1 - lane, item))
            compare->allowed[ALLOWED_DELAYED_ACK]++;
        else
            return push(compare, &track->owed[lane], item);
    } else {
        return false;
    }
    return true;
}

/* Leaves in the first `count` items those that the other lane has to have; returns how many. */
static size_t sift(struct compare *compare, struct track *track, unsigned lane, size_t count)
{
    struct queue *queue = &track->of[lane];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!may_be_missing(compare, track, lane, at(queue, i)))
            *at(queue, kept++) = *at(queue, i);
    }
    return kept;
}

/* The first items of both lanes have nothing in common: each is told, in pairs as far as it
 * goes, and they are gone. `at_end`: nothing comes behind them, and a row of them is one thing. */
static void tell_gap(struct compare *compare, struct track *track, const size_t count[],
                     bool at_end)
{
    size_t kept[COMPARED_LANES], pairs;
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++)
        kept[lane] = sift(compare, track, lane, count[lane]);
    pairs = kept[LANE_MODEL] < kept[LANE_KERNEL] ? kept[LANE_MODEL] : kept[LANE_KERNEL];
    for (size_t i = 0; i < pairs; i++)
        tell_other(compare, track, at(&track->of[LANE_MODEL], i), at(&track->of[LANE_KERNEL], i));
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        for (size_t i = pairs; i < kept[lane]; i++) {
            tell_missing(compare, track, lane, at(&track->of[lane], i),
                         at_end ? kept[lane] - i - 1 : 0);
            if (at_end)
                break;
        }
        track->of[lane].first += count[lane];
    }
}

/* Finds what both lanes have, with as little as possible before it. */
static bool find_same(struct track *track, size_t found[])
{
    struct queue *model = &track->of[LANE_MODEL], *kernel = &track->of[LANE_KERNEL];
    for (size_t sum = 0; sum <= 2 * LOOK_AHEAD; sum++) {
        for (size_t i = 0; i <= sum; i++) {
            if (i < left(model) && sum - i < left(kernel) &&
                segments_same(at(model, i), at(kernel, sum - i))) {
                found[LANE_MODEL] = i;
                found[LANE_KERNEL] = sum - i;
                return true;
            }
        }
    }
    return false;
}

/* ACKs that the other lane has come to by now were only delayed. */
static void settle_owed(struct compare *compare, struct track *track)
{
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        struct queue *owed = &track->owed[lane];
        while (left(owed) > 0 && is_covered(track, 1 - lane, at(owed, 0))) {
            compare->allowed[ALLOWED_DELAYED_ACK]++;
            owed->first++;
        }
    }
}

static void meet_segment(struct compare *compare, struct track *track)
{
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++)
        track->met[lane] = *at(&track->of[lane], 0);
    allow_values(compare, &track->met[LANE_MODEL], &track->met[LANE_KERNEL]);
    track->has_met = true;
    track->of[LANE_MODEL].first++;
    track->of[LANE_KERNEL].first++;
}

static void align_segments(struct compare *compare, struct track *track)
{
    static const size_t one_each[COMPARED_LANES] = { 1, 1 };
    struct queue *model = &track->of[LANE_MODEL], *kernel = &track->of[LANE_KERNEL];
    size_t before[COMPARED_LANES];
    while (left(model) > 0 && left(kernel) > 0) {
        if (find_same(track, before)) {
            tell_gap(compare, track, before, false);
            meet_segment(compare, track);
        } else if (segments_near(at(model, 0), at(kernel, 0)) ||
                   (left(model) > LOOK_AHEAD && left(kernel) > LOOK_AHEAD)) {
            tell_gap(compare, track, one_each, false);
        } else {
            break;
        }
    }
}

/* Is there a rule by which a connection goes there at once? */
static bool leads_straight(enum tcp_state from, enum tcp_state to)
{
    for (unsigned rule = RULE_NONE + 1; rule < RULE_COUNT; rule++) {
        if (rule_allows((enum rule_id)rule, from) && tcp_rules[rule].to == to)
            return true;
    }
    return false;
}

/* Has the model stood in one of these states for longer than it took to come to the next one? Else
 * no look at a kernel can see it. */
static bool has_stayed(struct queue *model, size_t skipped)
{
    for (size_t i = 0; i < skipped; i++) {
        if (at(model, i)->cause != at(model, i + 1)->cause)
            return true;
    }
    return false;
}

static void meet_state(struct compare *compare, struct track *track, size_t skipped)
{
    struct queue *model = &track->of[LANE_MODEL], *kernel = &track->of[LANE_KERNEL];
    enum tcp_state from =
        (enum tcp_state)(track->has_state ? track->state[LANE_KERNEL] : at(kernel, 0)->from);
    enum tcp_state to = (enum tcp_state)at(kernel, 0)->to;
    if (has_stayed(model, skipped) && leads_straight(from, to))
        tell_detour(compare, from, at(model, 0), at(kernel, 0));
    else
        compare->allowed[ALLOWED_UNSEEN_STATE] += (uint32_t)skipped;
    model->first += skipped + 1;
    kernel->first++;
    track->has_state = true;
    track->state[LANE_MODEL] = track->state[LANE_KERNEL] = (uint8_t)to;
}

/* Finds the first state of the kernel that the model has been in, too. */
static bool find_state(struct track *track, size_t found[])
{
    struct queue *model = &track->of[LANE_MODEL], *kernel = &track->of[LANE_KERNEL];
    for (size_t j = 0; j < left(kernel); j++) {
        for (size_t i = 0; i < left(model); i++) {
            if (at(model, i)->to == at(kernel, j)->to) {
                found[LANE_MODEL] = i;
                found[LANE_KERNEL] = j;
                return true;
            }
        }
    }
    return false;
}

/* The kernel's states are looks at it: the model may have been in others on the way. */
static void align_states(struct compare *compare, struct track *track)
{
    size_t found[COMPARED_LANES];
    while (left(&track->of[LANE_MODEL]) > 0 && find_state(track, found)) {
        bool other = found[LANE_KERNEL] > 0;
        if (other)
            tell_gap(compare, track, found, false);
        meet_state(compare, track, other ? 0 : found[LANE_MODEL]);
    }
}

static void note_ack(struct track *track, unsigned lane, struct item *item)
{
    const struct segment *seg = &item->seg;
    bool only = is_only_ack(seg) && seg->sack_count == 0;
    if (!seg_has(seg, ACK))
        return;
    bool first = !track->has_acked[lane];
    item->acks_news = only && !first && seq_gt(seg->ack, seq_of(track->acked[lane]));
    item->moves_window =
        only && !first && seg->ack.n == track->acked[lane] && seg->wnd != track->wnd[lane];
    if (first || seq_gt(seg->ack, seq_of(track->acked[lane])))
        track->acked[lane] = seg->ack.n;
    track->wnd[lane] = seg->wnd;
    track->has_acked[lane] = true;
}

void track_take(struct compare *compare, struct track *track, unsigned lane,
                const struct item *item)
{
    struct item taken = *item;
    bool of_segments = track->key.kind == TRACK_SEGMENTS;
    if (of_segments)
        note_ack(track, lane, &taken);
    if (item->apart) {
        compare->allowed[item->apart == APART_LINE ? ALLOWED_LINE : ALLOWED_TRANSFER]++;
        return;
    }
    if (!push(compare, &track->of[lane], &taken))
        return;
    if (of_segments) {
        settle_owed(compare, track);
        align_segments(compare, track);
    } else {
        align_states(compare, track);
    }
}

void track_end(struct compare *compare, struct track *track)
{
    size_t count[COMPARED_LANES];
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++)
        count[lane] = left(&track->of[lane]);
    tell_gap(compare, track, count, true);
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        struct queue *owed = &track->owed[lane];
        if (left(owed) > 0)
            tell_missing(compare, track, lane, at(owed, 0), left(owed) - 1);
        owed->first = owed->count;
    }
}
