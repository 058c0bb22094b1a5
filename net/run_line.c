/*
 * What one line of a lab does on one lane. Calls that would block wait beside the lab, as a
 * thread of the program would; a line that needs their outcome lets time go on until it is there.
 */
#include "net/session_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    VERDICT_MAX = 200
};

const struct lab_line *line_at(const struct session *s, uint32_t index)
{
    return index < LAB_LINES_MAX ? &s->lab->lines[index] : &s->user[index - LAB_LINES_MAX]->line;
}

static struct binding *find_binding(struct session *s, unsigned host, const char *name)
{
    for (uint32_t i = 0; i < s->now.name_count; i++) {
        if (s->now.names[i].host == host && strcmp(s->now.names[i].name, name) == 0)
            return &s->now.names[i];
    }
    return NULL;
}

static void bind_name(struct session *s, enum lane_id lane, unsigned host, const char *name,
                      const struct call_result *result)
{
    struct binding *binding = find_binding(s, host, name);
    if (!binding) {
        binding = &s->now.names[s->now.name_count++]; /* the reader of labs counts them */
        *binding =
            (struct binding){ .host = (uint8_t)host, .fd = { NO_FD, NO_FD }, .sock = { -1, -1 } };
        memcpy(binding->name, name, sizeof binding->name);
    }
    binding->fd[lane] = result->ret;
    binding->sock[lane] = result->sock;
}

/* Somebody has done what the lab knows nothing of: then it is no failure where what it expects does
 * not come, but the end of what it can say. */
static bool ends_script(struct session *s, const struct lab_line *line, bool holds,
                        const char *words)
{
    if (holds || !s->now.by_hand || line->number == 0)
        return false;
    if (!s->now.script_over)
        trace_tell(&s->trace, LANE_ALL, time_for_all(s),
                   N_("The lab goes no further: its line %u does not hold behind what was done by "
                      "hand (%s)."),
                   line->number, words);
    s->now.script_over = true;
    return true;
}

static void give_verdict(struct session *s, enum lane_id lane, const struct lab_line *line,
                         bool holds, const char *words, const char *form)
{
    if (ends_script(s, line, holds, words))
        return;
    struct event event = { .usec = s->lanes[lane]->ops->now(s->lanes[lane]),
                           .kind = EV_EXPECT,
                           .lane = (uint8_t)lane,
                           .host = (int8_t)line->host,
                           .sock = -1,
                           .text = (const uint8_t *)words,
                           .text_len = (uint32_t)strlen(words),
                           .form = form };
    event.u.expect.line = line->number;
    event.u.expect.holds = holds;
    s->lanes[lane]->sink.emit(s->lanes[lane]->sink.to, &event);
    if (!holds)
        s->now.failures++;
}

void run_verdict(struct session *s, enum lane_id lane, const struct lab_line *line, bool holds,
                 const char *words)
{
    give_verdict(s, lane, line, holds, words, NULL);
}

void run_verdict_of(struct session *s, enum lane_id lane, const struct lab_line *line, bool holds,
                    const char *form, ...)
{
    char words[VERDICT_MAX];
    va_list list;
    va_start(list, form);
    vsnprintf(words, sizeof words, form, list);
    va_end(list);
    give_verdict(s, lane, line, holds, words, form);
}

static const char *outcome_words(int32_t ret, int32_t err, char *buf, size_t len)
{
    char name[16];
    if (ret < 0)
        snprintf(buf, len, "%s", errno_name(err, name, sizeof name));
    else
        snprintf(buf, len, "%d", ret);
    return buf;
}

static bool result_holds(const struct lab_line *line, const struct call_result *result,
                         const uint8_t *text)
{
    switch ((enum lab_result_kind)line->result_kind) {
    case RESULT_ANY:
        return true;
    case RESULT_SUCCESS:
        return result->ret >= 0;
    case RESULT_NUMBER:
        return result->ret == line->result;
    case RESULT_ERRNO:
        return result->ret < 0 && result->err == line->result;
    case RESULT_TEXT:
        return result->ret >= 0 && (uint32_t)result->ret == line->text.len &&
               memcmp(text, line->text.octets, line->text.len) == 0;
    }
    return false;
}

