/*
 * A call of a script as a call of the model: its arguments, each looked at. What the model has no
 * word for is refused, not left out.
 */
#include "sim/ip.h"
#include "ui/drill/calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LEN_MAX = 1 << 30,
    LEN_OF_NUMBER = 4, /* of an option's value */
    LEN_OF_LINGER = 8
};

bool call_refuse(struct runner *run, const struct script_event *event, const char *what)
{
    char words[DRILL_WORDS];
    snprintf(words, sizeof words, "%.*s(): %s",
             event->call.name.len > 64 ? 64 : (int)event->call.name.len, event->call.name.at, what);
    return is_not_modelled(run, event->first_line, words);
}

static bool refuse(struct making *m, const char *what)
{
    return call_refuse(m->run, m->event, what);
}

/* A number that the model's 32 bits hold. */
static bool number_arg(struct making *m, size_t index, int64_t *number)
{
    const struct value *value = script_arg(m->in_script, index);
    if (value && script_number(value, number) && *number >= INT32_MIN && *number <= UINT32_MAX)
        return true;
    return refuse(m, "an argument that is no number of 32 bits");
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

/* SOCK_NONBLOCK is seen to once the descriptor is there. */
static bool make_socket(struct making *m)
{
    int64_t domain, type, protocol = 0;
    const struct value *given = script_arg(m->in_script, 0);
    int64_t own = m->run->family == 6 || m->run->is_mapped ? DOMAIN_INET6 : DOMAIN_INET;
    m->call.op = CALL_SOCKET;
    if (!given || (given->kind != VALUE_ELLIPSIS && (!number_arg(m, 0, &domain) || domain != own)))
        return m->run->not_modelled ? false : refuse(m, "a socket of another family");
    if (!number_arg(m, 1, &type) || !number_arg(m, 2, &protocol))
        return false;
    if ((type & ~(DRILL_NONBLOCK | DRILL_CLOEXEC)) != TYPE_STREAM)
        return refuse(m, "no SOCK_STREAM");
    return protocol == 0 || protocol == PROTOCOL_TCP || refuse(m, "another protocol than TCP");
}

/* The address at that argument, or what packetdrill takes for "...". */
static bool address_arg(struct making *m, size_t index, struct endpoint otherwise)
{
    bool is_given;
    m->call.addr = otherwise;
    return descriptor(m, 0) && address_arg_of(m->run, m->event, script_arg(m->in_script, index),
                                              &m->call.addr, &is_given);
}

static bool make_bind(struct making *m)
{
    m->call.op = CALL_BIND;
    return address_arg(m, 1, (struct endpoint){ .port = m->run->bind_port });
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

static bool make_accept4(struct making *m)
{
    int64_t bits;
    if (!number_arg(m, 3, &bits))
        return false;
    return (bits & ~(DRILL_NONBLOCK | DRILL_CLOEXEC)) == 0 ? make_accept(m)
                                                           : refuse(m, "one of its flags");
}

static bool make_connect(struct making *m)
{
    m->call.op = CALL_CONNECT;
    return address_arg(m, 1, (struct endpoint){ m->run->remote, m->run->connect_port });
}

static bool make_getsockname(struct making *m)
{
    m->call.op = CALL_GETSOCKNAME;
    return descriptor(m, 0);
}

static bool make_getpeername(struct making *m)
{
    m->call.op = CALL_GETPEERNAME;
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
    if (!m->no_buffer && script_arg(m->in_script, 1)->kind != VALUE_ELLIPSIS)
        return refuse(m, "what the octets are: they are only counted");
    m->call.value = (int32_t)len;
    return true;
}

static bool make_recv(struct making *m)
{
    return make_read(m) && flags(m, 3);
}

static bool is_given(const struct value *value)
{
    return value && value->kind != VALUE_ELLIPSIS && !script_text_is(value->text, "NULL");
}

/* TCP gives no address with what is read. */
static bool make_recvfrom(struct making *m)
{
    return is_given(script_arg(m->in_script, 4)) ? refuse(m, "an address") : make_recv(m);
}

/* The sum of the lengths in [{..., 1000}, {..., 500}]; `stated` is how many buffers they are. */
static bool vector(struct making *m, const struct value *buffers, const struct value *stated,
                   int64_t *len)
{
    int64_t count, one;
    *len = 0;
    if (!buffers || buffers->kind != VALUE_ARRAY || !stated || !script_number(stated, &count) ||
        count < 0 || (size_t)count != buffers->item_count)
        return refuse(m, "no buffers, or another number of them");
    for (size_t i = 0; i < buffers->item_count; i++) {
        const struct value *of = value_field(value_item(buffers, i), "iov_len", 1);
        if (!of || !script_number(of, &one) || one < 0 || one > LEN_MAX - *len)
            return refuse(m, "a buffer of that kind");
        *len += one;
    }
    return true;
}

static bool make_vector(struct making *m, enum call_op op, const struct value *buffers,
                        const struct value *stated)
{
    int64_t len;
    m->call.op = op;
    if (!descriptor(m, 0) || !vector(m, buffers, stated, &len))
        return false;
    if (op == CALL_SEND)
        m->call.text_len = (uint32_t)len;
    else
        m->call.value = (int32_t)len;
    return true;
}

static bool make_writev(struct making *m)
{
    return make_vector(m, CALL_SEND, script_arg(m->in_script, 1), script_arg(m->in_script, 2));
}

static bool make_readv(struct making *m)
{
    return make_vector(m, CALL_RECV, script_arg(m->in_script, 1), script_arg(m->in_script, 2));
}

/* A message's buffers: msg_iov(2)=[{..., 1000}, {..., 500}]. */
static bool make_message(struct making *m, enum call_op op)
{
    const struct value *message = script_arg(m->in_script, 1);
    for (size_t i = 0; message && i < message->item_count; i++) {
        const struct value *field = value_item(message, i);
        if (field->kind == VALUE_FIELD && script_text_is(field->text, "msg_iov"))
            return make_vector(m, op, field->is, value_item(field, 0)) && flags(m, 2);
    }
    return refuse(m, "no msg_iov");
}

static bool make_sendmsg(struct making *m)
{
    const struct value *message = script_arg(m->in_script, 1);
    const struct value *control = message ? value_field(message, "msg_control", 3) : NULL;
    if (control && control->item_count > 0)
        return refuse(m, "a control message");
    return make_message(m, CALL_SEND);
}

static bool make_recvmsg(struct making *m)
{
    return make_message(m, CALL_RECV);
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
    int64_t request, value = 0, set, get;
    m->call.op = CALL_FCNTL;
    if (!descriptor(m, 0) || !number_arg(m, 1, &request))
        return false;
    script_constant((struct script_text){ "F_SETFL", 7 }, &set);
    script_constant((struct script_text){ "F_GETFL", 7 }, &get);
    m->call.flags = request == set ? REQUEST_SETFL : REQUEST_GETFL;
    if (request == set && !number_arg(m, 2, &value))
        return false;
    if ((request != set && request != get) || value & ~(int64_t)(DRILL_NONBLOCK | FILE_RDWR))
        return refuse(m, "that request");
    m->call.value = value & DRILL_NONBLOCK ? FILE_NONBLOCK : 0;
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
    static const char *const names[] = {
        "IP_TOS", "IP_MTU_DISCOVER", "IPV6_V6ONLY", "SO_MARK",
        "IP_TTL", "SO_PRIORITY",     "TCP_INQ",     "SO_REUSEPORT"
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (script_text_is(name, names[i]))
            return true;
    }
    return false;
}

/* SOL_SOCKET with SO_..., SOL_TCP with TCP_...: any other pair is another option. */
static bool level_fits(struct making *m, struct script_text name)
{
    static const struct {
        const char *prefix;
        int64_t level;
    } levels[] = { { "SO_", 1 }, { "TCP_", 6 }, { "IP_", 0 }, { "IPV6_", 41 } };
    int64_t level;
    if (!number_arg(m, 1, &level))
        return false;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        size_t len = strlen(levels[i].prefix);
        if (name.len > len && memcmp(name.at, levels[i].prefix, len) == 0)
            return level == levels[i].level || refuse(m, "an option at another level");
    }
    return refuse(m, "that option");
}

static bool make_option(struct making *m, enum call_op op)
{
    const struct value *name = script_arg(m->in_script, 2);
    m->call.op = op;
    if (!name || name->kind != VALUE_NAME)
        return refuse(m, "an option without a name");
    if (!level_fits(m, name->text) || !descriptor(m, 0))
        return false;
    m->is_ignored = op == CALL_SETSOCKOPT && is_of_no_matter(name->text);
    if (m->is_ignored || option_of_name(name->text.at, name->text.len, &m->call.option))
        return true;
    char words[64];
    snprintf(words, sizeof words, "%.*s", name->text.len > 40 ? 40 : (int)name->text.len,
             name->text.at);
    return refuse(m, words);
}

static const struct value *option_value(const struct making *m)
{
    const struct value *value = script_arg(m->in_script, 3);
    return value && value->kind == VALUE_ARRAY && value->item_count == 1 ? value_item(value, 0)
                                                                         : value;
}

static bool option_number(struct making *m, const struct value *value, int64_t *number)
{
    if (value && script_number(value, number) && *number >= INT32_MIN && *number <= INT32_MAX)
        return true;
    return refuse(m, "that value");
}

/* {onoff=1, linger=0}; the model has -1 for no lingering. */
static bool linger_value(struct making *m, const struct value *value)
{
    int64_t on, seconds;
    if (!value || value->kind != VALUE_STRUCT)
        return refuse(m, "that value");
    if (!option_number(m, value_field(value, "onoff", 0), &on) ||
        !option_number(m, value_field(value, "linger", 1), &seconds))
        return false;
    m->call.value = on ? (int32_t)seconds : -1;
    return true;
}

static bool option_length(struct making *m)
{
    bool lingers = !m->is_ignored && m->call.option == OPTION_LINGER;
    const struct value *len = script_arg(m->in_script, 4);
    int64_t number;
    if (!len || len->kind == VALUE_ELLIPSIS || m->is_ignored)
        return true;
    return number_arg(m, 4, &number) && (number == (lingers ? LEN_OF_LINGER : LEN_OF_NUMBER) ||
                                         refuse(m, "a value of that length"));
}

static bool make_setsockopt(struct making *m)
{
    int64_t number;
    if (!make_option(m, CALL_SETSOCKOPT) || !option_length(m))
        return false;
    if (!m->is_ignored && m->call.option == OPTION_LINGER)
        return linger_value(m, option_value(m));
    if (!option_number(m, option_value(m), &number))
        return false;
    m->call.value = (int32_t)number;
    const struct value *fd = script_arg(m->in_script, 0);
    int64_t in_script;
    if (script_text_is(script_arg(m->in_script, 2)->text, "TCP_INQ") &&
        script_number(fd, &in_script) && in_script >= 0 && in_script < DRILL_FDS)
        m->run->inq[in_script] = number != 0;
    return true;
}

static bool make_getsockopt(struct making *m)
{
    return make_option(m, CALL_GETSOCKOPT);
}

static const struct handler {
    const char *name;
    bool (*make)(struct making *m);
} handlers[] = {
    { "socket", make_socket },
    { "bind", make_bind },
    { "listen", make_listen },
    { "accept", make_accept },
    { "accept4", make_accept4 },
    { "connect", make_connect },
    { "write", make_write },
    { "send", make_send },
    { "sendto", make_send },
    { "writev", make_writev },
    { "sendmsg", make_sendmsg },
    { "read", make_read },
    { "recv", make_recv },
    { "recvfrom", make_recvfrom },
    { "readv", make_readv },
    { "recvmsg", make_recvmsg },
    { "shutdown", make_shutdown },
    { "close", make_close },
    { "fcntl", make_fcntl },
    { "ioctl", make_ioctl },
    { "setsockopt", make_setsockopt },
    { "getsockopt", make_getsockopt },
    { "getsockname", make_getsockname },
    { "getpeername", make_getpeername },
};

bool call_make(struct making *m)
{
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (script_text_is(m->in_script->name, handlers[i].name))
            return handlers[i].make(m);
    }
    return refuse(m, "that call");
}
