/*
 * The rows of one direction: the sender, the segments between, the receiver, and the scale. RFC
 * 9293, 3.3.1, Figures 3 and 4; RFC 5681.
 */
#include "ui/text.h"
#include "ui/tui/sequence_parts.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    NAMES_WIDTH = 12, /* columns before the scale */
    LABELS_MAX = 4,
    LABEL_LEN = 64
};

/* ---- rows of marks */

static void put_name(struct board *board, const char *name)
{
    grid_put(board->grid, board->area.x, board->y, NAMES_WIDTH - 1, INK_PLAIN, name);
}

/* A stretch of numbers; one that has any is seen. */
static void put_stretch(struct board *board, int64_t start, int64_t end, enum ink ink,
                        const char *mark)
{
    int from = space_column(&board->scale, start), to = space_column(&board->scale, end);
    if (end <= start || to < 0 || from >= board->scale.width)
        return;
    from = from < 0 ? 0 : from;
    to = to <= from ? from + 1 : to;
    for (int column = from; column < to && column < board->scale.width; column++)
        grid_put(board->grid, board->x + column, board->y, 1, ink, mark);
}

/* The number that the figures give a part, in its middle, where it is wide enough. */
static void put_digit(struct board *board, int64_t start, int64_t end, const char *digit)
{
    int from = space_column(&board->scale, start), to = space_column(&board->scale, end);
    from = from < 0 ? 0 : from;
    to = to > board->scale.width ? board->scale.width : to;
    if (to - from >= 3)
        grid_put(board->grid, board->x + (from + to) / 2, board->y, 1, INK_STRONG, digit);
}

/* ---- labels below a row */

struct label {
    int64_t at;
    int x, row;
    char text[LABEL_LEN];
};

struct labels {
    int count;
    struct label all[LABELS_MAX];
};

/* In the order of their numbers; names of one number stand together. */
static void add_label(struct labels *labels, int64_t at, const char *name)
{
    int i = labels->count;
    while (i > 0 && labels->all[i - 1].at > at)
        i--;
    if (i > 0 && labels->all[i - 1].at == at) {
        struct label *same = &labels->all[i - 1];
        size_t used = strlen(same->text);
        snprintf(same->text + used, LABEL_LEN - used, "=%s", name);
        return;
    }
    memmove(&labels->all[i + 1], &labels->all[i],
            (size_t)(labels->count++ - i) * sizeof labels->all[0]);
    labels->all[i] = (struct label){ .at = at };
    snprintf(labels->all[i].text, LABEL_LEN, "%s", name);
}

/* Its words, in the first row where they fit at its number; below one that is further left. */
static void set_label(const struct board *board, struct label *label, int free_from[])
{
    int width = board->scale.width, at = space_column(&board->scale, label->at);
    size_t used = strlen(label->text);
    snprintf(label->text + used, LABEL_LEN - used, " %" PRIu32 "%s",
             (uint32_t)(board->space.anchor + (uint32_t)label->at), at >= width ? " ▶" : "");
    int len = text_width(label->text);
    at = at < 0 ? 0 : at;
    at = at + len > width ? width - len : at;
    label->row = 0;
    while (label->row + 1 < board->label_rows && free_from[label->row] > at)
        label->row++;
    label->x = free_from[label->row] > at ? free_from[label->row] : at;
    free_from[label->row] = label->x + len + 1;
}

/* What has been pushed out to the right pushes the others to the left. */
static void put_labels(struct board *board, struct labels *labels)
{
    int free_from[LABEL_ROWS_MAX] = { 0, 0 };
    int behind[LABEL_ROWS_MAX] = { board->scale.width, board->scale.width };
    for (int i = 0; i < labels->count; i++)
        set_label(board, &labels->all[i], free_from);
    for (int i = labels->count; i-- > 0;) {
        struct label *label = &labels->all[i];
        int most = behind[label->row] - text_width(label->text);
        label->x = label->x < most ? label->x : most > 0 ? most : 0;
        behind[label->row] = label->x - 1;
        grid_put(board->grid, board->x + label->x, board->y + label->row,
                 board->scale.width - label->x, INK_PLAIN, label->text);
    }
}

