/*
 * The program in Simplified Chinese: screens, sentences with values in them, and where lines end.
 */
#include "tests/suites.h"

#include "tests/film_rig.h"
#include "tests/golden.h"
#include "ui/escape.h"
#include "ui/export/log.h"
#include "ui/labs.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_IDEOGRAPH = 0x4e00,
    LAST_IDEOGRAPH = 0x9fff,
    TOLD_MAX = 2 * RETELL_MAX
};

static void begin_chinese(void)
{
    ck_assert(text_begin("zh_CN"));
    ck_assert_str_eq(_("the wire"), "线路"); /* or the catalogue is not beside the test program */
}

static void end_chinese(void)
{
    ck_assert(text_begin("en"));
}

static bool is_ideograph(uint32_t code)
{
    return code >= FIRST_IDEOGRAPH && code <= LAST_IDEOGRAPH;
}

static bool has_chinese(const char *text)
{
    uint32_t code;
    for (size_t len = strlen(text), i = 0; i < len;) {
        size_t taken = utf8_decode((const uint8_t *)text + i, len - i, &code);
        if (taken > 0 && is_ideograph(code))
            return true;
        i += taken > 0 ? taken : 1;
    }
    return false;
}

/* ---- screens */

static const struct {
    const char *lab;
    uint32_t step;
    enum stage_screen screen;
    int width, height;
} frames[] = {
    { "life", 8, SCREEN_STAGE, 80, 24 },       { "life", 8, SCREEN_STAGE, 120, 40 },
    { "life", 8, SCREEN_STAGE, 200, 60 },      { "two-way", 9, SCREEN_STAGE, 80, 24 },
    { "close", 14, SCREEN_STATES, 80, 24 },    { "close", 14, SCREEN_STATES, 120, 40 },
    { "close", 10, SCREEN_SEGMENT, 120, 40 },  { "zero-window", 14, SCREEN_SEQUENCE, 80, 24 },
    { "backlog", 16, SCREEN_SOCKETS, 80, 24 }, { "syn-flood", 9, SCREEN_HOSTS, 80, 24 },
    { "lost-syn", 12, SCREEN_TRACE, 120, 40 }, { "reset", 9, SCREEN_LESSON, 80, 24 },
    { "life", 14, SCREEN_LARGE, 80, 24 },      { "life", 8, SCREEN_LABS, 80, 24 },
    { "life", 8, SCREEN_HELP, 80, 24 },        { "life", 8, SCREEN_HELP, 200, 60 },
    { "life", 15, SCREEN_ACTS, 80, 24 },
};

START_TEST(screens)
{
    struct play *play = play_builtin(frames[_i].lab, ON_MODEL);
    char name[96];
    play_to_end(play);
    play->picture.screen = frames[_i].screen;
    snprintf(name, sizeof name, "zh-%s-%u-%s", frames[_i].lab, frames[_i].step,
             screen_rows[frames[_i].screen].name);
    play_golden(play, name, frames[_i].step, frames[_i].width, frames[_i].height, false);
    play_end(play);
}
END_TEST

/* Every screen of the run in each of the three sizes: in English, without a character beyond ASCII,
 * and in Chinese; in the midst of a close, where both hosts are in a state of their own. */
START_TEST(views)
{
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
    static const char *const forms[] = { "en", "ascii", "zh" };
    struct play *play = play_builtin("close", ON_MODEL);
    unsigned form = (unsigned)_i % 3;
    char name[96];
    end_chinese();
    if (form == 2)
        begin_chinese();
    play_to_end(play);
    play->picture.screen = (enum stage_screen)(_i / 3);
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "view-%s-%s-%dx%d", screen_rows[play->picture.screen].name,
                 forms[form], sizes[i][0], sizes[i][1]);
        char *frame = play_frame(play, 12, sizes[i][0], sizes[i][1], form == 1);
        ck_assert_int_eq(has_chinese(frame), form == 2);
        golden(name, frame);
        free(frame);
    }
    play_end(play);
}
END_TEST

