/*
 * The grid of cells: text put and cut, wrapped and framed, mapped to ASCII and printed.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "ui/tui/grid.h"

#include <stdlib.h>
#include <string.h>

/* The grid as text, to be freed. */
static char *printed(const struct grid *grid, bool ascii)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    grid_print(grid, ascii, file);
    char *text = read_whole(file, NULL);
    fclose(file);
    return text;
}

static void shows(const struct grid *grid, const char *expected)
{
    char *text = printed(grid, false);
    ck_assert_str_eq(text, expected);
    free(text);
}

/* One row of text in a grid of this width and one row. */
static void row_shows(int width, int room, const char *text, int used, const char *expected)
{
    struct grid grid = { .width = 0 };
    char line[256];
    ck_assert(grid_make(&grid, width, 1));
    ck_assert_int_eq(grid_put(&grid, 0, 0, room, INK_PLAIN, text), used);
    snprintf(line, sizeof line, "%s\n", expected);
    shows(&grid, line);
    grid_free(&grid);
}

/* Text that fits stays whole, text that does not ends with an ellipsis in the last column. */
START_TEST(put_cuts_with_an_ellipsis)
{
    row_shows(10, 10, "SYN", 3, "SYN");
    row_shows(10, 3, "SYN", 3, "SYN");
    row_shows(10, 2, "SYN", 2, "S…");
    row_shows(10, 1, "SYN", 1, "…");
    row_shows(10, 0, "SYN", 0, "");
    row_shows(10, -3, "SYN", 0, "");
    row_shows(2, 10, "SYN", 2, "S…");
    row_shows(10, 10, "", 0, "");
}
END_TEST

/* A wide character takes two columns; half of one is never drawn. */
START_TEST(wide_characters_at_the_edge)
{
    row_shows(10, 10, "三次握手", 8, "三次握手");
    row_shows(8, 8, "三次握手", 8, "三次握手");
    row_shows(7, 7, "三次握手", 7, "三次握…");
    row_shows(6, 6, "三次握手", 5, "三次…");
    row_shows(2, 2, "三次握手", 1, "…");
    row_shows(1, 1, "三", 1, "…");
    row_shows(5, 5, "a三次", 5, "a三次");
    row_shows(4, 4, "a三次", 4, "a三…");
}
END_TEST

/* Text may be measured before it is drawn. */
START_TEST(width_of_text)
{
    ck_assert_int_eq(text_width(""), 0);
    ck_assert_int_eq(text_width("SYN,ACK"), 7);
    ck_assert_int_eq(text_width("三次握手"), 8);
    ck_assert_int_eq(text_width("─▶●≠…"), 5);
    ck_assert_int_eq(text_width("e\xcc\x81"), 1);
}
END_TEST

/* Controls, C1 controls, turns of direction and broken UTF-8 become question marks: no cell ever
 * holds what a terminal would obey. */
START_TEST(no_control_in_a_cell)
{
    row_shows(20, 20, "a\x1b[2Jb", 6, "a?[2Jb");
    row_shows(20, 20, "\t\n\r\x7f", 4, "????");
    row_shows(20, 20,
              "\xc2\x9b"
              "2J",
              3, "?2J");
    row_shows(20, 20, "\xe2\x80\xae.", 2, "?.");
    row_shows(20, 20, "\xff\xe4\xb8", 3, "???");
}
END_TEST

/* What is drawn outside the grid is ignored at every edge, and nothing is written beyond it. */
START_TEST(outside_is_ignored)
{
    enum {
        WIDTH = 6,
        HEIGHT = 4,
        BORDER = 4 * WIDTH
    };
    struct cell cells[BORDER + WIDTH * HEIGHT + BORDER];
    struct grid grid = { .width = WIDTH, .height = HEIGHT, .cells = cells + BORDER };
    memset(cells, 0xa5, sizeof cells);
    grid_clear(&grid);
    for (int y = -3; y < HEIGHT + 3; y++) {
        for (int x = -3; x < WIDTH + 3; x++) {
            struct rect area = { x, y, 5, 3 };
            grid_put(&grid, x, y, 100, INK_PLAIN, "三次握手");
            grid_box(&grid, area, INK_PLAIN, "title");
            grid_divide(&grid, area, y + 1, INK_PLAIN, "title");
            grid_wrap(&grid, area, INK_PLAIN, "one two three 握手");
        }
    }
    for (size_t i = 0; i < BORDER; i++) {
        ck_assert_uint_eq(cells[i].code, 0xa5a5a5a5);
        ck_assert_uint_eq(cells[BORDER + WIDTH * HEIGHT + i].code, 0xa5a5a5a5);
    }
    ck_assert_int_eq(grid_put(&grid, -1, 0, 9, INK_PLAIN, "x"), 0);
    ck_assert_int_eq(grid_put(&grid, WIDTH, 0, 9, INK_PLAIN, "x"), 0);
    ck_assert_int_eq(grid_put(&grid, 0, -1, 9, INK_PLAIN, "x"), 0);
    ck_assert_int_eq(grid_put(&grid, 0, HEIGHT, 9, INK_PLAIN, "x"), 0);
}
END_TEST

