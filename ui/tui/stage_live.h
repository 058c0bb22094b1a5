/*
 * The stage of a program that does what it does by itself (serve, connect, ...): its calls, the
 * states seen behind them, what it prints and, where that is allowed, the segments of its
 * connections become the steps of a record, while it goes on. The terminal is one more source in
 * the program's own loop; the program never waits for it.
 */
#ifndef UI_TUI_STAGE_LIVE_H
#define UI_TUI_STAGE_LIVE_H

#include "net/loop.h"
#include "net/told.h"

struct live_stage;

struct live_stage_setup {
    const char *name; /* of the program, and of its host */
    bool datagrams;   /* it has no TCP: there is no ladder */
    struct loop *loop;
    void (*quit)(void *of); /* a person wants the program to end, or the terminal is gone */
    void *of;
};

/* Takes the terminal over, and standard output and error with it: what is printed is on the stage
 * from here on. NULL: a complaint was printed. */
struct live_stage *live_stage_open(const struct live_stage_setup *setup);

/* Where the events of the program's calls go; and whose they are, before the first of them. */
struct sink live_stage_sink(struct live_stage *stage);
void live_stage_watch(struct live_stage *stage, struct told *told);

/* What is typed on the stage goes to the program: `send` says in words why a line was not taken, or
 * returns NULL. */
void live_stage_lines(struct live_stage *stage, const char *(*send)(void *of, const char *line),
                      void (*finish)(void *of), void *of);

/* Before each wait of the loop: takes what has happened since, and draws where it is time to.
 * Returns how long may be waited, in ms. `ends`: the program was asked to end. */
int live_stage_turn(struct live_stage *stage, bool ends);

/* The program has come to its end, with that exit status. The stage stays until it is closed. */
void live_stage_over(struct live_stage *stage, int status);

/* Gives the terminal back, prints the last lines there, and frees it. */
void live_stage_close(struct live_stage *stage);

#endif
