/*
 * A captured packet taken apart: like sim/codec, but for what captures are like. A packet may be
 * cut off behind its headers (snaplen), and those of the capturing host may lack their checksums
 * and lengths, which its network card would have filled in.
 */
#ifndef NET_CAPTURE_PACKET_H
#define NET_CAPTURE_PACKET_H

#include "sim/segment.h"

enum packet_kind {
    PACKET_SEGMENT,
    PACKET_NOT_TCP,
    PACKET_FRAGMENT, /* not put together here */
    PACKET_TUNNEL,   /* carries other packets, or hides them; not looked into */
    PACKET_CUT,      /* so short that the TCP header is not whole */
    PACKET_LYING,    /* its lengths contradict each other */
    PACKET_KIND_COUNT
};

struct packet_view {
    struct segment seg;  /* its text_len is that of the wire; .corrupted: a wrong checksum */
    uint16_t ip_id;      /* 0: none */
    bool options_cut;    /* some of them are not in the capture */
    bool is_cut;         /* text or options are not all in the capture: no checksum was made */
    bool options_broken; /* MUST-7: those before the bad one are taken */
};

/* octets is a packet from its IP header on, of which len were captured and wire_len were on the
 * wire. *view is filled in for PACKET_SEGMENT only. */
enum packet_kind packet_read(const uint8_t *octets, size_t len, size_t wire_len,
                             struct packet_view *view);

#endif
