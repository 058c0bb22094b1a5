/*
 * The trace: every event of the run, or those that the filter lets pass, a line each.
 */
#include "ui/tui/panels.h"

#include "ui/escape.h"
#include "ui/text.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where the columns begin that are the same in each width. */
enum {
    MATCH_AT = 1,
    STEP_AT = 2,
    STEP_WIDTH = 6,
    TIME_AT = 9,
    TIME_WIDTH = 10,
    LANE_AT = 21,
    HEAD_ROWS = 2
};

/* And the others: a narrow screen has a letter for a lane. */
struct columns {
    int lane_width, host, kind, kind_width, words;
};

static struct columns columns_of(int width)
{
    static const struct columns narrow = { 1, 23, 25, 10, 36 }, wide = { 7, 29, 32, 12, 45 };
    return width < WIDE_FROM ? narrow : wide;
}

static int list_rows(struct rect area)
{
    return area.height > HEAD_ROWS ? area.height - HEAD_ROWS : 0;
}

static size_t most_scroll(const struct event_list *list, struct rect area)
{
    size_t rows = (size_t)list_rows(area);
    return list->count > rows ? list->count - rows : 0;
}

static size_t scroll_of(const struct picture *picture, struct rect area)
{
    int scroll = picture->looks[SCREEN_TRACE].scroll;
    size_t most = most_scroll(picture->list, area);
    return scroll < 0 ? 0 : (size_t)scroll > most ? most : (size_t)scroll;
}

/* So that a row has two thirds of the screen above it. */
static int scroll_to(const struct event_list *list, struct rect area, size_t row)
{
    size_t above = (size_t)list_rows(area) * 2 / 3, most = most_scroll(list, area);
    size_t scroll = row > above ? row - above : 0;
    return (int)(scroll < most ? scroll : most);
}

bool trace_has_come(const struct picture *picture)
{
    const struct event_list *list = picture->list;
    return list && list->events >= trace_step_end(picture->trace, picture->view->step);
}

int trace_scroll(const struct picture *picture, struct rect area)
{
    if (!picture->list)
        return 0;
    size_t end = trace_step_end(picture->trace, picture->view->step);
    return scroll_to(picture->list, area, event_list_row(picture->list, end));
}

bool trace_find(struct picture *picture, struct rect area, bool down)
{
    struct look *look = &picture->looks[SCREEN_TRACE];
    const struct event_list *list = picture->list;
    if (!list || list->match_count == 0)
        return false;
    size_t at = event_list_match(list, (size_t)look->row + (down ? 1 : 0));
    if (down ? at == list->match_count : at == 0)
        return false;
    look->row = (int)list->matches[down ? at : at - 1];
    look->scroll = scroll_to(list, area, (size_t)look->row);
    look->scrolled_for = picture->view->step + 1;
    look->scrolled_in = list->begun;
    look->scrolled_rows = area.height;
    return true;
}

/* Which of the matches is the chosen one, or the first in sight. */
static void words_search(const struct picture *picture, struct rect area, char *text, size_t len)
{
    const struct event_list *list = picture->list;
    char what[4 * LIST_WORD_MAX];
    size_t row = (size_t)picture->looks[SCREEN_TRACE].row;
    size_t at = event_list_match(list, row);
    bool chosen = at < list->match_count && list->matches[at] == row;
    bool whole = list->searched == list->count && list->events == list->total;
    if (!chosen)
        at = event_list_match(list, scroll_of(picture, area));
    if (at == list->match_count && at > 0)
        at--;
    text[0] = '\0';
    if (!list->search[0])
        return;
    escape_text((const uint8_t *)list->search, strlen(list->search), what, sizeof what);
    snprintf(text, len,
             whole ? _("search \"%s\": %zu of %zu") : _("search \"%s\": %zu of %zu so far"), what,
             list->match_count ? at + 1 : 0, list->match_count);
}

static void draw_head(struct grid *grid, const struct picture *picture, struct rect area)
{
    const struct event_list *list = picture->list;
    char text[512], what[4 * LIST_WORD_MAX];
    size_t first = scroll_of(picture, area), rows = (size_t)list_rows(area);
    size_t end = first + rows < list->count ? first + rows : list->count;
    snprintf(text, sizeof text, _("lines %zu to %zu of %zu%s%s"), list->count ? first + 1 : 0, end,
             list->count, first > 0 ? " ↑" : "", end < list->count ? " ↓" : "");
    int width = text_width(text), left = area.width - width - 4;
    grid_put(grid, area.x + area.width - width - 1, area.y, width, INK_FAINT, text);
    escape_text((const uint8_t *)list->filter, strlen(list->filter), what, sizeof what);
    if (list->passes.wrong[0]) {
        escape_text((const uint8_t *)list->passes.wrong, strlen(list->passes.wrong), what,
                    sizeof what);
        snprintf(text, sizeof text,
                 _("filter: '%s' is none of host: kind: lane: conn: sock: step:"), what);
        grid_put(grid, area.x + 1, area.y, left, INK_BAD, text);
    } else if (list->filter[0]) {
        snprintf(text, sizeof text, _("filter %s: %zu of %zu events"), what, list->count,
                 list->events);
        grid_put(grid, area.x + 1, area.y, left, INK_STRONG, text);
    } else {
        snprintf(text, sizeof text, _("all %zu events"), list->events);
        grid_put(grid, area.x + 1, area.y, left, INK_PLAIN, text);
    }
    words_search(picture, area, text, sizeof text);
    int used = text_width(text);
    grid_put(grid, area.x + area.width - used - 1, area.y + 1, used, INK_STRONG, text);
    grid_put(grid, area.x + STEP_AT, area.y + 1, STEP_WIDTH, INK_FAINT, _("  step"));
    grid_put(grid, area.x + TIME_AT, area.y + 1, TIME_WIDTH + 2, INK_FAINT, _("      time"));
    grid_put(grid, area.x + LANE_AT, area.y + 1, 10, INK_FAINT, _("lane"));
}

