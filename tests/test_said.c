/*
 * What a program on the stage prints, caught line by line, and floods of its calls, thinned.
 */
#include "tests/suites.h"

#include "sim/event.h"
#include "tests/capture.h"
#include "ui/said.h"
#include "ui/tui/thin.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_line(void *of, const char *line)
{
    char *all = of;
    snprintf(all + strlen(all), 4096 - strlen(all), "[%s]", line);
}

/* Both streams in order, by lines; what is written over itself; nothing that harms a terminal. */
START_TEST(caught)
{
    char all[4096] = "", open[SAID_LINE_MAX];
    struct said said = { .line = add_line, .of = all };
    ck_assert(said_begin(&said));
    printf("one\n");
    fflush(stdout);
    fprintf(stderr, "\rhalf\033[K");
    said_take(&said);
    ck_assert_str_eq(all, "[one]");
    ck_assert_str_eq(said_open_line(&said, open, sizeof open), "half");
    fprintf(stderr, "\r\033[Kwhole\r\n\nbad \033]0;x\a 世\\n\n> ");
    said_take(&said);
    ck_assert_str_eq(all, "[one][whole][][bad \\x1b]0;x\\x07 世\\n]");
    said_type(&said, "typed");
    said_type(&said, "more");
    ck_assert_ptr_nonnull(strstr(all, "[> typed][> more]"));
    all[0] = '\0';
    for (int i = 0; i < 200; i++)
        printf("世");
    printf("\n");
    said_take(&said);
    ck_assert_uint_eq(strlen(all), 600 + 2 * strlen("[]")); /* two lines, no character cut */
    ck_assert_ptr_null(strstr(all, "\\x"));
    int was = said.out;
    ck_assert_int_ge(was, 0);
    said.count = 0; /* they need not be seen again here */
    said_end(&said);
    ck_assert_int_eq(said.out, -1);
}
END_TEST

static void ignore_line(void *of, const char *line)
{
    (void)of;
    (void)line;
}

/* Catches many lines, of which the last were not taken yet when it crashes. */
static void catch_and_crash(int lines, int not_taken)
{
    struct said said = { .line = ignore_line };
    ck_assert(said_begin(&said));
    for (int i = 0; i < lines; i++)
        fprintf(stderr, "line %d\n", i);
    fprintf(stderr, "> ");
    said_take(&said);
    for (int i = 0; i < not_taken; i++)
        fprintf(stderr, "more %d\n", i);
    fprintf(stderr, "Assertion failed\n");
    said_crash(&said);
    fprintf(stderr, "behind it\n"); /* goes where it went before */
    close(said.file);
    close(said.out);
    close(said.err);
}

/* Of what was caught the last lines come out, and above all what was printed last. */
START_TEST(caught_at_a_crash)
{
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    catch_and_crash(2, 0);
    char *all = capture_end(&capture);
    ck_assert_str_eq(all, "line 0\nline 1\n> Assertion failed\nbehind it\n");
    free(all);
    capture_begin(&capture, STDERR_FILENO);
    catch_and_crash(100, 10000);
    all = capture_end(&capture);
    ck_assert_uint_lt(strlen(all), 10000);
    ck_assert_ptr_null(strstr(all, "line 75\n"));
    ck_assert_ptr_nonnull(strstr(all, "line 76\n"));
    ck_assert_ptr_nonnull(strstr(all, "more 9999\nAssertion failed\nbehind it\n"));
    free(all);
}
END_TEST

static void add_length(void *of, const char *line)
{
    char *all = of;
    ck_assert_ptr_null(strstr(line, "\\x8")); /* the rest of a character */
    snprintf(all + strlen(all), 4096 - strlen(all), "%zu ", strlen(line));
}

/* Lines of up to 511 octets are given out as they are, longer ones as several; a character is not
 * broken, nor how an octet is spelt out, and no empty line is left behind. */
