/*
 * sim/lab: labs with errors are refused with the line, what is wrong and what was expected; and
 * nothing that anybody can write makes the reader stumble.
 */
#include "sim/lab.h"

#include "tests/recording.h"
#include "tests/suites.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS "host A\nhost B\n"
#define SOCK  HOSTS "A: c = socket()\n"

struct bad {
    const char *source;
    uint32_t line;
    const char *wrong, *expected; /* words that have to be among those said */
};

static const struct bad headings[] = {
    { "", 1, "no step", "A: c = socket()" },
    { "host A\n# only a comment\n", 2, "no step", "A: c = socket()" },
    { "say hello\n", 1, "before any host", "host A" },
    { "host B\n", 1, "alphabet: 'B'", "A first" },
    { "host\n", 1, "alphabet", "A first" },
    { "host A\nhost A\n", 2, "alphabet: 'A'", "next letter" },
    { HOSTS "host C\n", 3, "too many hosts: 'C'", "A and B" },
    { "wire speed 9\n", 1, "no such setting: 'speed'", "delay" },
    { "wire delay\n", 1, "number is missing", "0 to 1000000" },
    { "wire delay 5\n", 1, "no unit", "ms" },
    { "wire delay 5 weeks\n", 1, "no unit of time: 'weeks'", "min" },
    { "wire delay 5 ms more\n", 1, "more than the line can hold: 'more'", "end" },
    { "lesson many\n", 1, "not a number: 'many'", "0 to 999" },
    { HOSTS "run\ntitle late\n", 4, "this heading: 'title'", "before the first step" },
    { HOSTS "run\nwire delay 1 ms\n", 4, "this heading: 'wire'", "before the first step" },
    { "profile\n", 1, "no such profile", "rfc, linux or freebsd" },
    { "profile two-wya\n", 1, "no such profile: 'two-wya'", "what is not TCP" },
    { "profile rfc+two-way+four\n", 1, "no such profile: 'four'", "what is not TCP" },
    { HOSTS "[model] title x\n", 3, "a heading: 'title'", "for all lanes" },
    { "[model] host A\n", 1, "a heading: 'host'", "for all lanes" },
};

