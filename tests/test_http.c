/*
 * Heads of HTTP/1.1: what they say, what is refused, and which octets of a file are meant.
 */
#include "tests/suites.h"

#include "net/http.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned read_request(const char *text, struct http_request *request)
{
    size_t len = http_head_len((const uint8_t *)text, strlen(text));
    ck_assert_msg(len == strlen(text), "its end was not found: %s", text);
    return http_read_request((const uint8_t *)text, len, request);
}

/* A head ends with its empty line, by CR LF or LF alone (RFC 9112, 2.2); before that it is not
 * whole, wherever it is cut. */
START_TEST(a_head_has_an_end)
{
    static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET";
    const uint8_t *octets = (const uint8_t *)head;
    for (size_t len = 0; len < sizeof head - 1; len++)
        ck_assert_uint_eq(http_head_len(octets, len), len < 27 ? 0 : 27);
    ck_assert_uint_eq(http_head_len((const uint8_t *)"GET / HTTP/1.0\n\n", 16), 16);
}
END_TEST

START_TEST(a_request_is_read)
{
    struct http_request request;
    ck_assert_uint_eq(read_request("GET /a%20b/%c3%a4?digest HTTP/1.1\r\nHost: x:80\r\n"
                                   "accept: text/html, */*\r\nRANGE: bytes=5-9\r\n"
                                   "If-Range: \"1-2\"\r\n\r\n",
                                   &request),
                      0);
    ck_assert_int_eq(request.method, HTTP_GET);
    ck_assert_str_eq(request.path, "a b/\xc3\xa4");
    ck_assert(request.wants_digest && request.wants_html && request.keeps);
    ck_assert_int_eq(request.range, HTTP_RANGE_FROM);
    ck_assert(request.first == 5 && request.last == 9);
    ck_assert_str_eq(request.if_range, "\"1-2\"");
    ck_assert_uint_eq(read_request("HEAD http://host/x HTTP/1.0\n\n", &request), 0);
    ck_assert_int_eq(request.method, HTTP_HEAD);
    ck_assert_str_eq(request.path, "x");
    ck_assert(!request.keeps && !request.wants_digest && request.range == HTTP_RANGE_NONE);
}
END_TEST

