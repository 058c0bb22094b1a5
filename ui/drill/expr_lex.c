/*
 * The octets of the code in packetdrill scripts: blanks, names, numbers and strings as in Python.
 */
#include "ui/drill/expr_parts.h"

#include <float.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_MAX = 24,
    DIGITS_MAX = 64 /* of one number */
};

static uint32_t line_of(const struct expr_reader *r)
{
    uint32_t line = 1;
    for (const char *at = r->begin; at < r->at; at++)
        line += *at == '\n';
    return line;
}

bool expr_fail(struct expr_reader *r, const char *format, ...)
{
    if (r->failed)
        return false;
    r->report->line = line_of(r);
    va_list args;
    va_start(args, format);
    vsnprintf(r->report->error, sizeof r->report->error, format, args);
    va_end(args);
    r->failed = true;
    r->at = r->end;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

bool expr_expected(struct expr_reader *r, const char *what)
{
    expr_skip(r);
    if (r->at == r->end)
        return expr_fail(r, "expected %s, not the end of the code", what);
    unsigned char c = (unsigned char)*r->at;
    if (c == '\n')
        return expr_fail(r, "expected %s, not the end of the line", what);
    if (c < 0x20 || c >= 0x7f)
        return expr_fail(r, "expected %s, not the octet 0x%02x", what, c);
    size_t len = 0, left = (size_t)(r->end - r->at);
    while (len < left && len < SHOWN_MAX && is_word_char(r->at[len]))
        len++;
    return expr_fail(r, "expected %s, not '%.*s'", what, len ? (int)len : 1, r->at);
}

static bool starts(const struct expr_reader *r, const char *token)
{
    size_t len = strlen(token);
    return (size_t)(r->end - r->at) >= len && memcmp(r->at, token, len) == 0;
}

/* Blanks, comments, line ends behind a backslash, and within brackets all line ends. */
void expr_skip(struct expr_reader *r)
{
    while (r->at < r->end) {
        char c = *r->at;
        if (starts(r, "\\\n")) {
            r->at += 2;
        } else if (starts(r, "\\\r\n")) {
            r->at += 3;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' ||
                   (c == '\n' && r->brackets > 0)) {
            r->at++;
        } else if (c == '#') {
            const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
            r->at = newline ? newline : r->end;
        } else {
            return;
        }
    }
}

void expr_take(struct expr_reader *r, size_t len)
{
    r->at += len;
    r->token_end = r->at;
}

bool expr_looks_at(struct expr_reader *r, const char *token)
{
    expr_skip(r);
    return starts(r, token);
}

bool expr_try(struct expr_reader *r, const char *token)
{
    if (!expr_looks_at(r, token))
        return false;
    expr_take(r, strlen(token));
    return true;
}

struct expr_word expr_peek_word(struct expr_reader *r)
{
    expr_skip(r);
    struct expr_word word = { r->at, 0 };
    if (r->at == r->end || is_digit(*r->at))
        return word;
    while (word.at + word.len < r->end && is_word_char(word.at[word.len]))
        word.len++;
    return word;
}

bool expr_word_is(struct expr_word word, const char *text)
{
    return strlen(text) == word.len && memcmp(word.at, text, word.len) == 0;
}

bool expr_try_word(struct expr_reader *r, const char *word)
{
    if (!expr_word_is(expr_peek_word(r), word))
        return false;
    expr_take(r, strlen(word));
    return true;
}

/* ---- numbers */

static size_t digits_at(const struct expr_reader *r, size_t offset)
{
    size_t len = 0, left = (size_t)(r->end - r->at);
    while (offset + len < left && is_digit(r->at[offset + len]))
        len++;
    return len;
}

/* The octets of a decimal number: 12, 1.5, .5, 1e-3; *is_float says if it is one. */
static size_t decimal_len(const struct expr_reader *r, bool *is_float)
{
    size_t left = (size_t)(r->end - r->at), len = digits_at(r, 0);
    *is_float = false;
    if (len < left && r->at[len] == '.') {
        *is_float = true;
        len += 1 + digits_at(r, len + 1);
    }
    if (len < left && (r->at[len] == 'e' || r->at[len] == 'E')) {
        bool sign = len + 1 < left && (r->at[len + 1] == '-' || r->at[len + 1] == '+');
        size_t digits = digits_at(r, len + 1 + sign);
        if (digits > 0) {
            *is_float = true;
            len += 1 + sign + digits;
        }
    }
    return len;
}

static size_t hex_len(const struct expr_reader *r)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    size_t len = 2, left = (size_t)(r->end - r->at);
    while (len < left && r->at[len] != '\0' && strchr(hex, r->at[len]))
        len++;
    return len;
}

