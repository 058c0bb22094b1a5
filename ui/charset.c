/*
 * By iconv(3), a character at a time: what is not whole waits for its next octet.
 */
#include "ui/charset.h"

#include "ui/escape.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    PIECE_MAX = 4096,
    OUT_MAX = 64 /* what one character may become */
};

/* Text that is gathered before it is put. */
struct piece {
    char text[PIECE_MAX];
    size_t len;
    const struct charset_to *to;
};

static void flush(struct piece *piece)
{
    if (piece->len > 0)
        piece->to->put(piece->to->to, piece->text, piece->len);
    piece->len = 0;
}

static void add(struct piece *piece, const void *text, size_t len)
{
    if (piece->len + len > sizeof piece->text)
        flush(piece);
    memcpy(piece->text + piece->len, text, len);
    piece->len += len;
}

bool charset_open(struct charset *charset, const char *name)
{
    memset(charset, 0, sizeof *charset);
    if (!name || strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0)
        return true;
    iconv_t in = iconv_open("UTF-8", name);
    if (in == (iconv_t)-1)
        return false;
    charset->in.iconv = in;
    iconv_t out = iconv_open(name, "UTF-8");
    charset->out.iconv = out == (iconv_t)-1 ? NULL : out;
    if (charset->out.iconv)
        return true;
    charset_close(charset);
    return false;
}

void charset_close(struct charset *charset)
{
    if (charset->in.iconv)
        iconv_close(charset->in.iconv);
    if (charset->out.iconv)
        iconv_close(charset->out.iconv);
    memset(charset, 0, sizeof *charset);
}

/* Could the octets become a character of UTF-8 when more of them come? */
static bool may_become_utf8(const uint8_t *octets, size_t len)
{
    static const uint8_t most[] = { 0xbf, 0xbf, 0xbf };
    uint8_t whole[4];
    uint32_t code;
    if (len == 0 || len > 3)
        return false;
    for (uint8_t least = 0x80;; least = (uint8_t)(least + 0x10)) { /* of the second octet */
        memcpy(whole, octets, len);
        memcpy(whole + len, most, 4 - len);
        if (len == 1)
            whole[1] = least;
        for (size_t all = len + 1; all <= sizeof whole; all++) {
            if (utf8_decode(whole, all, &code) == all)
                return true;
        }
        if (len > 1 || least == 0xb0)
            return false;
    }
}

enum outcome {
    A_CHARACTER,
    NOT_WHOLE,
    NO_CHARACTER,
    NOT_THERE /* a character, which the other encoding has not */
};

/* The character at the front of what is left, as `out`; *taken octets. */
static enum outcome convert(struct charset_way *way, char *out, size_t *out_len, size_t *taken)
{
    char *from = (char *)way->rest, *to = out;
    size_t left = way->rest_len, room = OUT_MAX;
    if (iconv(way->iconv, &from, &left, &to, &room) == (size_t)-1 && left == way->rest_len)
        return errno == EINVAL ? NOT_WHOLE : NO_CHARACTER;
    *taken = way->rest_len - left;
    *out_len = OUT_MAX - room;
    return A_CHARACTER;
}

static enum outcome utf8_front(const struct charset_way *way, char *out, size_t *out_len,
                               size_t *taken)
{
    uint32_t code;
    size_t len = utf8_decode(way->rest, way->rest_len, &code);
    if (len == 0)
        return may_become_utf8(way->rest, way->rest_len) ? NOT_WHOLE : NO_CHARACTER;
    memcpy(out, way->rest, len);
    *out_len = *taken = len;
    return A_CHARACTER;
}

static void drop_front(struct charset_way *way, size_t len)
{
    way->rest_len -= len;
    memmove(way->rest, way->rest + len, way->rest_len);
}

static void spell(struct piece *piece, uint8_t octet)
{
    char spelt[8];
    int len = snprintf(spelt, sizeof spelt, octet == '\r' ? "\\r" : "\\x%02x", octet);
    add(piece, spelt, (size_t)len);
}

