/*
 * The watch on real sockets of this process, over the loopback, and as a program.
 */
#include "tests/suites.h"

#include "net/address.h"
#include "net/sniff.h"
#include "tests/capture.h"
#include "tests/terminal.h"
#include "ui/watch_look.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A connection of this process, both its ends. */
struct both {
    int server, client, accepted;
    uint16_t port, client_port;
};

static struct both connected(int family)
{
    struct both both;
    struct endpoint at = { .ip = ip4(127, 0, 0, 1) };
    const struct ip six = { .family = 6, .octet = { [15] = 1 } };
    struct sockaddr_storage name;
    if (family == AF_INET6)
        at.ip = six;
    socklen_t len = address_of(&at, &name);
    both.server = socket(family, SOCK_STREAM, 0);
    both.client = socket(family, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(both.server, (struct sockaddr *)&name, len), 0);
    ck_assert_int_eq(listen(both.server, 5), 0);
    at = address_local(both.server);
    both.port = at.port;
    len = address_of(&at, &name);
    ck_assert_int_eq(connect(both.client, (struct sockaddr *)&name, len), 0);
    both.client_port = address_local(both.client).port;
    both.accepted = accept(both.server, NULL, NULL);
    ck_assert_int_ge(both.accepted, 0);
    return both;
}

static void disconnect(struct both *both)
{
    close(both->client);
    close(both->accepted);
    close(both->server);
}

static void looks(struct watcher *watcher)
{
    watcher->processes = UINT32_MAX;
    ck_assert(watcher_look(watcher));
}

static const struct watch_row *row_of(const struct watcher *watcher, uint16_t local)
{
    for (int32_t i = 0; i < watcher->table.row_count; i++) {
        const struct watch_row *row = &watcher->table.rows[i];
        if (watcher_shows(watcher, row) && row->local.port == local)
            return row;
    }
    return NULL;
}

static void went(const struct watcher *watcher, uint16_t local, const char *path)
{
    char text[WATCH_PATH_TEXT];
    ck_assert_str_eq(path_text(&row_of(watcher, local)->path, text, sizeof text), path);
}

/* Both families; the kernel's filter by port; queues; the owner; the details. */
START_TEST(dumped)
{
    static const int families[] = { AF_INET, AF_INET6 };
    struct both both = connected(families[_i]), other = connected(AF_INET);
    struct watch_wish wish = { .port = both.port, .has_ip = true, .no_tracepoint = true };
    struct watcher watcher;
    struct dump_detail detail;
    wish.ip = address_local(both.client).ip; /* others may have the port on other addresses */
    ck_assert_int_eq(write(both.client, "12345", 5), 5);
    ck_assert(watcher_open(&watcher, &wish));
    looks(&watcher);
    const struct watch_row *server = row_of(&watcher, both.port);
    const struct watch_row *client = row_of(&watcher, both.client_port);
    ck_assert_ptr_nonnull(client);
    ck_assert_ptr_nonnull(server);
    ck_assert_int_eq(client->now.state, ESTABLISHED);
    ck_assert_uint_eq(server->now.rqueue, 5);
    ck_assert_int_eq(client->who.pid, getpid());
    ck_assert_ptr_null(row_of(&watcher, other.client_port));
    ck_assert_int_eq(watcher.table.live, 2);
    ck_assert(watcher_detail(&watcher, client, &detail));
    ck_assert_uint_eq(detail.info.tcp.tcpi_bytes_sent, 5);
    ck_assert(detail.congestion[0] != '\0' && detail.has_skmem);
    watcher_close(&watcher);
    disconnect(&both);
    disconnect(&other);
}
END_TEST

