/*
 * The line before a piece, and the tally.
 */
#include "net/udp_piece.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t udp_piece_line(const struct udp_piece *piece, char line[UDP_LINE_MAX])
{
    int len = snprintf(line, UDP_LINE_MAX,
                       "piece %" PRIu32 " of %" PRIu32 " at %" PRIu64 " of %" PRIu64
                       " digest %016" PRIx64 "\n",
                       piece->number, piece->of, piece->at, piece->size, piece->digest);
    return (uint32_t)len;
}

/* What is still to be read of a line. */
struct reader {
    const uint8_t *at, *end;
    bool good;
};

static void word(struct reader *reader, const char *word)
{
    size_t len = strlen(word);
    reader->good = reader->good && (size_t)(reader->end - reader->at) >= len &&
                   memcmp(reader->at, word, len) == 0;
    if (reader->good)
        reader->at += len;
}

static int digit_of(uint8_t octet, unsigned base)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    return base == 16 && octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

static uint64_t number(struct reader *reader, unsigned base, uint64_t most)
{
    const uint8_t *from = reader->at;
    uint64_t sum = 0;
    int digit;
    while (reader->good && reader->at < reader->end && (digit = digit_of(*reader->at, base)) >= 0) {
        reader->good = sum <= (most - (unsigned)digit) / base;
        sum = sum * base + (unsigned)digit;
        reader->at++;
    }
    reader->good = reader->good && reader->at > from;
    return sum;
}

bool udp_piece_read(const uint8_t *octets, uint32_t len, struct udp_piece *piece)
{
    struct reader reader = { octets, octets + len, true };
    word(&reader, "piece ");
    piece->number = (uint32_t)number(&reader, 10, UDP_PIECES_MAX);
    word(&reader, " of ");
    piece->of = (uint32_t)number(&reader, 10, UDP_PIECES_MAX);
    word(&reader, " at ");
    piece->at = number(&reader, 10, INT64_MAX);
    word(&reader, " of ");
    piece->size = number(&reader, 10, INT64_MAX);
    word(&reader, " digest ");
    piece->digest = number(&reader, 16, UINT64_MAX);
    word(&reader, "\n");
    piece->octets = reader.at;
    piece->len = (uint32_t)(reader.end - reader.at);
    return reader.good && piece->number >= 1 && piece->number <= piece->of &&
           piece->size <= (uint64_t)piece->of * UDP_MOST && piece->at <= piece->size &&
           piece->len <= piece->size - piece->at;
}

void udp_tally_free(struct udp_tally *tally)
{
    free(tally->seen);
    *tally = (struct udp_tally){ .of = 0 };
}

static bool is_of_this(struct udp_tally *tally, const struct udp_piece *piece)
{
    if (tally->of > 0)
        return tally->of == piece->of && tally->size == piece->size &&
               tally->digest == piece->digest;
    tally->seen = calloc(piece->of / 8 + 1, 1);
    if (!tally->seen)
        return false;
    tally->of = piece->of;
    tally->size = piece->size;
    tally->digest = piece->digest;
    return true;
}

static bool has(const struct udp_tally *tally, uint32_t number)
{
    return tally->seen[number / 8] >> number % 8 & 1;
}

enum udp_verdict udp_tally_take(struct udp_tally *tally, const uint8_t *octets, uint32_t len,
                                struct udp_piece *piece)
{
    if (!udp_piece_read(octets, len, piece) || !is_of_this(tally, piece)) {
        tally->strange++;
        return UDP_STRANGE;
    }
    if (has(tally, piece->number)) {
        tally->again++;
        return UDP_AGAIN;
    }
    tally->seen[piece->number / 8] |= (uint8_t)(1u << piece->number % 8);
    tally->came++;
    tally->late += piece->number < tally->highest;
    if (piece->number > tally->highest)
        tally->highest = piece->number;
    return UDP_NEW;
}

bool udp_tally_is_whole(const struct udp_tally *tally)
{
    return tally->of > 0 && tally->came == tally->of;
}

char *udp_tally_missing(const struct udp_tally *tally, char *text, size_t len)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 1; i <= tally->of; i++) {
        char range[32];
        uint32_t last = i;
        if (has(tally, i))
            continue;
        while (last < tally->of && !has(tally, last + 1))
            last++;
        snprintf(range, sizeof range, "%s%" PRIu32, used ? ", " : "", i);
        if (last > i)
            snprintf(range + strlen(range), sizeof range - strlen(range), "-%" PRIu32, last);
        if (used + strlen(range) + sizeof " ..." > len) {
            snprintf(text + used, len - used, " ...");
            return text;
        }
        used += (size_t)snprintf(text + used, len - used, "%s", range);
        i = last;
    }
    return text;
}
