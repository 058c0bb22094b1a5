/*
 * A session: one lab run on one lane or on two side by side, step by step, with the way back.
 *
 * A step is one line of the lab that does something (with the sayings and expectations behind
 * it), one segment delivered, one timer run out, or one act of the user on the wire. Everything
 * it does stands in its trace.
 */
#ifndef NET_SESSION_H
#define NET_SESSION_H

#include "net/compare.h"
#include "net/error.h"
#include "net/lane.h"
#include "net/trace.h"
#include "sim/lab.h"
#include "sim/profile.h"

struct session;

/* What joins the kernel's hosts. */
enum session_join {
    SESSION_ON_WIRE_IF_ALLOWED, /* else plain loopback, which the trace then says */
    SESSION_ON_WIRE,            /* in namespaces of their own, on a wire in our hands */
    SESSION_ON_LOOPBACK
};

struct session_setup {
    const struct lab *lab;  /* must outlive the session */
    bool on[LANE_COUNT];    /* the lanes to run on; at least one */
    bool kernel_if_allowed; /* where the kernel's lane cannot be had: the model's alone, which the
                             * trace then says */
    enum session_join join; /* of LANE_KERNEL */
    bool model[LAB_HOSTS_MAX]; /* LANE_MIXED: hosts of the model; not all, and not none */
    uint8_t family;            /* of addresses: 6, or 4 (also 0) */
    const char *profile;       /* for profile_compose(), which takes it; NULL: the lab's, else linux
                                * beside a kernel, else rfc */
    const struct settings *settings; /* the model's, whatever its profile has; NULL: as it has */
    uint64_t seed;
    bool real_time; /* LANE_MODEL goes by the real clock, too: its timers run with the kernel's,
                     * and what happened there stays done */
    bool keep_text; /* also of a transfer's segments, which else have none in the trace */
};

enum session_progress {
    SESSION_STEPPED, /* one step is done */
    SESSION_BUSY,    /* a step is under way and waits for real time: call again a little later */
    SESSION_OVER     /* the lab is done and nothing is due any more */
};

/* NULL and *error where a lane cannot be had. Step 0, what is said before the first step, is
 * done when this returns. */
struct session *session_open(const struct session_setup *setup, struct net_error *error);
void session_close(struct session *session);

/* The record of a program that does what it does by itself (net/told.h): one host, LANE_KERNEL. The
 * lab has no lines, but a title and the host's name; both outlive it. NULL: out of memory. */
struct session *session_record(const struct lab *lab, uint64_t began_usec);
/* Its clock is that of the events that come: when that was 0, by clock_usec(). */
void session_record_since(struct session *session, uint64_t began_usec);
/* Where its events go. Once it is full, nowhere. */
struct sink session_recorder(struct session *session);
/* What comes next belongs to another step. */
void session_record_step(struct session *session);
/* It takes a stated number of events (200,000) and of octets in them (16 MiB). */
bool session_record_is_full(const struct session *session);
/* Forgets all of it. What is kept beside its trace (views, indices) is to be forgotten before. */
void session_record_anew(struct session *session);

enum session_progress session_step(struct session *session);

/* Has the lab come to its end? Segments and timers may still be due. */
bool session_lab_is_over(const struct session *session);

/* Looks at the lanes whose clock runs by itself: what has changed belongs to the last step. */
void session_look(struct session *session);

/* An act of the user on the wire (usec: of WIRE_DELAY): a step of its own. False where it cannot be
 * done. */
bool session_wire(struct session *session, enum lane_id lane, enum wire_act act, uint32_t id,
                  uint64_t usec);

/* What has come of a person's wish. */
enum user_outcome {
    USER_DONE,
    USER_STEP_UNDER_WAY, /* it waits for real time: later */
    USER_NOT_READ,       /* it is no call: *error says why */
    USER_NO_SOCKET,      /* no socket of that name is open on any lane that is run */
    USER_NO_SETTING,     /* there is none of that name */
    USER_NOT_TAKEN,      /* no host takes that value for it */
    USER_TOO_MANY        /* calls of a person, or calls that wait */
};

/* A call that a person makes on a host, as a lab writes it: "A: send(c, \"hi\")"; a step of its own
 * on each lane that has the socket. Where it would block it waits as a lab's call does. The lab
 * goes on behind it, until something is not as it expects: then it says so and is over. */
enum user_outcome session_user_call(struct session *session, const char *words,
                                    struct lab_error *error);

/* Likewise a setting of a host, by a name of sim/sysctl.h or, on the model, of tcp_settings. */
enum user_outcome session_user_set(struct session *session, unsigned host, const char *name,
                                   const char *value);

/* Has the lab stopped because something was done that it did not expect? */
bool session_script_is_over(const struct session *session);

/* Takes the session back to where it stood after `step`, and forgets the steps behind. A lane
 * that cannot be taken back is closed and says so. */
void session_back(struct session *session, uint32_t step);

/* The number of the last step done. */
uint32_t session_last_step(const struct session *session);

/* What time it is on a lane that is run. */
uint64_t session_now(const struct session *session, enum lane_id lane);

/* Is the lane still run, or only its record left? */
bool session_runs(const struct session *session, enum lane_id lane);

/* Expectations that did not hold, and what the lanes differed in, up to the last step. */
unsigned session_failures(const struct session *session);
unsigned session_differences(const struct session *session);

/* What the lanes differed in, and what was let pass on the way; complete once it is over. */
const struct compare *session_compare(const struct session *session);

/* What the model goes by. */
const struct profile *session_profile(const struct session *session);

const struct trace *session_trace(const struct session *session);

#endif
