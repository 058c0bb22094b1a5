/*
 * Keys and commands: the footer, the help, the line that is typed, and the menu of calls.
 */
#include "ui/text.h"
#include "ui/tui/acts.h"
#include "ui/tui/bindings.h"
#include "ui/tui/command.h"
#include "ui/tui/command_line.h"
#include "ui/tui/panels.h"

#include <stdio.h>
#include <string.h>

enum {
    RANKS = 4,
    KEY_WIDTH = 7,
    NAME_WIDTH = 24,
    HINTS_MAX = 24,
    ACTS_HEAD = 2,
    ACTS_FOOT = 3 /* what the chosen one does, whole */
};

/* May the row be ordered of what is on the stage? */
static bool is_of_use(const struct command_row *row, const struct picture *picture)
{
    struct order order;
    bool of_lines = row->command == STAGE_SEND || row->command == STAGE_FINISH;
    if (!command_exists(row))
        return false;
    order_of_row(row, &order);
    return order_is_for(&order, picture->program) && !(of_lines && !picture->program->takes_lines);
}

static bool is_in_footer(const struct command_row *row, const struct picture *picture,
                         unsigned rank)
{
    enum stage_screen screen = picture->screen;
    if (binding_of(picture->bindings, row->key, screen) || !is_of_use(row, picture))
        return false;
    return row->rank == rank && row->footer && command_of_key(row->key, screen) == row;
}

/* On a screen of its own a key stands before those that are everywhere. */
static bool is_special(const struct command_row *row)
{
    return row->screens && !(row->screens & 1u << SCREEN_STAGE);
}

static const char *first_label(const struct command_row *row, char *label, size_t len)
{
    const char *all = _(row->label);
    snprintf(label, len, "%.*s", (int)strcspn(all, " "), all); /* one key is enough here */
    return label;
}

/* A key of the footer. */
struct hint {
    const char *label, *words, *click;
};

static int hint_width(const struct hint *hint)
{
    return text_width(hint->label) + 1 + text_width(hint->words);
}

/* Returns where the next one goes; x again where there was no room before `end`. */
static int draw_hint(struct grid *grid, const struct picture *picture, const struct hint *hint,
                     struct rect at, int end)
{
    at.width = hint_width(hint);
    if (at.x + at.width > end)
        return at.x;
    int used = grid_put(grid, at.x, at.y, at.width, INK_KEY, hint->label);
    grid_put(grid, at.x + used + 1, at.y, at.width, INK_FAINT, hint->words);
    zones_add(picture->zones, at, hint->click, "");
    return at.x + at.width + 2;
}

static void draw_typed(struct grid *grid, const struct command_line *line, int y)
{
    static const char *const prompts[] = { [LINE_SHUT] = "",
                                           [LINE_COMMAND] = ":",
                                           [LINE_SEARCH] = "/",
                                           [LINE_FILTER] = N_("filter: "),
                                           [LINE_SEND] = "> " };
    const char *prompt = _(prompts[line->kind]);
    char left[ORDER_MAX], under[8] = " ";
    int x = 1 + grid_put(grid, 1, y, grid->width, INK_KEY, prompt);
    size_t at = line->cursor, from = 0, next = at + (line->text[at] != '\0');
    while (((unsigned char)line->text[next] & 0xc0) == 0x80)
        next++;
    do { /* the cursor stays in sight */
        snprintf(left, sizeof left, "%.*s", (int)(at - from), line->text + from);
    } while (x + text_width(left) > grid->width - 4 && ++from < at);
    x += grid_put(grid, x, y, grid->width - x, INK_PLAIN, left);
    if (next > at)
        snprintf(under, sizeof under, "%.*s", (int)(next - at), line->text + at);
    x += grid_put(grid, x, y, grid->width - x, INK_CHOSEN, under);
    grid_put(grid, x, y, grid->width - x, INK_PLAIN, line->text + next);
}

/* Where help and leaving stand, which have to be found: at the end. */
static int width_of_last(const struct picture *picture)
{
    int width = 0;
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        char label[16];
        if (!is_in_footer(row, picture, FOOTER_LAST))
            continue;
        struct hint hint = { first_label(row, label, sizeof label), _(row->footer), row->name };
        width += 2 + hint_width(&hint);
    }
    return width;
}

/* The keys that the user has given another meaning. */
static int draw_bound(struct grid *grid, const struct picture *picture, struct rect at, int end)
{
    const struct bindings *bindings = picture->bindings;
    for (unsigned i = 0; bindings && i < bindings->count; i++) {
        const struct binding *bound = &bindings->all[i];
        const struct command_row *row = command_of_name(bound->line, strlen(bound->line));
        const char *words = row && row->footer ? _(row->footer) : bound->line;
        struct hint hint = { _(bound->name), words, bound->line };
        if (binding_of(bindings, bound->key, picture->screen))
            at.x = draw_hint(grid, picture, &hint, at, end);
    }
    return at.x;
}

