/*
 * The page: its frames as rows that are kept once (row_table), each frame as what differs from the
 * one before it; page.js puts them together.
 */
#include "ui/export/page.h"

#include "ui/export/html.h"
#include "ui/export/ink.h"
#include "ui/export/markup.h"
#include "ui/export/row_table.h"
#include "ui/text.h"
#include "ui/tui/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The frames of a screen, as far as they are written. */
struct reel {
    char *text;
    size_t len;
    FILE *to;
    size_t *shown; /* the rows of the last frame */
};

struct page {
    struct film *film;
    uint32_t from, to;
    enum stage_screen screen;
    struct row_table table;
    struct reel reels[SCREEN_COUNT];
    struct reel steps; /* what is said of each step */
};

int page_rows(const struct grid *grid)
{
    return grid->height - 1;
}

/* ---- frames */

static bool take_frame(struct page *page, enum stage_screen screen, bool first)
{
    const struct grid *grid = film_draw(page->film, screen);
    struct reel *reel = &page->reels[screen];
    const char *between = "";
    fputs(first ? "[" : ",[", reel->to);
    for (int y = 0; y < page_rows(grid); y++) {
        size_t place;
        if (!row_table_take(&page->table, grid, y, &place))
            return false;
        if (!first && reel->shown[y] == place)
            continue;
        fprintf(reel->to, "%s%d,%zu", between, y, place);
        between = ",";
        reel->shown[y] = place;
    }
    fputc(']', reel->to);
    return true;
}

static void take_step(struct page *page, bool first)
{
    char said[FILM_SAID_MAX], time[32];
    FILE *to = page->steps.to;
    fprintf(to, "%s[", first ? "" : ",\n");
    markup_json(film_time(page->film, time, sizeof time), to);
    fputc(',', to);
    markup_json(film_said(page->film, said, sizeof said), to);
    fputc(']', to);
}

static bool take_all(struct page *page)
{
    for (uint32_t step = page->from; step <= page->to; step++) {
        film_to(page->film, step);
        take_step(page, step == page->from);
        for (unsigned i = 0; i < SCREEN_COUNT; i++) {
            if (film_has((enum stage_screen)i) &&
                !take_frame(page, (enum stage_screen)i, step == page->from))
                return false;
        }
    }
    return true;
}

/* ---- data for the script */

/* What a page can do of it; NULL: nothing. */
static const char *command_word(const struct command_row *row)
{
    static const struct {
        enum stage_command command;
        const char *with, *word; /* with: "" for anything */
    } words[] = { { STAGE_STEP, "", "step" },
                  { STAGE_BACK, "", "back" },
                  { STAGE_RUN, "", "run" },
                  { STAGE_SPEED, "faster", "faster" },
                  { STAGE_SPEED, "slower", "slower" },
                  { STAGE_FIRST, "", "first" },
                  { STAGE_LAST, "", "last" },
                  { STAGE_VIEW, "states", "states" },
                  { STAGE_CLOSE, "", "stage" } };
    if (row->screens && !(row->screens & 1u << SCREEN_STAGE))
        return NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bool same = !words[i].with[0] || (row->with && strcmp(row->with, words[i].with) == 0);
        if (words[i].command == row->command && same)
            return words[i].word;
    }
    return NULL;
}

/* As KeyboardEvent.key has it; "": none that a page gets. */
static const char *key_word(uint32_t key, char text[5])
{
    static const struct {
        uint32_t key;
        const char *word;
    } words[] = { { KEYS_LEFT, "ArrowLeft" },
                  { KEYS_RIGHT, "ArrowRight" },
                  { KEYS_HOME, "Home" },
                  { KEYS_END, "End" },
                  { KEYS_ESCAPE, "Escape" } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].key == key)
            return words[i].word;
    }
    text[0] = '\0';
    bool is_digit = key >= '0' && key <= '9'; /* a page has its own screens by numbers */
    if (key >= ' ' && key < KEYS_UP && !is_digit)
        utf8_encode(key, text);
    return text;
}

