/*
 * The stage: a lab driven by keys in a terminal.
 */
#ifndef UI_TUI_STAGE_H
#define UI_TUI_STAGE_H

#include "ui/run_options.h"
#include "ui/tui/bindings.h"
#include "ui/tui/panels.h"
#include "ui/tui/theme.h"

struct stage_setup {
    const struct run_options *run;
    struct loaded_lab *lab; /* the stage unloads it */
    bool run_at_once;
    enum stage_screen screen; /* to begin with */
    enum theme theme;
    struct bindings bindings; /* keys with another meaning */
    unsigned speed;           /* to begin with, from 1 on; 0: not said */
    bool no_mouse;            /* the terminal keeps it */
    bool ascii;               /* no characters beyond ASCII, whatever the locale can do */
    const char *trace_path;   /* where the trace goes at the end; NULL: nowhere */
    const char *pcap_path;    /* likewise its segments, as pcapng */
};

/* Returns the exit status. What stands in the way of a stage (no terminal) is a complaint. */
int stage_run(const struct stage_setup *setup);

#endif
