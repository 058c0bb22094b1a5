/*
 * Standard input in a loop, be it a terminal, a pipe or a file: read when there is something, and
 * not read while what came before has not gone on.
 */
#ifndef UI_INLET_H
#define UI_INLET_H

#include "net/loop.h"

#include <stddef.h>

struct inlet {
    struct source source;
    struct loop *loop;
    bool always; /* a file: epoll does not know it, and it is always ready */
    bool waits;  /* it stands in the loop */
    bool paused;
    bool ended;
    int err; /* why it ended, where it was not its end */
    void (*came)(void *of, const uint8_t *octets, size_t len);
    void (*over)(void *of); /* there is no more */
    void *of;
};

/* fd and the functions are set. */
void inlet_open(struct inlet *inlet, struct loop *loop);
void inlet_pause(struct inlet *inlet, bool paused);
/* Reads from a file; returns how long the loop may wait, in ms, -1: for ever. */
int inlet_tick(struct inlet *inlet);
/* Reads no more. */
void inlet_close(struct inlet *inlet);

#endif
