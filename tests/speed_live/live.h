/*
 * How fast the socket programs are, beside nginx and iperf3 in the same run: what `make bench-live`
 * prints. docs/bench.md says of each figure what it means.
 *
 * All traffic stays on the loopback. Whatever is started is ended by its own id.
 */
#ifndef TESTS_SPEED_LIVE_LIVE_H
#define TESTS_SPEED_LIVE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    ROUNDS = 7, /* of each, in turns, of which the median counts */
    WORDS_MOST = 16,
    PATH_MOST = 512
};

/* What is measured with, and how it went. */
struct bench {
    const char *tcpstep;
    char nginx[PATH_MOST], iperf3[PATH_MOST]; /* "": absent */
    char folder[64]; /* for whatever a group writes; it is removed behind each */
    bool missed;     /* a goal */
};

/* A line of the output; with a goal, whether it holds. */
void figure(const char *name, double value, const char *unit);
void figure_at_least(struct bench *bench, const char *name, double value, const char *unit,
                     double goal);
void figure_at_most(struct bench *bench, const char *name, double value, const char *unit,
                    double goal);
void not_measured(const char *name, const char *why);
/* Ends the group. */
_Noreturn void bench_fail(const char *what);
double median(double *values, unsigned count);
double now_seconds(void);

/* child.c: programs beside us. */
struct child {
    pid_t pid;
    int out; /* its standard output; -1: thrown away */
};

/* Starts a program; words end with NULL. */
struct child child_begin(const char *const *words, bool heard);
/* Sends the signal (0: none) and waits. Its status; 128 + N: it died by signal N. cpu_seconds may
 * be NULL: what it and its own children took. */
int child_end(struct child *child, int signal, double *cpu_seconds);
/* Reads until `text` has come, or all; the octets that came are in said, as text. */
bool child_says(const struct child *child, const char *text, char *said, size_t room);
/* `tcpstep serve` with these words, at a port that it says. */
struct child serve_begin(const struct bench *bench, const char *const *words, unsigned *port);

/* The figures. */
void measure_crowd(struct bench *bench);
void measure_churn(struct bench *bench);
void measure_get(struct bench *bench);

/* churn_load.c: connections one after another, from a process of its own. */
struct load {
    unsigned port;
    unsigned connections;
    unsigned first;     /* of the addresses they come from */
    const char *ending; /* of an answer that is whole */
};

/* From so many processes at once. Connections a second. */
double load_run(const struct load *load, unsigned processes);
/* A port that is free at this moment. */
unsigned port_free(void);

/* store.c: storage in memory. */
struct store {
    char path[PATH_MOST];
    const char *kind; /* in words */
};

/* A tmpfs of our own over that folder, in huge pages if they are to be had; otherwise the folder.
 */
void store_open(struct store *store, const char *folder);
void store_path(const struct store *store, const char *name, char *path);
void store_remove(const struct store *store, const char *name);
/* Writes a file of `len` octets. Octets a second. */
double store_write(const struct store *store, const char *name, uint64_t len);
/* The machine may have to give memory that was free for long to us first. So much was in use just
 * now, on each processor. */
void store_warm(const struct store *store, uint64_t len);

/* bare.c: a file by sendfile and splice over a connection, without a program around it. Octets a
 * second. */
double bare_run(const char *from, const char *to, uint64_t len);

#endif
