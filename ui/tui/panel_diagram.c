/*
 * Figure 5 of RFC 9293 (3.3.2), from its layouts. What was passed is drawn with heavy lines, so
 * that it is seen without colours as well.
 */
#include "ui/tui/panel_diagram.h"

#include <stdio.h>
#include <string.h>

struct chart {
    struct grid *grid;
    int x, y;
    const struct layout *layout;
    const struct diagram_marks *marks;
    int chosen;
};

/* How much is to be seen of an arrow. */
enum rank {
    RANK_FAINT,
    RANK_POSSIBLE,
    RANK_PASSED,
    RANK_MOVED,
    RANK_COUNT
};

static enum rank rank_of(const struct arrow_marks *arrow)
{
    if (arrow->moved)
        return RANK_MOVED;
    if (arrow->passed)
        return RANK_PASSED;
    return arrow->possible ? RANK_POSSIBLE : RANK_FAINT;
}

static enum ink ink_of(enum rank rank)
{
    static const enum ink inks[RANK_COUNT] = { INK_FAINT, INK_PLAIN, INK_STRONG, INK_CHOSEN };
    return inks[rank];
}

static const char *line_of(char in, char out, bool heavy)
{
    static const struct {
        const char *turns; /* pairs of in and out */
        const char *light, *heavy;
    } lines[] = { { "RRLL", "─", "━" }, { "UUDD", "│", "┃" }, { "RDUL", "┐", "┓" },
                  { "RUDL", "┘", "┛" }, { "LDUR", "┌", "┏" }, { "LUDR", "└", "┗" } };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *turns = lines[i].turns;
        if ((turns[0] == in && turns[1] == out) || (turns[2] == in && turns[3] == out))
            return heavy ? lines[i].heavy : lines[i].light;
    }
    return "?";
}

static const char *head_of(char direction)
{
    return direction == 'U' ? "▲" : direction == 'D' ? "▼" : direction == 'L' ? "◀" : "▶";
}

static void draw_route(const struct chart *chart, int index)
{
    struct route_cell cells[ROUTE_CELLS_MAX];
    const struct arrow_marks *marks = &chart->marks->arrows[index];
    enum rank rank = rank_of(marks);
    bool heavy = rank >= RANK_PASSED;
    enum ink ink = rank == RANK_FAINT && index == chart->chosen ? INK_STRONG : ink_of(rank);
    size_t count = route_cells(&chart->layout->routes[index], cells);
    for (size_t i = 0; i < count; i++) {
        const char *text = line_of(cells[i].in, cells[i].out, heavy);
        if (i == count - 1)
            text = head_of(cells[i].out);
        else if (i == 0 && (marks->moved || marks->possible))
            text = marks->moved ? "●" : "○";
        grid_put(chart->grid, chart->x + cells[i].x, chart->y + cells[i].y, 1, ink, text);
    }
}

/* A label stands free, or on its line with a blank on each side. */
static void put_label(const struct chart *chart, int index, int x, int y, const char *label)
{
    char text[64];
    bool chosen = index == chart->chosen;
    enum rank rank = rank_of(&chart->marks->arrows[index]);
    enum ink ink = chosen || rank == RANK_MOVED ? INK_CHOSEN : ink_of(rank);
    snprintf(text, sizeof text, "%s%s%s", chosen ? "[" : "", label, chosen ? "]" : "");
    if (!chosen) {
        grid_put(chart->grid, chart->x + x - 1, chart->y + y, 1, INK_PLAIN, " ");
        grid_put(chart->grid, chart->x + x + text_width(label), chart->y + y, 1, INK_PLAIN, " ");
    }
    grid_put(chart->grid, chart->x + x - (chosen ? 1 : 0), chart->y + y, text_width(text), ink,
             text);
}

