/*
 * Orders go to whom they are for.
 */
#include "ui/tui/stage_parts.h"

#include "ui/tui/acts.h"

#include "ui/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void stage_tell(struct stage *stage, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(stage->message, sizeof stage->message, format, args);
    va_end(args);
}

/* The call that is chosen in the menu, as a command line. False: there is none. */
static bool chosen_call(struct stage *stage, char *line, size_t len)
{
    struct act acts[ACTS_MAX];
    size_t count = acts_possible(&stage->view, &stage->lab->lab, acts, ACTS_MAX);
    size_t row = (size_t)stage->picture.looks[SCREEN_ACTS].row;
    if (count == 0)
        return false;
    snprintf(line, len, "call %s", acts[row < count ? row : count - 1].call);
    return true;
}

static void take(struct stage *stage)
{
    char line[ORDER_MAX];
    enum stage_screen screen = stage->picture.screen;
    if (screen == SCREEN_LABS)
        stage_begin_lab(stage, stage->catalogue.labs[stage->picture.lab_chosen].name);
    if (screen != SCREEN_ACTS || !chosen_call(stage, line, sizeof line))
        return;
    stage->picture.screen = SCREEN_STAGE;
    stage_do(stage, line);
}

static void edit(struct stage *stage)
{
    char line[ORDER_MAX];
    if (stage->picture.screen == SCREEN_ACTS && chosen_call(stage, line, sizeof line))
        line_open(&stage->line, LINE_COMMAND, line);
}

static void use_mouse(struct stage *stage, const struct order *order)
{
    stage->wants_mouse = order->said ? order->number == 1 : !stage->wants_mouse;
    stage_tell(stage, "%s",
               stage->wants_mouse ? _("The mouse is ours: it clicks and scrolls.")
                                  : _("The mouse is the terminal's: it marks text as everywhere."));
}

/* What is written behind a name: text, an address of something else to begin. */
static void order_lab(struct stage *stage, const struct order *order)
{
    if (order->command == STAGE_LAB)
        stage_begin_lab(stage, order->words);
    if (order->command == STAGE_RESTART)
        stage_begin_anew(stage);
    if (order->command == STAGE_ON)
        stage_set_lanes(stage, order->words);
    if (order->command == STAGE_PROFILE)
        stage_set_profile(stage, order->words);
    if (order->command == STAGE_SEED)
        stage_set_seed(stage, order->number);
    if (order->command == STAGE_WRITE)
        stage_write_file(stage, order->words);
}

/* Lines to be typed, and what was typed. */
static void order_text(struct stage *stage, const struct order *order)
{
    if (order->command == STAGE_LINE)
        line_open(&stage->line, LINE_COMMAND, "");
    else if (order->command == STAGE_AGAIN)
        stage_search_again(stage, strcmp(order->words, "back") == 0);
    else if (order->command == STAGE_SEARCH && !order->said)
        line_open(&stage->line, LINE_SEARCH, "");
    else if (order->command == STAGE_SEARCH)
        stage_search(stage, order->words);
}

void stage_order(struct stage *stage, const struct order *order)
{
    switch (order->command) {
    case STAGE_NOTHING:
        break;
    case STAGE_STEP:
    case STAGE_BACK:
    case STAGE_RUN:
    case STAGE_PAUSE:
    case STAGE_GOTO:
    case STAGE_FIRST:
    case STAGE_LAST:
    case STAGE_UNTIL:
        stage_walk(stage, order);
        break;
    case STAGE_SPEED:
        stage_change_speed(stage, order);
        break;
    case STAGE_BREAK:
    case STAGE_UNBREAK:
        stage_break(stage, order);
        break;
    case STAGE_UNDO:
        stage_undo(stage);
        break;
    case STAGE_DROP:
    case STAGE_DUPLICATE:
    case STAGE_HOLD:
    case STAGE_RELEASE:
    case STAGE_CORRUPT:
    case STAGE_REORDER:
    case STAGE_DELAY:
    case STAGE_DELIVER:
        stage_act_on_wire(stage, order);
        break;
    case STAGE_CHOOSE:
        stage_choose(stage, order);
        break;
    case STAGE_CALL:
        stage_call(stage, order->words);
        break;
    case STAGE_SET:
        stage_set(stage, order->words);
        break;
    case STAGE_LAB:
    case STAGE_RESTART:
    case STAGE_ON:
    case STAGE_PROFILE:
    case STAGE_SEED:
    case STAGE_WRITE:
        order_lab(stage, order);
        break;
    case STAGE_ACTS:
    case STAGE_LABS:
    case STAGE_VIEW:
    case STAGE_TAB:
    case STAGE_CLOSE:
        stage_show(stage, order);
        break;
    case STAGE_UP:
    case STAGE_DOWN:
    case STAGE_PAGE_UP:
    case STAGE_PAGE_DOWN:
    case STAGE_TOP:
    case STAGE_BOTTOM:
        stage_scroll(stage, order);
        break;
    case STAGE_TAKE:
        take(stage);
        break;
    case STAGE_EDIT:
        edit(stage);
        break;
    case STAGE_SEARCH:
    case STAGE_AGAIN:
    case STAGE_LINE:
        order_text(stage, order);
        break;
    case STAGE_FILTER:
        line_open(&stage->line, LINE_FILTER, stage->picture.looks[stage->picture.screen].filter);
        break;
    case STAGE_MOUSE:
        use_mouse(stage, order);
        break;
    case STAGE_QUIT:
        stage->over = true;
        break;
    }
}

void stage_do(struct stage *stage, const char *line)
{
    struct order order;
    if (!order_read(line, &order, stage->message, sizeof stage->message))
        return;
    if (order.command == STAGE_FILTER)
        stage_filter(stage, order.words);
    else
        stage_order(stage, &order);
}
