/*
 * The stage for a projector: the states of both hosts in letters of many cells, the last segments
 * and one sentence.
 */
#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/tui/letters.h"
#include "ui/tui/panels.h"
#include "ui/tui/theme.h"
#include "ui/words.h"

#include <stdio.h>
#include <string.h>

enum {
    TALL_ROWS = 30, /* from so many on letters are tall, */
    WIDE_ROWS = 44, /* and wide */
    WIDE_COLUMNS = 150,
    FATE_WIDTH = 12,
    SPACED_MAX = 1024
};

/* How the parts are laid out in a window of some size. */
struct plan {
    enum letters size;
    int sentence, segment; /* rows of the sentence, of a segment */
    bool big_segments;     /* with their flags in letters of many cells */
};

static struct plan plan_of(struct rect area)
{
    struct plan plan = { .size = LETTERS_FLAT, .sentence = 3, .segment = 2 };
    if (area.height < TALL_ROWS)
        return plan;
    bool wide = area.height >= WIDE_ROWS && area.width >= WIDE_COLUMNS;
    plan.size = wide ? LETTERS_WIDE : LETTERS_TALL;
    plan.sentence = wide ? 7 : 5;
    plan.segment = letters_height(LETTERS_FLAT) + (wide ? 2 : 1);
    plan.big_segments = true;
    return plan;
}

/* ---- states */

static bool compares_lanes(const struct picture *picture)
{
    const struct view *view = picture->view;
    return view->ran[LANE_MODEL] && view->ran[LANE_KERNEL] && !picture->record_only[LANE_KERNEL];
}

/* The lane whose states are in large letters. */
static unsigned main_lane(const struct view *view)
{
    unsigned live = view_live_lane(view);
    return view->ran[LANE_MODEL] || live == LANE_COUNT ? LANE_MODEL : live;
}

static const char *state_words(const struct sock_row *row)
{
    return row ? sock_state(row) : _("no socket");
}

static bool has_moved(const struct view *view, const struct sock_row *row)
{
    return row && row->moved_step == view->step && row->from != row->state;
}

/* "A  client  model" and, where it has just moved, from where. */
static void draw_label(struct grid *grid, const struct picture *picture, int host, struct rect at)
{
    const struct view *view = picture->view;
    const struct lab_text *title = &picture->lab->host_names[host];
    const struct sock_row *row = socks_main(&view->socks, main_lane(view), host);
    enum lane_id kind = view_kind(view, main_lane(view), host);
    char name[64], letter[2] = { host_letter(host), '\0' }, from[96];
    int x = at.x;
    x += grid_put(grid, x, at.y, at.width, INK_STRONG, letter) + 2;
    x += grid_put(grid, x, at.y, at.x + at.width - x, INK_STRONG,
                  retell_octets(title->octets, title->len, name, sizeof name));
    x += 2;
    x += grid_put(grid, x, at.y, at.x + at.width - x, ink_of_kind(kind), _(lane_name(kind))) + 3;
    if (!has_moved(view, row))
        return;
    snprintf(from, sizeof from, _("● it was %s"), state_name((enum tcp_state)row->from));
    grid_put(grid, x, at.y, at.x + at.width - x, INK_STRONG, from);
}

/* Whether the kernel is in the same state, and in which one where it is not. */
static void draw_other(struct grid *grid, const struct picture *picture, int host, struct rect at)
{
    const struct view *view = picture->view;
    char words[96];
    const char *model = state_words(socks_main(&view->socks, LANE_MODEL, host));
    const char *kernel = state_words(socks_main(&view->socks, LANE_KERNEL, host));
    bool same = strcmp(model, kernel) == 0;
    snprintf(words, sizeof words, same ? _("= kernel %s") : _("≠ kernel %s"), kernel);
    grid_put(grid, at.x, at.y, at.width, same ? INK_GOOD : INK_BAD, words);
}

/* Returns the rows it takes. */
static int draw_host(struct grid *grid, const struct picture *picture, int host, struct rect at,
                     enum letters size)
{
    const struct view *view = picture->view;
    const struct sock_row *row = socks_main(&view->socks, main_lane(view), host);
    int height = 1 + letters_height(size);
    draw_label(grid, picture, host, at);
    if (row)
        letters_put(grid, at.x, at.y + 1, at.width, size, ink_of_state((enum tcp_state)row->state),
                    state_words(row));
    else
        grid_put(grid, at.x, at.y + 2, at.width, INK_FAINT, state_words(row));
    struct rect other = { at.x, at.y + height, at.width, 1 };
    if (!compares_lanes(picture))
        return height;
    draw_other(grid, picture, host, other);
    return height + 1;
}

