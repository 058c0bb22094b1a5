/*
 * Panels: pure functions from what is to be seen to a grid of cells.
 */
#ifndef UI_TUI_PANELS_H
#define UI_TUI_PANELS_H

#include "sim/lab.h"
#include "ui/event_list.h"
#include "ui/history.h"
#include "ui/labs.h"
#include "ui/tui/grid.h"
#include "ui/tui/zones.h"
#include "ui/view.h"

struct bindings;
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
    SCREEN_LARGE,
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
    int scroll;            /* lines above its first one */
    int row;               /* the chosen one */
    char search[64];       /* what is looked for; "": nothing */
    char filter[64];       /* what is shown; "": all */
    uint32_t scrolled_for; /* 1 more than the step that was scrolled to; 0: none yet */
    uint32_t scrolled_in;  /* and of which list of events, by its `begun` */
    int scrolled_rows;     /* and for how many rows */
};

/* A program on the stage that is no lab: it goes on by itself, and is only looked at. */
struct program_picture {
    const char *no_wire; /* why there is no ladder; NULL: there is one */
    bool takes_lines;    /* what is typed on the stage goes to it */
    bool over;           /* it has come to its end */
    char state[200];     /* what it is at, or how it ended */
};

/* What is to be seen. */
struct picture {
    const struct view *view;
    const struct trace *trace;     /* what the view was folded from, up to view->step */
    const struct history *history; /* of the same trace; NULL: no time line is drawn */
    const struct event_list *list; /* likewise; NULL: SCREEN_TRACE has nothing to show */
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
    bool is_news;                      /* the message: something was done, nothing refused */
    const struct catalogue *catalogue; /* the menu */
    size_t lab_chosen;
    const struct command_line *line;       /* that is typed; NULL: none */
    const struct bindings *bindings;       /* keys with another meaning; NULL: none */
    const struct program_picture *program; /* NULL: a lab is run */
    struct zones *zones;                   /* gets what is where; NULL: nobody asks */
};

/* The chosen segment, NULL where none waits. */
const struct view_row *picture_chosen(const struct picture *picture);

/* Chooses, among those that wait on a wire that is in hand: the same one as long as it waits, else
 * the first that is not held, or else the first. */
void picture_choose(struct picture *picture);
/* The one above, or below; the same where there is none. */
void picture_choose_next(struct picture *picture, bool down);

/* How far looks[SCREEN_SEGMENT].row can count back from the segment that is shown by itself, and
 * looks[SCREEN_SEQUENCE].row from the connection touched last. */
size_t segments_back(const struct picture *picture);
size_t connections_back(const struct picture *picture);
/* The largest looks[].scroll that shows more than the one before, on an area of that size. */
int segment_scroll_most(const struct picture *picture, int width, int height);
int sequence_scroll_most(const struct picture *picture, int width, int height);

/* In which ink a lane's or a host's things are: the model's, or the kernel's. */
enum ink ink_of_kind(enum lane_id kind);

/* A screen beside the stage; what it draws on is all but title, what comes next and the keys. */
struct screen_row {
    const char *name; /* as in --screen NAME */
    const char *title;
    void (*draw)(struct grid *grid, const struct picture *picture, struct rect area);
    int least; /* rows that it needs: where it would have fewer the time line is left away */
};

extern const struct screen_row screen_rows[SCREEN_COUNT];

/* Before drawing: where another step is shown than before, what follows the steps is scrolled
 * there: lesson and trace. */
void picture_prepare(struct picture *picture, const struct grid *grid);

/* What a screen, or the stage, has to draw on. */
struct rect screen_area(const struct grid *grid, const struct picture *picture);

/* Draws the whole screen. */
void draw_picture(struct grid *grid, const struct picture *picture);

/* The screens it is made of. */
void draw_stage(struct grid *grid, const struct picture *picture, struct rect area);
void draw_states(struct grid *grid, const struct picture *picture, struct rect area);
void draw_large(struct grid *grid, const struct picture *picture, struct rect area);
/* Arrows of the state diagram: looks[SCREEN_STATES].row is 1 to that, 0 for none. */
unsigned states_arrow_count(void);
void draw_segment(struct grid *grid, const struct picture *picture, struct rect area);
void draw_sequence(struct grid *grid, const struct picture *picture, struct rect area);
void draw_socket_list(struct grid *grid, const struct picture *picture, struct rect area);
void draw_hosts(struct grid *grid, const struct picture *picture, struct rect area);
void draw_trace(struct grid *grid, const struct picture *picture, struct rect area);
void draw_lesson(struct grid *grid, const struct picture *picture, struct rect area);
void draw_help(struct grid *grid, const struct picture *picture, struct rect area);
void draw_labs(struct grid *grid, const struct picture *picture, struct rect area);
void draw_acts(struct grid *grid, const struct picture *picture, struct rect area);

/* Has the list of events got as far as the step shown? */
bool trace_has_come(const struct picture *picture);

/* Lines above the first one, so that the step shown is in sight. */
int trace_scroll(const struct picture *picture, struct rect area);
int lesson_scroll(const struct picture *picture, struct rect area);

/* The next line of the trace, or the one before, in which what is looked for stands: chooses it,
 * and has it in sight. False: there is none. */
bool trace_find(struct picture *picture, struct rect area, bool down);

/* The time line: how many rows it has, 0: it is not there; where they are; the step whose tick is
 * in a column, or nearest to it. */
int timeline_rows(const struct grid *grid, const struct picture *picture);
struct rect timeline_area(const struct grid *grid, const struct picture *picture);
uint32_t timeline_step_at(const struct picture *picture, const struct grid *grid, int x);
void draw_timeline(struct grid *grid, const struct picture *picture);
/* What its marks mean: so many lines, each drawn by its number. */
int timeline_help_lines(void);
void draw_timeline_help(struct grid *grid, struct rect at, int line);

/* What stands below the stage: rows it takes, the whole of it, its last two lines. */
int below_rows(const struct grid *grid, const struct picture *picture);
void draw_below(struct grid *grid, const struct picture *picture);
void draw_next(struct grid *grid, const struct picture *picture, int y);
void draw_footer(struct grid *grid, const struct picture *picture, int y);
/* What can be typed next, where a command is typed; else false. */
bool draw_hints(struct grid *grid, const struct picture *picture, int y);

/* Parts of the stage. */
void draw_wire(struct grid *grid, const struct picture *picture, struct rect area);
/* What has become of a segment that has not arrived; "" of one that has. A program's wire is seen
 * from one end: what has gone from there has gone. */
const char *fate_words(const struct picture *picture, enum row_fate fate);
void draw_host_states(struct grid *grid, const struct picture *picture, int host, struct rect area);
/* Which of the host's timers that run in real time runs out first, and in how long; into the right
 * of the line. */
void draw_timer(struct grid *grid, const struct picture *picture, int host, struct rect at);
void draw_calls(struct grid *grid, const struct picture *picture, int host, struct rect area);
void draw_variables(struct grid *grid, const struct picture *picture, int host, struct rect area);
void draw_sockets(struct grid *grid, const struct picture *picture, int host, struct rect area);
/* What a program has printed and was given to read: its last lines. */
void draw_printed(struct grid *grid, const struct picture *picture, struct rect area);

#endif
