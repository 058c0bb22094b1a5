/*
 * The terminal: draws grids, reads keys, and leaves everything as it was, whatever happens. The
 * only part of the program that knows ncurses.
 */
#ifndef UI_TUI_SCREEN_H
#define UI_TUI_SCREEN_H

#include "ui/tui/keys.h"
#include "ui/tui/theme.h"

#include <stdio.h>

struct screen {
    void *term;       /* ncurses' SCREEN; NULL: closed */
    FILE *in, *out;   /* the terminal, set before it is opened; NULL: standard input and output */
    bool is_guest;    /* set before, too: signals are handled by who has opened it, and keys are
                       * waited for in a loop of its own (screen_take_key()) */
    enum theme theme; /* set before it is opened, or by screen_set_theme() */
    bool ascii;
    int colours; /* 0: none, or none wanted */
    struct paint paints[INK_COUNT];
    struct grid drawn;    /* what is there; no cells: not known */
    bool has_mouse;       /* the terminal tells of it now */
    struct mouse clicked; /* last */
    uint64_t clicked_usec;
};

/* Takes the terminal over. False: *why says what is missing, in words. `ascii`: draw with ASCII
 * even where the locale is UTF-8. */
bool screen_open(struct screen *screen, bool ascii, const char **why);
void screen_close(struct screen *screen);

/* Another theme, from the next drawing on. */
void screen_set_theme(struct screen *screen, enum theme theme);

void screen_size(int *width, int *height);

/* Writes what differs from what is there. */
void screen_draw(struct screen *screen, const struct grid *grid);

/* The next key (ui/tui/keys.h): waits up to timeout_ms, for ever if -1. */
uint32_t screen_key(int timeout_ms);

/* The next key if there is one already, else KEYS_NONE. For who knows that something can be read
 * from the terminal. */
uint32_t screen_take_key(void);

/* Does the terminal take more now? One that was stopped (Ctrl-S) does not: a drawing would wait. */
bool screen_has_room(void);

/* Whether the terminal is to tell of the mouse; else it marks text with it, as everywhere. */
void screen_wants_mouse(struct screen *screen, bool wanted);

/* Behind KEYS_MOUSE: what the mouse did. False: nothing that counts. */
bool screen_mouse(struct screen *screen, struct mouse *mouse);

/* What is known of the terminal without taking it over. */
struct screen_facts {
    bool is_terminal;    /* standard input and output are one */
    bool is_utf8;        /* by the locale */
    const char *term;    /* TERM; NULL: not set */
    bool is_known;       /* to terminfo, and its cursor can be placed */
    int colours;         /* 0: none */
    int width, height;   /* 0: not a terminal */
    const char *library; /* "ncurses 6.4.20221231" */
};

void screen_facts(struct screen_facts *facts);

/* What is done at a crash once the terminal is given back: by calls only that a handler of signals
 * may make (POSIX: async-signal-safe). NULL: nothing. */
void screen_at_crash(void (*then)(void *of), void *of);

/* The signal that asked the program to end, or 0. */
int screen_signal(void);

#endif
