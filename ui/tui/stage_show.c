/*
 * What is looked at: screens, lines of them, text that is searched for.
 */
#include "ui/tui/stage_parts.h"

#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    WHEEL_LINES = 3
};

static void toggle(struct stage *stage, enum stage_screen screen)
{
    stage->picture.screen = stage->picture.screen == screen ? SCREEN_STAGE : screen;
}

/* The menu begins at the lab that is run. */
static void choose_lab(struct stage *stage)
{
    for (size_t i = 0; i < stage->catalogue.count; i++) {
        if (strcmp(stage->catalogue.labs[i].name, stage->lab->name) == 0)
            stage->picture.lab_chosen = i;
    }
}

void stage_show(struct stage *stage, const struct order *order)
{
    struct picture *picture = &stage->picture;
    if (order->command == STAGE_VIEW)
        toggle(stage, (enum stage_screen)order->number);
    if (order->command == STAGE_ACTS) {
        toggle(stage, SCREEN_ACTS);
        picture->looks[SCREEN_ACTS].row = 0;
    }
    if (order->command == STAGE_LABS) {
        toggle(stage, SCREEN_LABS);
        choose_lab(stage);
    }
    if (order->command == STAGE_CLOSE || order->command == STAGE_TELL)
        picture->screen = SCREEN_STAGE;
    if (order->command == STAGE_TAB && order->said)
        picture->tab = (enum stage_tab)order->number;
    else if (order->command == STAGE_TAB)
        picture->tab = (enum stage_tab)((picture->tab + 1) % TAB_COUNT);
}

static int within(int64_t value, int most)
{
    return value > most ? (most > 0 ? most : 0) : value < 0 ? 0 : (int)value;
}

/* How far an order goes: lines up (less than 0) or down. */
static int64_t distance(const struct stage *stage, enum stage_command command)
{
    int page = stage->zones.shown > 1 ? stage->zones.shown - 1 : 10;
    if (command == STAGE_UP || command == STAGE_DOWN)
        return command == STAGE_UP ? -1 : 1;
    if (command == STAGE_PAGE_UP || command == STAGE_PAGE_DOWN)
        return command == STAGE_PAGE_UP ? -page : page;
    return command == STAGE_TOP ? -INT32_MAX : INT32_MAX;
}

/* Are the rows that can be chosen the lines of the screen? */
static bool is_menu(const struct zones *zones)
{
    return zones->rows > 0 && zones->rows == zones->lines && !zones->back;
}

static void move(struct stage *stage, int64_t far, bool by_rows)
{
    const struct zones *zones = &stage->zones;
    struct look *look = &stage->picture.looks[stage->picture.screen];
    int most = zones->lines - zones->shown, *value = by_rows ? &look->row : &look->scroll;
    if (zones->back && (by_rows || zones->rows == 0))
        far = -far;
    if (by_rows)
        most = zones->rows - 1;
    *value = within(within(*value, most) + far, most);
}

static void move_in_labs(struct stage *stage, int64_t far)
{
    size_t *chosen = &stage->picture.lab_chosen;
    *chosen = (size_t)within((int64_t)*chosen + far, (int)stage->catalogue.count - 1);
}

/* Up and down choose a row where there are some; pages, too, where the rows are the lines. */
void stage_scroll(struct stage *stage, const struct order *order)
{
    struct picture *picture = &stage->picture;
    int64_t far = distance(stage, order->command);
    bool by_one = order->command == STAGE_UP || order->command == STAGE_DOWN;
    if (picture->screen == SCREEN_STAGE && by_one)
        picture_choose_next(picture, far > 0);
    else if (picture->screen == SCREEN_LABS)
        move_in_labs(stage, far);
    else
        move(stage, far, is_menu(&stage->zones) || (by_one && stage->zones.rows > 0));
}

void stage_wheel(struct stage *stage, bool up)
{
    bool menu = is_menu(&stage->zones);
    if (stage->picture.screen == SCREEN_LABS)
        move_in_labs(stage, up ? -1 : 1);
    else
        move(stage, (up ? -1 : 1) * (menu ? 1 : WHEEL_LINES), menu);
}

