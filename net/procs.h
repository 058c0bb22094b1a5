/*
 * Which process holds a socket: inodes of descriptors below /proc, as far as this user may see
 * them. proc(5). Sought for what is wanted only, a part at a time.
 */
#ifndef NET_PROCS_H
#define NET_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct procs;

enum {
    PROC_NAME_MAX = 16 /* as the kernel cuts it, with the final NUL */
};

struct proc_owner {
    int32_t pid;
    char name[PROC_NAME_MAX]; /* any octets: to be escaped */
};

enum procs_answer {
    PROCS_FOUND,
    PROCS_WANTED, /* still sought */
    PROCS_HIDDEN  /* no process that may be looked into holds it */
};

struct procs *procs_open(void);
void procs_close(struct procs *procs);

/* Who holds the socket. What is not known is sought from now on. */
enum procs_answer procs_find(struct procs *procs, uint32_t inode, struct proc_owner *owner);
/* The socket is gone. */
void procs_forget(struct procs *procs, uint32_t inode);

/* Goes on with the search, through so many processes at most, or not yet: it takes a twentieth of
 * the time at most. Nothing is read where nothing is wanted. True: it is through. */
bool procs_seek(struct procs *procs, uint64_t now_usec, unsigned processes);

/* Reads the descriptors of one process: all its sockets are known then, or (`wanted` only) those
 * that were wanted. False and errno. */
bool procs_seek_in(struct procs *procs, int32_t pid, bool wanted);

/* The descendants of a process, at most so many; returns how many there are. */
size_t procs_tree(int32_t root, int32_t *pids, size_t max);

/* Is there such a process? */
bool procs_is_there(int32_t pid);

#endif
