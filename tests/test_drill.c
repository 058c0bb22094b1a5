/*
 * ui/drill and `tcpstep drill`: what a script that does not hold is told, what is not modelled, and
 * how the command ends. What holds is in drill_scripts.c.
 */
#include "ui/drill/drill.h"

#include "sim/profile.h"
#include "sim/sysctl.h"
#include "tests/capture.h"
#include "tests/drill_scripts.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum drill_outcome outcome_of(const char *text, struct drill_report *report)
{
    const struct drill_options options = { .profile = NULL };
    return drill_run("own.pkt", text, strlen(text), &options, report);
}

/* ---- failures, word for word */

static const struct {
    const char *text;
    uint32_t line;
    const char *what, *expected, *got;
} failing[] = {
    { DRILL_SERVER "+0 write(4, ..., 10) = 10\n+0 > . 1:11(10) ack 1\n", 11,
      "the segment is not as expected", "+0 > . 1:11(10) ack 1", "> P. 1:11(10) ack 1 win 1024" },
    { DRILL_SERVER "+.5 > . 1:1(0) ack 1\n", 10, "the host has not sent a segment",
      "+.5 > . 1:1(0) ack 1", "nothing, until 0.662500 s" },
    { DRILL_SERVER "+0 write(4, ..., 10) = 10\n+.05 > P. 1:11(10) ack 1\n", 11,
      "the segment was sent at another time", "0.150000 s", "0.100000 s" },
    { DRILL_SERVER "+0 write(4, ..., 10) = 10\n+.02~+.05 > P. 1:11(10) ack 1\n", 11,
      "the segment was sent at another time", "0.120000 to 0.150000 s", "0.100000 s" },
    { DRILL_LISTEN "+0 listen(9, 1) = 0\n", 6, "the call returns something else", "0", "-1 EBADF" },
    { DRILL_SERVER "+0 write(4, ..., 10) = -1 EPIPE\n", 10, "the call returns something else",
      "-1 EPIPE", "10" },
    { DRILL_SERVER "+0 read(4, ..., 10) = 10\n", 10,
      "the call waits, and the script does not say so", "", "" },
    { DRILL_SERVER "+0...0.1 read(4, ..., 10) = 10\n+.2 write(4, ..., 1) = 1\n", 11,
      "the call of line 10 still waits", "", "" },
    { DRILL_SERVER "+0...0.1 read(4, ..., 10) = 10\n", 10, "the call of line 10 still waits", "",
      "" },
    { DRILL_SERVER "+0...0.1 write(4, ..., 10) = 10\n", 10, "the call returned at another time",
      "0.200000 s", "0.100000 s" },
    { DRILL_SERVER "+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0\n", 10,
      "the value is not as expected", "1", "0" },
    { DRILL_SERVER "+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [0], [8]) = 0\n", 10,
      "the value has another length", "8", "4" },
    { DRILL_SERVER "+0 %{\nassert tcpi_snd_cwnd == 11, 'no'\n}%\n", 11,
      "an assertion does not hold", "tcpi_snd_cwnd == 11", "10, 11; message: no" },
    { DRILL_SERVER "+0 %{ assert tcpi_snd_cwnd }% \n+0 %{ assert nosuch }%\n", 11,
      "there is no such name: nosuch", "", "" },
    { "0 %{ assert tcpi_snd_cwnd == 10 }%\n", 1, "there is no connection to ask for tcpi_snd_cwnd",
      "", "" },
    { DRILL_SERVER "+0 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1\n", 10,
      "poll() finds other events", "1", "0" },
    { DRILL_SERVER "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4\n", 10,
      "descriptor 4 is open already", "", "" },
    { "+.2 bind(3, ..., ...) = -1 EBADF\n0.1 bind(3, ..., ...) = -1 EBADF\n", 2,
      "its time is before that of the event before", "", "" },
    { "0~1 bind(3, ..., ...) = -1 EBADF\n", 1,
      "only a segment that is expected has a range of times", "", "" },
    { "0 `sysctl -w net.ipv4.tcp_sack=x`\n", 1, "net.ipv4.tcp_sack cannot be 'x'", "", "" },
    { "0 `sysctl -w net.ipv4.tcp_rmem=4096`\n", 1, "net.ipv4.tcp_rmem cannot be '4096'", "", "" },
    { "--mtu=10\n0 bind(3, ..., ...) = -1 EBADF\n", 1, "--mtu cannot be '10'", "", "" },
    { "--ip_version=ipv5\n0 bind(3, ..., ...) = -1 EBADF\n", 1, "--ip_version cannot be 'ipv5'", "",
      "" },
    { "0 `sockstat -4 -P tcp -s | grep LISTEN`\n", 1,
      "what the command asks for does not hold: sockstat -4 -P tcp -s | grep LISTEN", "", "" },
    { DRILL_SERVER "+0 < . 1:65501(65500) ack 1 win 257\n", 10, "no packet is as long as that", "",
      "" },
    { DRILL_SERVER "+0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, 0) = 5\n"
                   "+0 connect(5, {sa_family=AF_INET, sin_port=htons(99),"
                   " sin_addr=inet_addr(\"192.0.2.1\")}, 16) = -1 EINPROGRESS\n"
                   "+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n",
      13, "the segment is not as expected", "+0 > P. 1:11(10) ack 1", "> S " },
    { "0 boo\n", 2, "column 1: expected '('", "", "" },
};

