/*
 * Values are found again by the fixed words around them: up to the next of these, or to the end.
 */
#include "ui/retell.h"

#include "ui/escape.h"
#include "ui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VALUES_MAX = 16
};

struct value {
    const char *at;
    size_t len;
};

/* Behind the conversion that begins here. A form has no "%%". */
static const char *behind(const char *at)
{
    at++;
    at += strspn(at, "0123456789$-+ #.*");
    at += strspn(at, "hljzt");
    return *at ? at + 1 : at;
}

/* How many octets of a form stand before its next conversion; its ends are passed over. */
static size_t fixed_len(const char *form, char *fixed)
{
    size_t len = 0, kept = 0;
    for (; form[len] && form[len] != '%'; len++) {
        if (form[len] != FORM_END)
            fixed[kept++] = form[len];
    }
    fixed[kept] = '\0';
    return len;
}

/* Where the fixed words stand that end a value: at the very end, if nothing comes behind them. */
static const char *find_end(const char *words, const char *fixed, bool is_last)
{
    size_t len = strlen(words), fixed_size = strlen(fixed);
    if (!is_last)
        return strstr(words, fixed);
    if (len < fixed_size || strcmp(words + len - fixed_size, fixed) != 0)
        return NULL;
    return words + len - fixed_size;
}

/* The values in words that were made by a form. False: they were not. */
static bool find_values(const char *form, const char *words, struct value values[VALUES_MAX])
{
    char fixed[RETELL_MAX];
    unsigned count = 0;
    if (strlen(form) >= sizeof fixed)
        return false;
    form += fixed_len(form, fixed);
    if (strncmp(words, fixed, strlen(fixed)) != 0)
        return false;
    words += strlen(fixed);
    while (*form) {
        form = behind(form);
        form += fixed_len(form, fixed);
        const char *end = find_end(words, fixed, !*form);
        if (!end || count == VALUES_MAX)
            return false;
        values[count++] = (struct value){ words, (size_t)(end - words) };
        words = end + strlen(fixed);
    }
    return *words == '\0';
}

static void append(char *text, size_t len, const char *words, size_t words_len)
{
    size_t used = strlen(text);
    snprintf(text + used, len - used, "%.*s", (int)words_len, words);
}

static void append_value(char *text, size_t len, const struct value *value);

/* One format, translated, with its values. */
static void append_part(char *text, size_t len, const char *format, const struct value *values,
                        unsigned count)
{
    unsigned next = 0;
    while (*format) {
        size_t fixed = strcspn(format, "%");
        append(text, len, format, fixed);
        format += fixed;
        if (!*format)
            break;
        char *dollar;
        unsigned long numbered = strtoul(format + 1, &dollar, 10);
        unsigned which = *dollar == '$' && numbered > 0 ? (unsigned)numbered - 1 : next++;
        if (which < count)
            append_value(text, len, &values[which]);
        format = behind(format);
    }
}

/* What is not TCP about a run, as profile_not_tcp() says it: a form that comes as a value. */
static const char not_tcp[] = "not TCP: %s";

/* Names have no blanks: what has may be a sentence of its own. */
static void append_value(char *text, size_t len, const struct value *value)
{
    struct value names[VALUES_MAX];
    char words[RETELL_MAX];
    if (value->len >= sizeof words || !memchr(value->at, ' ', value->len)) {
        append(text, len, value->at, value->len);
        return;
    }
    memcpy(words, value->at, value->len);
    words[value->len] = '\0';
    if (find_values(not_tcp, words, names)) {
        append_part(text, len, tr(not_tcp), names, 1);
        return;
    }
    const char *told = tr(words);
    append(text, len, told, strlen(told));
}

static unsigned conversions(const char *format)
{
    unsigned count = 0;
    for (format += strcspn(format, "%"); *format; format += strcspn(format, "%")) {
        format = behind(format);
        count++;
    }
    return count;
}

char *retell(const char *form, const char *words, char *text, size_t len)
{
    struct value values[VALUES_MAX] = { { NULL, 0 } };
    char part[RETELL_MAX];
    if (!form || !find_values(form, words, values)) {
        snprintf(text, len, "%s", tr(words));
        return text;
    }
    const struct value *first = values;
    text[0] = '\0';
    while (*form) {
        size_t part_len = strcspn(form, (const char[]){ FORM_END, '\0' });
        memcpy(part, form, part_len);
        part[part_len] = '\0';
        unsigned count = conversions(part);
        append_part(text, len, tr(part), first, count);
        first += count;
        form += part_len + (form[part_len] == FORM_END);
    }
    return text;
}

/* False: it is no sentence that could have a translation. */
static bool as_words(const uint8_t *octets, size_t octets_len, char words[RETELL_MAX])
{
    if (octets_len == 0 || octets_len >= RETELL_MAX || memchr(octets, '\0', octets_len))
        return false;
    memcpy(words, octets, octets_len);
    words[octets_len] = '\0';
    return true;
}

char *retell_event(const struct event *event, char *text, size_t len)
{
    char words[RETELL_MAX], told[2 * RETELL_MAX];
    if (!as_words(event->text, event->text_len, words))
        return escape_text(event->text, event->text_len, text, len);
    retell(event->form, words, told, sizeof told);
    return escape_text((const uint8_t *)told, strlen(told), text, len);
}

char *retell_octets(const uint8_t *octets, size_t octets_len, char *text, size_t len)
{
    char words[RETELL_MAX];
    if (!as_words(octets, octets_len, words))
        return escape_text(octets, octets_len, text, len);
    const char *told = tr(words);
    return escape_text((const uint8_t *)told, strlen(told), text, len);
}
