/*
 * Options of a script, --name=value: what the runner goes by, and what the host is made with.
 */
#include "ui/drill/runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MTU_LEAST = 576 /* of IPv4: RFC 791, 3.1 */
};

static bool is_malformed(struct runner *run, const struct script_option *option)
{
    return fails(run, option->line, "--%.*s cannot be '%.*s'", (int)option->name.len,
                 option->name.at, (int)option->value.len, option->value.at ? option->value.at : "");
}

static bool number_of(struct runner *run, const struct script_option *option, uint64_t least,
                      uint64_t most, uint64_t *number)
{
    char digits[24], *end;
    size_t len = option->value.at ? option->value.len : 0;
    if (len == 0 || len >= sizeof digits || option->value.at[0] < '0' || option->value.at[0] > '9')
        return is_malformed(run, option);
    memcpy(digits, option->value.at, len);
    digits[len] = '\0';
    errno = 0;
    *number = strtoull(digits, &end, 10);
    if (*end || errno || *number < least || *number > most)
        return is_malformed(run, option);
    return true;
}

static bool take_tolerance(struct runner *run, const struct script_option *option)
{
    return number_of(run, option, 0, DRILL_OPTION_MAX, &run->tolerance_usec);
}

static bool take_tick(struct runner *run, const struct script_option *option)
{
    return number_of(run, option, 0, DRILL_OPTION_MAX, &run->ts_tick_usec);
}

static bool take_version(struct runner *run, const struct script_option *option)
{
    if (script_text_is(option->value, "ipv4") || script_text_is(option->value, "ipv6"))
        run->family = script_text_is(option->value, "ipv4") ? 4 : 6;
    else if (!script_text_is(option->value, "ipv4-mapped-ipv6"))
        return is_malformed(run, option);
    else
        run->family = 4; /* on the wire, and to the model */
    run->is_mapped = script_text_is(option->value, "ipv4-mapped-ipv6");
    return true;
}

static bool take_mtu(struct runner *run, const struct script_option *option)
{
    return number_of(run, option, MTU_LEAST, UINT16_MAX, &run->mtu);
}

static bool take_port(struct runner *run, const struct script_option *option, uint16_t *port)
{
    uint64_t number = 0;
    bool good = number_of(run, option, 1, UINT16_MAX, &number);
    *port = (uint16_t)number;
    return good;
}

static bool take_bind_port(struct runner *run, const struct script_option *option)
{
    return take_port(run, option, &run->bind_port);
}

static bool take_connect_port(struct runner *run, const struct script_option *option)
{
    return take_port(run, option, &run->connect_port);
}

static bool take_ip(struct runner *run, const struct script_option *option, struct ip *ip)
{
    return (option->value.at && ip_of_text(option->value, ip)) || is_malformed(run, option);
}

static bool take_local_ip(struct runner *run, const struct script_option *option)
{
    return take_ip(run, option, &run->local);
}

static bool take_remote_ip(struct runner *run, const struct script_option *option)
{
    return take_ip(run, option, &run->remote);
}

/* How packetdrill itself talks, and its own network device. */
static bool pass_over(struct runner *run, const struct script_option *option)
{
    (void)run;
    (void)option;
    return true;
}

static const struct option_taker {
    const char *name;
    bool (*take)(struct runner *run, const struct script_option *option);
} takers[] = {
    { "tolerance_usecs", take_tolerance },
    { "tcp_ts_tick_usecs", take_tick },
    { "ip_version", take_version },
    { "mtu", take_mtu },
    { "bind_port", take_bind_port },
    { "connect_port", take_connect_port },
    { "local_ip", take_local_ip },
    { "remote_ip", take_remote_ip },
    { "gateway_ip", pass_over },
    { "netmask_ip", pass_over },
    { "speed", pass_over },
    { "verbose", pass_over },
    { "debug", pass_over },
    { "persistent_tun_dev", pass_over },
};

static bool take_option(struct runner *run, const struct script_option *option)
{
    char words[64];
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        if (script_text_is(option->name, takers[i].name))
            return takers[i].take(run, option);
    }
    snprintf(words, sizeof words, "--%.*s", option->name.len > 40 ? 40 : (int)option->name.len,
             option->name.at);
    return is_not_modelled(run, option->line, words);
}

bool options_take(struct runner *run)
{
    run->family = 4;
    run->mtu = 1500;
    run->tolerance_usec = TOLERANCE_USEC;
    run->bind_port = run->connect_port = DRILL_PORT;
    for (const struct script_option *o = run->script->options; o; o = o->next) {
        if (!take_option(run, o))
            return false;
    }
    if (run->local.family == 0)
        ip_of_text(run->family == 4 ? (struct script_text){ "192.168.0.1", 11 }
                                    : (struct script_text){ "fd3d:fa7b:d17d::1", 17 },
                   &run->local);
    if (run->remote.family == 0)
        ip_of_text(run->family == 4 ? (struct script_text){ "192.0.2.1", 9 }
                                    : (struct script_text){ "2001:db8::1", 11 },
                   &run->remote);
    if (run->local.family != run->family || run->remote.family != run->family)
        return fails(run, run->script->options->line, "an address of the other family");
    return true;
}
