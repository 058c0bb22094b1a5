/*
 * sim/lab: what a line of a lab is read as.
 */
#include "sim/lab.h"

#include "sim/event.h"
#include "sim/segment.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVERY = (1 << LANE_COUNT) - 1
};

/* Reads a lab that has to be a good one; free() it. Its source is the caller's. */
static struct lab *read_good(const char *source)
{
    struct lab *lab = malloc(sizeof *lab);
    struct lab_error error;
    ck_assert_ptr_nonnull(lab);
    bool good = lab_read(source, strlen(source), lab, &error);
    ck_assert_msg(good, "line %u: %s; expected: %s", error.line, error.wrong, error.expected);
    return lab;
}

static void text_is(const struct lab_text *text, const char *expected)
{
    ck_assert_uint_eq(text->len, strlen(expected));
    ck_assert_mem_eq(text->octets, expected, text->len);
}

/* Title, lesson, hosts and the wire's delay; blank lines, comments and blanks are nothing. */
START_TEST(heading)
{
    static const char source[] = "# a comment\n"
                                 "\n"
                                 "title   a lab,  with blanks \t\n"
                                 "  lesson 7\r\n"
                                 "host A  the client\n"
                                 "host B\n"
                                 "wire delay 250 us\n"
                                 "   # another\n"
                                 "say something\n";
    struct lab *lab = read_good(source);
    text_is(&lab->title, "a lab,  with blanks");
    ck_assert_uint_eq(lab->lesson, 7);
    ck_assert_uint_eq(lab->host_count, 2);
    text_is(&lab->host_names[0], "the client");
    text_is(&lab->host_names[1], "");
    ck_assert_uint_eq(lab->delay_usec, 250);
    ck_assert_uint_eq(lab->line_count, 1);
    ck_assert_uint_eq(lab->lines[0].number, 9);
    free(lab);
}
END_TEST

/* What is not said: no title, the last place among lessons, a delay of 100 ms. */
START_TEST(heading_by_default)
{
    struct lab *lab = read_good("host A\nsay x");
    ck_assert_uint_eq(lab->title.len, 0);
    ck_assert_uint_eq(lab->lesson, LAB_LESSON_MAX);
    ck_assert_uint_eq(lab->delay_usec, 100000);
    free(lab);
}
END_TEST

/* Each call with what it takes. */
START_TEST(calls)
{
    static const char source[] = "host A\nhost B\n"
                                 "A: c = socket()\n"
                                 "A: bind(c, :7788)\n"
                                 "A: connect(c, B:80)\n"
                                 "A: listen(c, 65535)\n"
                                 "A: d=accept(c)\n"
                                 "A: send ( d , \"hi\" )\n"
                                 "A: recv(d, 16384)\n"
                                 "A: shutdown(d, SHUT_RDWR)\n"
                                 "A: setsockopt(d, SO_LINGER, 2147483647)\n"
                                 "A: getsockopt(d, SO_ERROR)\n"
                                 "A: close(d)\n";
    static const enum call_op ops[] = { CALL_SOCKET,     CALL_BIND,     CALL_CONNECT,
                                        CALL_LISTEN,     CALL_ACCEPT,   CALL_SEND,
                                        CALL_RECV,       CALL_SHUTDOWN, CALL_SETSOCKOPT,
                                        CALL_GETSOCKOPT, CALL_CLOSE };
    struct lab *lab = read_good(source);
    const struct lab_line *lines = lab->lines;
    ck_assert_uint_eq(lab->line_count, sizeof ops / sizeof ops[0]);
    for (uint32_t i = 0; i < lab->line_count; i++) {
        ck_assert_int_eq(lines[i].kind, LAB_CALL);
        ck_assert_int_eq(lines[i].call.op, ops[i]);
        ck_assert_int_eq(lines[i].host, 0);
        ck_assert_int_eq(lines[i].lanes, EVERY);
        ck_assert_int_eq(lines[i].result_kind, RESULT_SUCCESS);
        ck_assert_str_eq(lines[i].sock, i == 0 ? "" : i < 5 ? "c" : "d");
        ck_assert_str_eq(lines[i].call.name, i == 0 ? "c" : i == 4 ? "d" : "");
    }
    ck_assert(lines[1].call.addr.port == 7788 && lines[1].to_host == -1);
    ck_assert(lines[2].call.addr.port == 80 && lines[2].to_host == 1);
    ck_assert_int_eq(lines[3].call.value, 65535);
    ck_assert_uint_eq(lines[5].call.text_len, 2);
    ck_assert_mem_eq(lines[5].call.text, "hi", 2);
    ck_assert_int_eq(lines[6].call.value, 16384);
    ck_assert_int_eq(lines[7].call.value, HOW_RDWR);
    ck_assert(lines[8].call.option == OPTION_LINGER && lines[8].call.value == INT32_MAX);
    ck_assert_int_eq(lines[9].call.option, OPTION_ERROR);
    text_is(&lines[5].source, "A: send ( d , \"hi\" )");
    free(lab);
}
END_TEST

