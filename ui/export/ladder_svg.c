/*
 * Time runs downwards and not to scale: what happens at different times, and what would cover other
 * things, stands at different heights, in the order in which it happened.
 */
#include "ui/export/ladder_svg.h"

#include "ui/export/ink.h"
#include "ui/export/markup.h"
#include "ui/text.h"
#include "ui/tui/grid.h"
#include "ui/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 1120,
    TIME_AT = 90, /* its right end */
    LINE_A = 330,
    LINE_B = 860,
    BESIDE = 10,
    HEAD = 74,
    ROW = 19,
    PAUSE = 8,         /* more, where time has passed */
    LONG_PAUSE = 18,   /* and where it was half a second */
    SHORT_USEC = 1000, /* what times in words cannot tell */
    LONG_USEC = 500000,
    LABEL_MAX = 64, /* columns that fit between the lines */
    FOOT = 40
};

/* A lane, drawn below the ones before it. */
struct panel {
    const struct arrows *arrows;
    unsigned lane;
    int top, bottom;
    int *heights; /* of all moments; those of other lanes unused */
};

static int line_of(int host)
{
    return host == 0 ? LINE_A : LINE_B;
}

static void write_text(int x, int y, const char *class, const char *anchor, const char *words,
                       FILE *to)
{
    fprintf(to, "<text x=\"%d\" y=\"%d\" class=\"%s\" text-anchor=\"%s\">", x, y, class, anchor);
    markup_text(words, to);
    fputs("</text>\n", to);
}

static void write_line(int x1, int y1, int x2, int y2, const char *class, FILE *to)
{
    fprintf(to, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"%s\"/>\n", x1, y1, x2, y2,
            class);
}

/* ---- heights */

/* A state stands at the height of what led there or came of it, at the same host and time. */
static bool shares_height(const struct moment *moment, const struct moment *before, bool shared)
{
    bool states = moment->kind == MOMENT_STATE, stated = before->kind == MOMENT_STATE;
    return states != stated && !shared && before->host == moment->host &&
           before->usec == moment->usec;
}

/* Returns the height of the panel's end. */
static int place(struct panel *panel)
{
    const struct moment *before = NULL;
    bool shared = false;
    int y = panel->top + HEAD;
    for (size_t i = 0; i < panel->arrows->moment_count; i++) {
        const struct moment *moment = &panel->arrows->moments[i];
        if (moment->lane != panel->lane)
            continue;
        uint64_t passed = before && moment->usec > before->usec ? moment->usec - before->usec : 0;
        shared = before && shares_height(moment, before, shared);
        if (before && !shared)
            y += ROW + (passed >= LONG_USEC ? LONG_PAUSE : passed >= SHORT_USEC ? PAUSE : 0);
        panel->heights[i] = y;
        before = moment;
    }
    return y + FOOT;
}

/* ---- arrows */

static void write_cross(int x, int y, FILE *to)
{
    write_line(x - 6, y - 6, x + 6, y + 6, "lost", to);
    write_line(x - 6, y + 6, x + 6, y - 6, "lost", to);
}

static int end_of(const struct panel *panel, size_t arrow)
{
    for (size_t i = 0; i < panel->arrows->moment_count; i++) {
        const struct moment *moment = &panel->arrows->moments[i];
        if (moment->kind == MOMENT_ENDS && moment->arrow == arrow)
            return panel->heights[i];
    }
    return 0;
}

/* Its line, as far as it came: to its end, or to the middle. */
static void write_way(const struct panel *panel, size_t moment, FILE *to)
{
    size_t which = panel->arrows->moments[moment].arrow;
    const struct flight *arrow = &panel->arrows->list[which];
    bool arrived = arrow->fate == ARROW_ARRIVED;
    int from_x = line_of(arrow->from), from_y = panel->heights[moment];
    int to_x = arrived ? line_of(1 - arrow->from) : (LINE_A + LINE_B) / 2;
    int to_y = arrived ? end_of(panel, which) : from_y + ROW / 2;
    write_line(from_x, from_y, to_x, to_y, arrow->again ? "way again" : "way", to);
    if (arrived)
        fprintf(to, "<path d=\"M%d %dl%d -5v10z\" class=\"head\"/>\n", to_x, to_y,
                arrow->from == 0 ? -10 : 10);
}

/* Where it ended on its way: a cross, or a dot where it is still. */
static void write_stop(const struct panel *panel, size_t moment, FILE *to)
{
    const struct flight *arrow = &panel->arrows->list[panel->arrows->moments[moment].arrow];
    int x = (LINE_A + LINE_B) / 2, y = panel->heights[moment] + ROW / 2;
    if (arrow->fate == ARROW_LOST)
        write_cross(x, y, to);
    else if (arrow->fate != ARROW_ARRIVED)
        fprintf(to, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" class=\"head\"/>\n", x, y);
}

/* Its words near its sender; all of them with its times where it is pointed at. */
static void write_label(const struct panel *panel, size_t moment, FILE *to)
{
    char marks[160], words[400], times[80];
    const struct flight *arrow = &panel->arrows->list[panel->arrows->moments[moment].arrow];
    bool right = arrow->from == 0;
    arrow_marks(arrow, marks, sizeof marks);
    int room = LABEL_MAX - text_width(marks);
    bool cut = (int)strlen(arrow->label) > room && room > 0;
    fputs("<g><title>", to);
    snprintf(words, sizeof words, "%s  %s", arrow_times(arrow, times, sizeof times), arrow->label);
    markup_text(words, to);
    fputs("</title>", to);
    snprintf(words, sizeof words, "%.*s%s%s%s%s", cut ? room - 1 : (int)sizeof arrow->label,
             arrow->label, cut ? "\u2026" : "", marks[0] ? "  [" : "", marks, marks[0] ? "]" : "");
    write_text(line_of(arrow->from) + (right ? BESIDE : -BESIDE), panel->heights[moment] - 4,
               arrow->fate == ARROW_LOST ? "label bad" : "label", right ? "start" : "end", words,
               to);
    fputs("</g>\n", to);
}

