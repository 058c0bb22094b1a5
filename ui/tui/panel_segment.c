/*
 * A segment, bit by bit: which one, and where its parts stand. RFC 9293, 3.1.
 */
#include "ui/text.h"
#include "ui/tui/panels.h"
#include "ui/tui/segment_parts.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    HEAD_ROWS = 2,
    TWO_COLUMNS_FROM = 118,
    THREE_COLUMNS_FROM = 180,
    FAR_AHEAD = 65536 /* events that are looked through for what became of an old segment */
};

/* ---- which segment */

/* The chosen one of those that wait, else the one that something has happened to last. */
static size_t base_row(const struct picture *picture)
{
    const struct view *view = picture->view;
    const struct view_row *chosen = picture_chosen(picture), *best = NULL;
    size_t first = view->row_count > VIEW_ROWS ? view->row_count - VIEW_ROWS : 0, at = first;
    for (size_t i = first; i < view->row_count; i++) {
        const struct view_row *row = view_row(view, i);
        if (row == chosen)
            return i;
        if (!best || row->touched > best->touched) {
            best = row;
            at = i;
        }
    }
    return at;
}

size_t segments_back(const struct picture *picture)
{
    return picture->view->row_count > 0 ? base_row(picture) : 0;
}

static bool is_birth(const struct event *event)
{
    return event->kind == EV_SENT || event->kind == EV_DUPLICATED;
}

/* Where all segments are of one lane, their ids count them: the event that put that one there, by
 * binary search; SIZE_MAX where there is none. */
