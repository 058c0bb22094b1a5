/*
 * Stops, read and found.
 */
#include "ui/tui/stops.h"

#include "ui/complain.h"
#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>
#include <string.h>

/* The next word of *at, cut off behind it; "" where there is none. */
static char *next_word(char **at)
{
    char *word = *at + strspn(*at, " ");
    char *end = word + strcspn(word, " ");
    *at = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static void upper(char *word)
{
    for (; *word; word++) {
        if (*word >= 'a' && *word <= 'z')
            *word = (char)(*word - 'a' + 'A');
    }
}

static bool no_such(const char *format, const char *nearest_format, const char *word,
                    const char *nearest, char *wrong, size_t len)
{
    snprintf(wrong, len, nearest ? nearest_format : format, word, nearest);
    return false;
}

static bool read_state(char *word, struct stop *stop, char *wrong, size_t len)
{
    const char *names[TCP_STATE_COUNT];
    upper(word);
    for (size_t i = 0; word[i]; i++)
        word[i] = word[i] == '_' ? '-' : word[i];
    stop->kind = STOP_STATE;
    if (state_of_name(word, strlen(word), &stop->state))
        return true;
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++)
        names[i] = state_name((enum tcp_state)i);
    return no_such(_("There is no state '%s'; 'rule NAME' is a rule, 'state' any change."),
                   _("There is no state '%s'; did you mean %s?"), word,
                   nearest_word(word, names, TCP_STATE_COUNT), wrong, len);
}

static bool read_rule(char *word, struct stop *stop, char *wrong, size_t len)
{
    const char *names[RULE_COUNT];
    size_t count = 0;
    upper(word);
    stop->kind = STOP_RULE;
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        if (strcmp(tcp_rules[i].name, word) == 0) {
            stop->rule = (enum rule_id)i;
            return true;
        }
        names[count++] = tcp_rules[i].name;
    }
    return no_such(_("There is no rule '%s'; 'tcpstep rules' lists them."),
                   _("There is no rule '%s'; did you mean %s?"), word,
                   nearest_word(word, names, count), wrong, len);
}

static bool read_host(const char *word, struct stop *stop, char *wrong, size_t len)
{
    stop->host = -1;
    if (!word[0])
        return true;
    stop->host = word[0] - 'A';
    if (stop->host >= 0 && stop->host < LAB_HOSTS_MAX && !word[1])
        return true;
    snprintf(wrong, len, _("There is no host '%s'; hosts are A and B."), word);
    return false;
}

bool stop_read(const char *words, struct stop *stop, char *wrong, size_t len)
{
    char copy[128], *at = copy;
    snprintf(copy, sizeof copy, "%s", words);
    *stop = (struct stop){ .host = -1 };
    char *word = next_word(&at);
    bool is_rule = strcmp(word, "rule") == 0, is_change = strcmp(word, "state") == 0;
    if (is_change)
        stop->kind = STOP_CHANGE;
    else if (!(is_rule ? read_rule(next_word(&at), stop, wrong, len)
                       : read_state(word, stop, wrong, len)))
        return false;
    if (!is_rule && !read_host(next_word(&at), stop, wrong, len))
        return false;
    word = next_word(&at);
    if (word[0])
        snprintf(wrong, len, _("'%s' is too much here."), word);
    return !word[0];
}

bool stop_is(const struct stop *a, const struct stop *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == STOP_RULE)
        return a->rule == b->rule;
    return a->host == b->host && (a->kind != STOP_STATE || a->state == b->state);
}

static bool stops_at(const struct stop *stop, const struct event *event)
{
    bool enters = event->kind == EV_STATE && event->u.state.from != event->u.state.to;
    bool host = stop->host < 0 || stop->host == event->host;
    switch (stop->kind) {
    case STOP_NEVER:
        break;
    case STOP_STATE:
        return event->kind == EV_STATE && event->u.state.to == stop->state &&
               (enters || event->u.state.first) && host;
    case STOP_RULE:
        return (event->kind == EV_STATE || event->kind == EV_RULE) &&
               event->u.state.rule == stop->rule;
    case STOP_CHANGE:
        return enters && host;
    }
    return false;
}

const struct event *stop_find(const struct stop *stop, const struct trace *trace, size_t from,
                              size_t to)
{
    for (size_t i = from; i < to && i < trace->count; i++) {
        if (stops_at(stop, &trace->events[i]))
            return &trace->events[i];
    }
    return NULL;
}

char *stop_words(const struct stop *stop, char *text, size_t len)
{
    char host[8];
    snprintf(host, sizeof host, "%s%c", stop->host < 0 ? "" : " ",
             stop->host < 0 ? '\0' : host_letter(stop->host));
    switch (stop->kind) {
    case STOP_NEVER:
        snprintf(text, len, "-");
        break;
    case STOP_STATE:
        snprintf(text, len, "%s%s", state_name(stop->state), host);
        break;
    case STOP_RULE:
        snprintf(text, len, "rule %s", tcp_rules[stop->rule].name);
        break;
    case STOP_CHANGE:
        snprintf(text, len, "state%s", host);
        break;
    }
    return text;
}

char *stop_reason(const struct event *event, char *text, size_t len)
{
    if (event->kind == EV_RULE)
        snprintf(text, len, _("%c took the rule %s."), host_letter(event->host),
                 tcp_rules[event->u.state.rule].name);
    else if (event->u.state.rule == RULE_NONE)
        snprintf(text, len, _("%c (%s) was seen in %s."), host_letter(event->host),
                 lane_name((enum lane_id)event->lane),
                 state_name((enum tcp_state)event->u.state.to));
    else
        snprintf(text, len, _("%c entered %s by the rule %s."), host_letter(event->host),
                 state_name((enum tcp_state)event->u.state.to),
                 tcp_rules[event->u.state.rule].name);
    return text;
}
