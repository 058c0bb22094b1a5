/*
 * A line that is typed: a command, what is searched for, a filter, a line for a program; with a
 * cursor, completion, and those typed before. Pure: keys in, a text out.
 */
#ifndef UI_TUI_COMMAND_LINE_H
#define UI_TUI_COMMAND_LINE_H

#include "ui/tui/command.h"

enum {
    LINES_KEPT = 32
};

enum line_kind {
    LINE_SHUT,
    LINE_COMMAND, /* ':' */
    LINE_SEARCH,  /* '/' */
    LINE_FILTER,
    LINE_SEND /* for the program that is on the stage */
};

/* Those typed before, the newest first. */
struct typed_before {
    char lines[LINES_KEPT][ORDER_MAX];
    unsigned kept;
};

struct command_line {
    enum line_kind kind;
    char text[ORDER_MAX];
    size_t cursor; /* octets before it */
    size_t typed;  /* octets that were there when a completion began */
    size_t nth;    /* the completion that is shown, from 1; 0: none */
    struct typed_before commands, sent;
    unsigned looked_at;     /* of them, from 1; 0: the one that is typed */
    char put_by[ORDER_MAX]; /* that one meanwhile */
};

enum line_outcome_of_key {
    LINE_GOES_ON,
    LINE_DONE_WITH, /* enter: its text counts, and it is still there, shut */
    LINE_LEFT       /* it is shut, and nothing comes of it */
};

void line_open(struct command_line *line, enum line_kind kind, const char *text);

/* `pasted`: characters only, whatever key they would be. */
enum line_outcome_of_key line_key(struct command_line *line, uint32_t key, bool pasted,
                                  const struct lab *lab);

#endif
