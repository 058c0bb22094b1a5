/*
 * Two rows for each connection: what it is, and the way it has taken. Below them the details of the
 * chosen one.
 */
#include "ui/tui/panel_watch.h"
#include "ui/text.h"

#include "ui/tui/panels.h"
#include "ui/tui/watch_keys.h"
#include "ui/watch_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ROWS_EACH = 2,
    STATE_X = 1,
    STATE_WIDTH = 12,
    ADDRESS_WIDTH = 21, /* "255.255.255.255:65535"; more for IPv6 where there is room */
    ADDRESS_MORE = 26,
    QUEUE_WIDTH = 6,
    TIMER_WIDTH = 10,
    WAY_X = 3,
    LIST_LEAST = 2 * ROWS_EACH
};

/* Where the columns lie at this width. */
struct columns {
    int address_width, local, remote, recv, send, timer;
};

static struct columns columns_of(const struct grid *grid)
{
    int more = (grid->width - LEAST_WIDTH) / 2;
    struct columns c = { .address_width =
                             ADDRESS_WIDTH + (more < ADDRESS_MORE ? more : ADDRESS_MORE) };
    c.local = STATE_X + STATE_WIDTH + 1;
    c.remote = c.local + c.address_width + 1;
    c.recv = c.remote + c.address_width;
    c.send = c.recv + QUEUE_WIDTH;
    c.timer = c.send + QUEUE_WIDTH + 1;
    return c;
}

static void put_right(struct grid *grid, int x, int y, int width, enum ink ink, const char *text)
{
    int used = text_width(text);
    grid_put(grid, used < width ? x + width - used : x, y, width, ink, text);
}

static void draw_title(struct grid *grid, const struct watch_picture *picture)
{
    char left[160], right[96];
    for (int x = 0; x < grid->width; x++)
        grid_put(grid, x, 0, 1, INK_TITLE, " ");
    if (picture->count == picture->total)
        snprintf(
            left, sizeof left,
            tr_n("tcpstep watch  %zu connection", "tcpstep watch  %zu connections", picture->total),
            picture->total);
    else
        snprintf(left, sizeof left, _("tcpstep watch  %zu of %zu connections"), picture->count,
                 picture->total);
    if (picture->paused)
        snprintf(right, sizeof right, _("by %s  paused"), _(picture->sort));
    else
        snprintf(right, sizeof right, _("by %s  each %" PRIu64 " ms"), _(picture->sort),
                 picture->interval_msec);
    int width = text_width(right);
    grid_put(grid, 1, 0, grid->width - width - 4, INK_TITLE, left);
    grid_put(grid, grid->width - width - 1, 0, width, INK_TITLE, right);
}

static void draw_head(struct grid *grid, int y)
{
    struct columns c = columns_of(grid);
    grid_put(grid, STATE_X, y, STATE_WIDTH, INK_FAINT, _("state"));
    grid_put(grid, c.local, y, c.address_width, INK_FAINT, _("local"));
    grid_put(grid, c.remote, y, c.address_width, INK_FAINT, _("remote"));
    put_right(grid, c.recv, y, QUEUE_WIDTH, INK_FAINT, _("recv"));
    put_right(grid, c.send, y, QUEUE_WIDTH, INK_FAINT, _("send"));
    grid_put(grid, c.timer, y, TIMER_WIDTH, INK_FAINT, _("timer"));
}

/* Octets in a queue, in five columns at most: "12345", "123k", "12M". */
static void queue_text(uint32_t octets, char *text, size_t len)
{
    if (octets < 100000)
        snprintf(text, len, "%" PRIu32, octets);
    else if (octets < 10000000)
        snprintf(text, len, "%" PRIu32 "k", octets / 1000);
    else
        snprintf(text, len, "%" PRIu32 "M", octets / 1000000);
}

static void draw_what(struct grid *grid, const struct watch_row *row, int y, enum ink ink)
{
    struct columns c = columns_of(grid);
    char text[64];
    enum tcp_state state = path_last(&row->path);
    bool open = state == ESTABLISHED && ink == INK_PLAIN;
    grid_put(grid, STATE_X, y, STATE_WIDTH, open ? INK_GOOD : ink, state_name(state));
    grid_put(grid, c.local, y, c.address_width, ink, endpoint_text(&row->local, text, sizeof text));
    grid_put(grid, c.remote, y, c.address_width, ink,
             state == LISTEN ? "*" : endpoint_text(&row->remote, text, sizeof text));
    if (row->ended)
        return;
    queue_text(row->now.rqueue, text, sizeof text);
    put_right(grid, c.recv, y, QUEUE_WIDTH, ink, text);
    queue_text(row->now.wqueue, text, sizeof text);
    put_right(grid, c.send, y, QUEUE_WIDTH, ink, text);
    grid_put(grid, c.timer, y, TIMER_WIDTH, ink, watch_timer(&row->now, text, sizeof text));
}

/* The path in so many columns: where it is too long, "+2 > " stands for its first states. */
static void way_text(const struct watch_path *path, int width, char *text, size_t len)
{
    struct watch_path rest = *path;
    char way[WATCH_PATH_TEXT];
    snprintf(text, len, "%s", path_text(path, way, sizeof way));
    for (unsigned cut = 1; text_width(text) > width && cut < path->count; cut++) {
        rest.count = (uint8_t)(path->count - cut);
        rest.gap = (uint16_t)(path->gap >> cut);
        memcpy(rest.state, path->state + cut, rest.count);
        snprintf(text, len, "+%u > %s", cut, path_text(&rest, way, sizeof way));
    }
}

