/*
 * `tcpstep drill`: packetdrill scripts against the model.
 */
#include "ui/drill/drill.h"
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/drill/script.h"
#include "ui/escape.h"
#include "ui/export/log.h"
#include "ui/profile.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    { "profile", "NAME",
      N_("rfc, linux or freebsd, and what is not TCP, as run --help has it\n"
         "(default: as the script's settings have it)") },
    { "ladder", NULL, N_("print all that happens, too") },
    { NULL, NULL, NULL },
};

struct drilling {
    struct drill_options options;
    struct profile profile; /* where one was asked for */
    bool ladder;
    unsigned scripts, unread;
    unsigned count[DRILL_SKIPPED + 1];
};

static void print_text(const char *label, const char *text)
{
    char shown[4 * DRILL_WORDS + 1];
    if (text[0])
        printf("      %s%s\n", label,
               escape_text((const uint8_t *)text, strlen(text), shown, sizeof shown));
}

static void print_report(const char *path, enum drill_outcome outcome,
                         const struct drill_report *report)
{
    static const char *const words[] = {
        [DRILL_PASSED] = "ok   ", [DRILL_FAILED] = "FAIL ", [DRILL_SKIPPED] = "skip "
    };
    char shown[4 * DRILL_WORDS + 1];
    printf("%s %s", words[outcome], path);
    if (outcome != DRILL_PASSED && report->line)
        printf(":%u", report->line);
    if (outcome != DRILL_PASSED)
        printf(": %s", escape_text((const uint8_t *)report->what, strlen(report->what), shown,
                                   sizeof shown));
    putchar('\n');
    if (outcome == DRILL_FAILED) {
        print_text("expected ", report->expected);
        print_text("got      ", report->got);
    }
    print_text("left out ", report->skipped);
}

static char *read_all(const char *path, size_t *len)
{
    FILE *file = fopen(path, "r");
    char *text = file ? malloc(SCRIPT_LEN_MAX + 1) : NULL;
    *len = text ? fread(text, 1, SCRIPT_LEN_MAX + 1, file) : 0;
    int err = !text || ferror(file) ? errno : *len > SCRIPT_LEN_MAX ? EFBIG : 0;
    if (file)
        fclose(file);
    if (err == 0)
        return text;
    free(text);
    complain("%s: %s", path, strerror(err));
    return NULL;
}

static void print_ladder(const struct trace *trace)
{
    struct log log;
    log_begin(&log);
    log_write(&log, trace, stdout);
}

static void drill(struct drilling *d, const char *path)
{
    struct drill_report report;
    struct trace trace;
    size_t len;
    char *text = read_all(path, &len);
    if (!text) {
        d->unread++;
        return;
    }
    trace_init(&trace);
    struct drill_options how = d->options;
    if (d->ladder)
        how.ladder = trace_sink(&trace);
    enum drill_outcome outcome = drill_run(path, text, len, &how, &report);
    d->count[outcome]++;
    if (d->ladder)
        print_ladder(&trace);
    print_report(path, outcome, &report);
    trace_free(&trace);
    free(text);
}

static bool take_profile(struct drilling *d, const char *name)
{
    d->options.profile = &d->profile;
    return profile_said(name, &d->profile);
}

static void print_not_tcp(const struct profile *profile)
{
    for (size_t i = 0; i < tcp_variant_count; i++) {
        if (profile->variants & 1u << i)
            printf("not TCP: %s: %s\n", tcp_variants[i].name, tcp_variants[i].says);
    }
}

/* All the options, wherever they stand; false: *status is how the command ends. */
static bool take_options(struct drilling *d, struct args args, int *status)
{
    size_t option;
    const char *value;
    *status = STATUS_USAGE;
    for (enum arg_kind kind; (kind = args_next(&args, &option, &value)) != ARG_END;) {
        if (kind == ARG_HELP)
            *status = STATUS_DONE;
        if (kind == ARG_HELP || kind == ARG_WRONG)
            return false;
        if (kind == ARG_OPTION && option == 0 && !take_profile(d, value))
            return false;
        d->ladder = d->ladder || (kind == ARG_OPTION && option == 1);
        d->scripts += kind == ARG_WORD;
    }
    if (d->scripts == 0)
        complain(_("drill needs a script: tcpstep drill FILE.pkt"));
    return d->scripts > 0;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct args args = { .spec = spec, .argc = argc, .argv = argv };
    struct drilling d = { .ladder = false };
    size_t option;
    const char *value;
    int status;
    if (!take_options(&d, args, &status))
        return status;
    print_not_tcp(&d.profile);
    for (enum arg_kind kind; (kind = args_next(&args, &option, &value)) != ARG_END;) {
        if (kind == ARG_WORD)
            drill(&d, value);
    }
    printf("%u passed, %u failed, %u skipped\n", d.count[DRILL_PASSED], d.count[DRILL_FAILED],
           d.count[DRILL_SKIPPED]);
    if (d.unread)
        return STATUS_USAGE;
    return d.count[DRILL_FAILED] ? STATUS_DOES_NOT_HOLD : STATUS_DONE;
}

const struct command_spec command_drill = {
    .name = "drill",
    .arguments = "FILE...",
    .summary =
        N_("Runs packetdrill scripts against the model, in virtual time and without a shell:\n"
           "the script is the wire, the peer and the program. A script that needs what the\n"
           "model does not have is skipped, and says so. Ends 1 if one has failed, 2 if a\n"
           "file could not be read."),
    .options = options,
    .run = run,
};
