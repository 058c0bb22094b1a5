/*
 * `tcpstep get`: a file, whole, or a listing.
 */
#include "ui/cmd/cmd.h"

#include "net/clock.h"
#include "net/fetch.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/program.h"
#include "ui/progress.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_OUTPUT = PROGRAM_OPTION_COUNT,
    OPTION_RAW,
    OPTION_LISTEN,
    OPTION_RESUME,
    OPTION_FRESH,
    OPTION_NO_DIGEST,
    OPTION_TIMEOUT,
    SILENT_MSEC = 30000,
    ENCODED_MAX = 3 * HTTP_PATH_MAX,
    PROGRESS_MS = 200
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "output", "FILE", N_("-o FILE: write it there (default: the last name of the path)") },
    { "raw", NULL, N_("all that comes until the end, without HTTP") },
    { "listen", "PORT", N_("wait for `tcpstep send FILE HOST:PORT` instead of connecting") },
    { "resume", NULL, N_("go on with FILE.part where it is of the same file (default)") },
    { "fresh", NULL, N_("begin anew, whatever is there") },
    { "no-digest", NULL, N_("don't ask for the digest: that the length is right is enough") },
    { "timeout", "SECONDS", N_("give up a peer that is silent for so long (default: 30)") },
    { NULL, NULL, NULL },
};

struct request {
    struct program_wishes wishes;
    struct fetch_setup setup;
    const char *source, *output, *listen;
    struct names names;
    char host[320], path[ENCODED_MAX];
    char file[PART_PATH_MAX];
};

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    uint64_t seconds = 0;
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&request->wishes, option, value);
    else if (option == OPTION_OUTPUT)
        request->output = value;
    else if (option == OPTION_LISTEN)
        request->listen = value;
    else if (option == OPTION_TIMEOUT) {
        if (!arg_number("timeout", value, 1, 1000000, &seconds))
            return false;
        request->setup.silent_msec = (uint32_t)seconds * 1000;
    }
    request->setup.raw |= option == OPTION_RAW;
    request->setup.no_digest |= option == OPTION_NO_DIGEST;
    if (option == OPTION_FRESH || option == OPTION_RESUME)
        request->setup.fresh = option == OPTION_FRESH;
    return true;
}

/* The same in a URL as it is written already: '%' stays. */
static bool encode_path(const char *path, char *text, size_t len)
{
    size_t used = 0;
    char one[2] = "", encoded[8];
    for (; *path; path++) {
        one[0] = *path;
        if (*path == '%')
            snprintf(encoded, sizeof encoded, "%%");
        else if (!http_encode(one, encoded, sizeof encoded))
            return false;
        size_t part = strlen(encoded);
        if (used + part >= len)
            return false;
        memcpy(text + used, encoded, part);
        used += part;
    }
    text[used] = '\0';
    return true;
}

/* Cuts "http://HOST:PORT/PATH" into what is connected to and what is asked for. */
static bool take_source(struct request *request)
{
    const char *source = request->source;
    if (strncmp(source, "http://", 7) == 0)
        source += 7;
    const char *slash = strchr(source, '/');
    size_t len = slash ? (size_t)(slash - source) : strlen(source);
    if (len == 0 || len >= sizeof request->host)
        return false;
    memcpy(request->host, source, len);
    request->host[len] = '\0';
    return encode_path(slash ? slash : "/", request->path, sizeof request->path);
}

/* The last name of the path, where none was said. "": it has none, and a listing is wanted. */
static bool take_file(struct request *request)
{
    const char *last = strrchr(request->path, '/') + 1;
    bool listing = last[0] == '\0' && !request->setup.raw && !request->listen;
    if (request->output) {
        request->setup.to = request->output;
        return true;
    }
    if (listing)
        return true;
    request->setup.to = request->file;
    return http_decode(last, strlen(last), request->file, sizeof request->file) &&
           request->file[0] && !strchr(request->file, '/') && strcmp(request->file, ".") != 0 &&
           strcmp(request->file, "..") != 0;
}

static void print_listing(void *nobody, const uint8_t *octets, size_t len)
{
    char shown[HTTP_HEAD_MAX * 4 + 8];
    (void)nobody;
    while (len > 0) {
        const uint8_t *end = memchr(octets, '\n', len);
        size_t line = end ? (size_t)(end - octets) : len;
        fputs(escape_text(octets, line, shown, sizeof shown), stdout);
        if (end)
            putchar('\n');
        octets += line + (end != NULL);
        len -= line + (end != NULL);
    }
}

static void complain_status(const struct fetch *fetch)
{
    unsigned status = fetch->answer.status;
    if (status == 404)
        complain(_("there is no such file (404)"));
    else if (status == 403)
        complain(_("the server does not allow it (403)"));
    else
        complain(_("the server says: %u %s"), status, http_reason(status));
}

