/*
 * The state diagram as a picture for documents: SVG, drawn from the layout that the screen has, and
 * DOT for graphviz, which lays it out itself.
 */
#ifndef UI_EXPORT_DIAGRAM_H
#define UI_EXPORT_DIAGRAM_H

#include "ui/view.h"

#include <stdio.h>

enum {
    DIAGRAM_OUTSIDE_MAX = 6 /* moves beside the figure that are told, those of earlier steps */
};

/* Each with what a run has come to, or `view` NULL; the title is UTF-8 of whatever kind. */
void diagram_svg(const struct view *view, const char *title, FILE *to);
void diagram_dot(const struct view *view, const char *title, FILE *to);

#endif
