/*
 * What people read, in their language: by gettext, with the English text as the key. Names of the
 * field (states, flags, calls, errnos) stay as they are in every language.
 */
#ifndef UI_TEXT_H
#define UI_TEXT_H

#include "sim/text.h"

#include <stdbool.h>

/* Marks a text in a table, for xgettext to find; whoever shows it says _(text). */
#define N_(text) (text)
#define _(text)  tr(text)

/* The text in the language chosen, itself where there is no translation. */
const char *tr(const char *text) __attribute__((format_arg(1)));

/* The same of a text with a number in it: as it is for one, and for many. */
const char *tr_n(const char *one, const char *many, unsigned long count)
    __attribute__((format_arg(1), format_arg(2)));

/* A language: "en", "zh_CN". NULL: by the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG). Before
 * any text is shown. False: there is no such language here, and texts are in English. */
bool text_begin(const char *lang);

/* Where nothing beyond ASCII can be drawn: from here on texts are in English. */
void text_for_ascii(void);

/* The languages there are, ended by NULL. */
extern const char *const text_languages[];

#endif
