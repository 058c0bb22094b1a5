/*
 * What is written to a terminal: of a step what changed, of nothing new nothing, of a window of
 * another size all.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "tests/pty.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    WIDTH = 200,
    HEIGHT = 60,
    STEP_OCTETS = 4096
};

struct drawer {
    struct play *play;
    struct grid grid;
    uint32_t step; /* of frame 0 */
};

/* The stage after a step, on the terminal. (In a child: what check asserts is not heard there.) */
static void draw_step(struct drawer *drawer, struct screen *screen, uint32_t step)
{
    struct play *play = drawer->play;
    int width, height;
    screen_size(&width, &height);
    view_make(&play->view, session_trace(play->session), step);
    play->picture.trace = session_trace(play->session);
    play->picture.last_step = step;
    picture_choose(&play->picture);
    if ((drawer->grid.width != width || drawer->grid.height != height) &&
        !grid_make(&drawer->grid, width, height))
        _exit(1);
    draw_picture(&drawer->grid, &play->picture);
    screen_draw(screen, &drawer->grid);
}

static void next_step(void *to, struct screen *screen, unsigned i)
{
    struct drawer *drawer = to;
    draw_step(drawer, screen, drawer->step + i);
}

static void same_step(void *to, struct screen *screen, unsigned i)
{
    struct drawer *drawer = to;
    (void)i;
    draw_step(drawer, screen, drawer->step);
}

static void another_size(void *to, struct screen *screen, unsigned i)
{
    struct drawer *drawer = to;
    struct winsize size = { .ws_col = (unsigned short)(60 + i * 7919 % 241),
                            .ws_row = (unsigned short)(20 + i * 104729 % 81) };
    if (i % 5 == 4) {
        size.ws_col = 80;
        size.ws_row = 24;
    }
    if (ioctl(STDOUT_FILENO, TIOCSWINSZ, &size) < 0)
        _exit(1);
    draw_step(drawer, screen, drawer->step + i % 20);
    if (drawer->grid.width != size.ws_col || drawer->grid.height != size.ws_row)
        _exit(1);
}

static struct drawer begin(const char *lab)
{
    struct drawer drawer = { .play = play_builtin(lab, ON_MODEL) };
    play_to_end(drawer.play);
    return drawer;
}

static void end(struct drawer *drawer)
{
    grid_free(&drawer->grid);
    play_end(drawer->play);
}

/* The first frame is whole; each step of the lab then takes 4 KB at most, on 200 by 60. */
START_TEST(a_step)
{
    static const char *const labs[] = { "life", "close", "retransmission" };
    struct pty_frame frames[PTY_FRAMES_MAX];
    for (size_t lab = 0; lab < 3; lab++) {
        struct drawer drawer = begin(labs[lab]);
        unsigned count = play_last(drawer.play) + 1;
        ck_assert_uint_le(count, PTY_FRAMES_MAX);
        ck_assert(pty_count(WIDTH, HEIGHT, count, next_step, &drawer, frames));
        ck_assert_uint_gt(frames[0].octets, 500);
        for (unsigned i = 1; i < count; i++)
            ck_assert_msg(frames[i].octets <= STEP_OCTETS, "%s: step %u writes %u octets",
                          labs[lab], i, (unsigned)frames[i].octets);
        end(&drawer);
    }
}
END_TEST

/* What has not changed is not written again. */
START_TEST(nothing_new)
{
    struct drawer drawer = begin("life");
    struct pty_frame frames[5];
    drawer.step = 8;
    ck_assert(pty_count(WIDTH, HEIGHT, 5, same_step, &drawer, frames));
    for (unsigned i = 1; i < 5; i++)
        ck_assert_uint_eq(frames[i].octets, 0);
    end(&drawer);
}
END_TEST

/* Hundreds of sizes one after the other, too small ones too, and each is drawn on. */
START_TEST(many_sizes)
{
    struct drawer drawer = begin("life");
    struct pty_frame frames[300];
    ck_assert(pty_count(WIDTH, HEIGHT, 300, another_size, &drawer, frames));
    for (unsigned i = 0; i < 300; i++)
        ck_assert_uint_gt(frames[i].octets, 0);
    end(&drawer);
}
END_TEST

Suite *screen_suite(void)
{
    Suite *suite = suite_create("screen");
    TCase *tcase = tcase_create("screen");
    tcase_add_test(tcase, a_step);
    tcase_add_test(tcase, nothing_new);
    tcase_add_test(tcase, many_sizes);
    suite_add_tcase(suite, tcase);
    return suite;
}
