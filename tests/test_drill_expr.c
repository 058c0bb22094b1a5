/*
 * ui/drill/expr: the code of packetdrill scripts evaluates as Python would have it, and what can't
 * be evaluated never holds.
 */
#include "ui/drill/expr.h"

#include "tests/suites.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* What code assigned, by expr_names.set. */
struct assigned {
    unsigned count;
    char name[32], value[32];
};

static bool get(void *to, const char *name, struct expr_value *value)
{
    (void)to;
    *value = (struct expr_value){ .kind = EXPR_INT, .number = 10 };
    if (strcmp(name, "ten") == 0)
        return true;
    *value = (struct expr_value){ .kind = EXPR_STRING, .text = "reno", .len = 4 };
    return strcmp(name, "cc") == 0;
}

static void set(void *to, const char *name, const struct expr_value *value)
{
    struct assigned *assigned = to;
    assigned->count++;
    snprintf(assigned->name, sizeof assigned->name, "%s", name);
    expr_show(value, assigned->value, sizeof assigned->value);
}

static enum expr_outcome run(const char *code, struct expr_report *report)
{
    static const struct expr_names names = { get, NULL, NULL };
    return expr_run(code, strlen(code), &names, report);
}

/* Each holds, and would not if any operator bound otherwise or computed otherwise. */
static const char *const holding[] = {
    "",
    "# nothing\n\n;;\n",
    "assert ten == 10",
    "assert 1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 7 - 2 - 1 == 4",
    "assert 7 / 2 == 3.5 and 7 // 2 == 3 and -7 // 2 == -4 and -7 % 3 == 2 and 7 % -3 == -2",
    "assert -2 ** 2 == -4 and 2 ** 3 ** 2 == 512 and 2 ** -1 == 0.5",
    "assert 0xff & 0x0f | 0x30 ^ 1 == 0x3f and 1 << 4 == 16 and -16 >> 2 == -4 and ~0 == -1",
    "assert 1 | 2 == 3",
    "assert 9 <= ten <= 11 and not 1 < 3 < 2 and 1 < 2 > 0",
    "assert not 0 and not (1 == 2) and (0 or 5) == 5 and (0 and nosuch) == 0",
    "assert True or nosuch",
    "assert 1 > 2 > nosuch or True",
    "assert True == 1 and False != None and None == None and 1 == 1.0 and 'a' != 1",
    "assert ten in (9, 10) and 8 not in [9, 10] and 'en' in 'ten' and (1, 2) == (1, 2)",
    "assert (1,) != 1 and () == () and len(()) == 0 and len((1,)) == 1",
    "assert cc == 'reno' and cc < \"s\" and 'a' 'b' == 'a' + 'b' and 'ab' > 'a'",
    "assert '\\x41\\n\\'' == 'A\\n' + \"'\" and len('\\q') == 2",
    "assert 1.5e3 == 1500 and .5 + .5 == 1.0 and 1e-3 == 0.001 and 5. == 5",
    "assert abs(-3) == max(1, 3, 2) == len('abc') and min((4, 3)) == 3 and abs(-.5) == .5",
    "assert int('-12') == -12 and int(3.9) == 3 and int(-3.9) == -3 and int(True) == 1",
    "assert round(2.5) == 2 and round(3.5) == 4 and round(2.675, 2) == 2.67 and round(7) == 7",
    "assert str(1.0) == '1.0' and str(0.1) == '0.1' and str(1e16) == '1e+16'",
    "assert str(None) == 'None' and str('a') == 'a'",
    "assert str((1, 'a')) == \"(1, 'a')\" and str(123456.0) == '123456.0' and str(+True) == '1'",
    "assert '%d%%|%5.2f|%-4d|%04d' % (7, 1.5, 3, -7) == '7%| 1.50|3   |-007'",
    "assert '%x %X %o %+d % d' % (255, 255, 8, 1, 2) == 'ff FF 10 +1  2'",
    "assert '%s %r %.2s|%5s|' % ('a', 'b', 'cde', True) == \"a 'b' cd| True|\"",
    "assert '%d' % ten == '10' and '%d' % 3.9 == '3' and '%g' % 0.5 == '0.5' and '%i' % -1 == '-1'",
    "assert 9223372036854775807 > 9223372036854775806 and -9223372036854775807 - 1 < 0",
    "x = ten * 2; y = x, 1\nassert x == 20 and y == (20, 1); x = 3\nassert x == 3",
    "assert (1 + # one\n 1 ==\n 2)\nassert 1 + \\\n 1 == 2",
    "assert 1 == 1, nosuch",
    "print 'a;b', (nosuch,\n ten\n); assert 1\nprint(\"x\")",
    "\t assert 1\r\n  assert 2\r\n",
};

