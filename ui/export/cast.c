/*
 * Frames as octets for a terminal of 256 colours: cursor to where something changes, its ink, its
 * characters (ECMA-48: CUP, SGR, ED).
 */
#include "ui/export/cast.h"

#include "ui/export/ink.h"
#include "ui/export/markup.h"
#include "ui/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the terminal shows, and where it stands. */
struct terminal {
    struct cell *shown; /* NULL: nothing is known */
    int x, y;           /* -1: not known */
    int ink;            /* likewise */
    uint32_t ms;
};

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->code == b->code && a->ink == b->ink;
}

/* The cell and, of a wide character, its right half. */
static int cells_of(const struct grid *grid, int x, int y)
{
    return x + 1 < grid->width && grid->cells[y * grid->width + x + 1].code == 0 ? 2 : 1;
}

static bool is_shown(const struct terminal *terminal, const struct grid *grid, int x, int y)
{
    int at = y * grid->width + x;
    return same_cell(&terminal->shown[at], &grid->cells[at]) &&
           (cells_of(grid, x, y) == 1 || same_cell(&terminal->shown[at + 1], &grid->cells[at + 1]));
}

static void put_cell(struct terminal *terminal, const struct grid *grid, int x, int y, FILE *to)
{
    char text[5];
    const struct cell *cell = &grid->cells[y * grid->width + x];
    uint32_t code = cell->code ? cell->code : ' ';
    if (terminal->x != x || terminal->y != y)
        fprintf(to, "\x1b[%d;%dH", y + 1, x + 1);
    if (terminal->ink != cell->ink) {
        const char *sgr = ink_looks[cell->ink].sgr;
        fprintf(to, "\x1b[0%s%sm", sgr[0] ? ";" : "", sgr);
    }
    fwrite(text, 1, utf8_encode(code, text), to);
    terminal->ink = cell->ink;
    terminal->x = x + cells_of(grid, x, y);
    terminal->y = y;
    if (terminal->x >= grid->width)
        terminal->x = -1; /* terminals differ in where it is then */
}

static void put_frame(struct terminal *terminal, const struct grid *grid, FILE *to)
{
    for (int y = 0; y < grid->height; y++) {
        for (int x = 0; x < grid->width; x += cells_of(grid, x, y)) {
            if (!is_shown(terminal, grid, x, y))
                put_cell(terminal, grid, x, y, to);
        }
    }
    memcpy(terminal->shown, grid->cells,
           (size_t)grid->width * (size_t)grid->height * sizeof *grid->cells);
}

/* An event: its time, what it is, and octets or words. */
static void write_event(const struct terminal *terminal, const char *kind, const char *data,
                        FILE *out)
{
    fprintf(out, "[%" PRIu32 ".%03" PRIu32 ",\"%s\",", terminal->ms / 1000, terminal->ms % 1000,
            kind);
    markup_json(data, out);
    fputs("]\n", out);
}

static bool write_frame(struct terminal *terminal, const struct grid *grid, uint32_t step,
                        bool first, FILE *out)
{
    char *octets = NULL, marker[64];
    size_t len;
    FILE *to = open_memstream(&octets, &len);
    if (!to)
        return false;
    if (first)
        fputs("\x1b[?25l\x1b[0m\x1b[2J", to); /* no cursor; all blank */
    put_frame(terminal, grid, to);
    bool good = fclose(to) == 0;
    snprintf(marker, sizeof marker, _("step %u"), step);
    if (good)
        write_event(terminal, "m", marker, out);
    if (good)
        write_event(terminal, "o", octets, out);
    free(octets);
    return good;
}

static void write_head(const struct film *film, FILE *out)
{
    char title[192];
    fprintf(out, "{\"version\":2,\"width\":%d,\"height\":%d,\"title\":", film->of.width,
            film->of.height);
    markup_json(film_title(film, title, sizeof title), out);
    fputs(",\"env\":{\"TERM\":\"xterm-256color\"}}\n", out);
}

static void blank(struct cell *cells, int count)
{
    for (int i = 0; i < count; i++)
        cells[i] = (struct cell){ .code = ' ', .ink = INK_PLAIN };
}

bool cast_write(struct film *film, uint32_t from, uint32_t to, enum stage_screen screen,
                uint32_t step_ms, FILE *out)
{
    int count = film->of.width * film->of.height;
    struct terminal terminal = { .x = -1, .y = -1, .ink = -1 };
    terminal.shown = calloc((size_t)count, sizeof *terminal.shown);
    if (!terminal.shown)
        return false;
    blank(terminal.shown, count);
    write_head(film, out);
    bool good = true;
    for (uint32_t step = from; step <= to && good; step++) {
        film_to(film, step);
        good = write_frame(&terminal, film_draw(film, screen), step, step == from, out);
        terminal.ms += step_ms;
    }
    if (good)
        write_event(&terminal, "o", "\x1b[0m\x1b[?25h", out); /* the last frame stands as long */
    free(terminal.shown);
    return good && !ferror(out);
}
