/*
 * The stage on a run of 100,000 steps: how long a key takes to be answered, how much is written to
 * the terminal, and how much memory the run takes.
 */
#include "tests/speed/speed.h"

#include "net/session.h"
#include "tests/pty.h"
#include "ui/tui/panels.h"
#include "ui/view_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS = 100000,
    LOOKS = 301,
    FRAMES = 200,
    BACKS = 9, /* a tenth of the run each */
    WIDTH = 200,
    HEIGHT = 60
};

static const char source[] = "title a long transfer\n"
                             "host A client\n"
                             "host B server\n"
                             "wire delay 2 ms\n"
                             "chance loss 1 %\n"
                             "B: s = socket()\n"
                             "B: bind(s, :7788)\n"
                             "B: listen(s, 128)\n"
                             "B: d = accept(s)\n"
                             "A: c = socket()\n"
                             "A: connect(c, B:7788)\n"
                             "B: ioctl(d, SIOCINQ) = 0\n"
                             "transfer A.c B.d 100 MB\n"
                             "A: close(c)\n";

struct desk {
    struct lab lab;
    struct session *session;
    struct view view;
    struct view_cache views;
    struct picture picture;
    struct grid grid;
};

/* Memory of this process that is in use now, in MB. */
static double memory(void)
{
    char line[128];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, "VmRSS:", 6) == 0)
            kilobytes = strtod(line + 6, NULL);
    }
    if (status)
        fclose(status);
    return kilobytes / 1024;
}

static struct desk *desk_make(void)
{
    struct desk *desk = calloc(1, sizeof *desk);
    struct lab_error wrong;
    struct net_error error;
    if (!desk || !lab_read(source, sizeof source - 1, &desk->lab, &wrong))
        speed_fail("the lab of the long run");
    struct session_setup setup = { .lab = &desk->lab, .seed = 1 };
    setup.on[LANE_MODEL] = true;
    desk->session = session_open(&setup, &error);
    if (!desk->session || !grid_make(&desk->grid, WIDTH, HEIGHT))
        speed_fail("no session");
    desk->picture = (struct picture){ .view = &desk->view,
                                      .trace = session_trace(desk->session),
                                      .lab = &desk->lab,
                                      .profile = session_profile(desk->session),
                                      .speed = "",
                                      .message = "" };
    return desk;
}

static void desk_free(struct desk *desk)
{
    view_cache_clear(&desk->views);
    session_close(desk->session);
    grid_free(&desk->grid);
    free(desk);
}

/* What a key that goes to a step costs: the view and its picture. Returns the seconds. */
static double look(struct desk *desk, uint32_t step)
{
    double before = cpu_seconds();
    view_look(&desk->views, &desk->view, session_trace(desk->session), step);
    desk->picture.last_step = session_last_step(desk->session);
    picture_choose(&desk->picture);
    draw_picture(&desk->grid, &desk->picture);
    return cpu_seconds() - before;
}

static void step_far(struct desk *desk)
{
    while (session_last_step(desk->session) < STEPS) {
        if (session_step(desk->session) != SESSION_STEPPED)
            speed_fail("the long run is too short");
    }
}

static double worst(const double *values, unsigned count)
{
    double most = 0;
    for (unsigned i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

static void measure_looks(struct desk *desk)
{
    double again[LOOKS], back[LOOKS], jump[LOOKS];
    uint32_t last = session_last_step(desk->session);
    figure("stage_first_look_ms", look(desk, last) * 1e3, "ms");
    for (unsigned i = 0; i < LOOKS; i++)
        again[i] = look(desk, last);
    for (unsigned i = 0; i < LOOKS; i++)
        back[i] = look(desk, last - 1 - i);
    for (unsigned i = 0; i < LOOKS; i++)
        jump[i] = look(desk, (uint32_t)(i * 2654435761u % last));
    figure("stage_key_us", median(again, LOOKS) * 1e6, "us");
    figure("stage_back_us", median(back, LOOKS) * 1e6, "us");
    figure("stage_back_worst_us", worst(back, LOOKS) * 1e6, "us");
    figure("stage_jump_us", median(jump, LOOKS) * 1e6, "us");
    figure("stage_jump_worst_us", worst(jump, LOOKS) * 1e6, "us");
}

/* Ever deeper: steps are taken back, the model with them, and the next step is done. */
static void measure_undo(struct desk *desk)
{
    double undo[BACKS];
    for (unsigned i = 0; i < BACKS; i++) {
        uint32_t to = session_last_step(desk->session) - STEPS / 10 + 1;
        double before = cpu_seconds();
        session_back(desk->session, to);
        session_step(desk->session);
        undo[i] = cpu_seconds() - before + look(desk, to + 1);
    }
    figure("stage_undo_ms", median(undo, BACKS) * 1e3, "ms");
    figure("stage_undo_worst_ms", worst(undo, BACKS) * 1e3, "ms");
}

/* Steps of the middle of the run, one after the other. */
static void draw_step(void *to, struct screen *screen, unsigned i)
{
    struct desk *desk = to;
    look(desk, STEPS / 2 + i);
    screen_draw(screen, &desk->grid);
}

/* All is drawn anew, in turn in two pictures that have little in common. */
static void draw_other(void *to, struct screen *screen, unsigned i)
{
    struct desk *desk = to;
    desk->picture.screen = i % 2 == 0 ? SCREEN_STAGE : SCREEN_LARGE;
    look(desk, STEPS / 2);
    screen_set_theme(screen, THEME_DARK); /* nothing is known of what is there */
    screen_draw(screen, &desk->grid);
}

static void measure_terminal(struct desk *desk, const char *name, pty_draw *draw)
{
    struct pty_frame frames[FRAMES];
    double octets[FRAMES], seconds[FRAMES];
    char line[64];
    if (!pty_count(WIDTH, HEIGHT, FRAMES, draw, desk, frames))
        speed_fail("no terminal");
    for (unsigned i = 1; i < FRAMES; i++) { /* the first one is that of a blank screen */
        octets[i - 1] = (double)frames[i].octets;
        seconds[i - 1] = frames[i].seconds;
    }
    snprintf(line, sizeof line, "stage_%s_us", name);
    figure(line, median(seconds, FRAMES - 1) * 1e6, "us");
    snprintf(line, sizeof line, "stage_%s_octets", name);
    figure(line, median(octets, FRAMES - 1), "octets");
    snprintf(line, sizeof line, "stage_%s_worst_octets", name);
    figure(line, worst(octets, FRAMES - 1), "octets");
}

void measure_stage(void)
{
    double without = memory();
    struct desk *desk = desk_make();
    look(desk, 0);
    figure("stage_short_mb", memory() - without, "MB");
    double before = cpu_seconds();
    step_far(desk);
    double seconds = cpu_seconds() - before;
    const struct trace *trace = session_trace(desk->session);
    figure("stage_steps", STEPS / seconds, "steps/s");
    figure("stage_events", (double)trace->count, "events");
    measure_looks(desk);
    double used = memory() - without;
    figure("stage_long_mb", used, "MB");
    figure("stage_memory_octets", used * 1024 * 1024 / STEPS, "octets/step");
    measure_terminal(desk, "draw", draw_step);
    measure_terminal(desk, "repaint", draw_other);
    measure_undo(desk);
    desk_free(desk);
}
