/*
 * The watch without a kernel: paths, the table folded from dumps that are made here, records of the
 * tracepoint, and the panel compared with tests/golden.
 */
#include "tests/suites.h"

#include "net/tracepoint.h"
#include "tests/golden.h"
#include "ui/tui/panel_watch.h"
#include "ui/tui/watch_keys.h"
#include "ui/watch_words.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MSEC = 1000
};

/* ---- paths */

/* A step is certain only where no other way leads there. */
START_TEST(ways)
{
    ck_assert(path_is_sure(ESTABLISHED, FIN_WAIT_1));
    ck_assert(path_is_sure(FIN_WAIT_1, FIN_WAIT_2));
    ck_assert(path_is_sure(FIN_WAIT_2, TIME_WAIT));
    ck_assert(path_is_sure(CLOSE_WAIT, LAST_ACK));
    ck_assert(path_is_sure(TIME_WAIT, CLOSED));
    ck_assert(!path_is_sure(FIN_WAIT_1, TIME_WAIT)); /* over FIN-WAIT-2, CLOSING, or neither */
    ck_assert(!path_is_sure(SYN_SENT, ESTABLISHED)); /* a simultaneous open has a state between */
    ck_assert(!path_is_sure(ESTABLISHED, FIN_WAIT_2));
    ck_assert(!path_is_sure(ESTABLISHED, CLOSED));
    ck_assert(!path_leads(FIN_WAIT_2, ESTABLISHED));
    ck_assert(!path_leads(CLOSED, SYN_SENT));
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++)
        ck_assert(!path_leads((enum tcp_state)state, (enum tcp_state)state));
}
END_TEST

START_TEST(path_in_words)
{
    char text[WATCH_PATH_TEXT];
    struct watch_path path = path_begin(ESTABLISHED, false);
    ck_assert_str_eq(path_text(&path, text, sizeof text), "... ESTABLISHED");
    ck_assert(path_add(&path, FIN_WAIT_1, false));
    ck_assert(!path_add(&path, ESTABLISHED, false)); /* an older look */
    ck_assert(!path_add(&path, FIN_WAIT_1, false));
    ck_assert(path_add(&path, TIME_WAIT, false));
    ck_assert(path_add(&path, CLOSED, false));
    ck_assert_str_eq(path_text(&path, text, sizeof text),
                     "... ESTABLISHED > FIN-WAIT-1 > ... > TIME-WAIT > CLOSED");
    path = path_begin(SYN_SENT, true);
    ck_assert(path_add(&path, ESTABLISHED, true)); /* told of, so nothing was between */
    ck_assert_str_eq(path_text(&path, text, sizeof text), "SYN-SENT > ESTABLISHED");
}
END_TEST

/* ---- the table */

/* What the kernel would answer when asked for one. */
struct kernel {
    struct dump_row rows[4];
    unsigned count, asked;
};

static bool kernel_finds(void *to, const struct dump_names *names, struct dump_row *row)
{
    struct kernel *kernel = to;
    if (!kernel)
        return false;
    kernel->asked++;
    for (unsigned i = 0; i < kernel->count; i++) {
        if (dump_names_eq(&kernel->rows[i].names, names)) {
            *row = kernel->rows[i];
            return true;
        }
    }
    return false;
}

static struct dump_row socket_row(uint16_t local, uint16_t remote, enum tcp_state state,
                                  uint64_t cookie)
{
    struct endpoint a = { .ip = ip4(10, 9, 0, 1), .port = local };
    struct endpoint b = { .ip = ip4(10, 9, 0, 2), .port = remote };
    return (struct dump_row){
        .names = dump_names_of(&a, &b), .state = state, .cookie = cookie, .inode = 100u + local
    };
}

/* NULL: a kernel that has none of those it is asked for. */
static struct watch begin_with(struct kernel *kernel)
{
    struct watch watch;
    const struct watch_asks asks = { .find = kernel_finds, .to = kernel };
    ck_assert(watch_begin(&watch, &asks));
    return watch;
}

static void look(struct watch *watch, uint64_t msec, const struct dump_row *rows, unsigned count)
{
    watch_look_begin(watch, msec * MSEC);
    for (unsigned i = 0; i < count; i++)
        watch_take(watch, &rows[i]);
    watch_look_end(watch);
}

