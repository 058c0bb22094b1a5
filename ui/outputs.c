/*
 * Nothing is opened here: a file that is refused stays as it was.
 */
#include "ui/outputs.h"

#include "ui/complain.h"
#include "ui/text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Where a file is or would be. */
struct place {
    struct stat of;   /* itself, or the folder it would be made in */
    const char *name; /* in that folder; NULL: it is there */
};

static bool find(const char *path, struct place *place)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) + 1 : 0;
    *place = (struct place){ .name = NULL };
    if (stat(path, &place->of) == 0)
        return true;
    if (len >= sizeof folder)
        return false;
    snprintf(folder, sizeof folder, "%.*s", (int)len, path);
    place->name = path + len;
    return stat(len > 0 ? folder : ".", &place->of) == 0;
}

bool is_same_file(const char *path, const char *other)
{
    struct place a, b;
    if (strcmp(path, other) == 0)
        return true;
    if (!find(path, &a) || !find(other, &b) || !a.name != !b.name)
        return false;
    return a.of.st_dev == b.of.st_dev && a.of.st_ino == b.of.st_ino &&
           (!a.name || strcmp(a.name, b.name) == 0);
}

static bool is_file(const struct output *output)
{
    return output->path && strcmp(output->path, "-") != 0;
}

bool outputs_differ(const struct output *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (!is_file(&outputs[i]) || !is_file(&outputs[j]) ||
                !is_same_file(outputs[i].path, outputs[j].path))
                continue;
            complain(_("--%s and --%s name the same file: %s"), outputs[j].option,
                     outputs[i].option, outputs[i].path);
            return false;
        }
    }
    return true;
}
