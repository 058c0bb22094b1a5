/*
 * Views half folded. Events before the step shown are folded as past ones, so that the same view
 * serves the steps behind.
 */
#include "ui/view_cache.h"

#include <stdlib.h>
#include <string.h>

void view_cache_clear(struct view_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++)
        free(cache->copies[i]);
    free(cache->base);
    free(cache->shown);
    *cache = (struct view_cache){ .folded = cache->folded };
}

/* What was folded of events that are no longer there is given up. Where more cuts than one were
 * missed it is not known how deep they went. */
static void heed_cuts(struct view_cache *cache, const struct trace *trace)
{
    size_t left = trace->cuts == cache->cuts + 1 ? trace->cut_to : 0;
    if (cache->of != trace || trace->cuts == cache->cuts)
        return;
    while (cache->count > 0 && cache->count * cache->stride > left)
        free(cache->copies[--cache->count]);
    if (cache->base_end > left) {
        cache->base_end = 0;
        view_begin(cache->base, trace);
    }
    cache->shown_end = 0;
    cache->cuts = trace->cuts;
}

static bool begin(struct view_cache *cache, const struct trace *trace)
{
    if (cache->of != trace || trace->count < cache->base_end)
        view_cache_clear(cache);
    cache->of = trace;
    if (!cache->base) {
        cache->base = malloc(sizeof *cache->base);
        cache->shown = malloc(sizeof *cache->shown);
        cache->stride = VIEW_STRIDE;
        cache->cuts = trace->cuts;
        if (cache->base && cache->shown)
            view_begin(cache->base, trace);
    }
    if (cache->base && cache->shown)
        return true;
    view_cache_clear(cache);
    return false;
}

/* Every other copy is given up, and they are taken half as often. */
static void thin_out(struct view_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++) {
        if (i % 2 == 0)
            free(cache->copies[i]);
        else
            cache->copies[i / 2] = cache->copies[i];
    }
    cache->count /= 2;
    cache->stride *= 2;
}

static void keep_copy(struct view_cache *cache)
{
    if (cache->count == VIEW_COPIES)
        thin_out(cache);
    if (cache->base_end != (cache->count + 1) * cache->stride)
        return;
    struct view *copy = malloc(sizeof *copy);
    if (!copy)
        return; /* the way there is longer */
    memcpy(copy, cache->base, sizeof *copy);
    cache->copies[cache->count++] = copy;
}

/* Makes the base one of the first `end` events: from the nearest copy, where it is nearer. */
static void bring_base(struct view_cache *cache, const struct trace *trace, size_t end)
{
    size_t copies = end / cache->stride;
    if (copies > cache->count)
        copies = cache->count;
    if (cache->base_end > end || cache->base_end < copies * cache->stride) {
        cache->base_end = copies * cache->stride;
        if (copies > 0)
            memcpy(cache->base, cache->copies[copies - 1], sizeof *cache->base);
        else
            view_begin(cache->base, trace);
    }
    while (cache->base_end < end) {
        size_t to = (cache->count + 1) * cache->stride;
        if (to <= cache->base_end || to > end)
            to = end;
        view_take(cache->base, trace, cache->base_end, to, false);
        cache->folded += to - cache->base_end;
        cache->base_end = to;
        keep_copy(cache);
    }
}

static void show(struct view_cache *cache, const struct trace *trace, uint32_t step)
{
    size_t end = trace_step_end(trace, step);
    size_t first = step > 0 ? trace_step_end(trace, step - 1) : 0;
    bool goes_on = cache->shown_end > 0 && cache->shown_step == step && cache->shown_end <= end;
    if (!goes_on) {
        bring_base(cache, trace, first);
        view_word(cache->base, trace);
        memcpy(cache->shown, cache->base, sizeof *cache->shown);
        cache->shown->step = step;
        cache->shown_step = step;
        cache->shown_end = first;
    }
    view_take(cache->shown, trace, cache->shown_end, end, true);
    cache->folded += end - cache->shown_end;
    cache->shown_end = end;
    view_word(cache->shown, trace);
}

void view_look(struct view_cache *cache, struct view *view, const struct trace *trace,
               uint32_t step)
{
    heed_cuts(cache, trace);
    if (!begin(cache, trace)) {
        view_make(view, trace, step);
        return;
    }
    show(cache, trace, step);
    memcpy(view, cache->shown, sizeof *view);
}
