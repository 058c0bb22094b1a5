/*
 * The real clock, for lanes whose time runs by itself.
 */
#ifndef NET_CLOCK_H
#define NET_CLOCK_H

#include <stdint.h>

/* Microseconds since some fixed moment; never goes back. CLOCK_MONOTONIC. */
uint64_t clock_usec(void);

/* Sleeps for that long, or less where a signal comes. */
void clock_pause(uint64_t usec);

#endif
