/*
 * How a flood of calls is thinned.
 */
#include "ui/tui/thin.h"

#include <errno.h>

enum {
    A_SECOND = 1000,
    TOGETHER = 2000, /* after a silence */
    USEC_PER_SEC = 1000000
};

void thin_begin(struct thin *thin, struct sink to)
{
    *thin = (struct thin){ .to = to, .may = TOGETHER };
}

void thin_flush(struct thin *thin)
{
    if (thin->has_vars)
        emit(&thin->to, &thin->vars);
    thin->has_vars = false;
}

static void allow(struct thin *thin, uint64_t now)
{
    uint64_t more = now > thin->may_usec ? (now - thin->may_usec) * A_SECOND / USEC_PER_SEC : 0;
    if (more == 0)
        return;
    thin->may = thin->may + more < TOGETHER ? thin->may + (unsigned)more : TOGETHER;
    thin->may_usec = now;
}

static bool moves_octets(enum call_op op)
{
    return op == CALL_SEND || op == CALL_RECV || op == CALL_SENDTO || op == CALL_RECVFROM ||
           op == CALL_SENDFILE || op == CALL_SPLICE;
}

static void take_call(struct thin *thin, const struct event *event)
{
    allow(thin, event->usec);
    thin->skips = moves_octets(event->u.call.op) && thin->may == 0;
    if (thin->skips) {
        thin->left_out++;
        thin->call = *event;
        return;
    }
    if (moves_octets(event->u.call.op))
        thin->may--;
    thin_flush(thin);
    emit(&thin->to, event);
}

/* Of a call that is left out: if it is of interest all the same. Its text is still where it was. */
static void take_return(struct thin *thin, const struct event *event)
{
    int32_t ret = event->u.done.result.ret, err = event->u.done.result.err;
    if (ret > 0 || (ret < 0 && err == EAGAIN))
        return;
    thin->skips = false;
    thin->left_out--;
    thin_flush(thin);
    emit(&thin->to, &thin->call);
    emit(&thin->to, event);
}

static void keep_vars(struct thin *thin, const struct event *event)
{
    if (thin->has_vars && thin->vars.sock != event->sock)
        thin_flush(thin);
    thin->vars = *event;
    thin->has_vars = true;
}

void thin_take(struct thin *thin, const struct event *event)
{
    if (event->kind == EV_CALL) {
        take_call(thin, event);
    } else if (event->kind == EV_VARS && thin->skips) {
        keep_vars(thin, event);
    } else if (event->kind == EV_RETURN && thin->skips) {
        take_return(thin, event);
    } else {
        thin_flush(thin);
        emit(&thin->to, event);
    }
}
