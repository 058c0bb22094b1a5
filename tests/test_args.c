/*
 * Command lines: options, numbers, and the complaints about them.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "ui/args.h"
#include "ui/complain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option options[] = {
    { "seed", "N", "of the random numbers" },
    { "headless", NULL, "no stage" },
    { "size", "WxH", "columns and rows" },
    { NULL, NULL, NULL },
};

static const struct command_spec spec = {
    .name = "try", .arguments = "LAB", .summary = "Tries.", .options = options
};

/* The next of a command line, as "word:x", "seed=7", "end"; complaints in brackets. */
static void reads(struct args *args, const char *expected)
{
    static const char *const kinds[] = { [ARG_END] = "end", [ARG_HELP] = "help" };
    char seen[256];
    size_t option = 99;
    const char *value = NULL;
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    enum arg_kind kind = args_next(args, &option, &value);
    char *complaint = capture_end(&capture);
    if (kind == ARG_WORD)
        snprintf(seen, sizeof seen, "word:%s", value);
    else if (kind == ARG_OPTION)
        snprintf(seen, sizeof seen, "%s=%s", options[option].name, value ? value : "(none)");
    else if (kind == ARG_WRONG)
        snprintf(seen, sizeof seen, "[%.*s]", (int)strcspn(complaint, "\n"), complaint);
    else
        snprintf(seen, sizeof seen, "%s", kinds[kind]);
    ck_assert_str_eq(seen, expected);
    ck_assert_int_eq(kind == ARG_WRONG, complaint[0] != '\0');
    free(complaint);
}

static struct args args_of(char **argv)
{
    struct args args = { .spec = &spec, .argv = argv };
    while (argv[args.argc])
        args.argc++;
    return args;
}

/* A value may stand behind its option or behind '='; words may stand between. */
START_TEST(values)
{
    char *argv[] = { "--seed",     "7",      "lab", "--seed=8", "--size=",
                     "--headless", "--size", "a=b", NULL };
    struct args args = args_of(argv);
    reads(&args, "seed=7");
    reads(&args, "word:lab");
    reads(&args, "seed=8");
    reads(&args, "size=");
    reads(&args, "headless=(none)");
    reads(&args, "size=a=b");
    reads(&args, "end");
    reads(&args, "end");
}
END_TEST

/* Behind "--" all are words; a single dash is a word anywhere. */
START_TEST(only_words)
{
    char *argv[] = { "-", "--", "--seed", "--", "-x", NULL };
    struct args args = args_of(argv);
    reads(&args, "word:-");
    reads(&args, "word:--seed");
    reads(&args, "word:--");
    reads(&args, "word:-x");
    reads(&args, "end");
}
END_TEST

/* A value that looks like an option is taken as what it is asked to be: the value. */
START_TEST(value_with_dashes)
{
    char *argv[] = { "--seed", "--headless", NULL };
    struct args args = args_of(argv);
    reads(&args, "seed=--headless");
    reads(&args, "end");
}
END_TEST

/* A value that is missing, or that nobody asked for, is complained of. */
START_TEST(wrong_values)
{
    char *missing[] = { "--seed", NULL };
    char *too_much[] = { "--headless=yes", NULL };
    struct args args = args_of(missing);
    reads(&args, "[tcpstep: --seed needs a value: N]");
    args = args_of(too_much);
    reads(&args, "[tcpstep: --headless takes no value]");
}
END_TEST

/* An unknown option is refused with the nearest one, or with a hint at --help. */
START_TEST(unknown_options)
{
    char *argv[] = { "--sead=3", "--head-less", "--quantum", "-s", "--", NULL };
    struct args args = args_of(argv);
    reads(&args, "[tcpstep: unknown option '--sead'; did you mean '--seed'?]");
    reads(&args, "[tcpstep: unknown option '--head-less'; did you mean '--headless'?]");
    reads(&args, "[tcpstep: unknown option '--quantum'. See --help.]");
    reads(&args, "[tcpstep: unknown option '-s'. See --help.]");
    reads(&args, "end");
}
END_TEST

/* An option is not known by its beginning, nor by what goes on behind it. */
START_TEST(no_abbreviations)
{
    char *argv[] = { "--see", "--seeds=1", NULL };
    struct args args = args_of(argv);
    reads(&args, "[tcpstep: unknown option '--see'; did you mean '--seed'?]");
    reads(&args, "[tcpstep: unknown option '--seeds'; did you mean '--seed'?]");
}
END_TEST

