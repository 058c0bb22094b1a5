/*
 * A table of inodes, and the reading of /proc/PID/fd.
 */
#include "net/procs.h"

#include "net/clock.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SLOTS_LEAST = 256, /* a power of 2 */
    RECENT_MAX = 8,    /* processes that held what was wanted last: they are looked into first */
    RECENT_PAUSE_USEC = 100000,
    ROUND_PAUSE_USEC = 1000000,
    SHARE = 20 /* of the time, one part is for the search */
};

struct slot {
    uint32_t inode; /* 0: free */
    uint32_t round; /* the walk in which it was first wanted */
    uint8_t answer;
    struct proc_owner owner;
};

struct procs {
    struct slot *slots;
    size_t slot_count, used;
    size_t wanted;
    uint32_t round;
    DIR *proc; /* a walk under way */
    uint64_t spent_usec;
    uint64_t next_round_usec, next_recent_usec;
    int32_t recent[RECENT_MAX];
    unsigned recent_at;
};

struct procs *procs_open(void)
{
    struct procs *procs = calloc(1, sizeof *procs);
    if (!procs)
        return NULL;
    procs->slot_count = SLOTS_LEAST;
    procs->slots = calloc(procs->slot_count, sizeof *procs->slots);
    if (procs->slots)
        return procs;
    free(procs);
    return NULL;
}

void procs_close(struct procs *procs)
{
    if (!procs)
        return;
    if (procs->proc)
        closedir(procs->proc);
    free(procs->slots);
    free(procs);
}

/* ---- the table: open addressing, so that neighbours are looked at next */

static size_t home(const struct procs *procs, uint32_t inode)
{
    return inode * UINT32_C(2654435769) >> 7 & (procs->slot_count - 1);
}

static struct slot *slot_of(const struct procs *procs, uint32_t inode)
{
    size_t at = home(procs, inode);
    while (procs->slots[at].inode && procs->slots[at].inode != inode)
        at = (at + 1) & (procs->slot_count - 1);
    return &procs->slots[at];
}

static bool grow(struct procs *procs)
{
    struct procs larger = *procs;
    larger.slot_count *= 2;
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < procs->slot_count; i++) {
        if (procs->slots[i].inode)
            *slot_of(&larger, procs->slots[i].inode) = procs->slots[i];
    }
    free(procs->slots);
    *procs = larger;
    return true;
}

enum procs_answer procs_find(struct procs *procs, uint32_t inode, struct proc_owner *owner)
{
    if (inode == 0)
        return PROCS_HIDDEN;
    struct slot *slot = slot_of(procs, inode);
    if (slot->inode == 0) {
        if (procs->used * 2 >= procs->slot_count && !grow(procs))
            return PROCS_HIDDEN;
        slot = slot_of(procs, inode);
        *slot = (struct slot){ .inode = inode, .round = procs->round, .answer = PROCS_WANTED };
        procs->used++;
        procs->wanted++;
    }
    *owner = slot->owner;
    return (enum procs_answer)slot->answer;
}

/* What follows without a gap moves up, where it then is found sooner. */
void procs_forget(struct procs *procs, uint32_t inode)
{
    struct slot *hole = slot_of(procs, inode);
    if (inode == 0 || hole->inode == 0)
        return;
    size_t mask = procs->slot_count - 1, at = (size_t)(hole - procs->slots);
    procs->wanted -= hole->answer == PROCS_WANTED;
    procs->used--;
    for (size_t next = (at + 1) & mask; procs->slots[next].inode; next = (next + 1) & mask) {
        size_t wished = home(procs, procs->slots[next].inode);
        if (((next - wished) & mask) >= ((next - at) & mask)) {
            procs->slots[at] = procs->slots[next];
            at = next;
        }
    }
    procs->slots[at] = (struct slot){ .inode = 0 };
}

/* ---- /proc */

static void read_name(int32_t pid, char *name)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, name, PROC_NAME_MAX - 1);
    if (fd >= 0)
        close(fd);
    name[len > 0 ? len : 0] = '\0';
    if (len > 0 && name[len - 1] == '\n')
        name[len - 1] = '\0';
}

static void remember(struct procs *procs, int32_t pid)
{
    for (unsigned i = 0; i < RECENT_MAX; i++) {
        if (procs->recent[i] == pid)
            return;
    }
    procs->recent[procs->recent_at++ % RECENT_MAX] = pid;
}

