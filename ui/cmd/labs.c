/*
 * `tcpstep labs`: what there is to run.
 */
#include "ui/labs.h"

#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/text.h"

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
        complain(_("labs takes no argument: '%s'"), value);
    if (kind != ARG_END)
        return kind == ARG_HELP ? STATUS_DONE : STATUS_USAGE;
    struct catalogue catalogue;
    if (!catalogue_make(&catalogue))
        return STATUS_NOT_ALLOWED;
    for (size_t i = 0; i < catalogue.count; i++)
        printf("%-14s %s\n", catalogue.labs[i].name, _(catalogue.labs[i].title));
    return STATUS_DONE;
}

const struct command_spec command_labs = {
    .name = "labs",
    .arguments = "",
    .summary = N_("Lists the labs that `tcpstep run LAB` knows by name."),
    .options = options,
    .run = run,
};
