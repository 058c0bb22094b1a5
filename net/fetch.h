/*
 * A file, or a listing, fetched from a server by HTTP/1.1 over a connection of our own making or
 * one that is there; or all octets of a connection as they come. Whole files only:
 * net/fetch_part.h. Where the server offers a digest it is asked for and compared before the file
 * takes its place.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "net/fetch_part.h"
#include "net/loop.h"
#include "net/names.h"

enum fetch_state {
    FETCH_CONNECTS,
    FETCH_HEAD,
    FETCH_BODY,
    FETCH_DIGEST_HEAD,
    FETCH_DIGEST_BODY,
    FETCH_OVER
};

enum fetch_fault {
    FETCH_GOOD,
    FETCH_SOCKET,    /* error: which call, why */
    FETCH_FILE,      /* error: likewise, of the file */
    FETCH_PEER_GONE, /* before all had come */
    FETCH_SILENT,    /* the peer, for too long */
    FETCH_STATUS,    /* answer.status */
    FETCH_NO_HTTP,   /* what came is no answer, or one that contradicts itself */
    FETCH_PIECES,    /* an encoding that is not understood */
    FETCH_ENCODED,   /* answer.encoding, which was not asked for */
    FETCH_CHANGED,   /* the file, meanwhile */
    FETCH_DIFFERS,   /* the digest */
    FETCH_DIRECTORY, /* it is one, and not a file */
    FETCH_IS_FILE    /* it is one, and not a listing */
};

struct fetch_setup {
    struct told *told;         /* NULL: quiet */
    const struct names *names; /* where to connect to; NULL: fd is connected */
    int fd;
    const char *host, *path; /* as in "Host:" and in the request line, encoded */
    const char *to;          /* the file; NULL: a listing, given to `list` */
    void (*list)(void *list_to, const uint8_t *octets, size_t len);
    void *list_to;
    bool raw;             /* all that comes, as it is: no request is made */
    bool no_digest;       /* it is not asked for */
    bool fresh;           /* not gone on with what is there of it */
    uint32_t silent_msec; /* a peer silent for so long is given up; 0: never */
};

struct fetch {
    struct source source;
    const struct fetch_setup *setup;
    struct loop *loop;
    enum fetch_state state;
    enum fetch_fault fault;
    struct net_error error;
    unsigned next_name;
    struct part part;
    bool has_part;
    bool asked_range;
    bool anew;    /* there was a part, of something else */
    bool checked; /* the digest agrees */
    bool asked_digest;
    uint64_t resumed_at;
    uint64_t left; /* of the body; UINT64_MAX: until the end */
    struct http_answer answer;
    uint64_t heard_usec;
    char *out; /* what is still to be asked */
    size_t out_at, out_len;
    uint8_t in[HTTP_HEAD_MAX];
    size_t in_len;
};

/* What fails is told by fetch->state FETCH_OVER, and fault. */
void fetch_begin(struct fetch *fetch, const struct fetch_setup *setup, struct loop *loop);
/* What time has made due; how long until it does so again, in ms, -1: never. */
int fetch_tick(struct fetch *fetch);
/* Closes what is open; the part stays where it can be gone on with. */
void fetch_close(struct fetch *fetch);

/* A listening socket, for who waits to be connected to. -1: *error. */
int fetch_listen(struct told *told, const struct endpoint *at, struct net_error *error);

#endif
