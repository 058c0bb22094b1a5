/*
 * Finding and reading labs.
 */
#include "ui/labs.h"

#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LAB_FILE_MAX = 1 << 20,
    NAMES_MAX = 64,
    WHY_LEN = 640
};

static bool is_file_name(const char *word)
{
    size_t len = strlen(word);
    return strchr(word, '/') || (len > 4 && strcmp(word + len - 4, ".lab") == 0);
}

/* The whole file, to be freed; NULL with errno, EFBIG where it is too large for a lab. */
static char *read_file(const char *path, size_t *len)
{
    char *text = NULL;
    int err;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    errno = 0;
    text = malloc(LAB_FILE_MAX);
    if (text)
        *len = fread(text, 1, LAB_FILE_MAX, file);
    err = !text ? ENOMEM : ferror(file) ? (errno ? errno : EIO) : *len == LAB_FILE_MAX ? EFBIG : 0;
    fclose(file);
    if (err) {
        free(text);
        errno = err;
        return NULL;
    }
    return text;
}

/* What is wrong, and behind it the word of the lab that is: the lab's is not translated. */
static void wrong_words(const struct lab_error *error, char *text, size_t len)
{
    const char *word = strstr(error->wrong, ": '");
    char what[sizeof error->wrong];
    size_t what_len = word ? (size_t)(word - error->wrong) : strlen(error->wrong);
    snprintf(what, sizeof what, "%.*s", (int)what_len, error->wrong);
    snprintf(text, len, "%s%s", tr(what), word ? word : "");
}

struct words {
    char *text;
    size_t len;
};

static bool parse(struct loaded_lab *loaded, const char *where, const char *source, size_t len,
                  struct words why)
{
    struct lab_error error;
    char what[192], shown[192], expected[192];
    if (lab_read(source, len, &loaded->lab, &error))
        return true;
    wrong_words(&error, what, sizeof what);
    escape_text((const uint8_t *)what, strlen(what), shown, sizeof shown);
    retell(N_("a number from 0 to %lu"), error.expected, expected, sizeof expected);
    snprintf(why.text, why.len, _("%s:%u: %s; expected: %s"), where, error.line, shown, expected);
    return false;
}

static const struct builtin_lab *find_builtin(const char *name)
{
    for (size_t i = 0; i < builtin_lab_count; i++) {
        if (strcmp(builtin_labs[i].name, name) == 0)
            return &builtin_labs[i];
    }
    return NULL;
}

static void unknown_lab(const char *word, struct words why)
{
    const char *names[NAMES_MAX] = { NULL };
    size_t count = builtin_lab_count < NAMES_MAX ? builtin_lab_count : NAMES_MAX;
    char shown[96];
    for (size_t i = 0; i < count; i++)
        names[i] = builtin_labs[i].name;
    const char *near = nearest_word(word, names, count);
    escape_text((const uint8_t *)word, strlen(word), shown, sizeof shown);
    snprintf(why.text, why.len,
             near ? _("no lab is called '%s'; did you mean '%s'?") : _("no lab is called '%s'"),
             shown, near);
}

static void list_labs(void)
{
    fprintf(stderr, "%s", _("the labs are:"));
    for (size_t i = 0; i < builtin_lab_count; i++)
        fprintf(stderr, " %s", builtin_labs[i].name);
    fprintf(stderr, "%s\n", _("; or name a file, as ./mine.lab"));
}

struct loaded_lab *lab_try(const char *word, int *status, char *text, size_t text_len)
{
    const struct words why = { text, text_len };
    struct loaded_lab *loaded = calloc(1, sizeof *loaded);
    const struct builtin_lab *builtin = find_builtin(word);
    size_t len = 0;
    *status = STATUS_USAGE;
    if (!loaded) {
        snprintf(text, text_len, "%s", _("out of memory"));
        *status = STATUS_NOT_ALLOWED;
        return NULL;
    }
    escape_text((const uint8_t *)word, strlen(word), loaded->name, sizeof loaded->name);
    if (builtin) {
        if (parse(loaded, word, (const char *)builtin->text, builtin->len, why))
            return loaded;
    } else if (!is_file_name(word)) {
        unknown_lab(word, why);
    } else if (!(loaded->source = read_file(word, &len))) {
        snprintf(text, text_len, "%s: %s", loaded->name, strerror(errno));
    } else if (parse(loaded, loaded->name, loaded->source, len, why)) {
        return loaded;
    }
    lab_unload(loaded);
    return NULL;
}

struct loaded_lab *lab_load(const char *word, int *status)
{
    char why[WHY_LEN];
    struct loaded_lab *loaded = lab_try(word, status, why, sizeof why);
    if (loaded)
        return loaded;
    complain("%s", why);
    if (!find_builtin(word) && !is_file_name(word) && *status == STATUS_USAGE)
        list_labs();
    return NULL;
}

void lab_unload(struct loaded_lab *loaded)
{
    free(loaded->source);
    free(loaded);
}

/* By lesson; those of the same lesson by name, as they come. */
static void put_in_order(struct catalogue *catalogue)
{
    struct catalogue_lab *labs = catalogue->labs;
    for (size_t i = 1; i < catalogue->count; i++) {
        for (size_t j = i; j > 0 && labs[j].lesson < labs[j - 1].lesson; j--) {
            struct catalogue_lab swap = labs[j];
            labs[j] = labs[j - 1];
            labs[j - 1] = swap;
        }
    }
}

bool catalogue_make(struct catalogue *catalogue)
{
    int status;
    catalogue->count = 0;
    for (size_t i = 0; i < builtin_lab_count && i < CATALOGUE_MAX; i++) {
        struct loaded_lab *loaded = lab_load(builtin_labs[i].name, &status);
        if (!loaded)
            return false;
        struct catalogue_lab *lab = &catalogue->labs[catalogue->count++];
        lab->name = builtin_labs[i].name;
        lab->lesson = loaded->lab.lesson;
        escape_text(loaded->lab.title.octets, loaded->lab.title.len, lab->title, sizeof lab->title);
        lab_unload(loaded);
    }
    put_in_order(catalogue);
    return true;
}
