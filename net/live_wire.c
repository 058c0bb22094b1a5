/*
 * The wire between the hosts: every packet waits here, as octets and as the segment that they are,
 * until it is told to go on.
 */
#include "net/live_parts.h"
#include "sim/codec.h"

#include <stdlib.h>
#include <string.h>

enum {
    ACK_DELAY_MAX_USEC =
        250000,      /* no stack here delays an ACK for longer: TCP_DELACK_MAX is 200 ms */
    CHECKSUM_AT = 16 /* within a TCP header */
};

static int host_of(const struct live *live, const struct ip *ip)
{
    for (unsigned h = 0; h < live->hosts; h++) {
        if (ip_eq(&live->ip[h], ip))
            return (int)h;
    }
    return -1;
}

/* ---- what has passed in each direction */

static struct live_flow *flow_of(struct live *live, const struct endpoint *src,
                                 const struct endpoint *dst)
{
    struct live_flow *flow = live->wire.flows;
    while (flow && !(endpoint_eq(&flow->src, src) && endpoint_eq(&flow->dst, dst)))
        flow = flow->next;
    if (flow)
        return flow;
    flow = calloc(1, sizeof *flow);
    if (!flow)
        return NULL;
    flow->src = *src;
    flow->dst = *dst;
    flow->next = live->wire.flows;
    return live->wire.flows = flow;
}

static struct seq end_of(const struct segment *seg)
{
    return seq_add(seg->seq, seg_len(seg));
}

static bool begins_anew(const struct live_flow *flow, const struct segment *seg)
{
    return seg_has(seg, SYN) && !(flow->any_sent && seq_eq(flow->isn, seg->seq));
}

/* Keeps what was sent; true where all of it was sent before. */
static bool note_sent(struct live *live, const struct segment *seg)
{
    struct live_flow *flow = flow_of(live, &seg->src, &seg->dst);
    if (!flow)
        return false;
    if (begins_anew(flow, seg)) {
        flow->any_sent = flow->any_got = false;
        flow->isn = seg->seq;
    }
    bool again = flow->any_sent && seg_len(seg) > 0 && seq_le(end_of(seg), flow->sent);
    if (!flow->any_sent || seq_lt(flow->sent, end_of(seg)))
        flow->sent = end_of(seg);
    flow->any_sent = true;
    if (seg_has(seg, ACK)) {
        flow->acked = seg->ack;
        flow->any_acked = true;
    }
    if (seg_has(seg, RST))
        flow->any_got = false; /* it owes nothing any more */
    return again;
}

static void note_got(struct live *live, const struct segment *seg)
{
    struct live_flow *back = flow_of(live, &seg->dst, &seg->src);
    if (!back || seg->corrupted)
        return;
    if (seg_has(seg, RST))
        back->any_got = false;
    else if (seg_len(seg) > 0 && (!back->any_got || seq_lt(back->got, end_of(seg)))) {
        back->any_got = true;
        back->got = end_of(seg);
        back->got_usec = live_now(&live->lane);
    }
}

uint64_t live_ack_owed(const struct live *live)
{
    uint64_t now = live_now((struct lane *)(uintptr_t)&live->lane), latest = 0;
    for (const struct live_flow *flow = live->wire.flows; flow; flow = flow->next) {
        bool owed = flow->any_got && flow->any_acked && seq_lt(flow->acked, flow->got);
        uint64_t until = flow->got_usec + ACK_DELAY_MAX_USEC;
        if (owed && until > now && until > latest)
            latest = until;
    }
    return latest;
}

/* ---- packets */

static void tell(struct live *live, enum event_kind kind, int host,
                 const struct live_packet *packet, uint32_t of, bool again)
{
    struct event event = live_event(live, kind, host, -1);
    event.u.wire.seg = packet->seg;
    event.u.wire.id = packet->id;
    event.u.wire.of = of;
    event.u.wire.due_usec = packet->due_usec;
    event.u.wire.again = again;
    event.u.wire.header = packet->octets + packet->header_at;
    event.u.wire.header_len = (uint8_t)(packet->text_at - packet->header_at);
    event.text = packet->octets + packet->text_at;
    event.text_len = packet->seg.text_len;
    emit(&live->lane.sink, &event);
}