START_TEST(fails_with_words)
{
    struct drill_report report;
    ck_assert_int_eq(outcome_of(failing[_i].text, &report), DRILL_FAILED);
    ck_assert_msg(report.line == failing[_i].line, "line %u: %s (%s)", report.line, report.what,
                  failing[_i].text);
    ck_assert_ptr_nonnull(strstr(report.what, failing[_i].what));
    ck_assert_str_eq(report.expected, failing[_i].expected);
    ck_assert_msg(strncmp(report.got, failing[_i].got, strlen(failing[_i].got)) == 0, "got %s",
                  report.got);
}
END_TEST

/* ---- what the model does not have: never passed, and named */

static const struct {
    const char *text;
    const char *what;
} skipping[] = {
    { "0 < SEW 0:0(0) win 100 <mss 1000>\n", "ecn" },
    { DRILL_SERVER "+0 > E. 1:1(0) ack 1\n", "ecn" },
    { "0 < [ect0] S 0:0(0) win 100 <mss 1000>\n", "ecn" },
    { "0 < icmp unreachable port_unreachable\n", "icmp" },
    { "0 < S 0:0(0) win 100 <mss 1000,FO 1234>\n", "option FO" },
    { "0 < S 0:0(0) win 100 <md5 00112233445566778899aabbccddeeff>\n", "option md5" },
    { DRILL_SERVER "+0 %{ assert tcpi_nosuch == 1 }%\n", "tcpi_nosuch" },
    { DRILL_SERVER "+0 splice(4, NULL, 5, NULL, 1, 0) = 1\n", "splice(): that call" },
    { DRILL_SERVER "+0 sendfile(4, 5, [0], 100) = 100\n", "sendfile(): that call" },
    { DRILL_SERVER "+0 dup(4) = 5\n", "dup(): that call" },
    { DRILL_SERVER "+0 send(4, ..., 1, MSG_ZEROCOPY) = 1\n", "send(): one of its flags" },
    { DRILL_SERVER "+0 setsockopt(4, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0\n", "TCP_FASTOPEN" },
    { DRILL_SERVER "+0 setsockopt(4, SOL_SOCKET, TCP_NODELAY, [1], 4) = 0\n",
      "an option at another level" },
    { DRILL_SERVER "+0 fcntl(4, F_GETFD) = 0\n", "fcntl(): that request" },
    { DRILL_SERVER "+0 read(4, \"abc\", 3) = 3\n", "what the octets are" },
    { DRILL_SERVER "+0 writev(4, [{..., 3}, {..., 4}], 1) = 7\n", "another number of them" },
    { DRILL_SERVER "+0 readv(4, ..., 1) = 0\n", "no buffers" },
    { DRILL_SERVER "+0 sendmsg(4, {msg_iov(1)=[{..., 3}], msg_control=[{cmsg_level=1}]}, 0) = 3\n",
      "a control message" },
    { DRILL_SERVER "+0 `ss -tn | grep ESTAB`\n", "the command ss" },
    { DRILL_SERVER "+0 `./check.sh`\n", "the command ./check.sh" },
    { "0 `sysctl -w net.ipv4.tcp_ecn=1`\n", "net.ipv4.tcp_ecn=1" },
    { "0 `sysctl -w net.inet.tcp.blackhole=1`\n", "net.inet.tcp.blackhole=1" },
    { "0 `sockstat -6 -P tcp`\n", "sockstat with other options" },
    { "--non_fatal=packet\n0 bind(3, ..., ...) = -1 EBADF\n", "--non_fatal" },
    { "0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n", "no SOCK_STREAM" },
    { "--ip_version=ipv6\n0 socket(AF_INET, SOCK_STREAM, 0) = 3\n", "another family" },
};

