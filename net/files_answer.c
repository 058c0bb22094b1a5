/*
 * Answers: which file, which octets of it, and the head in front of them.
 */
#include "net/files_parts.h"

#include "net/clock.h"
#include "net/files_list.h"
#include "net/files_open.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ENCODED_MAX = 3 * HTTP_PATH_MAX
};

/* What a head says of its body. */
struct body {
    unsigned status;
    const char *type;
    uint64_t len;
    const char *text;         /* NULL: it is a file */
    const struct stat *seen;  /* the file it is about; NULL: none */
    uint64_t first;           /* of the file, where status is 206 */
    const char *place, *name; /* Location; of an only file. NULL: none */
};

char *files_etag(const struct stat *seen, char *text)
{
    snprintf(text, HTTP_ETAG_MAX, "\"%" PRIx64 "-%" PRIx64 "-%" PRIx64 ".%" PRIx64 "\"",
             (uint64_t)seen->st_ino, (uint64_t)seen->st_size, (uint64_t)seen->st_mtim.tv_sec,
             (uint64_t)seen->st_mtim.tv_nsec);
    return text;
}

bool answer_holds(const struct visit *visit)
{
    char before[HTTP_ETAG_MAX], now[HTTP_ETAG_MAX];
    struct stat seen;
    return fstat(visit->fd, &seen) == 0 &&
           strcmp(files_etag(&visit->seen, before), files_etag(&seen, now)) == 0;
}

static void write_file_fields(FILE *to, const struct body *body)
{
    char text[HTTP_ETAG_MAX];
    uint64_t size = (uint64_t)body->seen->st_size;
    if (body->status == 206)
        fprintf(to, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n", body->first,
                body->first + body->len - 1, size);
    if (body->status == 416)
        fprintf(to, "Content-Range: bytes */%" PRIu64 "\r\n", size);
    fprintf(to, "ETag: %s\r\n", files_etag(body->seen, text));
    fprintf(to, "Last-Modified: %s\r\n", http_date(body->seen->st_mtim.tv_sec, text, sizeof text));
    fputs("Accept-Ranges: bytes\r\nTcpstep-Digest: " DIGEST_KIND "\r\n", to);
}

