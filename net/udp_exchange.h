/*
 * What is exchanged to compare TCP with UDP: writes that look like those of net/udp_piece, made
 * from a seed. The first ones are short messages, the others pieces of a file.
 */
#ifndef NET_UDP_EXCHANGE_H
#define NET_UDP_EXCHANGE_H

#include "net/udp_compare.h"
#include "net/udp_piece.h"

struct exchange {
    const struct udp_compare_setup *setup;
    uint8_t *whole; /* the octets of all messages and pieces, without the lines before them */
    uint64_t size;  /* of them */
    uint64_t digest;
    uint32_t count; /* writes */
};

/* False: out of memory. */
bool exchange_make(struct exchange *exchange, const struct udp_compare_setup *setup);
void exchange_free(struct exchange *exchange);

/* Write `index`, from 0, line included; its length. */
uint32_t exchange_write(const struct exchange *exchange, uint32_t index,
                        uint8_t into[UDP_LINE_MAX + UDP_MOST]);

#endif
