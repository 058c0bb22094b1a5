/*
 * `tcpstep diagram [LAB --at N]`: the state diagram, with the hosts and the way of a run on it.
 */
#include "ui/cmd/cmd.h"

#include "ui/cmd/filming.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/export/diagram.h"
#include "ui/retell.h"
#include "ui/run_options.h"
#include "ui/text.h"
#include "ui/tui/panel_diagram.h"

#include <stdlib.h>

enum {
    OPTION_AT = RUN_OPTION_COUNT,
    OPTION_TEXT,
    OPTION_ASCII,
    OPTION_SVG,
    OPTION_DOT
};

static const struct option options[] = {
    RUN_OPTIONS,
    { "at", "N", N_("after step N of the lab (default: the last one)") },
    { "text", NULL, N_("as text (the default)") },
    { "ascii", NULL, N_("as text, ASCII only") },
    { "svg", NULL, N_("as SVG") },
    { "dot", NULL, N_("as DOT, for graphviz") },
    { NULL, NULL, NULL },
};

struct request {
    struct run_options run;
    const char *lab;
    uint64_t at;
    bool at_said;
    size_t form; /* OPTION_TEXT to OPTION_DOT */
};

static bool print_text(const struct view *view, const char *title, bool ascii)
{
    struct diagram_marks marks = { .boxes = { { .been = false } } };
    struct grid grid = { .width = 0 };
    if (!grid_make(&grid, layout_wide.width + 1, layout_wide.height + 2))
        return false;
    if (view)
        diagram_mark(&marks, view);
    grid_put(&grid, 0, 0, grid.width, INK_TITLE, title);
    draw_diagram(&grid, 0, 2, &layout_wide, &marks, NO_ARROW);
    grid_print(&grid, ascii, stdout);
    grid_free(&grid);
    return true;
}

static int print(const struct request *request, const struct view *view, const char *title)
{
    bool good = true;
    if (request->form == OPTION_SVG)
        diagram_svg(view, title, stdout);
    else if (request->form == OPTION_DOT)
        diagram_dot(view, title, stdout);
    else
        good = print_text(view, title, request->form == OPTION_ASCII);
    if (!good)
        complain(_("out of memory"));
    return good ? STATUS_DONE : STATUS_NOT_ALLOWED;
}

static int print_session(const struct request *request, const struct lab *lab,
                         struct session *session)
{
    char name[192], title[256];
    if (!step_to(session, request->at))
        return STATUS_NOT_ALLOWED;
    uint32_t last = session_last_step(session);
    if (request->at_said && last < request->at) {
        complain(_("--at: the lab has %u steps only"), last);
        return STATUS_USAGE;
    }
    struct view *view = malloc(sizeof *view);
    if (!view) {
        complain(_("out of memory"));
        return STATUS_NOT_ALLOWED;
    }
    view_make(view, session_trace(session), last);
    retell_octets(lab->title.octets, lab->title.len, name, sizeof name);
    snprintf(title, sizeof title, _("%s: step %u"), name, last);
    int status = print(request, view, title);
    free(view);
    return status;
}

static int print_lab(const struct request *request)
{
    int status;
    struct net_error error;
    struct loaded_lab *lab = lab_load(request->lab, &status);
    if (!lab)
        return status;
    struct session *session = run_options_open(&request->run, &lab->lab, &error);
    if (session) {
        status = print_session(request, &lab->lab, session);
        session_close(session);
    } else {
        status = run_options_complain(&error);
    }
    lab_unload(lab);
    return status;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    if (option < RUN_OPTION_COUNT)
        return run_options_take(&request->run, option, value);
    if (option == OPTION_AT) {
        request->at_said = true;
        return arg_number("at", value, 0, UINT32_MAX - 1, &request->at);
    }
    request->form = option;
    return true;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .at = UINT32_MAX, .form = OPTION_TEXT };
    const struct args_taker taker = { .option = take_option,
                                      .to = &request,
                                      .one = &request.lab,
                                      .too_many = N_("one lab at a time: '%s' is one too many") };
    run_options_init(&request.run);
    int status = args_read(spec, argc, argv, &taker);
    if (status != ARGS_WHOLE)
        return status;
    if (request.form == OPTION_ASCII)
        text_for_ascii();
    if (request.lab)
        return print_lab(&request);
    if (request.at_said) {
        complain(_("--at needs a lab: 'tcpstep labs' lists them"));
        return STATUS_USAGE;
    }
    return print(&request, NULL, _("TCP connection state diagram: RFC 9293, Figure 5"));
}

const struct command_spec command_diagram = {
    .name = "diagram",
    .arguments = "[LAB]",
    .summary =
        N_("Prints the state diagram of RFC 9293, Figure 5; with a lab, where its hosts are\n"
           "after a step and which way they came."),
    .options = options,
    .run = run,
};
