/*
 * One file for both streams keeps their lines in the order in which they were printed. It is
 * emptied whenever it was read; what is printed next begins at its front again (O_APPEND).
 */
#include "ui/said.h"

#include "ui/escape.h"
#include "ui/text.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    READ_MAX = 65536,
    CRASH_MAX = 8192, /* octets of what was not taken yet */
    SPELT_MAX = 5     /* "\x1b", with its final NUL */
};

static const char erase_line[] = "\033[K"; /* ui/progress.c */

bool said_begin(struct said *said)
{
    fflush(stdout);
    said->out = dup(STDOUT_FILENO);
    said->err = dup(STDERR_FILENO);
    said->file = memfd_create("said", MFD_CLOEXEC);
    if (said->out < 0 || said->err < 0 || said->file < 0)
        return false;
    fcntl(said->out, F_SETFD, FD_CLOEXEC);
    fcntl(said->err, F_SETFD, FD_CLOEXEC);
    return fcntl(said->file, F_SETFL, O_APPEND) == 0 && dup2(said->file, STDOUT_FILENO) >= 0 &&
           dup2(said->file, STDERR_FILENO) >= 0;
}

/* As many octets as the text has room for; returns how many. A backslash stays: what programs print
 * of strangers is spelt out already. */
static size_t make_fit(const char *octets, size_t octets_len, char *text, size_t len)
{
    size_t used = 0, i = 0;
    while (i < octets_len) {
        uint32_t code;
        char spelt[SPELT_MAX];
        const uint8_t *at = (const uint8_t *)octets + i;
        size_t taken = utf8_decode(at, octets_len - i, &code);
        bool stays = taken > 0 && is_printable(code);
        taken = stays ? taken : 1;
        const char *shown = stays ? (const char *)at : escape_text(at, 1, spelt, sizeof spelt);
        size_t shown_len = stays ? taken : strlen(spelt);
        if (used + shown_len >= len)
            break;
        memcpy(text + used, shown, shown_len);
        used += shown_len;
        i += taken;
    }
    text[used] = '\0';
    return i;
}

/* So much of the line under way as one line holds. */
static void give_line(struct said *said)
{
    char *line = said->last[said->count % SAID_LAST];
    size_t taken = make_fit(said->raw, said->raw_len, line, SAID_LINE_MAX);
    said->raw_len -= taken;
    memmove(said->raw, said->raw + taken, said->raw_len);
    said->count++;
    said->line(said->of, line);
}

static void end_line(struct said *said)
{
    do {
        give_line(said);
    } while (said->raw_len > 0);
    said->at_front = false;
}

/* A line that is written over itself goes back to its front. */
static void take_octet(struct said *said, char octet)
{
    size_t erase_len = strlen(erase_line);
    if (octet == '\n') {
        end_line(said);
        return;
    }
    if (said->at_front || octet == '\r')
        said->raw_len = octet == '\r' ? said->raw_len : 0;
    said->at_front = octet == '\r';
    if (said->at_front)
        return;
    said->raw[said->raw_len++] = octet;
    if (said->raw_len >= erase_len &&
        memcmp(said->raw + said->raw_len - erase_len, erase_line, erase_len) == 0)
        said->raw_len -= erase_len;
    if (said->raw_len == sizeof said->raw)
        give_line(said);
}

void said_take(struct said *said)
{
    char octets[READ_MAX];
    off_t at = 0;
    ssize_t got;
    fflush(stdout);
    if (said->file < 0)
        return;
    while ((got = pread(said->file, octets, sizeof octets, at)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            take_octet(said, octets[i]);
        at += got;
    }
    if (at > 0 && ftruncate(said->file, 0) < 0)
        return; /* not of a file in memory */
}

char *said_open_line(const struct said *said, char *text, size_t len)
{
    make_fit(said->raw, said->raw_len, text, len);
    return text;
}

void said_type(struct said *said, const char *words)
{
    static const char mark[] = "> ";
    said_take(said);
    for (const char *at = said->raw_len == 0 ? mark : ""; *at; at++)
        take_octet(said, *at);
    for (const char *at = words; *at; at++)
        take_octet(said, *at);
    end_line(said);
}

static void print_last(const struct said *said)
{
    unsigned long first = said->count > SAID_LAST ? said->count - SAID_LAST : 0;
    if (first > 0) {
        printf(tr_n("(%lu line before these was on the stage)",
                    "(%lu lines before these were on the stage)", first),
               first);
        printf("\n");
    }
    for (unsigned long i = first; i < said->count; i++)
        printf("%s\n", said->last[i % SAID_LAST]);
    fflush(stdout);
}

void said_end(struct said *said)
{
    if (said->file >= 0) {
        said_take(said);
        if (said->raw_len > 0)
            end_line(said);
        dup2(said->out, STDOUT_FILENO);
        dup2(said->err, STDERR_FILENO);
        print_last(said);
        close(said->file);
    }
    if (said->out >= 0)
        close(said->out);
    if (said->err >= 0)
        close(said->err);
    said->file = said->out = said->err = -1;
}

/* As it is, for a handler of signals has no more calls than these. */
static void write_plain(int fd, const char *octets, size_t len)
{
    ssize_t written;
    while (len > 0 && (written = write(fd, octets, len)) > 0) {
        octets += written;
        len -= (size_t)written;
    }
}

static void write_line(int fd, const char *line)
{
    write_plain(fd, line, strlen(line));
    write_plain(fd, "\n", 1);
}

/* The end of what was printed and not taken yet; it begins with the line under way. */
static void write_rest(const struct said *said)
{
    char octets[CRASH_MAX];
    ssize_t got;
    off_t len = lseek(said->file, 0, SEEK_END);
    if (len <= (off_t)sizeof octets)
        write_plain(STDERR_FILENO, said->raw, said->raw_len);
    lseek(said->file, len > (off_t)sizeof octets ? len - (off_t)sizeof octets : 0, SEEK_SET);
    while ((got = read(said->file, octets, sizeof octets)) > 0)
        write_plain(STDERR_FILENO, octets, (size_t)got);
}

void said_crash(void *of)
{
    struct said *said = of;
    unsigned long first = said->count > SAID_LAST ? said->count - SAID_LAST : 0;
    if (said->file < 0)
        return;
    dup2(said->out, STDOUT_FILENO);
    dup2(said->err, STDERR_FILENO);
    for (unsigned long i = first; i < said->count; i++)
        write_line(STDERR_FILENO, said->last[i % SAID_LAST]);
    write_rest(said);
}
