/*
 * The program of a script: its system calls, made on the host's sockets. A call may wait
 * ("0...0.2") while the script goes on; others have to return at once.
 */
#include "ui/drill/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LEN_MAX = 1 << 30,
    NO_FD = -1
};

/* What a handler works with. */
struct making {
    struct runner *run;
    const struct script_event *event;
    const struct script_call *in_script;
    struct call call;
    bool no_buffer; /* NULL where octets would go or come from */
};

static bool refuse(struct making *m, const char *what)
{
    char words[DRILL_WORDS];
    snprintf(words, sizeof words, "%.*s(): %s", (int)m->in_script->name.len, m->in_script->name.at,
             what);
    return is_not_modelled(m->run, m->event->first_line, words);
}

static bool number_arg(struct making *m, size_t index, int64_t *number)
{
    const struct value *value = script_arg(m->in_script, index);
    if (value && script_number(value, number))
        return true;
    return refuse(m, "an argument that is no number");
}

int32_t live_fd(const struct runner *run, int64_t fd)
{
    return fd >= 0 && fd < DRILL_FDS ? run->fds[fd] : NO_FD;
}

static bool descriptor(struct making *m, size_t index)
{
    int64_t fd;
    if (!number_arg(m, index, &fd))
        return false;
    m->call.fd = live_fd(m->run, fd);
    return true;
}

static bool octets(struct making *m, size_t index, int64_t *len)
{
    if (!number_arg(m, index, len))
        return false;
    return (*len >= 0 && *len <= LEN_MAX) || refuse(m, "a length out of range");
}

static bool flags(struct making *m, size_t index)
{
    int64_t bits = 0;
    const struct value *value = script_arg(m->in_script, index);
    int64_t known = MESSAGE_OOB | MESSAGE_PEEK | MESSAGE_TRUNC | MESSAGE_DONTWAIT |
                    MESSAGE_NOSIGNAL | MESSAGE_MORE;
    if (value && !number_arg(m, index, &bits))
        return false;
    if (bits & ~known)
        return refuse(m, "one of its flags");
    m->call.flags = (uint32_t)bits;
    return true;
}

static void buffer(struct making *m, size_t index)
{
    const struct value *value = script_arg(m->in_script, index);
    m->no_buffer = value && value->kind == VALUE_NAME && script_text_is(value->text, "NULL");
}

/* ---- one handler a call: fills m->call in */

static bool make_socket(struct making *m)
{
    int64_t type;
    const struct value *domain = script_arg(m->in_script, 0);
    m->call.op = CALL_SOCKET;
    if (!number_arg(m, 1, &type))
        return false;
    (void)domain;
    return (type & 0xf) == 1 || refuse(m, "no SOCK_STREAM");
}

static bool make_bind(struct making *m)
{
    m->call.op = CALL_BIND;
    m->call.addr.port = DRILL_PORT;
    return descriptor(m, 0);
}

static bool make_listen(struct making *m)
{
    int64_t backlog;
    m->call.op = CALL_LISTEN;
    if (!descriptor(m, 0) || !number_arg(m, 1, &backlog))
        return false;
    m->call.value = (int32_t)backlog;
    return true;
}

static bool make_accept(struct making *m)
{
    m->call.op = CALL_ACCEPT;
    return descriptor(m, 0);
}

static bool make_connect(struct making *m)
{
    m->call.op = CALL_CONNECT;
    m->call.addr.ip = m->run->family == 4
                          ? ip4(192, 0, 2, 1)
                          : (struct ip){ .family = 6, .octet = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } };
    m->call.addr.port = DRILL_PORT;
    return descriptor(m, 0);
}

static bool make_write(struct making *m)
{
    int64_t len;
    m->call.op = CALL_SEND;
    buffer(m, 1);
    if (!descriptor(m, 0) || !octets(m, 2, &len))
        return false;
    m->call.text_len = (uint32_t)len;
    return true;
}

static bool make_send(struct making *m)
{
    return make_write(m) && flags(m, 3);
}

static bool make_read(struct making *m)
{
    int64_t len;
    m->call.op = CALL_RECV;
    buffer(m, 1);
    if (!descriptor(m, 0) || !octets(m, 2, &len))
        return false;
    m->call.value = (int32_t)len;
    return true;
}

