/*
 * Text cut into numbered datagrams, and the tally of what has come of them. There is no way to ask
 * for one again: this is to show what is missing.
 *
 * A datagram is a line of text and the octets of the piece behind it, all numbers decimal but for
 * the digest (FNV-1a, 64 bits, 16 hexadecimal digits), which is that of the whole:
 *
 *     piece 3 of 240 at 2400 of 287000 digest 0123456789abcdef\n
 */
#ifndef NET_UDP_PIECE_H
#define NET_UDP_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    UDP_MOST = 65507,       /* octets of a datagram: 65,535 less 20 of IPv4 and 8 of UDP */
    UDP_PIECE_LEN = 1200,   /* octets of a piece, if not said: it fits into one packet anywhere */
    UDP_PIECE_MOST = 70000, /* more than a datagram can have: that is to be seen failing */
    UDP_LINE_MAX = 112,     /* of the line before it, with a final NUL */
    UDP_PIECES_MAX = 1 << 24
};

struct udp_piece {
    uint32_t number, of;   /* 1 to UDP_PIECES_MAX */
    uint64_t at, size;     /* octets, of the whole */
    uint64_t digest;       /* of the whole */
    const uint8_t *octets; /* within the datagram */
    uint32_t len;
};

/* Writes the line before a piece; its length. */
uint32_t udp_piece_line(const struct udp_piece *piece, char line[UDP_LINE_MAX]);

/* Reads a datagram, from whomever. False: it is no piece, or what it says of itself cannot be. */
bool udp_piece_read(const uint8_t *octets, uint32_t len, struct udp_piece *piece);

/* What has come of one exchange. */
struct udp_tally {
    uint32_t of;      /* pieces; 0: none has come yet */
    uint64_t size;    /* octets of the whole, as the first one said */
    uint64_t digest;  /* likewise */
    uint32_t came;    /* different ones */
    uint32_t highest; /* number that has come */
    uint64_t again;   /* such as had come before */
    uint64_t late;    /* new ones, behind one with a higher number */
    uint64_t strange; /* datagrams that are no piece of this */
    uint8_t *seen;    /* a bit each */
};

enum udp_verdict {
    UDP_NEW,
    UDP_AGAIN,
    UDP_STRANGE
};

/* All zeros is a tally of nothing. */
void udp_tally_free(struct udp_tally *tally);

/* Counts a datagram; *piece is what it is, unless it is strange. The first one says what the
 * others have to be of. */
enum udp_verdict udp_tally_take(struct udp_tally *tally, const uint8_t *octets, uint32_t len,
                                struct udp_piece *piece);

/* Has everything come? */
bool udp_tally_is_whole(const struct udp_tally *tally);

/* Writes the numbers of those that did not come, "3, 17-19, 40 ..."; returns text. */
char *udp_tally_missing(const struct udp_tally *tally, char *text, size_t len);

#endif
