/*
 * The ladder as a fold over a trace: each segment as an arrow from when it was sent to when its way
 * ended, and the states of both hosts beside it. For drawings (ladder_svg, mermaid).
 */
#ifndef UI_EXPORT_ARROWS_H
#define UI_EXPORT_ARROWS_H

#include "net/trace.h"
#include "ui/numbering.h"
#include "ui/socks.h"

enum arrow_fate {
    ARROW_ON_WIRE,
    ARROW_HELD,
    ARROW_ARRIVED,
    ARROW_LOST
};

struct flight {
    uint32_t id;
    uint8_t lane;
    int8_t from; /* host; the other one is where it goes */
    uint8_t fate;
    bool again;    /* a retransmission */
    bool copy;     /* made by the wire */
    bool changed;  /* by the wire */
    bool captured; /* nobody saw its wire: its fate is inferred from what came later */
    uint64_t sent_usec, end_usec;
    char label[128];
};

enum moment_kind {
    MOMENT_SENT,
    MOMENT_ENDS,
    MOMENT_STATE
};

/* What stands at one height of the ladder, in the order of the trace. */
struct moment {
    uint8_t kind;
    uint8_t lane;
    int8_t host; /* at whose line; of what is lost: its sender */
    uint64_t usec;
    size_t arrow; /* MOMENT_SENT, MOMENT_ENDS */
    char state[48];
};

struct arrows {
    struct flight *list;
    size_t count, max; /* max: none more is kept */
    size_t left_out;
    struct moment *moments;
    size_t moment_count, moment_cap;
    struct numbering numbering[LANE_COUNT];
    struct socks socks;
    bool has_lane[LANE_COUNT];
};

/* Folds the events of steps 0 to `step`, at most `max` arrows of them. False: out of memory. */
bool arrows_make(struct arrows *arrows, const struct trace *trace, uint32_t step, size_t max);
void arrows_free(struct arrows *arrows);

/* What is special about it: "sent again, lost"; "" for nothing. Returns text. */
char *arrow_marks(const struct flight *arrow, char *text, size_t len);

/* When it was sent, and when it arrived where that was seen: "0.100 s - 0.200 s". Returns text. */
char *arrow_times(const struct flight *arrow, char *text, size_t len);

/* What a drawing is called, and its hosts: "client", "10.9.0.1:40000"; printable UTF-8. */
struct arrows_about {
    const char *title;
    const char *hosts[2];
    const char *lane; /* what stands above each ladder; NULL: the name of its lane */
};

#endif
