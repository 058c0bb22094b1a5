/*
 * openat2(2) with RESOLVE_BENEATH, or each component by itself. What is there is looked at first
 * (O_PATH): to open a device or a fifo can do something already.
 */
#include "net/files_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    LOOK_FLAGS = O_PATH | O_CLOEXEC,
    READ_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
    TRIES = 16 /* where names change while they are looked up */
};

/* Has it a component that leads up? */
static bool leads_up(const char *path)
{
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len == 2 && memcmp(path, "..", 2) == 0)
            return true;
        path += len + (path[len] == '/');
    }
    return false;
}

static int open_beneath(int root, const char *path, int flags)
{
    struct open_how how = { .flags = (uint32_t)flags,
                            .resolve = (uint64_t)(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS) };
    for (int i = 0; i < TRIES; i++) {
        long fd = syscall(SYS_openat2, root, path[0] ? path : ".", &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno != EAGAIN && errno != EINTR)
            break;
    }
    return -errno;
}

/* One component, which is no link. */
static int step(int at, const char *name, size_t len, int flags)
{
    char text[256];
    struct stat seen;
    if (len >= sizeof text)
        return -ENAMETOOLONG;
    memcpy(text, name, len);
    text[len] = '\0';
    int fd = openat(at, text, flags | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &seen) == 0 && !S_ISLNK(seen.st_mode))
        return fd;
    close(fd);
    return -ELOOP;
}

static int open_by_hand(int root, const char *path, int flags)
{
    int at = openat(root, ".", path[strspn(path, "/")] ? LOOK_FLAGS : flags);
    while (at >= 0 && path[strspn(path, "/")]) {
        path += strspn(path, "/");
        size_t len = strcspn(path, "/");
        int next = step(at, path, len, path[len] ? LOOK_FLAGS | O_DIRECTORY : flags);
        close(at);
        path += len;
        at = next;
        if (next < 0)
            return next;
    }
    return at < 0 ? -errno : at;
}

static int open_within(int root, const char *path, bool by_hand, int flags)
{
    int fd = -ENOSYS;
    if (path[0] == '/' || leads_up(path))
        return -EXDEV;
    if (!by_hand)
        fd = open_beneath(root, path, flags);
    if (fd == -ENOSYS || fd == -EPERM ||
        fd == -E2BIG) /* a sandbox may forbid what it doesn't know */
        fd = open_by_hand(root, path, flags);
    return fd;
}

/* The descriptor if it is one of a kind that is served. */
static int check(int fd, struct stat *seen)
{
    int wrong = 0;
    if (fd < 0)
        return fd;
    if (fstat(fd, seen) < 0)
        wrong = errno;
    else if (!S_ISREG(seen->st_mode) && !S_ISDIR(seen->st_mode))
        wrong = ENODEV;
    if (!wrong)
        return fd;
    close(fd);
    return -wrong;
}

int files_look(int root, const char *path, bool by_hand, struct stat *seen)
{
    int fd = check(open_within(root, path, by_hand, LOOK_FLAGS), seen);
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}

int files_open(int root, const char *path, bool by_hand, struct stat *seen)
{
    int wrong = files_look(root, path, by_hand, seen);
    if (wrong)
        return wrong;
    return check(open_within(root, path, by_hand, READ_FLAGS), seen);
}
