/*
 * Golden files: read, compared row by row, written.
 */
#include "tests/golden.h"

#include "tests/capture.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void write_anew(const char *path, const char *text)
{
    mkdir("tests/golden", 0777);
    FILE *file = fopen(path, "w");
    ck_assert_msg(file != NULL, "%s can't be written: run from the repository's top folder", path);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* The row at *at, which moves behind it; NULL behind the last. */
static const char *next_row(const char **at, int *len)
{
    const char *row = *at;
    if (!*row)
        return NULL;
    *len = (int)strcspn(row, "\n");
    *at += *len + (row[*len] == '\n');
    return row;
}

/* The rows that differ, on standard error: a Check message has no room for them. */
static void show_difference(const char *path, const char *wanted, const char *seen)
{
    int wanted_len = 0, seen_len = 0;
    fprintf(stderr, "\n--- %s\n+++ what is drawn now\n", path);
    for (int number = 1; *wanted || *seen; number++) {
        const char *old_row = next_row(&wanted, &wanted_len);
        const char *new_row = next_row(&seen, &seen_len);
        if (old_row && new_row && wanted_len == seen_len &&
            memcmp(old_row, new_row, (size_t)seen_len) == 0)
            continue;
        if (old_row)
            fprintf(stderr, "%3d -|%.*s|\n", number, wanted_len, old_row);
        if (new_row)
            fprintf(stderr, "%3d +|%.*s|\n", number, seen_len, new_row);
    }
}

void golden(const char *name, const char *text)
{
    char path[128];
    const char *wish = getenv("TCPSTEP_GOLDEN");
    snprintf(path, sizeof path, "tests/golden/%s.txt", name);
    if (wish && strcmp(wish, "write") == 0) {
        write_anew(path, text);
        return;
    }
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL,
                  "%s is not there: run from the repository's top folder; "
                  "TCPSTEP_GOLDEN=write make check writes it",
                  path);
    char *wanted = read_whole(file, NULL);
    fclose(file);
    bool same = strcmp(wanted, text) == 0;
    if (!same)
        show_difference(path, wanted, text);
    free(wanted);
    ck_assert_msg(same,
                  "%s is not what is drawn now (rows above); if that is meant: "
                  "TCPSTEP_GOLDEN=write make check, and look at the changes",
                  path);
}
