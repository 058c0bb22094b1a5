/*
 * A table of connections by both their ends; the newest of the same ends is the one that a segment
 * belongs to.
 */
#include "net/capture_flow.h"

#include <stdlib.h>
#include <string.h>

struct flows *flows_new(void)
{
    struct flows *flows = calloc(1, sizeof *flows);
    if (!flows)
        return NULL;
    flows->seen_max = FLOWS_SEEN_MAX;
    flows->list = calloc(FLOWS_MAX, sizeof flows->list[0]);
    if (flows->list)
        return flows;
    free(flows);
    return NULL;
}

void flows_free(struct flows *flows)
{
    if (!flows)
        return;
    for (unsigned i = 0; i < flows->count; i++) {
        free(flows->list[i]->seen);
        free(flows->list[i]);
    }
    free(flows->list);
    free(flows);
}

/* ---- which connection */

static uint32_t hash_end(const struct endpoint *at)
{
    uint32_t hash = 2166136261u ^ at->port;
    for (unsigned i = 0; i < (at->ip.family == 4 ? 4u : 16u); i++)
        hash = (hash ^ at->ip.octet[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The same for either direction. */
static struct flow **head_of(struct flows *flows, const struct segment *seg)
{
    return &flows->heads[(hash_end(&seg->src) + hash_end(&seg->dst)) % FLOWS_HEADS];
}

/* Which side has sent it; -1: it is of another connection. */
static int sender_in(const struct flow *flow, const struct segment *seg)
{
    for (int from = 0; from < 2; from++) {
        if (endpoint_eq(&flow->side[from].at, &seg->src) &&
            endpoint_eq(&flow->side[1 - from].at, &seg->dst))
            return from;
    }
    return -1;
}

bool flow_is_over(const struct flow *flow)
{
    const struct flow_side *a = &flow->side[0], *b = &flow->side[1];
    return a->saw_rst || b->saw_rst || (a->saw_fin && b->saw_fin);
}

/* A SYN with another number than this side's first is a new connection's (a port is used again); a
 * SYN,ACK only where the old one is over. A SYN behind a RST opens once more, with the same number
 * or not: its sender was refused, or has just reset what was left of a connection before (RFC 9293,
 * 3.5.1). */
static bool begins_anew(const struct flow *flow, int from, const struct segment *seg)
{
    const struct flow_side *side = &flow->side[from];
    if (!seg_has(seg, SYN))
        return false;
    bool other = side->saw_syn ? !seq_eq(side->base, seg->seq) : side->segments > 0;
    if (seg_has(seg, ACK))
        return other && flow_is_over(flow);
    bool was_reset = flow->side[0].saw_rst || flow->side[1].saw_rst;
    return other || was_reset || (flow_is_over(flow) && !side->saw_syn);
}

static struct flow *new_flow(struct flows *flows, const struct segment *seg)
{
    struct flow **head = head_of(flows, seg);
    struct flow *flow = flows->count < FLOWS_MAX ? calloc(1, sizeof *flow) : NULL;
    if (!flow)
        return NULL;
    bool by_server = seg_has(seg, SYN | ACK); /* the SYN before it is missing */
    flow->side[by_server].at = seg->src;
    flow->side[!by_server].at = seg->dst;
    for (unsigned i = 0; i < 2; i++)
        flow->side[i].acked = -1;
    flow->mid_stream = !seg_has(seg, SYN);
    flow->reset_first = seg_has(seg, RST);
    flow->older = *head;
    *head = flow;
    flows->list[flows->count++] = flow;
    flow->number = flows->count;
    return flow;
}

static struct flow *flow_of(struct flows *flows, const struct segment *seg, int *from)
{
    struct flow *flow = *head_of(flows, seg);
    while (flow && (*from = sender_in(flow, seg)) < 0)
        flow = flow->older;
    if (!flow || begins_anew(flow, *from, seg)) {
        flow = new_flow(flows, seg);
        *from = flow ? sender_in(flow, seg) : 0;
    }
    return flow;
}

/* ---- numbers */

/* A number that does not wrap, near to one that is known. */
static int64_t unwrap(struct seq base, int64_t near, struct seq number)
{
    uint32_t expected = base.n + (uint32_t)near;
    return near + (int32_t)(number.n - expected);
}

/* Where it is known: by the SYN, else by what is first sent, or first acknowledged. */
static void need_base(struct flow_side *side, struct seq base)
{
    if (side->has_base)
        return;
    side->has_base = true;
    side->base = base;
    side->next = 1;
}

static void learn_syn(struct flow_side *side, const struct seen *seen)
{
    const struct segment *seg = &seen->seg;
    if (!side->has_base)
        side->base = seg->seq;
    side->has_base = true;
    if (side->saw_syn)
        return;
    side->saw_syn = seq_eq(side->base, seg->seq);
    side->syn_has_ack = seg_has(seg, ACK);
    side->options_known = !(seen->marks & MARK_OPTIONS_CUT);
    side->wscale = seg->has & HAS_WSCALE ? seg->wscale : 0;
    side->has = seg->has;
    side->mss = seg->mss;
}

static void place(struct flow *flow, struct seen *seen)
{
    struct flow_side *side = &flow->side[seen->from], *peer = &flow->side[1 - seen->from];
    const struct segment *seg = &seen->seg;
    if (seg_has(seg, SYN))
        learn_syn(side, seen);
    need_base(side, seq_of(seg->seq.n - 1));
    if (seg_has(seg, ACK) && !(seg_has(seg, RST) && !peer->has_base))
        need_base(peer, seq_of(seg->ack.n - 1));
    seen->start = unwrap(side->base, side->next, seg->seq);
    seen->end = seen->start + seg_len(seg);
    seen->ack = seg_has(seg, ACK) ? unwrap(peer->base, peer->next, seg->ack) : -1;
}

/* ---- marks */

/* What lies before all that is acknowledged only asks for an ACK. */
static uint16_t asks_again(const struct flow_side *peer)
{
    return peer->last_wnd == 0 ? MARK_PROBE : MARK_KEEP_ALIVE;
}

static bool is_probe(const struct flow_side *peer, const struct seen *seen)
{
    return seen->seg.text_len == 1 && peer->segments > 0 && peer->last_wnd == 0 &&
           seen->start == peer->acked;
}

/* The gap that it lies in; -1: in none. */
static int gap_of(const struct flow_side *side, const struct seen *seen)
{
    for (unsigned i = 0; i < side->gap_count; i++) {
        if (seen->start >= side->gaps[i].start && seen->end <= side->gaps[i].end)
            return (int)i;
    }
    return -1;
}

static void mark_text(const struct flow_side *side, const struct flow_side *peer, struct seen *seen)
{
    /* where both open at once, a SYN,ACK follows a SYN (RFC 9293, 3.5, Figure 7) */
    bool answers = seg_has(&seen->seg, SYN | ACK) && !side->syn_has_ack;
    bool probes = is_probe(peer, seen);
    if (side->segments == 0 || (seen->start == side->next && !probes) || answers)
        return;
    if (probes)
        seen->marks |= MARK_PROBE;
    else if (seen->start > side->next)
        seen->marks |= MARK_AHEAD;
    else if (gap_of(side, seen) >= 0)
        seen->marks |= MARK_FILLS;
    else if (seen->seg.text_len == 1 && seen->end == side->next && peer->acked == side->next)
        seen->marks |= asks_again(peer);
    else
        seen->marks |= MARK_AGAIN;
}

static bool is_duplicate_ack(const struct flow_side *side, const struct flow_side *peer,
                             const struct seen *seen)
{
    return seen->ack >= 0 && seen->ack == side->acked && peer->next > seen->ack &&
           seen->seg.wnd == side->last_wnd && seen->seg.wnd > 0 &&
           !(seen->seg.flags & (SYN | FIN | RST)) && side->segments > 0;
}

static bool is_same_packet(const struct flow *flow, const struct seen *seen)
{
    for (uint32_t i = flow->count; i > 0 && i + 8 > flow->count; i--) {
        const struct seen *old = &flow->seen[i - 1];
        if (old->from == seen->from && old->ip_id == seen->ip_id && old->start == seen->start &&
            old->end == seen->end && old->ack == seen->ack && old->seg.flags == seen->seg.flags &&
            old->seg.wnd == seen->seg.wnd)
            return seen->ip_id != 0;
    }
    return false;
}

static void mark(const struct flow *flow, struct seen *seen)
{
    const struct flow_side *side = &flow->side[seen->from], *peer = &flow->side[1 - seen->from];
    bool is_reset = seg_has(&seen->seg, RST);
    if (is_same_packet(flow, seen)) {
        seen->marks |= MARK_DUPLICATE;
        return;
    }
    if (seen->end > seen->start && !is_reset)
        mark_text(side, peer, seen);
    else if (!is_reset && side->segments > 0 && seen->start == side->next - 1 &&
             peer->acked == side->next)
        seen->marks |= asks_again(peer);
    else if (is_duplicate_ack(side, peer, seen))
        seen->marks |= MARK_DUPLICATE_ACK;
    if (peer->right > 0 && seen->seg.text_len > 0 && seen->end > peer->right && peer->options_known)
        seen->marks |= MARK_BEYOND_WINDOW;
    if (peer->right > 0 && is_reset && seen->start > 0 && seen->start >= peer->right &&
        peer->options_known && seen->start != side->next)
        seen->marks |= MARK_BEYOND_WINDOW;
    if (seen->ack > peer->next && peer->segments > 0)
        seen->marks |= MARK_UNSEEN;
}

/* ---- what a segment changes */

static void add_gap(struct flow_side *side, int64_t start, int64_t end)
{
    if (start >= end)
        return;
    if (side->gap_count == GAPS_MAX)
        memmove(side->gaps, side->gaps + 1, --side->gap_count * sizeof side->gaps[0]);
    side->gaps[side->gap_count++] = (struct gap){ start, end };
}

/* What is filled in the middle of a gap leaves two. */
static void keep_gap(struct flow_side *side, const struct seen *seen)
{
    int at = seen->marks & MARK_FILLS ? gap_of(side, seen) : -1;
    if (seen->marks & MARK_AHEAD)
        add_gap(side, side->next, seen->start);
    if (at < 0)
        return;
    struct gap filled = side->gaps[at];
    side->gaps[at] = side->gaps[--side->gap_count];
    add_gap(side, filled.start, seen->start);
    add_gap(side, seen->end, filled.end);
}

/* In a SYN a window is never scaled: RFC 7323, 2.2. */
static void keep_window(struct flow_side *side, const struct flow_side *peer,
                        const struct seen *seen)
{
    bool scaled = !seg_has(&seen->seg, SYN) && side->has & HAS_WSCALE && peer->has & HAS_WSCALE;
    int64_t window = (int64_t)seen->seg.wnd
                     << (scaled && side->wscale <= WSCALE_MAX ? side->wscale : 0);
    if (seen->ack >= 0 && seen->ack + window > side->right)
        side->right = seen->ack + window;
}

static void count(struct flow *flow, const struct seen *seen)
{
    struct flow_side *side = &flow->side[seen->from];
    const struct segment *seg = &seen->seg;
    int64_t fresh = seen->end - (seen->start > side->next ? seen->start : side->next);
    int64_t filled = seen->marks & MARK_FILLS ? seen->end - seen->start : 0;
    fresh = fresh > 0 ? fresh : filled;
    int64_t text = seg->text_len < fresh ? (int64_t)seg->text_len : fresh;
    side->octets += text > 0 && !seg_has(seg, RST) ? (uint64_t)text : 0;
    side->segments++;
    side->again += (seen->marks & (MARK_AGAIN | MARK_DUPLICATE)) == MARK_AGAIN;
    side->resets += seg_has(seg, RST);
}

/* Who sends anything new is not reset, and has not sent that RST, or not of this connection. */
static void goes_on(struct flow *flow, const struct seen *seen)
{
    struct flow_side *side = &flow->side[seen->from];
    bool is_new = seen->end > side->next || seen->ack > side->acked;
    if (!side->saw_rst || !is_new || seg_has(&seen->seg, SYN))
        return;
    for (uint32_t i = side->first_reset; i < flow->count; i++) {
        if (flow->seen[i].from == seen->from && seg_has(&flow->seen[i].seg, RST))
            flow->seen[i].marks |= MARK_FOREIGN;
    }
    side->saw_rst = false;
    flow->reset_by = (uint8_t)(1 - seen->from);
}

static void follow(struct flow *flow, const struct seen *seen)
{
    struct flow_side *side = &flow->side[seen->from], *peer = &flow->side[1 - seen->from];
    const struct segment *seg = &seen->seg;
    count(flow, seen);
    if (seg_has(seg, RST)) {
        flow->reset_by = side->saw_rst || peer->saw_rst ? flow->reset_by : seen->from;
        side->first_reset = side->saw_rst ? side->first_reset : flow->count;
        side->saw_rst = true;
        return;
    }
    goes_on(flow, seen);
    keep_gap(side, seen);
    if (seg_has(seg, FIN) && !side->saw_fin) {
        flow->first_fin = peer->saw_fin ? flow->first_fin : seen->from;
        side->saw_fin = true;
        side->fin_end = seen->end;
    }
    if (seen->end > side->next)
        side->next = seen->end;
    if (seen->ack > side->acked)
        side->acked = seen->ack;
    keep_window(side, peer, seen);
    side->last_wnd = seg->wnd;
}

/* ---- keeping */

static bool keep(struct flows *flows, struct flow *flow, const struct seen *seen)
{
    if (flows->seen_count >= flows->seen_max)
        return false;
    if (flow->count == flow->cap) {
        uint32_t cap = flow->cap ? flow->cap * 2 : 8;
        struct seen *more = realloc(flow->seen, cap * sizeof *more);
        if (!more) {
            flows->no_memory = true;
            return false;
        }
        flow->seen = more;
        flow->cap = cap;
    }
    flow->seen[flow->count++] = *seen;
    flows->seen_count++;
    return true;
}

/* Wrong checksums of the first host that has them: of it alone they are its network card's. */
static void count_checksum(struct flows *flows, const struct segment *seg)
{
    if (!seg->corrupted)
        return;
    if (flows->wrong_checksums++ == 0)
        flows->first_wrong = seg->src.ip;
    flows->wrong_of_first += ip_eq(&flows->first_wrong, &seg->src.ip);
}

static void take_segment(struct flows *flows, const struct capture_packet *packet,
                         const struct packet_view *view)
{
    int from;
    struct seen seen = {
        .seg = view->seg, .number = packet->number, .usec = packet->usec, .ip_id = view->ip_id
    };
    count_checksum(flows, &view->seg);
    flows->cut += view->is_cut;
    flows->options_broken += view->options_broken;
    struct flow *flow = flow_of(flows, &view->seg, &from);
    if (!flow) {
        flows->flows_left_out++;
        return;
    }
    seen.from = (uint8_t)from;
    seen.marks =
        (uint16_t)((view->seg.corrupted ? MARK_CHECKSUM : 0) | (view->is_cut ? MARK_CUT : 0) |
                   (view->options_cut ? MARK_OPTIONS_CUT : 0));
    place(flow, &seen);
    mark(flow, &seen);
    follow(flow, &seen);
    flow->left_out += !keep(flows, flow, &seen);
}

void flows_take(struct flows *flows, const struct capture_packet *packet)
{
    struct packet_view view;
    flows->packets++;
    flows->last_usec = packet->usec;
    if (!packet->octets) {
        flows->others++;
        return;
    }
    enum packet_kind kind = packet_read(packet->octets, packet->len, packet->wire_len, &view);
    flows->kinds[kind]++;
    if (kind == PACKET_SEGMENT)
        take_segment(flows, packet, &view);
}