/* A wide character has two cells, or else what was put beside it has covered half of it. */
static void cells_are_whole(const struct grid *grid, const char *what)
{
    char text[5];
    for (int i = 0; i < grid->width * grid->height; i++) {
        uint32_t code = grid->cells[i].code,
                 next = i % grid->width + 1 < grid->width ? grid->cells[i + 1].code : ' ';
        if (code == 0) {
            utf8_encode(i % grid->width ? grid->cells[i - 1].code : ' ', text);
            ck_assert_msg(text_width(text) == 2, "%s: half of a character, row %d", what,
                          i / grid->width);
        } else {
            utf8_encode(code, text);
            ck_assert_msg((text_width(text) == 2) == (next == 0), "%s: '%s' is cut, row %d", what,
                          text, i / grid->width);
        }
    }
}

/* Every screen of every lab in the three sizes that the stage is made for. */
START_TEST(every_screen)
{
    if ((uint32_t)_i % play_stride() != 0)
        return; /* it has been asked without the sanitizer */
    static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
    struct play *play = play_builtin(builtin_labs[_i].name, ON_MODEL);
    struct film film;
    char what[96];
    if (play_is_long(play)) {
        play_end(play);
        return;
    }
    play_to_end(play);
    for (size_t size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
        film_of_play(&film, play, sizes[size][0], sizes[size][1]);
        for (uint32_t step = 1; step <= play_last(play); step += 19) {
            film_to(&film, step);
            for (int screen = 0; screen < SCREEN_COUNT; screen++) {
                snprintf(what, sizeof what, "%s, %s, step %u", builtin_labs[_i].name,
                         screen_rows[screen].name, step);
                cells_are_whole(film_draw(&film, (enum stage_screen)screen), what);
            }
        }
        film_close(&film);
    }
    play_end(play);
}
END_TEST

/* Words that share a row with others have the room that they have in English. */
START_TEST(labels_are_short)
{
    static const struct {
        const char *text;
        int columns;
    } labels[] = {
        { N_("why"), 4 },           { N_("next"), 4 },       { N_("now"), 4 },
        { N_("on wire"), 7 },       { N_("held"), 7 },       { N_("lost"), 7 },
        { N_("recorded"), 8 },      { N_("model"), 6 },      { N_("kernel"), 6 },
        { N_("mixed"), 6 },         { N_("SYN queue"), 12 }, { N_("accept queue"), 12 },
        { N_("in TIME-WAIT"), 12 }, { N_("closing"), 12 },   { N_("on the wire"), 11 },
        { N_("ACKs back"), 11 },    { N_("recv"), 5 },       { N_("send"), 5 },
        { N_("segm."), 6 },         { N_("again"), 5 },      { N_("of A"), 6 },
        { N_("yes"), 3 },           { N_("no"), 3 },         { N_("steps"), 6 },
    };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        const char *text = tr(labels[i].text);
        ck_assert_msg(has_chinese(text), "'%s' has no translation", labels[i].text);
        ck_assert_msg(text_width(text) <= labels[i].columns, "'%s' for '%s' has no room", text,
                      labels[i].text);
    }
}
END_TEST

/* ---- sentences */

/* All that labs and the model say while they run. */
START_TEST(all_that_is_said)
{
    if ((uint32_t)_i % play_stride() != 0)
        return; /* it has been asked without the sanitizer */
    struct play *play = play_builtin(builtin_labs[_i].name, ON_MODEL);
    char told[TOLD_MAX];
    if (!play_is_long(play))
        play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    ck_assert(has_chinese(_(play->catalogue.labs[_i].title)));
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind != EV_SAY && event->kind != EV_EXPECT)
            continue;
        retell_event(event, told, sizeof told);
        ck_assert_msg(has_chinese(told), "line %u of %s is English: %s", event->line,
                      builtin_labs[_i].name, told);
    }
    play_end(play);
}
END_TEST

