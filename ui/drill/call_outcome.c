/*
 * What came of a call: its result and its errno, and what it gives through its arguments.
 */
#include "sim/ip.h"
#include "ui/drill/calls.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LEN_OF_NUMBER = 4,
    LEN_OF_LINGER = 8,
    INQ_OF_END = 1 /* what TCP_CM_INQ says at the end of the stream, so that it is not 0 */
};

/* Without an errno any will do, as packetdrill has it. */
bool expected_result(const struct script_call *in_script, int64_t *ret, int32_t *err)
{
    int64_t number = 0;
    if (!in_script->result || !script_number(in_script->result, ret))
        return false;
    if (in_script->error.at && (*ret != -1 || !script_constant(in_script->error, &number)))
        return false;
    *err = (int32_t)number;
    return true;
}

static void result_words(int64_t ret, int32_t err, char *words, size_t len)
{
    char name[24];
    if (ret == -1 && err)
        snprintf(words, len, "-1 %s", errno_name(err, name, sizeof name));
    else
        snprintf(words, len, "%" PRId64, ret);
}

bool wrong_number(struct runner *run, const struct script_event *event, const char *what,
                  int64_t expected, int64_t got)
{
    char want[32], is[32];
    snprintf(want, sizeof want, "%" PRId64, expected);
    snprintf(is, sizeof is, "%" PRId64, got);
    return differs(run, event, what, want, is);
}

bool returns(struct runner *run, const struct script_event *event, int64_t ret, int32_t err)
{
    char want_words[64], got_words[64];
    int64_t want;
    int32_t want_err;
    if (event->call.result && event->call.result->kind == VALUE_ELLIPSIS)
        return true;
    if (!expected_result(&event->call, &want, &want_err))
        return call_refuse(run, event, "a result of that kind");
    if (want == ret && (ret != -1 || want_err == 0 || want_err == err))
        return true;
    result_words(want, want_err, want_words, sizeof want_words);
    result_words(ret, err, got_words, sizeof got_words);
    return differs(run, event, "the call returns something else", want_words, got_words);
}

/* A script has its own numbers for descriptors: any will do. */
static bool makes_descriptor(struct runner *run, const struct script_event *event,
                             const struct call_result *result)
{
    int64_t want;
    int32_t err;
    if (expected_result(&event->call, &want, &err) && want >= 0 && result->ret >= 0)
        return true;
    return returns(run, event, result->ret, result->err);
}

static const struct value *within(const struct value *value)
{
    return value && value->kind == VALUE_ARRAY && value->item_count == 1 ? value_item(value, 0)
                                                                         : value;
}

static bool is_left_open(const struct value *value)
{
    return !value || value->kind == VALUE_ELLIPSIS;
}

static bool number_holds(struct runner *run, const struct script_event *event,
                         const struct value *value, const char *what, int64_t got)
{
    int64_t want;
    value = within(value);
    if (is_left_open(value))
        return true;
    if (!script_number(value, &want))
        return call_refuse(run, event, "a value that is no number");
    return want == got || wrong_number(run, event, what, want, got);
}

static bool linger_holds(struct runner *run, const struct script_event *event, int32_t got)
{
    const struct value *value = within(script_arg(&event->call, 3));
    if (is_left_open(value))
        return true;
    if (value->kind != VALUE_STRUCT)
        return call_refuse(run, event, "that value");
    return number_holds(run, event, value_field(value, "onoff", 0), "l_onoff is not as expected",
                        got >= 0) &&
           number_holds(run, event, value_field(value, "linger", 1), "l_linger is not as expected",
                        got >= 0 ? got : 0);
}

static bool option_holds(struct runner *run, const struct script_event *event,
                         const struct call *call, int32_t got)
{
    bool lingers = call->option == OPTION_LINGER;
    bool holds = lingers ? linger_holds(run, event, got)
                         : number_holds(run, event, script_arg(&event->call, 3),
                                        "the value is not as expected", got);
    return holds &&
           number_holds(run, event, script_arg(&event->call, 4), "the value has another length",
                        lingers ? LEN_OF_LINGER : LEN_OF_NUMBER);
}