static void complain_error(const char *what, const struct net_error *error)
{
    char shown[PART_PATH_MAX];
    escape_text((const uint8_t *)what, strlen(what), shown, sizeof shown);
    if (error->err == EEXIST)
        complain(_("%s.part is there, and none of ours: remove it, or say another -o"), shown);
    else if (error->err == EBUSY)
        complain(_("%s: another get writes it at this moment"), shown);
    else if (error->err == ESTALE)
        complain(_("somebody has changed %s.part meanwhile: get it again"), shown);
    else
        complain("%s: %s: %s", shown, error->operation, strerror(error->err));
}

static void complain_encoding(const char *encoding)
{
    char shown[HTTP_WORD_MAX * 4];
    complain(_("the answer has the Content-Encoding %s, and none was asked for"),
             escape_text((const uint8_t *)encoding, strlen(encoding), shown, sizeof shown));
}

static void complain_fault(const struct fetch *fetch, const char *host)
{
    switch (fetch->fault) {
    case FETCH_GOOD:
        return;
    case FETCH_SOCKET:
        complain_error(host, &fetch->error);
        return;
    case FETCH_FILE:
        complain_error(fetch->setup->to ? fetch->setup->to : "", &fetch->error);
        return;
    case FETCH_STATUS:
        complain_status(fetch);
        return;
    case FETCH_PEER_GONE:
        complain(_("the peer went before all had come"));
        return;
    case FETCH_SILENT:
        complain(_("the peer has been silent for too long"));
        return;
    case FETCH_NO_HTTP:
        complain(_("what came is no answer by HTTP, or contradicts itself (see --raw)"));
        return;
    case FETCH_PIECES:
        complain(_("the answer is encoded (Transfer-Encoding), and that is not understood"));
        return;
    case FETCH_ENCODED:
        complain_encoding(fetch->answer.encoding);
        return;
    case FETCH_CHANGED:
        complain(_("the file has changed while it was sent: get it again"));
        return;
    case FETCH_DIFFERS:
        complain(_("the digest differs: what came is not what was sent; get it again"));
        return;
    case FETCH_DIRECTORY:
        complain(_("it is a directory; with a / behind it, it is listed"));
        return;
    case FETCH_IS_FILE:
        complain(_("it is a file: say where to write it, -o FILE"));
        return;
    }
}

static bool part_stays(const struct fetch *fetch)
{
    return (fetch->fault != FETCH_GOOD || fetch->state != FETCH_OVER) && fetch->has_part &&
           !fetch->setup->raw && fetch->part.len > 0 && fetch->error.err != ESTALE &&
           access(fetch->part.path, F_OK) == 0;
}

/* What a person is told at the end. */
static int report(const struct fetch *fetch, const struct request *request,
                  const struct progress *progress)
{
    char have[32], took[32];
    uint64_t usec = clock_usec() - progress->began_usec;
    complain_fault(fetch, request->host);
    if (fetch->state != FETCH_OVER)
        complain(_("broken off"));
    if (part_stays(fetch))
        complain(_("what has come is kept: the same command goes on with it"));
    if (fetch->fault != FETCH_GOOD || fetch->state != FETCH_OVER)
        return STATUS_DOES_NOT_HOLD;
    if (!fetch->has_part || !progress->to)
        return STATUS_DONE;
    octets_text(fetch->part.len, have, sizeof have);
    snprintf(took, sizeof took, "%.2f", (double)usec / 1e6);
    fprintf(progress->to, "%s  %s s  %s\n", have, took,
            fetch->checked ? _("the digest agrees") : _("not checked by a digest"));
    return STATUS_DONE;
}

static int fetch_all(struct program *program, struct request *request)
{
    struct fetch fetch;
    struct progress progress = { .to = program_shows(program, STDERR_FILENO) ? stderr : NULL };
    progress.began_usec = clock_usec();
    fetch_begin(&fetch, &request->setup, &program->loop);
    while (fetch.state != FETCH_OVER && program->asked_to_end == 0) {
        int wait = fetch_tick(&fetch);
        if (fetch.state == FETCH_OVER)
            break;
        if (!program_wait(program, wait < 0 || wait > PROGRESS_MS ? PROGRESS_MS : wait))
            break;
        if (fetch.state == FETCH_BODY && fetch.has_part)
            progress_show(&progress, clock_usec(), fetch.part.len, fetch.part.total);
    }
    progress_end(&progress);
    if (fetch.anew)
        complain(_("the file has changed since: it was fetched from its beginning"));
    int status = report(&fetch, request, &progress);
    fetch_close(&fetch);
    if (!request->setup.to && fflush(stdout) != 0)
        status = STATUS_NOT_ALLOWED;
    return status;
}

/* Sockets that wait for one who connects. */
struct waiter {
    struct source source;
    struct waiting *all;
};

