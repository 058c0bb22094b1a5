/*
 * The functions that code in packetdrill scripts can call.
 */
#include "ui/drill/expr_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct function {
    const char *name;
    size_t least, most; /* arguments */
    bool (*call)(struct expr_reader *r, const struct expr_value *args, size_t count,
                 struct expr_value *value);
};

static bool call_abs(struct expr_reader *r, const struct expr_value *args, size_t count,
                     struct expr_value *value)
{
    (void)count;
    if (!expr_is_number(args))
        return expr_fail(r, "abs() is for numbers, not for %s", expr_type_name(args));
    *value = args->kind == EXPR_FLOAT ? *args : expr_of_int(args->number);
    return expr_real(args) >= 0 || expr_negate(r, value);
}

/* The least (or greatest) of the arguments, or of the items of a single one. */
static bool extreme(struct expr_reader *r, const struct expr_value *args, size_t count,
                    enum expr_comparison how, struct expr_value *value)
{
    bool better;
    if (count == 1 && args->kind == EXPR_TUPLE) {
        count = args->item_count;
        args = args->items;
    } else if (count == 1) {
        return expr_fail(r, "min() and max() take several values, not %s", expr_type_name(args));
    }
    if (count == 0)
        return expr_fail(r, "min() and max() of nothing");
    const struct expr_value *best = &args[0];
    for (size_t i = 1; i < count; i++) {
        if (!expr_compare(r, how, &args[i], best, &better))
            return false;
        best = better ? &args[i] : best;
    }
    *value = *best;
    return true;
}

static bool call_max(struct expr_reader *r, const struct expr_value *args, size_t count,
                     struct expr_value *value)
{
    return extreme(r, args, count, EXPR_MORE, value);
}

static bool call_min(struct expr_reader *r, const struct expr_value *args, size_t count,
                     struct expr_value *value)
{
    return extreme(r, args, count, EXPR_LESS, value);
}

/* A float whose fraction is cut. */
static bool int_of_real(struct expr_reader *r, double real, struct expr_value *value)
{
    if (real >= 0x1p63 || real < -0x1p63)
        return expr_fail(r, "this float is too large for a whole number");
    *value = expr_of_int((int64_t)real);
    return true;
}

static bool int_of_string(struct expr_reader *r, const struct expr_value *string,
                          struct expr_value *value)
{
    char digits[24], *rest;
    size_t from = string->len > 0 && (*string->text == '-' || *string->text == '+');
    bool good = string->len > from && string->len < 20;
    for (size_t i = from; good && i < string->len; i++)
        good = string->text[i] >= '0' && string->text[i] <= '9';
    if (!good)
        return expr_fail(r, "int() of a string that is no number, or a large one");
    snprintf(digits, sizeof digits, "%.*s", (int)string->len, string->text);
    *value = expr_of_int(strtoll(digits, &rest, 10));
    return true;
}

static bool call_int(struct expr_reader *r, const struct expr_value *args, size_t count,
                     struct expr_value *value)
{
    (void)count;
    if (args->kind == EXPR_STRING)
        return int_of_string(r, args, value);
    if (args->kind == EXPR_FLOAT)
        return int_of_real(r, args->real, value);
    if (!expr_is_integer(args))
        return expr_fail(r, "int() is not for %s", expr_type_name(args));
    *value = expr_of_int(args->number);
    return true;
}

static bool call_len(struct expr_reader *r, const struct expr_value *args, size_t count,
                     struct expr_value *value)
{
    (void)count;
    if (args->kind != EXPR_STRING && args->kind != EXPR_TUPLE)
        return expr_fail(r, "len() is not for %s", expr_type_name(args));
    *value = expr_of_int((int64_t)(args->kind == EXPR_STRING ? args->len : args->item_count));
    return true;
}

static bool call_str(struct expr_reader *r, const struct expr_value *args, size_t count,
                     struct expr_value *value)
{
    char text[EXPR_TEXT_MAX + 1];
    (void)count;
    if (args->kind == EXPR_STRING) {
        *value = *args;
        return true;
    }
    expr_show(args, text, sizeof text);
    return expr_new_string(r, text, strlen(text), value);
}

/* Half to even, of the number that the float really is: as Python, and as printf() does it. */
static bool call_round(struct expr_reader *r, const struct expr_value *args, size_t count,
                       struct expr_value *value)
{
    char text[400];
    bool to_int = count == 1 || args[1].kind == EXPR_NONE;
    if (!expr_is_number(args) || (!to_int && !expr_is_integer(&args[1])))
        return expr_fail(r, "round() takes a number, and how many digits");
    if (!to_int && (args[1].number < 0 || args[1].number > 15))
        return expr_fail(r, "round() to 0 to 15 digits only");
    if (expr_is_integer(args)) {
        *value = expr_of_int(args->number);
        return true;
    }
    snprintf(text, sizeof text, "%.*f", to_int ? 0 : (int)args[1].number, args->real);
    double rounded = strtod(text, NULL);
    if (to_int)
        return int_of_real(r, rounded, value);
    *value = (struct expr_value){ .kind = EXPR_FLOAT, .real = rounded };
    return true;
}

static const struct function functions[] = {
    { "abs", 1, 1, call_abs },  { "int", 1, 1, call_int },  { "len", 1, 1, call_len },
    { "max", 1, 64, call_max }, { "min", 1, 64, call_min }, { "round", 1, 2, call_round },
    { "str", 1, 1, call_str },
};

static const struct function *function_of(struct expr_word name)
{
    for (size_t i = 0; i < COUNT(functions); i++) {
        if (expr_word_is(name, functions[i].name))
            return &functions[i];
    }
    return NULL;
}

bool expr_is_function(struct expr_word name)
{
    return function_of(name) != NULL;
}

bool expr_call(struct expr_reader *r, struct expr_word name, const struct expr_value *args,
               size_t count, struct expr_value *value)
{
    const struct function *function = function_of(name);
    if (count < function->least || count > function->most)
        return expr_fail(r, "%s() does not take %zu values", function->name, count);
    return function->call(r, args, count, value);
}
