/*
 * One direction of a connection in its sequence space, as far as a lane tells of it: what the
 * screen of the sequence space draws. RFC 9293, 3.3.1.
 */
#ifndef UI_TUI_SEQUENCE_PARTS_H
#define UI_TUI_SEQUENCE_PARTS_H

#include "ui/tui/panels.h"

enum {
    SPACE_BARS_MAX = 64,
    LABEL_ROWS_MAX = 2,
    BAR_ROWS_MAX = 4
};

/* A segment on the wire, at its numbers. */
struct space_bar {
    int64_t start, end; /* up to, not with */
    uint8_t flags;
    uint8_t fate; /* enum row_fate */
    bool again, corrupted;
};

/* An ACK on its way back, at the number it acknowledges. */
struct space_ack {
    int64_t at;
    uint8_t fate;
};

/*
 * Places are counted from `anchor`, a relative number: so all comparisons are plain ones, also
 * where the numbers wrap. What is not known of a side is not to be looked at.
 */
struct space {
    unsigned lane;
    int from, to;                     /* hosts */
    const struct sock_row *src, *dst; /* the two ends; NULL: not known */
    uint32_t anchor;
    bool sends, receives;      /* una and nxt; rcv_nxt */
    bool by_wire, got_by_wire; /* the variables are not told: this is what the segments show */
    int64_t una, nxt, rcv_nxt;
    bool has_snd_wnd, has_rcv_wnd, has_unread;
    uint32_t snd_wnd, rcv_wnd, unread;
    bool has_cwnd; /* it is what holds the sender back: less than the window */
    uint32_t cwnd;
    bool has_beyond;
    uint32_t beyond_count; /* of all; SACK_BLOCKS_MAX of them are here */
    struct {
        int64_t start, end;
    } beyond[SACK_BLOCKS_MAX];
    unsigned bar_count, bars_left_out, ack_count;
    struct space_bar bars[SPACE_BARS_MAX];
    struct space_ack acks[SPACE_BARS_MAX];
};

/* The ends of the n-th connection of a lane, counted from the one touched last; NULL where there is
 * none, or the lane does not know it. False: there is no such connection. */
bool space_ends(const struct view *view, unsigned lane, int n, const struct sock_row *ends[2]);

/* The connection of another lane whose end at that host has the same name in the lab, the one that
 * came last. False: there is none. */
bool space_same_ends(const struct view *view, unsigned lane, const struct sock_row *like,
                     const struct sock_row *ends[2]);
/* How many connections of a lane there are to choose from. */
size_t space_connections(const struct view *view, unsigned lane);

/* What is known of the direction from host `from`. */
void space_make(struct space *space, const struct picture *picture, unsigned lane,
                const struct sock_row *const ends[2], int from);

/* Which columns stand for which numbers: so many octets a column, or columns an octet. */
struct space_scale {
    int64_t first;   /* the number of column 0, as places are counted */
    uint32_t octets; /* a column */
    int columns;     /* an octet; 1 where a column has more than one */
    int width;       /* columns in all */
};

void space_scale_make(struct space_scale *scale, const struct space *space, int width);
/* The column of a number; outside of 0 to width - 1 where it is not to be seen. */
int space_column(const struct space_scale *scale, int64_t at);

/* A direction's place on the screen. */
struct board {
    struct grid *grid;
    struct rect area;
    int label_rows, bar_rows;
    const struct view *view;
    struct space space;
    struct space_scale scale;
    int x, y; /* of column 0; of the next row */
};

/* panel_sequence_rows.c: draws it from the top of its area on. */
void draw_direction(struct board *board);

#endif
