/*
 * The settings of Linux and FreeBSD that scripts make, given to the model (sim/sysctl.h).
 */
#include "sim/sysctl.h"
#include "ui/drill/runner.h"

#include <stdio.h>
#include <string.h>

static bool give(struct runner *run, const struct setting *setting, uint64_t value)
{
    struct command command = { .kind = COMMAND_SETTING, .value = value };
    command.setting = (uint32_t)(setting - tcp_settings);
    if (!setting_put(&run->set, setting, value))
        return false;
    return !run->world || world_apply(run->world, &command, NULL, NULL, NULL) == COMMAND_DONE;
}

static bool give_all(struct runner *run, const struct sysctl_changes *changes)
{
    for (unsigned i = 0; i < changes->count; i++) {
        if (!give(run, changes->setting[i], changes->value[i]))
            return false;
    }
    return true;
}

bool setting_named(struct runner *run, const char *name, const char *value, uint32_t line)
{
    struct sysctl_changes changes;
    char words[DRILL_WORDS];
    switch (sysctl_read(name, value, &changes)) {
    case SYSCTL_NO_SUCH:
        note_skipped(run, name);
        return true;
    case SYSCTL_NO_VALUE:
        return fails(run, line, "%s cannot be '%.100s'", name, value);
    case SYSCTL_KNOWN:
        if (give_all(run, &changes))
            return true;
        break;
    case SYSCTL_NOT_MODELLED:
        break;
    }
    snprintf(words, sizeof words, "%s=%.100s", name, value);
    return is_not_modelled(run, line, words);
}

static bool names(struct script_text source, const char *word)
{
    return source.at && memmem(source.at, source.len, word, strlen(word)) != NULL;
}

const struct profile *profile_named(const struct script *script)
{
    if (names(script->source, "net.inet."))
        return profile_find("freebsd");
    if (names(script->source, "net.ipv4.") || names(script->source, "/net/ipv4/"))
        return profile_find("linux");
    return NULL;
}
