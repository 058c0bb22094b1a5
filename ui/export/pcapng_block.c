/*
 * A block is put together in memory, because its length stands in front of it too.
 */
#include "ui/export/pcapng_block.h"

#include <stdlib.h>
#include <string.h>

enum {
    LENGTH_AT = 4 /* behind the type */
};

void block_free(struct block *block)
{
    free(block->octets);
    *block = (struct block){ .len = 0 };
}

static void add(struct block *block, const void *octets, size_t len)
{
    if (block->len + len > block->cap) {
        size_t cap = (block->len + len) * 2;
        uint8_t *more = realloc(block->octets, cap);
        if (!more) {
            block->failed = true;
            return;
        }
        block->octets = more;
        block->cap = cap;
    }
    if (len > 0)
        memcpy(block->octets + block->len, octets, len);
    block->len += len;
}

void block_put16(struct block *block, uint16_t number)
{
    const uint8_t octets[2] = { (uint8_t)number, (uint8_t)(number >> 8) };
    add(block, octets, sizeof octets);
}

void block_put32(struct block *block, uint32_t number)
{
    block_put16(block, (uint16_t)number);
    block_put16(block, (uint16_t)(number >> 16));
}

void block_put(struct block *block, const void *octets, size_t len)
{
    static const uint8_t zeros[3];
    add(block, octets, len);
    add(block, zeros, (4 - len % 4) % 4);
}

void block_begin(struct block *block, enum block_type type)
{
    block->len = 0;
    block_put32(block, (uint32_t)type);
    block_put32(block, 0);
}

void block_option(struct block *block, enum option_code code, const void *octets, size_t len)
{
    if (len > UINT16_MAX)
        len = UINT16_MAX;
    block_put16(block, (uint16_t)code);
    block_put16(block, (uint16_t)len);
    block_put(block, octets, len);
}

void block_option_text(struct block *block, enum option_code code, const char *text)
{
    block_option(block, code, text, strlen(text));
}

bool block_end(struct block *block, bool has_options, FILE *to)
{
    if (has_options)
        block_option(block, OPT_END, "", 0);
    uint32_t total = (uint32_t)block->len + sizeof(uint32_t);
    block_put32(block, total);
    if (block->failed)
        return false;
    for (unsigned i = 0; i < sizeof total; i++)
        block->octets[LENGTH_AT + i] = (uint8_t)(total >> 8 * i);
    return fwrite(block->octets, 1, block->len, to) == block->len;
}
