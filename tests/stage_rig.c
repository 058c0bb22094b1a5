#include "tests/stage_rig.h"

#include "net/clock.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void stage_rig_draw(struct stage_rig *rig)
{
    stage_draw(rig->stage, &rig->grid);
}

struct stage_rig *stage_rig_begin(const char *lab, const char *lanes)
{
    struct stage_rig *rig = calloc(1, sizeof *rig);
    int status;
    ck_assert_ptr_nonnull(rig);
    run_options_init(&rig->run);
    ck_assert(run_options_lanes(&rig->run, lanes));
    rig->setup = (struct stage_setup){ .run = &rig->run, .lab = lab_load(lab, &status) };
    ck_assert_ptr_nonnull(rig->setup.lab);
    rig->stage = stage_new(&rig->setup, &status);
    ck_assert_ptr_nonnull(rig->stage);
    ck_assert(grid_make(&rig->grid, 80, 24));
    stage_rig_draw(rig);
    return rig;
}

void stage_rig_end(struct stage_rig *rig)
{
    stage_free(rig->stage);
    grid_free(&rig->grid);
    free(rig);
}

void stage_rig_do(struct stage_rig *rig, const char *line)
{
    uint64_t deadline = clock_usec() + 8000000;
    rig->stage->message[0] = '\0';
    stage_do(rig->stage, line);
    while ((rig->stage->seek.on || rig->stage->busy) && clock_usec() < deadline) {
        if (rig->stage->busy)
            clock_pause(1000);
        stage_pass_time(rig->stage);
    }
    stage_rig_draw(rig);
}

void stage_rig_says(const struct stage_rig *rig, const char *part)
{
    ck_assert_msg(strstr(rig->stage->message, part) != NULL, "'%s', not '%s'", rig->stage->message,
                  part);
}

const struct sock_row *stage_rig_sock(const struct stage_rig *rig, int host)
{
    const struct sock_row *row = socks_main(&rig->stage->view.socks, LANE_MODEL, host);
    if (!row)
        row = socks_main(&rig->stage->view.socks, LANE_KERNEL, host);
    ck_assert_ptr_nonnull(row);
    return row;
}

void stage_rig_click(struct stage_rig *rig, const char *order, bool twice)
{
    for (unsigned i = 0; i < rig->stage->zones.count; i++) {
        const struct zone *zone = &rig->stage->zones.all[i];
        if (strncmp(zone->click, order, strlen(order)) != 0)
            continue;
        const struct mouse mouse = { zone->at.x, zone->at.y, twice ? MOUSE_TWICE : MOUSE_CLICK };
        stage_mouse(rig->stage, &mouse);
        stage_rig_draw(rig);
        return;
    }
    ck_abort_msg("no place for '%s'", order);
}
