/*
 * Sentences. Octets of strangers pass through escape_text() here and nowhere else.
 */
#include "ui/words.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char host_letter(int host)
{
    return host < 0 ? '-' : (char)('A' + host);
}

char *words_time(uint64_t usec, char *text, size_t len)
{
    snprintf(text, len, "%" PRIu64 ".%03u s", usec / 1000000, (unsigned)(usec / 1000 % 1000));
    return text;
}

static const char *how_name(int32_t how)
{
    static const char *const names[] = { "SHUT_RD", "SHUT_WR", "SHUT_RDWR" };
    return how >= HOW_RD && how <= HOW_RDWR ? names[how] : "?";
}

/* Appends words to text, as far as there is room. */
static void append(char *text, size_t len, const char *format, ...)
{
    size_t used = strlen(text);
    va_list list;
    va_start(list, format);
    vsnprintf(text + used, len - used, format, list);
    va_end(list);
}

/* The end of a call that may have MSG_... flags. */
static void append_flags(char *text, size_t len, uint32_t flags)
{
    char names[96];
    if (flags)
        append(text, len, ", %s", message_flags_text(flags, names, sizeof names));
    append(text, len, ")");
}

/* send() and sendto(). */
static void words_send(const struct event *event, char *text, size_t len)
{
    const struct call *call = &event->u.call;
    char at[ENDPOINT_TEXT_MAX], sent[64];
    snprintf(text, len, "%s(%d, \"%s\", %u", call_name(call->op), call->fd,
             escape_text(event->text, event->text_len, sent, sizeof sent), event->text_len);
    if (call->op == CALL_SENDTO)
        append(text, len, ", %s)", endpoint_text(&call->addr, at, sizeof at));
    else
        append_flags(text, len, call->flags);
}

char *words_call(const struct event *event, char *text, size_t len)
{
    const struct call *call = &event->u.call;
    const char *name = call_name(call->op);
    char at[ENDPOINT_TEXT_MAX];
    switch (call->op) {
    case CALL_SOCKET:
        snprintf(text, len, "socket(%s)", call->value == TYPE_DATAGRAM ? "SOCK_DGRAM" : "");
        break;
    case CALL_BIND:
    case CALL_CONNECT:
        snprintf(text, len, "%s(%d, %s)", name, call->fd,
                 endpoint_text(&call->addr, at, sizeof at));
        break;
    case CALL_SEND:
    case CALL_SENDTO:
        words_send(event, text, len);
        break;
    case CALL_LISTEN:
        snprintf(text, len, "%s(%d, %d)", name, call->fd, call->value);
        break;
    case CALL_RECV:
    case CALL_RECVFROM:
        snprintf(text, len, "%s(%d, %d", name, call->fd, call->value);
        append_flags(text, len, call->flags);
        break;
    case CALL_SHUTDOWN:
        snprintf(text, len, "shutdown(%d, %s)", call->fd, how_name(call->value));
        break;
    case CALL_SETSOCKOPT:
        snprintf(text, len, "setsockopt(%d, %s, %d)", call->fd, option_name(call->option),
                 call->value);
        break;
    case CALL_GETSOCKOPT:
        snprintf(text, len, "getsockopt(%d, %s)", call->fd, option_name(call->option));
        break;
    case CALL_ACCEPT:
    case CALL_CLOSE:
    case CALL_GETSOCKNAME:
    case CALL_GETPEERNAME:
    case CALL_POLL:
        snprintf(text, len, "%s(%d)", name, call->fd);
        break;
    case CALL_FCNTL:
    case CALL_IOCTL:
        snprintf(text, len, "%s(%d, %s)", name, call->fd, request_name(call->flags));
        break;
    case CALL_SENDFILE:
    case CALL_SPLICE:
        snprintf(text, len, "%s(%d, %d, %d)", name, call->fd, call->file, call->value);
        break;
    case CALL_OP_COUNT:
        assert(false && "a call");
    }
    return text;
}

