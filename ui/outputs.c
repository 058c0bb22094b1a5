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
#include <unistd.h>

/* Where a file is or would be. */
struct place {
    struct stat of;          /* itself, or the folder it would be made in */
    char name[NAME_MAX + 1]; /* in that folder; empty: it is there */
};

/* Where a link that leads to no file leads to, which is what would be made. */
static bool follow(const char *path, char *to, size_t size)
{
    ssize_t len = readlink(path, to, size);
    if (len <= 0 || (size_t)len >= size)
        return false;
    to[len] = '\0';
    const char *slash = to[0] == '/' ? NULL : strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    if (folder + (size_t)len >= size)
        return false;
    memmove(to + folder, to, (size_t)len + 1);
    memcpy(to, path, folder);
    return true;
}

static bool find(const char *path, struct place *place)
{
    char folder[PATH_MAX];
    *place = (struct place){ .name = { '\0' } };
    if (stat(path, &place->of) == 0)
        return true;
    snprintf(folder, sizeof folder, "%s", path);
    for (char next[PATH_MAX]; follow(folder, next, sizeof next);)
        strcpy(folder, next);
    char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder;
    if (strlen(name) > NAME_MAX)
        return false;
    strcpy(place->name, name);
    *name = '\0';
    return stat(folder[0] ? folder : ".", &place->of) == 0;
}

bool is_same_file(const char *path, const char *other)
{
    struct place a, b;
    if (!find(path, &a) || !find(other, &b))
        return strcmp(path, other) == 0;
    bool is_new = a.name[0] || b.name[0];
    return a.of.st_dev == b.of.st_dev && a.of.st_ino == b.of.st_ino &&
           strcmp(a.name, b.name) == 0 && (is_new || S_ISREG(a.of.st_mode));
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
