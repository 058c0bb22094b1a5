/*
 * Cells, text and frames.
 */
#include "ui/tui/grid.h"

#include "ui/escape.h"

#include <stdlib.h>
#include <string.h>

bool grid_make(struct grid *grid, int width, int height)
{
    struct cell *cells = calloc((size_t)width * (size_t)height, sizeof *cells);
    if (!cells)
        return false;
    free(grid->cells);
    *grid = (struct grid){ .width = width, .height = height, .cells = cells };
    grid_clear(grid);
    return true;
}

void grid_free(struct grid *grid)
{
    free(grid->cells);
    *grid = (struct grid){ .width = 0 };
}

static struct cell *cell_at(struct grid *grid, int x, int y)
{
    return &grid->cells[y * grid->width + x];
}

void grid_clear(struct grid *grid)
{
    for (int i = 0; i < grid->width * grid->height; i++)
        grid->cells[i] = (struct cell){ .code = ' ', .ink = INK_PLAIN };
}

/* Of East Asian wide and full-width characters and the common pictographs (UAX #11): 2 columns;
 * of combining marks none. The C library's wcwidth() knows them in a UTF-8 locale only. */
static int code_width(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } wide[] = { { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x23e9, 0x23f3 },
                 { 0x2614, 0x2615 },   { 0x26a1, 0x26a1 },   { 0x26bd, 0x26be },
                 { 0x26d4, 0x26d4 },   { 0x2705, 0x2705 },   { 0x2728, 0x2728 },
                 { 0x274c, 0x274e },   { 0x2753, 0x2757 },   { 0x2795, 0x2797 },
                 { 0x2b50, 0x2b55 },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },
                 { 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },
                 { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
                 { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
                 { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd } };
    if (code >= 0x300 && code <= 0x36f)
        return 0;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0] && code >= wide[i].first; i++) {
        if (code <= wide[i].last)
            return 2;
    }
    return 1;
}

/* The next character of text and its octets; what is not fit for a terminal becomes '?'. */
static uint32_t next_code(const char **text)
{
    uint32_t code = (uint8_t) * *text;
    if (code >= ' ' && code < 0x7f) {
        ++*text;
        return code;
    }
    size_t len = utf8_decode((const uint8_t *)*text, strnlen(*text, 4), &code);
    if (len == 0 || !is_printable(code)) {
        *text += len ? len : 1;
        return '?';
    }
    *text += len;
    return code;
}

int text_width(const char *text)
{
    int width = 0;
    while (*text)
        width += code_width(next_code(&text));
    return width;
}

int text_field(const char *text, int columns)
{
    return (int)strlen(text) + columns - text_width(text);
}

/* Sets a cell; of a wide character that stood there no half is left over. */
static void set_cell(struct grid *grid, int x, int y, enum ink ink, uint32_t code)
{
    struct cell *cell = cell_at(grid, x, y);
    if (cell->code == 0 && x > 0 && code != 0)
        cell[-1].code = ' ';
    if (x + 1 < grid->width && cell[1].code == 0)
        cell[1].code = ' ';
    *cell = (struct cell){ .code = code, .ink = (uint8_t)ink };
}

int grid_put(struct grid *grid, int x, int y, int room, enum ink ink, const char *text)
{
    int used = 0;
    if (x < 0 || y < 0 || y >= grid->height || x >= grid->width)
        return 0;
    if (room > grid->width - x)
        room = grid->width - x;
    bool cut = text_width(text) > room;
    int limit = cut ? room - 1 : room;
    while (*text) {
        uint32_t code = next_code(&text);
        int width = code_width(code);
        if (width == 0)
            continue;
        if (used + width > limit)
            break;
        set_cell(grid, x + used, y, ink, code);
        if (width == 2)
            set_cell(grid, x + used + 1, y, ink, 0);
        used += width;
    }
    if (cut && room > 0)
        set_cell(grid, x + used++, y, ink, 0x2026);
    return used;
}

/* What may not begin a line, or end one, by the rules of Chinese typesetting. */
static bool closes(uint32_t code)
{
    static const uint32_t marks[] = { 0xff0c, 0x3002, 0xff1b, 0xff1a, 0xff01, 0xff1f, 0xff09,
                                      0x201d, 0x300d, 0x300f, 0x3001, 0x300b, 0x2026, 0x2019 };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i] == code)
            return true;
    }
    return code < 0x80 && code != 0 && strchr(",.:;!?)", (int)code);
}

static bool opens(uint32_t code)
{
    return code == 0xff08 || code == 0x201c || code == 0x300c || code == 0x300e || code == 0x300a ||
           code == 0x2018;
}

/* May a line end behind this character: an ideograph, if nothing belongs to it? */
static bool may_end_behind(uint32_t code, const char *rest)
{
    if (opens(code) || (code_width(code) != 2 && !closes(code)) || code < 0x80)
        return false;
    return !*rest || !closes(next_code(&rest));
}

/* How much of text fits into width columns: octets, up to the last blank where it is cut, or to
 * the end of the line where that comes first. */
static size_t line_len(const char *text, int width)
{
    const char *at = text, *blank = NULL;
    int used = 0;
    while (*at && *at != '\n') {
        const char *before = at;
        uint32_t code = next_code(&at);
        used += code_width(code);
        if (used > width)
            return (size_t)((blank ? blank : before) - text);
        if (code == ' ')
            blank = before;
        else if (may_end_behind(code, at))
            blank = at;
    }
    return (size_t)(at - text);
}

