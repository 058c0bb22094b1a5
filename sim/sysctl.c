/*
 * The table, and a system's value as values of the model.
 */
#include "sim/sysctl.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

const struct sysctl sysctls[] = {
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

const size_t sysctl_count = sizeof sysctls / sizeof sysctls[0];

enum {
    NAME_LOOKED_AT = 48 /* of a name that nobody knows */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The numbers of a value: "4096 540000 15728640", or one. 0 where it is anything else. */
static unsigned numbers(const char *value, uint64_t number[3])
{
    unsigned count = 0;
    value += strspn(value, " \t");
    for (; *value && count < 3; count++) {
        char *end;
        number[count] = strtoumax(value, &end, 0);
        if (!is_digit(*value) || end == value || number[count] > UINT32_MAX)
            return 0;
        value = end + strspn(end, " \t");
    }
    return *value ? 0 : count;
}

static bool is_among(const char *numbers_of, uint64_t value)
{
    char *end;
    while (*numbers_of) {
        if (strtoumax(numbers_of, &end, 10) == value)
            return true;
        numbers_of = end;
    }
    return false;
}

static enum sysctl_outcome change(struct sysctl_changes *changes, const char *setting,
                                  uint64_t value)
{
    assert(changes->count < SYSCTL_CHANGES_MAX);
    changes->setting[changes->count] = setting_find(setting);
    changes->value[changes->count++] = value;
    return SYSCTL_KNOWN;
}

/* Sent again so many times, the wait doubling from a second on, and then given up. */
static enum sysctl_outcome change_retries(struct sysctl_changes *changes, const char *setting,
                                          uint64_t retries)
{
    if (retries >= 7)
        return SYSCTL_NOT_MODELLED;
    return change(changes, setting, (((uint64_t)2 << retries) - 1) * 1000000);
}

static enum sysctl_outcome convert(const struct sysctl *sysctl, const uint64_t number[3],
                                   struct sysctl_changes *changes)
{
    switch (sysctl->unit) {
    case AS_IT_IS:
        return change(changes, sysctl->setting, number[0]);
    case MSEC:
        return change(changes, sysctl->setting, number[0] * 1000);
    case HALF_MSEC:
        return change(changes, sysctl->setting, number[0] * 2000);
    case SECONDS:
        return change(changes, sysctl->setting, number[0] * 1000000);
    case SECOND_OF:
        return change(changes, sysctl->setting, number[1]);
    case BUFFERS:
        change(changes, "rcv_buffer", number[1]);
        return change(changes, "rcv_buffer_max", number[2]);
    case ON_IF_ANY:
        return change(changes, sysctl->setting, number[0] != 0);
    case RETRIES:
        return change_retries(changes, sysctl->setting, number[0]);
    case ONLY:
        return is_among(sysctl->setting, number[0]) ? SYSCTL_KNOWN : SYSCTL_NOT_MODELLED;
    case NO_MATTER:
        break;
    }
    return SYSCTL_KNOWN;
}

static unsigned numbers_of(enum sysctl_unit unit)
{
    return unit == BUFFERS || unit == SECOND_OF ? 3 : 1;
}

enum sysctl_outcome sysctl_read(const char *name, const char *value, struct sysctl_changes *changes)
{
    enum sysctl_outcome outcome = SYSCTL_NO_SUCH;
    changes->count = 0;
    for (size_t i = 0; i < sysctl_count; i++) {
        const struct sysctl *sysctl = &sysctls[i];
        uint64_t number[3] = { 0 };
        if (strcmp(sysctl->name, name) != 0)
            continue;
        if (sysctl->unit != NO_MATTER && numbers(value, number) != numbers_of(sysctl->unit))
            return SYSCTL_NO_VALUE;
        outcome = convert(sysctl, number, changes);
        if (outcome != SYSCTL_KNOWN)
            return outcome;
    }
    return outcome;
}

const char *sysctl_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sysctl_count; i++) {
        if (strlen(sysctls[i].name) == len && memcmp(sysctls[i].name, name, len) == 0)
            return sysctls[i].name;
    }
    return NULL;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters have to be changed, added or left out (Levenshtein). */
static unsigned distance(const char *a, size_t a_len, const char *b)
{
    unsigned row[NAME_LOOKED_AT + 1];
    for (size_t i = 0; i <= a_len; i++)
        row[i] = (unsigned)i;
    for (; *b; b++) {
        unsigned corner = row[0]++;
        for (size_t i = 1; i <= a_len; i++) {
            unsigned same = corner + (a[i - 1] != *b);
            corner = row[i];
            row[i] = least(same, least(row[i], row[i - 1]) + 1);
        }
    }
    return row[a_len];
}

const char *sysctl_nearest(const char *name, size_t len)
{
    const char *nearest = sysctls[0].name;
    unsigned best = UINT32_MAX;
    len = len < NAME_LOOKED_AT ? len : NAME_LOOKED_AT;
    for (size_t i = 0; i < sysctl_count; i++) {
        unsigned far = distance(name, len, sysctls[i].name);
        if (far < best) {
            best = far;
            nearest = sysctls[i].name;
        }
    }
    return nearest;
}

struct command sysctl_command(const struct sysctl_changes *changes, unsigned i, unsigned host)
{
    return (struct command){ .kind = COMMAND_SETTING,
                             .host = host,
                             .setting = (uint32_t)(changes->setting[i] - tcp_settings),
                             .value = changes->value[i] };
}