START_TEST(is_not_modelled)
{
    struct drill_report report;
    enum drill_outcome outcome = outcome_of(skipping[_i].text, &report);
    ck_assert_msg(outcome == DRILL_SKIPPED, "%s: %d, %s", skipping[_i].text, (int)outcome,
                  report.what);
    ck_assert_msg(strncmp(report.what, "not modelled: ", 14) == 0 &&
                      strstr(report.what, skipping[_i].what) != NULL,
                  "%s: %s", skipping[_i].text, report.what);
}
END_TEST

/* A setting that nobody knows is named once, and left out. */
START_TEST(names_what_is_left_out)
{
    struct drill_report report;
    ck_assert_int_eq(outcome_of("`sysctl -q net.ipv4.tcp_nosuch=1 net.ipv4.tcp_nosuch=2\n"
                                "iptables -F`\n0 bind(3, ..., ...) = -1 EBADF\n",
                                &report),
                     DRILL_PASSED);
    ck_assert_str_eq(report.skipped, "net.ipv4.tcp_nosuch, iptables");
}
END_TEST

/* Scripts that would go on for ever, or are of no measure, end. */
static const char *const hostile[] = {
    DRILL_SERVER "+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n"
                 "* > F. 9:9(0) ack 1\n",
    DRILL_SERVER "+99999999 > F. 9:9(0) ack 1\n",
    DRILL_SERVER "+0 write(4, ..., 1073741824) = 1073741824\n",
    DRILL_SERVER "+0 write(4, ..., 9223372036854775807) = 1\n",
    DRILL_SERVER "+0 poll([{fd=4, events=POLLIN, revents=0}], 1, 2147483647) = 0\n",
    DRILL_SERVER "+0...9999 read(4, ..., 1) = 1\n",
    "--tcp_ts_tick_usecs=1000000000\n--tolerance_usecs=0\n0 bind(3, ..., ...) = 0\n",
    "--mtu=65535\n" DRILL_SERVER "+0 write(4, ..., 200000) = 0\n",
    "0 < S 0:0(0) win 0 <mss 0>\n+0 > R. 0:0(0) ack 2\n",
    DRILL_SERVER "+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1\n"
                 "+0 < . 1:1(0) ack 1 win 257 <sack 901:1,1:1,4000000000:1,5:3>\n"
                 "+0 > R 5:5(0)\n",
    "`sysctl net.ipv4.tcp_rmem=\"0 0 0\" net.ipv4.tcp_wmem=\"0 0 0\"`\n" DRILL_SERVER
    "+0 write(4, ..., 10) = 11\n",
    "0 `sysctl net.ipv4.tcp_reordering=99999999999999999999`\n",
    "0 `sysctl net.ipv4.tcp_reordering=4294967295`\n",
    "0 socket(..., SOCK_STREAM, 0) = 2147483647\n",
    "0 close(-1) = 0\n",
    "0 epoll_wait() = 0\n",
    "0 poll() = 0\n",
    "0 bind() = 0\n",
    "0 recvmsg(3) = 0\n",
    "0 epoll_ctl(3, 1) = 0\n",
    "0 getsockopt(3) = 0\n",
    "0 accept4(3) = 0\n",
};

START_TEST(ends)
{
    struct drill_report report;
    enum drill_outcome outcome = outcome_of(hostile[_i], &report);
    ck_assert_msg(outcome != DRILL_PASSED, "%s", hostile[_i]);
    ck_assert_str_ne(report.what, "");
}
END_TEST

/* A script may open and close as often as it likes: no table keeps what is over. */
START_TEST(tables_are_used_again)
{
    static const char pair[] = "+0 socket(..., SOCK_STREAM, 0) = 5\n+0 close(5) = 0\n";
    static const char end[] = DRILL_SERVER "+0 write(4, ..., 1) = 1\n+0 > P. 1:2(1) ack 1\n";
    enum {
        PAIRS = 500
    };
    char *text = malloc(PAIRS * sizeof pair + sizeof end);
    struct drill_report report;
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < PAIRS; i++)
        memcpy(text + i * (sizeof pair - 1), pair, sizeof pair);
    strcat(text, "+");
    strcat(text, end);
    ck_assert_msg(outcome_of(text, &report) == DRILL_PASSED, "%u: %s", report.line, report.what);
    free(text);
}
END_TEST

