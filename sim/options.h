/*
 * The options of a segment as octets: RFC 9293, 3.2; RFC 7323, 2 and 3; RFC 2018, 2 and 3.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include "sim/profile.h"
#include "sim/segment.h"

enum {
    OPTIONS_MAX = 40,      /* octets: the data offset has four bits */
    OPTIONS_TEXT_MAX = 208 /* what options_text() makes of 40 octets, with its final NUL */
};

/* What stands in the first octet of an option. */
enum {
    KIND_EOL = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,
    KIND_WSCALE = 3,
    KIND_SACK_PERMITTED = 4,
    KIND_SACK = 5,
    KIND_TIMESTAMPS = 8
};

/* Writes the options that the segment has, filled up to 32 bits as a stack does that keeps to this
 * order; returns how many octets that are. MSS, window scale and SACK-permitted go on a SYN only,
 * SACK blocks on all else, as many as there is room for. */
size_t options_write(const struct segment *seg, enum option_order order,
                     uint8_t octets[OPTIONS_MAX]);

/* Fills in mss, has, wscale, ts_val, ts_ecr, sack and sack_count; seg->flags say before if it is a
 * SYN. Others are skipped by their length (MUST-6), and so are known ones of a length that is not
 * theirs. False where a length leads nowhere (MUST-7): what stood before it is filled in. */
bool options_read(const uint8_t *octets, size_t len, struct segment *seg);

/* Writes "mss 1460,nop,wscale 8,sackOK,TS val 1 ecr 0,sack 1:2 3:4,eol": what the octets say,
 * whether or not it counts there. "kind 34 0xcafe" is one that we don't know, "malformed" ends it
 * where options_read() gives up. Returns the characters written, without the final NUL; the text is
 * cut where there is no room. text_len is at least 1. */
size_t options_text(const uint8_t *octets, size_t len, char *text, size_t text_len);

#endif
