/*
 * What the service of files has answered, a line each:
 * `127.0.0.1:5000 GET /notes.txt 206, 500 octets from 100`.
 */
#include "ui/services.h"

#include "ui/escape.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

void service_files_tell(void *nobody, const struct files_told *told)
{
    char at[ENDPOINT_TEXT_MAX], path[1024];
    (void)nobody;
    endpoint_text(&told->peer, at, sizeof at);
    escape_text((const uint8_t *)told->path, strlen(told->path), path, sizeof path);
    if (told->status == 0)
        printf("%s %s", at, path);
    else
        printf("%s %s /%s%s %u", at, told->method == HTTP_HEAD ? "HEAD" : "GET", path,
               told->is_digest ? "?digest" : "", told->status);
    printf(_(", %llu octets"), (unsigned long long)told->sent);
    if (told->first > 0)
        printf(_(" from %llu"), (unsigned long long)told->first);
    if (told->why)
        printf(_(", broken off: %s"), told->why);
    printf("\n");
    fflush(stdout);
}
