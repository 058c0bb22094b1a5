/*
 * What peers say in their encodings, as text for a terminal, and the way back: cut anywhere, and
 * nothing lost.
 */
#include "tests/suites.h"

#include "ui/charset.h"

#include <string.h>

struct text {
    char text[1024];
    size_t len;
};

static void put(void *to, const char *text, size_t len)
{
    struct text *all = to;
    ck_assert_uint_lt(all->len + len, sizeof all->text);
    memcpy(all->text + all->len, text, len);
    all->len += len;
    all->text[all->len] = '\0';
}

struct shown {
    const char *encoding, *octets;
    size_t len;
    const char *text;
};

#define OCTETS(text) text, sizeof(text) - 1

static const struct shown shown[] = {
    { NULL, OCTETS("plain\ttext\n"), "plain\ttext\n" },
    { NULL, OCTETS("\xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80"), "你好 😀" },
    { NULL, OCTETS("line\r\nline\rback\r"), "line\nline\\rback\\r" },
    { NULL, OCTETS("\x1b[2J\a\0\x7f\\"), "\\x1b[2J\\x07\\x00\\x7f\\\\" },
    { NULL, OCTETS("\xc2\x9b\xe2\x80\xae"), "\\xc2\\x9b\\xe2\\x80\\xae" }, /* CSI; right to left */
    { NULL, OCTETS("a\xff\xfe\xe4\xbd!"), "a\\xff\\xfe\\xe4\\xbd!" },
    { NULL, OCTETS("\xc0\xaf\xed\xa0\x80\xf5"), "\\xc0\\xaf\\xed\\xa0\\x80\\xf5" },
    { NULL, OCTETS("cut \xf0\x9f\x98"), "cut \\xf0\\x9f\\x98" },
    { "GBK", OCTETS("\xc4\xe3\xba\xc3\n"), "你好\n" },
    { "gbk", OCTETS("\xc4\xe3\xff\xba\xc3\xc4"), "你\\xff好\\xc4" },
    { "gbk", OCTETS("\x81\n\x1b!"), "\\x81\n\\x1b!" },
    { "GB18030", OCTETS("\x81\x30\n\x94\x39\xfc\x36"), "\\x810\n😀" },
    { "ISO-8859-1", OCTETS("caf\xe9\x9b"), "café\\xc2\\x9b" },
    { "UTF-16LE", OCTETS("a\0\n\0\x60\x4f"), "a\n你" },
};

/* Cut in two at each place, and octet by octet, it is the same. */
START_TEST(octets_become_text)
{
    const struct shown *one = &shown[_i];
    for (size_t cut = 0; cut <= one->len; cut++) {
        struct text all = { .len = 0 };
        struct charset charset;
        struct charset_to to = { .put = put, .to = &all };
        ck_assert(charset_open(&charset, one->encoding));
        charset_show(&charset, (const uint8_t *)one->octets, cut, &to);
        charset_show(&charset, (const uint8_t *)one->octets + cut, one->len - cut, &to);
        charset_show_rest(&charset, &to);
        charset_close(&charset);
        ck_assert_str_eq(all.text, one->text);
    }
}
END_TEST

struct said {
    const char *encoding, *text;
    const char *octets;
    size_t len;
};

static const struct said said[] = {
    { NULL, "你\xff", OCTETS("你\xff") },
    { "gbk", "你好\n", OCTETS("\xc4\xe3\xba\xc3\n") },
    { "gbk", "😀!", OCTETS("\\u{1f600}!") },
    { "gbk", "a\xff\xe4\xbd", OCTETS("a\xff\xe4\xbd") },
    { "ISO-8859-1", "é你", OCTETS("\xe9\\u{4f60}") },
};

START_TEST(text_becomes_octets)
{
    const struct said *one = &said[_i];
    size_t len = strlen(one->text);
    for (size_t cut = 0; cut <= len; cut++) {
        struct text all = { .len = 0 };
        struct charset charset;
        struct charset_to to = { .put = put, .to = &all };
        ck_assert(charset_open(&charset, one->encoding));
        charset_say(&charset, (const uint8_t *)one->text, cut, &to);
        charset_say(&charset, (const uint8_t *)one->text + cut, len - cut, &to);
        charset_say_rest(&charset, &to);
        charset_close(&charset);
        ck_assert_uint_eq(all.len, one->len);
        ck_assert_int_eq(memcmp(all.text, one->octets, one->len), 0);
    }
}
END_TEST

START_TEST(unknown_encoding)
{
    struct charset charset;
    ck_assert(!charset_open(&charset, "no such thing"));
    ck_assert(charset_open(&charset, "utf-8"));
    ck_assert(charset.in.iconv == NULL);
}
END_TEST

/* Much text at once is put in pieces, none of it twice or never. */
START_TEST(long_text)
{
    enum {
        LINES = 100
    };
    struct charset charset;
    uint8_t octets[LINES * 4];
    struct text all = { .len = 0 };
    struct charset_to to = { .put = put, .to = &all };
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)("\xc4\xe3!\n"[i % 4]);
    ck_assert(charset_open(&charset, "gbk"));
    charset_show(&charset, octets, sizeof octets, &to);
    charset_close(&charset);
    ck_assert_uint_eq(all.len, LINES * 5);
    for (size_t i = 0; i < LINES; i++)
        ck_assert_int_eq(memcmp(all.text + i * 5, "你!\n", 5), 0);
}
END_TEST

Suite *charset_suite(void)
{
    Suite *suite = suite_create("charset");
    TCase *tcase = tcase_create("text");
    tcase_add_loop_test(tcase, octets_become_text, 0, sizeof shown / sizeof shown[0]);
    tcase_add_loop_test(tcase, text_becomes_octets, 0, sizeof said / sizeof said[0]);
    tcase_add_test(tcase, unknown_encoding);
    tcase_add_test(tcase, long_text);
    suite_add_tcase(suite, tcase);
    return suite;
}
