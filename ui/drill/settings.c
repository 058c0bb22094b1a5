/*
 * Commands of a script: those that make settings are understood, no shell is run. A file of
 * commands that a script names is read for the settings in it.
 */
#include "ui/drill/runner.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 256 * 1024,
    FILES_DEEP = 4,
    WORDS_MAX = 64,
    LINE_MAX_LEN = 2048
};

/* How the number of a system's setting becomes the value of ours. */
enum unit {
    AS_IT_IS,
    MSEC,      /* milliseconds to microseconds */
    SECONDS,   /* seconds likewise */
    SECOND_OF, /* the second number of three: the default of a buffer */
    BUFFERS,   /* the second and the third: default and most of the receive buffer */
    ON_IF_ANY, /* 0 is off */
    NO_MATTER  /* known, and of no effect on the model */
};

static const struct known {
    const char *name;
    enum unit unit;
    const char *setting;
} knowns[] = {
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
    { "net.ipv4.tcp_syn_retries", NO_MATTER, NULL },
    { "net.ipv4.tcp_synack_retries", NO_MATTER, NULL },
    { "net.ipv4.tcp_ecn", NO_MATTER, NULL },
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
    { "net.inet.tcp.msl", MSEC, "two_msl_usec" },
    { "net.inet.tcp.delacktime", MSEC, "ack_delay_usec" },
    { "net.inet.tcp.blackhole", NO_MATTER, NULL },
    { "net.inet.tcp.ecn.enable", NO_MATTER, NULL },
    { "net.inet.tcp.hostcache.purgenow", NO_MATTER, NULL },
};

static bool give(struct runner *run, const char *name, uint64_t value)
{
    const struct setting *setting = setting_find(name);
    struct command command = { .kind = COMMAND_SETTING, .value = value };
    command.setting = (uint32_t)(setting - tcp_settings);
    if (!setting_put(&run->set, setting, value))
        return false;
    return !run->world || world_apply(run->world, &command, NULL, NULL, NULL) == COMMAND_DONE;
}

/* The numbers of a value: "4096 540000 15728640", or one. */
static unsigned numbers(const char *value, uint64_t number[3])
{
    unsigned count = 0;
    while (count < 3) {
        char *end;
        value += strspn(value, " \t\"'");
        number[count] = strtoull(value, &end, 0);
        if (end == value)
            break;
        value = end;
        count++;
    }
    return count;
}

static bool set_buffers(struct runner *run, const uint64_t number[3])
{
    return give(run, "rcv_buffer", number[1]) && give(run, "rcv_buffer_max", number[2]);
}

static bool set_known(struct runner *run, const struct known *known, const char *value)
{
    uint64_t number[3];
    unsigned count = numbers(value, number);
    unsigned needs = known->unit == BUFFERS ? 3 : known->unit == SECOND_OF ? 2 : 1;
    if (known->unit == NO_MATTER)
        return true;
    if (count < needs)
        return false;
    switch (known->unit) {
    case AS_IT_IS:
        return give(run, known->setting, number[0]);
    case MSEC: /* msl is half of what we keep */
        return give(run, known->setting,
                    number[0] * (strcmp(known->setting, "two_msl_usec") == 0 ? 2000 : 1000));
    case SECONDS:
        return give(run, known->setting, number[0] * 1000000);
    case SECOND_OF:
        return give(run, known->setting, number[1]);
    case BUFFERS:
        return set_buffers(run, number);
    case ON_IF_ANY:
        return give(run, known->setting, number[0] != 0);
    case NO_MATTER:
        break;
    }
    return true;
}

static bool set_named(struct runner *run, const char *name, const char *value, uint32_t line)
{
    bool found = false;
    for (size_t i = 0; i < sizeof knowns / sizeof knowns[0]; i++) {
        if (strcmp(knowns[i].name, name) != 0)
            continue;
        found = true;
        if (!set_known(run, &knowns[i], value))
            return fails(run, line, "%s cannot be '%s'", name, value);
    }
    if (!found)
        note_skipped(run, name);
    return true;
}

/* "net.ipv4.x=1" or "/proc/sys/net/ipv4/x=1". */
static bool assignment(struct runner *run, char *word, uint32_t line)
{
    static const char proc[] = "/proc/sys/";
    char *value = strchr(word, '=');
    if (!value)
        return true;
    *value++ = '\0';
    if (strncmp(word, proc, sizeof proc - 1) == 0) {
        word += sizeof proc - 1;
        for (char *at = word; *at; at++)
            *at = *at == '/' ? '.' : *at;
    }
    return set_named(run, word, value, line);
}

