/*
 * Captures read from files, packet by packet: pcap and pcapng, by libpcap. What a link puts before
 * a packet is taken off; what is in the packet is net/capture_packet.h.
 */
#ifndef NET_CAPTURE_READ_H
#define NET_CAPTURE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAPTURE_WORDS_MAX = 512 /* of libpcap: they may hold octets of strangers */
};

struct capture_file;

struct capture_packet {
    uint64_t number;       /* in the file, from 1 */
    uint64_t usec;         /* since the first one; stands still where the file's clock goes back */
    const uint8_t *octets; /* from the IP header on; valid up to the next one */
    size_t len;            /* captured */
    size_t wire_len;       /* as long as it was; may be more */
};

enum capture_progress {
    CAPTURE_IP,    /* *packet is filled in */
    CAPTURE_OTHER, /* a packet that does not carry IP, or too short to tell; .octets is NULL */
    CAPTURE_END,
    CAPTURE_BROKEN /* the file is: capture_words() */
};

/* Opens a file, "-" for standard input. NULL: words (CAPTURE_WORDS_MAX) say why. */
struct capture_file *capture_open(const char *path, char *words);
void capture_close(struct capture_file *file);

enum capture_progress capture_next(struct capture_file *file, struct capture_packet *packet);

/* Why the file is broken. */
const char *capture_words(const struct capture_file *file);

/* Where the IP header begins behind the header of a link, by its DLT_...; -1: there is none. */
long link_header_len(int link, const uint8_t *octets, size_t len);

/* Does link_header_len() know this link? */
bool link_is_known(int link);

#endif
