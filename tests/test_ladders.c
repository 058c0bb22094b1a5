/*
 * The ladder as a drawing: what is folded from a trace, and what of it stands in SVG and Mermaid.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/film_rig.h"
#include "tests/golden.h"
#include "tests/xml.h"
#include "ui/export/ladder_svg.h"
#include "ui/export/mermaid.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_A = 330, /* where the drawing has the hosts' lines */
    LINE_B = 860,
    MANY = 2000
};

typedef bool write_ladder(const struct arrows *arrows, const struct arrows_about *about, FILE *to);

static struct arrows arrows_of(const struct play *play, size_t max)
{
    struct arrows arrows;
    ck_assert(arrows_make(&arrows, session_trace(play->session), play_last(play), max));
    return arrows;
}

static char *written(write_ladder *write, const struct arrows *arrows,
                     const struct arrows_about *about)
{
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(to);
    ck_assert(write(arrows, about, to));
    fclose(to);
    return text;
}

static char *drawn(write_ladder *write, const char *lab, size_t max)
{
    static const struct arrows_about about = { "a ladder", { "client", "server" }, NULL };
    struct play *play = play_builtin(lab, ON_MODEL);
    play_to_end(play);
    struct arrows arrows = arrows_of(play, max);
    char *text = written(write, &arrows, &about);
    arrows_free(&arrows);
    play_end(play);
    return text;
}

/* A SYN that is lost, sent again, and gets through: three arrows with their fates and times. */
START_TEST(fold)
{
    struct play *play = play_begin("host A client\nhost B server\nwire delay 50 ms\n"
                                   "B: s = socket()\nB: bind(s, :80)\nB: listen(s, 1)\n"
                                   "A: c = socket()\nA: connect(c, B:80)\ndrop SYN from A\n"
                                   "deliver SYN from A\nhold SYN,ACK from B\n",
                                   ON_MODEL);
    while (play_step(play) && play_last(play) < 9)
        continue;
    struct arrows arrows = arrows_of(play, MANY);
    ck_assert_uint_ge(arrows.count, 3);
    ck_assert_int_eq(arrows.list[0].fate, ARROW_LOST);
    ck_assert(!arrows.list[0].again && arrows.list[0].from == 0);
    ck_assert_int_eq(arrows.list[1].fate, ARROW_ARRIVED);
    ck_assert(arrows.list[1].again);
    ck_assert_uint_eq(arrows.list[1].end_usec - arrows.list[1].sent_usec, 50000);
    ck_assert_int_eq(arrows.list[2].fate, ARROW_HELD);
    ck_assert_int_eq(arrows.list[2].from, 1);
    for (size_t i = 1; i < arrows.moment_count; i++)
        ck_assert_uint_ge(arrows.moments[i].usec, arrows.moments[i - 1].usec);
    arrows_free(&arrows);
    play_end(play);
}
END_TEST

/* What the drawing of a lab has of each class of things. */
struct parts {
    unsigned ways, again, heads, crosses, labels, states;
};

static void take_part(const struct xml *xml, struct parts *parts)
{
    const char *class = xml_attr(xml, "class");
    if (!class)
        return;
    parts->ways += strncmp(class, "way", 3) == 0;
    parts->again += strcmp(class, "way again") == 0;
    parts->heads += strcmp(class, "head") == 0 && strcmp(xml->name, "path") == 0;
    parts->crosses += strcmp(class, "lost") == 0;
    parts->labels += strncmp(class, "label", 5) == 0;
    parts->states += strcmp(class, "state") == 0;
    if (strncmp(class, "way", 3) != 0)
        return;
    int from = atoi(xml_attr(xml, "x1")), to = atoi(xml_attr(xml, "x2"));
    ck_assert(from == LINE_A || from == LINE_B);
    ck_assert(to == LINE_A + LINE_B - from || to == (LINE_A + LINE_B) / 2);
    ck_assert_int_gt(atoi(xml_attr(xml, "y2")), atoi(xml_attr(xml, "y1"))); /* slanted */
}

static struct parts parts_of(const char *svg)
{
    struct parts parts = { 0 };
    struct xml xml;
    xml_begin(&xml, svg, false);
    while (xml_next(&xml)) {
        if (xml.kind == XML_OPEN)
            take_part(&xml, &parts);
    }
    xml_end(&xml);
    return parts;
}

static struct parts parts_wanted(const struct arrows *arrows)
{
    struct parts parts = { .ways = (unsigned)arrows->count, .labels = (unsigned)arrows->count };
    for (size_t i = 0; i < arrows->count; i++) {
        parts.again += arrows->list[i].again;
        parts.heads += arrows->list[i].fate == ARROW_ARRIVED;
        parts.crosses += arrows->list[i].fate == ARROW_LOST ? 2 : 0;
    }
    for (size_t i = 0; i < arrows->moment_count; i++)
        parts.states += arrows->moments[i].kind == MOMENT_STATE;
    return parts;
}

/* Each segment of a lab is an arrow, a head where it arrived, a cross where it did not; each state
 * stands beside its host's line. */
