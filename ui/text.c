/*
 * gettext: where its catalogues lie, and how a language is had whose locale the machine lacks.
 */
#include "ui/text.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LOCALE_DIR
#define LOCALE_DIR "/usr/local/share/locale"
#endif

enum {
    FOLDER_MAX = 512
};

static const char domain[] = "tcpstep";

const char *const text_languages[] = { "en", "zh_CN", NULL };

const char *tr(const char *text)
{
    return text[0] ? gettext(text) : text; /* "" is the key of the catalogue's head */
}

const char *tr_n(const char *one, const char *many, unsigned long count)
{
    return ngettext(one, many, count);
}

/* Beside the program as it was built, or as it was installed, wherever that was moved to. */
static bool find_folder(char *folder, size_t len)
{
    static const char *const places[] = { "locale", "../locale", "../share/locale" };
    char self[FOLDER_MAX / 2], catalogue[2 * FOLDER_MAX];
    ssize_t got = readlink("/proc/self/exe", self, sizeof self - 1);
    self[got > 0 ? got : 0] = '\0';
    char *end = strrchr(self, '/');
    if (!end)
        return false;
    *end = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(folder, len, "%s/%s", self, places[i]);
        snprintf(catalogue, sizeof catalogue, "%s/%s/LC_MESSAGES/%s.mo", folder, text_languages[1],
                 domain);
        if (access(catalogue, R_OK) == 0)
            return true;
    }
    return false;
}

static bool is_language(const char *lang)
{
    for (size_t i = 0; text_languages[i]; i++) {
        if (strcmp(lang, text_languages[i]) == 0)
            return true;
    }
    return false;
}

/* gettext heeds LANGUAGE in any locale but "C". */
static void leave_c_locale(void)
{
    const char *now = setlocale(LC_MESSAGES, NULL);
    if (now && strcmp(now, "C") != 0 && strcmp(now, "POSIX") != 0)
        return;
    if (!setlocale(LC_MESSAGES, "C.UTF-8"))
        setlocale(LC_MESSAGES, "en_US.UTF-8");
}

bool text_begin(const char *lang)
{
    char folder[FOLDER_MAX];
    bool known = !lang || is_language(lang);
    if (lang && strcmp(lang, "zh") == 0) {
        lang = text_languages[1];
        known = true;
    }
    if (lang && known) {
        setenv("LANGUAGE", lang, 1);
        leave_c_locale();
    }
    bindtextdomain(domain, find_folder(folder, sizeof folder) ? folder : LOCALE_DIR);
    bind_textdomain_codeset(domain, "UTF-8"); /* as all our texts; the screen translates */
    textdomain(domain);
    return known;
}

void text_for_ascii(void)
{
    text_begin(text_languages[0]);
}
