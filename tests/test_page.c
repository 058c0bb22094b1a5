/*
 * A run as a page: its frames read back from what its script gets, and, where this machine has a
 * browser of Chromium's kind, what that shows after keys, clicks and moves of the slider.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/film_rig.h"
#include "tests/xml.h"
#include "ui/escape.h"
#include "ui/export/ink.h"
#include "ui/export/page.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WIDTH = 120,
    HEIGHT = 40,
    SIZE_MAX_OCTETS = 700000
};

static char *page_of(struct film *film, enum stage_screen screen)
{
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(to);
    ck_assert(page_write(film, 0, film->of.last_step, screen, to));
    fclose(to);
    return text;
}

/* ---- what the script gets */

/* The data of a page, which has to be well-formed and to have two scripts, this one first. */
static json_t *data_of(const char *page)
{
    struct xml xml;
    json_error_t error;
    json_t *data = NULL;
    unsigned scripts = 0;
    bool within = false;
    xml_begin(&xml, page, true);
    while (xml_next(&xml)) {
        if (xml.kind != XML_TEXT)
            within = xml.kind == XML_OPEN && strcmp(xml.name, "script") == 0;
        scripts += within && xml.kind == XML_OPEN;
        ck_assert_msg(xml.kind != XML_OPEN || (!xml_attr(&xml, "src") && !xml_attr(&xml, "href")),
                      "<%s> needs something from elsewhere", xml.name);
        if (within && xml.kind == XML_TEXT && scripts == 1)
            data = json_loads(xml.text, JSON_REJECT_DUPLICATES, &error);
    }
    xml_end(&xml);
    ck_assert_uint_eq(scripts, 2);
    ck_assert_msg(data != NULL, "line %d: %s", error.line, error.text);
    return data;
}

/* A row as row_table.h has it, put into row y of a grid. */
static void decode_row(const char *row, struct grid *grid, int y)
{
    const char *text = strchr(row, ' ') + 1;
    int x = 0;
    while (*row != ' ') {
        char *end;
        long count = strtol(row, &end, 10);
        count = end == row ? 1 : count;
        uint8_t ink = (uint8_t)(*end++ - 'a');
        bool sign = *end == '.', wide = *end == '+';
        end += sign || wide;
        bool repeated = *end == '*';
        row = end + repeated;
        for (long i = 0; i < count; i++) {
            uint32_t code;
            size_t len = utf8_decode((const uint8_t *)text, strlen(text), &code);
            ck_assert(len > 0 && x + wide < grid->width && (code < 0x80) == !(sign || wide));
            grid->cells[y * grid->width + x++] = (struct cell){ code, ink };
            if (wide)
                grid->cells[y * grid->width + x++] = (struct cell){ 0, ink };
            text += repeated && i + 1 < count ? 0 : len;
        }
    }
    ck_assert_int_eq(x, grid->width);
    ck_assert_str_eq(text, "");
}

static void apply(const json_t *frame, const json_t *rows, struct grid *grid)
{
    for (size_t i = 0; i < json_array_size(frame); i += 2) {
        int y = (int)json_integer_value(json_array_get(frame, i));
        size_t place = (size_t)json_integer_value(json_array_get(frame, i + 1));
        ck_assert(y >= 0 && y < grid->height);
        decode_row(json_string_value(json_array_get(rows, place)), grid, y);
    }
}

/* Every frame of a screen is what the panels draw, in code and in ink. */
static void screen_is_whole(const json_t *data, struct film *film, enum stage_screen screen)
{
    const json_t *frames =
        json_object_get(json_object_get(data, "screens"), screen_rows[screen].name);
    struct grid grid = { .width = 0 };
    ck_assert_uint_eq(json_array_size(frames), film->of.last_step + 1);
    ck_assert(grid_make(&grid, film->of.width, film->of.height - 1));
    for (uint32_t step = 0; step <= film->of.last_step; step++) {
        film_to(film, step);
        const struct grid *wanted = film_draw(film, screen);
        apply(json_array_get(frames, step), json_object_get(data, "rows"), &grid);
        for (int i = 0; i < grid.width * grid.height; i++)
            ck_assert_msg(grid.cells[i].code == wanted->cells[i].code &&
                              (grid.cells[i].ink == wanted->cells[i].ink || !grid.cells[i].code),
                          "%s, step %u, row %d, column %d", screen_rows[screen].name, step,
                          i / grid.width, i % grid.width);
    }
    grid_free(&grid);
}

