/*
 * Reading a packetdrill script: its options, its commands, and for each event when it is.
 */
#include "ui/drill/parts.h"

#include <stdlib.h>
#include <string.h>

/* A script and all that it holds. */
struct whole {
    struct script script; /* first: script_free() gets a pointer to it */
    struct arena arena;
    size_t event_room;
};

bool script_text_is(struct script_text text, const char *word)
{
    return text.at && strlen(word) == text.len && memcmp(text.at, word, text.len) == 0;
}

struct script_text script_option(const struct script *script, const char *name)
{
    struct script_text value = { NULL, 0 };
    for (const struct script_option *option = script->options; option; option = option->next) {
        if (script_text_is(option->name, name))
            value = option->value;
    }
    return value;
}

/* ---- before the events */

static bool is_option_char(char c)
{
    return drill_is_word_char(c) || c == '-';
}

static bool option_value(struct drill_reader *r, struct script_text *value)
{
    if (r->at < r->end && *r->at == '"')
        return drill_string(r, value);
    size_t len = 0, left = (size_t)(r->end - r->at);
    while (len < left && r->at[len] > ' ' && r->at[len] < 0x7f)
        len++;
    if (len == 0)
        return drill_fail(r, r->at, "this option has no value behind its =");
    *value = (struct script_text){ r->at, len };
    drill_take(r, len);
    return true;
}

static bool read_option(struct drill_reader *r, struct script_option *option)
{
    option->line = drill_line(r, r->at);
    drill_take(r, 2);
    option->name.at = r->at;
    while (r->at < r->end && is_option_char(*r->at))
        r->at++;
    option->name.len = (size_t)(r->at - option->name.at);
    if (option->name.len == 0)
        return drill_fail(r, r->at, "an option has a name behind its dashes");
    if (r->at == r->end || *r->at != '=') {
        drill_take(r, 0);
        return true;
    }
    drill_take(r, 1);
    return option_value(r, &option->value);
}

static bool read_options(struct drill_reader *r, struct script *script)
{
    struct script_option **last = &script->options;
    while (drill_looks_at(r, "--")) {
        struct script_option *option = arena_take(r->arena, sizeof *option);
        if (!option)
            return drill_no_memory(r);
        if (!read_option(r, option))
            return false;
        *last = option;
        last = &option->next;
    }
    return !r->failed;
}

/* ---- when an event is */

/* What follows ~ or ... : the end of a time that begins at usec. */
static bool read_end(struct drill_reader *r, const char *begin, int64_t usec, int64_t *end)
{
    if (!drill_seconds(r, end))
        return false;
    return *end >= usec || drill_fail(r, begin, "this time ends before it begins");
}

static bool read_time(struct drill_reader *r, struct script_time *time)
{
    *time = (struct script_time){ .kind = SCRIPT_ANY };
    if (drill_try(r, "*"))
        return true;
    const char *begin = r->at;
    bool after = drill_try(r, "+");
    time->kind = after ? SCRIPT_AFTER : SCRIPT_AT;
    if (!after && !drill_looks_at(r, ".") && (r->at == r->end || !drill_is_digit(*r->at)))
        return drill_expected(r, "a time such as 0.1, +.1 or *");
    if (!drill_seconds(r, &time->usec))
        return false;
    time->is_range = drill_try(r, "~");
    if (time->is_range) {
        if (after && !drill_need(r, "+"))
            return false;
        return read_end(r, begin, time->usec, &time->until_usec);
    }
    time->blocks = drill_try(r, "...");
    return !time->blocks || read_end(r, begin, time->usec, &time->end_usec);
}

/* ---- events */

/* A text between quotes or braces, and where it begins. */
static bool read_text(struct drill_reader *r, const char *open, const char *close, bool escapes,
                      struct script_text *text, uint32_t *line)
{
    *line = drill_line(r, r->at);
    return drill_enclosed(r, open, close, escapes, text);
}

