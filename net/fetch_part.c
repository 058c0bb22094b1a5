/*
 * splice(2), rename(2), and what says what a part is of.
 */
#include "net/fetch_part.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIPE_SIZE = 1024 * 1024,
    BUFFER = 256 * 1024
};

static bool fail(struct net_error *error, const char *operation, int err)
{
    *error = (struct net_error){ .operation = operation, .err = err };
    return false;
}

/* A plain file of ours; a fifo there is not waited for. */
static FILE *open_from(const struct part *part)
{
    struct stat seen;
    int fd = open(part->from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool plain = fd >= 0 && fstat(fd, &seen) == 0 && S_ISREG(seen.st_mode);
    FILE *from = plain ? fdopen(fd, "r") : NULL;
    if (!from && fd >= 0)
        close(fd);
    return from;
}

/* The three lines of FILE.part.from: a mark, the ETag, the length of the whole. */
static void read_from(struct part *part)
{
    char mark[32], etag[HTTP_ETAG_MAX + 1], total[32], more;
    FILE *from = open_from(part);
    part->etag[0] = '\0';
    if (!from)
        return;
    if (fscanf(from, "%31[^\n]\n%80[^\n]\n%31[0-9]%c", mark, etag, total, &more) == 4 &&
        strcmp(mark, "tcpstep part") == 0 && more == '\n' && strlen(etag) < sizeof part->etag) {
        memcpy(part->etag, etag, strlen(etag) + 1);
        part->total = strtoull(total, NULL, 10);
    }
    fclose(from);
}

static bool write_from(struct part *part, struct net_error *error)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int fd = open(part->from, flags, 0666);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
    if (!to) {
        fail(error, "open", errno);
        if (fd >= 0)
            close(fd);
        return false;
    }
    fprintf(to, "tcpstep part\n%s\n%" PRIu64 "\n", part->etag, part->total);
    if (fclose(to) != 0)
        return fail(error, "write", errno);
    return true;
}

/* A device or a directory in its place would be replaced, or in the way at the end. */
static bool check_target(const struct part *part, struct net_error *error)
{
    struct stat seen;
    if (stat(part->target, &seen) < 0)
        return errno == ENOENT || fail(error, "stat", errno);
    if (S_ISDIR(seen.st_mode))
        return fail(error, "open", EISDIR);
    return S_ISREG(seen.st_mode) || fail(error, "open", ENXIO);
}

/* What would be waited for, or written elsewhere. */
static bool check_from(const struct part *part, struct net_error *error)
{
    struct stat seen;
    if (lstat(part->from, &seen) < 0)
        return errno == ENOENT || fail(error, "stat", errno);
    return S_ISREG(seen.st_mode) || fail(error, "open", ENXIO);
}

/* Seen without opening it for writing: whoever writes it takes that for a change. */
static bool is_taken(const struct part *part)
{
    int fd = open(part->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool taken = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    return taken;
}

/* Its name still stands for it, and not for something else. */
static bool has_its_name(const struct part *part)
{
    struct stat seen, named;
    return fstat(part->fd, &seen) == 0 && lstat(part->path, &named) == 0 &&
           seen.st_dev == named.st_dev && seen.st_ino == named.st_ino;
}

/* Times of change would not do: two writes may have the same. */
static void begin_watch(struct part *part)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", part->fd);
    part->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (part->watch < 0 || inotify_add_watch(part->watch, path, IN_OPEN | IN_CLOSE_WRITE) >= 0)
        return;
    close(part->watch);
    part->watch = -1;
}

