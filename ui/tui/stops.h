/*
 * Where a run is to stop: a state entered, a rule taken, any change of state. Pure.
 */
#ifndef UI_TUI_STOPS_H
#define UI_TUI_STOPS_H

#include "net/trace.h"
#include "sim/rules.h"

enum stop_kind {
    STOP_NEVER,
    STOP_STATE, /* a socket enters a state */
    STOP_RULE,  /* the model takes a rule */
    STOP_CHANGE /* any socket enters any other state */
};

struct stop {
    enum stop_kind kind;
    enum tcp_state state; /* STOP_STATE */
    int host;             /* STOP_STATE, STOP_CHANGE: -1: any */
    enum rule_id rule;    /* STOP_RULE */
};

/* Reads "TIME-WAIT B", "rule FIN_FROM_PEER" or "state [HOST]". False: `wrong` says why. */
bool stop_read(const char *words, struct stop *stop, char *wrong, size_t len);

bool stop_is(const struct stop *a, const struct stop *b);

/* The first event of the trace, from `from` on and before `to`, at which it stops; NULL: none. */
const struct event *stop_find(const struct stop *stop, const struct trace *trace, size_t from,
                              size_t to);

/* "TIME-WAIT of B", "rule FIN_FROM_PEER"; returns text. */
char *stop_words(const struct stop *stop, char *text, size_t len);

/* "A has entered TIME-WAIT": what an event that it stopped at is. */
char *stop_reason(const struct event *event, char *text, size_t len);

#endif
