/*
 * The connections of this machine, folded from one dump after another, and from what a tracepoint
 * tells between them: what is there, what has changed, and the way each has taken. Pure: no clock,
 * no system call; what has to be asked is asked through `struct watch_asks`.
 */
#ifndef UI_WATCH_H
#define UI_WATCH_H

#include "net/diag_dump.h"
#include "net/procs.h"
#include "ui/watch_path.h"

enum {
    WATCH_NONE = -1 /* no row */
};

struct watch_row {
    struct dump_row now;      /* as last seen; the state is the path's */
    int32_t follows;          /* the row that came behind it in the last dump */
    int32_t next;             /* in its hash chain, or of those that are free */
    int32_t next_changed;     /* of those that have changed */
    uint32_t look;            /* in which it was seen last */
    bool used, ended, hidden; /* hidden: told of, but not this namespace's */
    bool only_told;           /* no dump has had it */
    bool told_closed;         /* the socket has let go; TIME-WAIT may stand for it */
    bool changed;
    bool is_mine;          /* of the processes that are asked for */
    uint8_t lines;         /* states of the path that were printed */
    uint32_t owner_inode;  /* for which the owner was sought; 0: not yet */
    struct proc_owner who; /* pid 0: not known */
    struct endpoint local, remote;
    struct watch_path path;
    uint64_t seen_usec;               /* when it was seen or told of last */
    uint64_t first_usec;              /* ... first */
    uint64_t at_usec[WATCH_PATH_MAX]; /* when each state was seen first, or entered */
};

/* What the table has to ask the kernel. May be NULL, each. */
struct watch_asks {
    void (*catch_up)(void *to); /* takes in what was told up to now (watch_told) */
    bool (*find)(void *to, const struct dump_names *names, struct dump_row *row);
    void *to;
};

struct watch {
    struct watch_row *rows;
    int32_t row_count, row_max; /* used or free */
    int32_t *heads;             /* of hash chains; their number is a power of 2 */
    uint32_t head_count;
    int32_t free;
    int32_t live, seen; /* rows that are not over; of those, in this look */
    int32_t last;       /* the row before in this dump */
    int32_t first_changed, last_changed;
    uint32_t look;
    uint64_t now_usec;
    bool full; /* memory has run out: something is missing */
    struct watch_asks asks;
};

/* False: out of memory. */
bool watch_begin(struct watch *watch, const struct watch_asks *asks);
void watch_end(struct watch *watch);

/* A look: begun, given each row of the dump, and ended, which finds what is gone. */
void watch_look_begin(struct watch *watch, uint64_t now_usec);
void watch_take(struct watch *watch, const struct dump_row *row);
void watch_look_end(struct watch *watch);

/* A socket with these names went from a state to another at that time, for certain; pid: the
 * process that connects, or 0. */
void watch_told(struct watch *watch, const struct dump_names *names, enum tcp_state from,
                enum tcp_state to, int32_t pid, uint64_t usec);

/* The next row that has changed since it was asked for last, or NULL. */
struct watch_row *watch_next_changed(struct watch *watch);

/* The row of a connection with these ends, be it over, or NULL. */
const struct watch_row *watch_find(const struct watch *watch, const struct endpoint *local,
                                   const struct endpoint *remote);

/* Lets go of what has been over since before that time. */
void watch_forget(struct watch *watch, uint64_t before_usec);

#endif