static bool read_action(struct drill_reader *r, struct script_event *event)
{
    if (drill_looks_at(r, "<") || drill_looks_at(r, ">")) {
        event->kind = SCRIPT_PACKET;
        return drill_packet(r, event);
    }
    if (drill_looks_at(r, "`")) {
        event->kind = SCRIPT_COMMAND;
        return read_text(r, "`", "`", true, &event->text, &event->text_line);
    }
    if (drill_looks_at(r, "%{")) {
        event->kind = SCRIPT_CODE;
        return read_text(r, "%{", "}%", false, &event->text, &event->text_line);
    }
    if (drill_peek_word(r).len == 0)
        return drill_expected(r, "a packet (< or >), a call, a command in back quotes or %{");
    event->kind = SCRIPT_CALL;
    return drill_call(r, event);
}

static bool read_event(struct drill_reader *r, struct script_event *event)
{
    const char *begin = r->at;
    event->first_line = drill_line(r, begin);
    event->packet.fd = -1;
    if (!read_time(r, &event->time) || !read_action(r, event))
        return false;
    if (event->time.blocks && event->kind != SCRIPT_CALL)
        return drill_fail(r, begin, "only a call can take time: a time with ... is for calls");
    event->source = (struct script_text){ begin, (size_t)(r->token_end - begin) };
    event->last_line = drill_line(r, r->token_end);
    return true;
}

static struct script_event *new_event(struct whole *whole)
{
    struct script *script = &whole->script;
    if (script->event_count == whole->event_room) {
        size_t room = whole->event_room ? 2 * whole->event_room : 64;
        struct script_event *events = realloc(script->events, room * sizeof *events);
        if (!events)
            return NULL;
        script->events = events;
        whole->event_room = room;
    }
    struct script_event *event = &script->events[script->event_count++];
    memset(event, 0, sizeof *event);
    return event;
}

static bool read_events(struct drill_reader *r, struct whole *whole)
{
    struct script *script = &whole->script;
    while (drill_skip(r), r->at < r->end) {
        if (script->event_count > 0 && *r->at == '`')
            return read_text(r, "`", "`", true, &script->cleanup, &script->cleanup_line);
        struct script_event *event = new_event(whole);
        if (!event)
            return drill_no_memory(r);
        if (!read_event(r, event))
            return false;
    }
    return script->event_count > 0 || drill_expected(r, "an event with its time");
}

static bool read_script(struct drill_reader *r, struct whole *whole)
{
    struct script *script = &whole->script;
    if (!read_options(r, script))
        return false;
    if (drill_looks_at(r, "`") && !read_text(r, "`", "`", true, &script->init, &script->init_line))
        return false;
    if (!read_events(r, whole))
        return false;
    drill_skip(r);
    if (r->at < r->end)
        return drill_fail(r, r->at, "a command without a time can only come first or last");
    return !r->failed;
}

/* ---- the whole */

/* Copies the source, with LF for CR LF. */
static bool keep_source(struct whole *whole, const char *text, size_t len)
{
    char *copy = arena_take(&whole->arena, len + 1);
    size_t used = 0;
    if (!copy)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
            copy[used++] = text[i];
    }
    whole->script.source = (struct script_text){ copy, used };
    return true;
}

static bool fill(struct whole *whole, const char *text, size_t len, struct script_error *error)
{
    struct drill_reader r = { .arena = &whole->arena, .error = error, .counted_line = 1 };
    r.begin = r.at = r.end = r.counted = "";
    if (len > SCRIPT_LEN_MAX)
        return drill_fail(&r, r.at, "this script is longer than %d octets", SCRIPT_LEN_MAX);
    if (!keep_source(whole, text, len))
        return drill_no_memory(&r);
    r.begin = r.at = r.token_end = r.counted = whole->script.source.at;
    r.end = r.begin + whole->script.source.len;
    const char *nul = memchr(r.begin, '\0', whole->script.source.len);
    if (nul)
        return drill_fail(&r, nul, "a NUL octet: a script is text");
    return read_script(&r, whole);
}

struct script *script_parse(const char *text, size_t len, struct script_error *error)
{
    memset(error, 0, sizeof *error);
    struct whole *whole = calloc(1, sizeof *whole);
    if (!whole) {
        *error = (struct script_error){ 1, 1, "there is not enough memory for this script" };
        return NULL;
    }
    if (fill(whole, text, len, error))
        return &whole->script;
    script_free(&whole->script);
    return NULL;
}

void script_free(struct script *script)
{
    if (!script)
        return;
    struct whole *whole = (struct whole *)script;
    free(script->events);
    arena_free(&whole->arena);
    free(whole);
}
