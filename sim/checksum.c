/*
 * The sum of 16-bit words in ones' complement. It is the same in whatever order they are added and
 * whenever the carries are added to it. RFC 1071, 1 and 2.
 */
#include "sim/checksum.h"

#include "sim/octets.h"

#include <assert.h>

/* An odd octet at the end counts as if a zero followed. */
static uint64_t sum(const uint8_t *octets, size_t len)
{
    uint64_t words = 0;
    for (size_t i = 0; i + 1 < len; i += 2)
        words += get16(octets + i);
    if (len % 2 == 1)
        words += (uint64_t)octets[len - 1] << 8;
    return words;
}

static uint16_t complement(uint64_t words)
{
    while (words > UINT16_MAX)
        words = (words & UINT16_MAX) + (words >> 16);
    return (uint16_t)~words;
}

uint16_t inet_checksum(const uint8_t *octets, size_t len)
{
    return complement(sum(octets, len));
}

uint16_t transport_checksum(const struct ip *src, const struct ip *dst, uint8_t protocol,
                            const uint8_t *octets, size_t len)
{
    assert(src->family == dst->family && (src->family == 4 || src->family == 6));
    assert(len <= UINT32_MAX);
    size_t address_len = src->family == 4 ? 4 : 16;
    uint64_t addresses = sum(src->octet, address_len) + sum(dst->octet, address_len);
    return complement(addresses + protocol + len + sum(octets, len));
}
