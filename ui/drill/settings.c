/*
 * What the settings of Linux and FreeBSD that scripts make are to the model.
 */
#include "ui/drill/settings.h"
#include "ui/drill/runner.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct known_setting known_settings[] = {
    { "net.ipv4.tcp_rmem", BUFFERS, "rcv_buffer" },
    { "net.ipv4.tcp_wmem", SECOND_OF, "snd_buffer" },
    { "net.ipv4.tcp_timestamps", ON_IF_ANY, "timestamps" },
    { "net.ipv4.tcp_sack", ON_IF_ANY, "sack" },
    { "net.ipv4.tcp_window_scaling", ON_IF_ANY, "window_scaling" },
    { "net.ipv4.tcp_syncookies", ON_IF_ANY, "syn_cookies" },
    { "net.ipv4.tcp_slow_start_after_idle", ON_IF_ANY, "restart_after_idle" },
    { "net.ipv4.tcp_min_tso_segs", AS_IT_IS, "burst_min" },
    { "net.ipv4.tcp_rfc1337", ON_IF_ANY, "time_wait_keeps" },
    { "net.ipv4.tcp_fin_timeout", SECONDS, "fin_wait_2_usec" },
    { "net.ipv4.tcp_keepalive_time", SECONDS, "keep_idle_usec" },
    { "net.ipv4.tcp_keepalive_intvl", SECONDS, "keep_interval_usec" },
    { "net.ipv4.tcp_keepalive_probes", AS_IT_IS, "keep_probes" },
    { "net.ipv4.tcp_challenge_ack_limit", AS_IT_IS, "challenge_acks" },
    { "net.ipv4.tcp_max_syn_backlog", AS_IT_IS, "syn_backlog" },
    { "net.ipv4.tcp_reordering", AS_IT_IS, "dup_acks" },
    { "net.ipv4.tcp_syn_retries", RETRIES, "user_timeout_syn_usec" },
    { "net.ipv4.tcp_synack_retries", ONLY, "5" },
    { "net.ipv4.tcp_ecn", ONLY, "0 2" },
    { "net.ipv4.tcp_ecn_option", NO_MATTER, NULL },
    { "net.ipv4.tcp_fastopen", NO_MATTER, NULL },
    { "net.ipv4.tcp_fastopen_key", NO_MATTER, NULL },
    { "net.inet.tcp.rfc1323", ON_IF_ANY, "timestamps" },
    { "net.inet.tcp.rfc1323", ON_IF_ANY, "window_scaling" },
    { "net.inet.tcp.sack.enable", ON_IF_ANY, "sack" },
    { "net.inet.tcp.recvspace", AS_IT_IS, "rcv_buffer" },
    { "net.inet.tcp.sendspace", AS_IT_IS, "snd_buffer" },
    { "kern.ipc.maxsockbuf", AS_IT_IS, "rcv_buffer_max" },
    { "net.inet.tcp.insecure_rst", ON_IF_ANY, "insecure_rst" },
    { "net.inet.tcp.insecure_syn", ON_IF_ANY, "insecure_syn" },
    { "net.inet.tcp.drop_synfin", ON_IF_ANY, "drop_syn_fin" },
    { "net.inet.tcp.rexmit_initial", MSEC, "rto_initial_usec" },
    { "net.inet.tcp.syncookies", ON_IF_ANY, "syn_cookies" },
    { "net.inet.tcp.msl", HALF_MSEC, "two_msl_usec" },
    { "net.inet.tcp.delacktime", MSEC, "ack_delay_usec" },
    { "net.inet.tcp.blackhole", ONLY, "0" },
    { "net.inet.tcp.ecn.enable", ONLY, "0 2" },
    { "net.inet.tcp.hostcache.purgenow", NO_MATTER, NULL },
};

const size_t known_setting_count = sizeof known_settings / sizeof known_settings[0];

static bool give(struct runner *run, const char *name, uint64_t value)
{
    const struct setting *setting = setting_find(name);
    struct command command = { .kind = COMMAND_SETTING, .value = value };
    command.setting = (uint32_t)(setting - tcp_settings);
    if (!setting_put(&run->set, setting, value))
        return false;
    return !run->world || world_apply(run->world, &command, NULL, NULL, NULL) == COMMAND_DONE;
}

/* The numbers of a value: "4096 540000 15728640", or one. 0 where it is anything else. */
static unsigned numbers(const char *value, uint64_t number[3])
{
    unsigned count = 0;
    value += strspn(value, " \t");
    for (; *value && count < 3; count++) {
        char *end;
        errno = 0;
        number[count] = strtoull(value, &end, 0);
        if (errno || end == value || !isdigit((unsigned char)*value) || number[count] > UINT32_MAX)
            return 0;
        value = end + strspn(end, " \t");
    }
    return *value ? 0 : count;
}

/* Sent again so many times, the wait doubling from a second on, and then given up. */
static bool give_retries(struct runner *run, const char *setting, uint64_t retries)
{
    return retries < 7 && give(run, setting, (((uint64_t)2 << retries) - 1) * 1000000);
}

static bool is_among(const char *numbers_of, uint64_t value)
{
    char *end;
    while (*numbers_of) {
        if (strtoull(numbers_of, &end, 10) == value)
            return true;
        numbers_of = end;
    }
    return false;
}

/* False: the model takes no such value. */
static bool set_known(struct runner *run, const struct known_setting *known,
                      const uint64_t number[3])
{
    switch (known->unit) {
    case AS_IT_IS:
        return give(run, known->setting, number[0]);
    case MSEC:
        return give(run, known->setting, number[0] * 1000);
    case HALF_MSEC:
        return give(run, known->setting, number[0] * 2000);
    case SECONDS:
        return give(run, known->setting, number[0] * 1000000);
    case SECOND_OF:
        return give(run, known->setting, number[1]);
    case BUFFERS:
        return give(run, "rcv_buffer", number[1]) && give(run, "rcv_buffer_max", number[2]);
    case ON_IF_ANY:
        return give(run, known->setting, number[0] != 0);
    case RETRIES:
        return give_retries(run, known->setting, number[0]);
    case ONLY:
        return is_among(known->setting, number[0]);
    case NO_MATTER:
        break;
    }
    return true;
}

static bool needs_three(enum setting_unit unit)
{
    return unit == BUFFERS || unit == SECOND_OF;
}

static bool set_one(struct runner *run, const struct known_setting *known, const char *value,
                    uint32_t line)
{
    uint64_t number[3];
    char words[DRILL_WORDS];
    if (known->unit == NO_MATTER)
        return true;
    if (numbers(value, number) != (needs_three(known->unit) ? 3 : 1))
        return fails(run, line, "%s cannot be '%.100s'", known->name, value);
    if (set_known(run, known, number))
        return true;
    snprintf(words, sizeof words, "%s=%.100s", known->name, value);
    return is_not_modelled(run, line, words);
}

bool setting_named(struct runner *run, const char *name, const char *value, uint32_t line)
{
    bool found = false;
    for (size_t i = 0; i < known_setting_count; i++) {
        if (strcmp(known_settings[i].name, name) != 0)
            continue;
        found = true;
        if (!set_one(run, &known_settings[i], value, line))
            return false;
    }
    if (!found)
        note_skipped(run, name);
    return true;
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
