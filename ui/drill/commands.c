/*
 * Commands of a script: those that make settings are understood, no shell is run. A file of
 * commands that a script names is read for the settings in it. What is not understood is left out
 * in front of the first event and behind the last, where nothing is judged by it; in between it may
 * be what the script is about, so the script is not taken to hold.
 */
#include "ui/drill/runner.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_LEN_MAX = 256 * 1024,
    FILES_DEEP = 4,
    FILES_MAX = 64, /* read for one script */
    WORDS_MAX = 64,
    LINE_LEN_MAX = 2048
};

static bool left_out(struct runner *run, const char *name, uint32_t line)
{
    char words[DRILL_WORDS];
    snprintf(words, sizeof words, "the command %.300s", name);
    if (!run->is_init)
        return is_not_modelled(run, line, words);
    note_skipped(run, name);
    return true;
}

/* "net.ipv4.x=1" or "/proc/sys/net/ipv4/x=1". */
static bool assignment(struct runner *run, char *word, char *value, uint32_t line)
{
    static const char proc[] = "/proc/sys/";
    if (strncmp(word, proc, sizeof proc - 1) == 0)
        word += sizeof proc - 1;
    for (char *at = word; *at; at++)
        *at = *at == '/' ? '.' : *at;
    return setting_named(run, word, value, line);
}

/* Words without = are options, or names of settings that are only shown. */
static bool assignments(struct runner *run, char **words, unsigned count, uint32_t line)
{
    for (unsigned i = 1; i < count; i++) {
        char *value = strchr(words[i], '=');
        if (strcmp(words[i], "-p") == 0 || strncmp(words[i], "--", 2) == 0)
            return left_out(run, words[0], line);
        if (!value)
            continue;
        *value++ = '\0';
        if (!assignment(run, words[i], value, line))
            return false;
    }
    return true;
}

/* Works out $((15*1024*1024)), the one bit of shell that such files have. */
static void products(char *text)
{
    for (char *at = strstr(text, "$(("); at; at = strstr(at + 1, "$((")) {
        uint64_t product = 1;
        char *end = strstr(at, "))"), *from = at + 3, number[24];
        if (!end)
            return;
        while (from < end) {
            char *next;
            product *= strtoull(from, &next, 10);
            next += strspn(next, " ");
            if (next == from || (next < end && *next != '*'))
                break;
            from = next < end ? next + 1 : next;
        }
        int len = snprintf(number, sizeof number, "%llu", (unsigned long long)product);
        if (from != end || at + len > end + 2)
            continue;
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
    static const char *const words[] = { "tc", "ip", "modprobe", "echo", "true", ":" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return ends_with(word, "ethtool") || strstr(word, "sysctl_restore") != NULL;
}

static bool run_lines(struct runner *run, char *text, uint32_t line, unsigned depth);

/* A regular file, whole; NULL: there is none such. */
static char *read_file(const char *path)
{
    struct stat is;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) && is.st_size < FILE_LEN_MAX;
    char *text = good ? malloc(FILE_LEN_MAX) : NULL;
    ssize_t len = text ? read(fd, text, FILE_LEN_MAX - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (len >= 0) {
        text[len] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

static char *file_beside(const char *script, const char *name)
{
    char path[4096];
    const char *slash = strrchr(script, '/');
    int folder = slash && name[0] != '/' ? (int)(slash - script) + 1 : 0;
    int len = snprintf(path, sizeof path, "%.*s%s", folder, script, name);
    return len > 0 && (size_t)len < sizeof path ? read_file(path) : NULL;
}

static bool run_file(struct runner *run, const char *name, uint32_t line, unsigned depth)
{
    bool may = depth < FILES_DEEP && run->files++ < FILES_MAX;
    char *text = may ? file_beside(run->path, name) : NULL;
    if (!text)
        return left_out(run, name, line);
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
        while (isspace((unsigned char)*text))
            text++;
        if (!*text || *text == '#')
            break;
        words[count++] = to;
        for (char quote = '\0'; *text && (quote || !isspace((unsigned char)*text)); text++) {
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

/* Takes "2>&1" and "> /dev/null" away. */
static unsigned without_silence(char **words, unsigned count)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        bool to_null =
            i + 1 < count && strcmp(words[i + 1], "/dev/null") == 0 && ends_with(words[i], ">");
        if (to_null)
            i++;
        else if (strcmp(words[i], "2>&1") != 0 && !ends_with(words[i], ">/dev/null"))
            words[kept++] = words[i];
    }
    return kept;
}

static bool run_words(struct runner *run, char **words, unsigned count, uint32_t line,
                      unsigned depth)
{
    static const char *const shells[] = { "sh", "bash", "source", "." };
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (count > 1 && strcmp(words[0], shells[i]) == 0)
            return ends_with(words[1], ".sh") ? run_file(run, words[1], line, depth)
                                              : left_out(run, words[0], line);
    }
    if (ends_with(words[0], "sysctl") || ends_with(words[0], "set_sysctls.py"))
        return assignments(run, words, count, line);
    if (count == 4 && strcmp(words[0], "echo") == 0 && strcmp(words[2], ">") == 0)
        return assignment(run, words[3], words[1], line);
    if (ends_with(words[0], ".sh") && !is_of_no_matter(words[0]))
        return run_file(run, words[0], line, depth);
    bool writes = false;
    for (unsigned i = 0; i < count; i++)
        writes = writes || strchr(words[i], '>') != NULL;
    return (is_of_no_matter(words[0]) && !writes) || left_out(run, words[0], line);
}

static bool run_line(struct runner *run, const char *text, uint32_t line, unsigned depth)
{
    char copy[LINE_LEN_MAX], *words[WORDS_MAX];
    bool holds;
    if (*text == '#')
        return true;
    if (strlen(text) >= sizeof copy)
        return fails(run, line, "a command too long");
    if (sockstat_command(run, text, line, &holds))
        return holds;
    strcpy(copy, text);
    products(copy);
    bool has_shell = strpbrk(copy, "|&<`$(){}") != NULL && !strstr(copy, "2>&1");
    unsigned count = without_silence(words, split(copy, words));
    if (count == WORDS_MAX || (has_shell && count > 0 && !is_of_no_matter(words[0])))
        return left_out(run, words[0], line);
    return count == 0 || run_words(run, words, count, line, depth);
}

/* Lines, and commands with ; or && between them; a backslash takes in the next line. */
static bool run_lines(struct runner *run, char *text, uint32_t line, unsigned depth)
{
    for (char *at = strstr(text, "\\\n"); at; at = strstr(at, "\\\n"))
        at[0] = at[1] = ' ';
    for (char *at = strstr(text, "&&"); at; at = strstr(at, "&&"))
        at[0] = at[1] = ';';
    while (*text) {
        size_t len = strcspn(text, "\n;");
        char end = text[len];
        text[len] = '\0';
        if (!run_line(run, text + strspn(text, " \t\r"), line, depth))
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
    bool good = strlen(copy) == text.len ? run_lines(run, copy, line, 0)
                                         : fails(run, line, "a command with a NUL");
    free(copy);
    return good;
}