START_TEST(holds)
{
    struct expr_report report;
    enum expr_outcome outcome = run(holding[_i], &report);
    ck_assert_msg(outcome == EXPR_HOLDS, "%s: line %u: %s %s (%s, %s)", holding[_i], report.line,
                  report.assertion, report.error, report.left, report.right);
    ck_assert_uint_eq(report.line, 0);
}
END_TEST

static const struct {
    const char *code;
    uint32_t line;
    const char *assertion, *message, *left, *right; /* left NULL: no comparison */
} failing[] = {
    { "assert ten == 9", 1, "ten == 9", "", "10", "9" },
    { "assert ten == 9, ten", 1, "ten == 9", "10", "10", "9" },
    { "assert ten == 9, 'n=%d' % ten", 1, "ten == 9", "n=10", "10", "9" },
    { "assert 1\n\n assert 2 > 3 # no\nassert 4", 3, "2 > 3", "", "2", "3" },
    { "assert 1; assert 2; assert ten <= 3", 1, "ten <= 3", "", "10", "3" },
    { "assert 11 <= ten <= 12", 1, "11 <= ten <= 12", "", "11", "10" },
    { "assert 9 <= ten <= 9", 1, "9 <= ten <= 9", "", "10", "9" },
    { "assert ten == 10 and cc == 'cubic'", 1, "ten == 10 and cc == 'cubic'", "", "'reno'",
      "'cubic'" },
    { "assert 0, (1, 'a')", 1, "0", "(1, 'a')", NULL, NULL },
    { "assert not ten == 10", 1, "not ten == 10", "", NULL, NULL },
    { "assert (ten == 9 or 1) and 0", 1, "(ten == 9 or 1) and 0", "", NULL, NULL },
    { "assert (ten #\n   ==\n 'a  b')", 1, "(ten == 'a  b')", "", "10", "'a  b'" },
    { "assert 0 == 1, nosuch", 1, "0 == 1", "(no message: there is no such name: nosuch)", "0",
      "1" },
    { "assert ten in (1, 2)", 1, "ten in (1, 2)", "", "10", "(1, 2)" },
    { "assert None", 1, "None", "", NULL, NULL },
    { "assert ''", 1, "''", "", NULL, NULL },
    { "x = 3; assert x == 4; assert nosuch", 1, "x == 4", "", "3", "4" },
};

START_TEST(fails)
{
    struct expr_report report;
    const char *code = failing[_i].code;
    ck_assert_msg(run(code, &report) == EXPR_FAILS, "%s: %s", code, report.error);
    ck_assert_uint_eq(report.line, failing[_i].line);
    ck_assert_str_eq(report.assertion, failing[_i].assertion);
    ck_assert_str_eq(report.message, failing[_i].message);
    ck_assert_int_eq(report.is_comparison, failing[_i].left != NULL);
    ck_assert_str_eq(report.left, failing[_i].left ? failing[_i].left : "");
    ck_assert_str_eq(report.right, failing[_i].right ? failing[_i].right : "");
    ck_assert_str_eq(report.error, "");
}
END_TEST

