/*
 * What a program prints while the screen is not its own: standard output and standard error, caught
 * and given out line by line, fit for a terminal. They go to a file in memory, not to a pipe: who
 * prints never waits for who reads.
 */
#ifndef UI_SAID_H
#define UI_SAID_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SAID_LINE_MAX = 512, /* octets of a line, with its final NUL; longer ones become several */
    SAID_RAW_MAX = SAID_LINE_MAX + 3, /* so many are broken: the last character in the line is whole
                                       * then, and some are left for the next */
    SAID_LAST = 24                    /* lines that are kept for the end */
};

struct said {
    int file;               /* in memory; -1: nothing is caught */
    int out, err;           /* what descriptors 1 and 2 were before */
    char raw[SAID_RAW_MAX]; /* of the line under way, as it was printed */
    size_t raw_len;
    bool at_front;                            /* what comes next is written over it */
    void (*line)(void *of, const char *line); /* a line is whole; fit for a terminal */
    void *of;
    char last[SAID_LAST][SAID_LINE_MAX];
    unsigned long count; /* of all lines */
};

/* line and of are set. false: errno says why. */
bool said_begin(struct said *said);

/* Gives out the lines that were printed since. */
void said_take(struct said *said);

/* What was printed behind the last end of a line, fit for a terminal: a prompt, or how far
 * something has come. Returns text. */
char *said_open_line(const struct said *said, char *text, size_t len);

/* Ends the line under way with these words, typed by a person as if behind a prompt. */
void said_type(struct said *said, const char *words);

/* Prints again where it went before, and there the last lines of what was caught. */
void said_end(struct said *said);

/* The same at a crash, from a handler of signals; what was printed last (an assertion's message) is
 * among them. `said` is a struct said, which cannot be used any more. */
void said_crash(void *said);

#endif
