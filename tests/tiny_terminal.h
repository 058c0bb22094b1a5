/*
 * A small terminal: what asciicasts are played on. It knows CUP, SGR, ED and the cursor's showing,
 * and fails the test at anything else.
 */
#ifndef TESTS_TINY_TERMINAL_H
#define TESTS_TINY_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TINY_SGR_MAX = 24
};

struct tiny_cell {
    uint32_t code; /* 0: the right half of the one before */
    char sgr[TINY_SGR_MAX];
};

struct tiny_terminal {
    int width, height, x, y;
    char sgr[TINY_SGR_MAX]; /* as since the last reset, without "0;" */
    bool cursor;
    struct tiny_cell *cells;
};

void tiny_begin(struct tiny_terminal *terminal, int width, int height);
void tiny_end(struct tiny_terminal *terminal);
void tiny_write(struct tiny_terminal *terminal, const char *octets);

#endif
