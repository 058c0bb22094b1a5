/*
 * Moves, kept.
 */
#include "ui/walked.h"

enum {
    LOOK_BACK = 64 /* events of the same step that are searched for what made a kernel move */
};

static bool is_call_to_close(const struct event *event)
{
    return event->kind == EV_CALL && event->u.call.op == CALL_CLOSE;
}

static bool is_rst_or_syn(const struct event *event)
{
    return event->kind == EV_DELIVERED && (event->u.wire.seg.flags & (RST | SYN)) != 0;
}

/* Did that come to the host earlier in the step? */
static bool was_before(const struct trace *trace, size_t at, bool (*is)(const struct event *))
{
    const struct event *event = &trace->events[at];
    for (size_t i = at, left = LOOK_BACK; i-- > 0 && left > 0; left--) {
        const struct event *before = &trace->events[i];
        if (before->step != event->step)
            break;
        if (before->lane == event->lane && before->host == event->host && is(before))
            return true;
    }
    return false;
}

/* Where more than one thing leads from one state to another, the step has to show it. */
static int arrow_of_kernel(const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    enum tcp_state from = (enum tcp_state)event->u.state.from;
    enum tcp_state to = (enum tcp_state)event->u.state.to;
    if (from == SYN_SENT && to == CLOSED && !was_before(trace, at, is_call_to_close))
        return NO_ARROW;
    if (diagram_box(from, to, false) == BOX_CLOSED_AT_END && was_before(trace, at, is_rst_or_syn))
        return NO_ARROW;
    return diagram_arrow_between(from, to);
}

static void count(struct taken *taken, uint32_t step)
{
    if (taken->times++ == 0)
        taken->first = step;
    taken->last = step;
}

int walked_take(struct walked *walked, const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    enum rule_id rule = event->u.state.rule;
    bool ruled = rule != RULE_NONE;
    if (event->u.state.from == event->u.state.to)
        return NO_ARROW;
    int arrow = ruled ? diagram_arrow_of(rule, (enum tcp_state)event->u.state.from)
                      : arrow_of_kernel(trace, at);
    if (arrow != NO_ARROW)
        count(&walked->arrows[arrow][ruled ? 0 : 1], event->step);
    walked->moves[walked->count++ % WALKED_MOVES] = (struct move){ .lane = event->lane,
                                                                   .host = (uint8_t)event->host,
                                                                   .from = event->u.state.from,
                                                                   .to = event->u.state.to,
                                                                   .rule = (uint8_t)rule,
                                                                   .source = event->u.state.source,
                                                                   .arrow = (int8_t)arrow,
                                                                   .sock = event->sock,
                                                                   .step = event->step };
    return arrow;
}

const struct move *walked_move(const struct walked *walked, size_t i)
{
    bool kept = i < walked->count && i + WALKED_MOVES >= walked->count;
    return kept ? &walked->moves[i % WALKED_MOVES] : NULL;
}