static struct live_packet *append(struct live *live, const uint8_t *octets, size_t len)
{
    struct live_packet **end = &live->wire.first;
    struct live_packet *packet = malloc(sizeof *packet + len);
    if (!packet)
        return NULL;
    *packet = (struct live_packet){ .id = ++live->wire.last_id, .len = len };
    memcpy(packet->octets, octets, len);
    packet->due_usec = live_now(&live->lane) + live->delay_usec;
    while (*end)
        end = &(*end)->next;
    *end = packet;
    live->wire.count++;
    return packet;
}

static void take_off(struct live *live, struct live_packet *packet)
{
    struct live_packet **at = &live->wire.first;
    while (*at != packet)
        at = &(*at)->next;
    *at = packet->next;
    live->wire.count--;
}

static void lose(struct live *live, struct live_packet *packet)
{
    take_off(live, packet);
    tell(live, EV_DROPPED, packet->to, packet, 0, false);
    free(packet);
}

static void goes_at(struct live *live, struct live_packet *packet, uint64_t due_usec)
{
    packet->held = packet->yields = false;
    packet->due_usec = due_usec;
    tell(live, EV_RELEASED, packet->from, packet, 0, false);
}

/* What was to go behind the next of this one's sender does so now. */
static void let_yielding_go(struct live *live, const struct live_packet *next)
{
    for (struct live_packet *packet = live->wire.first; packet; packet = packet->next) {
        if (packet->yields && packet->from == next->from && packet != next)
            goes_at(live, packet, next->due_usec + 1);
    }
}

void live_put(struct live *live, unsigned from, const uint8_t *octets, size_t len, bool again)
{
    struct segment seg;
    const uint8_t *text;
    struct ip_packet ip;
    if (segment_decode(octets, len, &seg, &text) != DECODE_OK ||
        ip_decode(octets, len, &ip) != DECODE_OK)
        return; /* no TCP: nothing of the lab's */
    struct live_packet *packet = append(live, octets, len);
    if (!packet)
        return; /* as a card without memory loses it */
    packet->seg = seg;
    packet->text_at = (uint32_t)(text - octets);
    packet->header_at = (uint32_t)(ip.payload - octets);
    packet->from = (int8_t)from;
    packet->to = (int8_t)host_of(live, &seg.dst.ip);
    again = note_sent(live, &seg) || again;
    tell(live, EV_SENT, (int)from, packet, 0, again);
    let_yielding_go(live, packet);
    if (packet->to < 0 || live->wire.count > LIVE_PACKETS_MAX)
        lose(live, packet);
}

void live_take_sent(struct live *live)
{
    for (unsigned h = 0; h < live->hosts; h++) {
        size_t len;
        if (live->is_model[h])
            continue;
        while ((len = sandbox_take(live->sandbox, h, live->packet, sizeof live->packet)) > 0)
            live_put(live, h, live->packet, len, false);
    }
}

struct live_packet *live_first(const struct live *live)
{
    struct live_packet *first = NULL;
    for (struct live_packet *packet = live->wire.first; packet; packet = packet->next) {
        if (!packet->held && (!first || packet->due_usec < first->due_usec))
            first = packet;
    }
    return first;
}

struct live_packet *live_packet(const struct live *live, uint32_t id)
{
    struct live_packet *packet = live->wire.first;
    while (packet && packet->id != id)
        packet = packet->next;
    return packet;
}

void live_deliver(struct live *live, struct live_packet *packet)
{
    take_off(live, packet);
    tell(live, EV_DELIVERED, packet->to, packet, 0, false);
    note_got(live, &packet->seg);
    if (live->is_model[packet->to]) {
        live_model_arrive(live, (unsigned)packet->to, packet);
    } else if (!sandbox_give(live->sandbox, (unsigned)packet->to, packet->octets, packet->len)) {
        live_say(live, packet->to, N_("this host's device did not take the packet: it is lost"));
    }
    live_take_sent(live);
    live_look_at_sockets(live);
    live_look_for(live, &packet->seg.dst, &packet->seg.src);
    free(packet);
}

