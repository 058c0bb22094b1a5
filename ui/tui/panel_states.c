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
    "          passive OPEN                         active OPEN, snd SYN",
    "         ┌────────────────────               ◀────────────────────┐",
    "         │        CLOSE                        CLOSE              │",
    "         ▼                      SEND, snd SYN                     ▼",
    "                      ───────────────────────────────────▶",
    "         │ rcv SYN, snd SYN,ACK                                   │",
    "         ▼                  rcv SYN, snd SYN,ACK                  │",
    "                        ◀─────────────────────────────────────────┤",
    "         │    │ rcv ACK of SYN                                    │",
    "         │    └──────────▶                    ◀───────────────────┘",
    "         │ CLOSE, snd FIN      │         │      rcv SYN,ACK, snd ACK",
    "         │    ┌────────────────┘         └────────────────────────┐",
    "         ▼    ▼ CLOSE, snd FIN              rcv FIN, snd ACK      ▼",
    "                      ─────────▶",
    "         │ rcv ACK of FIN  rcv FIN  │ rcv ACK of FIN              │ CLOSE",
    "         ▼                 snd ACK  ▼                             ▼ snd FIN",
    "                      ─────────▶",
    "           rcv FIN, snd ACK         │ 2 MSL timeout               │ ACK of FIN",
    "                                    └───────▶               ◀─────┘",
};

/* Where each state's name stands, with room for who is there behind it. CLOSED stands twice,
 * as in the RFC's figure: where a connection begins and where it ends. */
struct place {
    enum tcp_state state;
    int x, y;
    bool at_end;
};

static const struct place places[] = {
    { CLOSED, 31, 1, false },      { LISTEN, 7, 4, false },       { SYN_SENT, 59, 4, false },
    { SYN_RECEIVED, 4, 7, false }, { ESTABLISHED, 27, 9, false }, { FIN_WAIT_1, 5, 13, false },
    { CLOSING, 33, 13, false },    { CLOSE_WAIT, 58, 13, false }, { FIN_WAIT_2, 5, 16, false },
    { TIME_WAIT, 33, 16, false },  { LAST_ACK, 58, 16, false },   { CLOSED, 46, 18, true },
};

static uint16_t visited(const struct picture *picture)
{
    uint16_t states = 0;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        for (unsigned host = 0; host < VIEW_HOSTS; host++) {
            const struct view_path *path = &picture->view->paths[lane][host];
            for (unsigned from = 0; from < TCP_STATE_COUNT; from++) {
                states |= path->to_of[from];
                states |= path->to_of[from] ? (uint16_t)(1u << from) : 0;
            }
        }
    }
    return states;
}

/* Has the host's connection on that lane been open, and is over? */
static bool has_ended(const struct picture *picture, unsigned lane, int host)
{
    return picture->view->paths[lane][host].to != picture->view->paths[lane][host].from;
}

/* "A" for the model's host A at that place, "a" for the kernel's. */
static void who_is_there(const struct picture *picture, const struct place *place, char *text,
                         bool *moved)
{
    *moved = false;
    for (int host = 0; host < 2; host++) {
        for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
            const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
            bool there = row && row->state == place->state;
            if (there && row->state == CLOSED)
                there = has_ended(picture, lane, host) == place->at_end;
            if (!there)
                continue;
            *text++ = (char)((lane == LANE_MODEL ? 'A' : 'a') + host);
            *moved = *moved || picture->view->paths[lane][host].moved;
        }
    }
    *text = '\0';
}

static void draw_place(struct grid *grid, const struct picture *picture, struct rect area,
                       const struct place *place, uint16_t seen)
{
    char who[8], text[16];
    bool moved;
    const char *name = state_name(place->state);
    bool been = (seen & 1u << place->state) != 0;
    who_is_there(picture, place, who, &moved);
    enum ink ink = moved ? INK_CHOSEN : who[0] ? INK_STRONG : been ? INK_PLAIN : INK_FAINT;
    int x = area.x + place->x;
    x += grid_put(grid, x, area.y + place->y, 14, ink, name) + 1;
    snprintf(text, sizeof text, "%s%s", moved ? "●" : "", who);
    grid_put(grid, x, area.y + place->y, 6, INK_STRONG, text);
}

static void last_moves(struct grid *grid, const struct picture *picture, struct rect area)
{
    char text[96];
    int y = area.y;
    for (int host = 0; host < 2; host++) {
        for (unsigned lane = 0; lane < LANE_COUNT && y < area.y + area.height; lane++) {
            const struct view_path *path = &picture->view->paths[lane][host];
            if (path->from == path->to || !picture->view->ran[lane])
                continue;
            snprintf(text, sizeof text, "%c %-6s  %s → %s%s", host_letter(host),
                     lane_name((enum lane_id)lane), state_name((enum tcp_state)path->from),
                     state_name((enum tcp_state)path->to), path->moved ? "  ● now" : "");
            grid_put(grid, area.x, y++, area.width, path->moved ? INK_STRONG : INK_PLAIN, text);
        }
    }
}

void draw_states(struct grid *grid, const struct picture *picture, struct rect area)
{
    int x = area.x + (area.width - CHART_WIDTH) / 2;
    int spare = area.height - CHART_HEIGHT;
    struct rect at = { x, area.y + (spare > 8 ? 2 : 0), CHART_WIDTH, CHART_HEIGHT };
    uint16_t seen = visited(picture);
    for (int i = 0; i < CHART_HEIGHT && i < area.height; i++)
        grid_put(grid, at.x, at.y + i, CHART_WIDTH, INK_FAINT, chart[i]);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        draw_place(grid, picture, at, &places[i], seen);
    if (spare < 1)
        return;
    int gap = spare > 8 ? 1 : 0;
    struct rect below = { at.x, at.y + CHART_HEIGHT + gap, CHART_WIDTH,
                          area.y + area.height - at.y - CHART_HEIGHT - gap };
    grid_put(grid, below.x, below.y, CHART_WIDTH, INK_FAINT,
             "A B: the model's hosts   a b: the kernel's   ●: moved in this step");
    below.y++;
    below.height--;
    last_moves(grid, picture, below);
}