static void draw_way(struct grid *grid, const struct watch_row *row, int y, enum ink ink)
{
    char owner[96], way[WATCH_PATH_TEXT + 16];
    int x = WAY_X;
    if (row->who.pid) {
        x += grid_put(grid, x, y, grid->width / 3, ink, watch_owner(row, owner, sizeof owner)) + 2;
    }
    int room = grid->width - x - 1;
    way_text(&row->path, room, way, sizeof way);
    grid_put(grid, x, y, room, ink, way);
}

static void draw_connection(struct grid *grid, const struct watch_row *row, int y, bool chosen)
{
    enum ink ink = chosen ? INK_CHOSEN : row->ended ? INK_FAINT : INK_PLAIN;
    for (int x = 0; chosen && x < grid->width; x++) {
        grid_put(grid, x, y, 1, ink, " ");
        grid_put(grid, x, y + 1, 1, ink, " ");
    }
    grid_put(grid, 0, y, 1, ink, chosen ? ">" : " ");
    draw_what(grid, row, y, ink);
    draw_way(grid, row, y + 1, chosen || row->ended ? ink : INK_FAINT);
}

/* The chosen one is always among those that are drawn. */
static void draw_list(struct grid *grid, const struct watch_picture *picture, struct rect area)
{
    size_t room = (size_t)(area.height / ROWS_EACH);
    size_t first = picture->chosen >= room ? picture->chosen - room + 1 : 0;
    for (size_t i = 0; i < room && first + i < picture->count; i++)
        draw_connection(grid, picture->rows[first + i], area.y + (int)i * ROWS_EACH,
                        first + i == picture->chosen);
    if (picture->count == 0)
        grid_put(grid, STATE_X, area.y, area.width - 2, INK_FAINT,
                 picture->total ? _("The filter lets no connection through. esc clears it.")
                                : _("No connection is there. This waits for one."));
}

/* What was read of the kernel, in a box; returns its rows. */
static int draw_details(struct grid *grid, const struct watch_picture *picture, int bottom,
                        int room)
{
    int rows = text_rows(picture->detail, grid->width - 4) + 2;
    if (rows > room)
        rows = room;
    struct rect box = { 0, bottom - rows, grid->width, rows };
    struct rect inside = { 2, box.y + 1, grid->width - 4, rows - 2 };
    grid_box(grid, box, INK_FAINT, _("details"));
    grid_wrap(grid, inside, INK_PLAIN, picture->detail);
    return rows;
}

static void draw_keys(struct grid *grid, int y)
{
    int x = 1;
    for (size_t i = 0; i < watch_key_row_count; i++) {
        const struct watch_key_row *row = &watch_key_rows[i];
        if (!row->footer)
            continue;
        x += grid_put(grid, x, y, grid->width, INK_KEY, _(row->label)) + 1;
        x += grid_put(grid, x, y, grid->width, INK_FAINT, _(row->footer)) + 2;
    }
}

static void draw_keys_help(struct grid *grid)
{
    for (size_t i = 0; i < watch_key_row_count; i++) {
        grid_put(grid, 2, 2 + (int)i, 8, INK_KEY, _(watch_key_rows[i].label));
        grid_put(grid, 10, 2 + (int)i, grid->width - 12, INK_PLAIN, _(watch_key_rows[i].help));
    }
    struct rect area = { 2, 3 + (int)watch_key_row_count, grid->width - 4, 5 };
    grid_wrap(
        grid, area, INK_FAINT,
        _("\"...\" in a path: what happened there was not seen, for it lies between two looks. "
          "\"+2\": two states more came before.\nTimers: rto retransmission, keep keep-alive, "
          "probe zero window, 2msl TIME-WAIT, fin2 an orphan that waits for a FIN."));
}

static void draw_bottom(struct grid *grid, const struct watch_picture *picture)
{
    char words[160];
    int y = grid->height - 2;
    if (picture->typing || picture->filter[0]) {
        snprintf(words, sizeof words, _("filter /%s%s"), picture->filter,
                 picture->typing ? "_" : "");
        grid_put(grid, 1, y, grid->width - 2, INK_STRONG, words);
    } else {
        snprintf(words, sizeof words, _("source: %s"), picture->source);
        grid_put(grid, 1, y, grid->width - 2, INK_FAINT, words);
    }
    draw_keys(grid, y + 1);
}

void draw_watch(struct grid *grid, const struct watch_picture *picture)
{
    char words[96];
    struct rect whole = { 0, 0, grid->width, grid->height };
    grid_clear(grid);
    if (grid->width < LEAST_WIDTH || grid->height < LEAST_HEIGHT) {
        snprintf(words, sizeof words,
                 _("This window is %d x %d; the watch needs %d x %d. q quits."), grid->width,
                 grid->height, LEAST_WIDTH, LEAST_HEIGHT);
        grid_wrap(grid, whole, INK_PLAIN, words);
        return;
    }
    draw_title(grid, picture);
    draw_bottom(grid, picture);
    if (picture->help) {
        draw_keys_help(grid);
        return;
    }
    struct rect list = { 0, 2, grid->width, grid->height - 4 };
    draw_head(grid, 1);
    if (picture->detail && picture->count > 0)
        list.height -= draw_details(grid, picture, grid->height - 2, list.height - LIST_LEAST);
    draw_list(grid, picture, list);
}
