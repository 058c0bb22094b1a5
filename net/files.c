/*
 * Requests as they come, one answer after the other, and their octets as the client takes them.
 */
#include "net/files_parts.h"

#include "net/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SENT_MOST = 4 * 1024 * 1024, /* of a file in a row: other clients wait, too */
    HEAD_USEC = 20 * 1000000,    /* for a head, from its first octet on */
    QUIET_USEC = 300 * 1000,     /* who says nothing for so long speaks no HTTP */
    QUIET_MS = 50,
    WORD_USEC = 1000 * 1000, /* between two words to who waits for a digest */
    ANSWERS_MOST = 16,       /* to a client in a row */
    SMALLEST = 64            /* octets of `asked` at least */
};

/* How far the sending has come. */
enum progress {
    PROGRESS_DONE,
    PROGRESS_WAITS, /* until the socket takes more */
    PROGRESS_BROKEN /* the client is gone */
};

static struct files *files_of(const struct server *server)
{
    return server_setup(server)->of;
}

static void tell(struct files *files, struct visit *visit)
{
    visit->told.peer = visit->peer;
    if (files->tell)
        files->tell(files->to, &visit->told);
}

/* Behind an answer. */
static void clear(struct files *files, struct visit *visit)
{
    if (visit->is_listing)
        files->listed -= visit->out_len;
    free(visit->out);
    if (visit->fd >= 0)
        close(visit->fd);
    digest_close(visit->digest);
    visit->out = NULL;
    visit->digest = NULL;
    visit->fd = -1;
    visit->out_at = visit->out_len = 0;
    visit->at = visit->end = 0;
    visit->busy = visit->is_listing = visit->settled = false;
    visit->told = (struct files_told){ .path = "" };
    visit->path[0] = '\0';
}

static void break_off(struct server *server, struct client *client, const char *why)
{
    struct visit *visit = client->of;
    visit->told.why = why;
    (void)server;
    client_drop(client, 0);
}

static enum progress send_out(struct server *server, struct client *client, struct visit *visit)
{
    struct call call = { .op = CALL_SEND, .fd = client->source.fd };
    while (visit->out_at < visit->out_len) {
        call.text = (const uint8_t *)visit->out + visit->out_at;
        call.text_len = (uint32_t)(visit->out_len - visit->out_at);
        call.flags = visit->at < visit->end && !visit->digest
                         ? MESSAGE_MORE
                         : 0; /* head and file in one segment */
        struct call_result result = told_call(server_setup(server)->told, &call, NULL);
        if (result.ret < 0 && result.err == EAGAIN)
            return PROGRESS_WAITS;
        if (result.ret < 0) {
            break_off(server, client, strerror(result.err));
            return PROGRESS_BROKEN;
        }
        visit->out_at += (size_t)result.ret;
        client_wrote(client, (uint32_t)result.ret);
    }
    return PROGRESS_DONE;
}

static enum progress send_file(struct server *server, struct client *client, struct visit *visit)
{
    uint64_t most = SENT_MOST;
    while (visit->at < visit->end && most > 0) {
        uint64_t left = visit->end - visit->at;
        struct call call = { .op = CALL_SENDFILE,
                             .fd = client->source.fd,
                             .file = visit->fd,
                             .offset = visit->at,
                             .value = (int32_t)(left < most ? left : most) };
        if (!answer_holds(visit)) {
            break_off(server, client, "the file has changed");
            return PROGRESS_BROKEN;
        }
        struct call_result result = told_call(server_setup(server)->told, &call, NULL);
        if (result.ret < 0 && result.err == EAGAIN)
            return PROGRESS_WAITS;
        if (result.ret <= 0) {
            break_off(server, client,
                      result.ret < 0 ? strerror(result.err) : "the file has shrunk");
            return PROGRESS_BROKEN;
        }
        visit->at += (uint32_t)result.ret;
        visit->told.sent += (uint32_t)result.ret;
        most -= (uint32_t)result.ret;
        client_wrote(client, (uint32_t)result.ret);
    }
    return visit->at < visit->end ? PROGRESS_WAITS : PROGRESS_DONE;
}

