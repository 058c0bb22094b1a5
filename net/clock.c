/*
 * CLOCK_MONOTONIC, read and slept on.
 */
#include "net/clock.h"

#include <assert.h>
#include <time.h>

enum {
    USEC_PER_SEC = 1000000,
    NSEC_PER_USEC = 1000
};

uint64_t clock_usec(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(!failed);
    return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / NSEC_PER_USEC;
}

void clock_pause(uint64_t usec)
{
    struct timespec length = {
        .tv_sec = (time_t)(usec / USEC_PER_SEC),
        .tv_nsec = (long)(usec % USEC_PER_SEC) * NSEC_PER_USEC,
    };
    nanosleep(&length, NULL);
}
