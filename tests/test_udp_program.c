/*
 * `tcpstep udp` as people run it: echo, files and what is missing of them, the limits that UDP has,
 * and what it has none of.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "tests/play.h"
#include "tests/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A folder of its own, left clean, and where a program listens that writes to that file. */
#define BEGIN                                                                                      \
    "D=$(mktemp -d) && cd $D || exit 99\n"                                                         \
    "trap 'kill $PIDS 2>/dev/null; rm -rf $D' EXIT\n"                                              \
    "where() { i=0; until grep -q 'listening at 127' $1 2>/dev/null; do i=$((i+1));"               \
    " [ $i -lt 200 ] || exit 98; sleep 0.05; done;"                                                \
    " sed -n 's/^listening at \\(127.*\\)/\\1/p' $1; }\n"                                          \
    "U=\"$TCPSTEP udp\"\n"
#define SERVES(options) BEGIN "$U serve 127.0.0.1:0 " options " >s 2>se & PIDS=$!\nAT=$(where s)\n"
#define GETS(options)                                                                              \
    BEGIN "head -c 60000 /dev/urandom >f\n$U get g 127.0.0.1:0 --wait 600 " options                \
          " >s 2>&1 & G=$!\nPIDS=$G\nAT=$(where s)\n"
#define ENDS "kill -TERM $PIDS; wait $PIDS || exit 97\n"

static void has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in:\n%.2000s", part, text);
}

static void has_not(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "'%s' in:\n%.2000s", part, text);
}

/* What a person sees of one session, and does not. */
static const struct {
    const char *command;
    const char *out[6], *err[4], *not_out[4];
} sessions[] = {
    /* From a file, which epoll does not take, and of a last line without an end. */
    { .command = SERVES("--quiet") "printf 'one\\ntwo' >f; $U connect $AT --wait 300 <f\n" ENDS,
      .out = { ">>>one\n", ">>>two\n" } },
    /* Control octets of a peer reach no terminal. */
    { .command = SERVES("") "printf 'a\\033[2Jb\\n' | $U connect $AT --wait 200\n" ENDS "cat s\n",
      .out = { "a\\x1b[2Jb" },
      .not_out = { "\x1b" } },
    /* Too little room: the rest is gone, and that is said; also the calls show what was read only.
     */
    { .command = SERVES("") "echo hello | $U connect $AT --wait 300 --room 4 --explain\n" ENDS,
      .out = { ">>>hell\n" },
      .err = { "that datagram had 5 octets, and there was room for 4", "(MSG_TRUNC)",
               "MSG_TRUNC) = 5 \"hell\"" } },
    /* A call is shown as a line, with "no state" where TCP would have one. */
    { .command = SERVES("--explain") "echo hello | $U connect $AT --wait 300 --trace t\n" ENDS
                                     "cat se; grep -c '\"recvfrom\"' t\n",
      .out = { "socket(SOCK_DGRAM) = ", " \"hello\", from 127.0.0.1:", "  no state  127.0.0.1:" },
      .not_out = { "CLOSED", "ESTABLISHED" } },
    /* Nobody is there: a connected socket hears of it by ICMP, and the datagram behind it goes all
     * the same. */
    { .command = SERVES("") ENDS "printf 'one\\ntwo\\n' | $U connect $AT --wait 300\n",
      .err = { "ECONNREFUSED", "2 datagrams sent, 0 datagrams came back" } },
    /* Over a wire that loses nothing a file arrives whole, and has its name only then. */
    { .command = GETS("") "ls; $U send f $AT --rate 1000 || exit 96; wait $G; echo \"status $?\"\n"
                          "cmp f g && ls; cat s\n",
      .out = { "f\ng.part\ns\n", "50 datagrams sent, 60000 octets", "status 0\nf\ng\ns\n",
               "of 50 pieces: 50 arrived, 0 are missing, 0 came again, 0 came behind",
               "g is whole, digest " } },
    /* Strangers are counted and not taken; a full disk is said, and the target is as it was. */
    { .command = GETS(
          "") "echo hello | $U connect $AT --wait 100 2>/dev/null\n"
              "$U send f $AT --rate 1000 >/dev/null || exit 96; wait $G || exit 95; cat s\n"
              "ulimit -f 16; trap '' XFSZ\n"
              "echo old >h; $U get h 127.0.0.1:0 --wait 500 >s2 2>&1 & G=$!\nPIDS=$G\n"
              "$U send f $(where s2) --rate 1000 >/dev/null 2>&1; wait $G; echo \"status $?\"\n"
              "cat h s2\n",
      .out = { " 1 were no piece of this", "g is whole", "status 1\nold\n",
               "h.part: File too large" } },
};