static bool convert_integer(struct expr_reader *r, const char *digits, int base,
                            struct expr_value *value)
{
    uint64_t number = 0;
    for (const char *at = digits; *at; at++) {
        unsigned digit = is_digit(*at) ? (unsigned)(*at - '0') : ((unsigned)*at | 0x20) - 'a' + 10;
        if (__builtin_mul_overflow(number, (uint64_t)base, &number) ||
            __builtin_add_overflow(number, (uint64_t)digit, &number) || number > INT64_MAX)
            return expr_fail(r, "this number is too large: 64 bits at most");
    }
    *value = expr_of_int((int64_t)number);
    return true;
}

bool expr_read_number(struct expr_reader *r, struct expr_value *value)
{
    char digits[DIGITS_MAX + 1];
    bool is_float = false, is_hex = starts(r, "0x") || starts(r, "0X");
    size_t len = is_hex ? hex_len(r) : decimal_len(r, &is_float);
    bool old_octal = !is_hex && !is_float && len > 1 && *r->at == '0' && digits_at(r, 1) > 0;
    if (len > DIGITS_MAX)
        return expr_fail(r, "this number is too long");
    if ((is_hex && len == 2) || old_octal || (r->at + len < r->end && is_word_char(r->at[len])))
        return expr_expected(r, "a number");
    memcpy(digits, r->at, len);
    digits[len] = '\0';
    if (is_float && strtod(digits, NULL) > DBL_MAX)
        return expr_fail(r, "this number is too large");
    if (is_float)
        *value = (struct expr_value){ .kind = EXPR_FLOAT, .real = strtod(digits, NULL) };
    else if (!convert_integer(r, is_hex ? digits + 2 : digits, is_hex ? 16 : 10, value))
        return false;
    expr_take(r, len);
    return true;
}

/* ---- strings */

bool expr_looks_at_string(struct expr_reader *r)
{
    return expr_looks_at(r, "'") || expr_looks_at(r, "\"");
}

static int hex_value(const char *at, const char *end)
{
    char digits[3] = { 0 };
    char *rest;
    if (end - at < 2)
        return -1;
    memcpy(digits, at, 2);
    if (!is_word_char(digits[0]) || !is_word_char(digits[1]))
        return -1;
    long number = strtol(digits, &rest, 16);
    return *rest == '\0' ? (int)number : -1;
}

/* Behind a backslash; returns the octets taken. Unknown escapes stay as they are written. */
static size_t undo_escape(const struct expr_reader *r, const char *at, char *out, size_t *len)
{
    static const char escapes[] = "n\nt\tr\r0\0\\\\''\"\"";
    for (size_t i = 0; i + 1 < sizeof escapes; i += 2) {
        if (escapes[i] == *at) {
            out[(*len)++] = escapes[i + 1];
            return 1;
        }
    }
    int octet = *at == 'x' ? hex_value(at + 1, r->end) : -1;
    if (octet >= 0) {
        out[(*len)++] = (char)octet;
        return 3;
    }
    out[(*len)++] = '\\';
    if (*at == '\n')
        *len -= 1;
    else
        out[(*len)++] = *at;
    return 1;
}

/* One string in its quotes, added to what stands in out. */
static bool read_quoted(struct expr_reader *r, char *out, size_t *len)
{
    char quote = *r->at;
    const char *at = r->at + 1;
    while (at < r->end && *at != quote && *at != '\n') {
        if (*len + 2 > EXPR_TEXT_MAX)
            return expr_fail(r, "this string is longer than %d octets", EXPR_TEXT_MAX);
        if (*at == '\\' && at + 1 < r->end)
            at += 1 + undo_escape(r, at + 1, out, len);
        else
            out[(*len)++] = *at++;
    }
    if (at == r->end || *at != quote)
        return expr_fail(r, "this string is not closed on its line");
    expr_take(r, (size_t)(at + 1 - r->at));
    return true;
}

bool expr_read_string(struct expr_reader *r, struct expr_value *value)
{
    char text[EXPR_TEXT_MAX];
    size_t len = 0;
    do {
        if (!read_quoted(r, text, &len))
            return false;
    } while (expr_looks_at_string(r));
    return expr_new_string(r, text, len, value);
}