/* Says what was expected of a call and what was seen; a success nobody spoke of goes unsaid. */
static void judge_call(struct session *s, enum lane_id lane, const struct lab_line *line,
                       const struct call_result *result, const uint8_t *text)
{
    char wanted[24], seen[24];
    const char *name = call_name(line->call.op);
    bool is_text = line->result_kind == RESULT_TEXT;
    bool holds = result_holds(line, result, text);
    if (holds && (line->result_kind == RESULT_SUCCESS || line->result_kind == RESULT_ANY))
        return;
    outcome_words(line->result_kind == RESULT_ERRNO ? -1 : line->result, line->result, wanted,
                  sizeof wanted);
    outcome_words(result->ret, result->err, seen, sizeof seen);
    if (holds)
        run_verdict_of(s, lane, line, true, N_("%s = %s, as expected"), name, seen);
    else if (line->result_kind == RESULT_SUCCESS)
        run_verdict_of(s, lane, line, false, N_("%s: expected success, seen %s"), name, seen);
    else if (is_text && result->ret >= 0)
        run_verdict_of(s, lane, line, false, N_("%s: expected the %u octets given, seen others"),
                       name, line->text.len);
    else if (is_text)
        run_verdict_of(s, lane, line, false, N_("%s: expected the %u octets given, seen %s"), name,
                       line->text.len, seen);
    else
        run_verdict_of(s, lane, line, false, N_("%s: expected %s, seen %s"), name, wanted, seen);
}

static bool gives_descriptor(enum call_op op)
{
    return op == CALL_SOCKET || op == CALL_ACCEPT;
}

/* Who waits on a descriptor that somebody closes waits on. */
static void close_waiting(struct session *s, enum lane_id lane, const struct lab_line *close)
{
    for (uint32_t i = 0; i < s->now.pending_count; i++) {
        const struct lab_line *line = &s->lab->lines[s->now.pending[i].line];
        if (s->now.pending[i].lane == lane && line->host == close->host &&
            strcmp(line->sock, close->sock) == 0)
            s->now.pending[i].closed = true;
    }
}

static void conclude(struct session *s, enum lane_id lane, uint32_t index,
                     const struct call_result *result, const uint8_t *text)
{
    const struct lab_line *line = line_at(s, index);
    if (result->ret >= 0 && gives_descriptor(line->call.op))
        bind_name(s, lane, line->host, line->call.name, result);
    if (line->call.op == CALL_CLOSE)
        close_waiting(s, lane, line);
    judge_call(s, lane, line, result, text);
}

static bool would_block(const struct lab_line *line, const struct call_result *result)
{
    if (result->ret >= 0 || (result->err != EAGAIN && result->err != EINPROGRESS))
        return false;
    if (line->call.flags & MESSAGE_DONTWAIT)
        return false;
    return line->result_kind != RESULT_ERRNO || line->result != result->err;
}

static struct call_result make_call(struct session *s, enum lane_id lane, uint32_t index,
                                    int32_t fd, uint8_t *into)
{
    const struct lab_line *line = line_at(s, index);
    struct lane *on = s->lanes[lane];
    struct call call = line->call;
    call.fd = fd;
    if (call.op == CALL_BIND || call.op == CALL_CONNECT || call.op == CALL_SENDTO)
        on->ops->resolve(on, line->to_host < 0 ? line->host : (unsigned)line->to_host, &call.addr);
    return session_call(s, lane, line->host, &call, into);
}

static void put_off(struct session *s, enum lane_id lane, uint32_t index)
{
    if (s->now.pending_count == PENDING_MAX) {
        run_verdict(s, lane, line_at(s, index), false, N_("too many calls wait at the same time"));
        return;
    }
    s->now.pending[s->now.pending_count++] =
        (struct pending){ .line = (uint16_t)index, .lane = (uint8_t)lane };
}

/* A timer that will bring a segment is worth waiting for; where both lanes wait in real time, one
 * that has backed off far is not. */
