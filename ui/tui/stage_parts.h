/*
 * The inside of the stage. It knows no terminal: keys, orders and time go in, a grid comes out.
 * stage.c is the loop around it.
 *
 * stage_key.c: keys and the mouse become orders, and the line that is typed; stage_order.c: orders
 * go to whom they are for; stage_walk.c: steps forwards and back, runs, stops; stage_wire.c: acts
 * on segments; stage_host.c: calls and settings by hand; stage_lab.c: which lab, on what;
 * stage_show.c: screens, scrolling, searching; stage_draw.c: the picture.
 */
#ifndef UI_TUI_STAGE_PARTS_H
#define UI_TUI_STAGE_PARTS_H

#include "ui/run_options.h"
#include "ui/tui/command_line.h"
#include "ui/tui/panels.h"
#include "ui/tui/stage.h"
#include "ui/view_cache.h"

enum {
    BREAKS_MAX = 8,
    MESSAGE_MAX = 240,
    LANES_WORDS_MAX = 64
};

/* Where a run that is as fast as can be is to end. */
struct seek {
    bool on;
    bool has_step;
    uint32_t step;
    struct stop stop;
};

/* What is looked for in the trace when the list of its events has come so far. */
enum finding {
    FIND_NOTHING,
    FIND_FIRST, /* from the step that is looked at on */
    FIND_NEXT,
    FIND_BEFORE
};

struct stage {
    const struct stage_setup *setup;
    struct run_options run; /* its words lie in the two behind it */
    char lanes[LANES_WORDS_MAX], profile[PROFILE_WORDS_MAX];
    struct loaded_lab *lab;
    struct session *session;
    struct view view;
    struct view_cache views;
    struct history history;
    struct event_list list;
    bool behind; /* the list is not up to date yet */
    enum finding finding;
    struct picture picture;
    struct zones zones;
    struct command_line line;
    struct catalogue catalogue;
    uint32_t at;      /* the step that is looked at */
    bool busy;        /* a step is under way */
    bool over;        /* the wish to end */
    bool pasting;     /* what comes is pasted */
    bool wants_mouse; /* whether the terminal shall tell of it */
    size_t speed;
    struct seek seek;
    struct stop breaks[BREAKS_MAX];
    unsigned break_count;
    char sought[ORDER_MAX]; /* what was searched for last */
    uint64_t step_usec;     /* when the next step of a run is due */
    uint64_t drawn_usec;    /* when the screen was drawn */
    size_t drawn_events;    /* what stood in the trace then */
    uint32_t drawn_at;
    bool drawn_busy, drawn_running;
    int status;
    char message[MESSAGE_MAX];
};

/* stage_lab.c */
/* NULL: it could not begin, a complaint was printed, and *status is the exit status for it. The
 * setup and what it points to outlive it, but for its lab, which becomes the stage's. */
struct stage *stage_new(const struct stage_setup *setup, int *status);
void stage_free(struct stage *stage);
/* What is kept beside a trace that ends. */
void stage_forget_trace(struct stage *stage);
void stage_begin_lab(struct stage *stage, const char *name);
void stage_begin_anew(struct stage *stage);
void stage_set_lanes(struct stage *stage, const char *words);
void stage_set_profile(struct stage *stage, const char *words);
void stage_set_seed(struct stage *stage, uint64_t seed);
void stage_write_file(struct stage *stage, const char *path);

/* stage_key.c */
void stage_key(struct stage *stage, uint32_t key);
void stage_mouse(struct stage *stage, const struct mouse *mouse);

/* stage_order.c */
void stage_order(struct stage *stage, const struct order *order);
/* To the program that is on the stage; why it was not taken is told. */
void stage_send(struct stage *stage, const char *line);
/* A command line; what is wrong with it is told. */
void stage_do(struct stage *stage, const char *line);

/* What is said to the last key: why it could not be; or what it has done. */
void stage_tell(struct stage *stage, const char *format, ...) __attribute__((format(printf, 2, 3)));
void stage_report(struct stage *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* stage_walk.c */
void stage_walk(struct stage *stage, const struct order *order);
void stage_change_speed(struct stage *stage, const struct order *order);
void stage_break(struct stage *stage, const struct order *order);
void stage_goto(struct stage *stage, uint64_t step);
/* What has been done is to be seen for a while before a run goes on. */
void stage_rest(struct stage *stage);
/* No key has come: time has. */
void stage_pass_time(struct stage *stage);
/* How long to wait for a key, in ms; -1: for ever. */
int stage_wait(const struct stage *stage);
const char *stage_speed_words(const struct stage *stage);

/* stage_wire.c */
void stage_act_on_wire(struct stage *stage, const struct order *order);
void stage_choose(struct stage *stage, const struct order *order);
/* Is there a lane whose time runs by itself? */
bool stage_is_live(const struct stage *stage);
/* Goes back to the step that is looked at, where it is not the last one, to do something else from
 * there. False: that cannot be, and it was told why. */
bool stage_come_back(struct stage *stage);
void stage_undo(struct stage *stage);

/* stage_host.c */
void stage_call(struct stage *stage, const char *words);
void stage_set(struct stage *stage, const char *words);

/* stage_show.c */
void stage_show(struct stage *stage, const struct order *order);
void stage_scroll(struct stage *stage, const struct order *order);
void stage_wheel(struct stage *stage, bool up);
void stage_search(struct stage *stage, const char *text);
void stage_search_again(struct stage *stage, bool back);
void stage_filter(struct stage *stage, const char *text);
/* Goes on with a search in the trace, for a grid of that size. */
void stage_find(struct stage *stage, const struct grid *grid);

/* stage_draw.c */
void stage_draw(struct stage *stage, struct grid *grid);
/* Has anything changed since, or the time on a lane whose timers are to be seen? */
bool stage_is_outdated(const struct stage *stage);

#endif
