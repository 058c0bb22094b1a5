/*
 * Heads of answers, and the words that heads are made of: reasons, dates, paths of URLs.
 */
#include "net/http.h"

#include "net/http_parts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *http_reason(unsigned status)
{
    static const struct {
        unsigned status;
        const char *words;
    } reasons[] = {
        { 102, "Processing" },
        { 200, "OK" },
        { 206, "Partial Content" },
        { 301, "Moved Permanently" },
        { 400, "Bad Request" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 408, "Request Timeout" },
        { 414, "URI Too Long" },
        { 416, "Range Not Satisfiable" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status)
            return reasons[i].words;
    }
    return "Unknown";
}

char *http_date(int64_t seconds, char *text, size_t len)
{
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t when = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&when, &tm))
        memset(&tm, 0, sizeof tm);
    snprintf(text, len, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday % 7], tm.tm_mday,
             months[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return text;
}

/* Stands for itself in a path (RFC 3986, 2.3, 3.3). */
static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~/!$()*+,;=:@", c));
}

bool http_encode(const char *path, char *text, size_t len)
{
    size_t used = 0;
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (used + 4 > len)
            return false;
        if (is_plain(c))
            text[used++] = *path;
        else
            used += (size_t)snprintf(text + used, len - used, "%%%02X", c);
    }
    if (used >= len)
        return false;
    text[used] = '\0';
    return true;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool http_decode(const char *text, size_t text_len, char *path, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < text_len; i++) {
        int code = (unsigned char)text[i];
        if (text[i] == '%') {
            int high = i + 2 < text_len ? hex(text[i + 1]) : -1;
            int low = i + 2 < text_len ? hex(text[i + 2]) : -1;
            code = high < 0 || low < 0 ? -1 : high * 16 + low;
            i += 2;
        }
        if (code < 0x20 || code == 0x7f || used + 1 >= len)
            return false;
        path[used++] = (char)code;
    }
    path[used] = '\0';
    return true;
}

/* "bytes 5-9/10"; what is no range of that length is none (RFC 9110, 14.4). */
static void take_range(struct span value, struct http_answer *answer)
{
    const char *slash = memchr(value.at, '/', value.len);
    if (!span_begins(value, "bytes ") || !slash)
        return;
    struct span range = { value.at + 6, (size_t)(slash - value.at) - 6 };
    struct span total = { slash + 1, value.len - (size_t)(slash - value.at) - 1 };
    const char *dash = memchr(range.at, '-', range.len);
    struct span first = { range.at, dash ? (size_t)(dash - range.at) : 0 };
    struct span last = { range.at + first.len + 1, dash ? range.len - first.len - 1 : 0 };
    answer->has_range = span_number(total, &answer->total) && span_number(first, &answer->first) &&
                        span_number(last, &answer->last) && answer->first <= answer->last &&
                        answer->last < answer->total;
}

/* false: no number, or another one than was there (RFC 9112, 6.3). */
static bool take_length(struct span value, struct http_answer *answer)
{
    uint64_t before = answer->length;
    bool again = answer->has_length;
    answer->has_length = true;
    return span_number(value, &answer->length) && (!again || answer->length == before);
}

static void take_encoding(struct span value, struct http_answer *answer)
{
    if (value.len > 0 && !span_is(value, "identity"))
        span_copy(value.len < sizeof answer->encoding ? value : (struct span){ "?", 1 },
                  answer->encoding, sizeof answer->encoding);
}

static bool take_field(struct span name, struct span value, struct http_answer *answer)
{
    if (span_is(name, "Content-Length"))
        return take_length(value, answer);
    if (span_is(name, "Content-Range"))
        take_range(value, answer);
    else if (span_is(name, "Content-Encoding"))
        take_encoding(value, answer);
    else if (span_is(name, "ETag"))
        span_copy(value, answer->etag, sizeof answer->etag);
    else if (span_is(name, "Tcpstep-Digest"))
        span_copy(value, answer->digest, sizeof answer->digest);
    else if (span_is(name, "Location"))
        span_copy(value, answer->place, sizeof answer->place);
    else if (span_is(name, "Connection"))
        answer->closes |= span_has(value, "close");
    else if (span_is(name, "Transfer-Encoding"))
        answer->chunked = true;
    else if (span_is(name, "Content-Disposition"))
        answer->is_file = span_begins(value, "attachment");
    return true;
}

/* "HTTP/1.1 200 OK": a digit of the version, three of the status (RFC 9112, 4). */
static bool take_status(struct span line, struct http_answer *answer)
{
    uint64_t minor, status = 0;
    if (line.len < 12 || !span_begins(line, "HTTP/1.") || line.at[8] != ' ')
        return false;
    if (!span_number((struct span){ line.at + 7, 1 }, &minor) ||
        !span_number((struct span){ line.at + 9, 3 }, &status))
        return false;
    answer->status = (unsigned)status;
    answer->closes = minor == 0;
    return status >= 100 && (line.len == 12 || line.at[12] == ' ');
}

bool http_read_answer(const uint8_t *head, size_t len, struct http_answer *answer)
{
    struct span rest = { (const char *)head, len }, line, name, value;
    memset(answer, 0, sizeof *answer);
    if (!span_next_line(&rest, &line) || !take_status(line, answer))
        return false;
    while (span_next_line(&rest, &line) && line.len > 0) {
        if (!span_field(line, &name, &value) || !take_field(name, value, answer))
            return false;
    }
    return true;
}
