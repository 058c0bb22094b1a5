/*
 * --profile: what the model goes by, as it is said on a command line.
 */
#ifndef UI_PROFILE_H
#define UI_PROFILE_H

#include "sim/profile.h"
#include "ui/text.h"

#define PROFILE_HELP                                                                               \
    N_("rfc, linux or freebsd. With a + behind it, or alone, what is not TCP:\n"                   \
       "two-way, four-way, no-time-wait, isn-zero, no-checksum, stop-and-wait\n"                   \
       "(default: the lab's, or else linux beside a kernel, rfc alone)")

/* Reads it, as profile_compose() does; `value` must outlive *profile. False: a complaint was
 * printed, with the name that was perhaps meant. */
bool profile_said(const char *value, struct profile *profile);

#endif
