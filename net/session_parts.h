/*
 * The inside of a session, for session.c (steps, back), session_lane.c (what is asked
 * of lanes) and run_line.c (what one line does).
 */
#ifndef NET_SESSION_PARTS_H
#define NET_SESSION_PARTS_H

#include "net/session.h"
#include "net/versions.h"
#include "net/wire_rules.h"

enum {
    PENDING_MAX = 16,
    NO_FD = -1,
    USER_LINES_MAX = 4096,  /* of a person, in one run */
    LONG_USEC = 6000000,    /* of a timer */
    PATIENCE_USEC = 1000000 /* how long an expectation on real sockets may take to come true */
};

/* What a lab's name stands for on each lane. */
struct binding {
    char name[NAME_MAX_LEN];
    uint8_t host;
    int32_t fd[LANE_COUNT]; /* NO_FD: not yet */
    int32_t sock[LANE_COUNT];
};

/* A call that would block, tried again when its descriptor is ready. */
struct pending {
    uint16_t line; /* for line_at() */
    uint8_t lane;
    bool closed; /* its descriptor was, and may stand for another socket by now */
};

/* A line that is not the lab's, but a person's. */
struct user_line {
    struct lab_line line;
    uint8_t octets[]; /* its source, and its string */
};

/* A transfer on one lane. */
struct transfer {
    bool under_way;
    int32_t writer, reader; /* descriptors */
    uint64_t written, read; /* octets */
    uint64_t written_digest, read_digest;
    uint64_t since_usec; /* nothing was written or read */
};

/* All that a run of the lab remembers besides its lanes; copied for each step. */
struct run_state {
    uint32_t line;       /* the next one to do */
    uint8_t done;        /* a bit for each lane that has done it */
    bool in_step;        /* a step is under way */
    uint8_t acted;       /* a bit for each lane that has done something in it */
    uint32_t acted_line; /* what it has done, where acted */
    bool waits[LANE_COUNT];
    uint64_t until_usec[LANE_COUNT]; /* where waits */
    uint32_t name_count, pending_count;
    unsigned failures, differences;
    bool off_script; /* something expected did not hold: the lab's sentences may be false now */
    struct binding names[LAB_NAMES_MAX];
    struct pending pending[PENDING_MAX];
    struct wire_rules rules;
    struct transfer transfers[LANE_COUNT];
    bool by_hand;        /* calls or settings of a person came in between */
    bool script_over;    /* the lab goes no further: it stood on what is no longer so */
    uint32_t user_count; /* lines of a person so far */
    uint8_t said_unset;  /* a bit for each lane that was said to take no settings */
};

struct mark {
    size_t events;
    size_t lane[LANE_COUNT];
    uint32_t state; /* which of session->states */
};

struct session {
    const struct lab *lab;
    uint64_t seed;
    struct profile profile;         /* of the model */
    struct lane *lanes[LANE_COUNT]; /* NULL: not run (any more) */
    struct trace trace;
    struct run_state now;
    struct versions states; /* of `now`: those of the marks, each once */
    struct mark *marks;     /* marks[i]: after step i */
    size_t mark_count, mark_cap;
    struct compare compare;
    size_t told;        /* of its differences, those that stand in the trace */
    struct fate *fates; /* of the segments sent since a lane was asked for something */
    size_t fate_count, fate_cap;
    bool quiet[LANE_COUNT];  /* calls and texts are not kept */
    bool keep_text;          /* texts are, all the same */
    uint8_t *octets;         /* those of transfers; NULL: not made yet */
    struct user_line **user; /* now.user_count of them, and those that were taken back */
    size_t user_cap;
    bool is_record;      /* session_record.c: of a program; no lab and no lanes */
    bool step_is_over;   /* the next event of the record begins a step */
    uint64_t began_usec; /* by clock_usec(), where its clock was 0 */
    size_t recorded;     /* octets of texts */
};

/* A line by its index: the lab's, or behind LAB_LINES_MAX a person's. */
const struct lab_line *line_at(const struct session *session, uint32_t index);
/* session_user.c */
void user_lines_free(struct session *session);

/* session.c, for session_open.c: what is said behind a line, and the end of the step under way. */
bool is_for(const struct session *session, const struct lab_line *line, unsigned lane);
/* Are lanes compared, and is the line for one of them alone? */
bool is_apart(const struct session *session, const struct lab_line *line);
bool is_for_lanes(const struct session *session, const struct lab_line *line);
void say_line(struct session *session, const struct lab_line *line);
/* Does the line on each lane that has not done it yet. False: real time has to pass. */
bool do_line(struct session *session, const struct lab_line *line);
void begin_step(struct session *session);
void end_step(struct session *session);
/* What the clock says where the program itself speaks, to all lanes. */
uint64_t time_for_all(struct session *session);

/* session_compare.c: are two lanes run that can be compared? What is new in the trace goes to the
 * comparison; what it has found goes into the trace. */
bool compares(const struct session *session);
void feed_compare(struct session *session);
void tell_differences(struct session *session, uint64_t usec);

/* session_lane.c: the operations of a lane, with the lab's rules behind them */
struct sink session_sink(struct session *session);
struct call_result session_call(struct session *session, enum lane_id lane, unsigned host,
                                const struct call *call, uint8_t *into);
enum lane_progress session_go(struct session *session, enum lane_id lane, uint64_t until_usec);
void session_look_at(struct session *session, enum lane_id lane);
bool session_act(struct session *session, enum lane_id lane, enum wire_act act, uint32_t id,
                 uint64_t usec);
bool session_set(struct session *session, enum lane_id lane, unsigned host, const char *name,
                 const char *value);

enum line_outcome {
    LINE_DONE,   /* it did something and is done */
    LINE_MORE,   /* it did something and has more to do */
    LINE_PASSED, /* it is done without having done anything */
    LINE_BUSY    /* it waits for real time */
};

/* Does what the line asks for next on one lane. */
enum line_outcome run_line(struct session *session, enum lane_id lane, uint32_t line);

/* run_setup.c: rules and chances, settings */
enum line_outcome run_rule(struct session *session, enum lane_id lane, uint32_t line);
enum line_outcome run_set(struct session *session, enum lane_id lane, const struct lab_line *line);

/* transfer.c */
enum line_outcome run_transfer(struct session *session, enum lane_id lane,
                               const struct lab_line *line);

/* The descriptor that a name stands for, NO_FD where the call that makes it has not returned. */
int32_t run_descriptor(struct session *session, enum lane_id lane, unsigned host, const char *name);
/* Lets the lane go on until the sockets that the line needs are there. */
enum line_outcome run_until_there(struct session *session, enum lane_id lane,
                                  const struct lab_line *line);

/* Says whether what the line expects of the lane holds, and counts it where it does not. */
void run_verdict(struct session *session, enum lane_id lane, const struct lab_line *line,
                 bool holds, const char *words);
void run_verdict_of(struct session *session, enum lane_id lane, const struct lab_line *line,
                    bool holds, const char *form, ...) __attribute__((format(printf, 5, 6)));

/* Would a call of this line find its socket on that lane? */
bool line_has_socket(struct session *session, enum lane_id lane, const struct lab_line *line);

/* Does "run" do this, which is due next? */
bool is_run_by_itself(const struct event *next);

/* Gives up the calls that still wait, and says so where the lab says what they return. True: it
 * waits for real time first. */
bool run_out_of_patience(struct session *session, enum lane_id lane);

/* Tries again the calls that wait. */
void run_pending(struct session *session, enum lane_id lane);

#endif
