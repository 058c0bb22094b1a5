/*
 * Any octets as datagrams of a file: read without a read beyond them, and counted so that the
 * numbers fit together. The first octet of each says how long it is.
 */
#include "net/udp_piece.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void take(struct udp_tally *tally, const uint8_t *octets, uint32_t len)
{
    uint8_t *copy = malloc(len + 1u); /* of exactly this size, so that a read beyond it is seen */
    struct udp_piece piece;
    assert(copy);
    memcpy(copy + 1, octets, len);
    if (udp_tally_take(tally, copy + 1, len, &piece) != UDP_STRANGE) {
        assert(piece.number >= 1 && piece.number <= tally->of);
        assert(piece.at + piece.len <= tally->size);
        assert(piece.len <= len && piece.octets + piece.len == copy + 1 + len);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct udp_tally tally = { .of = 0 };
    char text[80];
    while (len > 0) {
        uint32_t part = octets[0];
        part = part < len - 1 ? part : (uint32_t)len - 1;
        take(&tally, octets + 1, part);
        octets += part + 1;
        len -= part + 1;
    }
    assert(tally.came <= tally.of &&
           udp_tally_is_whole(&tally) == (tally.of > 0 && tally.came == tally.of));
    if (tally.of > 0 && tally.of < 10000)
        assert((udp_tally_missing(&tally, text, sizeof text)[0] == '\0') ==
               udp_tally_is_whole(&tally));
    udp_tally_free(&tally);
    return 0;
}