static uint64_t worth_waiting_until(const struct session *s, struct lane *on)
{
    struct event next;
    uint64_t now = on->ops->now(on), until = now + PATIENCE_USEC;
    on->ops->next(on, &next);
    bool brings = next.u.next.what == NEXT_TIMER &&
                  (next.u.next.timer == TIMER_RETRANSMISSION || next.u.next.timer == TIMER_PERSIST);
    if (compares(s) && s->lanes[LANE_MODEL]->own_clock && next.u.next.at_usec > now + LONG_USEC)
        return until;
    return brings ? next.u.next.at_usec + PATIENCE_USEC : until;
}

/* On a lane with a clock of its own: has this been waited for long enough? */
static bool patience_is_over(struct session *s, enum lane_id lane)
{
    struct lane *on = s->lanes[lane];
    if (!on->own_clock)
        return true;
    if (!s->now.waits[lane]) {
        s->now.waits[lane] = true;
        s->now.until_usec[lane] = worth_waiting_until(s, on);
    }
    session_look_at(s, lane);
    if (on->ops->now(on) < s->now.until_usec[lane])
        return false;
    s->now.waits[lane] = false;
    return true;
}

/* Beside a lane in real time a clock that can be made to run does not go further than patience does
 * there: not to the end of TIME-WAIT. */
static bool runs_too_far(const struct session *s, struct lane *on)
{
    struct event next;
    if (on->own_clock || !compares(s))
        return false;
    on->ops->next(on, &next);
    return next.u.next.what == NEXT_TIMER && !is_run_by_itself(&next) &&
           next.u.next.timer != TIMER_RETRANSMISSION && next.u.next.timer != TIMER_PERSIST;
}

/* Lets the lane do what is due first; LINE_BUSY: real time has to pass until something is. */
static enum line_outcome advance(struct session *s, enum lane_id lane)
{
    struct lane *on = s->lanes[lane];
    if (runs_too_far(s, on))
        return LINE_PASSED;
    enum lane_progress progress = on->wire_in_hand ? session_go(s, lane, UINT64_MAX) : LANE_IDLE;
    if (progress != LANE_IDLE)
        s->now.waits[lane] = false;
    if (progress == LANE_DID)
        return LINE_MORE;
    if (progress == LANE_NOT_YET)
        return LINE_BUSY;
    return patience_is_over(s, lane) ? LINE_PASSED : LINE_BUSY;
}

/* Lets the lane go on until what a line needs is there; gives up where nothing is due. */
static enum line_outcome go_on(struct session *s, enum lane_id lane, const struct lab_line *line,
                               const char *missing)
{
    enum line_outcome outcome = advance(s, lane);
    if (outcome == LINE_PASSED)
        run_verdict(s, lane, line, false, missing);
    return outcome;
}

int32_t run_descriptor(struct session *s, enum lane_id lane, unsigned host, const char *name)
{
    const struct binding *binding = find_binding(s, host, name);
    return binding ? binding->fd[lane] : NO_FD;
}

enum line_outcome run_until_there(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    return go_on(s, lane, line, N_("the call that is to make this socket has not returned"));
}

bool line_has_socket(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    if (line->call.op == CALL_SOCKET)
        return true;
    return run_descriptor(s, lane, line->host, line->sock) != NO_FD;
}

static enum line_outcome do_call(struct session *s, enum lane_id lane, uint32_t index)
{
    const struct lab_line *line = line_at(s, index);
    uint8_t into[LAB_RECV_MAX];
    int32_t fd = NO_FD;
    if (!line_has_socket(s, lane, line))
        return run_until_there(s, lane, line);
    if (line->call.op != CALL_SOCKET)
        fd = run_descriptor(s, lane, line->host, line->sock);
    s->now.waits[lane] = false;
    struct call_result result = make_call(s, lane, index, fd, into);
    if (would_block(line, &result))
        put_off(s, lane, index);
    else
        conclude(s, lane, index, &result, into);
    return LINE_DONE;
}

static enum readiness readiness_for(enum call_op op)
{
    return op == CALL_ACCEPT || op == CALL_RECV || op == CALL_RECVFROM ? READY_TO_READ
                                                                       : READY_TO_WRITE;
}

/* connect() is not made again: its outcome is asked for, as connect(2) says. */
static struct call_result connect_outcome(struct session *s, enum lane_id lane, unsigned host,
                                          int32_t fd)
{
    struct call ask = { .op = CALL_GETSOCKOPT, .fd = fd, .option = OPTION_ERROR };
    struct call_result result = session_call(s, lane, host, &ask, NULL);
    if (result.ret > 0) {
        result.err = result.ret;
        result.ret = -1;
    }
    return result;
}