static bool make_recv(struct making *m)
{
    return make_read(m) && flags(m, 3);
}

/* The sum of the lengths in [{..., 1000}, {..., 500}]. */
static bool vector(struct making *m, const struct value *vector, int64_t *len)
{
    *len = 0;
    for (size_t i = 0; vector && i < vector->item_count; i++) {
        const struct value *of = value_field(value_item(vector, i), "iov_len", 1);
        int64_t one;
        if (!of || !script_number(of, &one) || one < 0 || one > LEN_MAX - *len)
            return refuse(m, "a vector of buffers");
        *len += one;
    }
    return vector ? true : refuse(m, "no vector of buffers");
}

static bool make_vector(struct making *m, enum call_op op, const struct value *buffers)
{
    int64_t len;
    m->call.op = op;
    if (!descriptor(m, 0) || !vector(m, buffers, &len))
        return false;
    if (op == CALL_SEND)
        m->call.text_len = (uint32_t)len;
    else
        m->call.value = (int32_t)len;
    return true;
}

static bool make_writev(struct making *m)
{
    return make_vector(m, CALL_SEND, script_arg(m->in_script, 1));
}

static bool make_readv(struct making *m)
{
    return make_vector(m, CALL_RECV, script_arg(m->in_script, 1));
}

static const struct value *message_vector(const struct making *m)
{
    const struct value *message = script_arg(m->in_script, 1);
    return message ? value_field(message, "msg_iov", 1) : NULL;
}

static bool make_sendmsg(struct making *m)
{
    return make_vector(m, CALL_SEND, message_vector(m)) && flags(m, 2);
}

static bool make_recvmsg(struct making *m)
{
    return make_vector(m, CALL_RECV, message_vector(m)) && flags(m, 2);
}

static bool make_shutdown(struct making *m)
{
    int64_t how;
    m->call.op = CALL_SHUTDOWN;
    if (!descriptor(m, 0) || !number_arg(m, 1, &how))
        return false;
    m->call.value = (int32_t)how;
    return true;
}

static bool make_close(struct making *m)
{
    m->call.op = CALL_CLOSE;
    return descriptor(m, 0);
}

static bool make_fcntl(struct making *m)
{
    int64_t request, value = 0, set, nonblock;
    m->call.op = CALL_FCNTL;
    if (!descriptor(m, 0) || !number_arg(m, 1, &request))
        return false;
    script_constant((struct script_text){ "F_SETFL", 7 }, &set);
    script_constant((struct script_text){ "O_NONBLOCK", 10 }, &nonblock);
    m->call.flags = request == set ? REQUEST_SETFL : REQUEST_GETFL;
    if (request == set && !number_arg(m, 2, &value))
        return false;
    m->call.value = value & nonblock ? FILE_NONBLOCK : 0;
    return true;
}

static bool make_ioctl(struct making *m)
{
    const struct value *request = script_arg(m->in_script, 1);
    bool in = request && (script_text_is(request->text, "SIOCINQ") ||
                          script_text_is(request->text, "FIONREAD"));
    bool out = request && script_text_is(request->text, "SIOCOUTQ");
    m->call.op = CALL_IOCTL;
    m->call.flags = in ? REQUEST_INQ : REQUEST_OUTQ;
    return in || out ? descriptor(m, 0) : refuse(m, "that request");
}

/* Options that have nothing to do with what goes over the wire here. */
static bool is_of_no_matter(struct script_text name)
{
    static const char *const names[] = { "IP_TOS",  "IP_MTU_DISCOVER", "IPV6_V6ONLY",
                                         "SO_MARK", "IP_TTL",          "SO_PRIORITY" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (script_text_is(name, names[i]))
            return true;
    }
    return false;
}

static const struct value *option_value(const struct making *m)
{
    const struct value *value = script_arg(m->in_script, 3);
    return value && value->kind == VALUE_ARRAY ? value_item(value, 0) : value;
}

static bool make_option(struct making *m, enum call_op op)
{
    const struct value *name = script_arg(m->in_script, 2);
    m->call.op = op;
    if (!name || !option_of_name(name->text.at, name->text.len, &m->call.option))
        return refuse(m, "that option");
    return descriptor(m, 0);
}

