/*
 * Octets of strangers on their way to a terminal: what is let through, what is spelt out, and
 * where it is cut.
 */
#include "tests/suites.h"

#include "ui/escape.h"
#include "ui/tui/grid.h"

#include <stdlib.h>
#include <string.h>

/* Escapes text of which a C string can hold all. */
static const char *escaped(const char *octets, char *text, size_t len)
{
    return escape_text((const uint8_t *)octets, strlen(octets), text, len);
}

/* Fails unless the text is UTF-8 without controls and without turns of direction. (Check writes a
 * note for each of its assertions that holds: hence the plain ifs here.) */
static void is_harmless(const char *text)
{
    size_t len = strlen(text);
    uint32_t code;
    for (size_t i = 0; i < len;) {
        size_t taken = utf8_decode((const uint8_t *)text + i, len - i, &code);
        if (taken == 0)
            ck_abort_msg("'%s' is not UTF-8", text);
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            ck_abort_msg("control %x", code);
        if (code == 0x61c || code == 0x200e || code == 0x200f ||
            (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
            ck_abort_msg("turn of direction %x", code);
        i += taken;
    }
}

/* Every control octet is spelt out, the common ones by their letters. */
START_TEST(controls_are_spelt_out)
{
    char text[32], expected[8];
    for (unsigned octet = 0; octet < 0x20; octet++) {
        uint8_t one = (uint8_t)octet;
        const char *letter = octet == '\n'   ? "\\n"
                             : octet == '\r' ? "\\r"
                             : octet == '\t' ? "\\t"
                                             : NULL;
        snprintf(expected, sizeof expected, "\\x%02x", octet);
        escape_text(&one, 1, text, sizeof text);
        ck_assert_str_eq(text, letter ? letter : expected);
    }
    ck_assert_str_eq(escaped("\x1b[2J\x7f", text, sizeof text), "\\x1b[2J\\x7f");
}
END_TEST

/* A backslash is doubled, so that no text can pass itself off as an escape. */
START_TEST(backslash_is_doubled)
{
    char text[32];
    ck_assert_str_eq(escaped("\\x1b", text, sizeof text), "\\\\x1b");
}
END_TEST

/* The C1 controls, which are valid UTF-8 and some of which a terminal obeys, are spelt out. */
START_TEST(c1_controls_are_spelt_out)
{
    char octets[5], text[16], expected[16];
    for (uint32_t code = 0x80; code < 0xa0; code++) {
        utf8_encode(code, octets);
        snprintf(expected, sizeof expected, "\\xc2\\x%02x", code);
        ck_assert_str_eq(escaped(octets, text, sizeof text), expected);
    }
    ck_assert_str_eq(escaped("\x9b"
                             "2J",
                             text, sizeof text),
                     "\\x9b2J");
}
END_TEST

/* What is no UTF-8 by RFC 3629 is spelt out octet by octet, and what follows is read anew. */
START_TEST(invalid_utf8_is_spelt_out)
{
    static const struct {
        const char *octets, *text;
    } rows[] = {
        { "\xc0\x80", "\\xc0\\x80" },                   /* NUL, overlong */
        { "\xc1\xbf", "\\xc1\\xbf" },                   /* DEL, overlong */
        { "\xe0\x80\x9b", "\\xe0\\x80\\x9b" },          /* CSI, overlong */
        { "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },          /* three octets for two */
        { "\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b" }, /* four octets for two */
        { "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" }, /* four octets for three */
        { "\xed\xa0\x80", "\\xed\\xa0\\x80" },          /* a surrogate */
        { "\xed\xbf\xbf", "\\xed\\xbf\\xbf" },          /* the last one */
        { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond U+10FFFF */
        { "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" }, /* likewise */
        { "\xff\xfe", "\\xff\\xfe" },                   /* never in UTF-8 */
        { "\x80", "\\x80" },                            /* a tail without a head */
        { "\xe4\xb8", "\\xe4\\xb8" },                   /* a head whose tail is cut */
        { "\xe4\xb8z", "\\xe4\\xb8z" },                 /* likewise, in the middle */
        { "\xe4\xe4\xb8\xad", "\\xe4\xe4\xb8\xad" },    /* read anew behind the bad one */
    };
    char text[32];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_str_eq(escaped(rows[i].octets, text, sizeof text), rows[i].text);
}
END_TEST

/* Characters that turn the direction of a line, or that nobody can see, are spelt out. */
START_TEST(turns_of_direction_are_spelt_out)
{
    static const uint32_t codes[] = { 0xad,   0x61c,  0x200b, 0x200d, 0x200e,  0x200f,
                                      0x2028, 0x2029, 0x202a, 0x202d, 0x202e,  0x2060,
                                      0x2066, 0x2067, 0x2069, 0xfeff, 0xe0001, 0xe007f };
    char octets[5], text[32];
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        utf8_encode(codes[i], octets);
        escaped(octets, text, sizeof text);
        ck_assert_msg(text[0] == '\\' && strlen(text) == 4 * strlen(octets), "U+%04X: '%s'",
                      codes[i], text);
    }
}
END_TEST

/* Chinese and other letters pass as they are. */
START_TEST(letters_pass)
{
    static const char *const words[] = { "三次握手", "你好，世界", "Grüße", "𠀀𪛖",
                                         "naïve €5", "привет",     "a b~" };
    char text[64];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_str_eq(escaped(words[i], text, sizeof text), words[i]);
}
END_TEST

/* However short the room, a cut text ends with "...", keeps whole characters and whole escapes. */
START_TEST(cutting_splits_nothing)
{
    static const char source[] = "a中\n𠀀é\x1bz文字";
    char whole[64], text[64];
    escaped(source, whole, sizeof whole);
    size_t whole_len = strlen(whole);
    for (size_t len = 1; len <= whole_len; len++) {
        memset(text, 'X', sizeof text);
        escaped(source, text, len);
        size_t used = strlen(text);
        ck_assert_uint_lt(used, len);
        ck_assert_int_eq(text[len], 'X');
        is_harmless(text);
        if (len < 4)
            continue;
        ck_assert_msg(strcmp(text + used - 3, "...") == 0, "'%s' of %zu", text, len);
        ck_assert_int_eq(memcmp(text, whole, used - 3), 0);
        ck_assert_msg(used == 3 || text[used - 4] != '\\', "'%s' splits an escape", text);
    }
    escaped(source, text, whole_len + 1);
    ck_assert_str_eq(text, whole);
}
END_TEST

/* No text at all is an empty text. */
START_TEST(empty)
{
    char text[4] = "abc";
    ck_assert_str_eq(escape_text(NULL, 0, text, sizeof text), "");
}
END_TEST

/* Every character encodes and decodes to itself; the surrogates are none. */
START_TEST(every_character_round_trips)
{
    char octets[5];
    uint32_t back;
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        size_t len = utf8_encode(code, octets);
        size_t taken = utf8_decode((const uint8_t *)octets, len, &back);
        bool surrogate = code >= 0xd800 && code < 0xe000;
        if (surrogate ? taken != 0 : taken != len || back != code)
            ck_abort_msg("U+%04X", code);
    }
}
END_TEST

/* A sequence is read no further than its octets go (a read beyond them is the sanitizer's). */
START_TEST(reads_no_further)
{
    static const uint8_t heads[] = { 0xc3, 0xe4, 0xf0 };
    uint32_t code;
    char text[32];
    for (size_t len = 1; len <= 3; len++) {
        uint8_t *octets = malloc(len);
        ck_assert_ptr_nonnull(octets);
        memset(octets, 0xa0, len);
        octets[0] = heads[len - 1];
        ck_assert_uint_eq(utf8_decode(octets, len, &code), 0);
        is_harmless(escape_text(octets, len, text, sizeof text));
        free(octets);
    }
}
END_TEST

/* No pair of octets, and no three of the interesting ones, brings a control to the terminal. */
START_TEST(nothing_gets_through)
{
    static const uint8_t some[] = { 0x00, 0x1b, 0x41, 0x7f, 0x80, 0x8e, 0x9b, 0x9f, 0xa0, 0xad,
                                    0xbf, 0xc2, 0xd8, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xff };
    char text[32];
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t octets[] = { (uint8_t)(pair >> 8), (uint8_t)pair };
        is_harmless(escape_text(octets, sizeof octets, text, sizeof text));
    }
    for (size_t i = 0; i < sizeof some * sizeof some * sizeof some; i++) {
        uint8_t octets[] = { some[i % sizeof some], some[i / sizeof some % sizeof some],
                             some[i / sizeof some / sizeof some] };
        is_harmless(escape_text(octets, sizeof octets, text, sizeof text));
    }
}
END_TEST

Suite *escape_suite(void)
{
    Suite *suite = suite_create("escape");
    TCase *tcase = tcase_create("escape");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, controls_are_spelt_out);
    tcase_add_test(tcase, backslash_is_doubled);
    tcase_add_test(tcase, c1_controls_are_spelt_out);
    tcase_add_test(tcase, invalid_utf8_is_spelt_out);
    tcase_add_test(tcase, turns_of_direction_are_spelt_out);
    tcase_add_test(tcase, letters_pass);
    tcase_add_test(tcase, cutting_splits_nothing);
    tcase_add_test(tcase, empty);
    tcase_add_test(tcase, every_character_round_trips);
    tcase_add_test(tcase, reads_no_further);
    tcase_add_test(tcase, nothing_gets_through);
    suite_add_tcase(suite, tcase);
    return suite;
}
