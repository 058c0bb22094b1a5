/*
 * Digests that were computed before: who fetches the same file next does not wait for it again.
 * They are of a file as it was, by all that stat(2) says of its octets.
 */
#ifndef NET_FILES_KNOWN_H
#define NET_FILES_KNOWN_H

#include "net/files_digest.h"

#include <sys/stat.h>

enum {
    KNOWN_MOST = 64,
    KNOWN_SECONDS = 60, /* a file that is written to as memory (mmap) may not show it */
    SETTLED_SECONDS = 2 /* since its last change, before which the next may have the same time */
};

struct known {
    struct stat seen;
    uint64_t until_usec; /* 0: nothing */
    char text[DIGEST_TEXT_MAX];
};

struct known_digests {
    struct known at[KNOWN_MOST];
    unsigned next;
};

/* NULL: it is not known. */
const char *known_find(const struct known_digests *known, const struct stat *seen,
                       uint64_t now_usec);
/* Keeps it, in the oldest one's place. */
void known_keep(struct known_digests *known, const struct stat *seen, const char *text,
                uint64_t now_usec);
/* Would each change from now on (in seconds since 1970) be seen in its times? */
bool known_is_settled(const struct stat *seen, int64_t now);

#endif