/* The inode of "socket:[123]", or 0. */
static uint32_t socket_inode(int fds, const char *name)
{
    static const char prefix[] = "socket:[";
    char link[48];
    ssize_t len = readlinkat(fds, name, link, sizeof link - 1);
    if (len < 0)
        return 0;
    link[len] = '\0';
    if (strncmp(link, prefix, sizeof prefix - 1) != 0)
        return 0;
    return (uint32_t)strtoul(link + sizeof prefix - 1, NULL, 10);
}

static void found(struct procs *procs, struct slot *slot, struct proc_owner *owner)
{
    if (!owner->name[0])
        read_name(owner->pid, owner->name);
    procs->wanted -= slot->answer == PROCS_WANTED;
    slot->answer = PROCS_FOUND;
    slot->owner = *owner;
    remember(procs, owner->pid);
}

bool procs_seek_in(struct procs *procs, int32_t pid, bool wanted)
{
    char path[48];
    struct proc_owner owner = { .pid = pid }, ignored;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *fds = opendir(path);
    if (!fds)
        return false;
    for (struct dirent *entry; (!wanted || procs->wanted > 0) && (entry = readdir(fds));) {
        uint32_t inode = entry->d_name[0] == '.' ? 0 : socket_inode(dirfd(fds), entry->d_name);
        if (!wanted)
            procs_find(procs, inode, &ignored);
        struct slot *slot = inode ? slot_of(procs, inode) : NULL;
        if (slot && slot->inode && slot->answer != PROCS_FOUND)
            found(procs, slot, &owner);
    }
    closedir(fds);
    return true;
}

/* What was wanted when this walk began, and was not found, is not to be seen. */
static void end_walk(struct procs *procs, uint64_t now_usec)
{
    uint64_t pause = procs->spent_usec * SHARE;
    closedir(procs->proc);
    procs->proc = NULL;
    procs->next_round_usec = now_usec + (pause > ROUND_PAUSE_USEC ? pause : ROUND_PAUSE_USEC);
    for (size_t i = 0; i < procs->slot_count; i++) {
        struct slot *slot = &procs->slots[i];
        if (slot->inode && slot->answer == PROCS_WANTED && slot->round < procs->round) {
            slot->answer = PROCS_HIDDEN;
            procs->wanted--;
        }
    }
}

static void walk(struct procs *procs, uint64_t now_usec, unsigned processes)
{
    while (processes > 0 && procs->proc) {
        struct dirent *entry = procs->wanted > 0 ? readdir(procs->proc) : NULL;
        if (!entry) {
            end_walk(procs, now_usec);
        } else if (isdigit((unsigned char)entry->d_name[0])) {
            procs_seek_in(procs, (int32_t)strtol(entry->d_name, NULL, 10), true);
            processes--;
        }
    }
}

static void seek_recent(struct procs *procs, uint64_t now_usec)
{
    uint64_t begin = clock_usec();
    for (unsigned i = 0; i < RECENT_MAX; i++) {
        if (procs->recent[i])
            procs_seek_in(procs, procs->recent[i], true);
    }
    uint64_t pause = (clock_usec() - begin) * SHARE;
    procs->next_recent_usec = now_usec + (pause > RECENT_PAUSE_USEC ? pause : RECENT_PAUSE_USEC);
}

bool procs_seek(struct procs *procs, uint64_t now_usec, unsigned processes)
{
    if (procs->wanted > 0 && now_usec >= procs->next_recent_usec)
        seek_recent(procs, now_usec);
    if (procs->wanted > 0 && !procs->proc && now_usec >= procs->next_round_usec) {
        procs->proc = opendir("/proc");
        procs->round++;
        procs->spent_usec = 0;
    }
    if (procs->proc) {
        uint64_t begin = clock_usec();
        walk(procs, now_usec, processes);
        procs->spent_usec += clock_usec() - begin;
    }
    return procs->wanted == 0;
}

/* ---- a process and those that it started */

/* Adds the children of all threads of a process. */
static size_t add_children(int32_t pid, int32_t *pids, size_t count, size_t max)
{
    char path[300];
    int child;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return count;
    for (struct dirent *entry; (entry = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)pid, entry->d_name);
        FILE *file = isdigit((unsigned char)entry->d_name[0]) ? fopen(path, "re") : NULL;
        while (file && count < max && fscanf(file, "%d", &child) == 1)
            pids[count++] = child;
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return count;
}

size_t procs_tree(int32_t root, int32_t *pids, size_t max)
{
    size_t count = add_children(root, pids, 0, max);
    for (size_t i = 0; i < count; i++)
        count = add_children(pids[i], pids, count, max);
    return count;
}

bool procs_is_there(int32_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return access(path, F_OK) == 0;
}
