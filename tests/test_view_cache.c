/*
 * Views of a long run: what is kept of the fold gives what the whole fold gives, and folds little.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "ui/view_cache.h"

#include <stdlib.h>
#include <string.h>

static const char long_run[] = "title a run of some thousand steps\n"
                               "host A client\n"
                               "host B server\n"
                               "wire delay 2 ms\n"
                               "chance loss 3 %\n"
                               "B: s = socket()\n"
                               "B: bind(s, :7788)\n"
                               "B: listen(s, 128)\n"
                               "B: d = accept(s)\n"
                               "A: c = socket()\n"
                               "A: connect(c, B:7788)\n"
                               "B: ioctl(d, SIOCINQ) = 0\n"
                               "say Many octets now.\n"
                               "transfer A.c B.d 2 MB\n"
                               "A: close(c)\n"
                               "run\n"
                               "B: recv(d, 1) = 0\n"
                               "B: close(d)\n";

/* What the stage shows of a view, in a size where all panels are to be seen. */
static void draw(struct play *play, struct grid *grid, const struct view *view)
{
    struct picture picture = play->picture;
    picture.view = view;
    picture.trace = session_trace(play->session);
    picture.last_step = play_last(play);
    picture_choose(&picture);
    ck_assert(grid->cells || grid_make(grid, 160, 50));
    draw_picture(grid, &picture);
}

static void is_same(struct play *play, struct view_cache *cache, uint32_t step)
{
    struct grid grids[2] = { { .width = 0 }, { .width = 0 } };
    struct view *kept = malloc(sizeof *kept);
    ck_assert_ptr_nonnull(kept);
    view_look(cache, kept, session_trace(play->session), step);
    view_make(&play->view, session_trace(play->session), step);
    draw(play, &grids[0], kept);
    draw(play, &grids[1], &play->view);
    for (int i = 0; i < grids[0].width * grids[0].height; i++) {
        ck_assert_msg(grids[0].cells[i].code == grids[1].cells[i].code &&
                          grids[0].cells[i].ink == grids[1].cells[i].ink,
                      "step %u: cell %d", step, i);
    }
    ck_assert_uint_eq(kept->row_count, play->view.row_count);
    for (size_t i = 0; i < VIEW_ROWS; i++) {
        ck_assert_str_eq(kept->rows[i].label, play->view.rows[i].label);
        ck_assert_int_eq(kept->rows[i].fresh, play->view.rows[i].fresh);
        ck_assert_uint_eq(kept->rows[i].fate, play->view.rows[i].fate);
    }
    ck_assert_str_eq(kept->say, play->view.say);
    ck_assert_str_eq(kept->next, play->view.next);
    ck_assert_uint_eq(kept->visited, play->view.visited);
    ck_assert_uint_eq(kept->step, step);
    free(kept);
    grid_free(&grids[0]);
    grid_free(&grids[1]);
}

/* Steps of a run in some order, which is the same each time. */
static uint32_t some_step(uint32_t i, uint32_t last)
{
    return (uint32_t)((uint64_t)i * 2654435761u % (last + 1));
}

START_TEST(as_folded_whole)
{
    struct view_cache cache = { .count = 0 };
    struct play *play = play_begin(long_run, ON_MODEL);
    for (uint32_t i = 0; play_step(play); i++) {
        if (i < 20 || i % 97 == 0)
            is_same(play, &cache, play_last(play));
    }
    ck_assert_uint_gt(session_trace(play->session)->count, 2 * VIEW_STRIDE);
    for (uint32_t i = 0; i < 60; i++)
        is_same(play, &cache, some_step(i, play_last(play)));
    for (uint32_t i = 0; i < 30; i++)
        is_same(play, &cache, play_last(play) - i);
    view_cache_clear(&cache);
    play_end(play);
}
END_TEST

/* Another way is taken from an earlier step: nothing is left of what was folded of the first one.
 */
START_TEST(steps_taken_back)
{
    struct view_cache cache = { .count = 0 };
    struct play *play = play_begin(long_run, ON_MODEL);
    play_to_end(play);
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t last = play_last(play);
        is_same(play, &cache, some_step(i, last));
        session_back(play->session, last - last / 5);
        uint32_t id = play_waiting(play, 0);
        if (id)
            ck_assert(session_wire(play->session, LANE_MODEL, WIRE_DROP, id, 0));
        is_same(play, &cache, play_last(play));
        is_same(play, &cache, play_last(play) / 2);
    }
    session_back(play->session, play_last(play) / 2);
    session_back(play->session, play_last(play) / 2); /* two cuts, and no look between them */
    is_same(play, &cache, play_last(play));
    view_cache_clear(&cache);
    play_end(play);
}
END_TEST

static uint64_t folded_by(struct view_cache *cache, struct play *play, uint32_t step)
{
    uint64_t before = cache->folded;
    view_look(cache, &play->view, session_trace(play->session), step);
    return cache->folded - before;
}

/* Once it has been there, a look at any step folds no more than what lies between two copies, and a
 * step forwards what that step has. */
START_TEST(folds_little)
{
    struct view_cache cache = { .count = 0 };
    struct play *play = play_begin(long_run, ON_MODEL);
    play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    uint64_t first = folded_by(&cache, play, play_last(play));
    ck_assert_uint_eq(first, trace->count);
    for (uint32_t i = 0; i < 100; i++)
        ck_assert_uint_le(folded_by(&cache, play, some_step(i, play_last(play))),
                          VIEW_STRIDE + 100);
    uint32_t middle = play_last(play) / 2;
    folded_by(&cache, play, middle);
    for (uint32_t i = 1; i < 100; i++)
        ck_assert_uint_le(folded_by(&cache, play, middle + i), 50);
    ck_assert_uint_eq(folded_by(&cache, play, middle + 99), 0);
    view_cache_clear(&cache);
    play_end(play);
}
END_TEST

/* However long the run, there are no more than so many copies. */
START_TEST(copies_are_few)
{
    struct view_cache cache = { .count = 0 };
    struct play *play = play_begin("host A\nhost B\nA: c = socket()\n", ON_MODEL);
    play_to_end(play);
    struct trace long_trace = *session_trace(play->session);
    size_t count = VIEW_COPIES * VIEW_STRIDE + 3 * VIEW_STRIDE;
    struct event *events = calloc(count, sizeof *events);
    ck_assert_ptr_nonnull(events);
    for (size_t i = 0; i < count; i++) {
        events[i] = (struct event){ .kind = EV_TIMER, .host = -1, .sock = -1 };
        events[i].step = (uint32_t)i;
    }
    long_trace.events = events;
    long_trace.count = count;
    view_look(&cache, &play->view, &long_trace, (uint32_t)count - 1);
    ck_assert_uint_le(cache.count, VIEW_COPIES);
    ck_assert_uint_eq(cache.stride, 2 * VIEW_STRIDE);
    uint64_t before = cache.folded;
    view_look(&cache, &play->view, &long_trace, 100 * VIEW_STRIDE / 2 + 7);
    ck_assert_uint_le(cache.folded - before, 2 * VIEW_STRIDE);
    view_cache_clear(&cache);
    free(events);
    play_end(play);
}
END_TEST

Suite *view_cache_suite(void)
{
    Suite *suite = suite_create("view-cache");
    TCase *tcase = tcase_create("view-cache");
    tcase_add_test(tcase, as_folded_whole);
    tcase_add_test(tcase, steps_taken_back);
    tcase_add_test(tcase, folds_little);
    tcase_add_test(tcase, copies_are_few);
    suite_add_tcase(suite, tcase);
    return suite;
}
