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

enum program_option {
    PROGRAM_EXPLAIN,
    PROGRAM_TRACE,
    PROGRAM_OPTION_COUNT
};

/* In the order of enum program_option. */
#define PROGRAM_OPTIONS                                                                            \
    { "explain", NULL, N_("each call as a line, with the state it led to") },                      \
    {                                                                                              \
        "trace", "FILE", N_("write the calls and states as NDJSON; - for standard output")         \
    }

struct program_wishes {
    bool explain;
    const char *trace_path; /* NULL: none */
};

/* Takes option `index` of PROGRAM_OPTIONS. */
void program_wish(struct program_wishes *wishes, size_t index, const char *value);

struct program {
    struct loop loop;
    struct told *told;  /* NULL: nobody wants to know */
    struct trace trace; /* what is not written yet */
    FILE *trace_to;     /* NULL: nowhere */
    struct ndjson written;
    bool trace_failed;
    struct explain explain;
    struct program_wishes wishes;
    struct source signals;
    unsigned asked_to_end; /* times SIGINT or SIGTERM came */
    int signal;            /* the last of them */
};

/* False: a complaint was printed. From here on SIGINT and SIGTERM only count, and SIGPIPE is
 * nothing. */
bool program_open(struct program *program, const struct program_wishes *wishes);

/* Waits once: for something ready, a signal, or timeout_ms. */
bool program_wait(struct program *program, int timeout_ms);

/* Ends the trace; returns `status`, or another one where that could not be written. */
int program_close(struct program *program, int status);

/* Octets of a peer, as a line of text that harms no terminal. */
void program_print_text(const char *before, const uint8_t *octets, size_t len);

#endif
