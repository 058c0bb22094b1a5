/*
 * What operators do with the values of code in packetdrill scripts: as in Python 3, but for whole
 * numbers, which have 64 bits here, and beyond them are an error.
 */
#include "ui/drill/expr_parts.h"

#include <math.h>
#include <string.h>

bool expr_is_true(const struct expr_value *value)
{
    switch (value->kind) {
    case EXPR_NONE:
        return false;
    case EXPR_BOOL:
    case EXPR_INT:
        return value->number != 0;
    case EXPR_FLOAT:
        return value->real != 0;
    case EXPR_STRING:
        return value->len > 0;
    case EXPR_TUPLE:
        return value->item_count > 0;
    }
    return false;
}

bool expr_is_integer(const struct expr_value *value)
{
    return value->kind == EXPR_INT || value->kind == EXPR_BOOL;
}

bool expr_is_number(const struct expr_value *value)
{
    return expr_is_integer(value) || value->kind == EXPR_FLOAT;
}

double expr_real(const struct expr_value *value)
{
    return value->kind == EXPR_FLOAT ? value->real : (double)value->number;
}

struct expr_value expr_of_int(int64_t number)
{
    return (struct expr_value){ .kind = EXPR_INT, .number = number };
}

struct expr_value expr_of_bool(bool is_true)
{
    return (struct expr_value){ .kind = EXPR_BOOL, .number = is_true };
}

const char *expr_type_name(const struct expr_value *value)
{
    static const char *const names[] = { "None",    "a bool",   "an int",
                                         "a float", "a string", "a tuple" };
    return names[value->kind];
}

bool expr_new_string(struct expr_reader *r, const char *text, size_t len, struct expr_value *value)
{
    if (len > EXPR_TEXT_MAX)
        return expr_fail(r, "this string is longer than %d octets", EXPR_TEXT_MAX);
    char *copy = arena_copy(r->arena, text, len);
    if (!copy)
        return expr_fail(r, "there is not enough memory");
    *value = (struct expr_value){ .kind = EXPR_STRING, .text = copy, .len = len };
    return true;
}

/* ---- numbers */

static bool too_large(struct expr_reader *r)
{
    return expr_fail(r, "this comes to a number that is too large");
}

static bool set_real(struct expr_reader *r, double real, struct expr_value *value)
{
    *value = (struct expr_value){ .kind = EXPR_FLOAT, .real = real };
    return isfinite(real) || too_large(r);
}

bool expr_negate(struct expr_reader *r, struct expr_value *value)
{
    if (value->kind == EXPR_FLOAT)
        return set_real(r, -value->real, value);
    if (value->number == INT64_MIN)
        return too_large(r);
    *value = expr_of_int(-value->number);
    return true;
}

bool expr_invert(struct expr_reader *r, struct expr_value *value)
{
    if (!expr_is_integer(value))
        return expr_fail(r, "~ is for whole numbers, not for %s", expr_type_name(value));
    *value = expr_of_int(~value->number);
    return true;
}

/* Rounded down, as Python does it; by is not 0. False: too large. */
static bool divide_down(int64_t number, int64_t by, int64_t *quotient, int64_t *rest)
{
    if (number == INT64_MIN && by == -1)
        return false;
    *quotient = number / by;
    *rest = number % by;
    if (*rest != 0 && (*rest < 0) != (by < 0)) {
        *quotient -= 1;
        *rest += by;
    }
    return true;
}

static double real_down(double real)
{
    if (real >= 0x1p53 || real <= -0x1p53)
        return real; /* it has no fraction */
    double whole = (double)(int64_t)real;
    return whole > real ? whole - 1 : whole;
}

static bool shift(int64_t number, int64_t by, bool left, int64_t *result)
{
    if (!left) {
        *result = by > 62 ? (number < 0 ? -1 : 0) : number >> by;
        return true;
    }
    if (number == 0 || by > 62) {
        *result = 0;
        return number == 0;
    }
    return !__builtin_mul_overflow(number, INT64_C(1) << by, result);
}

static bool int_power(int64_t base, int64_t exponent, int64_t *result)
{
    *result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && __builtin_mul_overflow(*result, base, result))
            return false;
        if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
            return false;
    }
    return true;
}

