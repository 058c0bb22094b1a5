/*
 * The IPv4 and IPv6 headers around a segment: RFC 791, 3.1; RFC 8200, 3 and 4. No fragments;
 * options and extension headers are skipped, and never written.
 */
#ifndef SIM_IP_H
#define SIM_IP_H

#include "sim/endpoint.h"

enum {
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    IP4_HEADER_LEN = 20,
    IP6_HEADER_LEN = 40
};

/* What came of reading a packet. */
enum decode_outcome {
    DECODE_OK,
    DECODE_SHORT,        /* octets are missing */
    DECODE_NOT_IP,       /* neither version 4 nor 6 */
    DECODE_IP_CHECKSUM,  /* that of the IPv4 header does not hold */
    DECODE_FRAGMENT,     /* a part of a packet, or one that says it is */
    DECODE_NOT_TCP,      /* another protocol is within */
    DECODE_LENGTHS,      /* one header says that it is longer than what holds it, or too short */
    DECODE_TCP_CHECKSUM, /* the segment can be seen, with .corrupted set */
    DECODE_OPTIONS,      /* MUST-7; the segment can be seen with the options before the bad one */
    DECODE_OUTCOME_COUNT
};

/* "ok", "too short", ... */
const char *decode_outcome_words(enum decode_outcome outcome);

struct ip_packet {
    struct ip src, dst;
    uint8_t protocol;
    const uint8_t *payload; /* within the octets that were read */
    size_t payload_len;     /* as IP has it: without what a link filled up behind */
};

/* Reads the headers of IP. Without DECODE_OK the packet is not to be looked at. */
enum decode_outcome ip_decode(const uint8_t *octets, size_t len, struct ip_packet *packet);

/* The octets of a header for this family, or 0 where it is neither 4 nor 6. */
size_t ip_header_len(uint8_t family);

/* Writes the header of a packet (TTL 64, DF, id 0) whose payload is to follow; returns the length
 * of the header. 0 and nothing written where the two addresses are not of one family, the packet is
 * too long for its length field, or the whole of it is longer than len. */
size_t ip_encode_header(const struct ip_packet *packet, uint8_t *octets, size_t len);

#endif
