/*
 * What the parts of the runner share: run.c (time and order), packets.c (the wire), calls.c and
 * epoll.c (the program), settings.c and sockstat.c (commands), info.c (code).
 */
#ifndef UI_DRILL_RUNNER_H
#define UI_DRILL_RUNNER_H

#include "sim/blocking.h"
#include "sim/world.h"
#include "ui/drill/drill.h"
#include "ui/drill/script.h"

enum {
    DRILL_SOCKETS = 64,
    DRILL_QUEUE = 4096, /* segments sent and not yet looked at */
    DRILL_FDS = 64,
    DRILL_PORT = 8080,
    TOLERANCE_USEC = 4000
};

/* A segment that the host has sent. */
struct sent_segment {
    struct segment seg;
    uint64_t usec;
};

/* A socket of the host as its events tell of it. */
struct seen_socket {
    int32_t id, fd; /* id 0: none */
    enum tcp_state state;
    struct endpoint local, remote;
    uint32_t unread;
};

/* The connection that the script speaks of. */
struct connection {
    bool known;
    struct endpoint local, remote; /* the host's end, the script's end */
    bool local_isn_known, ts_known;
    uint32_t local_offset; /* sequence numbers of the host less those of the script */
    uint32_t ts_offset;    /* TSval of the host less those of the script */
};

/* An item of an epoll descriptor. */
struct epoll_item {
    int32_t epoll_fd, fd; /* as the script has them; fd -1: none */
    uint32_t events;
    int64_t data;
    bool edge;  /* something has happened since it was last reported */
    bool spent; /* EPOLLONESHOT, reported */
};

/* A call that waits. */
struct waiting_call {
    const struct script_event *event; /* NULL: none */
    struct blocking blocking;
    uint64_t end_usec;
};

struct runner {
    const struct drill_options *options;
    struct drill_report *report;
    const char *path;
    struct script *script;
    struct world *world;
    const struct profile *profile;
    struct settings set;
    uint8_t family; /* 4 or 6 */
    bool started;   /* settings can no longer be made */
    bool not_modelled;
    uint64_t tolerance_usec;
    uint64_t ts_tick_usec; /* 0: the values of timestamps are not looked at */

    uint64_t last_usec; /* of the event before, as the script has it */
    uint64_t gap_usec;  /* between that and the one that is run */
    struct connection conn;
    struct sent_segment queue[DRILL_QUEUE];
    uint32_t queue_first, queue_len;
    struct seen_socket seen[DRILL_SOCKETS];
    int32_t fds[DRILL_FDS]; /* of the host by the script's; -1: none */
    int32_t last_fd;        /* of the host, that the script last had to do with */
    uint32_t ids[DRILL_QUEUE];
    uint32_t id_count; /* segments to be taken off the wire */
    struct waiting_call waiting;
    struct epoll_item items[DRILL_FDS];
    bool inq[DRILL_FDS]; /* TCP_INQ, by the script's descriptor */
};

/* run.c. Each of these returns false where the script has failed; the report says why. */
bool fails(struct runner *run, uint32_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool differs(struct runner *run, const struct script_event *event, const char *what,
             const char *expected, const char *got);
bool is_not_modelled(struct runner *run, uint32_t line, const char *what);
/* Does a command and sees to what comes of it. */
bool runner_apply(struct runner *run, const struct command *command, struct call_result *result,
                  uint8_t *into);
/* Lets everything happen that is due before `usec`; at `usec` too where `at_it`. */
bool runner_until(struct runner *run, uint64_t usec, bool at_it);
bool runner_step(struct runner *run);
uint64_t tolerance(const struct runner *run);
void note_skipped(struct runner *run, const char *what);

/* packets.c */
bool packet_in(struct runner *run, const struct script_event *event);
/* The segment that was sent, against the script; *took are those of the queue that it was. */
bool packet_out(struct runner *run, const struct script_event *event);
void packet_words(const struct runner *run, const struct segment *seg, char *words, size_t len);

/* calls.c */
bool call_event(struct runner *run, const struct script_event *event);
/* Does the call that waits come to its end? */
bool call_again(struct runner *run);
bool call_must_be_over(struct runner *run, uint32_t line);
int32_t live_fd(const struct runner *run, int64_t fd);

/* epoll.c */
bool epoll_call(struct runner *run, const struct script_event *event, bool *done);
void epoll_happened(struct runner *run, int32_t fd);

/* settings.c */
bool command_event(struct runner *run, struct script_text text, uint32_t line);
/* Which profile the settings that the script names belong to; NULL: it names none. */
const struct profile *profile_named(const struct script *script);

/* sockstat.c: false: it is no such command. */
bool sockstat_command(struct runner *run, const char *line, bool *holds);

/* info.c */
bool code_event(struct runner *run, const struct script_event *event);

#endif