static bool real_power(struct expr_reader *r, double base, int64_t exponent,
                       struct expr_value *value)
{
    double result = 1;
    uint64_t left = exponent < 0 ? (uint64_t)0 - (uint64_t)exponent : (uint64_t)exponent;
    if (base == 0 && exponent < 0)
        return expr_fail(r, "this divides by zero");
    for (; left > 0; left >>= 1) {
        if (left & 1)
            result *= base;
        base *= base;
    }
    return set_real(r, exponent < 0 ? 1 / result : result, value);
}

/* True: done or failed. False: not for whole numbers. */
static bool try_int_operator(enum expr_operator op, int64_t a, int64_t b, int64_t *result,
                             bool *fits)
{
    int64_t other;
    *fits = true;
    switch (op) {
    case EXPR_OR_BITS:
        *result = a | b;
        return true;
    case EXPR_XOR:
        *result = a ^ b;
        return true;
    case EXPR_AND_BITS:
        *result = a & b;
        return true;
    case EXPR_LEFT:
    case EXPR_RIGHT:
        *fits = shift(a, b, op == EXPR_LEFT, result);
        return true;
    case EXPR_ADD:
        *fits = !__builtin_add_overflow(a, b, result);
        return true;
    case EXPR_SUBTRACT:
        *fits = !__builtin_sub_overflow(a, b, result);
        return true;
    case EXPR_MULTIPLY:
        *fits = !__builtin_mul_overflow(a, b, result);
        return true;
    case EXPR_FLOOR:
        *fits = divide_down(a, b, result, &other);
        return true;
    case EXPR_MODULO:
        if (b == -1)
            *result = 0;
        else
            *fits = divide_down(a, b, &other, result);
        return true;
    case EXPR_POWER:
        *fits = b >= 0 && int_power(a, b, result);
        return b >= 0;
    case EXPR_DIVIDE:
        return false;
    }
    return false;
}

static bool real_operator(struct expr_reader *r, enum expr_operator op,
                          const struct expr_value *right, struct expr_value *left)
{
    double a = expr_real(left), b = expr_real(right);
    switch (op) {
    case EXPR_ADD:
        return set_real(r, a + b, left);
    case EXPR_SUBTRACT:
        return set_real(r, a - b, left);
    case EXPR_MULTIPLY:
        return set_real(r, a * b, left);
    case EXPR_DIVIDE:
        return set_real(r, a / b, left);
    case EXPR_FLOOR:
        return set_real(r, real_down(a / b), left);
    case EXPR_MODULO:
        return set_real(r, a - b * real_down(a / b), left);
    case EXPR_POWER:
        if (expr_is_integer(right))
            return real_power(r, a, right->number, left);
        return expr_fail(r, "** takes a whole number on its right");
    case EXPR_OR_BITS:
    case EXPR_XOR:
    case EXPR_AND_BITS:
    case EXPR_LEFT:
    case EXPR_RIGHT:
        break;
    }
    return expr_fail(r, "bits are of whole numbers, not of a float");
}

static bool operate_on_numbers(struct expr_reader *r, enum expr_operator op,
                               const struct expr_value *right, struct expr_value *left)
{
    int64_t result = 0;
    bool fits = true, divides = op == EXPR_DIVIDE || op == EXPR_FLOOR || op == EXPR_MODULO;
    if (divides && expr_real(right) == 0)
        return expr_fail(r, "this divides by zero");
    if (!expr_is_integer(left) || !expr_is_integer(right))
        return real_operator(r, op, right, left);
    if ((op == EXPR_LEFT || op == EXPR_RIGHT) && right->number < 0)
        return expr_fail(r, "this shifts by a negative number");
    if (!try_int_operator(op, left->number, right->number, &result, &fits))
        return real_operator(r, op, right, left);
    bool bits = op == EXPR_OR_BITS || op == EXPR_XOR || op == EXPR_AND_BITS;
    bool bools = left->kind == EXPR_BOOL && right->kind == EXPR_BOOL;
    *left = bits && bools ? expr_of_bool(result != 0) : expr_of_int(result);
    return fits || too_large(r);
}

static bool join_strings(struct expr_reader *r, const struct expr_value *right,
                         struct expr_value *left)
{
    char text[EXPR_TEXT_MAX];
    if (left->len + right->len > sizeof text)
        return expr_fail(r, "this string is longer than %d octets", EXPR_TEXT_MAX);
    memcpy(text, left->text, left->len);
    memcpy(text + left->len, right->text, right->len);
    return expr_new_string(r, text, left->len + right->len, left);
}