/* ---- the command */

static void command_ends(int status, const char *arguments, const char *out, const char *err)
{
    char command[1024];
    snprintf(command, sizeof command, "$TCPSTEP drill %s", arguments);
    struct ran ran = run_expecting(status, command);
    ck_assert_msg(!out || strstr(ran.out, out), "%s\nprinted\n%.2000s", arguments, ran.out);
    ck_assert_msg(!err || strstr(ran.err, err), "%s\ncomplained\n%.2000s", arguments, ran.err);
    ran_free(&ran);
}

/* A folder with these files in it; ends with the test. */
static void write_file(const char *name, const char *text, size_t len)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static void make_folder(void)
{
    char folder[] = "/tmp/drill-XXXXXX";
    static const char failing_one[] = "0 bind(3, ..., ...) = 0\n";
    static const char skipped_one[] = "0 dup(3) = 4\n";
    static const char with_file[] =
        "`./settings.sh`\n" DRILL_LISTEN DRILL_HANDSHAKE "+0 write(3, ..., 1) = -1 EPIPE\n";
    static const char loop[] = "sysctl -q net.ipv4.tcp_sack=1\n./settings.sh\n./settings.sh\n";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    write_file("good.pkt", drill_scripts[0].text, strlen(drill_scripts[0].text));
    write_file("bad.pkt", failing_one, sizeof failing_one - 1);
    write_file("skip.pkt", skipped_one, sizeof skipped_one - 1);
    write_file("file.pkt", with_file, sizeof with_file - 1);
    write_file("settings.sh", loop, sizeof loop - 1);
    write_file("empty.pkt", "", 0);
    write_file("binary.pkt",
               "\x7f"
               "ELF\0\x01\xff\x1b[31m",
               12);
    ck_assert_int_eq(mkdir("folder.pkt", 0700), 0);
}

static void remove_folder(void)
{
    char folder[64];
    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder));
    ck_assert_ptr_nonnull(strstr(folder, "/tmp/drill-"));
    struct ran ran = run_expecting(0, "rm -r \"$PWD\"");
    ran_free(&ran);
}

/* A line a script, a total, and 1 where one has failed. */
START_TEST(command_counts)
{
    command_ends(0, "good.pkt", "ok    good.pkt\n1 passed, 0 failed, 0 skipped\n", "");
    command_ends(0, "good.pkt skip.pkt file.pkt",
                 "skip  skip.pkt:1: not modelled: dup(): that call\n", "");
    command_ends(0, "good.pkt skip.pkt file.pkt", "\n2 passed, 0 failed, 1 skipped\n", "");
    command_ends(1, "bad.pkt good.pkt",
                 "FAIL  bad.pkt:1: the call returns something else\n"
                 "      expected 0\n      got      -1 EBADF\nok    good.pkt\n"
                 "1 passed, 1 failed, 0 skipped\n",
                 "");
    command_ends(1, "empty.pkt", "FAIL  empty.pkt:1: ", "");
    command_ends(1, "binary.pkt", "FAIL  binary.pkt:1: ", "");
}
END_TEST

START_TEST(command_refuses)
{
    command_ends(2, "", NULL, "drill needs a script");
    command_ends(2, "nosuch.pkt", NULL, "nosuch.pkt: No such file or directory");
    command_ends(2, "good.pkt nosuch.pkt", "ok    good.pkt\n1 passed, 0 failed, 0 skipped\n",
                 "nosuch.pkt: No such file");
    command_ends(2, "folder.pkt", NULL, "folder.pkt: Is a directory");
    command_ends(2, "--profile linus good.pkt", NULL, "did you mean 'linux'?");
    command_ends(2, "--profile beos good.pkt", NULL, "there is no 'beos'");
    command_ends(2, "--laddr good.pkt", NULL, "did you mean '--ladder'?");
    command_ends(2, "/dev/zero", NULL, "/dev/zero: ");
    struct ran ran = run_expecting(3, "$TCPSTEP drill good.pkt > /dev/full");
    ck_assert_ptr_nonnull(strstr(ran.err, "could not be written"));
    ran_free(&ran);
}
END_TEST