/* A close, looked at step by step, to TIME-WAIT, which is another socket of the kernel's. */
START_TEST(way_of_a_close)
{
    struct both both = connected(AF_INET);
    struct watch_wish wish = { .port = both.port,
                               .has_ip = true,
                               .ip = ip4(127, 0, 0, 1),
                               .no_tracepoint = true,
                               .listen = true };
    struct watcher watcher;
    ck_assert(watcher_open(&watcher, &wish));
    looks(&watcher);
    ck_assert_int_eq(watcher.table.live, 3);
    close(both.client);
    usleep(100000); /* the ACK of a FIN may be delayed */
    looks(&watcher);
    went(&watcher, both.client_port, "... ESTABLISHED > ... > FIN-WAIT-2");
    close(both.accepted);
    looks(&watcher);
    went(&watcher, both.client_port, "... ESTABLISHED > ... > FIN-WAIT-2 > TIME-WAIT");
    ck_assert_int_eq(row_of(&watcher, both.client_port)->who.pid, getpid());
    close(both.server);
    watcher_close(&watcher);
}
END_TEST

/* Where the tracepoint may be used, what passes between two looks is known. */
START_TEST(traced)
{
    struct watch_wish wish = { .port = 0 };
    struct watcher watcher;
    ck_assert(watcher_open(&watcher, &wish));
    if (!watcher.tracepoint) {
        printf("watch: the tracepoint is not tested here, %s: %s\n", watcher.no_trace.operation,
               strerror(watcher.no_trace.err));
        watcher_close(&watcher);
        return;
    }
    looks(&watcher);
    struct both both = connected(AF_INET);
    close(both.client);
    usleep(100000);
    close(both.accepted);
    looks(&watcher);
    went(&watcher, both.client_port,
         "SYN-SENT > ESTABLISHED > FIN-WAIT-1 > FIN-WAIT-2 > TIME-WAIT");
    went(&watcher, both.port, "SYN-RECEIVED > ESTABLISHED > CLOSE-WAIT > LAST-ACK > CLOSED");
    close(both.server);
    watcher_close(&watcher);
}
END_TEST

/* A process's sockets, found when they are wanted, and not after they are forgotten. */
START_TEST(owners)
{
    struct both both = connected(AF_INET);
    struct watch_wish wish = { .pid = (int32_t)getpid(), .no_tracepoint = true };
    struct watch_wish others = { .pid = (int32_t)getppid(), .no_tracepoint = true };
    struct watcher watcher;
    ck_assert(watcher_open(&watcher, &wish));
    looks(&watcher);
    ck_assert_ptr_nonnull(row_of(&watcher, both.client_port));
    watcher_close(&watcher);
    ck_assert(watcher_open(&watcher, &others));
    looks(&watcher);
    ck_assert_ptr_null(row_of(&watcher, both.client_port));
    watcher_close(&watcher);
    disconnect(&both);
}
END_TEST

/* Inodes that come and go: what is left is found wherever it moved to. */
START_TEST(inodes)
{
    struct procs *procs = procs_open();
    struct proc_owner owner;
    ck_assert_ptr_nonnull(procs);
    for (uint32_t i = 1; i <= 2000; i++)
        ck_assert_int_eq(procs_find(procs, i * 3, &owner), PROCS_WANTED);
    for (uint32_t i = 1; i <= 2000; i += 2)
        procs_forget(procs, i * 3);
    ck_assert(!procs_seek(procs, 1000000, 1));
    while (!procs_seek(procs, 1000000, 100))
        continue;
    for (uint32_t i = 2; i <= 2000; i += 2)
        ck_assert_int_eq(procs_find(procs, i * 3, &owner) == PROCS_WANTED, false);
    ck_assert_int_eq(procs_find(procs, 3, &owner), PROCS_WANTED);
    procs_close(procs);
}
END_TEST

/* ---- the program */

static const struct {
    const char *command;
    int status;
    const char *complaint;
} refusals[] = {
    { "watch 70000", 2, "'70000' is no port: those are 1 to 65535; a process is --pid 70000" },
    { "watch 0", 2, "'0' is no port" },
    { "watch lisen", 2, "'lisen' is neither a port nor an address; did you mean '--listen'?" },
    { "watch 10.0.0.300", 2, "'10.0.0.300' is neither" },
    { "watch 10.0.0.1:99999", 2, "is no port" },
    { "watch 80 81", 2, "'81' is one too many" },
    { "watch --intervall 5", 2, "did you mean '--interval'?" },
    { "watch --interval 0", 2, "--interval: '0' is not a number from 1" },
    { "watch --for x", 2, "--for: 'x' is not a number" },
    { "watch --pid 2147483647", 2, "--pid: there is no process 2147483647" },
    { "watch --", 2, "'--' needs a command" },
    { "watch --once -- true", 2, "there is neither --pid nor --once" },
    { "watch -- ./no-such-program", 2, "./no-such-program: No such file" },
    { "watch -- /etc/passwd", 3, "/etc/passwd: Permission denied" },
};

