/*
 * The fold: each event goes to what it is about. A call's results are compared where both lanes
 * have made it return.
 */
#include "net/compare_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const struct allowance_row compare_allowances[ALLOWANCE_COUNT] = {
    [ALLOWED_WINDOW] = { "window value",
                         "The window in a segment: it says how much memory a stack gives away, and "
                         "each counts that in its own way." },
    [ALLOWED_TIMESTAMP] = { "timestamp value",
                            "The two numbers of the timestamps option: they are clocks. Whether "
                            "the option is there is compared." },
    [ALLOWED_PUSH] = { "push of a burst",
                       "PSH on a full segment: Linux ends a burst with it, and cuts bursts by the "
                       "rate that its clock has measured." },
    [ALLOWED_DELAYED_ACK] = { "delayed ACK",
                              "An ACK of something new that carries nothing else, where the other "
                              "lane acknowledges as much with another segment: how long an ACK "
                              "waits for company is up to the stack (RFC 9293, 3.8.6.3). Likewise "
                              "the second of two, where the other lane's only one came after what "
                              "both answer. Any other duplicate ACK, a challenge ACK and an ACK "
                              "with SACK blocks have to be on both." },
    [ALLOWED_WINDOW_UPDATE] = { "window update",
                                "An ACK that says nothing new but its window: when to say that "
                                "hangs on the window values (RFC 9293, 3.8.6.2.2)." },
    [ALLOWED_UNSEEN_STATE] = { "unseen state",
                               "A state of the model that a look at the kernel has missed: where "
                               "no rule leads straight from the kernel's state before to that "
                               "after, it was in one between them. Where a rule does, going "
                               "round is a difference. Likewise the end of a half-open connection "
                               "whose listener was closed: a kernel's table keeps it until its "
                               "next timer." },
    [ALLOWED_AFTER_LAB] = { "after the lab",
                            "What the model does once the lab is over and time runs on to its "
                            "timers, as the end of TIME-WAIT: a real clock is not waited for." },
    [ALLOWED_LINE] = { "line of one lane",
                       "What a lane does in a line of the lab that is for this lane alone, as to "
                       "wait for the end of TIME-WAIT." },
    [ALLOWED_TRANSFER] = { "transfer",
                           "How the octets of a transfer line are cut into segments, lost, and "
                           "sent again: that hangs on the memory of both ends, on real time, and "
                           "on "
                           "how a stack finds out about loss (the model by RFC 6675, Linux by RFC "
                           "8985). The octets have to arrive on both." },
};

/* The result of one line of the lab, as each lane has it. */
struct outcome {
    bool seen, pending; /* pending: the program would wait */
    enum call_op op;
    int32_t ret, err;
    const uint8_t *text;
    int64_t at;
};

struct compared_call {
    uint32_t line;
    int8_t host;
    bool told;
    struct outcome on[COMPARED_LANES];
};

bool compare_room(struct compare *compare, void **items, size_t *cap, size_t count, size_t item_len)
{
    if (count < *cap)
        return true;
    size_t larger = *cap ? *cap * 2 : 8;
    void *moved = compare->full ? NULL : realloc(*items, larger * item_len);
    if (!moved) {
        compare->full = true;
        return false;
    }
    *items = moved;
    *cap = larger;
    return true;
}

void compare_init(struct compare *compare, bool segments)
{
    *compare = (struct compare){ .segments = segments, .over_at = -1 };
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        compare->sides[lane] = calloc(1, sizeof *compare->sides[lane]);
        compare->full = compare->full || !compare->sides[lane];
    }
}

void compare_free(struct compare *compare)
{
    for (size_t i = 0; i < compare->track_count; i++)
        track_free(&compare->tracks[i]);
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++)
        side_free(compare->sides[lane]);
    free(compare->tracks);
    free(compare->calls);
    free(compare->differences);
    *compare = (struct compare){ .segments = false };
}

static bool gives_descriptor(enum call_op op)
{
    return op == CALL_SOCKET || op == CALL_ACCEPT;
}

static bool gives_text(enum call_op op)
{
    return op == CALL_RECV || op == CALL_RECVFROM;
}

static bool outcomes_differ(const struct outcome *a, const struct outcome *b)
{
    if (a->pending || b->pending)
        return a->pending != b->pending;
    if (a->ret < 0 || b->ret < 0)
        return a->ret != b->ret || a->err != b->err;
    if (a->ret != b->ret)
        return !gives_descriptor(a->op);
    return gives_text(a->op) && a->ret > 0 && a->text && b->text &&
           memcmp(a->text, b->text, (size_t)a->ret) != 0;
}

