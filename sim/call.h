/*
 * A socket call as a value, and what it returned. The same value drives a model host, a real
 * socket, and stands in a lab and in the trace. Calls never block: one that would returns EAGAIN
 * or EINPROGRESS, as on a socket with O_NONBLOCK, and says so (blocks); sim/blocking.h makes it
 * again.
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
    CALL_GETSOCKNAME,
    CALL_GETPEERNAME,
    CALL_FCNTL,
    CALL_IOCTL,
    CALL_SENDTO,
    CALL_RECVFROM,
    CALL_POLL,     /* of one descriptor, without waiting; what is asked for is everything */
    CALL_SENDFILE, /* of real programs only: value octets of the file `file`, from `offset` on */
    CALL_SPLICE,   /* likewise: value octets at most, from the socket into the pipe `file` */
    CALL_OP_COUNT
};

enum sock_option {
    OPTION_NONE,
    OPTION_REUSEADDR,
    OPTION_LINGER,       /* value: seconds; 0 makes close() an ABORT */
    OPTION_ERROR,        /* getsockopt only */
    OPTION_DEFER_ACCEPT, /* value: seconds; real sockets only */
    OPTION_RCVBUF,       /* value: octets */
    OPTION_SNDBUF,       /* likewise */
    OPTION_KEEPALIVE,
    OPTION_TYPE,       /* getsockopt only */
    OPTION_ACCEPTCONN, /* likewise */
    OPTION_NODELAY,
    OPTION_CORK,
    OPTION_MAXSEG,       /* value: octets */
    OPTION_USER_TIMEOUT, /* value: milliseconds */
    OPTION_BROADCAST,
    OPTION_QUICKACK, /* taken, and without effect on the model */
    OPTION_COUNT
};

enum socket_type { /* value of socket(), with the numbers of Linux; 0: a stream */
    TYPE_STREAM = 1,
    TYPE_DATAGRAM = 2
};

/* Of send and recv, with the numbers of Linux. */
enum message_flag {
    MESSAGE_OOB = 0x01,
    MESSAGE_PEEK = 0x02,
    MESSAGE_TRUNC = 0x20,
    MESSAGE_DONTWAIT = 0x40,
    MESSAGE_NOSIGNAL = 0x4000,
    MESSAGE_MORE = 0x8000
};

/* What fcntl and ioctl are asked for, in `flags` of the call. */
enum descriptor_request {
    REQUEST_GETFL,
    REQUEST_SETFL, /* value: FILE_NONBLOCK or 0 */
    REQUEST_INQ,   /* octets unread */
    REQUEST_OUTQ   /* octets not yet acknowledged */
};

enum file_flag { /* Linux's O_... */
    FILE_RDWR = 02,
    FILE_NONBLOCK = 04000
};

enum poll_bit { /* Linux's POLL... */
    POLL_BIT_IN = 0x01,
    POLL_BIT_PRI = 0x02,
    POLL_BIT_OUT = 0x04,
    POLL_BIT_ERR = 0x08,
    POLL_BIT_HUP = 0x10,
    POLL_BIT_NVAL = 0x20,
    POLL_BIT_RDHUP = 0x2000
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
    struct endpoint addr; /* bind, connect, sendto */
    int32_t value;        /* socket_type, backlog, shutdown_how, option value, octets to receive */
    uint32_t flags;       /* send, recv: message_flag; fcntl, ioctl: descriptor_request */
    enum sock_option option;
    const uint8_t *text; /* send; not owned, must outlive whatever keeps the call */
    uint32_t text_len;
    int32_t file; /* sendfile, splice: a descriptor that is no socket */
    uint64_t offset;
    uint32_t taken_before;   /* send: octets in front of the text that the program gave with it */
    char name[NAME_MAX_LEN]; /* what the lab will call the new socket: socket, accept */
};

struct call_result {
    int32_t ret;          /* -1: failed with err */
    int32_t err;          /* an errno value, 0 if none */
    int32_t sock;         /* the socket's identity in its lane, or -1 */
    struct endpoint peer; /* accept, getpeername, recvfrom; getsockname: its own */
    bool blocks;          /* the program would still be waiting: its socket has no O_NONBLOCK */
};

/* Whether a descriptor is ready, as poll(2) has it. */
enum readiness {
    READY_TO_READ,
    READY_TO_WRITE
};

/* "connect" and so on; call_of_name() knows those that a lab may have. */
const char *call_name(enum call_op op);
bool call_of_name(const char *name, size_t len, enum call_op *op);

/* "SO_REUSEADDR" and so on. */
const char *option_name(enum sock_option option);
bool option_of_name(const char *name, size_t len, enum sock_option *option);

/* "MSG_PEEK", "POLLIN" and so on. */
bool message_flag_of_name(const char *name, size_t len, uint32_t *flag);
bool poll_bit_of_name(const char *name, size_t len, uint32_t *bit);
const char *request_name(uint32_t request);
bool request_of_name(const char *name, size_t len, uint32_t *request);
/* Write "MSG_PEEK|MSG_DONTWAIT", "POLLIN|POLLOUT", or "0"; return text. */
char *message_flags_text(uint32_t flags, char *text, size_t len);
char *poll_text(uint32_t bits, char *text, size_t len);

/* "EADDRINUSE", or "errno 123" for a value without a name here; buf holds at least 16 octets. */
const char *errno_name(int32_t err, char *buf, size_t len);
/* "Address already in use", or the name again. */
const char *errno_words(int32_t err, char *buf, size_t len);
bool errno_of_name(const char *name, size_t len, int32_t *err);

#endif