START_TEST(refused)
{
    char line[128];
    snprintf(line, sizeof line, "$TCPSTEP %s", refusals[_i].command);
    struct ran ran = run_expecting(refusals[_i].status, line);
    ck_assert_msg(strstr(ran.err, refusals[_i].complaint) != NULL, "%s\ncomplained\n%s", line,
                  ran.err);
    ran_free(&ran);
}
END_TEST

/* The command's status is passed through, and a signal's number as a shell has it. */
START_TEST(statuses)
{
    struct ran ran = run_expecting(7, "$TCPSTEP watch -- sh -c 'exit 7'");
    ran_free(&ran);
    ran = run_expecting(128 + 15, "$TCPSTEP watch -- sh -c 'kill -TERM $$'");
    ran_free(&ran);
    ran = run_expecting(0, "$TCPSTEP watch --headless --for 1 --interval 50");
    ck_assert_ptr_nonnull(strstr(ran.out, "(source: sock_diag"));
    ran_free(&ran);
    ran = run_expecting(130,
                        "$TCPSTEP watch --headless & pid=$!; sleep 0.3; kill -INT $pid; wait $pid");
    ran_free(&ran);
    ran = run_expecting(0, "sleep 0.4 & $TCPSTEP watch --headless --pid $!");
    ck_assert_ptr_nonnull(strstr(ran.out, "has ended)"));
    ran_free(&ran);
    ran = run_expecting(3, "$TCPSTEP watch --headless --for 5 >/dev/full");
    ck_assert_str_eq(ran.err, "tcpstep: standard output: could not be written\n");
    ran_free(&ran);
}
END_TEST

/* A grandchild's connection is shown; what others have at the same time is not. */
START_TEST(command)
{
    struct both both = connected(AF_INET), other = connected(AF_INET);
    char line[512], own[32], others[32];
    snprintf(line, sizeof line,
             "$TCPSTEP watch --no-tracepoint -- sh -c 'bash -c \"exec 3<>/dev/tcp/127.0.0.1/%u; "
             "sleep 0.3\"; exit 3'",
             both.port);
    struct ran ran = run_expecting(3, line);
    snprintf(own, sizeof own, "127.0.0.1:%u ", both.port);
    snprintf(others, sizeof others, "127.0.0.1:%u ", other.port);
    ck_assert_msg(strstr(ran.out, own) && strstr(ran.out, "ESTABLISHED"), "%s", ran.out);
    ck_assert_ptr_null(strstr(ran.out, others));
    ran_free(&ran);
    disconnect(&both);
    disconnect(&other);
}
END_TEST

/* The segments of a handshake and a close, once each over the loopback, numbered from 0. */
START_TEST(ladder)
{
    static const char *const words[] = { "SYN seq=0 ", "SYN,ACK seq=0 ack=1 ",
                                         "PSH,ACK seq=1 ack=1 len=3 ", "FIN,ACK seq=4 ack=1 " };
    struct both both = connected(AF_INET);
    struct net_error error;
    struct sniff *sniff = sniff_open(&error);
    char line[512];
    sniff_close(sniff);
    snprintf(line, sizeof line,
             "$TCPSTEP watch --ladder -- bash -c 'exec 3<>/dev/tcp/127.0.0.1/%u; printf abc >&3; "
             "sleep 0.1; exec 3>&-; sleep 0.1'",
             both.port);
    struct ran ran = run_expecting(sniff ? 0 : 3, line);
    for (size_t i = 0; sniff && i < sizeof words / sizeof words[0]; i++) {
        const char *at = strstr(ran.out, words[i]);
        ck_assert_msg(at && !strstr(at + 1, words[i]), "%s not once in\n%s", words[i], ran.out);
    }
    ck_assert_ptr_null(strstr(ran.out, "wrong checksum"));
    if (!sniff)
        ck_assert_ptr_nonnull(strstr(ran.err, "packet socket: "));
    ran_free(&ran);
    disconnect(&both);
}
END_TEST

