/*
 * A run as an asciicast, played on a small terminal: after each step that shows what the grid has.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/film_rig.h"
#include "tests/tiny_terminal.h"
#include "ui/export/cast.h"
#include "ui/export/ink.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct playback {
    struct tiny_terminal terminal;
    struct film *film;
    enum stage_screen screen;
    const char *at;
    double time;
    size_t octets;
};

/* A line read back; NULL at the end. To be freed. */
static json_t *next_line(struct playback *playback)
{
    json_error_t error;
    size_t len = strcspn(playback->at, "\n");
    if (!*playback->at)
        return NULL;
    json_t *line = json_loadb(playback->at, len, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(line != NULL, "%s: %.*s", error.text, (int)len, playback->at);
    playback->at += len + (playback->at[len] == '\n');
    return line;
}

/* An event of that kind, at a time not before the last one; its data is valid until it is freed. */
static json_t *next_event(struct playback *playback, const char *kind, const char **data)
{
    json_t *line = next_line(playback);
    ck_assert(line && json_is_array(line) && json_array_size(line) == 3);
    double time = json_number_value(json_array_get(line, 0));
    ck_assert_str_eq(json_string_value(json_array_get(line, 1)), kind);
    ck_assert(time >= playback->time);
    playback->time = time;
    *data = json_string_value(json_array_get(line, 2));
    ck_assert_ptr_nonnull(*data);
    return line;
}

static void check_head(struct playback *playback)
{
    json_t *head = next_line(playback);
    ck_assert_int_eq(json_integer_value(json_object_get(head, "version")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(head, "width")), playback->film->of.width);
    ck_assert_int_eq(json_integer_value(json_object_get(head, "height")),
                     playback->film->of.height);
    ck_assert(json_is_string(json_object_get(head, "title")));
    json_decref(head);
}

static void shows(const struct playback *playback, uint32_t step)
{
    film_to(playback->film, step);
    const struct grid *grid = film_draw(playback->film, playback->screen);
    for (int i = 0; i < grid->width * grid->height; i++) {
        const struct tiny_cell *cell = &playback->terminal.cells[i];
        ck_assert_msg(cell->code == grid->cells[i].code,
                      "step %u, row %d, column %d: U+%04X, not U+%04X", step, i / grid->width,
                      i % grid->width, cell->code, grid->cells[i].code);
        ck_assert_msg(strcmp(cell->sgr, ink_looks[grid->cells[i].ink].sgr) == 0,
                      "step %u, row %d, column %d: SGR %s", step, i / grid->width, i % grid->width,
                      cell->sgr);
    }
}

static void play_step_back(struct playback *playback, uint32_t step)
{
    char words[32];
    const char *data;
    snprintf(words, sizeof words, "step %u", step);
    json_t *marker = next_event(playback, "m", &data);
    ck_assert_str_eq(data, words);
    json_t *output = next_event(playback, "o", &data);
    tiny_write(&playback->terminal, data);
    playback->octets += strlen(data);
    shows(playback, step);
    ck_assert(!playback->terminal.cursor);
    json_decref(marker);
    json_decref(output);
}

/* Writes the steps of a play as a recording and plays it. Returns the octets that the terminal got.
 */
static size_t played(struct play *play, int width, int height, enum stage_screen screen,
                     uint32_t from)
{
    char *text = NULL;
    const char *data;
    size_t len;
    struct film film;
    FILE *to = open_memstream(&text, &len);
    film_of_play(&film, play, width, height);
    ck_assert(cast_write(&film, from, play_last(play), screen, 500, to));
    fclose(to);
    struct playback playback = { .film = &film, .screen = screen, .at = text };
    tiny_begin(&playback.terminal, width, height);
    check_head(&playback);
    for (uint32_t step = from; step <= play_last(play); step++)
        play_step_back(&playback, step);
    json_t *end = next_event(&playback, "o", &data);
    tiny_write(&playback.terminal, data);
    ck_assert(playback.terminal.cursor);
    ck_assert_double_eq_tol(playback.time, (play_last(play) - from + 1) * 0.5, 0.001);
    ck_assert_ptr_null(next_line(&playback));
    json_decref(end);
    tiny_end(&playback.terminal);
    film_close(&film);
    free(text);
    return playback.octets;
}

/* Each screen of a whole lab. */
START_TEST(all_screens)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to_end(play);
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (film_has((enum stage_screen)i))
            played(play, 120, 40, (enum stage_screen)i,
                   play_stride() > 1 ? play_last(play) - 6 : 0);
    }
    played(play, 80, 24, SCREEN_STAGE, 5);
    play_end(play);
}
END_TEST

/* Only what changes is written: on average a step is a small part of a screen. */
START_TEST(only_changes)
{
    struct play *play = play_builtin("life", ON_MODEL);
    play_to_end(play);
    size_t octets = played(play, 120, 40, SCREEN_STAGE, 0);
    ck_assert_uint_lt(octets / (play_last(play) + 1), 120 * 40 / 3);
    play_end(play);
}
END_TEST

/* Characters of two cells come and go, and no octet of a lab commands the terminal. */
START_TEST(hostile)
{
    struct play *play = play_begin(hostile_lab, ON_MODEL);
    play_to_end(play);
    played(play, 80, 24, SCREEN_STAGE, 0);
    played(play, 121, 41, SCREEN_STAGE, 0);
    play_end(play);
}
END_TEST

/* So many steps a second as were asked for, and to a file. */
START_TEST(command)
{
    struct ran ran = run_expecting(0, "f=$(mktemp) && $TCPSTEP export life --on model --cast $f "
                                      "--speed 4 --from 2 --to 4 && cat $f && rm $f");
    ck_assert_ptr_nonnull(strstr(ran.out, "\n[0.000,\"m\",\"step 2\"]\n"));
    ck_assert_ptr_nonnull(strstr(ran.out, "\n[0.250,\"m\",\"step 3\"]\n"));
    ck_assert_ptr_nonnull(strstr(ran.out, "\n[0.500,\"m\",\"step 4\"]\n"));
    ck_assert_ptr_null(strstr(ran.out, "step 5\"]"));
    ran_free(&ran);
}
END_TEST

Suite *cast_suite(void)
{
    Suite *suite = suite_create("cast");
    TCase *tests = tcase_create("cast");
    tcase_add_test(tests, all_screens);
    tcase_add_test(tests, only_changes);
    tcase_add_test(tests, hostile);
    tcase_add_test(tests, command);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite;
}
