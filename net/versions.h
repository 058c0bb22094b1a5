/*
 * A value that changes a little at a time: all its versions, each kept by what differs from the one
 * before. Every so often one is kept whole, so that none is far to go to.
 */
#ifndef NET_VERSIONS_H
#define NET_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VERSIONS_WHOLE = 64 /* of so many, one is kept whole */
};

struct versions {
    size_t len;     /* octets of a version, a multiple of 8 */
    uint8_t *last;  /* the newest version; NULL: there is none yet */
    uint8_t *parts; /* what is kept of each */
    size_t used, cap;
    size_t *starts; /* where in parts that of a version begins */
    size_t count, start_cap;
};

/* len: a multiple of 8, below 65536. */
void versions_init(struct versions *versions, size_t len);
void versions_free(struct versions *versions);

/* Adds a version, if it is another one than the newest; there is one then, the last of `count`.
 * False: out of memory. */
bool versions_add(struct versions *versions, const void *value);

/* Writes version i, 0 =< i < count, to value. */
void versions_get(const struct versions *versions, size_t i, void *value);

/* Forgets all but the first `count`, of which there is one at least. */
void versions_cut(struct versions *versions, size_t count);

#endif