static bool has_text(const char *text, const char *sought)
{
    return strcasestr(text, sought) != NULL;
}

/* The step of the next event whose words have the text, behind the step looked at or before it. A
 * walk over the trace, once for a key press. */
static bool find(const struct stage *stage, bool back, uint32_t *step)
{
    const struct trace *trace = session_trace(stage->session);
    char words[WORDS_MAX];
    size_t from = back ? 0 : trace_step_end(trace, stage->at);
    size_t to = !back ? trace->count : stage->at > 0 ? trace_step_end(trace, stage->at - 1) : 0;
    for (size_t i = from; i < to; i++) {
        const struct event *event = &trace->events[back ? to - 1 - (i - from) : i];
        unsigned lane = event->lane < LANE_COUNT ? event->lane : LANE_MODEL;
        words_event(event, &stage->view.numbering[lane], words, sizeof words);
        if (has_text(words, stage->sought)) {
            *step = event->step;
            return true;
        }
    }
    return false;
}

static void search_steps(struct stage *stage, bool back)
{
    uint32_t step;
    if (find(stage, back, &step))
        stage_goto(stage, step);
    else
        stage_tell(stage,
                   back ? _("'%s' is in no step before this one.")
                        : _("'%s' is in no step behind this one, as far as has been done."),
                   stage->sought);
}

/* On the trace from line to line, else from step to step. */
void stage_search_again(struct stage *stage, bool back)
{
    const struct look *look = &stage->picture.looks[SCREEN_TRACE];
    bool on_trace = stage->picture.screen == SCREEN_TRACE;
    if (on_trace ? !look->search[0] : !stage->sought[0])
        stage_tell(stage, "%s", _("Nothing has been searched for yet: / asks what."));
    else if (on_trace)
        stage->finding = back ? FIND_BEFORE : FIND_NEXT;
    else
        search_steps(stage, back);
}

/* What is looked for in the lines of the trace, or what they have to be like. False: too long. */
static bool keep_words(struct stage *stage, char *kept, size_t len, const char *text)
{
    if (strlen(text) >= len)
        stage_tell(stage, _("That is too long: %zu octets are the most."), len - 1);
    else
        snprintf(kept, len, "%s", text);
    return strlen(text) < len;
}

void stage_search(struct stage *stage, const char *text)
{
    struct look *look = &stage->picture.looks[SCREEN_TRACE];
    if (!keep_words(stage, look->search, sizeof look->search, text))
        return;
    snprintf(stage->sought, sizeof stage->sought, "%s", text);
    stage->finding = FIND_NOTHING;
    if (text[0] && stage->picture.screen == SCREEN_TRACE)
        stage->finding = FIND_FIRST;
    else if (text[0])
        search_steps(stage, false);
}

void stage_filter(struct stage *stage, const char *text)
{
    struct look *look = &stage->picture.looks[SCREEN_TRACE];
    if (!keep_words(stage, look->filter, sizeof look->filter, text))
        return;
    look->scroll = look->row = 0;
    stage->picture.screen = SCREEN_TRACE;
}

/* The list of events is made in parts: where there is more of it to come, that is waited for. */
void stage_find(struct stage *stage, const struct grid *grid)
{
    struct picture *picture = &stage->picture;
    const struct event_list *list = &stage->list;
    struct look *look = &picture->looks[SCREEN_TRACE];
    if (stage->finding == FIND_NOTHING || picture->screen != SCREEN_TRACE)
        return;
    if (stage->finding == FIND_FIRST) {
        if (!trace_has_come(picture))
            return;
        size_t end = stage->at > 0 ? trace_step_end(picture->trace, stage->at - 1) : 0;
        look->row = (int)event_list_row(list, end) - 1;
        stage->finding = FIND_NEXT;
    }
    bool found = trace_find(picture, screen_area(grid, picture), stage->finding == FIND_NEXT);
    if (!found && stage->behind)
        return;
    if (!found)
        stage_tell(stage,
                   stage->finding == FIND_BEFORE ? _("'%s' is in no line before this one.")
                                                 : _("'%s' is in no line behind this one."),
                   look->search);
    stage->finding = FIND_NOTHING;
}
