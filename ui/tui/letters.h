/*
 * Letters of many cells, to be read from the last row of a class: capitals, digits, "-" and ",".
 */
#ifndef UI_TUI_LETTERS_H
#define UI_TUI_LETTERS_H

#include "ui/tui/grid.h"

enum letters {
    LETTERS_FLAT, /* 4 rows, 6 columns a letter */
    LETTERS_TALL, /* 7 rows, 6 columns */
    LETTERS_WIDE, /* 7 rows, 12 columns */
    LETTERS_COUNT
};

int letters_height(enum letters size);
int letters_width(enum letters size, const char *text);

/* Puts text with its upper left corner at (x, y); what is no such letter is left blank. Letters
 * that do not fit whole into `room` columns are left away, and an ellipsis is put. */
void letters_put(struct grid *grid, int x, int y, int room, enum letters size, enum ink ink,
                 const char *text);

#endif