static void draw_label(const struct chart *chart, int index)
{
    char label[64];
    const struct arrow *arrow = &diagram_arrows[index];
    const struct route *route = &chart->layout->routes[index];
    if (route->action_x > 0) {
        put_label(chart, index, route->label_x, route->label_y, arrow->event);
        put_label(chart, index, route->action_x, route->action_y, arrow->action);
    } else {
        put_label(chart, index, route->label_x, route->label_y,
                  arrow_label(arrow, label, sizeof label));
    }
}

static enum ink ink_of_box(const struct box_marks *box)
{
    if (box->moved[0])
        return INK_CHOSEN;
    return box->been ? INK_STRONG : INK_FAINT;
}

static void draw_heavy_box(const struct chart *chart, const struct box_at *at, enum ink ink)
{
    for (int y = 0; y < at->height; y++) {
        bool top = y == 0, bottom = y == at->height - 1;
        for (int x = 0; x < at->width; x++) {
            bool left = x == 0, right = x == at->width - 1;
            const char *text = left || right ? "┃" : "━";
            if ((top || bottom) && (left || right))
                text = top ? (left ? "┏" : "┓") : (left ? "┗" : "┛");
            if (top || bottom || left || right)
                grid_put(chart->grid, chart->x + at->x + x, chart->y + at->y + y, 1, ink, text);
        }
    }
}

/* Who is there stands in the lower edge of the box. */
static void draw_box(const struct chart *chart, const struct box_at *at,
                     const struct box_marks *box, const char *name)
{
    char who[24];
    enum ink ink = ink_of_box(box);
    struct rect area = { chart->x + at->x, chart->y + at->y, at->width, at->height };
    int width = text_width(name);
    if (box->been)
        draw_heavy_box(chart, at, box->moved[0] ? INK_STRONG : ink);
    else
        grid_box(chart->grid, area, ink, "");
    grid_put(chart->grid, area.x + (at->width - width) / 2, area.y + (at->height - 1) / 2, width,
             ink, name);
    box_who(box, who, sizeof who);
    if (!who[0])
        return;
    width = text_width(who);
    grid_put(chart->grid, area.x + 2, area.y + at->height - 1, 1, INK_STRONG, " ");
    grid_put(chart->grid, area.x + 3, area.y + at->height - 1, width, INK_STRONG, who);
    grid_put(chart->grid, area.x + 3 + width, area.y + at->height - 1, 1, INK_STRONG, " ");
}

/* A name alone, with a mark before it where one has been. */
static void draw_name(const struct chart *chart, const struct box_at *at,
                      const struct box_marks *box, const char *name)
{
    char who[24];
    int x = chart->x + at->x, y = chart->y + at->y;
    if (box->been)
        grid_put(chart->grid, x - 1, y, 1, INK_STRONG, "✓");
    grid_put(chart->grid, x, y, at->width, ink_of_box(box), name);
    box_who(box, who, sizeof who);
    grid_put(chart->grid, x + at->width + 1, y, text_width(who), INK_STRONG, who);
}

static void draw_place(const struct chart *chart, unsigned box)
{
    const struct box_at *at = &chart->layout->boxes[box];
    const char *name = state_name(diagram_box_state(box));
    if (at->height > 1)
        draw_box(chart, at, &chart->marks->boxes[box], name);
    else
        draw_name(chart, at, &chart->marks->boxes[box], name);
}

void draw_diagram(struct grid *grid, int x, int y, const struct layout *layout,
                  const struct diagram_marks *marks, int chosen)
{
    struct chart chart = { grid, x, y, layout, marks, chosen };
    for (int i = 0; i < DIAGRAM_ARROWS; i++)
        draw_route(&chart, i);
    for (unsigned box = 0; box < BOX_COUNT; box++)
        draw_place(&chart, box);
    for (int i = 0; i < DIAGRAM_ARROWS; i++) {
        if (i != chosen)
            draw_label(&chart, i);
    }
    if (chosen != NO_ARROW)
        draw_label(&chart, chosen);
}
