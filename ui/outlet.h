/*
 * Standard output in a loop: what nobody takes yet is kept, so that a terminal that was stopped, or
 * a pipe that nobody reads, stops nothing else. Its user looks at how much is kept, and goes on
 * when that is little.
 */
#ifndef UI_OUTLET_H
#define UI_OUTLET_H

#include "net/loop.h"

#include <stddef.h>

enum {
    OUTLET_ENOUGH = 65536 /* octets kept, from where on there should come no more */
};

struct outlet {
    struct source source;
    struct loop *loop;
    bool always;  /* a file: epoll does not know it, and it is always ready */
    bool waits;   /* it stands in the loop */
    bool is_ours; /* the descriptor */
    uint8_t *kept;
    size_t at, len, room; /* octets from `at` to `len` are to go */
    int err;              /* why nothing goes any more, an errno; 0: all is well */
};

void outlet_open(struct outlet *outlet, struct loop *loop, int fd);
void outlet_write(struct outlet *outlet, const void *octets, size_t len);
void outlet_print(struct outlet *outlet, const char *text);
size_t outlet_kept(const struct outlet *outlet);
/* Waits until all is written, where it is asked to and that can be; SIGINT and SIGTERM end the
 * program meanwhile. */
void outlet_close(struct outlet *outlet, bool waits);

#endif
