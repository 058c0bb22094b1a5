/*
 * Segment after segment as they were captured; behind each, those that arrive then.
 */
#include "net/capture_replay.h"

#include "net/capture_replay_parts.h"

#include <stdlib.h>

static void segment_event(struct replay *run, enum event_kind kind, uint32_t index)
{
    const struct seen *seen = &run->flow->seen[index];
    unsigned host = kind == EV_SENT ? seen->from : 1u - seen->from;
    struct event event = { .usec = run->usec,
                           .kind = (uint8_t)kind,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = (int32_t)run->flow->number };
    event.u.wire.seg = seen->seg;
    event.u.wire.id = index + 1;
    event.u.wire.due_usec = run->usec;
    event.u.wire.again = kind == EV_SENT && seen->marks & MARK_AGAIN;
    emit(&run->sink, &event);
}

static void name_end(struct replay *run, unsigned host)
{
    const struct flow *flow = run->flow;
    struct event event = { .usec = run->usec,
                           .kind = EV_SOCKET,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = (int32_t)flow->number };
    event.u.socket.fd = -1;
    event.u.socket.parent = -1;
    event.u.socket.local = flow->side[host].at;
    event.u.socket.remote = flow->side[1 - host].at;
    emit(&run->sink, &event);
}

static void first_seen_open(struct replay *run, unsigned host)
{
    struct event event = { .usec = run->usec,
                           .kind = EV_STATE,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = (int32_t)run->flow->number };
    event.u.state.from = event.u.state.to = ESTABLISHED;
    event.u.state.source = BY_INFERENCE;
    event.u.state.first = true;
    emit(&run->sink, &event);
}

/* Who listens: the side whose first SYN is an answer. Who sends neither that nor RST may be nobody
 * at all. */
static void begin_ends(struct replay *run)
{
    const struct flow *flow = run->flow;
    for (unsigned host = 0; host < 2; host++) {
        const struct flow_side *side = &flow->side[host];
        run->end[host].listens = side->saw_syn && side->syn_has_ack;
        run->end[host].uses_close = side->saw_fin && side->saw_rst;
        if (side->segments > 0)
            end_begin(run, host);
    }
    if (flow->side[0].saw_syn || !flow->side[1].saw_syn)
        return;
    say(run, EV_SAY, 0, N_("The SYN that began this connection is not in the capture."));
    struct segment syn;
    segment_begin(&syn, flow->side[0].base, SYN);
    memset(syn.sack, 0, sizeof syn.sack);
    syn.has = flow->side[1].has;
    syn.wscale = WSCALE_MAX;
    syn.wnd = UINT16_MAX;
    end_arrive(run, 1, &syn);
}

static void begin_mid_stream(struct replay *run)
{
    if (run->flow->reset_first || !run->flow->side[0].has_base || !run->flow->side[1].has_base) {
        say(run, EV_SAY, -1,
            N_("The capture has not seen enough of this connection to tell any state of it."));
        return;
    }
    say(run, EV_SAY, -1,
        N_("The capture begins in the middle of this connection. That both ends were in "
           "ESTABLISHED "
           "is assumed; their options and window scales are not known, and neither is what was on "
           "its way."));
    end_open_silently(run);
    for (unsigned host = 0; host < 2; host++) {
        run->end[host].runs = run->flow->side[host].segments > 0;
        if (run->end[host].runs)
            first_seen_open(run, host);
    }
}

/* In the order in which they were sent. */
static bool line_up(struct replay *run)
{
    uint32_t count = run->flow->count;
    run->fates = flow_fates(run->flow);
    run->first_after = calloc(count + 1, sizeof(uint32_t));
    run->next_after = calloc(count + 1, sizeof(uint32_t));
    if (!run->fates || !run->first_after || !run->next_after)
        return false;
    for (uint32_t i = count; i-- > 0;) {
        if (run->fates[i].kind != FATE_ARRIVES)
            continue;
        uint32_t *first = &run->first_after[run->fates[i].after];
        run->next_after[i] = *first;
        *first = i + 1;
    }
    return true;
}

