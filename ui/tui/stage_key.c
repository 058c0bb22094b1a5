/*
 * Keys and the mouse: to the line that is typed, or by the table to orders.
 */
#include "ui/tui/stage_parts.h"

#include "ui/text.h"

#include <stdio.h>
#include <string.h>

/* A line has been typed. */
static void line_typed(struct stage *stage, enum line_kind kind)
{
    switch (kind) {
    case LINE_SHUT:
        break;
    case LINE_COMMAND:
        stage_do(stage, stage->line.text);
        break;
    case LINE_SEARCH:
        stage_search(stage, stage->line.text);
        break;
    case LINE_FILTER:
        stage_filter(stage, stage->line.text);
        break;
    case LINE_SEND:
        stage_send(stage, stage->line.text);
        line_open(&stage->line, LINE_SEND, "");
        break;
    }
}

static void type(struct stage *stage, uint32_t key)
{
    enum line_kind kind = stage->line.kind;
    if (line_key(&stage->line, key, stage->pasting, &stage->lab->lab) == LINE_DONE_WITH)
        line_typed(stage, kind);
}

/* Text that is pasted is not a row of orders: it goes into a line, or nowhere. */
static bool take_paste(struct stage *stage, uint32_t key)
{
    if (key == KEYS_PASTE)
        stage->pasting = true;
    else if (key == KEYS_PASTE_END || key == KEYS_ESCAPE) /* esc: where the end was lost */
        stage->pasting = false;
    if (key == KEYS_ESCAPE || (!stage->pasting && key != KEYS_PASTE_END))
        return false;
    if (stage->line.kind == LINE_SHUT)
        stage_tell(stage, "%s", _("Pasted text goes into a line: press : before."));
    else if (key != KEYS_PASTE && key != KEYS_PASTE_END)
        type(stage, key);
    return true;
}

/* What a key of that command does: where more is to be said it is asked for. */
static void press(struct stage *stage, const char *line)
{
    struct order order;
    const struct command_row *row = command_of_name(line, strlen(line));
    if (!row || !row->key) {
        stage_do(stage, line);
        return;
    }
    order_of_row(row, &order);
    stage_order(stage, &order);
}

void stage_key(struct stage *stage, uint32_t key)
{
    struct order order;
    if (key == KEYS_HANGUP) {
        stage->over = true;
        return;
    }
    if (key == KEYS_RESIZE || key == KEYS_NONE || key == KEYS_MOUSE)
        return;
    stage->message[0] = '\0';
    if (take_paste(stage, key))
        return;
    if (stage->line.kind != LINE_SHUT) {
        type(stage, key);
        return;
    }
    enum stage_screen screen = stage->picture.screen;
    const struct binding *bound = binding_of(&stage->setup->bindings, key, screen);
    if (bound) {
        press(stage, bound->line);
        return;
    }
    const struct command_row *row = command_of_key(key, screen);
    if (!row)
        return;
    order_of_row(row, &order);
    stage_order(stage, &order);
}

void stage_mouse(struct stage *stage, const struct mouse *mouse)
{
    const struct zone *zone = zones_at(&stage->zones, mouse->x, mouse->y);
    stage->message[0] = '\0';
    if (stage->line.kind != LINE_SHUT)
        return;
    switch (mouse->act) {
    case MOUSE_CLICK:
        if (zone && zone->click[0])
            press(stage, zone->click);
        break;
    case MOUSE_TWICE:
        if (zone && zone->twice[0])
            press(stage, zone->twice);
        else if (zone && zone->click[0])
            press(stage, zone->click);
        break;
    case MOUSE_WHEEL_UP:
    case MOUSE_WHEEL_DOWN:
        stage_wheel(stage, mouse->act == MOUSE_WHEEL_UP);
        break;
    }
}
