/*
 * Names of calls, options and errors. The words are the kernel's own, kept here so that a trace
 * reads the same on every machine.
 */
#include "sim/call.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const call_names[CALL_OP_COUNT] = {
    [CALL_SOCKET] = "socket",
    [CALL_BIND] = "bind",
    [CALL_LISTEN] = "listen",
    [CALL_ACCEPT] = "accept",
    [CALL_CONNECT] = "connect",
    [CALL_SEND] = "send",
    [CALL_RECV] = "recv",
    [CALL_SHUTDOWN] = "shutdown",
    [CALL_CLOSE] = "close",
    [CALL_SETSOCKOPT] = "setsockopt",
    [CALL_GETSOCKOPT] = "getsockopt",
    [CALL_GETSOCKNAME] = "getsockname",
    [CALL_GETPEERNAME] = "getpeername",
    [CALL_FCNTL] = "fcntl",
    [CALL_IOCTL] = "ioctl",
    [CALL_SENDTO] = "sendto",
    [CALL_RECVFROM] = "recvfrom",
    [CALL_POLL] = "poll",
    [CALL_SENDFILE] = "sendfile",
    [CALL_SPLICE] = "splice",
};

static const char *const option_names[OPTION_COUNT] = {
    [OPTION_NONE] = "",
    [OPTION_REUSEADDR] = "SO_REUSEADDR",
    [OPTION_LINGER] = "SO_LINGER",
    [OPTION_ERROR] = "SO_ERROR",
    [OPTION_DEFER_ACCEPT] = "TCP_DEFER_ACCEPT",
    [OPTION_RCVBUF] = "SO_RCVBUF",
    [OPTION_SNDBUF] = "SO_SNDBUF",
    [OPTION_KEEPALIVE] = "SO_KEEPALIVE",
    [OPTION_TYPE] = "SO_TYPE",
    [OPTION_ACCEPTCONN] = "SO_ACCEPTCONN",
    [OPTION_NODELAY] = "TCP_NODELAY",
    [OPTION_CORK] = "TCP_CORK",
    [OPTION_MAXSEG] = "TCP_MAXSEG",
    [OPTION_USER_TIMEOUT] = "TCP_USER_TIMEOUT",
    [OPTION_BROADCAST] = "SO_BROADCAST",
    [OPTION_QUICKACK] = "TCP_QUICKACK",
};

struct named {
    const char *name;
    uint32_t value;
};

static const struct named message_flags[] = {
    { "MSG_OOB", MESSAGE_OOB },     { "MSG_PEEK", MESSAGE_PEEK },
    { "MSG_TRUNC", MESSAGE_TRUNC }, { "MSG_DONTWAIT", MESSAGE_DONTWAIT },
    { "MSG_MORE", MESSAGE_MORE },   { "MSG_NOSIGNAL", MESSAGE_NOSIGNAL },
};

static const struct named poll_bits[] = {
    { "POLLIN", POLL_BIT_IN },       { "POLLPRI", POLL_BIT_PRI }, { "POLLOUT", POLL_BIT_OUT },
    { "POLLERR", POLL_BIT_ERR },     { "POLLHUP", POLL_BIT_HUP }, { "POLLNVAL", POLL_BIT_NVAL },
    { "POLLRDHUP", POLL_BIT_RDHUP },
};

