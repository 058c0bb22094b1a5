/*
 * The configuration file, $XDG_CONFIG_HOME/tcpstep/config: options that need not be said each time,
 * a line each. `theme = light` stands for --theme=light, `ascii = yes` for --ascii, `key x =
 * states` for --key=x=states; '#' begins a comment. What is said on the command line comes later,
 * and counts.
 */
#ifndef UI_CONFIG_H
#define UI_CONFIG_H

#include "ui/args.h"

enum {
    CONFIG_MAX = 64, /* lines that say something */
    CONFIG_PATH_MAX = 512
};

struct config_option {
    const char *name;
    bool flag; /* yes or no, and no value on the command line */
};

/* What may stand there, ended by one without a name. */
extern const struct config_option config_options[];

struct config {
    char path[CONFIG_PATH_MAX]; /* "" where there is nowhere to look */
    char *options[CONFIG_MAX];  /* "--theme=light" */
    unsigned count;
};

/* Reads the file at `path`; NULL: where it lies by the environment, if there is one there. False: a
 * complaint was printed that names file and line. */
bool config_read(struct config *config, const char *path);
void config_free(struct config *config);

/* The value of an option that takes one; NULL: it is not there. */
const char *config_value(const struct config *config, const char *name);

/* Puts the options that the command has into argv, CONFIG_MAX at most; returns their number. */
unsigned config_for(const struct config *config, const struct command_spec *spec, char **argv);

#endif
