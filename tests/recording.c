/*
 * Writing events down, and making commands up.
 */
#include "tests/recording.h"

#include "tests/notation.h"

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void add(struct recording *recording,
                                                      const char *format, ...)
{
    char line[512];
    va_list values;
    va_start(values, format);
    int len = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    ck_assert(len >= 0 && (size_t)len < sizeof line);
    if (recording->len + (size_t)len + 1 > recording->room) {
        recording->room = 2 * recording->room + sizeof line;
        recording->text = realloc(recording->text, recording->room);
        ck_assert_ptr_nonnull(recording->text);
    }
    memcpy(recording->text + recording->len, line, (size_t)len + 1);
    recording->len += (size_t)len;
}

static void add_call(struct recording *recording, const struct event *event)
{
    char at[ENDPOINT_TEXT_MAX];
    const struct call *call = &event->u.call;
    add(recording, " %s %d %d %s %s %s", call_name(call->op), call->fd, call->value,
        option_name(call->option), endpoint_text(&call->addr, at, sizeof at), call->name);
}

static void add_return(struct recording *recording, const struct event *event)
{
    char at[ENDPOINT_TEXT_MAX];
    const struct call_result *result = &event->u.done.result;
    add(recording, " %s %d = %d %d %d %s", call_name(event->u.done.op), event->u.done.fd,
        result->ret, result->err, result->sock, endpoint_text(&result->peer, at, sizeof at));
    recording->failed += result->ret < 0;
}

static void add_socket(struct recording *recording, const struct event *event)
{
    char local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX];
    add(recording, " %d %d %s %s %s", event->u.socket.fd, event->u.socket.parent,
        endpoint_text(&event->u.socket.local, local, sizeof local),
        endpoint_text(&event->u.socket.remote, remote, sizeof remote), event->u.socket.name);
}

static void add_wire(struct recording *recording, const struct event *event)
{
    char line[NOTATION_LINE], src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
    const struct segment *seg = &event->u.wire.seg;
    if (event->u.wire.id > recording->last_id)
        recording->last_id = event->u.wire.id;
    ck_assert_uint_eq(event->text_len, seg->text_len);
    add(recording, " %" PRIu32 " of %" PRIu32 " due %" PRIu64 "%s %s %s %s", event->u.wire.id,
        event->u.wire.of, event->u.wire.due_usec, event->u.wire.again ? " again" : "",
        endpoint_text(&seg->src, src, sizeof src), endpoint_text(&seg->dst, dst, sizeof dst),
        notation_write(seg, event->text, line, sizeof line));
}

static void add_vars(struct recording *recording, const struct tcp_vars *v)
{
    add(recording,
        " %x iss %" PRIu32 " una %" PRIu32 " nxt %" PRIu32 " irs %" PRIu32 " rcv %" PRIu32
        " wnd %" PRIu32 " %" PRIu32 " queues %" PRIu32 " %" PRIu32 " rto %" PRIu64,
        v->known, v->iss.n, v->una.n, v->nxt.n, v->irs.n, v->rcv_nxt.n, v->snd_wnd, v->rcv_wnd,
        v->unsent, v->unread, v->rto_usec);
}

static void add_particulars(struct recording *recording, const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EV_CALL:
        add_call(recording, event);
        break;
    case EV_RETURN:
        add_return(recording, event);
        break;
    case EV_SOCKET:
        add_socket(recording, event);
        break;
    case EV_STATE:
    case EV_RULE:
        add(recording, " %s %u %u", tcp_rules[event->u.state.rule].name, event->u.state.from,
            event->u.state.to);
        break;
    case EV_SENT:
    case EV_DELIVERED:
    case EV_DROPPED:
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        add_wire(recording, event);
        break;
    case EV_TIMER:
        add(recording, " %s %s %" PRIu64, timer_name((enum timer_id)event->u.timer.timer),
            timer_change_name((enum timer_change)event->u.timer.change), event->u.timer.at_usec);
        break;
    case EV_SIGNAL:
        add(recording, " %s", tcp_notice_words(event->u.notice));
        break;
    case EV_VARS:
        add_vars(recording, &event->u.vars);
        break;
    case EV_SAY:
    case EV_EXPECT:
    case EV_DIFFERS:
    case EV_NEXT:
    case EVENT_KIND_COUNT:
        ck_abort_msg("a world says no such thing");
    }
}

