/*
 * The trace as a person would like to read it: one event a line.
 */
#ifndef UI_EXPORT_LOG_H
#define UI_EXPORT_LOG_H

#include "net/trace.h"
#include "ui/numbering.h"
#include "ui/socks.h"

#include <stdio.h>

struct log {
    struct numbering numbering[LANE_COUNT + 1]; /* hosts have the same addresses on each lane */
    struct socks socks;
    size_t written; /* events of the trace that are done */
    uint32_t step;  /* the last one that was headed */
    bool begun;
};

void log_begin(struct log *log);

/* Writes the events of the trace that have come since. */
void log_write(struct log *log, const struct trace *trace, FILE *to);

#endif
