/*
 * Running a trace: does the lines at the margin and compares what comes of each with the lines
 * indented below it.
 */
#include "tests/bench.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_ALONE                                                                                \
    (1u << SHOW_SEGMENTS | 1u << SHOW_STATES | 1u << SHOW_RULES | 1u << SHOW_TOLD |                \
     1u << SHOW_CALLS)
#define SHOWN_IN_PAIR (1u << SHOW_STATES | 1u << SHOW_TOLD | 1u << SHOW_CALLS)

struct text_line {
    const char *at;
    size_t len; /* without indentation */
    bool indented;
};

void bench_init(struct bench *bench, bool pair)
{
    memset(bench, 0, sizeof *bench);
    bench->pair = pair;
    bench->show = pair ? SHOWN_IN_PAIR : SHOWN_ALONE;
    bench->set = profile_find("rfc")->set;
    bench->set.nagle = bench->set.congestion_control = false;
    bench->set.ack_delay_usec = 0;
    for (unsigned i = 0; i < BENCH_ENDS; i++) {
        struct bench_end *end = &bench->end[i];
        end->bench = bench;
        end->at.ip = ip4(10, 9, 0, (uint8_t)(i + 1));
        end->at.port = i == 0 ? 40000 : 7788;
        end->iss = i == 0 ? 100 : 300;
        end->mss = 1460;
        end->snd_space_len = end->rcv_space_len = 1000;
        end_ranges(end, BENCH_RANGES);
        tcb_init(&end->tcb);
    }
}

/* Takes the next line that is not empty off the trace. */
static bool next_line(const char **trace, struct text_line *line)
{
    while (**trace) {
        const char *start = *trace;
        size_t len = strcspn(start, "\n");
        size_t blanks = strspn(start, " ");
        *trace = start + len + (start[len] == '\n' ? 1 : 0);
        if (blanks >= len)
            continue;
        *line =
            (struct text_line){ .at = start + blanks, .len = len - blanks, .indented = blanks > 0 };
        return true;
    }
    return false;
}

static size_t list_outcomes(const struct bench *bench, char *text, size_t len)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < bench->outcome_count && used < len; i++)
        used += (size_t)snprintf(text + used, len - used, "\n    %s", bench->outcomes[i]);
    return used;
}

void bench_fail(struct bench *bench, const char *wrong, const char *more)
{
    char all[4096];
    list_outcomes(bench, all, sizeof all);
    ck_abort_msg("line %u of the trace: %.*s\n%s%s%s\nall that came of it:%s", bench->line,
                 (int)bench->doing_len, bench->doing, wrong, more[0] ? ": " : "", more, all);
}

void bench_show(struct bench *bench, enum bench_kind kind, const char *format, ...)
{
    va_list values;
    if (bench->quiet || !(bench->show & 1u << kind))
        return;
    if (bench->outcome_count == BENCH_OUTCOMES)
        bench_fail(bench, "more comes of it than the bench can hold", "");
    va_start(values, format);
    vsnprintf(bench->outcomes[bench->outcome_count++], NOTATION_LINE, format, values);
    va_end(values);
}

/* "A > B again <...>": where its segment begins, or NULL for a line about something else. */
static const char *segment_in(const char *line)
{
    const char *arrow = strstr(line, " > ");
    return arrow == line + 1 ? strchr(line, '<') : NULL;
}

/* Segments are alike where the expected one says so; other lines letter by letter. */
static bool alike(const char *expected, const char *seen)
{
    const char *segment = segment_in(expected), *other = segment_in(seen);
    struct written_segment wanted, got;
    if (!segment || !other)
        return strcmp(expected, seen) == 0;
    if (segment - expected != other - seen ||
        strncmp(expected, seen, (size_t)(segment - expected)) != 0)
        return false;
    const char *wrong = notation_read(segment, NULL, &wanted);
    ck_assert_msg(wrong == NULL, "%s: %s", expected, wrong);
    if (notation_read(other, NULL, &got) != NULL)
        return false;
    return notation_is(&wanted, &got.seg, got.text);
}

static void compare(struct bench *bench, unsigned index, const struct text_line *line)
{
    char expected[NOTATION_LINE], message[3 * NOTATION_LINE];
    snprintf(expected, sizeof expected, "%.*s", (int)line->len, line->at);
    const char *seen = index < bench->outcome_count ? bench->outcomes[index] : "(nothing)";
    if (alike(expected, seen))
        return;
    snprintf(message, sizeof message, "\nexpected: %s\n    seen: %s", expected, seen);
    bench_fail(bench, "something else comes of it", message);
}

static void begin(struct bench *bench, const struct text_line *line)
{
    char copy[NOTATION_LINE];
    bench->doing = line->at;
    bench->doing_len = line->len;
    bench->outcome_count = 0;
    if (line->len >= sizeof copy)
        bench_fail(bench, "the line is too long", "");
    memcpy(copy, line->at, line->len);
    copy[line->len] = '\0';
    bench_do_line(bench, copy);
}

static void finish(struct bench *bench, unsigned compared)
{
    if (compared < bench->outcome_count)
        bench_fail(bench, "the trace does not say", bench->outcomes[compared]);
}

void bench_run(struct bench *bench, const char *trace)
{
    struct text_line line;
    unsigned compared = 0;
    bench->outcome_count = 0;
    while (next_line(&trace, &line)) {
        bench->line++;
        if (line.indented) {
            compare(bench, compared++, &line);
            continue;
        }
        finish(bench, compared);
        begin(bench, &line);
        compared = 0;
    }
    finish(bench, compared);
}

void bench_do(struct bench *bench, const char *trace)
{
    struct text_line line;
    bool quiet = bench->quiet;
    bench->quiet = true;
    while (next_line(&trace, &line)) {
        if (!line.indented)
            begin(bench, &line);
    }
    bench->quiet = quiet;
}

void check_trace(const char *trace)
{
    struct bench bench;
    bench_init(&bench, false);
    bench_run(&bench, trace);
}

void check_pair(const char *trace)
{
    struct bench bench;
    bench_init(&bench, true);
    bench_run(&bench, trace);
    for (unsigned i = 0; i < BENCH_AIR; i++) {
        char line[NOTATION_LINE];
        const struct bench_segment *left = &bench.air[i];
        if (left->in_air)
            bench_fail(&bench, "left in the air",
                       notation_write(&left->seg, left->text, line, sizeof line));
    }
}
