/*
 * `tcpstep doctor`: what this machine allows, what that is for, and what would allow the rest.
 */
#include "ui/doctor.h"
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/text.h"
#include "ui/tui/grid.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum {
    OPTION_JSON,
    INDENT = 4,
    WIDTH = 80,
    NAME_WIDTH = 18,
    HERE_WIDTH = 3
};

static const struct option options[] = {
    { "json", NULL, N_("the same as JSON") },
    { NULL, NULL, NULL },
};

/* Words broken at blanks, behind an indent. */
static void print_wrapped(const char *text)
{
    struct grid grid = { .width = 0 };
    int rows = text_rows(text, WIDTH - INDENT);
    if (rows == 0 || !grid_make(&grid, WIDTH, rows))
        return;
    struct rect area = { INDENT, 0, WIDTH - INDENT, rows };
    grid_wrap(&grid, area, INK_PLAIN, text);
    grid_print(&grid, false, stdout);
    grid_free(&grid);
}

/* How much of a command goes into a row: up to a blank outside of quotes, if it has one. */
static size_t command_len(const char *text, size_t room)
{
    size_t blank = 0;
    bool quoted = false;
    for (size_t i = 0; text[i]; i++) {
        if (i >= room && blank)
            return blank;
        quoted = quoted != (text[i] == '\'');
        if (text[i] == ' ' && !quoted)
            blank = i;
    }
    return strlen(text);
}

/* As a shell reads it: a row that goes on ends with a backslash. */
static void print_command(const char *text)
{
    const char *before = "    $ ";
    for (;;) {
        size_t len = command_len(text, WIDTH - strlen(before) - 2);
        printf("%s%.*s%s\n", before, (int)len, text, text[len] ? " \\" : "");
        if (!text[len])
            return;
        text += len + 1;
        before = "      ";
    }
}

static void print_finding(enum doctor_item item, const struct doctor_finding *finding)
{
    const char *name = _(doctor_name(item)), *here = finding->here ? _("yes") : _("no");
    printf("%-*s  %-*s  %s\n", text_field(name, NAME_WIDTH), name, text_field(here, HERE_WIDTH),
           here, _(doctor_use(item)));
    print_wrapped(finding->why);
    for (unsigned i = 0; i < DOCTOR_TRIES_MAX && finding->remedies[i][0]; i++)
        print_command(finding->remedies[i]);
}

static json_t *json_of(enum doctor_item item, const struct doctor_finding *finding)
{
    json_t *remedies = json_array();
    for (unsigned i = 0; i < DOCTOR_TRIES_MAX && finding->remedies[i][0]; i++)
        json_array_append_new(remedies, json_string(finding->remedies[i]));
    return json_pack("{s:s, s:b, s:s, s:s, s:o}", "name", doctor_name(item), "here", finding->here,
                     "for", doctor_use(item), "why", finding->why, "try", remedies);
}

static bool print_json(const struct doctor_finding *findings)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < DOCTOR_COUNT; i++)
        json_array_append_new(list, json_of((enum doctor_item)i, &findings[i]));
    json_t *all =
        json_pack("{s:s, s:i, s:o}", "format", "tcpstep-doctor", "version", 1, "findings", list);
    bool good = all && json_dumpf(all, stdout, JSON_INDENT(2)) == 0;
    json_decref(all);
    puts("");
    return good;
}

static void print_text(const struct doctor_finding *findings)
{
    unsigned here = 0;
    for (unsigned i = 0; i < DOCTOR_COUNT; i++) {
        print_finding((enum doctor_item)i, &findings[i]);
        here += findings[i].here;
    }
    bool has_model = findings[DOCTOR_MODEL].here;
    printf("\n");
    printf(has_model ? _("%u of %d are here. The model needs the first alone.")
                     : _("%u of %d are here."),
           here, DOCTOR_COUNT);
    printf("\n");
}

static bool take_json(void *json, size_t option, const char *value)
{
    (void)option, (void)value;
    *(bool *)json = true;
    return true;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct doctor_finding findings[DOCTOR_COUNT];
    bool json = false;
    int status =
        args_read(spec, argc, argv, &(struct args_taker){ .option = take_json, .to = &json });
    if (status != ARGS_WHOLE)
        return status;
    if (json)
        text_begin("en"); /* for programs, which know one language */
    doctor_examine(findings);
    if (!json)
        print_text(findings);
    else if (!print_json(findings))
        return STATUS_NOT_ALLOWED;
    return findings[DOCTOR_MODEL].here ? STATUS_DONE : STATUS_NOT_ALLOWED;
}

const struct command_spec command_doctor = {
    .name = "doctor",
    .arguments = "",
    .summary =
        N_("Tries what this machine allows: sockets, namespaces, capture, the terminal. Says\n"
           "what each is for, and the command that would allow what is not."),
    .options = options,
    .run = run,
};
