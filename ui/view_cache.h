/*
 * Views of a long run without folding all of it each time: what was folded is kept, with copies
 * from before as a way back. It gives what view_make() gives.
 *
 * Memory: three views, and one of 4,096 events each in a run of up to 260,000, fewer beyond.
 */
#ifndef UI_VIEW_CACHE_H
#define UI_VIEW_CACHE_H

#include "ui/view.h"

enum {
    VIEW_COPIES = 64,
    VIEW_STRIDE = 4096 /* events between two copies, to begin with */
};

/* An empty one is all 0. */
struct view_cache {
    const struct trace *of;
    struct view *base;   /* the events before a step, all as past ones; NULL: none yet */
    size_t base_end;     /* how many they are */
    struct view *shown;  /* of the step below, so that one that goes on is not begun anew */
    size_t shown_end;    /* 0: nothing is shown */
    uint32_t shown_step; /* as view->step */
    struct view *copies[VIEW_COPIES]; /* copy i is of the first (i + 1) * stride events */
    size_t count, stride;
    uint32_t cuts;   /* of the trace, as far as heard of */
    uint64_t folded; /* events folded so far, for measurements */
};

/* view_make(), by what is kept. Once memory runs out it folds all, as view_make() does. */
void view_look(struct view_cache *cache, struct view *view, const struct trace *trace,
               uint32_t step);

/* Frees what is kept. To be called where a trace ends: another one may begin at its address. */
void view_cache_clear(struct view_cache *cache);

#endif
