/*
 * What a program does whose sockets have no O_NONBLOCK: a call that would wait is made again, after
 * each thing that happens, until it has come to its end.
 *
 *     struct blocking it;
 *     blocking_begin(&it, &call);
 *     do
 *         result = ...;                        (makes it.call, and later steps the world on)
 *     while (blocking_again(&it, &result));
 */
#ifndef SIM_BLOCKING_H
#define SIM_BLOCKING_H

#include "sim/call.h"

struct blocking {
    struct call call; /* to be made next; of a send, what is left of it */
};

void blocking_begin(struct blocking *it, const struct call *call);

/* Takes what it->call has returned. True: it is to be made again when something has happened.
 * False: the program goes on, with *result, in which the parts of a send are put together. */
bool blocking_again(struct blocking *it, struct call_result *result);

#endif