char *words_result(const struct event *event, char *text, size_t len)
{
    const struct call_result *result = &event->u.done.result;
    char name[16], at[ENDPOINT_TEXT_MAX], got[64];
    if (result->ret < 0)
        snprintf(text, len, "-1 %s (%s)", errno_name(result->err, name, sizeof name),
                 errno_words(result->err, name, sizeof name));
    else if (event->u.done.op == CALL_POLL)
        snprintf(text, len, "%s", poll_text((uint32_t)result->ret, got, sizeof got));
    else if (event->u.done.op == CALL_GETSOCKNAME || event->u.done.op == CALL_GETPEERNAME)
        snprintf(text, len, "%s", endpoint_text(&result->peer, at, sizeof at));
    else if (event->u.done.op == CALL_ACCEPT)
        snprintf(text, len, _("%d, from %s"), result->ret,
                 endpoint_text(&result->peer, at, sizeof at));
    else if (event->u.done.op == CALL_RECVFROM)
        snprintf(text, len, _("%d \"%s\", from %s"), result->ret,
                 escape_text(event->text, event->text_len, got, sizeof got),
                 endpoint_text(&result->peer, at, sizeof at));
    else if (event->u.done.op == CALL_RECV && event->text_len > 0)
        snprintf(text, len, "%d \"%s\"", result->ret,
                 escape_text(event->text, event->text_len, got, sizeof got));
    else if (event->u.done.op == CALL_RECV && result->ret == 0 && event->u.done.asked > 0)
        snprintf(text, len, "%s", _("0 (the peer has closed)"));
    else if (event->u.done.op == CALL_GETSOCKOPT && result->ret > 0 &&
             event->u.done.option == OPTION_ERROR)
        snprintf(text, len, "0, %s (%s)", errno_name(result->ret, name, sizeof name),
                 errno_words(result->ret, name, sizeof name));
    else
        snprintf(text, len, "%d", result->ret);
    return text;
}

/* What an option says where a line has room for it; the timestamps themselves are in the trace.
 * SACK blocks are counted as the acknowledgment is. */
static void words_options(const struct segment *seg, uint32_t ack, char *text, size_t len)
{
    uint32_t first = seg->ack.n - ack;
    if (seg->mss)
        append(text, len, " mss=%u", seg->mss);
    if (seg->has & HAS_WSCALE)
        append(text, len, " ws=%u", seg->wscale);
    if (seg->has & HAS_SACK_PERMITTED)
        append(text, len, " sackok");
    for (unsigned i = 0; i < seg->sack_count; i++) {
        uint32_t start = seg->sack[i].start.n - first;
        append(text, len, "%s%" PRIu32 ":%" PRIu32, i == 0 ? " sack=" : ",", start,
               start + seq_from(seg->sack[i].start, seg->sack[i].end));
    }
    if (seg->has & HAS_TIMESTAMPS)
        append(text, len, " ts");
}

char *words_segment(const struct segment *seg, const struct numbering *numbering, char *text,
                    size_t len)
{
    return words_segment_as(seg, numbering_seq(numbering, seg), numbering_ack(numbering, seg), text,
                            len);
}

char *words_segment_as(const struct segment *seg, uint32_t seq, uint32_t ack, char *text,
                       size_t len)
{
    char flags[FLAGS_TEXT_MAX], acked[24] = "", octets[24] = "";
    if (seg->protocol == SEGMENT_OF_UDP) {
        snprintf(text, len, "UDP port=%u len=%" PRIu32, seg->dst.port, seg->text_len);
        return text;
    }
    flags_text(seg->flags, flags, sizeof flags);
    if (seg_has(seg, ACK))
        snprintf(acked, sizeof acked, " ack=%" PRIu32, ack);
    if (seg->text_len)
        snprintf(octets, sizeof octets, " len=%" PRIu32, seg->text_len);
    snprintf(text, len, "%s seq=%" PRIu32 "%s%s win=%u", flags, seq, acked, octets, seg->wnd);
    if (seg_has(seg, URG))
        append(text, len, " urg=%u", seg->urgent);
    words_options(seg, ack, text, len);
    if (seg->corrupted)
        append(text, len, "%s", _(" wrong checksum"));
    return text;
}

static char *words_why_kernel(const struct event *event, char *text, size_t len)
{
    const char *from = state_name((enum tcp_state)event->u.state.from);
    const char *to = state_name((enum tcp_state)event->u.state.to);
    char host = host_letter(event->host);
    if (event->u.state.first)
        snprintf(text, len, _("kernel: %c has a connection, first seen in %s"), host, to);
    else if (event->u.state.source == BY_ABSENCE)
        snprintf(text, len, _("kernel: %c's %s is no longer in the table: CLOSED"), host, from);
    else
        snprintf(text, len, _("kernel: %c %s -> %s"), host, from, to);
    return text;
}

