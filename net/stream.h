/*
 * One connection in a loop, for a program that talks over it: what cannot be sent at once is kept,
 * each direction ends by itself, and what has arrived before the connection broke is given out
 * first.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "net/loop.h"
#include "net/told.h"

enum {
    STREAM_ENOUGH = 65536 /* octets kept, from where on its user should give it no more */
};

struct stream;

/* Whom a stream tells; called from the loop only. */
struct stream_user {
    void (*came)(struct stream *stream, const uint8_t *octets, uint32_t len);
    void (*ended)(struct stream *stream);   /* the peer sends no more; it may still read */
    void (*drained)(struct stream *stream); /* nothing is kept any more */
    void (*broken)(struct stream *stream);  /* err says why; nothing more comes, or goes */
};

struct stream {
    struct source source;
    struct loop *loop;
    struct told *told;
    const struct stream_user *user;
    void *of;               /* the user's */
    uint8_t *kept;          /* octets still to be sent */
    uint32_t at, len, room; /* of them: those from `at` to `len` are to go */
    uint64_t in, out;       /* octets so far */
    bool waits;             /* it stands in the loop */
    bool paused;            /* it is not read from */
    bool peer_ended;
    bool ending; /* our FIN goes when all is sent */
    bool fin_sent;
    bool broken;
    int err;       /* why it broke, an errno */
    uint32_t lost; /* octets that were kept then */
};

/* Takes over a connected descriptor. false: errno says why; the descriptor is closed. */
bool stream_open(struct stream *stream, struct loop *loop, struct told *told, int fd,
                 const struct stream_user *user, void *of);
void stream_close(struct stream *stream);

/* Takes all of it, to be sent now or later. false: it is broken, or there is no memory. */
bool stream_send(struct stream *stream, const void *octets, uint32_t len);
uint32_t stream_kept(const struct stream *stream);
/* No more will be sent: FIN, behind all that is kept. */
void stream_end(struct stream *stream);
void stream_pause(struct stream *stream, bool paused);

/* Octets in the kernel that the peer has not acknowledged, FIN included; -1: not known. */
int stream_unacknowledged(const struct stream *stream);

#endif
