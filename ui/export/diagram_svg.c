/*
 * The state diagram as SVG: the wide layout, a cell of it 9 by 18 units. It needs no other file,
 * and goes by whether its reader prefers light or dark.
 */
#include "ui/export/diagram.h"

#include "ui/diagram_marks.h"
#include "ui/text.h"
#include "ui/tui/grid.h"
#include "ui/words.h"

#include <string.h>

enum {
    CELL_WIDTH = 9,
    CELL_HEIGHT = 18,
    MARGIN = 18,
    TITLE_HEIGHT = 36,
    LINE_HEIGHT = 16,
    LINE_COLUMNS = 114, /* of the small words below */
    LINES_MAX = 8,      /* of one paragraph */
    HEAD_LENGTH = 9,    /* of an arrow's head, and half of its width */
    HEAD_HALF = 5
};

static const char style[] = "<style>\n"
                            "text { font-family: monospace; font-size: 13px; fill: #1a1a1a; }\n"
                            ".title { font-size: 16px; font-weight: bold; }\n"
                            ".small { font-size: 11px; }\n"
                            ".middle { text-anchor: middle; }\n"
                            ".ground { fill: #ffffff; }\n"
                            ".box, .line { fill: none; stroke: #1a1a1a; stroke-width: 1.5; }\n"
                            ".head { fill: #1a1a1a; stroke: none; }\n"
                            ".tail { fill: #ffffff; stroke: #1a1a1a; stroke-width: 1.5; }\n"
                            ".faint .line { stroke: #6b6b6b; stroke-width: 1; }\n"
                            ".faint .head { fill: #6b6b6b; }\n"
                            ".faint text { fill: #595959; }\n"
                            ".passed .line, .passed .box { stroke-width: 4; }\n"
                            ".moved .line, .moved .box { stroke: #b45f00; stroke-width: 4; }\n"
                            ".moved .head, .moved .tail { fill: #b45f00; stroke: #b45f00; }\n"
                            ".passed text, .moved text { font-weight: bold; }\n"
                            "@media (prefers-color-scheme: dark) {\n"
                            "text { fill: #eeeeee; }\n"
                            ".ground { fill: #161616; }\n"
                            ".box, .line { stroke: #eeeeee; }\n"
                            ".head { fill: #eeeeee; }\n"
                            ".tail { fill: #161616; stroke: #eeeeee; }\n"
                            ".faint .line { stroke: #8c8c8c; }\n"
                            ".faint .head { fill: #8c8c8c; }\n"
                            ".faint text { fill: #a8a8a8; }\n"
                            ".moved .line, .moved .box { stroke: #ffb454; }\n"
                            ".moved .head, .moved .tail { fill: #ffb454; stroke: #ffb454; }\n"
                            "}\n"
                            "</style>\n";

struct svg {
    const struct view *view; /* or NULL */
    struct diagram_marks marks;
    FILE *to;
};

/* The middle of a cell. */
static int at_x(int x)
{
    return MARGIN + x * CELL_WIDTH + CELL_WIDTH / 2;
}

static int at_y(int y)
{
    return TITLE_HEIGHT + MARGIN + y * CELL_HEIGHT + CELL_HEIGHT / 2;
}

/* Text between tags; control characters are none of XML's. */
static void put_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        unsigned char octet = (unsigned char)*text;
        if (octet == '&')
            fputs("&amp;", to);
        else if (octet == '<')
            fputs("&lt;", to);
        else if (octet == '>')
            fputs("&gt;", to);
        else
            fputc(octet < ' ' || octet == 0x7f ? '?' : octet, to);
    }
}

static void put_line(int x, int y, const char *class, const char *text, FILE *to)
{
    fprintf(to, "<text x=\"%d\" y=\"%d\" class=\"%s\" xml:space=\"preserve\">", x, y, class);
    put_text(text, to);
    fputs("</text>\n", to);
}

