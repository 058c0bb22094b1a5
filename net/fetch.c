/*
 * The connection: made, written to, read from, until it is over.
 */
#include "net/fetch_parts.h"

#include "net/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAKES_MOST = 16,  /* in a row: signals wait, too */
    SLICES_MOST = 32, /* of what was there already, likewise */
    CONNECT_MSEC = 10000,
    TICK_MS = 500
};

static void let_go(struct fetch *fetch)
{
    if (fetch->source.fd < 0)
        return;
    loop_forget(fetch->loop, &fetch->source);
    told_end(fetch->setup->told, fetch->source.fd);
    fetch->source.fd = -1;
}

static void end(struct fetch *fetch)
{
    fetch->state = FETCH_OVER;
    let_go(fetch);
}

void fetch_fail_with(struct fetch *fetch, enum fetch_fault fault, const char *operation, int err)
{
    fetch->error = (struct net_error){ .operation = operation, .err = err };
    fetch_fail(fetch, fault);
}

void fetch_fail(struct fetch *fetch, enum fetch_fault fault)
{
    bool spoilt = fault == FETCH_FILE && fetch->error.err == ESTALE;
    bool useless = spoilt || fault == FETCH_DIFFERS || fault == FETCH_CHANGED || fetch->setup->raw;
    fetch->fault = fault;
    if (fetch->has_part && (useless || fetch->part.len == 0))
        part_drop(&fetch->part);
    end(fetch);
}

void fetch_done(struct fetch *fetch)
{
    if (fetch->has_part && !part_finish(&fetch->part, &fetch->error)) {
        fetch_fail(fetch, FETCH_FILE);
        return;
    }
    end(fetch);
}

/* What was there already is not digested yet: that is gone on with whatever comes. */
static bool is_behind(const struct fetch *fetch)
{
    return fetch->has_part && fetch->state == FETCH_BODY && fetch->part.digests &&
           fetch->part.digested < fetch->resumed_at;
}

static void update_wants(struct fetch *fetch)
{
    uint32_t wants = fetch->state == FETCH_CONNECTS ? 0 : LOOP_READ;
    if (fetch->state == FETCH_CONNECTS || fetch->out || is_behind(fetch))
        wants |= LOOP_WRITE;
    if (fetch->state != FETCH_OVER && !loop_want(fetch->loop, &fetch->source, wants))
        fetch_fail_with(fetch, FETCH_SOCKET, "epoll_ctl", errno);
}

/* Sends what is to be asked, as far as it goes. */
static void flush(struct fetch *fetch)
{
    while (fetch->out && fetch->out_at < fetch->out_len) {
        struct call_result result =
            told_send(fetch->setup->told, fetch->source.fd, fetch->out + fetch->out_at,
                      (uint32_t)(fetch->out_len - fetch->out_at));
        if (result.ret < 0 && result.err == EAGAIN)
            return;
        if (result.ret < 0) {
            fetch_fail_with(fetch, FETCH_SOCKET, "send", result.err);
            return;
        }
        fetch->out_at += (size_t)result.ret;
    }
    free(fetch->out);
    fetch->out = NULL;
}

static void connected(struct fetch *fetch)
{
    fetch->heard_usec = clock_usec();
    if (fetch->setup->raw) {
        fetch->left = UINT64_MAX;
        fetch->part.digests = false;
        fetch->state = FETCH_BODY;
        if (!part_begin(&fetch->part, "", 0, &fetch->error))
            fetch_fail(fetch, FETCH_FILE);
    } else {
        fetch->state = FETCH_HEAD;
        if (!fetch_ask(fetch))
            fetch_fail_with(fetch, FETCH_FILE, "memory", ENOMEM);
    }
    if (fetch->state != FETCH_OVER)
        flush(fetch);
    update_wants(fetch);
}

static bool start_connecting(struct fetch *fetch, const struct endpoint *at)
{
    struct told *told = fetch->setup->told;
    struct call_result made = told_socket(told, at->ip.family, TYPE_STREAM, false);
    struct call connect = { .op = CALL_CONNECT, .fd = made.ret, .addr = *at };
    fetch->error = (struct net_error){ .operation = "socket", .err = made.err };
    if (made.ret < 0)
        return false;
    struct call_result result = told_call(told, &connect, NULL);
    fetch->error = (struct net_error){ .operation = "connect", .err = result.err };
    fetch->source.fd = made.ret;
    if ((result.ret == 0 || result.err == EINPROGRESS) &&
        loop_add(fetch->loop, &fetch->source, LOOP_WRITE))
        return true;
    let_go(fetch);
    return false;
}