static void write_head(FILE *to, const struct visit *visit, const struct body *body)
{
    char text[40], name[ENCODED_MAX];
    fprintf(to, "HTTP/1.1 %u %s\r\n", body->status, http_reason(body->status));
    fprintf(to, "Date: %s\r\nServer: tcpstep\r\n", http_date(time(NULL), text, sizeof text));
    fprintf(to, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", body->type);
    fprintf(to, "Content-Length: %" PRIu64 "\r\n", body->len);
    if (body->seen)
        write_file_fields(to, body);
    if (body->place)
        fprintf(to, "Location: %s\r\n", body->place);
    if (body->name && http_encode(body->name, name, sizeof name))
        fprintf(to, "Content-Disposition: attachment; filename*=UTF-8''%s\r\n", name);
    if (body->status == 405)
        fputs("Allow: GET, HEAD\r\n", to);
    fprintf(to, "Connection: %s\r\n\r\n", visit->keeps ? "keep-alive" : "close");
}

/* Makes the octets that go out before the file. */
static void make(struct visit *visit, const struct body *body)
{
    bool with_body = visit->told.method != HTTP_HEAD;
    FILE *to = open_memstream(&visit->out, &visit->out_len);
    visit->out_at = 0;
    if (to) {
        write_head(to, visit, body);
        if (body->text && with_body)
            fwrite(body->text, 1, body->len, to);
    }
    if (!to || fclose(to) != 0) {
        free(visit->out);
        visit->out = NULL;
        visit->keeps = false; /* nothing can be said: it is closed */
        visit->end = visit->at;
        visit->told.why = strerror(ENOMEM);
    }
    visit->told.status = body->status;
    visit->told.first = body->first;
    visit->told.len = with_body ? body->len : 0;
}

static void answer_status(struct visit *visit, unsigned status, const char *place)
{
    char text[80];
    snprintf(text, sizeof text, "%u %s\n", status, http_reason(status));
    struct body body = {
        .status = status, .type = "text/plain; charset=utf-8", .text = text, .place = place
    };
    body.len = strlen(text);
    make(visit, &body);
}

void answer_wrong(struct visit *visit, unsigned status)
{
    visit->keeps = false; /* where the next request begins is not known */
    answer_status(visit, status, NULL);
}

static unsigned status_of(int err)
{
    switch (err) {
    case EACCES:
    case EPERM:
    case ENODEV:
        return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return 503;
    case EIO:
        return 500;
    default:
        return 404; /* also what leads out: whether it is there is nobody's business */
    }
}

/* By its name with a '/' at the end it is meant, so that links in it lead where they should. */
static void answer_moved(struct visit *visit, const struct http_request *request)
{
    char place[ENCODED_MAX + 4] = "/";
    if (!http_encode(request->path, place + 1, ENCODED_MAX)) {
        answer_status(visit, 404, NULL);
        return;
    }
    strcat(place, "/");
    answer_status(visit, 301, place);
}

static void answer_listing(struct files *files, struct visit *visit, int dir,
                           const struct http_request *request)
{
    char path[HTTP_PATH_MAX];
    size_t path_len = strlen(request->path);
    struct body body = { .status = 200 };
    memcpy(path, request->path, path_len + 1);
    while (path_len > 0 && path[path_len - 1] == '/')
        path[--path_len] = '\0';
    if (files->listed > 8 * (size_t)FILES_LIST_MAX) { /* too many at a time */
        close(dir);
        answer_status(visit, 503, NULL);
        return;
    }
    body.type = request->wants_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    size_t len = 0;
    char *text = files_list(files->root, dir, path, files->by_hand, request->wants_html, &len);
    if (!text) {
        answer_status(visit, 503, NULL);
        return;
    }
    body.text = text;
    body.len = len;
    make(visit, &body);
    free(text);
    visit->is_listing = visit->out != NULL;
    if (visit->is_listing)
        files->listed += visit->out_len;
}

/* Of HTTP_NO_PART nothing is sent. */
static void answer_file(struct files *files, struct visit *visit,
                        const struct http_request *request)
{
    char etag[HTTP_ETAG_MAX];
    uint64_t size = (uint64_t)visit->seen.st_size;
    struct body body = {
        .status = 200, .type = "application/octet-stream", .seen = &visit->seen, .name = files->name
    };
    enum http_part part =
        http_part_of(request, size, files_etag(&visit->seen, etag), &body.first, &body.len);
    if (part == HTTP_PART)
        body.status = 206;
    if (part == HTTP_NO_PART) {
        body.status = 416;
        body.first = body.len = 0;
    }
    visit->at = body.first;
    visit->end = request->method == HTTP_GET ? body.first + body.len : body.first;
    visit->told.whole = part != HTTP_NO_PART && request->method == HTTP_GET && visit->end == size;
    make(visit, &body);
}

static void answer_digest_text(struct visit *visit, const char *text)
{
    char line[DIGEST_LINE_MAX];
    struct body body = { .status = 200,
                         .type = "text/plain; charset=utf-8",
                         .text = digest_line(text, line),
                         .seen = &visit->seen };
    body.len = strlen(line);
    visit->at = visit->end = 0;
    make(visit, &body);
}

void answer_digest(struct files *files, struct visit *visit)
{
    char text[DIGEST_TEXT_MAX];
    digest_text(visit->digest, text);
    if (visit->settled)
        known_keep(&files->known, &visit->seen, text, clock_usec());
    digest_close(visit->digest);
    visit->digest = NULL;
    answer_digest_text(visit, text);
}

static void begin_digest(struct files *files, struct visit *visit,
                         const struct http_request *request)
{
    const char *known = known_find(&files->known, &visit->seen, clock_usec());
    visit->told.is_digest = true;
    if (known) {
        answer_digest_text(visit, known);
        return;
    }
    visit->settled =
        request->method == HTTP_GET && known_is_settled(&visit->seen, (int64_t)time(NULL));
    visit->may_wait = request->is_later;
    visit->said_usec = clock_usec();
    visit->at = 0;
    visit->end = request->method == HTTP_GET ? (uint64_t)visit->seen.st_size : 0;
    visit->digest = digest_open();
    if (!visit->digest)
        answer_status(visit, 503, NULL);
    if (!visit->digest)
        visit->end = 0;
}

/* The only file has no name to be found by: its descriptor is as good as a new one, for nothing
 * moves the position in it. */
static int open_file(const struct files *files, const char *path, struct stat *seen)
{
    if (!files->name)
        return files_open(files->root, path, files->by_hand, seen);
    int fd = fcntl(files->root, F_DUPFD_CLOEXEC, 0);
    if (fd < 0 || fstat(fd, seen) < 0)
        return -errno;
    return fd;
}

void answer_request(struct files *files, struct visit *visit, const struct http_request *request)
{
    size_t len = strlen(request->path);
    visit->told.method = request->method;
    visit->keeps = request->keeps && !files->stopping;
    memcpy(visit->path, request->path, len + 1);
    visit->told.path = visit->path;
    int fd = open_file(files, request->path, &visit->seen);
    if (fd < 0) {
        answer_status(visit, status_of(-fd), NULL);
    } else if (S_ISDIR(visit->seen.st_mode) && len > 0 && request->path[len - 1] != '/') {
        close(fd);
        answer_moved(visit, request);
    } else if (S_ISDIR(visit->seen.st_mode)) {
        answer_listing(files, visit, fd, request);
    } else {
        visit->fd = fd;
        if (request->wants_digest)
            begin_digest(files, visit, request);
        else
            answer_file(files, visit, request);
    }
}

void answer_raw(struct files *files, struct visit *visit)
{
    visit->keeps = false;
    visit->told.whole = true;
    visit->told.path = files->name;
    visit->fd = open_file(files, "", &visit->seen);
    visit->at = 0;
    visit->end = visit->fd < 0 ? 0 : (uint64_t)visit->seen.st_size;
    visit->told.len = visit->end;
}