static bool duplicate(struct live *live, const struct live_packet *packet)
{
    if (live->wire.count == LIVE_PACKETS_MAX)
        return false;
    struct live_packet *copy = append(live, packet->octets, packet->len);
    if (!copy)
        return false;
    copy->seg = packet->seg;
    copy->text_at = packet->text_at;
    copy->header_at = packet->header_at;
    copy->from = packet->from;
    copy->to = packet->to;
    tell(live, EV_DUPLICATED, copy->from, copy, packet->id, false);
    return true;
}

/* One bit of its last octet; where it has no text, of its checksum. */
static bool corrupt(struct live *live, struct live_packet *packet)
{
    size_t at = packet->seg.text_len > 0 ? packet->text_at + packet->seg.text_len - 1
                                         : packet->header_at + CHECKSUM_AT;
    if (packet->seg.corrupted || at >= packet->len)
        return false;
    packet->octets[at] ^= 1;
    packet->seg.corrupted = true;
    tell(live, EV_CORRUPTED, packet->from, packet, 0, false);
    return true;
}

static bool set_held(struct live *live, struct live_packet *packet, bool held)
{
    if (packet->held == held)
        return false;
    if (!held) {
        goes_at(live, packet, live_now(&live->lane) + live->delay_usec);
        return true;
    }
    packet->held = true;
    tell(live, EV_HELD, packet->from, packet, 0, false);
    return true;
}

static bool delay(struct live *live, struct live_packet *packet, uint64_t usec)
{
    uint64_t from = packet->held ? live_now(&live->lane) + live->delay_usec : packet->due_usec;
    goes_at(live, packet, from + usec);
    return true;
}

/* Behind the next one of its sender: where none is on the wire, it waits for one. */
static bool reorder(struct live *live, struct live_packet *packet)
{
    const struct live_packet *next = packet->next;
    while (next && (next->from != packet->from || next->held))
        next = next->next;
    if (next) {
        goes_at(live, packet, next->due_usec + 1);
        return true;
    }
    packet->yields = true;
    packet->held = true;
    tell(live, EV_HELD, packet->from, packet, 0, false);
    return true;
}

bool live_wire_act(struct lane *lane, enum wire_act act, uint32_t id, uint64_t usec)
{
    struct live *live = live_of(lane);
    struct live_packet *packet = live_packet(live, id);
    if (!packet)
        return false;
    switch (act) {
    case WIRE_DELIVER:
        live_deliver(live, packet);
        return true;
    case WIRE_DROP:
        lose(live, packet);
        return true;
    case WIRE_DUPLICATE:
        return duplicate(live, packet);
    case WIRE_HOLD:
        return set_held(live, packet, true);
    case WIRE_RELEASE:
        return set_held(live, packet, false);
    case WIRE_CORRUPT:
        return corrupt(live, packet);
    case WIRE_DELAY:
        return delay(live, packet, usec);
    case WIRE_REORDER:
        return reorder(live, packet);
    }
    return false;
}

uint32_t live_find(struct lane *lane, int host, unsigned flags)
{
    const struct live_packet *packet = live_of(lane)->wire.first;
    for (; packet; packet = packet->next) {
        unsigned own = packet->seg.flags & ~(unsigned)PSH;
        if ((host < 0 || packet->from == host) && (flags == 0 || own == flags))
            return packet->id;
    }
    return 0;
}

void live_wire_free(struct live_wire *wire)
{
    for (struct live_packet *packet = wire->first, *next; packet; packet = next) {
        next = packet->next;
        free(packet);
    }
    for (struct live_flow *flow = wire->flows, *next; flow; flow = next) {
        next = flow->next;
        free(flow);
    }
}
