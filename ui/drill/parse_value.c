/*
 * Reading a call of a packetdrill script: name(arguments) = result ERROR (note). Arguments are
 * written as strace writes them.
 */
#include "ui/drill/parts.h"

#include <string.h>

static struct value *read_value(struct drill_reader *r);

const struct value *value_item(const struct value *of, size_t index)
{
    const struct value *item = of->items;
    while (item && index-- > 0)
        item = item->next;
    return item;
}

const struct value *value_field(const struct value *of, const char *name, size_t place)
{
    for (const struct value *item = of->items; item; item = item->next) {
        if (item->kind == VALUE_FIELD && script_text_is(item->text, name))
            return item->is;
    }
    const struct value *item = value_item(of, place);
    return item && item->kind != VALUE_FIELD ? item : NULL;
}

const struct value *script_arg(const struct script_call *call, size_t index)
{
    const struct value *arg = call->args;
    while (arg && index-- > 0)
        arg = arg->next;
    return arg;
}

/* A function here that gives a value gives NULL where it fails. */
static struct value *new_value(struct drill_reader *r, enum value_kind kind)
{
    drill_skip(r);
    struct value *value = arena_take(r->arena, sizeof *value);
    if (!value) {
        drill_no_memory(r);
        return NULL;
    }
    value->kind = kind;
    value->line = drill_line(r, r->at);
    value->source.at = r->at;
    return value;
}

static struct value *ended(const struct drill_reader *r, struct value *value)
{
    value->source.len = (size_t)(r->token_end - value->source.at);
    return value;
}

/* name=value, name(1)=value or a value within a structure. */
static struct value *read_field(struct drill_reader *r)
{
    struct value *value = read_value(r);
    bool may_be_name = value && (value->kind == VALUE_NAME || value->kind == VALUE_CALL);
    if (!may_be_name || !drill_try(r, "="))
        return value;
    value->kind = VALUE_FIELD;
    value->is = read_value(r);
    return value->is ? ended(r, value) : NULL;
}

/* Items between commas up to the bracket that closes them. */
static bool read_items(struct drill_reader *r, const char *close,
                       struct value *read_item(struct drill_reader *r), struct value **first,
                       size_t *count)
{
    struct value **last = first;
    if (drill_try(r, close))
        return true;
    do {
        *last = read_item(r);
        if (!*last)
            return false;
        last = &(*last)->next;
        *count += 1;
    } while (drill_try(r, ","));
    char what[] = "',' or 'X'";
    what[8] = *close;
    return drill_try(r, close) || drill_expected(r, what);
}

/* Behind the bracket that opens it. */
static struct value *read_list(struct drill_reader *r, struct value *value, const char *close)
{
    bool fields = value->kind == VALUE_STRUCT;
    if (!read_items(r, close, fields ? read_field : read_value, &value->items, &value->item_count))
        return NULL;
    return ended(r, value);
}

static struct value *read_bracket(struct drill_reader *r)
{
    struct value *value = new_value(r, VALUE_ARRAY);
    if (!value)
        return NULL;
    if (drill_try(r, "["))
        return read_list(r, value, "]");
    drill_take(r, 1);
    value->kind = VALUE_STRUCT;
    return read_list(r, value, "}");
}

static struct value *read_text_value(struct drill_reader *r)
{
    struct value *value = new_value(r, VALUE_STRING);
    if (!value || !drill_string(r, &value->text))
        return NULL;
    value->goes_on = drill_try(r, "...");
    return ended(r, value);
}

/* NAME, &name or name(...) */
static struct value *read_name(struct drill_reader *r)
{
    struct value *value = new_value(r, VALUE_NAME);
    if (!value)
        return NULL;
    bool address = drill_try(r, "&");
    struct script_text word = drill_peek_word(r);
    if (word.len == 0) {
        drill_expected(r, "a value");
        return NULL;
    }
    drill_take(r, word.len);
    ended(r, value);
    value->text = address ? value->source : word;
    if (address || !drill_try(r, "("))
        return value;
    value->kind = VALUE_CALL;
    return read_list(r, value, ")");
}

static struct value *read_number(struct drill_reader *r)
{
    struct value *value = new_value(r, VALUE_NUMBER);
    return value && drill_integer(r, &value->number) ? ended(r, value) : NULL;
}

static struct value *read_parenthesised(struct drill_reader *r)
{
    drill_take(r, 1);
    struct value *value = read_value(r);
    return value && drill_need(r, ")") ? value : NULL;
}

static struct value *read_single(struct drill_reader *r)
{
    if (drill_looks_at(r, "...")) {
        struct value *value = new_value(r, VALUE_ELLIPSIS);
        drill_take(r, 3);
        return value ? ended(r, value) : NULL;
    }
    if (drill_looks_at(r, "\""))
        return read_text_value(r);
    if (drill_looks_at(r, "[") || drill_looks_at(r, "{"))
        return read_bracket(r);
    if (drill_looks_at(r, "("))
        return read_parenthesised(r);
    if (r->at < r->end && (*r->at == '-' || drill_is_digit(*r->at)))
        return read_number(r);
    return read_name(r);
}

/* A|B|C, or the first alone. */
static struct value *read_joined(struct drill_reader *r)
{
    struct value *first = read_single(r);
    if (!first || !drill_looks_at(r, "|"))
        return first;
    struct value *value = new_value(r, VALUE_OR);
    if (!value)
        return NULL;
    value->line = first->line;
    value->source.at = first->source.at;
    value->items = first;
    value->item_count = 1;
    for (struct value *last = first; drill_try(r, "|"); last = last->next) {
        last->next = read_single(r);
        if (!last->next)
            return NULL;
        value->item_count++;
    }
    return ended(r, value);
}

static struct value *read_value(struct drill_reader *r)
{
    if (r->depth == SCRIPT_DEPTH_MAX) {
        drill_fail(r, r->at, "brackets within brackets, more than %d deep", SCRIPT_DEPTH_MAX);
        return NULL;
    }
    r->depth++;
    struct value *value = read_joined(r);
    r->depth--;
    return value;
}

/* What may follow a result: EAGAIN (Resource temporarily unavailable), or (flags O_RDWR) */
static bool read_notes(struct drill_reader *r, struct script_call *call)
{
    struct script_text word = drill_peek_word(r);
    if (word.len > 0) {
        call->error = word;
        drill_take(r, word.len);
    }
    if (!drill_looks_at(r, "("))
        return true;
    if (!drill_bracketed(r, &call->note))
        return false;
    call->note.at++;
    call->note.len -= 2;
    return true;
}

bool drill_call(struct drill_reader *r, struct script_event *event)
{
    struct script_call *call = &event->call;
    call->name = drill_peek_word(r);
    drill_take(r, call->name.len);
    if (!drill_need(r, "(") || !read_items(r, ")", read_value, &call->args, &call->arg_count) ||
        !drill_need(r, "="))
        return false;
    call->result = read_value(r);
    return call->result && read_notes(r, call);
}
