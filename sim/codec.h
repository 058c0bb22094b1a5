/*
 * A segment as the octets of a whole IP packet, and back. RFC 9293, 3.1.
 *
 * The text of a segment travels beside it. ECE and CWR are kept in seg->flags as they stand in the
 * header; the bits still reserved are written as 0 and not read.
 */
#ifndef SIM_CODEC_H
#define SIM_CODEC_H

#include "sim/ip.h"
#include "sim/options.h"

enum {
    TCP_HEADER_LEN = 20,                                               /* without options */
    PACKET_HEADERS_MAX = IP6_HEADER_LEN + TCP_HEADER_LEN + OPTIONS_MAX /* all but the text */
};

/* Writes the packet that carries the segment; its text_len octets of text come from `text`, or are
 * zeros where that is NULL. Both checksums are right, but TCP's does not hold where the segment is
 * corrupted: then an octet was changed, of the text, or of the checksum itself where there is no
 * text. Returns the length of the packet; 0 where it is longer than len or than IP allows, or its
 * ends have no addresses of one family. */
size_t segment_encode(const struct segment *seg, enum option_order order, const uint8_t *text,
                      uint8_t *octets, size_t len);

/* Reads a packet; octets behind its end as IP has it are left out. With DECODE_OK,
 * DECODE_TCP_CHECKSUM and DECODE_OPTIONS the segment is filled in, and *text points to its text
 * within the octets; with all else neither is touched. A wrong checksum is told before malformed
 * options. */
enum decode_outcome segment_decode(const uint8_t *octets, size_t len, struct segment *seg,
                                   const uint8_t **text);

#endif