/* Is there a rule to it: taken by the model, or where a captured host must have? */
static bool is_by_rule(const struct event *event)
{
    return event->u.state.source == BY_RULE ||
           (event->u.state.source == BY_INFERENCE && event->u.state.rule != RULE_NONE);
}

char *words_why(const struct event *event, char *text, size_t len)
{
    const struct rule *rule = &tcp_rules[event->u.state.rule];
    enum tcp_state from = (enum tcp_state)event->u.state.from;
    enum tcp_state to = (enum tcp_state)event->u.state.to;
    if (!is_by_rule(event))
        return words_why_kernel(event, text, len);
    int used = snprintf(text, len, _("%c in %s %s: it %s"), host_letter(event->host),
                        state_name(from), _(rule->when), _(rule->then));
    if (from != to && used > 0 && (size_t)used < len)
        snprintf(text + used, len - (size_t)used, _("; now %s"), state_name(to));
    return text;
}

static bool is_of_9293(enum rule_id rule)
{
    const char *section = tcp_rules[rule].section;
    return strncmp(section, "RFC ", 4) != 0 && strncmp(section, "not ", 4) != 0;
}

char *words_section(enum rule_id rule, char *text, size_t len)
{
    snprintf(text, len, "%s%s", is_of_9293(rule) ? "RFC 9293, " : "", tcp_rules[rule].section);
    return text;
}

char *words_where(enum rule_id rule, char *text, size_t len)
{
    if (is_of_9293(rule))
        return words_section(rule, text, len);
    snprintf(text, len, "%s", _(tcp_rules[rule].section));
    return text;
}

char *words_next(const struct event *event, const struct numbering *numbering, char *text,
                 size_t len)
{
    char seg[WORDS_MAX], line[160], time[32];
    escape_text(event->text, event->text_len, line, sizeof line);
    words_time(event->u.next.at_usec, time, sizeof time);
    switch ((enum next_what)event->u.next.what) {
    case NEXT_NOTHING:
        snprintf(text, len, "%s", _("nothing more is due"));
        break;
    case NEXT_CALL:
    case NEXT_LINE:
    case NEXT_WAIT:
        snprintf(text, len, "%s", line);
        break;
    case NEXT_DELIVER:
        snprintf(text, len, _("deliver %s to %c at %s"),
                 words_segment(&event->u.next.seg, numbering, seg, sizeof seg),
                 host_letter(event->host), time);
        break;
    case NEXT_TIMER:
        snprintf(text, len, _("the %s timer of %c runs out at %s"),
                 _(timer_name((enum timer_id)event->u.next.timer)), host_letter(event->host), time);
        break;
    }
    return text;
}

/* Of an event that has a segment. */
static const char *arrow_words(const struct event *event)
{
    static const char *const words[EVENT_KIND_COUNT] = {
        [EV_SENT] = N_("sends"),
        [EV_DELIVERED] = N_("gets"),
        [EV_DROPPED] = N_("never gets (dropped)"),
        [EV_DUPLICATED] = N_("is copied by the wire:"),
        [EV_HELD] = N_("is held by the wire:"),
        [EV_RELEASED] = N_("goes on:"),
        [EV_CORRUPTED] = N_("has an octet changed by the wire:")
    };
    if (event->kind == EV_SENT && event->u.wire.again)
        return _("sends again");
    return _(words[event->kind]);
}

static const char *words_cause(const struct event *event)
{
    static const char *const words[CAUSE_COUNT] = {
        [CAUSE_NONE] = "", [CAUSE_RULE] = N_(", by a rule"), [CAUSE_CHANCE] = N_(", by chance")
    };
    return event->cause == CAUSE_NONE ? "" : _(words[event->cause]);
}