bool expr_operate(struct expr_reader *r, enum expr_operator op, const struct expr_value *right,
                  struct expr_value *left)
{
    if (left->kind == EXPR_STRING && op == EXPR_MODULO)
        return expr_format(r, left, right, left);
    if (left->kind == EXPR_STRING && right->kind == EXPR_STRING && op == EXPR_ADD)
        return join_strings(r, right, left);
    if (expr_is_number(left) && expr_is_number(right))
        return operate_on_numbers(r, op, right, left);
    return expr_fail(r, "this operator is not for %s and %s", expr_type_name(left),
                     expr_type_name(right));
}

/* ---- comparisons */

static bool same_text(const struct expr_value *a, const struct expr_value *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->text, b->text, a->len) == 0);
}

/* Whether two values are equal that are no tuples. */
static bool single_equal(const struct expr_value *a, const struct expr_value *b)
{
    if (expr_is_integer(a) && expr_is_integer(b))
        return a->number == b->number;
    if (expr_is_number(a) && expr_is_number(b))
        return expr_real(a) == expr_real(b);
    if (a->kind != b->kind)
        return false;
    return a->kind == EXPR_NONE || (a->kind == EXPR_STRING && same_text(a, b));
}

static bool equal(const struct expr_value *a, const struct expr_value *b)
{
    if (a->kind != EXPR_TUPLE || b->kind != EXPR_TUPLE)
        return single_equal(a, b);
    if (a->item_count != b->item_count)
        return false;
    for (size_t i = 0; i < a->item_count; i++) {
        if (!single_equal(&a->items[i], &b->items[i]))
            return false;
    }
    return true;
}

/* -1, 0 or 1, of two numbers or two strings. */
static int order(const struct expr_value *a, const struct expr_value *b)
{
    if (a->kind == EXPR_STRING) {
        size_t len = a->len < b->len ? a->len : b->len;
        int by_text = len ? memcmp(a->text, b->text, len) : 0;
        return by_text ? by_text : (a->len > b->len) - (a->len < b->len);
    }
    if (expr_is_integer(a) && expr_is_integer(b))
        return (a->number > b->number) - (a->number < b->number);
    return (expr_real(a) > expr_real(b)) - (expr_real(a) < expr_real(b));
}

static bool is_in(struct expr_reader *r, const struct expr_value *value,
                  const struct expr_value *among, bool *is_there)
{
    *is_there = false;
    if (among->kind == EXPR_STRING && value->kind == EXPR_STRING) {
        *is_there = memmem(among->text, among->len, value->text, value->len) != NULL;
        return true;
    }
    if (among->kind != EXPR_TUPLE)
        return expr_fail(r, "'in' does not look for %s in %s", expr_type_name(value),
                         expr_type_name(among));
    for (size_t i = 0; i < among->item_count && !*is_there; i++)
        *is_there = equal(value, &among->items[i]);
    return true;
}

bool expr_compare(struct expr_reader *r, enum expr_comparison how, const struct expr_value *left,
                  const struct expr_value *right, bool *holds)
{
    bool ordered = (expr_is_number(left) && expr_is_number(right)) ||
                   (left->kind == EXPR_STRING && right->kind == EXPR_STRING);
    bool orders =
        how == EXPR_AT_MOST || how == EXPR_AT_LEAST || how == EXPR_LESS || how == EXPR_MORE;
    if (orders && !ordered)
        return expr_fail(r, "%s and %s have no order", expr_type_name(left), expr_type_name(right));
    switch (how) {
    case EXPR_EQUAL:
        *holds = equal(left, right);
        return true;
    case EXPR_UNEQUAL:
        *holds = !equal(left, right);
        return true;
    case EXPR_AT_MOST:
        *holds = order(left, right) <= 0;
        return true;
    case EXPR_AT_LEAST:
        *holds = order(left, right) >= 0;
        return true;
    case EXPR_LESS:
        *holds = order(left, right) < 0;
        return true;
    case EXPR_MORE:
        *holds = order(left, right) > 0;
        return true;
    case EXPR_IN:
        return is_in(r, left, right, holds);
    case EXPR_NOT_IN: {
        bool good = is_in(r, left, right, holds);
        *holds = !*holds;
        return good;
    }
    }
    return false;
}
