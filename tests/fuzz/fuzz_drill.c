/*
 * Anything at all as a packetdrill script, and its code evaluated where no name is known: built and
 * run by `make fuzz`. What is read is walked through, so that a value out of its place is seen;
 * then it is run against the model, and has to come to an end with something to say.
 */
#include "ui/drill/drill.h"
#include "ui/drill/expr.h"
#include "ui/drill/script.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool knows_nothing(void *to, const char *name, struct expr_value *value)
{
    (void)to;
    (void)name;
    (void)value;
    return false;
}

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* Whether the text lies within the source, or nowhere. */
static void need_within(const struct script *script, struct script_text text)
{
    const char *end = script->source.at + script->source.len;
    need(!text.at || (text.at >= script->source.at && text.at + text.len <= end));
}

static void walk_values(const struct script *script, const struct value *value, size_t count)
{
    int64_t number;
    size_t seen = 0;
    for (; value; value = value->next, seen++) {
        need_within(script, value->source);
        need(value->line >= 1 && value->source.len > 0);
        script_number(value, &number);
        walk_values(script, value->items, value->item_count);
        need((value->is != NULL) == (value->kind == VALUE_FIELD));
        if (value->is)
            walk_values(script, value->is, 1);
    }
    need(seen == count);
}

static void walk_code(const struct script_event *event)
{
    const struct expr_names names = { knows_nothing, NULL, NULL };
    struct expr_report report;
    enum expr_outcome outcome = expr_run(event->text.at, event->text.len, &names, &report);
    need((outcome == EXPR_ERROR) == (report.error[0] != '\0'));
    need((outcome == EXPR_HOLDS) == (report.line == 0));
}

static void walk_event(const struct script *script, const struct script_event *event)
{
    const struct script_time *time = &event->time;
    need_within(script, event->source);
    need(event->first_line >= 1 && event->last_line >= event->first_line);
    need(time->usec >= 0 && (!time->is_range || time->until_usec >= time->usec));
    need(!time->blocks || time->end_usec >= time->usec);
    if (event->kind == SCRIPT_CALL) {
        walk_values(script, event->call.args, event->call.arg_count);
        walk_values(script, event->call.result, 1);
    }
    if (event->kind == SCRIPT_CODE)
        walk_code(event);
}

static void run_it(const uint8_t *data, size_t len)
{
    const struct drill_options options = { .profile = NULL };
    struct drill_report report;
    enum drill_outcome outcome = drill_run("", (const char *)data, len, &options, &report);
    need((outcome == DRILL_PASSED) == (report.what[0] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct script_error error;
    char *text = malloc(len ? len : 1); /* of exactly this size: a read beyond it is seen */
    need(text != NULL);
    memcpy(text, data, len);
    struct script *script = script_parse(text, len, &error);
    free(text);
    need((script == NULL) == (error.line > 0));
    for (size_t i = 0; script && i < script->event_count; i++)
        walk_event(script, &script->events[i]);
    if (script)
        run_it(data, len);
    script_free(script);
    return 0;
}