/* Works out $((15*1024*1024)), the one bit of shell that such files have. */
static void products(char *text)
{
    for (char *at = strstr(text, "$(("); at; at = strstr(text, "$((")) {
        uint64_t product = 1;
        char *end = strstr(at, "))"), *from = at + 3, number[24];
        if (!end)
            return;
        for (; from < end; from += *from == '*' ? 1 : 0)
            product *= strtoull(from, &from, 10);
        int len = snprintf(number, sizeof number, "%llu", (unsigned long long)product);
        if (at + len > end + 2)
            return;
        memcpy(at, number, (size_t)len);
        memmove(at + len, end + 2, strlen(end + 2) + 1);
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* What has no meaning for a model: how a card cuts segments, queues of a device, caches. */
static bool is_of_no_matter(const char *word)
{
    return ends_with(word, "ethtool") || strcmp(word, "tc") == 0 || strcmp(word, "ip") == 0 ||
           strstr(word, "sysctl_restore") != NULL;
}

static bool run_lines(struct runner *run, char *text, uint32_t line, unsigned depth);

static char *file_beside(const char *script, const char *name)
{
    char path[4096];
    const char *slash = strrchr(script, '/');
    int folder = slash && name[0] != '/' ? (int)(slash - script) + 1 : 0;
    snprintf(path, sizeof path, "%.*s%s", folder, script, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    char *text = malloc(FILE_MAX);
    size_t len = text ? fread(text, 1, FILE_MAX - 1, file) : 0;
    if (text)
        text[len] = '\0';
    fclose(file);
    return text;
}

static bool run_file(struct runner *run, const char *name, uint32_t line, unsigned depth)
{
    char *text = depth < FILES_DEEP ? file_beside(run->path, name) : NULL;
    if (!text) {
        note_skipped(run, name);
        return true;
    }
    bool good = run_lines(run, text, line, depth + 1);
    free(text);
    return good;
}

/* Splits at blanks; quotes keep words together and are taken off. */
static unsigned split(char *text, char *words[WORDS_MAX])
{
    unsigned count = 0;
    char *to = text;
    while (*text && count < WORDS_MAX) {
        while (isblank((unsigned char)*text))
            text++;
        if (!*text || *text == '#')
            break;
        words[count++] = to;
        for (char quote = '\0'; *text && (quote || !isblank((unsigned char)*text)); text++) {
            if (quote ? *text == quote : *text == '"' || *text == '\'')
                quote = quote ? '\0' : *text;
            else
                *to++ = *text;
        }
        bool more = *text != '\0';
        *to++ = '\0';
        text += more;
    }
    return count;
}

static bool run_words(struct runner *run, char **words, unsigned count, uint32_t line,
                      unsigned depth)
{
    bool sets = ends_with(words[0], "sysctl") || ends_with(words[0], "set_sysctls.py");
    for (unsigned i = 1; sets && i < count; i++) {
        if (!assignment(run, words[i], line))
            return false;
    }
    if (sets || is_of_no_matter(words[0]))
        return true;
    if (ends_with(words[0], ".sh"))
        return run_file(run, words[0], line, depth);
    note_skipped(run, words[0]);
    return true;
}

static bool run_line(struct runner *run, const char *text, uint32_t line, unsigned depth)
{
    char copy[LINE_MAX_LEN], *words[WORDS_MAX];
    bool holds;
    if (strlen(text) >= sizeof copy)
        return fails(run, line, "a command too long");
    if (sockstat_command(run, text, &holds))
        return holds || fails(run, line, "what the command asks for does not hold: %s", text);
    strcpy(copy, text);
    products(copy);
    unsigned count = split(copy, words);
    return count == 0 || run_words(run, words, count, line, depth);
}

/* Lines, and commands with ; between them; a backslash takes in the next line. */
static bool run_lines(struct runner *run, char *text, uint32_t line, unsigned depth)
{
    for (char *at = strstr(text, "\\\n"); at; at = strstr(at, "\\\n"))
        at[0] = at[1] = ' ';
    while (*text) {
        size_t len = strcspn(text, "\n;");
        char end = text[len];
        text[len] = '\0';
        if (!run_line(run, text + strspn(text, " \t"), line, depth))
            return false;
        text += len + (end ? 1 : 0);
    }
    return true;
}

bool command_event(struct runner *run, struct script_text text, uint32_t line)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return fails(run, line, "no memory");
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    bool good = run_lines(run, copy, line, 0);
    free(copy);
    return good;
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
