/*
 * The log and the NDJSON trace of a run. docs/trace.md.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/play.h"
#include "ui/escape.h"
#include "ui/export/log.h"
#include "ui/export/ndjson.h"
#include "ui/labs.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A line of NDJSON read back. *text moves behind it. */
static json_t *next_line(const char **text)
{
    json_error_t error;
    size_t len = strcspn(*text, "\n");
    ck_assert_int_eq((*text)[len], '\n');
    json_t *line = json_loadb(*text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    ck_assert_msg(line != NULL, "%s: %.*s", error.text, (int)len, *text);
    ck_assert(json_is_object(line));
    *text += len + 1;
    return line;
}

static const char *string_of(const json_t *line, const char *key)
{
    const json_t *value = json_object_get(line, key);
    ck_assert_msg(json_is_string(value), "no string '%s'", key);
    return json_string_value(value);
}

static json_int_t number_of(const json_t *line, const char *key)
{
    const json_t *value = json_object_get(line, key);
    ck_assert_msg(json_is_integer(value), "no number '%s'", key);
    return json_integer_value(value);
}

static bool is_one_of(const char *word, const char *words)
{
    size_t len = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += len) {
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* What a kind of event has to have, and what it may have, besides what all have. */
static const struct {
    const char *kind, *must, *may;
} kinds[] = {
    { "call", "call", "fd addr option request value flags type text hex" },
    { "return", "call ret", "fd errno option peer local text hex" },
    { "socket", "fd local remote name", "parent" },
    { "state", "to by", "from rule section" },
    { "rule", "from to by rule section", "" },
    { "sent", "id again src dst flags seq wnd len",
      "ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "delivered", "id src dst flags seq wnd len",
      "ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "dropped", "id src dst flags seq wnd len",
      "cause ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "duplicated", "id of src dst flags seq wnd len",
      "cause ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "held", "id src dst flags seq wnd len",
      "cause ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "released", "id src dst flags seq wnd len",
      "cause ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "corrupted", "id src dst flags seq wnd len",
      "cause ack mss wscale sack_permitted ts_val ts_ecr sack corrupted text hex" },
    { "timer", "timer change", "at" },
    { "signal", "signal", "" },
    { "vars", "",
      "iss snd_una snd_nxt irs rcv_nxt snd_wnd rcv_wnd rto_us "
      "srtt_us rttvar_us cwnd ssthresh mss resent unsent unread beyond" },
    { "say", "text", "" },
    { "expect", "line holds text", "" },
    { "differs", "text", "model kernel" },
    { "next", "what",
      "id src dst flags seq ack wnd mss wscale sack_permitted ts_val ts_ecr sack corrupted len "
      "timer at "
      "text "
      "hex" },
};

enum {
    KINDS = sizeof kinds / sizeof kinds[0]
};

static size_t kind_of(const json_t *line)
{
    const char *kind = string_of(line, "kind");
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].kind, kind) == 0)
            return i;
    }
    ck_abort_msg("an event of kind '%s'", kind);
}

/* A line has all that its kind must have, and nothing beyond what it may have. */
static void has_its_fields(json_t *line)
{
    size_t kind = kind_of(line);
    const char *key;
    json_t *value;
    char must[16];
    ck_assert_int_ge(number_of(line, "step"), 0);
    ck_assert_int_ge(number_of(line, "t"), 0);
    ck_assert(is_one_of(string_of(line, "lane"), "model kernel mixed all"));
    json_object_foreach(line, key, value)
        ck_assert_msg(is_one_of(key, "step t lane host sock kind") ||
                          is_one_of(key, kinds[kind].must) || is_one_of(key, kinds[kind].may),
                      "'%s' in %s", key, kinds[kind].kind);
    for (const char *at = kinds[kind].must; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        snprintf(must, sizeof must, "%.*s", (int)len, at);
        ck_assert_msg(json_object_get(line, must) != NULL, "no '%s' in %s", must, kinds[kind].kind);
        at += len;
    }
}

