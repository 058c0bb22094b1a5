/*
 * Reading --profile, and complaining.
 */
#include "ui/profile.h"

#include "ui/complain.h"
#include "ui/text.h"

#include <string.h>

enum {
    NAMES_MAX = 32
};

/* The names that may stand there; returns how many. */
static size_t names_there(const char *names[NAMES_MAX], bool first)
{
    size_t count = 0;
    for (size_t i = 0; first && i < tcp_profile_count && count < NAMES_MAX; i++)
        names[count++] = tcp_profiles[i].name;
    for (size_t i = 0; i < tcp_variant_count && count < NAMES_MAX; i++)
        names[count++] = tcp_variants[i].name;
    return count;
}

bool profile_said(const char *value, struct profile *profile)
{
    const char *names[NAMES_MAX], *at = profile_compose(value, profile);
    char name[PROFILE_WORDS_MAX];
    if (!at)
        return true;
    const char *plus = strchr(at, '+');
    size_t len = plus ? (size_t)(plus - at) : strlen(at);
    len = len < sizeof name ? len : sizeof name - 1;
    memcpy(name, at, len);
    name[len] = '\0';
    const char *near = nearest_word(name, names, names_there(names, at == value));
    if (at != value && profile_find(name))
        complain(_("--profile: '%s' is a whole profile: it comes first, and alone"), name);
    else if (near)
        complain(_("--profile: there is no '%s'; did you mean '%s'?"), name, near);
    else
        complain(_("--profile: there is no '%s'; see --help"), name);
    return false;
}