static void tell(struct watch *watch, const struct dump_row *row, enum tcp_state from,
                 enum tcp_state to, uint64_t msec)
{
    watch_told(watch, &row->names, from, to, 0, msec * MSEC);
}

/* The next change is of that port, and its path is this; NULL: nothing has changed. */
static void changed(struct watch *watch, uint16_t port, const char *path)
{
    char text[WATCH_PATH_TEXT];
    struct watch_row *row = watch_next_changed(watch);
    ck_assert_msg((row != NULL) == (path != NULL), "wanted %s, got %s", path ? path : "nothing",
                  row ? path_text(&row->path, text, sizeof text) : "nothing");
    if (!row)
        return;
    ck_assert_uint_eq(row->local.port, port);
    ck_assert_str_eq(path_text(&row->path, text, sizeof text), path);
}

/* What is there, what changes and what goes, each told once, by looks alone. */
START_TEST(by_looks)
{
    struct watch watch = begin_with(NULL);
    struct dump_row rows[] = { socket_row(1, 80, ESTABLISHED, 1), socket_row(2, 80, SYN_SENT, 2) };
    look(&watch, 0, rows, 2);
    changed(&watch, 1, "... ESTABLISHED");
    changed(&watch, 2, "SYN-SENT");
    changed(&watch, 0, NULL);
    look(&watch, 100, rows, 2);
    changed(&watch, 0, NULL);
    rows[0].state = FIN_WAIT_2;
    rows[1].state = ESTABLISHED;
    look(&watch, 200, rows, 2);
    changed(&watch, 1, "... ESTABLISHED > ... > FIN-WAIT-2");
    changed(&watch, 2, "SYN-SENT > ... > ESTABLISHED");
    look(&watch, 300, rows + 1, 1);
    changed(&watch, 1, "... ESTABLISHED > ... > FIN-WAIT-2 > ... > CLOSED");
    changed(&watch, 0, NULL);
    ck_assert_int_eq(watch.live, 1);
    watch_end(&watch);
}
END_TEST

/* TIME-WAIT is another socket of the same connection; another one with the old names is not. */
START_TEST(cookies)
{
    struct watch watch = begin_with(NULL);
    struct dump_row row = socket_row(1, 80, FIN_WAIT_2, 1);
    look(&watch, 0, &row, 1);
    changed(&watch, 1, "... FIN-WAIT-2");
    row.state = TIME_WAIT;
    row.cookie = 7;
    row.inode = 0;
    row.timer = DIAG_TIMER_TIME_WAIT;
    look(&watch, 100, &row, 1);
    changed(&watch, 1, "... FIN-WAIT-2 > TIME-WAIT");
    row.state = ESTABLISHED;
    row.cookie = 8;
    row.timer = DIAG_TIMER_NONE;
    look(&watch, 200, &row, 1);
    changed(&watch, 1, "... FIN-WAIT-2 > TIME-WAIT > CLOSED");
    changed(&watch, 1, "... ESTABLISHED");
    row.cookie = 9; /* it closed, and the next one opened, between two looks */
    look(&watch, 300, &row, 1);
    changed(&watch, 1, "... ESTABLISHED > ... > CLOSED");
    changed(&watch, 1, "... ESTABLISHED");
    changed(&watch, 0, NULL);
    watch_end(&watch);
}
END_TEST

/* Several may listen at one port. */
START_TEST(listeners)
{
    struct watch watch = begin_with(NULL);
    struct dump_row rows[] = { socket_row(80, 0, LISTEN, 1), socket_row(80, 0, LISTEN, 2) };
    look(&watch, 0, rows, 2);
    changed(&watch, 80, "LISTEN");
    changed(&watch, 80, "LISTEN");
    look(&watch, 100, rows + 1, 1);
    changed(&watch, 80, "LISTEN > CLOSED");
    changed(&watch, 0, NULL);
    watch_end(&watch);
}
END_TEST