static const struct bad steps[] = {
    { HOSTS "dance\n", 3, "unknown word: 'dance'", "say deliver drop" },
    { HOSTS "C: c = socket()\n", 3, "unknown word: 'C'", "'A:'" },
    { HOSTS "?\n", 3, "unknown word: '?'", "'A:'" },
    { HOSTS "A c = socket()\n", 3, "something else stands: 'c'", "':'" },
    { HOSTS "say\n", 3, "nothing to say", "sentence" },
    { HOSTS "run away\n", 3, "more than the line can hold: 'away'", "end" },
    { HOSTS "[moon] run\n", 3, "no such lane: 'moon'", "[model], [kernel], [mixed]" },
    { HOSTS "[model run\n", 3, "something else stands: 'run'", "']'" },
    { HOSTS "[model]\n", 3, "unknown word", "'A:'" },
    { HOSTS "wait\n", 3, "number is missing", "0 to 1000000" },
    { HOSTS "wait -5 s\n", 3, "number is missing", "0 to 1000000" },
    { HOSTS "wait 1.5 s\n", 3, "no unit", "ms" },
    { HOSTS "wait 1000001 s\n", 3, "too large: '1000001'", "1000000" },
    { HOSTS "wait 99999999999999999999999 s\n", 3, "too large", "1000000" },
    { HOSTS "deliver SYN,URG\n", 3, "no such control bit: 'URG'", "SYN, ACK, FIN, RST" },
    { HOSTS "deliver SYN,\n", 3, "no such control bit", "SYN, ACK, FIN, RST" },
    { HOSTS "drop syn\n", 3, "no such control bit: 'syn'", "from" },
    { HOSTS "drop SYN to B\n", 3, "something else stands: 'to'", "'from'" },
    { HOSTS "drop SYN from\n", 3, "no such host", "letter" },
    { HOSTS "drop SYN from C\n", 3, "no such host: 'C'", "letter" },
    { HOSTS "drop SYN from A now\n", 3, "more than the line can hold: 'now'", "end" },
    { HOSTS "delay SYN from A\n", 3, "number is missing", "0 to 1000000" },
    { HOSTS "delay SYN 300\n", 3, "no unit of time", "ms" },
    { HOSTS "drop SYN 300 ms\n", 3, "more than the line can hold: '300'", "end" },
    { HOSTS "rule\n", 3, "no rule does this", "drop duplicate hold" },
    { HOSTS "rule deliver SYN 1 from A\n", 3, "no rule does this: 'deliver'", "drop duplicate" },
    { HOSTS "rule drop\n", 3, "no such control bit", "SYN, ACK" },
    { HOSTS "rule drop segment from A\n", 3, "not a number: 'from'", "0 to 1000000" },
    { HOSTS "rule drop segment 0 from A\n", 3, "counted from 1: '0'", "the next one" },
    { HOSTS "rule drop segment 1\n", 3, "ends too early", "'from' and a host" },
    { HOSTS "rule drop segment 1 to A\n", 3, "something else stands: 'to'", "'from' and a host" },
    { HOSTS "rule delay segment 1 from A\n", 3, "number is missing", "0 to 1000000" },
    { HOSTS "rule drop segment 1 from A 5 ms\n", 3, "more than the line can hold: '5'", "end" },
    { HOSTS "chance\n", 3, "nothing that happens by chance", "loss duplicate reorder corrupt" },
    { HOSTS "chance hold 5 %\n", 3, "happens by chance: 'hold'", "loss duplicate" },
    { HOSTS "chance loss %\n", 3, "number is missing: '%'", "0 to 100" },
    { HOSTS "chance loss 5\n", 3, "ends too early", "'%'" },
    { HOSTS "chance loss 101 %\n", 3, "too large: '101'", "0 to 100" },
    { HOSTS "chance loss 100.1 %\n", 3, "more than always: '100'", "at most 100 %" },
    { HOSTS "chance loss 0.00001 %\n", 3, "something else stands: '1'", "'%'" },
    { HOSTS "chance loss 5 % to A\n", 3, "something else stands: 'to'", "'from' and a host" },
    { HOSTS "run\nrule drop segment 1 from A\ntitle x\n", 5, "before this heading", "headings" },
    { SOCK "transfer\n", 4, "no such host", "letter" },
    { SOCK "transfer A c\n", 4, "something else stands: 'c'", "'.'" },
    { SOCK "transfer A.x\n", 4, "no such socket here: 'x'", "of this host" },
    { SOCK "transfer A.c B.c 1 MB\n", 4, "no such socket here: 'c'", "of this host" },
    { SOCK "transfer A.c A.c 1 MB\n", 4, "from a host to itself: 'A'", "the other host" },
    { SOCK "B: d = socket()\ntransfer A.c B.d\n", 5, "number is missing", "1000000000" },
    { SOCK "B: d = socket()\ntransfer A.c B.d 1\n", 5, "no unit of octets", "octets, kB or MB" },
    { SOCK "B: d = socket()\ntransfer A.c B.d 0 kB\n", 5, "nothing, or too much: '0'", "1 octet" },
    { SOCK "B: d = socket()\ntransfer A.c B.d 1001 MB\n", 5, "too much: '1001'", "1000 MB" },
    { HOSTS "set\n", 3, "no such host", "letter" },
    { HOSTS "set C net.ipv4.tcp_sack 0\n", 3, "no such host: 'C'", "letter" },
    { HOSTS "set A\n", 3, "no such setting", "perhaps" },
    { HOSTS "set A net.ipv4.tcp_fintimeout 5\n", 3, "setting: 'net.ipv4.tcp_fintimeout'",
      "net.ipv4.tcp_fin_timeout, perhaps" },
    { HOSTS "set A tcp_sack 0\n", 3, "setting: 'tcp_sack'", "net.ipv4.tcp_sack, perhaps" },
    { HOSTS "set A net.ipv4.tcp_sack\n", 3, "not a value", "a number" },
    { HOSTS "set A net.ipv4.tcp_sack yes\n", 3, "not a value of this setting: 'yes'", "a number" },
    { HOSTS "set A net.ipv4.tcp_sack 1 2\n", 3, "not a value of this setting: '1'", "a number" },
    { HOSTS "set A net.ipv4.tcp_rmem 4096\n", 3, "not a value of this setting", "three" },
    { HOSTS "expect\n", 3, "no such host", "letter" },
    { HOSTS "expect A\n", 3, "no such state", "SYN-SENT" },
    { HOSTS "expect A FIN_WAIT_1\n", 3, "no such state: 'FIN_WAIT_1'", "FIN-WAIT-1" },
    { HOSTS "expect A.c LISTEN\n", 3, "no such socket here: 'c'", "of this host" },
    { SOCK "expect B.c LISTEN\n", 4, "no such socket here: 'c'", "of this host" },
    { SOCK "expect A. LISTEN\n", 4, "no such socket here: 'LISTEN'", "of this host" },
};

