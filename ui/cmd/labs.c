/*
 * `tcpstep labs`: what there is to run.
 */
#include "ui/labs.h"

#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/text.h"
#include "ui/tui/grid.h"

#include <stdio.h>

static const struct option options[] = {
    { NULL, NULL, NULL },
};

static int longest_name(const struct catalogue *catalogue)
{
    int longest = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        int width = text_width(catalogue->labs[i].name);
        longest = width > longest ? width : longest;
    }
    return longest;
}

static void list(const struct catalogue *catalogue)
{
    int longest = longest_name(catalogue);
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_lab *lab = &catalogue->labs[i];
        printf("%s%*s  %s\n", lab->name, longest - text_width(lab->name), "", _(lab->title));
    }
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    int status = args_read(spec, argc, argv, &(struct args_taker){ .to = NULL });
    if (status != ARGS_WHOLE)
        return status;
    struct catalogue catalogue;
    if (!catalogue_make(&catalogue))
        return STATUS_NOT_ALLOWED;
    list(&catalogue);
    return STATUS_DONE;
}

const struct command_spec command_labs = {
    .name = "labs",
    .arguments = "",
    .summary = N_("Lists the labs that `tcpstep run LAB` knows by name."),
    .options = options,
    .run = run,
};
