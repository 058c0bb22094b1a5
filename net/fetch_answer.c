/*
 * What is asked, and what the answers mean for the part that is there.
 */
#include "net/fetch_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ask(struct fetch *fetch, const char *query, bool resumes)
{
    const struct fetch_setup *setup = fetch->setup;
    FILE *to = open_memstream(&fetch->out, &fetch->out_len);
    fetch->out_at = 0;
    if (!to)
        return false;
    fprintf(to, "GET %s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: tcpstep\r\n", setup->path, query,
            setup->host);
    fputs("Accept: text/plain, */*;q=0.5\r\nAccept-Encoding: identity\r\n", to);
    if (resumes)
        fprintf(to, "Range: bytes=%" PRIu64 "-\r\nIf-Range: %s\r\n", fetch->part.len,
                fetch->part.etag);
    fputs("\r\n", to);
    return fclose(to) == 0;
}

bool fetch_ask(struct fetch *fetch)
{
    struct part *part = &fetch->part;
    bool resumes = fetch->has_part && !fetch->setup->fresh && part->len > 0;
    if (resumes && part->len == part->total)
        part->len--; /* so that there is something to ask for, and the answer says what it is of */
    fetch->asked_range = resumes && part->len > 0;
    return ask(fetch, "", fetch->asked_range);
}

/* Of the file that the part is of, and what is missing of it, as it was asked for. */
static bool continues(const struct fetch *fetch)
{
    const struct http_answer *answer = &fetch->answer;
    const struct part *part = &fetch->part;
    return fetch->asked_range && answer->has_range && answer->has_length &&
           answer->first == part->len && answer->total == part->total &&
           answer->last == answer->total - 1 && answer->length == part->total - part->len &&
           (!answer->etag[0] || strcmp(answer->etag, part->etag) == 0);
}

/* The part is ready for what comes now. false: the fetch is over. */
static bool take_part(struct fetch *fetch)
{
    struct http_answer *answer = &fetch->answer;
    struct part *part = &fetch->part;
    if (answer->status == 206 && !continues(fetch)) {
        fetch_fail(fetch, FETCH_NO_HTTP);
        return false;
    }
    bool resumes = answer->status == 206;
    uint64_t total = answer->has_length ? answer->length : 0;
    fetch->resumed_at = resumes ? part->len : 0;
    fetch->anew = !resumes && part->len > 0 && !fetch->setup->fresh;
    if (!(resumes ? part_resume(part, &fetch->error)
                  : part_begin(part, answer->etag, total, &fetch->error))) {
        fetch_fail(fetch, FETCH_FILE);
        return false;
    }
    if (!answer->etag[0])
        memcpy(answer->etag, part->etag, sizeof answer->etag);
    part->digests =
        strcmp(answer->digest, DIGEST_KIND) == 0 && !answer->closes && !fetch->setup->no_digest;
    return true;
}

static bool wrong_kind(struct fetch *fetch)
{
    const struct http_answer *answer = &fetch->answer;
    size_t path = strlen(fetch->setup->path), place = strlen(answer->place);
    bool slash = place == path + 1 && answer->place[path] == '/';
    if (fetch->has_part && answer->status == 301 && slash &&
        memcmp(answer->place, fetch->setup->path, path) == 0)
        fetch_fail(fetch, FETCH_DIRECTORY);
    else if (answer->status != 200 && (answer->status != 206 || !fetch->has_part))
        fetch_fail(fetch, FETCH_STATUS);
    else if (!fetch->has_part && answer->is_file)
        fetch_fail(fetch, FETCH_IS_FILE);
    else if (answer->chunked)
        fetch_fail(fetch, FETCH_PIECES);
    else if (answer->encoding[0])
        fetch_fail(fetch, FETCH_ENCODED);
    return fetch->state == FETCH_OVER;
}

static void begin_body(struct fetch *fetch)
{
    const struct http_answer *answer = &fetch->answer;
    if (wrong_kind(fetch) || (fetch->has_part && !take_part(fetch)))
        return;
    fetch->left = answer->has_length ? answer->length : UINT64_MAX;
    fetch->state = FETCH_BODY;
    if (fetch->has_part && fetch->part.digests) { /* it is computed there while we compute ours */
        free(fetch->out);
        fetch->asked_digest = ask(fetch, "?digest", false);
    }
}

static void begin_digest(struct fetch *fetch, const struct http_answer *answer)
{
    if (answer->status == 404 || strcmp(answer->etag, fetch->answer.etag) != 0)
        fetch_fail(fetch, FETCH_CHANGED);
    else if (answer->status != 200 || !answer->has_length || answer->length > DIGEST_LINE_MAX)
        fetch_fail(fetch, FETCH_NO_HTTP);
    if (fetch->state == FETCH_OVER)
        return;
    fetch->left = answer->length;
    fetch->state = FETCH_DIGEST_BODY;
    fetch_take_digest(fetch);
}

void fetch_take_head(struct fetch *fetch, size_t len)
{
    struct http_answer answer;
    if (!http_read_answer(fetch->in, len, &answer)) {
        fetch_fail(fetch, FETCH_NO_HTTP);
        return;
    }
    fetch->in_len -= len;
    memmove(fetch->in, fetch->in + len, fetch->in_len);
    if (answer.status < 200) {
        size_t next = http_head_len(fetch->in, fetch->in_len);
        if (next > 0)
            fetch_take_head(fetch, next);
        return;
    }
    if (fetch->state == FETCH_DIGEST_HEAD) {
        begin_digest(fetch, &answer);
        return;
    }
    fetch->answer = answer;
    begin_body(fetch);
}

void fetch_body_over(struct fetch *fetch)
{
    struct part *part = &fetch->part;
    if (fetch->setup->raw || fetch->left == UINT64_MAX)
        part->total = part->len;
    if (!fetch->asked_digest) {
        fetch_done(fetch);
        return;
    }
    fetch->state = FETCH_DIGEST_HEAD;
    size_t len = http_head_len(fetch->in, fetch->in_len);
    if (len > 0)
        fetch_take_head(fetch, len);
}

void fetch_take_digest(struct fetch *fetch)
{
    char theirs[DIGEST_TEXT_MAX], ours[DIGEST_TEXT_MAX];
    if (fetch->in_len < fetch->left)
        return;
    if (!digest_read_line(fetch->in, (size_t)fetch->left, theirs)) {
        fetch_fail(fetch, FETCH_NO_HTTP);
        return;
    }
    if (strcmp(theirs, digest_text(fetch->part.digest, ours)) != 0) {
        fetch_fail(fetch, FETCH_DIFFERS);
        return;
    }
    fetch->checked = true;
    fetch_done(fetch);
}