/* Flags, requests, and what poll says, are written by their names. */
START_TEST(names_of_flags)
{
    struct lab *lab = read_good("host A\nA: c = socket()\n"
                                "A: send(c, \"x\", MSG_MORE)\n"
                                "A: recv(c, 9, MSG_PEEK | MSG_DONTWAIT) = EAGAIN\n"
                                "A: fcntl(c, F_SETFL, O_NONBLOCK)\n"
                                "A: fcntl(c, F_SETFL, 0)\n"
                                "A: ioctl(c, SIOCOUTQ) = 5\n"
                                "A: poll(c) = POLLIN|POLLRDHUP\n"
                                "A: poll(c) = 0\n"
                                "A: poll(c) = EBADF\n");
    const struct lab_line *lines = lab->lines;
    ck_assert_uint_eq(lines[1].call.flags, MESSAGE_MORE);
    ck_assert_uint_eq(lines[2].call.flags, MESSAGE_PEEK | MESSAGE_DONTWAIT);
    ck_assert(lines[3].call.flags == REQUEST_SETFL && lines[3].call.value == FILE_NONBLOCK);
    ck_assert(lines[4].call.flags == REQUEST_SETFL && lines[4].call.value == 0);
    ck_assert(lines[5].call.flags == REQUEST_OUTQ && lines[5].result == 5);
    ck_assert_int_eq(lines[6].result, POLL_BIT_IN | POLL_BIT_RDHUP);
    ck_assert(lines[7].result_kind == RESULT_NUMBER && lines[7].result == 0);
    ck_assert(lines[8].result_kind == RESULT_ERRNO && lines[8].result == EBADF);
    free(lab);
}
END_TEST

/* Datagrams, and whom they are for. */
START_TEST(datagrams)
{
    struct lab *lab = read_good("host A\nhost B\n"
                                "A: c = socket(SOCK_DGRAM)\nA: d = socket(SOCK_STREAM)\n"
                                "A: sendto(c, \"hi\", B:53) = 2\n"
                                "A: recvfrom(c, 9, MSG_PEEK) = \"hi\"\n");
    const struct lab_line *lines = lab->lines;
    ck_assert_int_eq(lines[0].call.value, TYPE_DATAGRAM);
    ck_assert_int_eq(lines[1].call.value, 0);
    ck_assert(lines[2].call.op == CALL_SENDTO && lines[2].call.text_len == 2);
    ck_assert(lines[2].to_host == 1 && lines[2].call.addr.port == 53);
    ck_assert(lines[3].call.op == CALL_RECVFROM && lines[3].call.flags == MESSAGE_PEEK);
    ck_assert_int_eq(lines[3].result_kind, RESULT_TEXT);
    free(lab);
}
END_TEST

