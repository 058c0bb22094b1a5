/*
 * The way of a connection through the states, as far as it was seen. What it did between two looks
 * is not known: where more than one way leads from a state to the next one seen, there is a gap.
 */
#ifndef UI_WATCH_PATH_H
#define UI_WATCH_PATH_H

#include "sim/state.h"

#include <stdint.h>

enum {
    WATCH_PATH_MAX = 12, /* of eleven states, none comes twice */
    WATCH_PATH_TEXT = 192
};

struct watch_path {
    uint8_t count;
    uint8_t state[WATCH_PATH_MAX];
    uint16_t gap; /* bit i: what came before state i is not known */
};

/* A path that begins in a state; `whole`: there was none before it but CLOSED or LISTEN. */
struct watch_path path_begin(enum tcp_state state, bool whole);

enum tcp_state path_last(const struct watch_path *path);

/* Another state, seen by a look, or told of when it was entered. Taken only where a way leads there
 * from the last one; false: it is older, or the same. */
bool path_add(struct watch_path *path, enum tcp_state state, bool told);

/* Is there a way from one state to another, over others or not? RFC 9293, Figure 5, and a reset or
 * a timeout from each to CLOSED. */
bool path_leads(enum tcp_state from, enum tcp_state to);

/* Is a step from one to the other the only way? */
bool path_is_sure(enum tcp_state from, enum tcp_state to);

/* "... ESTABLISHED > FIN-WAIT-1 > ... > TIME-WAIT"; returns text. */
char *path_text(const struct watch_path *path, char *text, size_t len);

#endif
