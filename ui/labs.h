/*
 * Labs by name: those built into the program, and files.
 */
#ifndef UI_LABS_H
#define UI_LABS_H

#include "sim/lab.h"

struct builtin_lab {
    const char *name;
    const unsigned char *text;
    size_t len;
};

/* docs/labs/NAME.lab, sorted by name; written by .make/embed. */
extern const struct builtin_lab builtin_labs[];
extern const size_t builtin_lab_count;

enum {
    CATALOGUE_MAX = 64,
    CATALOGUE_TITLE_MAX = 96
};

struct catalogue_lab {
    const char *name;
    uint32_t lesson;
    char title[CATALOGUE_TITLE_MAX];
};

/* The built-in labs in the order of their lessons. */
struct catalogue {
    size_t count;
    struct catalogue_lab labs[CATALOGUE_MAX];
};

/* False: out of memory. */
bool catalogue_make(struct catalogue *catalogue);

struct loaded_lab {
    struct lab lab;
    char name[64];
    char *source; /* of a file; NULL for a built-in one */
};

/* A built-in lab by its name, or a file where the word has a '/' or ends in ".lab". NULL: a
 * complaint was printed that names file and line, and *status is the exit status for it. */
struct loaded_lab *lab_load(const char *word, int *status);
/* Likewise, but the complaint goes to `why`. */
struct loaded_lab *lab_try(const char *word, int *status, char *why, size_t len);
void lab_unload(struct loaded_lab *loaded);

#endif
