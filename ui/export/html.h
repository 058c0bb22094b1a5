/*
 * A frame as HTML: text in cells, in the inks of light paper or of dark.
 */
#ifndef UI_EXPORT_HTML_H
#define UI_EXPORT_HTML_H

#include "ui/tui/grid.h"

/* A page of its own, which needs nothing from elsewhere. The words: what there is to be seen. */
void html_write(const struct grid *grid, const char *title, const char *words, FILE *to);

/* Its parts, for other pages: from the doctype to what stands in <style>, which stays open; rules
 * of the frame; the first `rows` rows of a grid, a line each. */
void html_head(const char *title, FILE *to);
void html_css(FILE *to);
void html_rows(const struct grid *grid, int rows, FILE *to);

/* The language of texts, as HTML names it: "en", "zh-CN". */
const char *html_language(void);

#endif
