/*
 * `tcpstep rules`: the table of decisions, as it stands in the program.
 */
#include "sim/rules.h"
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>
#include <string.h>

static const struct option options[] = {
    { "state", "STATE", N_("only the rules that can be taken in STATE, as SYN-SENT") },
    { NULL, NULL, NULL },
};

static void print_states(const struct rule *rule)
{
    const char *comma = "";
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++) {
        if (rule->from & 1u << i) {
            printf("%s%s", comma, state_name((enum tcp_state)i));
            comma = " ";
        }
    }
}

static void print_rule(enum rule_id id)
{
    const struct rule *rule = &tcp_rules[id];
    char where[48];
    printf("%s  (%s)\n", rule->name, words_where(id, where, sizeof where));
    if (rule->step[0])
        printf(_("    step  %s\n"), rule->step);
    printf("%s", _("    in    "));
    print_states(rule);
    printf(_("\n    when  it %s\n    then  it %s\n"), _(rule->when), _(rule->then));
    if (rule->to != SAME_STATE)
        printf(_("    to    %s\n"), state_name((enum tcp_state)rule->to));
}

static bool choose_state(const char *value, enum tcp_state *state)
{
    const char *names[TCP_STATE_COUNT];
    if (state_of_name(value, strlen(value), state))
        return true;
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++)
        names[i] = state_name((enum tcp_state)i);
    const char *near = nearest_word(value, names, TCP_STATE_COUNT);
    if (near)
        complain(_("--state: there is no state '%s'; did you mean '%s'?"), value, near);
    else
        complain(_("--state: there is no state '%s'"), value);
    return false;
}

struct choice {
    enum tcp_state state;
    bool one_state; /* else all rules */
};

static bool take_state(void *to, size_t option, const char *value)
{
    struct choice *choice = to;
    (void)option;
    choice->one_state = true;
    return choose_state(value, &choice->state);
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct choice choice = { .one_state = false };
    int status =
        args_read(spec, argc, argv, &(struct args_taker){ .option = take_state, .to = &choice });
    if (status != ARGS_WHOLE)
        return status;
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        if (!choice.one_state || rule_allows((enum rule_id)i, choice.state))
            print_rule((enum rule_id)i);
    }
    return STATUS_DONE;
}

const struct command_spec command_rules = {
    .name = "rules",
    .arguments = "",
    .summary = N_("Prints every decision the model can take: where RFC 9293 says so, in which\n"
                  "states, when, and what follows."),
    .options = options,
    .run = run,
};
