/*
 * The sequence space of both directions of a connection to scale, after Figures 3 and 4 of RFC
 * 9293, 3.3.1: what is acknowledged, on its way, allowed and not, and the segments at their
 * numbers.
 */
#include "ui/text.h"
#include "ui/tui/sequence_parts.h"

#include <stdio.h>
#include <string.h>

enum {
    ROWS_LEAST = 8, /* of a direction, with one row of labels and one of segments */
    SIDE_BY_SIDE_FROM = 180
};

static void draw_legend(struct grid *grid, struct rect area)
{
    static const char *const marks[] = {
        N_("▒ 1 acknowledged"), N_("█ 2 sent"),
        N_("░ 3 may be sent"),  N_("─ 4 not yet allowed"),
        N_("▓ unread"),         N_("█ beyond a gap"),
        N_("[=] segment"),      N_("[r] again"),
        N_("[!] corrupted"),    N_("| empty"),
        N_("h held"),           N_("✗ lost"),
    };
    int x = area.x, y = area.y;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        int width = text_width(_(marks[i]));
        if (x > area.x && x + width > area.x + area.width) {
            x = area.x;
            y++;
        }
        if (y == area.y + area.height)
            grid_put(grid, area.x + area.width - 1, y - 1, 1, INK_FAINT, "…");
        if (y < area.y + area.height)
            x += 2 + grid_put(grid, x, y, area.x + area.width - x, INK_FAINT, _(marks[i]));
    }
}

size_t connections_back(const struct picture *picture)
{
    size_t most = 0;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        size_t count = space_connections(picture->view, lane);
        most = count > most ? count : most;
    }
    return most > 0 ? most - 1 : 0;
}

/* The directions there are, on all lanes that have the connection. */
struct boards {
    unsigned count;
    const struct sock_row *ends[2 * LANE_COUNT][2];
    unsigned lane[2 * LANE_COUNT];
};

static void add_boards(struct boards *boards, unsigned lane, const struct sock_row *const ends[2])
{
    for (int from = 0; from < 2; from++) {
        boards->ends[boards->count][0] = ends[0];
        boards->ends[boards->count][1] = ends[1];
        boards->lane[boards->count++] = lane;
    }
}

/* The chosen one of the first lane, and the same one of the others. */
static void find_boards(struct boards *boards, const struct picture *picture)
{
    const struct view *view = picture->view;
    int chosen = picture->looks[SCREEN_SEQUENCE].row > 0 ? picture->looks[SCREEN_SEQUENCE].row : 0;
    const struct sock_row *first = NULL;
    boards->count = 0;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        const struct sock_row *ends[2];
        if (!view->ran[lane] ||
            (!space_same_ends(view, lane, first, ends) && !space_ends(view, lane, chosen, ends)))
            continue;
        first = first ? first : ends[0];
        add_boards(boards, lane, ends);
    }
}

/* Draws them from row `top` on, the two directions of a lane beside each other where that is
 * wide. */
static void draw_boards(struct grid *grid, const struct picture *picture,
                        const struct boards *boards, const struct board *form, int top)
{
    bool beside = grid->width >= SIDE_BY_SIDE_FROM;
    int width = grid->width - 2, half = (width - 2) / 2;
    for (unsigned i = 0; i < boards->count; i++) {
        struct board board = *form;
        int row = beside ? (int)i / 2 : (int)i, from = (int)i % 2;
        board.grid = grid;
        board.view = picture->view;
        board.area = (struct rect){ 1, top + row * form->area.height, width, form->area.height };
        if (beside)
            board.area =
                (struct rect){ from ? 3 + half : 1, board.area.y, half, form->area.height };
        space_make(&board.space, picture, boards->lane[i], boards->ends[i], from);
        draw_direction(&board);
    }
}

/* As many rows for each as there is room for. */
static struct board form_of(int rows, int room)
{
    struct board form = { .label_rows = 1, .bar_rows = 1 };
    int each = rows > 0 ? room / rows : room;
    if (each > ROWS_LEAST || rows * ROWS_LEAST > room)
        form.label_rows = LABEL_ROWS_MAX;
    if (each > ROWS_LEAST + 2)
        form.bar_rows = each - ROWS_LEAST - 2 > BAR_ROWS_MAX ? BAR_ROWS_MAX : each - ROWS_LEAST - 2;
    form.area.height = ROWS_LEAST - 2 + form.label_rows + form.bar_rows;
    if (each > form.area.height)
        form.area.height++; /* a blank one between them */
    return form;
}

/* What stands where on an area of that size. */
struct plan {
    struct boards boards;
    struct board form;
    int room, all, shows; /* rows above the legend, of all that there is, and those that are seen */
};

static bool make_plan(struct plan *plan, const struct picture *picture, int width, int height)
{
    bool wide = width >= SIDE_BY_SIDE_FROM;
    find_boards(&plan->boards, picture);
    if (plan->boards.count == 0)
        return false;
    int rows = (int)plan->boards.count / (wide ? 2 : 1);
    plan->room = height - (wide ? 1 : 2);
    plan->form = form_of(rows, plan->room);
    plan->all = rows * plan->form.area.height;
    plan->shows = plan->all > plan->room ? plan->room - 1 : plan->room;
    return true;
}

int sequence_scroll_most(const struct picture *picture, int width, int height)
{
    struct plan plan;
    bool any = make_plan(&plan, picture, width, height);
    return any && plan.all > plan.shows ? plan.all - plan.shows : 0;
}

/* What is above and below of what is seen. */
static void draw_scroll(struct grid *grid, const struct plan *plan, int scroll, int y)
{
    char text[96];
    int below = plan->all - scroll - plan->shows;
    snprintf(text, sizeof text, _("%s lines above: %d  %s lines below: %d"), scroll > 0 ? "▲" : "·",
             scroll, below > 0 ? "▼" : "·", below);
    grid_put(grid, 1, y, grid->width - 2, INK_KEY, text);
}

void draw_sequence(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct plan plan;
    if (!make_plan(&plan, picture, grid->width, area.height)) {
        grid_put(grid, area.x + 1, area.y, area.width - 2, INK_PLAIN,
                 _("There is no connection yet."));
        return;
    }
    int scroll = picture->looks[SCREEN_SEQUENCE].scroll;
    scroll = scroll > plan.all - plan.shows ? plan.all - plan.shows : scroll;
    scroll = scroll < 0 ? 0 : scroll;
    zones_extent_back(picture->zones, plan.all, plan.shows, (int)connections_back(picture) + 1);
    struct grid body = { .width = grid->width,
                         .height = plan.shows,
                         .cells = grid->cells + (size_t)area.y * (size_t)grid->width };
    draw_boards(&body, picture, &plan.boards, &plan.form, -scroll);
    if (plan.all > plan.room)
        draw_scroll(grid, &plan, scroll, area.y + plan.room - 1);
    struct rect below = { 1, area.y + plan.room, area.width - 2, area.height - plan.room };
    draw_legend(grid, below);
}
