/*
 * Completions of shells, from the tables of commands and options. What an option's value or a
 * command's argument may be comes from where it is known: labs, profiles, screens, states.
 */
#include "ui/cmd/cmd.h"
#include "ui/cmd/manual.h"
#include "ui/labs.h"
#include "ui/text.h"
#include "ui/tui/panels.h"

#include "sim/profile.h"
#include "sim/rules.h"

#include <stdio.h>
#include <string.h>

enum {
    WORDS_LEN = 1024
};

static void add_word(char *words, const char *word)
{
    size_t used = strlen(words);
    snprintf(words + used, WORDS_LEN - used, "%s%s", used ? " " : "", word);
}

static void add_profiles(char *words)
{
    for (size_t i = 0; i < tcp_profile_count; i++)
        add_word(words, tcp_profiles[i].name);
    for (size_t i = 0; i < tcp_variant_count; i++)
        add_word(words, tcp_variants[i].name);
}

static void add_screens(char *words)
{
    for (size_t i = 0; i < SCREEN_HELP; i++) {
        if (screen_rows[i].draw)
            add_word(words, screen_rows[i].name);
    }
}

static void add_states(char *words)
{
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++)
        add_word(words, state_name((enum tcp_state)i));
}

static void add_languages(char *words)
{
    for (size_t i = 0; text_languages[i]; i++)
        add_word(words, text_languages[i]);
}

static void add_labs(char *words)
{
    for (size_t i = 0; i < builtin_lab_count; i++)
        add_word(words, builtin_labs[i].name);
}

/* What there is to choose from for a value or an argument, by what it is called; "": anything. */
static char *choices(const char *option, const char *called, char *words)
{
    words[0] = '\0';
    if (strcmp(called, "LANES") == 0)
        add_word(words, "model kernel both loopback A=model,B=kernel A=kernel,B=model");
    else if (strcmp(option, "profile") == 0)
        add_profiles(words);
    else if (strcmp(option, "screen") == 0)
        add_screens(words);
    else if (strcmp(called, "STATE") == 0)
        add_states(words);
    else if (strcmp(called, "LANGUAGE") == 0)
        add_languages(words);
    else if (strcmp(option, "tab") == 0)
        add_word(words, "wire calls variables sockets");
    else if (strcmp(option, "size") == 0)
        add_word(words, "80x24 120x40 200x60");
    else if (strncmp(called, "LAB", 3) == 0)
        add_labs(words);
    return words;
}

static bool is_file(const char *called)
{
    return strncmp(called, "FILE", 4) == 0;
}

static void bash_values(const struct option *list)
{
    char words[WORDS_LEN];
    for (const struct option *option = list; option->name; option++) {
        if (!option->arg)
            continue;
        choices(option->name, option->arg, words);
        if (words[0])
            printf("    --%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return;;\n", option->name,
                   words);
        else if (is_file(option->arg))
            printf("    --%s) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n", option->name);
        else
            printf("    --%s) return;;\n", option->name);
    }
}

static void bash_command(const struct command_spec *spec)
{
    char words[WORDS_LEN];
    printf("  %s)\n    case $prev in\n", spec->name[0] ? spec->name : "''");
    bash_values(spec->options);
    bash_values(common_options);
    printf("    esac\n    words='");
    for (const struct option *option = spec->options; option->name; option++)
        printf("--%s ", option->name);
    for (const struct option *option = common_options; option->name; option++)
        printf("--%s ", option->name);
    printf("%s", choices("", spec->arguments, words));
    if (!spec->name[0]) {
        for (size_t i = 0; commands[i]; i++)
            printf(" %s", commands[i]->name);
    }
    printf("'\n    %s;;\n", is_file(spec->arguments) || strncmp(spec->arguments, "LAB", 3) == 0
                                ? "files=1"
                                : "files=");
}