/* What a call has to return: a number, an error, or for recv a text. */
START_TEST(results)
{
    struct lab *lab = read_good("host A\n"
                                "A: c = socket() = 3\n"
                                "A: bind(c, :80) = EADDRINUSE\n"
                                "A: recv(c, 9) = \"a = b\"\n"
                                "A: recv(c, 9)=0\n");
    ck_assert(lab->lines[0].result_kind == RESULT_NUMBER && lab->lines[0].result == 3);
    ck_assert(lab->lines[1].result_kind == RESULT_ERRNO && lab->lines[1].result == EADDRINUSE);
    ck_assert_int_eq(lab->lines[2].result_kind, RESULT_TEXT);
    text_is(&lab->lines[2].text, "a = b");
    ck_assert(lab->lines[3].result_kind == RESULT_NUMBER && lab->lines[3].result == 0);
    free(lab);
}
END_TEST

/* Strings: escapes are undone, all else stays as it is, UTF-8, '#' and brackets too. */
START_TEST(strings)
{
    struct lab *lab = read_good("host A\n"
                                "A: c = socket()\n"
                                "A: send(c, \"\")\n"
                                "A: send(c, \"\\n\\r\\t\\0\\\\\\\"\\x41\\xfF\")\n"
                                "A: send(c, \"  ) # grün \")\n");
    ck_assert_uint_eq(lab->lines[1].call.text_len, 0);
    ck_assert_uint_eq(lab->lines[2].call.text_len, 8);
    ck_assert_mem_eq(lab->lines[2].call.text, "\n\r\t\0\\\"A\xff", 8);
    ck_assert_uint_eq(lab->lines[3].call.text_len, 12);
    ck_assert_mem_eq(lab->lines[3].call.text, "  ) # gr\xc3\xbcn ", 12);
    free(lab);
}
END_TEST

