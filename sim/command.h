/*
 * What can be asked of a world: all its input besides its seed. A run is its seed and its
 * commands.
 */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

#include "sim/call.h"
#include "sim/segment.h"

enum command_kind {
    COMMAND_CALL,      /* a socket call on a host */
    COMMAND_STEP,      /* the single next thing due */
    COMMAND_UNTIL,     /* the clock goes to `usec`; nothing may be due before */
    COMMAND_DELIVER,   /* the wire hands segment `id` over now */
    COMMAND_DROP,      /* ... loses it */
    COMMAND_DUPLICATE, /* ... makes a copy, due one delay after now */
    COMMAND_HOLD,      /* ... keeps it until released or delivered */
    COMMAND_RELEASE,   /* ... lets it go on, due one delay after now */
    COMMAND_CORRUPT,   /* ... changes an octet of it */
    COMMAND_DELAY,     /* ... makes it due `usec` later; one that is held goes on so */
    COMMAND_REORDER,   /* ... lets it go behind the next one of its sender, sent already or not */
    COMMAND_SETTING,   /* a host's setting, by its place in tcp_settings, takes a value */
    COMMAND_ARRIVE     /* a segment from outside the world reaches a host now */
};

struct command {
    enum command_kind kind;
    unsigned host;
    uint32_t id;
    uint64_t usec;
    uint32_t setting;
    uint64_t value;
    const struct segment *seg; /* ARRIVE, its text in call.text; must outlive whatever keeps it */
    struct call call;          /* its text must outlive whatever keeps the command */
};

#endif
