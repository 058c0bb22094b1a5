/*
 * epoll_wait and what follows from it.
 */
#include "net/loop.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

_Static_assert((int)LOOP_READ == EPOLLIN && (int)LOOP_WRITE == EPOLLOUT, "epoll's numbers");
_Static_assert((int)LOOP_ERROR == EPOLLERR && (int)LOOP_HANGUP == EPOLLHUP, "epoll's numbers");
_Static_assert((int)LOOP_PEER_END == EPOLLRDHUP, "epoll's numbers");

bool loop_open(struct loop *loop)
{
    *loop = (struct loop){ .epoll = epoll_create1(EPOLL_CLOEXEC) };
    return loop->epoll >= 0;
}

void loop_close(struct loop *loop)
{
    if (loop->epoll >= 0)
        close(loop->epoll);
    loop->epoll = -1;
}

static bool control(struct loop *loop, int op, struct source *source, uint32_t wants)
{
    struct epoll_event event = { .events = wants, .data.ptr = source };
    if (epoll_ctl(loop->epoll, op, source->fd, &event) < 0)
        return false;
    source->wants = wants;
    return true;
}

bool loop_add(struct loop *loop, struct source *source, uint32_t wants)
{
    return control(loop, EPOLL_CTL_ADD, source, wants);
}

bool loop_want(struct loop *loop, struct source *source, uint32_t wants)
{
    return source->wants == wants || control(loop, EPOLL_CTL_MOD, source, wants);
}

void loop_remove(struct loop *loop, struct source *source)
{
    control(loop, EPOLL_CTL_DEL, source, 0);
    loop_forget(loop, source);
}

void loop_forget(struct loop *loop, const struct source *source)
{
    for (int i = loop->at; i < loop->told; i++) {
        if (loop->batch[i] == source)
            loop->batch[i] = NULL;
    }
}

bool loop_once(struct loop *loop, int timeout_ms)
{
    struct epoll_event ready[LOOP_BATCH];
    int count = epoll_wait(loop->epoll, ready, LOOP_BATCH, timeout_ms);
    if (count < 0)
        return errno == EINTR;
    for (int i = 0; i < count; i++) {
        loop->batch[i] = ready[i].data.ptr;
        loop->events[i] = ready[i].events;
    }
    loop->told = count;
    for (loop->at = 0; loop->at < loop->told;) {
        struct source *source = loop->batch[loop->at++];
        if (source)
            source->ready(source, loop->events[loop->at - 1]);
    }
    return true;
}