START_TEST(session)
{
    struct ran ran = run_expecting(0, sessions[_i].command);
    for (const char *const *part = sessions[_i].out; *part; part++)
        has(ran.out, *part);
    for (const char *const *part = sessions[_i].err; *part; part++)
        has(ran.err, *part);
    for (const char *const *part = sessions[_i].not_out; *part; part++)
        has_not(ran.out, *part);
    ran_free(&ran);
}
END_TEST

/* Each line is a datagram, an empty one too, and comes back as one; `exit` ends it. */
START_TEST(echo)
{
    struct ran ran = run_expecting(
        0, SERVES("") "printf 'one\\n\\ntwo\\nexit\\nthree\\n' | $U connect $AT --wait 300\n" ENDS
                      "cat s\n");
    const char *back = strstr(ran.out, ">>>one\n");
    ck_assert_ptr_nonnull(back);
    has(back, ">>>\n");
    has(back, ">>>two\n");
    has_not(ran.out, "three");
    has(ran.out, "3 came, 3 were answered, 0 were cut");
    has(ran.err, "3 datagrams sent, 3 datagrams came back");
    ran_free(&ran);
}
END_TEST

/* 65,507 octets go, one more does not, and nothing of it is sent. */
START_TEST(the_limit)
{
    struct ran ran = run_expecting(
        0, SERVES("--quiet") "head -c 65507 /dev/zero | tr '\\0' x >f\n"
                             "$U connect $AT --wait 300 <f >b 2>/dev/null || exit 96\n"
                             "printf y >>f; $U connect $AT --wait 200 <f; echo \"status $?\"\n"
                             "head -c 200000 /dev/zero | tr '\\0' x >f\n"
                             "$U connect $AT --wait 200 <f; echo \"status $?\"; wc -l <b\n" ENDS);
    ck_assert_str_eq(ran.out, "status 1\nstatus 1\n1\n");
    has(ran.err, "EMSGSIZE");
    has(ran.err, "a datagram of 65508 octets; 65,507 are the most");
    has(ran.err, "0 datagrams sent, 0 datagrams came back");
    has(ran.err, "68928 octets of lines too long for any datagram were not sent");
    ran_free(&ran);
}
END_TEST

/* Through the relay it has holes, copies and stragglers; what is missing is what the relay lost, it
 * is named, and the target keeps what it was. */
START_TEST(file_has_holes)
{
    struct ran ran = run_expecting(
        0, GETS("") "echo old >g\n$U relay 127.0.0.1:0 $AT --loss 10 --reorder 10 --duplicate 10 "
                    "--delay 2 --seed 3 >r 2>&1 & R=$!\nPIDS=\"$G $R\"\nVIA=$(where r)\n"
                    "$U send f $VIA --rate 1000 || exit 96; wait $G; echo \"status $?\"\n"
                    "kill $R; wait $R; cat g s r\n"
                    "echo lost $(grep -c ': lost' r) missing $(sed -n "
                    "'s/.* \\([0-9]*\\) are missing.*/\\1/p' s)\n");
    unsigned lost = 0, missing = 0;
    const char *numbers = strstr(ran.out, "\nlost ");
    has(ran.out, "status 1\nold\n");
    has(ran.out, "missing: ");
    has(ran.out, "g.part: it is not whole");
    ck_assert(numbers && sscanf(numbers, " lost %u missing %u", &lost, &missing) == 2);
    ck_assert_uint_gt(lost, 0);
    ck_assert_uint_eq(lost, missing);
    has_not(ran.out, " 0 came again");
    has_not(ran.out, " 0 came behind");
    has(ran.out, "there: 50 came, ");
    ran_free(&ran);
}
END_TEST

/* What cannot be sent: no file, a folder, a piece larger than a datagram, nobody there. */
START_TEST(not_sent)
{
    struct ran ran = run_expecting(
        0, SERVES("") ENDS "head -c 80000 /dev/zero >f\n"
                           "$U send missing $AT; echo $?; $U send . $AT; echo $?\n"
                           "$U send f $AT --piece 66000; echo $?; $U send f $AT >o; echo $?\n");
    ck_assert_str_eq(ran.out, "2\n2\n1\n1\n");
    has(ran.err, "missing: No such file or directory");
    has(ran.err, "EMSGSIZE");
    has(ran.err, "times ICMP said that nobody is at that port");
    ran_free(&ran);
}
END_TEST