/* Along the cells, from the edge of one box to the edge of the other. */
static void put_route(const struct svg *svg, const struct route *route, bool tail)
{
    struct route_cell cells[ROUTE_CELLS_MAX];
    size_t count = route_cells(route, cells);
    const struct route_cell *first = &cells[0], *last = &cells[count - 1];
    int right = (last->out == 'R') - (last->out == 'L');
    int down = (last->out == 'D') - (last->out == 'U');
    int x = at_x(last->x + right), y = at_y(last->y + down);
    int back_x = x - right * HEAD_LENGTH, back_y = y - down * HEAD_LENGTH;
    fprintf(svg->to, "<polyline class=\"line\" points=\"%d,%d",
            at_x(first->x - (first->in == 'R') + (first->in == 'L')),
            at_y(first->y - (first->in == 'D') + (first->in == 'U')));
    for (size_t i = 0; i + 1 < count; i++) {
        if (cells[i].in != cells[i].out)
            fprintf(svg->to, " %d,%d", at_x(cells[i].x), at_y(cells[i].y));
    }
    fprintf(svg->to, " %d,%d\"/>\n", back_x, back_y);
    fprintf(svg->to, "<polygon class=\"head\" points=\"%d,%d %d,%d %d,%d\"/>\n", x, y,
            back_x + down * HEAD_HALF, back_y + right * HEAD_HALF, back_x - down * HEAD_HALF,
            back_y - right * HEAD_HALF);
    if (tail)
        fprintf(svg->to, "<circle class=\"tail\" cx=\"%d\" cy=\"%d\" r=\"5\"/>\n", at_x(first->x),
                at_y(first->y));
}

static void put_label(const struct svg *svg, int x, int y, const char *label)
{
    int middle = (at_x(x) + at_x(x + text_width(label) - 1)) / 2;
    put_line(middle, at_y(y) + 4, "middle", label, svg->to);
}

/* Its rules, as browsers show them where one points at it. */
static void put_rules(const struct arrow *arrow, FILE *to)
{
    char label[64], where[48];
    fputs("<title>", to);
    fprintf(to, "%s → %s: ", state_name((enum tcp_state)arrow->from),
            state_name((enum tcp_state)arrow->to));
    put_text(arrow_label(arrow, label, sizeof label), to);
    for (unsigned i = 0; i < ARROW_RULES && arrow->rules[i] != RULE_NONE; i++) {
        const struct rule *rule = &tcp_rules[arrow->rules[i]];
        fputs("; ", to);
        put_text(words_where((enum rule_id)arrow->rules[i], where, sizeof where), to);
        fputs(": ", to);
        put_text(_(rule->when), to);
        fputs(", ", to);
        put_text(_(rule->then), to);
    }
    fputs("</title>\n", to);
}

static void put_arrow(const struct svg *svg, unsigned index)
{
    char label[64];
    const struct arrow *arrow = &diagram_arrows[index];
    const struct arrow_marks *marks = &svg->marks.arrows[index];
    const struct route *route = &layout_wide.routes[index];
    bool plain = !svg->view || marks->possible;
    fprintf(svg->to, "<g class=\"arrow %s\">\n",
            marks->moved    ? "moved"
            : marks->passed ? "passed"
            : plain         ? "plain"
                            : "faint");
    put_rules(arrow, svg->to);
    put_route(svg, route, marks->moved || marks->possible);
    arrow_label(arrow, label, sizeof label);
    put_label(svg, route->label_x, route->label_y, route->action_x > 0 ? arrow->event : label);
    if (route->action_x > 0)
        put_label(svg, route->action_x, route->action_y, arrow->action);
    fputs("</g>\n", svg->to);
}

/* Who is there stands in the lower edge. */
static void put_box(const struct svg *svg, unsigned box)
{
    char who[24];
    const struct box_at *at = &layout_wide.boxes[box];
    const struct box_marks *marks = &svg->marks.boxes[box];
    int x = at_x(at->x), y = at_y(at->y);
    int width = (at->width - 1) * CELL_WIDTH, height = (at->height - 1) * CELL_HEIGHT;
    fprintf(svg->to, "<g class=\"state %s\">\n",
            marks->moved[0] ? "moved"
            : marks->been   ? "passed"
                            : "plain");
    fprintf(svg->to,
            "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n", x, y,
            width, height);
    put_line(x + width / 2, y + height / 2 + 4, "middle", state_name(diagram_box_state(box)),
             svg->to);
    box_who(marks, who, sizeof who);
    if (who[0]) {
        fprintf(svg->to, "<rect class=\"ground\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\"/>\n",
                x + 10, y + height - 8, (text_width(who) + 1) * CELL_WIDTH);
        put_line(x + 14, y + height + 4, "who", who, svg->to);
    }
    fputs("</g>\n", svg->to);
}

