/*
 * The octets of a packetdrill script: blanks, comments, words, numbers, strings, and what is said
 * where something else stands.
 */
#include "ui/drill/parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SHOWN_MAX = 24 /* octets of what stands in the wrong place */
};

/* Errors come anywhere, but most questions go forward: count from the last answer on. */
uint32_t drill_line(struct drill_reader *r, const char *at)
{
    if (at < r->counted) {
        r->counted = r->begin;
        r->counted_line = 1;
    }
    for (; r->counted < at; r->counted++)
        r->counted_line += *r->counted == '\n';
    return r->counted_line;
}

bool drill_fail(struct drill_reader *r, const char *at, const char *format, ...)
{
    if (r->failed)
        return false;
    const char *line = at;
    while (line > r->begin && line[-1] != '\n')
        line--;
    r->error->line = drill_line(r, at);
    r->error->column = (uint32_t)(at - line) + 1;
    va_list args;
    va_start(args, format);
    vsnprintf(r->error->message, sizeof r->error->message, format, args);
    va_end(args);
    r->failed = true;
    r->at = r->end;
    return false;
}

bool drill_no_memory(struct drill_reader *r)
{
    return drill_fail(r, r->at, "there is not enough memory for this script");
}

bool drill_expected(struct drill_reader *r, const char *what)
{
    drill_skip(r);
    if (r->at == r->end)
        return drill_fail(r, r->at, "expected %s, not the end of the script", what);
    unsigned char c = (unsigned char)*r->at;
    if (c < 0x20 || c >= 0x7f)
        return drill_fail(r, r->at, "expected %s, not the octet 0x%02x", what, c);
    bool number = drill_is_digit(*r->at);
    size_t len = 0, left = (size_t)(r->end - r->at);
    while (len < left && len < SHOWN_MAX &&
           (drill_is_word_char(r->at[len]) || (number && r->at[len] == '.')))
        len++;
    return drill_fail(r, r->at, "expected %s, not '%.*s'", what, len ? (int)len : 1, r->at);
}

bool drill_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool drill_is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || drill_is_digit(c);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool starts(const struct drill_reader *r, const char *token)
{
    size_t len = strlen(token);
    return (size_t)(r->end - r->at) >= len && memcmp(r->at, token, len) == 0;
}

void drill_skip(struct drill_reader *r)
{
    for (;;) {
        while (r->at < r->end && is_blank(*r->at))
            r->at++;
        if (starts(r, "//")) {
            const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
            r->at = newline ? newline : r->end;
        } else if (starts(r, "/*")) {
            const char *close = memmem(r->at + 2, (size_t)(r->end - r->at) - 2, "*/", 2);
            if (!close) {
                drill_fail(r, r->at, "this comment is not closed by */");
                return;
            }
            r->at = close + 2;
        } else {
            return;
        }
    }
}

void drill_take(struct drill_reader *r, size_t len)
{
    r->at += len;
    r->token_end = r->at;
}

bool drill_looks_at(struct drill_reader *r, const char *token)
{
    drill_skip(r);
    return starts(r, token);
}

bool drill_try(struct drill_reader *r, const char *token)
{
    if (!drill_looks_at(r, token))
        return false;
    drill_take(r, strlen(token));
    return true;
}

bool drill_need(struct drill_reader *r, const char *token)
{
    char what[16];
    if (drill_try(r, token))
        return true;
    snprintf(what, sizeof what, "'%s'", token);
    return drill_expected(r, what);
}

struct script_text drill_peek_word(struct drill_reader *r)
{
    drill_skip(r);
    struct script_text word = { .at = r->at };
    if (r->at == r->end || drill_is_digit(*r->at))
        return word;
    while (word.at + word.len < r->end && drill_is_word_char(word.at[word.len]))
        word.len++;
    return word;
}

bool drill_try_word(struct drill_reader *r, const char *word)
{
    if (!script_text_is(drill_peek_word(r), word))
        return false;
    drill_take(r, strlen(word));
    return true;
}