static char *words_state(const struct event *event, char *text, size_t len)
{
    char where[48];
    const struct rule *rule = &tcp_rules[event->u.state.rule];
    const char *from = state_name((enum tcp_state)event->u.state.from);
    const char *to = state_name((enum tcp_state)event->u.state.to);
    if (event->u.state.first)
        snprintf(text, len, _("first seen in %s  (read from %s)"), to,
                 _(source_name((enum state_source)event->u.state.source)));
    else if (event->u.state.source == BY_ABSENCE)
        snprintf(text, len, _("%s -> %s  (no longer in the kernel's table)"), from, to);
    else if (!is_by_rule(event))
        snprintf(text, len, _("%s -> %s  (read from %s)"), from, to,
                 _(source_name((enum state_source)event->u.state.source)));
    else if (event->kind == EV_STATE)
        snprintf(text, len, _("%s -> %s  %s: %s  (%s)"), from, to, _(rule->when), _(rule->then),
                 words_where(event->u.state.rule, where, sizeof where));
    else
        snprintf(text, len, _("in %s %s: %s  (%s)"), from, _(rule->when), _(rule->then),
                 words_where(event->u.state.rule, where, sizeof where));
    return text;
}

static char *words_socket(const struct event *event, char *text, size_t len)
{
    char local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX], fd[48];
    snprintf(fd, sizeof fd, "%s", _("no descriptor"));
    if (event->u.socket.fd >= 0)
        snprintf(fd, sizeof fd, _("descriptor %d"), event->u.socket.fd);
    snprintf(text, len, _("socket %s%s%s, %s - %s"), event->u.socket.name,
             event->u.socket.name[0] ? ": " : "", fd,
             endpoint_text(&event->u.socket.local, local, sizeof local),
             endpoint_text(&event->u.socket.remote, remote, sizeof remote));
    return text;
}

static char *words_vars(const struct event *event, char *text, size_t len)
{
    const struct tcp_vars *vars = &event->u.vars;
    if (vars->known & KNOWS_LISTENS)
        snprintf(text, len, _("accept queue %u of %u"), vars->unread, vars->unsent);
    else if (vars->known & KNOWS_RTO)
        snprintf(text, len, _("unsent %u, unread %u, RTO %" PRIu64 " ms"), vars->unsent,
                 vars->unread, vars->rto_usec / 1000);
    else
        snprintf(text, len, _("unsent %u, unread %u"), vars->unsent, vars->unread);
    return text;
}

static char *words_timer(const struct event *event, char *text, size_t len)
{
    char time[32];
    /* Linux keeps TIME-WAIT for a minute, whatever the MSL */
    bool of_kernel = event->lane == LANE_KERNEL && event->u.timer.timer == TIMER_TIME_WAIT;
    const char *name = of_kernel ? "TIME-WAIT" : _(timer_name((enum timer_id)event->u.timer.timer));
    const char *change = _(timer_change_name((enum timer_change)event->u.timer.change));
    if (event->u.timer.change == TIMER_ARMED)
        snprintf(text, len, _("%s timer %s, due at %s"), name, change,
                 words_time(event->u.timer.at_usec, time, sizeof time));
    else
        snprintf(text, len, _("%s timer %s"), name, change);
    return text;
}

char *words_event(const struct event *event, const struct numbering *numbering, char *text,
                  size_t len)
{
    char inner[WORDS_MAX];
    switch ((enum event_kind)event->kind) {
    case EV_CALL:
        return words_call(event, text, len);
    case EV_RETURN:
        snprintf(text, len, _("%s returns %s"), call_name(event->u.done.op),
                 words_result(event, inner, sizeof inner));
        break;
    case EV_SOCKET:
        return words_socket(event, text, len);
    case EV_STATE:
    case EV_RULE:
        return words_state(event, text, len);
    case EV_SENT:
    case EV_DELIVERED:
    case EV_DROPPED:
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        snprintf(text, len, "%s %s%s", arrow_words(event),
                 words_segment(&event->u.wire.seg, numbering, inner, sizeof inner),
                 words_cause(event));
        break;
    case EV_TIMER:
        return words_timer(event, text, len);
    case EV_SIGNAL:
        snprintf(text, len, _("tells its user \"%s\""), _(tcp_notice_words(event->u.notice)));
        break;
    case EV_VARS:
        return words_vars(event, text, len);
    case EV_SAY:
    case EV_DIFFERS:
        return retell_event(event, text, len);
    case EV_EXPECT:
        snprintf(text, len, _("line %u: %s"), event->u.expect.line,
                 retell_event(event, inner, sizeof inner));
        break;
    case EV_NEXT:
        return words_next(event, numbering, text, len);
    case EVENT_KIND_COUNT:
        assert(false && "an event");
    }
    return text;
}
