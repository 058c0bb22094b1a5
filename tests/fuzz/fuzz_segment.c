/*
 * Any octets as a packet and as options: nothing is read beyond them, and what can be decoded is
 * the same after it was encoded and decoded once more.
 */
#include "sim/checksum.h"
#include "sim/codec.h"
#include "sim/octets.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check_text(const uint8_t *octets, size_t len)
{
    char text[OPTIONS_TEXT_MAX], cut[9];
    if (len > OPTIONS_MAX)
        len = OPTIONS_MAX;
    size_t used = options_text(octets, len, text, sizeof text);
    assert(used == strlen(text) && used < OPTIONS_TEXT_MAX - 1);
    used = options_text(octets, len, cut, sizeof cut);
    assert(used == strlen(cut) && strncmp(cut, text, used) == 0);
    struct segment seg = { .flags = len > 0 ? octets[0] : 0 };
    assert(options_read(octets, len, &seg) == (strstr(text, "malformed") == NULL));
}

/* A segment that came out of a packet has zeros where it has nothing, so all of it is compared. */
static void check_same(const struct segment *a, const struct segment *b)
{
    assert(endpoint_eq(&a->src, &b->src) && endpoint_eq(&a->dst, &b->dst));
    assert(seq_eq(a->seq, b->seq) && seq_eq(a->ack, b->ack));
    assert(a->wnd == b->wnd && a->urgent == b->urgent && a->flags == b->flags);
    assert(a->mss == b->mss && a->has == b->has && a->wscale == b->wscale);
    assert(a->ts_val == b->ts_val && a->ts_ecr == b->ts_ecr);
    assert(a->text_len == b->text_len && a->sack_count == b->sack_count);
    assert(memcmp(a->sack, b->sack, sizeof a->sack) == 0);
}

/* What is not in a segment (its unknown options, IP's options and extension headers) is not written
 * again. */
static void check_again(const struct segment *seg, enum option_order order, const uint8_t *text)
{
    static uint8_t octets[PACKET_HEADERS_MAX + UINT16_MAX];
    struct segment again;
    const uint8_t *text_again;
    size_t len = segment_encode(seg, order, text, octets, sizeof octets);
    if (len == 0) { /* our options are longer, and IP has no number for the length */
        assert(seg->text_len + PACKET_HEADERS_MAX > UINT16_MAX);
        return;
    }
    enum decode_outcome outcome = segment_decode(octets, len, &again, &text_again);
    assert(outcome == (seg->corrupted ? DECODE_TCP_CHECKSUM : DECODE_OK));
    assert(again.corrupted == seg->corrupted);
    check_same(seg, &again);
    assert(seg->corrupted || memcmp(text, text_again, seg->text_len) == 0);
}

static void check_packet(const uint8_t *octets, size_t len)
{
    static const enum option_order orders[] = { ORDER_RFC, ORDER_LINUX, ORDER_BSD };
    struct segment seg;
    const uint8_t *text;
    enum decode_outcome outcome = segment_decode(octets, len, &seg, &text);
    assert(decode_outcome_words(outcome));
    if (outcome != DECODE_OK && outcome != DECODE_TCP_CHECKSUM && outcome != DECODE_OPTIONS)
        return;
    assert(text >= octets && text + seg.text_len <= octets + len);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        check_again(&seg, orders[i], text);
}

/* Makes the checksums good where there is a place for them: hardly any input has them right. */
static void mend(uint8_t *octets, size_t len)
{
    struct ip_packet packet;
    size_t header_len = len > 0 ? (octets[0] & 0xfu) * 4 : 0;
    if (len > 0 && octets[0] >> 4 == 4 && header_len >= IP4_HEADER_LEN && header_len <= len) {
        put16(octets + 10, 0);
        put16(octets + 10, inet_checksum(octets, header_len));
    }
    if (ip_decode(octets, len, &packet) != DECODE_OK || packet.payload_len < TCP_HEADER_LEN)
        return;
    uint8_t *tcp = octets + (packet.payload - octets);
    put16(tcp + 16, 0);
    put16(tcp + 16,
          transport_checksum(&packet.src, &packet.dst, packet.protocol, tcp, packet.payload_len));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    uint8_t *mended = malloc(len + (len == 0));
    check_text(octets, len);
    check_packet(octets, len);
    if (len > 0)
        memcpy(mended, octets, len);
    mend(mended, len);
    check_packet(mended, len);
    free(mended);
    return 0;
}