/* Side by side: TCP brings everything, UDP what the wire has left. */
START_TEST(compared)
{
    struct ran ran =
        run_expecting(0, BEGIN "$U compare --model --loss 20 --messages 5 --size 20000 --wait 100");
    unsigned long tcp, udp;
    const char *row = strstr(ran.out, "writes that never came");
    ck_assert(row && sscanf(row, "writes that never came %lu %lu", &tcp, &udp) == 2);
    ck_assert_uint_eq(tcp, 0);
    ck_assert_uint_gt(udp, 0);
    row = strstr(ran.out, "of these sent again");
    ck_assert(row && sscanf(row, "of these sent again %lu %lu", &tcp, &udp) == 2);
    ck_assert_uint_gt(tcp, 0);
    ck_assert_uint_eq(udp, 0);
    row = strstr(ran.out, "what was read is what was written");
    ck_assert(row && strstr(row, "yes           no\n"));
    ran_free(&ran);
}
END_TEST

/* Everybody on a network of our own hears a broadcast, where one is allowed. */
START_TEST(broadcast)
{
    bool allowed = play_wire_allowed();
    struct ran ran = run_expecting(allowed ? 0 : 3, BEGIN "$U broadcast");
    if (allowed) {
        has(ran.out, "without SO_BROADCAST: EACCES");
        has(ran.out, "of TCP: ENETUNREACH");
        has(ran.out, "with SO_BROADCAST: 17\n");
        has(ran.out, "\nB: recvfrom() = 17, \"is anybody there?\" from A\n");
        has(ran.out, "\nD: recvfrom() = 17");
    } else {
        has(ran.err, "allows no network namespaces");
    }
    ran_free(&ran);
}
END_TEST

static void refuses(const char *words, const char *complaint)
{
    char command[600];
    snprintf(command, sizeof command, BEGIN "$U %s", words);
    struct ran ran = run_expecting(2, command);
    has(ran.err, complaint);
    ran_free(&ran);
}

START_TEST(wrong_words)
{
    refuses("", "udp: serve, connect, send, get, relay, compare or broadcast");
    refuses("sevre", "did you mean 'serve'?");
    refuses("connect", "it is: tcpstep udp connect HOST:PORT");
    refuses("relay 1", "it is: tcpstep udp relay PORT HOST:PORT");
    refuses("send f 1 2", "'2' is one word too many");
    refuses("compare --loss 100.1", "--loss: '100.1' is no percentage");
    refuses("compare --loss x", "--loss: 'x' is no percentage");
    refuses("compare --piece 65500", "no piece that does not fit into a datagram");
    refuses("serve --room 0", "--room: '0' is not a number from 1 to 65536");
    refuses("connect nowhere", "'nowhere': it is not HOST:PORT");
}
END_TEST

/* netcat talks to it, where it is installed. */
START_TEST(netcat)
{
    struct ran ran = run_expecting(
        0, SERVES("--quiet") "command -v nc >/dev/null || { echo 'skipped: no nc'; exit 0; }\n"
                             "echo hello | nc -u -w 1 ${AT%:*} ${AT#*:}\n" ENDS);
    if (strncmp(ran.out, "skipped", 7) == 0)
        fprintf(stderr, "%s", ran.out);
    else
        ck_assert_str_eq(ran.out, "hello\n");
    ran_free(&ran);
}
END_TEST

/* At a terminal: a line typed is a datagram sent, and what comes back is printed below. */
START_TEST(typed)
{
    struct terminal terminal;
    terminal_open(&terminal, 100, 20,
                  "sh -c 'S=$(mktemp); $TCPSTEP udp serve 127.0.0.1:0 --quiet >$S & P=$!;"
                  " until grep -q listening $S; do sleep 0.1; done;"
                  " $TCPSTEP udp connect $(sed \"s/listening at //\" $S) --wait 200;"
                  " kill $P; rm -f $S'");
    terminal_keys(&terminal, "h i Enter");
    terminal_await(&terminal, ">>>hi");
    terminal_keys(&terminal, "e x i t Enter");
    terminal_await(&terminal, "1 datagram sent, 1 datagram came back");
    terminal_close(&terminal);
}
END_TEST

Suite *udp_program_suite(void)
{
    Suite *suite = suite_create("udp_program");
    TCase *tcase = tcase_create("talk");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, session, 0, sizeof sessions / sizeof sessions[0]);
    tcase_add_test(tcase, echo);
    tcase_add_test(tcase, the_limit);
    tcase_add_test(tcase, netcat);
    tcase_add_test(tcase, wrong_words);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("files");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, file_has_holes);
    tcase_add_test(tcase, not_sent);
    tcase_add_test(tcase, compared);
    tcase_add_test(tcase, broadcast);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("terminal");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, terminals_begin, terminals_end);
    tcase_add_test(tcase, typed);
    suite_add_tcase(suite, tcase);
    return suite;
}
