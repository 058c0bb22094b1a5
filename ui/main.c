/*
 * tcpstep: which command it is.
 */
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/config.h"
#include "ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSION "0.1"

enum {
    NAMES_MAX = 32
};

/* As far as it says what the command is for. */
static size_t first_sentence(const char *text)
{
    static const char *const ends[] = { ".", ":", ",", "\n", "。", "：", "，" };
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *end = strstr(text, ends[i]);
        if (end && (size_t)(end - text) < len)
            len = (size_t)(end - text);
    }
    return len;
}

static void help(void)
{
    command_help(&command_stage);
    printf("  %-24s %s\n\n%s\n", "--version", _("print the version"), _("commands:"));
    for (size_t i = 0; commands[i]; i++) {
        const char *summary = _(commands[i]->summary);
        char left[48];
        snprintf(left, sizeof left, "%s %s", commands[i]->name, commands[i]->arguments);
        printf("  %-24s %.*s\n", left, (int)first_sentence(summary), summary);
    }
    printf("\n%s\n", _("'tcpstep COMMAND --help' tells more."));
}

static int unknown_command(const char *word)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    while (commands[count] && count < NAMES_MAX) {
        names[count] = commands[count]->name;
        count++;
    }
    const char *near = nearest_word(word, names, count);
    if (near)
        complain(_("there is no command '%s'; did you mean '%s'?"), word, near);
    else
        complain(_("there is no command '%s'. See --help."), word);
    return STATUS_USAGE;
}

/* What was printed and did not arrive (a full disk) must not look like success. */
static int close_stdout(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    complain(_("standard output: could not be written"));
    return status == STATUS_DONE ? STATUS_NOT_ALLOWED : status;
}

/* Descriptors 0 to 2 are there, or a socket of the lab would take their place and get the log. What
 * is written to one that was closed still fails. */
static bool have_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno == EMFILE;
}

/* Options of every command, wherever they stand before "--". */
struct common {
    const char *lang, *config;
};

/* Takes them out of argv; -1: a complaint was printed. Returns how many words are left. */
static int take_common(struct common *common, int argc, char **argv)
{
    int left = 0, i = 0;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char **value = NULL;
        if (strncmp(argv[i], "--lang", 6) == 0 && strchr("=", argv[i][6]))
            value = &common->lang;
        else if (strncmp(argv[i], "--config", 8) == 0 && strchr("=", argv[i][8]))
            value = &common->config;
        if (!value) {
            argv[left++] = argv[i];
            continue;
        }
        const char *equals = strchr(argv[i], '=');
        *value = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (!*value) {
            complain(_("%s needs a value"), argv[i]);
            return -1;
        }
    }
    while (i < argc)
        argv[left++] = argv[i++];
    argv[left] = NULL;
    return left;
}

/* Texts in the language that is asked for. False: a complaint was printed. */
static bool choose_language(const struct common *common, const struct config *config)
{
    const char *lang = common->lang ? common->lang : config_value(config, "lang");
    if (text_begin(lang))
        return true;
    complain(_("there are no texts in '%s'; --lang is en or zh_CN"), lang);
    return false;
}

/* What the configuration has for the command comes before what was said. */
static int run_command(const struct command_spec *spec, const struct config *config, int argc,
                       char **argv)
{
    char **all = malloc((CONFIG_MAX + (size_t)argc + 1) * sizeof *all);
    if (!all) {
        complain(_("out of memory"));
        return STATUS_NOT_ALLOWED;
    }
    unsigned configured = config_for(config, spec, all);
    memcpy(all + configured, argv, ((size_t)argc + 1) * sizeof *all);
    int status = spec->run(spec, (int)configured + argc, all);
    if (status == STATUS_USAGE && configured > 0)
        complain(_("(options stand in %s, too)"), config->path);
    free(all);
    return close_stdout(status);
}

static int run_words(const struct config *config, int argc, char **argv)
{
    if (argc == 0)
        return run_command(&command_stage, config, 0, argv);
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
        help();
        return close_stdout(STATUS_DONE);
    }
    if (strcmp(argv[0], "--version") == 0) {
        printf("tcpstep %s\n", VERSION);
        return close_stdout(STATUS_DONE);
    }
    if (argv[0][0] == '-')
        return run_command(&command_stage, config, argc, argv);
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(argv[0], commands[i]->name) == 0)
            return run_command(commands[i], config, argc - 1, argv + 1);
    }
    return unknown_command(argv[0]);
}

int main(int argc, char **argv)
{
    struct common common = { .lang = NULL };
    struct config config;
    if (!have_standard_descriptors()) {
        complain(_("no descriptor is to be had"));
        return STATUS_NOT_ALLOWED;
    }
    setlocale(LC_ALL, "");
    text_begin(NULL);
    int left = argc > 0 ? take_common(&common, argc - 1, argv + 1) : 0;
    if (left < 0 || !config_read(&config, common.config))
        return STATUS_USAGE;
    int status = STATUS_USAGE;
    if (choose_language(&common, &config))
        status = run_words(&config, left, argv + (argc > 0));
    config_free(&config);
    return status;
}
