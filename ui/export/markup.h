/*
 * Text put into XML, HTML and JSON, where no octet of it can end what it stands in.
 */
#ifndef UI_EXPORT_MARKUP_H
#define UI_EXPORT_MARKUP_H

#include <stdint.h>
#include <stdio.h>

/* Between tags, or in an attribute within either kind of quotes. What XML has no character for
 * (XML 1.0, 2.2), and octets that are not UTF-8, become U+FFFD. */
void markup_text(const char *text, FILE *to);
void markup_code(uint32_t code, FILE *to);

/* A string of JSON in its quotes, also for a script in HTML: none of < > & stands in it. */
void markup_json(const char *text, FILE *to);

#endif
