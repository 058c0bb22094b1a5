/*
 * The files that a command is asked to write: each one its own, or what is written last would be
 * all that is left.
 */
#ifndef UI_OUTPUTS_H
#define UI_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

struct output {
    const char *option; /* that names it, without its dashes */
    const char *path;   /* NULL: it is not asked for; -: standard output, which is not looked at */
};

/* False: two of them are one file, and a complaint was printed. */
bool outputs_differ(const struct output *outputs, size_t count);

/* By whatever names; also where there is no file yet and both would make it. Devices and pipes may
 * be written to twice. */
bool is_same_file(const char *path, const char *other);

#endif
