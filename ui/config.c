/*
 * Reading the configuration file. What a value has to be like is known to the option of that name.
 */
#include "ui/config.h"

#include "ui/complain.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 65536,
    NONE = 0, /* no file, and none has to be */
    READ = -1
};

const struct config_option config_options[] = {
    { "lang", false }, { "on", false },    { "profile", false }, { "seed", false },
    { "ascii", true }, { "ipv6", true },   { "theme", false },   { "large", true },
    { "key", false },  { "speed", false }, { "no-mouse", true }, { NULL, false },
};

/* XDG Base Directory Specification: a path that is not absolute does not count. */
static void find_path(char *path, size_t len)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int used = 0;
    if (folder && folder[0] == '/')
        used = snprintf(path, len, "%s/tcpstep/config", folder);
    else if (home && home[0] == '/')
        used = snprintf(path, len, "%s/.config/tcpstep/config", home);
    if (used <= 0 || (size_t)used >= len)
        path[0] = '\0';
}

/* The whole file, ended by NUL. NULL: *err is NONE, or why not. */
static char *read_file(const char *path, bool must_be, int *err)
{
    char *source = malloc(FILE_MAX + 2);
    FILE *file = source ? fopen(path, "re") : NULL;
    size_t len = 0;
    *err = source ? errno : ENOMEM;
    if (file) {
        len = fread(source, 1, FILE_MAX + 1, file);
        *err = ferror(file) ? errno : len > FILE_MAX || memchr(source, '\0', len) ? EFBIG : READ;
        fclose(file);
    } else if ((*err == ENOENT || *err == ENOTDIR) && !must_be) {
        *err = NONE;
    }
    if (*err == READ) {
        source[len] = '\0';
        return source;
    }
    free(source);
    return NULL;
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1]))
        text[--len] = '\0';
    return text;
}

static const struct config_option *option_of(const char *name)
{
    const struct config_option *option = config_options;
    while (option->name && strcmp(option->name, name) != 0)
        option++;
    return option->name ? option : NULL;
}

static bool no_such_option(const struct config *config, unsigned number, const char *name)
{
    const char *names[sizeof config_options / sizeof config_options[0]];
    size_t count = 0;
    for (; config_options[count].name; count++)
        names[count] = config_options[count].name;
    const char *near = nearest_word(name, names, count);
    if (near)
        complain(_("%s:%u: there is no setting '%s'; did you mean '%s'?"), config->path, number,
                 name, near);
    else
        complain(_("%s:%u: there is no setting '%s'"), config->path, number, name);
    return false;
}

static bool add(struct config *config, unsigned number, const char *name, const char *value)
{
    size_t len = strlen(name) + strlen(value) + 4;
    char *option = malloc(len);
    if (config->count == CONFIG_MAX || !option) {
        complain(_("%s:%u: more than there is room for"), config->path, number);
        free(option);
        return false;
    }
    snprintf(option, len, "--%s%s%s", name, value[0] ? "=" : "", value);
    config->options[config->count++] = option;
    return true;
}

static bool add_flag(struct config *config, unsigned number, const char *name, const char *value)
{
    if (strcmp(value, "yes") == 0)
        return add(config, number, name, "");
    if (strcmp(value, "no") == 0)
        return true;
    complain(_("%s:%u: '%s' is yes or no, not '%s'"), config->path, number, name, value);
    return false;
}

/* "key x = states": the key may be '=' itself. */
static bool take_key(struct config *config, char *text, unsigned number)
{
    char value[128];
    char *key = trim(text), *equals = key[0] ? strchr(key + 1, '=') : NULL;
    if (!equals) {
        complain(_("%s:%u: expected key NAME = COMMAND"), config->path, number);
        return false;
    }
    *equals = '\0';
    snprintf(value, sizeof value, "%s=%s", trim(key), trim(equals + 1));
    return add(config, number, "key", value);
}

static bool take_line(struct config *config, char *text, unsigned number)
{
    char *name = trim(text);
    if (name[0] == '\0' || name[0] == '#')
        return true;
    if (strncmp(name, "key ", 4) == 0)
        return take_key(config, name + 4, number);
    char *equals = strchr(name, '=');
    if (!equals) {
        complain(_("%s:%u: expected NAME = VALUE, found '%s'"), config->path, number, name);
        return false;
    }
    *equals = '\0';
    name = trim(name);
    char *value = trim(equals + 1);
    const struct config_option *option = option_of(name);
    if (!option)
        return no_such_option(config, number, name);
    return option->flag ? add_flag(config, number, name, value) : add(config, number, name, value);
}

static bool take_lines(struct config *config, char *source)
{
    unsigned number = 0;
    for (char *at = source; at;) {
        char *end = strchr(at, '\n');
        if (end)
            *end = '\0';
        if (!take_line(config, at, ++number))
            return false;
        at = end ? end + 1 : NULL;
    }
    return true;
}

bool config_read(struct config *config, const char *path)
{
    int err;
    *config = (struct config){ .count = 0 };
    if (path)
        snprintf(config->path, sizeof config->path, "%s", path);
    else
        find_path(config->path, sizeof config->path);
    if (!config->path[0])
        return true;
    char *source = read_file(config->path, path != NULL, &err);
    if (!source && err != NONE)
        complain("%s: %s", config->path,
                 err == EFBIG ? _("is no configuration: too long, or no text") : strerror(err));
    bool good = source ? take_lines(config, source) : err == NONE;
    free(source);
    if (!good)
        config_free(config);
    return good;
}

void config_free(struct config *config)
{
    for (unsigned i = 0; i < config->count; i++)
        free(config->options[i]);
    config->count = 0;
}

/* Is "--name=value" or "--name" of that name? */
static bool is_called(const char *option, const char *name)
{
    size_t len = strlen(name);
    return strncmp(option + 2, name, len) == 0 &&
           (option[2 + len] == '=' || option[2 + len] == '\0');
}

const char *config_value(const struct config *config, const char *name)
{
    for (unsigned i = config->count; i-- > 0;) {
        if (is_called(config->options[i], name))
            return config->options[i] + 2 + strlen(name) + 1;
    }
    return NULL;
}

unsigned config_for(const struct config *config, const struct command_spec *spec, char **argv)
{
    unsigned count = 0;
    for (unsigned i = 0; i < config->count; i++) {
        for (const struct option *option = spec->options; option->name; option++) {
            if (is_called(config->options[i], option->name))
                argv[count++] = config->options[i];
        }
    }
    return count;
}
