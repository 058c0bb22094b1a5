/*
 * Octets of strangers made fit for a terminal: no control octet of theirs ever reaches it.
 */
#ifndef UI_ESCAPE_H
#define UI_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Writes the octets as text, final NUL included, cut with "..." where they do not fit into len.
 * Printable characters of valid UTF-8 stay as they are; all others become \n, \t or \x1b.
 * Returns text.
 */
char *escape_text(const uint8_t *octets, size_t octets_len, char *text, size_t len);

/* The length of the valid UTF-8 sequence at the front of what is left, 0 where there is none;
 * *code is its character. */
size_t utf8_decode(const uint8_t *octets, size_t len, uint32_t *code);

/* Fit for a terminal: neither a control nor a character that turns the direction of others. */
bool is_printable(uint32_t code);

#endif
