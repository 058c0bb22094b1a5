/*
 * A tmpfs in a mount namespace of our own, which goes with us.
 */
#include "tests/speed_live/live.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

enum {
    BLOCK = 1024 * 1024,
    WARM_FILES = 2
};

static void write_line(const char *path, const char *format, unsigned number)
{
    FILE *to = fopen(path, "we");
    if (!to)
        return;
    fprintf(to, format, number);
    fclose(to);
}

/* Root of a user namespace of our own may mount as well. */
static bool separate(void)
{
    unsigned uid = getuid(), gid = getgid();
    if (unshare(CLONE_NEWNS) == 0)
        return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return false;
    write_line("/proc/self/setgroups", "deny", 0);
    write_line("/proc/self/uid_map", "0 %u 1", uid);
    write_line("/proc/self/gid_map", "0 %u 1", gid);
    return true;
}

static const char *mount_store(const char *path)
{
    if (!separate() || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return NULL;
    if (mount("tcpstep", path, "tmpfs", MS_NOSUID | MS_NODEV, "huge=always,size=8g") == 0)
        return "tmpfs in huge pages";
    return mount("tcpstep", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=8g") == 0 ? "tmpfs" : NULL;
}

void store_open(struct store *store, const char *folder)
{
    snprintf(store->path, sizeof store->path, "%s", folder);
    store->kind = mount_store(folder);
    if (!store->kind)
        store->kind = "/dev/shm";
}

void store_path(const struct store *store, const char *name, char *path)
{
    snprintf(path, PATH_MOST, "%.400s/%.80s", store->path, name);
}

void store_remove(const struct store *store, const char *name)
{
    char path[PATH_MOST];
    store_path(store, name, path);
    unlink(path);
}

double store_write(const struct store *store, const char *name, uint64_t len)
{
    static uint8_t block[BLOCK];
    char path[PATH_MOST];
    store_path(store, name, path);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)(i * 31 + i / 4096);
    double begun = now_seconds();
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (uint64_t at = 0; at < len; at += BLOCK) {
        memcpy(block, &at, sizeof at); /* no two blocks are the same */
        size_t part = len - at < BLOCK ? (size_t)(len - at) : BLOCK;
        if (write(fd, block, part) != (ssize_t)part)
            bench_fail("the store is full");
    }
    close(fd);
    return (double)len / (now_seconds() - begun);
}

/* false: there is no such processor. */
static bool go_to(unsigned processor)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(processor, &only);
    return sched_setaffinity(0, sizeof only, &only) == 0;
}

/* Each processor keeps pages for itself that were freed on it; to allocate them is not enough, for
 * they are not touched by that. */
void store_warm(const struct store *store, uint64_t len)
{
    static const char *const names[WARM_FILES] = { "warm0", "warm1" };
    cpu_set_t all;
    sched_getaffinity(0, sizeof all, &all);
    for (unsigned i = 0; i < WARM_FILES; i++)
        store_write(store, names[i], len + len / 16);
    for (unsigned i = 0; i < WARM_FILES; i++) {
        go_to(i);
        store_remove(store, names[i]);
    }
    sched_setaffinity(0, sizeof all, &all);
}
