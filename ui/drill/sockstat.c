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
        used += (size_t)snprintf(lines + used, LINES_LEN - used, "%s tcp4 %s %s %s\n",
                                 seen->fd >= 0 ? "root packetdril 1 3" : "? ? ? ?",
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
    if (!name || strcmp(name, "grep") != 0 || !word || strtok_r(NULL, " \t", &save))
        return false;
    grep(lines, word, count);
    return true;
}

/* Of sockstat's own options only -p narrows what it prints here: all is TCP, of one family. */
static long port_asked(char *stage)
{
    char *save = NULL;
    for (const char *word = strtok_r(stage, " \t", &save); word;
         word = strtok_r(NULL, " \t", &save)) {
        const char *port = strcmp(word, "-p") == 0 ? strtok_r(NULL, " \t", &save) : NULL;
        if (port)
            return strtol(port, NULL, 10);
    }
    return 0;
}

bool sockstat_command(struct runner *run, const char *line, bool *holds)
{
    char copy[PIPE_LEN], *save = NULL;
    static const char name[] = "sockstat ";
    if (strncmp(line, name, sizeof name - 1) != 0 || strlen(line) >= sizeof copy)
        return false;
    strcpy(copy, line);
    char *lines = malloc(LINES_LEN);
    char *stage = strtok_r(copy, "|", &save);
    *holds = lines != NULL;
    if (lines)
        print_sockets(run, port_asked(stage), lines);
    while (*holds && (stage = strtok_r(NULL, "|", &save)) != NULL)
        *holds = filter(lines, stage);
    *holds = *holds && lines[0] != '\0';
    free(lines);
    return true;
}
