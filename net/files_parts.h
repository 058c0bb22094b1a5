/*
 * The inside of the service of files, for files.c (requests, and what goes out) and files_answer.c
 * (what an answer is made of).
 */
#ifndef NET_FILES_PARTS_H
#define NET_FILES_PARTS_H

#include "net/files.h"
#include "net/files_digest.h"

/* A client's request under way, and those behind it. */
struct visit {
    uint8_t *asked; /* octets not answered yet; NULL: none */
    uint32_t asked_len;
    uint64_t began_usec; /* when the first octet of an unfinished head came, or the client */
    bool heard;          /* anything at all */
    struct endpoint peer;

    bool busy; /* an answer is under way */
    char *out; /* head, and body where it is in memory; NULL: none */
    size_t out_at, out_len;
    bool is_listing;
    int fd; /* the file, -1: none */
    uint64_t at, end;
    struct stat seen;      /* it, when it was opened */
    struct digest *digest; /* what is asked for instead of it; NULL: it itself */
    bool settled;          /* the digest may be kept */
    bool may_wait;         /* the client understands that it takes a while: 102 */
    uint64_t said_usec;    /* when it was told so */
    bool keeps;            /* the connection, behind this answer */
    struct files_told told;
    char path[]; /* behind it, of HTTP_PATH_MAX: of told */
};

/* files_answer.c */

/* Begins the answer to a request, or to one that is wrong (`status`). */
void answer_request(struct files *files, struct visit *visit, const struct http_request *request);
void answer_wrong(struct visit *visit, unsigned status);
/* The whole file as it is. */
void answer_raw(struct files *files, struct visit *visit);
/* The digest is computed: the answer is it. */
void answer_digest(struct files *files, struct visit *visit);
/* Is the file still what it was? */
bool answer_holds(const struct visit *visit);

#endif
