/*
 * The ladder alone as SVG: segments as slanted arrows between the lines of two hosts, a cross where
 * one was lost, times at the edge, states beside the lines. Each lane that has segments is drawn,
 * one below the other.
 */
#ifndef UI_EXPORT_LADDER_SVG_H
#define UI_EXPORT_LADDER_SVG_H

#include "ui/export/arrows.h"

#include <stdio.h>

/* False: out of memory, or it could not be written. */
bool ladder_svg_write(const struct arrows *arrows, const struct arrows_about *about, FILE *to);

#endif
