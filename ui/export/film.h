/*
 * A run as frames: what any screen of the stage shows after any step of a trace.
 */
#ifndef UI_EXPORT_FILM_H
#define UI_EXPORT_FILM_H

#include "ui/event_list.h"
#include "ui/history.h"
#include "ui/tui/panels.h"
#include "ui/view_cache.h"

/* Of what a film is made; all of it must outlive the film. */
struct film_setup {
    const struct trace *trace;
    const struct lab *lab;
    const struct profile *profile;
    const char *name; /* of the lab */
    uint32_t last_step;
    int width, height;
    bool ascii;
};

struct film {
    struct film_setup of;
    struct picture picture; /* of the step at hand; tabs and words in it may be set */
    struct catalogue catalogue;
    struct view *view;
    struct view_cache cache;
    struct history history;
    struct event_list list;
    struct grid grid;
};

/* False: out of memory. Where it stands there is no step yet: film_to(). */
bool film_open(struct film *film, const struct film_setup *setup);
void film_close(struct film *film);

/* Goes to a step. */
void film_to(struct film *film, uint32_t step);

/* What that screen shows there; until the next call. */
const struct grid *film_draw(struct film *film, enum stage_screen screen);

/* Is it a screen that shows the run, and not the program? */
bool film_has(enum stage_screen screen);

enum {
    FILM_SAID_MAX = 2048
};

/* What has happened in the step, in a few sentences, for those who cannot see the frame. */
char *film_said(const struct film *film, char *text, size_t len);

/* Its title, printable UTF-8; returns text. */
char *film_title(const struct film *film, char *text, size_t len);

/* The clock of the step: "0.200 s". */
char *film_time(const struct film *film, char *text, size_t len);

#endif
