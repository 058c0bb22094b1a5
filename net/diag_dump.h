/*
 * The kernel's whole table of TCP sockets, by dumps of NETLINK_SOCK_DIAG, and all that it knows of
 * one of them. Needs no privilege. sock_diag(7).
 */
#ifndef NET_DIAG_DUMP_H
#define NET_DIAG_DUMP_H

#include "net/diag.h"

#include <linux/tcp.h>

struct diag_dump;

enum {
    DUMP_STATES_ALL = (1 << TCP_STATE_COUNT) - 1,
    DUMP_SKMEM_COUNT = 9,
    DUMP_INFO_MAX = 512
};

/* The names of a socket as the kernel has them, a key: ports; addresses; the interface that it is
 * bound to; the family. In network order, unused octets zero. */
struct dump_names {
    uint32_t word[11];
};

struct dump_row {
    struct dump_names names;
    uint64_t cookie; /* the kernel's number for the socket; another one in TIME-WAIT */
    enum tcp_state state;
    enum diag_timer timer;
    bool is_request;       /* half open: SYN-RECEIVED that came from LISTEN for certain */
    uint8_t retransmits;   /* since the last acknowledgement */
    uint32_t expires_msec; /* from now; 0 where there is no timer */
    uint32_t rqueue;       /* octets not read; LISTEN: waiting for accept() */
    uint32_t wqueue;       /* octets not acknowledged; LISTEN: the backlog */
    uint32_t inode;        /* 0: no descriptor */
    uint32_t uid;
};

/* What is wanted. The kernel leaves out the rest. */
struct dump_filter {
    uint32_t states; /* bits 1 << enum tcp_state */
    uint16_t port;   /* at either end; 0: any */
};

/* What an exact look-up tells beside the row. */
struct dump_detail {
    size_t info_len; /* octets of info that this kernel filled in; 0: none */
    union {
        struct tcp_info tcp;
        uint8_t octets[DUMP_INFO_MAX];
    } info;
    char congestion[16]; /* the algorithm's name, "" where it was not told */
    bool has_skmem;
    uint32_t skmem[DUMP_SKMEM_COUNT]; /* SK_MEMINFO_RMEM_ALLOC and so on */
    uint8_t tos;
    uint8_t shutdown; /* 1: receive, 2: send */
};

typedef void dump_take(void *to, const struct dump_row *row);

/* NULL and `error` where the netlink socket cannot be had. */
struct diag_dump *diag_dump_open(struct net_error *error);
void diag_dump_close(struct diag_dump *dump);

/* All sockets that the filter lets through, IPv4 and then IPv6, in the kernel's order. A socket
 * that changes meanwhile may be given twice or not at all. */
bool diag_dump_run(struct diag_dump *dump, const struct dump_filter *filter, dump_take *take,
                   void *to, struct net_error *error);

/* The one socket with these names, with its details where `detail` is not NULL. */
enum diag_answer diag_dump_find(struct diag_dump *dump, const struct dump_names *names,
                                struct dump_row *row, struct dump_detail *detail,
                                struct net_error *error);

struct dump_names dump_names_of(const struct endpoint *local, const struct endpoint *remote);
void dump_endpoints(const struct dump_names *names, struct endpoint *local,
                    struct endpoint *remote);
uint32_t dump_interface(const struct dump_names *names);
bool dump_names_eq(const struct dump_names *a, const struct dump_names *b);

#endif