/* What the fields say agrees with each other. */
static void makes_sense(const json_t *line)
{
    const char *kind = string_of(line, "kind");
    const json_t *flags = json_object_get(line, "flags"), *state = json_object_get(line, "to");
    enum tcp_state found;
    if (flags && strcmp(kind, "call") != 0) {
        bool acked = strstr(json_string_value(flags), "ACK") != NULL;
        ck_assert_int_eq(acked, json_object_get(line, "ack") != NULL);
    }
    if (state)
        ck_assert(state_of_name(json_string_value(state), json_string_length(state), &found));
    if (strcmp(kind, "state") == 0)
        ck_assert_int_eq(strcmp(string_of(line, "by"), "rule") == 0,
                         json_object_get(line, "rule") != NULL);
    if (strcmp(kind, "return") == 0)
        ck_assert_int_eq(number_of(line, "ret") < 0, json_object_get(line, "errno") != NULL);
    ck_assert(!json_object_get(line, "text") || !json_object_get(line, "hex"));
}

/* Every line of the trace of every lab, on both lanes, reads back with the fields of its kind,
 * a line for each event; of a long one those of its first steps. */
START_TEST(every_line_reads_back)
{
    struct play *play = play_builtin(builtin_labs[_i].name, ON_BOTH);
    if (play_is_long(play))
        play_to(play, 500);
    else
        play_to_end(play);
    char *text = play_ndjson(play);
    const char *at = text;
    size_t count = 0;
    for (; *at; count++) {
        json_t *line = next_line(&at);
        has_its_fields(line);
        makes_sense(line);
        json_decref(line);
    }
    ck_assert_uint_eq(count, session_trace(play->session)->count);
    free(text);
    play_end(play);
}
END_TEST

/* So does that of lanes whose hosts are real and whose wire is in hand. */
START_TEST(lines_of_real_lanes)
{
    static const enum play_lanes lanes[] = { ON_WIRE, ON_BOTH_ON_WIRE, ON_MODEL_AND_KERNEL };
    if (!play_wire_allowed())
        return;
    for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++) {
        struct play *play = play_builtin("life", lanes[i]);
        play_to_end(play);
        char *text = play_ndjson(play);
        for (const char *at = text; *at;) {
            json_t *line = next_line(&at);
            has_its_fields(line);
            makes_sense(line);
            json_decref(line);
        }
        free(text);
        play_end(play);
    }
}
END_TEST

/* A lab with acts of the wire writes each kind of event that the model has. */
START_TEST(every_kind_is_written)
{
    static const char source[] =
        "host A client\nhost B server\nsay Hello.\n"
        "B: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\nB: d = accept(s)\n"
        "A: c = socket()\nA: setsockopt(c, TCP_DEFER_ACCEPT, 5)\nA: connect(c, B:7788)\n"
        "[model] hold SYN\n[model] release SYN\n[model] duplicate SYN\n"
        "[model] deliver SYN from A\n[model] drop SYN,ACK\n[model] deliver ACK from A\n"
        "[model] run\nB: close(d)\n[model] corrupt FIN,ACK from B\n[model] run\nexpect A.c "
        "CLOSED\n";
    bool seen[KINDS] = { false };
    struct play *play = play_begin(source, ON_BOTH);
    play_to_end(play);
    char *text = play_ndjson(play);
    for (const char *at = text; *at;) {
        json_t *line = next_line(&at);
        has_its_fields(line);
        seen[kind_of(line)] = true;
        json_decref(line);
    }
    for (size_t i = 0; i < KINDS; i++)
        ck_assert_msg(seen[i], "no event of kind '%s'", kinds[i].kind);
    free(text);
    play_end(play);
}
END_TEST

/* The first line of the handshake's SYN says who sends what to whom, with raw numbers. */
START_TEST(fields_of_a_segment)
{
    struct play *play = play_builtin("handshake", ON_MODEL);
    play_to_end(play);
    char *text = play_ndjson(play);
    const char *at = text;
    json_t *line = next_line(&at);
    while (strcmp(string_of(line, "kind"), "sent") != 0) {
        json_decref(line);
        line = next_line(&at);
    }
    const struct event *sent = play_event(play, 0, EV_SENT);
    ck_assert_str_eq(string_of(line, "lane"), "model");
    ck_assert_str_eq(string_of(line, "host"), "A");
    ck_assert_str_eq(string_of(line, "flags"), "SYN");
    ck_assert_str_eq(string_of(line, "dst"), "10.9.0.2:7788");
    ck_assert_int_eq(number_of(line, "seq"), sent->u.wire.seg.seq.n);
    ck_assert_int_eq(number_of(line, "mss"), 1460);
    ck_assert_int_eq(number_of(line, "len"), 0);
    ck_assert_ptr_null(json_object_get(line, "ack"));
    ck_assert(json_is_false(json_object_get(line, "again")));
    json_decref(line);
    free(text);
    play_end(play);
}
END_TEST