/* A dump that leaves one out does not end it: the kernel is asked for it. */
START_TEST(left_out)
{
    struct kernel kernel = { .count = 1, .rows = { socket_row(1, 80, ESTABLISHED, 1) } };
    struct watch watch = begin_with(&kernel);
    look(&watch, 0, kernel.rows, 1);
    changed(&watch, 1, "... ESTABLISHED");
    ck_assert_uint_eq(kernel.asked, 0);
    look(&watch, 100, NULL, 0);
    ck_assert_uint_eq(kernel.asked, 1);
    changed(&watch, 0, NULL);
    kernel.rows[0].state = CLOSE_WAIT;
    look(&watch, 200, NULL, 0);
    changed(&watch, 1, "... ESTABLISHED > CLOSE-WAIT");
    kernel.count = 0;
    look(&watch, 300, NULL, 0);
    changed(&watch, 1, "... ESTABLISHED > CLOSE-WAIT > ... > CLOSED");
    watch_end(&watch);
}
END_TEST

/* What is told leaves no gap, also of a connection that no look has seen. */
START_TEST(by_telling)
{
    struct watch watch = begin_with(NULL);
    struct dump_row row = socket_row(1, 80, FIN_WAIT_1, 1), quick = socket_row(2, 80, CLOSED, 2);
    look(&watch, 0, NULL, 0);
    tell(&watch, &row, SYN_SENT, ESTABLISHED, 10);
    tell(&watch, &row, ESTABLISHED, FIN_WAIT_1, 20);
    tell(&watch, &quick, SYN_SENT, CLOSED, 30);
    look(&watch, 100, &row, 1);
    changed(&watch, 1, "SYN-SENT > ESTABLISHED > FIN-WAIT-1");
    changed(&watch, 2, "SYN-SENT > CLOSED");
    tell(&watch, &row, FIN_WAIT_1, FIN_WAIT_2, 110);
    tell(&watch, &row, FIN_WAIT_2, CLOSED, 120); /* or TIME-WAIT: a look will tell */
    row.state = TIME_WAIT;
    row.cookie = 5;
    row.timer = DIAG_TIMER_TIME_WAIT;
    look(&watch, 200, &row, 1);
    changed(&watch, 1, "SYN-SENT > ESTABLISHED > FIN-WAIT-1 > FIN-WAIT-2 > TIME-WAIT");
    changed(&watch, 0, NULL);
    watch_end(&watch);
}
END_TEST

/* A dump that is older than what was told changes nothing. */
START_TEST(older_dump)
{
    struct watch watch = begin_with(NULL);
    struct dump_row row = socket_row(1, 80, ESTABLISHED, 1);
    look(&watch, 0, &row, 1);
    changed(&watch, 1, "... ESTABLISHED");
    tell(&watch, &row, ESTABLISHED, CLOSE_WAIT, 10);
    tell(&watch, &row, CLOSE_WAIT, LAST_ACK, 11);
    look(&watch, 12, &row, 1);
    changed(&watch, 1, "... ESTABLISHED > CLOSE-WAIT > LAST-ACK");
    changed(&watch, 0, NULL);
    watch_end(&watch);
}
END_TEST

/* The tracepoint tells of other network namespaces too: what no look finds there is not shown. */
START_TEST(elsewhere)
{
    struct watch watch = begin_with(NULL);
    struct dump_row row = socket_row(1, 80, ESTABLISHED, 1);
    tell(&watch, &row, SYN_SENT, ESTABLISHED, 10);
    look(&watch, 100, NULL, 0);
    struct watch_row *seen = watch_next_changed(&watch);
    ck_assert_ptr_nonnull(seen);
    ck_assert(seen->hidden && !seen->ended);
    look(&watch, 200, &row, 1); /* it is ours after all */
    changed(&watch, 1, "SYN-SENT > ESTABLISHED");
    ck_assert(!watch.rows[0].hidden);
    struct dump_row never = socket_row(2, 80, FIN_WAIT_2, 2);
    tell(&watch, &never, SYN_SENT, ESTABLISHED, 210);
    look(&watch, 300, &row, 1);
    tell(&watch, &never, FIN_WAIT_1, FIN_WAIT_2, 310);
    tell(&watch, &never, FIN_WAIT_2, CLOSED, 320);
    look(&watch, 400, &row, 1);
    seen = watch_next_changed(&watch);
    ck_assert_ptr_nonnull(seen);
    ck_assert(seen->hidden && seen->ended && seen->local.port == 2);
    changed(&watch, 0, NULL);
    ck_assert_int_eq(watch.live, 1);
    watch_end(&watch);
}
END_TEST

