/*
 * A file read as memory, without a copy. Somebody may cut the file meanwhile: reading beyond its
 * end, or where its disk fails, is a SIGBUS, which is caught, and an error like another. mmap(2)
 */
#ifndef NET_FILE_MAP_H
#define NET_FILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_map {
    uint8_t *at; /* NULL: nothing is mapped */
    uint64_t from;
};

/* The octets of the file from there on, and how many of *len are in one piece. What lies behind the
 * file's end is not to be read. NULL: files of this kind are not mapped. */
const uint8_t *file_map_at(struct file_map *map, int fd, uint64_t from, size_t *len);
void file_map_close(struct file_map *map);

/* Calls read(of), which reads mapped octets and does nothing else that would have to be undone.
 * false: it came to where there is nothing to be read, and has not come to its end. */
bool file_map_read(void (*read)(void *of), void *of);

#endif
