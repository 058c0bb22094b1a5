/*
 * What the stage shows, as a fold over the trace: nothing on the screen comes from elsewhere.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "net/trace.h"
#include "ui/numbering.h"
#include "ui/socks.h"
#include "ui/walked.h"

enum {
    VIEW_CALLS = 64,
    VIEW_ROWS = 256,
    VIEW_WHYS = 8,
    VIEW_LINES = 64,
    VIEW_SAY_MAX = 1024
};

/* A call as the stage lists it. */
struct view_call {
    uint8_t lane, host;
    bool waits;   /* it would have blocked; its outcome comes later */
    bool done;    /* it has returned */
    bool outcome; /* of a call that waited: told there, not here */
    int32_t sock;
    int32_t fd;
    uint8_t op;
    bool differs;            /* the lanes differ in it */
    size_t called, returned; /* which of the trace's events; returned: where done */
    size_t told;             /* the one whose result stands here */
    char call[80], result[80];
};

enum row_fate {
    ROW_ON_WIRE,
    ROW_HELD,
    ROW_DELIVERED,
    ROW_DROPPED
};

/* A segment on the ladder. */
struct view_row {
    uint32_t id;
    uint32_t of; /* the one it is a copy of; 0: none */
    int8_t from, to;
    uint8_t lane;
    uint8_t fate;
    bool again;           /* a retransmission */
    bool fresh;           /* touched in the step shown */
    bool differs;         /* the lanes differ in it */
    size_t sent, touched; /* the trace's events that put it on the wire, and changed it last */
    uint64_t sent_usec, end_usec;
    uint32_t seq, ack; /* its numbers as they are shown */
    char label[96];
};

struct view_why {
    char words[320];
    char where[40];
    bool bad;    /* something that was expected did not hold, or the lanes differ */
    bool kernel; /* read from the kernel */
    bool weak;   /* what a call returned: gives way to whatever says more */
};

struct view {
    struct numbering numbering[LANE_COUNT]; /* hosts have the same addresses on each */
    struct socks socks;
    struct walked walked;
    uint32_t step;
    uint64_t usec[LANE_COUNT];
    bool ran[LANE_COUNT];
    bool in_hand[LANE_COUNT];              /* segments wait on its wire */
    bool model[LANE_COUNT][LAB_HOSTS_MAX]; /* hosts of the model, not of a kernel */
    bool is_record; /* of a program, whose calls never block: each stands with its own result */
    unsigned hosts;
    struct view_call calls[VIEW_CALLS];
    size_t call_count; /* of all; the last VIEW_CALLS are kept */
    struct view_row rows[VIEW_ROWS];
    size_t row_count; /* of all; the last VIEW_ROWS are kept */
    struct view_why whys[VIEW_WHYS];
    unsigned why_count;
    uint16_t visited;       /* a bit for each state that any socket has been in */
    char say[VIEW_SAY_MAX]; /* what was said last, in the step shown or before */
    bool say_is_fresh;
    size_t lines[VIEW_LINES]; /* the trace's events that say something: the last VIEW_LINES */
    size_t line_count;        /* of all */
    size_t said;              /* the trace's events up to what was said last; 0: nothing was */
    char next[200];
    size_t told_next; /* likewise of what is next */
    uint8_t next_what;
    unsigned held, failed, differ; /* expectations so far */
};

/* Folds the events of steps 0 to `step`. */
void view_make(struct view *view, const struct trace *trace, uint32_t step);

/*
 * The fold in its parts, for who keeps views half folded (ui/view_cache.h): a beginning; events, as
 * past ones or as those of the step shown; and the words, which are put in last and only where they
 * are not there yet, for most events have left the stage by then.
 */
void view_begin(struct view *view, const struct trace *trace);
void view_take(struct view *view, const struct trace *trace, size_t from, size_t to, bool fresh);
void view_word(struct view *view, const struct trace *trace);

/* What a host of a lane is: LANE_MODEL's or LANE_KERNEL's. */
enum lane_id view_kind(const struct view *view, unsigned lane, int host);

/* The lane of a kernel, whose time runs by itself; LANE_COUNT: none has run. */
unsigned view_live_lane(const struct view *view);

/* Are segments of two lanes on the ladder? */
bool view_has_two_wires(const struct view *view);

/* Row i of all, 0 =< i < row_count; NULL where it is no longer kept. */
const struct view_row *view_row(const struct view *view, size_t i);
const struct view_call *view_call(const struct view *view, size_t i);

/* Segments that wait on the wire of any lane: the n-th of them, NULL where there are fewer. */
const struct view_row *view_waiting(const struct view *view, size_t n);
size_t view_waiting_count(const struct view *view);

#endif
