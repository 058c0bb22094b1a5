/*
 * A file that is written beside its target and takes its place when it is whole: FILE.part, and
 * FILE.part.from, which says what it is a part of. A broken transfer never looks like a whole one,
 * and can be gone on with. Octets go from a socket into it by splice(2), and through a buffer where
 * that cannot be.
 */
#ifndef NET_FETCH_PART_H
#define NET_FETCH_PART_H

#include "net/error.h"
#include "net/files_digest.h"
#include "net/http.h"
#include "net/told.h"

enum {
    PART_PATH_MAX = 4096,
    PART_SOCKET = -1,
    PART_FILE = -2
};

struct part {
    char target[PART_PATH_MAX - 16], path[PART_PATH_MAX], from[PART_PATH_MAX];
    int fd;
    int watch; /* inotify: who else opens it; -1: that is not known */
    int pipe[2];
    bool by_buffer; /* splice cannot write here */
    bool digests;
    uint64_t len; /* octets that are there */
    uint64_t digested;
    uint64_t total; /* of the whole file; 0: not known */
    char etag[HTTP_ETAG_MAX];
    struct digest *digest;
    uint8_t *buffer;
};

/* Opens it; what is there already is found by part->len and part->etag. false: *error says why:
 * EISDIR, ENXIO (the target is no plain file), EBUSY (somebody else writes it), EEXIST (there is a
 * FILE.part that is none of ours). */
bool part_open(struct part *part, const char *target, struct net_error *error);

/* Begins it anew, as part of that; it can be gone on with where etag is a strong one. */
bool part_begin(struct part *part, const char *etag, uint64_t total, struct net_error *error);

/* Goes on behind the part->len octets that were there; what is behind them is cut off. */
bool part_resume(struct part *part, struct net_error *error);

/* Appends octets. ESTALE, here and below: somebody else has changed the file. */
bool part_write(struct part *part, const uint8_t *octets, size_t len, struct net_error *error);

/* Appends what the socket has, `most` octets at most. Their number; 0: the peer has ended;
 * PART_SOCKET: *error is the socket's (EAGAIN: nothing there, for now); PART_FILE: the file's. */
int64_t part_take(struct part *part, struct told *told, int sock, uint64_t most,
                  struct net_error *error);

/* Digests a slice of what is not digested yet. false: *error; all is when part->digested is
 * part->len. */
bool part_digest(struct part *part, struct net_error *error);

/* It is whole: written to the disk, and in its target's place. ESTALE: it is not what was written,
 * or something else has its name; the target stays as it was. */
bool part_finish(struct part *part, struct net_error *error);
/* It is not, and of no use. What somebody else has put in its place stays. */
void part_drop(struct part *part);
/* Lets go of it; what is there stays. */
void part_close(struct part *part);

#endif
