/*
 * What is said to a person on standard error, and near misses of words.
 */
#ifndef UI_COMPLAIN_H
#define UI_COMPLAIN_H

#include <stddef.h>

/* Exit statuses of the program. */
enum status {
    STATUS_DONE = 0,
    STATUS_DOES_NOT_HOLD = 1, /* something that was checked */
    STATUS_USAGE = 2,
    STATUS_NOT_ALLOWED = 3 /* by this machine */
};

/* "tcpstep: " and the words, a line on standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Of count words the one nearest to a misspelt one, or NULL where none is near. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