static bool make_setsockopt(struct making *m)
{
    const struct value *value = option_value(m);
    int64_t number, on = 1;
    if (!make_option(m, CALL_SETSOCKOPT))
        return false;
    if (value && value->kind == VALUE_STRUCT) { /* struct linger */
        const struct value *onoff = value_field(value, "onoff", 0);
        if (!onoff || !script_number(onoff, &on))
            return refuse(m, "that value");
        value = value_field(value, "linger", 1);
    }
    if (!value || !script_number(value, &number))
        return refuse(m, "that value");
    m->call.value = on ? (int32_t)number : -1;
    return true;
}

static bool make_getsockopt(struct making *m)
{
    return make_option(m, CALL_GETSOCKOPT);
}

static bool make_poll(struct making *m)
{
    const struct value *of = script_arg(m->in_script, 0);
    const struct value *one = of && of->item_count == 1 ? value_item(of, 0) : NULL;
    const struct value *fd = one ? value_field(one, "fd", 0) : NULL;
    int64_t number;
    m->call.op = CALL_POLL;
    if (m->event->time.blocks)
        return refuse(m, "waiting");
    if (!fd || !script_number(fd, &number))
        return refuse(m, "of more than one descriptor");
    m->call.fd = live_fd(m->run, number);
    return true;
}

static const struct handler {
    const char *name;
    bool (*make)(struct making *m);
} handlers[] = {
    { "socket", make_socket },
    { "bind", make_bind },
    { "listen", make_listen },
    { "accept", make_accept },
    { "accept4", make_accept },
    { "connect", make_connect },
    { "write", make_write },
    { "send", make_send },
    { "sendto", make_send },
    { "writev", make_writev },
    { "sendmsg", make_sendmsg },
    { "read", make_read },
    { "recv", make_recv },
    { "recvfrom", make_recv },
    { "readv", make_readv },
    { "recvmsg", make_recvmsg },
    { "shutdown", make_shutdown },
    { "close", make_close },
    { "fcntl", make_fcntl },
    { "ioctl", make_ioctl },
    { "setsockopt", make_setsockopt },
    { "getsockopt", make_getsockopt },
    { "poll", make_poll },
};

/* ---- results */

static bool expected_result(const struct script_call *in_script, int64_t *ret, int64_t *err)
{
    *err = 0;
    if (!in_script->result || !script_number(in_script->result, ret))
        return false;
    return *ret != -1 || !in_script->error.at || script_constant(in_script->error, err);
}

static void result_words(int64_t ret, int32_t err, char *words, size_t len)
{
    char name[24];
    if (ret == -1)
        snprintf(words, len, "-1 %s", errno_name(err, name, sizeof name));
    else
        snprintf(words, len, "%" PRId64, ret);
}

static bool wrong_number(struct runner *run, const struct script_event *event, const char *what,
                         int64_t expected, int64_t got)
{
    char want[32], is[32];
    snprintf(want, sizeof want, "%" PRId64, expected);
    snprintf(is, sizeof is, "%" PRId64, got);
    return differs(run, event, what, want, is);
}

/* The values that a call gives through its arguments: those of getsockopt, ioctl and poll. */
static bool out_value_holds(struct runner *run, const struct script_event *event,
                            const struct call *call, int32_t got)
{
    size_t index = call->op == CALL_GETSOCKOPT ? 3 : 2;
    const struct value *value = script_arg(&event->call, index);
    int64_t want;
    if (value && value->kind == VALUE_ARRAY)
        value = value_item(value, 0);
    if (!value || value->kind == VALUE_ELLIPSIS)
        return true;
    if (!script_number(value, &want))
        return is_not_modelled(run, event->first_line, "a value that is no number");
    return want == got || wrong_number(run, event, "the value is not as expected", want, got);
}

static bool poll_holds(struct runner *run, const struct script_event *event, int32_t ready)
{
    const struct value *one = value_item(script_arg(&event->call, 0), 0);
    const struct value *asked = value_field(one, "events", 1);
    const struct value *given = value_field(one, "revents", 2);
    int64_t events = 0, want = 0, ret = 0, err;
    int64_t always = POLL_BIT_ERR | POLL_BIT_HUP | POLL_BIT_NVAL;
    if (!asked || !script_number(asked, &events) || !expected_result(&event->call, &ret, &err))
        return is_not_modelled(run, event->first_line, "poll() with other values");
    int64_t got = ready & (events | always);
    if (given && given->kind != VALUE_ELLIPSIS && script_number(given, &want) && want != got)
        return wrong_number(run, event, "poll() finds other events", want, got);
    return ret == (got != 0) ||
           wrong_number(run, event, "poll() finds another number of descriptors", ret, got != 0);
}

