/*
 * Lists of events.
 */
#include "ui/event_list.h"

#include "ui/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    EVENTS_AT_ONCE = 300000, /* some milliseconds each */
    SEARCHED_AT_ONCE = 4000
};

void event_list_reset(struct event_list *list)
{
    free(list->rows);
    free(list->matches);
    memset(list, 0, sizeof *list);
}

static bool push(uint32_t **rows, size_t *count, size_t *cap, size_t value)
{
    if (*count == *cap) {
        size_t more = *cap ? *cap * 2 : 1024;
        uint32_t *moved = realloc(*rows, more * sizeof *moved);
        if (!moved)
            return false;
        *rows = moved;
        *cap = more;
    }
    (*rows)[(*count)++] = (uint32_t)value;
    return true;
}

/* From the first event on. */
static void begin(struct event_list *list, const char *filter)
{
    list->count = list->match_count = list->events = list->searched = 0;
    memset(list->numbering, 0, sizeof list->numbering);
    strncpy(list->filter, filter, sizeof list->filter - 1);
    event_filter_read(&list->passes, list->filter);
    list->begun++;
}

/* What follows from the events that are left stays; sockets that the filter has learnt since do no
 * harm, for they are made anew with the same numbers or not at all. */
static void cut(struct event_list *list, size_t events)
{
    if (events < list->events)
        list->events = events;
    while (list->count && list->rows[list->count - 1] >= events)
        list->count--;
    if (list->searched > list->count)
        list->searched = list->count;
    while (list->match_count && list->matches[list->match_count - 1] >= list->count)
        list->match_count--;
}

static void follow_cut(struct event_list *list, const struct trace *trace)
{
    bool heard_of_all = trace->cuts == list->cuts + 1;
    list->cuts = trace->cuts;
    cut(list, heard_of_all ? trace->cut_to : 0);
}

static void take_events(struct event_list *list, const struct trace *trace)
{
    size_t end = list->events + EVENTS_AT_ONCE;
    for (; list->events < trace->count && list->events < end; list->events++) {
        const struct event *event = &trace->events[list->events];
        if (event->lane < LANE_COUNT)
            numbering_learn(&list->numbering[event->lane], event);
        if (event_filter_passes(&list->passes, event))
            list->full = !push(&list->rows, &list->count, &list->cap, list->events) || list->full;
    }
}

const char *words_find(const char *text, const char *part)
{
    size_t len = strlen(part);
    int low = tolower((unsigned char)part[0]);
    for (; len > 0 && *text; text++) {
        if (tolower((unsigned char)*text) == low && strncasecmp(text, part, len) == 0)
            return text;
    }
    return NULL;
}

static void search_rows(struct event_list *list, const struct trace *trace)
{
    char words[WORDS_MAX];
    size_t end = list->searched + SEARCHED_AT_ONCE;
    for (; list->searched < list->count && list->searched < end; list->searched++) {
        event_list_words(list, trace, list->searched, words, sizeof words);
        if (words_find(words, list->search))
            list->full =
                !push(&list->matches, &list->match_count, &list->match_cap, list->searched) ||
                list->full;
    }
}

bool event_list_update(struct event_list *list, const struct trace *trace, const char *filter,
                       const char *search)
{
    if (list->total == 0 || strncmp(list->filter, filter, sizeof list->filter - 1) != 0)
        begin(list, filter);
    if (strncmp(list->search, search, sizeof list->search - 1) != 0) {
        strncpy(list->search, search, sizeof list->search - 1);
        list->match_count = list->searched = 0;
    }
    if (list->cuts != trace->cuts)
        follow_cut(list, trace);
    list->total = trace->count;
    take_events(list, trace);
    if (!list->search[0])
        return list->events == trace->count;
    search_rows(list, trace);
    return list->events == trace->count && list->searched == list->count;
}

/* The first of `count` sorted values that is not less than that one. */
static size_t first_from(const uint32_t *values, size_t count, size_t value)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (values[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t event_list_row(const struct event_list *list, size_t event)
{
    return first_from(list->rows, list->count, event);
}

size_t event_list_match(const struct event_list *list, size_t row)
{
    return first_from(list->matches, list->match_count, row);
}

char *event_list_words(const struct event_list *list, const struct trace *trace, size_t row,
                       char *text, size_t len)
{
    const struct event *event = &trace->events[list->rows[row]];
    unsigned lane = event->lane;
    if (lane >= LANE_COUNT) { /* what comes next is told of the first lane */
        lane = 0;
        while (lane + 1 < LANE_COUNT && !trace->on[lane])
            lane++;
    }
    return words_event(event, &list->numbering[lane], text, len);
}
