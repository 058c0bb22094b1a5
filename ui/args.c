/*
 * Options as the GNU conventions have them: --name VALUE, --name=VALUE, "--" ends them.
 */
#include "ui/args.h"

#include "ui/complain.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTIONS_MAX = 32
};

static size_t option_count(const struct command_spec *spec)
{
    size_t count = 0;
    while (spec->options[count].name)
        count++;
    return count;
}

const struct option common_options[] = {
    { "lang", "LANGUAGE", N_("en or zh_CN (default: by the locale)") },
    { "config", "FILE", N_("instead of $XDG_CONFIG_HOME/tcpstep/config") },
    { "help", NULL, N_("print this") },
    { NULL, NULL, NULL },
};

static void options_help(const struct option *options)
{
    char left[64];
    for (const struct option *option = options; option->name; option++) {
        snprintf(left, sizeof left, "--%s%s%s", option->name, option->arg ? " " : "",
                 option->arg ? option->arg : "");
        for (const char *line = _(option->help); line[0];) {
            size_t len = strcspn(line, "\n");
            printf("  %-24s %.*s\n", left, (int)len, line);
            left[0] = '\0';
            line += len + (line[len] == '\n');
        }
    }
}

void command_help(const struct command_spec *spec)
{
    bool named = spec->name[0] != '\0';
    printf("%s tcpstep%s%s%s%s%s\n\n%s\n", _("usage:"), named ? " " : "", spec->name,
           spec->arguments[0] ? " " : "", spec->arguments,
           option_count(spec) ? " [OPTION ...]" : "", _(spec->summary));
    printf("\n%s\n", _("options:"));
    options_help(spec->options);
    options_help(common_options);
}

static enum arg_kind unknown_option(const struct command_spec *spec, const char *name, size_t len)
{
    const char *names[OPTIONS_MAX];
    char word[64];
    size_t count = option_count(spec);
    for (size_t i = 0; i < count; i++)
        names[i] = spec->options[i].name;
    snprintf(word, sizeof word, "%.*s", (int)len, name);
    const char *near = nearest_word(word, names, count);
    if (near)
        complain(_("unknown option '--%s'; did you mean '--%s'?"), word, near);
    else
        complain(_("unknown option '--%s'. See --help."), word);
    return ARG_WRONG;
}

/* Options that are short everywhere: "-o FILE". NULL: none of this command. */
static const char *long_name(const struct command_spec *spec, const char *word)
{
    if (strcmp(word, "-h") == 0)
        return "--help";
    for (const struct option *option = spec->options; option->name; option++) {
        if (strcmp(word, "-o") == 0 && strcmp(option->name, "output") == 0)
            return "--output";
    }
    return NULL;
}

static enum arg_kind take_option(struct args *args, const char *name, size_t *option,
                                 const char **value)
{
    const struct option *options = args->spec->options;
    size_t len = strcspn(name, "=");
    size_t i = 0;
    if (len == 4 && memcmp(name, "help", 4) == 0) {
        command_help(args->spec);
        return ARG_HELP;
    }
    while (options[i].name &&
           (strlen(options[i].name) != len || memcmp(options[i].name, name, len) != 0))
        i++;
    if (!options[i].name)
        return unknown_option(args->spec, name, len);
    *option = i;
    *value = name[len] == '=' ? name + len + 1 : NULL;
    if (!options[i].arg && *value) {
        complain(_("--%s takes no value"), options[i].name);
        return ARG_WRONG;
    }
    if (options[i].arg && !*value) {
        if (args->at >= args->argc) {
            complain(_("--%s needs a value: %s"), options[i].name, options[i].arg);
            return ARG_WRONG;
        }
        *value = args->argv[args->at++];
    }
    return ARG_OPTION;
}

enum arg_kind args_next(struct args *args, size_t *option, const char **value)
{
    if (args->at >= args->argc)
        return ARG_END;
    const char *word = args->argv[args->at++];
    if (!args->only_words && strcmp(word, "--") == 0) {
        args->only_words = true;
        return args_next(args, option, value);
    }
    if (!args->only_words && long_name(args->spec, word))
        word = long_name(args->spec, word);
    if (!args->only_words && strncmp(word, "--", 2) == 0)
        return take_option(args, word + 2, option, value);
    if (!args->only_words && word[0] == '-' && word[1] != '\0') {
        complain(_("unknown option '%s'. See --help."), word);
        return ARG_WRONG;
    }
    *value = word;
    return ARG_WORD;
}

bool args_one_word(const char **word, const char *value, const char *wrong)
{
    if (*word) {
        complain(wrong, value);
        return false;
    }
    *word = value;
    return true;
}

static bool take_word(const struct args_taker *taker, const struct command_spec *spec,
                      const char *word)
{
    if (taker->word)
        return taker->word(taker->to, word);
    if (taker->one)
        return args_one_word(taker->one, word, _(taker->too_many));
    complain(_("%s takes no argument: '%s'"), spec->name, word);
    return false;
}

int args_read(const struct command_spec *spec, int argc, char **argv,
              const struct args_taker *taker)
{
    struct args args = { .spec = spec, .argc = argc, .argv = argv };
    size_t option;
    const char *value;
    for (enum arg_kind kind; (kind = args_next(&args, &option, &value)) != ARG_END;) {
        if (kind == ARG_HELP)
            return STATUS_DONE;
        bool taken = (kind == ARG_OPTION && taker->option(taker->to, option, value)) ||
                     (kind == ARG_WORD && take_word(taker, spec, value));
        if (!taken)
            return STATUS_USAGE;
    }
    return ARGS_WHOLE;
}

bool arg_number(const char *option, const char *value, uint64_t min, uint64_t max, uint64_t *number)
{
    uint64_t sum = 0;
    bool good = value[0] != '\0';
    for (const char *at = value; good && *at; at++) {
        unsigned digit = (unsigned)(*at - '0');
        good = *at >= '0' && *at <= '9' && sum <= (max - digit) / 10;
        sum = sum * 10 + digit;
    }
    if (!good || sum < min || sum > max) {
        complain(_("--%s: '%s' is not a number from %llu to %llu"), option, value,
                 (unsigned long long)min, (unsigned long long)max);
        return false;
    }
    *number = sum;
    return true;
}