/* A container's seccomp profile may refuse netlink: said, and status 3. */
static int run_without_netlink(const char *line)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof code / sizeof code[0], code };
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
            execl("/bin/sh", "sh", "-c", line, NULL);
        _exit(99);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(no_netlink)
{
    struct capture capture;
    capture_begin(&capture, STDERR_FILENO);
    int once = run_without_netlink("\"$TCPSTEP\" watch --once");
    int lines = run_without_netlink("\"$TCPSTEP\" watch --headless");
    int doctor = run_without_netlink("\"$TCPSTEP\" doctor >/dev/null");
    char *said = capture_end(&capture);
    ck_assert_int_eq(once, 3);
    ck_assert_int_eq(lines, 3);
    ck_assert_int_eq(doctor, 0);
    ck_assert_ptr_nonnull(strstr(said, "netlink socket: Operation not permitted; a container"));
    free(said);
}
END_TEST

/* On a terminal: the list, the details, the filter, and everything as it was before. */
START_TEST(on_a_terminal)
{
    struct both both = connected(AF_INET);
    struct terminal *terminal = malloc(sizeof *terminal);
    char line[64];
    ck_assert_ptr_nonnull(terminal);
    snprintf(line, sizeof line, "\"$TCPSTEP\" watch 127.0.0.1:%u", both.port);
    terminal_open(terminal, 80, 24, line);
    terminal_await(terminal, "tcpstep watch  2 connections");
    terminal_await(terminal, "ESTABLISHED");
    terminal_keys(terminal, "Down Enter");
    terminal_await(terminal, "cwnd 10");
    terminal_resize(terminal, 120, 40);
    terminal_await(terminal, "skmem:(");
    terminal_resize(terminal, 80, 24);
    terminal_keys(terminal, "/ z z");
    terminal_await(terminal, "0 of 2 connections");
    terminal_keys(terminal, "BSpace BSpace Enter");
    terminal_await(terminal, "watch  2 connections");
    terminal_keys(terminal, "p");
    terminal_await(terminal, "paused");
    terminal_keys(terminal, "?");
    terminal_await(terminal, "this list");
    terminal_keys(terminal, "q");
    terminal_await(terminal, "status 0");
    terminal_await(terminal, "stty is as before");
    terminal_close(terminal);
    terminal_open(terminal, 80, 24, line);
    terminal_await(terminal, "watch  2 connections");
    terminal_keys(terminal, "C-c");
    terminal_await(terminal, "status 130");
    terminal_await(terminal, "stty is as before");
    terminal_close(terminal);
    terminal_open(terminal, 80, 24, "\"$TCPSTEP\" watch -- sleep 30");
    terminal_await(terminal, "(source: sock_diag");
    terminal_keys(terminal, "C-c");
    terminal_await(terminal, "status 130");
    terminal_await(terminal, "stty is as before");
    terminal_close(terminal);
    free(terminal);
    disconnect(&both);
}
END_TEST

Suite *watch_real_suite(void)
{
    Suite *suite = suite_create("watch_real");
    TCase *tcase = tcase_create("sockets");
    tcase_add_loop_test(tcase, dumped, 0, 2);
    tcase_add_test(tcase, way_of_a_close);
    tcase_add_test(tcase, traced);
    tcase_add_test(tcase, owners);
    tcase_add_test(tcase, inodes);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("program");
    tcase_add_loop_test(tcase, refused, 0, sizeof refusals / sizeof refusals[0]);
    tcase_add_test(tcase, statuses);
    tcase_add_test(tcase, command);
    tcase_add_test(tcase, ladder);
    tcase_add_test(tcase, no_netlink);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("terminal");
    tcase_add_unchecked_fixture(tcase, terminals_begin, terminals_end);
    tcase_add_test(tcase, on_a_terminal);
    suite_add_tcase(suite, tcase);
    return suite;
}
