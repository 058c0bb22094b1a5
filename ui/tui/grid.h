/*
 * The screen as a grid of cells, apart from any terminal: what panels draw on. The same drawing
 * makes the screen and a text frame.
 */
#ifndef UI_TUI_GRID_H
#define UI_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a cell means; the screen gives it a colour. Nothing is told by ink alone. */
enum ink {
    INK_PLAIN,
    INK_FAINT,
    INK_STRONG,
    INK_TITLE,
    INK_MODEL,
    INK_KERNEL,
    INK_WIRE,
    INK_CHOSEN,
    INK_GOOD,
    INK_BAD,
    INK_KEY,
    INK_OPENING, /* groups of states, for what tells of them by its length or size: ink_of_state()
                  */
    INK_OPEN,
    INK_CLOSING,
    INK_WAITING,
    INK_CLOSED,
    INK_COUNT
};

struct cell {
    uint32_t code; /* a Unicode character; 0: the right half of a wide one */
    uint8_t ink;
};

struct grid {
    int width, height;
    struct cell *cells;
};

struct rect {
    int x, y, width, height;
};

/* False: out of memory. A grid can be made again in another size. */
bool grid_make(struct grid *grid, int width, int height);
void grid_free(struct grid *grid);
void grid_clear(struct grid *grid);

/* Puts UTF-8 text into a row, in at most `room` columns and within the grid; what does not fit
 * is cut with an ellipsis. Returns the columns used. */
int grid_put(struct grid *grid, int x, int y, int room, enum ink ink, const char *text);

/* Puts text over several rows, broken at blanks and at each newline. Returns the rows used; where
 * they do not suffice the last one ends with an ellipsis. */
int grid_wrap(struct grid *grid, struct rect area, enum ink ink, const char *text);

/* A frame with a title in its upper edge. */
void grid_box(struct grid *grid, struct rect area, enum ink ink, const char *title);

/* A line across a box, joined to its edges, with a title. */
void grid_divide(struct grid *grid, struct rect area, int y, enum ink ink, const char *title);

/* Columns that UTF-8 text takes in a row; rows that it takes at that width, more than 1. */
int text_width(const char *text);
int text_rows(const char *text, int width);

/* The first of these rows: how many octets of the text stand in it; *next: where the one after it
 * begins. */
size_t text_row(const char *text, int width, const char **next);

/* What printf's "%-*s" has to be told to fill up a text to so many columns. */
int text_field(const char *text, int columns);

/* The ASCII character that stands for one that is not. */
char ascii_of(uint32_t code);

/* The grid as lines of text, without blanks at their ends. */
void grid_print(const struct grid *grid, bool ascii, FILE *to);

/* Writes a character as UTF-8 with a final NUL, 5 octets at most; returns its octets. */
size_t utf8_encode(uint32_t code, char *text);

#endif
