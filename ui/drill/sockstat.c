/*
 * `sockstat ... | grep ...`: the one command by which scripts for FreeBSD ask for the states of
 * sockets. It prints a line a socket; each grep keeps lines, or with -c their number.
 */
#include "ui/drill/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES_LEN = DRILL_SOCKETS * 160,
    PIPE_LEN = 512
};

static const char *bsd_state(enum tcp_state state)
{
    static const char *const names[TCP_STATE_COUNT] = {
        [CLOSED] = "CLOSED",         [LISTEN] = "LISTEN",           [SYN_SENT] = "SYN_SENT",
        [SYN_RECEIVED] = "SYN_RCVD", [ESTABLISHED] = "ESTABLISHED", [FIN_WAIT_1] = "FIN_WAIT_1",
        [FIN_WAIT_2] = "FIN_WAIT_2", [CLOSE_WAIT] = "CLOSE_WAIT",   [CLOSING] = "CLOSING",
        [LAST_ACK] = "LAST_ACK",     [TIME_WAIT] = "TIME_WAIT",
    };
    return names[state];
}

/* A line for each socket, with the name of its program where one holds it. */
static void print_sockets(const struct runner *run, long port, char *lines)
{
    size_t used = 0;
    lines[0] = '\0';
    for (unsigned i = 0; i < DRILL_SOCKETS; i++) {
        const struct seen_socket *seen = &run->seen[i];
        char local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX];
        bool gone = seen->id == 0 || (seen->fd < 0 && seen->state == CLOSED);
        if (gone || (port && seen->local.port != port && seen->remote.port != port))
            continue;
        used += (size_t)snprintf(lines + used, LINES_LEN - used, "%s tcp%u %s %s %s\n",
                                 seen->fd >= 0 ? "root packetdril 1 3" : "? ? ? ?", run->family,
                                 endpoint_text(&seen->local, local, sizeof local),
                                 endpoint_text(&seen->remote, remote, sizeof remote),
                                 bsd_state(seen->state));
    }
}

static bool holds_word(const char *line, size_t len, const char *word)
{
    return memmem(line, len, word, strlen(word)) != NULL;
}

/* grep [-c] WORD over the lines, in place. */
static void grep(char *lines, const char *word, bool count)
{
    char *to = lines;
    unsigned kept = 0;
    for (const char *at = lines; *at;) {
        size_t len = strcspn(at, "\n") + 1;
        if (holds_word(at, len, word)) {
            memmove(to, at, len);
            to += len;
            kept++;
        }
        at += len;
    }
    *to = '\0';
    if (count)
        snprintf(lines, LINES_LEN, "%u\n", kept);
}

static bool filter(char *lines, char *stage)
{
    char *save = NULL;
    const char *name = strtok_r(stage, " \t", &save);
    const char *word = strtok_r(NULL, " \t", &save);
    bool count = word && strcmp(word, "-c") == 0;
    if (count)
        word = strtok_r(NULL, " \t", &save);
    if (!name || strcmp(name, "grep") != 0 || !word || strpbrk(word, "-.*[]^$\\'\"") ||
        strtok_r(NULL, " \t", &save))
        return false;
    grep(lines, word, count);
    return true;
}

/* What is asked for: -4 or -6, -P tcp, -p PORT; -s shows states, which is done anyway. */
static bool read_options(const struct runner *run, char *stage, long *port)
{
    char *save = NULL, *end;
    strtok_r(stage, " \t", &save);
    for (const char *word; (word = strtok_r(NULL, " \t", &save)) != NULL;) {
        bool fits = strcmp(word, "-s") == 0 || strcmp(word, run->family == 4 ? "-4" : "-6") == 0;
        if (fits)
            continue;
        const char *value = strtok_r(NULL, " \t", &save);
        if (!value || (strcmp(word, "-P") != 0 && strcmp(word, "-p") != 0))
            return false;
        if (strcmp(word, "-P") == 0 && strcmp(value, "tcp") != 0)
            return false;
        if (strcmp(word, "-P") == 0)
            continue;
        *port = strtol(value, &end, 10);
        if (*end || *port < 1 || *port > UINT16_MAX)
            return false;
    }
    return true;
}

/* Runs the whole pipe in `copy`; false: there is something in it that is not understood. */
static bool run_pipe(const struct runner *run, char *copy, char *lines)
{
    char *save = NULL, *stage = strtok_r(copy, "|", &save);
    long port = 0;
    if (!read_options(run, stage, &port))
        return false;
    print_sockets(run, port, lines);
    while ((stage = strtok_r(NULL, "|", &save)) != NULL) {
        if (!filter(lines, stage))
            return false;
    }
    return true;
}

bool sockstat_command(struct runner *run, const char *text, uint32_t line, bool *holds)
{
    char copy[PIPE_LEN];
    static const char name[] = "sockstat ";
    if (strncmp(text, name, sizeof name - 1) != 0)
        return false;
    char *lines = malloc(LINES_LEN);
    snprintf(copy, sizeof copy, "%s", text);
    if (!lines)
        *holds = fails(run, line, "no memory");
    else if (strlen(text) >= sizeof copy || !run->world || !run_pipe(run, copy, lines))
        *holds = is_not_modelled(run, line, "sockstat with other options or filters");
    else if (lines[0] != '\0')
        *holds = true;
    else
        *holds = fails(run, line, "what the command asks for does not hold: %s", text);
    free(lines);
    return true;
}
