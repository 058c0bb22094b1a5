/*
 * Windows of a file, one at a time.
 */
#include "net/file_map.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

enum {
    WINDOW = 64 * 1024 * 1024 /* whole huge pages, so that they can be mapped as such */
};

const uint8_t *file_map_at(struct file_map *map, int fd, uint64_t from, size_t *len)
{
    uint64_t window = from - from % WINDOW;
    size_t left = (size_t)(window + WINDOW - from);
    if (map->at && map->from != window)
        file_map_close(map);
    if (!map->at) {
        void *at = mmap(NULL, WINDOW, PROT_READ, MAP_SHARED, fd, (off_t)window);
        if (at == MAP_FAILED)
            return NULL;
        map->at = at;
        map->from = window;
    }
    *len = *len < left ? *len : left;
    return map->at + (from - window);
}

void file_map_close(struct file_map *map)
{
    if (map->at)
        munmap(map->at, WINDOW);
    map->at = NULL;
}

/* A signal's handler has no other way to know: set only as long as file_map_read() reads. */
static _Thread_local sigjmp_buf *way_out;

static void on_cut(int signal)
{
    (void)signal;
    siglongjmp(*way_out, 1);
}

bool file_map_read(void (*read)(void *of), void *of)
{
    struct sigaction ours = { .sa_handler = on_cut }, before;
    sigjmp_buf here;
    volatile bool whole = false;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGBUS, &ours, &before);
    way_out = &here;
    if (sigsetjmp(here, 1) == 0) {
        read(of);
        whole = true;
    }
    way_out = NULL;
    sigaction(SIGBUS, &before, NULL);
    return whole;
}
