/*
 * Heads of requests: the request line and the fields that matter here. What might be understood in
 * two ways is refused (RFC 9112, 2.2, 5.1, 6.3), so that nobody in between understands the other.
 */
#include "net/http.h"

#include "net/http_parts.h"

#include <string.h>

size_t http_head_len(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (octets[i] != '\n')
            continue;
        if (i + 1 < len && octets[i + 1] == '\n')
            return i + 2;
        if (i + 2 < len && octets[i + 1] == '\r' && octets[i + 2] == '\n')
            return i + 3;
    }
    return 0;
}

bool span_next_line(struct span *rest, struct span *line)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    if (!end)
        return false;
    line->at = rest->at;
    line->len = (size_t)(end - rest->at);
    rest->len -= line->len + 1;
    rest->at = end + 1;
    if (line->len > 0 && line->at[line->len - 1] == '\r')
        line->len--;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool span_is(struct span span, const char *word)
{
    size_t i = 0;
    while (i < span.len && word[i] && lower(span.at[i]) == lower(word[i]))
        i++;
    return i == span.len && word[i] == '\0';
}

bool span_begins(struct span span, const char *word)
{
    size_t len = strlen(word);
    return span.len >= len && span_is((struct span){ span.at, len }, word);
}

bool span_has(struct span span, const char *word)
{
    for (; span.len > 0; span.at++, span.len--) {
        if (span_begins(span, word))
            return true;
    }
    return false;
}

