/*
 * `tcpstep labs`: what there is to run.
 */
#include "ui/labs.h"

#include "ui/cmd/cmd.h"
#include "ui/complain.h"

#include <stdio.h>

static const struct option options[] = {
    { NULL, NULL, NULL },
};

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct args args = { .spec = spec, .argc = argc, .argv = argv };
    size_t option;
    const char *value;
    enum arg_kind kind = args_next(&args, &option, &value);
    if (kind == ARG_WORD)
        complain("labs takes no argument: '%s'", value);
    if (kind != ARG_END)
        return kind == ARG_HELP ? STATUS_DONE : STATUS_USAGE;
    for (size_t i = 0; i < builtin_lab_count; i++) {
        int status;
        struct loaded_lab *loaded = lab_load(builtin_labs[i].name, &status);
        if (!loaded)
            return status;
        printf("%-14s %.*s\n", builtin_labs[i].name, (int)loaded->lab.title.len,
               (const char *)loaded->lab.title.octets);
        lab_unload(loaded);
    }
    return STATUS_DONE;
}

const struct command_spec command_labs = {
    .name = "labs",
    .arguments = "",
    .summary = "Lists the labs that `tcpstep run LAB` knows by name.",
    .options = options,
    .run = run,
};