static const struct named requests[] = {
    { "F_GETFL", REQUEST_GETFL },
    { "F_SETFL", REQUEST_SETFL },
    { "SIOCINQ", REQUEST_INQ },
    { "SIOCOUTQ", REQUEST_OUTQ },
};

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    int32_t err;
    const char *name, *words;
} errors[] = {
    { 0, "0", "no error" },
    { EPERM, "EPERM", "Operation not permitted" },
    { EINTR, "EINTR", "Interrupted system call" },
    { EBADF, "EBADF", "Bad file descriptor" },
    { EAGAIN, "EAGAIN", "Resource temporarily unavailable" },
    { ENOMEM, "ENOMEM", "Cannot allocate memory" },
    { EACCES, "EACCES", "Permission denied" },
    { EINVAL, "EINVAL", "Invalid argument" },
    { EMFILE, "EMFILE", "Too many open files" },
    { EPIPE, "EPIPE", "Broken pipe" },
    { EMSGSIZE, "EMSGSIZE", "Message too long" },
    { ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket" },
    { EDESTADDRREQ, "EDESTADDRREQ", "Destination address required" },
    { ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available" },
    { EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported" },
    { EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported" },
    { EADDRINUSE, "EADDRINUSE", "Address already in use" },
    { EADDRNOTAVAIL, "EADDRNOTAVAIL", "Cannot assign requested address" },
    { ENETUNREACH, "ENETUNREACH", "Network is unreachable" },
    { ECONNABORTED, "ECONNABORTED", "Software caused connection abort" },
    { ECONNRESET, "ECONNRESET", "Connection reset by peer" },
    { ENOBUFS, "ENOBUFS", "No buffer space available" },
    { EISCONN, "EISCONN", "Transport endpoint is already connected" },
    { ENOTCONN, "ENOTCONN", "Transport endpoint is not connected" },
    { ETIMEDOUT, "ETIMEDOUT", "Connection timed out" },
    { ECONNREFUSED, "ECONNREFUSED", "Connection refused" },
    { EALREADY, "EALREADY", "Operation already in progress" },
    { EINPROGRESS, "EINPROGRESS", "Operation now in progress" },
};

static bool same(const char *name, size_t len, const char *known)
{
    return strlen(known) == len && memcmp(name, known, len) == 0;
}

const char *call_name(enum call_op op)
{
    assert(op < CALL_OP_COUNT);
    return call_names[op];
}

bool call_of_name(const char *name, size_t len, enum call_op *op)
{
    for (unsigned i = 0; i < CALL_SENDFILE; i++) { /* those of labs */
        if (same(name, len, call_names[i])) {
            *op = (enum call_op)i;
            return true;
        }
    }
    return false;
}

const char *option_name(enum sock_option option)
{
    assert(option < OPTION_COUNT);
    return option_names[option];
}

bool option_of_name(const char *name, size_t len, enum sock_option *option)
{
    for (unsigned i = OPTION_NONE + 1; i < OPTION_COUNT; i++) {
        if (same(name, len, option_names[i])) {
            *option = (enum sock_option)i;
            return true;
        }
    }
    return false;
}

static bool value_of_name(const struct named *list, size_t count, const char *name, size_t len,
                          uint32_t *value)
{
    for (size_t i = 0; i < count; i++) {
        if (same(name, len, list[i].name)) {
            *value = list[i].value;
            return true;
        }
    }
    return false;
}

bool message_flag_of_name(const char *name, size_t len, uint32_t *flag)
{
    return value_of_name(message_flags, LEN(message_flags), name, len, flag);
}

bool poll_bit_of_name(const char *name, size_t len, uint32_t *bit)
{
    return value_of_name(poll_bits, LEN(poll_bits), name, len, bit);
}

const char *request_name(uint32_t request)
{
    for (size_t i = 0; i < LEN(requests); i++) {
        if (requests[i].value == request)
            return requests[i].name;
    }
    return "?";
}

bool request_of_name(const char *name, size_t len, uint32_t *request)
{
    return value_of_name(requests, LEN(requests), name, len, request);
}

static char *text_of_bits(const struct named *list, size_t count, uint32_t bits, char *text,
                          size_t len)
{
    size_t used = 0;
    snprintf(text, len, "0");
    for (size_t i = 0; i < count && used < len; i++) {
        if (bits & list[i].value)
            used +=
                (size_t)snprintf(text + used, len - used, "%s%s", used ? "|" : "", list[i].name);
    }
    return text;
}

char *message_flags_text(uint32_t flags, char *text, size_t len)
{
    return text_of_bits(message_flags, LEN(message_flags), flags, text, len);
}

char *poll_text(uint32_t bits, char *text, size_t len)
{
    return text_of_bits(poll_bits, LEN(poll_bits), bits, text, len);
}

const char *errno_name(int32_t err, char *buf, size_t len)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].err == err)
            return errors[i].name;
    }
    snprintf(buf, len, "errno %d", err);
    return buf;
}

const char *errno_words(int32_t err, char *buf, size_t len)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].err == err)
            return errors[i].words;
    }
    return errno_name(err, buf, len);
}

bool errno_of_name(const char *name, size_t len, int32_t *err)
{
    for (size_t i = 1; i < sizeof errors / sizeof errors[0]; i++) {
        if (same(name, len, errors[i].name)) {
            *err = errors[i].err;
            return true;
        }
    }
    return false;
}
