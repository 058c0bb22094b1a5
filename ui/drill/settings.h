/*
 * The settings of Linux and FreeBSD that scripts make, each with what it is to the model. The table
 * of docs/drill.md is this one.
 */
#ifndef UI_DRILL_SETTINGS_H
#define UI_DRILL_SETTINGS_H

#include <stddef.h>

/* How the number of a system's setting becomes the value of ours. */
enum setting_unit {
    AS_IT_IS,
    MSEC,      /* milliseconds to microseconds */
    HALF_MSEC, /* likewise, and ours is twice as long */
    SECONDS,   /* seconds to microseconds */
    SECOND_OF, /* the second number of three: the default of a buffer */
    BUFFERS,   /* the second and the third: default and most of the receive buffer */
    ON_IF_ANY, /* 0 is off */
    RETRIES,   /* how often a SYN is sent again, as the time until it is given up */
    ONLY,      /* the model is as with these values, and has no others */
    NO_MATTER  /* known, and of no effect on the model */
};

struct known_setting {
    const char *name;
    enum setting_unit unit;
    const char *setting; /* of tcp_settings; ONLY: the values; NO_MATTER: NULL */
};

extern const struct known_setting known_settings[];
extern const size_t known_setting_count;

#endif
