/*
 * ISN = M + F(localip, localport, remoteip, remoteport, secret). RFC 6528, section 3; the
 * pseudorandom function is SipHash-2-4.
 */
#include "sim/isn.h"

#include <string.h>

static uint64_t rotl(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[0] = rotl(v[0], 32);
    v[2] += v[3];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

static uint64_t little_endian(const uint8_t *octets, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)octets[i] << (8 * i);
    return word;
}

static void take_in(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

uint64_t siphash(const uint64_t key[2], const uint8_t *octets, size_t len)
{
    uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                      key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
    size_t whole = len - len % 8;
    for (size_t i = 0; i < whole; i += 8)
        take_in(v, little_endian(octets + i, 8));
    take_in(v, (uint64_t)len << 56 | little_endian(octets + whole, len % 8));
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint8_t *put_endpoint(uint8_t *at, const struct endpoint *end)
{
    *at++ = end->ip.family;
    memcpy(at, end->ip.octet, sizeof end->ip.octet);
    at += sizeof end->ip.octet;
    *at++ = (uint8_t)(end->port >> 8);
    *at++ = (uint8_t)end->port;
    return at;
}

struct seq isn_choose(const uint64_t key[2], const struct endpoint *local,
                      const struct endpoint *remote, uint64_t now_usec)
{
    uint8_t ends[2 * ENDPOINT_OCTETS];
    uint8_t *end = put_endpoint(put_endpoint(ends, local), remote);
    uint64_t hash = siphash(key, ends, (size_t)(end - ends));
    return seq_of((uint32_t)(now_usec / 4) + (uint32_t)hash);
}
