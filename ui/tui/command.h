/*
 * What can be ordered of the stage: one table, from which the keys, the footer, the help and the
 * command line come. Pure: an order is a value, and ui/tui/stage_order.c carries it out.
 */
#ifndef UI_TUI_COMMAND_H
#define UI_TUI_COMMAND_H

#include "ui/tui/keys.h"
#include "ui/tui/panels.h"
#include "ui/tui/stops.h"

enum {
    FOOTER_LAST = 9,
    ORDER_MAX = 240 /* octets of a command line, with the final NUL */
};

enum stage_command {
    STAGE_NOTHING,
    STAGE_STEP,
    STAGE_BACK,
    STAGE_RUN,
    STAGE_PAUSE,
    STAGE_SPEED,
    STAGE_GOTO,
    STAGE_FIRST,
    STAGE_LAST,
    STAGE_UNTIL,
    STAGE_BREAK,
    STAGE_UNBREAK,
    STAGE_UNDO,
    STAGE_DELIVER,
    STAGE_DROP,
    STAGE_DUPLICATE,
    STAGE_HOLD,
    STAGE_RELEASE,
    STAGE_CORRUPT,
    STAGE_REORDER,
    STAGE_DELAY,
    STAGE_CHOOSE,
    STAGE_ACTS,
    STAGE_CALL,
    STAGE_SET,
    STAGE_LABS,
    STAGE_LAB,
    STAGE_RESTART,
    STAGE_ON,
    STAGE_PROFILE,
    STAGE_SEED,
    STAGE_WRITE,
    STAGE_VIEW,
    STAGE_TAB,
    STAGE_UP,
    STAGE_DOWN,
    STAGE_PAGE_UP,
    STAGE_PAGE_DOWN,
    STAGE_TOP,
    STAGE_BOTTOM,
    STAGE_TAKE,
    STAGE_EDIT,
    STAGE_SEARCH,
    STAGE_AGAIN,
    STAGE_FILTER,
    STAGE_TELL,
    STAGE_LINE,
    STAGE_SEND,   /* a line that is typed, to the program */
    STAGE_FINISH, /* there will be no more of them */
    STAGE_MOUSE,
    STAGE_CLOSE,
    STAGE_QUIT
};

/* Parts of a step, told in lines where there is no screen. */
enum told_part {
    PART_STEP, /* all of it */
    PART_WHY,
    PART_WIRE,
    PART_SAY,
    PART_COUNT
};

/* What stands behind a command's name: how it is read, and what completes it. */
enum argument {
    TAKES_NOTHING,
    TAKES_COUNT,   /* a number, or nothing for 1 */
    TAKES_NUMBER,  /* a number */
    TAKES_SEGMENT, /* the id of a segment, or nothing for the chosen one */
    TAKES_DELAY,   /* "300 ms", or nothing; then a segment likewise */
    TAKES_SPEED,   /* 1 to 7, faster or slower */
    TAKES_STOP,    /* STATE [HOST], "rule" NAME, or "state" */
    MAY_TAKE_STOP, /* or nothing */
    TAKES_LAB,
    TAKES_LANES,
    TAKES_PROFILE,
    TAKES_SCREEN,
    TAKES_TAB,    /* or nothing for the next one */
    TAKES_PART,   /* of a step, as lines tell it */
    TAKES_ON_OFF, /* or nothing for the other one */
    TAKES_CALL,   /* "A: close(c)" */
    TAKES_SET,    /* HOST NAME VALUE */
    TAKES_TEXT,   /* anything that is not empty */
    MAY_TAKE_TEXT
};

/* An order: a command with its arguments, read. */
struct order {
    enum stage_command command;
    bool said;       /* an argument was given */
    uint64_t number; /* count, step, seed, id, speed; of a screen, a tab: which one */
    uint64_t usec;   /* TAKES_DELAY; 0: not said */
    int lane;        /* TAKES_SEGMENT: which lane's wire; -1: not said */
    struct stop stop;
    char words[ORDER_MAX]; /* the arguments as they were written */
};

struct command_row {
    enum stage_command command;
    const char *name; /* on the command line; NULL: the heading of a group, in `help` */
    enum argument takes;
    const char *usage;       /* what it takes, for people; "" */
    const char *with;        /* what its keys and its bare name give it; NULL: nothing */
    const char *label;       /* how its keys are called; "": it has none */
    uint32_t key, also, too; /* KEYS_NONE: fewer */
    unsigned screens;        /* a bit for each screen on which the keys hold; 0: on all */
    unsigned rank;           /* in the footer, which shows as many as fit: 1 first, FOOTER_LAST
                              * always, at the end; 0: not there */
    const char *footer;      /* a word or two */
    const char *help;
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;

/* May it be ordered: is it no heading, and does its screen exist? */
bool command_exists(const struct command_row *row);

/* What a key does on a screen; NULL: nothing. */
const struct command_row *command_of_key(uint32_t key, enum stage_screen screen);

/* The command of that name; NULL: there is none. */
const struct command_row *command_of_name(const char *name, size_t len);

/* What that row's keys order. */
void order_of_row(const struct command_row *row, struct order *order);

/* Does it make sense of a program that goes on by itself (true), or of a lab (false)? */
bool order_is_for(const struct order *order, bool program);

/* Reads a command line. False: `wrong` says why, in words. */
bool order_read(const char *line, struct order *order, char *wrong, size_t len);

/* The n-th word that can stand where `line` ends, beginning as its last word does; NULL: there are
 * fewer. Its length in octets goes to *kept: what is to be replaced at the end of the line. */
const char *command_completion(const char *line, const struct lab *lab, size_t n, size_t *kept,
                               char *word, size_t len);

#endif