struct span span_trim(struct span span)
{
    while (span.len > 0 && (span.at[0] == ' ' || span.at[0] == '\t')) {
        span.at++;
        span.len--;
    }
    while (span.len > 0 && (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
        span.len--;
    return span;
}

bool span_number(struct span span, uint64_t *number)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < span.len; i++) {
        if (span.at[i] < '0' || span.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(span.at[i] - '0');
        sum = sum > (HTTP_MOST - digit) / 10 ? HTTP_MOST : sum * 10 + digit;
    }
    if (span.len > 0)
        *number = sum;
    return span.len > 0;
}

void span_copy(struct span span, char *text, size_t len)
{
    bool fits = span.len < len;
    if (fits)
        memcpy(text, span.at, span.len);
    text[fits ? span.len : 0] = '\0';
}

/* Of a token (RFC 9110, 5.6.2). */
static bool is_token(struct span span)
{
    for (size_t i = 0; i < span.len; i++) {
        char c = span.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return span.len > 0;
}

bool span_field(struct span line, struct span *name, struct span *value)
{
    const char *colon = memchr(line.at, ':', line.len);
    if (!colon || memchr(line.at, '\0', line.len) || memchr(line.at, '\r', line.len))
        return false;
    *name = (struct span){ line.at, (size_t)(colon - line.at) };
    *value = span_trim((struct span){ colon + 1, line.len - name->len - 1 });
    return is_token(*name); /* no blank before the colon, no line that goes on from the last one */
}

static unsigned take_method(struct span word, struct http_request *request)
{
    static const char *const known[] = { "POST",    "PUT",   "DELETE", "CONNECT",
                                         "OPTIONS", "TRACE", "PATCH" };
    if (word.len == 3 && memcmp(word.at, "GET", 3) == 0)
        return 0;
    if (word.len == 4 && memcmp(word.at, "HEAD", 4) == 0) {
        request->method = HTTP_HEAD;
        return 0;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (word.len == strlen(known[i]) && memcmp(word.at, known[i], word.len) == 0)
            return 405;
    }
    return is_token(word) ? 501 : 400;
}

static unsigned take_version(struct span word, struct http_request *request)
{
    if (word.len != 8 || memcmp(word.at, "HTTP/", 5) != 0 || word.at[6] != '.')
        return 400;
    if (word.at[5] != '1')
        return word.at[5] >= '0' && word.at[5] <= '9' ? 505 : 400;
    if (word.at[7] < '0' || word.at[7] > '9')
        return 400;
    request->is_later = word.at[7] >= '1';
    return 0;
}

/* "/path?query", or as to a proxy "http://host/path?query" (RFC 9112, 3.2.2). */
static unsigned take_target(struct span target, struct http_request *request)
{
    if (span_begins(target, "http://")) {
        const char *path = memchr(target.at + 7, '/', target.len - 7);
        if (!path)
            return 400;
        target.len -= (size_t)(path - target.at);
        target.at = path;
    }
    if (target.len == 0 || target.at[0] != '/' || memchr(target.at, '#', target.len))
        return 400;
    const char *query = memchr(target.at, '?', target.len);
    size_t len = query ? (size_t)(query - target.at) : target.len;
    if (query)
        request->wants_digest = span_is((struct span){ query, target.len - len }, "?digest");
    if (len > HTTP_PATH_MAX)
        return 414;
    return http_decode(target.at + 1, len - 1, request->path, sizeof request->path) ? 0 : 400;
}

static unsigned take_line(struct span line, struct http_request *request)
{
    const char *first = memchr(line.at, ' ', line.len);
    if (!first)
        return 400;
    struct span method = { line.at, (size_t)(first - line.at) };
    struct span rest = { first + 1, line.len - method.len - 1 };
    const char *second = memchr(rest.at, ' ', rest.len);
    if (!second)
        return 400;
    struct span target = { rest.at, (size_t)(second - rest.at) };
    struct span version = { second + 1, rest.len - target.len - 1 };
    unsigned wrong = take_version(version, request);
    if (!wrong)
        wrong = take_method(method, request);
    return wrong ? wrong : take_target(target, request);
}

static void take_range(struct span value, struct http_request *request)
{
    if (!span_begins(value, "bytes=") || memchr(value.at, ',', value.len))
        return;
    struct span spec = span_trim((struct span){ value.at + 6, value.len - 6 });
    const char *dash = memchr(spec.at, '-', spec.len);
    if (!dash)
        return;
    struct span from = { spec.at, (size_t)(dash - spec.at) };
    struct span to = { dash + 1, spec.len - from.len - 1 };
    uint64_t first = 0, last = UINT64_MAX;
    bool has_first = span_number(from, &first), has_last = span_number(to, &last);
    if ((from.len > 0 && !has_first) || (to.len > 0 && !has_last) || (!has_first && !has_last))
        return;
    if (has_first && has_last && last < first)
        return;
    request->range = has_first ? HTTP_RANGE_FROM : HTTP_RANGE_TAIL;
    request->first = first;
    request->last = last;
}

/* What is counted of a head while its fields are read. */
struct seen {
    unsigned hosts, ranges, lengths;
    bool closes, keeps, body;
    unsigned wrong;
};

static void take_field(struct span name, struct span value, struct http_request *request,
                       struct seen *seen)
{
    uint64_t length = 0;
    if (span_is(name, "Host"))
        seen->hosts++;
    else if (span_is(name, "Connection")) {
        seen->closes |= span_has(value, "close");
        seen->keeps |= span_has(value, "keep-alive");
    } else if (span_is(name, "Accept"))
        request->wants_html = span_has(value, "text/html");
    else if (span_is(name, "Range") && seen->ranges++ == 0)
        take_range(value, request);
    else if (span_is(name, "If-Range"))
        span_copy(value.len > 0 && value.len < HTTP_ETAG_MAX ? value : (struct span){ "?", 1 },
                  request->if_range, sizeof request->if_range);
    else if (span_is(name, "Transfer-Encoding"))
        seen->wrong = 501;
    else if (span_is(name, "Content-Length")) {
        if (!span_number(value, &length) || seen->lengths++ > 0)
            seen->wrong = 400;
        seen->body |= length > 0;
    }
}

unsigned http_read_request(const uint8_t *head, size_t len, struct http_request *request)
{
    struct span rest = { (const char *)head, len }, line, name, value;
    struct seen seen = { .hosts = 0 };
    memset(request, 0, sizeof *request);
    if (!span_next_line(&rest, &line))
        return 400;
    unsigned wrong = take_line(line, request);
    while (span_next_line(&rest, &line) && line.len > 0) {
        if (span_field(line, &name, &value))
            take_field(name, value, request, &seen);
        else
            seen.wrong = 400;
    }
    if (seen.ranges > 1)
        request->range = HTTP_RANGE_NONE;
    if (!wrong)
        wrong = seen.wrong;
    if (!wrong && (seen.hosts > 1 || (request->is_later && seen.hosts == 0)))
        wrong = 400; /* RFC 9112, 3.2 */
    /* A body is not read; what follows it cannot be told from it then. */
    request->keeps = !wrong && !seen.body && !seen.closes && (request->is_later || seen.keeps);
    return wrong;
}

enum http_part http_part_of(const struct http_request *request, uint64_t size, const char *etag,
                            uint64_t *first, uint64_t *len)
{
    *first = 0;
    *len = size;
    if (request->range == HTTP_RANGE_NONE || request->method == HTTP_HEAD)
        return HTTP_WHOLE;
    if (request->if_range[0] && strcmp(request->if_range, etag) != 0)
        return HTTP_WHOLE;
    if (request->range == HTTP_RANGE_TAIL) {
        *len = request->last < size ? request->last : size;
        *first = size - *len;
        return *len > 0 ? HTTP_PART : HTTP_NO_PART;
    }
    if (request->first >= size)
        return HTTP_NO_PART;
    *first = request->first;
    *len = (request->last < size - 1 ? request->last + 1 : size) - *first;
    return HTTP_PART;
}
