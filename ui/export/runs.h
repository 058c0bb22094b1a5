/*
 * A row of cells as runs of one ink and of one kind of character: what exporters write of a grid.
 */
#ifndef UI_EXPORT_RUNS_H
#define UI_EXPORT_RUNS_H

#include "ui/tui/grid.h"

/* What fonts do with a character. */
enum run_kind {
    RUN_LETTERS, /* of ASCII: each font that is monospace has them in one width */
    RUN_SIGNS,   /* one cell, but another font's width where the first one lacks it */
    RUN_WIDE     /* two cells each */
};

struct run {
    int x, count; /* its first cell; characters */
    enum ink ink;
    enum run_kind kind;
    const struct cell *cells;
};

/* The run of a row from *x on, which moves behind it. False: the row is over. */
bool next_run(const struct grid *grid, int y, int *x, struct run *run);

/* The i-th character of a run, the cells that a character of it takes, and all of them. */
uint32_t run_code(const struct run *run, int i);
int run_step(const struct run *run);
int run_width(const struct run *run);

#endif
