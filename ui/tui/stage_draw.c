/*
 * The picture of the stage: the trace up to the step that is looked at, and what the user does.
 */
#include "ui/tui/stage_parts.h"

#include "net/clock.h"

enum {
    REDRAW_USEC = 200000, /* where only the time has gone on */
    SEEK_DRAW_USEC = 100000
};

/* What has become of the lanes by now, where the last step is looked at. */
static void look_at_lanes(struct stage *stage, bool at_last)
{
    struct picture *picture = &stage->picture;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        bool runs = session_runs(stage->session, (enum lane_id)lane);
        picture->record_only[lane] = stage->view.ran[lane] && !runs;
        picture->now_usec[lane] =
            runs && at_last ? session_now(stage->session, (enum lane_id)lane) : 0;
    }
}

static void note_drawn(struct stage *stage)
{
    stage->drawn_usec = clock_usec();
    stage->drawn_events = session_trace(stage->session)->count;
    stage->drawn_at = stage->at;
    stage->drawn_busy = stage->busy;
    stage->drawn_running = stage->picture.running;
}

/* What is kept of the trace beside the view. */
static void bring_up_to_date(struct stage *stage)
{
    struct picture *picture = &stage->picture;
    const struct look *look = &picture->looks[SCREEN_TRACE];
    history_update(&stage->history, picture->trace);
    stage->behind = picture->screen == SCREEN_TRACE &&
                    !event_list_update(&stage->list, picture->trace, look->filter, look->search);
    picture->history = &stage->history;
    picture->list = &stage->list;
}

void stage_draw(struct stage *stage, struct grid *grid)
{
    struct picture *picture = &stage->picture;
    bool at_last = stage->at == session_last_step(stage->session);
    view_look(&stage->views, &stage->view, session_trace(stage->session),
              stage->at + (stage->busy && at_last ? 1 : 0));
    look_at_lanes(stage, at_last);
    zones_clear(&stage->zones);
    picture->view = &stage->view;
    picture->trace = session_trace(stage->session);
    bring_up_to_date(stage);
    picture_choose(picture);
    picture->lab = &stage->lab->lab;
    picture->profile = session_profile(stage->session);
    picture->last_step = session_last_step(stage->session);
    picture->speed = stage_speed_words(stage);
    picture->message = stage->message;
    picture->catalogue = &stage->catalogue;
    picture->busy = stage->busy && at_last;
    picture->line = &stage->line;
    picture->bindings = &stage->setup->bindings;
    picture->zones = &stage->zones;
    picture->program = stage->setup->program ? &stage->setup->program->picture : NULL;
    stage_find(stage, grid);
    picture_prepare(picture, grid);
    draw_picture(grid, picture);
    note_drawn(stage);
}

bool stage_is_outdated(const struct stage *stage)
{
    bool changed = session_trace(stage->session)->count != stage->drawn_events || stage->behind ||
                   stage->busy != stage->drawn_busy || stage->at != stage->drawn_at ||
                   stage->picture.running != stage->drawn_running;
    uint64_t now = clock_usec();
    if (stage->seek.on)
        return now >= stage->drawn_usec + SEEK_DRAW_USEC;
    return changed || (stage_is_live(stage) && now >= stage->drawn_usec + REDRAW_USEC);
}