/* ---- the sender */

static void sender_labels(struct board *board)
{
    struct labels labels = { .count = 0 };
    const struct space *space = &board->space;
    add_label(&labels, 0, space->by_wire ? _("ACKed") : "SND.UNA");
    add_label(&labels, space->nxt, space->by_wire ? _("sent") : "SND.NXT");
    if (space->has_snd_wnd)
        add_label(&labels, space->snd_wnd, "+SND.WND");
    if (space->has_cwnd)
        add_label(&labels, space->cwnd, "+cwnd");
    put_labels(board, &labels);
}

/* Where the network may be full, whatever the receiver allows: RFC 5681. */
static void put_cwnd(struct board *board)
{
    int column = space_column(&board->scale, board->space.cwnd);
    if (board->space.has_cwnd && column >= 0 && column < board->scale.width)
        grid_put(board->grid, board->x + column, board->y, 1, INK_KEY, "c");
}

static void draw_sender(struct board *board)
{
    char name[32];
    const struct space *space = &board->space;
    const struct space_scale *scale = &board->scale;
    int64_t end = INT32_MAX, edge = space->snd_wnd > space->nxt ? space->snd_wnd : space->nxt;
    snprintf(name, sizeof name, _("%c sends"), host_letter(space->from));
    put_name(board, name);
    if (!space->sends) {
        grid_put(board->grid, board->x, board->y, scale->width, INK_FAINT, _("not known"));
        return;
    }
    if (space->has_snd_wnd)
        put_stretch(board, edge, end, INK_FAINT, "─");
    put_stretch(board, scale->first, 0, INK_FAINT, "▒");
    put_stretch(board, space->nxt, edge, INK_GOOD, "░");
    put_stretch(board, 0, space->nxt, INK_WIRE, "█");
    put_digit(board, scale->first, 0, "1");
    put_digit(board, 0, space->nxt, "2");
    put_digit(board, space->nxt, edge, "3");
    if (space->has_snd_wnd)
        put_digit(board, edge, end, "4");
    put_cwnd(board);
    board->y++;
    sender_labels(board);
    board->y--;
}

/* ---- the wire */

/* "[====]", with S and F where SYN and FIN have their numbers; less where there is no room. */
static void put_bar(struct board *board, const struct space_bar *bar)
{
    int from = space_column(&board->scale, bar->start), to = space_column(&board->scale, bar->end);
    const char *middle = bar->corrupted ? "!" : bar->again ? "r" : "=";
    bool lost = bar->fate == ROW_DROPPED;
    enum ink ink = lost || bar->corrupted ? INK_BAD : INK_WIRE;
    if (from < 0 || from >= board->scale.width)
        return;
    to = to <= from ? from + 1 : to > board->scale.width ? board->scale.width : to;
    for (int column = from; column < to; column++) {
        const char *mark = column == from ? "[" : column == to - 1 ? "]" : middle;
        if (bar->start == bar->end)
            mark = "|";
        else if (to - from == 1)
            mark = middle;
        grid_put(board->grid, board->x + column, board->y, 1, ink, mark);
    }
    if (bar->flags & SYN && to - from != 2)
        grid_put(board->grid, board->x + (from + to - 1) / 2, board->y, 1, ink, "S");
    else if (bar->flags & FIN && to - from != 2)
        grid_put(board->grid, board->x + (bar->end - bar->start > 1 ? to - 2 : (from + to - 1) / 2),
                 board->y, 1, ink, "F");
    if (lost || bar->fate == ROW_HELD)
        grid_put(board->grid, board->x + (from + to - 1) / 2, board->y, 1, ink, lost ? "✗" : "h");
}

