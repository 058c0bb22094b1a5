/*
 * Any octets as captured packets: taken apart without a read beyond them, sorted into connections,
 * replayed and drawn. Half of the inputs are packets, the other half a few octets a segment between
 * two hosts, which gets deeper.
 */
#include "net/capture_replay.h"
#include "sim/codec.h"
#include "ui/export/ladder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

enum {
    LINKS = 9,
    RECORD_LEN = 7
};

/* A copy of exactly this size, so that a read beyond it is seen. */
static void take(struct flows *flows, uint64_t number, const uint8_t *octets, size_t len,
                 size_t more)
{
    uint8_t *copy = malloc(len + 1);
    assert(copy);
    memcpy(copy + 1, octets, len);
    struct capture_packet packet = { .number = number,
                                     .usec = number * 1000,
                                     .octets = len > 0 ? copy + 1 : NULL,
                                     .len = len,
                                     .wire_len = len + more };
    flows_take(flows, &packet);
    free(copy);
}

/* Two octets of length and link, then so many of the packet. */
static void take_packets(struct flows *flows, const uint8_t *octets, size_t len)
{
    static const int links[LINKS] = { 12, 228, 229, 0, 108, 1, 113, 276, 77 };
    for (uint64_t number = 1; len >= 2; number++) {
        size_t packet_len = octets[0] < len - 2 ? octets[0] : len - 2;
        int link = links[octets[1] % LINKS];
        octets += 2;
        len -= 2;
        long at = link_header_len(link, octets, packet_len);
        assert(at < 0 || (size_t)at < packet_len);
        if (at >= 0)
            take(flows, number, octets + at, packet_len - (size_t)at, number % 3);
        octets += packet_len;
        len -= packet_len;
    }
}

static void take_segments(struct flows *flows, const uint8_t *octets, size_t len)
{
    uint8_t packet[PACKET_HEADERS_MAX + UINT8_MAX];
    static const uint8_t text[UINT8_MAX];
    uint64_t number = 0;
    for (; len >= RECORD_LEN; octets += RECORD_LEN, len -= RECORD_LEN) {
        struct endpoint a = { ip4(10, 0, 0, 1), 1000 }, b = { ip4(10, 0, 0, 2), 80 };
        bool back = octets[0] & 0x80;
        struct segment seg = { .src = back ? b : a,
                               .dst = back ? a : b,
                               .flags = octets[0] & 0x3f,
                               .seq = seq_of((back ? 0xfffffff0u : 0) + octets[1]),
                               .ack = seq_of((back ? 0 : 0xfffffff0u) + octets[2]),
                               .wnd = (uint16_t)(octets[3] << (octets[5] & 7)),
                               .text_len = octets[4],
                               .has = (octets[5] >> 3) & 7,
                               .wscale = octets[6] & 15,
                               .ts_val = octets[6],
                               .mss = octets[6] };
        size_t packet_len = segment_encode(&seg, ORDER_RFC, text, packet, sizeof packet);
        assert(packet_len > 0);
        take(flows, ++number, packet, packet_len, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct flows *flows = flows_new();
    FILE *null = fopen("/dev/null", "w");
    assert(flows && null);
    flows->seen_max = 500;
    if (len > 0 && octets[0] & 1)
        take_packets(flows, octets + 1, len - 1);
    else if (len > 0)
        take_segments(flows, octets + 1, len - 1);
    for (unsigned i = 0; i < flows->count; i++) {
        struct trace trace;
        trace_init(&trace);
        assert(flow_replay(flows->list[i], flows->last_usec + 10000000, &trace));
        assert(ladder_write(flows->list[i], &trace, i % 2, null));
        trace_free(&trace);
    }
    fclose(null);
    flows_free(flows);
    return 0;
}
