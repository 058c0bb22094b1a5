/*
 * What waits for many descriptors at once: epoll(7), level-triggered, in one thread. A source is
 * a part of what it stands for (a client, a listener), so that waiting costs no memory beside it.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOOP_BATCH = 256 /* descriptors that one wait tells of */
};

enum loop_event { /* with epoll's numbers */
    LOOP_READ = 0x001,
    LOOP_WRITE = 0x004,
    LOOP_ERROR = 0x008,    /* always told */
    LOOP_HANGUP = 0x010,   /* likewise: both directions are closed */
    LOOP_PEER_END = 0x2000 /* the peer sends no more */
};

struct source {
    int fd;
    uint32_t wants; /* loop_event, as last set */
    void (*ready)(struct source *source, uint32_t events);
};

struct loop {
    int epoll;
    int told, at; /* of the batch under way */
    struct source *batch[LOOP_BATCH];
    uint32_t events[LOOP_BATCH];
};

/* false: errno says why. */
bool loop_open(struct loop *loop);
void loop_close(struct loop *loop);

/* fd and ready are set. false: errno says why (ENOSPC, ENOMEM; EPERM: a file, which is always
 * ready). */
bool loop_add(struct loop *loop, struct source *source, uint32_t wants);
/* Changes what is waited for; nothing is done where it is that already. */
bool loop_want(struct loop *loop, struct source *source, uint32_t wants);
/* Before its descriptor is closed; it is not told of any more, also not of this batch. */
void loop_remove(struct loop *loop, struct source *source);

/* The same without a call to the kernel: for who closes the descriptor next, which ends it, too. */
void loop_forget(struct loop *loop, const struct source *source);

/* Waits until something is ready, timeout_ms at most (-1: for ever), and calls what is ready.
 * false: the wait failed; a signal is no failure. */
bool loop_once(struct loop *loop, int timeout_ms);

#endif