/* Where everybody is, for those who do not see the drawing. */
static void put_description(const struct svg *svg)
{
    fputs("<desc id=\"desc\">", svg->to);
    put_text(_("The states of a TCP connection and the moves between them, as in RFC 9293, 3.3.2, "
               "Figure 5."),
             svg->to);
    for (unsigned lane = 0; svg->view && lane < LANE_COUNT; lane++) {
        for (int host = 0; host < 2; host++) {
            char text[120];
            const struct sock_row *row = socks_main(&svg->view->socks, lane, host);
            if (!row)
                continue;
            snprintf(text, sizeof text, _("%c (%s) is in %s."), host_letter(host),
                     _(lane_name(view_kind(svg->view, lane, host))),
                     state_name((enum tcp_state)row->state));
            fputc('\n', svg->to);
            put_text(text, svg->to);
        }
    }
    fputs("</desc>\n", svg->to);
}

/* A paragraph of small words; returns how many lines it takes. With no `to` it is only measured. */
static int put_paragraph(const char *words, int y, FILE *to)
{
    struct grid grid = { .width = 0 };
    struct rect all = { 0, 0, LINE_COLUMNS, LINES_MAX };
    char line[LINE_COLUMNS * 4 + 1];
    int rows = text_rows(words, LINE_COLUMNS);
    rows = rows < LINES_MAX ? rows : LINES_MAX;
    if (!to || !grid_make(&grid, LINE_COLUMNS, LINES_MAX))
        return rows;
    grid_wrap(&grid, all, INK_PLAIN, words);
    for (int row = 0; row < rows; row++) {
        size_t used = 0, end = 0;
        for (int x = 0; x < LINE_COLUMNS; x++) {
            uint32_t code = grid.cells[row * LINE_COLUMNS + x].code;
            char octets[5];
            if (code == 0)
                continue;
            size_t len = utf8_encode(code, octets);
            memcpy(line + used, octets, len);
            used += len;
            end = code == ' ' ? end : used;
        }
        line[end] = '\0';
        put_line(MARGIN, y + row * LINE_HEIGHT, "small", line, to);
    }
    grid_free(&grid);
    return rows;
}

/* Below the chart: the marks, what the figure does not have, its notes. Returns where it ends. */
static int put_words(const struct svg *svg, int y, FILE *to)
{
    char text[WORDS_MAX + 240];
    const struct view *view = svg->view;
    const struct move *move;
    if (view)
        y += LINE_HEIGHT *
             put_paragraph(_("A B: hosts of the model; a b: hosts of the kernel; ● moved in this "
                             "step; thick: the way so far; ○ possible next"),
                           y, to);
    for (unsigned n = 0; view && (move = diagram_outside_move(view, n, DIAGRAM_OUTSIDE_MAX)); n++)
        y += LINE_HEIGHT * put_paragraph(move_words(view, move, text, sizeof text), y, to);
    for (unsigned i = 0; i < DIAGRAM_NOTES; i++)
        y += LINE_HEIGHT * put_paragraph(_(diagram_notes[i]), y, to);
    return y;
}

void diagram_svg(const struct view *view, const char *title, FILE *to)
{
    struct svg svg = { .view = view, .to = to };
    int width = 2 * MARGIN + layout_wide.width * CELL_WIDTH;
    int below = at_y(layout_wide.height) + LINE_HEIGHT;
    int height = put_words(&svg, below, NULL) + MARGIN;
    if (view)
        diagram_mark(&svg.marks, view);
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">",
            width, height, width, height);
    put_text(title, to);
    fputs("</title>\n", to);
    put_description(&svg);
    fputs(style, to);
    fprintf(to, "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n", width, height);
    put_line(MARGIN, MARGIN + 12, "title", title, to);
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++)
        put_arrow(&svg, i);
    for (unsigned box = 0; box < BOX_COUNT; box++)
        put_box(&svg, box);
    put_words(&svg, below, to);
    fputs("</svg>\n", to);
}
