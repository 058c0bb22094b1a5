/*
 * The blocks that a pcapng file is made of: their framing, and nothing of what is in them.
 * draft-ietf-opsawg-pcapng, 3. Written in little-endian, whatever the machine.
 */
#ifndef UI_EXPORT_PCAPNG_BLOCK_H
#define UI_EXPORT_PCAPNG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum block_type {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_PACKET = 6
};

enum option_code {
    OPT_END = 0,
    OPT_COMMENT = 1,
    OPT_SHB_USERAPPL = 4,
    OPT_IF_NAME = 2,
    OPT_IF_DESCRIPTION = 3,
    OPT_IF_TSRESOL = 9
};

/* A block under way. One value serves for all of them, one after another. */
struct block {
    uint8_t *octets;
    size_t len, cap;
    bool failed; /* no memory */
};

void block_free(struct block *block);

void block_begin(struct block *block, enum block_type type);
void block_put16(struct block *block, uint16_t number);
void block_put32(struct block *block, uint32_t number);

/* Octets, filled up to 32 bits with zeros. */
void block_put(struct block *block, const void *octets, size_t len);

/* An option; longer than 65535 octets it is cut. */
void block_option(struct block *block, enum option_code code, const void *octets, size_t len);
void block_option_text(struct block *block, enum option_code code, const char *text);

/* Ends the options and the block, and writes it. False: memory or the file gave out. */
bool block_end(struct block *block, bool has_options, FILE *to);

#endif
