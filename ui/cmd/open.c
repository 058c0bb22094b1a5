/*
 * `tcpstep open`: a capture, connection by connection.
 */
#include "net/capture_replay.h"
#include "ui/cmd/cmd.h"
#include "ui/cmd/open_draw.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/export/ladder.h"
#include "ui/export/ndjson.h"
#include "ui/outputs.h"
#include "ui/text.h"
#include "ui/tui/grid.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    OPTION_CONNECTION,
    OPTION_EXPLAIN,
    OPTION_TRACE,
    OPTION_LADDER_SVG,
    OPTION_MERMAID
};

static const struct option options[] = {
    { "connection", "N", N_("this one only, by its number in the list") },
    { "explain", NULL, N_("which rule each segment triggers, and where a host did otherwise") },
    { "trace", "FILE",
      N_("write what is told as NDJSON; - for standard output, and nothing else there") },
    { "ladder-svg", "FILE", N_("draw one connection as SVG; - likewise") },
    { "mermaid", "FILE", N_("or as a sequence diagram for Mermaid; - likewise") },
    { NULL, NULL, NULL },
};

struct opening {
    const char *path, *trace_path;
    struct open_drawings drawings;
    uint64_t connection; /* 0: all */
    bool explain, quiet; /* quiet: standard output is a file's */
    FILE *trace;
    struct flows *flows;
    char broken[CAPTURE_WORDS_MAX]; /* why the file ended before its end; "" */
};

static void complain_of(const struct opening *o, const char *words)
{
    char path[CAPTURE_WORDS_MAX], shown[CAPTURE_WORDS_MAX * 4];
    size_t named = strlen(o->path); /* libpcap names it where it could not be opened */
    if (strncmp(words, o->path, named) == 0 && strncmp(words + named, ": ", 2) == 0)
        words += named + 2;
    complain("%s: %s", escape_text((const uint8_t *)o->path, strlen(o->path), path, sizeof path),
             escape_text((const uint8_t *)words, strlen(words), shown, sizeof shown));
}

/* ---- reading */

static bool read_capture(struct opening *o)
{
    char words[CAPTURE_WORDS_MAX];
    struct capture_packet packet;
    enum capture_progress progress;
    struct capture_file *file = capture_open(o->path, words);
    if (!file) {
        complain_of(o, words);
        return false;
    }
    while ((progress = capture_next(file, &packet)) == CAPTURE_IP || progress == CAPTURE_OTHER)
        flows_take(o->flows, &packet);
    if (progress == CAPTURE_BROKEN)
        snprintf(o->broken, sizeof o->broken, "%s", capture_words(file));
    capture_close(file);
    return true;
}

/* ---- the list */

static bool is_acked(const struct flow *flow, unsigned side)
{
    return flow->side[1 - side].acked >= flow->side[side].fin_end;
}

static const char *end_words(const struct flow *flow)
{
    const struct flow_side *a = &flow->side[0], *b = &flow->side[1];
    if (a->saw_rst || b->saw_rst) {
        if (flow->reset_by == 1 && a->saw_syn && !b->saw_syn && b->segments == b->resets)
            return _("refused by B");
        return flow->reset_by ? _("reset by B") : _("reset by A");
    }
    if (a->saw_fin && b->saw_fin && is_acked(flow, 0) && is_acked(flow, 1))
        return flow->first_fin ? _("closed, B first") : _("closed, A first");
    if (a->saw_fin && b->saw_fin)
        return _("both closed, a FIN not acknowledged");
    if (a->saw_fin || b->saw_fin)
        return a->saw_fin ? _("half closed by A") : _("half closed by B");
    if (a->saw_syn && b->segments == 0)
        return _("no answer seen");
    if (a->saw_syn && !a->syn_has_ack && b->saw_syn && b->acked < 1 && a->acked < 1)
        return _("not open yet");
    return flow->mid_stream ? _("open, begun before") : _("open");
}

static void list_one(const struct flow *flow)
{
    char a[ENDPOINT_TEXT_MAX], b[ENDPOINT_TEXT_MAX];
    const struct flow_side *from = &flow->side[0], *to = &flow->side[1];
    printf("%5u  %-21s  %-21s %9" PRIu64 " %9" PRIu64 " %6" PRIu64 " %6" PRIu64 " %5" PRIu64
           " %5" PRIu64 "  %s\n",
           flow->number, endpoint_text(&from->at, a, sizeof a), endpoint_text(&to->at, b, sizeof b),
           from->octets, to->octets, from->segments, to->segments, from->again + to->again,
           from->resets + to->resets, end_words(flow));
}

