/*
 * Any octets as a head of a request and of an answer: it is read, or refused with a status; a path
 * holds no control octet and no NUL but its last, a part lies within its file.
 */
#include "net/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check_request(const struct http_request *request)
{
    static const uint64_t sizes[] = { 0, 1, 1000, INT64_MAX };
    assert(memchr(request->path, '\0', sizeof request->path) != NULL);
    assert(memchr(request->if_range, '\0', sizeof request->if_range) != NULL);
    for (const char *at = request->path; *at; at++)
        assert((unsigned char)*at >= 0x20 && *at != 0x7f);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t first, part;
        enum http_part kind = http_part_of(request, sizes[i], "\"e\"", &first, &part);
        assert(kind == HTTP_NO_PART || (first <= sizes[i] && part <= sizes[i] - first));
        assert(kind != HTTP_PART || part > 0);
    }
}

/* The path goes through a URL and comes back. */
static void check_path(const char *path)
{
    char text[3 * HTTP_PATH_MAX + 4], back[HTTP_PATH_MAX];
    assert(http_encode(path, text, sizeof text));
    assert(http_decode(text, strlen(text), back, sizeof back));
    assert(strcmp(path, back) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct http_request request;
    struct http_answer answer;
    size_t head = http_head_len(octets, len);
    uint8_t *copy = malloc(head ? head : 1); /* no octet more, so that none beyond is read */
    if (copy && head > 0) {
        memcpy(copy, octets, head);
        assert(http_head_len(copy, head) == head && http_head_len(copy, head - 1) == 0);
        unsigned wrong = http_read_request(copy, head, &request);
        assert(!wrong || (!request.keeps && http_reason(wrong)[0] != 'U'));
        if (!wrong) {
            check_request(&request);
            check_path(request.path);
        }
        if (http_read_answer(copy, head, &answer))
            assert(answer.status >= 100 && answer.status <= 999);
    }
    free(copy);
    return 0;
}
