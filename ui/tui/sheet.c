/*
 * Pages longer than the screen.
 */
#include "ui/tui/sheet.h"

#include "ui/text.h"

#include <stdio.h>
#include <string.h>

int sheet_lines(const struct picture *picture, int width, const void *about, write_sheet *write)
{
    struct sheet sheet = { .area = { 0, 0, width, 0 }, .about = about };
    write(&sheet, picture);
    return sheet.line;
}

static void say_how_much(struct grid *grid, struct rect area, int scroll, int rows, int lines)
{
    char text[160];
    snprintf(text, sizeof text, _("lines %d to %d of %d%s%s"), scroll + 1, scroll + rows, lines,
             scroll > 0 ? " ↑" : "", scroll + rows < lines ? " ↓" : "");
    int width = text_width(text);
    grid_put(grid, area.x + area.width - width - 1, area.y + area.height - 1, width, INK_FAINT,
             text);
}

/* Two of them beside each other are scrolled as one: the longer one tells how far. */
static void tell_extent(struct zones *zones, int lines, int shown)
{
    if (zones && lines - shown > zones->lines - zones->shown)
        zones_extent(zones, lines, shown, 0);
}

void sheet_draw(struct grid *grid, const struct picture *picture, struct rect area,
                const void *about, write_sheet *write)
{
    int lines = sheet_lines(picture, area.width, about, write);
    int scroll = picture->looks[picture->screen].scroll;
    struct sheet sheet = { .grid = grid, .area = area, .about = about };
    if (lines > area.height) {
        sheet.area.height--;
        int most = lines - sheet.area.height;
        sheet.scroll = scroll < 0 ? 0 : scroll > most ? most : scroll;
        say_how_much(grid, area, sheet.scroll, sheet.area.height, lines);
        tell_extent(picture->zones, lines, sheet.area.height);
    }
    write(&sheet, picture);
}

/* The row of the grid that the line stands in, or -1. */
static int row_of(const struct sheet *sheet)
{
    int y = sheet->line - sheet->scroll;
    return sheet->grid && y >= 0 && y < sheet->area.height ? sheet->area.y + y : -1;
}

int sheet_put(struct sheet *sheet, int x, int room, enum ink ink, const char *text)
{
    int y = row_of(sheet), width = text_width(text);
    if (room > sheet->area.width - x)
        room = sheet->area.width - x;
    if (y >= 0 && room > 0)
        return grid_put(sheet->grid, sheet->area.x + x, y, room, ink, text);
    return width < room ? width : room > 0 ? room : 0;
}

void sheet_next(struct sheet *sheet)
{
    sheet->line++;
}

void sheet_item(struct sheet *sheet, int *x, int indent, enum ink ink, const char *text)
{
    if (*x > indent && *x + text_width(text) > sheet->area.width) {
        sheet_next(sheet);
        *x = indent;
    }
    *x += sheet_put(sheet, *x, sheet->area.width, ink, text) + 2;
}

void sheet_wrap(struct sheet *sheet, int x, enum ink ink, const char *text)
{
    char row[1024];
    int width = sheet->area.width - x;
    text += strspn(text, " ");
    if (!*text || width < 2)
        sheet_next(sheet);
    while (*text && width > 1) {
        const char *next;
        size_t len = text_row(text, width, &next);
        snprintf(row, sizeof row, "%.*s", (int)len, text);
        sheet_put(sheet, x, width, ink, row);
        sheet_next(sheet);
        text = next;
    }
}

void sheet_head(struct sheet *sheet, enum ink ink, const char *title)
{
    int y = row_of(sheet), x = 0;
    while (y >= 0 && x < sheet->area.width)
        grid_put(sheet->grid, sheet->area.x + x++, y, 1, INK_FAINT, "─");
    if (sheet->area.width > 6) {
        sheet_put(sheet, 1, 1, INK_PLAIN, " ");
        int used = sheet_put(sheet, 2, sheet->area.width - 4, ink, title);
        sheet_put(sheet, 2 + used, 1, INK_PLAIN, " ");
    }
    sheet_next(sheet);
}
