/*
 * A socket call as a value, and what it returned. The same value drives a model host, a real
 * socket, and stands in a lab and in the trace. Calls never block: one that would returns EAGAIN
 * or EINPROGRESS, as on a socket with O_NONBLOCK.
 */
#ifndef SIM_CALL_H
#define SIM_CALL_H

#include "sim/endpoint.h"

enum call_op {
    CALL_SOCKET,
    CALL_BIND,
    CALL_LISTEN,
    CALL_ACCEPT,
    CALL_CONNECT,
    CALL_SEND,
    CALL_RECV,
    CALL_SHUTDOWN,
    CALL_CLOSE,
    CALL_SETSOCKOPT,
    CALL_GETSOCKOPT,
    CALL_OP_COUNT
};

enum sock_option {
    OPTION_NONE,
    OPTION_REUSEADDR,
    OPTION_LINGER,       /* value: seconds; 0 makes close() an ABORT */
    OPTION_ERROR,        /* getsockopt only */
    OPTION_DEFER_ACCEPT, /* value: seconds; real sockets only */
    OPTION_RCVBUF,       /* value: octets; real sockets only */
    OPTION_COUNT
};

enum {
    NAME_MAX_LEN = 16 /* of a lab's names, with the final NUL */
};

enum shutdown_how {
    HOW_RD,
    HOW_WR,
    HOW_RDWR
};

struct call {
    enum call_op op;
    int32_t fd;           /* but for socket */
    struct endpoint addr; /* bind, connect */
    int32_t value;        /* backlog, shutdown_how, option value, octets to receive */
    enum sock_option option;
    const uint8_t *text; /* send; not owned, must outlive whatever keeps the call */
    uint32_t text_len;
    char name[NAME_MAX_LEN]; /* what the lab will call the new socket: socket, accept */
};

struct call_result {
    int32_t ret;          /* -1: failed with err */
    int32_t err;          /* an errno value, 0 if none */
    int32_t sock;         /* the socket's identity in its lane, or -1 */
    struct endpoint peer; /* accept */
};

/* Whether a descriptor is ready, as poll(2) has it. */
enum readiness {
    READY_TO_READ,
    READY_TO_WRITE
};

/* "connect" and so on. */
const char *call_name(enum call_op op);
bool call_of_name(const char *name, size_t len, enum call_op *op);

/* "SO_REUSEADDR" and so on. */
const char *option_name(enum sock_option option);
bool option_of_name(const char *name, size_t len, enum sock_option *option);

/* "EADDRINUSE", or "errno 123" for a value without a name here; buf holds at least 16 octets. */
const char *errno_name(int32_t err, char *buf, size_t len);
/* "Address already in use", or the name again. */
const char *errno_words(int32_t err, char *buf, size_t len);
bool errno_of_name(const char *name, size_t len, int32_t *err);

#endif
