/*
 * The code of packetdrill scripts, %{ ... }%: as much of Python as assertions are written in.
 *
 *     assert 9 <= tcpi_snd_cwnd <= 11, 'cwnd=%d' % tcpi_snd_cwnd
 *
 * Statements stand on lines or between semicolons: assert, assignments to names, print (ignored).
 * Expressions: whole numbers of 64 bits, floats, strings, True, False, None, flat tuples and lists,
 * names; or, and, not, comparisons and their chains, in, not in, | ^ & << >> + - * / // % ~ **;
 * calls of abs, int, len, max, min, round, str. Nothing else of Python: a conditional expression,
 * an index or a method is a mistake that is reported. / divides as in Python 3.
 *
 * What cannot be evaluated is never taken to hold: an unknown name, a wrong type, a number beyond
 * 64 bits is an error, and so is a mistake in any statement, before or behind one that fails.
 */
#ifndef UI_DRILL_EXPR_H
#define UI_DRILL_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EXPR_CODE_MAX = 64 * 1024, /* octets of code */
    EXPR_TEXT_MAX = 1024,      /* octets of a string that is put together */
    EXPR_DEPTH_MAX = 64,       /* parentheses and signs within each other */
    EXPR_VARIABLES_MAX = 64    /* that code assigns to */
};

enum expr_kind {
    EXPR_NONE,
    EXPR_BOOL,  /* number: 0 or 1 */
    EXPR_INT,   /* number */
    EXPR_FLOAT, /* real */
    EXPR_STRING,
    EXPR_TUPLE /* a list, too */
};

struct expr_value {
    enum expr_kind kind;
    int64_t number;
    double real;
    const char *text; /* len octets */
    size_t len;
    const struct expr_value *items; /* item_count of them, none a tuple */
    size_t item_count;
};

/* The names that code knows beside those it assigns to itself. */
struct expr_names {
    /* False: there is no such name. What the value points to must stay until expr_run() ends. */
    bool (*get)(void *to, const char *name, struct expr_value *value);
    /* Hears of each assignment, so that code further on can be given the name; may be NULL. What
     * the value points to ends with expr_run(). */
    void (*set)(void *to, const char *name, const struct expr_value *value);
    void *to;
};

enum expr_outcome {
    EXPR_HOLDS, /* every assertion holds (there may be none) */
    EXPR_FAILS, /* one does not: the first such is reported */
    EXPR_ERROR  /* the code cannot be evaluated: report->error says why */
};

/* Texts of a script are in it as they are: they go to a terminal only escaped. */
struct expr_report {
    uint32_t line;       /* in the code, from 1; 0 where it holds */
    char assertion[256]; /* FAILS: its source, blanks and comments squeezed */
    char message[256];   /* FAILS: what stands behind its comma, evaluated; may be "" */
    bool is_comparison;  /* FAILS: because these two do not compare so */
    char left[80], right[80];
    char error[160];     /* ERROR */
    uint32_t assertions; /* how many hold */
};

enum expr_outcome expr_run(const char *code, size_t len, const struct expr_names *names,
                           struct expr_report *report);

/* The value as Python's print() shows it, cut to what len holds; returns text. */
char *expr_show(const struct expr_value *value, char *text, size_t len);

#endif
