/*
 * What the socket programs (serve, connect, chat, send, get, udp) have in common: their loop, the
 * signals that ask them to end, and who is told of their calls.
 */
#ifndef UI_PROGRAM_H
#define UI_PROGRAM_H

#include "net/loop.h"
#include "net/told.h"
#include "net/trace.h"
#include "ui/args.h"
#include "ui/explain.h"
#include "ui/export/ndjson.h"
#include "ui/outlet.h"

enum program_option {
    PROGRAM_EXPLAIN,
    PROGRAM_TRACE,
    PROGRAM_STAGE,
    PROGRAM_OPTION_COUNT
};

/* In the order of enum program_option. */
#define PROGRAM_OPTIONS                                                                            \
    { "explain", NULL, N_("each call as a line, with the state it led to") },                      \
        { "trace", "FILE", N_("write the calls and states as NDJSON; - for standard output") },    \
    {                                                                                              \
        "stage", NULL, N_("watch it on the stage: calls, states, queues, segments where allowed")  \
    }

struct program_wishes {
    const char *name; /* of the program */
    bool datagrams;   /* it uses UDP */
    bool explain;
    bool stage;
    const char *trace_path; /* NULL: none */
};

/* Takes option `index` of PROGRAM_OPTIONS. */
void program_wish(struct program_wishes *wishes, size_t index, const char *value);

/* False: the trace would be written over that file, which a complaint says. */
bool program_spares(const struct program_wishes *wishes, const char *file);

struct live_stage;

struct program {
    struct loop loop;
    struct told *told;        /* NULL: nobody wants to know */
    struct live_stage *stage; /* NULL: it is not on the stage */
    struct trace trace;       /* what is not written yet */
    FILE *trace_to;           /* NULL: nowhere */
    struct ndjson written;
    bool trace_failed;
    struct explain explain;
    FILE *explain_to; /* into the outlet; NULL: nothing is explained */
    struct outlet outlet;
    unsigned long unsaid; /* lines for which it had no room */
    struct program_wishes wishes;
    struct source signals;
    uint64_t looked_usec;  /* at the sockets, last */
    unsigned asked_to_end; /* times SIGINT or SIGTERM came, or a person on the stage said so */
    int signal;            /* the last of them */
    bool wrong_wishes;     /* they contradict each other */
};

/* False: a complaint was printed. From here on SIGINT and SIGTERM only count, and SIGPIPE is
 * nothing. On the stage, standard output and error are read by it from here on. */
bool program_open(struct program *program, const struct program_wishes *wishes);

/* Waits once: for something ready, a signal, or timeout_ms. */
bool program_wait(struct program *program, int timeout_ms);

/* Ends the trace; returns `status`, or another one where that could not be written. On the stage
 * it first waits until a person has seen enough, if it was not a person who ended it. */
int program_close(struct program *program, int status);

/* Is what goes to standard output, or to standard error, read by a person as it comes? */
bool program_shows(const struct program *program, int fd);

/* Does what is typed come from the stage (and not from standard input)? */
bool program_is_typed_for(const struct program *program);
/* Then the lines go here: `send` says in words why one was not taken, or returns NULL. */
void program_take_lines(struct program *program, const char *(*send)(void *of, const char *line),
                        void (*finish)(void *of), void *of);

/* Octets of a peer, as a line of text that harms no terminal. */
void program_print_text(const char *before, const uint8_t *octets, size_t len);

#endif
