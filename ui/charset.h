/*
 * What a peer says in its character encoding, as text fit for a terminal, piece by piece as it
 * comes; and what is typed, in the peer's encoding. Nothing is lost on the way: octets that are no
 * character are spelt \x.., characters that the encoding lacks \u{..}.
 */
#ifndef UI_CHARSET_H
#define UI_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHARSET_REST_MAX = 16 /* octets of one character, at most */
};

/* One direction. */
struct charset_way {
    void *iconv;                    /* NULL: UTF-8 on both ends */
    uint8_t rest[CHARSET_REST_MAX]; /* the front of a character that is not whole yet */
    size_t rest_len;
    bool cr; /* of what is shown: CR came; before LF it is the end of a line */
};

struct charset {
    struct charset_way in, out;
};

/* Who takes the text, in pieces. */
struct charset_to {
    void (*put)(void *to, const char *text, size_t len);
    void *to;
};

/* By its name; NULL: UTF-8. false: there is no such encoding. */
bool charset_open(struct charset *charset, const char *name);
void charset_close(struct charset *charset);

/* Octets of the peer, as text; ends of lines and tabs stay what they are. */
void charset_show(struct charset *charset, const uint8_t *octets, size_t len,
                  const struct charset_to *to);
/* No more of it comes: what is left is spelt out. */
void charset_show_rest(struct charset *charset, const struct charset_to *to);

/* Typed text, as octets for the peer. */
void charset_say(struct charset *charset, const uint8_t *octets, size_t len,
                 const struct charset_to *to);
void charset_say_rest(struct charset *charset, const struct charset_to *to);

#endif