/* ---- recvmsg() */

static bool inq_of(const struct runner *run, const struct script_event *event)
{
    int64_t fd;
    const struct value *value = script_arg(&event->call, 0);
    return value && script_number(value, &fd) && fd >= 0 && fd < DRILL_FDS && run->inq[fd];
}

/* TCP_CM_INQ: what is left to read, and 1 for the end of the stream. */
static bool inq_holds(struct runner *run, const struct script_event *event,
                      const struct value *control, int32_t fd)
{
    const struct value *one = value_item(control, 0);
    const struct value *level = value_field(one, "cmsg_level", 0);
    const struct value *type = value_field(one, "cmsg_type", 1);
    int64_t number;
    if (control->item_count != 1 || !type || !script_text_is(type->text, "TCP_CM_INQ"))
        return call_refuse(run, event, "that control message");
    if (!level || !script_number(level, &number) || number != PROTOCOL_TCP)
        return differs(run, event, "the control message is of another level", "another", "SOL_TCP");
    if (!inq_of(run, event))
        return differs(run, event, "there is no control message", "TCP_CM_INQ", "none");
    int64_t got = world_inq(run->world, 0, fd);
    if (got == 0 && world_poll(run->world, 0, fd) & POLL_BIT_RDHUP)
        got = INQ_OF_END;
    return number_holds(run, event, value_field(one, "cmsg_data", 2),
                        "TCP_CM_INQ is not as expected", got);
}

static bool message_holds(struct runner *run, const struct script_event *event,
                          const struct call *call)
{
    const struct value *message = script_arg(&event->call, 1);
    const struct value *control = value_field(message, "msg_control", 3);
    const struct value *flags = value_field(message, "msg_flags", 2);
    const struct value *name = value_field(message, "msg_name", 0);
    bool any_control = !is_left_open(control) && control->kind == VALUE_ARRAY;
    if (!is_left_open(name) && name->kind == VALUE_STRUCT)
        return call_refuse(run, event, "an address");
    if (any_control && control->item_count > 0 && !inq_holds(run, event, control, call->fd))
        return false;
    if (inq_of(run, event) && !any_control && !is_left_open(flags))
        return call_refuse(run, event, "a control message that has no room");
    return number_holds(run, event, flags, "msg_flags is not as expected",
                        call->flags & MESSAGE_OOB);
}

/* ---- all of them */

static bool arguments_hold(struct runner *run, const struct script_event *event,
                           const struct call *call, const struct call_result *result)
{
    switch (call->op) {
    case CALL_GETSOCKOPT:
        return option_holds(run, event, call, result->ret);
    case CALL_IOCTL:
        return number_holds(run, event, script_arg(&event->call, 2), "the value is not as expected",
                            result->ret);
    case CALL_RECV:
        return !script_text_is(event->call.name, "recvmsg") || message_holds(run, event, call);
    case CALL_ACCEPT:
    case CALL_GETSOCKNAME:
    case CALL_GETPEERNAME:
        return address_holds(run, event, 1, &result->peer);
    case CALL_SOCKET:
    case CALL_BIND:
    case CALL_LISTEN:
    case CALL_CONNECT:
    case CALL_SEND:
    case CALL_SENDTO:
    case CALL_RECVFROM:
    case CALL_SHUTDOWN:
    case CALL_CLOSE:
    case CALL_SETSOCKOPT:
    case CALL_FCNTL:
    case CALL_POLL:
    case CALL_SENDFILE:
    case CALL_SPLICE:
    case CALL_OP_COUNT:
        break;
    }
    return true;
}

bool outcome_holds(struct runner *run, const struct script_event *event, const struct call *call,
                   const struct call_result *result)
{
    bool makes = call->op == CALL_SOCKET || call->op == CALL_ACCEPT;
    bool gives = call->op == CALL_GETSOCKOPT || call->op == CALL_IOCTL;
    int32_t ret = gives && !result->err ? 0 : result->ret;
    bool holds =
        makes ? makes_descriptor(run, event, result) : returns(run, event, ret, result->err);
    return holds && (result->err || arguments_hold(run, event, call, result));
}