/* ---- segments */

static bool is_chosen(const struct picture *picture, const struct view_row *row)
{
    return row->id == picture->chosen && row->lane == picture->chosen_lane;
}

static enum ink segment_ink(const struct view_row *row)
{
    return row->fate == ROW_DROPPED     ? INK_BAD
           : row->fate != ROW_DELIVERED ? INK_WIRE
           : row->fresh                 ? INK_STRONG
                                        : INK_PLAIN;
}

/* From A on the left to B on the right; where it has not arrived half the way, or so far that the
 * label has room in it. */
static void draw_arrow(struct grid *grid, struct rect at, const struct view_row *row, int label)
{
    bool to_right = row->from == 0, there = row->fate == ROW_DELIVERED;
    const char *head = row->fate == ROW_DROPPED ? "✗" : !there ? "●" : to_right ? "▶" : "◀";
    int part = label + 5 > at.width / 2 ? label + 5 : at.width / 2;
    int length = there || part > at.width ? at.width : part;
    int first = to_right ? at.x : at.x + at.width - length;
    for (int i = 0; i < length; i++)
        grid_put(grid, first + i, at.y, 1, segment_ink(row), "─");
    grid_put(grid, to_right ? first + length - 1 : first, at.y, 1, segment_ink(row), head);
}

static void flags_of(const struct segment *seg, char *text, size_t len)
{
    char flags[FLAGS_TEXT_MAX];
    snprintf(text, len, "%s",
             seg->protocol == SEGMENT_OF_UDP ? "UDP" : flags_text(seg->flags, flags, sizeof flags));
}

/* The label in the line: where flags stand above in large letters, all but these. */
static void draw_flight(struct grid *grid, const struct picture *picture, struct rect at,
                        const struct view_row *row, bool big)
{
    const struct segment *seg = &picture->trace->events[row->sent].u.wire.seg;
    char flags[FLAGS_TEXT_MAX], label[160];
    bool to_right = row->from == 0;
    struct rect line = { at.x, at.y, at.width - FATE_WIDTH, 1 };
    flags_of(seg, flags, sizeof flags);
    if (big) {
        int width = letters_width(LETTERS_FLAT, flags);
        int x = to_right ? at.x + 2 : line.x + line.width - 2 - width;
        letters_put(grid, x > at.x ? x : at.x, at.y, line.width, LETTERS_FLAT, segment_ink(row),
                    flags);
        line.y += letters_height(LETTERS_FLAT);
    }
    snprintf(label, sizeof label, " %s%s%s ", row->again ? _("again: ") : "",
             row->of ? _("copy: ") : "", row->label);
    int width = text_width(label) < line.width - 6 ? text_width(label) : line.width - 6;
    int start = to_right ? line.x + 2 : line.x + line.width - 2 - width;
    draw_arrow(grid, line, row, width);
    bool chosen = is_chosen(picture, row);
    grid_put(grid, start, line.y, width, chosen ? INK_CHOSEN : segment_ink(row), label);
    int x = line.x + line.width + 1;
    x += grid_put(grid, x, line.y, 1, INK_CHOSEN, chosen ? "◀" : "");
    grid_put(grid, x, line.y, FATE_WIDTH - 2, segment_ink(row),
             fate_words(picture, (enum row_fate)row->fate));
}

/* Rows of one wire: where there are two, those of the lane whose states are in large letters. */
static bool is_shown(const struct view *view, const struct view_row *row)
{
    return row && (!view_has_two_wires(view) || row->lane == main_lane(view));
}

/* What is not shown, in the row above. */
static void draw_left_out(struct grid *grid, const struct view *view, struct rect at, size_t before)
{
    char words[96] = "", wire[96] = "";
    if (before > 0 && view_has_two_wires(view) && view->row_count > VIEW_ROWS)
        snprintf(words, sizeof words, "%s", _("... more segments before these"));
    else if (before > 0)
        snprintf(words, sizeof words, _("... and %zu before these"), before);
    if (view_has_two_wires(view))
        snprintf(wire, sizeof wire, _("the wire of the %s"),
                 _(lane_name(main_lane(view) == LANE_MODEL ? LANE_MODEL : LANE_KERNEL)));
    int x = at.x + grid_put(grid, at.x, at.y, at.width, INK_FAINT, words);
    x += before > 0 ? 2 : 0;
    grid_put(grid, x, at.y, at.x + at.width - x, INK_FAINT, wire);
}

