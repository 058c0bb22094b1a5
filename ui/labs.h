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

struct loaded_lab {
    struct lab lab;
    char name[64];
    char *source; /* of a file; NULL for a built-in one */
};

/* A built-in lab by its name, or a file where the word has a '/' or ends in ".lab". NULL: a
 * complaint was printed that names file and line, and *status is the exit status for it. */
struct loaded_lab *lab_load(const char *word, int *status);
void lab_unload(struct loaded_lab *loaded);

#endif
