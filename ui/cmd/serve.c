/*
 * `tcpstep serve`: a server of many clients at once.
 */
#include "ui/cmd/cmd.h"

#include "net/files.h"
#include "ui/charset.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/program.h"
#include "ui/services.h"
#include "ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    OPTION_ECHO = PROGRAM_OPTION_COUNT,
    OPTION_DISCARD,
    OPTION_PRINT,
    OPTION_ONCE,
    OPTION_ROOM,
    OPTION_FILES,
    OPTION_BIND,
    OPTION_MAX_CLIENTS,
    OPTION_FULL,
    OPTION_IDLE,
    OPTION_STALL,
    OPTION_BACKLOG,
    OPTION_CLOSE_FIRST,
    OPTION_NO_REUSEADDR,
    OPTION_NO_ACCEPT,
    OPTION_QUIET,
    OPTION_ENCODING,
    BACKLOG = 128,
    KEEP_MOST = 256 * 1024,
    KEEP_MOST_OF_ROOM = 512 * 1024, /* what all others say */
    READ_MOST_OF_ROOM = 4096,       /* it grows by their names */
    STALL_SECONDS = 60,
    FILES_IDLE_MSEC = 60000 /* where no other is said */
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "echo", NULL, N_("what comes goes back (default)") },
    { "discard", NULL, N_("what comes is thrown away") },
    { "print", NULL, N_("what comes is printed") },
    { "once", NULL, N_("one message is printed, and that is all") },
    { "room", NULL, N_("what one client says, all others hear") },
    { "files", "DIR",
      N_("the files below a directory, read only, by HTTP/1.1 (docs/protocol.md)") },
    { "bind", "ADDRESS", N_("instead of loopback: this address, * for all") },
    { "max-clients", "N", N_("no more at a time; the next one is told and closed") },
    { "full", "wait|refuse", N_("the next one waits in the backlog, or is told (default)") },
    { "idle", "SECONDS", N_("close who is silent for so long") },
    { "stall", "SECONDS", N_("close who reads nothing for so long (default: 60)") },
    { "backlog", "N", N_("of listen() (default: 128)") },
    { "close-first", NULL, N_("close first, to see TIME-WAIT on this side") },
    { "no-reuseaddr", NULL, N_("without SO_REUSEADDR, to see \"Address already in use\"") },
    { "no-accept", NULL, N_("accept nobody, to see the queues fill") },
    { "quiet", NULL, N_("print nothing of who comes and goes") },
    { "encoding", "NAME", N_("the characters of what is printed, as iconv -l lists them (UTF-8)") },
    { NULL, NULL, NULL },
};

struct request {
    struct program_wishes wishes;
    struct server_setup setup;
    struct services services;
    struct files files;
    const char *folder; /* of files; NULL: none */
    const char *address, *bind;
    bool waits; /* who is one too many */
};

static bool take_limit(struct request *request, size_t option, const char *value)
{
    static const struct {
        const char *name;
        uint64_t min, max;
    } limits[] = {
        [OPTION_MAX_CLIENTS] = { "max-clients", 1, 1000000 },
        [OPTION_IDLE] = { "idle", 1, 1000000 },
        [OPTION_STALL] = { "stall", 1, 1000000 },
        [OPTION_BACKLOG] = { "backlog", 0, 65535 },
    };
    uint64_t number;
    if (!arg_number(limits[option].name, value, limits[option].min, limits[option].max, &number))
        return false;
    if (option == OPTION_MAX_CLIENTS)
        request->setup.max_clients = (unsigned)number;
    if (option == OPTION_IDLE)
        request->setup.idle_msec = (uint32_t)number * 1000;
    if (option == OPTION_STALL)
        request->setup.stall_msec = (uint32_t)number * 1000;
    if (option == OPTION_BACKLOG)
        request->setup.backlog = (int)number;
    return true;
}

static bool take_full(struct request *request, const char *value)
{
    request->waits = strcmp(value, "wait") == 0;
    if (request->waits || strcmp(value, "refuse") == 0)
        return true;
    complain(_("--full: it is wait or refuse, not '%s'"), value);
    return false;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    static const struct service *const services[] = { &service_echo, &service_discard,
                                                      &service_print, &service_once,
                                                      &service_room };
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&request->wishes, option, value);
    else if (option <= OPTION_ROOM)
        request->setup.service = services[option - OPTION_ECHO];
    else if (option == OPTION_FILES)
        request->folder = value;
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
    if (option == OPTION_ENCODING)
        request->services.encoding = value;
    return true;
}

static void say_where(struct services *services, const struct server *server)
{
    struct endpoint at[2 * NAMES_MAX];
    char text[ENDPOINT_TEXT_MAX], line[128];
    unsigned count = server_ends(server, at, 2 * NAMES_MAX);
    for (unsigned i = 0; i < count; i++) {
        snprintf(line, sizeof line, _("listening at %s\n"),
                 endpoint_text(&at[i], text, sizeof text));
        services_say(services, line);
        if (!ip_is_loopback(&at[i].ip))
            complain(_("whoever reaches this machine at %s reaches this server"), text);
    }
}

