/*
 * Where the boxes and arrows of Figure 5 stand: as the RFC draws it, and small enough for 80
 * columns and 17 rows. In both nothing crosses.
 */
#include "ui/diagram.h"

/* Boxes are numbered by state, arrows in the order of diagram_arrows. */
const struct layout layout_wide = {
    .width = 84,
    .height = 34,
    .boxes = { [CLOSED] = { 33, 0, 15, 3 },
               [LISTEN] = { 33, 5, 15, 3 },
               [SYN_SENT] = { 67, 9, 16, 6 },
               [SYN_RECEIVED] = { 0, 9, 16, 6 },
               [ESTABLISHED] = { 33, 16, 15, 3 },
               [FIN_WAIT_1] = { 0, 20, 16, 4 },
               [FIN_WAIT_2] = { 0, 26, 16, 3 },
               [CLOSE_WAIT] = { 67, 20, 16, 4 },
               [CLOSING] = { 33, 26, 15, 3 },
               [LAST_ACK] = { 67, 26, 16, 3 },
               [TIME_WAIT] = { 33, 31, 15, 3 },
               [BOX_CLOSED_AT_END] = { 67, 31, 16, 3 } },
    .routes = { { 37, 3, "D1", 10, 3, 0, 0 },      { 43, 4, "U1", 45, 4, 0, 0 },
                { 48, 1, "R28D7", 50, 0, 0, 0 },   { 70, 8, "U6L22", 51, 6, 0, 0 },
                { 8, 8, "U2R24", 12, 5, 0, 0 },    { 39, 8, "D2L23", 17, 9, 0, 0 },
                { 42, 8, "D2R24", 45, 9, 0, 0 },   { 66, 12, "L50", 30, 11, 0, 0 },
                { 16, 13, "R23D2", 18, 14, 0, 0 }, { 66, 13, "L24D2", 44, 14, 0, 0 },
                { 5, 15, "D4", 7, 17, 0, 0 },      { 39, 19, "D2L23", 20, 20, 0, 0 },
                { 42, 19, "D2R24", 46, 20, 0, 0 }, { 5, 24, "D1", 7, 24, 0, 0 },
                { 16, 22, "R24D3", 18, 23, 0, 0 }, { 74, 24, "D1", 57, 24, 0, 0 },
                { 5, 29, "D3R27", 9, 31, 0, 0 },   { 40, 29, "D1", 20, 29, 0, 0 },
                { 74, 29, "D1", 54, 29, 0, 0 },    { 48, 32, "R18", 51, 31, 52, 33 } },
};

/* Names without boxes; who is there stands behind a name, in 6 columns. */
const struct layout layout_compact = {
    .width = 80,
    .height = 17,
    .boxes = { [CLOSED] = { 31, 1, 6, 1 },
               [LISTEN] = { 31, 4, 6, 1 },
               [SYN_SENT] = { 65, 4, 8, 1 },
               [SYN_RECEIVED] = { 1, 6, 12, 1 },
               [ESTABLISHED] = { 31, 8, 11, 1 },
               [FIN_WAIT_1] = { 1, 10, 10, 1 },
               [FIN_WAIT_2] = { 1, 13, 10, 1 },
               [CLOSE_WAIT] = { 63, 10, 10, 1 },
               [CLOSING] = { 34, 13, 7, 1 },
               [LAST_ACK] = { 63, 13, 8, 1 },
               [TIME_WAIT] = { 34, 16, 9, 1 },
               [BOX_CLOSED_AT_END] = { 63, 16, 6, 1 } },
    .routes = { { 32, 2, "D1", 6, 2, 0, 0 },         { 35, 3, "U1", 37, 3, 0, 0 },
                { 34, 0, "U0R37D3", 37, 0, 0, 0 },   { 67, 3, "U2L22", 47, 1, 0, 0 },
                { 4, 5, "U1R24", 8, 4, 0, 0 },       { 33, 5, "D1L13", 10, 5, 0, 0 },
                { 45, 4, "R17", 47, 4, 0, 0 },       { 67, 5, "D2L58U0", 28, 7, 0, 0 },
                { 5, 7, "D1R23", 8, 8, 0, 0 },       { 71, 5, "D3L21", 49, 9, 0, 0 },
                { 2, 7, "D2", 4, 9, 0, 0 },          { 36, 9, "D1L17", 20, 9, 0, 0 },
                { 39, 9, "D1R21", 42, 10, 0, 0 },    { 3, 11, "D1", 5, 12, 0, 0 },
                { 10, 11, "D0R27D1", 14, 11, 0, 0 }, { 66, 11, "D1", 49, 11, 0, 0 },
                { 4, 14, "D2R27", 9, 16, 0, 0 },     { 37, 14, "D1", 17, 14, 0, 0 },
                { 66, 14, "D1", 46, 14, 0, 0 },      { 51, 16, "R9", 39, 15, 0, 0 } },
};

size_t route_cells(const struct route *route, struct route_cell *cells)
{
    size_t last = 0;
    const char *at = route->path;
    cells[0] = (struct route_cell){ .x = route->x, .y = route->y, .in = at[0], .out = at[0] };
    while (*at) {
        char turn = *at++;
        int len = 0;
        while (*at >= '0' && *at <= '9')
            len = len * 10 + (*at++ - '0');
        cells[last].out = turn;
        for (; len > 0 && last + 1 < ROUTE_CELLS_MAX; len--, last++) {
            struct route_cell *next = &cells[last + 1];
            *next = (struct route_cell){ cells[last].x, cells[last].y, turn, turn };
            next->x += (turn == 'R') - (turn == 'L');
            next->y += (turn == 'D') - (turn == 'U');
        }
    }
    return last + 1;
}
