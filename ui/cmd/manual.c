/*
 * `tcpstep manual`: the manual page and what shells complete with, from the tables that --help is
 * made of.
 */
#include "ui/cmd/manual.h"

#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/config.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_MAN,
    OPTION_BASH,
    OPTION_ZSH,
    OPTION_FISH
};

static const struct option options[] = {
    { "man", NULL, N_("the manual page, as roff (default)") },
    { "bash", NULL, N_("completion for bash: source <(tcpstep manual --bash)") },
    { "zsh", NULL, N_("completion for zsh: a file _tcpstep in $fpath") },
    { "fish", NULL, N_("completion for fish: tcpstep manual --fish | source") },
    { NULL, NULL, NULL },
};

/* Text as roff has it: a backslash, a dash, and what would be a request at the start of a line. */
static void put_roff(const char *text)
{
    bool at_start = true;
    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        at_start = *text == '\n';
    }
}

static void put_options(const struct option *list)
{
    for (const struct option *option = list; option->name; option++) {
        fputs(".TP\n\\fB\\-\\-", stdout);
        put_roff(option->name);
        fputs("\\fR", stdout);
        if (option->arg) {
            fputs(" \\fI", stdout);
            put_roff(option->arg);
            fputs("\\fR", stdout);
        }
        putchar('\n');
        put_roff(_(option->help));
        putchar('\n');
    }
}

static void put_command(const struct command_spec *spec)
{
    printf(".SS tcpstep%s", spec->name[0] ? " " : "");
    put_roff(spec->name);
    putchar(' ');
    put_roff(spec->arguments);
    putchar('\n');
    put_roff(_(spec->summary));
    putchar('\n');
    put_options(spec->options);
}

static void put_section(const char *title, const char *text)
{
    printf(".SH %s\n", title);
    put_roff(text);
    putchar('\n');
}

static void put_settings(void)
{
    put_section(
        _("CONFIGURATION"),
        _("Options that need not be said each time stand in\n"
          "$XDG_CONFIG_HOME/tcpstep/config (else ~/.config/tcpstep/config), a line each:\n"
          "NAME = VALUE, or NAME = yes for an option without a value. A line\n"
          "key x = COMMAND gives a key another meaning. # begins a comment. What is said on\n"
          "the command line counts. These may stand there:"));
    for (size_t i = 0; config_options[i].name; i++) {
        fputs(i ? ", " : "", stdout);
        put_roff(config_options[i].name);
    }
    fputs(".\n", stdout);
}

static int put_man(void)
{
    printf(".TH TCPSTEP 1 \"\" \"tcpstep\" \"%s\"\n", _("User Commands"));
    put_section(_("NAME"), _("tcpstep - see TCP happen, one segment at a time"));
    printf(".SH %s\n.B tcpstep\n[\\fI%s\\fR] [\\fI%s\\fR ...]\n", _("SYNOPSIS"), _("COMMAND"),
           _("OPTION"));
    put_section(_("DESCRIPTION"), _(command_stage.summary));
    printf(".SH %s\n", _("COMMANDS"));
    put_command(&command_stage);
    for (size_t i = 0; commands[i]; i++)
        put_command(commands[i]);
    printf(".SH %s\n", _("OPTIONS OF EVERY COMMAND"));
    put_options(common_options);
    put_settings();
    put_section(
        _("EXIT STATUS"),
        _("0 done, 1 what was checked does not hold, 2 wrong usage, 3 this machine does not\n"
          "allow it."));
    put_section(
        _("ENVIRONMENT"),
        _("LANG, LC_ALL, LANGUAGE: the language. NO_COLOR: no colours. TERM: the terminal.\n"
          "XDG_CONFIG_HOME: where the configuration lies."));
    put_section(_("SEE ALSO"), "tcpstep-lab(5), ss(8), tcpdump(8), packetdrill(1), RFC 9293");
    return STATUS_DONE;
}

static bool take_form(void *wanted, size_t option, const char *value)
{
    (void)value;
    *(size_t *)wanted = option;
    return true;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    size_t wanted = OPTION_MAN;
    int status =
        args_read(spec, argc, argv, &(struct args_taker){ .option = take_form, .to = &wanted });
    if (status != ARGS_WHOLE)
        return status;
    if (wanted == OPTION_BASH)
        complete_bash();
    else if (wanted == OPTION_ZSH)
        complete_zsh();
    else if (wanted == OPTION_FISH)
        complete_fish();
    else
        put_man();
    return STATUS_DONE;
}

const struct command_spec command_manual = {
    .name = "manual",
    .arguments = "",
    .summary = N_("Prints the manual page, or what a shell completes with."),
    .options = options,
    .run = run,
};