/* The first signal closes the listeners, the second one everything. */
static bool serve_until_done(struct program *program, struct server *server,
                             struct request *request)
{
    struct services *services = &request->services;
    while (!server_is_done(server) && program->asked_to_end < 2) {
        int wait = server_tick(server);
        services_tick(services);
        if (server_is_done(server))
            break;
        if (!program_wait(program, wait)) {
            complain("epoll_wait: %s", strerror(errno));
            return false;
        }
        if (program->asked_to_end > 0 || services->said_once)
            server_stop(server);
        if (program->asked_to_end > 0 && request->folder)
            files_stop(&request->files, server);
        if (services->outlet->err) {
            complain(_("standard output: %s"), strerror(services->outlet->err));
            return false;
        }
    }
    return true;
}

/* The directory that is served. false: a complaint was printed. */
static bool open_folder(struct request *request)
{
    struct files *files = &request->files;
    char shown[512];
    if (!request->folder)
        return true;
    files->root = open(request->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    files->tell = request->services.quiet ? NULL : service_files_tell;
    files->to = &request->services;
    request->setup.service = &service_files;
    request->setup.of = files;
    if (request->setup.idle_msec == 0)
        request->setup.idle_msec = FILES_IDLE_MSEC;
    if (files->root < 0)
        complain("%s: %s",
                 escape_text((const uint8_t *)request->folder, strlen(request->folder), shown,
                             sizeof shown),
                 strerror(errno));
    return files->root >= 0;
}

static int serve(struct request *request)
{
    struct program program;
    struct net_error error;
    struct outlet outlet;
    int status = STATUS_NOT_ALLOWED;
    request->setup.of = &request->services;
    if (!program_open(&program, &request->wishes) || !open_folder(request))
        return program_close(&program, status);
    outlet_open(&outlet, &program.loop, STDOUT_FILENO);
    request->services.outlet = &outlet;
    request->setup.told = program.told;
    struct server *server = server_open(&request->setup, &program.loop, &error);
    if (server) {
        say_where(&request->services, server);
        if (serve_until_done(&program, server, request))
            status = STATUS_DONE;
        server_close(server);
    } else {
        complain("%s: %s", error.operation, strerror(error.err));
    }
    services_tick(&request->services);
    outlet_close(&outlet, program.asked_to_end < 2);
    return program_close(&program, status);
}

/* A client takes a descriptor. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); /* where it is refused, there is less room, and EMFILE */
}

static bool add_names(const char *host, const char *port, struct names *names)
{
    char text[320];
    const char *why;
    struct names found;
    snprintf(text, sizeof text, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    if (!names_find(text, false, &found, &why)) {
        complain("'%s': %s", text, _(why));
        return false;
    }
    for (unsigned i = 0; i < found.count && names->count < NAMES_MAX; i++)
        names->at[names->count++] = found.at[i];
    return true;
}

/* Where to listen: loopback, unless told otherwise. */
static bool find_address(struct request *request)
{
    const char *why, *address = request->address ? request->address : "7788";
    struct names *at = &request->setup.at;
    if (request->bind && strcmp(request->bind, "*") == 0)
        return add_names("0.0.0.0", address, at) && add_names("::", address, at);
    if (request->bind)
        return add_names(request->bind, address, at);
    if (names_find(address, false, at, &why))
        return true;
    complain("'%s': %s", address, _(why));
    return false;
}

static bool knows_encoding(const char *name)
{
    struct charset charset;
    if (charset_open(&charset, name)) {
        charset_close(&charset);
        return true;
    }
    complain(_("--encoding: there is no '%s' here; iconv -l lists them"), name);
    return false;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .wishes.name = "serve",
                               .setup = { .service = &service_echo,
                                          .backlog = BACKLOG,
                                          .keep_most = KEEP_MOST,
                                          .stall_msec = STALL_SECONDS * 1000 } };
    const struct args_taker taker = { .option = take_option,
                                      .to = &request,
                                      .one = &request.address,
                                      .too_many =
                                          N_("one address at a time: '%s' is one too many") };
    int read = args_read(spec, argc, argv, &taker);
    if (read != ARGS_WHOLE)
        return read;
    if (!find_address(&request) || !knows_encoding(request.services.encoding))
        return STATUS_USAGE;
    raise_descriptors();
    request.setup.pause_readers = request.setup.service == &service_echo;
    if (request.setup.service == &service_room) {
        request.setup.keep_most = KEEP_MOST_OF_ROOM;
        request.setup.read_most = READ_MOST_OF_ROOM;
    }
    if (!request.waits && request.folder)
        request.setup.too_many = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                                 "Content-Length: 0\r\n\r\n";
    else if (!request.waits)
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
