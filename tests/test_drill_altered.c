/*
 * ui/drill: no script holds by chance. Of each script that holds every expectation is altered, one
 * at a time, and then it no longer does.
 */
#include "ui/drill/drill.h"

#include "tests/drill_scripts.h"
#include "tests/suites.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALTERED_MAX = 8192
};

/* Goes through all that can be altered, and does the one of that number. */
struct altering {
    unsigned wanted, seen;
    const char *text;
    char altered[ALTERED_MAX];
    bool done;
};

/* The text between from and to becomes `with`, if this one is wanted. */
static void alter(struct altering *a, const char *from, const char *to, const char *with)
{
    if (a->seen++ != a->wanted)
        return;
    snprintf(a->altered, sizeof a->altered, "%.*s%s%s", (int)(from - a->text), a->text, with, to);
    a->done = true;
}

static bool is_within(const char *at, const char *end, const char *word)
{
    return memmem(at, (size_t)(end - at), word, strlen(word)) != NULL;
}

/* ---- segments */

static const char *after_flags(struct altering *a, const char *at)
{
    static const char letters[] = "SFRPU.";
    const char *end = at + strcspn(at, " ");
    for (const char *letter = letters; *letter; letter++) {
        char flags[16];
        size_t len = 0;
        for (const char *c = at; c < end; c++) {
            if (*c != *letter)
                flags[len++] = *c;
        }
        if (len == (size_t)(end - at))
            flags[len++] = *letter;
        if (len == 0)
            flags[len++] = '-';
        flags[len] = '\0';
        alter(a, at, end, flags);
    }
    return end;
}

/* "1:1001(1000)": another place, and another length. */
static const char *after_numbers(struct altering *a, const char *at, bool is_base)
{
    unsigned seq, end, len;
    char with[64];
    const char *behind = strchr(at, ')') + 1;
    ck_assert_int_eq(sscanf(at, " %u:%u(%u)", &seq, &end, &len), 3);
    snprintf(with, sizeof with, " %u:%u(%u)", seq + 1, end + 1, len);
    if (!is_base)
        alter(a, at, behind, with);
    snprintf(with, sizeof with, " %u:%u(%u)", seq, end + 1, len + 1);
    alter(a, at, behind, with);
    return behind;
}

/* Each number, and one option more at each place. */
static void alter_options(struct altering *a, const char *at, const char *end, bool is_base)
{
    bool in_number = false;
    for (; at < end; at++) {
        bool is_digit = isdigit((unsigned char)*at) != 0;
        bool is_value = strncmp(at - 4, "val ", 4) == 0;
        if (is_digit && !in_number && !(is_value && is_base))
            alter(a, at, at, is_value ? "7" : "1");
        if (*at == '<')
            alter(a, at, at + 1, "<nop,nop,nop,nop,");
        if (*at == ',')
            alter(a, at, at + 1, ",nop,");
        in_number = is_digit;
    }
}

static void alter_segment(struct altering *a, const char *line, const char *arrow, const char *end)
{
    bool is_base = is_within(line, end, "// base");
    const char *at = after_numbers(a, after_flags(a, arrow + 2), is_base);
    if (*line == '+')
        alter(a, line, line + 1, "+7");
    if (!is_within(at, end, "<...>"))
        alter_options(a, at, end, is_base);
    if (!is_within(line, end, "<"))
        alter(a, end, end, " <nop>");
}

/* ---- calls, code and commands */

static const struct {
    const char *within, *behind, *with; /* put behind that, in a line that has this */
} insertions[] = {
    { "poll([", "revents=", "0x10000|" },
    { "{fd=3", "revents=", "0x10000|" },
    { "cmsg_data", "cmsg_data=", "1" },
    { "msg_control=", "msg_flags=", "1" },
    { "SIOC", "[", "1" },
    { "getsockopt", "[", "1" },
    { "getsockopt", ", [", "1" },
    { "getsockopt", "linger=", "1" },
    { "getsockopt", "onoff=", "1" },
    { "getsockname", "htons(", "1" },
    { "getsockname", "inet_addr(\"", "1" },
    { "getpeername", "htons(", "1" },
    { "getpeername", "inet_addr(\"", "1" },
    { "accept4", "htons(", "1" },
    { "accept4", "inet_addr(\"", "1" },
    { "sin_port", "[", "1" },
    { "epoll_wait", "{events=", "0x10000|" },
    { "epoll_wait", "u32=", "1" },
    { "epoll_wait", " fd=", "1" },
    { "epoll_wait", "ptr=", "1" },
    { "epoll_wait", "...", "1" },
    { "poll(", "...", "1" },
    { "read(", "...", "1" },
    { "assert", "== ", "1" },
    { "tcpi_state", "tcpi_state == ", "1 + " },
    { "assert", "; kept = ", "1 + " },
    { "sockstat", "| grep -c ", "x" },
    { "sockstat", "| grep ", "x" },
};

