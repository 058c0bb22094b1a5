/*
 * The tracepoint sock:inet_sock_set_state, by perf_event_open(2): every change of state of every
 * TCP socket, of all network namespaces, when it happens. Needs to read tracefs and CAP_PERFMON,
 * which as a rule is root.
 *
 * The socket of TIME-WAIT is no such socket: one that goes there is told of as CLOSED. A connection
 * has its names here from the end of its SYN-SENT, or SYN-RECEIVED, on.
 */
#ifndef NET_TRACEPOINT_H
#define NET_TRACEPOINT_H

#include "net/error.h"
#include "sim/endpoint.h"
#include "sim/state.h"

struct tracepoint;

/* Where the fields of a record lie, as the kernel says in the `format` file of the tracepoint. */
enum trace_field {
    TRACE_SKADDR,
    TRACE_OLDSTATE,
    TRACE_NEWSTATE,
    TRACE_SPORT,
    TRACE_DPORT,
    TRACE_FAMILY,
    TRACE_PROTOCOL,
    TRACE_SADDR,
    TRACE_DADDR,
    TRACE_SADDR_V6,
    TRACE_DADDR_V6,
    TRACE_FIELD_COUNT
};

struct trace_format {
    uint32_t id;
    struct {
        uint32_t offset, size;
    } field[TRACE_FIELD_COUNT];
};

struct trace_change {
    uint64_t nsec; /* CLOCK_MONOTONIC, as clock_usec() */
    uint64_t sock; /* which one, as long as it lives */
    int32_t pid;   /* in which it happened: that of the socket only where it connects */
    enum tcp_state from, to;
    struct endpoint local, remote; /* port 0: not known yet */
};

typedef void trace_take(void *to, const struct trace_change *change);

/* Reads the text of a `format` file; false: a field that is needed is missing. */
bool trace_format_read(const char *text, struct trace_format *format);

/* Reads a record of that format; false: it is not of TCP, or cut. */
bool trace_record_read(const struct trace_format *format, const uint8_t *octets, size_t len,
                       struct trace_change *change);

/* NULL: `error` says what is not allowed. */
struct tracepoint *tracepoint_open(struct net_error *error);
void tracepoint_close(struct tracepoint *tracepoint);

/* Gives what has happened since, in the order of time. Returns how many were lost because this came
 * too late. */
uint64_t tracepoint_drain(struct tracepoint *tracepoint, trace_take *take, void *to);

#endif
