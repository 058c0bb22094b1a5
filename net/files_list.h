/*
 * A directory as text or as HTML: sorted, files and directories that can be asked for, no others.
 */
#ifndef NET_FILES_LIST_H
#define NET_FILES_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum {
    FILES_LIST_MAX = 4 * 1024 * 1024 /* octets of a listing; that there is more is said then */
};

/* Lists the directory `dir`, which is `path` below `root` and is closed. NULL: out of memory; else
 * to be freed. */
char *files_list(int root, int dir, const char *path, bool by_hand, bool html, size_t *len);

#endif