/* True if the call is over. */
static bool try_again(struct session *s, const struct pending *pending)
{
    const struct lab_line *line = line_at(s, pending->line);
    enum lane_id lane = (enum lane_id)pending->lane;
    struct lane *on = s->lanes[lane];
    uint8_t into[LAB_RECV_MAX];
    struct call_result result;
    int32_t fd = find_binding(s, line->host, line->sock)->fd[lane];
    if (pending->closed || !on->ops->ready(on, line->host, fd, readiness_for(line->call.op)))
        return false;
    if (line->call.op == CALL_CONNECT)
        result = connect_outcome(s, lane, line->host, fd);
    else
        result = make_call(s, lane, pending->line, fd, into);
    if (would_block(line, &result))
        return false;
    conclude(s, lane, pending->line, &result, into);
    return true;
}

void run_pending(struct session *s, enum lane_id lane)
{
    uint32_t i = 0;
    while (i < s->now.pending_count) {
        struct pending pending = s->now.pending[i];
        uint32_t line = s->trace.line;
        s->trace.line = line_at(s, pending.line)->number;
        bool over = pending.lane == lane && try_again(s, &pending);
        s->trace.line = line;
        if (!over) {
            i++;
            continue;
        }
        s->now.pending_count--;
        memmove(&s->now.pending[i], &s->now.pending[i + 1],
                (s->now.pending_count - i) * sizeof s->now.pending[0]);
        i = 0; /* what was done may let another one go on */
    }
}

bool run_out_of_patience(struct session *s, enum lane_id lane)
{
    bool waits = false;
    for (uint32_t i = 0; i < s->now.pending_count; i++)
        waits = waits || s->now.pending[i].lane == lane;
    if (waits && !patience_is_over(s, lane))
        return true;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->now.pending_count; i++) {
        const struct lab_line *line = line_at(s, s->now.pending[i].line);
        if (s->now.pending[i].lane != lane)
            s->now.pending[kept++] = s->now.pending[i];
        else if (line->result_kind != RESULT_SUCCESS && line->result_kind != RESULT_ANY)
            run_verdict(s, lane, line, false, N_("the call has not returned"));
    }
    s->now.pending_count = kept;
    return false;
}

static bool seg_matches(struct lane *on, const struct lab_line *line, const struct event *next)
{
    struct endpoint sender = { .port = 0 };
    const struct segment *seg = &next->u.next.seg;
    unsigned flags = seg->flags & ~(unsigned)PSH;
    if (line->from >= 0)
        on->ops->resolve(on, (unsigned)line->from, &sender);
    bool from = line->from < 0 || ip_eq(&sender.ip, &seg->src.ip);
    return (line->flags == 0 || line->flags == flags) && from;
}

static enum line_outcome do_deliver(struct session *s, enum lane_id lane,
                                    const struct lab_line *line)
{
    struct lane *on = s->lanes[lane];
    struct event next;
    if (!on->wire_in_hand)
        return LINE_PASSED;
    on->ops->next(on, &next);
    bool it = next.u.next.what == NEXT_DELIVER && seg_matches(on, line, &next);
    enum line_outcome outcome = go_on(s, lane, line, N_("deliver: no such segment comes any more"));
    return it && outcome == LINE_MORE ? LINE_DONE : outcome;
}

static enum line_outcome do_wire(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct lane *on = s->lanes[lane];
    if (!on->wire_in_hand)
        return LINE_PASSED;
    uint32_t id = on->ops->find(on, line->from, line->flags);
    enum wire_act act = wire_act_of_kind((enum lab_kind)line->kind);
    if (id != 0 && session_act(s, lane, act, id, line->usec))
        return LINE_DONE;
    run_verdict(s, lane, line, false, N_("no such segment is on the wire"));
    return LINE_PASSED;
}

/* An ACK that is only delayed belongs to the exchange that it ends. */
bool is_run_by_itself(const struct event *next)
{
    return next->u.next.what == NEXT_DELIVER ||
           (next->u.next.what == NEXT_TIMER && next->u.next.timer == TIMER_DELAYED_ACK);
}

