/*
 * connect(), address by address.
 */
#include "net/dial.h"

#include "net/clock.h"

#include <errno.h>

static void try_next(struct dial *dial);

static struct told *told(const struct dial *dial)
{
    return dial->setup->told;
}

static void give_up(struct dial *dial, int err)
{
    const struct dial_setup *setup = dial->setup;
    if (dial->source.fd >= 0) {
        loop_forget(dial->loop, &dial->source);
        told_end(told(dial), dial->source.fd);
        dial->source.fd = -1;
    }
    if (setup->failed)
        setup->failed(setup->of, dial->at, err);
    dial->at++;
    try_next(dial);
}

/* A port of loopback that nobody listens at may be the one that the kernel chooses for us: then
 * SYN meets SYN, and we would talk to ourselves. */
static bool is_itself(int fd)
{
    struct call own = { .op = CALL_GETSOCKNAME, .fd = fd };
    struct call other = { .op = CALL_GETPEERNAME, .fd = fd };
    struct endpoint here = told_call(NULL, &own, NULL).peer;
    struct endpoint there = told_call(NULL, &other, NULL).peer;
    return here.port != 0 && endpoint_eq(&here, &there);
}

static void has_answered(struct dial *dial, int err)
{
    if (err == 0 && is_itself(dial->source.fd))
        err = ECONNREFUSED;
    if (err != 0)
        give_up(dial, err);
    else
        dial->state = DIAL_DONE;
}

static void on_ready(struct source *source, uint32_t events)
{
    struct dial *dial = (struct dial *)source;
    struct call asked = { .op = CALL_GETSOCKOPT, .fd = source->fd, .option = OPTION_ERROR };
    struct call_result result = told_call(told(dial), &asked, NULL);
    (void)events;
    if (result.ret == 0)
        loop_remove(dial->loop, source);
    has_answered(dial, result.ret < 0 ? result.err : result.ret);
}

/* 0, or an errno */
static int bind_to(const struct dial *dial, int fd, const struct endpoint *to)
{
    const struct names *from = &dial->setup->from;
    for (unsigned i = 0; i < from->count; i++) {
        struct call bind = { .op = CALL_BIND, .fd = fd, .addr = from->at[i] };
        if (from->at[i].ip.family != to->ip.family)
            continue;
        told_option(told(dial), fd, OPTION_REUSEADDR, 1); /* its last use may be in TIME-WAIT */
        return told_call(told(dial), &bind, NULL).err;
    }
    return from->count > 0 ? EADDRNOTAVAIL : 0;
}

static void try_one(struct dial *dial, const struct endpoint *to)
{
    struct call_result made = told_socket(told(dial), to->ip.family, TYPE_STREAM, false);
    struct call connect = { .op = CALL_CONNECT, .fd = made.ret, .addr = *to };
    if (made.ret < 0) {
        give_up(dial, made.err);
        return;
    }
    dial->source.fd = made.ret;
    int err = bind_to(dial, made.ret, to);
    if (err != 0) {
        give_up(dial, err);
        return;
    }
    struct call_result result = told_call(told(dial), &connect, NULL);
    if (result.ret == 0 || (result.err != EINPROGRESS && result.err != EINTR)) {
        has_answered(dial, result.err);
        return;
    }
    uint64_t timeout_usec = (uint64_t)dial->setup->timeout_ms * 1000;
    dial->until_usec = timeout_usec > 0 ? clock_usec() + timeout_usec : 0;
    if (!loop_add(dial->loop, &dial->source, LOOP_WRITE))
        give_up(dial, errno);
}

static void try_next(struct dial *dial)
{
    dial->until_usec = 0;
    if (dial->at < dial->setup->to.count)
        try_one(dial, &dial->setup->to.at[dial->at]);
    else
        dial->state = DIAL_FAILED;
}

void dial_begin(struct dial *dial, const struct dial_setup *setup, struct loop *loop)
{
    *dial = (struct dial){ .source = { .fd = -1, .ready = on_ready },
                           .setup = setup,
                           .loop = loop,
                           .state = DIAL_TRYING };
    try_next(dial);
}

int dial_tick(struct dial *dial)
{
    uint64_t now = clock_usec();
    if (dial->state != DIAL_TRYING || dial->until_usec == 0)
        return -1;
    if (now >= dial->until_usec) {
        give_up(dial, ETIMEDOUT);
        return 0;
    }
    return (int)((dial->until_usec - now) / 1000 + 1);
}

void dial_stop(struct dial *dial)
{
    if (dial->source.fd >= 0) {
        loop_forget(dial->loop, &dial->source);
        told_end(told(dial), dial->source.fd);
    }
    dial->source.fd = -1;
    dial->state = DIAL_FAILED;
}