/* Of a box that stands out over the grid the part inside is drawn. */
START_TEST(box_over_the_edge)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 4, 3));
    grid_box(&grid, (struct rect){ -1, -1, 4, 3 }, INK_PLAIN, "");
    shows(&grid, "  │\n──┘\n\n");
    grid_clear(&grid);
    grid_box(&grid, (struct rect){ 2, 1, 5, 5 }, INK_PLAIN, "");
    shows(&grid, "\n  ┌─\n  │\n");
    grid_free(&grid);
}
END_TEST

/* A box has its title in its upper edge, a line across is joined to its sides. */
START_TEST(box_with_title_and_divider)
{
    struct grid grid = { .width = 0 };
    struct rect box = { 1, 0, 12, 5 };
    ck_assert(grid_make(&grid, 14, 5));
    grid_box(&grid, box, INK_PLAIN, "A");
    grid_divide(&grid, box, 2, INK_PLAIN, "calls");
    shows(&grid, " ┌ A ───────┐\n"
                 " │          │\n"
                 " ├ calls ───┤\n"
                 " │          │\n"
                 " └──────────┘\n");
    grid_free(&grid);
}
END_TEST

/* A title that is too long for its box is cut within it; a narrow box goes without. */
START_TEST(box_titles_are_cut)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 12, 4));
    grid_box(&grid, (struct rect){ 0, 0, 12, 2 }, INK_PLAIN, "a long title");
    grid_box(&grid, (struct rect){ 0, 2, 6, 2 }, INK_PLAIN, "A");
    shows(&grid, "┌ a long… ─┐\n└──────────┘\n┌────┐\n└────┘\n");
    grid_free(&grid);
}
END_TEST

static void wraps(int width, int height, const char *text, int rows, const char *expected)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, width, height));
    ck_assert_int_eq(grid_wrap(&grid, (struct rect){ 0, 0, width, height }, INK_PLAIN, text), rows);
    shows(&grid, expected);
    grid_free(&grid);
}

/* Text is broken at blanks, and says with an ellipsis that there was more than the rows hold. */
START_TEST(wrap_at_blanks)
{
    wraps(10, 3, "one two three four", 2, "one two\nthree four\n\n");
    wraps(10, 1, "one two three four", 1, "one two t…\n");
    wraps(10, 2, "", 0, "\n\n");
    wraps(3, 2, "abc def", 2, "abc\ndef\n");
}
END_TEST

/* A word that is longer than a row is broken where the row ends. */
START_TEST(wrap_long_words)
{
    wraps(4, 3, "abcdefghij", 3, "abcd\nefgh\nij\n");
    wraps(4, 3, "a bcdefghij", 3, "a\nbcde\nfgh…\n");
    wraps(4, 2, " abcdef", 2, "abcd\nef\n");
}
END_TEST

/* Chinese has no blanks: a row ends behind any ideograph, never within one. */
START_TEST(wrap_wide_characters)
{
    wraps(6, 3, "三次握手与四次挥手", 3, "三次握\n手与四\n次挥手\n");
    wraps(7, 2, "三次握手与四次挥手", 2, "三次握\n手与四…\n");
    wraps(6, 1, "三", 1, "三\n");
}
END_TEST

/* Overwriting one half of a wide character does not move the row behind it. */
START_TEST(half_of_a_wide_character)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 8, 2));
    grid_put(&grid, 0, 0, 8, INK_PLAIN, "握手|");
    grid_put(&grid, 0, 0, 1, INK_PLAIN, "x");
    grid_put(&grid, 0, 1, 8, INK_PLAIN, "握手|");
    grid_put(&grid, 3, 1, 1, INK_PLAIN, "x");
    shows(&grid, "x 手|\n握 x|\n");
    grid_free(&grid);
}
END_TEST

