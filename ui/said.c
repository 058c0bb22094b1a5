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
    SPELT_MAX = 5 /* "\x1b", with its final NUL */
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

/* A backslash stays: what programs print of strangers is spelt out already. */
static char *make_fit(const char *octets, size_t octets_len, char *text, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < octets_len && used + SPELT_MAX <= len;) {
        uint32_t code;
        const uint8_t *at = (const uint8_t *)octets + i;
        size_t taken = utf8_decode(at, octets_len - i, &code);
        if (taken > 0 && is_printable(code)) {
            memcpy(text + used, at, taken);
            used += taken;
        } else {
            taken = 1;
            escape_text(at, 1, text + used, len - used);
            used += strlen(text + used);
        }
        i += taken;
    }
    text[used] = '\0';
    return text;
}

static void end_line(struct said *said)
{
    char *line = said->last[said->count % SAID_LAST];
    make_fit(said->raw, said->raw_len, line, SAID_LINE_MAX);
    said->raw_len = 0;
    said->at_front = false;
    said->count++;
    said->line(said->of, line);
}

/* Octets of a whole character at the end of a line that is too long are left for the next one. */
static void break_line(struct said *said)
{
    char rest[4];
    size_t cut = said->raw_len, kept = 0;
    while (kept < sizeof rest && cut > 0 && ((unsigned char)said->raw[cut - 1] & 0xc0) == 0x80) {
        cut--;
        kept++;
    }
    bool begins = cut > 0 && kept < sizeof rest && (unsigned char)said->raw[cut - 1] >= 0xc0;
    kept = begins ? kept + 1 : 0;
    memcpy(rest, said->raw + said->raw_len - kept, kept);
    said->raw_len -= kept;
    end_line(said);
    memcpy(said->raw, rest, kept);
    said->raw_len = kept;
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
    if (said->raw_len == sizeof said->raw / 4) /* each octet may become four */
        break_line(said);
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
    return make_fit(said->raw, said->raw_len, text, len);
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