static const struct {
    const char *code;
    uint32_t line;
    const char *words;
} mistaken[] = {
    { "assert nosuch", 1, "no such name: nosuch" },
    { "assert 1\nassert nosuch == nosuch", 2, "no such name: nosuch" },
    { "assert 0\nassert )", 2, "expected a value, not ')'" }, /* the mistake is found first */
    { "assert", 1, "expected a value, not the end of the code" },
    { "assert\nassert 1", 1, "expected a value, not the end of the line" },
    { "assert 1 ==", 1, "expected a value" },
    { "assert 1 1", 1, "expected a new line or ';', not '1'" },
    { "assert 1 if ten else 0", 1, "expected a new line or ';', not 'if'" },
    { "assert ten.real", 1, "expected a new line or ';', not '.'" },
    { "assert ten[0]", 1, "expected a new line or ';'" },
    { "assert (1", 1, "the bracket that closes" },
    { "assert (1 == 2, 'no')", 1, "a tuple is asserted" },
    { "assert open('x')", 1, "no such function: open" },
    { "assert abs()", 1, "abs() does not take 0 values" },
    { "assert abs(1, 2)", 1, "abs() does not take 2 values" },
    { "assert abs('a')", 1, "abs() is for numbers" },
    { "assert max(1)", 1, "several values" },
    { "assert max(())", 1, "of nothing" },
    { "assert int('1x')", 1, "no number" },
    { "assert len(1)", 1, "len() is not for an int" },
    { "assert 1 / 0", 1, "divides by zero" },
    { "assert 1 // 0.0", 1, "divides by zero" },
    { "assert 1 % 0", 1, "divides by zero" },
    { "assert 0 ** -1", 1, "divides by zero" },
    { "assert 9223372036854775808", 1, "too large" },
    { "assert 9223372036854775807 + 1", 1, "too large" },
    { "assert -9223372036854775807 - 2", 1, "too large" },
    { "assert (-9223372036854775807 - 1) // -1", 1, "too large" },
    { "assert -(-9223372036854775807 - 1)", 1, "too large" },
    { "assert 4294967296 * 4294967296", 1, "too large" },
    { "assert 1 << 63", 1, "too large" },
    { "assert 2 ** 64", 1, "too large" },
    { "assert 1e999", 1, "too large" },
    { "assert 1e308 * 10", 1, "too large" },
    { "assert int(1e30)", 1, "too large" },
    { "assert 1 << -1", 1, "negative" },
    { "assert 'a' < 1", 1, "a string and an int have no order" },
    { "assert 'a' + 1", 1, "not for a string and an int" },
    { "assert None + 1", 1, "not for None and an int" },
    { "assert ~1.5", 1, "whole numbers" },
    { "assert 1.5 | 1", 1, "bits are of whole numbers" },
    { "assert -'a'", 1, "a string has no sign" },
    { "assert 1 in 2", 1, "'in' does not look" },
    { "assert '%d' % 'a'", 1, "%d is not for a string" },
    { "assert '%x' % 1.5", 1, "%x is not for a float" },
    { "assert '%d %d' % 1", 1, "fewer values" },
    { "assert '%d' % (1, 2)", 1, "more values" },
    { "assert '%q' % 1", 1, "no conversion" },
    { "assert '%' % 1", 1, "no conversion" },
    { "assert '%300d' % 1", 1, "no conversion" },
    { "assert 'abc", 1, "not closed on its line" },
    { "assert 'a\n'", 1, "not closed on its line" },
    { "assert 012", 1, "expected a number, not '012'" },
    { "assert 0x", 1, "expected a number" },
    { "assert 1a", 1, "expected a number" },
    { "assert ((1, 2), 3) == 1", 1, "a tuple within a tuple" },
    { "assert \xc3\xa9", 1, "the octet 0xc3" },
    { "assert not", 1, "expected a value" },
    { "assert 1 not 2", 1, "expected in" },
    { "assert lambda", 1, "expected a value, not 'lambda'" },
    { "import os", 1, "expected assert, print or NAME = VALUE" },
    { "ten += 1", 1, "expected assert, print or NAME = VALUE" },
    { "ten == 1", 1, "expected assert, print or NAME = VALUE" },
    { "True = 1", 1, "not a name" },
    { "if ten: assert 1", 1, "expected assert" },
    { "print (1", 1, "the bracket that closes" },
};

START_TEST(errors)
{
    struct expr_report report;
    const char *code = mistaken[_i].code;
    enum expr_outcome outcome = run(code, &report);
    ck_assert_msg(outcome == EXPR_ERROR, "%s: %s", code,
                  outcome == EXPR_HOLDS ? "holds" : report.assertion);
    ck_assert_msg(strstr(report.error, mistaken[_i].words) != NULL, "%s: '%s' not in '%s'", code,
                  mistaken[_i].words, report.error);
    ck_assert_uint_eq(report.line, mistaken[_i].line);
}
END_TEST

