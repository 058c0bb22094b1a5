/*
 * Folding events into what the stage shows.
 */
#include "ui/view.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum lane_id view_kind(const struct view *view, unsigned lane, int host)
{
    return view->model[lane][host] ? LANE_MODEL : LANE_KERNEL;
}

unsigned view_live_lane(const struct view *view)
{
    return view->ran[LANE_KERNEL] ? LANE_KERNEL : view->ran[LANE_MIXED] ? LANE_MIXED : LANE_COUNT;
}

bool view_has_two_wires(const struct view *view)
{
    return view->in_hand[LANE_MODEL] && view->in_hand[LANE_KERNEL];
}

/* How the numbers of an event's segment are counted; what comes next is told of the first wire. */
static const struct numbering *numbering_of(const struct view *view, const struct event *event)
{
    unsigned lane = event->lane;
    if (lane >= LANE_COUNT) {
        lane = 0;
        while (lane + 1 < LANE_COUNT && !view->in_hand[lane])
            lane++;
    }
    return &view->numbering[lane];
}

const struct view_row *view_row(const struct view *view, size_t i)
{
    bool kept = i < view->row_count && i + VIEW_ROWS >= view->row_count;
    return kept ? &view->rows[i % VIEW_ROWS] : NULL;
}

const struct view_call *view_call(const struct view *view, size_t i)
{
    bool kept = i < view->call_count && i + VIEW_CALLS >= view->call_count;
    return kept ? &view->calls[i % VIEW_CALLS] : NULL;
}

static bool waits_on_wire(const struct view_row *row)
{
    return row && (row->fate == ROW_ON_WIRE || row->fate == ROW_HELD);
}

const struct view_row *view_waiting(const struct view *view, size_t n)
{
    size_t first = view->row_count > VIEW_ROWS ? view->row_count - VIEW_ROWS : 0;
    for (size_t i = first; i < view->row_count; i++) {
        if (waits_on_wire(view_row(view, i)) && n-- == 0)
            return view_row(view, i);
    }
    return NULL;
}

size_t view_waiting_count(const struct view *view)
{
    size_t count = 0;
    while (view_waiting(view, count))
        count++;
    return count;
}

static void take_call(struct view *view, const struct event *event, size_t at)
{
    struct view_call *call = &view->calls[view->call_count++ % VIEW_CALLS];
    *call = (struct view_call){ .lane = event->lane,
                                .host = (uint8_t)event->host,
                                .sock = event->sock,
                                .fd = event->u.call.fd,
                                .called = at,
                                .op = (uint8_t)event->u.call.op };
}

/* The call that waits for this one: the same call before it, or the connect that SO_ERROR is
 * asked of. */
static struct view_call *waiting_for(struct view *view, const struct view_call *call)
{
    size_t first = view->call_count > VIEW_CALLS ? view->call_count - VIEW_CALLS : 0;
    for (size_t i = first; i < view->call_count; i++) {
        struct view_call *before = &view->calls[i % VIEW_CALLS];
        bool asks =
            before->op == call->op || (before->op == CALL_CONNECT && call->op == CALL_GETSOCKOPT);
        if (before != call && before->waits && before->lane == call->lane &&
            before->host == call->host && before->fd == call->fd && asks)
            return before;
    }
    return NULL;
}

static void finish(struct view *view, struct view_call *call, const struct event *event, size_t at)
{
    int32_t err = event->u.done.result.err;
    call->done = true;
    call->returned = at;
    call->told = at;
    if (view->is_record)
        return;
    struct view_call *before = waiting_for(view, call);
    call->waits = event->u.done.result.ret < 0 && (err == EAGAIN || err == EINPROGRESS);
    if (!before || call->waits)
        return;
    before->told = at;
    before->result[0] = '\0';
    before->waits = false;
    call->outcome = true;
}

static void take_return(struct view *view, const struct event *event, size_t at)
{
    size_t first = view->call_count > VIEW_CALLS ? view->call_count - VIEW_CALLS : 0;
    for (size_t i = view->call_count; i-- > first;) {
        struct view_call *call = &view->calls[i % VIEW_CALLS];
        if (call->done || call->lane != event->lane || call->host != event->host)
            continue;
        finish(view, call, event, at);
        return;
    }
}

