/*
 * A thread, a lock and a condition.
 */
#include "net/digest_behind.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum {
    WORTH_WAKING = 16 * 1024 * 1024 /* octets; so many are in the cache still */
};

struct behind {
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t more;
    struct digest *digest;
    int fd;
    uint64_t at, end;
    int err;
    bool over;
};

/* With the lock in hand, which is let go while it reads. */
static void go_on(struct behind *behind)
{
    uint64_t at = behind->at, end = behind->end;
    pthread_mutex_unlock(&behind->lock);
    int64_t got = digest_add_file(behind->digest, behind->fd, at, end);
    pthread_mutex_lock(&behind->lock);
    if (got > 0)
        behind->at += (uint64_t)got;
    else
        behind->err = got < 0 ? (int)-got : ESTALE;
}

static void *run(void *of)
{
    struct behind *behind = of;
    pthread_mutex_lock(&behind->lock);
    while (!behind->over) {
        if (behind->at < behind->end && !behind->err)
            go_on(behind);
        else
            pthread_cond_wait(&behind->more, &behind->lock);
    }
    pthread_mutex_unlock(&behind->lock);
    return NULL;
}

struct behind *behind_open(struct digest *digest, int fd, uint64_t from)
{
    struct behind *behind = calloc(1, sizeof *behind);
    if (!behind)
        return NULL;
    *behind = (struct behind){ .digest = digest, .fd = fd, .at = from, .end = from };
    pthread_mutex_init(&behind->lock, NULL);
    pthread_cond_init(&behind->more, NULL);
    if (pthread_create(&behind->thread, NULL, run, behind) == 0)
        return behind;
    pthread_cond_destroy(&behind->more);
    pthread_mutex_destroy(&behind->lock);
    free(behind);
    return NULL;
}

/* On another processor than the writer's, if there is one: who is woken comes to where its waker
 * is, and would be in its way. */
static void go_elsewhere(const struct behind *behind)
{
    cpu_set_t others;
    int here = sched_getcpu();
    if (here < 0 || sched_getaffinity(0, sizeof others, &others) < 0)
        return;
    CPU_CLR((size_t)here, &others);
    pthread_setaffinity_np(behind->thread, sizeof others, &others); /* EINVAL: there is none */
}

void behind_reach(struct behind *behind, uint64_t end)
{
    pthread_mutex_lock(&behind->lock);
    if (end - behind->at >= WORTH_WAKING) {
        behind->end = end;
        go_elsewhere(behind);
        pthread_cond_signal(&behind->more);
    }
    pthread_mutex_unlock(&behind->lock);
}

int64_t behind_at(struct behind *behind, uint64_t end)
{
    pthread_mutex_lock(&behind->lock);
    behind->end = end;
    pthread_cond_signal(&behind->more);
    int64_t at = behind->err ? -behind->err : (int64_t)behind->at;
    pthread_mutex_unlock(&behind->lock);
    return at;
}

void behind_close(struct behind *behind)
{
    if (!behind)
        return;
    pthread_mutex_lock(&behind->lock);
    behind->over = true;
    pthread_cond_signal(&behind->more);
    pthread_mutex_unlock(&behind->lock);
    pthread_join(behind->thread, NULL);
    pthread_cond_destroy(&behind->more);
    pthread_mutex_destroy(&behind->lock);
    free(behind);
}
