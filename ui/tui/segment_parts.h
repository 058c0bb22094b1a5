/*
 * What the parts of the segment's screen share. Each part draws from a place on down, on a grid
 * that is as high as the screen's area, however far above or below that it may lie; what lies
 * outside is not drawn.
 */
#ifndef UI_TUI_SEGMENT_PARTS_H
#define UI_TUI_SEGMENT_PARTS_H

#include "ui/anatomy.h"
#include "ui/tui/panels.h"

enum {
    SEGMENT_DRAWING_WIDTH = 78 /* of the header: 32 columns of bits, and its octets beside */
};

/* The segment that is shown. */
struct shown {
    const struct view *view;
    const struct trace *trace;
    size_t sent, touched; /* the trace's events that put it on the wire, and changed it last */
    size_t number;        /* of all that were put on a wire, from 1 */
    unsigned lane;
    int from, to;
    uint32_t seq, ack; /* relative */
    int shift;         /* of its window; -1: not known */
    struct anatomy anatomy;
};

/* A column of the screen: y is that of its next line. */
struct column {
    struct grid *grid;
    int x, y, width;
};

/* One line, and one with a title across the column. */
void column_line(struct column *column, enum ink ink, const char *text);
void column_title(struct column *column, const char *title);
/* As many lines as the text needs; `name`, with which it begins, stands out. */
void column_words(struct column *column, const char *name, const char *text);

/* panel_segment_header.c */
void draw_header_bits(struct column *column, const struct shown *shown);
/* panel_segment_fields.c */
void draw_header_fields(struct column *column, const struct shown *shown);
/* panel_segment_options.c */
void draw_header_options(struct column *column, const struct shown *shown);
/* panel_segment_octets.c */
void draw_segment_text(struct column *column, const struct shown *shown);
void draw_segment_checksum(struct column *column, const struct shown *shown);

#endif
