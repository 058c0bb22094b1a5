/*
 * `tcpstep serve`: a server of many clients at once.
 */
#include "ui/cmd/cmd.h"

#include "ui/complain.h"
#include "ui/program.h"
#include "ui/services.h"
#include "ui/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    OPTION_ECHO = PROGRAM_OPTION_COUNT,
    OPTION_DISCARD,
    OPTION_PRINT,
    OPTION_ONCE,
    OPTION_ROOM,
    OPTION_BIND,
    OPTION_MAX_CLIENTS,
    OPTION_FULL,
    OPTION_IDLE,
    OPTION_BACKLOG,
    OPTION_CLOSE_FIRST,
    OPTION_NO_REUSEADDR,
    OPTION_NO_ACCEPT,
    OPTION_QUIET,
    BACKLOG = 128,
    KEEP_MOST = 256 * 1024
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "echo", NULL, N_("what comes goes back (default)") },
    { "discard", NULL, N_("what comes is thrown away") },
    { "print", NULL, N_("what comes is printed") },
    { "once", NULL, N_("one message is printed, and that is all") },
    { "room", NULL, N_("what one client says, all others hear") },
    { "bind", "ADDRESS", N_("instead of loopback: this address, * for all") },
    { "max-clients", "N", N_("no more at a time; the next one is told and closed") },
    { "full", "wait|refuse", N_("the next one waits in the backlog, or is told (default)") },
    { "idle", "SECONDS", N_("close who is silent for so long") },
    { "backlog", "N", N_("of listen() (default: 128)") },
    { "close-first", NULL, N_("close first, to see TIME-WAIT on this side") },
    { "no-reuseaddr", NULL, N_("without SO_REUSEADDR, to see \"Address already in use\"") },
    { "no-accept", NULL, N_("accept nobody, to see the queues fill") },
    { "quiet", NULL, N_("print nothing of who comes and goes") },
    { NULL, NULL, NULL },
};

struct request {
    struct program_wishes wishes;
    struct server_setup setup;
    struct services services;
    const char *address, *bind;
    bool waits; /* who is one too many */
};

static bool take_number(const char *name, const char *value, uint64_t min, uint64_t max,
                        uint64_t *number)
{
    return arg_number(name, value, min, max, number);
}

static bool take_limit(struct request *request, size_t option, const char *value)
{
    uint64_t number = 0;
    if (option == OPTION_MAX_CLIENTS && take_number("max-clients", value, 1, 1000000, &number))
        request->setup.max_clients = (unsigned)number;
    if (option == OPTION_IDLE && take_number("idle", value, 1, 1000000, &number))
        request->setup.idle_msec = (uint32_t)number * 1000;
    if (option == OPTION_BACKLOG && take_number("backlog", value, 0, 65535, &number))
        request->setup.backlog = (int)number;
    else if (option == OPTION_BACKLOG)
        return false;
    return option == OPTION_BACKLOG || number > 0;
}

static bool take_full(struct request *request, const char *value)
{
    request->waits = strcmp(value, "wait") == 0;
    if (request->waits || strcmp(value, "refuse") == 0)
        return true;
    complain(_("--full: it is wait or refuse, not '%s'"), value);
    return false;
}

static bool take_option(struct request *request, size_t option, const char *value)
{
    static const struct service *const services[] = { &service_echo, &service_discard,
                                                      &service_print, &service_once,
                                                      &service_room };
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&request->wishes, option, value);
    else if (option <= OPTION_ROOM)
        request->setup.service = services[option - OPTION_ECHO];
    else if (option == OPTION_BIND)
        request->bind = value;
    else if (option == OPTION_FULL)
        return take_full(request, value);
    else if (option <= OPTION_BACKLOG)
        return take_limit(request, option, value);
    request->setup.close_first |= option == OPTION_CLOSE_FIRST;
    request->setup.no_reuseaddr |= option == OPTION_NO_REUSEADDR;
    request->setup.no_accept |= option == OPTION_NO_ACCEPT;
    request->services.quiet |= option == OPTION_QUIET;
    return true;
}

static void say_where(const struct server *server)
{
    struct endpoint at[NAMES_MAX];
    char text[ENDPOINT_TEXT_MAX];
    unsigned count = server_ends(server, at, NAMES_MAX);
    for (unsigned i = 0; i < count; i++) {
        printf(_("listening at %s\n"), endpoint_text(&at[i], text, sizeof text));
        if (!ip_is_loopback(&at[i].ip))
            complain(_("whoever reaches this machine at %s reaches this server"), text);
    }
    fflush(stdout);
}

/* The first signal closes the listeners, the second one everything. */
static void serve_until_done(struct program *program, struct server *server,
                             const struct services *services)
{
    while (!server_is_done(server) && program->asked_to_end < 2) {
        if (!program_wait(program, server_tick(server)))
            return;
        if (program->asked_to_end > 0 || services->said_once)
            server_stop(server);
    }
}

static int serve(struct request *request)
{
    struct program program;
    struct net_error error;
    int status = STATUS_NOT_ALLOWED;
    if (!program_open(&program, &request->wishes))
        return program_close(&program, status);
    request->setup.told = program.told;
    request->setup.of = &request->services;
    struct server *server = server_open(&request->setup, &program.loop, &error);
    if (server) {
        say_where(server);
        serve_until_done(&program, server, &request->services);
        server_close(server);
        status = STATUS_DONE;
    } else {
        complain("%s: %s", error.operation, strerror(error.err));
    }
    return program_close(&program, status);
}

/* Where to listen: loopback, unless told otherwise. */
static bool find_address(struct request *request)
{
    char text[320];
    const char *why, *address = request->address ? request->address : "7788";
    if (request->bind && strcmp(request->bind, "*") == 0)
        snprintf(text, sizeof text, "[::]:%s", address);
    else if (request->bind && strchr(request->bind, ':'))
        snprintf(text, sizeof text, "[%s]:%s", request->bind, address);
    else if (request->bind)
        snprintf(text, sizeof text, "%s:%s", request->bind, address);
    else
        snprintf(text, sizeof text, "%s", address);
    if (names_find(text, false, &request->setup.at, &why))
        return true;
    complain("'%s': %s", text, _(why));
    return false;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct args args = { .spec = spec, .argc = argc, .argv = argv };
    struct request request = {
        .setup = { .service = &service_echo, .backlog = BACKLOG, .keep_most = KEEP_MOST }
    };
    size_t option;
    const char *value;
    for (enum arg_kind kind; (kind = args_next(&args, &option, &value)) != ARG_END;) {
        if (kind == ARG_HELP)
            return STATUS_DONE;
        if (kind == ARG_WRONG || (kind == ARG_OPTION && !take_option(&request, option, value)))
            return STATUS_USAGE;
        if (kind == ARG_WORD && request.address) {
            complain(_("one address at a time: '%s' is one too many"), value);
            return STATUS_USAGE;
        }
        if (kind == ARG_WORD)
            request.address = value;
    }
    if (!find_address(&request))
        return STATUS_USAGE;
    request.setup.pause_readers = request.setup.service == &service_echo;
    if (!request.waits)
        request.setup.too_many = "too many clients; try again later\n";
    return serve(&request);
}

const struct command_spec command_serve = {
    .name = "serve",
    .arguments = "[PORT|HOST:PORT]",
    .summary = N_("Serves many clients at once, by TCP on loopback, port 7788 if not said. Ctrl-C\n"
                  "closes the listener, serves who is left, and ends; a second one ends at once."),
    .options = options,
    .run = run,
};