static enum line_outcome do_run(struct session *s, enum lane_id lane)
{
    struct lane *on = s->lanes[lane];
    struct event next;
    on->ops->next(on, &next);
    if (!is_run_by_itself(&next))
        return LINE_PASSED;
    switch (session_go(s, lane, UINT64_MAX)) {
    case LANE_NOT_YET:
        return LINE_BUSY;
    case LANE_IDLE:
        return LINE_PASSED;
    case LANE_DID:
        break;
    }
    on->ops->next(on, &next);
    return is_run_by_itself(&next) ? LINE_MORE : LINE_DONE;
}

static enum line_outcome do_wait(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct lane *on = s->lanes[lane];
    if (!s->now.waits[lane]) {
        s->now.waits[lane] = true;
        s->now.until_usec[lane] = on->ops->now(on) + line->usec;
    }
    switch (session_go(s, lane, s->now.until_usec[lane])) {
    case LANE_DID:
        return LINE_MORE;
    case LANE_NOT_YET:
        return LINE_BUSY;
    case LANE_IDLE:
        break;
    }
    s->now.waits[lane] = false;
    return LINE_DONE;
}

static bool state_is(struct session *s, enum lane_id lane, const struct lab_line *line,
                     enum tcp_state *seen)
{
    struct binding *binding = find_binding(s, line->host, line->sock);
    *seen = CLOSED;
    if (line->sock[0] == '\0')
        return trace_has_state(&s->trace, lane, line->host, (enum tcp_state)line->state);
    if (binding && binding->sock[lane] >= 0)
        *seen = trace_state(&s->trace, lane, line->host, binding->sock[lane]);
    return *seen == line->state;
}

static enum line_outcome do_expect(struct session *s, enum lane_id lane,
                                   const struct lab_line *line)
{
    enum tcp_state seen;
    session_look_at(s, lane);
    bool holds = state_is(s, lane, line, &seen);
    if (!holds && !patience_is_over(s, lane))
        return LINE_BUSY;
    s->now.waits[lane] = false;
    char letter = (char)('A' + line->host);
    const char *wanted = state_name((enum tcp_state)line->state);
    if (line->sock[0] == '\0')
        run_verdict_of(s, lane, line, holds,
                       holds ? N_("a socket of %c in %s") : N_("expected a socket of %c in %s"),
                       letter, wanted);
    else if (holds)
        run_verdict_of(s, lane, line, true, N_("%c.%s is %s"), letter, line->sock, wanted);
    else
        run_verdict_of(s, lane, line, false, N_("expected %c.%s %s, seen %s"), letter, line->sock,
                       wanted, state_name(seen));
    return LINE_PASSED;
}

static enum line_outcome do_kind(struct session *s, enum lane_id lane, uint32_t index)
{
    const struct lab_line *line = line_at(s, index);
    switch ((enum lab_kind)line->kind) {
    case LAB_SAY:
        break; /* in no lane */
    case LAB_CALL:
        return do_call(s, lane, index);
    case LAB_DELIVER:
        return do_deliver(s, lane, line);
    case LAB_DROP:
    case LAB_DUPLICATE:
    case LAB_HOLD:
    case LAB_RELEASE:
    case LAB_CORRUPT:
    case LAB_DELAY:
    case LAB_REORDER:
        return do_wire(s, lane, line);
    case LAB_RULE:
    case LAB_CHANCE:
        return run_rule(s, lane, index);
    case LAB_SET:
        return run_set(s, lane, line);
    case LAB_TRANSFER:
        return run_transfer(s, lane, line);
    case LAB_RUN:
        return do_run(s, lane);
    case LAB_WAIT:
        return do_wait(s, lane, line);
    case LAB_EXPECT:
        return do_expect(s, lane, line);
    }
    return LINE_PASSED;
}

enum line_outcome run_line(struct session *s, enum lane_id lane, uint32_t index)
{
    const struct lab_line *line = line_at(s, index);
    s->trace.line = line->number;
    s->trace.apart = is_apart(s, line) ? APART_LINE : APART_NOT;
    enum line_outcome outcome = do_kind(s, lane, index);
    s->trace.line = 0;
    s->trace.apart = APART_NOT;
    return outcome;
}
