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
    stage->picture.is_news = false;
}

void stage_report(struct stage *stage, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(stage->message, sizeof stage->message, format, args);
    va_end(args);
    stage->picture.is_news = true;
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
    stage_report(stage, "%s",
                 stage->wants_mouse
                     ? _("The mouse is ours: it clicks and scrolls.")
                     : _("The mouse is the terminal's: it marks text as everywhere."));
}

/* Another lab, or the same in another way; and its trace into a file. */
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
    else if (order->command == STAGE_FILTER)
        line_open(&stage->line, LINE_FILTER, stage->picture.looks[stage->picture.screen].filter);
}

/* What a person does to hosts and to the record; and leaving. */
static void order_hand(struct stage *stage, const struct order *order)
{
    if (order->command == STAGE_UNDO)
        stage_undo(stage);
    if (order->command == STAGE_CALL)
        stage_call(stage, order->words);
    if (order->command == STAGE_SET)
        stage_set(stage, order->words);
    if (order->command == STAGE_TAKE)
        take(stage);
    if (order->command == STAGE_EDIT)
        edit(stage);
    if (order->command == STAGE_QUIT)
        stage->over = true;
}

void stage_send(struct stage *stage, const char *line)
{
    const struct stage_program *program = stage->setup->program;
    const char *why = program->send(program->of, line);
    if (why)
        stage_tell(stage, "%s", why);
}

/* Lines for the program that is on the stage. */
static void order_program(struct stage *stage, const struct order *order)
{
    const struct stage_program *program = stage->setup->program;
    if (program->picture.over)
        stage_tell(stage, "%s", _("The program is over: it takes no more lines."));
    else if (!program->picture.takes_lines)
        stage_tell(stage, "%s", _("This program takes no lines from here."));
    else if (order->command == STAGE_FINISH)
        program->finish(program->of);
    else if (order->said)
        stage_send(stage, order->words);
    else
        line_open(&stage->line, LINE_SEND, "");
}

typedef void carry_out(struct stage *stage, const struct order *order);

static carry_out *const carried_out_by[] = { [STAGE_STEP] = stage_walk,
                                             [STAGE_BACK] = stage_walk,
                                             [STAGE_RUN] = stage_walk,
                                             [STAGE_PAUSE] = stage_walk,
                                             [STAGE_GOTO] = stage_walk,
                                             [STAGE_FIRST] = stage_walk,
                                             [STAGE_LAST] = stage_walk,
                                             [STAGE_UNTIL] = stage_walk,
                                             [STAGE_SPEED] = stage_change_speed,
                                             [STAGE_BREAK] = stage_break,
                                             [STAGE_UNBREAK] = stage_break,
                                             [STAGE_DROP] = stage_act_on_wire,
                                             [STAGE_DUPLICATE] = stage_act_on_wire,
                                             [STAGE_HOLD] = stage_act_on_wire,
                                             [STAGE_RELEASE] = stage_act_on_wire,
                                             [STAGE_CORRUPT] = stage_act_on_wire,
                                             [STAGE_REORDER] = stage_act_on_wire,
                                             [STAGE_DELAY] = stage_act_on_wire,
                                             [STAGE_DELIVER] = stage_act_on_wire,
                                             [STAGE_CHOOSE] = stage_choose,
                                             [STAGE_UNDO] = order_hand,
                                             [STAGE_CALL] = order_hand,
                                             [STAGE_SET] = order_hand,
                                             [STAGE_TAKE] = order_hand,
                                             [STAGE_EDIT] = order_hand,
                                             [STAGE_QUIT] = order_hand,
                                             [STAGE_LAB] = order_lab,
                                             [STAGE_RESTART] = order_lab,
                                             [STAGE_ON] = order_lab,
                                             [STAGE_PROFILE] = order_lab,
                                             [STAGE_SEED] = order_lab,
                                             [STAGE_WRITE] = order_lab,
                                             [STAGE_ACTS] = stage_show,
                                             [STAGE_LABS] = stage_show,
                                             [STAGE_VIEW] = stage_show,
                                             [STAGE_TAB] = stage_show,
                                             [STAGE_CLOSE] = stage_show,
                                             [STAGE_TELL] = stage_show,
                                             [STAGE_UP] = stage_scroll,
                                             [STAGE_DOWN] = stage_scroll,
                                             [STAGE_PAGE_UP] = stage_scroll,
                                             [STAGE_PAGE_DOWN] = stage_scroll,
                                             [STAGE_TOP] = stage_scroll,
                                             [STAGE_BOTTOM] = stage_scroll,
                                             [STAGE_SEARCH] = order_text,
                                             [STAGE_AGAIN] = order_text,
                                             [STAGE_LINE] = order_text,
                                             [STAGE_FILTER] = order_text,
                                             [STAGE_SEND] = order_program,
                                             [STAGE_FINISH] = order_program,
                                             [STAGE_MOUSE] = use_mouse };

/* Why it cannot be, in words; NULL: it can. */
static const char *not_for(const struct stage *stage, const struct order *order)
{
    bool program = stage->setup->program;
    if (order_is_for(order, program))
        return NULL;
    if (program && stage->setup->program->picture.over)
        return _("The program is over: it is only looked at. ? lists what can be done.");
    return program
               ? _("A program goes on by itself: it is only looked at. ? lists what can be done.")
               : _("Only a program on the stage takes lines: connect, chat, udp connect with "
                   "--stage.");
}

void stage_order(struct stage *stage, const struct order *order)
{
    const char *why = not_for(stage, order);
    if (why)
        stage_tell(stage, "%s", why);
    else if (carried_out_by[order->command])
        carried_out_by[order->command](stage, order);
}

void stage_do(struct stage *stage, const char *line)
{
    struct order order;
    char wrong[MESSAGE_MAX];
    if (!order_read(line, &order, wrong, sizeof wrong)) {
        stage_tell(stage, "%s", wrong);
        return;
    }
    if (order.command == STAGE_FILTER)
        stage_filter(stage, order.words);
    else
        stage_order(stage, &order);
}
