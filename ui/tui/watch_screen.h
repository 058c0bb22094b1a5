/*
 * The watch on a terminal.
 */
#ifndef UI_TUI_WATCH_SCREEN_H
#define UI_TUI_WATCH_SCREEN_H

#include "ui/watch_lines.h"

/* Returns the exit status. What stands in the way (no terminal) is a complaint. */
int watch_screen_run(const struct watch_setup *setup);

#endif
