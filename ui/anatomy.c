/*
 * Octets of segments, from the trace where it has them, else by the codec.
 */
#include "ui/anatomy.h"

#include "sim/checksum.h"
#include "sim/octets.h"

#include <string.h>

enum {
    FAR_BACK = 65536,           /* events that are looked through for what was copied */
    WITHOUT_TEXT_CHANGED = 0xff /* what the codec changes in the checksum of a corrupted segment */
};

/* ---- options */

static bool has_sound_length(const uint8_t *at, size_t len)
{
    switch (at[0]) {
    case KIND_MSS:
        return len == 4;
    case KIND_WSCALE:
        return len == 3;
    case KIND_SACK_PERMITTED:
        return len == 2;
    case KIND_SACK:
        return len > 2 && len % 8 == 2;
    case KIND_TIMESTAMPS:
        return len == 10;
    }
    return false;
}

static struct anatomy_option option_at(const uint8_t *header, size_t at, size_t end)
{
    struct anatomy_option option = { .at = (uint8_t)at, .len = 1, .kind = header[at] };
    size_t left = end - at;
    option.sound = header[at] <= KIND_NOP;
    if (header[at] == KIND_EOL ||
        (!option.sound && (left < 2 || header[at + 1] < 2 || header[at + 1] > left))) {
        option.len = (uint8_t)left; /* nothing is found behind it */
    } else if (!option.sound) {
        option.len = header[at + 1];
        option.sound = has_sound_length(header + at, option.len);
    }
    return option;
}

static void find_options(struct anatomy *anatomy)
{
    size_t end = anatomy->header_len;
    if (anatomy->seg.protocol == SEGMENT_OF_UDP)
        return;
    for (size_t at = TCP_HEADER_LEN; at < end;) {
        struct anatomy_option option = option_at(anatomy->header, at, end);
        anatomy->options[anatomy->option_count++] = option;
        at += option.len;
    }
}

/* ---- the octets */

static void write_datagram(struct anatomy *anatomy)
{
    uint8_t *udp = anatomy->header;
    const struct segment *seg = &anatomy->seg;
    put16(udp, seg->src.port);
    put16(udp + 2, seg->dst.port);
    put16(udp + 4, (uint16_t)(ANATOMY_UDP_LEN + seg->text_len));
    put16(udp + ANATOMY_UDP_CHECKSUM_AT, 0);
    anatomy->header_len = ANATOMY_UDP_LEN;
}

/* The header alone: its checksum is put in afterwards. */
static bool write_header(struct anatomy *anatomy, enum option_order order)
{
    uint8_t octets[PACKET_HEADERS_MAX];
    struct segment bare = anatomy->seg;
    bare.text_len = 0;
    bare.corrupted = false;
    size_t len = segment_encode(&bare, order, NULL, octets, sizeof octets);
    size_t ip_len = ip_header_len(bare.src.ip.family);
    if (len == 0)
        return false;
    anatomy->header_len = (uint8_t)(len - ip_len);
    memcpy(anatomy->header, octets + ip_len, anatomy->header_len);
    put16(anatomy->header + ANATOMY_CHECKSUM_AT, 0);
    return true;
}

static const uint8_t *text_of(const struct event *event)
{
    static const uint8_t none[1];
    uint32_t len = event->u.wire.seg.text_len;
    return len == 0 ? none : event->text_len == len ? event->text : NULL;
}

/* The event that put the one on the wire which this one is a copy of, in the end; itself where it
 * is none, or that is too far back. */
static const struct event *first_sent(const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    for (size_t i = at, left = FAR_BACK; event->kind == EV_DUPLICATED && i-- > 0 && left-- > 0;) {
        const struct event *before = &trace->events[i];
        bool born = before->kind == EV_SENT || before->kind == EV_DUPLICATED;
        if (born && before->lane == event->lane && before->u.wire.id == event->u.wire.of)
            event = before;
    }
    return event;
}

/* Makes the octets of a model's segment: with the checksum that its sender gave it. */
static bool make_octets(struct anatomy *anatomy, const uint8_t *sound, enum option_order order)
{
    const uint8_t *present = anatomy->text;
    if (anatomy->seg.src.ip.family != anatomy->seg.dst.ip.family ||
        ip_header_len(anatomy->seg.src.ip.family) == 0)
        return false;
    if (anatomy->seg.protocol == SEGMENT_OF_UDP)
        write_datagram(anatomy);
    else if (!write_header(anatomy, order))
        return false;
    anatomy->has_checksum = sound != NULL;
    if (!sound)
        return true;
    anatomy->text = sound;
    uint16_t sum = anatomy_checksum(anatomy);
    put16(anatomy->header + anatomy_checksum_at(anatomy), sum);
    anatomy->text = present;
    if (anatomy->seg.corrupted && anatomy->seg.text_len == 0)
        anatomy->header[anatomy_checksum_at(anatomy)] ^= WITHOUT_TEXT_CHANGED;
    return true;
}

