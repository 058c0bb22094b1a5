/*
 * How far a transfer has come, as a line that is written over itself: `45%  1.2 GB of 2.6 GB
 * 310 MB/s  0:04 left`. On a terminal only.
 */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *to; /* NULL: nobody looks */
    uint64_t began_usec, began_at, shown_usec;
    bool begun, shown;
};

/* Octets per second are counted from the first call on. total 0: not known. */
void progress_show(struct progress *progress, uint64_t now_usec, uint64_t done, uint64_t total);
/* Behind the last one the line is the terminal's again. */
void progress_end(struct progress *progress);

/* The line; returns text. `from` was there when it began, usec ago. */
char *progress_text(uint64_t from, uint64_t done, uint64_t total, uint64_t usec, char *text,
                    size_t len);
/* "1.2 MB"; returns text. */
char *octets_text(uint64_t octets, char *text, size_t len);

#endif