/* How many assertions hold is counted, up to the one that fails. */
START_TEST(counts)
{
    struct expr_report report;
    ck_assert_int_eq(run("assert 1; assert 2\nassert 3", &report), EXPR_HOLDS);
    ck_assert_uint_eq(report.assertions, 3);
    ck_assert_int_eq(run("assert 1; assert 0\nassert 3", &report), EXPR_FAILS);
    ck_assert_uint_eq(report.assertions, 1);
}
END_TEST

/* An assignment is told, once, with its value. */
START_TEST(assignments_are_told)
{
    struct assigned assigned = { 0 };
    const struct expr_names names = { get, set, &assigned };
    struct expr_report report;
    static const char code[] = "first = ten + 1; assert first == 11";
    ck_assert_int_eq(expr_run(code, strlen(code), &names, &report), EXPR_HOLDS);
    ck_assert_uint_eq(assigned.count, 1);
    ck_assert_str_eq(assigned.name, "first");
    ck_assert_str_eq(assigned.value, "11");
}
END_TEST

/* However deep brackets, signs and words go, it is said instead of falling. */
START_TEST(depth_is_bounded)
{
    static const char *const pieces[] = { "(", "-", "not ", "abs(", "2**", "[" };
    char code[8192];
    struct expr_report report;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t len = (size_t)snprintf(code, sizeof code, "assert ");
        for (int n = 0; n < 1000; n++)
            len += (size_t)snprintf(code + len, sizeof code - len, "%s", pieces[i]);
        ck_assert_int_eq(run(code, &report), EXPR_ERROR);
        ck_assert_msg(strstr(report.error, "deep") != NULL, "%s: %s", pieces[i], report.error);
    }
}
END_TEST

/* Strings, tuples, names and the code itself have their bounds. */
START_TEST(sizes_are_bounded)
{
    char code[EXPR_CODE_MAX + 2], *at = code;
    struct expr_report report;
    memset(code, ' ', sizeof code);
    const struct expr_names names = { get, NULL, NULL };
    ck_assert_int_eq(expr_run(code, EXPR_CODE_MAX, &names, &report), EXPR_HOLDS);
    ck_assert_int_eq(expr_run(code, EXPR_CODE_MAX + 1, &names, &report), EXPR_ERROR);
    ck_assert_ptr_nonnull(strstr(report.error, "longer than"));
    ck_assert_int_eq(run("x='0123456789abcdef'; x=x+x; x=x+x; x=x+x; x=x+x; x=x+x; x=x+x\n"
                         "assert len(x) == 1024",
                         &report),
                     EXPR_HOLDS);
    ck_assert_int_eq(
        run("x='0123456789abcdef'; x=x+x; x=x+x; x=x+x; x=x+x; x=x+x; x=x+x; x=x+'a'", &report),
        EXPR_ERROR);
    for (int i = 0; i <= EXPR_VARIABLES_MAX; i++)
        at += sprintf(at, "v%d = %d\n", i, i);
    ck_assert_int_eq(run(code, &report), EXPR_ERROR);
    ck_assert_uint_eq(report.line, EXPR_VARIABLES_MAX + 1);
}
END_TEST

/* Numbers have a point, whatever the language of the user is. */
START_TEST(locale_does_not_matter)
{
    struct expr_report report;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
        return; /* there is no such locale here to try it with */
    ck_assert_int_eq(run("assert '%.1f' % 1.5 == '1.5' and 1.5 * 2 == 3", &report), EXPR_HOLDS);
}
END_TEST

Suite *drill_expr_suite(void)
{
    Suite *suite = suite_create("drill_expr");
    TCase *tcase = tcase_create("drill_expr");
    tcase_add_loop_test(tcase, holds, 0, sizeof holding / sizeof holding[0]);
    tcase_add_loop_test(tcase, fails, 0, sizeof failing / sizeof failing[0]);
    tcase_add_loop_test(tcase, errors, 0, sizeof mistaken / sizeof mistaken[0]);
    tcase_add_test(tcase, counts);
    tcase_add_test(tcase, assignments_are_told);
    tcase_add_test(tcase, depth_is_bounded);
    tcase_add_test(tcase, sizes_are_bounded);
    tcase_add_test(tcase, locale_does_not_matter);
    suite_add_tcase(suite, tcase);
    return suite;
}
