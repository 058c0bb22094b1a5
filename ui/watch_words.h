/*
 * What is said of a connection that is watched.
 */
#ifndef UI_WATCH_WORDS_H
#define UI_WATCH_WORDS_H

#include "ui/watch.h"

enum {
    WATCH_LINE_MAX = 512,
    WATCH_DETAIL_MAX = 2048
};

/* "curl[123]", its name escaped, or "-"; returns text. */
char *watch_owner(const struct watch_row *row, char *text, size_t len);

/* "rto 0.204s", "2msl 59s", or "-"; returns text. */
char *watch_timer(const struct dump_row *row, char *text, size_t len);

/* What happened, in a line: when, since begin_usec; names; owner; the path up to its state `upto`.
 */
char *watch_line(const struct watch_row *row, unsigned upto, uint64_t begin_usec, char *text,
                 size_t len);

/* A segment of a connection, told in `words`. */
char *watch_segment_line(const struct segment *seg, const char *words, uint64_t usec,
                         uint64_t begin_usec, char *text, size_t len);

/* A connection as it stands, in a line, and the line above. */
char *watch_head(char *text, size_t len);
char *watch_state_line(const struct watch_row *row, char *text, size_t len);

/* All that the kernel tells of it, as words separated by blanks, a line for each matter. NULL: it
 * tells nothing any more. */
char *watch_detail(const struct watch_row *row, const struct dump_detail *detail, char *text,
                   size_t len);

#endif