/* Whether a number that has been read to here stands apart from what follows. */
static bool number_ends(const struct drill_reader *r, const char *at)
{
    if (at == r->end)
        return true;
    bool fraction = *at == '.' && at + 1 < r->end && drill_is_digit(at[1]);
    return !drill_is_word_char(*at) && !fraction;
}

/* Decimal digits, up to max. *end is behind them. False: too large. */
static bool read_digits(const struct drill_reader *r, const char **end, uint64_t max,
                        uint64_t *number)
{
    const char *at = r->at;
    *number = 0;
    for (; at < r->end && drill_is_digit(*at); at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (*number > (max - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    *end = at;
    return true;
}

bool drill_number(struct drill_reader *r, const char *what, uint32_t max, uint32_t *number)
{
    uint64_t wide;
    const char *end;
    drill_skip(r);
    if (r->at == r->end || !drill_is_digit(*r->at))
        return drill_expected(r, what);
    if (!read_digits(r, &end, max < 9 ? 9 : max, &wide) || wide > max)
        return drill_fail(r, r->at, "%s goes to %u at most", what, max);
    if (!number_ends(r, end))
        return drill_expected(r, what);
    drill_take(r, (size_t)(end - r->at));
    *number = (uint32_t)wide;
    return true;
}

static int hex_digit(char c)
{
    return drill_is_digit(c)        ? c - '0'
           : (c >= 'a' && c <= 'f') ? c - 'a' + 10
           : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                    : -1;
}

/* "0x" has been seen. */
static bool read_hex(struct drill_reader *r, int64_t *number)
{
    const char *at = r->at + 2;
    uint64_t bits = 0;
    for (; at < r->end && hex_digit(*at) >= 0; at++) {
        if (bits >> 60)
            return drill_fail(r, r->at, "this number is too large: 64 bits at most");
        bits = bits << 4 | (uint64_t)hex_digit(*at);
    }
    if (at == r->at + 2 || !number_ends(r, at))
        return drill_expected(r, "a hexadecimal number");
    drill_take(r, (size_t)(at - r->at));
    memcpy(number, &bits, sizeof bits);
    return true;
}

bool drill_integer(struct drill_reader *r, int64_t *number)
{
    const char *begin, *end;
    uint64_t wide;
    drill_skip(r);
    if (starts(r, "0x") || starts(r, "0X"))
        return read_hex(r, number);
    begin = r->at;
    bool negative = starts(r, "-");
    r->at += negative;
    if (r->at == r->end || !drill_is_digit(*r->at))
        return drill_expected(r, "a number");
    if (!read_digits(r, &end, INT64_MAX, &wide))
        return drill_fail(r, begin, "this number is too large: 64 bits at most");
    if (!number_ends(r, end))
        return drill_expected(r, "a whole number");
    drill_take(r, (size_t)(end - r->at));
    *number = negative ? -(int64_t)wide : (int64_t)wide;
    return true;
}

/* ".25" to microseconds, rounded. The ellipsis of "0...0.2" is no fraction. */
static bool read_fraction(struct drill_reader *r, int64_t *usec)
{
    int64_t unit = 1000000;
    const char *at = r->at + 1;
    if (!starts(r, ".") || at == r->end || !drill_is_digit(*at))
        return false;
    for (; at < r->end && drill_is_digit(*at); at++) {
        int64_t digit = *at - '0';
        if (unit == 1 && digit >= 5)
            *usec += 1;
        unit /= 10;
        *usec += digit * unit;
    }
    drill_take(r, (size_t)(at - r->at));
    return true;
}

bool drill_seconds(struct drill_reader *r, int64_t *usec)
{
    uint64_t seconds = 0;
    const char *end;
    drill_skip(r);
    const char *begin = r->at;
    if (!read_digits(r, &end, SCRIPT_SECONDS_MAX, &seconds))
        return drill_fail(r, begin, "this time is too far away: %d s at most", SCRIPT_SECONDS_MAX);
    drill_take(r, (size_t)(end - begin));
    *usec = (int64_t)seconds * 1000000;
    if (!read_fraction(r, usec) && end == begin)
        return drill_expected(r, "seconds, such as 0, .1 or 1.25");
    if (r->at < r->end && drill_is_word_char(*r->at))
        return drill_expected(r, "a blank behind the seconds");
    return true;
}

/* An escape (the backslash is *at) to an octet; returns the octets it takes. */
static size_t undo_escape(const char *at, const char *end, char *octet)
{
    static const char letters[] = "n\nt\tr\r0\0";
    if (at + 1 == end) {
        *octet = '\\';
        return 1;
    }
    if (at[1] == 'x' && end - at >= 4 && hex_digit(at[2]) >= 0 && hex_digit(at[3]) >= 0) {
        *octet = (char)(hex_digit(at[2]) * 16 + hex_digit(at[3]));
        return 4;
    }
    *octet = at[1];
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if (letters[i] == at[1])
            *octet = letters[i + 1];
    }
    return 2;
}

bool drill_string(struct drill_reader *r, struct script_text *text)
{
    struct script_text raw;
    const char *begin = r->at;
    if (!drill_enclosed(r, "\"", "\"", true, &raw))
        return false;
    if (memchr(raw.at, '\n', raw.len))
        return drill_fail(r, begin, "this string is not closed on its line");
    char *copy = arena_take(r->arena, raw.len + 1);
    if (!copy)
        return drill_no_memory(r);
    *text = (struct script_text){ .at = copy };
    for (const char *at = raw.at, *end = raw.at + raw.len; at < end;) {
        size_t taken = 1;
        char octet = *at;
        if (octet == '\\')
            taken = undo_escape(at, end, &octet);
        copy[text->len++] = octet;
        at += taken;
    }
    return true;
}

bool drill_enclosed(struct drill_reader *r, const char *open, const char *close, bool escapes,
                    struct script_text *text)
{
    const char *begin = r->at;
    drill_take(r, strlen(open));
    text->at = r->at;
    while (r->at < r->end && !starts(r, close)) {
        bool escape = escapes && *r->at == '\\' && r->at + 1 < r->end;
        r->at += escape ? 2 : 1;
    }
    if (r->at == r->end)
        return drill_fail(r, begin, "what begins here with %s is not closed by %s", open, close);
    text->len = (size_t)(r->at - text->at);
    drill_take(r, strlen(close));
    return true;
}

/* One bracket more or less; false: it closes none. */
static bool count_bracket(char c, char *open, unsigned *depth, unsigned max)
{
    static const char pairs[] = "()[]{}";
    const char *which = c ? strchr(pairs, c) : NULL;
    if (!which)
        return true;
    if ((which - pairs) % 2 == 0) {
        if (*depth == max)
            return false;
        open[(*depth)++] = c;
        return true;
    }
    return *depth > 0 && open[--*depth] == which[-1];
}

bool drill_bracketed(struct drill_reader *r, struct script_text *text)
{
    char open[SCRIPT_DEPTH_MAX];
    unsigned depth = 0;
    const char *begin = r->at, *at = begin;
    do {
        if (at == r->end)
            return drill_fail(r, begin, "the bracket '%c' is not closed", *begin);
        if (!count_bracket(*at, open, &depth, SCRIPT_DEPTH_MAX))
            return drill_fail(r, at, "the bracket '%c' does not fit here", *at);
        at++;
    } while (depth > 0);
    *text = (struct script_text){ begin, (size_t)(at - begin) };
    drill_take(r, text->len);
    return true;
}

bool drill_rest_of_line(struct drill_reader *r)
{
    struct script_text inside;
    while (r->at < r->end && *r->at != '\n' && !starts(r, "//")) {
        unsigned char c = (unsigned char)*r->at;
        if (strchr("([{", c)) {
            if (!drill_bracketed(r, &inside))
                return false;
        } else if (is_blank((char)c)) {
            r->at++;
        } else if (c >= 0x7f || c < 0x20) {
            return drill_expected(r, "the rest of a packet");
        } else {
            drill_take(r, 1);
        }
    }
    return true;
}