static void page_is_whole(struct play *play)
{
    struct film film;
    film_of_play(&film, play, WIDTH, HEIGHT);
    char *page = page_of(&film, SCREEN_STAGE);
    json_t *data = data_of(page);
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (film_has((enum stage_screen)i))
            screen_is_whole(data, &film, (enum stage_screen)i);
    }
    ck_assert_uint_eq(json_array_size(json_object_get(data, "steps")), film.of.last_step + 1);
    ck_assert_uint_eq(json_array_size(json_object_get(data, "inks")), INK_COUNT);
    json_decref(data);
    free(page);
    film_close(&film);
}

/* All frames of a lab are in its page, and the page stays small. */
START_TEST(whole)
{
    struct play *play = play_builtin("retransmission", ON_MODEL);
    struct film film;
    play_to_end(play);
    page_is_whole(play);
    film_of_play(&film, play, WIDTH, HEIGHT);
    char *page = page_of(&film, SCREEN_STAGE);
    ck_assert_uint_gt(play_last(play), 40);
    ck_assert_uint_lt(strlen(page), SIZE_MAX_OCTETS);
    free(page);
    film_close(&film);
    play_end(play);
}
END_TEST

/* No text of a lab ends the script, the title or an attribute. */
START_TEST(hostile)
{
    struct play *play = play_begin(hostile_lab, ON_MODEL);
    play_to_end(play);
    page_is_whole(play);
    play_end(play);
}
END_TEST

/* Keys are those of the stage's own table. */
START_TEST(keys)
{
    static const char *const wanted[][2] = {
        { " ", "step" },     { "ArrowRight", "step" }, { "b", "back" },   { "ArrowLeft", "back" },
        { "Home", "first" }, { "g", "first" },         { "End", "last" }, { "G", "last" },
        { "r", "run" },      { "+", "faster" },        { "-", "slower" }, { "s", "states" },
    };
    struct play *play = play_builtin("handshake", ON_MODEL);
    struct film film;
    film_of_play(&film, play, WIDTH, HEIGHT);
    char *page = page_of(&film, SCREEN_STAGE);
    json_t *data = data_of(page);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const json_t *command = json_object_get(json_object_get(data, "keys"), wanted[i][0]);
        ck_assert_msg(command != NULL, "'%s' does nothing", wanted[i][0]);
        ck_assert_str_eq(json_string_value(command), wanted[i][1]);
    }
    json_decref(data);
    free(page);
    film_close(&film);
    play_end(play);
}
END_TEST

/* ---- in a browser */

/* What the page shows, written down by a script behind its own: each finding is a line "@ what" and
 * the frame, and, last, whether all rows are as wide as their cells. */
static const char driver[] =
    "<script>\n"
    "(function () {\n"
    "const get = id => document.getElementById(id), found = [];\n"
    "const note = what => found.push('@ ' + what + '\\n' + get('frame').textContent);\n"
    "const key = (name, more) => document.dispatchEvent(new KeyboardEvent('keydown',\n"
    "    Object.assign({key: name, cancelable: true}, more)));\n"
    "note('at the address');\n"
    "document.querySelectorAll('[data-screen]').forEach(function (button, i) {\n"
    "    key(String(i + 1)); key('g'); note(button.dataset.screen + ' ' + get('time').value);\n"
    "    while (get('time').value !== get('time').max) {\n"
    "        key(' '); note(button.dataset.screen + ' ' + get('time').value);\n"
    "    }\n"
    "});\n"
    "key('1'); key(' '); note('end');\n"
    "key('b'); note('end-1');\n"
    "key('ArrowLeft'); note('end-2');\n"
    "key('b', {ctrlKey: true}); note('end-2');\n"
    "key('ArrowRight'); note('end-1');\n"
    "key('Home'); note('0');\n"
    "key('b'); note('0');\n"
    "key('End'); note('end');\n"
    "get('first').click(); note('0');\n"
    "get('step').click(); note('1');\n"
    "get('last').click(); note('end');\n"
    "get('back').click(); note('end-1');\n"
    "get('time').value = 2; get('time').dispatchEvent(new Event('input')); note('2');\n"
    "document.querySelector('[data-screen=states]').click(); note('states 2');\n"
    "key('s'); note('2');\n"
    "key('s'); note('states 2');\n"
    "key('Escape'); note('2');\n"
    "setTimeout(function () { /* the address follows */\n"
    "const rows = Array.from(get('frame').children, row => row.getBoundingClientRect().width);\n"
    "const even = Math.max(...rows) - Math.min(...rows) < 1;\n"
    "const root = document.documentElement, scroll = get('scroll');\n"
    "found.push('@ rows ' + (even ? 'even' : rows) + ', page ' +\n"
    "    (root.scrollWidth <= root.clientWidth ? 'fits' : 'is too wide') + ', frame ' +\n"
    "    (scroll.scrollWidth > scroll.clientWidth ? 'scrolls' : 'does not scroll') + ', ' +\n"
    "    document.querySelectorAll('[aria-pressed=true]').length + ' pressed, at ' +\n"
    "    location.hash + ', said ' + get('said').textContent + '\\n@ title ' + document.title +\n"
    "    '\\n');\n"
    "const findings = document.createElement('pre');\n"
    "findings.id = 'findings'; findings.textContent = '\\n' + found.join('');\n"
    "document.body.append(findings);\n"
    "}, 2000);\n"
    "}());\n"
    "</script>\n</body>";

