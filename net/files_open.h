/*
 * Files below a directory, and never outside it, whatever their path says: neither by "..", nor by
 * an absolute path, nor by a link that leads out. Only plain files and directories are opened.
 */
#ifndef NET_FILES_OPEN_H
#define NET_FILES_OPEN_H

#include <stdbool.h>
#include <sys/stat.h>

/* `path` is relative to the directory `root`; "" is the directory itself. A descriptor to read
 * from, with what it is in *seen, or -errno: EXDEV leads out, ENODEV is neither a file nor a
 * directory. `by_hand`: without openat2(2), as on a kernel that lacks it; then no link is followed
 * at all. */
int files_open(int root, const char *path, bool by_hand, struct stat *seen);

/* Only looks. 0, or -errno. */
int files_look(int root, const char *path, bool by_hand, struct stat *seen);

#endif
