/*
 * The stage at work: keys and time go in, the screen is drawn anew where it has changed.
 */
#include "ui/tui/stage.h"

#include "ui/complain.h"
#include "ui/text.h"
#include "ui/tui/keys.h"
#include "ui/tui/screen.h"
#include "ui/tui/stage_end.h"
#include "ui/tui/stage_parts.h"

static void draw(struct stage *stage, struct screen *screen, struct grid *grid)
{
    int width, height;
    screen_size(&width, &height);
    if ((width != grid->width || height != grid->height) && !grid_make(grid, width, height))
        return;
    stage_draw(stage, grid);
    screen_draw(screen, grid);
}

static void take_key(struct stage *stage, struct screen *screen, uint32_t key)
{
    struct mouse mouse;
    if (key == KEYS_HANGUP && screen_signal())
        stage->status = 128 + screen_signal();
    if (key == KEYS_MOUSE && screen_mouse(screen, &mouse))
        stage_mouse(stage, &mouse);
    else
        stage_key(stage, key);
}

static void loop(struct stage *stage, struct screen *screen)
{
    struct grid grid = { .width = 0 };
    stage_rest(stage);
    screen_wants_mouse(screen, stage->wants_mouse);
    draw(stage, screen, &grid);
    while (!stage->over) {
        uint32_t key = screen_key(stage_wait(stage));
        if (key != KEYS_NONE)
            take_key(stage, screen, key);
        else
            stage_pass_time(stage);
        if (key != KEYS_NONE || stage_is_outdated(stage))
            draw(stage, screen, &grid);
        screen_wants_mouse(screen, stage->wants_mouse);
    }
    grid_free(&grid);
}

int stage_run(const struct stage_setup *setup)
{
    struct screen screen = { .theme = setup->theme };
    const char *why;
    int status;
    struct stage *stage = stage_new(setup, &status);
    if (!stage)
        return status;
    if (!screen_open(&screen, setup->ascii, &why)) {
        complain(_("the stage needs a terminal: %s; 'tcpstep run %s --headless' needs none"),
                 _(why), stage->lab->name);
        stage_free(stage);
        return STATUS_NOT_ALLOWED;
    }
    loop(stage, &screen);
    screen_close(&screen);
    status = stage_end(setup, &stage->run, stage->lab, stage->session);
    if (stage->status != STATUS_DONE)
        status = stage->status;
    stage_free(stage);
    return status;
}
