/*
 * What a session asks of its lanes. All that goes to a lane goes through here, so that behind each
 * of it the rules and chances of the lab act on what was sent.
 */
#include "net/session_parts.h"

#include <stdlib.h>

/* What becomes of a segment is only noted here: a lane that is telling of it is not to be asked for
 * anything. */
static void note_fates(struct session *s, const struct event *sent)
{
    struct fate fates[FATES_MAX];
    size_t count = wire_rules_see(&s->now.rules, s->lab, s->seed, sent, fates);
    for (size_t i = 0; i < count; i++) {
        if (s->fate_count == s->fate_cap) {
            size_t cap = s->fate_cap ? s->fate_cap * 2 : FATES_MAX;
            struct fate *moved = realloc(s->fates, cap * sizeof *moved);
            if (!moved) {
                s->trace.full = true;
                return;
            }
            s->fates = moved;
            s->fate_cap = cap;
        }
        s->fates[s->fate_count++] = fates[i];
    }
}

/* Takes an event into the trace; while a transfer is under way without its calls, and without
 * its octets where nobody has asked for them. */
static void hear(void *to, const struct event *event)
{
    struct session *s = to;
    struct sink sink = trace_sink(&s->trace);
    struct event kept = *event;
    bool quiet = event->lane < LANE_COUNT && s->quiet[event->lane];
    enum apart apart = s->trace.apart;
    if (event->lane < LANE_COUNT && s->now.transfers[event->lane].under_way)
        s->trace.apart = APART_TRANSFER;
    if (quiet && !s->keep_text && event_has_segment(event->kind))
        kept.text = NULL;
    if (!quiet || (event->kind != EV_CALL && event->kind != EV_RETURN))
        emit(&sink, &kept);
    s->trace.apart = apart;
    const struct lane *lane = event->lane < LANE_COUNT ? s->lanes[event->lane] : NULL;
    if (event->kind == EV_SENT && lane && lane->wire_in_hand && event->host >= 0)
        note_fates(s, event);
}

struct sink session_sink(struct session *s)
{
    return (struct sink){ .emit = hear, .to = s };
}

static void let_fate_act(struct session *s, enum lane_id lane)
{
    struct lane *on = s->lanes[lane];
    for (size_t i = 0; i < s->fate_count; i++) {
        struct fate fate = s->fates[i]; /* what is done may lead to more of them */
        s->trace.cause = fate.cause;
        on->ops->wire(on, fate.act, fate.id, fate.usec); /* one that is lost already stays so */
        s->trace.cause = CAUSE_NONE;
    }
    s->fate_count = 0;
}

struct call_result session_call(struct session *s, enum lane_id lane, unsigned host,
                                const struct call *call, uint8_t *into)
{
    struct call_result result = s->lanes[lane]->ops->call(s->lanes[lane], host, call, into);
    let_fate_act(s, lane);
    return result;
}

enum lane_progress session_go(struct session *s, enum lane_id lane, uint64_t until_usec)
{
    enum lane_progress progress = s->lanes[lane]->ops->step(s->lanes[lane], until_usec);
    let_fate_act(s, lane);
    return progress;
}

void session_look_at(struct session *s, enum lane_id lane)
{
    s->lanes[lane]->ops->look(s->lanes[lane]);
    let_fate_act(s, lane);
}

bool session_act(struct session *s, enum lane_id lane, enum wire_act act, uint32_t id,
                 uint64_t usec)
{
    bool done = s->lanes[lane]->ops->wire(s->lanes[lane], act, id, usec);
    let_fate_act(s, lane);
    return done;
}

bool session_set(struct session *s, enum lane_id lane, unsigned host, const char *name,
                 const char *value)
{
    bool done = s->lanes[lane]->ops->set(s->lanes[lane], host, name, value);
    let_fate_act(s, lane);
    return done;
}
