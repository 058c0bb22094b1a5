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
    UNTOLD_MOST = 1000000 /* lines of a screen that does not tell how many it has */
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
    if (order->command == STAGE_CLOSE)
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

/* Up and down choose a row where there are some; pages, too, where the rows are the lines. What a
 * screen does not tell it bounds by itself. */
static void move(struct stage *stage, struct look *look, int64_t far, bool by_one)
{
    const struct zones *zones = &stage->zones;
    bool tells = zones->lines > 0 || zones->rows > 0;
    if (zones->rows > 0 && (by_one || zones->rows == zones->lines))
        look->row = within(look->row + far, zones->rows - 1);
    else
        look->scroll =
            within(look->scroll + far, tells ? zones->lines - zones->shown : UNTOLD_MOST);
}

void stage_scroll(struct stage *stage, const struct order *order)
{
    struct picture *picture = &stage->picture;
    struct look *look = &picture->looks[picture->screen];
    int64_t far = distance(stage, order->command);
    bool by_one = order->command == STAGE_UP || order->command == STAGE_DOWN;
    if (picture->screen == SCREEN_STAGE && by_one)
        picture_choose_next(picture, far > 0);
    else if (picture->screen == SCREEN_LABS)
        picture->lab_chosen =
            (size_t)within((int64_t)picture->lab_chosen + far, (int)stage->catalogue.count - 1);
    else
        move(stage, look, far, by_one);
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

void stage_search_again(struct stage *stage, bool back)
{
    uint32_t step;
    if (!stage->sought[0])
        stage_tell(stage, "%s", _("Nothing has been searched for yet: / asks what."));
    else if (find(stage, back, &step))
        stage_goto(stage, step);
    else
        stage_tell(stage,
                   back ? _("'%s' is in no step before this one.")
                        : _("'%s' is in no step behind this one, as far as has been done."),
                   stage->sought);
}

void stage_search(struct stage *stage, const char *text)
{
    struct look *look = &stage->picture.looks[stage->picture.screen];
    snprintf(look->search, sizeof look->search, "%.*s", (int)sizeof look->search - 1, text);
    if (!text[0]) {
        stage->sought[0] = '\0';
        return;
    }
    snprintf(stage->sought, sizeof stage->sought, "%s", text);
    stage_search_again(stage, false);
}

void stage_filter(struct stage *stage, const char *text)
{
    struct look *look = &stage->picture.looks[stage->picture.screen];
    snprintf(look->filter, sizeof look->filter, "%.*s", (int)sizeof look->filter - 1, text);
    look->scroll = look->row = 0;
}
