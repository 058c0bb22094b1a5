/*
 * Escaping.
 */
#include "ui/export/markup.h"

#include "ui/escape.h"
#include "ui/tui/grid.h"

#include <string.h>

enum {
    REPLACEMENT = 0xfffd
};

/* The next character of text, REPLACEMENT for an octet that begins none. */
static uint32_t next_code(const char **text)
{
    uint32_t code;
    size_t len = utf8_decode((const uint8_t *)*text, strlen(*text), &code);
    *text += len ? len : 1;
    return len ? code : REPLACEMENT;
}

static void put_utf8(uint32_t code, FILE *to)
{
    char text[5];
    fwrite(text, 1, utf8_encode(code, text), to);
}

static bool is_of_xml(uint32_t code)
{
    bool control = (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7f && code < 0xa0);
    bool surrogate = code >= 0xd800 && code < 0xe000;
    return !control && !surrogate && (code & 0xfffe) != 0xfffe && code <= 0x10ffff &&
           !(code >= 0xfdd0 && code <= 0xfdef);
}

void markup_code(uint32_t code, FILE *to)
{
    static const struct {
        char code;
        const char *name;
    } names[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" }
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((uint32_t)names[i].code == code) {
            fputs(names[i].name, to);
            return;
        }
    }
    put_utf8(is_of_xml(code) ? code : REPLACEMENT, to);
}

void markup_text(const char *text, FILE *to)
{
    while (*text)
        markup_code(next_code(&text), to);
}

void markup_json(const char *text, FILE *to)
{
    fputc('"', to);
    while (*text) {
        uint32_t code = next_code(&text);
        bool special = code < 0x20 || code == 0x7f || code == '<' || code == '>' || code == '&' ||
                       code == 0x2028 || code == 0x2029;
        if (code == '"' || code == '\\')
            fprintf(to, "\\%c", (char)code);
        else if (special)
            fprintf(to, "\\u%04x", code);
        else
            put_utf8(is_of_xml(code) ? code : REPLACEMENT, to);
    }
    fputc('"', to);
}