/* The same seed gives the same trace, octet by octet; another seed gives other initial sequence
 * numbers. */
START_TEST(same_seed_same_trace)
{
    char *texts[3];
    uint32_t iss[3];
    for (int i = 0; i < 3; i++) {
        struct play *play = play_on_model(builtin_labs[_i].name, "rfc", i < 2 ? 7 : 8);
        play_to_end(play);
        texts[i] = play_ndjson(play);
        iss[i] = play_event(play, 0, EV_SENT)->u.wire.seg.seq.n;
        play_end(play);
    }
    ck_assert_str_eq(texts[0], texts[1]);
    ck_assert_uint_eq(iss[0], iss[1]);
    ck_assert_uint_ne(iss[0], iss[2]);
    for (int i = 0; i < 3; i++)
        free(texts[i]);
}
END_TEST

/* The text or hex of the send() of a lab that sends these octets, and of its recv(). */
static void octets_are_written(const char *octets, const char *key, const char *expected)
{
    char source[512];
    unsigned found = 0;
    snprintf(source, sizeof source,
             "host A client\nhost B server\nB: s = socket()\nB: bind(s, :7788)\nB: listen(s, 5)\n"
             "B: d = accept(s)\nA: c = socket()\nA: connect(c, B:7788)\nrun\n"
             "A: send(c, \"%s\")\nrun\nB: recv(d, 100)\n",
             octets);
    struct play *play = play_begin(source, ON_MODEL);
    play_to_end(play);
    char *text = play_ndjson(play);
    for (const char *at = text; *at;) {
        json_t *line = next_line(&at), *value = json_object_get(line, key);
        if (value && strcmp(string_of(line, "kind"), "next") != 0) {
            ck_assert_uint_eq(json_string_length(value), strlen(expected));
            ck_assert_str_eq(json_string_value(value), expected);
            found++;
        }
        json_decref(line);
    }
    ck_assert_uint_eq(found, 4); /* call, sent, delivered, return */
    free(text);
    play_end(play);
}

/* Octets that are UTF-8 stand as text, controls escaped by JSON; others come as hex. */
START_TEST(text_or_hex)
{
    octets_are_written("你好 \\\"x\\\" \\n", "text", "你好 \"x\" \n");
    octets_are_written("\\x1b[2J", "text", "\x1b[2J");
    octets_are_written("\\xff\\x00a", "hex", "ff0061");
    octets_are_written("\\xe4\\xb8", "hex", "e4b8");
    octets_are_written("\\xc0\\x80", "hex", "c080");
}
END_TEST

/* What came beyond a gap is told as pairs, and not at all where nothing did. */
START_TEST(beyond_a_gap)
{
    struct play *play = play_on_model("transfer", "linux", 1);
    const struct event *told = NULL;
    char wanted[64];
    for (size_t from = 0; !told || told->u.vars.beyond_count == 0;) {
        told = play_event(play, from, EV_VARS);
        if (told)
            from = (size_t)(told - session_trace(play->session)->events) + 1;
        else
            ck_assert(play_step(play));
    }
    snprintf(wanted, sizeof wanted, "\"beyond\":[[%u,%u]]}\n", told->u.vars.beyond[0].start.n,
             told->u.vars.beyond[0].end.n);
    char *text = play_ndjson(play);
    const char *first = strstr(text, "\"beyond\":");
    ck_assert_ptr_nonnull(first);
    ck_assert_msg(strncmp(first, wanted, strlen(wanted)) == 0, "%.80s", first);
    free(text);
    play_end(play);
}
END_TEST

/* The first line of a file names the run. */
START_TEST(head)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert(
        ndjson_head("handshake", "both", profile_find("rfc"), 9223372036854775807u, NULL, file));
    char *text = read_whole(file, NULL);
    ck_assert_str_eq(text, "{\"kind\":\"run\",\"format\":1,\"lab\":\"handshake\",\"on\":\"both\","
                           "\"profile\":\"rfc\",\"seed\":9223372036854775807}\n");
    free(text);
    fclose(file);
}
END_TEST