/* Many come, go in another order, and are forgotten; rows are used again. */
START_TEST(many)
{
    enum {
        COUNT = 3000
    };
    struct kernel kernel = { .count = 0 };
    struct watch watch = begin_with(&kernel);
    struct dump_row *rows = calloc(COUNT, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < COUNT; i++)
            rows[i] = socket_row((uint16_t)(1 + (i * 7) % COUNT), 80, ESTABLISHED,
                                 1 + i + (uint64_t)round * COUNT);
        look(&watch, 100 + round * 100, rows, COUNT);
        look(&watch, 110 + round * 100, rows + 1, COUNT - 1);
        ck_assert_int_eq(watch.live, COUNT - 1);
        look(&watch, 120 + round * 100, NULL, 0);
        ck_assert_int_eq(watch.live, 0);
        while (watch_next_changed(&watch))
            continue;
        watch_forget(&watch, (121 + round * 100) * MSEC);
    }
    ck_assert_int_eq(watch.row_count, COUNT);
    ck_assert_uint_eq(kernel.asked, 3 * COUNT);
    free(rows);
    watch_end(&watch);
}
END_TEST

/* ---- the tracepoint */

static const char format_text[] =
    "name: inet_sock_set_state\nID: 77\nformat:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
    "\tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n"
    "\tfield:int oldstate;\toffset:16;\tsize:4;\tsigned:1;\n"
    "\tfield:int newstate;\toffset:24;\tsize:4;\tsigned:1;\n" /* not where Linux has it now */
    "\tfield:__u16 sport;\toffset:28;\tsize:2;\tsigned:0;\n"
    "\tfield:__u16 dport;\toffset:30;\tsize:2;\tsigned:0;\n"
    "\tfield:__u16 family;\toffset:32;\tsize:2;\tsigned:0;\n"
    "\tfield:__u8 protocol;\toffset:34;\tsize:1;\tsigned:0;\n"
    "\tfield:__u8 saddr[4];\toffset:36;\tsize:4;\tsigned:0;\n"
    "\tfield:__u8 daddr[4];\toffset:40;\tsize:4;\tsigned:0;\n"
    "\tfield:__u8 saddr_v6[16];\toffset:44;\tsize:16;\tsigned:0;\n"
    "\tfield:__u8 daddr_v6[16];\toffset:60;\tsize:16;\tsigned:0;\n\nprint fmt: \"...\"\n";

START_TEST(format_file)
{
    struct trace_format format;
    char *broken = strdup(format_text);
    ck_assert_ptr_nonnull(broken);
    ck_assert(trace_format_read(format_text, &format));
    ck_assert_uint_eq(format.id, 77);
    ck_assert_uint_eq(format.field[TRACE_NEWSTATE].offset, 24);
    ck_assert_uint_eq(format.field[TRACE_SADDR].offset, 36);
    ck_assert_uint_eq(format.field[TRACE_SADDR_V6].offset, 44);
    memcpy(strstr(broken, "newstate"), "newstat_", 8);
    ck_assert(!trace_format_read(broken, &format));
    ck_assert(!trace_format_read("", &format));
    free(broken);
}
END_TEST

START_TEST(record)
{
    struct trace_format format;
    struct trace_change change;
    const int32_t from = 1, to = 4; /* TCP_ESTABLISHED, TCP_FIN_WAIT1 */
    const uint16_t sport = 1234, dport = 80, family = AF_INET;
    uint8_t octets[76] = { [34] = IPPROTO_TCP, [36] = 10, 9, 0, 1, 10, 9, 0, 2 };
    memcpy(octets + 16, &from, 4);
    memcpy(octets + 24, &to, 4);
    memcpy(octets + 28, &sport, 2);
    memcpy(octets + 30, &dport, 2);
    memcpy(octets + 32, &family, 2);
    ck_assert(trace_format_read(format_text, &format));
    ck_assert(trace_record_read(&format, octets, sizeof octets, &change));
    ck_assert_int_eq(change.from, ESTABLISHED);
    ck_assert_int_eq(change.to, FIN_WAIT_1);
    ck_assert_uint_eq(change.local.port, 1234);
    ck_assert_uint_eq(change.remote.ip.octet[3], 2);
    ck_assert(!trace_record_read(&format, octets, sizeof octets - 1, &change));
    octets[34] = 132; /* SCTP */
    ck_assert(!trace_record_read(&format, octets, sizeof octets, &change));
}
END_TEST

