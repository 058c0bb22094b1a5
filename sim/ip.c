/*
 * Headers of IPv4 and IPv6, read with every length checked, and written.
 */
#include "sim/ip.h"

#include "sim/checksum.h"
#include "sim/octets.h"

#include <assert.h>
#include <string.h>

enum {
    TTL = 64,
    DONT_FRAGMENT = 0x4000,
    MORE_OR_OFFSET = 0x3fff, /* MF, and where a fragment belongs */
    EXTENSION_UNIT = 8       /* octets that an extension header is measured in, and the least */
};

/* Next Header. RFC 8200, 4.1. */
enum {
    HOP_BY_HOP = 0,
    ROUTING = 43,
    FRAGMENT = 44,
    DESTINATION = 60
};

const char *decode_outcome_words(enum decode_outcome outcome)
{
    static const char *const words[DECODE_OUTCOME_COUNT] = {
        [DECODE_OK] = "ok",
        [DECODE_SHORT] = "too short",
        [DECODE_NOT_IP] = "not IP",
        [DECODE_IP_CHECKSUM] = "wrong checksum of the IP header",
        [DECODE_FRAGMENT] = "a fragment",
        [DECODE_NOT_TCP] = "not TCP",
        [DECODE_LENGTHS] = "header lengths do not fit",
        [DECODE_TCP_CHECKSUM] = "wrong checksum",
        [DECODE_OPTIONS] = "malformed options",
    };
    assert(outcome < DECODE_OUTCOME_COUNT);
    return words[outcome];
}

static struct ip address(uint8_t family, const uint8_t *octets)
{
    struct ip ip = { .family = family };
    memcpy(ip.octet, octets, family == 4 ? 4 : 16);
    return ip;
}

static enum decode_outcome decode_ip4(const uint8_t *octets, size_t len, struct ip_packet *packet)
{
    if (len < IP4_HEADER_LEN)
        return DECODE_SHORT;
    size_t header_len = (size_t)(octets[0] & 0xf) * 4;
    size_t total_len = get16(octets + 2);
    if (header_len < IP4_HEADER_LEN || total_len < header_len)
        return DECODE_LENGTHS;
    if (total_len > len)
        return DECODE_SHORT;
    if (inet_checksum(octets, header_len) != 0)
        return DECODE_IP_CHECKSUM;
    if (get16(octets + 6) & MORE_OR_OFFSET)
        return DECODE_FRAGMENT;
    *packet = (struct ip_packet){ .src = address(4, octets + 12),
                                  .dst = address(4, octets + 16),
                                  .protocol = octets[9],
                                  .payload = octets + header_len,
                                  .payload_len = total_len - header_len };
    return DECODE_OK;
}

static bool is_extension(uint8_t next_header)
{
    return next_header == HOP_BY_HOP || next_header == ROUTING || next_header == DESTINATION;
}

/* A routing header is taken to have done its work: the destination is where the packet is. */
static enum decode_outcome skip_extensions(struct ip_packet *packet)
{
    while (is_extension(packet->protocol)) {
        if (packet->payload_len < EXTENSION_UNIT)
            return DECODE_LENGTHS;
        size_t header_len = EXTENSION_UNIT * (1 + (size_t)packet->payload[1]);
        if (packet->payload_len < header_len)
            return DECODE_LENGTHS;
        packet->protocol = packet->payload[0];
        packet->payload += header_len;
        packet->payload_len -= header_len;
    }
    return packet->protocol == FRAGMENT ? DECODE_FRAGMENT : DECODE_OK;
}

static enum decode_outcome decode_ip6(const uint8_t *octets, size_t len, struct ip_packet *packet)
{
    if (len < IP6_HEADER_LEN)
        return DECODE_SHORT;
    size_t payload_len = get16(octets + 4);
    if (payload_len > len - IP6_HEADER_LEN)
        return DECODE_SHORT;
    *packet = (struct ip_packet){ .src = address(6, octets + 8),
                                  .dst = address(6, octets + 24),
                                  .protocol = octets[6],
                                  .payload = octets + IP6_HEADER_LEN,
                                  .payload_len = payload_len };
    return skip_extensions(packet);
}

enum decode_outcome ip_decode(const uint8_t *octets, size_t len, struct ip_packet *packet)
{
    if (len == 0)
        return DECODE_SHORT;
    if (octets[0] >> 4 == 4)
        return decode_ip4(octets, len, packet);
    if (octets[0] >> 4 == 6)
        return decode_ip6(octets, len, packet);
    return DECODE_NOT_IP;
}

size_t ip_header_len(uint8_t family)
{
    if (family == 4)
        return IP4_HEADER_LEN;
    return family == 6 ? IP6_HEADER_LEN : 0;
}

static void encode_ip4(const struct ip_packet *packet, uint8_t *octets)
{
    memset(octets, 0, IP4_HEADER_LEN);
    octets[0] = 4 << 4 | IP4_HEADER_LEN / 4;
    put16(octets + 2, (uint16_t)(IP4_HEADER_LEN + packet->payload_len));
    put16(octets + 6, DONT_FRAGMENT);
    octets[8] = TTL;
    octets[9] = packet->protocol;
    memcpy(octets + 12, packet->src.octet, 4);
    memcpy(octets + 16, packet->dst.octet, 4);
    put16(octets + 10, inet_checksum(octets, IP4_HEADER_LEN));
}

static void encode_ip6(const struct ip_packet *packet, uint8_t *octets)
{
    memset(octets, 0, IP6_HEADER_LEN);
    octets[0] = 6 << 4;
    put16(octets + 4, (uint16_t)packet->payload_len);
    octets[6] = packet->protocol;
    octets[7] = TTL;
    memcpy(octets + 8, packet->src.octet, 16);
    memcpy(octets + 24, packet->dst.octet, 16);
}

size_t ip_encode_header(const struct ip_packet *packet, uint8_t *octets, size_t len)
{
    size_t header_len = ip_header_len(packet->src.family);
    if (header_len == 0 || packet->dst.family != packet->src.family)
        return 0;
    /* IPv4's field counts the header, IPv6's does not */
    size_t most = UINT16_MAX - (packet->src.family == 4 ? header_len : 0);
    if (packet->payload_len > most || header_len + packet->payload_len > len)
        return 0;
    if (packet->src.family == 4)
        encode_ip4(packet, octets);
    else
        encode_ip6(packet, octets);
    return header_len;
}