struct waiting {
    struct waiter at[NAMES_MAX];
    unsigned count;
    int fd; /* who has come; -1: nobody */
    struct told *told;
};

static void on_connection(struct source *source, uint32_t events)
{
    struct waiting *all = ((struct waiter *)source)->all;
    (void)events;
    if (all->fd < 0)
        all->fd = told_accept(all->told, source->fd).ret;
}

static struct endpoint local_of(int fd)
{
    struct call name = { .op = CALL_GETSOCKNAME, .fd = fd };
    return told_call(NULL, &name, NULL).peer;
}

/* Listens at one of the addresses; the port that the kernel has chosen for the first is that of
 * all. false: *error. */
static bool wait_at(struct program *program, struct waiting *all, struct endpoint at,
                    struct net_error *error)
{
    struct waiter *waiter = &all->at[all->count];
    char text[ENDPOINT_TEXT_MAX];
    if (at.port == 0 && all->count > 0)
        at.port = local_of(all->at[0].source.fd).port;
    int fd = fetch_listen(program->told, &at, error);
    if (fd < 0)
        return false;
    *waiter = (struct waiter){ .source = { .fd = fd, .ready = on_connection }, .all = all };
    if (!loop_add(&program->loop, &waiter->source, LOOP_READ)) {
        *error = (struct net_error){ .operation = "epoll_ctl", .err = errno };
        told_end(program->told, fd);
        return false;
    }
    all->count++;
    at = local_of(fd);
    printf(_("listening at %s\n"), endpoint_text(&at, text, sizeof text));
    fflush(stdout);
    if (!ip_is_loopback(&at.ip))
        complain(_("whoever reaches this machine at %s reaches this server"), text);
    return true;
}

/* Waits for one who connects. false: nobody came, and it was complained about. */
static bool wait_for_peer(struct program *program, struct request *request)
{
    struct waiting all = { .fd = -1, .told = program->told };
    struct net_error error;
    for (unsigned i = 0; i < request->names.count; i++)
        wait_at(program, &all, request->names.at[i], &error); /* a machine may lack IPv6 */
    if (all.count == 0)
        complain("%s: %s", error.operation, strerror(error.err));
    while (all.count > 0 && all.fd < 0 && program->asked_to_end == 0 && program_wait(program, -1))
        ;
    for (unsigned i = 0; i < all.count; i++) {
        loop_remove(&program->loop, &all.at[i].source);
        told_end(program->told, all.at[i].source.fd);
    }
    request->setup.fd = all.fd;
    return all.fd >= 0;
}

static int get(struct request *request)
{
    struct program program;
    int status = STATUS_NOT_ALLOWED;
    if (!program_open(&program, &request->wishes))
        return program_close(&program, status);
    request->setup.told = program.told;
    if (!request->listen || wait_for_peer(&program, request))
        status = fetch_all(&program, request);
    return program_close(&program, status);
}

static bool prepare(struct request *request)
{
    const char *why;
    const char *address = request->listen ? request->listen : request->host;
    if (!request->listen == !request->source) {
        complain(_("say what to get, HOST:PORT/PATH, or --listen PORT"));
        return false;
    }
    if (request->source && !take_source(request)) {
        complain(_("'%s' is not HOST:PORT/PATH"), request->source);
        return false;
    }
    if (request->listen) {
        snprintf(request->host, sizeof request->host, "%s", _("the peer"));
        strcpy(request->path, "/");
    }
    if (!take_file(request)) {
        complain(_("say where to write it: -o FILE"));
        return false;
    }
    if (request->setup.to && !program_spares(&request->wishes, request->setup.to))
        return false;
    if (!names_find(address, false, &request->names, &why)) {
        complain("'%s': %s", address, _(why));
        return false;
    }
    request->setup.names = request->listen ? NULL : &request->names;
    request->setup.host = request->listen ? "send" : request->host;
    request->setup.path = request->path;
    request->setup.list = print_listing;
    return true;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .wishes.name = "get", .setup = { .silent_msec = SILENT_MSEC } };
    const struct args_taker taker = { .option = take_option,
                                      .to = &request,
                                      .one = &request.source,
                                      .too_many = N_("one file at a time: '%s' is one too many") };
    int read = args_read(spec, argc, argv, &taker);
    if (read != ARGS_WHOLE)
        return read;
    return prepare(&request) ? get(&request) : STATUS_USAGE;
}

const struct command_spec command_get = {
    .name = "get",
    .arguments = "HOST:PORT/PATH",
    .summary = N_("Fetches a file by HTTP and TCP from `tcpstep serve --files`, `tcpstep send` or\n"
                  "another server; with a / at its end, lists a directory. It is written beside\n"
                  "its target and takes its place when it is whole and its digest agrees."),
    .options = options,
    .run = run,
};