/* And its lanes: whose each host is, and whether the wire is in hand. */
START_TEST(head_with_lanes)
{
    struct trace trace = { .on = { true, true, true }, .in_hand = { true, false, true } };
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    trace.model[LANE_MODEL][0] = trace.model[LANE_MODEL][1] = trace.model[LANE_MIXED][1] = true;
    ck_assert(ndjson_head("life", "both", profile_find("rfc"), 1, &trace, file));
    char *text = read_whole(file, NULL);
    ck_assert_ptr_nonnull(strstr(text, "\"lanes\":["
                                       "{\"lane\":\"model\",\"wire_in_hand\":true,"
                                       "\"hosts\":{\"A\":\"model\",\"B\":\"model\"}},"
                                       "{\"lane\":\"kernel\",\"wire_in_hand\":false,"
                                       "\"hosts\":{\"A\":\"kernel\",\"B\":\"kernel\"}},"
                                       "{\"lane\":\"mixed\",\"wire_in_hand\":true,"
                                       "\"hosts\":{\"A\":\"kernel\",\"B\":\"model\"}}],"));
    free(text);
    fclose(file);
}
END_TEST

/* It says of a protocol that is not TCP what it is. */
START_TEST(head_of_what_is_not_tcp)
{
    struct profile profile;
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_null(profile_compose("linux+two-way+isn-zero", &profile));
    ck_assert(ndjson_head("two-way", "model", &profile, 1, NULL, file));
    char *text = read_whole(file, NULL);
    ck_assert_ptr_nonnull(strstr(text, "\"profile\":\"linux+two-way+isn-zero\","
                                       "\"not_tcp\":[\"two-way\",\"isn-zero\"],"));
    free(text);
    fclose(file);
}
END_TEST

/* Written as it grows, the trace is the same as written at the end. */
START_TEST(written_as_it_grows)
{
    struct play *play = play_builtin("life", ON_MODEL);
    struct ndjson out = { .written = 0 };
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    do
        ck_assert(ndjson_write(&out, session_trace(play->session), file));
    while (play_step(play));
    char *grown = read_whole(file, NULL), *whole = play_ndjson(play);
    ck_assert_str_eq(grown, whole);
    free(grown);
    free(whole);
    fclose(file);
    play_end(play);
}
END_TEST

/* A file that takes no more is noticed, at the latest when it is closed. */
START_TEST(full_file)
{
    struct play *play = play_builtin("life", ON_MODEL);
    struct ndjson out = { .written = 0 };
    play_to_end(play);
    FILE *file = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(file);
    bool good = ndjson_write(&out, session_trace(play->session), file);
    good = fclose(file) == 0 && good;
    ck_assert(!good);
    play_end(play);
}
END_TEST

/* The log of a session's trace, to be freed. */
static char *log_of(const struct play *play)
{
    struct log log;
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    log_begin(&log);
    log_write(&log, session_trace(play->session), file);
    char *text = read_whole(file, NULL);
    fclose(file);
    return text;
}

/* How many events a line of the log should stand for: sayings are wrapped, and a return that
 * follows its call at once shares its line. */
static bool has_line(const struct trace *trace, size_t at)
{
    const struct event *event = &trace->events[at];
    bool two_msl = event->kind == EV_TIMER && event->u.timer.timer == TIMER_TIME_WAIT &&
                   event->u.timer.change == TIMER_ARMED;
    bool ran_out = event->kind == EV_TIMER && event->u.timer.change == TIMER_RAN_OUT;
    if (event->kind == EV_TIMER)
        return two_msl || ran_out;
    if (event->kind == EV_RETURN) {
        while (at-- > 0) {
            const struct event *before = &trace->events[at];
            if (before->kind != EV_VARS && before->kind != EV_SOCKET && before->kind != EV_TIMER)
                return before->kind != EV_CALL;
        }
    }
    return event->kind != EV_VARS && event->kind != EV_NEXT && event->kind != EV_SOCKET &&
           event->kind != EV_SAY;
}

