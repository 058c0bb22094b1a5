/*
 * What the parts of the runner share: run.c (time and order), options.c, packets.c and match.c
 * (the wire), calls.h (the program), commands.c, settings.c and sockstat.c (commands), info.c
 * (code).
 */
#ifndef UI_DRILL_RUNNER_H
#define UI_DRILL_RUNNER_H

#include "sim/blocking.h"
#include "sim/world.h"
#include "ui/drill/drill.h"
#include "ui/drill/expr.h"
#include "ui/drill/script.h"

enum {
    DRILL_SOCKETS = 64,
    DRILL_QUEUE = 4096, /* segments sent and not yet looked at */
    DRILL_FDS = 64,
    DRILL_NAME = 80,
    DRILL_PORT = 8080,
    DRILL_STEPS = 1000000,         /* of the model, in one script: more of them is no test */
    DRILL_OPTION_MAX = 1000000000, /* of a number of --name=number */
    DRILL_NONBLOCK = 0x800,        /* SOCK_NONBLOCK and O_NONBLOCK of Linux */
    DRILL_CLOEXEC = 0x80000,
    DOMAIN_INET = 2,
    DOMAIN_INET6 = 10,
    EPOLL_BASE = 1000000, /* from here on a descriptor of epoll, and none of the host */
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

struct runner;

/* Makes a call, for the first time or again; *waits: it is not over. False: the script has
 * failed. */
typedef bool call_again_fn(struct runner *run, const struct script_event *event, bool *waits);

/* A call that waits. */
struct waiting_call {
    const struct script_event *event; /* NULL: none */
    call_again_fn *again;
    struct blocking blocking; /* a call of the model */
    uint64_t end_usec;        /* when it is to return, as the script has it */
    uint64_t deadline_usec;   /* when it gives up by itself; UINT64_MAX: never */
};

/* A name that code of the script has given a value: whole numbers and strings. */
struct kept_name {
    char name[DRILL_NAME];
    struct expr_value value;
    char text[DRILL_NAME];
};

struct runner {
    const struct drill_options *options;
    struct drill_report *report;
    const char *path;
    struct script *script;
    struct world *world;
    const struct profile *profile;
    struct settings set;
    uint8_t family;          /* 4 or 6, on the wire */
    bool is_mapped;          /* ...4, and 6 to the program */
    struct ip local, remote; /* as the script has them: the host's, and its own */
    uint16_t bind_port, connect_port;
    uint64_t mtu;
    bool is_init; /* a command in front of the first event or behind the last is run */
    bool not_modelled;
    bool overflows; /* a table has been too small for what happened */
    uint32_t steps;
    uint32_t files; /* of commands, read */
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
    struct kept_name names[EXPR_VARIABLES_MAX];
    unsigned name_count;
    char missing[DRILL_NAME]; /* a figure that code has asked for and the model does not have */
};

/* run.c. Each of these returns false where the script has failed; the report says why. */
bool fails(struct runner *run, uint32_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool differs(struct runner *run, const struct script_event *event, const char *what,
             const char *expected, const char *got);
bool is_not_modelled(struct runner *run, uint32_t line, const char *what);
/* Does a command and sees to what comes of it. */
void runner_apply(struct runner *run, const struct command *command, struct call_result *result,
                  uint8_t *into);
/* Lets everything happen that is due before `usec`; at `usec` too where `at_it`. */
bool runner_until(struct runner *run, uint64_t usec, bool at_it);
/* The next thing due until `latest`, a waiting call's end among them; *any: was there one? */
bool runner_next(struct runner *run, uint64_t latest, bool *any);
/* How far a time may be off that comes so long after another. */
uint64_t tolerance_of(const struct runner *run, uint64_t gap_usec);
void note_skipped(struct runner *run, const char *what);

/* packets.c */
bool packet_in(struct runner *run, const struct script_event *event);
bool packet_out(struct runner *run, const struct script_event *event);
const struct sent_segment *sent_at(const struct runner *run, uint32_t index);

/* match.c. Several full segments may stand as one in the script: how many of the queue it is about,
 * and in *seg what they are as one. */
uint32_t packet_merged(const struct runner *run, const struct script_packet *packet,
                       struct segment *seg);
bool packet_same(const struct runner *run, const struct segment *seg,
                 const struct script_packet *packet);
/* As a script would have it, numbers relative. */
void packet_words(const struct runner *run, const struct segment *seg, char *words, size_t len);

/* calls.c */
bool call_event(struct runner *run, const struct script_event *event);
/* Does the call that waits come to its end? */
bool call_again(struct runner *run);
bool call_must_be_over(struct runner *run, uint32_t line);
int32_t live_fd(const struct runner *run, int64_t fd);

bool fd_keep(struct runner *run, const struct script_event *event, int32_t live);

/* poll.c, epoll.c: *again is set where the call is theirs. */
bool poll_make(struct runner *run, const struct script_event *event, call_again_fn **again);
bool epoll_make(struct runner *run, const struct script_event *event, call_again_fn **again);
void epoll_happened(struct runner *run, int32_t fd);
void epoll_forget(struct runner *run, int64_t fd); /* of the script, closed */

/* options.c, address.c */
bool options_take(struct runner *run);
bool ip_of_text(struct script_text text, struct ip *ip);

/* commands.c */
bool command_event(struct runner *run, struct script_text text, uint32_t line);
/* settings.c: "net.ipv4.tcp_sack" and its value. */
bool setting_named(struct runner *run, const char *name, const char *value, uint32_t line);
/* Which profile the settings that the script names belong to; NULL: it names none. */
const struct profile *profile_named(const struct script *script);

/* sockstat.c. False: it is no such command; else *holds says if the script goes on. */
bool sockstat_command(struct runner *run, const char *text, uint32_t line, bool *holds);

/* info.c */
bool code_event(struct runner *run, const struct script_event *event);

#endif