/* Each in the first row that has room for it; returns how many found none. */
static unsigned put_bars(struct board *board)
{
    int free_from[BAR_ROWS_MAX] = { 0 }, y = board->y;
    unsigned left_out = board->space.bars_left_out;
    for (unsigned i = 0; i < board->space.bar_count; i++) {
        const struct space_bar *bar = &board->space.bars[i];
        int from = space_column(&board->scale, bar->start), row = 0;
        int to = space_column(&board->scale, bar->end);
        while (row < board->bar_rows && free_from[row] > from)
            row++;
        if (row == board->bar_rows || from >= board->scale.width || from < 0) {
            left_out++;
            continue;
        }
        board->y = y + row;
        put_bar(board, bar);
        free_from[row] = to > from ? to : from + 1;
    }
    board->y = y;
    return left_out;
}

static void draw_bars(struct board *board)
{
    char name[32];
    put_name(board, _("on the wire"));
    unsigned left_out = put_bars(board);
    if (left_out > 0) {
        snprintf(name, sizeof name, _("%u more"), left_out);
        int width = text_width(name) + 1;
        grid_put(board->grid, board->x + board->scale.width - width, board->y + board->bar_rows - 1,
                 width, INK_KEY, name);
    }
    board->y += board->bar_rows;
}

static void draw_acks(struct board *board)
{
    put_name(board, _("ACKs back"));
    for (unsigned i = 0; i < board->space.ack_count; i++) {
        const struct space_ack *ack = &board->space.acks[i];
        int column = space_column(&board->scale, ack->at);
        bool lost = ack->fate == ROW_DROPPED;
        if (column >= 0 && column < board->scale.width)
            grid_put(board->grid, board->x + column, board->y, 1, lost ? INK_BAD : INK_WIRE,
                     lost                    ? "✗"
                     : ack->fate == ROW_HELD ? "h"
                                             : "◀");
    }
    board->y++;
}

/* ---- the receiver */

static void draw_beyond(struct board *board)
{
    const struct space *space = &board->space;
    for (uint32_t i = 0; i < space->beyond_count && i < SACK_BLOCKS_MAX; i++)
        put_stretch(board, space->beyond[i].start, space->beyond[i].end, INK_STRONG, "█");
}

static void receiver_labels(struct board *board)
{
    struct labels labels = { .count = 0 };
    const struct space *space = &board->space;
    bool by_wire = space->got_by_wire;
    if (space->unread > 0)
        add_label(&labels, space->rcv_nxt - space->unread, _("unread from"));
    add_label(&labels, space->rcv_nxt, by_wire ? _("ACK sent") : "RCV.NXT");
    if (space->has_rcv_wnd)
        add_label(&labels, space->rcv_nxt + space->rcv_wnd, "+RCV.WND");
    put_labels(board, &labels);
}

static void draw_receiver(struct board *board)
{
    char name[32];
    const struct space *space = &board->space;
    const struct space_scale *scale = &board->scale;
    int64_t nxt = space->rcv_nxt, edge = nxt + space->rcv_wnd, end = INT32_MAX;
    int rows = board->label_rows;
    snprintf(name, sizeof name, _("%c receives"), host_letter(space->to));
    put_name(board, name);
    if (!space->receives) {
        grid_put(board->grid, board->x, board->y, scale->width, INK_FAINT, _("not known"));
        board->y += 2;
        return;
    }
    if (space->has_rcv_wnd)
        put_stretch(board, edge, end, INK_FAINT, "─");
    put_stretch(board, scale->first, nxt, INK_FAINT, "▒");
    put_stretch(board, nxt, edge, INK_GOOD, "░");
    put_stretch(board, nxt - space->unread, nxt, INK_KEY, "▓");
    draw_beyond(board);
    put_digit(board, scale->first, nxt - space->unread, "1");
    if (space->beyond_count == 0)
        put_digit(board, nxt, edge, "2");
    if (space->has_rcv_wnd)
        put_digit(board, edge, end, "3");
    board->y++;
    board->label_rows = 1;
    receiver_labels(board);
    board->label_rows = rows;
    board->y++;
}

/* ---- a direction */

