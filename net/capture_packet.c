/*
 * Headers read with every length checked twice: against the header around, and against what was
 * captured. RFC 791, 3.1; RFC 8200, 3 and 4; RFC 6946; RFC 9293, 3.1.
 */
#include "net/capture_packet.h"

#include "sim/checksum.h"
#include "sim/ip.h"
#include "sim/octets.h"
#include "sim/options.h"

enum {
    TCP_LEN = 20,
    MORE_OR_OFFSET = 0x3fff,
    EXTENSION_UNIT = 8,
    EXTENSIONS_MAX = 16,
    HOP_BY_HOP = 0,
    ROUTING = 43,
    FRAGMENT_HEADER = 44,
    FRAGMENT_RESERVED = 6, /* two bits between offset and M */
    DESTINATION = 60,
    UDP_LEN = 8
};

/* What IP carries. */
struct carried {
    struct ip src, dst;
    const uint8_t *octets;
    size_t captured, whole; /* octets of it: in the capture, and on the wire */
    uint8_t protocol;
    uint16_t ip_id;
};

static struct ip address(uint8_t family, const uint8_t *octets)
{
    struct ip ip = { .family = family };
    memcpy(ip.octet, octets, family == 4 ? 4 : 16);
    return ip;
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A total length of 0 is yet to be cut into segments by the network card: all there is counts. */
static enum packet_kind read_ip4(const uint8_t *octets, size_t len, size_t wire_len,
                                 struct carried *in)
{
    if (len < IP4_HEADER_LEN)
        return PACKET_CUT;
    size_t header_len = (size_t)(octets[0] & 0xf) * 4, total = get16(octets + 2);
    if (total == 0)
        total = wire_len;
    if (header_len < IP4_HEADER_LEN || total < header_len || total > wire_len)
        return PACKET_LYING;
    if (len < header_len)
        return PACKET_CUT;
    *in = (struct carried){ .src = address(4, octets + 12),
                            .dst = address(4, octets + 16),
                            .octets = octets + header_len,
                            .captured = lesser(len, total) - header_len,
                            .whole = total - header_len,
                            .protocol = octets[9],
                            .ip_id = get16(octets + 4) };
    return get16(octets + 6) & MORE_OR_OFFSET ? PACKET_FRAGMENT : PACKET_SEGMENT;
}

static bool is_extension(uint8_t next_header)
{
    return next_header == HOP_BY_HOP || next_header == ROUTING || next_header == DESTINATION ||
           next_header == FRAGMENT_HEADER;
}

/* Neither first of several nor a later one: a whole packet all the same (RFC 6946). */
static bool is_atomic(const struct carried *in)
{
    return (get16(in->octets + 2) & ~FRAGMENT_RESERVED) == 0;
}

static enum packet_kind skip_extensions(struct carried *in)
{
    for (unsigned i = 0; i < EXTENSIONS_MAX && is_extension(in->protocol); i++) {
        if (in->captured < EXTENSION_UNIT)
            return in->whole < EXTENSION_UNIT ? PACKET_LYING : PACKET_CUT;
        bool is_fragment = in->protocol == FRAGMENT_HEADER;
        if (is_fragment && !is_atomic(in))
            return PACKET_FRAGMENT;
        size_t len = EXTENSION_UNIT * (1 + (is_fragment ? 0 : (size_t)in->octets[1]));
        if (len > in->whole)
            return PACKET_LYING;
        if (len > in->captured)
            return PACKET_CUT;
        in->protocol = in->octets[0];
        in->octets += len;
        in->captured -= len;
        in->whole -= len;
    }
    return PACKET_SEGMENT;
}

static enum packet_kind read_ip6(const uint8_t *octets, size_t len, size_t wire_len,
                                 struct carried *in)
{
    if (len < IP6_HEADER_LEN)
        return PACKET_CUT;
    size_t payload = get16(octets + 4);
    if (payload == 0)
        payload = wire_len - IP6_HEADER_LEN;
    if (payload > wire_len - IP6_HEADER_LEN)
        return PACKET_LYING;
    *in = (struct carried){ .src = address(6, octets + 8),
                            .dst = address(6, octets + 24),
                            .octets = octets + IP6_HEADER_LEN,
                            .captured = lesser(len - IP6_HEADER_LEN, payload),
                            .whole = payload,
                            .protocol = octets[6] };
    return skip_extensions(in);
}

/* IP in IP (4, 41), GRE, ESP, AH; over UDP: VXLAN (two ports), Geneve, GTP. */
static bool is_tunnel(const struct carried *in)
{
    static const uint16_t ports[] = { 4789, 8472, 6081, 2152 };
    if (in->protocol == 4 || in->protocol == 41 || in->protocol == 47 || in->protocol == 50 ||
        in->protocol == 51)
        return true;
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        if (in->protocol == PROTOCOL_UDP && in->captured >= UDP_LEN &&
            get16(in->octets + 2) == ports[i])
            return true;
    }
    return false;
}

static struct segment header_of(const struct carried *in)
{
    const uint8_t *tcp = in->octets;
    struct segment seg = { .src = { in->src, get16(tcp) },
                           .dst = { in->dst, get16(tcp + 2) },
                           .seq = seq_of(get32(tcp + 4)),
                           .wnd = get16(tcp + 14),
                           .flags = tcp[13] };
    if (seg_has(&seg, ACK))
        seg.ack = seq_of(get32(tcp + 8));
    if (seg_has(&seg, URG))
        seg.urgent = get16(tcp + 18);
    return seg;
}

static enum packet_kind read_tcp(const struct carried *in, struct packet_view *view)
{
    if (in->captured < TCP_LEN)
        return in->whole < TCP_LEN ? PACKET_LYING : PACKET_CUT;
    size_t header_len = (size_t)(in->octets[12] >> 4) * 4;
    if (header_len < TCP_LEN || header_len > in->whole)
        return PACKET_LYING;
    size_t options_len = lesser(header_len, in->captured) - TCP_LEN;
    *view = (struct packet_view){ .seg = header_of(in),
                                  .ip_id = in->ip_id,
                                  .is_cut = in->captured < in->whole };
    view->seg.text_len = (uint32_t)(in->whole - header_len);
    view->options_cut = in->captured < header_len;
    view->options_broken =
        !options_read(in->octets + TCP_LEN, options_len, &view->seg) && !view->options_cut;
    if (!view->is_cut)
        view->seg.corrupted =
            transport_checksum(&in->src, &in->dst, PROTOCOL_TCP, in->octets, in->whole) != 0;
    return PACKET_SEGMENT;
}

enum packet_kind packet_read(const uint8_t *octets, size_t len, size_t wire_len,
                             struct packet_view *view)
{
    struct carried in;
    if (len == 0)
        return PACKET_CUT;
    enum packet_kind kind = octets[0] >> 4 == 4 ? read_ip4(octets, len, wire_len, &in)
                                                : read_ip6(octets, len, wire_len, &in);
    if (kind != PACKET_SEGMENT)
        return kind;
    if (is_tunnel(&in))
        return PACKET_TUNNEL;
    return in.protocol == PROTOCOL_TCP ? read_tcp(&in, view) : PACKET_NOT_TCP;
}
