/*
 * By libxxhash.
 */
#include "net/files_digest.h"

#include "net/file_map.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Where libxxhash has it: the same, with the widest registers of the processor that it runs on. */
XXH_errorcode XXH3_128bits_update_dispatch(XXH3_state_t *state, const void *octets, size_t len)
    __attribute__((weak));

struct digest {
    XXH3_state_t *state;
    uint8_t *slice; /* NULL until a file is read */
    struct file_map map;
};

struct digest *digest_open(void)
{
    struct digest *digest = calloc(1, sizeof *digest);
    if (!digest)
        return NULL;
    digest->state = XXH3_createState();
    if (digest->state && XXH3_128bits_reset(digest->state) == XXH_OK)
        return digest;
    digest_close(digest);
    return NULL;
}

void digest_close(struct digest *digest)
{
    if (!digest)
        return;
    XXH3_freeState(digest->state);
    file_map_close(&digest->map);
    free(digest->slice);
    free(digest);
}

void digest_add(struct digest *digest, const void *octets, size_t len)
{
    if (XXH3_128bits_update_dispatch)
        XXH3_128bits_update_dispatch(digest->state, octets, len);
    else
        XXH3_128bits_update(digest->state, octets, len);
}

int64_t digest_add_file(struct digest *digest, int fd, uint64_t from, uint64_t end)
{
    size_t most = end - from < DIGEST_SLICE ? (size_t)(end - from) : DIGEST_SLICE;
    if (!digest->slice)
        digest->slice = malloc(DIGEST_SLICE);
    if (!digest->slice)
        return -ENOMEM;
    ssize_t got;
    do
        got = pread(fd, digest->slice, most, (off_t)from);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    digest_add(digest, digest->slice, (size_t)got);
    return got;
}

struct piece {
    struct digest *digest;
    const uint8_t *octets;
    size_t len;
};

static void add_piece(void *of)
{
    struct piece *piece = of;
    digest_add(piece->digest, piece->octets, piece->len);
}

int64_t digest_add_mapped(struct digest *digest, int fd, uint64_t from, uint64_t end)
{
    uint64_t left = end - from;
    struct piece piece = { .digest = digest, .len = left < SIZE_MAX ? (size_t)left : SIZE_MAX };
    piece.octets = file_map_at(&digest->map, fd, from, &piece.len);
    if (!piece.octets)
        return digest_add_file(digest, fd, from, end);
    if (file_map_read(add_piece, &piece))
        return (int64_t)piece.len;
    struct stat seen;
    bool is_cut = fstat(fd, &seen) == 0 && (uint64_t)seen.st_size < from + piece.len;
    return is_cut ? -ESTALE : -EIO;
}

char *digest_text(const struct digest *digest, char *text)
{
    XXH128_hash_t hash = XXH3_128bits_digest(digest->state);
    snprintf(text, DIGEST_TEXT_MAX, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
             (uint64_t)hash.low64);
    return text;
}

char *digest_line(const char *text, char *line)
{
    snprintf(line, DIGEST_LINE_MAX, DIGEST_KIND " %.*s\n", DIGEST_TEXT_MAX - 1, text);
    return line;
}

bool digest_read_line(const uint8_t *line, size_t len, char *text)
{
    size_t before = sizeof DIGEST_KIND;
    if (len != before + DIGEST_TEXT_MAX || memcmp(line, DIGEST_KIND " ", before) != 0)
        return false;
    memcpy(text, line + before, DIGEST_TEXT_MAX - 1);
    text[DIGEST_TEXT_MAX - 1] = '\0';
    return strspn(text, "0123456789abcdef") == DIGEST_TEXT_MAX - 1 && line[len - 1] == '\n';
}
