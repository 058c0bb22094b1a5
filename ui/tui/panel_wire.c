/*
 * The ladder: each segment a line from its sender's side to its receiver's, in the order in
 * which they were sent.
 */
#include "ui/tui/panels.h"

#include "ui/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    TIME_WIDTH = 9,
    FATE_WIDTH = 10,
    ONE_ROW_FROM = 66,
    FATE_TEXT = 8, /* columns of a time, or of a word for what became of a segment */
    LANE_WIDTH = 2 /* whose wire it is, and whether the lanes differ */
};

static char *time_text(uint64_t usec, char *text, size_t len)
{
    snprintf(text, len, "%4" PRIu64 ".%03u", usec / 1000000, (unsigned)(usec / 1000 % 1000));
    return text;
}

const char *fate_words(const struct picture *picture, enum row_fate fate)
{
    switch (fate) {
    case ROW_DELIVERED:
        return "";
    case ROW_ON_WIRE:
        return picture->program ? _("sent") : _("on wire");
    case ROW_HELD:
        return _("held");
    case ROW_DROPPED:
        return _("lost");
    }
    return "";
}

/* Of a segment that has arrived, when; else what has become of it. */
static char *fate_text(const struct picture *picture, const struct view_row *row, char *text,
                       size_t len)
{
    if (row->fate == ROW_DELIVERED)
        return time_text(row->end_usec, text, len);
    snprintf(text, len, "%s", fate_words(picture, (enum row_fate)row->fate));
    return text;
}

static enum ink row_ink(const struct view_row *row, bool chosen)
{
    if (chosen)
        return INK_CHOSEN;
    if (row->fate == ROW_DROPPED)
        return INK_BAD;
    if (row->fate == ROW_DELIVERED)
        return row->fresh ? INK_STRONG : INK_PLAIN;
    return INK_WIRE;
}

static enum ink fate_ink(const struct view_row *row, bool chosen)
{
    return row->fate == ROW_DELIVERED ? INK_FAINT : row_ink(row, chosen);
}

/* A line of dashes, `at` columns of it done, with what stands at its head. */
static void draw_line(struct grid *grid, struct rect at, enum ink ink, bool to_right,
                      const char *head, int done)
{
    for (int i = 0; i < done; i++)
        grid_put(grid, to_right ? at.x + i : at.x + at.width - 1 - i, at.y, 1, ink, "─");
    int x = to_right ? at.x + done - 1 : at.x + at.width - done;
    grid_put(grid, x, at.y, 1, ink, head);
}

static const char *head_of(const struct view_row *row)
{
    if (row->fate == ROW_DELIVERED)
        return row->from == 0 ? "▶" : "◀";
    return row->fate == ROW_DROPPED ? "✗" : "●";
}

static void label_of(const struct view_row *row, bool alone, char *label, size_t len)
{
    const char *gap = alone ? "" : " ";
    snprintf(label, len, "%s%s%s%s%s", gap, row->again ? _("again: ") : "",
             row->of ? _("copy: ") : "", row->label, gap);
}

/* The label stands in the line, or alone in the row above where it would not fit. */
static void draw_arrow(struct grid *grid, struct rect at, const struct view_row *row, bool chosen)
{
    char label[128];
    bool to_right = row->from == 0, alone = at.height > 1;
    enum ink ink = row_ink(row, chosen);
    label_of(row, alone, label, sizeof label);
    int width = text_width(label);
    if (width > at.width - (alone ? 0 : 4))
        width = at.width - (alone ? 0 : 4);
    int start = to_right ? at.x + 2 : at.x + at.width - 2 - width;
    if (alone)
        start = to_right ? at.x : at.x + at.width - width;
    struct rect line = { at.x, at.y + at.height - 1, at.width, 1 };
    int part = alone ? at.width / 2 : width + (at.width - width) / 2;
    draw_line(grid, line, ink, to_right, head_of(row),
              row->fate == ROW_DELIVERED ? at.width : part);
    grid_put(grid, start, at.y, width, ink, label);
}

/* Where two lanes' segments stand among each other: whose this one is. Returns the rest. */
static struct rect draw_lane(struct grid *grid, const struct view *view, struct rect area,
                             const struct view_row *row)
{
    enum lane_id lane = (enum lane_id)row->lane;
    if (!view_has_two_wires(view))
        return area;
    grid_put(grid, area.x, area.y, 1, ink_of_kind(lane), lane == LANE_MODEL ? "m" : "k");
    if (row->differs)
        grid_put(grid, area.x + 1, area.y, 1, INK_BAD, "≠");
    area.x += LANE_WIDTH;
    area.width -= LANE_WIDTH;
    return area;
}

/* A click chooses it, a second one delivers it. */
static void add_zone(const struct picture *picture, struct rect whole, const struct view_row *row)
{
    static const char letters[LANE_COUNT + 1] = "mkx";
    char click[ZONE_WORDS_MAX], twice[ZONE_WORDS_MAX];
    if (row->fate != ROW_ON_WIRE && row->fate != ROW_HELD)
        return;
    snprintf(click, sizeof click, "choose %c%" PRIu32, letters[row->lane], row->id);
    snprintf(twice, sizeof twice, "deliver %c%" PRIu32, letters[row->lane], row->id);
    zones_add(picture->zones, whole, click, twice);
}