/* The words, with what is looked for marked in them. */
static void draw_words(struct grid *grid, const struct picture *picture, size_t row, int x, int y,
                       int room, enum ink ink)
{
    const struct event_list *list = picture->list;
    char words[WORDS_MAX], before[WORDS_MAX], part[LIST_WORD_MAX];
    event_list_words(list, picture->trace, row, words, sizeof words);
    const char *found = words_find(words, list->search);
    grid_put(grid, x, y, room, ink, words);
    if (!found)
        return;
    snprintf(before, sizeof before, "%.*s", (int)(found - words), words);
    snprintf(part, sizeof part, "%.*s", (int)strlen(list->search), found);
    int at = text_width(before);
    if (at + text_width(part) < room)
        grid_put(grid, x + at, y, room - at, INK_CHOSEN, part);
    bool chosen = (size_t)picture->looks[SCREEN_TRACE].row == row;
    grid_put(grid, MATCH_AT, y, 1, chosen ? INK_CHOSEN : INK_STRONG, chosen ? "◆" : "*");
}

static enum ink ink_of_event(const struct picture *picture, const struct event *event)
{
    bool fails = event->kind == EV_EXPECT && !event->u.expect.holds;
    if (fails || event->kind == EV_DIFFERS || event->kind == EV_DROPPED)
        return INK_BAD;
    if (event->step > picture->view->step)
        return INK_FAINT;
    if (event->step == picture->view->step)
        return INK_STRONG;
    return INK_PLAIN;
}

/* On which lane, and when by its clock: what is said to the reader is on none. */
static void draw_lane(struct grid *grid, const struct picture *picture, struct rect at,
                      const struct event *event)
{
    static const char *const letters[LANE_COUNT] = { "m", "k", "x" };
    char text[48];
    struct columns columns = columns_of(at.width);
    if (event->lane >= LANE_COUNT)
        return;
    enum lane_id lane = (enum lane_id)event->lane;
    enum lane_id kind = event->host < 0 ? lane : view_kind(picture->view, lane, event->host);
    snprintf(text, sizeof text, "%6" PRIu64 ".%03u", event->usec / 1000000,
             (unsigned)(event->usec / 1000 % 1000));
    grid_put(grid, at.x + TIME_AT, at.y, TIME_WIDTH, INK_FAINT, text);
    grid_put(grid, at.x + LANE_AT, at.y, columns.lane_width, ink_of_kind(kind),
             columns.lane_width == 1 ? letters[lane] : _(lane_name(lane)));
}

static void draw_row(struct grid *grid, const struct picture *picture, struct rect at, size_t row)
{
    const struct event *event = &picture->trace->events[picture->list->rows[row]];
    char text[16], click[ZONE_WORDS_MAX];
    enum ink ink = ink_of_event(picture, event);
    snprintf(click, sizeof click, "goto %" PRIu32, event->step);
    zones_add(picture->zones, at, click, "");
    struct columns columns = columns_of(at.width);
    if (event->step == picture->view->step)
        grid_put(grid, at.x, at.y, 1, INK_CHOSEN, "▶");
    snprintf(text, sizeof text, "%*" PRIu32, STEP_WIDTH, event->step);
    grid_put(grid, at.x + STEP_AT, at.y, STEP_WIDTH + 1, ink, text);
    draw_lane(grid, picture, at, event);
    snprintf(text, sizeof text, "%c", event->host < 0 ? ' ' : host_letter(event->host));
    grid_put(grid, at.x + columns.host, at.y, 1, ink, text);
    grid_put(grid, at.x + columns.kind, at.y, columns.kind_width, INK_FAINT,
             event_kind_name((enum event_kind)event->kind));
    draw_words(grid, picture, row, at.x + columns.words, at.y, at.width - columns.words - 1, ink);
}

void draw_trace(struct grid *grid, const struct picture *picture, struct rect area)
{
    if (!picture->list)
        return;
    size_t first = scroll_of(picture, area);
    draw_head(grid, picture, area);
    zones_extent(picture->zones, (int)picture->list->count, list_rows(area), 0);
    for (int i = 0; i < list_rows(area) && first + (size_t)i < picture->list->count; i++) {
        struct rect at = { area.x, area.y + HEAD_ROWS + i, area.width, 1 };
        draw_row(grid, picture, at, first + (size_t)i);
    }
}