/* TCP_CM_INQ: what is left to read, and 1 for the end of the stream. */
static bool inq_holds(struct runner *run, const struct script_event *event, int32_t fd)
{
    const struct value *message = script_arg(&event->call, 1);
    const struct value *control = message ? value_field(message, "msg_control", 3) : NULL;
    const struct value *one = control && control->item_count > 0 ? value_item(control, 0) : NULL;
    const struct value *type = one ? value_field(one, "cmsg_type", 1) : NULL;
    const struct value *data = one ? value_field(one, "cmsg_data", 2) : NULL;
    int64_t want;
    if (!one)
        return true;
    if (!type || !script_text_is(type->text, "TCP_CM_INQ") || !data || !script_number(data, &want))
        return is_not_modelled(run, event->first_line, "recvmsg() with that control message");
    int64_t got = world_inq(run->world, 0, fd);
    if (got == 0 && world_poll(run->world, 0, fd) & POLL_BIT_RDHUP)
        got = 1;
    return want == got || wrong_number(run, event, "TCP_CM_INQ is not as expected", want, got);
}

static bool outcome_holds(struct runner *run, const struct script_event *event,
                          const struct call *call, const struct call_result *result)
{
    if (result->ret < 0)
        return true;
    switch (call->op) {
    case CALL_GETSOCKOPT:
    case CALL_IOCTL:
        return out_value_holds(run, event, call, result->ret);
    case CALL_POLL:
        return poll_holds(run, event, result->ret);
    case CALL_RECV:
        return !script_text_is(event->call.name, "recvmsg") || inq_holds(run, event, call->fd);
    case CALL_SOCKET:
    case CALL_BIND:
    case CALL_LISTEN:
    case CALL_ACCEPT:
    case CALL_CONNECT:
    case CALL_SEND:
    case CALL_SENDTO:
    case CALL_RECVFROM:
    case CALL_SHUTDOWN:
    case CALL_CLOSE:
    case CALL_SETSOCKOPT:
    case CALL_GETSOCKNAME:
    case CALL_GETPEERNAME:
    case CALL_FCNTL:
    case CALL_OP_COUNT:
        break;
    }
    return true;
}

/* The script has its own numbers for descriptors. */
static void keep_fd(struct runner *run, const struct script_call *in_script,
                    const struct call *call, const struct call_result *result)
{
    int64_t fd, err;
    bool makes = call->op == CALL_SOCKET || call->op == CALL_ACCEPT;
    if (makes && result->ret >= 0 && expected_result(in_script, &fd, &err) && fd >= 0 &&
        fd < DRILL_FDS)
        run->fds[fd] = result->ret;
    if (makes && result->ret >= 0)
        run->last_fd = result->ret;
}

static bool result_holds(struct runner *run, const struct script_event *event,
                         const struct call *call, const struct call_result *result)
{
    char want[64], got[64];
    int64_t ret, err;
    bool gives_value = call->op == CALL_GETSOCKOPT || call->op == CALL_IOCTL;
    int64_t is = gives_value && result->ret >= 0 ? 0 : result->ret;
    if (!event->call.result || event->call.result->kind == VALUE_ELLIPSIS)
        return outcome_holds(run, event, call, result);
    if (!expected_result(&event->call, &ret, &err))
        return is_not_modelled(run, event->first_line, "a result that is no number");
    bool makes = call->op == CALL_SOCKET || call->op == CALL_ACCEPT;
    bool same = makes ? (ret >= 0) == (is >= 0) : ret == is || call->op == CALL_POLL;
    if (!same || (ret == -1 && err != result->err)) {
        result_words(ret, (int32_t)err, want, sizeof want);
        result_words(is, result->err, got, sizeof got);
        return differs(run, event, "the call returns something else", want, got);
    }
    return outcome_holds(run, event, call, result);
}

/* ---- making them */

