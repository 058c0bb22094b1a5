/*
 * Expressions of the code in packetdrill scripts, evaluated while they are read: one function a
 * level of Python's precedence, or a row of a table for the levels that are alike.
 */
#include "ui/drill/expr_parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum {
    ITEMS_MAX = 64 /* of a tuple, arguments of a call */
};

static bool read_or(struct expr_reader *r, struct expr_value *value);
static bool read_unary(struct expr_reader *r, struct expr_value *value);

static const struct expr_value none = { .kind = EXPR_NONE };

/* ---- names and calls */

static bool is_reserved(struct expr_word word)
{
    static const char *const words[] = { "and",   "or",     "not",    "in",    "is",     "if",
                                         "else",  "elif",   "for",    "while", "lambda", "def",
                                         "class", "return", "import", "from",  "assert", "print",
                                         "del",   "pass",   "try",    "with",  "yield" };
    for (size_t i = 0; i < COUNT(words); i++) {
        if (expr_word_is(word, words[i]))
            return true;
    }
    return false;
}

static bool look_up(struct expr_reader *r, struct expr_word word, struct expr_value *value)
{
    char name[EXPR_NAME_MAX];
    if (r->is_dead)
        return true;
    if (word.len >= sizeof name)
        return expr_fail(r, "this name is too long");
    snprintf(name, sizeof name, "%.*s", (int)word.len, word.at);
    for (size_t i = r->variable_count; i > 0; i--) {
        if (strcmp(r->variables[i - 1].name, name) == 0) {
            *value = r->variables[i - 1].value;
            return true;
        }
    }
    *value = none;
    return (r->names->get && r->names->get(r->names->to, name, value)) ||
           expr_fail(r, "there is no such name: %s", name);
}

/* Values between commas up to the bracket that closes them; *comma says if one stands there. */
static bool read_items(struct expr_reader *r, const char *close, struct expr_value *items,
                       size_t *count, bool *comma)
{
    *count = 0;
    *comma = false;
    while (!expr_looks_at(r, close)) {
        if (*count == ITEMS_MAX)
            return expr_fail(r, "more than %d values between brackets", ITEMS_MAX);
        if (!read_or(r, &items[(*count)++]))
            return false;
        bool more = expr_try(r, ",");
        *comma = *count == 1 ? more : *comma;
        if (!more)
            break;
    }
    return true;
}

/* The bracket that closes: behind it, line ends count again. */
static bool close_bracket(struct expr_reader *r, const char *close)
{
    if (!expr_looks_at(r, close))
        return expr_expected(r, "',' or the bracket that closes");
    r->brackets--;
    expr_take(r, strlen(close));
    return true;
}

static bool new_tuple(struct expr_reader *r, const struct expr_value *items, size_t count,
                      struct expr_value *value)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind == EXPR_TUPLE)
            return expr_fail(r, "a tuple within a tuple is not understood here");
    }
    struct expr_value *copy = arena_take(r->arena, (count ? count : 1) * sizeof *copy);
    if (!copy)
        return expr_fail(r, "there is not enough memory");
    if (count > 0)
        memcpy(copy, items, count * sizeof *copy);
    *value = (struct expr_value){ .kind = EXPR_TUPLE, .items = copy, .item_count = count };
    return true;
}

/* (value), (a, b), () or [a, b] */
static bool read_bracketed(struct expr_reader *r, const char *open, const char *close,
                           struct expr_value *value)
{
    struct expr_value items[ITEMS_MAX];
    size_t count;
    bool comma;
    r->brackets++;
    expr_take(r, 1);
    if (!read_items(r, close, items, &count, &comma) || !close_bracket(r, close))
        return false;
    if (*open == '(' && count == 1 && !comma) {
        *value = items[0];
        return true;
    }
    return r->is_dead || new_tuple(r, items, count, value);
}

static bool read_call(struct expr_reader *r, struct expr_word name, struct expr_value *value)
{
    struct expr_value args[ITEMS_MAX];
    size_t count;
    bool comma;
    if (!expr_is_function(name))
        return expr_fail(r, "there is no such function: %.*s", name.len > 40 ? 40 : (int)name.len,
                         name.at);
    r->brackets++;
    expr_take(r, 1);
    if (!read_items(r, ")", args, &count, &comma) || !close_bracket(r, ")"))
        return false;
    return r->is_dead || expr_call(r, name, args, count, value);
}