/* A character of UTF-8, fit for a terminal; none: len 0. */
static void show_one(struct charset_way *way, struct piece *piece, const char *text, size_t len)
{
    char shown[OUT_MAX];
    bool is_cr = len == 1 && text[0] == '\r';
    if (way->cr && !(len == 1 && text[0] == '\n'))
        spell(piece, '\r');
    way->cr = is_cr;
    if (is_cr)
        return;
    if (len == 1 && (text[0] == '\n' || text[0] == '\t')) {
        add(piece, text, 1);
        return;
    }
    escape_text((const uint8_t *)text, len, shown, sizeof shown);
    add(piece, shown, strlen(shown));
}

static void show_text(struct charset_way *way, struct piece *piece, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t code;
        size_t one = utf8_decode((const uint8_t *)text + i, len - i, &code);
        one = one ? one : 1;
        show_one(way, piece, text + i, one);
        i += one;
    }
}

static void show_front(struct charset_way *way, struct piece *piece)
{
    char out[OUT_MAX];
    size_t out_len = 0, taken = 0;
    enum outcome came = NOT_WHOLE;
    while (way->rest_len > 0) {
        came = way->iconv ? convert(way, out, &out_len, &taken)
                          : utf8_front(way, out, &out_len, &taken);
        if (came == NOT_WHOLE && way->rest_len < sizeof way->rest)
            return;
        if (came == A_CHARACTER)
            show_text(way, piece, out, out_len);
        if (came != A_CHARACTER) {
            show_one(way, piece, "", 0);
            spell(piece, way->rest[0]);
            taken = 1;
        }
        drop_front(way, taken);
    }
}

void charset_show(struct charset *charset, const uint8_t *octets, size_t len,
                  const struct charset_to *to)
{
    struct piece piece = { .to = to };
    for (size_t i = 0; i < len; i++) {
        charset->in.rest[charset->in.rest_len++] = octets[i];
        show_front(&charset->in, &piece);
    }
    flush(&piece);
}

void charset_show_rest(struct charset *charset, const struct charset_to *to)
{
    struct piece piece = { .to = to };
    struct charset_way *way = &charset->in;
    show_one(way, &piece, "", 0);
    for (size_t i = 0; i < way->rest_len; i++)
        spell(&piece, way->rest[i]);
    way->rest_len = 0;
    flush(&piece);
}

/* The character at the front in the peer's encoding. */
static enum outcome say_front(struct charset_way *way, char *out, size_t *out_len, size_t *taken)
{
    uint32_t code = 0;
    size_t len = utf8_decode(way->rest, way->rest_len, &code), all = way->rest_len;
    if (len == 0)
        return may_become_utf8(way->rest, way->rest_len) ? NOT_WHOLE : NO_CHARACTER;
    way->rest_len = len;
    enum outcome came = convert(way, out, out_len, taken);
    way->rest_len = all;
    *taken = len;
    if (came == A_CHARACTER)
        return A_CHARACTER;
    *out_len = (size_t)snprintf(out, OUT_MAX, "\\u{%x}", code);
    return NOT_THERE;
}

static void say_fronts(struct charset_way *way, struct piece *piece, bool all)
{
    char out[OUT_MAX];
    size_t out_len = 0, taken = 0;
    while (way->rest_len > 0) {
        enum outcome came = say_front(way, out, &out_len, &taken);
        if (came == NOT_WHOLE && !all)
            return;
        if (came == A_CHARACTER || came == NOT_THERE) {
            add(piece, out, out_len);
        } else {
            add(piece, way->rest, 1); /* what is no text goes as it is */
            taken = 1;
        }
        drop_front(way, taken);
    }
}

void charset_say(struct charset *charset, const uint8_t *octets, size_t len,
                 const struct charset_to *to)
{
    struct charset_way *way = &charset->out;
    struct piece piece = { .to = to };
    if (!way->iconv) {
        to->put(to->to, (const char *)octets, len);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        way->rest[way->rest_len++] = octets[i];
        say_fronts(way, &piece, false);
    }
    flush(&piece);
}

void charset_say_rest(struct charset *charset, const struct charset_to *to)
{
    struct piece piece = { .to = to };
    say_fronts(&charset->out, &piece, true);
    flush(&piece);
}
