/*
 * Differences are runs of words: where one begins, how many octets it has, and these.
 */
#include "net/versions.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORD = 8,
    SHORTEST = 64
};

struct run {
    uint16_t at, len; /* octets */
};

void versions_init(struct versions *versions, size_t len)
{
    assert(len % WORD == 0 && len <= UINT16_MAX);
    *versions = (struct versions){ .len = len };
}

void versions_free(struct versions *versions)
{
    free(versions->last);
    free(versions->parts);
    free(versions->starts);
    versions_init(versions, versions->len);
}

static bool grow(void **items, size_t *cap, size_t needed, size_t item_len)
{
    size_t larger = *cap ? *cap * 2 : SHORTEST;
    if (needed <= *cap)
        return true;
    if (larger < needed)
        larger = needed;
    void *moved = realloc(*items, larger * item_len);
    if (!moved)
        return false;
    *items = moved;
    *cap = larger;
    return true;
}

/* Room for one more version, however much of it differs. */
static bool have_room(struct versions *versions)
{
    void *starts = versions->starts, *parts = versions->parts;
    size_t most = versions->len + (versions->len / WORD / 2 + 1) * sizeof(struct run);
    if (!versions->last && !(versions->last = malloc(versions->len)))
        return false;
    bool had = grow(&starts, &versions->start_cap, versions->count + 1, sizeof *versions->starts) &&
               grow(&parts, &versions->cap, versions->used + most, 1);
    versions->starts = starts;
    versions->parts = parts;
    return had;
}

static void put(struct versions *versions, const void *octets, size_t len)
{
    memcpy(versions->parts + versions->used, octets, len);
    versions->used += len;
}

static bool differs(const struct versions *versions, const uint8_t *value, size_t at)
{
    return at < versions->len && memcmp(versions->last + at, value + at, WORD) != 0;
}

static void put_differences(struct versions *versions, const uint8_t *value)
{
    size_t at = 0;
    while (at < versions->len) {
        size_t end = at;
        while (differs(versions, value, end))
            end += WORD;
        if (end > at) {
            struct run run = { .at = (uint16_t)at, .len = (uint16_t)(end - at) };
            put(versions, &run, sizeof run);
            put(versions, value + at, end - at);
        }
        at = end + WORD;
    }
}

bool versions_add(struct versions *versions, const void *value)
{
    if (versions->count > 0 && memcmp(versions->last, value, versions->len) == 0)
        return true;
    if (!have_room(versions))
        return false;
    versions->starts[versions->count] = versions->used;
    if (versions->count++ % VERSIONS_WHOLE == 0)
        put(versions, value, versions->len);
    else
        put_differences(versions, value);
    memcpy(versions->last, value, versions->len);
    return true;
}

static size_t end_of(const struct versions *versions, size_t i)
{
    return i + 1 < versions->count ? versions->starts[i + 1] : versions->used;
}

static void apply(const struct versions *versions, size_t i, uint8_t *value)
{
    struct run run;
    for (size_t at = versions->starts[i]; at < end_of(versions, i); at += run.len) {
        memcpy(&run, versions->parts + at, sizeof run);
        at += sizeof run;
        memcpy(value + run.at, versions->parts + at, run.len);
    }
}

void versions_get(const struct versions *versions, size_t i, void *value)
{
    size_t whole = i - i % VERSIONS_WHOLE;
    assert(i < versions->count);
    memcpy(value, versions->parts + versions->starts[whole], versions->len);
    for (size_t next = whole + 1; next <= i; next++)
        apply(versions, next, value);
}

void versions_cut(struct versions *versions, size_t count)
{
    assert(count > 0 && count <= versions->count);
    if (count == versions->count)
        return;
    versions->used = versions->starts[count];
    versions->count = count;
    versions_get(versions, count - 1, versions->last);
}