static const struct {
    unsigned status;
    const char *head;
} refused[] = {
    { 400, "GET\r\n\r\n" },
    { 400, "GET / HTTP/1.1\r\n\r\n" }, /* no Host (RFC 9112, 3.2) */
    { 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
    { 400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n" },         /* a blank before the colon: 5.1 */
    { 400, "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n" }, /* a line that goes on: 5.2 */
    { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n" },
    { 400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET /%0a HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET /%7f HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET /%g1 HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET /% HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET x HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET / FTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n" },
    { 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n" },
    { 405, "POST / HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 405, "DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 501, "get / HTTP/1.1\r\nHost: a\r\n\r\n" },
    { 501, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" },
    { 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n" },
};

/* What is wrong is refused, with the status that says how, and the connection is not kept. */
START_TEST(a_request_is_refused)
{
    struct http_request request;
    ck_assert_uint_eq(read_request(refused[_i].head, &request), refused[_i].status);
    ck_assert(!request.keeps);
}
END_TEST

/* Behind a body the next request cannot be told from it: the connection is not kept. */
START_TEST(a_connection_is_kept)
{
    static const struct {
        bool keeps;
        const char *head;
    } cases[] = {
        { true, "GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { false, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n" },
        { false, "GET / HTTP/1.0\r\n\r\n" },
        { true, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" },
        { false, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n" },
        { true, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request;
        ck_assert_uint_eq(read_request(cases[i].head, &request), 0);
        ck_assert_msg(request.keeps == cases[i].keeps, "%s", cases[i].head);
    }
}
END_TEST

static const struct {
    const char *range;
    uint64_t size;
    enum http_part part;
    uint64_t first, len;
} ranges[] = {
    { "bytes=0-0", 10, HTTP_PART, 0, 1 },
    { "bytes=5-", 10, HTTP_PART, 5, 5 },
    { "bytes=5-99", 10, HTTP_PART, 5, 5 },
    { "bytes=9-9", 10, HTTP_PART, 9, 1 },
    { "bytes=10-", 10, HTTP_NO_PART, 0, 0 },
    { "bytes=0-", 0, HTTP_NO_PART, 0, 0 },
    { "bytes=-3", 10, HTTP_PART, 7, 3 },
    { "bytes=-99", 10, HTTP_PART, 0, 10 },
    { "bytes=-0", 10, HTTP_NO_PART, 10, 0 },
    { "bytes=5-4", 10, HTTP_WHOLE, 0, 10 },
    { "bytes=-", 10, HTTP_WHOLE, 0, 10 },
    { "bytes=1-2,4-5", 10, HTTP_WHOLE, 0, 10 },
    { "lines=1-2", 10, HTTP_WHOLE, 0, 10 },
    { "bytes=99999999999999999999999-", 10, HTTP_NO_PART, 0, 0 },
    { "bytes=0-99999999999999999999999", 10, HTTP_PART, 0, 10 },
};

/* RFC 9110, 14.1.2; what is not understood is not heeded (14.2). */
START_TEST(ranges_are_resolved)
{
    char head[200];
    struct http_request request;
    uint64_t first, len;
    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: a\r\nRange: %s\r\n\r\n", ranges[_i].range);
    ck_assert_uint_eq(read_request(head, &request), 0);
    enum http_part part = http_part_of(&request, ranges[_i].size, "\"e\"", &first, &len);
    ck_assert_int_eq(part, ranges[_i].part);
    if (part == HTTP_NO_PART)
        return;
    ck_assert_uint_eq(first, ranges[_i].first);
    ck_assert_uint_eq(len, ranges[_i].len);
}
END_TEST

/* A part is sent where the file is still the same one, else the whole; of HEAD no range is heeded.
 */
START_TEST(ranges_depend)
{
    struct http_request request;
    uint64_t first, len;
    ck_assert_uint_eq(read_request("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=5-\r\n"
                                   "If-Range: \"e\"\r\n\r\n",
                                   &request),
                      0);
    ck_assert_int_eq(http_part_of(&request, 10, "\"e\"", &first, &len), HTTP_PART);
    ck_assert_int_eq(http_part_of(&request, 10, "\"f\"", &first, &len), HTTP_WHOLE);
    ck_assert_uint_eq(first, 0);
    ck_assert_uint_eq(len, 10);
    request.method = HTTP_HEAD;
    ck_assert_int_eq(http_part_of(&request, 10, "\"e\"", &first, &len), HTTP_WHOLE);
}
END_TEST

START_TEST(an_answer_is_read)
{
    static const char head[] = "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n"
                               "Content-Range: bytes 5-9/10\r\nETag: \"a-b\"\r\n"
                               "Tcpstep-Digest: xxh3-128\r\nConnection: close\r\n\r\n";
    static const char *const wrong[] = { "HTTP/2 200\r\n\r\n",
                                         "hello\r\n\r\n",
                                         "HTTP/1.1 2x0 \r\n\r\n",
                                         "HTTP/1.1 2000 OK\r\n\r\n",
                                         "HTTP/1.1 20\r\n\r\n",
                                         "HTTP/1.x 200 OK\r\n\r\n",
                                         "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" };
    static const char differ[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                                 "Content-Length: 6\r\n\r\n";
    static const char twice[] = "HTTP/1.1 200\r\nContent-Length: 5\r\nContent-Length: 5\r\n"
                                "Content-Encoding: identity\r\n\r\n";
    static const char packed[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    struct http_answer answer;
    ck_assert(http_read_answer((const uint8_t *)head, sizeof head - 1, &answer));
    ck_assert_uint_eq(answer.status, 206);
    ck_assert(answer.has_length && answer.length == 5);
    ck_assert(answer.has_range && answer.first == 5 && answer.last == 9 && answer.total == 10);
    ck_assert_str_eq(answer.etag, "\"a-b\"");
    ck_assert_str_eq(answer.digest, "xxh3-128");
    ck_assert(answer.closes && !answer.chunked && !answer.is_file);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert(!http_read_answer((const uint8_t *)wrong[i], strlen(wrong[i]), &answer));
    ck_assert(!http_read_answer((const uint8_t *)differ, sizeof differ - 1, &answer));
    ck_assert(http_read_answer((const uint8_t *)twice, sizeof twice - 1, &answer));
    ck_assert(answer.length == 5 && !answer.encoding[0]);
    ck_assert(http_read_answer((const uint8_t *)packed, sizeof packed - 1, &answer));
    ck_assert_str_eq(answer.encoding, "gzip");
}
END_TEST

/* A Content-Range in a false order, or beyond the whole, is none (RFC 9110, 14.4). */
START_TEST(an_answer_has_a_range)
{
    static const struct {
        bool is_one;
        const char *range;
    } cases[] = {
        { true, "bytes 5-9/10" },   { true, "bytes 0-0/1" },  { false, "bytes 5-3/10" },
        { false, "bytes 5-10/10" }, { false, "bytes */10" },  { false, "bytes 5-9/*" },
        { false, "bytes 5/10" },    { false, "bytes 5-/10" }, { false, "lines 5-9/10" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char head[100];
        struct http_answer answer;
        int len = snprintf(head, sizeof head, "HTTP/1.1 206 OK\r\nContent-Range: %s\r\n\r\n",
                           cases[i].range);
        ck_assert(http_read_answer((const uint8_t *)head, (size_t)len, &answer));
        ck_assert_msg(answer.has_range == cases[i].is_one, "%s", cases[i].range);
    }
}
END_TEST

/* Paths go through a URL and come back, whatever octets they have; what does not fit is refused. */
START_TEST(paths_are_encoded)
{
    char path[300], text[1000], back[300];
    size_t len = 0;
    for (int octet = 0xff; octet >= 0x20; octet--)
        if (octet != 0x7f)
            path[len++] = (char)octet;
    path[len] = '\0';
    ck_assert(http_encode(path, text, sizeof text));
    ck_assert_uint_eq(strcspn(text, " <>\"'&?#"), strlen(text));
    ck_assert(http_decode(text, strlen(text), back, sizeof back));
    ck_assert_str_eq(back, path);
    ck_assert(!http_encode(path, text, 20));
    ck_assert(!http_decode("abc", 3, back, 3));
    ck_assert_str_eq(http_date(784111777, text, sizeof text), "Sun, 06 Nov 1994 08:49:37 GMT");
}
END_TEST

Suite *http_suite(void)
{
    Suite *suite = suite_create("http");
    TCase *tcase = tcase_create("heads");
    tcase_add_test(tcase, a_head_has_an_end);
    tcase_add_test(tcase, a_request_is_read);
    tcase_add_loop_test(tcase, a_request_is_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(tcase, a_connection_is_kept);
    tcase_add_loop_test(tcase, ranges_are_resolved, 0, sizeof ranges / sizeof ranges[0]);
    tcase_add_test(tcase, ranges_depend);
    tcase_add_test(tcase, an_answer_is_read);
    tcase_add_test(tcase, an_answer_has_a_range);
    tcase_add_test(tcase, paths_are_encoded);
    suite_add_tcase(suite, tcase);
    return suite;
}
