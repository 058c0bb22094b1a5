/*
 * The stage: a lab driven by keys in a terminal.
 */
#ifndef UI_TUI_STAGE_H
#define UI_TUI_STAGE_H

#include "ui/run_options.h"
#include "ui/tui/bindings.h"
#include "ui/tui/panels.h"
#include "ui/tui/theme.h"

/* A program that does what it does by itself, its record on the stage. */
struct stage_program {
    struct program_picture picture;
    /* A line for it that was typed; why it was not taken, in words, or NULL. And their end. */
    const char *(*send)(void *of, const char *line);
    void (*finish)(void *of);
    void *of;
};

struct stage_setup {
    const struct run_options *run;
    struct loaded_lab *lab;  /* the stage unloads it */
    struct session *session; /* that is run already, and closed by the stage; NULL: opens one */
    const struct stage_program *program; /* whose record the session is; NULL: a lab's */
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
