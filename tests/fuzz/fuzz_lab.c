/*
 * Any octets as a lab: it is read, or the line and the words say why not; what was read points into
 * its source or its own octets.
 */
#include "sim/lab.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static bool within(const uint8_t *at, size_t len, const void *start, size_t room)
{
    const uint8_t *from = start;
    return len == 0 || (at >= from && at + len <= from + room);
}

static void check_line(const struct lab *lab, const struct lab_line *line, const char *source,
                       size_t len)
{
    assert(line->number >= 1);
    assert(within(line->source.octets, line->source.len, source, len));
    assert(within(line->text.octets, line->text.len, source, len) ||
           within(line->text.octets, line->text.len, lab->octets, lab->octet_count));
    assert(memchr(line->sock, '\0', sizeof line->sock) != NULL);
    assert(memchr(line->to_sock, '\0', sizeof line->to_sock) != NULL);
    assert(line->host < LAB_HOSTS_MAX && line->to_host < LAB_HOSTS_MAX);
    assert(line->from < LAB_HOSTS_MAX && line->chance <= LAB_CERTAIN);
    assert(line->kind != LAB_RULE || (line->nth > 0 && line->from >= 0));
    assert(line->kind != LAB_SET || (line->setting && line->text.len < LAB_VALUE_MAX));
    assert(line->kind != LAB_TRANSFER || (line->octets > 0 && line->octets <= LAB_TRANSFER_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct lab *lab = malloc(sizeof *lab);
    char *source = malloc(len); /* no octet more, so that none beyond is read */
    struct lab_error error;
    if (lab && (source || len == 0)) {
        if (len > 0)
            memcpy(source, octets, len);
        if (lab_read(source, len, lab, &error)) {
            assert(lab->line_count <= LAB_LINES_MAX && lab->octet_count <= LAB_OCTETS_MAX);
            for (uint32_t i = 0; i < lab->line_count; i++)
                check_line(lab, &lab->lines[i], source, len);
        } else {
            assert(error.wrong[0] != '\0' && memchr(error.wrong, '\0', sizeof error.wrong));
            assert(memchr(error.expected, '\0', sizeof error.expected));
        }
    }
    free(source);
    free(lab);
    return 0;
}
