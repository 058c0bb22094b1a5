/*
 * The programs of `tcpstep udp`: what UDP does, and what it leaves to the programs. Each has the
 * command line's wishes as a value, runs to its end and returns an exit status.
 */
#ifndef UI_UDP_H
#define UI_UDP_H

#include "net/names.h"
#include "net/udp_wire.h"
#include "ui/program.h"

struct udp_request {
    struct program_wishes wishes;
    struct names at;            /* where to be, or whom to talk to */
    struct names to;            /* relay: the place behind it */
    const char *file;           /* send, get */
    uint32_t room;              /* octets of a receive call */
    uint32_t wait_msec;         /* without a datagram, until it is given up */
    uint32_t piece_len;         /* send, compare: octets of a piece */
    uint32_t rate;              /* send: datagrams a second; 0: as fast as they go */
    uint32_t messages;          /* compare */
    uint32_t size;              /* compare: octets of the file */
    struct udp_chances chances; /* relay, compare */
    bool model;                 /* compare: TCP on the model, and not on the kernel's wire */
    bool quiet;
};

int udp_serve(const struct udp_request *request);
int udp_connect(const struct udp_request *request);
int udp_send_file(const struct udp_request *request);
int udp_get_file(const struct udp_request *request);
int udp_relay_run(const struct udp_request *request);
int udp_compare_run(const struct udp_request *request);
int udp_broadcast_run(const struct udp_request *request);

/* What they share: a socket on the loop, and the program that it is of. */
struct udp_end {
    struct source source; /* first: a source that is ready is an end */
    void *of;
};

/* Sockets at all addresses (NAMES_MAX), with the same port; says where they are. How many; 0: none,
 * and a complaint was printed. */
unsigned udp_listen(struct program *program, const struct names *at, struct udp_end *ends,
                    void (*ready)(struct source *source, uint32_t events), void *of);
void udp_unlisten(struct program *program, struct udp_end *ends, unsigned count);

/* "listening at", and a warning where that is not loopback. */
void udp_say_where(const struct endpoint *at);

/* "1 datagram", "3 datagrams" and so on; returns text. */
char *udp_count_text(uint64_t count, char *text, size_t len);

/* Complains of an errno, with what it means for a datagram. */
void udp_complain(const char *operation, int32_t err, uint32_t len);

#endif