static bool over(struct runner *run, const struct script_event *event, const struct call *call,
                 const struct call_result *result)
{
    keep_fd(run, &event->call, call, result);
    return result_holds(run, event, call, result);
}

static bool wait_in_script(struct runner *run, const struct script_event *event)
{
    run->waiting.event = event;
    run->waiting.end_usec =
        (event->time.kind == SCRIPT_AFTER ? run->last_usec : 0) + (uint64_t)event->time.end_usec;
    return true;
}

static bool returned_in_time(struct runner *run, const struct script_event *event)
{
    char want[32], got[32];
    uint64_t now = world_now(run->world), end = run->waiting.end_usec;
    uint64_t length = (uint64_t)(event->time.end_usec - event->time.usec) / 8;
    uint64_t off = now > end ? now - end : end - now;
    if (off <= (length > tolerance(run) ? length : tolerance(run)))
        return true;
    snprintf(want, sizeof want, "%.6f s", (double)end / 1e6);
    snprintf(got, sizeof got, "%.6f s", (double)now / 1e6);
    return differs(run, event, "the call returned at another time", want, got);
}

static void try_call(struct runner *run, struct call_result *result)
{
    struct command command = { .kind = COMMAND_CALL, .call = run->waiting.blocking.call };
    runner_apply(run, &command, result, NULL);
}

bool call_again(struct runner *run)
{
    const struct script_event *event = run->waiting.event;
    struct call_result result;
    if (!event)
        return true;
    try_call(run, &result);
    if (blocking_again(&run->waiting.blocking, &result))
        return true;
    run->waiting.event = NULL;
    return over(run, event, &run->waiting.blocking.call, &result) && returned_in_time(run, event);
}

bool call_must_be_over(struct runner *run, uint32_t line)
{
    const struct script_event *event = run->waiting.event;
    if (event && !runner_until(run, run->waiting.end_usec, true))
        return false;
    if (!run->waiting.event)
        return true;
    return fails(run, line ? line : event->first_line, "the call of line %" PRIu32 " still waits",
                 event->first_line);
}

/* The kernel looks at the buffer once there is something to be copied. */
static bool has_no_buffer(struct making *m, bool *done)
{
    uint32_t needs = m->call.op == CALL_SEND ? POLL_BIT_OUT : POLL_BIT_IN;
    struct call_result result = { .ret = -1, .err = EFAULT };
    *done = m->no_buffer && (world_poll(m->run->world, 0, m->call.fd) & needs) != 0;
    return !*done || result_holds(m->run, m->event, &m->call, &result);
}

static bool do_call(struct making *m)
{
    struct runner *run = m->run;
    struct call_result result;
    bool done;
    if (!has_no_buffer(m, &done))
        return false;
    if (done)
        return true;
    blocking_begin(&run->waiting.blocking, &m->call);
    try_call(run, &result);
    if (!blocking_again(&run->waiting.blocking, &result))
        return over(run, m->event, &m->call, &result);
    if (m->event->time.blocks)
        return wait_in_script(run, m->event);
    return fails(run, m->event->first_line, "the call waits, and the script does not say so");
}

static const struct handler *handler_of(struct script_text name)
{
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (script_text_is(name, handlers[i].name))
            return &handlers[i];
    }
    return NULL;
}

/* Taken, and not looked at: options that do not matter, and TCP_INQ, which recvmsg() looks at. */
static bool is_ignored(struct runner *run, const struct script_call *in_script)
{
    const struct value *name = script_arg(in_script, 2);
    if (!script_text_is(in_script->name, "setsockopt") || !name)
        return false;
    if (is_of_no_matter(name->text))
        note_skipped(run, "an option of IP");
    return is_of_no_matter(name->text) || script_text_is(name->text, "TCP_INQ");
}

bool call_event(struct runner *run, const struct script_event *event)
{
    struct making m = { .run = run, .event = event, .in_script = &event->call };
    const struct handler *handler = handler_of(event->call.name);
    bool done;
    if (!call_must_be_over(run, event->first_line))
        return false;
    if (!epoll_call(run, event, &done))
        return false;
    if (done || is_ignored(run, &event->call))
        return true;
    if (!handler)
        return refuse(&m, "that call");
    return handler->make(&m) && do_call(&m);
}
