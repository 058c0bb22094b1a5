/*
 * The digest of a file that is being written, by a thread that reads behind the writer: what it
 * reads is in the processor's cache still, and the writer does not wait for it. Nothing else is
 * done by threads, and nothing is shared but what is here.
 */
#ifndef NET_DIGEST_BEHIND_H
#define NET_DIGEST_BEHIND_H

#include "net/files_digest.h"

struct behind;

/* Digests the file from `from` on into `digest`, which belongs to the thread until behind_close().
 * NULL: out of memory, or there is no thread to be had. */
struct behind *behind_open(struct digest *digest, int fd, uint64_t from);
/* Octets up to there are written. */
void behind_reach(struct behind *behind, uint64_t end);
/* Where it has come to, of all up to `end`, which it hurries to; -errno: the file could not be
 * read (ESTALE: somebody has cut it). At the end the digest may be read. */
int64_t behind_at(struct behind *behind, uint64_t end);
void behind_close(struct behind *behind);

#endif
