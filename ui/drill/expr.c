/*
 * Statements of the code in packetdrill scripts. The code is read twice: once dead, for its syntax,
 * so that a mistake anywhere is an error whatever fails before it; then it is evaluated.
 */
#include "ui/drill/expr_parts.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* ---- assert */

/* Copies source on one line: blanks squeezed to one, comments and backslashes left out. */
static void copy_source(struct expr_reader r, const char *begin, const char *end, char *text,
                        size_t len)
{
    size_t used = 0;
    char quote = '\0';
    r.at = begin;
    r.end = end;
    r.brackets = 1; /* a line end is a blank */
    while (r.at < r.end && used + 1 < len) {
        const char *before = r.at;
        if (!quote)
            expr_skip(&r);
        if (r.at > before && used > 0)
            text[used++] = ' ';
        if (r.at == r.end || used + 1 == len)
            break;
        char c = *r.at++;
        bool is_quote = c == '\'' || c == '"';
        quote = quote ? (c == quote ? '\0' : quote) : is_quote ? c : '\0';
        text[used++] = c;
    }
    text[used] = '\0';
}

static void report_sides(struct expr_reader *r)
{
    struct expr_report *report = r->report;
    report->is_comparison = r->compared;
    if (!r->compared)
        return;
    expr_repr(&r->left, report->left, sizeof report->left);
    expr_repr(&r->right, report->right, sizeof report->right);
}

/* What stands behind the comma; where it can't be evaluated, that is said instead. */
static bool read_message(struct expr_reader *r, bool wanted)
{
    struct expr_value message;
    bool was_dead = r->is_dead;
    r->is_dead = was_dead || !wanted;
    bool good = expr_read(r, &message);
    if (good && !r->is_dead)
        expr_show(&message, r->report->message, sizeof r->report->message);
    r->is_dead = was_dead;
    if (good || was_dead)
        return good;
    snprintf(r->report->message, sizeof r->report->message, "(no message: %s)", r->report->error);
    r->report->error[0] = '\0';
    return true;
}

static bool read_assert(struct expr_reader *r, uint32_t line, bool *fails)
{
    struct expr_value value;
    expr_skip(r);
    const char *begin = r->at;
    r->compared = false;
    if (!expr_read(r, &value))
        return false;
    const char *end = r->token_end;
    if (!r->is_dead && value.kind == EXPR_TUPLE)
        return expr_fail(r, "a tuple is asserted, which says nothing: mind the parentheses");
    *fails = !r->is_dead && !expr_is_true(&value);
    if (*fails) {
        report_sides(r);
        copy_source(*r, begin, end, r->report->assertion, sizeof r->report->assertion);
    }
    if (expr_try(r, ",") && !read_message(r, *fails))
        return false;
    if (*fails)
        r->report->line = line;
    r->report->assertions += !r->is_dead && !*fails;
    return true;
}

/* ---- other statements */

/* Anything: brackets and strings are minded, and nothing is evaluated. */
static bool skip_print(struct expr_reader *r)
{
    struct expr_value string;
    for (;;) {
        bool ends = expr_looks_at(r, "\n") || expr_looks_at(r, ";");
        if (r->at == r->end || (ends && r->brackets == 0))
            break;
        if (expr_looks_at_string(r)) {
            if (!expr_read_string(r, &string))
                return false;
            continue;
        }
        if (strchr("([{", *r->at) && *r->at != '\0')
            r->brackets++;
        else if (strchr(")]}", *r->at) && *r->at != '\0' && r->brackets > 0)
            r->brackets--;
        expr_take(r, 1);
    }
    return r->brackets == 0 || expr_expected(r, "the bracket that closes");
}

static bool assign(struct expr_reader *r, struct expr_word word, const struct expr_value *value)
{
    size_t at = 0;
    while (at < r->variable_count && !expr_word_is(word, r->variables[at].name))
        at++;
    struct expr_variable *variable = &r->variables[at];
    if (at == EXPR_VARIABLES_MAX || word.len >= sizeof variable->name)
        return expr_fail(r, at == EXPR_VARIABLES_MAX ? "too many names" : "this name is too long");
    if (at == r->variable_count) {
        snprintf(variable->name, sizeof variable->name, "%.*s", (int)word.len, word.at);
        r->variable_count++;
    }
    variable->value = *value;
    if (r->names->set)
        r->names->set(r->names->to, variable->name, value);
    return true;
}

/* name = value */
static bool read_assignment(struct expr_reader *r, struct expr_word word)
{
    struct expr_value value;
    expr_take(r, word.len);
    if (word.len == 0 || expr_looks_at(r, "==") || !expr_try(r, "="))
        return expr_expected(r, "assert, print or NAME = VALUE");
    if (expr_word_is(word, "True") || expr_word_is(word, "False") || expr_word_is(word, "None"))
        return expr_fail(r, "this is not a name to be assigned to");
    if (!expr_read_tuple(r, &value))
        return false;
    return r->is_dead || assign(r, word, &value);
}

static bool read_statement(struct expr_reader *r, bool *fails)
{
    uint32_t line = 1;
    struct expr_word word = expr_peek_word(r);
    for (const char *at = r->begin; at < r->at; at++)
        line += *at == '\n';
    if (expr_word_is(word, "assert")) {
        expr_take(r, word.len);
        return read_assert(r, line, fails);
    }
    if (expr_word_is(word, "print")) {
        expr_take(r, word.len);
        return skip_print(r);
    }
    return read_assignment(r, word);
}

/* Up to the end, or to the first assertion that fails. */
static bool read_statements(struct expr_reader *r, bool *fails)
{
    *fails = false;
    for (;;) {
        while (expr_try(r, ";") || expr_try(r, "\n"))
            ;
        if (r->at == r->end)
            return !r->failed;
        if (!read_statement(r, fails))
            return false;
        if (*fails)
            return true;
        if (r->at < r->end && !expr_looks_at(r, ";") && !expr_looks_at(r, "\n"))
            return r->at == r->end || expr_expected(r, "a new line or ';'");
    }
}

/* ---- the whole */

static enum expr_outcome run(struct expr_reader *r, const char *code, size_t len)
{
    bool fails;
    r->begin = r->at = r->end = code;
    if (len > EXPR_CODE_MAX) {
        expr_fail(r, "this code is longer than %d octets", EXPR_CODE_MAX);
        return EXPR_ERROR;
    }
    r->end = code + len;
    r->is_dead = true;
    if (!read_statements(r, &fails))
        return EXPR_ERROR;
    r->at = r->begin;
    r->is_dead = false;
    if (!read_statements(r, &fails))
        return EXPR_ERROR;
    return fails ? EXPR_FAILS : EXPR_HOLDS;
}

enum expr_outcome expr_run(const char *code, size_t len, const struct expr_names *names,
                           struct expr_report *report)
{
    struct arena arena = { 0 };
    struct expr_reader *r = arena_take(&arena, sizeof *r);
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0); /* numbers have a point here */
    enum expr_outcome outcome = EXPR_ERROR;
    memset(report, 0, sizeof *report);
    if (r && c) {
        locale_t before = uselocale(c);
        r->arena = &arena;
        r->names = names;
        r->report = report;
        outcome = run(r, code, len);
        uselocale(before);
    } else {
        snprintf(report->error, sizeof report->error, "there is not enough memory");
    }
    if (c)
        freelocale(c);
    arena_free(&arena);
    return outcome;
}