/* Every character has one ASCII stand-in, itself where it is ASCII. */
START_TEST(ascii_stands_for_all)
{
    for (uint32_t code = 0x20; code < 0x7f; code++)
        ck_assert_int_eq(ascii_of(code), (int)code);
    for (uint32_t code = 0xa0; code < 0x30000; code++) {
        char ascii = ascii_of(code);
        if (ascii < 0x20 || ascii >= 0x7f)
            ck_abort_msg("U+%04X becomes %d", code, ascii);
    }
    ck_assert_int_eq(ascii_of(0x2500), '-');
    ck_assert_int_eq(ascii_of(0x2502), '|');
    ck_assert_int_eq(ascii_of(0x253c), '+');
    ck_assert_int_eq(ascii_of(0x25b6), '>');
    ck_assert_int_eq(ascii_of(0x4e09), '?');
}
END_TEST

/* In ASCII every column stays where it is in UTF-8, behind wide characters too. */
START_TEST(ascii_keeps_the_columns)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 12, 4));
    grid_box(&grid, (struct rect){ 0, 0, 12, 3 }, INK_PLAIN, "握手");
    grid_put(&grid, 2, 1, 8, INK_PLAIN, "▶三≠");
    grid_put(&grid, 2, 3, 8, INK_PLAIN, "三");
    char *text = printed(&grid, true);
    ck_assert_str_eq(text, "+ ? ?  ----+\n| >? #     |\n+----------+\n  ?\n");
    free(text);
    grid_free(&grid);
}
END_TEST

/* What is printed and put into another grid row by row prints the same again. */
START_TEST(print_round_trip)
{
    struct grid grid = { .width = 0 }, again = { .width = 0 };
    ck_assert(grid_make(&grid, 24, 5));
    ck_assert(grid_make(&again, 24, 5));
    grid_box(&grid, (struct rect){ 0, 0, 24, 5 }, INK_FAINT, "A  客户端  :7788");
    grid_put(&grid, 2, 1, 20, INK_MODEL, "model   SYN-SENT ●");
    grid_put(&grid, 2, 2, 20, INK_PLAIN, "三次握手 与 四次挥手 的过程");
    grid_put(&grid, 2, 3, 20, INK_WIRE, "── SYN seq=0 ─▶   ≠ ✗");
    char *text = printed(&grid, false), *rest = text;
    for (int y = 0; y < 5; y++) {
        char *end = strchr(rest, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        ck_assert_int_le(text_width(rest), 24);
        grid_put(&again, 0, y, 24, INK_PLAIN, rest);
        *end = '\n';
        rest = end + 1;
    }
    ck_assert_str_eq(rest, "");
    shows(&again, text);
    free(text);
    grid_free(&grid);
    grid_free(&again);
}
END_TEST

/* A grid is made again in another size, and is blank then. */
START_TEST(made_again)
{
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, 3, 1));
    grid_put(&grid, 0, 0, 3, INK_PLAIN, "abc");
    ck_assert(grid_make(&grid, 2, 2));
    ck_assert_int_eq(grid.width, 2);
    ck_assert_int_eq(grid.height, 2);
    shows(&grid, "\n\n");
    grid_free(&grid);
    ck_assert_ptr_null(grid.cells);
}
END_TEST

Suite *grid_suite(void)
{
    Suite *suite = suite_create("grid");
    TCase *tcase = tcase_create("text");
    tcase_add_test(tcase, put_cuts_with_an_ellipsis);
    tcase_add_test(tcase, wide_characters_at_the_edge);
    tcase_add_test(tcase, width_of_text);
    tcase_add_test(tcase, no_control_in_a_cell);
    tcase_add_test(tcase, wrap_at_blanks);
    tcase_add_test(tcase, wrap_long_words);
    tcase_add_test(tcase, wrap_wide_characters);
    tcase_add_test(tcase, half_of_a_wide_character);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("frames");
    tcase_add_test(tcase, outside_is_ignored);
    tcase_add_test(tcase, box_over_the_edge);
    tcase_add_test(tcase, box_with_title_and_divider);
    tcase_add_test(tcase, box_titles_are_cut);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("printing");
    tcase_add_test(tcase, ascii_stands_for_all);
    tcase_add_test(tcase, ascii_keeps_the_columns);
    tcase_add_test(tcase, print_round_trip);
    tcase_add_test(tcase, made_again);
    suite_add_tcase(suite, tcase);
    return suite;
}
