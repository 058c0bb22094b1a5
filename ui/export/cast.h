/*
 * A run as a recording of a terminal: asciicast version 2, which asciinema plays, and pages with
 * its player. Each step is a marker, and an output of what changes on the screen alone.
 */
#ifndef UI_EXPORT_CAST_H
#define UI_EXPORT_CAST_H

#include "ui/export/film.h"

/* The steps from..to of one screen, so many milliseconds each. False: out of memory, or it could
 * not be written. */
bool cast_write(struct film *film, uint32_t from, uint32_t to, enum stage_screen screen,
                uint32_t step_ms, FILE *out);

#endif
