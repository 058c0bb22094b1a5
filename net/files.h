/*
 * Files served by HTTP/1.1 (docs/protocol.md): GET and HEAD of what lies below a directory, or of
 * one file, read only; a service for net/server.h, whose `of` is a struct files.
 *
 * Files go out by sendfile(2). One that changes while it is sent is broken off, never filled up. A
 * digest is computed in slices, one each time the loop comes round, so that others go on; for a
 * while it is known then.
 */
#ifndef NET_FILES_H
#define NET_FILES_H

#include "net/files_known.h"
#include "net/http.h"
#include "net/server.h"

/* An answer that is over: sent whole, or broken off. */
struct files_told {
    struct endpoint peer;
    enum http_method method;
    const char *path;          /* as asked for, decoded; a stranger's octets */
    unsigned status;           /* 0: octets as they are, without HTTP */
    uint64_t first, sent, len; /* of the body */
    bool is_digest, whole;     /* whole: to the end of the file */
    const char *why;           /* broken off: why; NULL: it was not */
};

struct files {
    int root;          /* the directory; or the file, where `name` is said */
    const char *name;  /* of the only file, which every path is then; NULL: a directory is served */
    bool raw;          /* the only file, at once and without HTTP */
    bool raw_if_quiet; /* likewise to who says nothing in the first moment: files_tick() */
    bool by_hand;      /* as on a kernel without openat2 */
    void (*tell)(void *to, const struct files_told *told); /* may be NULL */
    void *to;
    uint32_t head_msec; /* for a head, from its first octet on; 0: 20 seconds */
    bool stopping;
    size_t listed; /* octets of listings held for clients */
    struct known_digests known;
};

extern const struct service service_files;

/* Clients between two requests are let go, the others after the one under way. */
void files_stop(struct files *files, struct server *server);

/* Where raw_if_quiet: what time has made due; how long until it does so again, in ms, -1: never. */
int files_tick(struct files *files, struct server *server);

/* "\"1a-2b-3c\"": from inode, size and time of change; returns text, of HTTP_ETAG_MAX. */
char *files_etag(const struct stat *seen, char *text);

#endif
