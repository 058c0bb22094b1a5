/*
 * The stage: two hosts and the wire between them; on a narrow screen the hosts' panels fold into
 * tabs below their states.
 */
#include "ui/tui/panels.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>

enum {
    VARIABLES_HEIGHT = 10, /* a head and four lines for each lane */
    SOCKETS_HEIGHT = 4,
    SIDE_LEAST = 35
};

/* What draws a part of one host. */
typedef void draw_part(struct grid *grid, const struct picture *picture, int host,
                       struct rect area);

/* "A  client  10.9.0.1:40568": the address of the model's connection, or the kernel's. */
static void host_title(const struct picture *picture, int host, char *text, size_t len)
{
    char at[ENDPOINT_TEXT_MAX] = "", what[32];
    const struct lab_text *name = &picture->lab->host_names[host];
    for (unsigned lane = 0; lane < LANE_COUNT && !at[0]; lane++) {
        const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
        if (row && row->local.port)
            endpoint_text(&row->local, at, sizeof at);
    }
    snprintf(text, len, "%c  %s%s%s", host_letter(host),
             retell_octets(name->octets, name->len, what, sizeof what), at[0] ? "  " : "", at);
}

static struct rect inside(struct rect box)
{
    return (struct rect){ box.x + 2, box.y + 1, box.width - 4, box.height - 2 };
}

static int lane_count(const struct view *view)
{
    return view->ran[LANE_MODEL] + view->ran[LANE_KERNEL] + view->ran[LANE_MIXED];
}

/* One section of a host's box: a dividing line with its title, then its lines. */
static int section(struct grid *grid, const struct picture *picture, int host, struct rect box,
                   int y, int height, const char *title, draw_part *draw)
{
    struct rect area = { box.x + 2, y + 1, box.width - 4, height };
    grid_divide(grid, box, y, INK_FAINT, title);
    draw(grid, picture, host, area);
    return y + 1 + height;
}

static void draw_host(struct grid *grid, const struct picture *picture, int host, struct rect box)
{
    char title[96];
    int states = lane_count(picture->view);
    int variables = states * (VARIABLES_HEIGHT / 2);
    struct rect timer = { box.x + 2, box.y + 1 + states, box.width - 4, 1 };
    if (view_live_lane(picture->view) < LANE_COUNT)
        states++; /* a line for timers */
    int calls = box.height - 2 - states - 3 - SOCKETS_HEIGHT - variables;
    host_title(picture, host, title, sizeof title);
    grid_box(grid, box, INK_FAINT, title);
    draw_host_states(grid, picture, host, inside(box));
    draw_timer(grid, picture, host, timer);
    int y = box.y + 1 + states;
    y = section(grid, picture, host, box, y, SOCKETS_HEIGHT, _("sockets"), draw_sockets);
    y = section(grid, picture, host, box, y, calls, _("calls"), draw_calls);
    section(grid, picture, host, box, y, variables, _("variables"), draw_variables);
}

/* Of a program there is one host: what it has printed stands in the other one's place. */
static void draw_printed_box(struct grid *grid, const struct picture *picture, struct rect box)
{
    grid_box(grid, box, INK_FAINT, _("printed and typed"));
    draw_printed(grid, picture, inside(box));
}

static void draw_wide(struct grid *grid, const struct picture *picture, struct rect area)
{
    int side = area.width * 28 / 100;
    if (side < SIDE_LEAST)
        side = SIDE_LEAST;
    struct rect left = { area.x, area.y, side, area.height };
    struct rect right = { area.x + area.width - side, area.y, side, area.height };
    struct rect middle = { area.x + side + 1, area.y, area.width - 2 * side - 2, area.height };
    draw_host(grid, picture, 0, left);
    if (picture->program)
        draw_printed_box(grid, picture, right);
    else if (picture->lab->host_count > 1)
        draw_host(grid, picture, 1, right);
    const char *title =
        view_has_two_wires(picture->view) ? _("the wire: m model, k kernel") : _("the wire");
    int title_width = text_width(title);
    grid_put(grid, middle.x + (middle.width - title_width) / 2, middle.y, title_width, INK_STRONG,
             title);
    middle.y += 2;
    middle.height -= 2;
    draw_wire(grid, picture, middle);
}

static void draw_tabs(struct grid *grid, const struct picture *picture, struct rect at)
{
    static const char *const names[TAB_COUNT] = { N_("wire"), N_("calls"), N_("variables"),
                                                  N_("sockets") };
    int x = at.x + 1;
    for (unsigned i = 0; i < TAB_COUNT; i++) {
        char name[48], click[ZONE_WORDS_MAX];
        bool chosen = i == picture->tab;
        snprintf(name, sizeof name, chosen ? "[%s]" : " %s ", _(names[i]));
        snprintf(click, sizeof click, "tab %s", names[i]);
        zones_add(picture->zones, (struct rect){ x, at.y, text_width(name), 1 }, click, "");
        x += grid_put(grid, x, at.y, at.x + at.width - x, chosen ? INK_CHOSEN : INK_FAINT, name);
        x++;
    }
    x += grid_put(grid, x, at.y, at.x + at.width - x, INK_FAINT, _(" tab: next"));
    if (view_has_two_wires(picture->view))
        grid_put(grid, x, at.y, at.x + at.width - x, INK_FAINT, _("   m: model  k: kernel"));
}

static void draw_both(struct grid *grid, const struct picture *picture, struct rect area,
                      draw_part *draw)
{
    int half = area.width / 2;
    struct rect left = { area.x + 1, area.y, half - 2, area.height };
    struct rect right = { area.x + half + 1, area.y, area.width - half - 2, area.height };
    draw(grid, picture, 0, left);
    if (picture->program)
        draw_printed(grid, picture, right);
    else if (picture->lab->host_count > 1)
        draw(grid, picture, 1, right);
}

static void draw_narrow(struct grid *grid, const struct picture *picture, struct rect area)
{
    char title[96];
    int half = area.width / 2;
    int height = lane_count(picture->view) + 2;
    if (picture->program)
        half = area.width;
    for (int host = 0; host < 2 && (unsigned)host < picture->lab->host_count; host++) {
        struct rect box = { area.x + host * half, area.y, host ? area.width - half : half, height };
        host_title(picture, host, title, sizeof title);
        grid_box(grid, box, INK_FAINT, title);
        draw_host_states(grid, picture, host, inside(box));
        struct rect timer = { box.x + 2, box.y + height - 1, box.width - 4, 1 };
        draw_timer(grid, picture, host, timer);
    }
    struct rect tabs = { area.x, area.y + height, area.width, 1 };
    struct rect rest = { area.x, tabs.y + 1, area.width, area.height - height - 1 };
    draw_tabs(grid, picture, tabs);
    switch (picture->tab) {
    case TAB_WIRE:
        draw_wire(grid, picture, rest);
        break;
    case TAB_CALLS:
        draw_both(grid, picture, rest, draw_calls);
        break;
    case TAB_VARIABLES:
        draw_both(grid, picture, rest, draw_variables);
        break;
    case TAB_SOCKETS:
        if (picture->program)
            draw_sockets(grid, picture, 0, rest);
        else
            draw_both(grid, picture, rest, draw_sockets);
        break;
    case TAB_COUNT:
        break;
    }
}

void draw_stage(struct grid *grid, const struct picture *picture, struct rect area)
{
    if (grid->width >= WIDE_FROM && area.height >= 24)
        draw_wide(grid, picture, area);
    else
        draw_narrow(grid, picture, area);
}
