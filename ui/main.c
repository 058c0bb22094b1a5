/*
 * tcpstep: which command it is.
 */
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VERSION "0.1"

enum {
    NAMES_MAX = 16
};

static void help(void)
{
    command_help(&command_stage);
    printf("  %-24s %s\n\ncommands:\n", "--version", "print the version");
    for (size_t i = 0; commands[i]; i++) {
        const char *summary = commands[i]->summary;
        char left[48];
        snprintf(left, sizeof left, "%s %s", commands[i]->name, commands[i]->arguments);
        printf("  %-24s %.*s\n", left, (int)strcspn(summary, ".:,\n"), summary);
    }
    printf("\n'tcpstep COMMAND --help' tells more.\n");
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
    complain("there is no command '%s'%s%s%s", word, near ? "; did you mean '" : ". See --help.",
             near ? near : "", near ? "'?" : "");
    return STATUS_USAGE;
}

/* What was printed and did not arrive (a full disk) must not look like success. */
static int close_stdout(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    complain("standard output: could not be written");
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

int main(int argc, char **argv)
{
    if (!have_standard_descriptors()) {
        complain("no descriptor is to be had");
        return STATUS_NOT_ALLOWED;
    }
    setlocale(LC_ALL, "");
    text_begin(NULL);
    if (argc < 2)
        return command_stage.run(&command_stage, 0, argv + 1);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help();
        return close_stdout(STATUS_DONE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("tcpstep %s\n", VERSION);
        return close_stdout(STATUS_DONE);
    }
    if (argv[1][0] == '-')
        return close_stdout(command_stage.run(&command_stage, argc - 1, argv + 1));
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0)
            return close_stdout(commands[i]->run(commands[i], argc - 2, argv + 2));
    }
    return unknown_command(argv[1]);
}
