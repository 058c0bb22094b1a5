/*
 * Lines, words and numbers of a head, for http.c and http_answer.c.
 */
#ifndef NET_HTTP_PARTS_H
#define NET_HTTP_PARTS_H

#include "net/http.h"

#define HTTP_MOST ((uint64_t)INT64_MAX) /* numbers beyond are this one: no file is so long */

/* Octets within a head. */
struct span {
    const char *at;
    size_t len;
};

/* Takes a line, without its end; false: there is none. */
bool span_next_line(struct span *rest, struct span *line);
/* "Name: value"; false: it is no such line. */
bool span_field(struct span line, struct span *name, struct span *value);
struct span span_trim(struct span span);
/* Small and capital letters are the same here. */
bool span_is(struct span span, const char *word);
bool span_begins(struct span span, const char *word);
bool span_has(struct span span, const char *word);
/* Digits and nothing else; otherwise *number stays. */
bool span_number(struct span span, uint64_t *number);
/* As text; "" where it does not fit. */
void span_copy(struct span span, char *text, size_t len);

#endif