/* So that who waits for it knows that somebody is there. */
static void say_patience(struct visit *visit)
{
    static const char words[] = "HTTP/1.1 102 Processing\r\n\r\n";
    uint64_t now = clock_usec();
    if (!visit->may_wait || now - visit->said_usec < WORD_USEC)
        return;
    visit->said_usec = now;
    visit->out = strdup(words);
    visit->out_at = 0;
    visit->out_len = visit->out ? sizeof words - 1 : 0;
}

/* One slice, each time the socket is found to take more: it does, for nothing is sent. */
static enum progress compute(struct server *server, struct client *client, struct visit *visit)
{
    if (visit->at < visit->end) {
        int64_t got = digest_add_file(visit->digest, visit->fd, visit->at, visit->end);
        if (got <= 0 || !answer_holds(visit)) {
            break_off(server, client, got < 0 ? strerror((int)-got) : "the file has changed");
            return PROGRESS_BROKEN;
        }
        visit->at += (uint64_t)got;
        client_wrote(client, 0);
        say_patience(visit);
        if (visit->at < visit->end || visit->out)
            return PROGRESS_DONE; /* of this slice */
    }
    answer_digest(files_of(server), visit);
    return PROGRESS_DONE;
}

/* Sends what the socket takes of the answer under way. */
static enum progress send_answer(struct server *server, struct client *client)
{
    struct visit *visit = client->of;
    enum progress progress = PROGRESS_DONE;
    if (visit->digest && !visit->out)
        progress = compute(server, client, visit);
    if (progress == PROGRESS_DONE)
        progress = send_out(server, client, visit);
    if (progress == PROGRESS_DONE && visit->digest) {
        free(visit->out);
        visit->out = NULL;
        visit->out_at = visit->out_len = 0;
        return PROGRESS_WAITS;
    }
    if (progress == PROGRESS_DONE)
        progress = send_file(server, client, visit);
    return progress;
}

static struct visit *visit_of(struct client *client)
{
    if (!client->of) {
        struct visit *visit = calloc(1, sizeof *visit + HTTP_PATH_MAX);
        if (!visit)
            return NULL;
        visit->fd = -1;
        visit->told.path = "";
        visit->began_usec = clock_usec();
        visit->peer = client_peer(client); /* who is gone has no name any more */
        client->of = visit;
    }
    return client->of;
}

static void forget(struct client *client)
{
    struct visit *visit = client->of;
    free(visit->asked);
    free(visit);
    client->of = NULL;
}

/* Takes octets off the front of what is asked. */
static void drop_asked(struct visit *visit, uint32_t len)
{
    visit->asked_len -= len;
    if (visit->asked_len > 0) {
        memmove(visit->asked, visit->asked + len, visit->asked_len);
        return;
    }
    free(visit->asked);
    visit->asked = NULL;
}

static uint64_t head_usec(const struct files *files)
{
    return files->head_msec > 0 ? files->head_msec * UINT64_C(1000) : HEAD_USEC;
}

/* Begins the answer to the request at the front. false: it is not whole yet. */
static bool begin_next(struct files *files, struct visit *visit)
{
    struct http_request request;
    uint32_t blank = 0;
    while (blank < visit->asked_len && (visit->asked[blank] == '\r' || visit->asked[blank] == '\n'))
        blank++; /* RFC 9112, 2.2 */
    if (blank > 0)
        drop_asked(visit, blank);
    size_t len = visit->asked_len < HTTP_HEAD_MAX ? visit->asked_len : HTTP_HEAD_MAX;
    size_t head = len > 0 ? http_head_len(visit->asked, len) : 0;
    bool late = visit->asked_len > 0 && clock_usec() - visit->began_usec > head_usec(files);
    if (head == 0 && len < HTTP_HEAD_MAX && !late)
        return false;
    visit->busy = true;
    unsigned wrong = head == 0 ? len < HTTP_HEAD_MAX ? 408 : 431
                               : http_read_request(visit->asked, head, &request);
    if (wrong) {
        visit->told.method = head > 0 ? request.method : HTTP_GET;
        answer_wrong(visit, wrong);
    } else {
        answer_request(files, visit, &request);
    }
    drop_asked(visit, head > 0 ? (uint32_t)head : visit->asked_len);
    visit->began_usec = clock_usec(); /* what is left of octets belongs to the next one */
    return true;
}

