/*
 * What the service of files has answered, a line each:
 * `127.0.0.1:5000 GET /notes.txt 206, 500 octets from 100`.
 */
#include "ui/services.h"

#include "ui/escape.h"
#include "ui/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    TOLD_MAX = 1400
};

static void append(char *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(char *line, const char *format, ...)
{
    size_t used = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + used, TOLD_MAX - used, format, args);
    va_end(args);
}

void service_files_tell(void *services, const struct files_told *told)
{
    char at[ENDPOINT_TEXT_MAX], path[1024], line[TOLD_MAX] = "";
    endpoint_text(&told->peer, at, sizeof at);
    escape_text((const uint8_t *)told->path, strlen(told->path), path, sizeof path);
    if (told->status == 0)
        append(line, "%s %s", at, path);
    else
        append(line, "%s %s /%s%s %u", at, told->method == HTTP_HEAD ? "HEAD" : "GET", path,
               told->is_digest ? "?digest" : "", told->status);
    append(line, _(", %llu octets"), (unsigned long long)told->sent);
    if (told->first > 0)
        append(line, _(" from %llu"), (unsigned long long)told->first);
    if (told->why)
        append(line, _(", broken off: %s"), _(told->why));
    append(line, "\n");
    services_say(services, line);
}
