/*
 * Values of code in packetdrill scripts as text: as Python's str() and repr() have them, and
 * 'cwnd=%d' % value.
 */
#include "ui/drill/expr_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that is put together, cut where it does not fit. */
struct writer {
    char *text;
    size_t len, used;
    bool is_cut;
};

static void put(struct writer *to, const char *text, size_t len)
{
    size_t room = to->len - 1 - to->used;
    to->is_cut = to->is_cut || len > room;
    len = len < room ? len : room;
    if (len > 0)
        memcpy(to->text + to->used, text, len);
    to->used += len;
    to->text[to->used] = '\0';
}

static void put_words(struct writer *to, const char *words)
{
    put(to, words, strlen(words));
}

/* ---- str() and repr() */

/* The shortest decimal that reads back as the same float, with a point or an exponent. */
static void put_real(struct writer *to, double real)
{
    char text[40];
    int digits = 1;
    do {
        snprintf(text, sizeof text, "%.*g", digits, real);
    } while (strtod(text, NULL) != real && ++digits <= 17);
    long exponent = strchr(text, 'e') ? strtol(strchr(text, 'e') + 1, NULL, 10) : 0;
    if (exponent > 0 && exponent < 16)
        snprintf(text, sizeof text, "%.1f", real);
    put_words(to, text);
    if (!strpbrk(text, ".e"))
        put_words(to, ".0");
}

static void put_single(struct writer *to, const struct expr_value *value, bool quoted)
{
    char text[32];
    switch (value->kind) {
    case EXPR_NONE:
        put_words(to, "None");
        break;
    case EXPR_BOOL:
        put_words(to, value->number ? "True" : "False");
        break;
    case EXPR_INT:
        snprintf(text, sizeof text, "%" PRId64, value->number);
        put_words(to, text);
        break;
    case EXPR_FLOAT:
        put_real(to, value->real);
        break;
    case EXPR_STRING:
        put_words(to, quoted ? "'" : "");
        put(to, value->text, value->len);
        put_words(to, quoted ? "'" : "");
        break;
    case EXPR_TUPLE:
        put_words(to, "(...)"); /* none is within another */
        break;
    }
}

static void put_value(struct writer *to, const struct expr_value *value, bool quoted)
{
    if (value->kind != EXPR_TUPLE) {
        put_single(to, value, quoted);
        return;
    }
    put_words(to, "(");
    for (size_t i = 0; i < value->item_count; i++) {
        put_words(to, i > 0 ? ", " : "");
        put_single(to, &value->items[i], true);
    }
    put_words(to, value->item_count == 1 ? ",)" : ")");
}

static char *text_of(const struct expr_value *value, bool quoted, char *text, size_t len)
{
    struct writer to = { .text = text, .len = len };
    put_value(&to, value, quoted);
    return text;
}

char *expr_show(const struct expr_value *value, char *text, size_t len)
{
    return text_of(value, false, text, len);
}

char *expr_repr(const struct expr_value *value, char *text, size_t len)
{
    return text_of(value, true, text, len);
}

/* ---- 'format' % values */

enum {
    WIDTH_MAX = 200,
    REAL_MAX = 640 /* octets of the longest float, 1e308 with 200 digits behind its point */
};

/* One conversion: %-08.3f */
struct conversion {
    bool left, zeros, plus, blank;
    unsigned width;
    int precision; /* -1: not said */
    char letter;
};

static const char *read_width(const char *at, const char *end, unsigned *width)
{
    for (*width = 0; at < end && *at >= '0' && *at <= '9'; at++)
        *width = *width > WIDTH_MAX ? *width : *width * 10 + (unsigned)(*at - '0');
    return at;
}

/* Behind the %; returns what follows the letter, or NULL where there is none. */
static const char *read_conversion(const char *at, const char *end, struct conversion *conversion)
{
    unsigned precision;
    *conversion = (struct conversion){ .precision = -1 };
    for (; at < end && strchr("-0+ ", *at) && *at != '\0'; at++) {
        conversion->left = conversion->left || *at == '-';
        conversion->zeros = conversion->zeros || *at == '0';
        conversion->plus = conversion->plus || *at == '+';
        conversion->blank = conversion->blank || *at == ' ';
    }
    at = read_width(at, end, &conversion->width);
    if (at < end && *at == '.') {
        at = read_width(at + 1, end, &precision);
        conversion->precision = (int)precision;
    }
    if (at < end && *at == 'l')
        at++;
    if (at == end || conversion->width > WIDTH_MAX || conversion->precision > WIDTH_MAX)
        return NULL;
    conversion->letter = *at;
    return at + 1;
}

