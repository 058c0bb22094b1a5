/*
 * Command lines: one table a command serves the reading of its options and its --help.
 */
#ifndef UI_ARGS_H
#define UI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option {
    const char *name; /* without the dashes */
    const char *arg;  /* what its value is called in --help; NULL: it has none */
    const char *help;
};

/* Options that every command has; ended by one without a name. */
extern const struct option common_options[];

/* A command of the program. */
struct command_spec {
    const char *name;
    const char *arguments; /* as in "LAB", may be "" */
    const char *summary;
    const struct option *options; /* ended by one without a name */
    int (*run)(const struct command_spec *spec, int argc, char **argv); /* argv behind the name */
};

enum arg_kind {
    ARG_END,
    ARG_WORD,   /* *value is it */
    ARG_OPTION, /* *option is its index, *value its value */
    ARG_HELP,   /* --help was asked for and printed */
    ARG_WRONG   /* a complaint was printed */
};

struct args {
    const struct command_spec *spec;
    int argc, at;
    char **argv;
    bool only_words; /* after "--" */
};

enum arg_kind args_next(struct args *args, size_t *option, const char **value);

/* A command line of options and of one word at most. */
struct args_wish {
    bool (*option)(void *of, size_t option, const char *value); /* false: a complaint was printed */
    void *of;
    const char **word;        /* NULL as long as there is none */
    const char *one_too_many; /* what is said of a second one, with a place for it */
};

/* Reads all of it. false: that was it, with the exit status *status. */
bool args_read(const struct command_spec *spec, int argc, char **argv, const struct args_wish *wish,
               int *status);

void command_help(const struct command_spec *spec);

/* A whole decimal number from min to max; false: a complaint was printed. */
bool arg_number(const char *option, const char *value, uint64_t min, uint64_t max,
                uint64_t *number);

#endif
