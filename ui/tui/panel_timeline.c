/*
 * The time line: each step of the run a tick, and the states of each host as bands below. A step
 * that has changed a state has a full arrow or a capital letter. All of it is from the history.
 */
#include "ui/tui/panels.h"

#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>

enum {
    LABEL_LEAST = 9,
    BANDS_FROM = 34,     /* rows of the screen */
    ALL_BANDS_FROM = 46, /* likewise, from which each lane has bands of its own */
    NAME_LEAST = 3       /* columns in which a state's name is worth beginning */
};

/* Steps and columns: either a step has `wide` columns, or a column `per` steps. */
struct scale {
    int left, room; /* columns */
    uint32_t steps, wide, per;
};

/* A host on a lane. */
struct band {
    unsigned lane;
    int host;
};

static bool has_timeline(const struct picture *picture)
{
    bool wanted = picture->screen != SCREEN_HELP && picture->screen != SCREEN_LABS;
    return wanted && picture->history && picture->history->count > 0;
}

/* The bands to draw, those of all lanes or of the first one. */
static int bands_of(const struct picture *picture, bool all, struct band bands[])
{
    int count = 0, lanes = 0;
    for (unsigned host = 0; host < picture->lab->host_count && host < LAB_HOSTS_MAX; host++) {
        lanes = 0;
        for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
            if (picture->view->ran[lane] && (all || lanes == 0))
                bands[count++] = (struct band){ lane, (int)host };
            lanes += picture->view->ran[lane];
        }
    }
    return count;
}

int timeline_rows(const struct grid *grid, const struct picture *picture)
{
    struct band bands[LANE_COUNT * LAB_HOSTS_MAX];
    if (!has_timeline(picture))
        return 0;
    int rows = 1;
    if (grid->height >= BANDS_FROM)
        rows += bands_of(picture, grid->height >= ALL_BANDS_FROM, bands);
    return grid->height - 4 - rows < screen_rows[picture->screen].least ? 0 : rows;
}

struct rect timeline_area(const struct grid *grid, const struct picture *picture)
{
    int rows = timeline_rows(grid, picture);
    return (struct rect){ 0, grid->height - 2 - rows, grid->width, rows };
}

/* Of a few scales the widest that fits, so that the picture keeps it for a while as a run goes on.
 */
static struct scale scale_of(const struct grid *grid, const struct picture *picture)
{
    const char *unit = _("steps");
    int label = text_width(unit) + 2;
    static const uint32_t wides[] = { 8, 6, 4, 3, 2, 1 };
    struct scale scale = { .per = 1, .steps = picture->history->count };
    scale.left = label > LABEL_LEAST ? label : LABEL_LEAST;
    scale.room = grid->width - scale.left - 1;
    for (size_t i = 0; i < sizeof wides / sizeof wides[0]; i++) {
        scale.wide = wides[i];
        if ((uint64_t)scale.steps * scale.wide <= (uint32_t)scale.room)
            return scale;
    }
    while ((scale.steps + scale.per - 1) / scale.per > (uint32_t)scale.room)
        scale.per *= 2;
    return scale;
}

/* The first step of a column; may be one behind the last. */
static uint32_t step_of(const struct scale *scale, int column)
{
    return (uint32_t)column / scale->wide * scale->per;
}

static int column_of(const struct scale *scale, uint32_t step)
{
    return (int)(step / scale->per * scale->wide);
}

static int columns_of(const struct scale *scale)
{
    return (int)((scale->steps + scale->per - 1) / scale->per * scale->wide);
}

uint32_t timeline_step_at(const struct picture *picture, const struct grid *grid, int x)
{
    if (!has_timeline(picture))
        return picture->view->step;
    struct scale scale = scale_of(grid, picture);
    uint32_t step = x < scale.left ? 0 : step_of(&scale, x - scale.left);
    /* the end of the line is the last step, also where the last column stands for several */
    bool at_end = x - scale.left >= columns_of(&scale) - 1;
    return step < scale.steps && !at_end ? step : scale.steps - 1;
}

/* What tells most of a step, or of several. */
static const char *tick_of(unsigned marks, enum ink *ink)
{
    bool moved = (marks & STEP_MOVED) != 0;
    *ink = INK_WIRE;
    if (marks & STEP_DROPPED) {
        *ink = INK_BAD;
        return "✗";
    }
    if (marks & STEP_TO_B && marks & STEP_TO_A)
        return moved ? "◆" : "◇";
    if (marks & STEP_TO_B)
        return moved ? "▶" : "›";
    if (marks & STEP_TO_A)
        return moved ? "◀" : "‹";
    if (marks & STEP_WIRE)
        return "w";
    *ink = INK_PLAIN;
    if (marks & STEP_TIMER)
        return moved ? "T" : "t";
    if (marks & STEP_CALL)
        return moved ? "C" : "c";
    return moved ? "●" : "·";
}

static void draw_ticks(struct grid *grid, const struct picture *picture, const struct scale *scale,
                       int y)
{
    const struct history *history = picture->history;
    char label[64];
    if (scale->per > 1)
        snprintf(label, sizeof label, _("1:%u"), scale->per);
    else
        snprintf(label, sizeof label, "%s", _("steps"));
    grid_put(grid, 1, y, scale->left - 1, INK_FAINT, label);
    for (int column = 0; column < columns_of(scale); column += (int)scale->wide) {
        enum ink ink;
        uint32_t step = step_of(scale, column);
        unsigned marks = history_marks(history, step, step + scale->per);
        if (scale->per > 1 && marks & STEP_MOVED) /* among many segments that is what counts */
            marks &= STEP_WRONG | STEP_MOVED;
        const char *tick = marks & STEP_WRONG ? "!" : tick_of(marks, &ink);
        if (marks & STEP_WRONG)
            ink = INK_BAD;
        else if (step > picture->view->step)
            ink = INK_FAINT;
        grid_put(grid, scale->left + column, y, 1, ink, tick);
    }
    int shown = scale->left + column_of(scale, picture->view->step);
    grid_put(grid, shown, y, 1, INK_CHOSEN, "▼");
}