static void record(void *to, const struct event *event)
{
    struct recording *recording = to;
    add(recording, "%" PRIu64 " %s %d %d", event->usec,
        event_kind_name((enum event_kind)event->kind), event->host, event->sock);
    add_particulars(recording, event);
    if (event->text_len > 0)
        add(recording, " \"%.*s\"", (int)event->text_len, (const char *)event->text);
    add(recording, "\n");
}

struct sink recording_sink(struct recording *recording)
{
    return (struct sink){ .emit = record, .to = recording };
}

uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(random_next(state) >> 20) % limit;
}

static enum call_op random_op(uint64_t *state)
{
    static const enum call_op open[] = { CALL_SOCKET, CALL_BIND, CALL_LISTEN, CALL_ACCEPT,
                                         CALL_CONNECT };
    static const enum call_op end[] = { CALL_SHUTDOWN, CALL_SHUTDOWN, CALL_CLOSE, CALL_SETSOCKOPT,
                                        CALL_GETSOCKOPT };
    uint32_t choice = below(state, 10);
    if (choice < 7)
        return choice < 4 ? CALL_SEND : CALL_RECV;
    return choice < 9 ? open[below(state, 5)] : end[below(state, 5)];
}

static struct call random_call(uint64_t *state, const uint8_t *octets)
{
    static const enum sock_option options[] = { OPTION_REUSEADDR, OPTION_LINGER, OPTION_ERROR };
    struct call call = { .op = random_op(state), .fd = (int32_t)(3 + below(state, 2)) };
    call.option = options[below(state, 3)];
    call.value = (int32_t)below(state, call.op == CALL_RECV ? 30 : 3);
    if (call.op == CALL_BIND || call.op == CALL_CONNECT)
        call.addr = (struct endpoint){ .ip = world_address(below(state, 2)),
                                       .port = (uint16_t)(80 + below(state, 2)) };
    if (call.op == CALL_SEND) {
        call.text = octets;
        call.text_len = below(state, 40);
    }
    return call;
}

size_t opening_commands(struct command commands[OPENING_COMMANDS])
{
    const struct endpoint at_b = { .ip = world_address(1), .port = 80 };
    const struct command opening[OPENING_COMMANDS] = {
        { .kind = COMMAND_CALL, .host = 1, .call = { .op = CALL_SOCKET } },
        { .kind = COMMAND_CALL, .host = 1, .call = { .op = CALL_BIND, .fd = 3, .addr = at_b } },
        { .kind = COMMAND_CALL, .host = 1, .call = { .op = CALL_LISTEN, .fd = 3, .value = 5 } },
        { .kind = COMMAND_CALL, .host = 0, .call = { .op = CALL_SOCKET } },
        { .kind = COMMAND_CALL, .host = 0, .call = { .op = CALL_CONNECT, .fd = 3, .addr = at_b } },
        { .kind = COMMAND_STEP },
        { .kind = COMMAND_STEP },
        { .kind = COMMAND_STEP },
        { .kind = COMMAND_CALL, .host = 1, .call = { .op = CALL_ACCEPT, .fd = 3 } },
    };
    memcpy(commands, opening, sizeof opening);
    return OPENING_COMMANDS;
}

struct command random_command(uint64_t *state, const struct recording *recording,
                              const uint8_t *octets)
{
    struct command command = { .kind = COMMAND_STEP };
    uint32_t choice = below(state, 20);
    if (choice < 8) {
        command.kind = COMMAND_CALL;
        command.host = below(state, 2);
        command.call = random_call(state, octets);
    } else if (choice < 13) {
        uint32_t newest = recording->last_id, back = below(state, 6);
        command.kind = (enum command_kind)(COMMAND_DELIVER + (choice - 8));
        command.id = newest > back ? newest - back : 1;
    } else if (choice == 13) {
        command.kind = COMMAND_UNTIL;
        command.usec = below(state, 10000000);
    }
    return command;
}