/* The next step with a line of its own; those where something is only said have none. */
static uint32_t next_with_line(const struct trace *trace, size_t *at)
{
    uint32_t step = *at > 0 ? trace->events[*at - 1].step : 0;
    while (*at < trace->count) {
        size_t i = (*at)++;
        if (trace->events[i].step > step && has_line(trace, i))
            return trace->events[i].step;
    }
    return UINT32_MAX;
}

/* The log has one event a line; sentences of the lab stand between, each line with a bar; the
 * step stands with its first line. */
START_TEST(log_has_an_event_a_line)
{
    struct play *play = play_builtin(builtin_labs[_i].name, ON_BOTH);
    play_to_end(play);
    const struct trace *trace = session_trace(play->session);
    char *text = log_of(play);
    unsigned lines = 0, expected = 0;
    size_t at = 0;
    for (size_t i = 0; i < trace->count; i++)
        expected += has_line(trace, i);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        bool said = strncmp(line, "     | ", 7) == 0;
        lines += !said;
        ck_assert(!said || strlen(line) <= 7 + 96);
        if (!said && strncmp(line, "    ", 4) != 0)
            ck_assert_uint_eq(strtoul(line, NULL, 10), next_with_line(trace, &at));
    }
    ck_assert_uint_eq(lines, expected);
    ck_assert_uint_eq(next_with_line(trace, &at), UINT32_MAX);
    free(text);
    play_end(play);
}
END_TEST

static bool log_has(const char *source, const char *part)
{
    struct play *play = play_begin(source, ON_MODEL);
    play_to_end(play);
    char *text = log_of(play);
    bool found = strstr(text, part) != NULL;
    free(text);
    play_end(play);
    return found;
}

/* A failed expectation stands out with its line; one that holds says ok. */
START_TEST(log_marks_verdicts)
{
    static const char source[] = "host A client\nA: c = socket()\nexpect A.c CLOSED\n"
                                 "expect A.c LISTEN\n";
    ck_assert(log_has(source, "  model  A  ok    line 3: A.c is CLOSED\n"));
    ck_assert(log_has(source, "  model  A  FAILS line 4: expected A.c LISTEN, seen CLOSED\n"));
}
END_TEST

/* Chinese, which has no blanks, is wrapped between characters: every line is whole UTF-8. */
START_TEST(log_wraps_chinese)
{
    char source[1200] = "host A client\nsay x";
    uint32_t code;
    for (int i = 0; i < 100; i++)
        strcat(source, i % 7 == 6 ? "a，" : "三次");
    strcat(source, "\nA: c = socket()\n");
    struct play *play = play_begin(source, ON_MODEL);
    play_to_end(play);
    char *text = log_of(play);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t len = strlen(line);
        for (size_t i = 0, taken; i < len; i += taken) {
            taken = utf8_decode((const uint8_t *)line + i, len - i, &code);
            ck_assert_msg(taken > 0, "a character is split: '%s'", line);
        }
    }
    free(text);
    play_end(play);
}
END_TEST

/* No control of a lab's sentence reaches the log. */
START_TEST(log_escapes)
{
    static const char source[] = "host A client\nsay Look: \x1b[2J\xc2\x9b\xe2\x80\xae!\n"
                                 "A: c = socket()\n";
    ck_assert(log_has(source, "| Look: \\x1b[2J\\xc2\\x9b\\xe2\\x80\\xae!\n"));
}
END_TEST

Suite *export_suite(void)
{
    Suite *suite = suite_create("export");
    TCase *tcase = tcase_create("ndjson");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, every_line_reads_back, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, beyond_a_gap);
    tcase_add_test(tcase, lines_of_real_lanes);
    tcase_add_test(tcase, every_kind_is_written);
    tcase_add_test(tcase, fields_of_a_segment);
    tcase_add_loop_test(tcase, same_seed_same_trace, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, text_or_hex);
    tcase_add_test(tcase, head);
    tcase_add_test(tcase, head_with_lanes);
    tcase_add_test(tcase, head_of_what_is_not_tcp);
    tcase_add_test(tcase, written_as_it_grows);
    tcase_add_test(tcase, full_file);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("log");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, log_has_an_event_a_line, 0, (int)builtin_lab_count);
    tcase_add_test(tcase, log_marks_verdicts);
    tcase_add_test(tcase, log_wraps_chinese);
    tcase_add_test(tcase, log_escapes);
    suite_add_tcase(suite, tcase);
    return suite;
}