/* A RST without ACK behind the right SYN,ACK is from a host that has no such connection any more:
 * one in SYN-SENT opens, and one that aborts there sends nothing. RFC 9293, 3.10.5, 3.10.7.1. */
static bool was_gone(const struct replay *run, unsigned host, uint32_t index)
{
    const struct seen *seen = &run->flow->seen[index];
    if (run->end[host].state != SYN_SENT || !seg_has(&seen->seg, SYN | ACK) || seen->ack != 1)
        return false;
    while (++index < run->flow->count && run->flow->seen[index].from != host)
        ;
    const struct segment *next = &run->flow->seen[index].seg;
    return index < run->flow->count && (next->flags & (RST | ACK)) == RST &&
           seq_eq(next->seq, seen->seg.ack);
}

static void arrive(struct replay *run, uint32_t index)
{
    const struct seen *seen = &run->flow->seen[index];
    unsigned host = 1u - seen->from;
    if (!run->end[host].runs)
        return;
    if (was_gone(run, host, index)) {
        say(run, EV_SAY, (int)host,
            N_("It had given up before: its RST is that of a host without the connection."));
        end_close_by_program(run, host);
    }
    segment_event(run, EV_DELIVERED, index);
    struct segment seg = seen->seg;
    if (seen->marks & MARK_OPTIONS_CUT && seg_has(&seg, SYN)) { /* any may have been there */
        seg.has |= HAS_WSCALE | HAS_SACK_PERMITTED;
        seg.wscale = WSCALE_MAX;
    }
    end_arrive(run, host, &seg);
    expect_answer(run, host, index);
}

/* The model's own window is wider than that of the captured host: its rule is told, not taken. */
static void refuse(struct replay *run, uint32_t index)
{
    unsigned host = 1u - run->flow->seen[index].from;
    const struct replay_end *end = &run->end[host];
    bool is_reset = seg_has(&run->flow->seen[index].seg, RST);
    enum rule_id rule = is_reset ? OUTSIDE_WINDOW_RST : ZERO_WINDOW_ACK;
    if (!end->runs || !rule_allows(rule, end->state))
        return;
    segment_event(run, EV_DELIVERED, index);
    struct event event = { .usec = run->usec,
                           .kind = EV_RULE,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = (int32_t)run->flow->number };
    event.u.state.rule = rule;
    event.u.state.from = event.u.state.to = (uint8_t)end->state;
    event.u.state.source = BY_INFERENCE;
    emit(&run->sink, &event);
}

static void one(struct replay *run, uint32_t index)
{
    const struct seen *seen = &run->flow->seen[index];
    run->usec = seen->usec;
    run->trace->step = (uint32_t)seen->number;
    end_calls(run, seen);
    segment_event(run, EV_SENT, index);
    look_at_answer(run, seen);
    if (run->fates[index].kind == FATE_LOST || run->fates[index].kind == FATE_UNHEARD)
        segment_event(run, EV_DROPPED, index);
    if (run->fates[index].kind == FATE_REFUSED)
        refuse(run, index);
    for (uint32_t at = run->first_after[index]; at; at = run->next_after[at - 1])
        arrive(run, at - 1);
}

bool flow_replay(const struct flow *flow, uint64_t end_usec, struct trace *trace)
{
    struct replay run = { .flow = flow, .trace = trace, .end_usec = end_usec };
    run.sink = trace_sink(trace);
    bool good = flow->count == 0 || (line_up(&run) && end_begin_world(&run));
    if (good && flow->count > 0) {
        run.usec = flow->seen[0].usec;
        trace->step = (uint32_t)flow->seen[0].number;
        for (unsigned host = 0; host < 2; host++)
            name_end(&run, host);
        if (flow->mid_stream)
            begin_mid_stream(&run);
        else
            begin_ends(&run);
        for (uint32_t i = 0; i < flow->count; i++)
            one(&run, i);
        verdict_of(&run);
    }
    free(run.fates);
    free(run.first_after);
    free(run.next_after);
    end_end_world(&run);
    return good && !trace->full;
}