/* Those of a rank; returns where the next one goes. */
static int draw_rank(struct grid *grid, const struct picture *picture, unsigned rank, bool special,
                     struct rect at, int end)
{
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        char label[16];
        if (!is_in_footer(row, picture, rank) || is_special(row) != special)
            continue;
        struct hint hint = { first_label(row, label, sizeof label), _(row->footer), row->name };
        at.x = draw_hint(grid, picture, &hint, at, end);
    }
    return at.x;
}

void draw_footer(struct grid *grid, const struct picture *picture, int y)
{
    struct rect at = { 1, y, 0, 1 };
    int end = grid->width - 1;
    if (picture->line && picture->line->kind != LINE_SHUT) {
        draw_typed(grid, picture->line, y);
        return;
    }
    int before_last = end - width_of_last(picture);
    for (unsigned rank = 1; rank <= RANKS; rank++) {
        at.x = draw_rank(grid, picture, rank, true, at, before_last);
        at.x = rank == 1 ? draw_bound(grid, picture, at, before_last) : at.x;
        at.x = draw_rank(grid, picture, rank, false, at, before_last);
    }
    draw_rank(grid, picture, FOOTER_LAST, false, at, end);
}

bool draw_hints(struct grid *grid, const struct picture *picture, int y)
{
    char typed[ORDER_MAX], word[80];
    size_t kept;
    const struct command_line *line = picture->line;
    if (!line || line->kind != LINE_COMMAND)
        return false;
    snprintf(typed, sizeof typed, "%.*s", line->nth ? (int)line->typed : (int)sizeof typed - 1,
             line->text);
    int x = 1;
    for (size_t i = 0; i < HINTS_MAX; i++) {
        if (!command_completion(typed, picture->lab, i, &kept, word, sizeof word))
            break;
        bool chosen = line->nth == i + 1;
        if (x + text_width(word) > grid->width - 4) {
            grid_put(grid, x, y, 3, INK_FAINT, "...");
            break;
        }
        x += grid_put(grid, x, y, grid->width - x, chosen ? INK_CHOSEN : INK_FAINT, word) + 2;
    }
    return true;
}

static const char *usage_of(const struct command_row *row, char *text, size_t len)
{
    snprintf(text, len, "%s%s%s", row->name, row->usage[0] ? " " : "", row->usage);
    return text;
}

/* The row's keys, without those that have another meaning now. */
static const char *labels_of(const struct command_row *row, const struct bindings *bindings,
                             char *text, size_t len)
{
    char name[BINDING_NAME_MAX];
    const char *raw = row->label, *words = _(row->label);
    size_t at = 0;
    text[0] = '\0';
    while (*raw && *words && at + 1 < len) {
        size_t raw_len = strcspn(raw, " "), words_len = strcspn(words, " ");
        snprintf(name, sizeof name, "%.*s", (int)raw_len, raw);
        if (!binding_of(bindings, key_of_name(name), SCREEN_STAGE))
            at += (size_t)snprintf(text + at, len - at, "%s%.*s", at ? " " : "", (int)words_len,
                                   words);
        raw += raw_len + strspn(raw + raw_len, " ");
        words += words_len + strspn(words + words_len, " ");
    }
    return text;
}

/* Draws a line of the help in `area`, as far as it is high; returns the rows that it takes. */
static int draw_help_row(struct grid *grid, const struct command_row *row,
                         const struct bindings *bindings, struct rect area)
{
    char usage[64], labels[32];
    if (!row->name) {
        if (area.height > 0)
            grid_put(grid, area.x, area.y, area.width, INK_STRONG, _(row->help));
        return 1;
    }
    struct rect help = area;
    help.x += KEY_WIDTH + NAME_WIDTH;
    help.width -= KEY_WIDTH + NAME_WIDTH;
    int rows = text_rows(_(row->help), help.width);
    if (area.height > 0) {
        grid_put(grid, area.x + 1, area.y, KEY_WIDTH - 2, INK_KEY,
                 labels_of(row, bindings, labels, sizeof labels));
        grid_put(grid, area.x + KEY_WIDTH, area.y, NAME_WIDTH - 1, INK_MODEL,
                 usage_of(row, usage, sizeof usage));
        grid_wrap(grid, help, INK_PLAIN, _(row->help));
    }
    return rows;
}

