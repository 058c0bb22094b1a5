/*
 * `tcpstep frame LAB --at N`: the stage after step N, as text.
 */
#include "ui/cmd/cmd.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/run_options.h"
#include "ui/tui/panels.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPTION_AT = RUN_OPTION_COUNT,
    OPTION_SIZE,
    OPTION_SCREEN,
    OPTION_TAB,
    OPTION_ASCII,
    SIZE_MAX_CELLS = 1000,
    BUSY_PAUSE_USEC = 2000,
    STEPS_MAX = 1000000
};

static const struct option options[] = {
    RUN_OPTIONS,
    { "at", "N", "after step N (default: the last one)" },
    { "size", "WxH", "columns and rows (default: 120x40; at least 80x24)" },
    { "screen", "NAME",
      "stage (default), states, segment, sequence, sockets, hosts, trace, lesson" },
    { "tab", "NAME", "of a narrow stage: wire, calls, variables or sockets" },
    { "ascii", NULL, "ASCII only" },
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
};

static bool take_size(struct request *request, const char *value)
{
    char width[16] = "";
    const char *x = strchr(value, 'x');
    if (!x || (size_t)(x - value) >= sizeof width) {
        complain("--size: '%s' is not WIDTHxHEIGHT, as 120x40", value);
        return false;
    }
    memcpy(width, value, (size_t)(x - value));
    return arg_number("size", width, LEAST_WIDTH, SIZE_MAX_CELLS, &request->width) &&
           arg_number("size", x + 1, LEAST_HEIGHT, SIZE_MAX_CELLS, &request->height);
}

static bool take_screen(struct request *request, const char *value)
{
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (screen_rows[i].name && strcmp(screen_rows[i].name, value) == 0) {
            request->screen = (enum stage_screen)i;
            return true;
        }
    }
    complain("--screen: there is no '%s'", value);
    return false;
}

/* The index of value in names, or -1 with a complaint. */
static int choose(const char *option, const char *value, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0)
            return i;
    }
    complain("--%s: there is no '%s'", option, value);
    return -1;
}

static bool take_option(struct request *request, size_t option, const char *value)
{
    static const char *const tabs[] = { "wire", "calls", "variables", "sockets" };
    int chosen = 0;
    if (option < RUN_OPTION_COUNT)
        return run_options_take(&request->run, option, value);
    if (option == OPTION_AT)
        return arg_number("at", value, 0, UINT32_MAX - 1, &request->at);
    if (option == OPTION_SIZE)
        return take_size(request, value);
    if (option == OPTION_SCREEN)
        return take_screen(request, value);
    if (option == OPTION_TAB) {
        chosen = choose("tab", value, tabs, TAB_COUNT);
        request->tab = chosen > 0 ? (enum stage_tab)chosen : TAB_WIRE;
    } else {
        request->ascii = true;
    }
    return chosen >= 0;
}

/* Steps up to `at`, or to the end where that is later than there is. False: that is not to be had,
 * and a complaint was printed. */
static bool step_to(struct session *session, uint64_t at)
{
    while (session_last_step(session) < at) {
        enum session_progress progress = session_step(session);
        if (progress == SESSION_OVER)
            return true;
        if (progress == SESSION_BUSY)
            clock_pause(BUSY_PAUSE_USEC);
        if (session_last_step(session) >= STEPS_MAX || session_trace(session)->full) {
            complain("stopped after %u steps: the lab has not come to its end",
                     session_last_step(session));
            return false;
        }
    }
    return true;
}

static int draw_frame(const struct request *request, struct loaded_lab *lab,
                      struct session *session)
{
    struct view *view = malloc(sizeof *view);
    struct grid grid = { .width = 0 };
    struct catalogue catalogue;
    struct history history = { .count = 0 };
    struct event_list list = { .count = 0 };
    struct picture picture = { .view = view,
                               .history = &history,
                               .list = &list,
                               .trace = session_trace(session),
                               .lab = &lab->lab,
                               .profile = session_profile(session),
                               .screen = request->screen,
                               .tab = request->tab,
                               .catalogue = &catalogue,
                               .speed = "",
                               .message = "" };
    bool good = view && catalogue_make(&catalogue) &&
                grid_make(&grid, (int)request->width, (int)request->height);
    if (good) {
        picture.last_step = session_last_step(session);
        view_make(view, session_trace(session), picture.last_step);
        history_update(&history, picture.trace);
        while (!event_list_update(&list, picture.trace, "", ""))
            continue;
        picture_choose(&picture);
        picture_prepare(&picture, &grid);
        draw_picture(&grid, &picture);
        grid_print(&grid, request->ascii, stdout);
    } else {
        complain("out of memory");
    }
    history_reset(&history);
    event_list_reset(&list);
    grid_free(&grid);
    free(view);
    return good ? STATUS_DONE : STATUS_NOT_ALLOWED;
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
            complain("--at: the lab has %u steps only", session_last_step(session));
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
    struct args args = { .spec = spec, .argc = argc, .argv = argv };
    struct request request = { .at = UINT32_MAX, .width = 120, .height = 40 };
    size_t option;
    const char *value;
    run_options_init(&request.run);
    for (enum arg_kind kind; (kind = args_next(&args, &option, &value)) != ARG_END;) {
        if (kind == ARG_HELP)
            return STATUS_DONE;
        if (kind == ARG_WRONG || (kind == ARG_OPTION && !take_option(&request, option, value)))
            return STATUS_USAGE;
        if (kind == ARG_WORD && request.lab) {
            complain("one lab at a time: '%s' is one too many", value);
            return STATUS_USAGE;
        }
        if (kind == ARG_WORD)
            request.lab = value;
    }
    if (!request.lab) {
        complain("frame needs a lab: 'tcpstep labs' lists them");
        return STATUS_USAGE;
    }
    return frame(&request);
}

const struct command_spec command_frame = {
    .name = "frame",
    .arguments = "LAB",
    .summary = "Prints the stage as text, as it stands after a step.",
    .options = options,
    .run = run,
};