/* ---- a lane */

/* Beside the ladder; a time only where it is another one than above. */
static void write_sides(const struct panel *panel, FILE *to)
{
    char last[32] = "", words[32];
    for (size_t i = 0; i < panel->arrows->moment_count; i++) {
        const struct moment *moment = &panel->arrows->moments[i];
        bool left = moment->host == 0;
        if (moment->lane != panel->lane)
            continue;
        words_time(moment->usec, words, sizeof words);
        if (strcmp(words, last) != 0)
            write_text(TIME_AT, panel->heights[i] + 4, "faint", "end", words, to);
        memcpy(last, words, sizeof last);
        if (moment->kind == MOMENT_STATE)
            write_text(line_of(moment->host) + (left ? -BESIDE : BESIDE), panel->heights[i] + 4,
                       "state", left ? "end" : "start", moment->state, to);
    }
}

/* What covers other things comes later: lines, words, crosses. */
static void write_arrows(const struct panel *panel, FILE *to)
{
    static void (*const parts[])(const struct panel *, size_t, FILE *) = { write_way, write_label,
                                                                           write_stop };
    for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
        for (size_t i = 0; i < panel->arrows->moment_count; i++) {
            const struct moment *moment = &panel->arrows->moments[i];
            if (moment->lane == panel->lane && moment->kind == MOMENT_SENT)
                parts[part](panel, i, to);
        }
    }
}

static void write_panel(const struct panel *panel, const struct arrows_about *about, FILE *to)
{
    char words[256];
    write_text(WIDTH / 2, panel->top + 22, "strong", "middle",
               about->lane ? about->lane : _(lane_name((enum lane_id)panel->lane)), to);
    for (int host = 0; host < 2; host++) {
        snprintf(words, sizeof words, "%c  %.240s", host_letter(host), about->hosts[host]);
        write_text(line_of(host), panel->top + 46, "strong", "middle", words, to);
        write_line(line_of(host), panel->top + HEAD - ROW, line_of(host), panel->bottom - ROW,
                   "host", to);
    }
    write_sides(panel, to);
    write_arrows(panel, to);
}

/* ---- the drawing */

static void write_style(FILE *to)
{
    static const struct {
        const char *selector, *property;
        enum ink ink;
    } rules[] = { { ".host", "stroke", INK_FAINT }, { ".way", "stroke", INK_MODEL },
                  { ".head", "fill", INK_MODEL },   { ".lost", "stroke", INK_BAD },
                  { ".label", "fill", INK_PLAIN },  { ".label.bad", "fill", INK_BAD },
                  { ".state", "fill", INK_KERNEL }, { ".strong", "fill", INK_STRONG },
                  { ".faint", "fill", INK_FAINT } };
    fputs("<style>\ntext{font:13px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
          "white-space:pre}\n.strong{font-weight:bold}\n.way{stroke-width:1.6}\n"
          ".again{stroke-dasharray:7 4}\n.lost{stroke-width:2.6}\n"
          ".label,.state{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}\n",
          to);
    for (unsigned dark = 0; dark < 2; dark++) {
        fprintf(to, "%s.paper{fill:%s}\n.label,.state{stroke:%s}\n",
                dark ? "@media (prefers-color-scheme:dark){\n" : "", ink_paper[dark],
                ink_paper[dark]);
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
            const struct ink_look *look = &ink_looks[rules[i].ink];
            fprintf(to, "%s{%s:%s}\n", rules[i].selector, rules[i].property,
                    dark ? look->dark : look->light);
        }
    }
    fputs("}\n</style>\n", to);
}

static void write_head(const struct arrows_about *about, int height, FILE *to)
{
    fprintf(to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
            WIDTH, height, WIDTH, height);
    markup_text(about->title, to);
    fputs("\" xml:space=\"preserve\">\n<title>", to);
    markup_text(about->title, to);
    fputs("</title>\n", to);
    write_style(to);
    fputs("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n", to);
    write_text(WIDTH / 2, 28, "strong", "middle", about->title, to);
}

static void write_foot(const struct arrows *arrows, int y, FILE *to)
{
    char words[128];
    write_text(TIME_AT, y, "faint", "start", _("Time runs downwards, and not to scale."), to);
    snprintf(words, sizeof words, _("%zu more segments are not drawn."), arrows->left_out);
    if (arrows->left_out > 0)
        write_text(TIME_AT, y + ROW, "label bad", "start", words, to);
}

bool ladder_svg_write(const struct arrows *arrows, const struct arrows_about *about, FILE *to)
{
    struct panel panels[LANE_COUNT];
    unsigned count = 0;
    int y = 36;
    int *heights = calloc(arrows->moment_count + 1, sizeof *heights);
    if (!heights)
        return false;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        if (!arrows->has_lane[lane])
            continue;
        panels[count] = (struct panel){ .arrows = arrows, .lane = lane, .top = y };
        panels[count].heights = heights; /* each lane uses those of its own moments */
        y = panels[count].bottom = place(&panels[count]);
        count++;
    }
    write_head(about, y + 2 * ROW + 10, to);
    for (unsigned i = 0; i < count; i++)
        write_panel(&panels[i], about, to);
    write_foot(arrows, y + 4, to);
    fputs("</svg>\n", to);
    free(heights);
    return !ferror(to);
}
