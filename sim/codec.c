/*
 * The TCP header written and read; IP's is sim/ip, the options are sim/options.
 */
#include "sim/codec.h"

#include "sim/checksum.h"
#include "sim/octets.h"

#include <string.h>

/* Where in the header. RFC 9293, Figure 1. */
enum {
    AT_SRC_PORT = 0,
    AT_DST_PORT = 2,
    AT_SEQ = 4,
    AT_ACK = 8,
    AT_OFFSET = 12,
    AT_FLAGS = 13,
    AT_WINDOW = 14,
    AT_CHECKSUM = 16,
    AT_URGENT = 18
};

/* A field that no control bit gives a meaning is 0. */
static void put_header(const struct segment *seg, size_t header_len, uint8_t *tcp)
{
    put16(tcp + AT_SRC_PORT, seg->src.port);
    put16(tcp + AT_DST_PORT, seg->dst.port);
    put32(tcp + AT_SEQ, seg->seq.n);
    put32(tcp + AT_ACK, seg_has(seg, ACK) ? seg->ack.n : 0);
    tcp[AT_OFFSET] = (uint8_t)(header_len / 4 << 4);
    tcp[AT_FLAGS] = seg->flags;
    put16(tcp + AT_WINDOW, seg->wnd);
    put16(tcp + AT_CHECKSUM, 0);
    put16(tcp + AT_URGENT, seg_has(seg, URG) ? seg->urgent : 0);
}

static void put_text(const uint8_t *text, size_t text_len, uint8_t *at)
{
    if (text_len == 0)
        return;
    if (text)
        memcpy(at, text, text_len);
    else
        memset(at, 0, text_len);
}

size_t segment_encode(const struct segment *seg, enum option_order order, const uint8_t *text,
                      uint8_t *octets, size_t len)
{
    uint8_t options[OPTIONS_MAX];
    size_t options_len = options_write(seg, order, options);
    size_t header_len = TCP_HEADER_LEN + options_len;
    struct ip_packet packet = { .src = seg->src.ip,
                                .dst = seg->dst.ip,
                                .protocol = PROTOCOL_TCP,
                                .payload_len = header_len + seg->text_len };
    size_t ip_len = ip_encode_header(&packet, octets, len);
    if (ip_len == 0)
        return 0;
    uint8_t *tcp = octets + ip_len;
    put_header(seg, header_len, tcp);
    memcpy(tcp + TCP_HEADER_LEN, options, options_len);
    put_text(text, seg->text_len, tcp + header_len);
    put16(tcp + AT_CHECKSUM,
          transport_checksum(&packet.src, &packet.dst, PROTOCOL_TCP, tcp, packet.payload_len));
    if (seg->corrupted)
        tcp[seg->text_len > 0 ? header_len : AT_CHECKSUM] ^= 0xff;
    return ip_len + packet.payload_len;
}

static struct segment header_of(const struct ip_packet *packet)
{
    const uint8_t *tcp = packet->payload;
    struct segment seg = { .src = { packet->src, get16(tcp + AT_SRC_PORT) },
                           .dst = { packet->dst, get16(tcp + AT_DST_PORT) },
                           .seq = seq_of(get32(tcp + AT_SEQ)),
                           .wnd = get16(tcp + AT_WINDOW),
                           .flags = tcp[AT_FLAGS] };
    if (seg_has(&seg, ACK))
        seg.ack = seq_of(get32(tcp + AT_ACK));
    if (seg_has(&seg, URG))
        seg.urgent = get16(tcp + AT_URGENT);
    seg.corrupted =
        transport_checksum(&packet->src, &packet->dst, PROTOCOL_TCP, tcp, packet->payload_len) != 0;
    return seg;
}

enum decode_outcome segment_decode(const uint8_t *octets, size_t len, struct segment *seg,
                                   const uint8_t **text)
{
    struct ip_packet packet;
    enum decode_outcome outcome = ip_decode(octets, len, &packet);
    if (outcome != DECODE_OK)
        return outcome;
    if (packet.protocol != PROTOCOL_TCP)
        return DECODE_NOT_TCP;
    if (packet.payload_len < TCP_HEADER_LEN)
        return DECODE_LENGTHS;
    size_t header_len = (size_t)(packet.payload[AT_OFFSET] >> 4) * 4;
    if (header_len < TCP_HEADER_LEN || header_len > packet.payload_len)
        return DECODE_LENGTHS;
    *seg = header_of(&packet);
    seg->text_len = (uint32_t)(packet.payload_len - header_len);
    *text = packet.payload + header_len;
    bool sound = options_read(packet.payload + TCP_HEADER_LEN, header_len - TCP_HEADER_LEN, seg);
    if (seg->corrupted)
        return DECODE_TCP_CHECKSUM;
    return sound ? DECODE_OK : DECODE_OPTIONS;
}
