/*
 * Octets from the seed, cut as the setup says.
 */
#include "net/udp_exchange.h"

#include "net/wire_rules.h"
#include "sim/fnv.h"

#include <stdlib.h>
#include <string.h>

bool exchange_make(struct exchange *exchange, const struct udp_compare_setup *setup)
{
    uint32_t pieces = (setup->size + setup->piece_len - 1) / setup->piece_len;
    *exchange = (struct exchange){ .setup = setup,
                                   .size = (uint64_t)setup->messages * UDP_COMPARE_MESSAGE_LEN +
                                           setup->size,
                                   .count = setup->messages + pieces };
    exchange->whole = malloc(exchange->size + 1);
    if (!exchange->whole)
        return false;
    for (uint64_t i = 0; i < exchange->size; i++)
        exchange->whole[i] = (uint8_t)(wire_rules_mixed(setup->chances.seed ^ i << 32) >> 32);
    exchange->digest = fnv_add(FNV_START, exchange->whole, exchange->size);
    return true;
}

void exchange_free(struct exchange *exchange)
{
    free(exchange->whole);
    exchange->whole = NULL;
}

uint32_t exchange_write(const struct exchange *exchange, uint32_t index,
                        uint8_t into[UDP_LINE_MAX + UDP_MOST])
{
    const struct udp_compare_setup *setup = exchange->setup;
    bool is_message = index < setup->messages;
    uint64_t messages = (uint64_t)setup->messages * UDP_COMPARE_MESSAGE_LEN;
    struct udp_piece piece = { .number = index + 1,
                               .of = exchange->count,
                               .size = exchange->size,
                               .digest = exchange->digest };
    if (is_message)
        piece.at = (uint64_t)index * UDP_COMPARE_MESSAGE_LEN;
    else
        piece.at = messages + (uint64_t)(index - setup->messages) * setup->piece_len;
    uint64_t left = exchange->size - piece.at;
    piece.len = is_message ? UDP_COMPARE_MESSAGE_LEN : setup->piece_len;
    piece.len = left < piece.len ? (uint32_t)left : piece.len;
    uint32_t line = udp_piece_line(&piece, (char *)into);
    memcpy(into + line, exchange->whole + piece.at, piece.len);
    return line + piece.len;
}
