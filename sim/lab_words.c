/*
 * The words a line of a lab is made of: names, numbers, times, strings; and the one place where
 * an error is made.
 */
#include "sim/lab_parts.h"
#include "sim/text.h"

#include <stdio.h>
#include <string.h>

bool wrong(struct reader *r, const char *what, struct word word, const char *expected)
{
    int len = word.len < 40 ? (int)word.len : 40;
    r->error->line = r->number;
    if (len > 0)
        snprintf(r->error->wrong, sizeof r->error->wrong, "%s: '%.*s'", what, len, word.at);
    else
        snprintf(r->error->wrong, sizeof r->error->wrong, "%s", what);
    snprintf(r->error->expected, sizeof r->error->expected, "%s", expected);
    return false;
}

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void skip_blanks(struct reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

struct word next_word(struct reader *r)
{
    skip_blanks(r);
    struct word word = { .at = r->at };
    while (r->at < r->end && is_word(*r->at))
        r->at++;
    word.len = (size_t)(r->at - word.at);
    return word;
}

/* What stands here, for an error: a word, or a single character. */
struct word here(const struct reader *r)
{
    struct reader copy = *r;
    struct word word = next_word(&copy);
    if (word.len == 0 && word.at < r->end)
        word.len = 1;
    return word;
}

bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.len && memcmp(word.at, text, word.len) == 0;
}

bool try_char(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

bool need_char(struct reader *r, char c)
{
    char expected[] = "' '";
    if (try_char(r, c))
        return true;
    expected[1] = c;
    struct word word = here(r);
    return wrong(r, word.len ? "something else stands" : N_("the line ends too early"), word,
                 expected);
}

bool need_end(struct reader *r)
{
    skip_blanks(r);
    return r->at == r->end ||
           wrong(r, "more than the line can hold", here(r), "the end of the line");
}

bool need_number(struct reader *r, uint32_t max, uint32_t *number)
{
    struct word word = next_word(r);
    char expected[48];
    uint64_t value = 0;
    snprintf(expected, sizeof expected, N_("a number from 0 to %lu"), (unsigned long)max);
    for (size_t i = 0; i < word.len; i++) {
        if (!is_digit(word.at[i]))
            return wrong(r, "not a number", word, expected);
        value = value * 10 + (uint64_t)(word.at[i] - '0');
        if (value > max)
            return wrong(r, "number too large", word, expected);
    }
    if (word.len == 0)
        return wrong(r, "a number is missing", here(r), expected);
    *number = (uint32_t)value;
    return true;
}

/* "100 ms", "2 s", "4 min" */
bool need_duration(struct reader *r, uint64_t *usec)
{
    static const struct {
        const char *name;
        uint64_t usec;
    } units[] = { { "us", 1 }, { "ms", 1000 }, { "s", 1000000 }, { "min", 60000000 } };
    uint32_t number;
    skip_blanks(r);
    const char *start = r->at;
    while (r->at < r->end && is_digit(*r->at))
        r->at++;
    struct reader digits = *r;
    digits.at = start;
    digits.end = r->at;
    if (!need_number(&digits, 1000000, &number))
        return false;
    struct word unit = next_word(r);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (word_is(unit, units[i].name)) {
            *usec = number * units[i].usec;
            return true;
        }
    }
    return wrong(r, "no unit of time", unit, "a whole number and us, ms, s or min");
}

struct lab_text rest_of_line(struct reader *r)
{
    skip_blanks(r);
    const char *end = r->end;
    while (end > r->at && is_blank(end[-1]))
        end--;
    struct lab_text text = { .octets = (const uint8_t *)r->at, .len = (uint32_t)(end - r->at) };
    r->at = r->end;
    return text;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After a backslash; leaves r->at behind the escape. */
static int escaped(struct reader *r)
{
    static const char letters[] = "nrt0\\\"";
    static const char values[] = "\n\r\t\0\\\"";
    if (r->at == r->end)
        return -1;
    const char *letter = memchr(letters, *r->at, sizeof letters - 1);
    if (letter) {
        r->at++;
        return (uint8_t)values[letter - letters];
    }
    if (*r->at != 'x' || r->end - r->at < 3)
        return -1;
    int high = hex_value(r->at[1]), low = hex_value(r->at[2]);
    r->at += 3;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

bool need_string(struct reader *r, struct lab_text *text)
{
    struct lab *lab = r->lab;
    if (!need_char(r, '"'))
        return false;
    text->octets = lab->octets + lab->octet_count;
    text->len = 0;
    while (r->at < r->end && *r->at != '"') {
        struct reader begin = *r;
        int octet = (uint8_t)*r->at++;
        if (octet == '\\')
            octet = escaped(r);
        if (octet < 0)
            return wrong(r, "unknown escape", here(&begin), "\\n \\r \\t \\0 \\\\ \\\" or \\x41");
        if (lab->octet_count == LAB_OCTETS_MAX)
            return wrong(r, "too much text", here(&begin), "16384 octets at most in all strings");
        lab->octets[lab->octet_count++] = (uint8_t)octet;
        text->len++;
    }
    return need_char(r, '"');
}
