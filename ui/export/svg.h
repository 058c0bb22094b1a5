/*
 * A frame as SVG: text that can be searched and read aloud, each cell in its place whatever the
 * font, on light paper or on dark as the reader's system has it. Nothing outside it is needed.
 */
#ifndef UI_EXPORT_SVG_H
#define UI_EXPORT_SVG_H

#include "ui/tui/grid.h"

/* The title is what the picture is called, the words what there is to be seen. */
void svg_write(const struct grid *grid, const char *title, const char *words, FILE *to);

#endif