static bool read_word(struct expr_reader *r, struct expr_word word, struct expr_value *value)
{
    if (is_reserved(word))
        return expr_expected(r, "a value");
    expr_take(r, word.len);
    if (expr_word_is(word, "True") || expr_word_is(word, "False"))
        *value = expr_of_bool(*word.at == 'T');
    else if (expr_word_is(word, "None"))
        *value = none;
    else if (expr_looks_at(r, "("))
        return read_call(r, word, value);
    else
        return look_up(r, word, value);
    return true;
}

static bool read_atom(struct expr_reader *r, struct expr_value *value)
{
    *value = none;
    if (expr_looks_at(r, "("))
        return read_bracketed(r, "(", ")", value);
    if (expr_looks_at(r, "["))
        return read_bracketed(r, "[", "]", value);
    if (expr_looks_at_string(r))
        return expr_read_string(r, value);
    struct expr_word word = expr_peek_word(r);
    if (word.len > 0)
        return read_word(r, word, value);
    bool fraction = r->end - r->at > 1 && *r->at == '.' && r->at[1] >= '0' && r->at[1] <= '9';
    if (r->at < r->end && (fraction || (*r->at >= '0' && *r->at <= '9')))
        return expr_read_number(r, value);
    return expr_expected(r, "a value");
}

/* ---- operators */

static bool deeper(struct expr_reader *r)
{
    if (r->depth == EXPR_DEPTH_MAX)
        return expr_fail(r, "brackets and signs within each other, more than %d deep",
                         EXPR_DEPTH_MAX);
    r->depth++;
    return true;
}

/* a ** b binds tighter than a sign on its left, less so than one on its right. */
static bool read_power(struct expr_reader *r, struct expr_value *value)
{
    struct expr_value right;
    if (!read_atom(r, value))
        return false;
    if (!expr_try(r, "**"))
        return true;
    return read_unary(r, &right) && (r->is_dead || expr_operate(r, EXPR_POWER, &right, value));
}

static bool read_signed(struct expr_reader *r, struct expr_value *value)
{
    bool minus = expr_try(r, "-"), invert = !minus && expr_try(r, "~");
    if (!minus && !invert && !expr_try(r, "+"))
        return read_power(r, value);
    if (!read_unary(r, value))
        return false;
    if (r->is_dead)
        return true;
    if (invert)
        return expr_invert(r, value);
    if (!expr_is_number(value))
        return expr_fail(r, "%s has no sign", expr_type_name(value));
    if (minus)
        return expr_negate(r, value);
    if (value->kind == EXPR_BOOL)
        *value = expr_of_int(value->number);
    return true;
}

static bool read_unary(struct expr_reader *r, struct expr_value *value)
{
    if (!deeper(r))
        return false;
    bool good = read_signed(r, value);
    r->depth--;
    return good;
}

/* The levels of operators with two sides, the loosest first; a longer token before a shorter. */
static const struct {
    unsigned level;
    const char *token;
    enum expr_operator op;
} operators[] = {
    { 0, "|", EXPR_OR_BITS },  { 1, "^", EXPR_XOR },    { 2, "&", EXPR_AND_BITS },
    { 3, "<<", EXPR_LEFT },    { 3, ">>", EXPR_RIGHT }, { 4, "+", EXPR_ADD },
    { 4, "-", EXPR_SUBTRACT }, { 5, "//", EXPR_FLOOR }, { 5, "/", EXPR_DIVIDE },
    { 5, "*", EXPR_MULTIPLY }, { 5, "%", EXPR_MODULO },
};

enum {
    LEVELS = 6
};

static bool try_operator(struct expr_reader *r, unsigned level, enum expr_operator *op)
{
    for (size_t i = 0; i < COUNT(operators); i++) {
        if (operators[i].level == level && expr_try(r, operators[i].token)) {
            *op = operators[i].op;
            return true;
        }
    }
    return false;
}

static bool read_level(struct expr_reader *r, unsigned level, struct expr_value *value)
{
    enum expr_operator op;
    struct expr_value right;
    if (level == LEVELS)
        return read_unary(r, value);
    if (!read_level(r, level + 1, value))
        return false;
    while (try_operator(r, level, &op)) {
        if (!read_level(r, level + 1, &right))
            return false;
        if (!r->is_dead && !expr_operate(r, op, &right, value))
            return false;
    }
    return true;
}

