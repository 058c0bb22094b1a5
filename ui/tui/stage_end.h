/*
 * What a stage leaves behind when it ends: its files, and its verdict.
 */
#ifndef UI_TUI_STAGE_END_H
#define UI_TUI_STAGE_END_H

#include "ui/tui/stage.h"

/* Writes the trace and the capture that were asked for. Returns the exit status: what could not be
 * written or did not hold is a complaint. */
int stage_end(const struct stage_setup *setup, const struct run_options *run,
              const struct loaded_lab *lab, const struct session *session);

/* Writes the trace as NDJSON, or its segments where the path ends in .pcapng or .pcap. False: errno
 * says why, or is 0. */
bool stage_write(const char *path, const struct run_options *run, const struct loaded_lab *lab,
                 const struct session *session);

#endif