static void list(const struct flows *flows)
{
    printf(tr_n("%" PRIu64 " packet", "%" PRIu64 " packets", flows->packets), flows->packets);
    printf(tr_n(", %u TCP connection\n", ", %u TCP connections\n", flows->count), flows->count);
    if (flows->count == 0)
        return;
    const char *octets = _("octets"), *segments = _("segm."), *of_a = _("of A"), *of_b = _("of B");
    const char *again = _("again");
    printf("\n       %-21s  %-21s %*s %*s %*s %*s\n", "", "", text_field(octets, 9), octets,
           text_field(octets, 9), octets, text_field(segments, 6), segments,
           text_field(segments, 6), segments);
    printf("    #  %-21s  %-21s %*s %*s %*s %*s %*s %5s  %s\n", "A", "B", text_field(of_a, 9), of_a,
           text_field(of_b, 9), of_b, text_field(of_a, 6), of_a, text_field(of_b, 6), of_b,
           text_field(again, 5), again, "RST", _("ending"));
    for (unsigned i = 0; i < flows->count; i++)
        list_one(flows->list[i]);
}

/* ---- what is not in it, each said once */

static void note(uint64_t count, const char *one, const char *many)
{
    if (count > 0)
        printf("%" PRIu64 " %s\n", count, tr_n(one, many, count));
}

static void checksum_note(const struct flows *flows)
{
    char words[320], at[ENDPOINT_TEXT_MAX];
    struct endpoint first = { .ip = flows->first_wrong };
    if (flows->wrong_checksums == 0)
        return;
    endpoint_text(&first, at, sizeof at);
    *strrchr(at, ':') = '\0';
    if (flows->wrong_of_first == flows->wrong_checksums)
        snprintf(words, sizeof words,
                 _("Segments with a wrong checksum: %" PRIu64 ", sent by %s alone. Most likely the "
                   "capture was made there, where the network card fills checksums in later "
                   "(checksum offload). They are taken as whole."),
                 flows->wrong_checksums, at);
    else
        snprintf(words, sizeof words,
                 _("Segments with a wrong checksum: %" PRIu64
                   ", of several hosts. On a loopback, and "
                   "where a host captures what it sends, that is usual (checksum offload). They "
                   "are taken as whole."),
                 flows->wrong_checksums);
    ladder_wrap("", words, stdout);
}

static void notes(const struct flows *flows)
{
    putchar('\n');
    note(flows->others, "packet is not IP", "packets are not IP");
    note(flows->kinds[PACKET_NOT_TCP], "packet is IP, but not TCP", "packets are IP, but not TCP");
    note(flows->kinds[PACKET_FRAGMENT], "packet is a fragment, which is not put together here",
         "packets are fragments, which are not put together here");
    note(flows->kinds[PACKET_TUNNEL], "packet is of a tunnel, which is not looked into",
         "packets are of tunnels, which are not looked into");
    note(flows->kinds[PACKET_CUT], "packet is cut off within its headers (snaplen) and left out",
         "packets are cut off within their headers (snaplen) and left out");
    note(flows->kinds[PACKET_LYING],
         "packet has lengths that contradict each other, and is left out",
         "packets have lengths that contradict each other, and are left out");
    note(flows->cut,
         "segment is not whole in the capture (snaplen): its checksum was not looked at",
         "segments are not whole in the capture (snaplen): their checksums were not looked at");
    note(flows->options_broken, "segment has malformed options", "segments have malformed options");
    checksum_note(flows);
    if (flows->flows_left_out > 0)
        printf(_("%d connections are kept, and no more: %" PRIu64
                 " segments of others are not told\n"),
               FLOWS_MAX, flows->flows_left_out);
    if (flows->seen_count >= flows->seen_max)
        printf(_("%" PRIu64 " segments are kept, and no more: later ones are counted only\n"),
               flows->seen_max);
}

/* ---- ladders */

static bool show(struct opening *o, const struct flow *flow)
{
    char a[ENDPOINT_TEXT_MAX], b[ENDPOINT_TEXT_MAX];
    struct trace trace;
    struct ndjson out = { .written = 0 };
    trace_init(&trace);
    bool good = flow_replay(flow, o->flows->last_usec, &trace);
    if (!good)
        complain(_("out of memory: connection %u is not told"), flow->number);
    if (good && !o->quiet) {
        printf(_("\nconnection %u: A %s, B %s\n"), flow->number,
               endpoint_text(&flow->side[0].at, a, sizeof a),
               endpoint_text(&flow->side[1].at, b, sizeof b));
        good = ladder_write(flow, &trace, o->explain, stdout);
    }
    if (good && o->trace)
        good = ndjson_write(&out, &trace, o->trace);
    good = good && open_draw(&o->drawings, flow, &trace);
    trace_free(&trace);
    return good;
}