/* What the wire does, with which segments of whom. */
START_TEST(wire)
{
    static const struct {
        const char *line;
        enum lab_kind kind;
        int flags, from;
    } cases[] = {
        { "deliver", LAB_DELIVER, 0, -1 },
        { "deliver SYN", LAB_DELIVER, SYN, -1 },
        { "deliver SYN,ACK from B", LAB_DELIVER, SYN | ACK, 1 },
        { "deliver from A", LAB_DELIVER, 0, 0 },
        { "drop FIN , ACK from A", LAB_DROP, FIN | ACK, 0 },
        { "drop ACK,PSH", LAB_DROP, ACK, -1 },
        { "duplicate RST", LAB_DUPLICATE, RST, -1 },
        { "hold ACK", LAB_HOLD, ACK, -1 },
        { "release ACK", LAB_RELEASE, ACK, -1 },
        { "corrupt ACK from A", LAB_CORRUPT, ACK, 0 },
        { "reorder FIN,ACK from B", LAB_REORDER, FIN | ACK, 1 },
        { "delay SYN from A 300 ms", LAB_DELAY, SYN, 0 },
        { "delay from B 300 ms", LAB_DELAY, 0, 1 },
        { "delay 300 ms", LAB_DELAY, 0, -1 },
        { "run", LAB_RUN, 0, -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char source[128];
        snprintf(source, sizeof source, "host A\nhost B\n%s", cases[i].line);
        struct lab *lab = read_good(source);
        ck_assert_int_eq(lab->lines[0].kind, cases[i].kind);
        ck_assert_int_eq(lab->lines[0].flags, cases[i].flags);
        ck_assert_int_eq(lab->lines[0].from, cases[i].from);
        if (cases[i].kind == LAB_DELAY)
            ck_assert_uint_eq(lab->lines[0].usec, 300000);
        free(lab);
    }
}
END_TEST

/* Rules for what is sent from here on: which segment, of whom, and what becomes of it. */
START_TEST(rules)
{
    static const struct {
        const char *line;
        enum lab_kind act;
        unsigned flags, nth, from;
        uint64_t usec;
    } cases[] = {
        { "rule drop segment 2 from A", LAB_DROP, 0, 2, 0, 0 },
        { "rule corrupt FIN,ACK 1 from B", LAB_CORRUPT, FIN | ACK, 1, 1, 0 },
        { "rule delay segment 3 from A 300 ms", LAB_DELAY, 0, 3, 0, 300000 },
        { "rule duplicate SYN 1 from A", LAB_DUPLICATE, SYN, 1, 0, 0 },
        { "rule reorder segment 1000000 from B", LAB_REORDER, 0, 1000000, 1, 0 },
        { "rule hold ACK 1 from B", LAB_HOLD, ACK, 1, 1, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char source[128];
        snprintf(source, sizeof source, "host A\nhost B\n%s", cases[i].line);
        struct lab *lab = read_good(source);
        const struct lab_line *line = &lab->lines[0];
        ck_assert_int_eq(line->kind, LAB_RULE);
        ck_assert_int_eq(line->act, cases[i].act);
        ck_assert_uint_eq(line->flags, cases[i].flags);
        ck_assert_uint_eq(line->nth, cases[i].nth);
        ck_assert_int_eq(line->from, (int)cases[i].from);
        ck_assert_uint_eq(line->usec, cases[i].usec);
        free(lab);
    }
}
END_TEST

/* Chances are percents, with up to four digits behind the point. */
START_TEST(chances)
{
    static const struct {
        const char *line;
        enum lab_kind act;
        uint32_t chance;
        int from;
    } cases[] = {
        { "chance loss 5 %", LAB_DROP, 50000, -1 },
        { "chance duplicate 0.5 % from A", LAB_DUPLICATE, 5000, 0 },
        { "chance reorder 100% from B", LAB_REORDER, LAB_CERTAIN, 1 },
        { "chance corrupt 0.0001 %", LAB_CORRUPT, 1, -1 },
        { "chance loss 0 %", LAB_DROP, 0, -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char source[128];
        snprintf(source, sizeof source, "host A\nhost B\n%s", cases[i].line);
        struct lab *lab = read_good(source);
        ck_assert_int_eq(lab->lines[0].kind, LAB_CHANCE);
        ck_assert_int_eq(lab->lines[0].act, cases[i].act);
        ck_assert_uint_eq(lab->lines[0].chance, cases[i].chance);
        ck_assert_int_eq(lab->lines[0].from, cases[i].from);
        free(lab);
    }
}
END_TEST

/* Octets from one program to another, in three units. */
START_TEST(transfers)
{
    struct lab *lab = read_good("host A\nhost B\n"
                                "A: c = socket()\n"
                                "B: d = socket()\n"
                                "transfer A.c B.d 10 MB\n"
                                "transfer B.d A.c 5 kB\n"
                                "transfer A.c B.d 1 octets\n");
    ck_assert_int_eq(lab->lines[2].kind, LAB_TRANSFER);
    ck_assert_str_eq(lab->lines[2].sock, "c");
    ck_assert_str_eq(lab->lines[2].to_sock, "d");
    ck_assert_uint_eq(lab->lines[2].octets, 10000000);
    ck_assert(lab->lines[3].host == 1 && lab->lines[3].to_host == 0);
    ck_assert_uint_eq(lab->lines[3].octets, 5000);
    ck_assert_uint_eq(lab->lines[4].octets, 1);
    free(lab);
}
END_TEST

/* Settings of hosts: the name is that of the table, the value what stands behind it. */
START_TEST(settings)
{
    struct lab *lab = read_good("host A\nhost B\n"
                                "set B net.ipv4.tcp_fin_timeout 5\n"
                                "set A  net.ipv4.tcp_rmem  4096 131072 6291456 \n"
                                "wire delay 1 ms\n"
                                "run\n");
    ck_assert_int_eq(lab->lines[0].kind, LAB_SET);
    ck_assert_int_eq(lab->lines[0].host, 1);
    ck_assert_str_eq(lab->lines[0].setting, "net.ipv4.tcp_fin_timeout");
    text_is(&lab->lines[0].text, "5");
    text_is(&lab->lines[1].text, "4096 131072 6291456");
    free(lab);
}
END_TEST

/* Times have a unit, with a blank before it or without. */
START_TEST(times)
{
    static const struct {
        const char *line;
        uint64_t usec;
    } cases[] = { { "wait 0 s", 0 },
                  { "wait 7us", 7 },
                  { "wait 100 ms", 100000 },
                  { "wait 2s", 2000000 },
                  { "wait 1000000 min", 60000000000000u } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char source[128];
        snprintf(source, sizeof source, "host A\n%s", cases[i].line);
        struct lab *lab = read_good(source);
        ck_assert_int_eq(lab->lines[0].kind, LAB_WAIT);
        ck_assert_uint_eq(lab->lines[0].usec, cases[i].usec);
        free(lab);
    }
}
END_TEST

/* Expectations of a named socket, or of any of a host. */
START_TEST(expectations)
{
    struct lab *lab = read_good("host A\nhost B\n"
                                "B: s = socket()\n"
                                "expect B.s LISTEN\n"
                                "expect A TIME-WAIT\n");
    ck_assert(lab->lines[1].kind == LAB_EXPECT && lab->lines[1].state == LISTEN);
    ck_assert_int_eq(lab->lines[1].host, 1);
    ck_assert_str_eq(lab->lines[1].sock, "s");
    ck_assert(lab->lines[2].state == TIME_WAIT && lab->lines[2].host == 0);
    ck_assert_str_eq(lab->lines[2].sock, "");
    free(lab);
}
END_TEST

/* A line for one lane alone. */
START_TEST(lanes)
{
    struct lab *lab = read_good("host A\n"
                                "[model] run\n"
                                "[ kernel ]say  to the kernel alone \n"
                                "say to both\n");
    ck_assert_int_eq(lab->lines[0].lanes, 1 << LANE_MODEL);
    ck_assert_int_eq(lab->lines[1].lanes, 1 << LANE_KERNEL);
    text_is(&lab->lines[1].text, "to the kernel alone");
    text_is(&lab->lines[1].source, "[ kernel ]say  to the kernel alone");
    ck_assert_int_eq(lab->lines[2].lanes, EVERY);
    free(lab);
}
END_TEST

/* The two hosts may use the same name, and a name may be given again. */
START_TEST(names)
{
    struct lab *lab = read_good("host A\nhost B\n"
                                "A: fourteen_chars = socket()\n"
                                "B: fourteen_chars = socket()\n"
                                "A: fourteen_chars = socket()\n"
                                "B: close(fourteen_chars)\n");
    ck_assert_str_eq(lab->lines[0].call.name, "fourteen_chars");
    ck_assert_str_eq(lab->lines[3].sock, "fourteen_chars");
    free(lab);
}
END_TEST

/* The last line needs no newline, and lines may end as on Windows. */
START_TEST(line_ends)
{
    struct lab *lab = read_good("host A client\r\nA: c = socket()\r\nsay it \r\nrun");
    text_is(&lab->host_names[0], "client");
    text_is(&lab->lines[1].text, "it");
    ck_assert_uint_eq(lab->lines[2].number, 4);
    free(lab);
}
END_TEST

Suite *lab_suite(void)
{
    Suite *suite = suite_create("lab");
    TCase *tcase = tcase_create("read");
    tcase_add_test(tcase, heading);
    tcase_add_test(tcase, heading_by_default);
    tcase_add_test(tcase, calls);
    tcase_add_test(tcase, names_of_flags);
    tcase_add_test(tcase, datagrams);
    tcase_add_test(tcase, results);
    tcase_add_test(tcase, strings);
    tcase_add_test(tcase, wire);
    tcase_add_test(tcase, rules);
    tcase_add_test(tcase, chances);
    tcase_add_test(tcase, settings);
    tcase_add_test(tcase, transfers);
    tcase_add_test(tcase, times);
    tcase_add_test(tcase, expectations);
    tcase_add_test(tcase, lanes);
    tcase_add_test(tcase, names);
    tcase_add_test(tcase, line_ends);
    suite_add_tcase(suite, tcase);
    return suite;
}
