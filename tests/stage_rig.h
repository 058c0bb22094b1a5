/*
 * What the tests of the stage stand on: a stage without a terminal, told what to do by lines.
 */
#ifndef TESTS_STAGE_RIG_H
#define TESTS_STAGE_RIG_H

#include "ui/tui/stage_parts.h"

struct stage_rig {
    struct run_options run;
    struct stage_setup setup;
    struct stage *stage;
    struct grid grid;
};

/* A lab by its name on these lanes, 80x24. */
struct stage_rig *stage_rig_begin(const char *lab, const char *lanes);
void stage_rig_end(struct stage_rig *rig);

/* A command line, and all that is under way because of it. */
void stage_rig_do(struct stage_rig *rig, const char *line);
/* A click, or two of them, where this order is what a click does. */
void stage_rig_click(struct stage_rig *rig, const char *order, bool twice);
void stage_rig_draw(struct stage_rig *rig);

/* Checks that the message has this in it. */
void stage_rig_says(const struct stage_rig *rig, const char *part);

/* The socket that a host's state is shown of. */
const struct sock_row *stage_rig_sock(const struct stage_rig *rig, int host);

#endif