/* Keys do on the page what they do on the stage. */
static void write_keys(FILE *to)
{
    char text[5];
    const char *between = "";
    fputs("\"keys\":{", to);
    for (size_t i = 0; i < 3 * command_row_count; i++) {
        const struct command_row *row = &command_rows[i / 3];
        const uint32_t all[] = { row->key, row->also, row->too };
        const char *command = command_word(row), *key = key_word(all[i % 3], text);
        if (!command || !key[0])
            continue;
        fputs(between, to);
        markup_json(key, to);
        fputc(':', to);
        markup_json(command, to);
        between = ",";
    }
    fputs("},\n", to);
}

static void write_words(FILE *to)
{
    /* TRANSLATORS: step 3 of 27, t = 0.200 s; 1.0 steps a second. */
    static const char *const words[][2] = { { "at", N_("step %s of %s, t = %s") },
                                            { "speed", N_("%s steps a second") },
                                            { "run", N_("run") },
                                            { "pause", N_("pause") } };
    fputs("\"words\":{", to);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        fprintf(to, "%s\"%s\":", i ? "," : "", words[i][0]);
        markup_json(_(words[i][1]), to);
    }
    fputs("},\n", to);
}

static void write_inks(FILE *to)
{
    fputs("\"inks\":[", to);
    for (unsigned i = 0; i < INK_COUNT; i++)
        fprintf(to, "%s\"%s\"", i ? "," : "", ink_looks[i].name);
    fputs("],\n", to);
}

static void write_data(struct page *page, FILE *to)
{
    const char *between = "";
    fprintf(to,
            "<script type=\"application/json\" id=\"run\">\n"
            "{\"first\":%" PRIu32 ",\"last\":%" PRIu32 ",\"screen\":\"%s\",\n",
            page->from, page->film->of.last_step, screen_rows[page->screen].name);
    write_inks(to);
    write_keys(to);
    write_words(to);
    fputs("\"rows\":[", to);
    for (size_t i = 0; i < page->table.count; i++) {
        fputs(i ? ",\n" : "\n", to);
        markup_json(page->table.rows[i], to);
    }
    fprintf(to, "],\n\"steps\":[\n%s],\n\"screens\":{", page->steps.text);
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (!page->reels[i].text)
            continue;
        fprintf(to, "%s\n\"%s\":[%s]", between, screen_rows[i].name, page->reels[i].text);
        between = ",";
    }
    fputs("}}\n</script>\n", to);
}

/* ---- the page */

static void write_button(const char *id, const char *words, FILE *to)
{
    fprintf(to, "<button type=\"button\" id=\"%s\">", id);
    markup_text(words, to);
    fputs("</button>\n", to);
}

static void write_screens(const struct page *page, FILE *to)
{
    fputs("<nav aria-label=\"", to);
    markup_text(_("screens"), to);
    fputs("\">\n", to);
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (!page->reels[i].text)
            continue;
        fprintf(to, "<button type=\"button\" data-screen=\"%s\" aria-pressed=\"%s\">",
                screen_rows[i].name, i == page->screen ? "true" : "false");
        markup_text(_(screen_rows[i].title), to);
        fputs("</button>\n", to);
    }
    fputs("</nav>\n", to);
}

static void write_controls(const struct page *page, FILE *to)
{
    fputs("<div id=\"controls\">\n", to);
    write_button("first", _("first"), to);
    write_button("back", _("back"), to);
    write_button("run-or-pause", _("run"), to);
    write_button("step", _("step"), to);
    write_button("last", _("last"), to);
    fprintf(to,
            "<input type=\"range\" id=\"time\" min=\"%" PRIu32 "\" max=\"%" PRIu32
            "\" value=\"%" PRIu32 "\" aria-label=\"",
            page->from, page->to, page->from);
    markup_text(_("time line"), to);
    fputs("\">\n<output id=\"at\" for=\"time\"></output>\n<span id=\"speed\"></span>\n</div>\n",
          to);
}