/* Of a group of states: each band has the name in it as well, where there is room. */
static enum ink ink_of_band(enum tcp_state state)
{
    switch (state) {
    case CLOSED:
        return INK_FAINT;
    case LISTEN:
        return INK_PLAIN;
    case SYN_SENT:
    case SYN_RECEIVED:
        return INK_KEY;
    case ESTABLISHED:
        return INK_GOOD;
    case FIN_WAIT_1:
    case FIN_WAIT_2:
    case CLOSE_WAIT:
    case CLOSING:
    case LAST_ACK:
        return INK_WIRE;
    case TIME_WAIT:
        return INK_MODEL;
    case TCP_STATE_COUNT:
        break;
    }
    return INK_PLAIN;
}

/* The host's state at the end of the steps of a column; false: it has no socket. */
static bool state_in(const struct picture *picture, const struct scale *scale,
                     const struct band *band, int column, enum tcp_state *state)
{
    uint32_t last = step_of(scale, column) + scale->per - 1;
    return history_state(picture->history, last, band->lane, band->host, state);
}

/* Where the run of one state that begins in a column ends. */
static int run_end(const struct picture *picture, const struct scale *scale,
                   const struct band *band, int column)
{
    enum tcp_state first = CLOSED, state = CLOSED;
    bool any = state_in(picture, scale, band, column, &first);
    for (column++; column < columns_of(scale); column++) {
        if (state_in(picture, scale, band, column, &state) != any || (any && state != first))
            break;
    }
    return column;
}

static void draw_run(struct grid *grid, const struct picture *picture, const struct scale *scale,
                     const struct band *band, int column, int end, int y)
{
    enum tcp_state state;
    if (!state_in(picture, scale, band, column, &state))
        return;
    const char *name = state_name(state);
    enum ink ink = ink_of_band(state);
    for (int x = column; x < end; x++)
        grid_put(grid, scale->left + x, y, 1, ink, x == column ? "├" : "─");
    int room = end - column - 1;
    if (room >= text_width(name) || room >= NAME_LEAST)
        grid_put(grid, scale->left + column + 1, y, room, ink, name);
}

static void draw_band(struct grid *grid, const struct picture *picture, const struct scale *scale,
                      const struct band *band, int y)
{
    char label[16];
    enum lane_id kind = view_kind(picture->view, band->lane, band->host);
    snprintf(label, sizeof label, "%c %s", host_letter(band->host), _(lane_name(kind)));
    grid_put(grid, 1, y, scale->left - 1, ink_of_kind(kind), label);
    for (int column = 0; column < columns_of(scale);) {
        int end = run_end(picture, scale, band, column);
        draw_run(grid, picture, scale, band, column, end, y);
        column = end;
    }
}

/* A click on a column looks at its step. */
static void add_zones(const struct grid *grid, const struct picture *picture,
                      const struct scale *scale, struct rect area)
{
    char click[ZONE_WORDS_MAX];
    for (int column = 0; column < columns_of(scale); column += (int)scale->wide) {
        struct rect at = { scale->left + column, area.y, (int)scale->wide, area.height };
        snprintf(click, sizeof click, "goto %u", timeline_step_at(picture, grid, at.x));
        zones_add(picture->zones, at, click, "");
    }
}

void draw_timeline(struct grid *grid, const struct picture *picture)
{
    struct band bands[LANE_COUNT * LAB_HOSTS_MAX];
    struct rect area = timeline_area(grid, picture);
    if (area.height == 0)
        return;
    struct scale scale = scale_of(grid, picture);
    draw_ticks(grid, picture, &scale, area.y);
    add_zones(grid, picture, &scale, area);
    bands_of(picture, area.height - 1 > (int)picture->lab->host_count, bands);
    for (int i = 0; i + 1 < area.height; i++)
        draw_band(grid, picture, &scale, &bands[i], area.y + 1 + i);
}

static const struct {
    const char *mark, *words;
} help_marks[] = {
    { "▼", N_("the step shown; behind it stands what is recorded") },
    { "c  t", N_("a call; a timer that ran out") },
    { "›  ‹", N_("a segment delivered to B, to A (both in one step: ◇)") },
    { "✗  w", N_("the wire lost a segment; did something else to one") },
    { "▶ C T", N_("full, or a capital letter: a state has changed") },
    { "!", N_("an expectation did not hold, or the lanes differ") },
};

int timeline_help_lines(void)
{
    return 1 + (int)(sizeof help_marks / sizeof help_marks[0]);
}

void draw_timeline_help(struct grid *grid, struct rect at, int line)
{
    if (line == 0) {
        grid_put(grid, at.x, at.y, at.width, INK_STRONG, _("The time line along the bottom"));
        return;
    }
    grid_put(grid, at.x + 1, at.y, 8, INK_KEY, help_marks[line - 1].mark);
    grid_put(grid, at.x + 9, at.y, at.width - 9, INK_PLAIN, _(help_marks[line - 1].words));
}
