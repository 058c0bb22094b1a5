/*
 * The settings of Linux and FreeBSD, by the names that sysctl(8) has for them, each with what it is
 * to the model. The table of docs/drill.md is this one.
 */
#ifndef SIM_SYSCTL_H
#define SIM_SYSCTL_H

#include "sim/command.h"
#include "sim/profile.h"

#include <stddef.h>

/* How the number of a system's setting becomes the value of ours. */
enum sysctl_unit {
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

struct sysctl {
    const char *name;
    enum sysctl_unit unit;
    const char *setting; /* of tcp_settings; ONLY: the values; NO_MATTER: NULL */
};

extern const struct sysctl sysctls[];
extern const size_t sysctl_count;

enum {
    SYSCTL_CHANGES_MAX = 4
};

/* What a host of the model is to change. */
struct sysctl_changes {
    unsigned count;
    const struct setting *setting[SYSCTL_CHANGES_MAX];
    uint64_t value[SYSCTL_CHANGES_MAX];
};

enum sysctl_outcome {
    SYSCTL_KNOWN,
    SYSCTL_NO_SUCH,     /* no system has it, or the model knows nothing of it */
    SYSCTL_NO_VALUE,    /* a value that no system takes */
    SYSCTL_NOT_MODELLED /* one that the model does not take */
};

/* "net.ipv4.tcp_fin_timeout", "5". Whether the model's settings take their new values, within
 * their ranges, is for setting_put() to say. */
enum sysctl_outcome sysctl_read(const char *name, const char *value,
                                struct sysctl_changes *changes);

/* The i-th of the changes, as what a world is asked for. */
struct command sysctl_command(const struct sysctl_changes *changes, unsigned i, unsigned host);

/* The name as it stands in the table; NULL: there is none. */
const char *sysctl_name(const char *name, size_t len);

/* The one known that looks most like it. */
const char *sysctl_nearest(const char *name, size_t len);

#endif
