/*
 * What a session has with the comparison of its lanes: it hands on what is new in the trace, and
 * writes there what differs.
 */
#include "net/session_parts.h"

#include <string.h>

bool compares(const struct session *s)
{
    return s->lanes[LANE_MODEL] && s->lanes[LANE_KERNEL];
}

void feed_compare(struct session *s)
{
    while (compares(s) && s->compare.taken < s->trace.count)
        compare_take(&s->compare, &s->trace.events[s->compare.taken]);
    s->trace.full = s->trace.full || s->compare.full;
}

void tell_differences(struct session *s, uint64_t usec)
{
    struct sink sink = trace_sink(&s->trace);
    for (; s->told < s->compare.difference_count; s->told++) {
        const struct difference *it = &s->compare.differences[s->told];
        struct event event = { .usec = usec,
                               .kind = EV_DIFFERS,
                               .lane = LANE_ALL,
                               .host = it->host,
                               .sock = -1,
                               .text = (const uint8_t *)it->words,
                               .text_len = (uint32_t)strlen(it->words),
                               .form = it->form };
        memcpy(event.u.differs.at, it->at, sizeof it->at);
        emit(&sink, &event);
        s->now.differences++;
    }
}
