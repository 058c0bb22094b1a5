/*
 * `tcpstep run LAB`, and `tcpstep` alone: a lab on the stage or without a terminal.
 */
#include "ui/cmd/cmd.h"
#include "ui/cmd/headless.h"
#include "ui/complain.h"
#include "ui/outputs.h"
#include "ui/plain.h"
#include "ui/text.h"
#include "ui/tui/command.h"
#include "ui/tui/stage.h"

#include <stddef.h>
#include <stdio.h>

enum {
    OPTION_HEADLESS = RUN_OPTION_COUNT,
    OPTION_TRACE,
    OPTION_PCAP,
    OPTION_AUTO,
    OPTION_ASCII,
    OPTION_LARGE,
    OPTION_PLAIN,
    OPTION_THEME,
    OPTION_KEY,
    OPTION_SPEED,
    OPTION_NO_MOUSE
};

static const struct option options[] = {
    RUN_OPTIONS,
    { "headless", NULL, N_("no stage: print what happens, an event a line") },
    { "trace", "FILE", N_("write the trace as NDJSON; - for standard output (no stage then)") },
    { "pcap", "FILE", N_("write the segments as pcapng, for Wireshark; - likewise") },
    { "auto", NULL, N_("start running at once") },
    { "ascii", NULL, N_("draw with ASCII only") },
    { "large", NULL, N_("begin with large letters, for a projector") },
    { "plain", NULL, N_("no stage: lines of words, and commands from standard input") },
    { "theme", "NAME", N_("dark, light, mono (no colours), or auto (default: by COLORFGBG)") },
    { "key", "NAME=COMMAND", N_("another meaning for a key, as x=states; docs/stage.md has all") },
    { "speed", "SPEED", N_("of runs, to begin with: 1 to 7, or slow, normal, fast") },
    { "no-mouse", NULL, N_("leave the mouse to the terminal, to mark text") },
    { NULL, NULL, NULL },
};

static const char default_lab[] = "life";

struct request {
    struct run_options run;
    const char *lab;
    const char *trace_path, *pcap_path;
    bool headless, run_at_once, ascii, large, plain, no_mouse;
    enum theme theme;
    unsigned speed;
    struct bindings bindings;
};

static bool take_theme(struct request *request, const char *value)
{
    if (theme_of_name(value, &request->theme))
        return true;
    complain(_("--theme: there is no '%s'; there are auto, dark, light and mono"), value);
    return false;
}

static bool take_key(struct request *request, const char *value)
{
    char wrong[240];
    if (bindings_add(&request->bindings, value, wrong, sizeof wrong))
        return true;
    complain("--key: %s", wrong);
    return false;
}

static bool take_speed(struct request *request, const char *value)
{
    char line[64], wrong[240];
    struct order order;
    snprintf(line, sizeof line, "speed %.40s", value);
    if (order_read(line, &order, wrong, sizeof wrong) && order.number > 0) {
        request->speed = (unsigned)order.number;
        return true;
    }
    complain(_("--speed: '%s' is none of 1 to 7, slow, normal and fast"), value);
    return false;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    if (option < RUN_OPTION_COUNT)
        return run_options_take(&request->run, option, value);
    request->headless = request->headless || option == OPTION_HEADLESS;
    request->run_at_once = request->run_at_once || option == OPTION_AUTO;
    request->ascii = request->ascii || option == OPTION_ASCII;
    request->large = request->large || option == OPTION_LARGE;
    request->plain = request->plain || option == OPTION_PLAIN;
    request->no_mouse = request->no_mouse || option == OPTION_NO_MOUSE;
    if (option == OPTION_THEME)
        return take_theme(request, value);
    if (option == OPTION_KEY)
        return take_key(request, value);
    if (option == OPTION_SPEED)
        return take_speed(request, value);
    if (option == OPTION_TRACE)
        request->trace_path = value;
    if (option == OPTION_PCAP) {
        request->pcap_path = value;
        request->run.keep_text = true;
    }
    return true;
}

static bool is_stdout(const char *path)
{
    return path && path[0] == '-' && path[1] == '\0';
}

static int run_request(const struct request *request)
{
    int status;
    bool traced_out = is_stdout(request->trace_path), captured_out = is_stdout(request->pcap_path);
    if (traced_out && captured_out) {
        complain(_("--trace and --pcap: one of them at a time on standard output"));
        return STATUS_USAGE;
    }
    const struct output outputs[] = { { "trace", request->trace_path },
                                      { "pcap", request->pcap_path } };
    if (!outputs_differ(outputs, sizeof outputs / sizeof outputs[0]))
        return STATUS_USAGE;
    struct loaded_lab *loaded = lab_load(request->lab, &status);
    if (!loaded)
        return status;
    if (!request->headless && !traced_out && !captured_out) {
        struct stage_setup setup = { .run = &request->run,
                                     .lab = loaded,
                                     .run_at_once = request->run_at_once,
                                     .screen = request->large ? SCREEN_LARGE : SCREEN_STAGE,
                                     .theme = request->theme,
                                     .bindings = request->bindings,
                                     .speed = request->speed,
                                     .no_mouse = request->no_mouse,
                                     .ascii = request->ascii,
                                     .trace_path = request->trace_path,
                                     .pcap_path = request->pcap_path };
        return request->plain ? plain_run(&setup) : stage_run(&setup);
    }
    struct net_error error;
    struct session *session = run_options_open(&request->run, &loaded->lab, &error);
    if (!session) {
        status = run_options_complain(&error);
    } else {
        struct headless_setup setup = { .run = &request->run,
                                        .lab = loaded,
                                        .trace_path = request->trace_path,
                                        .pcap_path = request->pcap_path,
                                        .with_log = !traced_out && !captured_out };
        status = headless_run(session, &setup);
        session_close(session);
    }
    lab_unload(loaded);
    return status;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .lab = spec == &command_stage ? default_lab : NULL };
    const struct args_taker taker = { .option = take_option,
                                      .to = &request,
                                      .one = &request.lab,
                                      .too_many = N_("one lab at a time: '%s' is one too many") };
    run_options_init(&request.run);
    int status = args_read(spec, argc, argv, &taker);
    if (status != ARGS_WHOLE)
        return status;
    if (!request.lab) {
        complain(_("run needs a lab: 'tcpstep labs' lists them"));
        return STATUS_USAGE;
    }
    return run_request(&request);
}

const struct command_spec command_run = {
    .name = "run",
    .arguments = "LAB",
    .summary = N_("Runs a lab, a built-in one by its name or a file (./mine.lab), on the stage.\n"
                  "Status 1 if something the lab expects does not hold."),
    .options = options,
    .run = run,
};

const struct command_spec command_stage = {
    .name = "",
    .arguments = "[COMMAND]",
    .summary =
        N_("See TCP happen, one segment at a time: a model that follows RFC 9293 beside real\n"
           "sockets. Without a command: the stage, with the life of a connection."),
    .options = options,
    .run = run,
};
