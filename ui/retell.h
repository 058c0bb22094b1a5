/*
 * Sentences of the floors below, in the language of the reader. They come as words, with the
 * formats that made them where there are values in them (event.form): what stands between the fixed
 * parts of a format is a value, and goes into the translation of that format.
 */
#ifndef UI_RETELL_H
#define UI_RETELL_H

#include "sim/event.h"

enum {
    RETELL_MAX = 1024 /* octets of a sentence, more are left as they are */
};

/* Words that were made by a form, translated into text (len octets); the same words where there is
 * no translation, or where they do not fit the form. Returns text. */
char *retell(const char *form, const char *words, char *text, size_t len);

/* What a lab or the program says by an event, translated, and escaped as escape_text() does it. */
char *retell_event(const struct event *event, char *text, size_t len);

/* The same of any words without a form, as a lab's title: octets that may be a stranger's. */
char *retell_octets(const uint8_t *octets, size_t octets_len, char *text, size_t len);

#endif
