/*
 * The whole screen: title, stage or another screen, what is said, why, what next, keys.
 */
#include "ui/tui/keys.h"
#include "ui/tui/panels.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    FOOTER_ROWS = 1,
    NEXT_ROWS = 1,
    WHY_ROWS = 3,
    SAY_ROWS = 3,
    BELOW_ROWS = SAY_ROWS + WHY_ROWS + NEXT_ROWS + FOOTER_ROWS
};

static void draw_title(struct grid *grid, const struct picture *picture)
{
    char right[128], time[32];
    const struct view *view = picture->view;
    const struct lab_text *title = &picture->lab->title;
    char left[128];
    bool in_past = view->step < picture->last_step;
    unsigned lane = view->ran[LANE_MODEL] ? LANE_MODEL : LANE_KERNEL;
    const char *lanes = grid->width < WIDE_FROM                           ? ""
                        : view->ran[LANE_MODEL] && view->ran[LANE_KERNEL] ? "model | kernel"
                        : view->ran[LANE_MODEL]                           ? "model"
                                                                          : "kernel";
    const char *gap = lanes[0] ? "  " : "";
    for (int x = 0; x < grid->width; x++)
        grid_put(grid, x, 0, 1, INK_TITLE, " ");
    snprintf(left, sizeof left, "tcpstep  %.*s", title->len < 60 ? (int)title->len : 60,
             (const char *)title->octets);
    if (in_past)
        snprintf(right, sizeof right, "%s%sstep %" PRIu32 " of %" PRIu32 "  t=%s  recorded", lanes,
                 gap, view->step, picture->last_step,
                 words_time(view->usec[lane], time, sizeof time));
    else
        snprintf(right, sizeof right, "%s%sstep %" PRIu32 "  t=%s  %s", lanes, gap, view->step,
                 words_time(view->usec[lane], time, sizeof time),
                 picture->running ? picture->speed : "paused");
    int width = text_width(right);
    grid_put(grid, 1, 0, grid->width - width - 4, INK_TITLE, left);
    grid_put(grid, grid->width - width - 1, 0, width, INK_TITLE, right);
}

static void draw_footer(struct grid *grid, int y)
{
    int x = 1;
    for (size_t i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        if (!row->footer)
            continue;
        int width = text_width(row->label) + 1 + text_width(row->footer);
        if (x + width > grid->width - 1)
            return;
        x += grid_put(grid, x, y, grid->width, INK_KEY, row->label) + 1;
        x += grid_put(grid, x, y, grid->width, INK_FAINT, row->footer) + 2;
    }
}

/* Why it happened, with the place in the RFC at the right of each line. */
static void draw_whys(struct grid *grid, const struct picture *picture, struct rect area)
{
    const struct view *view = picture->view;
    unsigned first = view->why_count > WHY_ROWS ? view->why_count - WHY_ROWS : 0;
    for (unsigned i = first; i < view->why_count; i++, area.y++) {
        const struct view_why *why = &view->whys[i];
        int where = text_width(why->where);
        enum ink ink = why->bad ? INK_BAD : INK_PLAIN;
        if (i == first)
            grid_put(grid, area.x, area.y, 5, INK_STRONG, "why");
        grid_put(grid, area.x + 5, area.y, area.width - 5 - where - 2, ink, why->words);
        grid_put(grid, area.x + area.width - where, area.y, where, INK_FAINT, why->where);
    }
}

/* One long sentence may take the rows that others do not need. */
static void draw_why(struct grid *grid, const struct picture *picture, struct rect area)
{
    const struct view_why *only = &picture->view->whys[0];
    int where = text_width(only->where);
    if (picture->view->why_count != 1 || text_width(only->words) + where + 7 <= area.width) {
        draw_whys(grid, picture, area);
        return;
    }
    struct rect words = { area.x + 5, area.y, area.width - 5 - where - 2, area.height };
    grid_put(grid, area.x, area.y, 5, INK_STRONG, "why");
    grid_wrap(grid, words, only->bad ? INK_BAD : INK_PLAIN, only->words);
    grid_put(grid, area.x + area.width - where, area.y, where, INK_FAINT, only->where);
}

