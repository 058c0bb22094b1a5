/*
 * What the inks of a grid look like outside a terminal: classes of CSS on light and on dark paper,
 * and attributes of a terminal of 256 colours.
 */
#ifndef UI_EXPORT_INK_H
#define UI_EXPORT_INK_H

#include "ui/tui/grid.h"

struct ink_look {
    const char *name;         /* its class */
    const char *light, *dark; /* on light and on dark paper, as #rrggbb */
    bool bold;
    bool reverse;    /* the paper's colour on a ground of its own */
    const char *sgr; /* for a terminal, ECMA-48, 8.3.117; "": as it is */
};

extern const struct ink_look ink_looks[INK_COUNT];

/* Paper, for what is drawn on it: light, then dark. */
extern const char *const ink_paper[2];

/* Writes rules for all inks, below the selector; property: "color" (HTML) or "fill" (SVG). */
void ink_css(const char *selector, const char *property, FILE *to);

#endif