/* ---- words and the panel */

/* A name of another program reaches no terminal as it is. */
START_TEST(owners)
{
    char text[128];
    struct watch_row row = { .who = { .pid = 5, .name = "\x1b[2Jx" } };
    ck_assert_str_eq(watch_owner(&row, text, sizeof text), "\\x1b[2Jx[5]");
    row.who.pid = 0;
    ck_assert_str_eq(watch_owner(&row, text, sizeof text), "-");
}
END_TEST

START_TEST(timers)
{
    char text[64];
    struct dump_row row = { .timer = DIAG_TIMER_RETRANSMISSION, .expires_msec = 204 };
    ck_assert_str_eq(watch_timer(&row, text, sizeof text), "rto 0.2s");
    row = (struct dump_row){ .timer = DIAG_TIMER_TIME_WAIT,
                             .state = TIME_WAIT,
                             .expires_msec = 59900 };
    ck_assert_str_eq(watch_timer(&row, text, sizeof text), "2msl 59s");
    row.state = FIN_WAIT_2;
    ck_assert_str_eq(watch_timer(&row, text, sizeof text), "fin2 59s");
    row.timer = DIAG_TIMER_NONE;
    ck_assert_str_eq(watch_timer(&row, text, sizeof text), "-");
}
END_TEST

/* What a kernel did not fill in is not shown as 0. */
START_TEST(details)
{
    char text[WATCH_DETAIL_MAX];
    struct watch_row row = { .now = { .state = ESTABLISHED, .inode = 9 } };
    struct dump_detail detail = { .info_len = 104, .congestion = "cubic" };
    detail.info.tcp.tcpi_rto = 204000;
    detail.info.tcp.tcpi_options = TCPI_OPT_SACK | TCPI_OPT_WSCALE;
    detail.info.tcp.tcpi_snd_wscale = 7;
    detail.info.tcp.tcpi_snd_cwnd = 10;
    detail.info.tcp.tcpi_snd_ssthresh = 0x7fffffff;
    watch_detail(&row, &detail, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "ino 9 "));
    ck_assert_ptr_nonnull(strstr(text, "cubic sack wscale:7,0 "));
    ck_assert_ptr_nonnull(strstr(text, "rto 204.000ms "));
    ck_assert_ptr_nonnull(strstr(text, "cwnd 10 "));
    ck_assert_ptr_null(strstr(text, "ssthresh 2"));
    ck_assert_ptr_null(strstr(text, "bytes_acked"));
    detail.info_len = 240;
    watch_detail(&row, &detail, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "bytes_acked 0 "));
}
END_TEST

