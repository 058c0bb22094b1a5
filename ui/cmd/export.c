/*
 * `tcpstep export LAB`: a whole run as a page, as a recording of a terminal, as a ladder.
 */
#include "ui/cmd/cmd.h"

#include "ui/cmd/filming.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/export/cast.h"
#include "ui/export/ladder_svg.h"
#include "ui/export/mermaid.h"
#include "ui/export/page.h"
#include "ui/outputs.h"
#include "ui/retell.h"
#include "ui/run_options.h"
#include "ui/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    OPTION_HTML = RUN_OPTION_COUNT,
    OPTION_CAST,
    OPTION_LADDER_SVG,
    OPTION_MERMAID,
    OPTION_SIZE,
    OPTION_SCREEN,
    OPTION_FROM,
    OPTION_TO,
    OPTION_SPEED,
    OPTION_ASCII,
    SPEED_MAX = 100,
    LADDER_ARROWS_MAX = 2000
};

enum product {
    AS_HTML,
    AS_CAST,
    AS_LADDER_SVG,
    AS_MERMAID,
    PRODUCT_COUNT
};

static const struct option options[] = {
    RUN_OPTIONS,
    { "html", "FILE", N_("a page to step through in a browser; - for standard output") },
    { "cast", "FILE", N_("a recording that asciinema plays; - likewise") },
    { "ladder-svg", "FILE", N_("the segments between the hosts as SVG; - likewise") },
    { "mermaid", "FILE", N_("the same as a sequence diagram for Mermaid; - likewise") },
    { "size", "WxH", N_("columns and rows (default: 120x40; at least 80x24)") },
    { "screen", "NAME", SCREEN_HELP_WORDS },
    { "from", "N", N_("page and recording begin after step N (default: 0)") },
    { "to", "N", N_("and end after step N (default: the last one)") },
    { "speed", "N", N_("steps a second of a recording, from 1 to 100 (default: 1)") },
    { "ascii", NULL, N_("ASCII only") },
    { NULL, NULL, NULL },
};

struct request {
    struct run_options run;
    const char *lab;
    const char *paths[PRODUCT_COUNT];
    uint64_t width, height, from, to, speed;
    enum stage_screen screen;
    bool ascii;
};

static bool take_path(struct request *request, enum product product, const char *path)
{
    bool is_stdout = strcmp(path, "-") == 0;
    for (unsigned i = 0; i < PRODUCT_COUNT && is_stdout; i++) {
        if (i != product && request->paths[i] && strcmp(request->paths[i], "-") == 0) {
            complain(_("one thing at a time on standard output: there are two of '-'"));
            return false;
        }
    }
    request->paths[product] = path;
    return true;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    if (option < RUN_OPTION_COUNT)
        return run_options_take(&request->run, option, value);
    if (option <= OPTION_MERMAID)
        return take_path(request, (enum product)(option - OPTION_HTML), value);
    if (option == OPTION_SIZE)
        return take_size(value, &request->width, &request->height);
    if (option == OPTION_SCREEN)
        return take_screen(value, &request->screen);
    if (option == OPTION_FROM)
        return arg_number("from", value, 0, UINT32_MAX - 1, &request->from);
    if (option == OPTION_TO)
        return arg_number("to", value, 0, UINT32_MAX - 1, &request->to);
    if (option == OPTION_SPEED)
        return arg_number("speed", value, 1, SPEED_MAX, &request->speed);
    request->ascii = true;
    return true;
}

/* ---- writing */

static bool write_page(const struct request *request, struct film *film, FILE *to)
{
    uint64_t end = request->to;
    if (end - request->from > PAGE_STEPS_MAX) {
        end = request->from + PAGE_STEPS_MAX;
        complain(_("the page ends after step %" PRIu64
                   ": it takes %d steps; --from and --to choose "
                   "others"),
                 end, PAGE_STEPS_MAX);
    }
    return page_write(film, (uint32_t)request->from, (uint32_t)end, request->screen, to);
}

static bool write_ladder(const struct request *request, struct film *film, bool mermaid, FILE *to)
{
    char title[192], names[2][64];
    const struct lab *lab = film->of.lab;
    struct arrows arrows;
    struct arrows_about about = { .title = film_title(film, title, sizeof title) };
    for (unsigned i = 0; i < 2; i++)
        about.hosts[i] = retell_octets(lab->host_names[i].octets, lab->host_names[i].len, names[i],
                                       sizeof names[i]);
    if (!arrows_make(&arrows, film->of.trace, (uint32_t)request->to,
                     mermaid ? MERMAID_ARROWS_MAX : LADDER_ARROWS_MAX))
        return false;
    bool good =
        mermaid ? mermaid_write(&arrows, &about, to) : ladder_svg_write(&arrows, &about, to);
    arrows_free(&arrows);
    return good;
}

