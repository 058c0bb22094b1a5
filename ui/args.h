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

enum {
    ARGS_WHOLE = -1 /* args_read(): all of the line was taken */
};

/* What a command makes of its line; false: refused, and a complaint was printed. */
struct args_taker {
    bool (*option)(void *to, size_t option, const char *value);
    bool (*word)(void *to, const char *value); /* NULL: the command takes none, but `one` */
    void *to;
    const char **one;     /* where the command's only word goes; NULL: there is none */
    const char *too_many; /* what is complained of where *one is one already, with a place for it */
};

/* Gives options and words in their order until one is refused. ARGS_WHOLE, or the status that the
 * command ends with: --help was asked for, or something is wrong. */
int args_read(const struct command_spec *spec, int argc, char **argv,
              const struct args_taker *taker);

/* For a command that takes one word: false, with a complaint, where *word is one already. `wrong`
 * is its format, with a place for the word that is one too many. */
bool args_one_word(const char **word, const char *value, const char *wrong);

void command_help(const struct command_spec *spec);

/* A whole decimal number from min to max; false: a complaint was printed. */
bool arg_number(const char *option, const char *value, uint64_t min, uint64_t max,
                uint64_t *number);

#endif
