/*
 * A page that may have more lines than its area has rows: what is put on it is drawn where it is in
 * sight, and the last row says how much stands above and below.
 */
#ifndef UI_TUI_SHEET_H
#define UI_TUI_SHEET_H

#include "ui/tui/panels.h"

struct sheet {
    struct grid *grid; /* NULL: lines are counted only */
    struct rect area;
    int scroll;        /* lines above the first one in sight */
    int line;          /* the one that is written */
    const void *about; /* for who writes it */
};

/* What writes a page, line by line. */
typedef void write_sheet(struct sheet *sheet, const struct picture *picture);

/* How many lines it has in that width. */
int sheet_lines(const struct picture *picture, int width, const void *about, write_sheet *write);

/* Writes it, scrolled as the screen's look has it; a scroll beyond its end shows its end. */
void sheet_draw(struct grid *grid, const struct picture *picture, struct rect area,
                const void *about, write_sheet *write);

/* Puts text into the line, x columns from the left; returns the columns used. */
int sheet_put(struct sheet *sheet, int x, int room, enum ink ink, const char *text);
/* The line is done. */
void sheet_next(struct sheet *sheet);
/* Puts text behind what stands in the line up to *x, or where there is no room into the next one,
 * `indent` from the left; moves *x behind it. */
void sheet_item(struct sheet *sheet, int *x, int indent, enum ink ink, const char *text);
/* Puts text into the line and as many of the next ones as it takes; these are then done. */
void sheet_wrap(struct sheet *sheet, int x, enum ink ink, const char *text);
/* A line across, with a title in it; done as well. */
void sheet_head(struct sheet *sheet, enum ink ink, const char *title);

#endif
