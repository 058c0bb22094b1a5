/*
 * The whole screen: title, stage or another screen, what is said, why, what next, keys.
 */
#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/tui/panels.h"
#include "ui/words.h"

#include <stdio.h>
#include <string.h>

/* Which lanes there are: "A=model, B=kernel" always, the others where there is room. */
static char *lane_words(const struct view *view, bool narrow, char *text, size_t len)
{
    bool model = view->ran[LANE_MODEL], kernel = view->ran[LANE_KERNEL];
    if (view->ran[LANE_MIXED])
        snprintf(text, len, _("A=%s, B=%s  "), _(lane_name(view_kind(view, LANE_MIXED, 0))),
                 _(lane_name(view_kind(view, LANE_MIXED, 1))));
    else
        snprintf(text, len, "%s%s%s%s", narrow || !model ? "" : _("model"),
                 !narrow && model && kernel ? " | " : "", narrow || !kernel ? "" : _("kernel"),
                 narrow ? "" : "  ");
    return text;
}

/* The clock of the first lane; where there is room, of both. */
static char *time_words(const struct view *view, bool narrow, char *text, size_t len)
{
    char first[32], second[32];
    unsigned live = view_live_lane(view);
    unsigned lane = view->ran[LANE_MODEL] || live == LANE_COUNT ? LANE_MODEL : live;
    words_time(view->usec[lane], first, sizeof first);
    if (!narrow && view->ran[LANE_MODEL] && view->ran[LANE_KERNEL])
        snprintf(text, len, "%s | %s", first,
                 words_time(view->usec[LANE_KERNEL], second, sizeof second));
    else
        snprintf(text, len, "%s", first);
    return text;
}

/* What is going on, where the newest step is looked at. */
static const char *going_words(const struct picture *picture)
{
    if (picture->running)
        return picture->speed;
    if (picture->program)
        return picture->program->over ? _("over") : _("live");
    return picture->busy ? _("under way") : _("paused");
}

static void draw_title(struct grid *grid, const struct picture *picture)
{
    char right[160], lanes[48], time[80];
    const struct view *view = picture->view;
    const struct lab_text *title = &picture->lab->title;
    char names[PROFILE_WORDS_MAX + 16], not_tcp[PROFILE_WORDS_MAX + 32];
    char name[192], left[sizeof name + sizeof not_tcp + 80];
    bool in_past = view->step < picture->last_step, narrow = grid->width < WIDE_FROM;
    for (int x = 0; x < grid->width; x++)
        grid_put(grid, x, 0, 1, INK_TITLE, " ");
    retell_octets(title->octets, title->len, name, sizeof name);
    retell(N_("not TCP: %s"), profile_not_tcp(picture->profile, names, sizeof names), not_tcp,
           sizeof not_tcp);
    bool beside = picture->screen != SCREEN_STAGE;
    snprintf(left, sizeof left, "tcpstep  %.60s%s%s%s%s",
             beside ? _(screen_rows[picture->screen].title) : "", beside ? "  " : "", not_tcp,
             not_tcp[0] ? "  " : "", name);
    lane_words(view, narrow, lanes, sizeof lanes);
    time_words(view, narrow, time, sizeof time);
    if (in_past)
        snprintf(right, sizeof right, _("%sstep %u of %u  t=%s  recorded"), lanes, view->step,
                 picture->last_step, time);
    else
        snprintf(right, sizeof right, _("%sstep %u  t=%s  %s"), lanes, view->step, time,
                 going_words(picture));
    int width = text_width(right);
    grid_put(grid, 1, 0, grid->width - width - 4, INK_TITLE, left);
    grid_put(grid, grid->width - width - 1, 0, width, INK_TITLE, right);
}

static void draw_too_small(struct grid *grid)
{
    char words[192];
    struct rect area = { 0, 0, grid->width, grid->height };
    snprintf(words, sizeof words, _("This window is %d x %d; the stage needs %d x %d. q quits."),
             grid->width, grid->height, LEAST_WIDTH, LEAST_HEIGHT);
    grid_wrap(grid, area, INK_PLAIN, words);
}