static size_t count_shown(const struct view *view)
{
    size_t count = 0;
    if (!view_has_two_wires(view))
        return view->row_count;
    for (size_t i = view->row_count; i-- > 0 && view_row(view, i);)
        count += is_shown(view, view_row(view, i));
    return count;
}

static void draw_segments(struct grid *grid, const struct picture *picture, struct rect area,
                          const struct plan *plan)
{
    const struct view *view = picture->view;
    const struct view_row *rows[VIEW_ROWS];
    size_t count = 0, room = area.height > 0 ? (size_t)((area.height + 1) / plan->segment) : 0;
    for (size_t i = view->row_count; i-- > 0 && count < room && view_row(view, i);) {
        if (is_shown(view, view_row(view, i)))
            rows[count++] = view_row(view, i);
    }
    struct rect above = { area.x, area.y - 1, area.width, 1 };
    draw_left_out(grid, view, above, count_shown(view) - count);
    for (; count > 0; area.y += plan->segment)
        draw_flight(grid, picture, area, rows[--count], plan->big_segments);
}

/* ---- the sentence */

/* What is to be read first: what went wrong, why it happened, or what the lab says. */
static const char *sentence_of(const struct view *view, enum ink *ink)
{
    const struct view_why *why = NULL;
    for (unsigned i = 0; i < view->why_count; i++) {
        if (!why || view->whys[i].bad || (!why->bad && why->kernel && !view->whys[i].kernel))
            why = &view->whys[i];
    }
    *ink = why && why->bad ? INK_BAD : INK_STRONG;
    return why ? why->words : view->say;
}

/* A blank behind each letter that a line is not broken at, and two between words. False: it is too
 * long. */
static bool space_out(const char *text, char *spaced, size_t len)
{
    size_t used = 0;
    for (uint32_t code; *text;) {
        size_t octets = utf8_decode((const uint8_t *)text, strlen(text), &code);
        if (octets == 0 || used + octets + 4 >= len)
            return false;
        memcpy(spaced + used, text, octets);
        used += octets;
        memcpy(spaced + used, "\u00a0", 2);
        used += *text == ' ' || text[octets] == ' ' || text[octets] == '\0' ? 0 : 2;
        text += octets;
        if (text[-1] == ' ')
            spaced[used++] = ' ';
    }
    spaced[used] = '\0';
    return true;
}

/* Spaced out where there is room for it. Returns the rows. */
static int draw_words(struct grid *grid, struct rect area, enum ink ink, const char *words)
{
    char spaced[SPACED_MAX];
    bool fits =
        space_out(words, spaced, sizeof spaced) && text_rows(spaced, area.width) <= area.height;
    int rows = grid_wrap(grid, area, ink, fits ? spaced : words);
    for (int y = area.y; y < area.y + rows; y++) {
        for (int x = area.x; x < area.x + area.width; x++) {
            struct cell *cell = &grid->cells[y * grid->width + x];
            if (cell->code == 0xa0)
                cell->code = ' ';
        }
    }
    return rows;
}

/* Below it, what the lab says, where that has room. */
static void draw_sentences(struct grid *grid, const struct view *view, struct rect area)
{
    enum ink ink;
    const char *words = sentence_of(view, &ink);
    int rows = draw_words(grid, area, ink, words);
    area.y += rows + 1;
    area.height -= rows + 1;
    if (words != view->say && view->say_is_fresh && text_rows(view->say, area.width) <= area.height)
        draw_words(grid, area, INK_PLAIN, view->say);
}

void draw_large(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct plan plan = plan_of(area);
    struct rect at = { area.x + 2, area.y, area.width - 4, area.height };
    uint32_t hosts = picture->lab->host_count < 2 ? picture->lab->host_count : 2;
    for (uint32_t host = 0; host < hosts; host++)
        at.y += draw_host(grid, picture, (int)host, at, plan.size) +
                (plan.size != LETTERS_FLAT || host + 1 == hosts);
    int bottom = area.y + area.height;
    struct rect wire = { at.x, at.y, at.width, bottom - plan.sentence - 1 - at.y };
    struct rect sentence = { at.x, bottom - plan.sentence, at.width, plan.sentence };
    draw_segments(grid, picture, wire, &plan);
    draw_sentences(grid, picture->view, sentence);
}