static void put_right(struct grid *grid, int x, int y, int room, enum ink ink, const char *text)
{
    int width = text_width(text);
    grid_put(grid, x + (width < room ? room - width : 0), y, room, ink, text);
}

static void draw_row(struct grid *grid, const struct picture *picture, struct rect whole,
                     const struct view_row *row)
{
    char time[24], fate[24];
    add_zone(picture, whole, row);
    bool chosen = row->id == picture->chosen && row->lane == picture->chosen_lane;
    struct rect area = draw_lane(grid, picture->view, whole, row);
    bool alone = area.height > 1;
    int fate_width = alone ? 0 : FATE_WIDTH;
    time_text(row->sent_usec, time, sizeof time);
    fate_text(picture, row, fate, sizeof fate);
    grid_put(grid, area.x, area.y, TIME_WIDTH, INK_FAINT, time);
    if (row->fresh)
        grid_put(grid, area.x + TIME_WIDTH - 1, area.y, 1, INK_STRONG, "*");
    struct rect line = { .x = area.x + TIME_WIDTH,
                         .y = area.y,
                         .width = area.width - TIME_WIDTH - fate_width,
                         .height = area.height };
    draw_arrow(grid, line, row, chosen);
    if (alone) {
        put_right(grid, area.x, area.y + 1, FATE_TEXT, fate_ink(row, chosen), fate);
        return;
    }
    int x = area.x + area.width - FATE_WIDTH + 1;
    put_right(grid, x, area.y, FATE_TEXT, fate_ink(row, chosen), fate);
    if (chosen)
        grid_put(grid, x, area.y, 1, INK_CHOSEN, "◀");
}

static bool any_in_hand(const struct view *view)
{
    return view->in_hand[LANE_MODEL] || view->in_hand[LANE_KERNEL] || view->in_hand[LANE_MIXED];
}

static void draw_nothing(struct grid *grid, const struct picture *picture, struct rect area)
{
    bool is_seen = picture->program && !picture->program->no_wire;
    const char *words =
        picture->program && picture->program->no_wire ? picture->program->no_wire
        : any_in_hand(picture->view) || is_seen
            ? _("nothing has been sent yet")
            : _("The kernel's own wire is the loopback of this machine: it delivers at once, and "
                "its segments are not to be seen without capture rights. Calls and states are.");
    struct rect at = { area.x + 1, area.y, area.width - 2, area.height };
    grid_wrap(grid, at, INK_FAINT, words);
}

/* Rows a segment takes: two where one has not the columns for a SYN,ACK's label. */
static int row_height(struct rect area)
{
    return area.width < ONE_ROW_FROM ? 2 : 1;
}

/* The last rows are shown, and always the chosen one. */
static size_t first_row(const struct picture *picture, size_t room)
{
    const struct view *view = picture->view;
    size_t first = view->row_count > room ? view->row_count - room : 0;
    size_t oldest = view->row_count > VIEW_ROWS ? view->row_count - VIEW_ROWS : 0;
    for (size_t i = oldest; i <= first && first > 0 && picture->chosen > 0; i++) {
        const struct view_row *row = view_row(view, i);
        if (row->id == picture->chosen && row->lane == picture->chosen_lane)
            return i > 0 ? i - 1 : 0; /* a row goes to how many came before */
    }
    return first;
}

/* So many rows further up than by itself, as far as any are remembered. */
static size_t scroll_of(const struct picture *picture, size_t first, size_t room)
{
    size_t count = picture->view->row_count;
    size_t oldest = count > VIEW_ROWS ? count - VIEW_ROWS : 0;
    size_t most = first > oldest ? first - oldest : 0;
    int scroll = picture->looks[SCREEN_STAGE].scroll;
    zones_extent_back(picture->zones, (int)(most + room), (int)room, 0);
    return scroll < 0 ? 0 : (size_t)scroll > most ? most : (size_t)scroll;
}

/* Returns the first row below it. */
static int say_before(struct grid *grid, struct rect area, size_t before, int height)
{
    char more[64];
    snprintf(more, sizeof more, _("... %zu segments before these"), before);
    grid_put(grid, area.x + 1, area.y, area.width - 1, INK_FAINT, more);
    return area.y + height;
}

static void say_behind(struct grid *grid, struct rect area, size_t behind)
{
    char more[96];
    snprintf(more, sizeof more, _("... %zu segments behind these: page down"), behind);
    grid_put(grid, area.x + 1, area.y + area.height - 1, area.width - 1, INK_KEY, more);
}

void draw_wire(struct grid *grid, const struct picture *picture, struct rect area)
{
    const struct view *view = picture->view;
    int height = row_height(area), bottom = area.y + area.height, y = area.y;
    size_t room = area.height > 0 ? (size_t)(area.height / height) : 0;
    size_t first = first_row(picture, room), scroll = scroll_of(picture, first, room);
    if (view->row_count == 0) {
        draw_nothing(grid, picture, area);
        return;
    }
    first -= scroll;
    if (first > 0)
        y = say_before(grid, area, ++first, height);
    size_t i = first;
    for (int last = scroll > 0 ? bottom - 1 : bottom; i < view->row_count && y + height <= last;
         i++, y += height) {
        const struct view_row *row = view_row(view, i);
        if (row)
            draw_row(grid, picture, (struct rect){ area.x, y, area.width, height }, row);
    }
    if (scroll > 0 && i < view->row_count)
        say_behind(grid, area, view->row_count - i);
}
