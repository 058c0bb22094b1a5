/*
 * What the parts of the program share: calls.c (making and waiting), call_make.c (a call of the
 * script as one of the model), call_outcome.c (what came of it), address.c, poll.c and epoll.c.
 */
#ifndef UI_DRILL_CALLS_H
#define UI_DRILL_CALLS_H

#include "ui/drill/runner.h"

enum {
    NO_FD = -1
};

/* A call of the script on its way to be one of the model. */
struct making {
    struct runner *run;
    const struct script_event *event;
    const struct script_call *in_script;
    struct call call;
    bool no_buffer;  /* NULL where octets would go or come from */
    bool is_ignored; /* of no matter to the model: it returns 0 where its descriptor is a socket */
};

/* call_make.c */
bool call_refuse(struct runner *run, const struct script_event *event, const char *what);
bool call_make(struct making *m);

/* call_outcome.c. A result of the script: a number, and of -1 an errno, 0 where it names none. */
bool expected_result(const struct script_call *in_script, int64_t *ret, int32_t *err);
/* Is this what the script has the call return? Else the script has failed. */
bool returns(struct runner *run, const struct script_event *event, int64_t ret, int32_t err);
/* The same of a call of the model, and of what it gives through its arguments. */
bool outcome_holds(struct runner *run, const struct script_event *event, const struct call *call,
                   const struct call_result *result);
bool wrong_number(struct runner *run, const struct script_event *event, const char *what,
                  int64_t expected, int64_t got);

/* address.c. "..." and what is not there give false with *is_given false. */
bool address_arg_of(struct runner *run, const struct script_event *event, const struct value *value,
                    struct endpoint *to, bool *is_given);
/* Is the address at that argument, and the length behind it, what the script has there? */
bool address_holds(struct runner *run, const struct script_event *event, size_t index,
                   const struct endpoint *got);

/* calls.c. Makes a call, and makes it again until it no longer waits. */
bool call_start(struct runner *run, const struct script_event *event, call_again_fn *again);
/* When a call that waits at most so many milliseconds gives up; UINT64_MAX where negative. */
uint64_t deadline_after(const struct runner *run, int64_t msec);

#endif