static const char find_browser[] =
    "for b in chromium chromium-browser google-chrome; do command -v $b && exit; done; exit 0";

/* The DOM of a page after the driver was there; NULL where there is no browser. */
static char *browsed(const char *page, const char *place)
{
    char command[640], folder[] = "/tmp/tcpstep-page-XXXXXX", path[64];
    struct ran browser = run_expecting(0, find_browser);
    bool none = browser.out[0] == '\0';
    ran_free(&browser);
    if (play_stride() > 1)
        return NULL; /* it is slow, and has been asked without the sanitizer */
    if (none) {
        printf("no page is shown by a browser here: chromium is not installed\n");
        return NULL;
    }
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/page.html", folder);
    FILE *file = fopen(path, "w");
    const char *end = strstr(page, "</body>");
    fprintf(file, "%.*s%s%s", (int)(end - page), page, driver, end + strlen("</body>"));
    ck_assert_int_eq(fclose(file), 0);
    snprintf(command, sizeof command,
             "b=$(%s); timeout 60 $b --headless --no-sandbox --disable-gpu --window-size=500,700 "
             "--virtual-time-budget=30000 "
             "--user-data-dir=%s/profile --dump-dom 'file://%s%s' 2>%s/said; s=$?; [ $s = 0 ] || "
             "tail -n 3 %s/said >&2; rm -rf %s; exit $s",
             find_browser, folder, path, place, folder, folder, folder);
    struct ran ran = run_expecting(0, command);
    free(ran.err);
    return ran.out;
}

/* A frame as the driver notes it. */
static void note(FILE *to, struct film *film, enum stage_screen screen, uint32_t step,
                 const char *what)
{
    film_to(film, step);
    const struct grid *grid = film_draw(film, screen);
    char *text = whole_rows(grid, page_rows(grid));
    fprintf(to, "@ %s\n%s", what, text);
    free(text);
}

static void note_all(FILE *to, struct film *film)
{
    char what[64];
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        for (uint32_t step = 0; film_has((enum stage_screen)i) && step <= film->of.last_step;
             step++) {
            snprintf(what, sizeof what, "%s %u", screen_rows[i].name, step);
            note(to, film, (enum stage_screen)i, step, what);
        }
    }
}

/* What the driver has to find. */
static char *expected(struct film *film)
{
    char *text = NULL, said[FILM_SAID_MAX], title[256];
    size_t len;
    uint32_t end = film->of.last_step;
    const struct {
        const char *what;
        enum stage_screen screen;
        uint32_t step;
    } moves[] = { { "end", SCREEN_STAGE, end },
                  { "end-1", SCREEN_STAGE, end - 1 },
                  { "end-2", SCREEN_STAGE, end - 2 },
                  { "end-2", SCREEN_STAGE, end - 2 },
                  { "end-1", SCREEN_STAGE, end - 1 },
                  { "0", SCREEN_STAGE, 0 },
                  { "0", SCREEN_STAGE, 0 },
                  { "end", SCREEN_STAGE, end },
                  { "0", SCREEN_STAGE, 0 },
                  { "1", SCREEN_STAGE, 1 },
                  { "end", SCREEN_STAGE, end },
                  { "end-1", SCREEN_STAGE, end - 1 },
                  { "2", SCREEN_STAGE, 2 },
                  { "states 2", SCREEN_STATES, 2 },
                  { "2", SCREEN_STAGE, 2 },
                  { "states 2", SCREEN_STATES, 2 },
                  { "2", SCREEN_STAGE, 2 } };
    FILE *to = open_memstream(&text, &len);
    note(to, film, SCREEN_STATES, 3, "at the address");
    note_all(to, film);
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        note(to, film, moves[i].screen, moves[i].step, moves[i].what);
    fprintf(to,
            "@ rows even, page fits, frame scrolls, 1 pressed, at #step=2&screen=stage, said %s\n"
            "@ title tcpstep: %s\n",
            film_said(film, said, sizeof said), film_title(film, title, sizeof title));
    fclose(to);
    return text;
}