/* The help, line by line: counted, or drawn as far as it is in sight. */
struct help {
    struct grid *grid;
    const struct picture *picture;
    const struct bindings *bindings;
    struct rect area;
    int width, room, shown, scroll; /* of a column; rows of it; lines in sight, and above them */
    int line;
};

/* Where the line stands; no row high where it is out of sight. */
static struct rect part_of(const struct help *help)
{
    int at = help->line - help->scroll;
    if (at < 0 || at >= help->shown)
        return (struct rect){ 0, 0, help->width, 0 };
    return (struct rect){ help->area.x + 1 + at / help->room * help->width,
                          help->area.y + at % help->room, help->width,
                          help->room - at % help->room };
}

static void write_bound(struct help *help)
{
    for (unsigned i = 0; help->bindings && i < help->bindings->count; i++) {
        const struct binding *bound = &help->bindings->all[i];
        struct command_row row = { .name = bound->line, .label = bound->name, .usage = "" };
        row.help = i == 0 ? N_("keys of your own, by --key or the configuration") : "";
        help->line += draw_help_row(help->grid, &row, NULL, part_of(help));
    }
}

/* A heading stands where any of its rows does. */
static bool is_in_help(const struct picture *picture, size_t i)
{
    if (command_rows[i].name)
        return is_of_use(&command_rows[i], picture);
    for (i++; i < command_row_count && command_rows[i].name; i++) {
        if (is_of_use(&command_rows[i], picture))
            return true;
    }
    return false;
}

static void write_help(struct help *help)
{
    write_bound(help);
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        if (is_in_help(help->picture, i))
            help->line += draw_help_row(help->grid, row, help->bindings, part_of(help));
    }
    for (int i = 0; i < timeline_help_lines(); i++, help->line++) {
        struct rect part = part_of(help);
        if (part.height > 0)
            draw_timeline_help(help->grid, part, i);
    }
}

/* Columns beside each other where the grid is wide enough; else it scrolls. */
void draw_help(struct grid *grid, const struct picture *picture, struct rect area)
{
    char more[96] = "";
    int columns = area.width >= 160 ? 2 : 1, width = (area.width - 2) / columns;
    struct help help = { .grid = grid, .area = area, .width = width, .room = area.height - 1 };
    help.picture = picture;
    help.bindings = picture->bindings;
    write_help(&help);
    int lines = help.line, scroll = picture->looks[SCREEN_HELP].scroll;
    help.shown = help.room * columns;
    help.scroll = scroll > lines - help.shown ? lines - help.shown : scroll;
    help.scroll = help.scroll > 0 ? help.scroll : 0;
    help.line = 0;
    zones_extent(picture->zones, lines, help.shown, 0);
    write_help(&help);
    if (lines > help.shown)
        snprintf(more, sizeof more, _("lines %d to %d of %d: down and up, page down and up"),
                 help.scroll + 1, help.scroll + help.shown, lines);
    grid_put(grid, area.x + 1, area.y + help.room, area.width - 2, INK_FAINT, more);
}

static void draw_act(struct grid *grid, const struct act *act, bool chosen, struct rect at)
{
    char call[ACT_CALL_MAX + 4];
    int width = at.width * 45 / 100;
    snprintf(call, sizeof call, "%s %s", chosen ? ">" : " ", act->call);
    grid_put(grid, at.x, at.y, width - 1, chosen ? INK_CHOSEN : INK_PLAIN, call);
    grid_put(grid, at.x + width, at.y, at.width - width, chosen ? INK_STRONG : INK_FAINT,
             act->does);
}

void draw_acts(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct act acts[ACTS_MAX];
    char click[ZONE_WORDS_MAX];
    int count = (int)acts_possible(picture->view, picture->lab, acts, ACTS_MAX);
    int room = area.height - ACTS_HEAD - ACTS_FOOT, row = picture->looks[SCREEN_ACTS].row;
    row = row >= count ? count - 1 : row;
    int first = row >= room ? row - room + 1 : 0;
    grid_put(grid, area.x + 2, area.y, area.width - 4, INK_STRONG,
             count ? _("What the programs can call now: enter does it, e changes it first")
                   : _("No program can call anything here."));
    zones_extent(picture->zones, count, room, count);
    for (int i = first; i < count && i < first + room; i++) {
        struct rect at = { area.x + 2, area.y + ACTS_HEAD + i - first, area.width - 4, 1 };
        draw_act(grid, &acts[i], i == row, at);
        snprintf(click, sizeof click, "choose %d", i);
        zones_add(picture->zones, at, click, "take");
    }
    struct rect foot = { area.x + 2, area.y + area.height - ACTS_FOOT + 1, area.width - 4,
                         ACTS_FOOT - 1 };
    if (count > 0)
        grid_wrap(grid, foot, INK_STRONG, acts[row].does);
}