static const char *outcome_words(const struct outcome *outcome, char *text, size_t len)
{
    char name[16];
    if (outcome->pending)
        snprintf(text, len, "%s", N_("nothing yet"));
    else if (outcome->ret < 0)
        snprintf(text, len, "%s", errno_name(outcome->err, name, sizeof name));
    else
        snprintf(text, len, "%d", outcome->ret);
    return text;
}

static void tell_outcomes(struct compare *compare, struct compared_call *call)
{
    char a[24], b[24];
    const struct outcome *model = &call->on[LANE_MODEL], *kernel = &call->on[LANE_KERNEL];
    struct difference *it = tell_difference(compare);
    call->told = true;
    if (!it)
        return;
    it->host = call->host;
    it->line = call->line;
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++)
        it->at[lane] = call->on[lane].at;
    bool others = !model->pending && !kernel->pending && model->ret == kernel->ret &&
                  model->err == kernel->err;
    const char *form = others ? N_("line %u, %s: the model says %s, the kernel %s, of other text")
                              : N_("line %u, %s: the model says %s, the kernel %s");
    snprintf(it->form, sizeof it->form, "%s", form);
    snprintf(it->words, sizeof it->words, form, call->line, call_name(model->op),
             outcome_words(model, a, sizeof a), outcome_words(kernel, b, sizeof b));
}

/* A call that waits is compared only once nothing comes any more. */
static void settle_calls(struct compare *compare, bool at_end)
{
    for (size_t i = 0; i < compare->call_count; i++) {
        struct compared_call *call = &compare->calls[i];
        const struct outcome *model = &call->on[LANE_MODEL], *kernel = &call->on[LANE_KERNEL];
        bool over = at_end || (!model->pending && !kernel->pending);
        if (!call->told && over && model->seen && kernel->seen && outcomes_differ(model, kernel))
            tell_outcomes(compare, call);
    }
}

static struct compared_call *call_of(struct compare *compare, uint32_t line, int8_t host)
{
    void *calls = compare->calls;
    for (size_t i = compare->call_count; i-- > 0;) {
        if (compare->calls[i].line == line)
            return &compare->calls[i];
    }
    if (!compare_room(compare, &calls, &compare->call_cap, compare->call_count,
                      sizeof *compare->calls))
        return NULL;
    compare->calls = calls;
    struct compared_call *call = &compare->calls[compare->call_count++];
    *call = (struct compared_call){ .line = line, .host = host };
    return call;
}

/* The last return of a line is its result; connect that waits asks SO_ERROR for its own. */
static void take_return(struct compare *compare, const struct event *event)
{
    struct compared_call *call = call_of(compare, event->line, event->host);
    if (!call)
        return;
    struct outcome *it = &call->on[event->lane];
    const struct call_result *result = &event->u.done.result;
    bool connects = it->pending && it->op == CALL_CONNECT;
    bool waits = result->ret < 0 && (result->err == EAGAIN || result->err == EINPROGRESS);
    *it = (struct outcome){ .seen = true,
                            .op = connects ? CALL_CONNECT : event->u.done.op,
                            .ret = result->ret,
                            .err = result->err,
                            .text = event->text,
                            .at = (int64_t)compare->taken };
    it->pending = waits && !(compare->sides[event->lane]->flags & MESSAGE_DONTWAIT);
    if (connects && event->u.done.op == CALL_GETSOCKOPT && result->ret > 0) {
        it->ret = -1;
        it->err = result->ret;
    }
}

static void take_sent(struct compare *compare, struct compare_side *side, const struct event *event)
{
    struct item item = { .at = (int64_t)compare->taken,
                         .line = event->line,
                         .rule = side->rule[event->host],
                         .arrivals = side->arrivals[event->host],
                         .cause = side->causes[event->host],
                         .beyond = compare->beyond && event->lane == LANE_MODEL,
                         .apart = event->apart,
                         .text = event->text };
    struct flow *flow = side_flow(compare, side, event);
    if (!flow || event->u.wire.seg.protocol != SEGMENT_OF_TCP)
        return;
    segment_copy(&item.seg, &event->u.wire.seg);
    flow_relate(flow, &item);
    side_label(side, event->host, &item.seg, item.label, sizeof item.label);
    struct track_key key = { .kind = TRACK_SEGMENTS,
                             .host = event->host,
                             .opener = flow->opener,
                             .ordinal = flow->ordinal };
    struct track *track = track_of(compare, &key);
    if (track)
        track_take(compare, track, event->lane, &item);
}

