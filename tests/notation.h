/*
 * Segments and octets as tests write them, after the way the RFC prints segments:
 *
 *     <SEQ=100><ACK=301><CTL=SYN,ACK><WIN=1000><MSS=536><DATA=hello>
 *
 * A number may be a sum: of decimals and of a connection's variables ISS, SND.UNA, SND.NXT,
 * SND.WND, IRS, RCV.NXT, RCV.WND and TS (the timestamp it sent last), as in
 * <SEQ=RCV.NXT+RCV.WND-1>. Text is written as it is, and many equal octets as 1460*x. Only
 * printable octets but '>' can be text.
 *
 * <URG=5> is the urgent pointer, and sets the control bit. Options are written as
 * <OPT=MSS 1460,WS 7,SACKOK,TS 1000:0,SACK 500:600 700:800>, or <OPT=none>; the value of a
 * timestamp that may be any is *. <SUM=wrong> is a checksum that does not hold.
 */
#ifndef TESTS_NOTATION_H
#define TESTS_NOTATION_H

#include "sim/tcp.h"

enum {
    NOTATION_OCTETS = 1500, /* of text in a segment */
    NOTATION_LINE = 384     /* a segment as it is written, with its final NUL */
};

struct written_segment {
    struct segment seg; /* without its ends */
    bool says_wnd, says_mss, says_psh, says_options, any_ts_val;
    uint8_t text[NOTATION_OCTETS];
};

/* Whose variables numbers may be sums of; tcb NULL: there are none. */
struct notation_of {
    const struct tcb *tcb;
    uint32_t ts;
};

/* Reads a segment. NULL, or what is wrong. */
const char *notation_read(const char *written, const struct notation_of *of,
                          struct written_segment *out);

/* Reads one number or sum; false where it is none. */
bool notation_number(const char *written, size_t len, const struct notation_of *of,
                     uint32_t *number);

/* Reads "hello" or "1460*x" into octets; returns how many, or -1 where there is no room. */
int32_t notation_octets(const char *written, size_t len, uint8_t *octets, size_t room);

/* Writes a segment with all that it has; returns line. */
char *notation_write(const struct segment *seg, const uint8_t *text, char *line, size_t len);

/* Writes octets, shortened where they are many; returns line. */
char *notation_write_octets(const uint8_t *octets, size_t count, char *line, size_t len);

/* Is it the segment that was written? Window, MSS (0: none), other options and PSH count where they
 * were written. */
bool notation_is(const struct written_segment *written, const struct segment *seg,
                 const uint8_t *text);

#endif
