/*
 * `tcpstep drill`: packetdrill scripts against the model.
 */
#include "ui/drill/drill.h"
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/export/log.h"
#include "ui/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCRIPT_MAX = 16 << 20
};

static const struct option options[] = {
    { "profile", "NAME",
      PROFILE_NAMES "\n                           (default: as the script's settings have it)" },
    { "ladder", NULL, "print all that happens, too" },
    { NULL, NULL, NULL },
};

struct drilling {
    struct drill_options options;
    struct profile profile; /* where one was asked for */
    bool ladder;
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
    char *text = file ? malloc(SCRIPT_MAX) : NULL;
    *len = text ? fread(text, 1, SCRIPT_MAX, file) : 0;
    bool bad = !text || ferror(file);
    int err = errno;
    if (file)
        fclose(file);
    if (!bad)
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

static bool drill(struct drilling *d, const char *path)
{
    struct drill_report report;
    struct trace trace;
    size_t len;
    char *text = read_all(path, &len);
    if (!text)
        return false;
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
    return true;
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

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct args args = { .spec = spec, .argc = argc, .argv = argv };
    struct drilling d = { .ladder = false };
    size_t option;
    const char *value;
    unsigned scripts = 0;
    for (enum arg_kind kind; (kind = args_next(&args, &option, &value)) != ARG_END;) {
        if (kind == ARG_HELP)
            return STATUS_DONE;
        if (kind == ARG_WRONG || (kind == ARG_OPTION && option == 0 && !take_profile(&d, value)))
            return STATUS_USAGE;
        if (kind == ARG_OPTION && option == 0)
            print_not_tcp(&d.profile);
        if (kind == ARG_OPTION && option == 1)
            d.ladder = true;
        if (kind == ARG_WORD && !drill(&d, value))
            return STATUS_USAGE;
        scripts += kind == ARG_WORD;
    }
    if (scripts == 0) {
        complain("drill needs a script: tcpstep drill FILE.pkt");
        return STATUS_USAGE;
    }
    printf("%u passed, %u failed, %u skipped\n", d.count[DRILL_PASSED], d.count[DRILL_FAILED],
           d.count[DRILL_SKIPPED]);
    return d.count[DRILL_FAILED] ? STATUS_DOES_NOT_HOLD : STATUS_DONE;
}

const struct command_spec command_drill = {
    .name = "drill",
    .arguments = "FILE...",
    .summary = "Runs packetdrill scripts against the model, in virtual time and without a shell:\n"
               "the script is the wire, the peer and the program. Ends 1 if one has failed.",
    .options = options,
    .run = run,
};