static void take_state(struct compare *compare, struct compare_side *side,
                       const struct event *event)
{
    struct known_sock *sock = side_sock(compare, side, event->host, event->sock);
    struct track *track = sock ? track_of(compare, &sock->key) : NULL;
    if (!track)
        return;
    struct item item = { .at = (int64_t)compare->taken,
                         .line = event->line,
                         .rule = (uint8_t)event->u.state.rule,
                         .beyond = compare->beyond && event->lane == LANE_MODEL,
                         .apart = event->apart,
                         .cause = side->causes[event->host],
                         .from = event->u.state.from,
                         .to = event->u.state.to };
    /* A child that is back in LISTEN is one with its listener again: it is gone, as in a kernel. */
    if (sock->child && item.to == LISTEN)
        item.to = CLOSED;
    if (sock->child && event->u.state.first)
        item.from = LISTEN;
    snprintf(item.label, sizeof item.label, sock->name[0] ? "%c.%s" : "%c", 'A' + sock->host,
             sock->name);
    if (item.to != sock->state || !sock->has_state)
        track_take(compare, track, event->lane, &item);
    sock->state = item.to;
    sock->has_state = true;
}

/* What the host is doing has a cause of its own from here on. */
static void begin_cause(struct compare *compare, struct compare_side *side,
                        const struct event *event)
{
    bool ran_out = event->kind == EV_TIMER && event->u.timer.change == TIMER_RAN_OUT;
    if (event->kind == EV_TIMER && !ran_out)
        return;
    side->rule[event->host] = RULE_NONE;
    side->causes[event->host]++;
    side->arrivals[event->host] += event->kind == EV_DELIVERED;
    if (ran_out && compare->over_at >= 0 && event->lane == LANE_MODEL &&
        event->u.timer.timer != TIMER_DELAYED_ACK)
        compare->beyond = true;
}

static void take_of_lane(struct compare *compare, struct compare_side *side,
                         const struct event *event)
{
    if (event->kind == EV_CALL)
        side->flags =
            event->u.call.op == CALL_SEND || gives_text(event->u.call.op) ? event->u.call.flags : 0;
    if (event->kind == EV_RETURN && event->line > 0)
        take_return(compare, event);
    if (!compare->segments)
        return;
    if (event->kind == EV_SOCKET)
        side_take_socket(compare, side, event);
    else if (event->kind == EV_SENT)
        take_sent(compare, side, event);
    else if (event->kind == EV_STATE)
        take_state(compare, side, event);
    else if (event->kind == EV_CALL || event->kind == EV_DELIVERED || event->kind == EV_TIMER)
        begin_cause(compare, side, event);
    if (event->lane == LANE_MODEL && (event->kind == EV_STATE || event->kind == EV_RULE))
        side->rule[event->host] = (uint8_t)event->u.state.rule;
}

void compare_take(struct compare *compare, const struct event *event)
{
    if (!compare->full && event->lane < COMPARED_LANES && event->host >= 0)
        take_of_lane(compare, compare->sides[event->lane], event);
    compare->taken++;
}

void compare_step_ends(struct compare *compare)
{
    settle_calls(compare, false);
}

void compare_lab_ends(struct compare *compare)
{
    if (compare->over_at < 0)
        compare->over_at = (int64_t)compare->taken;
}

void compare_end(struct compare *compare)
{
    settle_calls(compare, compare->segments);
    for (size_t i = 0; i < compare->track_count; i++)
        track_end(compare, &compare->tracks[i]);
}

void compare_again(struct compare *compare, const struct trace *trace)
{
    size_t count = compare->taken < trace->count ? compare->taken : trace->count;
    int64_t over_at = compare->over_at;
    bool segments = compare->segments;
    compare_free(compare);
    compare_init(compare, segments);
    for (size_t i = 0; i < count; i++) {
        if ((int64_t)i == over_at)
            compare_lab_ends(compare);
        if (i > 0 && trace->events[i].step != trace->events[i - 1].step)
            compare_step_ends(compare);
        compare_take(compare, &trace->events[i]);
    }
    compare_step_ends(compare);
}

char *compare_allowed_text(const struct compare *compare, char *text, size_t len)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < ALLOWANCE_COUNT && used < len; i++) {
        if (compare->allowed[i] > 0)
            used += (size_t)snprintf(text + used, len - used, "%s%s %u time%s", used ? ", " : "",
                                     compare_allowances[i].name, compare->allowed[i],
                                     compare->allowed[i] == 1 ? "" : "s");
    }
    return text;
}
