/*
 * The rig: a sink that keeps every event, and calls that fail the test where they must not fail.
 */
#include "tests/loopback_rig.h"
#include "net/clock.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void keep(void *to, const struct event *event)
{
    struct rig *rig = to;
    ck_assert_uint_lt(rig->count, EVENTS_MAX);
    size_t len = event->text_len < WORDS_MAX ? event->text_len : WORDS_MAX - 1;
    if (event->text)
        memcpy(rig->words[rig->count], event->text, len);
    rig->events[rig->count++] = *event;
}

struct rig *rig_begin_on(struct live_setup setup, struct net_error *error)
{
    struct rig *rig = calloc(1, sizeof *rig);
    ck_assert_ptr_nonnull(rig);
    setup.sink = (struct sink){ .emit = keep, .to = rig };
    rig->lane = live_open(&setup, error);
    if (rig->lane)
        return rig;
    free(rig);
    return NULL;
}

struct rig *rig_begin(void)
{
    struct net_error error = { .err = 0 };
    struct rig *rig = rig_begin_on((struct live_setup){ .hosts = 2 }, &error);
    ck_assert_msg(rig != NULL, "%s: errno %d", error.operation, error.err);
    return rig;
}

void rig_end(struct rig *rig)
{
    rig->lane->ops->close(rig->lane);
    free(rig);
}

struct endpoint rig_at(struct rig *rig, unsigned host)
{
    struct endpoint endpoint = { .port = PORT };
    rig->lane->ops->resolve(rig->lane, host, &endpoint);
    return endpoint;
}

struct call_result rig_make(struct rig *rig, unsigned host, struct call call)
{
    uint8_t into[4096];
    ck_assert_int_le(call.value, (int)sizeof into);
    return rig->lane->ops->call(rig->lane, host, &call, into);
}

static int32_t answer_of(struct call_result result)
{
    return result.ret < 0 ? -result.err : result.ret;
}

int32_t rig_socket(struct rig *rig, unsigned host, const char *name)
{
    struct call call = { .op = CALL_SOCKET };
    memcpy(call.name, name, strlen(name) + 1);
    int32_t fd = answer_of(rig_make(rig, host, call));
    ck_assert_int_ge(fd, 0);
    return fd;
}

int32_t rig_call(struct rig *rig, unsigned host, enum call_op op, int32_t fd, int32_t value)
{
    struct call call = { .op = op, .fd = fd, .value = value };
    return answer_of(rig_make(rig, host, call));
}

int32_t rig_set(struct rig *rig, unsigned host, int32_t fd, enum sock_option option, int32_t value)
{
    struct call call = { .op = CALL_SETSOCKOPT, .fd = fd, .option = option, .value = value };
    return answer_of(rig_make(rig, host, call));
}

int32_t rig_bind(struct rig *rig, unsigned host, int32_t fd)
{
    struct call call = { .op = CALL_BIND, .fd = fd, .addr = rig_at(rig, host) };
    return answer_of(rig_make(rig, host, call));
}

int32_t rig_connect(struct rig *rig, int32_t fd)
{
    struct call call = { .op = CALL_CONNECT, .fd = fd, .addr = rig_at(rig, B) };
    return answer_of(rig_make(rig, A, call));
}

int32_t rig_send(struct rig *rig, unsigned host, int32_t fd, const char *text, uint32_t text_len)
{
    struct call call = {
        .op = CALL_SEND, .fd = fd, .text = (const uint8_t *)text, .text_len = text_len
    };
    return answer_of(rig_make(rig, host, call));
}

int32_t rig_listen(struct rig *rig, int32_t backlog)
{
    int32_t fd = rig_socket(rig, B, "server");
    ck_assert_int_eq(rig_bind(rig, B, fd), 0);
    ck_assert_int_eq(rig_call(rig, B, CALL_LISTEN, fd, backlog), 0);
    return fd;
}

const struct event *rig_last(const struct rig *rig, enum event_kind kind, int32_t sock)
{
    for (unsigned i = rig->count; i > 0; i--) {
        const struct event *event = &rig->events[i - 1];
        if (event->kind == kind && event->sock == sock)
            return event;
    }
    return NULL;
}

int32_t rig_sock_of(const struct rig *rig, int32_t fd)
{
    for (unsigned i = rig->count; i > 0; i--) {
        const struct event *event = &rig->events[i - 1];
        if (event->kind == EV_SOCKET && event->u.socket.fd == fd)
            return event->sock;
    }
    ck_abort_msg("no socket has descriptor %d", fd);
}

int32_t rig_child_of(const struct rig *rig, int32_t parent)
{
    for (unsigned i = rig->count; i > 0; i--) {
        const struct event *event = &rig->events[i - 1];
        if (event->kind == EV_SOCKET && event->u.socket.parent == parent)
            return event->sock;
    }
    return -1;
}

const struct event *rig_await(struct rig *rig, int32_t sock, enum tcp_state state)
{
    const struct event *told = NULL;
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    while (clock_usec() < deadline) {
        told = rig_last(rig, EV_STATE, sock);
        if (told && told->u.state.to == state)
            return told;
        rig->lane->ops->look(rig->lane);
        clock_pause(1000);
    }
    ck_abort_msg("socket %d is not in %s but in %s", sock, state_name(state),
                 told ? state_name(told->u.state.to) : "no state that was told");
}

bool rig_was_said(const struct rig *rig, const char *part)
{
    for (unsigned i = 0; i < rig->count; i++) {
        if (rig->events[i].kind == EV_SAY && strstr(rig->words[i], part))
            return true;
    }
    return false;
}

struct pair rig_connected(struct rig *rig, bool reuse)
{
    struct pair pair;
    pair.listening = rig_socket(rig, B, "server");
    if (reuse)
        ck_assert_int_eq(rig_set(rig, B, pair.listening, OPTION_REUSEADDR, 1), 0);
    rig_set(rig, B, pair.listening, OPTION_RCVBUF, 4096);
    ck_assert_int_eq(rig_bind(rig, B, pair.listening), 0);
    ck_assert_int_eq(rig_call(rig, B, CALL_LISTEN, pair.listening, 5), 0);
    pair.client = rig_socket(rig, A, "client");
    rig_set(rig, A, pair.client, OPTION_RCVBUF, 4096);
    int32_t ret = rig_connect(rig, pair.client);
    ck_assert(ret == 0 || ret == -EINPROGRESS);
    pair.client_sock = rig_sock_of(rig, pair.client);
    rig_await(rig, pair.client_sock, ESTABLISHED);
    pair.server = rig_call(rig, B, CALL_ACCEPT, pair.listening, 0);
    ck_assert_int_ge(pair.server, 0);
    pair.server_sock = rig_sock_of(rig, pair.server);
    rig_await(rig, pair.server_sock, ESTABLISHED);
    return pair;
}

void rig_fill(struct rig *rig, unsigned host, int32_t fd)
{
    enum {
        CHUNK = 1 << 20
    };
    char *text = calloc(1, CHUNK);
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    int in_vain = 0;
    while (in_vain < 3 && clock_usec() < deadline) {
        int32_t ret = rig_send(rig, host, fd, text, CHUNK);
        ck_assert(ret > 0 || ret == -EAGAIN);
        in_vain = ret == -EAGAIN ? in_vain + 1 : 0;
    }
    ck_assert_int_eq(in_vain, 3);
    free(text);
}
