/*
 * Model and kernel, compared event by event: a fold over the trace of a run on both lanes. Per
 * connection and host the segments sent, the states gone through and the results of calls have to
 * be the same; what may differ is a table, and each use of it is counted. docs/compare.md.
 *
 * Nothing is read but events, so that a trace which was cut can be folded anew.
 */
#ifndef NET_COMPARE_H
#define NET_COMPARE_H

#include "net/trace.h"

enum {
    COMPARE_WORDS_MAX = 320,
    COMPARE_FORM_MAX = 240,
    COMPARED_LANES = 2 /* LANE_MODEL and LANE_KERNEL */
};

/* What may differ without being a difference. */
enum allowance {
    ALLOWED_WINDOW,
    ALLOWED_TIMESTAMP,
    ALLOWED_PUSH,
    ALLOWED_DELAYED_ACK,
    ALLOWED_WINDOW_UPDATE,
    ALLOWED_UNSEEN_STATE,
    ALLOWED_AFTER_LAB,
    ALLOWED_LINE,
    ALLOWED_TRANSFER,
    ALLOWANCE_COUNT
};

struct allowance_row {
    const char *name;
    const char *words; /* what may differ, and why; as in docs/compare.md */
};

extern const struct allowance_row compare_allowances[ALLOWANCE_COUNT];

struct difference {
    int8_t host;
    uint32_t line;              /* of the lab; 0: none */
    int64_t at[COMPARED_LANES]; /* which event of the trace, on either lane; -1: none */
    enum rule_id rule;          /* that the model went by; RULE_NONE where that is not known */
    char words[COMPARE_WORDS_MAX];
    char form[COMPARE_FORM_MAX]; /* of the words, as in an event */
};

struct compare_side; /* what is known of the sockets and connections of one lane */
struct track;        /* what one host sends, or goes through, in one connection; on both lanes */
struct compared_call;

struct compare {
    bool segments;   /* the wires of both lanes are in hand: segments and states are compared */
    size_t taken;    /* events so far */
    int64_t over_at; /* the first event after the lab's end; -1: it goes on */
    bool beyond;     /* the model has come to a timer after the lab's end */
    bool full;       /* memory ran out: what comes after that is not compared */
    struct compare_side *sides[COMPARED_LANES];
    struct track *tracks;
    size_t track_count, track_cap;
    struct compared_call *calls;
    size_t call_count, call_cap;
    struct difference *differences; /* in the order in which they were found */
    size_t difference_count, difference_cap;
    uint32_t allowed[ALLOWANCE_COUNT]; /* how often each allowance was used */
};

/* `segments`: both lanes tell what they send, and their wires are stepped alike. Without it only
 * calls that have returned on both are compared. */
void compare_init(struct compare *compare, bool segments);
void compare_free(struct compare *compare);

/* Takes the next event of the trace, whose text must stay where it is. */
void compare_take(struct compare *compare, const struct event *event);

/* Compares what is complete where a step ends. */
void compare_step_ends(struct compare *compare);

/* The lab is over: what the model still does once time passes may be missing on the kernel. */
void compare_lab_ends(struct compare *compare);

/* Nothing comes any more: what one lane has and the other has not is a difference now. */
void compare_end(struct compare *compare);

/* Folds the first `compare->taken` events, or fewer where the trace was cut, once more. */
void compare_again(struct compare *compare, const struct trace *trace);

/* Writes "window value 3 times, delayed ACK once", or ""; returns text. */
char *compare_allowed_text(const struct compare *compare, char *text, size_t len);

#endif