START_TEST(every_rule)
{
    for (int id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        ck_assert_msg(has_chinese(_(tcp_rules[id].when)), "%s", tcp_rules[id].when);
        ck_assert_msg(has_chinese(_(tcp_rules[id].then)), "%s", tcp_rules[id].then);
    }
}
END_TEST

static const struct {
    const char *form, *words, *told;
} sentences[] = {
    { NULL, "nothing more is due", "不再有待发生的事" },
    { NULL, "what a stranger's lab says", "what a stranger's lab says" },
    { N_("%c has %s = %s"), "B has tcp_rmem = 4096 8192 8192",
      "B 设置了 tcp_rmem = 4096 8192 8192" },
    { N_("expected %c.%s %s, seen %s"), "expected A.c LISTEN, seen CLOSED",
      "预期 A.c 处于 LISTEN，实际处于 CLOSED" },
    { N_("%s = %s, as expected"), "recv = 100, as expected", "recv = 100，符合预期" },
    /* a value may be a sentence of its own; a name that is a word elsewhere stays a name */
    { N_("This machine allows no %s (%s: %s): %s"),
      "This machine allows no kernel lane (unshare: EPERM): the model runs alone",
      "本机不允许内核一侧（unshare：EPERM）：模型单独运行" },
    { N_("%c.%s is %s"), "A.server is LISTEN", "A.server 处于 LISTEN" },
    { N_("The model runs what is %s."), "The model runs what is not TCP: two-way, isn-zero.",
      "模型运行的是非 TCP：two-way, isn-zero。" },
    /* made of parts, as the comparison of lanes makes them */
    { "line %u, \x1f%s \x1fsends %s on the model, and not on the kernel\x1f, nor %zu that follow"
      "\x1f (RFC 9293, %s)",
      "line 7, A c sends ACK seq=1 on the model, and not on the kernel, nor 2 that follow (RFC "
      "9293, "
      "3.8.6.3)",
      "第 7 行，A c 在模型上发送 ACK seq=1，在内核上没有，其后的 2 个也没有（RFC 9293, 3.8.6.3）" },
    /* words that the form has not made: they stay, and so does what is cut off */
    { N_("%c.%s is %s"), "A.c was LISTEN", "A.c was LISTEN" },
    { N_("%s = %s, as expected"), "recv = 100, as ex", "recv = 100, as ex" },
};

START_TEST(sentences_with_values)
{
    char told[TOLD_MAX];
    retell(sentences[_i].form, sentences[_i].words, told, sizeof told);
    ck_assert_str_eq(told, sentences[_i].told);
}
END_TEST

/* There is no room that a sentence could not be cut to. */
START_TEST(sentences_are_cut)
{
    char told[16];
    retell("%c has %s = %s", "B has net.ipv4.tcp_rmem = 4096 8192 8192", told, sizeof told);
    ck_assert_uint_lt(strlen(told), sizeof told);
    ck_assert_int_eq(strncmp(told, "B 设置了", 8), 0);
}
END_TEST

/* No control of a lab's words comes through, translated or not. */
START_TEST(sentences_are_escaped)
{
    char told[TOLD_MAX];
    struct event event = { .kind = EV_SAY,
                           .text = (const uint8_t *)"A has x = \x1b[2J",
                           .text_len = 14,
                           .form = "%c has %s = %s" };
    retell_event(&event, told, sizeof told);
    ck_assert_str_eq(told, "A 设置了 x = \\x1b[2J");
}
END_TEST

START_TEST(why_in_one_sentence)
{
    char text[WORDS_MAX];
    struct event event = { .kind = EV_STATE, .host = 1 };
    event.u.state.rule = LISTEN_GOT_SYN;
    event.u.state.from = LISTEN;
    event.u.state.to = SYN_RECEIVED;
    ck_assert_str_eq(words_why(&event, text, sizeof text),
                     "B 处于 LISTEN，收到 SYN：保存 IRS，选择 ISS，回 SYN,ACK；进入 SYN-RECEIVED");
}
END_TEST

