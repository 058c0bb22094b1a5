/*
 * What is written to a descriptor, and what a command does, as text to be looked at.
 */
#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stdio.h>

/* Between begin and end, what goes to the descriptor goes here. */
struct capture {
    int fd, kept;
    FILE *file;
};

void capture_begin(struct capture *capture, int fd);

/* Gives back the descriptor, and what was written: to be freed. */
char *capture_end(struct capture *capture);

/* The whole file from its beginning, with a final NUL: to be freed. *len may be NULL. */
char *read_whole(FILE *file, size_t *len);

/* A command that has ended. */
struct ran {
    int status;      /* as a shell has it: 128 + n after signal n */
    char *out, *err; /* standard output and error */
    size_t out_len;
};

/* Runs a program to its end, without input and without terminal. */
struct ran run_words(const char *const *words);

/* Runs a command line by sh, likewise; fails where $TCPSTEP, the program, is not set. */
struct ran run_shell(const char *command);
void ran_free(struct ran *ran);

/* Runs it and checks its exit status, showing what it wrote where that is another one. */
struct ran run_expecting(int status, const char *command);

#endif