static void draw_below(struct grid *grid, const struct picture *picture, int y)
{
    int width = grid->width - 2;
    struct rect say = { 1, y, width, SAY_ROWS };
    struct rect why = { 1, y + SAY_ROWS, width, WHY_ROWS };
    int next = y + SAY_ROWS + WHY_ROWS;
    grid_wrap(grid, say, picture->view->say_is_fresh ? INK_STRONG : INK_FAINT, picture->view->say);
    draw_why(grid, picture, why);
    if (picture->message[0]) {
        grid_put(grid, 1, next, width, INK_BAD, picture->message);
    } else {
        grid_put(grid, 1, next, 5, INK_STRONG, "next");
        grid_put(grid, 6, next, width - 5, INK_PLAIN, picture->view->next);
    }
    draw_footer(grid, next + NEXT_ROWS);
}

static void draw_too_small(struct grid *grid)
{
    char words[96];
    struct rect area = { 0, 0, grid->width, grid->height };
    snprintf(words, sizeof words, "This window is %d x %d; the stage needs %d x %d. q quits.",
             grid->width, grid->height, LEAST_WIDTH, LEAST_HEIGHT);
    grid_wrap(grid, area, INK_PLAIN, words);
}

void draw_help(struct grid *grid, struct rect area)
{
    int y = area.y;
    for (size_t i = 0; i < key_row_count && y < area.y + area.height; i++, y++) {
        grid_put(grid, area.x + 2, y, 8, INK_KEY, key_rows[i].label);
        grid_put(grid, area.x + 10, y, area.width - 12, INK_PLAIN, key_rows[i].help);
    }
}

void draw_labs(struct grid *grid, const struct picture *picture, struct rect area)
{
    char line[160];
    size_t room = area.height > 2 ? (size_t)area.height - 2 : 1;
    size_t first = picture->lab_chosen >= room ? picture->lab_chosen - room + 1 : 0;
    grid_put(grid, area.x + 2, area.y, area.width - 4, INK_STRONG,
             "Labs: up and down choose, enter starts, esc goes back");
    for (size_t i = first; i < picture->lab_count && i < first + room; i++) {
        bool chosen = i == picture->lab_chosen;
        snprintf(line, sizeof line, "%s %-16s %.120s", chosen ? ">" : " ", picture->lab_names[i],
                 picture->lab_titles[i]);
        grid_put(grid, area.x + 2, area.y + 2 + (int)(i - first), area.width - 4,
                 chosen ? INK_CHOSEN : INK_PLAIN, line);
    }
}

void draw_picture(struct grid *grid, const struct picture *picture)
{
    grid_clear(grid);
    if (grid->width < LEAST_WIDTH || grid->height < LEAST_HEIGHT) {
        draw_too_small(grid);
        return;
    }
    struct rect whole = { 0, 1, grid->width, grid->height - 2 };
    struct rect stage = { 0, 1, grid->width, grid->height - 1 - BELOW_ROWS };
    draw_title(grid, picture);
    switch (picture->screen) {
    case SCREEN_STAGE:
        draw_stage(grid, picture, stage);
        draw_below(grid, picture, stage.y + stage.height);
        break;
    case SCREEN_STATES:
        whole.height = grid->height - 4;
        draw_states(grid, picture, whole);
        grid_put(grid, 1, grid->height - 2, 5, INK_STRONG, "next");
        grid_put(grid, 6, grid->height - 2, grid->width - 7, INK_PLAIN, picture->view->next);
        draw_footer(grid, grid->height - 1);
        break;
    case SCREEN_HELP:
        draw_help(grid, whole);
        draw_footer(grid, grid->height - 1);
        break;
    case SCREEN_LABS:
        draw_labs(grid, picture, whole);
        draw_footer(grid, grid->height - 1);
        break;
    }
}
