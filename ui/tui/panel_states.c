/*
 * The state diagram of RFC 9293, 3.3.2, Figure 5 (with erratum 8710's arrow back to LISTEN left
 * to the rules): where each host is, on each lane, and where it has been.
 */
#include "ui/tui/panels.h"

#include "ui/words.h"

#include <stdio.h>
#include <string.h>

enum {
    CHART_WIDTH = 78,
    CHART_HEIGHT = 19
};

/* Names and who is there are put in from `places`. */
static const char *const chart[CHART_HEIGHT] = {
    "          passive OPEN                        active OPEN, snd SYN",
    "        ┌────────────────────              ─────────────────────────┐",
    "        │  ┌── CLOSE ───────────▲   ▲───────── CLOSE ───────────┐   │",
    "        ▼  │                                                    │   ▼",
    "                       ────────── SEND, snd SYN ────────────▶",
    "        │  ▲  down: rcv SYN, snd SYN,ACK                            │",
    "        ▼  │  up: rcv RST (after passive OPEN)                      │",
    "                       ◀────────── rcv SYN, snd SYN,ACK ────────────┤",
    "        │    │ rcv ACK of SYN                                       │",
    "        │    └─────────────▶                     ◀──────────────────┘",
    "        │ CLOSE, snd FIN        │     │       rcv SYN,ACK, snd ACK",
    "        │    ┌──────────────────┘     └─── rcv FIN, snd ACK ─────┐",
    "        ▼    ▼ CLOSE, snd FIN                                    ▼",
    "                       ── rcv FIN, snd ACK ─▶",
    "        │ rcv ACK of FIN                          │ ACK of FIN   │ CLOSE,",
    "        ▼                                         ▼              ▼ snd FIN",
    "                       ── rcv FIN, snd ACK ─▶",
    "                                     2 MSL timeout│              │ ACK of FIN",
    "                                                  └▶             ◀",
};

/* Where each state's name stands, with room for who is there behind it. CLOSED stands twice,
 * as in the RFC's figure: where a connection begins and where it ends. */
struct place {
    enum tcp_state state;
    int x, y;
    bool at_end;
};

static const struct place places[] = {
    { CLOSED, 31, 1, false },      { LISTEN, 7, 4, false },       { SYN_SENT, 62, 4, false },
    { SYN_RECEIVED, 3, 7, false }, { ESTABLISHED, 29, 9, false }, { FIN_WAIT_1, 4, 13, false },
    { CLOSING, 46, 13, false },    { CLOSE_WAIT, 60, 13, false }, { FIN_WAIT_2, 4, 16, false },
    { TIME_WAIT, 46, 16, false },  { LAST_ACK, 60, 16, false },   { CLOSED, 53, 18, true },
};

static bool moved_now(const struct picture *picture, const struct sock_row *row)
{
    return row->moved_step == picture->view->step && row->from != row->state;
}

/* A connection that came to its end in LAST-ACK or TIME-WAIT is over; any other CLOSED is the one
 * that a connection begins with. */
static bool stands_there(const struct sock_row *row, const struct place *place)
{
    bool over = row->from == LAST_ACK || row->from == TIME_WAIT || row->source == BY_ABSENCE;
    return row->state == place->state && (row->state != CLOSED || over == place->at_end);
}

/* Puts "●Ab" and so on: capitals for the model's hosts, small letters for the kernel's. */
static int put_who(struct grid *grid, const struct picture *picture, const struct place *place,
                   int x, int y, bool moved)
{
    char text[16] = "";
    size_t len = 0;
    for (int host = 0; host < 2; host++) {
        for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
            const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
            if (row && stands_there(row, place) && moved_now(picture, row) == moved)
                text[len++] =
                    (char)((view_kind(picture->view, lane, host) == LANE_MODEL ? 'A' : 'a') + host);
        }
    }
    if (len > 0 && moved)
        x += grid_put(grid, x, y, 1, INK_STRONG, "●");
    return x + grid_put(grid, x, y, 4, INK_STRONG, text);
}

static void draw_place(struct grid *grid, const struct picture *picture, struct rect area,
                       const struct place *place)
{
    const char *name = state_name(place->state);
    bool been = (picture->view->visited & 1u << place->state) != 0;
    int x = area.x + place->x, y = area.y + place->y;
    int end = x + (int)strlen(name) + 1;
    int moved = put_who(grid, picture, place, end, y, true);
    bool gap = moved > end;
    int stays = put_who(grid, picture, place, moved + (gap ? 1 : 0), y, false);
    bool anyone = gap || stays > moved;
    enum ink ink = gap ? INK_CHOSEN : anyone ? INK_STRONG : been ? INK_PLAIN : INK_FAINT;
    grid_put(grid, x, y, 14, ink, name);
}

static void last_moves(struct grid *grid, const struct picture *picture, struct rect area)
{
    char text[96];
    int y = area.y;
    for (int host = 0; host < 2; host++) {
        for (unsigned lane = 0; lane < LANE_COUNT && y < area.y + area.height; lane++) {
            const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
            if (!row || row->from == row->state)
                continue;
            bool now = moved_now(picture, row);
            snprintf(text, sizeof text, "%c %-6s  %s → %s%s", host_letter(host),
                     lane_name(view_kind(picture->view, lane, host)),
                     state_name((enum tcp_state)row->from), state_name((enum tcp_state)row->state),
                     now ? "  ● now" : "");
            grid_put(grid, area.x, y++, area.width, now ? INK_STRONG : INK_PLAIN, text);
        }
    }
}

void draw_states(struct grid *grid, const struct picture *picture, struct rect area)
{
    int x = area.x + (area.width - CHART_WIDTH) / 2;
    int spare = area.height - CHART_HEIGHT;
    struct rect at = { x, area.y + (spare > 8 ? 2 : 0), CHART_WIDTH, CHART_HEIGHT };
    for (int i = 0; i < CHART_HEIGHT && i < area.height; i++)
        grid_put(grid, at.x, at.y + i, CHART_WIDTH, INK_FAINT, chart[i]);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        draw_place(grid, picture, at, &places[i]);
    if (spare < 1)
        return;
    int gap = spare > 8 ? 1 : 0;
    struct rect below = { at.x, at.y + CHART_HEIGHT + gap, CHART_WIDTH,
                          area.y + area.height - at.y - CHART_HEIGHT - gap };
    grid_put(grid, below.x, below.y, CHART_WIDTH, INK_FAINT,
             "A B: the model's hosts   a b: the kernel's   ● before who moved in this step");
    below.y++;
    below.height--;
    last_moves(grid, picture, below);
}
