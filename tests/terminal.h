/*
 * Real terminals for the program, in a tmux server of our own: keys go in, the screen comes out.
 */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include <stdbool.h>

/* Before and after all tests that need terminals: fixtures of their own for a test case, run
 * outside its tests, so that the server ends with them whatever a test does. */
void terminals_begin(void);
void terminals_end(void);

struct terminal {
    char name[24];      /* of its tmux session */
    char folder[64];    /* for the notes of what runs in it */
    char screen[40000]; /* as it was looked at last, blanks at the ends of rows left out */
};

/*
 * Opens a terminal in which a command runs, given as sh would read it behind `exec`. Before it
 * stands a line "this was here before"; after it the exit status as "status 0", and "stty is as
 * before" where stty -a is.
 */
void terminal_open(struct terminal *terminal, int width, int height, const char *command);
void terminal_close(struct terminal *terminal);
void terminal_resize(struct terminal *terminal, int width, int height);

/* Presses keys: their names as tmux has them, separated by blanks. */
void terminal_keys(struct terminal *terminal, const char *keys);

/* Sends the command a signal: "TERM". */
void terminal_signal(struct terminal *terminal, const char *signal);

/* Waits until this stands on the screen, or no longer does; fails where it takes too long. */
void terminal_await(struct terminal *terminal, const char *text);
void terminal_await_gone(struct terminal *terminal, const char *text);

/* Waits until the whole screen, or all of it but the first row and the time line, is this. */
void terminal_await_screen(struct terminal *terminal, const char *screen);
void terminal_await_below(struct terminal *terminal, const char *below);

/* Waits until the screen stays as it is, and gives it. */
const char *terminal_settled(struct terminal *terminal);

/* The screen with its colours as a terminal gets them. */
const char *terminal_colours(struct terminal *terminal);

/* What tmux knows of the terminal, as "#{cursor_flag}". */
const char *terminal_fact(struct terminal *terminal, const char *format);

#endif