/* One address after the other. */
static void try_next(struct fetch *fetch)
{
    const struct names *names = fetch->setup->names;
    fetch->heard_usec = clock_usec();
    while (fetch->next_name < names->count) {
        if (start_connecting(fetch, &names->at[fetch->next_name++]))
            return;
    }
    fetch_fail(fetch, FETCH_SOCKET);
}

static void on_connected(struct fetch *fetch)
{
    struct call call = { .op = CALL_GETSOCKOPT, .fd = fetch->source.fd, .option = OPTION_ERROR };
    struct call_result result = told_call(fetch->setup->told, &call, NULL);
    if (result.ret == 0) {
        connected(fetch);
        return;
    }
    fetch->error = (struct net_error){ .operation = "connect", .err = result.ret };
    let_go(fetch);
    try_next(fetch);
}

static void read_failed(struct fetch *fetch, int err)
{
    if (err != EAGAIN)
        fetch_fail_with(fetch, FETCH_SOCKET, "recv", err);
}

/* Reads on into fetch->in. false: nothing came. */
static bool read_in(struct fetch *fetch)
{
    if (fetch->in_len == sizeof fetch->in) {
        fetch_fail(fetch, FETCH_NO_HTTP);
        return false;
    }
    struct call_result result =
        told_recv(fetch->setup->told, fetch->source.fd, fetch->in + fetch->in_len,
                  (int32_t)(sizeof fetch->in - fetch->in_len));
    if (result.ret < 0)
        read_failed(fetch, result.err);
    if (result.ret == 0 && fetch->left == UINT64_MAX && fetch->state == FETCH_BODY)
        fetch_body_over(fetch);
    else if (result.ret == 0)
        fetch_fail(fetch, FETCH_PEER_GONE);
    if (result.ret > 0)
        fetch->in_len += (size_t)result.ret;
    return result.ret > 0;
}

/* Octets of the body that came with its head, or of a listing. */
static void take_in(struct fetch *fetch)
{
    size_t len = fetch->in_len < fetch->left ? fetch->in_len : (size_t)fetch->left;
    if (!fetch->has_part)
        fetch->setup->list(fetch->setup->list_to, fetch->in, len);
    else if (!part_write(&fetch->part, fetch->in, len, &fetch->error)) {
        fetch_fail(fetch, FETCH_FILE);
        return;
    }
    if (fetch->left != UINT64_MAX)
        fetch->left -= len;
    fetch->in_len -= len;
    memmove(fetch->in, fetch->in + len, fetch->in_len);
}

/* false: no more for now. */
static bool take_from_socket(struct fetch *fetch)
{
    if (!fetch->has_part)
        return read_in(fetch);
    int64_t got =
        part_take(&fetch->part, fetch->setup->told, fetch->source.fd, fetch->left, &fetch->error);
    if (got == PART_SOCKET)
        read_failed(fetch, fetch->error.err);
    else if (got == PART_FILE)
        fetch_fail(fetch, FETCH_FILE);
    else if (got == 0 && fetch->left == UINT64_MAX)
        fetch_body_over(fetch);
    else if (got == 0)
        fetch_fail(fetch, FETCH_PEER_GONE);
    if (got > 0 && fetch->left != UINT64_MAX)
        fetch->left -= (uint64_t)got;
    return got > 0;
}

/* false: not all of it yet. */
static bool digest_what_was_there(struct fetch *fetch)
{
    for (unsigned i = 0; i < SLICES_MOST && is_behind(fetch); i++) {
        if (!part_digest(&fetch->part, &fetch->error)) {
            fetch_fail(fetch, FETCH_FILE);
            return false;
        }
    }
    return !is_behind(fetch);
}

