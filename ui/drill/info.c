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
} constants[] = {
    { "TCP_CA_Open", 0 },
    { "TCP_CA_Disorder", 1 },
    { "TCP_CA_CWR", 2 },
    { "TCP_CA_Recovery", 3 },
    { "TCP_CA_Loss", 4 },
    { "TCP_ESTABLISHED", 1 },
    { "TCP_SYN_SENT", 2 },
    { "TCP_SYN_RECV", 3 },
    { "TCP_FIN_WAIT1", 4 },
    { "TCP_FIN_WAIT2", 5 },
    { "TCP_TIME_WAIT", 6 },
    { "TCP_CLOSE", 7 },
    { "TCP_CLOSE_WAIT", 8 },
    { "TCP_LAST_ACK", 9 },
    { "TCP_LISTEN", 10 },
    { "TCP_CLOSING", 11 },
    { "TCPI_OPT_TIMESTAMPS", 1 },
    { "TCPI_OPT_SACK", 2 },
    { "TCPI_OPT_WSCALE", 4 },
    /* FreeBSD's */
    { "TCPI_CLOSED", 0 },
    { "TCPI_LISTEN", 1 },
    { "TCPI_SYN_SENT", 2 },
    { "TCPI_SYN_RECEIVED", 3 },
    { "TCPI_ESTABLISHED", 4 },
    { "TCPI_CLOSE_WAIT", 5 },
    { "TCPI_FIN_WAIT_1", 6 },
    { "TCPI_CLOSING", 7 },
    { "TCPI_LAST_ACK", 8 },
    { "TCPI_FIN_WAIT_2", 9 },
    { "TCPI_TIME_WAIT", 10 },
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

static bool name_is(void *to, const char *name, struct expr_value *value)
{
    const struct runner *run = to;
    int64_t figure;
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (strcmp(constants[i].name, name) == 0)
            return number(value, constants[i].number);
    }
    if (run->last_fd < 0 || strncmp(name, "tcpi_", 5) != 0)
        return false;
    if (!world_tcp_info(run->world, 0, run->last_fd, name + 5, &figure))
        return false;
    if (strcmp(name, "tcpi_state") == 0)
        figure = state_number(run, (enum tcp_state)figure);
    return number(value, figure);
}

bool code_event(struct runner *run, const struct script_event *event)
{
    struct expr_names names = { .get = name_is, .to = run };
    struct expr_report report;
    char got[2 * DRILL_WORDS];
    uint32_t line = event->text_line;
    enum expr_outcome outcome = expr_run(event->text.at, event->text.len, &names, &report);
    if (outcome == EXPR_HOLDS)
        return true;
    if (report.line > 0)
        line += report.line - 1;
    if (outcome == EXPR_ERROR)
        return fails(run, line, "%s", report.error);
    snprintf(got, sizeof got, "%s%s%s%s%s", report.left, report.is_comparison ? ", " : "",
             report.right, report.message[0] ? "; message: " : "", report.message);
    differs(run, event, "an assertion does not hold", report.assertion, got);
    run->report->line = line;
    return false;
}
