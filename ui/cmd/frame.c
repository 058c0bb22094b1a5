/*
 * `tcpstep frame LAB --at N`: the stage after step N, as text, SVG or HTML.
 */
#include "ui/cmd/cmd.h"

#include "ui/cmd/filming.h"
#include "ui/complain.h"
#include "ui/export/html.h"
#include "ui/export/svg.h"
#include "ui/run_options.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_AT = RUN_OPTION_COUNT,
    OPTION_SIZE,
    OPTION_SCREEN,
    OPTION_TAB,
    OPTION_ASCII,
    OPTION_SVG,
    OPTION_HTML
};

enum form {
    FORM_TEXT,
    FORM_SVG,
    FORM_HTML
};

static const struct option options[] = {
    RUN_OPTIONS,
    { "at", "N", N_("after step N (default: the last one)") },
    { "size", "WxH", N_("columns and rows (default: 120x40; at least 80x24)") },
    { "screen", "NAME", SCREEN_HELP_WORDS },
    { "tab", "NAME", N_("of a narrow stage: wire, calls, variables or sockets") },
    { "ascii", NULL, N_("ASCII only") },
    { "svg", NULL, N_("as SVG instead, with its inks") },
    { "html", NULL, N_("as a page of HTML, likewise") },
    { NULL, NULL, NULL },
};

struct request {
    struct run_options run;
    const char *lab;
    uint64_t at;
    uint64_t width, height;
    enum stage_screen screen;
    enum stage_tab tab;
    bool ascii;
    enum form form;
};

/* The index of value in names, or -1 with a complaint. */
static int choose(const char *option, const char *value, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0)
            return i;
    }
    complain(_("--%s: there is no '%s'"), option, value);
    return -1;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    static const char *const tabs[] = { "wire", "calls", "variables", "sockets" };
    int chosen = 0;
    if (option < RUN_OPTION_COUNT)
        return run_options_take(&request->run, option, value);
    if (option == OPTION_AT)
        return arg_number("at", value, 0, UINT32_MAX - 1, &request->at);
    if (option == OPTION_SIZE)
        return take_size(value, &request->width, &request->height);
    if (option == OPTION_SCREEN)
        return take_screen(value, &request->screen);
    if (option == OPTION_TAB) {
        chosen = choose("tab", value, tabs, TAB_COUNT);
        request->tab = chosen > 0 ? (enum stage_tab)chosen : TAB_WIRE;
    } else if (option == OPTION_ASCII) {
        request->ascii = true;
    } else {
        request->form = option == OPTION_SVG ? FORM_SVG : FORM_HTML;
    }
    return chosen >= 0;
}

static void write_frame(const struct request *request, struct film *film, const struct grid *grid)
{
    char title[192], head[256], said[FILM_SAID_MAX];
    film_title(film, title, sizeof title);
    film_said(film, said, sizeof said);
    snprintf(head, sizeof head, _("tcpstep: %s, step %u"), title, film->view->step);
    switch (request->form) {
    case FORM_TEXT:
        grid_print(grid, false, stdout);
        break;
    case FORM_SVG:
        svg_write(grid, head, said, stdout);
        break;
    case FORM_HTML:
        html_write(grid, head, said, stdout);
        break;
    }
}

static int draw_frame(const struct request *request, const struct loaded_lab *lab,
                      const struct session *session)
{
    struct film film;
    struct film_setup setup = film_of(session, lab);
    setup.width = (int)request->width;
    setup.height = (int)request->height;
    setup.ascii = request->ascii;
    if (!film_open(&film, &setup)) {
        complain(_("out of memory"));
        return STATUS_NOT_ALLOWED;
    }
    film.picture.tab = request->tab;
    film_to(&film, setup.last_step);
    write_frame(request, &film, film_draw(&film, request->screen));
    film_close(&film);
    return fflush(stdout) == 0 ? STATUS_DONE : STATUS_NOT_ALLOWED;
}

static int frame(const struct request *request)
{
    int status;
    struct loaded_lab *lab = lab_load(request->lab, &status);
    if (!lab)
        return status;
    struct net_error error;
    struct session *session = run_options_open(&request->run, &lab->lab, &error);
    if (!session) {
        status = run_options_complain(&error);
    } else {
        if (!step_to(session, request->at)) {
            status = STATUS_NOT_ALLOWED;
        } else if (request->at != UINT32_MAX && session_last_step(session) < request->at) {
            complain(_("--at: the lab has %u steps only"), session_last_step(session));
            status = STATUS_USAGE;
        } else {
            status = draw_frame(request, lab, session);
        }
        session_close(session);
    }
    lab_unload(lab);
    return status;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .at = UINT32_MAX, .width = 120, .height = 40 };
    const struct args_taker taker = { .option = take_option,
                                      .to = &request,
                                      .one = &request.lab,
                                      .too_many = N_("one lab at a time: '%s' is one too many") };
    run_options_init(&request.run);
    int status = args_read(spec, argc, argv, &taker);
    if (status != ARGS_WHOLE)
        return status;
    if (!request.lab) {
        complain(_("frame needs a lab: 'tcpstep labs' lists them"));
        return STATUS_USAGE;
    }
    return frame(&request);
}

const struct command_spec command_frame = {
    .name = "frame",
    .arguments = "LAB",
    .summary = N_("Prints the stage as it stands after a step: as text, SVG or HTML."),
    .options = options,
    .run = run,
};