static char *findings_of(char *dom)
{
    char *begin = strstr(dom, "<pre id=\"findings\">");
    ck_assert_msg(begin != NULL, "the driver has found nothing: %.1500s", dom);
    begin = strchr(begin, '\n') + 1;
    *strstr(begin, "</pre>") = '\0';
    static const char *const entities[][2] = { { "&lt;", "<" }, { "&gt;", ">" }, { "&amp;", "&" } };
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(entities[i][0]);
        for (char *at = begin; (at = strstr(at, entities[i][0])); at++) {
            *at = entities[i][1][0];
            memmove(at + 1, at + len, strlen(at + len) + 1);
        }
    }
    return begin;
}

static void shown_by_browser(struct play *play)
{
    struct film film;
    play_to_end(play);
    film_of_play(&film, play, WIDTH, HEIGHT);
    char *page = page_of(&film, SCREEN_STAGE);
    char *dom = browsed(page, "#step=3&screen=states");
    if (dom) {
        char *wanted = expected(&film);
        same_lines(findings_of(dom), wanted, "in the browser");
        free(wanted);
    }
    free(dom);
    free(page);
    film_close(&film);
}

/* In a browser every frame of a lab is as the panels draw it, by keys, clicks and slider. */
START_TEST(browser)
{
    struct play *play = play_builtin("life", ON_MODEL);
    shown_by_browser(play);
    play_end(play);
}
END_TEST

/* No script of a lab is run, and wide characters keep the columns. */
START_TEST(browser_and_hostile)
{
    struct play *play = play_begin(hostile_lab, ON_MODEL);
    shown_by_browser(play);
    play_end(play);
}
END_TEST

/* ---- the command */

/* To a file, or to standard output and nothing else there. */
START_TEST(command)
{
    struct ran ran = run_expecting(0, "$TCPSTEP export handshake --on model --html -");
    json_t *data = data_of(ran.out);
    json_decref(data);
    ran_free(&ran);
    ran = run_expecting(0, "f=$(mktemp) && $TCPSTEP export handshake --on model --html $f --from 2 "
                           "--to 5 --screen states && cat $f && rm $f");
    data = data_of(ran.out);
    ck_assert_uint_eq(json_array_size(json_object_get(data, "steps")), 4);
    ck_assert_int_eq(json_integer_value(json_object_get(data, "first")), 2);
    ck_assert_str_eq(json_string_value(json_object_get(data, "screen")), "states");
    ck_assert_ptr_nonnull(strstr(ran.out, "This page has steps 2 to 5 of a run of "));
    json_decref(data);
    ran_free(&ran);
}
END_TEST

/* What is wrong is said, with status 2, and nothing is written. */
START_TEST(refused)
{
    static const char *const refusals[][2] = {
        { "$TCPSTEP export", "export needs a lab and what to make of it" },
        { "$TCPSTEP export life", "export needs a lab and what to make of it" },
        { "$TCPSTEP export --html x.html", "export needs a lab" },
        { "$TCPSTEP export life --on model --html - --mermaid -", "one thing at a time" },
        { "$TCPSTEP export life --on model --cast - --from 5 --to 4", "they go forwards" },
        { "$TCPSTEP export life --on model --cast - --to 999", "steps only" },
        { "$TCPSTEP export life --cast - --speed 0", "--speed: '0' is not a number" },
        { "$TCPSTEP export life close --cast -", "'close' is one too many" },
    };
    struct ran ran = run_expecting(2, refusals[_i][0]);
    ck_assert_msg(strstr(ran.err, refusals[_i][1]) != NULL, "%s", ran.err);
    ck_assert_str_eq(ran.out, "");
    ran_free(&ran);
}
END_TEST

/* A file that cannot be written is named, with status 3. */
START_TEST(not_written)
{
    struct ran ran =
        run_expecting(3, "$TCPSTEP export handshake --on model --html /no/such/folder/x.html");
    ck_assert_ptr_nonnull(strstr(ran.err, "/no/such/folder/x.html: No such file or directory"));
    ran_free(&ran);
    ran = run_expecting(3, "$TCPSTEP export handshake --on model --html - >/dev/full");
    ck_assert_ptr_nonnull(strstr(ran.err, "No space left on device"));
    ran_free(&ran);
}
END_TEST

Suite *page_suite(void)
{
    Suite *suite = suite_create("page");
    TCase *tests = tcase_create("page");
    tcase_add_test(tests, whole);
    tcase_add_test(tests, hostile);
    tcase_add_test(tests, keys);
    tcase_add_test(tests, browser);
    tcase_add_test(tests, browser_and_hostile);
    tcase_add_test(tests, command);
    tcase_add_loop_test(tests, refused, 0, 8);
    tcase_add_test(tests, not_written);
    tcase_set_timeout(tests, 120);
    suite_add_tcase(suite, tests);
    return suite;
}