/* Answers what was asked, as far as the client takes it now. */
static void go_on(struct server *server, struct client *client)
{
    struct files *files = files_of(server);
    struct visit *visit = client->of;
    int left = ANSWERS_MOST; /* others wait, too */
    client->feeding = client->paused = true;
    client_unfinished(client, false);
    while (visit->busy || (left-- > 0 && begin_next(files, visit))) {
        enum progress progress = send_answer(server, client);
        if (progress == PROGRESS_BROKEN)
            return; /* and told of when it was closed */
        if (progress == PROGRESS_WAITS)
            return;
        bool keeps = visit->keeps;
        if (visit->is_listing)
            left = -1; /* it takes long to make: others go first */
        visit->told.sent = visit->told.len;
        tell(files, visit);
        clear(files, visit);
        if (!keeps) {
            client->feeding = client->paused = false;
            client_end(client);
            return;
        }
    }
    if (left < 0)
        return; /* there may be another request */
    client->feeding = client->paused = false;
    client_unfinished(client, visit->asked != NULL); /* it has 20 seconds: has_paused() */
    if (!visit->asked)
        forget(client); /* between two requests it takes no memory */
    if (client->peer_ended)
        client_end(client);
}

static bool has_opened(struct server *server, struct client *client)
{
    struct files *files = files_of(server);
    if (!files->raw && !files->raw_if_quiet)
        return true; /* who says nothing takes no memory here */
    struct visit *visit = visit_of(client);
    if (visit && files->raw) {
        visit->busy = true;
        answer_raw(files, visit);
        client_feed(client);
    }
    return visit;
}

/* What is more than a head is read later: the client is paused meanwhile. */
static bool has_come(struct server *server, struct client *client, const uint8_t *octets,
                     uint32_t len)
{
    struct visit *visit = visit_of(client);
    if (!visit)
        return false;
    if (visit->asked_len == 0 && !visit->busy)
        visit->began_usec = clock_usec();
    visit->heard = true;
    uint32_t need = visit->asked_len + len;
    uint8_t *grown = realloc(visit->asked, need < SMALLEST ? SMALLEST : need);
    if (!grown)
        return false;
    memcpy(grown + visit->asked_len, octets, len);
    visit->asked = grown;
    visit->asked_len = need;
    if (!visit->busy)
        go_on(server, client);
    return true;
}

/* A head has a time to come in also where nothing comes any more. */
static void has_paused(struct server *server, struct client *client)
{
    struct visit *visit = client->of;
    if (!visit || visit->busy || client->ending)
        return;
    go_on(server, client);
    if (client->feeding)
        client_feed(client); /* the answer has not gone whole */
}

/* Who has half-closed still gets his answers. */
static bool has_ended(struct server *server, struct client *client)
{
    struct visit *visit = client->of;
    (void)server;
    return visit && visit->busy;
}

static void has_closed(struct server *server, struct client *client, int err)
{
    struct files *files = files_of(server);
    struct visit *visit = client->of;
    if (!visit)
        return;
    if (visit->busy) {
        visit->told.why = visit->told.why ? visit->told.why
                          : err           ? strerror(err)
                                          : "the client is gone";
        tell(files, visit);
    }
    clear(files, visit);
    forget(client);
}

const struct service service_files = { .opened = has_opened,
                                       .came = has_come,
                                       .ended = has_ended,
                                       .quiet = has_paused,
                                       .writable = go_on,
                                       .closed = has_closed };

void files_stop(struct files *files, struct server *server)
{
    struct client *next;
    files->stopping = true;
    for (struct client *client = server_next(server, NULL); client; client = next) {
        struct visit *visit = client->of;
        next = server_next(server, client);
        if (!visit || !visit->busy)
            client_end(client);
        else
            visit->keeps = false;
    }
}

int files_tick(struct files *files, struct server *server)
{
    bool waits = false;
    struct client *next;
    for (struct client *client = server_next(server, NULL); client; client = next) {
        struct visit *visit = client->of;
        next = server_next(server, client);
        if (!visit || visit->heard || visit->busy || client->ending)
            continue;
        waits = true;
        if (clock_usec() - visit->began_usec < QUIET_USEC)
            continue;
        visit->busy = true;
        answer_raw(files, visit);
        client_feed(client);
    }
    return waits ? QUIET_MS : -1;
}
