/*
 * A run of letters is one <text> of a given length; of other characters, which may come from a font
 * of another width, each has its place.
 */
#include "ui/export/svg.h"

#include "ui/export/ink.h"
#include "ui/export/markup.h"
#include "ui/export/runs.h"

/* In tenths of a pixel, for numbers in SVG do not follow the locale. */
enum {
    CELL_WIDTH = 84,
    CELL_HEIGHT = 170,
    BASELINE = 132, /* below the upper edge of a row */
    MARGIN = 80
};

static void put_tenths(const char *name, int tenths, FILE *to)
{
    fprintf(to, " %s=\"%d.%d\"", name, tenths / 10, tenths % 10);
}

static int left_of(int x)
{
    return MARGIN + x * CELL_WIDTH;
}

static void write_ground(const struct run *run, int y, FILE *to)
{
    if (!ink_looks[run->ink].reverse)
        return;
    fprintf(to, "<rect class=\"on-%s\"", ink_looks[run->ink].name);
    put_tenths("x", left_of(run->x), to);
    put_tenths("y", MARGIN + y * CELL_HEIGHT, to);
    put_tenths("width", run_width(run) * CELL_WIDTH, to);
    put_tenths("height", CELL_HEIGHT, to);
    fputs("/>\n", to);
}

/* Blanks at the ends of a run need not be written. */
static void trim(const struct run *run, int *first, int *count)
{
    *first = 0;
    *count = run->count;
    while (*count > 0 && run_code(run, *count - 1) == ' ')
        --*count;
    while (*first < *count && run_code(run, *first) == ' ')
        ++*first;
    *count -= *first;
}

static void write_places(const struct run *run, int first, int count, FILE *to)
{
    int left = left_of(run->x + first * run_step(run));
    if (run->kind == RUN_LETTERS) {
        put_tenths("x", left, to);
        put_tenths("textLength", count * CELL_WIDTH, to);
        return;
    }
    fputs(" x=\"", to);
    for (int i = 0; i < count; i++) {
        int at = left + i * run_step(run) * CELL_WIDTH;
        fprintf(to, "%s%d.%d", i ? " " : "", at / 10, at % 10);
    }
    fputc('"', to);
}

static void write_run(const struct run *run, int y, FILE *to)
{
    int first, count;
    trim(run, &first, &count);
    if (count == 0)
        return;
    fprintf(to, "<text class=\"%s\"", ink_looks[run->ink].name);
    write_places(run, first, count, to);
    put_tenths("y", MARGIN + y * CELL_HEIGHT + BASELINE, to);
    fputc('>', to);
    for (int i = first; i < first + count; i++)
        markup_code(run_code(run, i), to);
    fputs("</text>\n", to);
}

static void write_head(const struct grid *grid, const char *title, const char *words, FILE *to)
{
    int width = grid->width * CELL_WIDTH + 2 * MARGIN;
    int height = grid->height * CELL_HEIGHT + 2 * MARGIN;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<svg xmlns=\"http://www.w3.org/2000/svg\"",
          to);
    put_tenths("width", width, to);
    put_tenths("height", height, to);
    fprintf(to, " viewBox=\"0 0 %d.%d %d.%d\"", width / 10, width % 10, height / 10, height % 10);
    fputs(" role=\"img\" aria-label=\"", to);
    markup_text(title, to);
    fputs("\" xml:space=\"preserve\">\n<title>", to);
    markup_text(title, to);
    fputs("</title>\n<desc>", to);
    markup_text(words, to);
    fprintf(to,
            "</desc>\n<style>\n"
            ".frame text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,"
            "'Liberation Mono',monospace;white-space:pre}\n"
            ".frame .paper{fill:%s}\n"
            "@media (prefers-color-scheme:dark){.frame .paper{fill:%s}}\n",
            ink_paper[0], ink_paper[1]);
    ink_css(".frame", "fill", to);
    fputs("</style>\n<g class=\"frame\">\n"
          "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
          to);
}

void svg_write(const struct grid *grid, const char *title, const char *words, FILE *to)
{
    struct run run;
    write_head(grid, title, words, to);
    for (int y = 0; y < grid->height; y++) {
        for (int x = 0; next_run(grid, y, &x, &run);)
            write_ground(&run, y, to);
        for (int x = 0; next_run(grid, y, &x, &run);)
            write_run(&run, y, to);
    }
    fputs("</g>\n</svg>\n", to);
}