/* --help and -h print the usage, each option with what it does, and --help itself. */
START_TEST(help)
{
    char *argv[] = { "--help", "-h", NULL };
    struct args args = args_of(argv);
    for (int i = 0; i < 2; i++) {
        struct capture capture;
        capture_begin(&capture, STDOUT_FILENO);
        reads(&args, "help");
        char *text = capture_end(&capture);
        ck_assert_ptr_eq(strstr(text, "usage: tcpstep try LAB [OPTION ...]\n\nTries.\n"), text);
        ck_assert_ptr_nonnull(strstr(text, "\n  --seed N                 of the random numbers\n"));
        ck_assert_ptr_nonnull(strstr(text, "\n  --headless               no stage\n"));
        ck_assert_ptr_nonnull(strstr(text, "\n  --help  "));
        free(text);
    }
}
END_TEST

/* What arg_number makes of a value: the number, or UINT64_MAX with a complaint. */
static uint64_t number_of(const char *value, uint64_t min, uint64_t max)
{
    uint64_t number = 12345;
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    bool good = arg_number("at", value, min, max, &number);
    char *complaint = capture_end(&capture);
    ck_assert_int_eq(good, complaint[0] == '\0');
    if (!good) {
        ck_assert_ptr_nonnull(strstr(complaint, "tcpstep: --at: '"));
        ck_assert_ptr_nonnull(strstr(complaint, "is not a number from "));
        ck_assert_uint_eq(number, 12345);
    }
    free(complaint);
    return good ? number : UINT64_MAX;
}

/* Numbers are decimal, whole, and within their limits, both included. */
START_TEST(numbers)
{
    static const char *const none[] = {
        "", " ", "-1", "+1", "1 ", " 1", "0x10", "1e3", "1.5", "１"
    };
    ck_assert_uint_eq(number_of("0", 0, 9), 0);
    ck_assert_uint_eq(number_of("007", 0, 9), 7);
    ck_assert_uint_eq(number_of("80", 80, 1000), 80);
    ck_assert_uint_eq(number_of("1000", 80, 1000), 1000);
    ck_assert_uint_eq(number_of("79", 80, 1000), UINT64_MAX);
    ck_assert_uint_eq(number_of("1001", 80, 1000), UINT64_MAX);
    ck_assert_uint_eq(number_of("9223372036854775807", 0, INT64_MAX), INT64_MAX);
    ck_assert_uint_eq(number_of("9223372036854775808", 0, INT64_MAX), UINT64_MAX);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ck_assert_msg(number_of(none[i], 0, 1000) == UINT64_MAX, "'%s' is a number", none[i]);
}
END_TEST

/* A number too large for 64 bits is refused, and never comes back as a small one. */
START_TEST(numbers_do_not_wrap)
{
    static const char *const large[] = { "18446744073709551616", "18446744073709551619",
                                         "18446744073709551617000",
                                         "99999999999999999999999999999999999999999" };
    static const uint64_t limits[] = { 5, 9, 1000, UINT32_MAX, INT64_MAX };
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        for (size_t j = 0; j < sizeof limits / sizeof limits[0]; j++)
            ck_assert_msg(number_of(large[i], 0, limits[j]) == UINT64_MAX, "%s is at most %llu",
                          large[i], (unsigned long long)limits[j]);
    }
    ck_assert_uint_eq(number_of("18446744073709551614", 0, UINT64_MAX), UINT64_MAX - 1);
    ck_assert_uint_eq(number_of("18446744073709551616", 0, UINT64_MAX), UINT64_MAX);
}
END_TEST

/* Of several words the nearest is named; a word that is near to none gets no advice. */
START_TEST(nearest)
{
    static const char *const words[] = { "run", "frame", "labs", "rules" };
    char long_word[200];
    ck_assert_str_eq(nearest_word("rum", words, 4), "run");
    ck_assert_str_eq(nearest_word("fram", words, 4), "frame");
    ck_assert_str_eq(nearest_word("rulse", words, 4), "rules");
    ck_assert_str_eq(nearest_word("lab", words, 4), "labs");
    ck_assert_str_eq(nearest_word("run", words, 4), "run");
    ck_assert_ptr_null(nearest_word("handshake", words, 4));
    ck_assert_ptr_null(nearest_word("", words, 4));
    ck_assert_ptr_null(nearest_word("xyz", words, 4));
    ck_assert_ptr_null(nearest_word("run", words, 0));
    memset(long_word, 'r', sizeof long_word);
    long_word[sizeof long_word - 1] = '\0';
    ck_assert_ptr_null(nearest_word(long_word, words, 4));
}
END_TEST

Suite *args_suite(void)
{
    Suite *suite = suite_create("args");
    TCase *tcase = tcase_create("args");
    tcase_add_test(tcase, values);
    tcase_add_test(tcase, only_words);
    tcase_add_test(tcase, value_with_dashes);
    tcase_add_test(tcase, wrong_values);
    tcase_add_test(tcase, unknown_options);
    tcase_add_test(tcase, no_abbreviations);
    tcase_add_test(tcase, help);
    tcase_add_test(tcase, numbers);
    tcase_add_test(tcase, numbers_do_not_wrap);
    tcase_add_test(tcase, nearest);
    suite_add_tcase(suite, tcase);
    return suite;
}