/* Which octet is another one than it was sent as. */
static void find_change(struct anatomy *anatomy, const struct event *sent, const uint8_t *sound)
{
    uint8_t len = anatomy->header_len;
    const uint8_t *header = sent->u.wire.header;
    anatomy->changed = -1;
    if (!anatomy->seg.corrupted)
        return;
    if (!anatomy->from_wire && anatomy->seg.text_len == 0) {
        anatomy->changed = (int32_t)anatomy_checksum_at(anatomy);
        anatomy->was = anatomy->header[anatomy->changed] ^ WITHOUT_TEXT_CHANGED;
    }
    for (int32_t i = 0; header && i < len && i < sent->u.wire.header_len; i++) {
        if (header[i] == anatomy->header[i])
            continue;
        anatomy->changed = i;
        anatomy->was = header[i];
    }
    for (uint32_t i = 0; sound && anatomy->text && i < anatomy->seg.text_len; i++) {
        if (sound[i] == anatomy->text[i])
            continue;
        anatomy->changed = (int32_t)(len + i);
        anatomy->was = sound[i];
    }
}

bool anatomy_make(struct anatomy *anatomy, const struct trace *trace, size_t sent, size_t touched,
                  enum option_order order)
{
    const struct event *now = &trace->events[touched], *first = first_sent(trace, sent);
    *anatomy = (struct anatomy){ .seg = now->u.wire.seg, .text = text_of(now) };
    const uint8_t *sound = first->u.wire.seg.corrupted ? NULL : text_of(first);
    if (now->u.wire.header && now->u.wire.header_len <= ANATOMY_HEADER_MAX) {
        anatomy->from_wire = true;
        anatomy->has_checksum = !now->u.wire.no_checksum;
        anatomy->header_len = now->u.wire.header_len;
        memcpy(anatomy->header, now->u.wire.header, anatomy->header_len);
    } else if (!make_octets(anatomy, sound, order)) {
        return false;
    }
    find_options(anatomy);
    find_change(anatomy, first, sound);
    return true;
}

/* ---- the checksum */

bool anatomy_is_whole(const struct anatomy *anatomy)
{
    return anatomy->text != NULL;
}

size_t anatomy_checksum_at(const struct anatomy *anatomy)
{
    return anatomy->seg.protocol == SEGMENT_OF_UDP ? ANATOMY_UDP_CHECKSUM_AT : ANATOMY_CHECKSUM_AT;
}

uint16_t anatomy_field(const struct anatomy *anatomy)
{
    return get16(anatomy->header + anatomy_checksum_at(anatomy));
}

static size_t address_len(const struct anatomy *anatomy)
{
    return anatomy->seg.src.ip.family == 4 ? 4 : 16;
}

size_t anatomy_words(const struct anatomy *anatomy, enum anatomy_part part)
{
    switch (part) {
    case PART_PSEUDO_HEADER:
        return anatomy->seg.src.ip.family == 4 ? 6 : 20;
    case PART_HEADER:
        return anatomy->header_len / 2u;
    case PART_TEXT:
        return ((size_t)anatomy->seg.text_len + 1) / 2;
    case PART_COUNT:
        break;
    }
    return 0;
}

/* Of IPv4: addresses, protocol, length; of IPv6 the length comes first, and both take 32 bits. */
static uint16_t pseudo_word(const struct anatomy *anatomy, size_t n)
{
    const struct segment *seg = &anatomy->seg;
    size_t words = address_len(anatomy) / 2;
    uint32_t len = anatomy->header_len + seg->text_len;
    uint16_t protocol = seg->protocol == SEGMENT_OF_UDP ? PROTOCOL_UDP : PROTOCOL_TCP;
    if (n < 2 * words)
        return get16(n < words ? seg->src.ip.octet + 2 * n : seg->dst.ip.octet + 2 * (n - words));
    n -= 2 * words;
    if (seg->src.ip.family == 4)
        return n == 0 ? protocol : (uint16_t)len;
    return n == 0 ? (uint16_t)(len >> 16) : n == 1 ? (uint16_t)len : n == 2 ? 0 : protocol;
}

uint16_t anatomy_word(const struct anatomy *anatomy, enum anatomy_part part, size_t n)
{
    switch (part) {
    case PART_PSEUDO_HEADER:
        return pseudo_word(anatomy, n);
    case PART_HEADER:
        return 2 * n == anatomy_checksum_at(anatomy) ? 0 : get16(anatomy->header + 2 * n);
    case PART_TEXT:
        if (2 * n + 1 < anatomy->seg.text_len)
            return get16(anatomy->text + 2 * n);
        return (uint16_t)(anatomy->text[2 * n] << 8);
    case PART_COUNT:
        break;
    }
    return 0;
}

uint16_t anatomy_checksum(const struct anatomy *anatomy)
{
    uint64_t sum = 0;
    for (unsigned part = 0; part < PART_COUNT; part++) {
        size_t words = anatomy_words(anatomy, (enum anatomy_part)part);
        for (size_t n = 0; n < words; n++)
            sum += anatomy_word(anatomy, (enum anatomy_part)part, n);
    }
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (uint16_t)~sum;
    return anatomy->seg.protocol == SEGMENT_OF_UDP && sum == 0 ? UINT16_MAX : (uint16_t)sum;
}