/* A file of commands that never ends, or is no file, is not waited for. */
START_TEST(command_waits_for_no_file)
{
    static const char script[] =
        "`./fifo.sh\n/dev/zero.sh\n./folder.sh`\n0 bind(3, ..., ...) = -1\n";
    ck_assert_int_eq(mkfifo("fifo.sh", 0600), 0);
    ck_assert_int_eq(mkdir("folder.sh", 0700), 0);
    write_file("waits.pkt", script, sizeof script - 1);
    command_ends(0, "waits.pkt", "left out ./fifo.sh, /dev/zero.sh, ./folder.sh\n", "");
}
END_TEST

/* Root reads every file: then there is nothing to see. */
START_TEST(command_may_not_read)
{
    ck_assert_int_eq(chmod("good.pkt", 0), 0);
    if (geteuid() != 0)
        command_ends(2, "good.pkt", NULL, "good.pkt: Permission denied");
}
END_TEST

START_TEST(command_shows)
{
    command_ends(0, "--ladder good.pkt", "SYN-RECEIVED -> ESTABLISHED", "");
    command_ends(0, "--profile linux good.pkt", "ok    good.pkt", "");
    command_ends(1, "--profile rfc good.pkt", "FAIL  good.pkt", "");
    command_ends(0, "--help", "usage: tcpstep drill FILE...", "");
    command_ends(0, "--help", "--profile NAME", "");
}
END_TEST

/* Each setting that is mapped is mapped to one that there is. */
START_TEST(settings_exist)
{
    const struct sysctl *known = &sysctls[_i];
    if (known->unit == ONLY || known->unit == NO_MATTER)
        return;
    ck_assert_msg(setting_find(known->setting) != NULL, "%s: %s", known->name, known->setting);
}
END_TEST

/* docs/drill.md has a row for each, with the setting that it becomes. */
START_TEST(settings_are_told)
{
    const struct sysctl *known = &sysctls[_i];
    bool becomes = known->unit != ONLY && known->unit != NO_MATTER;
    char row[128], setting[64] = "";
    FILE *file = fopen("docs/drill.md", "r");
    ck_assert_msg(file != NULL, "the tests run in the folder that docs is in");
    char *doc = read_whole(file, NULL);
    fclose(file);
    snprintf(row, sizeof row, "| `%s` | ", known->name);
    if (becomes)
        snprintf(setting, sizeof setting, "| `%s`", known->setting);
    bool told = false;
    for (const char *at = strstr(doc, row); at && !told; at = strstr(at + 1, row)) {
        size_t len = strcspn(at, "\n");
        told = becomes ? memmem(at, len, setting, strlen(setting)) != NULL : at[len - 2] == ' ';
    }
    ck_assert_msg(told, "%s is not in docs/drill.md, or as something else", known->name);
    free(doc);
}
END_TEST

/* The scripts of docs/drill hold. */
START_TEST(examples_hold)
{
    command_ends(0, "docs/drill/*.pkt", "ok    docs/drill/lost.pkt\n", "");
    command_ends(0, "docs/drill/*.pkt", " 0 failed, 0 skipped\n", "");
}
END_TEST

Suite *drill_suite(void)
{
    Suite *suite = suite_create("drill");
    TCase *scripts = tcase_create("scripts"), *command = tcase_create("command");
    tcase_set_timeout(scripts, 30);
    tcase_add_loop_test(scripts, fails_with_words, 0, sizeof failing / sizeof failing[0]);
    tcase_add_loop_test(scripts, is_not_modelled, 0, sizeof skipping / sizeof skipping[0]);
    tcase_add_loop_test(scripts, ends, 0, sizeof hostile / sizeof hostile[0]);
    tcase_add_test(scripts, names_what_is_left_out);
    tcase_add_test(scripts, tables_are_used_again);
    tcase_add_loop_test(scripts, settings_exist, 0, (int)sysctl_count);
    tcase_add_loop_test(scripts, settings_are_told, 0, (int)sysctl_count);
    tcase_add_test(scripts, examples_hold);
    suite_add_tcase(suite, scripts);
    tcase_set_timeout(command, 60);
    tcase_add_checked_fixture(command, make_folder, remove_folder);
    tcase_add_test(command, command_counts);
    tcase_add_test(command, command_refuses);
    tcase_add_test(command, command_waits_for_no_file);
    tcase_add_test(command, command_may_not_read);
    tcase_add_test(command, command_shows);
    suite_add_tcase(suite, command);
    return suite;
}
