/*
 * A segment of a trace taken apart: its octets, its options one by one, and the words that its
 * checksum is made of. RFC 9293, 3.1 and 3.2; RFC 1071; RFC 768.
 *
 * What the trace does not have is not made up: where the text was not kept, nothing is said of the
 * checksum.
 */
#ifndef UI_ANATOMY_H
#define UI_ANATOMY_H

#include "net/trace.h"
#include "sim/codec.h"

enum {
    ANATOMY_HEADER_MAX = TCP_HEADER_LEN + OPTIONS_MAX,
    ANATOMY_UDP_LEN = 8, /* octets of a header of UDP */
    ANATOMY_CHECKSUM_AT = 16,
    ANATOMY_UDP_CHECKSUM_AT = 6
};

struct anatomy_option {
    uint8_t at, len; /* within the header; EOL takes all that is behind it */
    uint8_t kind;
    bool sound; /* kind, length and what RFCs say of them fit: its value can be read */
};

struct anatomy {
    struct segment seg; /* as it is now */
    uint8_t header[ANATOMY_HEADER_MAX];
    uint8_t header_len;
    bool from_wire;      /* the header's octets are those of the wire; else they were made of the
                          * segment's values, as the model's stack writes them */
    bool has_checksum;   /* the field's octets are known */
    const uint8_t *text; /* seg.text_len octets; NULL: the trace does not have all of them */
    int32_t changed;     /* which octet, header included, the wire has changed; -1: none, or it is
                          * not known which */
    uint8_t was;         /* what stood there before */
    uint8_t option_count;
    struct anatomy_option options[OPTIONS_MAX];
};

/* Of the segment that event `sent` put on the wire, as it is by event `touched`. `order` is that of
 * the model's stack. False: it has no octets, for its ends have no addresses. */
bool anatomy_make(struct anatomy *anatomy, const struct trace *trace, size_t sent, size_t touched,
                  enum option_order order);

/* The parts that the checksum is made of. */
enum anatomy_part {
    PART_PSEUDO_HEADER, /* of IP: addresses, protocol, length */
    PART_HEADER,        /* with 0 for the checksum */
    PART_TEXT,          /* an odd octet at its end counts as if a zero followed */
    PART_COUNT
};

/* How many words of 16 bits a part has, and the n-th of them. */
size_t anatomy_words(const struct anatomy *anatomy, enum anatomy_part part);
uint16_t anatomy_word(const struct anatomy *anatomy, enum anatomy_part part, size_t n);

/* Where the checksum stands, and what does; what it comes to, with the text at hand. */
size_t anatomy_checksum_at(const struct anatomy *anatomy);
uint16_t anatomy_field(const struct anatomy *anatomy);
uint16_t anatomy_checksum(const struct anatomy *anatomy);
/* The text is at hand, and so the checksum can be worked out. */
bool anatomy_is_whole(const struct anatomy *anatomy);

#endif
