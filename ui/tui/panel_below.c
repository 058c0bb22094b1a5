/*
 * Below the stage: what the lab says, why it happened, what comes next, and the keys.
 */
#include "ui/text.h"
#include "ui/tui/panels.h"
#include "ui/words.h"

#include <stdio.h>

enum {
    LABEL_WIDTH = 5,
    SAY_LEAST = 2,
    SAY_MOST = 6,
    WHY_FEW = 3, /* on a screen of fewer than TALL_FROM rows */
    WHY_MANY = 5,
    TALL_FROM = 34
};

static int why_rows(const struct grid *grid)
{
    return grid->height < TALL_FROM ? WHY_FEW : WHY_MANY;
}

static int say_rows(const struct grid *grid, const struct picture *picture)
{
    int rows = text_rows(picture->view->say, grid->width - 2);
    return rows < SAY_LEAST ? SAY_LEAST : rows > SAY_MOST ? SAY_MOST : rows;
}

int below_rows(const struct grid *grid, const struct picture *picture)
{
    return say_rows(grid, picture) + why_rows(grid) + timeline_rows(grid, picture) + 2;
}

void draw_next(struct grid *grid, const struct picture *picture, int y)
{
    int width = grid->width - 2;
    if (draw_hints(grid, picture, y))
        return;
    if (picture->message[0]) {
        grid_put(grid, 1, y, width, picture->is_news ? INK_GOOD : INK_BAD, picture->message);
        return;
    }
    const struct program_picture *program = picture->program;
    const char *words = program ? program->state : picture->view->next;
    grid_put(grid, 1, y, LABEL_WIDTH, INK_STRONG, picture->busy || program ? _("now") : _("next"));
    grid_put(grid, 1 + LABEL_WIDTH, y, width - LABEL_WIDTH, INK_PLAIN, words);
}

/* One reason, with its place in the RFC at the right of its first row. Returns its rows. */
static int draw_one(struct grid *grid, const struct view_why *why, struct rect area)
{
    int where = text_width(why->where);
    struct rect words = { area.x + LABEL_WIDTH, area.y, area.width - LABEL_WIDTH - where - 2,
                          area.height };
    enum ink ink = why->bad ? INK_BAD : why->kernel ? INK_KERNEL : INK_PLAIN;
    grid_put(grid, area.x + area.width - where, area.y, where, INK_FAINT, why->where);
    if (why->bad)
        grid_put(grid, area.x + LABEL_WIDTH - 1, area.y, 1, INK_BAD, "✗");
    return grid_wrap(grid, words, ink, why->words);
}

/* 0 for what must be seen first. */
static int weight(const struct view_why *why)
{
    return why->bad ? 0 : why->kernel ? 2 : 1;
}

/* "A sends SYN seq=0 ...": who did it, and what. Of a program's peer no letter is on the stage. */
static void fact_words(const struct picture *picture, const struct event *event, char *text,
                       size_t len)
{
    char what[WORDS_MAX];
    words_event(event, &picture->view->numbering[event->lane], what, sizeof what);
    if (event->host < 0)
        snprintf(text, len, "%s", what);
    else if (event->kind == EV_RETURN)
        snprintf(text, len, "%c: %s", host_letter(event->host), what);
    else if (picture->program && event->host > 0)
        snprintf(text, len, _("the peer %s"), what);
    else
        snprintf(text, len, "%c %s", host_letter(event->host), what);
}

/* Of a step that no rule and no look speaks of: what there was on the wire, or that there was
 * nothing; "" where a line was printed, which stands above. */
static void plain_fact(const struct picture *picture, char *text, size_t len)
{
    const struct trace *trace = picture->trace;
    uint32_t step = picture->view->step;
    bool said = false;
    size_t end = trace_step_end(trace, step);
    for (size_t i = trace_step_end(trace, step - 1); i < end; i++) {
        const struct event *event = &trace->events[i];
        bool of_wire = event_has_segment(event->kind);
        said |= picture->program && event->kind == EV_SAY;
        if (event->lane >= LANE_COUNT || (!of_wire && event->kind != EV_RETURN))
            continue;
        fact_words(picture, event, text, len);
        return;
    }
    snprintf(text, len, "%s", said ? "" : _("Time has passed; nothing else has happened."));
}

static void draw_plain_fact(struct grid *grid, const struct picture *picture, struct rect area)
{
    char words[WORDS_MAX + 32];
    if (picture->view->step == 0 || !picture->trace)
        return;
    plain_fact(picture, words, sizeof words);
    if (!words[0])
        return;
    area.x += LABEL_WIDTH;
    area.width -= LABEL_WIDTH;
    grid_put(grid, area.x - LABEL_WIDTH, area.y, LABEL_WIDTH, INK_STRONG, _("did"));
    grid_wrap(grid, area, INK_PLAIN, words);
}

/* What did not hold, then the model's rules, then what was read from the kernel. A sentence has
 * only one row where each of the others could not have one. */
static void draw_why(struct grid *grid, const struct picture *picture, struct rect area)
{
    const struct view *view = picture->view;
    unsigned left = view->why_count;
    char more[32];
    if (left > 0)
        grid_put(grid, area.x, area.y, LABEL_WIDTH, INK_STRONG, _("why"));
    else if (!picture->busy)
        draw_plain_fact(grid, picture, area);
    for (int now = 0; now <= 2; now++) {
        for (unsigned i = 0; i < view->why_count && area.height > 0; i++) {
            struct rect at = area;
            if (weight(&view->whys[i]) != now)
                continue;
            left--;
            if (left > 0 && area.height == 1) {
                snprintf(more, sizeof more, _("... and %u more"), left + 1);
                grid_put(grid, area.x + LABEL_WIDTH, area.y, area.width, INK_FAINT, more);
                return;
            }
            at.height = area.height - (int)left > 1 ? area.height - (int)left : 1;
            int rows = draw_one(grid, &view->whys[i], at);
            area.y += rows;
            area.height -= rows;
        }
    }
}

/* What is said in this very step has a bar beside it. */
static void draw_say(struct grid *grid, const struct view *view, struct rect area)
{
    int rows = grid_wrap(grid, area, view->say_is_fresh ? INK_STRONG : INK_FAINT, view->say);
    for (int i = 0; i < rows && view->say_is_fresh; i++)
        grid_put(grid, area.x - 1, area.y + i, 1, INK_STRONG, "│");
}

void draw_below(struct grid *grid, const struct picture *picture)
{
    int width = grid->width - 2, next = grid->height - 2;
    int timeline = timeline_rows(grid, picture);
    struct rect why = { 1, next - timeline - why_rows(grid), width, why_rows(grid) };
    struct rect say = { 1, why.y - say_rows(grid, picture), width, say_rows(grid, picture) };
    draw_say(grid, picture->view, say);
    draw_why(grid, picture, why);
    draw_timeline(grid, picture);
    draw_next(grid, picture, next);
    draw_footer(grid, picture, next + 1);
}
