/*
 * Films of plays, for tests of what is exported; and labs that would break out of it.
 */
#ifndef TESTS_FILM_RIG_H
#define TESTS_FILM_RIG_H

#include "tests/play.h"
#include "ui/export/film.h"

/* Of all steps that the play has done. film_close() in the end. */
void film_of_play(struct film *film, const struct play *play, int width, int height);

/* A lab whose every text tries to end a tag, a script, a string or a comment, to command a
 * terminal, or has characters of two cells. */
extern const char hostile_lab[];

/* A part of its title that must come out as text. */
extern const char hostile_title[];

/* The first `rows` rows of a grid as a browser's text: with the blanks at their ends; to be freed.
 */
char *whole_rows(const struct grid *grid, int rows);

/* Compares texts line by line. */
void same_lines(const char *seen, const char *wanted, const char *what);

#endif
