/*
 * Large letters for a projector: golden frames, and that nothing is cut off.
 */
#include "tests/suites.h"

#include "tests/play.h"
#include "ui/tui/letters.h"

#include <stdlib.h>
#include <string.h>

/* In each size, with and without characters beyond ASCII. */
static void frames_are(struct play *play, const char *name, uint32_t step)
{
    play->picture.screen = SCREEN_LARGE;
    play_golden_sizes(play, name, step);
    play_golden(play, name, step, 80, 24, true);
    play_golden(play, name, step, 120, 40, true);
    play_golden(play, name, step, 200, 60, true);
}

/* Before the first socket; a state just entered, and a segment on the wire. */
START_TEST(handshake)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    frames_are(play, "large-handshake-0", 0);
    frames_are(play, "large-handshake-8", 8);
    play_end(play);
}
END_TEST

/* A segment that the wire has lost, and one sent again. */
START_TEST(lost)
{
    struct play *play = play_builtin("lost-syn", ON_MODEL);
    play_to_end(play);
    frames_are(play, "large-lost-syn-7", 7);
    play_end(play);
}
END_TEST

/* Every state's name fits whole in every size, in a window of the least size too. */
START_TEST(names_fit)
{
    for (size_t i = 0; i < TCP_STATE_COUNT; i++) {
        const char *name = state_name((enum tcp_state)i);
        ck_assert_int_le(letters_width(LETTERS_FLAT, name), LEAST_WIDTH - 4);
        ck_assert_int_le(letters_width(LETTERS_WIDE, name), 150 - 4);
    }
}
END_TEST

/* All letters of names of states and of control bits are in the font, in each size, and no two
 * look alike. */
START_TEST(letters_differ)
{
    static const char used[] = "ABCDEFGHIKLMNOPRSTUVWXY12-,";
    struct grid grid[2] = { { .width = 0 }, { .width = 0 } };
    for (int size = 0; size < LETTERS_COUNT; size++) {
        for (size_t i = 0; used[i]; i++) {
            for (size_t j = 0; j < i; j++) {
                const char *const texts[2] = { (char[]){ used[i], '\0' },
                                               (char[]){ used[j], '\0' } };
                bool same = true;
                for (int k = 0; k < 2; k++) {
                    ck_assert(grid_make(&grid[k], 12, 7));
                    letters_put(&grid[k], 0, 0, 12, (enum letters)size, INK_PLAIN, texts[k]);
                }
                for (int k = 0; k < 12 * 7; k++)
                    same = same && grid[0].cells[k].code == grid[1].cells[k].code;
                ck_assert_msg(!same, "'%s' and '%s' look alike", texts[0], texts[1]);
            }
        }
    }
    grid_free(&grid[0]);
    grid_free(&grid[1]);
}
END_TEST

/* Where letters have no room they say so. */
START_TEST(cut_with_an_ellipsis)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 20, 7));
    letters_put(&grid, 0, 0, 20, LETTERS_TALL, INK_PLAIN, "LISTEN");
    ck_assert_uint_eq(grid.cells[6 * 20 + 18].code, 0x2026);
    ck_assert_uint_eq(grid.cells[0].code, 0x2588);
    grid_free(&grid);
}
END_TEST

/* In every step of a lab, and in odd sizes, both states are there and nothing is drawn outside. */
START_TEST(all_steps)
{
    struct play *play = play_builtin("simultaneous-close", ON_MODEL);
    play_to_end(play);
    play->picture.screen = SCREEN_LARGE;
    for (uint32_t step = 0; step <= play_last(play); step++) {
        for (int width = 80; width <= 300; width += 73) {
            char *frame = play_frame(play, step, width, 24 + width / 4, false);
            ck_assert_ptr_nonnull(strstr(frame, "A  "));
            ck_assert_ptr_nonnull(strstr(frame, "B  "));
            ck_assert_ptr_nonnull(strstr(frame, " next "));
            free(frame);
        }
    }
    play_end(play);
}
END_TEST

Suite *large_suite(void)
{
    Suite *suite = suite_create("large");
    TCase *tcase = tcase_create("large");
    tcase_add_test(tcase, handshake);
    tcase_add_test(tcase, lost);
    tcase_add_test(tcase, names_fit);
    tcase_add_test(tcase, letters_differ);
    tcase_add_test(tcase, cut_with_an_ellipsis);
    tcase_add_test(tcase, all_steps);
    suite_add_tcase(suite, tcase);
    return suite;
}
