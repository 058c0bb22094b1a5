/*
 * Protocols for teaching that are not TCP: each a profile with something left out or added, so that
 * what it is there for can be seen. None is ever named without a word that it is not TCP.
 */
#include "sim/profile.h"
#include "sim/text.h"

#include <stdio.h>
#include <string.h>

const struct variant tcp_variants[] = {
    { "two-way",
      N_("A handshake of two segments, which is not TCP: a server takes its SYN,ACK for heard, so "
         "an "
         "old SYN opens a connection that nobody wants."),
      { { "two_way", 1 } } },
    { "four-way",
      N_("A handshake of four segments, which is not TCP: a server sends its ACK and its SYN "
         "apart, "
         "one segment more than is needed."),
      { { "four_way", 1 } } },
    { "no-time-wait",
      N_("A close without TIME-WAIT, which is not TCP: who has heard everything is gone at once, "
         "and "
         "old segments can reach the next connection."),
      { { "no_time_wait", 1 } } },
    { "isn-zero",
      N_("Sequence numbers that always begin at 0, which is not TCP: segments of one connection "
         "fit "
         "into the next, and anybody can guess them."),
      { { "isn_zero", 1 } } },
    { "no-checksum",
      N_("A receiver that does not look at checksums, which is not TCP: what the wire has changed "
         "reaches the program."),
      { { "no_checksum", 1 } } },
    { "stop-and-wait",
      N_("One segment in flight at a time, which is not TCP: a round trip for each, however wide "
         "the "
         "wire."),
      { { "stop_and_wait", 1 } } },
};

const size_t tcp_variant_count = sizeof tcp_variants / sizeof tcp_variants[0];

const struct variant *variant_find(const char *name)
{
    for (size_t i = 0; i < tcp_variant_count; i++) {
        if (strcmp(tcp_variants[i].name, name) == 0)
            return &tcp_variants[i];
    }
    return NULL;
}

static void change(struct profile *profile, const struct variant *variant)
{
    profile->variants |= 1u << (variant - tcp_variants);
    for (size_t i = 0; i < sizeof variant->changes / sizeof variant->changes[0]; i++) {
        if (variant->changes[i].setting)
            setting_put(&profile->set, setting_find(variant->changes[i].setting),
                        variant->changes[i].value);
    }
}

const char *profile_compose(const char *words, struct profile *out)
{
    char name[PROFILE_WORDS_MAX];
    const char *at = words;
    *out = tcp_profiles[0];
    while (at) {
        const char *plus = strchr(at, '+');
        size_t len = plus ? (size_t)(plus - at) : strlen(at);
        if (len >= sizeof name)
            return at;
        memcpy(name, at, len);
        name[len] = '\0';
        const struct profile *profile = at == words ? profile_find(name) : NULL;
        const struct variant *variant = variant_find(name);
        if (!profile && !variant)
            return at;
        if (profile)
            *out = *profile;
        else
            change(out, variant);
        at = plus ? plus + 1 : NULL;
    }
    out->name = words;
    return NULL;
}

char *profile_not_tcp(const struct profile *profile, char *text, size_t len)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < tcp_variant_count && used < len; i++) {
        if (profile->variants & 1u << i)
            used += (size_t)snprintf(text + used, len - used, "%s%s",
                                     used ? ", " : "not TCP: ", tcp_variants[i].name);
    }
    return text;
}
