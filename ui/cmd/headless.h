/*
 * A lab run without a terminal: the log or the trace as it comes.
 */
#ifndef UI_CMD_HEADLESS_H
#define UI_CMD_HEADLESS_H

#include "ui/run_options.h"

/* Runs the session to its end. The log goes to standard output unless the trace does, which goes
 * to trace_path ("-": standard output; NULL: nowhere). Returns the exit status. */
int headless_run(struct session *session, const struct run_options *run, const char *lab,
                 const char *trace_path, bool with_log);

#endif
