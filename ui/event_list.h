/*
 * The events of a trace that a filter lets pass, and those of them in which something that is
 * looked for stands: an index that is brought up to date as the trace grows, so many events at a
 * time.
 */
#ifndef UI_EVENT_LIST_H
#define UI_EVENT_LIST_H

#include "net/trace.h"
#include "ui/event_filter.h"
#include "ui/numbering.h"

enum {
    LIST_WORD_MAX = 64
};

struct event_list {
    uint32_t *rows; /* `count` of them: which events of the trace */
    size_t count, cap;
    uint32_t *matches; /* which of the rows */
    size_t match_count, match_cap;
    size_t events;   /* of the trace that were looked at */
    size_t searched; /* rows that were looked through */
    size_t total;    /* events there are */
    uint32_t cuts;
    uint32_t begun; /* how often it was begun from the first event on, as by another filter */
    char filter[LIST_WORD_MAX], search[LIST_WORD_MAX];
    struct event_filter passes;
    struct numbering numbering[LANE_COUNT]; /* of the whole trace */
    bool full;                              /* memory ran out */
};

/* An empty one is all 0. Frees what it keeps and makes it empty: for another trace. */
void event_list_reset(struct event_list *list);

/* Goes on with what is there, or anew where filter or search are others than before, for some
 * milliseconds at most. False: it is not done yet, to be called again. */
bool event_list_update(struct event_list *list, const struct trace *trace, const char *filter,
                       const char *search);

/* The first row at or behind that event of the trace; `count` where there is none. */
size_t event_list_row(const struct event_list *list, size_t event);

/* The first match at or behind that row; `match_count` where there is none. */
size_t event_list_match(const struct event_list *list, size_t row);

/* The row's event as a line of words; returns text. */
char *event_list_words(const struct event_list *list, const struct trace *trace, size_t row,
                       char *text, size_t len);

/* Where `part` stands in text, in capitals or not; NULL: nowhere. */
const char *words_find(const char *text, const char *part);

#endif
