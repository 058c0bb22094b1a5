/*
 * Rows are lines of <pre>. What a font may have in another width stands in a box of whole cells.
 */
#include "ui/export/html.h"

#include "ui/export/ink.h"
#include "ui/export/markup.h"
#include "ui/export/runs.h"
#include "ui/text.h"

const char *html_language(void)
{
    /* TRANSLATORS: the language of these texts, as HTML names it: zh-CN. */
    return _("en");
}

void html_css(FILE *to)
{
    fprintf(to,
            ":root{color-scheme:light dark}\n"
            "body{background:%s;color:%s}\n"
            "@media (prefers-color-scheme:dark){body{background:%s;color:%s}}\n",
            ink_paper[0], ink_looks[INK_PLAIN].light, ink_paper[1], ink_looks[INK_PLAIN].dark);
    fputs(".frame{font:14px/1.17 ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',"
          "monospace;font-variant-ligatures:none;margin:0;white-space:pre;tab-size:1}\n"
          ".frame b{font-weight:inherit;display:inline-block;width:1ch;overflow:hidden;"
          "vertical-align:bottom;height:1.17em}\n"
          ".frame b.w{width:2ch}\n",
          to);
    ink_css(".frame", "color", to);
}

static void write_run(const struct run *run, FILE *to)
{
    static const char *const boxes[] = { [RUN_SIGNS] = "<b>", [RUN_WIDE] = "<b class=\"w\">" };
    bool plain = run->ink == INK_PLAIN, boxed = run->kind != RUN_LETTERS;
    if (!plain)
        fprintf(to, "<span class=\"%s\">", ink_looks[run->ink].name);
    for (int i = 0; i < run->count; i++) {
        if (boxed)
            fputs(boxes[run->kind], to);
        markup_code(run_code(run, i), to);
        if (boxed)
            fputs("</b>", to);
    }
    if (!plain)
        fputs("</span>", to);
}

void html_rows(const struct grid *grid, int rows, FILE *to)
{
    struct run run;
    for (int y = 0; y < rows; y++) {
        for (int x = 0; next_run(grid, y, &x, &run);)
            write_run(&run, to);
        fputc('\n', to);
    }
}

void html_head(const char *title, FILE *to)
{
    fprintf(to,
            "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>",
            html_language());
    markup_text(title, to);
    fputs("</title>\n<style>\n", to);
}

void html_write(const struct grid *grid, const char *title, const char *words, FILE *to)
{
    html_head(title, to);
    html_css(to);
    fputs("main{overflow:auto}\n</style>\n</head>\n<body>\n<main>\n<h1 style=\"font-size:1.1em\">",
          to);
    markup_text(title, to);
    fputs("</h1>\n<pre class=\"frame\" role=\"region\" tabindex=\"0\" aria-label=\"", to);
    markup_text(title, to);
    fputs("\">\n", to);
    html_rows(grid, grid->height, to);
    fputs("</pre>\n<p>", to);
    markup_text(words, to);
    fputs("</p>\n</main>\n</body>\n</html>\n", to);
}
