/*
 * Rows of frames, each kept once: most rows of a frame are those of the frame before.
 *
 * A row is written as its runs, a blank, and the characters: "12a3b.40a* ..." is 12 letters in ink
 * a (INK_PLAIN), 3 signs ('.', a cell each; '+': two cells each) in ink b, and 40 times one
 * character ('*'). A count of 1 is not written.
 */
#ifndef UI_EXPORT_ROW_TABLE_H
#define UI_EXPORT_ROW_TABLE_H

#include "ui/tui/grid.h"

struct row_table {
    char **rows;
    size_t count;
    size_t *slots; /* a hash table of their places, from 1; 0: free */
    size_t slot_count;
};

/* The place of that row of the grid, which is added where it is new. False: out of memory. */
bool row_table_take(struct row_table *table, const struct grid *grid, int y, size_t *place);
void row_table_free(struct row_table *table);

#endif