/* ---- comparisons */

static bool try_comparison(struct expr_reader *r, enum expr_comparison *how)
{
    static const struct {
        const char *token;
        enum expr_comparison how;
    } rows[] = { { "==", EXPR_EQUAL },    { "!=", EXPR_UNEQUAL }, { "<=", EXPR_AT_MOST },
                 { ">=", EXPR_AT_LEAST }, { "<", EXPR_LESS },     { ">", EXPR_MORE } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (expr_try(r, rows[i].token)) {
            *how = rows[i].how;
            return true;
        }
    }
    *how = EXPR_IN;
    if (expr_try_word(r, "in"))
        return true;
    *how = EXPR_NOT_IN;
    return expr_try_word(r, "not") && (expr_try_word(r, "in") || expr_expected(r, "in"));
}

static bool compare(struct expr_reader *r, enum expr_comparison how, const struct expr_value *left,
                    const struct expr_value *right, bool *holds)
{
    if (r->is_dead)
        return true;
    if (!expr_compare(r, how, left, right, holds))
        return false;
    if (!*holds) {
        r->compared = true;
        r->left = *left;
        r->right = *right;
    }
    return true;
}

/* a < b < c: as soon as one does not hold, what follows is dead. */
static bool read_comparison(struct expr_reader *r, struct expr_value *value)
{
    enum expr_comparison how;
    struct expr_value left, right = none;
    bool holds = true, any = false, was_dead = r->is_dead;
    if (!read_level(r, 0, &left))
        return false;
    while (!r->failed && try_comparison(r, &how)) {
        any = true;
        if (!read_level(r, 0, &right) || !compare(r, how, &left, &right, &holds))
            return false;
        left = right;
        r->is_dead = was_dead || !holds;
    }
    r->is_dead = was_dead;
    *value = !any ? left : was_dead ? none : expr_of_bool(holds);
    return !r->failed;
}

static bool read_not(struct expr_reader *r, struct expr_value *value)
{
    if (!expr_try_word(r, "not"))
        return read_comparison(r, value);
    if (!deeper(r) || !read_not(r, value))
        return false;
    r->depth--;
    if (r->is_dead)
        return true;
    *value = expr_of_bool(!expr_is_true(value));
    r->compared = false; /* it is the 'not' that decides */
    return true;
}

/* a and b is a where a is false, else b; the other side is dead then. */
static bool read_and(struct expr_reader *r, struct expr_value *value)
{
    struct expr_value right;
    bool was_dead = r->is_dead;
    if (!read_not(r, value))
        return false;
    while (expr_try_word(r, "and")) {
        r->is_dead = was_dead || !expr_is_true(value);
        if (!read_not(r, &right))
            return false;
        if (!r->is_dead)
            *value = right;
        r->is_dead = was_dead;
    }
    return true;
}

static bool read_or(struct expr_reader *r, struct expr_value *value)
{
    struct expr_value right;
    bool was_dead = r->is_dead;
    if (!deeper(r) || !read_and(r, value))
        return false;
    while (expr_try_word(r, "or")) {
        r->is_dead = was_dead || expr_is_true(value);
        if (!read_and(r, &right))
            return false;
        if (!r->is_dead)
            *value = right;
        r->is_dead = was_dead;
    }
    if (!r->is_dead && expr_is_true(value))
        r->compared = false; /* what did not hold did not matter */
    r->depth--;
    return true;
}

bool expr_read(struct expr_reader *r, struct expr_value *value)
{
    return read_or(r, value);
}

static bool statement_ends(struct expr_reader *r)
{
    return expr_looks_at(r, "\n") || expr_looks_at(r, ";") || r->at == r->end;
}

bool expr_read_tuple(struct expr_reader *r, struct expr_value *value)
{
    struct expr_value items[ITEMS_MAX];
    size_t count = 1;
    if (!read_or(r, &items[0]))
        return false;
    if (!expr_looks_at(r, ",")) {
        *value = items[0];
        return true;
    }
    while (expr_try(r, ",") && !statement_ends(r)) {
        if (count == ITEMS_MAX)
            return expr_fail(r, "more than %d values in a tuple", ITEMS_MAX);
        if (!read_or(r, &items[count++]))
            return false;
    }
    *value = none;
    return r->is_dead || new_tuple(r, items, count, value);
}
