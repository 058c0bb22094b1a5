/*
 * Panels: pure functions from what is to be seen to a grid of cells.
 */
#ifndef UI_TUI_PANELS_H
#define UI_TUI_PANELS_H

#include "sim/lab.h"
#include "ui/labs.h"
#include "ui/tui/grid.h"
#include "ui/tui/zones.h"
#include "ui/view.h"

struct command_line;

enum {
    LEAST_WIDTH = 80,
    LEAST_HEIGHT = 24,
    WIDE_FROM = 110 /* columns from which the hosts stand beside the wire */
};

enum stage_screen {
    SCREEN_STAGE,
    SCREEN_STATES,
    SCREEN_SEGMENT,
    SCREEN_SEQUENCE,
    SCREEN_SOCKETS,
    SCREEN_HOSTS,
    SCREEN_TRACE,
    SCREEN_LESSON,
    SCREEN_HELP,
    SCREEN_LABS,
    SCREEN_ACTS,
    SCREEN_COUNT
};

enum stage_tab {
    TAB_WIRE,
    TAB_CALLS,
    TAB_VARIABLES,
    TAB_SOCKETS,
    TAB_COUNT
};

/* How a screen of many lines is looked at. */
struct look {
    int scroll;      /* lines above its first one */
    int row;         /* the chosen one */
    char search[64]; /* what is looked for; "": nothing */
    char filter[64]; /* what is shown; "": all */
};

/* What is to be seen. */
struct picture {
    const struct view *view;
    const struct trace *trace; /* what the view was folded from, up to view->step */
    const struct lab *lab;
    const struct profile *profile; /* what the model goes by */
    enum stage_screen screen;
    struct look looks[SCREEN_COUNT];
    enum stage_tab tab;  /* on a narrow screen */
    uint32_t last_step;  /* the last one done: view->step may be an earlier one */
    uint32_t chosen;     /* id of the chosen segment on the wire; 0: none */
    uint8_t chosen_lane; /* on whose wire */
    bool running;
    bool busy;                         /* a step is under way, and waits for real time */
    bool record_only[LANE_COUNT];      /* a lane that is no longer run */
    uint64_t now_usec[LANE_COUNT];     /* the clock of a lane where that has run on; or 0 */
    const char *speed;                 /* "2 steps a second" */
    const char *message;               /* said once, to the last key; "" for none */
    const struct catalogue *catalogue; /* the menu */
    size_t lab_chosen;
    const struct command_line *line; /* that is typed; NULL: none */
    struct zones *zones;             /* gets what is where; NULL: nobody asks */
};

/* The chosen segment, NULL where none waits. */
const struct view_row *picture_chosen(const struct picture *picture);

/* Chooses, among those that wait on a wire that is in hand: the same one as long as it waits, else
 * the first that is not held, or else the first. */
void picture_choose(struct picture *picture);
/* The one above, or below; the same where there is none. */
void picture_choose_next(struct picture *picture, bool down);

/* In which ink a lane's or a host's things are: the model's, or the kernel's. */
enum ink ink_of_kind(enum lane_id kind);

/* A screen beside the stage; what it draws on is all but title, what comes next and the keys. */
struct screen_row {
    const char *name; /* as in --screen NAME */
    const char *title;
    void (*draw)(struct grid *grid, const struct picture *picture, struct rect area);
};

extern const struct screen_row screen_rows[SCREEN_COUNT];

/* Draws the whole screen. */
void draw_picture(struct grid *grid, const struct picture *picture);

/* The screens it is made of. */
void draw_stage(struct grid *grid, const struct picture *picture, struct rect area);
void draw_states(struct grid *grid, const struct picture *picture, struct rect area);
void draw_help(struct grid *grid, const struct picture *picture, struct rect area);
void draw_labs(struct grid *grid, const struct picture *picture, struct rect area);
void draw_acts(struct grid *grid, const struct picture *picture, struct rect area);

/* What stands below the stage: rows it takes, the whole of it, its last two lines. */
int below_rows(const struct grid *grid, const struct picture *picture);
void draw_below(struct grid *grid, const struct picture *picture);
void draw_next(struct grid *grid, const struct picture *picture, int y);
void draw_footer(struct grid *grid, const struct picture *picture, int y);
/* What can be typed next, where a command is typed; else false. */
bool draw_hints(struct grid *grid, const struct picture *picture, int y);

/* Parts of the stage. */
void draw_wire(struct grid *grid, const struct picture *picture, struct rect area);
void draw_host_states(struct grid *grid, const struct picture *picture, int host, struct rect area);
/* Which of the host's timers that run in real time runs out first, and in how long; into the right
 * of the line. */
void draw_timer(struct grid *grid, const struct picture *picture, int host, struct rect at);
void draw_calls(struct grid *grid, const struct picture *picture, int host, struct rect area);
void draw_variables(struct grid *grid, const struct picture *picture, int host, struct rect area);
void draw_sockets(struct grid *grid, const struct picture *picture, int host, struct rect area);

#endif
