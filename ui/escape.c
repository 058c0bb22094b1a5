/*
 * UTF-8 read strictly (RFC 3629), and everything that is not a printable character spelt out.
 */
#include "ui/escape.h"

#include <stdio.h>
#include <string.h>

size_t utf8_decode(const uint8_t *octets, size_t len, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t need = octets[0] < 0x80   ? 1
                  : octets[0] < 0xc2 ? 0
                  : octets[0] < 0xe0 ? 2
                  : octets[0] < 0xf0 ? 3
                  : octets[0] < 0xf5 ? 4
                                     : 0;
    if (need == 0 || need > len)
        return 0;
    *code = need == 1 ? octets[0] : octets[0] & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((octets[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (octets[i] & 0x3f);
    }
    bool surrogate = *code >= 0xd800 && *code < 0xe000;
    return *code < least[need] || *code > 0x10ffff || surrogate ? 0 : need;
}

bool is_printable(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c)
        return false;
    if ((code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e))
        return false;
    return !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff && code < 0xe0000;
}

static size_t spell_out(uint8_t octet, char *out)
{
    static const char names[] = "\nn\rr\tt\\\\";
    for (size_t i = 0; i + 1 < sizeof names; i += 2) {
        if ((uint8_t)names[i] == octet) {
            out[0] = '\\';
            out[1] = names[i + 1];
            return 2;
        }
    }
    snprintf(out, 5, "\\x%02x", octet);
    return 4;
}

char *escape_text(const uint8_t *octets, size_t octets_len, char *text, size_t len)
{
    static const char more[] = "...";
    size_t used = 0, cut_at = 0;
    for (size_t i = 0; i < octets_len;) {
        char out[5];
        uint32_t code;
        size_t taken = utf8_decode(octets + i, octets_len - i, &code), out_len;
        if (taken > 0 && is_printable(code) && code != '\\') {
            memcpy(out, octets + i, taken);
            out_len = taken;
        } else {
            taken = 1;
            out_len = spell_out(octets[i], out);
        }
        if (used + out_len >= len) {
            snprintf(text + cut_at, len - cut_at, "%s", more);
            return text;
        }
        memcpy(text + used, out, out_len);
        used += out_len;
        i += taken;
        if (used + sizeof more <= len)
            cut_at = used;
    }
    text[used] = '\0';
    return text;
}
