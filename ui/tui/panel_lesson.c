/*
 * The lesson: the lab's own text, line by line, with where the run is in it and what became of its
 * expectations.
 */
#include "ui/tui/sheet.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    MARK = 0,
    NUMBER = 2,
    TEXT = 7
};

enum verdict {
    VERDICT_NONE,
    VERDICT_HOLDS,
    VERDICT_NOT
};

enum place {
    PLACE_DONE,
    PLACE_NOW,
    PLACE_TO_COME,
    PLACE_NOT_HERE /* for other lanes than those of the run */
};

/* Is the line for a lane of this run? */
static bool is_for(const struct view *view, const struct lab_line *line)
{
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        enum lab_wire wire = view->in_hand[lane] ? WIRE_IN_HAND : WIRE_OUT_OF_HAND;
        bool of_wire = line->wire == WIRE_OF_ANY_KIND || line->wire == wire;
        if (view->ran[lane] && of_wire && line->lanes & 1u << lane)
            return true;
    }
    return false;
}

static enum place place_of(const struct picture *picture, const struct lab_line *line)
{
    uint32_t now = picture->history ? history_line(picture->history, picture->view->step) : 0;
    if (!is_for(picture->view, line))
        return PLACE_NOT_HERE;
    if (line->number == now)
        return PLACE_NOW;
    return line->number < now ? PLACE_DONE : PLACE_TO_COME;
}

/* What became of each line's expectation by the step shown, on each lane. */
struct verdicts {
    enum verdict of[LAB_LINES_MAX][LANE_COUNT];
};

/* Which of the lab's lines has that number; they are in order. */
static uint32_t index_of(const struct lab *lab, uint32_t number)
{
    uint32_t low = 0, high = lab->line_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lab->lines[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void verdicts_make(struct verdicts *verdicts, const struct picture *picture)
{
    const struct history *history = picture->history;
    memset(verdicts, 0, sizeof *verdicts);
    for (size_t i = 0; history && i < history->expect_count; i++) {
        const struct event *event = &picture->trace->events[history->expects[i]];
        uint32_t line = index_of(picture->lab, event->u.expect.line);
        if (event->step > picture->view->step)
            return;
        if (line < picture->lab->line_count && event->lane < LANE_COUNT)
            verdicts->of[line][event->lane] = event->u.expect.holds ? VERDICT_HOLDS : VERDICT_NOT;
    }
}

/* In the line that is begun up to x, or from a new one on. */
static void write_verdicts(struct sheet *sheet, uint32_t line, int x)
{
    static const char *const words[] = {
        [VERDICT_NONE] = "", [VERDICT_HOLDS] = N_("✓ holds"), [VERDICT_NOT] = N_("✗ does not hold")
    };
    const struct verdicts *verdicts = sheet->about;
    char text[96];
    bool any = x > TEXT + 2;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        enum verdict verdict = verdicts->of[line][lane];
        if (verdict == VERDICT_NONE)
            continue;
        any = true;
        snprintf(text, sizeof text, "%s: %s", _(lane_name((enum lane_id)lane)), _(words[verdict]));
        sheet_item(sheet, &x, TEXT + 2, verdict == VERDICT_HOLDS ? INK_GOOD : INK_BAD, text);
    }
    if (any)
        sheet_next(sheet);
}

static enum ink ink_of_place(enum place place)
{
    switch (place) {
    case PLACE_DONE:
    case PLACE_TO_COME:
        return INK_PLAIN;
    case PLACE_NOW:
        return INK_STRONG;
    case PLACE_NOT_HERE:
        return INK_FAINT;
    }
    return INK_PLAIN;
}

static void write_line(struct sheet *sheet, const struct picture *picture, uint32_t i)
{
    const struct lab_line *line = &picture->lab->lines[i];
    static const char *const marks[] = {
        [PLACE_DONE] = "✓", [PLACE_NOW] = "▶", [PLACE_TO_COME] = " ", [PLACE_NOT_HERE] = "-"
    };
    char text[4 * VIEW_SAY_MAX], number[16];
    enum place place = place_of(picture, line);
    bool says = line->kind == LAB_SAY;
    const struct lab_text *words = says ? &line->text : &line->source;
    retell_octets(words->octets, words->len, text, sizeof text);
    snprintf(number, sizeof number, "%4u", line->number);
    sheet_put(sheet, MARK, 1, place == PLACE_NOW ? INK_CHOSEN : INK_PLAIN, marks[place]);
    sheet_put(sheet, NUMBER, TEXT - NUMBER, INK_FAINT, number);
    if (says || TEXT + 2 + text_width(text) > sheet->area.width) {
        sheet_wrap(sheet, says ? TEXT : TEXT + 2, ink_of_place(place), text);
        write_verdicts(sheet, i, TEXT + 2);
    } else {
        int used = sheet_put(sheet, TEXT + 2, sheet->area.width, ink_of_place(place), text);
        write_verdicts(sheet, i, TEXT + 2 + used + 4);
    }
}

static void write_heading(struct sheet *sheet, const struct picture *picture)
{
    char text[512], first[64], second[64];
    const struct lab *lab = picture->lab;
    retell_octets(lab->title.octets, lab->title.len, text, sizeof text);
    sheet_wrap(sheet, MARK, INK_STRONG, text);
    retell_octets(lab->host_names[0].octets, lab->host_names[0].len, first, sizeof first);
    retell_octets(lab->host_names[1].octets, lab->host_names[1].len, second, sizeof second);
    if (lab->host_count > 1)
        snprintf(text, sizeof text, _("A is the %s, B the %s; a segment is %u ms on its way."),
                 first, second, (unsigned)(lab->delay_usec / 1000));
    else
        snprintf(text, sizeof text, _("A is the %s."), first);
    sheet_wrap(sheet, MARK, INK_FAINT, text);
    sheet_wrap(sheet, MARK, INK_FAINT,
               _("▶ now   ✓ done   - for other lanes than those of this run"));
    sheet_next(sheet);
}

static void write_lesson(struct sheet *sheet, const struct picture *picture)
{
    write_heading(sheet, picture);
    for (uint32_t i = 0; i < picture->lab->line_count; i++) {
        const struct lab_line *line = &picture->lab->lines[i];
        bool part = i > 0 && line->kind == LAB_SAY && line[-1].kind != LAB_SAY;
        if (part)
            sheet_next(sheet);
        write_line(sheet, picture, i);
    }
}

static struct rect inside(struct rect area)
{
    return (struct rect){ area.x + 1, area.y, area.width - 2, area.height };
}

/* Writes up to the line that is done now. */
static void write_until_now(struct sheet *sheet, const struct picture *picture)
{
    write_heading(sheet, picture);
    for (uint32_t i = 0; i < picture->lab->line_count; i++) {
        const struct lab_line *line = &picture->lab->lines[i];
        enum place place = place_of(picture, line);
        if (place == PLACE_NOW || place == PLACE_TO_COME)
            return;
        if (i > 0 && line->kind == LAB_SAY && line[-1].kind != LAB_SAY)
            sheet_next(sheet);
        write_line(sheet, picture, i);
    }
}

int lesson_scroll(const struct picture *picture, struct rect area)
{
    struct verdicts verdicts;
    verdicts_make(&verdicts, picture);
    int above = sheet_lines(picture, inside(area).width, &verdicts, write_until_now);
    int scroll = above - area.height / 2;
    return scroll > 0 ? scroll : 0;
}

void draw_lesson(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct verdicts verdicts;
    verdicts_make(&verdicts, picture);
    sheet_draw(grid, picture, inside(area), &verdicts, write_lesson);
}
