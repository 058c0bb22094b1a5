/*
 * A step in lines of words, for people who hear the screen or read a pipe: what happened, why, the
 * states, what waits on the wire, and what comes next. Nothing in them is told by columns, colours
 * or signs.
 */
#ifndef UI_PLAIN_LINES_H
#define UI_PLAIN_LINES_H

#include "ui/view.h"

#include <stdio.h>

/* The view is of that trace, after the step that it shows. */
void plain_step(const struct view *view, const struct trace *trace, uint32_t last_step, FILE *to);

/* Its parts, which can be asked for one by one. */
void plain_happened(const struct view *view, const struct trace *trace, FILE *to);
void plain_why(const struct view *view, FILE *to);
void plain_states(const struct view *view, FILE *to);
void plain_wire(const struct view *view, FILE *to);
void plain_next(const struct view *view, FILE *to);

#endif