/* The log: its columns stand below each other although a character has two. */
START_TEST(log_keeps_its_columns)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    struct log log;
    char *text = NULL;
    size_t len;
    play_to_end(play);
    FILE *to = open_memstream(&text, &len);
    log_begin(&log);
    log_write(&log, session_trace(play->session), to);
    fclose(to);
    ck_assert_ptr_nonnull(strstr(text, "        0.000  模型   B  listen(3, 128) ...\n"));
    ck_assert_ptr_nonnull(strstr(text, "  模型   A  成立    第 "));
    free(text);
    play_end(play);
}
END_TEST

/* What programs read is the same in every language. */
START_TEST(ndjson_stays_english)
{
    struct play *play = play_builtin("no-checksum", ON_MODEL);
    play_to_end(play);
    char *chinese = play_ndjson(play);
    ck_assert(text_begin("en"));
    char *english = play_ndjson(play);
    same_lines(chinese, english, "NDJSON");
    free(chinese);
    free(english);
    play_end(play);
}
END_TEST

/* ---- lines */

/* The first character of a text. */
static uint32_t first_code(const char *text)
{
    uint32_t code = 0;
    utf8_decode((const uint8_t *)text, strlen(text), &code);
    return code;
}

/* At any width no line begins with a mark that closes, or ends with one that opens. */
START_TEST(lines_end_well)
{
    static const char text[] =
        "“Address already in use”：TIME-WAIT 中的连接仍占着端口（见 RFC 9293, 3.6.1）。它说：“在新"
        "套接字上设置它”，然后重试；再看结果！";
    for (int width = 14; width < 90; width++) {
        for (const char *at = text, *next; *at; at = next) {
            size_t len = text_row(at, width, &next);
            ck_assert_uint_gt(len, 0);
            ck_assert_msg(!strstr("，。；：！？）”", (char[]){ at[0], at[1], at[2], '\0' }) ||
                              first_code(at) < 0x2000,
                          "width %d: a line begins with %.6s", width, at);
            ck_assert_msg(len < 3 || (strncmp(at + len - 3, "（", 3) != 0 &&
                                      strncmp(at + len - 3, "“", 3) != 0),
                          "width %d: a line ends with what opens: %.*s", width, (int)len, at);
        }
    }
}
END_TEST

/* Where only ASCII can be drawn, all is English from there on. */
START_TEST(ascii_is_english)
{
    text_for_ascii();
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    char *frame = play_frame(play, 7, 80, 24, true);
    golden("handshake-7-80x24-ascii", frame);
    free(frame);
    play_end(play);
}
END_TEST

Suite *chinese_suite(void)
{
    Suite *suite = suite_create("chinese");
    TCase *tcase = tcase_create("chinese");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, begin_chinese, end_chinese);
    tcase_add_loop_test(tcase, screens, 0, sizeof frames / sizeof frames[0]);
    tcase_add_loop_test(tcase, views, 0, 3 * SCREEN_HELP);
    tcase_add_loop_test(tcase, every_screen, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, labels_are_short);
    tcase_add_loop_test(tcase, all_that_is_said, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, every_rule);
    tcase_add_loop_test(tcase, sentences_with_values, 0, sizeof sentences / sizeof sentences[0]);
    tcase_add_test(tcase, sentences_are_cut);
    tcase_add_test(tcase, sentences_are_escaped);
    tcase_add_test(tcase, why_in_one_sentence);
    tcase_add_test(tcase, log_keeps_its_columns);
    tcase_add_test(tcase, ndjson_stays_english);
    tcase_add_test(tcase, lines_end_well);
    tcase_add_test(tcase, ascii_is_english);
    suite_add_tcase(suite, tcase);
    return suite;
}
