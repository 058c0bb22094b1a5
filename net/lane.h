/*
 * A lane: two or more hosts joined by a wire, behind one small interface. The model's lane and
 * the kernel's lane take the same calls and speak the same events.
 *
 * What a lane does it tells through its sink; what is known of its sockets is a fold over that.
 */
#ifndef NET_LANE_H
#define NET_LANE_H

#include "sim/event.h"

struct lane;

enum lane_progress {
    LANE_DID,     /* the single next thing due was done */
    LANE_NOT_YET, /* a clock that runs by itself has to run on: look again at lane_wake() */
    LANE_IDLE     /* nothing is due up to the time asked for, and the clock stands there */
};

enum wire_act {
    WIRE_DELIVER,
    WIRE_DROP,
    WIRE_DUPLICATE,
    WIRE_HOLD,
    WIRE_RELEASE,
    WIRE_CORRUPT,
    WIRE_DELAY,  /* by so many usec more; one that is held goes on so */
    WIRE_REORDER /* it goes behind the next segment of its sender, and is held until there is one */
};

struct lane_ops {
    /* Gives `at` the address of a host, and the port that stands for a lab's port there: another
     * one where this machine has that port in use by somebody else (which it says, once). */
    void (*resolve)(struct lane *lane, unsigned host, struct endpoint *at);

    /* Makes one call on a host. Octets received go to `into`, at most call->value of them. Emits
     * EV_CALL, what it leads to, EV_RETURN. */
    struct call_result (*call)(struct lane *lane, unsigned host, const struct call *call,
                               uint8_t *into);
    bool (*ready)(struct lane *lane, unsigned host, int32_t fd, enum readiness what);

    /* Does the single next thing due no later than until_usec (UINT64_MAX: whenever it is). */
    enum lane_progress (*step)(struct lane *lane, uint64_t until_usec);

    /* Tells what step() would do: fills an EV_NEXT event; NEXT_NOTHING where nothing is due. */
    void (*next)(struct lane *lane, struct event *event);

    /* Reads the states again, where they change by themselves, and emits what has changed. */
    void (*look)(struct lane *lane);

    /* usec: of WIRE_DELAY. false: there is no such segment, or the wire is not in our hands */
    bool (*wire)(struct lane *lane, enum wire_act act, uint32_t id, uint64_t usec);

    /* Gives a setting of a host, of those in sim/sysctl.h, a value. false: it does not take it.
     * NULL: the hosts are this machine itself, whose settings are not touched. */
    bool (*set)(struct lane *lane, unsigned host, const char *name, const char *value);

    /* The id of the first segment on the wire from `host` (-1: any) that has these control bits
     * and no others but PSH (0: any); 0 where there is none. */
    uint32_t (*find)(struct lane *lane, int host, unsigned flags);

    /* Where the lane stands, and the way back there; both NULL where what happened stays done. */
    size_t (*mark)(struct lane *lane);
    void (*back)(struct lane *lane, size_t mark);

    uint64_t (*now)(struct lane *lane);
    void (*close)(struct lane *lane);
};

/* Each kind embeds this as its first member. */
struct lane {
    const struct lane_ops *ops;
    struct sink sink;
    enum lane_id id;
    bool wire_in_hand; /* segments wait on the wire until they are told to go on */
    bool own_clock;    /* time runs by itself, and cannot be made to */
};

#endif