static const struct bad calls[] = {
    { HOSTS "A:\n", 3, "no such call", "socket bind listen" },
    { HOSTS "A: c = sockt()\n", 3, "no such call: 'sockt'", "socket bind listen" },
    { HOSTS "A: socket()\n", 3, "no name: 'socket'", "NAME = socket()" },
    { HOSTS "A: = socket()\n", 3, "no name: 'socket'", "NAME = socket()" },
    { HOSTS "A: 3 = socket()\n", 3, "not a name: '3'", "letters" },
    { HOSTS "A: fifteen_letters = socket()\n", 3, "not a name: 'fifteen_letters'", "14" },
    { SOCK "A: x = close(c)\n", 4, "no socket comes of this: 'close'", "NAME = socket()" },
    { HOSTS "A: c = socket\n", 3, "ends too early", "'('" },
    { HOSTS "A: c = socket(\n", 3, "ends too early", "')'" },
    { HOSTS "A: c = socket(1)\n", 3, "no such type: '1'", "SOCK_DGRAM" },
    { HOSTS "A: close(c)\n", 3, "no such socket here: 'c'", "of this host" },
    { SOCK "B: close(c)\n", 4, "no such socket here: 'c'", "of this host" },
    { SOCK "A: bind(c)\n", 4, "something else stands: ')'", "','" },
    { SOCK "A: bind(c, 80)\n", 4, "no address", "':7788'" },
    { SOCK "A: bind(c, :)\n", 4, "number is missing: ')'", "0 to 65535" },
    { SOCK "A: bind(c, :65536)\n", 4, "too large: '65536'", "65535" },
    { SOCK "A: connect(c, C:80)\n", 4, "no address", "'B:7788'" },
    { SOCK "A: listen(c, 65536)\n", 4, "too large: '65536'", "65535" },
    { SOCK "A: recv(c, 16385)\n", 4, "too large: '16385'", "16384" },
    { SOCK "A: recv(c, x)\n", 4, "not a number: 'x'", "16384" },
    { SOCK "A: shutdown(c, RD)\n", 4, "no way to shut down: 'RD'", "SHUT_RD" },
    { SOCK "A: setsockopt(c, SO_ERROR, 1)\n", 4, "no such option: 'SO_ERROR'", "SO_REUSEADDR" },
    { SOCK "A: setsockopt(c, SO_MARK, 1)\n", 4, "no such option: 'SO_MARK'", "SO_REUSEADDR" },
    { SOCK "A: getsockopt(c, )\n", 4, "no such option", "SO_ERROR" },
    { SOCK "A: setsockopt(c, SO_TYPE, 1)\n", 4, "no such option: 'SO_TYPE'", "SO_REUSEADDR" },
    { SOCK "A: recv(c, 5, MSG_WAIT)\n", 4, "no such flag: 'MSG_WAIT'", "MSG_PEEK" },
    { SOCK "A: send(c, \"x\", MSG_MORE|)\n", 4, "no such flag", "MSG_MORE" },
    { SOCK "A: fcntl(c, SIOCINQ)\n", 4, "no such request: 'SIOCINQ'", "F_GETFL or F_SETFL" },
    { SOCK "A: ioctl(c, F_GETFL)\n", 4, "no such request: 'F_GETFL'", "SIOCINQ or SIOCOUTQ" },
    { SOCK "A: fcntl(c, F_SETFL, 1)\n", 4, "no such flag: '1'", "O_NONBLOCK or 0" },
    { SOCK "A: fcntl(c, F_SETFL)\n", 4, "something else stands: ')'", "','" },
    { SOCK "A: poll(c) = POLLIN|5\n", 4, "poll says no such thing: '5'", "POLLIN" },
    { SOCK "A: setsockopt(c, SO_LINGER)\n", 4, "something else stands: ')'", "','" },
};