static size_t birth_by_id(const struct trace *trace, size_t end, uint32_t id)
{
    size_t low = 0, high = end;
    while (low < high) {
        size_t middle = low + (high - low) / 2, at = middle;
        while (at < high && !is_birth(&trace->events[at]))
            at++;
        if (at < high && trace->events[at].u.wire.id == id)
            return at;
        if (at < high && trace->events[at].u.wire.id < id)
            low = at + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

/* The event that put a segment on its wire which the view has no more: where two lanes have sent,
 * counted from the nearer of the trace's beginning and the oldest segment that the view has. */
static size_t birth_of(const struct picture *picture, size_t row)
{
    const struct trace *trace = picture->trace;
    const struct view *view = picture->view;
    size_t oldest = view->row_count - VIEW_ROWS, at = view_row(view, oldest)->sent;
    uint32_t oldest_id = view_row(view, oldest)->id;
    if (!view_has_two_wires(view) && oldest_id > oldest - row) {
        size_t found = birth_by_id(trace, at, oldest_id - (uint32_t)(oldest - row));
        if (found != SIZE_MAX)
            return found;
    }
    if (row < oldest / 2) {
        size_t seen = 0;
        for (at = 0; !is_birth(&trace->events[at]) || seen < row; at++)
            seen += is_birth(&trace->events[at]);
        return at;
    }
    for (size_t seen = oldest; seen > row;)
        seen -= is_birth(&trace->events[--at]);
    return at;
}

/* The event that changed it last, up to the step shown. */
static size_t last_touch(const struct picture *picture, size_t sent)
{
    const struct trace *trace = picture->trace;
    const struct event *birth = &trace->events[sent];
    size_t end = trace_step_end(trace, picture->view->step), last = sent;
    if (end > sent + FAR_AHEAD)
        end = sent + FAR_AHEAD;
    for (size_t i = sent + 1; i < end; i++) {
        const struct event *event = &trace->events[i];
        if (!event_has_segment(event->kind) || event->kind == EV_SENT ||
            event->lane != birth->lane || event->u.wire.id != birth->u.wire.id)
            continue;
        last = i;
        if (event->kind == EV_DELIVERED || event->kind == EV_DROPPED)
            break;
    }
    return last;
}

/* False: there is none yet. */
static bool find_segment(const struct picture *picture, struct shown *shown)
{
    const struct view *view = picture->view;
    int back = picture->looks[SCREEN_SEGMENT].row;
    if (view->row_count == 0)
        return false;
    size_t base = base_row(picture);
    size_t at = back <= 0 ? base : (size_t)back > base ? 0 : base - (size_t)back;
    const struct view_row *row = view_row(view, at);
    shown->view = view;
    shown->trace = picture->trace;
    shown->number = at + 1;
    shown->sent = row ? row->sent : birth_of(picture, at);
    shown->touched = row ? row->touched : last_touch(picture, shown->sent);
    return true;
}

static bool take_apart(const struct picture *picture, struct shown *shown)
{
    const struct event *sent = &picture->trace->events[shown->sent];
    enum option_order order = (enum option_order)picture->profile->set.option_order;
    const struct numbering *numbering = &picture->view->numbering[sent->lane];
    shown->lane = sent->lane;
    shown->from = sent->host;
    shown->to = sent->host == 0 ? 1 : 0;
    if (!anatomy_make(&shown->anatomy, picture->trace, shown->sent, shown->touched, order))
        return false;
    shown->seq = numbering_seq(numbering, &shown->anatomy.seg);
    shown->ack = numbering_ack(numbering, &shown->anatomy.seg);
    shown->shift = numbering_shift(numbering, &shown->anatomy.seg);
    return true;
}

/* ---- columns */

void column_line(struct column *column, enum ink ink, const char *text)
{
    grid_put(column->grid, column->x, column->y++, column->width, ink, text);
}

void column_title(struct column *column, const char *title)
{
    int used = text_width(title) + 1;
    for (int x = used; x < column->width; x++)
        grid_put(column->grid, column->x + x, column->y, 1, INK_FAINT, "─");
    column_line(column, INK_STRONG, title);
}

void column_words(struct column *column, const char *name, const char *text)
{
    int rows = text_rows(text, column->width);
    struct rect area = { column->x, column->y, column->width, rows };
    grid_wrap(column->grid, area, INK_PLAIN, text);
    if (strncmp(text, name, strlen(name)) == 0)
        grid_put(column->grid, column->x, column->y, column->width, INK_STRONG, name);
    column->y += rows;
}

/* ---- the screen */

/* What has gone from a program has gone: see fate_words(). */
static const char *fate_format(const struct picture *picture, const struct event *touched)
{
    if (touched->kind == EV_DELIVERED)
        return _("%s, %s to %s: sent at %s, delivered at %s");
    if (touched->kind == EV_DROPPED)
        return _("%s, %s to %s: sent at %s, lost at %s");
    if (touched->kind == EV_HELD)
        return _("%s, %s to %s: sent at %s, held back at %s");
    return picture->program ? _("%s, %s to %s: sent at %s")
                            : _("%s, %s to %s: sent at %s, on the wire");
}

/* What it is besides its header: sent again, a copy, corrupted. */
static const char *remark_of(const struct shown *shown)
{
    const struct event *sent = &shown->trace->events[shown->sent];
    if (shown->anatomy.seg.corrupted)
        return _("corrupted");
    if (sent->kind == EV_DUPLICATED)
        return _("a copy by the wire");
    return sent->u.wire.again ? _("sent again") : "";
}

static void draw_head(struct grid *grid, const struct picture *picture, const struct shown *shown)
{
    char words[WORDS_MAX], line[WORDS_MAX + 96], src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
    char sent_at[32], touched_at[32], right[96];
    const struct event *touched = &shown->trace->events[shown->touched];
    const struct segment *seg = &shown->anatomy.seg;
    const char *remark = remark_of(shown);
    snprintf(right, sizeof right, _("segment %zu of %zu"), shown->number, shown->view->row_count);
    if (remark[0])
        snprintf(right, sizeof right, _("%s: segment %zu of %zu"), remark, shown->number,
                 shown->view->row_count);
    int width = text_width(right);
    words_segment(seg, &shown->view->numbering[shown->lane], words, sizeof words);
    grid_put(grid, 1, 0, grid->width - width - 4, INK_STRONG, words);
    grid_put(grid, grid->width - width - 1, 0, width, seg->corrupted ? INK_BAD : INK_PLAIN, right);
    snprintf(line, sizeof line, fate_format(picture, touched),
             _(lane_name(view_kind(shown->view, shown->lane, shown->from))),
             endpoint_text(&seg->src, src, sizeof src), endpoint_text(&seg->dst, dst, sizeof dst),
             words_time(shown->trace->events[shown->sent].usec, sent_at, sizeof sent_at),
             words_time(touched->usec, touched_at, sizeof touched_at));
    grid_put(grid, 1, 1, grid->width - 2,
             ink_of_kind(view_kind(shown->view, shown->lane, shown->from)), line);
}

static int lowest(const struct column *columns, int count)
{
    int y = columns[0].y;
    for (int i = 1; i < count; i++)
        y = columns[i].y > y ? columns[i].y : y;
    return y;
}

/* All parts, from line `top` of the grid on; returns the line behind the last. */
static int draw_parts(struct grid *grid, const struct shown *shown, int top)
{
    int width = grid->width - 2, left = SEGMENT_DRAWING_WIDTH;
    struct column columns[3];
    if (grid->width < TWO_COLUMNS_FROM) {
        columns[0] = columns[1] = columns[2] = (struct column){ grid, 1, top, width };
    } else if (grid->width < THREE_COLUMNS_FROM) {
        columns[0] = columns[2] = (struct column){ grid, 1, top, left };
        columns[1] = (struct column){ grid, left + 2, top, width - left - 1 };
    } else {
        int each = (width - left - 4) / 2;
        columns[0] = (struct column){ grid, 1, top, left };
        columns[1] = (struct column){ grid, left + 3, top, each };
        columns[2] = (struct column){ grid, left + 5 + each, top, each };
    }
    bool one = grid->width < TWO_COLUMNS_FROM, three = grid->width >= THREE_COLUMNS_FROM;
    draw_header_bits(&columns[0], shown);
    if (one)
        columns[1].y = columns[0].y;
    draw_header_fields(&columns[1], shown);
    draw_header_options(three ? &columns[2] : &columns[1], shown);
    if (one)
        columns[0].y = columns[1].y;
    draw_segment_text(&columns[0], shown);
    if (!three)
        columns[2].y = columns[0].y;
    draw_segment_checksum(&columns[2], shown);
    return lowest(columns, 3);
}

/* What is above and below of what is seen. */
static void draw_scroll(struct grid *grid, struct rect area, int first, int rows, int all)
{
    char text[96];
    int below = all - first - rows;
    snprintf(text, sizeof text, _("%s lines above: %d  %s lines below: %d"), first > 0 ? "▲" : "·",
             first, below > 0 ? "▼" : "·", below > 0 ? below : 0);
    grid_put(grid, area.x + 1, area.y + area.height - 1, area.width - 2, INK_KEY, text);
}

/* The rows of the area as a grid of their own: what is drawn above or below them is not. */
static struct grid rows_of(const struct grid *grid, int y, int height)
{
    return (struct grid){ .width = grid->width,
                          .height = height,
                          .cells = grid->cells + (size_t)y * (size_t)grid->width };
}

/* How many lines of them are seen at once: the last row of an area says what is beyond. */
static int lines_shown(int all, int height)
{
    int room = height - HEAD_ROWS;
    return all > room ? room - 1 : room;
}

/* All lines of a segment's parts at this width. */
static int count_lines(const struct shown *shown, int width)
{
    struct grid none = { .width = width };
    return draw_parts(&none, shown, 0);
}

int segment_scroll_most(const struct picture *picture, int width, int height)
{
    struct shown shown;
    if (!find_segment(picture, &shown) || !take_apart(picture, &shown))
        return 0;
    int all = count_lines(&shown, width), most = all - lines_shown(all, height);
    return most > 0 ? most : 0;
}

void draw_segment(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct shown shown;
    if (!find_segment(picture, &shown) || !take_apart(picture, &shown)) {
        grid_put(grid, area.x + 1, area.y, area.width - 2, INK_PLAIN,
                 _("No segment has been sent yet on a wire that can be seen."));
        return;
    }
    int all = count_lines(&shown, grid->width), shows = lines_shown(all, area.height);
    int scroll = picture->looks[SCREEN_SEGMENT].scroll;
    scroll = scroll > all - shows ? all - shows : scroll;
    scroll = scroll < 0 ? 0 : scroll;
    zones_extent_back(picture->zones, all, shows, (int)segments_back(picture) + 1);
    struct grid head = rows_of(grid, area.y, HEAD_ROWS);
    struct grid body = rows_of(grid, area.y + HEAD_ROWS, shows);
    draw_head(&head, picture, &shown);
    draw_parts(&body, &shown, -scroll);
    if (all > shows)
        draw_scroll(grid, area, scroll, shows, all);
}
