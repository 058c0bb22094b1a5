/*
 * Runs of cells.
 */
#include "ui/export/runs.h"

static bool is_wide(const struct grid *grid, const struct cell *row, int x)
{
    return x + 1 < grid->width && row[x].code != 0 && row[x + 1].code == 0;
}

static enum run_kind kind_of(const struct grid *grid, const struct cell *row, int x)
{
    if (is_wide(grid, row, x))
        return RUN_WIDE;
    return row[x].code < 0x80 ? RUN_LETTERS : RUN_SIGNS;
}

bool next_run(const struct grid *grid, int y, int *x, struct run *run)
{
    const struct cell *row = &grid->cells[y * grid->width];
    if (*x >= grid->width)
        return false;
    *run = (struct run){
        .x = *x, .ink = (enum ink)row[*x].ink, .kind = kind_of(grid, row, *x), .cells = &row[*x]
    };
    while (*x < grid->width && row[*x].ink == run->ink && kind_of(grid, row, *x) == run->kind) {
        run->count++;
        *x += run_step(run);
    }
    return true;
}

uint32_t run_code(const struct run *run, int i)
{
    uint32_t code = run->cells[i * run_step(run)].code;
    return code ? code : ' '; /* half of a character that is no more */
}

int run_step(const struct run *run)
{
    return run->kind == RUN_WIDE ? 2 : 1;
}

int run_width(const struct run *run)
{
    return run->count * run_step(run);
}
