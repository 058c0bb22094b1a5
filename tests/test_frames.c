/*
 * Frames as SVG and HTML: read back, cell by cell.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/film_rig.h"
#include "tests/xml.h"
#include "ui/escape.h"
#include "ui/export/html.h"
#include "ui/export/ink.h"
#include "ui/export/svg.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELL_WIDTH = 84, /* tenths of a pixel */
    CELL_HEIGHT = 170,
    MARGIN = 80
};

typedef void write_frame(const struct grid *grid, const char *title, const char *words, FILE *to);

static char *written(write_frame *write, const struct grid *grid, const char *title,
                     const char *words)
{
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(to);
    write(grid, title, words, to);
    fclose(to);
    return text;
}

/* "12.4" as 124. */
static int tenths(const char *text, char **end)
{
    long whole = strtol(text, end, 10);
    ck_assert(**end == '.');
    long tenth = strtol(*end + 1, end, 10);
    return (int)(whole * 10 + tenth);
}

/* The characters of a <text> put where it says that they stand. */
static void place_text(struct grid *seen, const char *x, const char *y, const char *class,
                       const char *text)
{
    char *end;
    int ink = 0, row = (tenths(y, &end) - MARGIN) / CELL_HEIGHT, left = tenths(x, &end);
    while (ink < INK_COUNT && strcmp(ink_looks[ink].name, class) != 0)
        ink++;
    ck_assert_int_lt(ink, INK_COUNT);
    while (*text) {
        uint32_t code;
        text += utf8_decode((const uint8_t *)text, strlen(text), &code);
        ck_assert_int_eq((left - MARGIN) % CELL_WIDTH, 0);
        int column = (left - MARGIN) / CELL_WIDTH;
        ck_assert(column >= 0 && column < seen->width && row >= 0 && row < seen->height);
        seen->cells[row * seen->width + column] =
            (struct cell){ .code = code, .ink = (uint8_t)ink };
        left = *end == ' ' ? tenths(end + 1, &end) : left + CELL_WIDTH;
    }
}

/* Every cell of the grid that is not blank stands in the SVG, where it is and in its ink; and
 * nothing else does. */
static void svg_shows(const struct grid *grid, const char *svg)
{
    struct xml xml;
    struct grid seen = { .width = 0 };
    char x[XML_VALUE_MAX] = "", y[32] = "", class[32] = "";
    ck_assert(grid_make(&seen, grid->width, grid->height));
    xml_begin(&xml, svg, false);
    while (xml_next(&xml)) {
        bool text = xml.depth > 0 && strcmp(xml.open[xml.depth - 1], "text") == 0;
        if (xml.kind == XML_OPEN && text) {
            snprintf(x, sizeof x, "%s", xml_attr(&xml, "x"));
            snprintf(y, sizeof y, "%.31s", xml_attr(&xml, "y"));
            snprintf(class, sizeof class, "%.31s", xml_attr(&xml, "class"));
        } else if (xml.kind == XML_TEXT && text) {
            place_text(&seen, x, y, class, xml.text);
        }
    }
    xml_end(&xml);
    for (int i = 0; i < grid->width * grid->height; i++) {
        uint32_t code = grid->cells[i].code ? grid->cells[i].code : ' ';
        ck_assert_msg(seen.cells[i].code == code, "row %d, column %d: U+%04X, not U+%04X",
                      i / grid->width, i % grid->width, seen.cells[i].code, code);
        if (code != ' ')
            ck_assert_int_eq(seen.cells[i].ink, grid->cells[i].ink);
    }
    grid_free(&seen);
}

static void html_shows(const struct grid *grid, const char *html)
{
    struct xml xml;
    char *seen = NULL, *wanted = whole_rows(grid, grid->height);
    size_t len;
    FILE *to = open_memstream(&seen, &len);
    bool within = false;
    xml_begin(&xml, html, true);
    while (xml_next(&xml)) {
        if (xml.kind != XML_TEXT && strcmp(xml.name, "pre") == 0)
            within = xml.kind == XML_OPEN;
        if (xml.kind == XML_TEXT && within)
            fputs(xml.text, to);
    }
    xml_end(&xml);
    fclose(to);
    ck_assert_msg(seen[0] == '\n', "a newline before the first row is not shown");
    same_lines(seen + 1, wanted, "HTML");
    free(seen);
    free(wanted);
}

static void shown_in_both(const struct grid *grid, const char *title, const char *words)
{
    char *svg = written(svg_write, grid, title, words);
    char *html = written(html_write, grid, title, words);
    svg_shows(grid, svg);
    html_shows(grid, html);
    free(svg);
    free(html);
}

