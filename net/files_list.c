/*
 * Names are strangers' octets: control octets are in none of them (such a file cannot be asked
 * for), what is no UTF-8 and what means something in HTML is encoded.
 */
#include "net/files_list.h"

#include "net/files_open.h"
#include "net/http.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ENCODED_MAX = 3 * HTTP_PATH_MAX,
    ROW_MOST = 4096 /* octets of a row, of which a name may be 255 */
};

struct entry {
    bool is_dir;
    int64_t size, seconds;
    char name[];
};

struct entries {
    struct entry **entry;
    size_t count, room, octets;
    bool more; /* than are in it */
};

static bool has_control(const char *name)
{
    for (; *name; name++) {
        if ((unsigned char)*name < 0x20 || *name == 0x7f)
            return true;
    }
    return false;
}

/* false: out of memory. */
static bool put(struct entries *entries, const char *name, const struct stat *seen)
{
    size_t len = strlen(name);
    if (entries->count == entries->room) {
        size_t room = entries->room ? entries->room * 2 : 64;
        struct entry **grown = realloc(entries->entry, room * sizeof *grown);
        if (!grown)
            return false;
        entries->entry = grown;
        entries->room = room;
    }
    struct entry *entry = malloc(sizeof *entry + len + 1);
    if (!entry)
        return false;
    entry->is_dir = S_ISDIR(seen->st_mode);
    entry->size = seen->st_size;
    entry->seconds = seen->st_mtim.tv_sec;
    memcpy(entry->name, name, len + 1);
    entries->entry[entries->count++] = entry;
    entries->octets += len + sizeof *entry;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* A link is what it leads to, where that is below the root. */
static bool look(int root, int dir, const char *path, const char *name, bool by_hand,
                 struct stat *seen)
{
    char whole[HTTP_PATH_MAX + 256];
    if (fstatat(dir, name, seen, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    if (!S_ISLNK(seen->st_mode))
        return S_ISREG(seen->st_mode) || S_ISDIR(seen->st_mode);
    snprintf(whole, sizeof whole, "%s/%s", path[0] ? path : ".", name);
    return files_look(root, whole, by_hand, seen) == 0;
}

static bool collect(DIR *from, int root, const char *path, bool by_hand, struct entries *entries)
{
    const struct dirent *one;
    struct stat seen;
    while ((one = readdir(from)) != NULL) {
        const char *name = one->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || has_control(name))
            continue;
        if (entries->octets > FILES_LIST_MAX / 4) {
            entries->more = true;
            break;
        }
        if (look(root, dirfd(from), path, name, by_hand, &seen) && !put(entries, name, &seen))
            return false;
    }
    if (entries->count > 0)
        qsort(entries->entry, entries->count, sizeof *entries->entry, by_name);
    return true;
}

/* Of the character at the front; 0: it is none, or a control of the upper half. */
static size_t utf8_len(const uint8_t *octets, size_t len)
{
    static const uint32_t least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
    size_t need = octets[0] < 0x80 ? 1 : octets[0] < 0xc2 ? 0 : octets[0] < 0xe0 ? 2 : 3;
    if (octets[0] >= 0xf0)
        need = octets[0] < 0xf5 ? 4 : 0;
    if (need == 0 || need > len)
        return 0;
    uint32_t code = need == 1 ? octets[0] : octets[0] & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((octets[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (octets[i] & 0x3f);
    }
    return code < least[need] || code > 0x10ffff || (code >> 11) == 0x1b ? 0 : need;
}

/* The name as text: what is no UTF-8, and '%', by its number. */
static void write_name(FILE *to, const char *name, bool html)
{
    const uint8_t *octets = (const uint8_t *)name;
    size_t len = strlen(name);
    while (len > 0) {
        size_t good = utf8_len(octets, len);
        if (good == 0 || *octets == '%')
            fprintf(to, "%%%02X", *octets);
        else if (html && strchr("<>&\"'", *octets))
            fprintf(to, "&#%u;", *octets);
        else
            fwrite(octets, 1, good, to);
        octets += good ? good : 1;
        len -= good ? good : 1;
    }
}

static void write_row(FILE *to, const char *path, const struct entry *entry, bool html)
{
    char size[24] = "-", link[ENCODED_MAX], whole[HTTP_PATH_MAX + 256];
    time_t when = (time_t)entry->seconds;
    struct tm tm = { .tm_year = 70, .tm_mday = 1 };
    gmtime_r(&when, &tm);
    if (!entry->is_dir)
        snprintf(size, sizeof size, "%" PRId64, entry->size);
    fprintf(to, "%15s  %04d-%02d-%02dT%02d:%02d:%02dZ  ", size, tm.tm_year + 1900, tm.tm_mon + 1,
            tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    snprintf(whole, sizeof whole, "%s%s%s", path, path[0] ? "/" : "", entry->name);
    bool linked = html && http_encode(whole, link, sizeof link);
    if (linked)
        fprintf(to, "<a href=\"/%s%s\">", link, entry->is_dir ? "/" : "");
    write_name(to, entry->name, html);
    fprintf(to, "%s%s\n", entry->is_dir ? "/" : "", linked ? "</a>" : "");
}

static void write_all(FILE *to, const char *path, const struct entries *entries, bool html)
{
    bool more = entries->more;
    if (html) {
        fputs("<!doctype html>\n<meta charset=\"utf-8\">\n<title>/", to);
        write_name(to, path, true);
        fputs("</title>\n<pre>\n", to);
    }
    for (size_t i = 0; i < entries->count; i++) {
        if (ftell(to) > FILES_LIST_MAX - ROW_MOST) {
            more = true;
            break;
        }
        write_row(to, path, entries->entry[i], html);
    }
    if (more)
        fputs("# there is more than fits here\n", to);
    if (html)
        fputs("</pre>\n", to);
}

char *files_list(int root, int dir, const char *path, bool by_hand, bool html, size_t *len)
{
    struct entries entries = { .count = 0 };
    char *text = NULL;
    DIR *from = fdopendir(dir);
    FILE *to = from ? open_memstream(&text, len) : NULL;
    bool good = to && collect(from, root, path, by_hand, &entries);
    if (good)
        write_all(to, path, &entries, html);
    if (to)
        good = fclose(to) == 0 && good;
    if (from)
        closedir(from);
    else
        close(dir);
    for (size_t i = 0; i < entries.count; i++)
        free(entries.entry[i]);
    free(entries.entry);
    if (good)
        return text;
    free(text);
    return NULL;
}
