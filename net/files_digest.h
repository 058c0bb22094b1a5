/*
 * The digest of a file, XXH3 with 128 bits: it runs at the speed of memory, and finds what went
 * wrong on the way, on a disk or in between. It is no proof against somebody who means harm.
 */
#ifndef NET_FILES_DIGEST_H
#define NET_FILES_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_KIND "xxh3-128"

enum {
    DIGEST_TEXT_MAX = 33, /* 32 digits in hexadecimal, as xxhsum -H2 writes them */
    DIGEST_LINE_MAX = 48, /* of the answer to a request for it */
    DIGEST_SLICE =
        128 * 1024 /* octets read and digested at a time: they stay in the cache between the two */
};

struct digest; /* under way */

/* NULL: out of memory. */
struct digest *digest_open(void);
void digest_close(struct digest *digest);
void digest_add(struct digest *digest, const void *octets, size_t len);
/* Adds octets of a file, DIGEST_SLICE at most, none beyond `end`. The number added; 0: the file
 * ends; -errno. */
int64_t digest_add_file(struct digest *digest, int fd, uint64_t from, uint64_t end);
/* The same without a copy, for what was just written and is in the processor's cache; as many
 * octets as are in one piece (net/file_map.h). -ESTALE: the file was cut; -EIO: it cannot be read;
 * the digest is lost then. */
int64_t digest_add_mapped(struct digest *digest, int fd, uint64_t from, uint64_t end);
/* Returns text, of DIGEST_TEXT_MAX. */
char *digest_text(const struct digest *digest, char *text);
/* The line that says it, and back. false: it is no such line. */
char *digest_line(const char *text, char *line);
bool digest_read_line(const uint8_t *line, size_t len, char *text);

#endif
