/*
 * --profile: what the model goes by, as it is said on a command line.
 */
#ifndef UI_PROFILE_H
#define UI_PROFILE_H

#include "sim/profile.h"

#define PROFILE_NAMES                                                                              \
    "rfc, linux or freebsd. With a + behind it, or alone, what is not TCP: two-way, four-way,\n"   \
    "                           no-time-wait, isn-zero, no-checksum, stop-and-wait"
#define PROFILE_HELP PROFILE_NAMES "\n                           (default: the lab's, or else rfc)"

/* Reads it, as profile_compose() does; `value` must outlive *profile. False: a complaint was
 * printed, with the name that was perhaps meant. */
bool profile_said(const char *value, struct profile *profile);

#endif