void draw_labs(struct grid *grid, const struct picture *picture, struct rect area)
{
    char line[160];
    size_t room = area.height > 2 ? (size_t)area.height - 2 : 1;
    size_t first = picture->lab_chosen >= room ? picture->lab_chosen - room + 1 : 0;
    grid_put(grid, area.x + 2, area.y, area.width - 4, INK_STRONG,
             _("Labs: up and down choose, enter starts, esc goes back"));
    for (size_t i = first; i < picture->catalogue->count && i < first + room; i++) {
        bool chosen = i == picture->lab_chosen;
        struct rect at = { area.x + 2, area.y + 2 + (int)(i - first), area.width - 4, 1 };
        snprintf(line, sizeof line, "%s %-16s %.120s", chosen ? ">" : " ",
                 picture->catalogue->labs[i].name, _(picture->catalogue->labs[i].title));
        grid_put(grid, at.x, at.y, at.width, chosen ? INK_CHOSEN : INK_PLAIN, line);
        snprintf(line, sizeof line, "choose %zu", i);
        zones_add(picture->zones, at, line, "take");
    }
}

const struct screen_row screen_rows[SCREEN_COUNT] = {
    [SCREEN_STAGE] = { "stage", N_("the stage"), draw_stage, 0 },
    [SCREEN_STATES] = { "states", N_("the state diagram"), draw_states, 20 },
    [SCREEN_SEGMENT] = { "segment", N_("a segment, bit by bit"), draw_segment, 0 },
    [SCREEN_SEQUENCE] = { "sequence", N_("the sequence space"), draw_sequence, 0 },
    [SCREEN_SOCKETS] = { "sockets", N_("the sockets"), draw_socket_list, 0 },
    [SCREEN_HOSTS] = { "hosts", N_("the hosts' connections"), draw_hosts, 0 },
    [SCREEN_TRACE] = { "trace", N_("the trace"), draw_trace, 0 },
    [SCREEN_LESSON] = { "lesson", N_("the lesson"), draw_lesson, 0 },
    [SCREEN_LARGE] = { "large", N_("the stage in large letters"), draw_large, 1000 },
    [SCREEN_HELP] = { "help", N_("the keys"), draw_help, 0 },
    [SCREEN_LABS] = { "labs", N_("the menu of labs"), draw_labs, 0 },
    [SCREEN_ACTS] = { "acts", N_("the calls that are possible now"), draw_acts, 0 },
};

static bool is_too_small(const struct grid *grid)
{
    return grid->width < LEAST_WIDTH || grid->height < LEAST_HEIGHT;
}

static bool has_next(const struct picture *picture)
{
    return picture->screen != SCREEN_HELP && picture->screen != SCREEN_LABS;
}

struct rect screen_area(const struct grid *grid, const struct picture *picture)
{
    struct rect area = { 0, 1, grid->width, grid->height - 2 };
    if (picture->screen == SCREEN_STAGE)
        area.height = grid->height - 1 - below_rows(grid, picture);
    else if (has_next(picture))
        area.height = grid->height - 4 - timeline_rows(grid, picture);
    return area;
}

void picture_prepare(struct picture *picture, const struct grid *grid)
{
    struct rect area = screen_area(grid, picture);
    struct look *look = &picture->looks[picture->screen];
    uint32_t list = picture->screen == SCREEN_TRACE && picture->list ? picture->list->begun : 0;
    if (is_too_small(grid) || (look->scrolled_for == picture->view->step + 1 &&
                               look->scrolled_in == list && look->scrolled_rows == area.height))
        return;
    if (picture->screen == SCREEN_STAGE)
        look->scroll = 0;
    if (picture->screen == SCREEN_LESSON)
        look->scroll = lesson_scroll(picture, area);
    if (picture->screen == SCREEN_TRACE)
        look->scroll = trace_scroll(picture, area);
    bool has_come = picture->screen != SCREEN_TRACE || trace_has_come(picture);
    look->scrolled_for = has_come ? picture->view->step + 1 : 0;
    look->scrolled_in = list;
    look->scrolled_rows = area.height;
}

void draw_picture(struct grid *grid, const struct picture *picture)
{
    grid_clear(grid);
    if (is_too_small(grid)) {
        draw_too_small(grid);
        return;
    }
    struct rect area = screen_area(grid, picture);
    draw_title(grid, picture);
    if (picture->screen == SCREEN_STAGE) {
        draw_stage(grid, picture, area);
        draw_below(grid, picture);
        return;
    }
    screen_rows[picture->screen].draw(grid, picture, area);
    draw_timeline(grid, picture);
    if (has_next(picture) || picture->message[0])
        draw_next(grid, picture, grid->height - 2);
    else
        draw_hints(grid, picture, grid->height - 2);
    draw_footer(grid, picture, grid->height - 1);
}