START_TEST(svg)
{
    static const char *const labs[] = { "life", "lost-syn", "retransmission", "reset" };
    static const struct arrows_about about = { "a <ladder>", { "client", "&" }, NULL };
    struct play *play = play_builtin(labs[_i], ON_MODEL);
    play_to_end(play);
    struct arrows arrows = arrows_of(play, MANY);
    char *text = written(ladder_svg_write, &arrows, &about);
    struct parts wanted = parts_wanted(&arrows), seen = parts_of(text);
    ck_assert_uint_gt(seen.ways, 5);
    ck_assert_uint_eq(seen.ways, wanted.ways);
    ck_assert_uint_eq(seen.again, wanted.again);
    ck_assert_uint_eq(seen.heads, wanted.heads);
    ck_assert_uint_eq(seen.crosses, wanted.crosses);
    ck_assert_uint_eq(seen.labels, wanted.labels);
    ck_assert_uint_eq(seen.states, wanted.states);
    ck_assert_ptr_nonnull(strstr(text, "<title>a &lt;ladder&gt;</title>"));
    free(text);
    arrows_free(&arrows);
    play_end(play);
}
END_TEST

/* What does not fit is said to be missing. */
START_TEST(too_many)
{
    char *text = drawn(ladder_svg_write, "retransmission", 3);
    ck_assert_uint_eq(parts_of(text).ways, 3);
    ck_assert_ptr_nonnull(strstr(text, " more segments are not drawn."));
    free(text);
    text = drawn(mermaid_write, "retransmission", 3);
    ck_assert_ptr_nonnull(strstr(text, "    Note over model_A: "));
    free(text);
}
END_TEST

/* Mermaid's text of a lab with losses. */
START_TEST(mermaid)
{
    char *text = drawn(mermaid_write, "lost-syn", MERMAID_ARROWS_MAX);
    golden("lost-syn-mermaid", text);
    free(text);
}
END_TEST

/* Names of a lab mean nothing to Mermaid nor to XML. */
START_TEST(hostile)
{
    static const struct arrows_about about = { "\"a\\b: <c>\n",
                                               { "x; A->>B: #y", "end %% 客户" },
                                               NULL };
    struct play *play = play_begin(hostile_lab, ON_MODEL);
    play_to_end(play);
    struct arrows arrows = arrows_of(play, MANY);
    char *text = written(mermaid_write, &arrows, &about);
    ck_assert_ptr_nonnull(strstr(text, "title: \"\\\"a\\\\b: \\u003cc\\u003e\\u000a\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "as A x#59; A-#62;#62;B#58; #35;y\n"));
    ck_assert_ptr_nonnull(strstr(text, "as B #101;nd #37;#37; 客户\n"));
    free(text);
    text = written(ladder_svg_write, &arrows, &about);
    ck_assert_uint_gt(parts_of(text).ways, 3);
    free(text);
    arrows_free(&arrows);
    play_end(play);
}
END_TEST

/* The command, on both lanes where the kernel's wire is to be had: a ladder for each. */
START_TEST(command)
{
    struct ran ran = run_expecting(0, "$TCPSTEP export handshake --on model --ladder-svg -");
    ck_assert_uint_eq(parts_of(ran.out).ways, 3);
    ran_free(&ran);
    ran = run_expecting(0, "$TCPSTEP export handshake --on model --mermaid -");
    ck_assert_ptr_nonnull(
        strstr(ran.out, "sequenceDiagram\n    participant model_A as A client\n"));
    ran_free(&ran);
    if (!play_wire_allowed())
        return;
    ran = run_expecting(0, "$TCPSTEP export handshake --on both --ladder-svg -");
    ck_assert_uint_eq(parts_of(ran.out).ways, 6);
    ran_free(&ran);
}
END_TEST

/* A captured connection as a drawing: what the capture cannot tell is not drawn as if it did. */
START_TEST(capture)
{
    static const char make[] = "d=$(mktemp -d); $TCPSTEP run lost-syn --on model --headless --pcap "
                               "$d/x >/dev/null; $TCPSTEP open $d/x %s; s=$?; rm -r $d; exit $s";
    char line[400];
    snprintf(line, sizeof line, make, "--ladder-svg -");
    struct ran ran = run_expecting(0, line);
    struct parts parts = parts_of(ran.out);
    ck_assert_uint_gt(parts.ways, 5);
    ck_assert_uint_gt(parts.states, 3);
    ck_assert_uint_ge(parts.again, 1);
    ck_assert_ptr_nonnull(strstr(ran.out, ">captured<"));
    ck_assert_ptr_nonnull(strstr(ran.out, "[taken as lost]"));
    ran_free(&ran);
    snprintf(line, sizeof line, make, "--mermaid -");
    ran = run_expecting(0, line);
    ck_assert_ptr_nonnull(strstr(ran.out, "title: \"connection 1\"\n---\nsequenceDiagram\n"));
    ran_free(&ran);
    snprintf(line, sizeof line, make, "--mermaid - --trace -");
    ran = run_expecting(2, line);
    ck_assert_ptr_nonnull(strstr(ran.err, "one thing at a time on standard output"));
    ran_free(&ran);
}
END_TEST

Suite *ladders_suite(void)
{
    Suite *suite = suite_create("ladders");
    TCase *tests = tcase_create("ladders");
    tcase_add_test(tests, fold);
    tcase_add_loop_test(tests, svg, 0, 4);
    tcase_add_test(tests, too_many);
    tcase_add_test(tests, mermaid);
    tcase_add_test(tests, hostile);
    tcase_add_test(tests, command);
    tcase_add_test(tests, capture);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite;
}