static void new_row(struct view *view, const struct event *event, size_t at)
{
    const struct segment *seg = &event->u.wire.seg;
    struct view_row *row = &view->rows[view->row_count++ % VIEW_ROWS];
    *row = (struct view_row){ .id = event->u.wire.id,
                              .of = event->kind == EV_DUPLICATED ? event->u.wire.of : 0,
                              .lane = event->lane,
                              .from = event->host,
                              .to = event->host == 0 ? 1 : 0,
                              .fate = ROW_ON_WIRE,
                              .again = event->kind == EV_SENT && event->u.wire.again,
                              .sent = at,
                              .sent_usec = event->usec,
                              .seq = numbering_seq(numbering_of(view, event), seg),
                              .ack = numbering_ack(numbering_of(view, event), seg) };
}

static struct view_row *row_of(struct view *view, unsigned lane, uint32_t id)
{
    size_t first = view->row_count > VIEW_ROWS ? view->row_count - VIEW_ROWS : 0;
    for (size_t i = view->row_count; i-- > first;) {
        struct view_row *row = &view->rows[i % VIEW_ROWS];
        if (row->id == id && row->lane == lane)
            return row;
    }
    return NULL;
}

static void take_wire(struct view *view, const struct event *event, size_t at, bool fresh)
{
    if (event->kind == EV_SENT || event->kind == EV_DUPLICATED)
        new_row(view, event, at);
    struct view_row *row = row_of(view, event->lane, event->u.wire.id);
    if (!row)
        return;
    row->touched = at;
    row->fresh = fresh;
    if (event->kind == EV_CORRUPTED)
        return;
    row->end_usec = event->usec;
    if (event->kind == EV_DELIVERED)
        row->fate = ROW_DELIVERED;
    else if (event->kind == EV_DROPPED)
        row->fate = ROW_DROPPED;
    else
        row->fate = event->kind == EV_HELD ? ROW_HELD : ROW_ON_WIRE;
}

static void take_state(struct view *view, const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    socks_walk(&view->socks, event, walked_take(&view->walked, trace, at));
    view->visited |= (uint16_t)(1u << event->u.state.from | 1u << event->u.state.to);
}

/* What a call returned is worth a line only where nothing else says why. */
static void drop_weak(struct view *view)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < view->why_count; i++) {
        if (!view->whys[i].weak)
            view->whys[kept++] = view->whys[i];
    }
    view->why_count = kept;
}

/* The one that is worth least: the kernel's before the model's, and never a failure. */
static unsigned least_why(const struct view *view)
{
    unsigned least = 0;
    for (unsigned i = 0; i < view->why_count; i++) {
        if (view->whys[i].kernel)
            return i;
        if (view->whys[least].bad && !view->whys[i].bad)
            least = i;
    }
    return least;
}

static void why(struct view *view, const char *words, const char *where, bool bad)
{
    drop_weak(view);
    if (view->why_count == VIEW_WHYS) {
        unsigned out = least_why(view);
        memmove(&view->whys[out], &view->whys[out + 1],
                (VIEW_WHYS - 1 - out) * sizeof view->whys[0]);
        view->why_count--;
    }
    struct view_why *last = &view->whys[view->why_count++];
    *last = (struct view_why){ .bad = bad };
    snprintf(last->words, sizeof last->words, "%.319s", words);
    snprintf(last->where, sizeof last->where, "%.39s", where);
}

static void why_by_return(struct view *view, const struct event *event)
{
    char result[WORDS_MAX];
    struct view_why *last;
    if (view->why_count == VIEW_WHYS || (view->why_count > 0 && !view->whys[0].weak))
        return;
    last = &view->whys[view->why_count++];
    *last = (struct view_why){ .weak = true };
    snprintf(last->words, sizeof last->words, _("%s: %s of %c returned %.180s"),
             _(lane_name(view_kind(view, event->lane, event->host))), call_name(event->u.done.op),
             host_letter(event->host), words_result(event, result, sizeof result));
}