/* A handful of connections in different states, and what was drawn of them. */
static void draw(const char *name, struct watch_picture *picture, int width, int height, bool ascii)
{
    struct watch watch = begin_with(NULL);
    struct dump_row rows[] = { socket_row(40001, 80, FIN_WAIT_1, 1),
                               socket_row(40002, 443, ESTABLISHED, 2),
                               socket_row(22, 0, LISTEN, 3) };
    const struct watch_row *shown[4];
    size_t len;
    char *text;
    FILE *to = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(to);
    struct endpoint six = { .ip = { .family = 6, .octet = { 0xfd, 9, [15] = 1 } }, .port = 50000 };
    struct endpoint far = {
        .ip = { .family = 6, .octet = { 0x20, 1, 0xd, 0xb8, [6] = 0xff, 0xee, [14] = 1, 1 } },
        .port = 443
    };
    struct dump_row last = { .names = dump_names_of(&six, &far), .state = SYN_SENT };
    rows[0].timer = DIAG_TIMER_RETRANSMISSION;
    rows[0].expires_msec = 1600;
    rows[0].wqueue = 123456;
    tell(&watch, &rows[0], SYN_SENT, ESTABLISHED, 1);
    look(&watch, 10, rows, 3);
    watch_look_begin(&watch, 20 * MSEC);
    for (unsigned i = 0; i < 3; i++)
        watch_take(&watch, &rows[i]);
    watch_take(&watch, &last);
    watch_look_end(&watch);
    tell(&watch, &rows[0], FIN_WAIT_1, FIN_WAIT_2, 30);
    rows[0].state = TIME_WAIT;
    rows[0].timer = DIAG_TIMER_TIME_WAIT;
    rows[0].expires_msec = 58000;
    watch_look_begin(&watch, 40 * MSEC);
    watch_take(&watch, &rows[0]);
    watch.rows[1].who = (struct proc_owner){ .pid = 812, .name = "curl" };
    for (size_t i = 0; i < 4; i++)
        shown[i] = &watch.rows[i];
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, width, height));
    picture->rows = shown;
    picture->count = picture->total = 4;
    if (picture->filter[0])
        picture->count = 0;
    picture->sort = "last change";
    picture->source = "sock_diag and tracepoint";
    picture->interval_msec = 100;
    draw_watch(&grid, picture);
    grid_print(&grid, ascii, to);
    fclose(to);
    golden(name, text);
    free(text);
    grid_free(&grid);
    watch_end(&watch);
}

START_TEST(panel)
{
    struct watch_picture list = { .filter = "" };
    struct watch_picture detail = {
        .filter = "", .chosen = 1, .detail = "uid 0 ino 140102 timer -\nrto 204.000ms rtt 0.031ms"
    };
    struct watch_picture filtered = { .filter = "nginx", .typing = true, .paused = true };
    struct watch_picture help = { .filter = "", .help = true };
    draw("watch-80x24", &list, 80, 24, false);
    draw("watch-120x40", &list, 120, 40, false);
    draw("watch-60x20", &list, 60, 20, false);
    draw("watch-detail-80x24", &detail, 80, 24, false);
    draw("watch-detail-80x24-ascii", &detail, 80, 24, true);
    draw("watch-detail-120x40", &detail, 120, 40, false);
    draw("watch-filter-80x24", &filtered, 80, 24, false);
    draw("watch-help-80x24", &help, 80, 24, false);
}
END_TEST

/* Each command has a key, and no key has two. */
START_TEST(keys)
{
    for (int command = WATCH_UP; command <= WATCH_QUIT; command++) {
        unsigned found = 0;
        for (size_t i = 0; i < watch_key_row_count; i++)
            found += watch_key_rows[i].command == (enum watch_command)command;
        ck_assert_msg(found == 1, "command %d has %u rows", command, found);
    }
    ck_assert_int_eq(watch_command_of_key('q'), WATCH_QUIT);
    ck_assert_int_eq(watch_command_of_key('j'), WATCH_DOWN);
    ck_assert_int_eq(watch_command_of_key('x'), WATCH_NOTHING);
    ck_assert_int_eq(watch_command_of_key(KEYS_NONE), WATCH_NOTHING);
}
END_TEST

Suite *watch_suite(void)
{
    Suite *suite = suite_create("watch");
    TCase *tcase = tcase_create("watch");
    tcase_add_test(tcase, ways);
    tcase_add_test(tcase, path_in_words);
    tcase_add_test(tcase, by_looks);
    tcase_add_test(tcase, cookies);
    tcase_add_test(tcase, listeners);
    tcase_add_test(tcase, left_out);
    tcase_add_test(tcase, by_telling);
    tcase_add_test(tcase, older_dump);
    tcase_add_test(tcase, elsewhere);
    tcase_add_test(tcase, many);
    tcase_add_test(tcase, format_file);
    tcase_add_test(tcase, record);
    tcase_add_test(tcase, owners);
    tcase_add_test(tcase, timers);
    tcase_add_test(tcase, details);
    tcase_add_test(tcase, panel);
    tcase_add_test(tcase, keys);
    suite_add_tcase(suite, tcase);
    return suite;
}