static const struct bad results_and_strings[] = {
    { SOCK "A: close(c) =\n", 4, "no such result", "EADDRINUSE" },
    { SOCK "A: close(c) = -1\n", 4, "no such result: '-1'", "EADDRINUSE" },
    { SOCK "A: close(c) = EWHAT\n", 4, "no such result: 'EWHAT'", "EADDRINUSE" },
    { SOCK "A: close(c) = 12x\n", 4, "not a number: '12x'", "2147483647" },
    { SOCK "A: close(c) = 2147483648\n", 4, "too large: '2147483648'", "2147483647" },
    { SOCK "A: close(c) = \"x\"\n", 4, "only recv gives text", "number" },
    { SOCK "A: close(c) 0\n", 4, "more than the line can hold: '0'", "end" },
    { SOCK "A: send(c, hello)\n", 4, "something else stands: 'hello'", "'\"'" },
    { SOCK "A: send(c, \"hello)\n", 4, "ends too early", "'\"'" },
    { SOCK "A: send(c, \"\\q\")\n", 4, "unknown escape: '\\'", "\\x41" },
    { SOCK "A: send(c, \"\\x4\")\n", 4, "unknown escape", "\\x41" },
    { SOCK "A: send(c, \"\\xgg\")\n", 4, "unknown escape", "\\x41" },
    { SOCK "A: send(c, \"\\\n", 4, "unknown escape", "\\x41" },
};

static void refused(const struct bad *bad)
{
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error error;
    ck_assert_ptr_nonnull(lab);
    ck_assert_msg(!lab_read(bad->source, strlen(bad->source), lab, &error), "read: %s",
                  bad->source);
    ck_assert_msg(error.line == bad->line && strstr(error.wrong, bad->wrong) &&
                      strstr(error.expected, bad->expected),
                  "%s\nline %u: %s; expected: %s", bad->source, error.line, error.wrong,
                  error.expected);
    free(lab);
}

static void all_refused(const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++)
        refused(&bad[i]);
}

#define COUNT(array) (sizeof array / sizeof array[0])

/* Errors before the first step. */
START_TEST(bad_headings)
{
    all_refused(headings, COUNT(headings));
}
END_TEST

/* Errors in what is done and expected. */
START_TEST(bad_steps)
{
    all_refused(steps, COUNT(steps));
}
END_TEST

/* Errors in calls. */
START_TEST(bad_calls)
{
    all_refused(calls, COUNT(calls));
    all_refused(results_and_strings, COUNT(results_and_strings));
}
END_TEST

/* A NUL octet is no text, wherever it stands. */
START_TEST(nul_octet)
{
    static const char source[] = "host A\nsay a\0b\n";
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error error;
    ck_assert_ptr_nonnull(lab);
    ck_assert(!lab_read(source, sizeof source - 1, lab, &error));
    ck_assert_uint_eq(error.line, 2);
    ck_assert_str_eq(error.wrong, "a NUL octet");
    free(lab);
}
END_TEST

/* The first `count` lines of a kind fit, one more does not. */
static void limit(const char *heading, const char *line, unsigned count, const char *wrong)
{
    size_t room = strlen(heading) + (strlen(line) + 8) * (count + 1) + 1, used;
    char *source = malloc(room);
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error error;
    ck_assert(source && lab);
    used = (size_t)snprintf(source, room, "%s", heading);
    for (unsigned i = 0; i <= count; i++) {
        size_t before = used;
        used += (size_t)snprintf(source + used, room - used, line, i);
        if (i == count)
            ck_assert(lab_read(source, before, lab, &error));
    }
    ck_assert(!lab_read(source, used, lab, &error));
    ck_assert_msg(strstr(error.wrong, wrong) != NULL, "%s", error.wrong);
    free(source);
    free(lab);
}

/* 512 steps, 32 names and 16384 octets in strings, and not one more. */
START_TEST(limits)
{
    char heading[LAB_OCTETS_MAX + 64] = SOCK "A: send(c, \"";
    limit("host A\n", "say %u\n", LAB_LINES_MAX, "too many lines");
    limit("host A\n", "A: c%u = socket()\n", LAB_NAMES_MAX, "too many sockets");
    size_t len = strlen(heading);
    memset(heading + len, 'x', LAB_OCTETS_MAX);
    snprintf(heading + len + LAB_OCTETS_MAX, sizeof heading - len - LAB_OCTETS_MAX, "\")\n");
    limit(heading, "A: send(c, \"%.1u\")\n", 0, "too much text");
}
END_TEST

