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
};

static const char *const option_names[OPTION_COUNT] = {
    [OPTION_NONE] = "",
    [OPTION_REUSEADDR] = "SO_REUSEADDR",
    [OPTION_LINGER] = "SO_LINGER",
    [OPTION_ERROR] = "SO_ERROR",
    [OPTION_DEFER_ACCEPT] = "TCP_DEFER_ACCEPT",
    [OPTION_RCVBUF] = "SO_RCVBUF",
};

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
    { ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket" },
    { EDESTADDRREQ, "EDESTADDRREQ", "Destination address required" },
    { ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available" },
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
    for (unsigned i = 0; i < CALL_OP_COUNT; i++) {
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
