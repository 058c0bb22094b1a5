/*
 * A session that runs no lab: the record of what a program does by itself. Somebody else's events
 * come in and become steps, which can be looked at like any others; nothing can be done to it.
 */
#include "net/session_parts.h"

#include "net/clock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_EVENTS_MAX = 200000,
    RECORD_TEXT_MAX = 16 << 20, /* octets of texts, of all events together */
    RECORD_TEXT_OF_ONE = 256    /* and of one that is no line; the rest is not shown anywhere */
};

static void begin_record(struct session *s)
{
    trace_init(&s->trace);
    s->trace.on[LANE_KERNEL] = true;
    s->trace.is_record = true;
    s->recorded = 0;
    s->step_is_over = false;
}

struct session *session_record(const struct lab *lab, uint64_t began_usec)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->lab = lab;
    s->is_record = true;
    s->began_usec = began_usec;
    versions_init(&s->states, sizeof s->now);
    profile_compose("linux", &s->profile);
    begin_record(s);
    return s;
}

void session_record_since(struct session *s, uint64_t began_usec)
{
    assert(s->is_record);
    s->began_usec = began_usec;
}

void session_record_anew(struct session *s)
{
    assert(s->is_record);
    trace_free(&s->trace);
    begin_record(s);
}

bool session_record_is_full(const struct session *s)
{
    return s->trace.full || s->trace.count >= RECORD_EVENTS_MAX || s->recorded >= RECORD_TEXT_MAX;
}

void session_record_step(struct session *s)
{
    s->step_is_over = true;
}

/* A step begins with its first event, so that there is none without any. */
static void take_in(void *to, const struct event *event)
{
    struct session *s = to;
    struct event copy = *event;
    if (session_record_is_full(s))
        return;
    if (s->step_is_over)
        s->trace.step++;
    s->step_is_over = false;
    if (copy.kind != EV_SAY && copy.text_len > RECORD_TEXT_OF_ONE)
        copy.text_len = RECORD_TEXT_OF_ONE;
    struct sink sink = trace_sink(&s->trace);
    emit(&sink, &copy);
    s->recorded += copy.text ? copy.text_len : 0;
}

struct sink session_recorder(struct session *s)
{
    assert(s->is_record);
    return (struct sink){ .emit = take_in, .to = s };
}