static void alter_insertions(struct altering *a, const char *line, const char *end)
{
    for (size_t i = 0; i < sizeof insertions / sizeof insertions[0]; i++) {
        const char *behind = insertions[i].behind;
        const char *at = memmem(line, (size_t)(end - line), behind, strlen(behind));
        bool fits = at && is_within(line, end, insertions[i].within);
        const char *to = fits ? at + strlen(behind) : NULL;
        bool is_duration = fits && strcmp(behind, "...") == 0 && !isdigit((unsigned char)*to);
        bool is_none =
            fits && strcmp(insertions[i].with, "x") == 0 && is_within(line, end, "grep 0");
        if (fits && !is_duration && !is_none)
            alter(a, to, to, insertions[i].with);
    }
}

static void alter_result(struct altering *a, const char *line, const char *end)
{
    const char *at = memmem(line, (size_t)(end - line), ") = ", 4);
    if (!at || is_within(line, end, "// fd"))
        return;
    at += 4;
    if (*at != '-') {
        alter(a, at, at, "1");
        alter(a, at, end, "-1 ENOMEM");
        return;
    }
    alter(a, at, end, "0");
    alter(a, at, end, "-1 ENOMEM");
}

static void alter_line(struct altering *a, const char *line, const char *end)
{
    const char *arrow = memmem(line, (size_t)(end - line), " > ", 3);
    bool is_segment = arrow && !memchr(line, '`', (size_t)(end - line)) && *line != '"';
    if (is_segment) {
        alter_segment(a, line, arrow + 1, end);
        return;
    }
    alter_insertions(a, line, end);
    alter_result(a, line, end);
}

static bool altered(struct altering *a, const char *text, unsigned wanted)
{
    *a = (struct altering){ .wanted = wanted, .text = text };
    for (const char *line = text; *line && !a->done;) {
        const char *end = line + strcspn(line, "\n");
        alter_line(a, line, end);
        line = *end ? end + 1 : end;
    }
    return a->done;
}

static enum drill_outcome outcome_of(const char *text, struct drill_report *report)
{
    const struct drill_options options = { .profile = NULL };
    return drill_run("own.pkt", text, strlen(text), &options, report);
}

START_TEST(holds_as_written)
{
    const struct drill_script *script = &drill_scripts[_i];
    struct drill_report report;
    enum drill_outcome outcome = outcome_of(script->text, &report);
    ck_assert_msg(outcome == DRILL_PASSED, "%s: line %u: %s\nexpected %s\ngot      %s",
                  script->shows, report.line, report.what, report.expected, report.got);
}
END_TEST

START_TEST(does_not_hold_altered)
{
    const struct drill_script *script = &drill_scripts[_i];
    struct altering *a = malloc(sizeof *a);
    struct drill_report report;
    unsigned count = 0;
    ck_assert_ptr_nonnull(a);
    while (altered(a, script->text, count)) {
        ck_assert_msg(outcome_of(a->altered, &report) != DRILL_PASSED,
                      "%s: holds, though it is\n%s", script->shows, a->altered);
        count++;
    }
    ck_assert_msg(count >= 10, "%s: only %u things were altered", script->shows, count);
    free(a);
}
END_TEST

Suite *drill_altered_suite(void)
{
    Suite *suite = suite_create("drill_altered");
    TCase *tcase = tcase_create("scripts");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, holds_as_written, 0, (int)drill_script_count);
    tcase_add_loop_test(tcase, does_not_hold_altered, 0, (int)drill_script_count);
    suite_add_tcase(suite, tcase);
    return suite;
}
