/*
 * A whole run as one page of HTML: every screen after every step, gone through with the keys of the
 * stage, buttons, and a slider for time. It needs nothing from elsewhere, works from a file, and
 * its first frame and what happened are there without scripts as well.
 */
#ifndef UI_EXPORT_PAGE_H
#define UI_EXPORT_PAGE_H

#include "ui/export/film.h"

enum {
    PAGE_STEPS_MAX = 2000 /* a page of more is too slow to open */
};

/* The steps from..to of the film, beginning with that screen. Frames are without the last row of
 * the stage, its keys: the page has its own. False: out of memory, or it could not be written. */
bool page_write(struct film *film, uint32_t from, uint32_t to, enum stage_screen screen, FILE *out);

/* Rows of a frame that are on the page. */
int page_rows(const struct grid *grid);

/* Its script and its style, written by .make/embed-files. */
extern const char page_script[], page_style[];

#endif