/* Behind what stands between two lines. */
static const char *next_line(const char *text)
{
    text += strspn(text, " ");
    return *text == '\n' ? text + 1 : text;
}

int text_rows(const char *text, int width)
{
    int rows = 0;
    for (text += strspn(text, " "); *text && width > 1; rows++)
        text = next_line(text + line_len(text, width));
    return rows;
}

size_t text_row(const char *text, int width, const char **next)
{
    size_t len = line_len(text, width);
    *next = next_line(text + len);
    return len;
}

int grid_wrap(struct grid *grid, struct rect area, enum ink ink, const char *text)
{
    char line[1024];
    int row = 0;
    text += strspn(text, " ");
    while (*text && row < area.height && area.width > 1) {
        size_t len = line_len(text, area.width);
        if (row == area.height - 1 && *next_line(text + len))
            len = strcspn(text, "\n"); /* the last row takes more than it has room for: it is cut */
        bool cut = row == area.height - 1 && text[len] == '\n';
        if (len >= sizeof line - 4)
            len = sizeof line - 4;
        memcpy(line, text, len);
        memcpy(line + len, cut ? "…" : "", cut ? 4 : 1);
        grid_put(grid, area.x, area.y + row++, area.width, ink, line);
        text = next_line(text + len);
    }
    return row;
}

static void put_code(struct grid *grid, int x, int y, enum ink ink, uint32_t code)
{
    if (x >= 0 && y >= 0 && x < grid->width && y < grid->height)
        set_cell(grid, x, y, ink, code);
}

static void put_edge(struct grid *grid, struct rect area, int y, enum ink ink, uint32_t left,
                     uint32_t right)
{
    for (int x = area.x + 1; x < area.x + area.width - 1; x++)
        put_code(grid, x, y, ink, 0x2500);
    put_code(grid, area.x, y, ink, left);
    put_code(grid, area.x + area.width - 1, y, ink, right);
}

static void put_title(struct grid *grid, struct rect area, int y, const char *title)
{
    if (!title[0] || area.width < 8)
        return;
    put_code(grid, area.x + 1, y, INK_PLAIN, ' ');
    int used = grid_put(grid, area.x + 2, y, area.width - 5, INK_STRONG, title);
    put_code(grid, area.x + 2 + used, y, INK_PLAIN, ' ');
}

void grid_box(struct grid *grid, struct rect area, enum ink ink, const char *title)
{
    int bottom = area.y + area.height - 1;
    put_edge(grid, area, area.y, ink, 0x250c, 0x2510);
    put_edge(grid, area, bottom, ink, 0x2514, 0x2518);
    for (int y = area.y + 1; y < bottom; y++) {
        put_code(grid, area.x, y, ink, 0x2502);
        put_code(grid, area.x + area.width - 1, y, ink, 0x2502);
    }
    put_title(grid, area, area.y, title);
}

void grid_divide(struct grid *grid, struct rect area, int y, enum ink ink, const char *title)
{
    put_edge(grid, area, y, ink, 0x251c, 0x2524);
    put_title(grid, area, y, title);
}

char ascii_of(uint32_t code)
{
    static const struct {
        uint32_t code;
        char ascii;
    } table[] = { { 0x2500, '-' }, { 0x2502, '|' }, { 0x25b6, '>' }, { 0x25c0, '<' },
                  { 0x25cf, '*' }, { 0x2717, 'x' }, { 0x2713, '+' }, { 0x2260, '#' },
                  { 0x2191, '^' }, { 0x2193, 'v' }, { 0x25b2, '^' }, { 0x25bc, 'v' },
                  { 0x2026, '~' }, { 0x00b7, '.' }, { 0x2190, '<' }, { 0x2192, '>' },
                  { 0x23f8, '=' }, { 0x2588, '#' }, { 0x2591, ':' }, { 0x2592, '=' },
                  { 0x2593, '%' }, { 0x2580, '"' }, { 0x2584, '_' }, { 0x2501, '=' },
                  { 0x2503, '#' }, { 0x25cb, 'o' }, { 0x203a, ')' }, { 0x2039, '(' },
                  { 0x25c6, '%' }, { 0x25c7, 'o' } };
    if (code < 0x80)
        return (char)code;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code == code)
            return table[i].ascii;
    }
    return code >= 0x2500 && code < 0x2580 ? '+' : '?';
}

size_t utf8_encode(uint32_t code, char *text)
{
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = len; i-- > 1;) {
        text[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    text[0] = (char)(lead[len] | code);
    text[len] = '\0';
    return len;
}

void grid_print(const struct grid *grid, bool ascii, FILE *to)
{
    char text[5];
    for (int y = 0; y < grid->height; y++) {
        const struct cell *row = &grid->cells[y * grid->width];
        int end = grid->width;
        while (end > 0 && (row[end - 1].code == ' ' || (ascii && row[end - 1].code == 0)))
            end--;
        for (int x = 0; x < end; x++) {
            if (ascii)
                fputc(row[x].code ? ascii_of(row[x].code) : ' ', to);
            else if (row[x].code == 0)
                continue;
            else
                fwrite(text, 1, utf8_encode(row[x].code, text), to);
        }
        fputc('\n', to);
    }
}
