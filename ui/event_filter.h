/*
 * Which events are to be shown: "host:A kind:state lane:kernel conn:10.9.0.1:40568 sock:3". Words
 * with the same key are alternatives; all keys have to be met.
 */
#ifndef UI_EVENT_FILTER_H
#define UI_EVENT_FILTER_H

#include "sim/event.h"

enum {
    FILTER_WORDS = 4, /* of conn and sock each */
    FILTER_SOCKS = 128
};

struct event_filter {
    uint32_t kinds; /* a bit for each that passes; 0: all, as below */
    uint32_t hosts; /* 1 << host; none: 1 << 31 */
    uint32_t lanes;
    struct {
        struct ip ip; /* family 0: any address */
        uint16_t port;
    } ends[FILTER_WORDS];
    unsigned end_count;
    char socks[FILTER_WORDS][NAME_MAX_LEN]; /* names in the lab, or descriptors */
    unsigned sock_count;
    uint32_t first_step, last_step;
    struct {
        int32_t sock;
        uint8_t lane;
        bool by_end, by_name; /* what of the filter it was found to meet */
    } known[FILTER_SOCKS];    /* sockets that events have named so far; the oldest is forgotten */
    unsigned known_count;
    char wrong[64]; /* the word that is not understood; "": all are */
};

/* Reads the words; one that is wrong is in `wrong`, and the others count. */
void event_filter_read(struct event_filter *filter, const char *words);

/* Does the event pass? To be asked of each event in its turn: sockets are learnt on the way. */
bool event_filter_passes(struct event_filter *filter, const struct event *event);

#endif