static bool write_product(const struct request *request, struct film *film, enum product product,
                          FILE *to)
{
    switch (product) {
    case AS_HTML:
        return write_page(request, film, to);
    case AS_CAST:
        return cast_write(film, (uint32_t)request->from, (uint32_t)request->to, request->screen,
                          1000 / (uint32_t)request->speed, to);
    case AS_LADDER_SVG:
    case AS_MERMAID:
        return write_ladder(request, film, product == AS_MERMAID, to);
    case PRODUCT_COUNT:
        break;
    }
    return false;
}

static bool write_file(const struct request *request, struct film *film, enum product product)
{
    const char *path = request->paths[product];
    FILE *to = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    errno = to ? 0 : errno;
    bool good = to && write_product(request, film, product, to);
    if (to)
        good = (to == stdout ? fflush(to) : fclose(to)) == 0 && good;
    if (!good)
        complain("%s: %s", path, errno ? strerror(errno) : _("out of memory"));
    return good;
}

static int write_all(const struct request *request, struct film *film)
{
    bool good = true;
    for (unsigned i = 0; i < PRODUCT_COUNT && good; i++) {
        if (request->paths[i])
            good = write_file(request, film, (enum product)i);
    }
    return good ? STATUS_DONE : STATUS_NOT_ALLOWED;
}

/* ---- the run */

/* The steps asked for, of those there are. */
static bool limit(struct request *request, uint32_t last)
{
    if (request->to == UINT32_MAX)
        request->to = last;
    if (request->from <= request->to && request->to <= last)
        return true;
    complain(_("--from and --to: the lab has %u steps only, and they go forwards"), last);
    return false;
}

static int export_session(struct request *request, const struct loaded_lab *lab,
                          struct session *session)
{
    struct film film;
    if (!step_to(session, request->to))
        return STATUS_NOT_ALLOWED;
    if (!limit(request, session_last_step(session)))
        return STATUS_USAGE;
    struct film_setup setup = film_of(session, lab);
    setup.width = (int)request->width;
    setup.height = (int)request->height;
    setup.ascii = request->ascii;
    if (!film_open(&film, &setup)) {
        complain(_("out of memory"));
        return STATUS_NOT_ALLOWED;
    }
    int status = write_all(request, &film);
    film_close(&film);
    return status;
}

static int export_lab(struct request *request)
{
    int status;
    struct net_error error;
    struct loaded_lab *lab = lab_load(request->lab, &status);
    if (!lab)
        return status;
    struct session *session = run_options_open(&request->run, &lab->lab, &error);
    if (session) {
        status = export_session(request, lab, session);
        session_close(session);
    } else {
        status = run_options_complain(&error);
    }
    lab_unload(lab);
    return status;
}

static bool is_asked_for_something(const struct request *request)
{
    for (unsigned i = 0; i < PRODUCT_COUNT; i++) {
        if (request->paths[i])
            return true;
    }
    return false;
}

static bool goes_to_different_files(const struct request *request)
{
    struct output outputs[PRODUCT_COUNT];
    for (unsigned i = 0; i < PRODUCT_COUNT; i++)
        outputs[i] = (struct output){ options[OPTION_HTML + i].name, request->paths[i] };
    return outputs_differ(outputs, PRODUCT_COUNT);
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .to = UINT32_MAX, .width = 120, .height = 40, .speed = 1 };
    const struct args_taker taker = { .option = take_option,
                                      .to = &request,
                                      .one = &request.lab,
                                      .too_many = N_("one lab at a time: '%s' is one too many") };
    run_options_init(&request.run);
    int status = args_read(spec, argc, argv, &taker);
    if (status != ARGS_WHOLE)
        return status;
    if (!request.lab || !is_asked_for_something(&request)) {
        complain(_("export needs a lab and what to make of it, as in: tcpstep export life --html "
                   "life.html"));
        return STATUS_USAGE;
    }
    return goes_to_different_files(&request) ? export_lab(&request) : STATUS_USAGE;
}

const struct command_spec command_export = {
    .name = "export",
    .arguments = "LAB",
    .summary =
        N_("Writes a whole run: a page that can be stepped through, a recording of a terminal, "
           "a\nladder of its segments."),
    .options = options,
    .run = run,
};
