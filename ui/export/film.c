/*
 * Frames are drawn by the same panels as the stage's.
 */
#include "ui/export/film.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool film_open(struct film *film, const struct film_setup *setup)
{
    if (setup->ascii)
        text_for_ascii();
    *film = (struct film){ .of = *setup };
    film->view = malloc(sizeof *film->view);
    film->picture = (struct picture){ .view = film->view,
                                      .history = &film->history,
                                      .list = &film->list,
                                      .trace = setup->trace,
                                      .lab = setup->lab,
                                      .profile = setup->profile,
                                      .last_step = setup->last_step,
                                      .catalogue = &film->catalogue,
                                      .speed = "",
                                      .message = "" };
    if (film->view && catalogue_make(&film->catalogue) &&
        grid_make(&film->grid, setup->width, setup->height))
        return true;
    film_close(film);
    return false;
}

void film_close(struct film *film)
{
    view_cache_clear(&film->cache);
    history_reset(&film->history);
    event_list_reset(&film->list);
    grid_free(&film->grid);
    free(film->view);
    film->view = NULL;
}

void film_to(struct film *film, uint32_t step)
{
    view_look(&film->cache, film->view, film->of.trace, step);
    history_update(&film->history, film->of.trace);
    while (!event_list_update(&film->list, film->of.trace, "", ""))
        continue;
    picture_choose(&film->picture);
}

/* In ASCII, or else without what is no character, and which XML and HTML do not take. */
static uint32_t code_for_file(uint32_t code, bool ascii)
{
    if (ascii)
        return code ? (uint8_t)ascii_of(code) : ' ';
    return (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef) ? 0xfffd : code;
}

const struct grid *film_draw(struct film *film, enum stage_screen screen)
{
    film->picture.screen = screen;
    picture_prepare(&film->picture, &film->grid);
    draw_picture(&film->grid, &film->picture);
    for (int i = 0; i < film->grid.width * film->grid.height; i++) {
        struct cell *cell = &film->grid.cells[i];
        cell->code = code_for_file(cell->code, film->of.ascii);
    }
    return &film->grid;
}

bool film_has(enum stage_screen screen)
{
    return screen < SCREEN_HELP && screen_rows[screen].draw != NULL;
}

static void append(char *text, size_t len, const char *words)
{
    size_t used = strlen(text);
    if (used + 1 < len)
        snprintf(text + used, len - used, "%s%s", used ? " " : "", words);
}

/* Of a step that nothing explains: its calls and segments as the log has them. */
static void append_events(const struct film *film, char *text, size_t len)
{
    const struct trace *trace = film->of.trace;
    uint32_t step = film->view->step;
    char words[WORDS_MAX], line[WORDS_MAX + 8];
    size_t begin = step > 0 ? trace_step_end(trace, step - 1) : 0;
    for (size_t i = begin, end = trace_step_end(trace, step); i < end; i++) {
        const struct event *event = &trace->events[i];
        bool tells = event->kind == EV_CALL || event->kind == EV_RETURN || event->kind == EV_SENT ||
                     event->kind == EV_DELIVERED;
        if (!tells || event->lane >= LANE_COUNT)
            continue;
        words_event(event, &film->view->numbering[event->lane], words, sizeof words);
        snprintf(line, sizeof line, "%c: %s.", host_letter(event->host), words);
        append(text, len, line);
    }
}

char *film_said(const struct film *film, char *text, size_t len)
{
    const struct view *view = film->view;
    char line[sizeof view->whys[0].words + 2];
    text[0] = '\0';
    if (view->say_is_fresh)
        append(text, len, view->say);
    for (unsigned i = 0; i < view->why_count; i++) {
        const char *words = view->whys[i].words;
        bool ended = words[0] && words[strlen(words) - 1] == '.';
        snprintf(line, sizeof line, "%s%s", words, ended ? "" : ".");
        append(text, len, line);
    }
    if (view->why_count == 0)
        append_events(film, text, len);
    return text;
}

char *film_title(const struct film *film, char *text, size_t len)
{
    const struct lab_text *title = &film->of.lab->title;
    if (title->len == 0)
        snprintf(text, len, "%s", film->of.name);
    else
        retell_octets(title->octets, title->len, text, len);
    return text;
}

char *film_time(const struct film *film, char *text, size_t len)
{
    const struct view *view = film->view;
    unsigned live = view_live_lane(view);
    unsigned lane = view->ran[LANE_MODEL] || live == LANE_COUNT ? LANE_MODEL : live;
    return words_time(view->usec[lane], text, len);
}
