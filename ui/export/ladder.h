/*
 * A captured connection as lines of text: each segment with what it is among the others and the
 * states of both ends behind it, and, where asked for, the rule that it triggers.
 */
#ifndef UI_EXPORT_LADDER_H
#define UI_EXPORT_LADDER_H

#include "net/capture_flow.h"
#include "net/trace.h"

#include <stdio.h>

/* The trace is that of flow_replay(), and of this flow alone. False: out of memory. */
bool ladder_write(const struct flow *flow, const struct trace *trace, bool explain, FILE *to);

/* Words with a margin before each line, broken at blanks. */
void ladder_wrap(const char *margin, const char *words, FILE *to);

#endif
