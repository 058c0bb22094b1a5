/*
 * The code of a script, run with the figures of TCP_INFO of the connection it speaks of.
 */
#include "sim/tcp.h"
#include "ui/drill/expr.h"
#include "ui/drill/runner.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t number;
} bsd_states[] = {
    /* those of Linux are among the constants of scripts */
    { "TCPI_CLOSED", 0 },       { "TCPI_LISTEN", 1 },      { "TCPI_SYN_SENT", 2 },
    { "TCPI_SYN_RECEIVED", 3 }, { "TCPI_ESTABLISHED", 4 }, { "TCPI_CLOSE_WAIT", 5 },
    { "TCPI_FIN_WAIT_1", 6 },   { "TCPI_CLOSING", 7 },     { "TCPI_LAST_ACK", 8 },
    { "TCPI_FIN_WAIT_2", 9 },   { "TCPI_TIME_WAIT", 10 },
};

/* How the two kinds of system number the states. */
static int64_t state_number(const struct runner *run, enum tcp_state state)
{
    static const uint8_t linux_numbers[TCP_STATE_COUNT] = {
        [CLOSED] = 7,      [LISTEN] = 10,    [SYN_SENT] = 2,   [SYN_RECEIVED] = 3,
        [ESTABLISHED] = 1, [FIN_WAIT_1] = 4, [FIN_WAIT_2] = 5, [CLOSE_WAIT] = 8,
        [CLOSING] = 11,    [LAST_ACK] = 9,   [TIME_WAIT] = 6,
    };
    static const uint8_t bsd_numbers[TCP_STATE_COUNT] = {
        [CLOSED] = 0,      [LISTEN] = 1,     [SYN_SENT] = 2,   [SYN_RECEIVED] = 3,
        [ESTABLISHED] = 4, [FIN_WAIT_1] = 6, [FIN_WAIT_2] = 9, [CLOSE_WAIT] = 5,
        [CLOSING] = 7,     [LAST_ACK] = 8,   [TIME_WAIT] = 10,
    };
    bool bsd = world_settings(run->world, 0)->option_order == ORDER_BSD;
    return bsd ? bsd_numbers[state] : linux_numbers[state];
}

static bool number(struct expr_value *value, int64_t is)
{
    *value = (struct expr_value){ .kind = EXPR_INT, .number = is };
    return true;
}

static const struct kept_name *kept_of(const struct runner *run, const char *name)
{
    for (unsigned i = 0; i < run->name_count; i++) {
        if (strcmp(run->names[i].name, name) == 0)
            return &run->names[i];
    }
    return NULL;
}

static bool figure_is(struct runner *run, const char *name, struct expr_value *value)
{
    int64_t figure;
    if (!world_tcp_info(run->world, 0, run->last_fd, name + 5, &figure)) {
        snprintf(run->missing, sizeof run->missing, "%s", name);
        return false;
    }
    if (strcmp(name, "tcpi_state") == 0)
        figure = state_number(run, (enum tcp_state)figure);
    return number(value, figure);
}

static bool name_is(void *to, const char *name, struct expr_value *value)
{
    struct runner *run = to;
    const struct kept_name *kept = kept_of(run, name);
    if (kept) {
        *value = kept->value;
        if (value->kind == EXPR_STRING)
            value->text = kept->text;
        return true;
    }
    for (size_t i = 0; i < sizeof bsd_states / sizeof bsd_states[0]; i++) {
        if (strcmp(bsd_states[i].name, name) == 0)
            return number(value, bsd_states[i].number);
    }
    int64_t is;
    if (script_constant((struct script_text){ name, strlen(name) }, &is))
        return number(value, is);
    return strncmp(name, "tcpi_", 5) == 0 && figure_is(run, name, value);
}

/* All the code of a script is one program: a name goes on to the code behind. */
static void name_set(void *to, const char *name, const struct expr_value *value)
{
    struct runner *run = to;
    const struct kept_name *kept = kept_of(run, name);
    unsigned at = kept ? (unsigned)(kept - run->names) : run->name_count;
    if (at == EXPR_VARIABLES_MAX)
        return; /* unknown to the code behind, which is then a mistake */
    struct kept_name *to_keep = &run->names[at];
    *to_keep = (struct kept_name){ .value = *value };
    if (strlen(name) >= DRILL_NAME || value->kind == EXPR_TUPLE ||
        (value->kind == EXPR_STRING && value->len >= DRILL_NAME))
        return;
    strcpy(to_keep->name, name);
    if (value->kind == EXPR_STRING)
        memcpy(to_keep->text, value->text, value->len);
    run->name_count += at == run->name_count;
}

static bool is_missing(struct runner *run, uint32_t line)
{
    int64_t state;
    if (world_tcp_info(run->world, 0, run->last_fd, "state", &state))
        return is_not_modelled(run, line, run->missing);
    return fails(run, line, "there is no connection to ask for %s", run->missing);
}

bool code_event(struct runner *run, const struct script_event *event)
{
    struct expr_names names = { .get = name_is, .set = name_set, .to = run };
    struct expr_report report;
    char got[2 * DRILL_WORDS];
    uint32_t line = event->text_line;
    run->missing[0] = '\0';
    enum expr_outcome outcome = expr_run(event->text.at, event->text.len, &names, &report);
    if (outcome == EXPR_HOLDS)
        return true;
    if (report.line > 0)
        line += report.line - 1;
    if (outcome == EXPR_ERROR && run->missing[0])
        return is_missing(run, line);
    if (outcome == EXPR_ERROR)
        return fails(run, line, "%s", report.error);
    snprintf(got, sizeof got, "%s%s%s%s%s", report.left, report.is_comparison ? ", " : "",
             report.right, report.message[0] ? "; message: " : "", report.message);
    differs(run, event, "an assertion does not hold", report.assertion, got);
    run->report->line = line;
    return false;
}