static bool show_all(struct opening *o)
{
    const struct flows *flows = o->flows;
    if (o->trace && !ndjson_head(o->path, "capture", profile_find("rfc"), 0, NULL, o->trace))
        return false;
    for (unsigned i = 0; i < flows->count; i++) {
        if ((o->connection == 0 || o->connection == flows->list[i]->number) &&
            !show(o, flows->list[i]))
            return false;
    }
    return true;
}

static int finish(struct opening *o, bool good)
{
    if (o->trace && o->trace != stdout)
        good = fclose(o->trace) == 0 && good;
    if (!good) {
        complain(_("what is told could not be written whole: %s"),
                 errno ? strerror(errno) : _("error"));
        return STATUS_NOT_ALLOWED;
    }
    if (!o->broken[0])
        return STATUS_DONE;
    fflush(stdout);
    complain_of(o, o->broken);
    complain(_("what stands before that place in the file was read and shown"));
    return STATUS_USAGE;
}

static int open_capture(struct opening *o)
{
    if (!read_capture(o))
        return STATUS_USAGE;
    if (!o->quiet) {
        list(o->flows);
        notes(o->flows);
    }
    if (o->connection > o->flows->count) {
        complain(_("there is no connection %" PRIu64 "; there are %u"), o->connection,
                 o->flows->count);
        return STATUS_USAGE;
    }
    bool draws = o->drawings.svg_path || o->drawings.mermaid_path;
    if (draws && o->connection == 0 && o->flows->count != 1) {
        complain(_("a drawing is of one connection: --connection N; there are %u"),
                 o->flows->count);
        return STATUS_USAGE;
    }
    if (o->trace_path) {
        o->trace = strcmp(o->trace_path, "-") == 0 ? stdout : fopen(o->trace_path, "w");
        if (!o->trace) {
            complain("%s: %s", o->trace_path, strerror(errno));
            return STATUS_NOT_ALLOWED;
        }
    }
    errno = 0;
    return finish(o, show_all(o));
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct opening *o = to;
    if (option == OPTION_CONNECTION)
        return arg_number("connection", value, 1, FLOWS_MAX, &o->connection);
    o->explain = o->explain || option == OPTION_EXPLAIN;
    const char **path = option == OPTION_TRACE        ? &o->trace_path
                        : option == OPTION_LADDER_SVG ? &o->drawings.svg_path
                        : option == OPTION_MERMAID    ? &o->drawings.mermaid_path
                                                      : NULL;
    bool is_stdout = path && strcmp(value, "-") == 0;
    if (is_stdout && o->quiet) {
        complain(_("one thing at a time on standard output: there are two of '-'"));
        return false;
    }
    o->quiet = o->quiet || is_stdout;
    if (path)
        *path = value;
    return true;
}

/* Nor may what is read be written over. */
static bool goes_to_different_files(const struct opening *o)
{
    const struct output outputs[] = { { "trace", o->trace_path },
                                      { "ladder-svg", o->drawings.svg_path },
                                      { "mermaid", o->drawings.mermaid_path } };
    size_t count = sizeof outputs / sizeof outputs[0];
    bool reads_file = strcmp(o->path, "-") != 0;
    for (size_t i = 0; i < count; i++) {
        if (!reads_file || !outputs[i].path || !is_same_file(outputs[i].path, o->path))
            continue;
        complain(_("--%s would write over the capture: %s"), outputs[i].option, o->path);
        return false;
    }
    return outputs_differ(outputs, count);
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct opening o = { .path = NULL };
    const struct args_taker taker = { .option = take_option,
                                      .to = &o,
                                      .one = &o.path,
                                      .too_many =
                                          N_("one capture at a time: '%s' is one too many") };
    int status = args_read(spec, argc, argv, &taker);
    if (status != ARGS_WHOLE)
        return status;
    if (!o.path) {
        complain(_("open needs a capture: tcpstep open FILE"));
        return STATUS_USAGE;
    }
    if (!goes_to_different_files(&o))
        return STATUS_USAGE;
    o.flows = flows_new();
    if (!o.flows) {
        complain(_("out of memory"));
        return STATUS_NOT_ALLOWED;
    }
    status = open_capture(&o);
    flows_free(o.flows);
    return status;
}

const struct command_spec command_open = {
    .name = "open",
    .arguments = "FILE",
    .summary =
        N_("Shows the TCP connections of a capture: a list, then each one's segments with the\n"
           "states of both ends, inferred by the model's rules. It reads pcap and pcapng, - is\n"
           "standard input. Ends 2 if the file could not be read to its end."),
    .options = options,
    .run = run,
};
