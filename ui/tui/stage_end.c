/*
 * Files and verdict of a stage, when the terminal has been given back.
 */
#include "ui/tui/stage_end.h"
#include "ui/text.h"

#include "ui/complain.h"
#include "ui/export/ndjson.h"
#include "ui/export/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct ended {
    const struct run_options *run;
    const struct loaded_lab *lab;
    const struct session *session;
};

static bool write_ndjson(const struct ended *ended, FILE *to)
{
    struct ndjson out = { .written = 0 };
    const struct trace *trace = session_trace(ended->session);
    return ndjson_head(ended->lab->name, ended->run->lanes, session_profile(ended->session),
                       ended->run->seed, trace, to) &&
           ndjson_write(&out, trace, to);
}

static bool write_pcapng(const struct ended *ended, FILE *to)
{
    const struct pcapng_about about = { .title = ended->lab->name,
                                        .lab = &ended->lab->lab,
                                        .profile = session_profile(ended->session) };
    return pcapng_write(session_trace(ended->session), &about, to);
}

static bool write_to(const struct ended *ended, const char *path,
                     bool (*write)(const struct ended *ended, FILE *to))
{
    errno = 0;
    FILE *to = fopen(path, "w");
    bool good = to && write(ended, to);
    if (to)
        good = fclose(to) == 0 && good;
    return good;
}

static int write_file(const struct ended *ended, const char *path,
                      bool (*write)(const struct ended *ended, FILE *to))
{
    if (!path || write_to(ended, path, write))
        return STATUS_DONE;
    complain("%s: %s", path, errno ? strerror(errno) : _("not written whole"));
    return STATUS_NOT_ALLOWED;
}

static bool ends_in(const char *path, const char *end)
{
    size_t len = strlen(path), end_len = strlen(end);
    return len > end_len && strcmp(path + len - end_len, end) == 0;
}

bool stage_write(const char *path, const struct run_options *run, const struct loaded_lab *lab,
                 const struct session *session)
{
    const struct ended ended = { .run = run, .lab = lab, .session = session };
    bool pcap = ends_in(path, ".pcapng") || ends_in(path, ".pcap");
    return write_to(&ended, path, pcap ? write_pcapng : write_ndjson);
}

/* What the log would say in its last line, where it is not good. */
static int verdict(const struct ended *ended)
{
    unsigned failures = session_failures(ended->session);
    unsigned differences = session_differences(ended->session);
    if (failures + differences == 0)
        return STATUS_DONE;
    complain(_("%s: %u expectations did not hold, model and kernel differed %u times"),
             ended->lab->name, failures, differences);
    return STATUS_DOES_NOT_HOLD;
}

int stage_end(const struct stage_setup *setup, const struct run_options *run,
              const struct loaded_lab *lab, const struct session *session)
{
    const struct ended ended = { .run = run, .lab = lab, .session = session };
    int trace = write_file(&ended, setup->trace_path, write_ndjson);
    int pcap = write_file(&ended, setup->pcap_path, write_pcapng);
    if (trace != STATUS_DONE || pcap != STATUS_DONE)
        return trace != STATUS_DONE ? trace : pcap;
    return verdict(&ended);
}