void complete_bash(void)
{
    printf("# bash completion for tcpstep; made by `tcpstep manual --bash`\n"
           "_tcpstep() {\n"
           "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= files= i "
           "command=\n"
           "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "    case ${COMP_WORDS[i]} in\n");
    for (size_t i = 0; commands[i]; i++)
        printf("    %s) command=%s; break;;\n", commands[i]->name, commands[i]->name);
    printf("    esac\n  done\n  COMPREPLY=()\n  case $command in\n");
    for (size_t i = 0; commands[i]; i++)
        bash_command(commands[i]);
    bash_command(&command_stage);
    printf("  esac\n"
           "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "  [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
           "}\n"
           "complete -F _tcpstep tcpstep\n");
}

/* A word in single quotes, and of a help text the first line. */
static void put_quoted(const char *text, const char *also)
{
    for (; *text && *text != '\n'; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(also, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void zsh_options(const struct option *list)
{
    char words[WORDS_LEN];
    for (const struct option *option = list; option->name; option++) {
        printf("        '--%s%s[", option->name, option->arg ? "=" : "");
        put_quoted(_(option->help), "[]\\:");
        putchar(']');
        if (option->arg) {
            choices(option->name, option->arg, words);
            printf(":%s:", option->arg);
            if (words[0])
                printf("(%s)", words);
            else if (is_file(option->arg))
                fputs("_files", stdout);
        }
        printf("' \\\n");
    }
}

static void zsh_command(const struct command_spec *spec)
{
    char words[WORDS_LEN];
    printf("    %s)\n      _arguments \\\n", spec->name);
    zsh_options(spec->options);
    zsh_options(common_options);
    choices("", spec->arguments, words);
    if (words[0])
        printf("        '*:%s:(%s)'\n", "lab", words);
    else if (is_file(spec->arguments))
        printf("        '*:file:_files'\n");
    else
        printf("        '*::'\n");
    printf("      ;;\n");
}

void complete_zsh(void)
{
    printf("#compdef tcpstep\n# made by `tcpstep manual --zsh`\n_tcpstep() {\n"
           "  if (( CURRENT == 2 )); then\n    local -a names=(\n");
    for (size_t i = 0; commands[i]; i++) {
        printf("      '%s:", commands[i]->name);
        put_quoted(_(commands[i]->summary), "\\:");
        printf("'\n");
    }
    printf("    )\n    _describe command names\n    _arguments \\\n");
    zsh_options(command_stage.options);
    zsh_options(common_options);
    printf("      '*::'\n    return\n  fi\n  case $words[2] in\n");
    for (size_t i = 0; commands[i]; i++)
        zsh_command(commands[i]);
    printf("  esac\n}\n_tcpstep \"$@\"\n");
}

static void fish_options(const struct option *list, const char *when)
{
    char words[WORDS_LEN];
    for (const struct option *option = list; option->name; option++) {
        printf("complete -c tcpstep%s%s%s -l %s", when[0] ? " -n '" : "", when, when[0] ? "'" : "",
               option->name);
        if (option->arg) {
            choices(option->name, option->arg, words);
            if (words[0])
                printf(" -x -a '%s'", words);
            else
                printf(is_file(option->arg) ? " -r -F" : " -x");
        }
        fputs(" -d '", stdout);
        put_quoted(_(option->help), "");
        printf("'\n");
    }
}

void complete_fish(void)
{
    char words[WORDS_LEN], when[96];
    printf("# made by `tcpstep manual --fish`\ncomplete -c tcpstep -f\n");
    for (size_t i = 0; commands[i]; i++) {
        const struct command_spec *spec = commands[i];
        printf("complete -c tcpstep -n __fish_use_subcommand -a %s -d '", spec->name);
        put_quoted(_(spec->summary), "");
        printf("'\n");
        snprintf(when, sizeof when, "__fish_seen_subcommand_from %s", spec->name);
        fish_options(spec->options, when);
        if (choices("", spec->arguments, words)[0])
            printf("complete -c tcpstep -n '%s' -a '%s'\n", when, words);
        if (is_file(spec->arguments) || strncmp(spec->arguments, "LAB", 3) == 0)
            printf("complete -c tcpstep -n '%s' -F\n", when);
    }
    fish_options(command_stage.options, "__fish_use_subcommand");
    fish_options(common_options, "");
}
