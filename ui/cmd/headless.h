/*
 * A lab run without a terminal: the log or the trace as it comes, its segments at the end.
 */
#ifndef UI_CMD_HEADLESS_H
#define UI_CMD_HEADLESS_H

#include "ui/run_options.h"

struct headless_setup {
    const struct run_options *run;
    const struct loaded_lab *lab;
    const char *trace_path, *pcap_path; /* "-": standard output; NULL: nowhere */
    bool with_log;                      /* on standard output */
};

/* Runs the session to its end. Returns the exit status. */
int headless_run(struct session *session, const struct headless_setup *setup);

#endif