/* Very long words and lists are refused or read like others. */
START_TEST(long_lines)
{
    enum {
        LEN = 1000000
    };
    char *source = malloc(LEN + 32);
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error error;
    ck_assert(source && lab);
    size_t used = (size_t)snprintf(source, 32, "host A\ndrop ");
    for (; used < LEN; used += 4)
        memcpy(source + used, "SYN,", 4);
    ck_assert(!lab_read(source, used, lab, &error));
    ck_assert(lab_read(source, used - 1, lab, &error));
    memset(source + 7, 'x', LEN);
    ck_assert(!lab_read(source, LEN, lab, &error));
    ck_assert_uint_lt(strlen(error.wrong), sizeof error.wrong);
    free(source);
    free(lab);
}
END_TEST

/* In memory of just its size, so that a step beyond shows. */
static void read_anyhow(const char *source, size_t len, struct lab *lab)
{
    char *copy = malloc(len ? len : 1);
    struct lab_error error;
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, source, len);
    if (!lab_read(copy, len, lab, &error)) {
        ck_assert_uint_gt(strlen(error.wrong), 0);
        ck_assert_uint_gt(strlen(error.expected), 0);
    } else {
        ck_assert_uint_gt(lab->line_count, 0);
    }
    free(copy);
}

static void maul(const char *path, struct lab *lab)
{
    char source[16384];
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    size_t len = fread(source, 1, sizeof source, file);
    fclose(file);
    uint64_t state = len;
    for (size_t cut = 0; cut <= len; cut += 3)
        read_anyhow(source, cut, lab);
    for (unsigned i = 0; i < 300; i++) {
        char mauled[sizeof source];
        memcpy(mauled, source, len);
        for (unsigned j = 0; j < 1 + i % 5; j++)
            mauled[random_next(&state) % len] = (char)(random_next(&state) >> 8);
        read_anyhow(mauled, len, lab);
    }
}

/* The labs in docs/labs, cut off anywhere and with octets changed at random, are read or refused
 * with words. (Run from the top folder.) */
START_TEST(mauled_labs)
{
    glob_t found;
    struct lab *lab = malloc(sizeof *lab);
    ck_assert_ptr_nonnull(lab);
    ck_assert_int_eq(glob("docs/labs/*.lab", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        maul(found.gl_pathv[i], lab);
    globfree(&found);
    free(lab);
}
END_TEST

/* So is noise, out of any octets or out of the words that labs are made of. */
START_TEST(noise)
{
    static const char *const words[] = { "host",   "A",     "B",     ":",       "c",      "=",
                                         "socket", "(",     ")",     ",",       "bind",   "connect",
                                         "send",   "\"",    "\\",    "x41",     "recv",   "9",
                                         "EPIPE",  "[",     "model", "]",       "expect", ".",
                                         "LISTEN", "drop",  "SYN",   "ACK",     "from",   "wait",
                                         "ms",     "say",   "\n",    "\n",      "\n",     "title",
                                         "wire",   "delay", "run",   "shutdown" };
    struct lab *lab = malloc(sizeof *lab);
    uint64_t state = 1;
    ck_assert_ptr_nonnull(lab);
    for (unsigned round = 0; round < 2000; round++) {
        char source[1024] = "host A\nhost B\nA: c = socket()\n";
        size_t len = round % 2 ? strlen(source) : 0;
        while (len < 500) {
            const char *next = words[random_next(&state) % COUNT(words)];
            if (round % 3 == 0)
                source[len++] = (char)(random_next(&state) >> 8);
            else
                len += (size_t)snprintf(source + len, sizeof source - len, "%s ", next);
        }
        read_anyhow(source, len, lab);
    }
    free(lab);
}
END_TEST

Suite *lab_errors_suite(void)
{
    Suite *suite = suite_create("lab errors");
    TCase *refusals = tcase_create("refused");
    tcase_add_test(refusals, bad_headings);
    tcase_add_test(refusals, bad_steps);
    tcase_add_test(refusals, bad_calls);
    tcase_add_test(refusals, nul_octet);
    tcase_add_test(refusals, limits);
    suite_add_tcase(suite, refusals);
    TCase *anything = tcase_create("anything");
    tcase_add_test(anything, long_lines);
    tcase_add_test(anything, mauled_labs);
    tcase_add_test(anything, noise);
    suite_add_tcase(suite, anything);
    return suite;
}