/* Every tenth column, or less often where numbers are long. */
static void draw_ticks(struct board *board)
{
    const struct space_scale *scale = &board->scale;
    char text[16];
    int apart = scale->columns > 1 ? 5 * scale->columns : 10;
    for (int column = 0; column < scale->width;) {
        int64_t at = scale->first + (int64_t)(column / scale->columns) * scale->octets;
        snprintf(text, sizeof text, "|%" PRIu32, (uint32_t)(board->space.anchor + (uint32_t)at));
        int width = text_width(text);
        if (column + width <= scale->width)
            grid_put(board->grid, board->x + column, board->y, width, INK_FAINT, text);
        do
            column += apart;
        while (column < scale->width && width >= apart && (width -= apart) >= 0);
    }
    board->y++;
}

/* "A:56146 to B:7788, model", and what is to be said of it. */
static void heading_words(const struct board *board, char *text, size_t len)
{
    const struct space *space = &board->space;
    const char *there = _(lane_name(view_kind(board->view, space->lane, space->from)));
    const char *back = _(lane_name(view_kind(board->view, space->lane, space->to)));
    char kind[64], from = host_letter(space->from), to = host_letter(space->to);
    unsigned src = space->src ? space->src->local.port : space->dst->remote.port;
    unsigned dst = space->src ? space->src->remote.port : space->dst->local.port;
    const char *format = N_("%c:%u to %c:%u, %s");
    snprintf(kind, sizeof kind, there == back ? "%s" : _("%s to %s"), there, back);
    if (!space->sends && !space->receives)
        format = N_("%c:%u to %c:%u, %s: no number of it is known here.");
    else if (space->by_wire)
        format = N_("%c:%u to %c:%u, %s: as seen on the wire");
    else if (space->has_snd_wnd && space->snd_wnd == 0 && space->src->state >= ESTABLISHED)
        format = N_("%c:%u to %c:%u, %s: the window is 0");
    snprintf(text, len, _(format), from, src, to, dst, kind);
}

static void draw_heading(struct board *board)
{
    char left[160], right[64];
    const struct space *space = &board->space;
    const struct space_scale *scale = &board->scale;
    enum lane_id kind = view_kind(board->view, space->lane, space->from);
    if (scale->columns > 1)
        snprintf(right, sizeof right, _("1 octet = %d columns"), scale->columns);
    else
        snprintf(right, sizeof right, _("1 column = %" PRIu32 " octets"), scale->octets);
    heading_words(board, left, sizeof left);
    int width = text_width(right);
    grid_put(board->grid, board->area.x, board->y, board->area.width - width - 1, ink_of_kind(kind),
             left);
    grid_put(board->grid, board->area.x + board->area.width - width, board->y, width, INK_PLAIN,
             right);
    board->y++;
}

/* Nothing but what needs no numbers. */
static void draw_without_numbers(struct board *board)
{
    char text[200];
    const struct space *space = &board->space;
    const struct sock_row *src = space->src;
    enum lane_id kind = view_kind(board->view, space->lane, space->from);
    heading_words(board, text, sizeof text);
    grid_put(board->grid, board->area.x, board->y++, board->area.width, ink_of_kind(kind), text);
    if (!src || !src->has_vars || !(src->vars.known & KNOWS_WINDOWS))
        return;
    snprintf(text, sizeof text, _("SND.WND is %" PRIu32 ", %" PRIu32 " octets are unsent."),
             src->vars.snd_wnd, src->vars.unsent);
    grid_put(board->grid, board->area.x, board->y, board->area.width, INK_PLAIN, text);
}

void draw_direction(struct board *board)
{
    board->x = board->area.x + NAMES_WIDTH;
    board->y = board->area.y;
    if (!board->space.sends && !board->space.receives) {
        draw_without_numbers(board);
        return;
    }
    space_scale_make(&board->scale, &board->space, board->area.width - NAMES_WIDTH);
    draw_heading(board);
    draw_sender(board);
    board->y += 1 + board->label_rows;
    draw_bars(board);
    draw_acks(board);
    draw_receiver(board);
    draw_ticks(board);
}
