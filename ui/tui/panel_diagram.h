/*
 * The state diagram on a grid: boxes, arrows and labels, with the marks of a run.
 */
#ifndef UI_TUI_PANEL_DIAGRAM_H
#define UI_TUI_PANEL_DIAGRAM_H

#include "ui/diagram_marks.h"
#include "ui/tui/grid.h"

/* `chosen`: an arrow, marked by brackets about its label, or NO_ARROW. */
void draw_diagram(struct grid *grid, int x, int y, const struct layout *layout,
                  const struct diagram_marks *marks, int chosen);

#endif
