/*
 * A lab without curses: each step is printed as lines, commands are read as lines from standard
 * input. For screen readers, and for pipes.
 */
#ifndef UI_PLAIN_H
#define UI_PLAIN_H

#include "ui/tui/stage.h"

/* Runs until the input ends, or "quit". Returns the exit status. */
int plain_run(const struct stage_setup *setup);

#endif