static void read_body(struct fetch *fetch)
{
    if (!digest_what_was_there(fetch))
        return;
    for (unsigned i = 0; i <= TAKES_MOST; i++) {
        if (fetch->in_len > 0)
            take_in(fetch);
        if (fetch->state == FETCH_BODY && fetch->left == 0)
            fetch_body_over(fetch);
        if (fetch->state != FETCH_BODY || i == TAKES_MOST || !take_from_socket(fetch))
            return;
    }
}

static void read_head(struct fetch *fetch)
{
    if (read_in(fetch)) {
        size_t len = http_head_len(fetch->in, fetch->in_len);
        if (len > 0)
            fetch_take_head(fetch, len);
    }
    if (fetch->state == FETCH_BODY)
        read_body(fetch);
}

static void on_ready(struct source *source, uint32_t events)
{
    struct fetch *fetch = (struct fetch *)source;
    if (fetch->state == FETCH_CONNECTS) {
        on_connected(fetch);
        return;
    }
    fetch->heard_usec = clock_usec();
    if (events & LOOP_WRITE)
        flush(fetch);
    if (fetch->state == FETCH_HEAD || fetch->state == FETCH_DIGEST_HEAD)
        read_head(fetch);
    else if (fetch->state == FETCH_BODY)
        read_body(fetch);
    else if (fetch->state == FETCH_DIGEST_BODY && read_in(fetch))
        fetch_take_digest(fetch);
    update_wants(fetch);
}

void fetch_begin(struct fetch *fetch, const struct fetch_setup *setup, struct loop *loop)
{
    memset(fetch, 0, sizeof *fetch);
    fetch->setup = setup;
    fetch->loop = loop;
    fetch->source = (struct source){ .fd = setup->names ? -1 : setup->fd, .ready = on_ready };
    fetch->part.fd = fetch->part.watch = fetch->part.pipe[0] = fetch->part.pipe[1] = -1;
    if (setup->to && !part_open(&fetch->part, setup->to, &fetch->error)) {
        fetch->fault = FETCH_FILE;
        end(fetch);
        return;
    }
    fetch->has_part = setup->to != NULL;
    if (setup->names)
        try_next(fetch);
    else if (!loop_add(loop, &fetch->source, LOOP_READ))
        fetch_fail_with(fetch, FETCH_SOCKET, "epoll_ctl", errno);
    else
        connected(fetch);
}

int fetch_tick(struct fetch *fetch)
{
    uint64_t silent = (clock_usec() - fetch->heard_usec) / 1000;
    bool connects = fetch->state == FETCH_CONNECTS;
    if (fetch->state == FETCH_OVER || (!connects && fetch->setup->silent_msec == 0))
        return -1;
    if (silent < (connects ? CONNECT_MSEC : fetch->setup->silent_msec))
        return TICK_MS;
    if (!connects) {
        fetch_fail(fetch, FETCH_SILENT);
        return 0;
    }
    fetch->error = (struct net_error){ .operation = "connect", .err = ETIMEDOUT };
    let_go(fetch);
    try_next(fetch);
    return 0;
}

void fetch_close(struct fetch *fetch)
{
    if (fetch->state != FETCH_OVER && fetch->has_part &&
        (fetch->setup->raw || fetch->part.len == 0))
        part_drop(&fetch->part);
    let_go(fetch);
    part_close(&fetch->part);
    free(fetch->out);
    fetch->out = NULL;
}

int fetch_listen(struct told *told, const struct endpoint *at, struct net_error *error)
{
    struct call_result made = told_socket(told, at->ip.family, TYPE_STREAM, false);
    *error = (struct net_error){ .operation = "socket", .err = made.err };
    if (made.ret < 0)
        return -1;
    struct call bind = { .op = CALL_BIND, .fd = made.ret, .addr = *at };
    struct call listen = { .op = CALL_LISTEN, .fd = made.ret, .value = 1 };
    told_option(told, made.ret, OPTION_REUSEADDR, 1);
    struct call_result result = told_call(told, &bind, NULL);
    *error = (struct net_error){ .operation = "bind", .err = result.err };
    if (result.ret >= 0) {
        result = told_call(told, &listen, NULL);
        *error = (struct net_error){ .operation = "listen", .err = result.err };
    }
    if (result.ret >= 0)
        return made.ret;
    told_end(told, made.ret);
    return -1;
}
