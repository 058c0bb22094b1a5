/*
 * `tcpstep send`: one file, to who waits for it or to whoever comes for it.
 */
#include "ui/cmd/cmd.h"

#include "net/files.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/program.h"
#include "ui/services.h"
#include "ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_LISTEN = PROGRAM_OPTION_COUNT,
    OPTION_RAW,
    OPTION_HTTP,
    OPTION_KEEP,
    OPTION_QUIET,
    BACKLOG = 16,
    IDLE_MSEC = 60000
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "listen", "PORT", N_("wait for who comes for it, instead of connecting") },
    { "raw", NULL, N_("its octets at once, and the end: without HTTP") },
    { "http", NULL, N_("by HTTP only, also to who says nothing") },
    { "keep", NULL, N_("go on when it was sent whole once") },
    { "quiet", NULL, N_("print nothing of what is sent") },
    { NULL, NULL, NULL },
};

struct request {
    struct program_wishes wishes;
    struct server_setup setup;
    struct files files;
    struct services services; /* where its lines go */
    const char *file, *to, *listen;
    bool http, keep, quiet;
    bool sent, failed; /* whole, or not, as of the last one */
};

static void on_answer(void *to, const struct files_told *told)
{
    struct request *request = to;
    if (!request->quiet)
        service_files_tell(&request->services, told);
    request->failed = told->why != NULL;
    request->sent |= told->whole && !told->why;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool open_file(struct request *request)
{
    struct files *files = &request->files;
    char shown[1024];
    struct stat seen;
    files->root = open(request->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    files->name = name_of(request->file);
    files->tell = on_answer;
    files->to = request;
    escape_text((const uint8_t *)request->file, strlen(request->file), shown, sizeof shown);
    if (files->root < 0 || fstat(files->root, &seen) < 0) {
        complain("%s: %s", shown, strerror(errno));
        return false;
    }
    if (!S_ISREG(seen.st_mode)) {
        complain(_("%s: it is no plain file"), shown);
        return false;
    }
    return true;
}

/* A connection that is being made. */
struct caller {
    struct source source;
    bool ready;
};

static void on_connected(struct source *source, uint32_t events)
{
    (void)events;
    ((struct caller *)source)->ready = true;
}

/* To one address. A descriptor, or -errno. */
static int connect_to(struct program *program, const struct endpoint *at)
{
    struct call_result made = told_socket(program->told, at->ip.family, TYPE_STREAM, false);
    struct call connect = { .op = CALL_CONNECT, .fd = made.ret, .addr = *at };
    struct call failed = { .op = CALL_GETSOCKOPT, .fd = made.ret, .option = OPTION_ERROR };
    struct caller caller = { .source = { .fd = made.ret, .ready = on_connected } };
    if (made.ret < 0)
        return -made.err;
    struct call_result result = told_call(program->told, &connect, NULL);
    if (result.ret < 0 && result.err == EINPROGRESS) {
        result.err = loop_add(&program->loop, &caller.source, LOOP_WRITE) ? 0 : errno;
        while (result.err == 0 && !caller.ready && program->asked_to_end == 0)
            program_wait(program, -1);
        loop_remove(&program->loop, &caller.source);
        if (result.err == 0)
            result.err = caller.ready ? told_call(program->told, &failed, NULL).ret : EINTR;
        result.ret = result.err ? -1 : 0;
    }
    if (result.ret == 0)
        return made.ret;
    told_end(program->told, made.ret);
    return -result.err;
}

static bool call_peer(struct program *program, struct request *request, struct server *server,
                      const struct names *names)
{
    int fd = -EINVAL;
    for (unsigned i = 0; i < names->count && fd < 0 && program->asked_to_end == 0; i++)
        fd = connect_to(program, &names->at[i]);
    if (fd < 0) {
        complain("%s: connect: %s", request->to, strerror(-fd));
        return false;
    }
    return server_adopt(server, fd);
}

static bool is_over(const struct request *request, const struct server *server)
{
    bool nobody = !server_next(server, NULL);
    return nobody && (request->to || (request->sent && !request->keep));
}

static int serve(struct program *program, struct request *request, struct server *server)
{
    while (program->asked_to_end < 2 && !is_over(request, server) && !server_is_done(server)) {
        int wait = server_tick(server);
        services_tick(&request->services);
        int look = request->files.raw_if_quiet ? files_tick(&request->files, server) : -1;
        if (look >= 0 && (wait < 0 || look < wait))
            wait = look;
        if (!program_wait(program, wait))
            break;
        if (program->asked_to_end > 0) {
            server_stop(server);
            files_stop(&request->files, server);
        }
    }
    if (!request->sent || request->failed)
        complain(_("it was not sent whole"));
    return request->sent && !request->failed ? STATUS_DONE : STATUS_DOES_NOT_HOLD;
}

static void say_where(struct services *services, const struct server *server)
{
    struct endpoint at[NAMES_MAX];
    char text[ENDPOINT_TEXT_MAX], line[128];
    unsigned count = server_ends(server, at, NAMES_MAX);
    for (unsigned i = 0; i < count; i++) {
        snprintf(line, sizeof line, _("listening at %s\n"),
                 endpoint_text(&at[i], text, sizeof text));
        services_say(services, line);
        if (!ip_is_loopback(&at[i].ip))
            complain(_("whoever reaches this machine at %s reaches this server"), text);
    }
}

static int send_file(struct request *request, const struct names *names)
{
    struct program program;
    struct outlet outlet;
    struct net_error error;
    int status = STATUS_NOT_ALLOWED;
    if (!program_open(&program, &request->wishes) || !open_file(request))
        return program_close(&program, status);
    outlet_open(&outlet, &program.loop, STDOUT_FILENO);
    request->services.outlet = &outlet;
    request->setup.told = program.told;
    request->setup.service = &service_files;
    request->setup.of = &request->files;
    struct server *server = server_open(&request->setup, &program.loop, &error);
    if (!server)
        complain("%s: %s", error.operation, strerror(error.err));
    if (server && request->listen)
        say_where(&request->services, server);
    if (server)
        status = STATUS_DOES_NOT_HOLD;
    if (server && (request->listen || call_peer(&program, request, server, names)))
        status = serve(&program, request, server);
    if (server)
        server_close(server);
    close(request->files.root);
    outlet_close(&outlet, program.asked_to_end < 2);
    return program_close(&program, status);
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&request->wishes, option, value);
    if (option == OPTION_LISTEN)
        request->listen = value;
    request->files.raw |= option == OPTION_RAW;
    request->http |= option == OPTION_HTTP;
    request->keep |= option == OPTION_KEEP;
    request->quiet |= option == OPTION_QUIET;
    return true;
}

static int prepare(struct request *request)
{
    struct names names = { .count = 0 };
    const char *why, *address = request->listen ? request->listen : request->to;
    if (!request->file || !request->listen == !request->to) {
        complain(_("say what to send, and where: FILE HOST:PORT, or --listen PORT FILE"));
        return STATUS_USAGE;
    }
    if (!program_spares(&request->wishes, request->file))
        return STATUS_USAGE;
    if (!names_find(address, false, &names, &why)) {
        complain("'%s': %s", address, _(why));
        return STATUS_USAGE;
    }
    if (request->listen)
        request->setup.at = names;
    request->files.raw_if_quiet = request->listen && !request->files.raw && !request->http;
    return send_file(request, &names);
}

static bool take_word(void *to, const char *value)
{
    struct request *request = to;
    if (!request->file) {
        request->file = value;
        return true;
    }
    return args_one_word(&request->to, value, _("one file to one peer: '%s' is one too many"));
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .wishes.name = "send",
                               .setup = { .backlog = BACKLOG, .idle_msec = IDLE_MSEC } };
    struct args_taker taker = { .option = take_option, .word = take_word, .to = &request };
    int status = args_read(spec, argc, argv, &taker);
    return status == ARGS_WHOLE ? prepare(&request) : status;
}

const struct command_spec command_send = {
    .name = "send",
    .arguments = "FILE [HOST:PORT]",
    .summary =
        N_("Sends a file to a waiting `tcpstep get --listen PORT -o FILE`, or with --listen\n"
           "to whoever comes for it: by HTTP to who asks by HTTP, as it is to who says\n"
           "nothing. What was broken off is gone on with when both are started again."),
    .options = options,
    .run = run,
};