static void why_by_kernel(struct view *view, const struct event *event)
{
    char words[WORDS_MAX];
    words_why(event, words, sizeof words);
    why(view, words, _(source_name((enum state_source)event->u.state.source)), false);
    view->whys[view->why_count - 1].kernel = true;
}

static void why_on_wire(struct view *view, const struct event *event)
{
    char seg[WORDS_MAX], words[WORDS_MAX];
    static const char *const acts[] = { [EV_DROPPED] = N_("The wire has lost %.200s."),
                                        [EV_DUPLICATED] = N_("The wire has made a copy of %.200s."),
                                        [EV_HELD] = N_("The wire keeps %.200s back."),
                                        [EV_RELEASED] = N_("The wire lets %.200s go on."),
                                        [EV_CORRUPTED] =
                                            N_("The wire has changed an octet of %.200s.") };
    words_segment(&event->u.wire.seg, numbering_of(view, event), seg, sizeof seg);
    snprintf(words, sizeof words, _(acts[event->kind]), seg);
    why(view, words, _(cause_name((enum wire_cause)event->cause)), false);
}

/* Of the step shown: what decided it. */
static void take_why(struct view *view, const struct event *event)
{
    char words[WORDS_MAX], where[48];
    if (event->kind == EV_STATE && event->u.state.source != BY_RULE) {
        why_by_kernel(view, event);
    } else if (event->kind == EV_RETURN) {
        why_by_return(view, event);
    } else if (event->kind == EV_STATE || event->kind == EV_RULE) {
        why(view, words_why(event, words, sizeof words),
            words_where(event->u.state.rule, where, sizeof where), false);
    } else if (event->kind == EV_DROPPED || event->kind == EV_DUPLICATED ||
               event->kind == EV_HELD || event->kind == EV_RELEASED ||
               event->kind == EV_CORRUPTED) {
        why_on_wire(view, event);
    } else if ((event->kind == EV_EXPECT && !event->u.expect.holds) || event->kind == EV_DIFFERS) {
        why(view, words_event(event, numbering_of(view, event), words, sizeof words),
            event->lane == LANE_ALL ? "" : _(lane_name((enum lane_id)event->lane)), true);
    }
}

/* What is said in the step shown stands together; of what was said before, the last. */
static void take_say(struct view *view, const struct event *event, size_t at, bool fresh)
{
    size_t used = strlen(view->say);
    view->lines[view->line_count++ % VIEW_LINES] = at;
    if (!fresh || !view->say_is_fresh)
        used = 0;
    view->said = at + 1;
    view->say_is_fresh = fresh;
    view->say[used] = '\0';
    if (!fresh)
        return;
    if (used > 0 && used + 2 < sizeof view->say)
        view->say[used++] = '\n'; /* each saying begins a line */
    retell_event(event, view->say + used, sizeof view->say - used);
}

static void take_next(struct view *view, const struct event *event, size_t at)
{
    view->next_what = event->u.next.what;
    view->told_next = at + 1;
    view->next[0] = '\0';
}

static void take_clock(struct view *view, const struct event *event)
{
    if (event->lane >= LANE_COUNT)
        return;
    if (event->usec > view->usec[event->lane])
        view->usec[event->lane] = event->usec;
    if (event->host >= 0 && (unsigned)event->host >= view->hosts)
        view->hosts = (unsigned)event->host + 1;
}

/* A difference is marked where it occurred: on a segment, or on a call. */
static void mark_difference(struct view *view, const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    size_t first = view->call_count > VIEW_CALLS ? view->call_count - VIEW_CALLS : 0;
    if (event_has_segment(event->kind)) {
        struct view_row *row = row_of(view, event->lane, event->u.wire.id);
        if (row)
            row->differs = true;
    }
    for (size_t i = first; i < view->call_count; i++) {
        struct view_call *call = &view->calls[i % VIEW_CALLS];
        if (call->called == at || (call->done && call->returned == at))
            call->differs = true;
    }
}

static void take_difference(struct view *view, const struct trace *trace, const struct event *event)
{
    view->differ++;
    for (unsigned i = 0; i < 2; i++) {
        int64_t at = event->u.differs.at[i];
        if (at >= 0 && (uint64_t)at < trace->count)
            mark_difference(view, trace, (size_t)at);
    }
}