/* What there is where no script runs. */
static void write_first(struct page *page, FILE *to)
{
    char said[FILM_SAID_MAX];
    film_to(page->film, page->from);
    const struct grid *grid = film_draw(page->film, page->screen);
    fputs("<div id=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", to);
    markup_text(_("what is to be seen"), to);
    fputs("\"><pre class=\"frame\" id=\"frame\">\n", to);
    html_rows(grid, page_rows(grid), to);
    fputs("</pre></div>\n", to);
    write_controls(page, to);
    fputs("<p id=\"said\" aria-live=\"polite\">", to);
    markup_text(film_said(page->film, said, sizeof said), to);
    fputs("</p>\n", to);
}

static void write_foot(const struct page *page, FILE *to)
{
    char words[256];
    fputs("<footer>\n<p>", to);
    markup_text(_("Keys: space and b, or right and left, go step by step; g and G to the first and "
                  "the last step; r runs or pauses, + and - change its speed; 1 to 9 choose a "
                  "screen."),
                to);
    fputs("</p>\n", to);
    if (page->from > 0 || page->to < page->film->of.last_step) {
        snprintf(words, sizeof words, _("This page has steps %u to %u of a run of %u."), page->from,
                 page->to, page->film->of.last_step);
        fputs("<p>", to);
        markup_text(words, to);
        fputs("</p>\n", to);
    }
    fputs("<noscript><p>", to);
    markup_text(_("This is the first frame; the others need JavaScript."), to);
    fputs("</p></noscript>\n</footer>\n", to);
}

static void write_page(struct page *page, FILE *to)
{
    char title[192], head[224];
    film_title(page->film, title, sizeof title);
    snprintf(head, sizeof head, "tcpstep: %s", title);
    html_head(head, to);
    html_css(to);
    fprintf(to, "%s</style>\n</head>\n<body>\n<main>\n<h1>", page_style);
    markup_text(title, to);
    fputs("</h1>\n", to);
    write_screens(page, to);
    write_first(page, to);
    write_foot(page, to);
    fputs("</main>\n", to);
    write_data(page, to);
    fprintf(to, "<script>\n%s</script>\n</body>\n</html>\n", page_script);
}

static bool open_reel(struct reel *reel, int rows)
{
    reel->shown = calloc((size_t)rows, sizeof *reel->shown);
    reel->to = open_memstream(&reel->text, &reel->len);
    return reel->shown && reel->to;
}

static bool open_reels(struct page *page)
{
    bool good = open_reel(&page->steps, 1);
    for (unsigned i = 0; i < SCREEN_COUNT && good; i++) {
        if (film_has((enum stage_screen)i))
            good = open_reel(&page->reels[i], page->film->of.height);
    }
    return good;
}

static bool close_reel(struct reel *reel)
{
    bool good = !reel->to || fclose(reel->to) == 0;
    reel->to = NULL;
    return good;
}

static bool close_reels(struct page *page)
{
    bool good = close_reel(&page->steps);
    for (unsigned i = 0; i < SCREEN_COUNT; i++)
        good = close_reel(&page->reels[i]) && good;
    return good;
}

static void free_reel(struct reel *reel)
{
    free(reel->text);
    free(reel->shown);
}

bool page_write(struct film *film, uint32_t from, uint32_t to, enum stage_screen screen, FILE *out)
{
    struct page page = { .film = film, .from = from, .to = to, .screen = screen };
    bool good = open_reels(&page) && take_all(&page);
    good = close_reels(&page) && good;
    if (good)
        write_page(&page, out);
    free_reel(&page.steps);
    for (unsigned i = 0; i < SCREEN_COUNT; i++)
        free_reel(&page.reels[i]);
    row_table_free(&page.table);
    return good && !ferror(out);
}