START_TEST(long_lines)
{
    static const struct {
        const char *one;
        int count;
        const char *lengths;
    } rows[] = {
        { "x", 127, "127 " },          { "x", 128, "128 " },
        { "x", 129, "129 " },          { "x", 510, "510 " },
        { "x", 511, "511 " },          { "x", 512, "511 1 " },
        { "x", 515, "511 4 " },        { "x", 1022, "511 511 " },
        { "x", 1023, "511 511 1 " },   { "世", 170, "510 " },
        { "世", 171, "510 3 " },       { "世", 400, "510 510 180 " },
        { "x世", 128, "509 3 " },      { "\xf0\x9f\x98\x80", 300, "508 508 184 " },
        { "\a", 127, "508 " },         { "\a", 128, "508 4 " },
        { "\a", 300, "508 508 184 " }, { "", 0, "0 " },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char all[4096] = "";
        struct said said = { .line = add_length, .of = all };
        ck_assert(said_begin(&said));
        for (int n = 0; n < rows[i].count; n++)
            printf("%s", rows[i].one);
        said_take(&said); /* also where the end comes later */
        printf("\n");
        said_take(&said);
        said.count = 0;
        said_end(&said);
        ck_assert_str_eq(all, rows[i].lengths);
    }
}
END_TEST

static void count_event(void *of, const struct event *event)
{
    unsigned *counts = of;
    counts[event->kind]++;
}

static void call_at(struct thin *thin, uint64_t usec, int32_t ret)
{
    struct event event = { .kind = EV_CALL, .usec = usec, .u.call.op = CALL_RECV };
    thin_take(thin, &event);
    event = (struct event){ .kind = EV_RETURN, .usec = usec };
    event.u.done.op = CALL_RECV;
    event.u.done.result.ret = ret;
    thin_take(thin, &event);
    event = (struct event){ .kind = EV_VARS, .usec = usec };
    thin_take(thin, &event);
}

/* Of a flood so many calls a second are let through, and all that matter; the others are counted.
 */
START_TEST(thinned)
{
    unsigned counts[EVENT_KIND_COUNT] = { 0 };
    struct thin thin;
    thin_begin(&thin, (struct sink){ .emit = count_event, .to = counts });
    for (int i = 0; i < 10000; i++)
        call_at(&thin, 0, 100);
    ck_assert_uint_eq(counts[EV_CALL], 2000);
    ck_assert_uint_eq(counts[EV_RETURN], 2000);
    ck_assert_uint_eq(counts[EV_VARS], 2000); /* the last ones of all the others are to come */
    ck_assert_uint_eq(thin.left_out, 8000);
    thin_flush(&thin);
    ck_assert_uint_eq(counts[EV_VARS], 2001);
    call_at(&thin, 0, 0); /* the end */
    ck_assert_uint_eq(counts[EV_CALL], 2001);
    ck_assert_uint_eq(counts[EV_RETURN], 2001);
    ck_assert_uint_eq(thin.left_out, 8000);
    struct event event = { .kind = EV_CALL, .u.call.op = CALL_CLOSE };
    thin_take(&thin, &event);
    ck_assert_uint_eq(counts[EV_CALL], 2002);
    for (int i = 0; i < 10000; i++)
        call_at(&thin, 500000, 100);
    ck_assert_uint_eq(counts[EV_CALL], 2502);
}
END_TEST

static void keep_text(void *of, const struct event *event)
{
    char *all = of;
    if (event->kind == EV_CALL)
        snprintf(all, 16, "%.*s/%u", (int)event->text_len, (const char *)event->text,
                 event->text_len);
}

/* A send that fails in a flood is told with the text that it had. */
START_TEST(thinned_failure)
{
    char all[16] = "";
    struct thin thin;
    struct event call = { .kind = EV_CALL, .u.call.op = CALL_SEND };
    struct event done = { .kind = EV_RETURN, .u.done.op = CALL_SEND };
    thin_begin(&thin, (struct sink){ .emit = keep_text, .to = all });
    for (int i = 0; i < 3000; i++)
        call_at(&thin, 0, 100);
    call.text = (const uint8_t *)"lost";
    call.text_len = 4;
    all[0] = '\0';
    thin_take(&thin, &call);
    ck_assert_str_eq(all, ""); /* it may go well */
    done.u.done.result = (struct call_result){ .ret = -1, .err = ECONNRESET };
    thin_take(&thin, &done);
    ck_assert_str_eq(all, "lost/4");
}
END_TEST

Suite *said_suite(void)
{
    Suite *suite = suite_create("said");
    TCase *tcase = tcase_create("said");
    tcase_add_test(tcase, caught);
    tcase_add_test(tcase, caught_at_a_crash);
    tcase_add_test(tcase, long_lines);
    tcase_add_test(tcase, thinned);
    tcase_add_test(tcase, thinned_failure);
    suite_add_tcase(suite, tcase);
    return suite;
}