/* Writes the number without its sign; false: it is not of the kind that the letter needs. */
static bool digits_of(const struct conversion *conversion, const struct expr_value *value,
                      char *text, size_t len)
{
    double real = expr_real(value);
    int precision = conversion->precision < 0 ? 6 : conversion->precision;
    if (strchr("feg", conversion->letter)) {
        real = real < 0 ? -real : real;
        if (conversion->letter == 'f')
            snprintf(text, len, "%.*f", precision, real);
        else if (conversion->letter == 'e')
            snprintf(text, len, "%.*e", precision, real);
        else
            snprintf(text, len, "%.*g", precision, real);
        return true;
    }
    bool is_float = value->kind == EXPR_FLOAT;
    if (is_float && (strchr("xXo", conversion->letter) || real >= 0x1p63 || real <= -0x1p63))
        return false;
    int64_t number = is_float ? (int64_t)real : value->number;
    uint64_t size = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    if (conversion->letter == 'x')
        snprintf(text, len, "%" PRIx64, size);
    else if (conversion->letter == 'X')
        snprintf(text, len, "%" PRIX64, size);
    else if (conversion->letter == 'o')
        snprintf(text, len, "%" PRIo64, size);
    else
        snprintf(text, len, "%" PRIu64, size);
    return true;
}

static void put_padded(struct writer *to, const struct conversion *conversion, const char *sign,
                       const char *text, size_t len)
{
    size_t used = strlen(sign) + len;
    size_t pad = conversion->width > used ? conversion->width - used : 0;
    bool zeros = conversion->zeros && !conversion->left;
    for (size_t i = 0; !conversion->left && !zeros && i < pad; i++)
        put_words(to, " ");
    put_words(to, sign);
    for (size_t i = 0; zeros && i < pad; i++)
        put_words(to, "0");
    put(to, text, len);
    for (size_t i = 0; conversion->left && i < pad; i++)
        put_words(to, " ");
}

static bool put_number(struct expr_reader *r, struct writer *to,
                       const struct conversion *conversion, const struct expr_value *value)
{
    char text[REAL_MAX];
    if (!expr_is_number(value) || !digits_of(conversion, value, text, sizeof text))
        return expr_fail(r, "%%%c is not for %s", conversion->letter, expr_type_name(value));
    const char *sign = expr_real(value) < 0 ? "-"
                       : conversion->plus   ? "+"
                       : conversion->blank  ? " "
                                            : "";
    put_padded(to, conversion, sign, text, strlen(text));
    return true;
}

static bool convert(struct expr_reader *r, struct writer *to, struct conversion *conversion,
                    const struct expr_value *value)
{
    char text[EXPR_TEXT_MAX + 3];
    if (strchr("diuxXofeg", conversion->letter))
        return put_number(r, to, conversion, value);
    if (conversion->letter != 's' && conversion->letter != 'r')
        return expr_fail(r, "a %% in this string has no conversion of d i u x X o f e g s r");
    struct writer whole = { .text = text, .len = sizeof text };
    put_value(&whole, value, conversion->letter == 'r');
    size_t most = conversion->precision < 0 ? whole.used : (size_t)conversion->precision;
    conversion->zeros = false;
    put_padded(to, conversion, "", text, whole.used < most ? whole.used : most);
    return true;
}

/* What stands behind a %; *at is moved behind it. */
static bool format_one(struct expr_reader *r, struct writer *to, const char **at, const char *end,
                       const struct expr_value *args, size_t count, size_t *taken)
{
    struct conversion conversion;
    if (*at < end && **at == '%') {
        put_words(to, "%");
        *at += 1;
        return true;
    }
    *at = read_conversion(*at, end, &conversion);
    if (!*at || conversion.letter == '\0')
        return expr_fail(r, "a %% in this string has no conversion of d i u x X o f e g s r");
    if (*taken == count)
        return expr_fail(r, "there are fewer values than this string has conversions");
    return convert(r, to, &conversion, &args[(*taken)++]);
}

bool expr_format(struct expr_reader *r, const struct expr_value *format,
                 const struct expr_value *args, struct expr_value *value)
{
    char text[EXPR_TEXT_MAX + 1];
    struct writer to = { .text = text, .len = sizeof text };
    bool several = args->kind == EXPR_TUPLE;
    const struct expr_value *items = several ? args->items : args;
    size_t count = several ? args->item_count : 1, taken = 0;
    const char *at = format->text, *end = at + format->len;
    text[0] = '\0';
    while (at < end) {
        const char *percent = memchr(at, '%', (size_t)(end - at));
        put(&to, at, (size_t)((percent ? percent : end) - at));
        at = percent ? percent + 1 : end;
        if (percent && !format_one(r, &to, &at, end, items, count, &taken))
            return false;
    }
    if (taken < count)
        return expr_fail(r, "there are more values than this string has conversions");
    if (to.is_cut)
        return expr_fail(r, "this string is longer than %d octets", EXPR_TEXT_MAX);
    return expr_new_string(r, text, to.used, value);
}