static bool open_locked(struct part *part, struct net_error *error)
{
    struct stat seen;
    if (is_taken(part))
        return fail(error, "flock", EBUSY);
    part->fd = open(part->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (part->fd < 0)
        return fail(error, "open", errno);
    if (flock(part->fd, LOCK_EX | LOCK_NB) < 0)
        return fail(error, "flock", errno == EWOULDBLOCK ? EBUSY : errno);
    if (fstat(part->fd, &seen) < 0 || !S_ISREG(seen.st_mode))
        return fail(error, "open", ENXIO);
    if (!has_its_name(part))
        return fail(error, "open", EBUSY); /* who had it has renamed it meanwhile */
    part->len = (uint64_t)seen.st_size;
    if (part->len > 0 && access(part->from, F_OK) < 0)
        return fail(error, "open", EEXIST);
    begin_watch(part);
    return true;
}

bool part_open(struct part *part, const char *target, struct net_error *error)
{
    memset(part, 0, sizeof *part);
    part->fd = part->watch = part->pipe[0] = part->pipe[1] = -1;
    if (strlen(target) >= sizeof part->target - 16 || target[0] == '\0')
        return fail(error, "open", target[0] ? ENAMETOOLONG : ENOENT);
    strcpy(part->target, target);
    snprintf(part->path, sizeof part->path, "%s.part", part->target);
    snprintf(part->from, sizeof part->from, "%s.part.from", part->target);
    if (!check_target(part, error) || !check_from(part, error) || !open_locked(part, error))
        return false;
    read_from(part);
    if (part->etag[0] != '"' || part->len > part->total)
        part->len = 0;
    part->digest = digest_open();
    part->digests = true;
    if (!part->digest || pipe2(part->pipe, O_NONBLOCK | O_CLOEXEC) < 0)
        return fail(error, "pipe", part->digest ? errno : ENOMEM);
    fcntl(part->pipe[1], F_SETPIPE_SZ, PIPE_SIZE); /* less is slower, and all */
    return true;
}

bool part_begin(struct part *part, const char *etag, uint64_t total, struct net_error *error)
{
    digest_close(part->digest);
    part->digest = digest_open();
    part->len = part->digested = 0;
    part->total = total;
    snprintf(part->etag, sizeof part->etag, "%s", etag[0] ? etag : "none");
    if (!part->digest)
        return fail(error, "memory", ENOMEM);
    if (ftruncate(part->fd, 0) < 0)
        return fail(error, "ftruncate", errno);
    return write_from(part, error); /* before the first octet of it is there */
}

bool part_resume(struct part *part, struct net_error *error)
{
    struct stat seen;
    if (fstat(part->fd, &seen) < 0)
        return fail(error, "fstat", errno);
    if ((uint64_t)seen.st_size < part->len)
        return fail(error, "read", ESTALE);
    return ftruncate(part->fd, (off_t)part->len) == 0 || fail(error, "ftruncate", errno);
}

static bool count_digested(struct part *part, int64_t got, struct net_error *error)
{
    if (got < 0)
        return fail(error, "read", (int)-got);
    if (got == 0 && part->digested < part->len)
        return fail(error, "read", ESTALE); /* somebody has cut it */
    part->digested += (uint64_t)got;
    return true;
}

/* The next octets are those just written: they are in the processor's cache still. */
static bool keep_up(struct part *part, struct net_error *error)
{
    while (part->digests && part->digested < part->len) {
        int64_t got = digest_add_mapped(part->digest, part->fd, part->digested, part->len);
        if (!count_digested(part, got, error))
            return false;
    }
    return true;
}

bool part_digest(struct part *part, struct net_error *error)
{
    int64_t got = digest_add_file(part->digest, part->fd, part->digested, part->len);
    return count_digested(part, got, error);
}

/* Before each write: behind it, a file that was cut would look whole. Only the size is asked for,
 * so that no network file system has to write out first what it has. */
static bool check_len(const struct part *part, struct net_error *error)
{
    struct statx seen;
    if (statx(part->fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_SIZE, &seen) < 0)
        return fail(error, "statx", errno);
    return seen.stx_size == part->len || fail(error, "write", ESTALE);
}

static bool append(struct part *part, const uint8_t *octets, size_t len, struct net_error *error)
{
    while (len > 0) {
        ssize_t put = pwrite(part->fd, octets, len, (off_t)part->len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return fail(error, "write", put < 0 ? errno : EIO);
        part->len += (uint64_t)put;
        octets += put;
        len -= (size_t)put;
    }
    return true;
}

bool part_write(struct part *part, const uint8_t *octets, size_t len, struct net_error *error)
{
    return check_len(part, error) && append(part, octets, len, error) && keep_up(part, error);
}

static bool need_buffer(struct part *part, struct net_error *error)
{
    if (!part->buffer)
        part->buffer = malloc(BUFFER);
    return part->buffer || fail(error, "memory", ENOMEM);
}

/* What is in the pipe goes through the buffer, now and from now on. */
static bool drain_by_buffer(struct part *part, size_t len, struct net_error *error)
{
    part->by_buffer = true;
    if (!need_buffer(part, error))
        return false;
    while (len > 0) {
        ssize_t got = read(part->pipe[0], part->buffer, len < BUFFER ? len : BUFFER);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(error, "read", got < 0 ? errno : EIO);
        if (!append(part, part->buffer, (size_t)got, error))
            return false;
        len -= (size_t)got;
    }
    return true;
}

static bool drain(struct part *part, size_t len, struct net_error *error)
{
    while (len > 0) {
        off_t at = (off_t)part->len;
        ssize_t put = splice(part->pipe[0], NULL, part->fd, &at, len, SPLICE_F_MOVE);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EINVAL) /* not every file system takes it */
            return drain_by_buffer(part, len, error);
        if (put <= 0)
            return fail(error, "splice", put < 0 ? errno : EIO);
        part->len += (uint64_t)put;
        len -= (size_t)put;
    }
    return true;
}

static struct call_result receive(struct part *part, struct told *told, int sock, uint64_t most)
{
    struct call splice = { .op = CALL_SPLICE, .fd = sock, .file = part->pipe[1] };
    if (!part->by_buffer) {
        splice.value = most < PIPE_SIZE ? (int32_t)most : PIPE_SIZE;
        struct call_result result = told_call(told, &splice, NULL);
        if (result.ret >= 0 || result.err != EINVAL)
            return result;
        part->by_buffer = true; /* neither does every socket */
        struct net_error error;
        if (!need_buffer(part, &error))
            return (struct call_result){ .ret = -1, .err = error.err };
    }
    return told_recv(told, sock, part->buffer, most < BUFFER ? (int32_t)most : BUFFER);
}

int64_t part_take(struct part *part, struct told *told, int sock, uint64_t most,
                  struct net_error *error)
{
    if (part->by_buffer && !need_buffer(part, error))
        return PART_FILE;
    struct call_result result = receive(part, told, sock, most);
    if (result.ret < 0) {
        fail(error, part->by_buffer ? "recv" : "splice", result.err);
        return PART_SOCKET;
    }
    size_t len = (size_t)result.ret;
    if (len > 0 && !check_len(part, error))
        return PART_FILE;
    bool good = part->by_buffer ? append(part, part->buffer, len, error) : drain(part, len, error);
    return good && keep_up(part, error) ? result.ret : PART_FILE;
}

static bool sync_folder(const struct part *part, struct net_error *error)
{
    char path[PART_PATH_MAX];
    snprintf(path, sizeof path, "%s", part->target);
    int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return true; /* it may be written to and not read: so be it */
    bool good = fsync(fd) == 0 || errno == EINVAL;
    int err = errno;
    close(fd);
    return good || fail(error, "fsync", err);
}

/* What others have done with the file, as bits of inotify; IN_OPEN where that is not known. */
static uint32_t seen_by_watch(const struct part *part)
{
    _Alignas(struct inotify_event) char events[4096];
    uint32_t seen = part->watch < 0 ? IN_OPEN : 0;
    for (ssize_t got; part->watch >= 0 && (got = read(part->watch, events, sizeof events)) > 0;) {
        const struct inotify_event *event;
        for (ssize_t at = 0; at < got; at += (ssize_t)(sizeof *event + event->len)) {
            event = (const struct inotify_event *)(events + at);
            seen |= event->mask;
        }
    }
    return seen & IN_Q_OVERFLOW ? seen | IN_CLOSE_WRITE : seen;
}

/* Reads all of it once more. */
static bool check_content(struct part *part, struct net_error *error)
{
    char before[DIGEST_TEXT_MAX], now[DIGEST_TEXT_MAX];
    digest_text(part->digest, before);
    digest_close(part->digest);
    part->digest = digest_open();
    part->digested = 0;
    if (!part->digest)
        return fail(error, "memory", ENOMEM);
    while (part->digested < part->len) {
        if (!part_digest(part, error))
            return false;
    }
    return strcmp(before, digest_text(part->digest, now)) == 0 || fail(error, "read", ESTALE);
}

/* It is as it was written. A hole in it, or somebody who had it open, need not mean that it is not:
 * where there is a digest, that decides. */
static bool check_whole(struct part *part, struct net_error *error)
{
    struct stat now;
    if (fstat(part->fd, &now) < 0)
        return fail(error, "fstat", errno);
    uint32_t seen = seen_by_watch(part);
    bool has_holes = (uint64_t)now.st_blocks * 512 < part->len;
    if ((uint64_t)now.st_size != part->len || !has_its_name(part))
        return fail(error, "rename", ESTALE);
    if (!part->digests)
        return !(seen & IN_CLOSE_WRITE) || fail(error, "rename", ESTALE);
    return (!seen && !has_holes) || check_content(part, error);
}

bool part_finish(struct part *part, struct net_error *error)
{
    struct stat old;
    if (stat(part->target, &old) == 0)
        fchmod(part->fd, old.st_mode & 0777); /* who could read it still can */
    if (fsync(part->fd) < 0)
        return fail(error, "fsync", errno);
    if (!check_whole(part, error))
        return false;
    if (rename(part->path, part->target) < 0)
        return fail(error, "rename", errno);
    unlink(part->from);
    return sync_folder(part, error);
}

void part_drop(struct part *part)
{
    unlink(part->from);
    if (has_its_name(part))
        unlink(part->path);
}

void part_close(struct part *part)
{
    if (part->fd >= 0)
        close(part->fd);
    if (part->watch >= 0)
        close(part->watch);
    for (int i = 0; i < 2; i++) {
        if (part->pipe[i] >= 0)
            close(part->pipe[i]);
    }
    digest_close(part->digest);
    free(part->buffer);
    part->fd = part->watch = part->pipe[0] = part->pipe[1] = -1;
    part->digest = NULL;
    part->buffer = NULL;
}
