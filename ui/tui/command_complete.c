/*
 * What can stand next on a command line.
 */
#include "ui/tui/command.h"

#include "sim/sysctl.h"
#include "ui/labs.h"

#include <stdio.h>
#include <string.h>

/* Looks for the n-th word that begins as the last one of the line does. */
struct search {
    const char *begins;
    size_t len;
    size_t left; /* matches to pass over */
    char *word;
    size_t word_len;
};

/* True: this is the one. */
static bool offer(struct search *search, const char *word)
{
    if (!word || strncmp(word, search->begins, search->len) != 0 || strlen(word) == search->len)
        return false;
    if (search->left > 0) {
        search->left--;
        return false;
    }
    snprintf(search->word, search->word_len, "%s", word);
    return true;
}

static bool offer_all(struct search *search, const char *const *words)
{
    while (*words && !offer(search, *words))
        words++;
    return *words != NULL;
}

static bool offer_commands(struct search *search)
{
    for (size_t i = 0; i < command_row_count; i++) {
        if (command_exists(&command_rows[i]) && offer(search, command_rows[i].name))
            return true;
    }
    return false;
}

static bool offer_states(struct search *search)
{
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++) {
        if (offer(search, state_name((enum tcp_state)i)))
            return true;
    }
    return offer(search, "rule") || offer(search, "state");
}

static bool offer_rules(struct search *search)
{
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        if (offer(search, tcp_rules[i].name))
            return true;
    }
    return false;
}

static bool offer_hosts(struct search *search, const struct lab *lab, const char *behind)
{
    for (unsigned i = 0; i < lab->host_count; i++) {
        char word[4];
        snprintf(word, sizeof word, "%c%s", (char)('A' + i), behind);
        if (offer(search, word))
            return true;
    }
    return false;
}

static bool offer_labs(struct search *search)
{
    for (size_t i = 0; i < builtin_lab_count; i++) {
        if (offer(search, builtin_labs[i].name))
            return true;
    }
    return false;
}

static bool offer_profiles(struct search *search)
{
    for (size_t i = 0; i < tcp_profile_count; i++) {
        if (offer(search, tcp_profiles[i].name))
            return true;
    }
    for (size_t i = 0; i < tcp_variant_count; i++) {
        if (offer(search, tcp_variants[i].name))
            return true;
    }
    return false;
}

static bool offer_screens(struct search *search)
{
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (screen_rows[i].draw && offer(search, screen_rows[i].name))
            return true;
    }
    return false;
}

static bool offer_settings(struct search *search)
{
    for (size_t i = 0; i < sysctl_count; i++) {
        if (offer(search, sysctls[i].name))
            return true;
    }
    for (size_t i = 0; i < tcp_setting_count; i++) {
        if (offer(search, tcp_settings[i].name))
            return true;
    }
    return false;
}

static bool offer_calls(struct search *search)
{
    for (unsigned i = 0; i < CALL_OP_COUNT; i++) {
        char word[32];
        snprintf(word, sizeof word, "%s(", call_name((enum call_op)i));
        if (offer(search, word))
            return true;
    }
    return false;
}

static bool offer_stop(struct search *search, const struct lab *lab, size_t nth, bool of_rule)
{
    if (nth == 1)
        return offer_states(search);
    if (nth != 2)
        return false;
    return of_rule ? offer_rules(search) : offer_hosts(search, lab, "");
}

/* The nth word behind the command's name. */
static bool offer_argument(struct search *search, const struct lab *lab,
                           const struct command_row *row, size_t nth, const char *words)
{
    static const char *const lanes[] = { "model",    "kernel",           "both",
                                         "loopback", "A=model,B=kernel", "A=kernel,B=model",
                                         NULL };
    static const char *const speeds[] = { "faster", "slower", "slow", "normal", "fast", NULL };
    static const char *const tabs[] = { "wire", "calls", "variables", "sockets", NULL };
    static const char *const parts[] = { "step", "why", "wire", "say", NULL };
    static const char *const on_off[] = { "on", "off", NULL };
    switch (row->takes) {
    case TAKES_SPEED:
        return nth == 1 && offer_all(search, speeds);
    case TAKES_STOP:
    case MAY_TAKE_STOP:
        return offer_stop(search, lab, nth, strncmp(words, "rule ", 5) == 0);
    case TAKES_LAB:
        return nth == 1 && offer_labs(search);
    case TAKES_LANES:
        return nth == 1 && offer_all(search, lanes);
    case TAKES_PROFILE:
        return nth == 1 && offer_profiles(search);
    case TAKES_SCREEN:
        return nth == 1 && offer_screens(search);
    case TAKES_TAB:
        return nth == 1 && offer_all(search, tabs);
    case TAKES_PART:
        return nth == 1 && offer_all(search, parts);
    case TAKES_ON_OFF:
        return nth == 1 && offer_all(search, on_off);
    case TAKES_CALL:
        return nth == 1 ? offer_hosts(search, lab, ":") : offer_calls(search);
    case TAKES_SET:
        return nth == 1 ? offer_hosts(search, lab, "") : nth == 2 && offer_settings(search);
    case TAKES_NOTHING:
    case TAKES_COUNT:
    case TAKES_NUMBER:
    case TAKES_SEGMENT:
    case TAKES_DELAY:
    case TAKES_TEXT:
    case MAY_TAKE_TEXT:
        break;
    }
    return false;
}

const char *command_completion(const char *line, const struct lab *lab, size_t n, size_t *kept,
                               char *word, size_t len)
{
    const char *begin = line + strspn(line, " :"), *last = strrchr(begin, ' ');
    struct search search = { .left = n, .word = word, .word_len = len };
    search.begins = last ? last + 1 : begin;
    search.len = *kept = strlen(search.begins);
    if (!last)
        return offer_commands(&search) ? word : NULL;
    size_t name_len = strcspn(begin, " "), nth = 0;
    const struct command_row *row = command_of_name(begin, name_len);
    const char *words = begin + name_len + strspn(begin + name_len, " ");
    for (const char *at = begin + name_len; at <= last; at++)
        nth += *at == ' ' && at[1] != ' ';
    return row && offer_argument(&search, lab, row, nth, words) ? word : NULL;
}