static void take(struct view *view, const struct trace *trace, size_t at, bool fresh)
{
    const struct event *event = &trace->events[at];
    if (event->lane < LANE_COUNT)
        numbering_learn(&view->numbering[event->lane], event);
    socks_take(&view->socks, event);
    take_clock(view, event);
    if (fresh)
        take_why(view, event);
    switch ((enum event_kind)event->kind) {
    case EV_CALL:
        take_call(view, event, at);
        break;
    case EV_RETURN:
        take_return(view, event, at);
        break;
    case EV_STATE:
        take_state(view, trace, at);
        break;
    case EV_SENT:
    case EV_DELIVERED:
    case EV_DROPPED:
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        take_wire(view, event, at, fresh);
        break;
    case EV_SAY:
        take_say(view, event, at, fresh);
        break;
    case EV_EXPECT:
        *(event->u.expect.holds ? &view->held : &view->failed) += 1;
        break;
    case EV_DIFFERS:
        take_difference(view, trace, event);
        break;
    case EV_NEXT:
        take_next(view, event, at);
        break;
    case EV_SOCKET:
    case EV_RULE:
    case EV_TIMER:
    case EV_SIGNAL:
    case EV_VARS:
    case EVENT_KIND_COUNT:
        break;
    }
}

void view_begin(struct view *view, const struct trace *trace)
{
    memset(view, 0, sizeof *view);
    memcpy(view->ran, trace->on, sizeof view->ran);
    memcpy(view->in_hand, trace->in_hand, sizeof view->in_hand);
    memcpy(view->model, trace->model, sizeof view->model);
    view->is_record = trace->is_record;
    view->socks.open_first = trace->is_record;
}

void view_take(struct view *view, const struct trace *trace, size_t from, size_t to, bool fresh)
{
    for (size_t i = from; i < to; i++)
        take(view, trace, i, fresh);
}

static void word_rows(struct view *view, const struct trace *trace)
{
    char words[WORDS_MAX];
    size_t kept = view->row_count < VIEW_ROWS ? view->row_count : VIEW_ROWS;
    for (size_t i = 0; i < kept; i++) {
        struct view_row *row = &view->rows[i];
        if (row->label[0])
            continue;
        const struct segment *seg = &trace->events[row->sent].u.wire.seg;
        snprintf(row->label, sizeof row->label, "%.95s",
                 words_segment_as(seg, row->seq, row->ack, words, sizeof words));
    }
}

static void word_calls(struct view *view, const struct trace *trace)
{
    char words[WORDS_MAX];
    size_t kept = view->call_count < VIEW_CALLS ? view->call_count : VIEW_CALLS;
    for (size_t i = 0; i < kept; i++) {
        struct view_call *call = &view->calls[i];
        if (!call->call[0])
            snprintf(call->call, sizeof call->call, "%.79s",
                     words_call(&trace->events[call->called], words, sizeof words));
        if (call->done && !call->result[0])
            snprintf(call->result, sizeof call->result, "%.79s",
                     words_result(&trace->events[call->told], words, sizeof words));
    }
}

void view_word(struct view *view, const struct trace *trace)
{
    char words[WORDS_MAX];
    word_rows(view, trace);
    word_calls(view, trace);
    if (view->said > 0 && !view->say[0]) {
        const struct event *event = &trace->events[view->said - 1];
        retell_event(event, view->say, sizeof view->say);
    }
    if (view->told_next > 0 && !view->next[0]) {
        const struct event *event = &trace->events[view->told_next - 1];
        snprintf(view->next, sizeof view->next, "%.199s",
                 words_next(event, numbering_of(view, event), words, sizeof words));
    }
}

void view_make(struct view *view, const struct trace *trace, uint32_t step)
{
    size_t end = trace_step_end(trace, step);
    size_t begin = step > 0 ? trace_step_end(trace, step - 1) : 0;
    view_begin(view, trace);
    view->step = step;
    view_take(view, trace, 0, begin, false);
    view_take(view, trace, begin, end, true);
    view_word(view, trace);
}
