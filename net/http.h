/*
 * HTTP/1.1 as octets (RFC 9110, 9112), as much of it as a server and a client of files need: the
 * head of a request and of an answer read into values. Nothing is sent here.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_HEAD_MAX = 8192, /* octets of a head; more is 431 */
    HTTP_PATH_MAX = 4096, /* with its final NUL */
    HTTP_ETAG_MAX = 80,
    HTTP_WORD_MAX = 256
};

enum http_method {
    HTTP_GET,
    HTTP_HEAD
};

/* The only range of a request: "bytes=5-9", "bytes=5-", "bytes=-9". */
enum http_range {
    HTTP_RANGE_NONE, /* or more than one, or one not understood: all is sent (RFC 9110, 14.2) */
    HTTP_RANGE_FROM, /* to the end where `last` is UINT64_MAX */
    HTTP_RANGE_TAIL  /* the last octets, `last` of them */
};

struct http_request {
    enum http_method method;
    bool keeps;      /* the connection is kept for another request */
    bool is_later;   /* than HTTP/1.0: interim answers are understood */
    bool wants_html; /* rather than plain text */
    bool wants_digest;
    char path[HTTP_PATH_MAX]; /* decoded, without the first '/', nothing of it a control octet */
    enum http_range range;
    uint64_t first, last;
    char if_range[HTTP_ETAG_MAX]; /* "": none */
};

/* What of a file a request is about. */
enum http_part {
    HTTP_WHOLE,
    HTTP_PART,
    HTTP_NO_PART /* 416 */
};

struct http_answer {
    unsigned status;
    bool has_length, has_range, closes, chunked;
    uint64_t length;              /* of the body */
    uint64_t first, last, total;  /* of Content-Range, "5-9/10" and not "* /10" */
    char etag[HTTP_ETAG_MAX];     /* "": none */
    char digest[32];              /* Tcpstep-Digest: the kind that can be asked for; "": none */
    char place[HTTP_WORD_MAX];    /* Location */
    char encoding[HTTP_WORD_MAX]; /* Content-Encoding; "": none */
    bool is_file;                 /* Content-Disposition: for a file, whatever its path */
};

/* The length of the head at the front, its empty line included; 0: its end has not come. */
size_t http_head_len(const uint8_t *octets, size_t len);

/* Reads a head of that length. 0, or the status that says what is wrong with it: 400, 405, 414,
 * 501, 505; of the request then only method, keeps and wants_html are set. */
unsigned http_read_request(const uint8_t *head, size_t len, struct http_request *request);

/* false: it is no head of an answer. */
bool http_read_answer(const uint8_t *head, size_t len, struct http_answer *answer);

/* Which octets of a file of that size and ETag are asked for. */
enum http_part http_part_of(const struct http_request *request, uint64_t size, const char *etag,
                            uint64_t *first, uint64_t *len);

/* "Not Found" */
const char *http_reason(unsigned status);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), in no language but this one; returns text. */
char *http_date(int64_t seconds, char *text, size_t len);

/* Writes octets as part of a URL's path ('/' as it is) or decodes one; final NUL included. false:
 * it does not fit, or is no such encoding. */
bool http_encode(const char *path, char *text, size_t len);
bool http_decode(const char *text, size_t text_len, char *path, size_t len);

#endif