/* Each screen after each step of a lab, in three sizes. */
START_TEST(all_of_a_lab)
{
    static const struct {
        int width, height;
    } sizes[] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
    struct play *play = play_builtin("close", ON_MODEL);
    struct film film;
    play_to_end(play);
    film_of_play(&film, play, sizes[_i].width, sizes[_i].height);
    for (uint32_t step = 0; step <= play_last(play); step += 5) {
        film_to(&film, step);
        for (unsigned i = 0; i < SCREEN_COUNT; i++) {
            if (film_has((enum stage_screen)i))
                shown_in_both(film_draw(&film, (enum stage_screen)i), "close", "words");
        }
    }
    film_close(&film);
    play_end(play);
}
END_TEST

/* Texts of a lab stay texts, whatever they have in them; characters of two cells take two. */
START_TEST(hostile)
{
    struct play *play = play_begin(hostile_lab, ON_MODEL);
    struct film film;
    char title[256], said[FILM_SAID_MAX];
    play_to_end(play);
    film_of_play(&film, play, 120, 40);
    ck_assert_ptr_nonnull(strstr(film_title(&film, title, sizeof title), hostile_title));
    for (uint32_t step = 0; step <= play_last(play); step++) {
        film_to(&film, step);
        shown_in_both(film_draw(&film, SCREEN_STAGE), title, film_said(&film, said, sizeof said));
    }
    film_close(&film);
    play_end(play);
}
END_TEST

/* The title of the frame is the document's, and its label. */
START_TEST(has_title)
{
    struct grid grid = { .width = 0 };
    struct xml xml;
    ck_assert(grid_make(&grid, 80, 24));
    char *svg = written(svg_write, &grid, "a \"title\" & more", "what is <seen>");
    xml_begin(&xml, svg, false);
    ck_assert(xml_next(&xml));
    ck_assert_str_eq(xml.name, "svg");
    ck_assert_str_eq(xml_attr(&xml, "aria-label"), "a \"title\" & more");
    ck_assert_str_eq(xml_attr(&xml, "role"), "img");
    xml_end(&xml);
    ck_assert_ptr_nonnull(strstr(svg, "<title>a &quot;title&quot; &amp; more</title>"));
    ck_assert_ptr_nonnull(strstr(svg, "<desc>what is &lt;seen&gt;</desc>"));
    ck_assert_ptr_nonnull(strstr(svg, "prefers-color-scheme:dark"));
    free(svg);
    grid_free(&grid);
}
END_TEST

static bool is_colour(const char *text)
{
    return text && strlen(text) == 7 && text[0] == '#' && strspn(text + 1, "0123456789abcdef") == 6;
}

/* Every ink has a look of its own name, on either paper and in a terminal. */
START_TEST(inks)
{
    ck_assert_int_le(INK_COUNT, 26); /* a letter each, in pages */
    for (unsigned i = 0; i < INK_COUNT; i++) {
        const struct ink_look *look = &ink_looks[i];
        ck_assert_msg(look->name && look->sgr, "ink %u has no row in ui/export/ink.c", i);
        ck_assert_msg(is_colour(look->light) && is_colour(look->dark), "%s", look->name);
        for (unsigned j = 0; j < i; j++)
            ck_assert_str_ne(look->name, ink_looks[j].name);
    }
}
END_TEST

/* The command prints what the panels draw; both forms need nothing from elsewhere. */
START_TEST(command)
{
    static const char *const forms[] = { "--svg", "--html" };
    for (size_t i = 0; i < 2; i++) {
        char line[128];
        struct xml xml;
        snprintf(line, sizeof line, "$TCPSTEP frame life --on model --at 8 %s", forms[i]);
        struct ran ran = run_expecting(0, line);
        xml_begin(&xml, ran.out, i == 1);
        while (xml_next(&xml)) {
            ck_assert_ptr_null(xml_attr(&xml, "src"));
            ck_assert_ptr_null(xml_attr(&xml, "href"));
        }
        xml_end(&xml);
        ck_assert_ptr_null(strstr(ran.out, "url("));
        ck_assert_ptr_nonnull(strstr(ran.out, "SYN,ACK seq=0 ack=1"));
        ran_free(&ran);
    }
}
END_TEST

Suite *frames_suite(void)
{
    Suite *suite = suite_create("frames");
    TCase *tests = tcase_create("frames");
    tcase_add_loop_test(tests, all_of_a_lab, 0, 3);
    tcase_add_test(tests, hostile);
    tcase_add_test(tests, has_title);
    tcase_add_test(tests, inks);
    tcase_add_test(tests, command);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite;
}
